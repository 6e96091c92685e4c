//! A person. What CircleCI tells of an account at another host is `null`, empty or `false` here: people are
//! Rondo's own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `GET /me`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// The name for signing in.
    pub login: String,
    /// The same.
    pub name: String,
    /// The person's UUID.
    pub id: String,
    /// May administer the server.
    pub admin: bool,
    /// RFC 3339.
    pub created_at: String,
    /// The same: there is no trial, so it ended as it began.
    pub trial_end: String,
    /// Always `none`: this server sends no mail.
    pub basic_email_prefs: String,
    /// How many projects the person follows.
    pub num_projects_followed: usize,
    /// The followed projects, by `vcs_url`.
    pub projects: BTreeMap<String, FollowedProject>,
    /// What CircleCI tells of accounts elsewhere and of plans.
    #[serde(flatten)]
    pub elsewhere: Elsewhere,
}

/// How a person follows a project.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct FollowedProject {
    /// Always `true`: what is followed is shown.
    pub on_dashboard: bool,
    /// Always `default`: as `basic_email_prefs` says.
    pub emails: String,
}

/// Fields of a person that are the same for everybody: there is no mail, no plan, no host that knows them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct Elsewhere {
    /// Always `null`.
    pub avatar_url: Option<String>,
    /// Always `null`.
    pub gravatar_id: Option<String>,
    /// Always `null`.
    pub selected_email: Option<String>,
    /// Always empty.
    pub all_emails: Vec<String>,
    /// Always `false`.
    pub dev_admin: bool,
    /// Always `false`.
    pub student: bool,
    /// Always `false`.
    pub in_beta_program: bool,
    /// Always `false`.
    pub privacy_optout: bool,
    /// Always `false`.
    pub bitbucket_authorized: bool,
    /// Always `null`.
    pub github_id: Option<i64>,
    /// Always empty.
    pub github_oauth_scopes: Vec<String>,
    /// Always `null`.
    pub bitbucket: Option<String>,
    /// Always empty.
    pub identities: BTreeMap<String, String>,
    /// Always empty.
    pub enrolled_betas: Vec<String>,
    /// Always empty.
    pub organization_prefs: BTreeMap<String, String>,
    /// Always 0.
    pub days_left_in_trial: i64,
    /// Always `null`.
    pub plan: Option<String>,
    /// Always 1.
    pub parallelism: u32,
    /// Always 1.
    pub containers: u32,
    /// Always `null`.
    pub heroku_api_key: Option<String>,
    /// Always `null`.
    pub pusher_id: Option<String>,
    /// Always `null`.
    pub analytics_id: Option<String>,
}
