-- Users who come from an on-premises domain are found by what the domain calls them; its computers wait here until they register.
ALTER TABLE users ADD COLUMN object_guid TEXT;
ALTER TABLE users ADD COLUMN security_identifier TEXT;
CREATE UNIQUE INDEX users_by_object_guid ON users (tenant_id, object_guid);
CREATE UNIQUE INDEX users_by_security_identifier ON users (tenant_id, security_identifier);

CREATE TABLE domain_computers (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  object_guid TEXT NOT NULL,
  security_identifier TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, object_guid),
  UNIQUE (tenant_id, security_identifier)
);

CREATE TABLE domain_syncs (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (tenant_id),
  body TEXT NOT NULL
);
