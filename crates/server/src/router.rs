//! Which row of a table of routes a request is for. It knows methods and paths, and nothing of what
//! stands behind them.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::http::Method;
use percent_encoding::percent_decode_str;

/// Rows by path and method.
pub(crate) struct Router<T> {
    paths: matchit::Router<usize>,
    places: Vec<Place<T>>,
    known: HashMap<&'static str, usize, foldhash::fast::RandomState>,
}

/// A path, with what answers each method there: nothing below a path that is kept clear.
struct Place<T> {
    /// Its parts up to the last that has a name.
    parts: Vec<Part>,
    rows: Vec<(Method, T)>,
}

/// A part of a path.
enum Part {
    Fixed,
    Named(&'static str),
    /// The rest of the path.
    Rest(&'static str),
}

/// Where a request leads.
pub(crate) enum Way<'r, T> {
    /// To a row, with the parts of the path that it names; without them if one is no text.
    To(&'r T, Option<Names>),
    /// To a path that takes other methods: those of `Allow`.
    OtherMethod(String),
    Nowhere,
}

impl<T> Router<T> {
    pub(crate) fn new() -> Self {
        Self { paths: matchit::Router::new(), places: Vec::new(), known: HashMap::default() }
    }

    /// # Panics
    /// If another row is in its way: a mistake in the table, which every start would find.
    pub(crate) fn add(&mut self, method: Method, path: &'static str, row: T) {
        let place = self.place(path);
        let taken = place.rows.iter().any(|(other, _)| *other == method);
        assert!(!taken, "{method} {path} stands in the table twice");
        place.rows.push((method, row));
    }

    /// Keeps what is below a path, as `/api/{*rest}`, from being taken for something more general.
    ///
    /// # Panics
    /// As [`Self::add`].
    pub(crate) fn keep_clear(&mut self, path: &'static str) {
        self.place(path);
    }

    fn place(&mut self, path: &'static str) -> &mut Place<T> {
        let at = *self.known.entry(path).or_insert_with(|| {
            let added = self.paths.insert(path, self.places.len());
            added.unwrap_or_else(|error| panic!("{path} in the table of routes: {error}"));
            self.places.push(Place { parts: parts(path), rows: Vec::new() });
            self.places.len() - 1
        });
        &mut self.places[at]
    }

    /// The row for a request. What answers GET answers HEAD.
    pub(crate) fn find(&self, method: &Method, path: &str) -> Way<'_, T> {
        // What names nothing needs no look into the tree.
        let literal = self.known.get(path).map(|at| &self.places[*at]);
        let place = match literal.filter(|place| place.parts.is_empty()) {
            Some(place) => place,
            None => match self.paths.at(path) {
                Ok(found) => &self.places[*found.value],
                Err(_) => return Way::Nowhere,
            },
        };
        if place.rows.is_empty() {
            return Way::Nowhere;
        }
        let method = if *method == Method::HEAD { &Method::GET } else { method };
        let Some((_, row)) = place.rows.iter().find(|(own, _)| own == method) else {
            return Way::OtherMethod(place.allow());
        };
        Way::To(row, place.names(path))
    }
}

fn parts(path: &'static str) -> Vec<Part> {
    let mut parts: Vec<_> = path
        .split('/')
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            None => Part::Fixed,
            Some(name) => name.strip_prefix('*').map_or(Part::Named(name), Part::Rest),
        })
        .collect();
    let last = parts.iter().rposition(|part| !matches!(part, Part::Fixed));
    parts.truncate(last.map_or(0, |last| last + 1));
    parts
}

fn decoded(text: &str) -> Option<Cow<'_, str>> {
    match text.bytes().any(|byte| byte == b'%') {
        true => percent_decode_str(text).decode_utf8().ok(),
        false => Some(Cow::Borrowed(text)),
    }
}

impl<T> Place<T> {
    /// What a path that leads here says in the place of each name; none if that is no text.
    fn names(&self, mut path: &str) -> Option<Names> {
        let ends = Vec::with_capacity(self.parts.len());
        let mut names = Names { text: String::with_capacity(path.len()), ends };
        for part in &self.parts {
            let end = path.bytes().position(|byte| byte == b'/').unwrap_or(path.len());
            match part {
                Part::Fixed => {}
                Part::Named(name) => names.push(name, &decoded(&path[..end])?),
                Part::Rest(name) => names.push(name, &decoded(path)?),
            }
            path = path.get(end + 1..).unwrap_or_default();
        }
        Some(names)
    }

    fn allow(&self) -> String {
        let methods = self.rows.iter().map(|(method, _)| match *method {
            Method::GET => "GET,HEAD",
            ref other => other.as_str(),
        });
        methods.collect::<Vec<_>>().join(",")
    }
}

/// What the path of a request says in the place of each `{name}` of its route, decoded.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// All of it, one after the other.
    text: String,
    /// The names, and where what each stands for ends.
    ends: Vec<(&'static str, usize)>,
}

impl Names {
    fn push(&mut self, name: &'static str, text: &str) {
        self.text.push_str(text);
        self.ends.push((name, self.text.len()));
    }

    fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let mut begin = 0;
        self.ends.iter().map(move |(name, end)| {
            let text = &self.text[begin..*end];
            begin = *end;
            (*name, text)
        })
    }

    /// A part of the path, if it has one of this name.
    pub(crate) fn get(&self, wanted: &str) -> Option<&str> {
        self.pairs().find(|(name, _)| *name == wanted).map(|(_, text)| text)
    }

    /// The one at the end of the path.
    pub(crate) fn last(&self) -> Option<&str> {
        self.iter().last()
    }

    /// All, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.pairs().map(|(_, text)| text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router() -> Router<&'static str> {
        let mut router = Router::new();
        router.add(Method::GET, "/{vcs}/{org}/{repo}", "badge");
        router.add(Method::GET, "/api/v1/{vcs}/tree/{*branch}", "list");
        router.add(Method::POST, "/api/v1/{vcs}/tree/{*branch}", "run");
        router.keep_clear("/api/{*rest}");
        router
    }

    fn led(method: Method, path: &str) -> String {
        let router = router();
        match router.find(&method, path) {
            Way::To(row, Some(names)) => {
                format!("{row} {}", names.iter().collect::<Vec<_>>().join("|"))
            }
            Way::To(row, None) => format!("{row} no text"),
            Way::OtherMethod(allow) => format!("takes {allow}"),
            Way::Nowhere => "nowhere".to_owned(),
        }
    }

    #[test]
    fn a_request_leads_to_the_row_of_its_method_and_path() {
        for (method, path, expected) in [
            (Method::GET, "/gh/acme/web.svg", "badge gh|acme|web.svg"),
            (Method::HEAD, "/gh/acme/web.svg", "badge gh|acme|web.svg"),
            (Method::GET, "/gh/%E6%9E%9D/a%2Fb", "badge gh|枝|a/b"),
            (Method::GET, "/gh/acme/%FF", "badge no text"),
            (Method::GET, "/gh/acme", "nowhere"),
            (Method::PUT, "/gh/acme/web", "takes GET,HEAD"),
            (Method::GET, "/api/v1/gh/tree/feature/x", "list gh|feature/x"),
            (Method::POST, "/api/v1/gh/tree/feature/x", "run gh|feature/x"),
            (Method::DELETE, "/api/v1/gh/tree/x", "takes GET,HEAD,POST"),
            (Method::GET, "/api/v1/gh/web", "nowhere"),
        ] {
            assert_eq!(led(method.clone(), path), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_part_of_the_path_is_had_by_its_name() {
        let router = router();
        let Way::To(_, Some(names)) = router.find(&Method::GET, "/gh/acme/web") else { panic!() };
        assert_eq!((names.get("org"), names.get("number")), (Some("acme"), None));
    }
}
