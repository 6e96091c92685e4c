//! The addresses that pages link to, built from their parts with every segment encoded. Which
//! handler answers an address is the route table's business.

use std::fmt::{self, Display, Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rondo_domain::{Permissions, Slug};

use super::narrowing::Narrowing;
use super::services::field_of;

/// What a segment or a query value may hold as it is: RFC 3986's unreserved characters.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// All projects.
pub const HOME: &str = "/";
/// The form that adds a project, and where it posts.
pub const NEW_PROJECT: &str = "/projects/add";
/// The sign-in page, and where it posts.
pub const SIGN_IN: &str = "/login";
/// Where signing out posts.
pub const SIGN_OUT: &str = "/logout";
/// The page that asks for the password again, and where it posts.
pub const AGAIN: &str = "/login/again";
/// Where the language switch posts.
pub const LANGUAGE: &str = "/language";
/// Where the theme switch posts.
pub const THEME: &str = "/theme";
/// Where whoever found a token hands it in.
pub const FOUND: &str = "/found";
/// Where a person signs in a command that waits.
pub const DEVICE: &str = "/device";
/// Personal API tokens.
pub const TOKENS: &str = "/settings/user/tokens";
/// The form that makes a personal token; it posts to [`TOKENS`].
pub const NEW_TOKEN: &str = "/settings/user/tokens/new";
/// A person's sessions.
pub const SESSIONS: &str = "/settings/user/sessions";
/// The form that says where a person gets mail, and where it posts.
pub const EMAIL: &str = "/settings/user/email";
/// The form that changes the password, and where it posts.
pub const PASSWORD: &str = "/settings/user/password";

/// The audit log.
pub const AUDIT: &str = "/settings/server/audit";

/// Where a text is looked up that may be a token.
pub const LOOK_UP: &str = "/settings/server/token";
/// Where many tokens are deleted at once.
pub const REVOKE: &str = "/settings/server/revoke";

/// The tokens of an organization.
pub fn organization_tokens(vcs: &str, name: &str) -> String {
    format!("/settings/organization/{}/{}/tokens", segment(vcs), segment(name))
}

/// The policy of an organization, and where it posts.
pub fn organization_policy(vcs: &str, name: &str) -> String {
    format!("/settings/organization/{}/{}/policy", segment(vcs), segment(name))
}

/// The tokens that take an organization's approval.
pub fn organization_approvals(vcs: &str, name: &str) -> String {
    format!("/settings/organization/{}/{}/approvals", segment(vcs), segment(name))
}

/// The service accounts of an organization.
pub fn organization_services(vcs: &str, name: &str) -> String {
    format!("/settings/organization/{}/{}/services", segment(vcs), segment(name))
}

/// The form of a service account's token, with what was chosen already in it. `tokens` is where it posts.
pub fn service_token_filled(
    tokens: &str,
    (label, rights): (&str, Permissions),
    narrowing: &Narrowing,
) -> String {
    let rights = rights.iter().map(|right| format!("&{}=yes", field_of(right)));
    let rights = rights.collect::<String>();
    format!("{tokens}/new?label={}{rights}{}", segment(label), chosen(narrowing))
}

/// What a filter leaves of a list, on the page that a word leads to.
pub fn filtered(base: &str, filter: &[(&str, &str)], page: Option<&str>) -> String {
    let page = ("page-token", page.unwrap_or_default());
    queried(base, filter.iter().copied().chain([page]))
}

/// The part of the audit log that a filter leaves.
pub fn audit(filter: &[(&str, &str)]) -> String {
    queried(AUDIT, filter.iter().copied())
}

/// The part of the audit log that a filter leaves, before the entry of this number.
pub fn audit_before(filter: &[(&str, &str)], number: i64) -> String {
    let number = number.to_string();
    queried(AUDIT, filter.iter().copied().chain([("before", number.as_str())]))
}

/// The same whole, as a file.
pub fn audit_export(filter: &[(&str, &str)]) -> String {
    queried(&format!("{AUDIT}/export"), filter.iter().copied())
}

/// An address with those pairs that have a value.
fn queried<'a>(base: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = base.to_owned();
    for (at, (name, value)) in pairs.filter(|(_, value)| !value.is_empty()).enumerate() {
        let mark = if at == 0 { '?' } else { '&' };
        let _ = write!(address, "{mark}{name}={}", segment(value));
    }
    address
}

/// The form that makes a personal token, with what was typed already in it.
pub fn new_token_filled(name: &str, narrowing: &Narrowing) -> String {
    let rights = narrowing.preset.word();
    format!("{NEW_TOKEN}?name={}&rights={rights}{}", segment(name), chosen(narrowing))
}

/// What was chosen behind *More options*, as a part of a query.
fn chosen(narrowing: &Narrowing) -> String {
    let fields = [
        ("projects", narrowing.projects.as_str()),
        ("expires", &narrowing.life.word()),
        ("end", &narrowing.end),
        ("networks", &narrowing.networks),
    ];
    fields.map(|(name, value)| format!("&{name}={}", segment(value))).concat()
}

/// Where a person dismisses what they were told of a found token.
pub fn dismiss(token: &str) -> String {
    format!("/notices/{}/dismiss", segment(token))
}

/// One personal token; what can be done with it stands below.
pub fn token(id: &str) -> String {
    format!("{TOKENS}/{}", segment(id))
}

/// The page that asks for the password again and then leads to `next`.
pub fn again(next: &str) -> String {
    format!("{AGAIN}?next={}", segment(next))
}

/// The same with the command's code in it.
pub fn device(code: &str) -> String {
    format!("{DEVICE}?code={}", segment(code))
}

/// The sign-in page that leads to `next` afterwards.
pub fn sign_in(next: &str) -> String {
    format!("{SIGN_IN}?next={}", segment(next))
}

/// The confirmation of a personal token's deletion, and where it posts.
pub fn delete_token(id: &str) -> String {
    format!("{}/delete", token(id))
}

/// Where ending a session posts.
pub fn end_session(id: &str) -> String {
    format!("{SESSIONS}/{}/end", segment(id))
}

/// The first setup, and where it posts.
pub fn setup(code: &str) -> String {
    format!("/setup/{}", segment(code))
}

/// A one-time link, and where it posts.
pub fn enter(code: &str) -> String {
    format!("/enter/{}", segment(code))
}

/// A text as one segment of a path or as one value of a query.
pub fn segment(text: &str) -> impl Display + '_ {
    utf8_percent_encode(text, SEGMENT)
}

/// A project's place in addresses; shown as `acme/web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// The short word of its host, such as `gh`.
    pub vcs: String,
    /// Its organization.
    pub org: String,
    /// Its repository.
    pub repo: String,
}

impl Project {
    /// Its builds, newest first.
    pub fn builds(&self) -> String {
        format!("/pipelines/{}", self.segments())
    }

    /// A page of its builds, counted from 1, of one branch or of all.
    pub fn builds_page(&self, branch: Option<&str>, page: u64) -> String {
        let mut address = self.builds();
        let mut mark = '?';
        if let Some(branch) = branch {
            let _ = write!(address, "?branch={}", segment(branch));
            mark = '&';
        }
        if page > 1 {
            let _ = write!(address, "{mark}page={page}");
        }
        address
    }

    /// The form that runs a build, and where it posts.
    pub fn run(&self) -> String {
        format!("{}/run", self.builds())
    }

    /// One build.
    pub fn build(&self, number: i64) -> String {
        format!("{}/{number}", self.builds())
    }

    /// Where retrying a build posts.
    pub fn retry(&self, number: i64) -> String {
        format!("{}/retry", self.build(number))
    }

    /// Where canceling a build posts.
    pub fn cancel(&self, number: i64) -> String {
        format!("{}/cancel", self.build(number))
    }

    /// The live events of a build.
    pub fn events(&self, number: i64) -> String {
        format!("{}/events", self.build(number))
    }

    /// The output of a step, as a fragment of HTML.
    pub fn step(&self, number: i64, ordinal: i64) -> String {
        format!("{}/steps/{ordinal}", self.build(number))
    }

    /// The whole output of a step as text.
    pub fn raw(&self, number: i64, ordinal: i64) -> String {
        format!("{}/raw", self.step(number, ordinal))
    }

    /// The page of a build with the output of one step already in it.
    pub fn build_with_step(&self, number: i64, ordinal: i64) -> String {
        format!("{}?step={ordinal}#step-{ordinal}", self.build(number))
    }

    /// What it is and who may see it, and where changing that posts.
    pub fn settings(&self) -> String {
        format!("/settings/project/{}", self.segments())
    }

    /// Where the switch for triggers posts.
    pub fn triggers(&self) -> String {
        format!("{}/triggers", self.settings())
    }

    /// Its API tokens, and where making one posts.
    pub fn tokens(&self) -> String {
        format!("{}/api", self.settings())
    }

    /// Its service accounts.
    pub fn services(&self) -> String {
        format!("{}/services", self.settings())
    }

    /// The form that makes a project token.
    pub fn new_token(&self) -> String {
        format!("{}/new", self.tokens())
    }

    /// The form that makes a project token, with what was typed already in it.
    pub fn new_token_filled(&self, scope: &str, label: &str, narrowing: &Narrowing) -> String {
        let (scope, label) = (segment(scope), segment(label));
        format!("{}?scope={scope}&label={label}{}", self.new_token(), chosen(narrowing))
    }

    /// One of its tokens; what can be done with it stands below.
    pub fn token(&self, id: &str) -> String {
        format!("{}/{}", self.tokens(), segment(id))
    }

    /// The confirmation of a project token's deletion, and where it posts.
    pub fn delete_token(&self, id: &str) -> String {
        format!("{}/delete", self.token(id))
    }

    /// Its environment variables, and where adding one posts.
    pub fn variables(&self) -> String {
        format!("{}/env", self.settings())
    }

    /// The form that adds an environment variable.
    pub fn new_variable(&self) -> String {
        format!("{}/new", self.variables())
    }

    /// The confirmation of a variable's deletion, and where it posts.
    pub fn delete_variable(&self, name: &str) -> String {
        format!("{}/{}/delete", self.variables(), segment(name))
    }

    /// Its keys for SSH, and where adding one for jobs posts.
    pub fn ssh(&self) -> String {
        format!("{}/ssh", self.settings())
    }

    /// The same, after its host did not answer.
    pub fn ssh_of_silent_host(&self) -> String {
        format!("{}?silent=1", self.ssh())
    }

    /// Where making its host known posts.
    pub fn known_host(&self) -> String {
        format!("{}/known-host", self.ssh())
    }

    /// Where making a checkout key posts.
    pub fn checkout_keys(&self) -> String {
        format!("{}/checkout-key", self.ssh())
    }

    /// The confirmation of a checkout key's deletion, and where it posts.
    pub fn delete_checkout_key(&self, fingerprint: &str) -> String {
        format!("{}/{}/delete", self.checkout_keys(), segment(fingerprint))
    }

    /// The form that adds an SSH key for jobs.
    pub fn new_ssh_key(&self) -> String {
        format!("{}/new", self.ssh())
    }

    /// The confirmation of such a key's deletion, and where it posts; an empty host is every host.
    pub fn delete_ssh_key(&self, fingerprint: &str, hostname: &str) -> String {
        let hostname = if hostname.is_empty() { "*" } else { hostname };
        format!("{}/additional/{}/{}/delete", self.ssh(), segment(fingerprint), segment(hostname))
    }

    /// The page that makes badge code.
    pub fn badges(&self) -> String {
        format!("{}/badges", self.settings())
    }

    /// The badge image of a branch, or of the default branch.
    pub fn badge_image(&self, branch: Option<&str>) -> String {
        match branch {
            Some(branch) => format!("/{}/tree/{}.svg", self.segments(), segment(branch)),
            None => format!("/{}.svg", self.segments()),
        }
    }

    fn segments(&self) -> String {
        format!("{}/{}/{}", segment(&self.vcs), segment(&self.org), segment(&self.repo))
    }
}

impl From<&Slug> for Project {
    fn from(slug: &Slug) -> Self {
        Self {
            vcs: slug.vcs.short().to_owned(),
            org: slug.org().to_owned(),
            repo: slug.repo().to_owned(),
        }
    }
}

impl Display for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.org, self.repo)
    }
}

#[cfg(test)]
mod tests {
    use super::{Project, delete_token};

    fn project(org: &str, repo: &str) -> Project {
        Project { vcs: "gh".to_owned(), org: org.to_owned(), repo: repo.to_owned() }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let address = project("a/../b", "c?d#e").build(7);
        assert_eq!(address, "/pipelines/gh/a%2F..%2Fb/c%3Fd%23e/7");
        assert_eq!(delete_token("x/y"), "/settings/user/tokens/x%2Fy/delete");
    }

    #[test]
    fn a_page_of_builds_names_only_what_differs_from_the_first() {
        let web = project("acme", "web");
        assert_eq!(web.builds_page(None, 1), "/pipelines/gh/acme/web");
        assert_eq!(web.builds_page(None, 2), "/pipelines/gh/acme/web?page=2");
        assert_eq!(web.builds_page(Some("a/b"), 1), "/pipelines/gh/acme/web?branch=a%2Fb");
        assert_eq!(web.builds_page(Some("a&b"), 3), "/pipelines/gh/acme/web?branch=a%26b&page=3");
    }

    #[test]
    fn a_badge_of_a_branch_encodes_the_branch_as_one_segment() {
        let web = project("acme", "web");
        assert_eq!(web.badge_image(Some("feature/x")), "/gh/acme/web/tree/feature%2Fx.svg");
        assert_eq!(web.badge_image(None), "/gh/acme/web.svg");
    }
}
