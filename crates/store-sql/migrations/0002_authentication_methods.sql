CREATE TABLE authentication_methods (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  credential_id TEXT,
  counter BIGINT NOT NULL,
  created BIGINT NOT NULL,
  last_used BIGINT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, credential_id)
);
CREATE INDEX authentication_methods_by_user ON authentication_methods (tenant_id, user_id);

CREATE TABLE recovery_codes (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  user_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, hash)
);
