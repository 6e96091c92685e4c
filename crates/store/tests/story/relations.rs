//! What stands around a build: the builds before it, those that run it again, what it requires, how its
//! workflow stands; and the newest builds of several projects together.

use rondo_domain::run::{Artifact, JobStatus, WorkflowStatus};
use rondo_domain::{ArtifactId, JobId, Millis, Project, WorkflowId};
use rondo_store::{NewJob, Store};

use crate::database::Database;
use crate::sample::{entropy, job, pipeline, read_job, save, saved_project};

/// A build of a project that ended so, or waits; its job and workflow.
async fn ended(
    store: &Store,
    project: &Project,
    (branch, at): (&'static str, i64),
    status: Option<JobStatus>,
    (requires, retry_of): (Option<JobId>, Option<i64>),
) -> (JobId, WorkflowId) {
    let (pipeline, workflow) = (&pipeline(project, at), WorkflowId::from_entropy(entropy()));
    let new =
        NewJob { branch: Some(branch), retry_of, ..job(pipeline, workflow, (0, "build"), None) };
    let new = &new;
    save!(store, tx => {
        tx.insert_pipeline(pipeline).await?;
        tx.insert_workflow(workflow, pipeline.id, "main", Millis(at)).await?;
        tx.insert_job(new).await?;
        if let Some(requires) = requires {
            tx.insert_requirement(new.id, requires).await?;
        }
    });
    let waiting = &read_job(store, new.id).await;
    save!(store, tx => {
        tx.queue_job(waiting, Millis(at)).await?;
    });
    if let Some(status) = status {
        let queued = read_job(store, new.id).await;
        let done = &rondo_domain::run::Job { status, stopped_at: Some(Millis(at + 5)), ..queued };
        save!(store, tx => {
            tx.end_job(done).await?;
            tx.set_workflow(workflow, WorkflowStatus::Success, Millis(at + 5)).await?;
        });
    }
    (new.id, workflow)
}

#[tokio::test]
async fn a_build_knows_the_builds_before_and_after_it() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let (good, bad) = (Some(JobStatus::Success), Some(JobStatus::Failed));
        let (first, _) = ended(store, web, ("main", 10), good, (None, None)).await;
        let (other, _) = ended(store, web, ("other", 20), good, (None, None)).await;
        let (second, _) = ended(store, web, ("main", 30), bad, (Some(first), None)).await;
        let (third, workflow) = ended(store, web, ("main", 40), good, (None, Some(3))).await;
        let (last, running) = ended(store, web, ("main", 50), None, (None, Some(3))).await;
        let kept = &Artifact {
            id: ArtifactId::from_entropy(entropy()),
            job: second,
            path: "a".to_owned(),
            size: 1,
            digest: "00".to_owned(),
        };
        save!(store, tx => tx.put_artifact(kept).await?);
        let mut tx = store.read().await.unwrap();
        let all = tx.relations(&[first, other, second, third, last]).await.unwrap();
        let number = |one: &Option<rondo_domain::run::Earlier>| one.as_ref().map(|b| b.number);
        for (job, previous, successful) in [
            (first, None, None),
            (other, None, None),
            (second, Some(1), Some(1)),
            (third, Some(3), Some(1)),
            (last, Some(4), Some(4)),
        ] {
            assert_eq!(number(&all[&job].previous), previous);
            assert_eq!(number(&all[&job].previous_successful), successful);
            assert_eq!(all[&job].has_artifacts, job == second);
            let requires = if job == second { vec![first] } else { vec![] };
            assert_eq!(all[&job].requires, requires);
            let retries = if job == second { vec![4, 5] } else { vec![] };
            assert_eq!(all[&job].retries, retries);
        }
        let before = all[&third].previous.as_ref().unwrap();
        assert_eq!((before.status, before.stopped_at), (JobStatus::Failed, Some(Millis(35))));
        assert_eq!(tx.relations(&[]).await.unwrap(), Default::default());
        let states = tx.workflow_states(&[workflow, running]).await.unwrap();
        assert_eq!((states[&workflow].as_str(), states[&running].as_str()), ("success", "running"));
        assert!(tx.workflow_states(&[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_newest_builds_of_several_projects_are_found_by_their_numbers() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (web, lib) = (&saved_project(store, "web").await, &saved_project(store, "lib").await);
        let other = &saved_project(store, "other").await;
        for (project, at) in [(web, 10), (lib, 20), (web, 30), (other, 40), (web, 50), (lib, 60)] {
            ended(store, project, ("main", at), None, (None, None)).await;
        }
        let mut tx = store.read().await.unwrap();
        for (depth, limit, offset, expected) in [
            (10, 10, 0, vec![("lib", 2), ("web", 3), ("web", 2), ("lib", 1), ("web", 1)]),
            (2, 2, 0, vec![("lib", 2), ("web", 3)]),
            (4, 2, 2, vec![("web", 2), ("lib", 1)]),
            (1, 10, 0, vec![("lib", 2), ("web", 3)]),
            (u64::MAX, 1, u64::MAX, vec![]),
        ] {
            let builds = tx.newest_builds(&[web.id, lib.id], depth, limit, offset).await.unwrap();
            let name = |id| if id == web.id { "web" } else { "lib" };
            let found = builds.iter().map(|b| (name(b.job.project), b.job.number.unwrap()));
            assert_eq!(found.collect::<Vec<_>>(), expected, "{depth} {limit} {offset}");
        }
        assert!(tx.newest_builds(&[], 1, 1, 0).await.unwrap().is_empty());
    }
}
