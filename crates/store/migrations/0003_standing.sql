-- Whether a branch is building is asked for each badge and feed that memory does not know.
create index pipeline_open on pipeline (project_id, branch, number) where outcome is null;
