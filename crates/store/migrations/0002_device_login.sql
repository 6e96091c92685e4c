-- Commands that wait to be signed in through a browser (RFC 8628). A row lives for minutes.
create table device_login (
    digest bytea primary key,
    user_code text not null unique,
    label text not null,
    address text not null,
    created_at bigint not null,
    expires_at bigint not null,
    polled_at bigint,
    person_id text references person (id),
    session_id text,
    denied bigint not null
);
