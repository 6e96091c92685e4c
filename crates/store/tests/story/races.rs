//! Many writers at once: numbers without gaps, nothing lost, nothing of a write that failed, and a
//! feed of changes in which nobody ever misses one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rondo_domain::audit::{Entry, Event};
use rondo_domain::run::JobStatus;
use rondo_domain::{Millis, WorkflowId};
use rondo_store::{AuditQuery, Change, Error, Store};
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::sample::{
    by, commit_noted, entropy, job, organization, pipeline, plan, read_job, save, saved_project,
};

const WRITERS: usize = 8;
const WRITES: usize = 25;

/// What `act` answers for each writer and each of its writes. Every other writer belongs to another
/// server on the same database.
async fn all_at_once<T: Send + 'static, Work: Future<Output = T> + Send + 'static>(
    database: &Database,
    act: impl Fn(Store, usize, usize) -> Work + Clone + Send + 'static,
) -> Vec<T> {
    let stores = [database.open().await, database.open().await];
    let writers: Vec<JoinHandle<Vec<T>>> = (0..WRITERS)
        .map(|writer| {
            let (store, act) = (stores[writer % 2].clone(), act.clone());
            tokio::spawn(async move {
                let mut answers = Vec::new();
                for write in 0..WRITES {
                    answers.push(act(store.clone(), writer, write).await);
                }
                answers
            })
        })
        .collect();
    let mut answers = Vec::new();
    for writer in writers {
        answers.extend(writer.await.unwrap());
    }
    answers
}

fn dense() -> Vec<i64> {
    (1..=i64::try_from(WRITERS * WRITES).unwrap()).collect()
}

fn sorted(mut numbers: Vec<i64>) -> Vec<i64> {
    numbers.sort_unstable();
    numbers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn build_numbers_are_dense_however_many_writers_queue_jobs() {
    for database in Database::each().await {
        let store = &database.open().await;
        let (web, plan) = (&saved_project(store, "web").await, &plan("make"));
        let (pipeline, workflow) = (&pipeline(web, 1), WorkflowId::from_entropy(entropy()));
        let jobs: &Vec<_> = &(0..WRITERS * WRITES)
            .map(|n| job(pipeline, workflow, (i64::try_from(n).unwrap(), "build"), Some(plan)))
            .collect();
        save!(store, tx => {
            tx.insert_pipeline(pipeline).await?;
            tx.insert_workflow(workflow, pipeline.id, "main", Millis(1)).await?;
            for job in jobs {
                tx.insert_job(job).await?;
            }
        });
        let ids: Arc<[_]> = jobs.iter().map(|job| job.id).collect();
        let numbers = all_at_once(&database, move |store, writer, write| {
            let id = ids[writer * WRITES + write];
            async move {
                let job = &read_job(&store, id).await;
                store
                    .write(|mut tx| async move {
                        let number = tx.queue_job(job, Millis(5)).await?;
                        commit_noted(tx, 5).await?;
                        Ok::<_, Error>(number)
                    })
                    .await
                    .expect("a race is run again until it is won")
            }
        })
        .await;
        assert_eq!(sorted(numbers), dense());
        let mut tx = store.read().await.unwrap();
        let total = i64::try_from(WRITERS * WRITES).unwrap();
        assert_eq!(tx.build_count(web.id).await.unwrap(), total);
        let jobs = tx.jobs_of_workflow(workflow).await.unwrap();
        let queued = jobs.iter().filter(|job| job.status == JobStatus::Queued);
        let numbers = queued.filter_map(|job| job.number).collect();
        assert_eq!(sorted(numbers), dense(), "what was answered is what is kept");
        let audit = tx.audit(AuditQuery::default(), 1_000).await.unwrap();
        let numbers = audit.iter().map(|row| row.number).collect();
        assert_eq!(sorted(numbers), dense(), "the audit log has a gap");
    }
}

#[derive(Debug)]
enum Stopped {
    OnPurpose,
    Store(#[expect(dead_code, reason = "shown by Debug where a test fails")] Error),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_that_fails_leaves_nothing_and_no_gap() {
    for database in Database::each().await {
        let tried = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tried);
        let kept = all_at_once(&database, move |store, writer, write| {
            let tried = Arc::clone(&counted);
            async move {
                let (name, tried) = (format!("org-{writer}-{write}"), &tried);
                let (org, fails) = (&organization(&name), write % 2 == 1);
                let result = store
                    .write(|mut tx| async move {
                        tried.fetch_add(1, Ordering::Relaxed);
                        tx.insert_organization(org).await?;
                        tx.announce(&Change::Project(org.id.to_string())).await?;
                        if fails {
                            return Err(Stopped::OnPurpose);
                        }
                        let entry = Entry::new(Event::ProjectCreate, &org.name);
                        Ok(tx.commit(&by(1), entry).await?)
                    })
                    .await;
                assert!(
                    matches!((fails, &result), (false, Ok(())) | (true, Err(Stopped::OnPurpose))),
                    "{result:?}"
                );
                i64::from(!fails)
            }
        })
        .await;
        let kept = kept.into_iter().sum::<i64>();
        assert!(tried.load(Ordering::Relaxed) >= WRITERS * WRITES);
        assert_eq!(database.number("select count(*) from organization").await, kept);
        assert_eq!(database.number("select count(*) from audit").await, kept);
        assert_eq!(database.number("select max(number) from audit").await, kept);
        let mut tx = database.open().await.read().await.unwrap();
        assert_eq!(tx.newest_change().await.unwrap(), kept);
        let numbers = tx.changes_after(0).await.unwrap().unwrap();
        let numbers: Vec<_> = numbers.into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, (1..=kept).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_write_that_is_never_committed_leaves_nothing() {
    for database in Database::each().await {
        let store = &database.open().await;
        let org = &organization("acme");
        let forgotten: Result<(), Error> =
            store.write(|mut tx| async move { tx.insert_organization(org).await }).await;
        forgotten.unwrap();
        assert_eq!(database.number("select count(*) from organization").await, 0);
    }
}

/// Reads the feed until it is told to stop, as a server's memory does; the numbers in order.
async fn follow(store: Store, over: Arc<AtomicBool>) -> Vec<(i64, Change)> {
    let (mut heard, mut known) = (Vec::new(), 0);
    loop {
        // Asked before the look: what was announced until then is in it.
        let last = over.load(Ordering::SeqCst);
        let changes = store.read().await.unwrap().changes_after(known).await.unwrap();
        let changes = changes.expect("nothing of so short a feed is dropped");
        known = changes.last().map_or(known, |(number, _)| *number);
        heard.extend(changes);
        if last {
            return heard;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_reader_of_the_feed_misses_a_change_of_eight_announcers() {
    for database in Database::each().await {
        let over = Arc::new(AtomicBool::new(false));
        let followers: Vec<_> = [database.open().await, database.open().await]
            .map(|store| tokio::spawn(follow(store, Arc::clone(&over))))
            .into();
        let announced = all_at_once(&database, |store, writer, write| async move {
            let change = &Change::Token(format!("{writer}-{write}"));
            store
                .write(|mut tx| async move {
                    tx.announce(change).await?;
                    tx.commit_progress().await
                })
                .await
                .map_err(|error: Error| error)
                .expect("a race is run again until it is won");
            // Whoever looks now sees it: the commit came before the answer.
            let mut tx = store.read().await.unwrap();
            let seen = tx.changes_after(0).await.unwrap().unwrap();
            assert!(seen.iter().any(|(_, other)| other == change), "{change:?} is not there");
            change.clone()
        })
        .await;
        over.store(true, Ordering::SeqCst);
        for follower in followers {
            let heard = follower.await.unwrap();
            let numbers: Vec<_> = heard.iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers, dense());
            assert!(announced.iter().all(|change| heard.iter().any(|(_, other)| other == change)));
        }
    }
}
