-- What a person is told on their pages until they dismiss it: that somebody handed in the value of a token
-- of theirs, or of a project that they administer.
create table notice (
    person_id text not null references person (id),
    token text not null,
    label text not null,
    project_id text,
    at bigint not null,
    primary key (person_id, token)
);
