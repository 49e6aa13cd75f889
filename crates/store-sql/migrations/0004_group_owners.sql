-- Who answers for a group.
CREATE TABLE group_owners (
  tenant_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  PRIMARY KEY (tenant_id, group_id, owner_id)
);
CREATE INDEX group_owners_by_owner ON group_owners (tenant_id, owner_id);
