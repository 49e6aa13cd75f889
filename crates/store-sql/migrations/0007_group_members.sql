-- With the group in it the index answers by itself which groups somebody is in; before, SQLite read every membership instead.
DROP INDEX group_members_by_member;
CREATE INDEX group_members_by_member ON group_members (tenant_id, member_id, group_id);
