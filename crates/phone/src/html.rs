//! Reading the pages of a sign-in as a web view does: forms, hidden fields, text.

/// A form of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageForm {
    /// Where it posts.
    pub(crate) action: String,
    /// Names and values of its inputs.
    pub(crate) fields: Vec<(String, String)>,
}

impl PageForm {
    /// Whether it asks for a field.
    pub(crate) fn asks_for(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| field == name)
    }

    /// Fills a field in.
    pub(crate) fn fill(&mut self, name: &str, value: &str) {
        for (field, content) in &mut self.fields {
            if field == name {
                value.clone_into(content);
            }
        }
    }
}

/// The first form of a page.
pub(crate) fn form(page: &str) -> Option<PageForm> {
    let start = page.find("<form")?;
    let form = page.get(start..)?;
    let form = form.get(..form.find("</form>").unwrap_or(form.len()))?;
    let action = attribute(form.get(..form.find('>')?)?, "action")?;
    let mut fields = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.get(..tag.find('>').unwrap_or(tag.len())).unwrap_or_default();
        if let Some(name) = attribute(tag, "name") {
            fields.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    Some(PageForm { action, fields })
}

/// The address of the first link of a page.
pub(crate) fn first_link(page: &str) -> Option<String> {
    let tag = page.get(page.find("<a ")?..)?;
    attribute(tag.get(..tag.find('>')?)?, "href")
}

/// The value of an attribute of a tag, with character references resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let mark = format!(" {name}=\"");
    let value = tag.get(tag.find(&mark)? + mark.len()..)?;
    Some(unescape(value.get(..value.find('"')?)?))
}

/// The code `AADSTSnnnnn` on a page.
pub(crate) fn error_code(page: &str) -> Option<u32> {
    let digits = page.get(page.find("AADSTS")? + "AADSTS".len()..)?;
    digits.get(..digits.find(|letter: char| !letter.is_ascii_digit())?)?.parse().ok()
}

/// The text of the first element with that start tag (`h1`, `p class="problem"`), without markup.
pub(crate) fn text_of(page: &str, tag: &str) -> Option<String> {
    let element = tag.split(' ').next()?;
    let start = page.find(&format!("<{tag}"))?;
    let inner = page.get(start..)?;
    let inner = inner.get(inner.find('>')? + 1..)?;
    let inner = inner.get(..inner.find(&format!("</{element}>"))?)?;
    let mut text = String::new();
    let mut in_tag = false;
    for letter in inner.chars() {
        match letter {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(letter),
            _ => {}
        }
    }
    Some(unescape(text.trim()))
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let (before, tail) = rest.split_at(start);
        out.push_str(before);
        let end = tail.find(';').filter(|end| *end <= 10);
        let Some(name) = end.and_then(|end| tail.get(1..end)) else {
            out.push('&');
            rest = tail.get(1..).unwrap_or_default();
            continue;
        };
        let number =
            name.strip_prefix("#x").map(|digits| u32::from_str_radix(digits, 16)).or_else(|| name.strip_prefix('#').map(str::parse));
        let letter = match (name, number) {
            ("amp", _) => Some('&'),
            ("lt", _) => Some('<'),
            ("gt", _) => Some('>'),
            ("quot", _) => Some('"'),
            (_, Some(Ok(number))) => char::from_u32(number),
            _ => None,
        };
        match letter {
            Some(letter) => out.push(letter),
            None => {
                out.push('&');
                out.push_str(name);
                out.push(';');
            }
        }
        rest = tail.get(name.len() + 2..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<h1>Enter your <b>password</b></h1>
<form method="post" action="https://login.example/t/login?a=1&amp;b=2">
<input type="hidden" name="ctx" value="a&quot;&#39;&#x26;b">
<input name="login" type="text" readonly value="alice@contoso.example">
<p class="problem" id="problem" role="alert">Name &amp; password do not fit.</p>
<input name="passwd" type="password">
<button type="submit">Sign in</button>
</form><input name="outside">"#;

    #[test]
    fn a_form_is_read_with_its_hidden_fields_and_nothing_from_outside() {
        let mut form = form(PAGE).unwrap();
        assert_eq!(form.action, "https://login.example/t/login?a=1&b=2");
        form.fill("passwd", "secret");
        let fields: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(fields, [("ctx", "a\"'&b"), ("login", "alice@contoso.example"), ("passwd", "secret")]);
    }

    #[test]
    fn texts_are_read_without_markup() {
        assert_eq!(text_of(PAGE, "h1").unwrap(), "Enter your password");
        assert_eq!(text_of(PAGE, "p class=\"problem\"").unwrap(), "Name & password do not fit.");
        assert_eq!(text_of(PAGE, "h2"), None);
    }

    #[test]
    fn a_code_is_found_in_a_text() {
        assert_eq!(error_code("Error: AADSTS53003: Blocked"), Some(53003));
        assert_eq!(error_code("AADSTS"), None);
    }

    #[test]
    fn broken_pages_are_no_forms() {
        for page in ["", "<form", "<form action=\"x", "<a href", "&", "&#xffffffff;", "<h1>"] {
            let _ = (form(page), first_link(page), text_of(page, "h1"), error_code(page), unescape(page));
        }
        assert_eq!(unescape("&unknown; & &amp"), "&unknown; & &amp");
    }
}
