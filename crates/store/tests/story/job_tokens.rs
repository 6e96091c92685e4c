//! A running job's token: there while the job runs, in no list, and gone with it.

use rondo_domain::run::{Job, JobStatus, PipelineState};
use rondo_domain::token::{Holder, Scope};
use rondo_domain::{Millis, WorkflowId};

use crate::builds::lease;
use crate::database::Database;
use crate::sample::{entropy, job, pipeline, plan, read_job, save, saved_project, token};

#[tokio::test]
async fn a_jobs_token_goes_when_the_job_ends_or_begins_again() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let (pipeline, plan) = (&pipeline(web, 1), &plan("make"));
        let workflow = WorkflowId::from_entropy(entropy());
        let new = &job(pipeline, workflow, (0, "make"), Some(plan));
        let id = new.id;
        let holder = Holder::Project(web.id, Scope::Job);
        let (first, _) = &token(holder, "job", 10);
        let (second, _) = &token(holder, "job", 20);
        save!(store, tx => {
            tx.insert_pipeline(pipeline).await?;
            tx.set_fetched(pipeline.id, PipelineState::Created, None, None).await?;
            tx.insert_workflow(workflow, pipeline.id, "main", Millis(1)).await?;
            tx.insert_job(new).await?;
        });
        let queued = &read_job(store, id).await;
        save!(store, tx => {
            tx.queue_job(queued, Millis(5)).await?;
            tx.claim_job("alpha", &lease("one", 900), Millis(10)).await?;
            tx.insert_job_token(first, id).await?;
        });
        let there = async |row: &rondo_store::TokenRow| {
            store.read().await.unwrap().token(row.token.id).await.unwrap().is_some()
        };
        assert!(there(first).await);
        let listed = store.read().await.unwrap().tokens_of_project(web.id).await.unwrap();
        assert_eq!(listed, []);

        save!(store, tx => tx.requeue_job(id).await?);
        assert!(!there(first).await, "its runner was lost");
        save!(store, tx => {
            tx.claim_job("beta", &lease("two", 900), Millis(20)).await?;
            tx.insert_job_token(second, id).await?;
        });
        let running = read_job(store, id).await;
        let ended = &Job { status: JobStatus::Success, stopped_at: Some(Millis(30)), ..running };
        save!(store, tx => tx.end_job(ended).await?);
        assert!(!there(second).await);
        let dead = store.read().await.unwrap().tombstone(second.token.id).await.unwrap();
        assert!(dead.is_none(), "nothing is kept of it");
    }
}
