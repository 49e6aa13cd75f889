//! A form of a page as a browser would send it.

use crate::world::Answer;

/// The fields of the form with that action, as they stand on the page.
pub(crate) fn fields(page: &Answer, action: &str) -> Vec<(String, String)> {
    let form = form(page, action);
    let mut fields = Vec::new();
    let mut rest = form;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let tag = rest.split('>').next().unwrap();
        let Some(name) = attribute(tag, "name") else { continue };
        if tag.starts_with("input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let is_choice = kind == "checkbox" || kind == "radio";
            if !is_choice || tag.contains(" checked") {
                fields.push((name, attribute(tag, "value").unwrap_or_default()));
            }
        } else if tag.starts_with("textarea") {
            let text = rest[tag.len() + 1..].split("</textarea>").next().unwrap();
            fields.push((name, decoded(text.strip_prefix('\n').unwrap_or(text))));
        } else if tag.starts_with("select") {
            let options: Vec<&str> = rest.split("</select>").next().unwrap().split("<option").skip(1).collect();
            let chosen = options.iter().find(|option| option.split('>').next().unwrap().contains(" selected")).or(options.first());
            fields.push((name, chosen.and_then(|option| attribute(option, "value")).unwrap_or_default()));
        }
    }
    fields
}

/// The page has a form with that action.
pub(crate) fn stands(page: &Answer, action: &str) -> bool {
    page.body.contains(&format!("method=\"post\" action=\"{action}\""))
}

/// From the action of a form to its end.
fn form<'a>(page: &'a Answer, action: &str) -> &'a str {
    let start = page.body.find(&format!("method=\"post\" action=\"{action}\""));
    let start = start.unwrap_or_else(|| panic!("no form for {action} in {}", page.body));
    page.body[start..].split("</form>").next().unwrap()
}

/// The names of the fields of that form that somebody may type text into.
pub(crate) fn texts(page: &Answer, action: &str) -> Vec<String> {
    let tags = form(page, action).split('<').map(|rest| rest.split('>').next().unwrap());
    let is_text = |tag: &str| {
        let kind = attribute(tag, "type").unwrap_or_default();
        tag.starts_with("textarea") || tag.starts_with("input") && ["", "text", "search"].contains(&kind.as_str())
    };
    tags.filter(|tag| is_text(tag)).filter_map(|tag| attribute(tag, "name")).collect()
}

/// Replaces what the form holds of these fields.
pub(crate) fn with(mut fields: Vec<(String, String)>, typed: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mark = format!(" {name}=\"");
    let start = tag.find(&mark)? + mark.len();
    Some(decoded(tag[start..].split('"').next().unwrap()))
}

/// Text of a page without the escapes of HTML.
pub(crate) fn decoded(text: &str) -> String {
    let escapes = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&#38;", "&")];
    escapes.into_iter().fold(text.to_owned(), |text, (escape, letter)| text.replace(escape, letter))
}
