-- A managed device has the id of the registered device that it is. `next` is when time alone may change how it stands.
CREATE TABLE managed_devices (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  id TEXT NOT NULL,
  management_state TEXT NOT NULL,
  owner_type TEXT NOT NULL,
  compliance_state TEXT NOT NULL,
  last_report BIGINT,
  enrolled BIGINT NOT NULL,
  next BIGINT,
  body TEXT NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX managed_devices_by_enrolment ON managed_devices (tenant_id, enrolled, id);
CREATE INDEX managed_devices_by_state ON managed_devices (tenant_id, compliance_state, management_state);
CREATE INDEX managed_devices_by_next ON managed_devices (tenant_id, next, id);

-- How each device stands to each policy, beside the bodies, so that a policy finds its devices.
CREATE TABLE managed_device_policies (
  tenant_id TEXT NOT NULL REFERENCES tenants (tenant_id),
  policy_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  standing TEXT NOT NULL,
  PRIMARY KEY (tenant_id, policy_id, device_id)
);
CREATE INDEX managed_device_policies_by_device ON managed_device_policies (tenant_id, device_id);
CREATE INDEX managed_device_policies_by_standing ON managed_device_policies (tenant_id, policy_id, standing);

-- What lists show and filter by: names and owners stay where they are changed.
CREATE VIEW managed_devices_listed AS
  SELECT m.tenant_id, m.id, m.management_state, m.owner_type, m.compliance_state, m.last_report, m.enrolled, m.body,
    d.name_key, d.os_key, d.os_version_key, d.owner, d.body AS device_body
  FROM managed_devices m JOIN devices d ON d.tenant_id = m.tenant_id AND d.id = m.id;
