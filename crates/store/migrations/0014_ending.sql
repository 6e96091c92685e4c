-- Where a person gets mail; who has no row gets none.
create table mailbox (
    person_id text primary key references person (id),
    address text not null
);

-- Who is told that tokens end: a recipient is a person's id or the webhook. A row is taken before it is
-- sent, so that of several servers one sends it; for a person the slot is the day, so that there is one a day.
create table ending_digest (
    recipient text not null,
    slot bigint not null,
    taken_at bigint not null,
    sent_at bigint,
    primary key (recipient, slot)
);

-- What a digest says: of a token, so many days before its end. Never twice to the same recipient.
create table ending_told (
    recipient text not null,
    token text not null,
    days bigint not null,
    slot bigint not null,
    primary key (recipient, token, days)
);
create index ending_told_digest on ending_told (recipient, slot);
create index token_end on token (expires_at, id) where expires_at is not null;
