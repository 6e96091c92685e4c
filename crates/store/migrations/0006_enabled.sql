-- A project takes triggers, or it does not.
alter table project add column enabled bigint not null default 1;

-- Of a build, those before it on its branch that succeeded, and those that run it again, are found without
-- looking at the others.
create index job_success on job (project_id, branch, number) where status = 'success';
create index job_retry on job (project_id, retry_of) where retry_of is not null;
