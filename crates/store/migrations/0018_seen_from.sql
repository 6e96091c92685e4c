-- Tokens that are deleted by where they were seen. Which they are is settled when it is ordered: uses that
-- come afterwards change nothing. The rows go when the tokens are moved.
alter table revocation add column token_id text;
alter table revocation add column seen_from text;
create table revocation_token (
    number bigint not null,
    token text not null,
    primary key (number, token)
);
create index token_client_address on token_client (address);
create index token_use_network on token_use (network);
