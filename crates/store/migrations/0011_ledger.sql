-- What each token was used for: counts by day, route and network, and who used it last from where.
create table token_use (
    token text not null,
    day bigint not null,
    route text not null,
    network text not null,
    accepted bigint not null,
    refused bigint not null,
    primary key (token, day, route, network)
);
create index token_use_day on token_use (day);
create table token_client (
    token text not null,
    address text not null,
    agent text not null,
    first_at bigint not null,
    last_at bigint not null,
    route text not null,
    status bigint not null,
    uses bigint not null,
    primary key (token, address, agent)
);
create index token_client_last on token_client (last_at);
alter table token add column first_used_at bigint;
