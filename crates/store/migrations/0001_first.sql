-- One text for SQLite and PostgreSQL: text, bigint and bytea only; times are milliseconds since
-- 1970; yes and no are 1 and 0.

create table counter (
    name text primary key,
    value bigint not null
);
insert into counter (name, value) values ('change', 0);

-- What other processes on the same database must hear of, in the order of its commits.
create table change (
    number bigint primary key,
    kind text not null,
    subject text not null
);

create table person (
    id text primary key,
    name text not null unique,
    password text not null,
    admin bigint not null,
    disabled_at bigint,
    created_at bigint not null
);

create table organization (
    id text primary key,
    vcs text not null,
    name text not null,
    unique (vcs, name)
);

create table membership (
    person_id text not null references person (id),
    organization_id text not null references organization (id),
    role text not null,
    primary key (person_id, organization_id)
);

create table session (
    id text primary key,
    person_id text not null references person (id),
    digest bytea not null unique,
    created_at bigint not null,
    signed_in_at bigint not null,
    seen_at bigint not null,
    agent text not null,
    address text not null
);
create index session_person on session (person_id);

create table link (
    digest bytea primary key,
    person_id text references person (id),
    expires_at bigint not null
);

create table project (
    id text primary key,
    organization_id text not null references organization (id),
    vcs text not null,
    org text not null,
    repo text not null,
    git_url text not null,
    default_branch text not null,
    public bigint not null,
    builds bigint not null,
    pipelines bigint not null,
    created_at bigint not null,
    unique (vcs, org, repo)
);

create table follow (
    person_id text not null references person (id),
    project_id text not null references project (id),
    primary key (person_id, project_id)
);

-- A token's value is not here, and cannot be had from what is.
create table token (
    id text primary key,
    person_id text references person (id),
    project_id text references project (id),
    scope text,
    label text not null,
    pepper bigint not null,
    digest bytea not null,
    created_at bigint not null,
    created_by text not null,
    last_used_at bigint
);
create index token_person on token (person_id, created_at);
create index token_project on token (project_id, created_at);

create table variable (
    project_id text not null references project (id),
    name text not null,
    sealed bytea not null,
    mask text not null,
    created_at bigint not null,
    primary key (project_id, name)
);

create table pipeline (
    id text primary key,
    project_id text not null references project (id),
    number bigint not null,
    state text not null,
    outcome text,
    why text not null,
    actor_id text references person (id),
    branch text,
    tag text,
    wanted text,
    revision text,
    subject text,
    body text,
    author_name text,
    author_email text,
    author_date text,
    committer_name text,
    committer_email text,
    committer_date text,
    only_job text,
    parameters text not null,
    config text,
    created_at bigint not null,
    attempt bigint not null,
    lease text,
    lease_until bigint,
    unique (project_id, number)
);
create index pipeline_branch on pipeline (project_id, branch, number);
create index pipeline_pending on pipeline (created_at) where state = 'pending';

create table workflow (
    id text primary key,
    pipeline_id text not null references pipeline (id),
    name text not null,
    status text not null,
    created_at bigint not null,
    stopped_at bigint
);
create index workflow_pipeline on workflow (pipeline_id);

create table job (
    id text primary key,
    project_id text not null references project (id),
    pipeline_id text not null references pipeline (id),
    workflow_id text not null references workflow (id),
    position bigint not null,
    name text not null,
    branch text,
    number bigint,
    status text not null,
    after_failure bigint not null,
    plan text,
    attempt bigint not null,
    retry_of bigint,
    reason text,
    canceled_by text references person (id),
    created_at bigint not null,
    queued_at bigint,
    started_at bigint,
    stopped_at bigint,
    runner text,
    lease text,
    lease_until bigint
);
create unique index job_number on job (project_id, number) where number is not null;
create index job_branch on job (project_id, branch, number);
create index job_workflow on job (workflow_id);
create index job_pipeline on job (pipeline_id);
create index job_waiting on job (queued_at) where status = 'queued';
create index job_running on job (lease_until) where status = 'running';

create table requirement (
    job_id text not null references job (id),
    requires_id text not null references job (id),
    primary key (job_id, requires_id)
);
create index requirement_other on requirement (requires_id);

create table step (
    job_id text not null references job (id),
    ordinal bigint not null,
    name text not null,
    command text,
    background bigint not null,
    status text not null,
    exit_code bigint,
    truncated bigint not null,
    started_at bigint not null,
    ended_at bigint,
    output_bytes bigint not null,
    primary key (job_id, ordinal)
);

create table artifact (
    id text primary key,
    job_id text not null references job (id),
    path text not null,
    size bigint not null,
    digest text not null,
    unique (job_id, path)
);

-- A report is a JSON list of tests.
create table test_report (
    job_id text not null references job (id),
    ordinal bigint not null,
    tests text not null,
    primary key (job_id, ordinal)
);

create table audit (
    number bigint primary key,
    at bigint not null,
    actor text not null,
    token text,
    address text not null,
    agent text not null,
    request text not null,
    event text not null,
    subject text not null,
    detail text not null
);
create index audit_subject on audit (subject, number);
insert into counter (name, value) values ('audit', 0);
