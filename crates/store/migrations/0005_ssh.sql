-- Keys with which a project's commits are fetched. The preferred one is the oldest.
create table checkout_key (
    project_id text not null references project (id),
    fingerprint text not null,
    md5 text not null,
    kind text not null,
    public_key text not null,
    sealed bytea not null,
    login text,
    created_at bigint not null,
    primary key (project_id, fingerprint)
);

-- Keys that jobs ask for. An empty hostname stands for every host.
create table ssh_key (
    project_id text not null references project (id),
    hostname text not null,
    fingerprint text not null,
    md5 text not null,
    public_key text not null,
    sealed bytea not null,
    created_at bigint not null,
    primary key (project_id, hostname, fingerprint)
);

-- Keys by which hosts are known, to every project.
create table known_host (
    host text not null,
    fingerprint text not null,
    md5 text not null,
    public_key text not null,
    created_at bigint not null,
    primary key (host, fingerprint)
);
