//! Tokens of a whole organization, a page at a time: those of its projects and of its service accounts, and
//! the personal tokens of its members that reach any of its projects. However many there are, no more than a page is read.

use rondo_domain::token::{Scope, Token, TokenId, TokenKind};
use rondo_domain::{Millis, OrgId, PersonId, ProjectId};

use crate::audit::pattern;
use crate::error::Error;
use crate::tokens::{token, tokens_by};
use crate::tx::{Tx, composed};

/// Which tokens of an organization are wanted. What is not given does not narrow it.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenQuery<'a> {
    /// Of this kind.
    pub kind: Option<TokenKind>,
    /// Personal, of this person.
    pub person: Option<PersonId>,
    /// Of this project, or of a service account of its own.
    pub project: Option<ProjectId>,
    /// Never used.
    pub never_used: bool,
    /// Not used since this moment, or never; and made before it.
    pub idle_since: Option<Millis>,
    /// Personal, and not narrowed at all.
    pub unrestricted: bool,
    /// At its end by this moment, or before.
    pub ends_by: Option<Millis>,
    /// With this text in the label, in any case, or as its id.
    pub text: Option<&'a str>,
    /// Of those who administer the server too, who are admins of every organization.
    pub admins: bool,
    /// Older than this one.
    pub before: Option<(Millis, TokenId)>,
}

/// What is wanted, as a condition. It is put together of numbers and ids; the text is bound to `$1` and
/// `$2`.
fn condition(org: OrgId, query: &TokenQuery<'_>) -> String {
    let projects = format!("select id from project where organization_id = '{org}'");
    let members = format!("select person_id from membership where organization_id = '{org}'");
    let members = match query.admins {
        true => format!("{members} union select id from person where admin = 1"),
        false => members,
    };
    let reaches = format!(
        "(projects is null or exists (select 1 from project where organization_id = '{org}' \
         and ' ' || token.projects || ' ' like '% ' || project.id || ' %'))"
    );
    let of_projects = format!("project_id in ({projects})");
    let of_services =
        format!("service_id in (select id from service_account where organization_id = '{org}')");
    let of_members = format!("(person_id in ({members}) and {reaches})");
    let mut all = vec![match query.kind {
        None => format!("({of_projects} or {of_members} or {of_services})"),
        Some(TokenKind::Project) => {
            format!(
                "{of_projects} and scope <> '{}' and scope <> '{}'",
                Scope::Badge.word(),
                Scope::Job.word()
            )
        }
        Some(TokenKind::Badge) => format!("{of_projects} and scope = '{}'", Scope::Badge.word()),
        Some(TokenKind::Job) => format!("{of_projects} and scope = '{}'", Scope::Job.word()),
        Some(TokenKind::Service) => of_services,
        Some(TokenKind::Personal) => of_members,
    }];
    all.extend(query.person.map(|person| format!("person_id = '{person}'")));
    all.extend(query.project.map(|project| {
        format!(
            "(project_id = '{project}' or service_id in \
             (select id from service_account where project_id = '{project}'))"
        )
    }));
    if query.never_used {
        all.push("last_used_at is null".to_owned());
    }
    all.extend(query.idle_since.map(|Millis(since)| {
        format!("created_at < {since} and (last_used_at is null or last_used_at < {since})")
    }));
    if query.unrestricted {
        let none = ["rights", "projects", "networks", "expires_at"].map(|c| format!("{c} is null"));
        all.push(format!("person_id is not null and {}", none.join(" and ")));
    }
    all.extend(query.ends_by.map(|Millis(end)| format!("expires_at <= {end}")));
    if query.text.is_some() {
        all.push("(token.id = $1 or lower(label) like lower($2) escape '!')".to_owned());
    }
    all.extend(query.before.map(|(Millis(at), id)| {
        format!("(created_at < {at} or (created_at = {at} and token.id < '{id}'))")
    }));
    all.join(" and ")
}

impl Tx {
    /// The newest tokens of an organization that are wanted, newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens_of_organization(
        &mut self,
        org: OrgId,
        query: TokenQuery<'_>,
        most: u32,
    ) -> Result<Vec<Token>, Error> {
        let (rows, condition) = (tokens_by(self.dialect().by_age()), condition(org, &query));
        let mut wanted = composed(format!(
            "select * from {rows} where {condition} \
             order by created_at desc, token.id desc limit {most}"
        ));
        if let Some(text) = query.text {
            wanted = wanted.bind(text.to_owned()).bind(pattern(text));
        }
        self.rows(wanted).await?.iter().map(|row| Ok(token(row)?.token)).collect()
    }
}
