-- What one person or the webhook is told once, after something was done: that tokens were deleted many at
-- once, or, at the address itself, that mail goes elsewhere from now on. A row is taken before it is sent, so
-- that of several servers one sends it, and says afterwards that it was sent.
create table errand (
    number bigint primary key,
    recipient text not null,
    revocation bigint,
    address text,
    at bigint not null,
    taken_at bigint,
    sent_at bigint
);
create unique index errand_revocation on errand (revocation, recipient) where revocation is not null;
create index errand_open on errand (at) where sent_at is null;
insert into counter (name, value) values ('errand', 0);

-- What a revocation deleted; and whether it is settled who is told of it. Nobody is told of those from before.
alter table tombstone add column revocation bigint;
create index tombstone_revocation on tombstone (revocation) where revocation is not null;
alter table revocation add column addressed bigint not null default 0;
update revocation set addressed = 1;
