//! Refusals of what was typed, as sentences at a field in the reader's language. What is no mistake
//! of typing goes on as the refusal that it is.

use rondo_app::{Invalid, Refusal};
use rondo_domain::CeilingError;
use rondo_domain::git_url::GitUrlError;
use rondo_domain::limits::{
    BUILD_PARAMETERS, LABEL_CHARACTERS, POLICY_DAYS, SLUG_PART_CHARACTERS, TOKEN_NETWORKS,
    VARIABLE_VALUE_BYTES,
};
use rondo_domain::name::{NameError, Reason};
use rondo_domain::policy::RulesError;
use rondo_domain::slug::SlugError;
use rondo_domain::ssh::SshError;
use rondo_domain::token::{NetworkError, ReachError};
use rondo_domain::variable::VariableError;

use crate::web::form::Problem;
use crate::web::text::Text;

/// The problem of a field, if the refusal is one of what was typed into it.
///
/// # Errors
/// Any other refusal, as it came.
pub(super) fn at(text: &Text, field: &'static str, refusal: Refusal) -> Result<Problem, Refusal> {
    let words = &text.problem;
    let message = match &refusal {
        Refusal::Invalid(invalid) => match invalid {
            Invalid::Name(error) => name(text, field, *error),
            Invalid::Slug(error) => slug(text, *error),
            Invalid::GitUrl(error) => git_url(text, *error),
            Invalid::LocalPath(_) => words.local_path.to_owned(),
            Invalid::Scope(_) => words.bad_scope.to_owned(),
            Invalid::Reach(error) => reach(text, error),
            Invalid::Role(_) => words.bad_choice.to_owned(),
            Invalid::Rules(error) => rules(text, *error),
            Invalid::Ceiling(CeilingError::Empty) => text.service.no_right.to_owned(),
            Invalid::Ceiling(CeilingError::Beyond(right)) => {
                (text.service.never)(text.narrowing.right(*right))
            }
            Invalid::Variable(error) => variable(text, error),
            Invalid::Ssh(error) => ssh(text, *error),
            Invalid::Password { fewest, most } => (words.password_length)(*fewest, *most),
            Invalid::Both(..) | Invalid::Count(_) | Invalid::Orb(_) | Invalid::Request(_) => {
                return Err(refusal);
            }
        },
        Refusal::Exists("project", _) => words.project_taken.to_owned(),
        Refusal::Exists("service account", _) => text.service.taken.to_owned(),
        Refusal::Exists("person", _) => words.user_name_taken.to_owned(),
        Refusal::Silent(_) => words.host_is_silent.to_owned(),
        Refusal::WrongPassword => words.wrong_password.to_owned(),
        Refusal::Throttled(seconds) => (words.too_many_attempts)(*seconds),
        _ => return Err(refusal),
    };
    Ok(Problem { field, message })
}

/// What is wrong with what a token is narrowed to.
pub(super) fn reach(text: &Text, error: &ReachError) -> String {
    let words = &text.problem;
    match error {
        ReachError::Permission(_) => words.bad_choice.to_owned(),
        ReachError::Network(NetworkError::Shape(network)) => (words.bad_network)(network),
        ReachError::Network(NetworkError::Bits(meant)) => (words.network_bits)(&meant.to_string()),
        ReachError::Project(slug) => (words.no_such_project)(&slug.to_string()),
        ReachError::Name(name) => (words.no_such_project)(name),
        ReachError::Past => words.past.to_owned(),
        ReachError::Moment => words.bad_moment.to_owned(),
        ReachError::Later => words.later.to_owned(),
        ReachError::Empty(_) => text.service.no_right.to_owned(),
        ReachError::Many(_, most) => (words.too_many_lines)(*most),
        ReachError::Beyond(_) => words.bad_choice.to_owned(),
        ReachError::Ceiling(right) => (text.service.above)(text.narrowing.right(*right)),
        ReachError::Home(slug) => (text.service.outside)(&slug.to_string()),
    }
}

fn rules(text: &Text, error: RulesError) -> String {
    match error {
        RulesError::Days(_) => (text.policy.bad_days)(POLICY_DAYS),
        RulesError::Networks => (text.problem.too_many_lines)(TOKEN_NETWORKS),
        RulesError::Outside(peer) => (text.policy.outside)(&peer.to_string()),
    }
}

fn name(text: &Text, field: &str, error: NameError) -> String {
    let words = &text.problem;
    match error {
        NameError::Empty(noun) => (words.required)(called(text, field, noun)),
        NameError::Long(_, most) => (words.too_long)(most),
        NameError::TokenValue(_) => words.token_value.to_owned(),
        NameError::Characters("account name") => text.service.bad_name.to_owned(),
        NameError::Characters("name") => words.bad_user_name.to_owned(),
        NameError::Characters("label" | "reason") => words.control_characters.to_owned(),
        NameError::Characters(_) => words.bad_branch.to_owned(),
    }
}

/// What forms call the field of a name.
fn called(text: &Text, field: &str, noun: &str) -> &'static str {
    match (field, noun) {
        ("name", "label") => text.tokens.personal_name,
        ("name", "account name") => text.service.name,
        ("name", _) => text.entry.name,
        ("label", _) => text.tokens.project_label,
        ("default_branch", _) => text.projects.default_branch,
        ("reason", _) => text.finding.reason,
        _ => text.builds.run_branch,
    }
}

fn slug(text: &Text, error: SlugError) -> String {
    match error {
        SlugError::Length => (text.problem.too_long)(SLUG_PART_CHARACTERS),
        SlugError::Shape | SlugError::Vcs | SlugError::Characters => {
            text.problem.bad_slug.to_owned()
        }
    }
}

fn git_url(text: &Text, error: GitUrlError) -> String {
    let words = &text.problem;
    match error {
        GitUrlError::Shape => words.bad_git_url,
        GitUrlError::Credentials => words.credentials_in_url,
        GitUrlError::Forbidden => words.forbidden_url,
    }
    .to_owned()
}

fn variable(text: &Text, error: &VariableError) -> String {
    let words = &text.problem;
    match error {
        VariableError::Name(_) => words.bad_variable_name.to_owned(),
        VariableError::Value(_) => (words.bad_value)(VARIABLE_VALUE_BYTES / 1024),
        VariableError::Many => (words.too_many_parameters)(BUILD_PARAMETERS),
    }
}

fn ssh(text: &Text, error: SshError) -> String {
    let words = &text.problem;
    match error {
        SshError::Kind | SshError::OtherKind => words.bad_choice,
        SshError::Host => words.bad_host,
        SshError::Key => words.bad_ssh_key,
        SshError::OldFormat => words.old_ssh_key,
        SshError::Passphrase => words.locked_ssh_key,
    }
    .to_owned()
}

/// The reason that somebody gave, if they gave one.
///
/// # Errors
/// What is wrong with it.
pub(super) fn reason(text: &Text, typed: &str) -> Result<Option<Reason>, Problem> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |error| Problem { field: "reason", message: name(text, "reason", error) };
    typed.parse().map(Some).map_err(wrong)
}

/// What is wrong with the name of a job, if anything: it is looked up in the config later.
pub(super) fn job(text: &Text, job: &str) -> Option<Problem> {
    let message = if job.chars().count() > LABEL_CHARACTERS {
        (text.problem.too_long)(LABEL_CHARACTERS)
    } else if job.chars().any(char::is_control) {
        text.problem.control_characters.to_owned()
    } else {
        return None;
    };
    Some(Problem { field: "job", message })
}
