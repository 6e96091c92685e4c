//! Many workers take from one queue, and nobody takes what another has.

use std::collections::BTreeSet;

use rondo_domain::run::PipelineState;
use rondo_domain::{JobId, Millis, WorkflowId};
use rondo_store::{Error, Store};

use crate::builds::lease;
use crate::database::Database;
use crate::sample::{entropy, job, pipeline, plan, read_job, save, saved_project};

const JOBS: usize = 400;
const WORKERS: usize = 8;

async fn queue_of_jobs(store: &Store) -> Vec<JobId> {
    let (web, plan) = (&saved_project(store, "web").await, &plan("make"));
    let (pipeline, workflow) = (&pipeline(web, 1), WorkflowId::from_entropy(entropy()));
    let names: Vec<_> = (0..JOBS).map(|n| format!("job {n}")).collect();
    let place = |n: usize| (i64::try_from(n).unwrap(), names[n].as_str());
    let jobs: &Vec<_> = &(0..JOBS).map(|n| job(pipeline, workflow, place(n), Some(plan))).collect();
    save!(store, tx => {
        tx.insert_pipeline(pipeline).await?;
        tx.set_fetched(pipeline.id, PipelineState::Created, None, None).await?;
        tx.insert_workflow(workflow, pipeline.id, "main", Millis(1)).await?;
        for job in jobs {
            tx.insert_job(job).await?;
        }
    });
    for (n, job) in jobs.iter().enumerate() {
        let (job, at) = (&read_job(store, job.id).await, Millis(i64::try_from(n).unwrap()));
        save!(store, tx => tx.queue_job(job, at).await?);
    }
    jobs.iter().map(|job| job.id).collect()
}

/// Takes until nothing is left. Finding nothing once is no proof of that: all that could be seen may
/// have been in others' hands.
async fn work(store: Store, name: String) -> Vec<JobId> {
    let (mut taken, name) = (Vec::new(), &name);
    while store.read().await.unwrap().anything_waits(Millis(0)).await.unwrap() {
        let lease = &lease(&format!("{name} {}", taken.len()), 1_000);
        let claimed: Result<Option<JobId>, Error> = store
            .write(|mut tx| async move {
                let id = tx.claim_job(name, lease, Millis(500)).await?;
                tx.commit_progress().await?;
                Ok(id)
            })
            .await;
        taken.extend(claimed.unwrap());
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_four_hundred_jobs_eight_workers_take_each_exactly_once() {
    for database in Database::each().await {
        let store = database.open().await;
        let queued = queue_of_jobs(&store).await;
        // Half of the workers are another server's.
        let other = database.open().await;
        let workers: Vec<_> = (0..WORKERS)
            .map(|n| if n % 2 == 0 { store.clone() } else { other.clone() })
            .enumerate()
            .map(|(n, store)| tokio::spawn(work(store, format!("worker {n}"))))
            .collect();
        let mut taken = Vec::new();
        for worker in workers {
            taken.extend(worker.await.unwrap());
        }
        let distinct: BTreeSet<_> = taken.iter().copied().collect();
        assert_eq!(taken.len(), JOBS, "a job was taken twice, or not at all");
        assert_eq!(distinct, queued.into_iter().collect());
        let first_attempts = "select count(*) from job where attempt = 1 and status = 'running'";
        assert_eq!(database.number(first_attempts).await, i64::try_from(JOBS).unwrap());
    }
}
