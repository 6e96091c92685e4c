-- Deleted tokens, kept for a while. Their digests tell who holds the value of one what became of it.
create table tombstone (
    id text primary key,
    person_id text,
    project_id text,
    scope text,
    label text not null,
    pepper bigint not null,
    digest bytea not null,
    created_at bigint not null,
    created_by text not null,
    last_used_at bigint,
    deleted_at bigint not null,
    deleted_by text not null,
    reason text
);
create index tombstone_deleted on tombstone (deleted_at);

-- Tokens that are deleted by what is true of them. The row counts from its commit on, on every server;
-- moving the tokens to their tombstones may take longer, and `swept` says that it is done.
create table revocation (
    number bigint primary key,
    at bigint not null,
    made_by bigint not null,
    person_id text,
    projects text,
    never_used bigint not null,
    unrestricted bigint not null,
    deleted_by text not null,
    reason text,
    swept bigint not null
);
insert into counter (name, value) values ('revocation', 0);
