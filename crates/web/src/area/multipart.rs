//! Forms with files (RFC 7578), as browsers send them: read from memory, as the guard has bounded their size.

/// What a form with files holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// Fields, in order.
    pub(crate) fields: Vec<(String, String)>,
    /// Files that were chosen, with the name that the browser gives.
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

/// The boundary of a content type; none when it is another type, or names none that RFC 2046 allows.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    let mut parts = content_type.split(';').map(str::trim);
    if !parts.next()?.eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then(|| value.trim_matches('"'))
    })?;
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The form; none when it is broken anywhere, for half a form must not pass for a whole one.
pub(crate) fn parse(body: &[u8], boundary: &str) -> Option<Form> {
    let first = format!("--{boundary}");
    let next = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    let mut form = Form::default();
    loop {
        if rest.starts_with(b"--") {
            return Some(form);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, next.as_bytes())?;
        let (whole, after) = part.split_at_checked(end)?;
        rest = after.get(next.len()..)?;
        let header_end = find(whole, b"\r\n\r\n")?;
        let (headers, content) = whole.split_at_checked(header_end)?;
        let content = content.get(4..)?;
        let disposition = std::str::from_utf8(headers).ok()?.split("\r\n").find_map(disposition)?;
        let name = parameter(disposition, "name")?;
        match parameter(disposition, "filename") {
            // A file field in which nothing was chosen.
            Some(file) if file.is_empty() && content.is_empty() => {}
            Some(file) => form.files.push((file, content.to_vec())),
            None => form.fields.push((name, String::from_utf8(content.to_vec()).ok()?)),
        }
    }
}

fn disposition(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    name.eq_ignore_ascii_case("content-disposition").then(|| value.trim()).filter(|value| value.starts_with("form-data"))
}

/// A quoted parameter; browsers write `%22`, `%0D` and `%0A` for what cannot stand between quotes.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let mark = format!("; {name}=\"");
    let start = disposition.find(&mark)?.checked_add(mark.len())?;
    let value = disposition.get(start..)?.split('"').next()?;
    Some(value.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::{Form, boundary, parse};

    fn part(head: &str, content: &str) -> String {
        format!("--B\r\nContent-Disposition: form-data; {head}\r\nContent-Type: text/plain\r\n\r\n{content}\r\n")
    }

    #[test]
    fn fields_and_files_are_told_apart_and_their_content_is_kept() {
        let odd = "a\r\n--\r\n\r\n--C";
        let body = [
            part("name=\"x\"", odd),
            part("name=\"files\"; filename=\"a%22b.json\"", "{}"),
            part("name=\"files\"; filename=\"\"", ""),
            "--B--\r\n".to_owned(),
        ]
        .concat();
        let expected = Form { fields: vec![("x".into(), odd.into())], files: vec![("a\"b.json".into(), b"{}".to_vec())] };
        assert_eq!(parse(body.as_bytes(), "B"), Some(expected));
    }

    #[test]
    fn half_a_form_is_none() {
        let whole = [part("name=\"x\"", "1"), "--B--\r\n".to_owned()].concat();
        assert!(parse(whole.as_bytes(), "B").is_some());
        for length in 0..whole.len() - 4 {
            assert_eq!(parse(&whole.as_bytes()[..length], "B"), None, "{length}");
        }
        for broken in ["", "--C\r\n", "--B\r\n\r\nx\r\n--B--", "--B\r\nContent-Disposition: attachment\r\n\r\nx\r\n--B--"] {
            assert_eq!(parse(broken.as_bytes(), "B"), None, "{broken:?}");
        }
        assert_eq!(parse(b"--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n\xff\r\n--B--", "B"), None, "fields are text");
    }

    #[test]
    fn the_boundary_is_what_the_content_type_says() {
        for (content_type, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            ("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"", Some("a b")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("application/x-www-form-urlencoded; boundary=abc", None),
        ] {
            assert_eq!(boundary(content_type), expected, "{content_type}");
        }
    }
}
