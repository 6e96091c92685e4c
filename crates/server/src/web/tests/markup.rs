//! A strict reader of the HTML that the pages produce, for tests: it insists that every element is
//! closed in order, and keeps tags and attributes. It is no parser for HTML of others.

const VOID: [&str; 6] = ["input", "link", "meta", "img", "br", "hr"];

struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

pub(super) struct Document {
    tags: Vec<Tag>,
}

impl Document {
    /// Reads a page; `name` is for the message if it is malformed.
    pub(super) fn parse(html: &str, name: &str) -> Self {
        let mut tags = Vec::new();
        let mut open: Vec<String> = Vec::new();
        let mut rest = html.strip_prefix("<!DOCTYPE html>").expect("a page has a doctype");
        while let Some(start) = rest.find('<') {
            rest = &rest[start + 1..];
            if let Some(closing) = rest.strip_prefix('/') {
                let (tag, after) = closing.split_once('>').expect("a closing tag ends");
                assert_eq!(open.pop().as_deref(), Some(tag), "{name}");
                rest = after;
                continue;
            }
            let (tag, after) = tag(rest);
            rest = after.strip_prefix('/').unwrap_or(after);
            let closed = rest.len() < after.len();
            rest = rest.strip_prefix('>').unwrap_or_else(|| panic!("{name}: <{}", tag.name));
            if !closed && !VOID.contains(&tag.name.as_str()) {
                open.push(tag.name.clone());
            }
            tags.push(tag);
        }
        assert!(open.is_empty(), "{name}: {open:?} are not closed");
        Self { tags }
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.tags.iter().filter(|tag| tag.name == name).count()
    }

    /// Every attribute of every tag, values as they are written.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.tags.iter().flat_map(|tag| &tag.attributes);
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The values of one attribute.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes().filter(move |(other, _)| *other == name).map(|(_, value)| value)
    }

    /// The ids of fields that a person fills in, apart from radio buttons, which stand in a label.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &str> {
        let fields = self.tags.iter().filter(|tag| {
            let kind = tag.value("type").unwrap_or("text");
            ["input", "select", "textarea"].contains(&tag.name.as_str())
                && !["hidden", "radio"].contains(&kind)
        });
        fields.map(|tag| tag.value("id").unwrap_or("a field without an id"))
    }
}

impl Tag {
    fn value(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

/// The tag at the beginning of `text`, and the text from its end on.
fn tag(text: &str) -> (Tag, &str) {
    let end = text.find([' ', '>', '/']).expect("a tag ends");
    let mut tag = Tag { name: text[..end].to_owned(), attributes: Vec::new() };
    let mut rest = &text[end..];
    while let Some(attribute) = rest.strip_prefix(' ') {
        let end = attribute.find(['=', ' ', '>']).expect("an attribute ends");
        let name = attribute[..end].to_owned();
        rest = &attribute[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            (value, rest) = quoted.split_once('"').expect("a value ends");
        }
        tag.attributes.push((name, value.to_owned()));
    }
    (tag, rest)
}
