-- Most sign-ins differ from one before in nothing but their time and ids: an app renews its token from the same place, for the same
-- person, under the same policies. What repeats is kept once.

-- What a sign-in record says beside its time and ids. `hash` is the SHA-256 of `body`; of rows older than this table, which repeat
-- nothing, it is their id. A number is never given a second time, because the log remembers numbers.
CREATE TABLE sign_in_circumstances (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant TEXT NOT NULL REFERENCES tenants (tenant_id),
  hash BLOB NOT NULL,
  user_id TEXT,
  upn_key TEXT NOT NULL,
  app_id TEXT,
  app_key TEXT NOT NULL,
  resource_id TEXT,
  outcome TEXT NOT NULL,
  error_code BIGINT NOT NULL,
  ip_key TEXT NOT NULL,
  body TEXT NOT NULL
);
INSERT INTO sign_in_circumstances
  (number, tenant, hash, user_id, upn_key, app_id, app_key, resource_id, outcome, error_code, ip_key, body)
  SELECT rowid, tenant_id, CAST(id AS BLOB), user_id, upn_key, app_id, app_key, resource_id, outcome, error_code, ip_key,
    json_remove(body, '$.id', '$.createdDateTime', '$.correlationId', '$.facts.id')
  FROM sign_ins;
CREATE UNIQUE INDEX sign_in_circumstances_by_hash ON sign_in_circumstances (tenant, hash);
CREATE INDEX sign_in_circumstances_by_user ON sign_in_circumstances (tenant, user_id);
CREATE INDEX sign_in_circumstances_by_upn ON sign_in_circumstances (tenant, upn_key);
CREATE INDEX sign_in_circumstances_by_app ON sign_in_circumstances (tenant, app_id);
CREATE INDEX sign_in_circumstances_by_app_name ON sign_in_circumstances (tenant, app_key);
CREATE INDEX sign_in_circumstances_by_resource ON sign_in_circumstances (tenant, resource_id);
CREATE INDEX sign_in_circumstances_by_outcome ON sign_in_circumstances (tenant, outcome);
CREATE INDEX sign_in_circumstances_by_error ON sign_in_circumstances (tenant, error_code);
CREATE INDEX sign_in_circumstances_by_address ON sign_in_circumstances (tenant, ip_key);

ALTER TABLE sign_ins RENAME TO whole_sign_ins;
-- In the order in which it is read and written.
CREATE TABLE sign_ins (
  tenant_id TEXT NOT NULL,
  created BIGINT NOT NULL,
  id TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  circumstances BIGINT NOT NULL REFERENCES sign_in_circumstances (number) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, created, id)
) WITHOUT ROWID;
INSERT INTO sign_ins (tenant_id, created, id, correlation_id, circumstances)
  SELECT tenant_id, created, id, correlation_id, rowid FROM whole_sign_ins ORDER BY tenant_id, created, id;
DROP TABLE whole_sign_ins;
CREATE UNIQUE INDEX sign_ins_by_id ON sign_ins (tenant_id, id);
CREATE INDEX sign_ins_by_correlation ON sign_ins (tenant_id, correlation_id, created, id);
CREATE INDEX sign_ins_by_circumstances ON sign_ins (circumstances, created, id);

-- Whole records.
CREATE VIEW sign_in_log AS SELECT * FROM sign_ins JOIN sign_in_circumstances ON number = circumstances;
