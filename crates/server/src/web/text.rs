//! Every visible word of the pages, in English and in Japanese. A sentence lives nowhere else, and
//! one that is missing in a language does not compile. Neither language is a translation of the
//! other: each says the same fact the way its readers would. Messages of the API are not here.

pub mod account;
pub mod audit;
pub mod badges;
pub mod build;
pub mod builds;
pub mod device;
pub mod entry;
pub mod fault;
pub mod finding;
pub mod found;
pub mod frame;
pub mod narrowing;
pub mod overview;
pub mod policy;
pub mod problem;
pub mod projects;
pub mod service;
pub mod ssh;
pub mod states;
pub mod times;
pub mod token;
pub mod tokens;
pub mod variables;

/// The words of all pages in one language; a field per page, or per thing that pages share.
#[derive(Debug)]
pub struct Text {
    /// Top bar, menus, footer, and the buttons that every page may show.
    pub frame: frame::Frame,
    /// Relative times, durations and dates.
    pub times: times::Times,
    /// The word for each state of a build or step.
    pub states: states::States,
    /// What can be wrong with something that was typed.
    pub problem: problem::Problem,
    /// Signing in, first setup, one-time links.
    pub entry: entry::Entry,
    /// Signing in a command.
    pub device: device::Device,
    /// The list of projects and the form that adds one.
    pub projects: projects::Projects,
    /// The first page of a project's settings.
    pub overview: overview::Overview,
    /// A project's builds and the form that runs one.
    pub builds: builds::Builds,
    /// One build.
    pub build: build::Build,
    /// Personal and project API tokens.
    pub tokens: tokens::Tokens,
    /// What a token is narrowed to.
    pub narrowing: narrowing::Narrowing,
    /// The page of one token.
    pub token: token::Token,
    /// Service accounts.
    pub service: service::Service,
    /// A project's keys for SSH.
    pub ssh: ssh::Ssh,
    /// A project's environment variables.
    pub variables: variables::Variables,
    /// Status badges.
    pub badges: badges::Badges,
    /// Sessions and the password.
    pub account: account::Account,
    /// The audit log.
    pub audit: audit::Audit,
    /// Finding tokens, and revoking many.
    pub finding: finding::Finding,
    /// Policies of organizations, and approvals.
    pub policy: policy::Policy,
    /// Found tokens.
    pub found: found::Found,
    /// Error pages.
    pub fault: fault::Fault,
}

/// English.
pub const EN: Text = Text {
    frame: frame::EN,
    times: times::EN,
    states: states::EN,
    problem: problem::EN,
    entry: entry::EN,
    device: device::EN,
    projects: projects::EN,
    overview: overview::EN,
    builds: builds::EN,
    build: build::EN,
    tokens: tokens::EN,
    narrowing: narrowing::EN,
    token: token::EN,
    service: service::EN,
    ssh: ssh::EN,
    variables: variables::EN,
    badges: badges::EN,
    account: account::EN,
    audit: audit::EN,
    finding: finding::EN,
    policy: policy::EN,
    found: found::EN,
    fault: fault::EN,
};

/// Japanese.
pub const JA: Text = Text {
    frame: frame::JA,
    times: times::JA,
    states: states::JA,
    problem: problem::JA,
    entry: entry::JA,
    device: device::JA,
    projects: projects::JA,
    overview: overview::JA,
    builds: builds::JA,
    build: build::JA,
    tokens: tokens::JA,
    narrowing: narrowing::JA,
    token: token::JA,
    service: service::JA,
    ssh: ssh::JA,
    variables: variables::JA,
    badges: badges::JA,
    account: account::JA,
    audit: audit::JA,
    finding: finding::JA,
    policy: policy::JA,
    found: found::JA,
    fault: fault::JA,
};
