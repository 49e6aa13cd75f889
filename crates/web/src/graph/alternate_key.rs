//! Objects by another key than their id, as `/devices(deviceId='…')`. Here these keys are ids too, or a user's sign-in name, so the
//! path is read as the one with the id.

/// Collections with the key that may stand in brackets, in lower case as paths arrive.
const KEYS: [(&str, &str); 5] =
    [("applications", "appid"), ("devices", "deviceid"), ("groups", "id"), ("serviceprincipals", "appid"), ("users", "userprincipalname")];

/// The path with the id in place of the key, where a path of the API has one.
pub(crate) fn resolved(path: &str) -> Option<String> {
    let version = super::VERSIONS.iter().find(|version| path.starts_with(**version))?;
    let rest = path.strip_prefix(version)?.strip_prefix('/')?;
    let (head, tail) = rest.split_once('/').map_or((rest, ""), |(head, tail)| (head, tail));
    let (noun, key) = head.strip_suffix(')')?.split_once('(')?;
    let (name, value) = key.split_once('=')?;
    KEYS.contains(&(noun, name)).then_some(())?;
    let value = unquoted(value)?;
    let tail = if tail.is_empty() { String::new() } else { format!("/{tail}") };
    Some(format!("{version}/{noun}/{value}{tail}"))
}

/// What stands between the quotes, which some clients escape.
fn unquoted(value: &str) -> Option<&str> {
    let between = |quote: &str| value.strip_prefix(quote)?.strip_suffix(quote);
    between("'").or_else(|| between("%27")).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn a_key_in_brackets_is_read_as_the_id() {
        for (path, expected) in [
            ("/v1.0/devices(deviceid='d1')", Some("/v1.0/devices/d1")),
            ("/beta/devices(deviceid=%27d1%27)/registeredowners", Some("/beta/devices/d1/registeredowners")),
            ("/v1.0/applications(appid='a')/addpassword", Some("/v1.0/applications/a/addpassword")),
            ("/v1.0/users(userprincipalname='anna@one.example')", Some("/v1.0/users/anna@one.example")),
            ("/v1.0/devices(displayname='d1')", None),
            ("/v1.0/devices(deviceid='')", None),
            ("/v1.0/devices(deviceid=d1)", None),
            ("/v1.0/devices/d1", None),
            ("/console/devices(deviceid='d1')", None),
        ] {
            assert_eq!(resolved(path).as_deref(), expected, "{path}");
        }
    }
}
