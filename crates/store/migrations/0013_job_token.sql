-- A token of a running job: it goes when the job ends.
alter table token add column job_id text;
create index token_job on token (job_id) where job_id is not null;
