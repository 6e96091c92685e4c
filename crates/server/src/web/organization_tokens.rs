//! The tokens of a whole organization, for those who administer it.

use maud::{Markup, html};
use rondo_domain::Organization;
use rondo_domain::token::Scope;

use super::{
    chrome::Chrome,
    moment,
    narrowing::Standing,
    path, services,
    settings::{Organization as Page, of_organization},
    table,
    tokens::last_used,
};

/// An organization's place in addresses; shown as `gh/acme`.
#[derive(Clone, Debug)]
pub struct Place {
    /// The short word of its host, such as `gh`.
    pub vcs: String,
    /// Its name.
    pub name: String,
}

impl From<&Organization> for Place {
    fn from(organization: &Organization) -> Self {
        Self { vcs: organization.vcs.short().to_owned(), name: organization.name.clone() }
    }
}

impl Place {
    /// Its tokens.
    pub fn tokens(&self) -> String {
        path::organization_tokens(&self.vcs, &self.name)
    }

    /// Its policy.
    pub fn policy(&self) -> String {
        path::organization_policy(&self.vcs, &self.name)
    }

    /// The tokens that take its approval.
    pub fn approvals(&self) -> String {
        path::organization_approvals(&self.vcs, &self.name)
    }

    /// Where one of them is approved.
    pub fn approve(&self, id: &str) -> String {
        format!("{}/{}/approve", self.approvals(), path::segment(id))
    }

    /// Where one of them is refused.
    pub fn refuse(&self, id: &str) -> String {
        format!("{}/{}/refuse", self.approvals(), path::segment(id))
    }

    /// Its service accounts.
    pub fn services(&self) -> String {
        path::organization_services(&self.vcs, &self.name)
    }

    /// What a person calls it.
    pub fn shown(&self) -> String {
        format!("{}/{}", self.vcs, self.name)
    }
}

/// A page of the list.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Whose.
    pub place: Place,
    /// What it is narrowed to.
    pub filter: Filter,
    /// Newest first.
    pub rows: Vec<Row>,
    /// What leads on to the next page.
    pub next: Option<String>,
    /// What was wrong with the filter.
    pub problem: Option<String>,
}

/// What a page is narrowed to, as it was chosen. Empty: by nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// `personal`, `project`, `badge`, `service` or `job`.
    pub kind: String,
    /// A person's name.
    pub owner: String,
    /// A project's slug.
    pub project: String,
    /// `never` or `90d`.
    pub unused: String,
    /// Personal, and not narrowed at all.
    pub unrestricted: bool,
    /// At its end within 30 days.
    pub expiring: bool,
    /// A part of the label, or an id.
    pub search: String,
}

impl Filter {
    /// Names and values, as the address of a page holds them.
    pub fn pairs(&self) -> [(&'static str, &str); 7] {
        let yes = |set| if set { "yes" } else { "" };
        [
            ("kind", &self.kind),
            ("owner", &self.owner),
            ("project", &self.project),
            ("unused", &self.unused),
            ("unrestricted", yes(self.unrestricted)),
            ("expiring", yes(self.expiring)),
            ("search", &self.search),
        ]
    }
}

/// One token.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its public handle.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// The person who owns it.
    pub owner: Option<String>,
    /// The project that it belongs to, by itself or by its service account.
    pub project: Option<path::Project>,
    /// The id and the name of the service account that it belongs to.
    pub service: Option<(String, String)>,
    /// A project token's scope.
    pub scope: Option<Scope>,
    /// When it was made, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used.
    pub last_used: Option<i64>,
    /// What it is narrowed to, and what stops it.
    pub standing: Standing,
    /// It may be used from some networks only, which are not told.
    pub limited: bool,
    /// It reaches projects of other organizations, which are not told.
    pub elsewhere: bool,
}

/// The page.
pub fn list(chrome: &Chrome, view: &Tokens) -> Markup {
    let words = &chrome.text().finding;
    let (pairs, base) = (view.filter.pairs(), view.place.tokens());
    of_organization(
        chrome,
        &view.place,
        Page::Tokens,
        words.title,
        &html! {
            h1 { ((words.heading)(&view.place.shown())) }
            p.intro { (words.intro) }
            (filter(chrome, view))
            @if let Some(problem) = &view.problem { p.problem role="alert" { (problem) } }
            @if view.rows.is_empty() {
                @let narrowed = pairs.iter().any(|(_, value)| !value.is_empty());
                @let (title, body) = match narrowed {
                    true => (words.no_match, words.no_match_body),
                    false => (words.empty, words.empty_body),
                };
                section.empty { h2 { (title) } p { (body) } }
            } @else { (table(chrome, &view.place, &view.rows)) }
            nav.pages aria-label=(words.pages) {
                p { (words.order) }
                @if let Some(next) = &view.next {
                    a.button.plain rel="next" href=(path::filtered(&base, &pairs, Some(next))) { (words.older) }
                }
                a.button.plain href=(path::filtered(&format!("{base}/export"), &pairs, None)) download {
                    (words.export)
                }
            }
        },
    )
}

fn filter(chrome: &Chrome, view: &Tokens) -> Markup {
    let words = &chrome.text().finding;
    let Filter { kind, owner, project, unused, unrestricted, expiring, search } = &view.filter;
    let kinds = [
        ("", words.any),
        ("personal", words.personal),
        ("project", words.of_project),
        ("service", words.of_service),
    ];
    let uses = [("", words.any), ("never", words.never_used), ("90d", words.idle)];
    let fields = [
        ("owner", words.owner, owner, ""),
        ("project", words.project, project, "gh/acme/web"),
        ("search", words.search, search, ""),
    ];
    html! {
        form.filter.stack method="get" action=(view.place.tokens()) {
            (select("kind", words.kind, &kinds, kind))
            (select("unused", words.used, &uses, unused))
            @for (name, label, value, example) in fields {
                span.one {
                    label for=(name) { (label) }
                    input #(name) name=(name) value=(value) placeholder=(example) autocomplete="off"
                        spellcheck="false" autocapitalize="none";
                }
            }
            @for (name, label, set) in
                [("unrestricted", words.unrestricted, *unrestricted), ("expiring", words.expiring, *expiring)] {
                span.one {
                    label for=(name) { (label) }
                    input #(name) type="checkbox" name=(name) value="yes" checked[set];
                }
            }
            button.button { (words.show) }
        }
    }
}

fn select(name: &str, label: &str, options: &[(&str, &str)], chosen: &str) -> Markup {
    html! {
        span.one {
            label for=(name) { (label) }
            select #(name) name=(name) {
                @for (value, words) in options {
                    option value=(value) selected[*value == chosen] { (words) }
                }
            }
        }
    }
}

fn table(chrome: &Chrome, place: &Place, rows: &[Row]) -> Markup {
    let (words, text) = (&chrome.text().finding, chrome.text());
    let headings = [
        text.tokens.label,
        words.belongs,
        text.tokens.created,
        text.tokens.last_used,
        text.narrowing.expires,
    ];
    html! {
        table.rows.tokens {
            caption.unseen { (words.caption) }
            (table::head(&headings))
            tbody { @for row in rows { (token_row(chrome, place, row)) } }
        }
    }
}

fn token_row(chrome: &Chrome, place: &Place, row: &Row) -> Markup {
    let (words, text) = (&chrome.text().finding, chrome.text());
    html! {
        tr {
            th scope="row" {
                span.main { (row.label) }
                (row.standing.under(chrome))
                @if row.limited { span.under { (words.limited) } }
                @if row.elsewhere { span.under { (words.elsewhere) } }
                span.under { code.id { (row.id) } }
            }
            td data-label=(words.belongs) {
                @if let Some(owner) = &row.owner { span.over { (owner) } }
                @match (&row.service, &row.project) {
                    (Some((id, name)), Some(project)) => {
                        a href=(services::Home::Project(project.clone()).account(id)) { (name) }
                    }
                    (Some((id, name)), None) => {
                        a href=(services::Home::Organization(place.clone()).account(id)) { (name) }
                    }
                    (None, Some(project)) => a href=(project.tokens()) { (project.to_string()) },
                    (None, None) => {}
                }
                @match (row.scope, &row.service) {
                    (Some(scope), _) => span.under { (super::project_tokens::word(scope, text)) },
                    (None, Some(_)) => span.under { (words.of_service) },
                    (None, None) => span.under { (words.personal) },
                }
            }
            td data-label=(text.tokens.created) { (moment::ago(chrome, row.created)) }
            td data-label=(text.tokens.last_used) { (last_used(chrome, row.last_used)) }
            td data-label=(text.narrowing.expires) { (row.standing.end(chrome)) }
        }
    }
}
