//! The code of a badge in each format that READMEs are written in. In all of them the addresses stand as
//! they are: whatever a branch is called, no character of it means anything in any of the formats.

use std::fmt::Write;

/// A badge that is to be shown elsewhere.
pub(super) struct Embed {
    /// The server's own address.
    base: String,
    image: String,
    link: String,
    alt: &'static str,
}

impl Embed {
    /// `image` and `link` are addresses on this server, without its own address.
    pub(super) fn new(base: &str, image: &str, link: &str, alt: &'static str) -> Self {
        Self { base: base.to_owned(), image: tame(image), link: tame(link), alt }
    }

    pub(super) fn image_url(&self) -> String {
        format!("{}{}", self.base, self.image)
    }

    fn link_url(&self) -> String {
        format!("{}{}", self.base, self.link)
    }

    pub(super) fn markdown(&self) -> String {
        format!("[![{}]({})]({})", self.alt, self.image_url(), self.link_url())
    }

    pub(super) fn html(&self) -> String {
        format!("<a href=\"{}\">{}</a>", attribute(&self.link_url()), self.image_element(""))
    }

    fn image_element(&self, end: &str) -> String {
        format!("<img src=\"{}\" alt=\"{}\"{end}>", attribute(&self.image_url()), self.alt)
    }

    pub(super) fn restructured_text(&self) -> String {
        let (image, alt, link) = (self.image_url(), self.alt, self.link_url());
        format!(".. image:: {image}\n   :alt: {alt}\n   :target: {link}")
    }

    pub(super) fn asciidoc(&self) -> String {
        format!("image:{}[{},link=\"{}\"]", self.image_url(), self.alt, self.link_url())
    }

    pub(super) fn textile(&self) -> String {
        format!("!{}({})!:{}", self.image_url(), self.alt, self.link_url())
    }

    pub(super) fn rdoc(&self) -> String {
        format!("{{{}}}[{}]", self.image_element(" /"), self.link_url())
    }

    /// Pod takes what is beyond ASCII only where the page says its encoding.
    pub(super) fn pod(&self) -> String {
        let mut pod = String::from("=for html ");
        for c in self.html().chars() {
            match c.is_ascii() {
                true => pod.push(c),
                false => write!(pod, "&#{};", u32::from(c)).expect("a string takes it"),
            }
        }
        pod
    }

    /// Org shows what an address ends in `.svg` as an image; a badge ignores what it does not know.
    pub(super) fn org(&self) -> String {
        format!("[[{}][{}&as=.svg]]", self.link_url(), self.image_url())
    }
}

/// An address as the value of an attribute: nothing else in it needs to be escaped.
fn attribute(address: &str) -> String {
    address.replace('&', "&amp;")
}

/// The same address in characters that no format gives a meaning: what else is in it is
/// percent-encoded, a second hyphen too, since two of them are a dash.
fn tame(address: &str) -> String {
    let mut tame = String::with_capacity(address.len());
    for c in address.chars() {
        let doubled = c == '-' && tame.ends_with('-');
        if (c.is_ascii_alphanumeric() || "/.?=&%-".contains(c)) && !doubled {
            tame.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(tame, "%{byte:02X}");
            }
        }
    }
    tame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_holds_nothing_that_a_format_gives_a_meaning() {
        for (address, expected) in [
            ("/gh/acme/web.svg?style=svg", "/gh/acme/web.svg?style=svg"),
            ("/gh/a/b/tree/feature%2Fx_y.svg", "/gh/a/b/tree/feature%2Fx%5Fy.svg"),
            ("/t/a--b---c", "/t/a-%2Db-%2D-c"),
            ("/t/(x)*~!'@$,;:", "/t/%28x%29%2A%7E%21%27%40%24%2C%3B%3A"),
            ("/t/枝", "/t/%E6%9E%9D"),
        ] {
            assert_eq!(tame(address), expected);
        }
    }

    #[test]
    fn each_format_has_its_own_escapes() {
        let embed =
            Embed::new("http://h_1", "/i.svg?style=svg&circle-token=T", "/l?branch=x", "Alt");
        let image = "http://h_1/i.svg?style=svg&circle-token=T";
        assert_eq!(embed.image_url(), image);
        assert_eq!(embed.markdown(), format!("[![Alt]({image})](http://h_1/l?branch=x)"));
        let escaped = image.replace('&', "&amp;");
        let html =
            format!("<a href=\"http://h_1/l?branch=x\"><img src=\"{escaped}\" alt=\"Alt\"></a>");
        assert_eq!(embed.html(), html);
        assert_eq!(embed.pod(), format!("=for html {html}"));
    }
}
