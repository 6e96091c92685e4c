-- What organizations ask of the tokens that are used in them; null or 0: no such rule. Lists are words with
-- blanks between them. A version is one change.
create table policy (
    organization_id text primary key references organization (id),
    version bigint not null,
    max_days bigint,
    no_unrestricted bigint not null,
    networks text,
    idle_days bigint,
    no_query bigint not null,
    approval_since bigint
);

-- What an organization's admins said of a token's rights to change something there. It goes with the token.
create table approval (
    organization_id text not null references organization (id),
    token_id text not null,
    granted bigint not null,
    said_by text not null,
    said_at bigint not null,
    reason text,
    primary key (organization_id, token_id)
);
create index approval_token on approval (token_id);
