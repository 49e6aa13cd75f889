-- Scopes and app roles were names, secrets and certificates had none: each gets an id by which it can be referred to from now on.

UPDATE applications SET body = json_set(
  body,
  '$.scopes', json((
    SELECT json_group_array(json_object(
      'id', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
      'value', value, 'isEnabled', json('true'), 'type', 'User', 'adminConsentDisplayName', value))
    FROM json_each(body, '$.scopes'))),
  '$.appRoles', json((
    SELECT json_group_array(json_object(
      'id', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
      'value', value, 'displayName', value, 'isEnabled', json('true'), 'allowedMemberTypes', json('["Application"]')))
    FROM json_each(body, '$.appRoles'))),
  -- Every secret was made for a year.
  '$.secrets', json((
    SELECT json_group_array(json_set(value,
      '$.keyId', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
      '$.start', coalesce(strftime('%Y-%m-%dT%H:%M:%fZ', json_extract(value, '$.expires'), '-365 days'), json_extract(value, '$.expires'))))
    FROM json_each(body, '$.secrets'))),
  '$.keyCredentials', json((
    SELECT json_group_array(json_set(value,
      '$.keyId', lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a'
        || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))))
    FROM json_each(body, '$.keyCredentials'))));
