-- Tokens that are replaced by others, while both work. What a lost answer is made again from is kept for
-- minutes: a digest of the key that the caller named, and a nonce.
create table rotation (
    predecessor text primary key,
    successor text not null unique,
    begun_at bigint not null,
    grace bigint not null,
    longest bigint not null,
    taken_up_at bigint,
    key_digest bytea,
    nonce bytea
);
