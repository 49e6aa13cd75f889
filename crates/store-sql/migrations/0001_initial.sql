CREATE TABLE tenants (
  tenant_id TEXT NOT NULL PRIMARY KEY,
  created BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  body TEXT NOT NULL
);

CREATE TABLE domains (
  domain TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id)
);

CREATE TABLE users (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  upn_key TEXT NOT NULL,
  password_hash TEXT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, upn_key)
);

CREATE TABLE user_groups (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE group_members (
  tenant_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (tenant_id, group_id, member_id)
);
CREATE INDEX group_members_by_member ON group_members (tenant_id, member_id);

CREATE TABLE applications (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  display_name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE identifier_uris (
  tenant_id TEXT NOT NULL,
  uri TEXT NOT NULL,
  app_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, uri)
);

CREATE TABLE devices (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  owner TEXT,
  eas_key TEXT,
  registered BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, public_key)
);
CREATE INDEX devices_by_owner ON devices (tenant_id, owner);

CREATE TABLE signing_keys (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  kid TEXT NOT NULL,
  algorithm TEXT NOT NULL,
  slot TEXT NOT NULL,
  wrapped_private_key BLOB NOT NULL,
  public_jwk TEXT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, kid)
);

CREATE TABLE device_authorities (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  certificate BLOB NOT NULL,
  wrapped_private_key BLOB NOT NULL,
  created BIGINT NOT NULL
);

CREATE TABLE sessions (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  expires BIGINT NOT NULL,
  revoked BIGINT,
  authenticated BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sessions_by_user ON sessions (tenant_id, user_id);
CREATE INDEX sessions_by_end ON sessions (tenant_id, expires);

CREATE TABLE authorization_codes (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  hash TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  expires BIGINT NOT NULL,
  redeemed BIGINT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, hash),
  UNIQUE (tenant_id, id)
);
CREATE INDEX authorization_codes_by_end ON authorization_codes (tenant_id, expires);

CREATE TABLE refresh_tokens (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  hash TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  device_id TEXT,
  code_id TEXT,
  expires BIGINT NOT NULL,
  revoked BIGINT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, hash),
  UNIQUE (tenant_id, id)
);
CREATE INDEX refresh_tokens_by_user ON refresh_tokens (tenant_id, user_id, app_id);
CREATE INDEX refresh_tokens_by_code ON refresh_tokens (tenant_id, code_id);
CREATE INDEX refresh_tokens_by_device ON refresh_tokens (tenant_id, device_id);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (tenant_id, expires);

CREATE TABLE primary_refresh_tokens (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  hash TEXT NOT NULL,
  id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  session_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  wrapped_session_key BLOB NOT NULL,
  issued BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  revoked BIGINT,
  PRIMARY KEY (tenant_id, hash),
  UNIQUE (tenant_id, id)
);
CREATE INDEX primary_refresh_tokens_by_user ON primary_refresh_tokens (tenant_id, user_id);
CREATE INDEX primary_refresh_tokens_by_device ON primary_refresh_tokens (tenant_id, device_id);

CREATE TABLE device_codes (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  hash TEXT NOT NULL,
  user_code TEXT NOT NULL,
  app_id TEXT NOT NULL,
  expires BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX device_codes_by_user_code ON device_codes (tenant_id, user_code);

CREATE TABLE consents (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  user_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  resource TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, app_id, resource)
);

CREATE TABLE one_time_values (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  hash TEXT NOT NULL,
  expires BIGINT NOT NULL,
  PRIMARY KEY (tenant_id, hash)
);
CREATE INDEX one_time_values_by_end ON one_time_values (tenant_id, expires);

CREATE TABLE documents (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version BIGINT NOT NULL,
  subject TEXT NOT NULL,
  created BIGINT NOT NULL,
  modified BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, kind, id)
);
CREATE INDEX documents_by_subject ON documents (tenant_id, kind, subject);

CREATE TABLE sign_ins (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  created BIGINT NOT NULL,
  user_id TEXT,
  app_id TEXT,
  outcome TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX sign_ins_by_time ON sign_ins (tenant_id, created, id);
CREATE INDEX sign_ins_by_user ON sign_ins (tenant_id, user_id, created);

CREATE TABLE directory_audits (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  created BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX directory_audits_by_time ON directory_audits (tenant_id, created, id);
