-- What keeps a log of millions of rows quick to read.

-- The names in the log, each once: a part of a name is looked for here, and the whole names in the log's indexes. `kind` is `user` or `app`.
CREATE TABLE sign_in_names (
  tenant_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind, name)
);
INSERT INTO sign_in_names (tenant_id, kind, name) SELECT DISTINCT tenant_id, 'user', upn_key FROM sign_ins;
INSERT INTO sign_in_names (tenant_id, kind, name) SELECT DISTINCT tenant_id, 'app', app_key FROM sign_ins;

-- Sign-ins by day and what of them is charted. `kind` is `policy` (name: id of a policy that applied, result: what it did or, in
-- report-only, would have done) or `grant` (name: the flow, result: the outcome). A day is its number since 1970-01-01.
CREATE TABLE sign_in_tallies (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  day BIGINT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  result TEXT NOT NULL,
  sign_ins BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, day, kind, name, result)
);
INSERT INTO sign_in_tallies (tenant_id, day, kind, name, result, sign_ins)
  SELECT tenant_id, created / 86400000, 'grant', json_extract(body, '$.grant'), outcome, COUNT(*) FROM sign_ins
  GROUP BY tenant_id, created / 86400000, json_extract(body, '$.grant'), outcome;
INSERT INTO sign_in_tallies (tenant_id, day, kind, name, result, sign_ins)
  SELECT s.tenant_id, s.created / 86400000, 'policy', json_extract(p.value, '$.id'), json_extract(p.value, '$.result'), COUNT(*)
  FROM sign_ins s, json_each(s.body, '$.appliedPolicies') p
  WHERE json_extract(p.value, '$.result') IN
    ('success', 'failure', 'reportOnlySuccess', 'reportOnlyFailure', 'reportOnlyInterrupted') AND json_extract(p.value, '$.id') IS NOT NULL
  GROUP BY s.tenant_id, s.created / 86400000, json_extract(p.value, '$.id'), json_extract(p.value, '$.result');
