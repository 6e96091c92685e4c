//! What a browser calls itself, as people would say it. The whole name stays in a tooltip; versions
//! are left out, because they do not help anybody to recognize their own browser.

/// Marks of browsers. Most claim to be others too, so the first that fits counts.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

/// Marks of systems; the first that fits counts.
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// Browser and system of a `User-Agent`; one that names neither stays as it came.
pub(super) fn spoken(agent: &str) -> String {
    match (known(agent, &BROWSERS), known(agent, &SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => agent.to_owned(),
    }
}

fn known<'n>(agent: &str, marks: &[(&str, &'n str)]) -> Option<&'n str> {
    marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::spoken;

    fn check(agent: &str, expected: &str) {
        assert_eq!(spoken(agent), expected, "{agent}");
    }

    #[test]
    fn browsers_are_named_as_people_name_them() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let chrome =
            format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/156.0.0.0 Safari/537.36");
        check(&chrome, "Chrome · Linux");
        let edge = format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/1 Safari/1 Edg/1");
        check(&edge, "Edge · Windows");
        check("Mozilla/5.0 (Windows NT 10.0; rv:9) Gecko/1 Firefox/9.0", "Firefox · Windows");
        let phone =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604";
        check(phone, "Safari · iPhone");
        check("curl/8.5.0", "curl");
    }

    #[test]
    fn what_nobody_knows_stays_as_it_came() {
        check("a robot", "a robot");
        check("", "");
    }
}
