-- Each entry of the audit log is sealed over the one before it; the newest seal stands beside the
-- number that every writer takes anyway. Entries from before have none: the chain begins here.
alter table counter add column seal bytea;
alter table audit add column project text;
alter table audit add column seal bytea;
create index audit_event on audit (event, number);
create index audit_actor on audit (actor, number);
create index audit_token on audit (token, number) where token is not null;
create index audit_project on audit (project, number) where project is not null;
