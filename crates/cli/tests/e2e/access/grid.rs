//! The decisions of DESIGN 3.3 and 3.7, written down a second time for people to read. Nothing of
//! the product's own code for access is used here, so that a mistake there shows.

use rondo_server::Face;

use super::caller::{Caller, Show};
use super::table::{Right, Route};

/// Who may what on a project. `yes`: on each; `open`: on a public one; `-`: never.
const GRID: &str = "
                  badge  status  artifacts  builds  trigger  read-settings  write-settings  tokens  services
nobody            open   open    open       open    -        -              -               -       -
bad               -      -       -          -       -        -              -               -       -
status            yes    yes     -          -       -        -              -               -       -
view-builds       -      -       yes        -       -        -              -               -       -
all               yes    yes     yes        yes     -        -              -               -       -
badge             yes    -       -          -       -        -              -               -       -
foreign           -      -       -          -       -        -              -               -       -
read-only         yes    yes     yes        yes     -        -              -               -       -
trigger-only      -      -       -          -       yes      -              -               -       -
elsewhere-only    -      -       -          -       -        -              -               -       -
stranger          open   open    open       open    -        -              -               -       -
viewer            yes    yes     yes        yes     -        -              -               -       -
contributor       yes    yes     yes        yes     yes      yes            -               -       -
admin             yes    yes     yes        yes     yes      yes            yes             yes     yes
operator          yes    yes     yes        yes     yes      yes            yes             yes     yes
service           yes    yes     yes        yes     yes      yes            yes             yes     -
service-reads     yes    yes     yes        yes     -        -              -               -       -
service-of-it     yes    yes     yes        yes     yes      yes            yes             yes     -
";

/// The kinds that are people: they have an account, tokens, and what they follow.
const PEOPLE: [&str; 6] =
    ["stranger", "viewer", "contributor", "admin", "operator", "elsewhere-only"];
/// Personal tokens that were made without the right to their owner's account.
const NARROWED: [&str; 2] = ["read-only", "trigger-only"];

/// What an answer must be: a status, or `login` for being led to the sign-in page.
pub(super) fn expected(route: &Route, face: Face, caller: &Caller, public: bool) -> String {
    // A page knows sessions only: whatever else is shown, nobody is there.
    let by_session = matches!(caller.show, Show::Session(_));
    let kind = if face == Face::Page && !by_session { "nobody" } else { caller.kind };
    let status = match face {
        Face::Operator => route.ok,
        // Only the runner's own key opens these, and no caller here has it.
        Face::Runner => 401,
        Face::Page => return page(route, kind, public),
        Face::Api | Face::ApiV2 | Face::Embed => program(route, kind, by_session, public),
    };
    status.to_string()
}

fn page(route: &Route, kind: &str, public: bool) -> String {
    let person = PEOPLE.contains(&kind);
    let granted = granted(route.right, kind, public);
    match (granted, person) {
        // Who is signed in already is led on.
        (true, true) if (route.method, route.path) == ("GET", "/login") => "303".to_owned(),
        (true, _) => route.ok.to_string(),
        (false, false) => "login".to_owned(),
        (false, true) if matches!(route.right, Right::OnWhole(_)) && !sees_whole(kind) => {
            "404".to_owned()
        }
        (false, true) if on_project(route.right) && !visible(kind, public) => "404".to_owned(),
        (false, true) => "403".to_owned(),
    }
}

fn program(route: &Route, kind: &str, by_session: bool, public: bool) -> u16 {
    let person = PEOPLE.contains(&kind);
    match route.right {
        // Whoever holds the whole value is told what is wrong with it, wherever they use it.
        right if kind == "stopped" && right != Right::Open => 401,
        right if kind == "elsewhere" && right != Right::Open => 403,
        Right::OwnUser | Right::Follow if NARROWED.contains(&kind) => 403,
        // What a token is told of itself: a session, and nobody, have none.
        Right::Itself if matches!(kind, "nobody" | "bad") || by_session => 401,
        Right::Known if matches!(kind, "nobody" | "bad") => 401,
        Right::Stranger if kind == "bad" => 401,
        Right::OwnUser | Right::Follow if !person => 401,
        Right::Follow if !visible(kind, public) => 404,
        right if granted(right, kind, public) => route.ok,
        Right::Server if matches!(kind, "nobody" | "bad") => 401,
        Right::Server => 403,
        Right::OnWhole(_) if sees_whole(kind) => 403,
        Right::OnWhole(_) => 404,
        // A public project is known to everybody, so a bad token is told to be one.
        _ if matches!(kind, "nobody" | "bad") && public => 401,
        _ if visible(kind, public) => 403,
        _ => 404,
    }
}

fn granted(right: Right, kind: &str, public: bool) -> bool {
    match right {
        Right::Open | Right::Stranger | Right::Itself | Right::Known => true,
        Right::OwnUser | Right::Follow => PEOPLE.contains(&kind),
        Right::Server => kind == "operator",
        Right::OnWhole(column) => sees_whole(kind) && cell(kind, column, false),
        Right::Runner => false,
        Right::On(column) => cell(kind, column, public),
    }
}

/// Whether a live token is let do what a route does: what `/token/self/explain` must say of it.
pub(super) fn lets(route: &Route, face: Face, kind: &str, public: bool) -> bool {
    match face {
        Face::Operator => true,
        Face::Runner => false,
        Face::Page => granted(route.right, "nobody", public),
        Face::Api | Face::ApiV2 | Face::Embed => {
            let known = route.right != Right::Follow || visible(kind, public);
            granted(route.right, kind, public) && known
        }
    }
}

/// Whether somebody has a part in the organization that reaches all of its projects.
fn sees_whole(kind: &str) -> bool {
    const WHOLE: [&str; 7] =
        ["read-only", "viewer", "contributor", "admin", "operator", "service", "service-reads"];
    WHOLE.contains(&kind)
}

fn on_project(right: Right) -> bool {
    matches!(right, Right::On(_))
}

/// Whether somebody who holds any right on the project may know that it is there.
fn visible(kind: &str, public: bool) -> bool {
    columns().iter().any(|column| cell(kind, column, public))
}

fn columns() -> Vec<&'static str> {
    GRID.lines().nth(1).unwrap().split_whitespace().collect()
}

fn cell(kind: &str, column: &str, public: bool) -> bool {
    let at = columns().iter().position(|own| *own == column).unwrap();
    let line =
        GRID.lines().skip(2).find(|line| line.split_whitespace().next() == Some(kind)).unwrap();
    match line.split_whitespace().nth(at + 1).unwrap() {
        "yes" => true,
        "open" => public,
        "-" => false,
        other => panic!("the grid holds {other:?}"),
    }
}
