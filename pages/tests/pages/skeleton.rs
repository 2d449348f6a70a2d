//! The tags of an HTML document, read as a browser reads them.

/// An opening or closing tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// With a slash before it if it closes.
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, Option<String>)>,
}

impl Tag {
    /// The value of an attribute, as it stands in the document.
    pub(crate) fn value(&self, attribute: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(name, _)| name == attribute)?;
        value.as_deref()
    }
}

/// Every tag, in order.
pub(crate) fn tags(html: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (tag, after) = tag(&rest[start + 1..]);
        found.push(tag);
        rest = after;
    }
    found
}

fn tag(text: &str) -> (Tag, &str) {
    let end = text.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap();
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('>') {
            return (Tag { name: name.to_owned(), attributes }, after);
        }
        let end = rest.find(|letter: char| letter.is_whitespace() || "=/>".contains(letter)).unwrap().max(1);
        let (name, after) = rest.split_at(end);
        let (value, after) = value(after);
        attributes.push((name.to_owned(), value));
        rest = after;
    }
}

fn value(text: &str) -> (Option<String>, &str) {
    let Some(text) = text.strip_prefix('=') else { return (None, text) };
    if let Some(quoted) = text.strip_prefix('"') {
        let (value, after) = quoted.split_once('"').unwrap();
        return (Some(value.to_owned()), after);
    }
    let end = text.find(|letter: char| letter.is_whitespace() || letter == '>').unwrap();
    (Some(text[..end].to_owned()), &text[end..])
}

#[test]
fn tags_are_read_with_quoted_and_bare_values() {
    let read = tags("<!doctype html><a href=\"x>y\" b c=1>t</a><br/>");
    let names: Vec<&str> = read.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["!doctype", "a", "/a", "br/"]);
    assert_eq!((read[1].value("href"), read[1].value("c"), read[1].value("b")), (Some("x>y"), Some("1"), None));
    assert_eq!(read[1].attributes.len(), 3);
}
