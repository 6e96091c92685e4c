-- Service accounts: what automation acts as. One that is gone keeps its row, so that what it did keeps a
-- name; another may then be called the same.
create table service_account (
    id text primary key,
    organization_id text not null references organization (id),
    project_id text references project (id),
    name text not null,
    ceiling text not null,
    created_at bigint not null,
    created_by text not null,
    disabled_at bigint,
    deleted_at bigint
);
create unique index service_account_name on service_account (organization_id, name) where deleted_at is null;

-- Who answers for an account.
create table service_contact (
    service_id text not null references service_account (id),
    person_id text not null references person (id),
    primary key (service_id, person_id)
);

alter table token add column service_id text references service_account (id);
create index token_service on token (service_id, created_at) where service_id is not null;
alter table tombstone add column service_id text;
-- Accounts whose tokens a revocation is about; read where `projects` is not null.
alter table revocation add column services text;
alter table notice add column service_id text;
alter table pipeline add column service_id text references service_account (id);
alter table job add column canceled_by_service text references service_account (id);
