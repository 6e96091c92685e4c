-- Orbs that an operator imported. A version that is no development version never changes.
create table orb (
    namespace text not null,
    name text not null,
    version text not null,
    source text not null,
    imported_at bigint not null,
    primary key (namespace, name, version)
);
