//! Reads JUnit XML as the many tools that write it do: whatever is missing has a default, whatever
//! is unknown is passed over. No entity is expanded except characters and XML's own five. Cucumber's
//! JSON is not read.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use rondo_wire::runner::Test;

/// The most characters of one message.
const MESSAGE: usize = 16_384;

/// Every test in a file.
///
/// # Errors
/// If it is no XML, or its outermost element is not one of JUnit's; in words for people.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Test>, String> {
    let text = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.expand_empty_elements = true;
    let mut reading = Reading::default();
    loop {
        match reader.read_event() {
            Ok(Event::Start(element)) => reading.open(&element)?,
            Ok(Event::End(element)) => reading.close(element.local_name().as_ref()),
            Ok(Event::Text(text)) => reading.take_text(&text.xml10_content()),
            Ok(Event::CData(text)) => reading.take_text(&text.xml10_content()),
            Ok(Event::GeneralRef(name)) => match name.resolve_char_ref() {
                Ok(Some(character)) => reading.take_text(character.encode_utf8(&mut [0; 4])),
                _ => reading.take_text(&resolve(&name.xml10_content())),
            },
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err(format!("it is not well-formed XML: {error}")),
        }
    }
    match reading.has_begun {
        true => Ok(reading.tests),
        false => Err("there is no element in it".to_owned()),
    }
}

#[derive(Default)]
struct Reading {
    has_begun: bool,
    suites: Vec<Suite>,
    test: Option<Test>,
    /// The text of a failure, an error or a skip that is being read.
    text: Option<String>,
    tests: Vec<Test>,
}

struct Suite {
    name: Option<String>,
    file: Option<String>,
}

impl Reading {
    fn open(&mut self, element: &BytesStart<'_>) -> Result<(), String> {
        let local = element.local_name();
        let kind: &str = local.as_ref();
        if !self.has_begun && !matches!(kind, "testsuites" | "testsuite") {
            return Err(format!("invalid top level element: {kind}"));
        }
        self.has_begun = true;
        match kind {
            "testsuite" => self
                .suites
                .push(Suite { name: attribute(element, "name"), file: attribute(element, "file") }),
            "testcase" => self.test = Some(self.test_case(element)),
            "failure" | "error" | "skipped" => self.mark(kind, element),
            _ => {}
        }
        Ok(())
    }

    fn test_case(&self, element: &BytesStart<'_>) -> Test {
        let suite = self.suites.last();
        let seconds = attribute(element, "time").map(|time| time.replace(',', ""));
        let seconds: Option<f64> = seconds.and_then(|time| time.trim().parse().ok());
        Test {
            classname: attribute(element, "classname").unwrap_or_default(),
            file: attribute(element, "file").or_else(|| suite.and_then(|s| s.file.clone())),
            name: attribute(element, "name").unwrap_or_default(),
            result: "success".to_owned(),
            run_time: seconds.filter(|s| s.is_finite() && *s >= 0.0).unwrap_or(0.0),
            message: None,
            source: suite.and_then(|suite| suite.name.clone()),
        }
    }

    /// Of several marks the worst counts, with its own message.
    fn mark(&mut self, kind: &str, element: &BytesStart<'_>) {
        let Some(test) = &mut self.test else { return };
        let badness = |result: &str| match result {
            "error" => 3,
            "failure" => 2,
            "skipped" => 1,
            _ => 0,
        };
        if badness(kind) > badness(&test.result) {
            test.result = kind.to_owned();
            test.message = attribute(element, "message").filter(|message| !message.is_empty());
            self.text = Some(String::new());
        }
    }

    fn take_text(&mut self, more: &str) {
        if let Some(text) = self.text.as_mut().filter(|text| text.len() < 4 * MESSAGE) {
            text.push_str(more);
        }
    }

    fn close(&mut self, kind: &str) {
        match kind {
            "testsuite" => drop(self.suites.pop()),
            "testcase" => self.tests.extend(self.test.take()),
            "failure" | "error" | "skipped" => {
                let text = self.text.take().unwrap_or_default();
                if let Some(test) = &mut self.test {
                    let message = told(test.message.take(), text.trim());
                    test.message = message.map(|m| m.chars().take(MESSAGE).collect());
                }
            }
            _ => {}
        }
    }
}

/// A message with the text below it, where most tools put the trace; many say the message there again.
fn told(message: Option<String>, text: &str) -> Option<String> {
    match message {
        Some(message) if text.contains(&message) => Some(text.to_owned()),
        Some(message) if text.is_empty() => Some(message),
        Some(message) => Some(format!("{message}\n{text}")),
        None => (!text.is_empty()).then(|| text.to_owned()),
    }
}

/// An attribute's value; one that is not well-formed is taken as it stands.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|a| {
        let local = a.key.local_name();
        let key: &str = local.as_ref();
        key == name
    })?;
    let raw: &str = found.value.as_ref();
    Some(quick_xml::escape::unescape(raw).map_or_else(|_| raw.to_owned(), |text| text.into_owned()))
}

fn resolve(name: &str) -> String {
    match quick_xml::escape::resolve_predefined_entity(name) {
        Some(text) => text.to_owned(),
        None => format!("&{name};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line for each test: result, class, name, seconds, file, source, message.
    fn check(xml: &str, expected: Result<&[&str], &str>) {
        let lines = parse(xml.as_bytes()).map(|tests| {
            let line = |t: Test| {
                let option = |o: Option<String>| o.unwrap_or_else(|| "-".to_owned());
                let (file, source, message) = (option(t.file), option(t.source), option(t.message));
                let (result, class, name) = (t.result, t.classname, t.name);
                format!("{result} {class} {name} {} {file} {source} {message}", t.run_time)
            };
            tests.into_iter().map(line).collect::<Vec<_>>()
        });
        let expected = expected
            .map(|lines| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>())
            .map_err(str::to_owned);
        assert_eq!(lines, expected);
    }

    #[test]
    fn results_of_every_kind_are_read() {
        let xml = r#"<?xml version="1.0"?>
            <testsuites><testsuite name="s" file="s.py">
              <testcase classname="c" name="a" time="1.5"/>
              <testcase classname="c" name="b" file="b.py"><failure message="m &amp; n">long</failure></testcase>
              <testcase name="c"><error><![CDATA[a < b]]> &#33;&lt;</error></testcase>
              <testcase name="d" time="1,234.5"><skipped/></testcase>
            </testsuite></testsuites>"#;
        check(
            xml,
            Ok(&[
                "success c a 1.5 s.py s -",
                "failure c b 0 b.py s m & n\nlong",
                "error  c 0 s.py s a < b !<",
                "skipped  d 1234.5 s.py s -",
            ]),
        );
    }

    #[test]
    fn a_suite_may_stand_alone_or_in_another() {
        let xml = "<testsuite name='o'><testsuite name='i'><testcase name='a'/></testsuite>\
                   <testcase name='b'/></testsuite>";
        check(xml, Ok(&["success  a 0 - i -", "success  b 0 - o -"]));
        check("<testsuites/>", Ok(&[]));
    }

    #[test]
    fn other_xml_is_named_and_broken_xml_is_refused() {
        check("<coverage/>", Err("invalid top level element: coverage"));
        check("", Err("there is no element in it"));
        assert!(parse(b"<testsuites><a></b></testsuites>").is_err());
        assert!(parse(b"\xff\xfe\x00<").is_err() || parse(b"\xff\xfe\x00<") == Ok(Vec::new()));
    }

    #[test]
    fn an_entity_of_the_files_own_is_not_expanded() {
        let xml = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
            <testsuite><testcase name="&b;"><failure>&b;</failure></testcase></testsuite>"#;
        check(xml, Ok(&["failure  &b; 0 - - &b;"]));
    }
}
