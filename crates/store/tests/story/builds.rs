//! The second half of the story: a pipeline is made, fetched and ends; its jobs are queued, claimed,
//! run, reported, run again and cancelled, and lists and badges say so.

use rondo_domain::run::{
    Artifact, BadgeState, BuildFilter, GitRef, Job, JobStatus, PipelineState, Standing, Step,
    StepStatus, Test, WorkflowStatus,
};
use rondo_domain::variable::BuildParameters;
use rondo_domain::{Actor, ArtifactId, JobId, Millis, Project, WorkflowId};
use rondo_store::{BuildQuery, Lease, NewJob, NewPipeline, Store};

use crate::database::Database;
use crate::sample::{commit, entropy, job, person, pipeline, plan, read_job, save, saved_project};

pub(crate) fn lease(word: &str, until: i64) -> Lease {
    Lease { word: word.to_owned(), until: Millis(until) }
}

fn workflow() -> WorkflowId {
    WorkflowId::from_entropy(entropy())
}

#[tokio::test]
async fn a_pipeline_is_claimed_fetched_and_remembers_its_commit() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let mika = &person("mika");
        let parameters = vec![("WHO".to_owned(), "世界".to_owned())];
        let first = &NewPipeline {
            actor: Some(Actor::Person(mika.id)),
            wanted: Some(commit().revision),
            only_job: Some("build".to_owned()),
            parameters: BuildParameters::new(parameters).unwrap(),
            ..pipeline(web, 10)
        };
        let tagged = GitRef::Tag("v1".parse().unwrap());
        let second = &NewPipeline { git_ref: tagged, ..pipeline(web, 20) };
        let numbers = save!(store, tx => {
            tx.insert_person(mika, "hash").await?;
            [tx.insert_pipeline(first).await?, tx.insert_pipeline(second).await?]
        });
        assert_eq!(numbers, [1, 2]);
        let read = store.read().await.unwrap().pipeline(first.id).await.unwrap().unwrap();
        assert_eq!((read.number, read.state, read.why), (1, PipelineState::Pending, first.why));
        assert_eq!((read.actor, &read.git_ref), (first.actor, &first.git_ref));
        assert_eq!((&read.wanted, &read.only_job), (&first.wanted, &first.only_job));
        assert_eq!((&read.parameters, read.created_at), (&first.parameters, Millis(10)));
        assert_eq!((read.commit, read.config), (None, None));

        fetches_are_leased(store, first, second).await;
        let config = "version: 2.1\n# \0";
        let (fetched, odd) =
            (&commit(), &rondo_domain::run::Commit { subject: "a\0b".to_owned(), ..commit() });
        save!(store, tx => {
            tx.set_fetched(first.id, PipelineState::Created, Some(fetched), Some(config)).await?;
            tx.set_fetched(second.id, PipelineState::Errored, Some(odd), None).await?;
        });
        let mut tx = store.read().await.unwrap();
        let read = tx.pipeline(first.id).await.unwrap().unwrap();
        assert_eq!((read.state, read.commit), (PipelineState::Created, Some(commit())));
        assert_eq!(read.config.as_deref(), Some("version: 2.1\n# \u{fffd}"));
        let read = tx.pipeline(second.id).await.unwrap().unwrap();
        assert_eq!(read.commit.unwrap().subject, "a\u{fffd}b");
        assert_eq!((read.state, read.git_ref.tag()), (PipelineState::Errored, Some("v1")));
        assert!(!tx.anything_waits(Millis(9_999)).await.unwrap());
    }
}

/// Claims both pipelines, the older first; loses one, takes it again, and gives up.
async fn fetches_are_leased(store: &Store, first: &NewPipeline, second: &NewPipeline) {
    assert!(store.read().await.unwrap().anything_waits(Millis(0)).await.unwrap());
    let (one, two) = (&lease("one", 100), &lease("two", 300));
    let claimed = save!(store, tx => [
        tx.claim_fetch(one, Millis(40), 2).await?,
        tx.claim_fetch(two, Millis(40), 2).await?,
        tx.claim_fetch(&lease("three", 100), Millis(40), 2).await?,
    ]);
    assert_eq!(claimed, [Some(first.id), Some(second.id), None]);
    let mut tx = store.read().await.unwrap();
    assert!(!tx.anything_waits(Millis(100)).await.unwrap());
    assert!(tx.anything_waits(Millis(101)).await.unwrap(), "a lease that is over frees");
    assert!(tx.holds_fetch(first.id, "one").await.unwrap());
    assert!(!tx.holds_fetch(first.id, "two").await.unwrap());
    drop(tx);
    let renewed = save!(store, tx => [
        tx.renew_fetch(first.id, &lease("one", 200)).await?,
        tx.renew_fetch(first.id, &lease("two", 200)).await?,
        tx.claim_fetch(two, Millis(150), 2).await?.is_some(),
        // Its second attempt, and its last.
        tx.claim_fetch(&lease("again", 250), Millis(201), 2).await?.is_some(),
        tx.claim_fetch(&lease("more", 999), Millis(260), 2).await?.is_some(),
    ]);
    assert_eq!(renewed, [true, false, false, true, false]);
    let mut tx = store.read().await.unwrap();
    assert_eq!(tx.lost_fetches(Millis(250), 2).await.unwrap(), []);
    assert_eq!(tx.lost_fetches(Millis(251), 2).await.unwrap(), [first.id]);
    drop(tx);
    let after = save!(store, tx => {
        tx.release_fetches("").await?;
        (tx.holds_fetch(second.id, "two").await?, tx.claim_fetch(two, Millis(50), 2).await?)
    });
    assert_eq!(after, (false, Some(first.id)), "given back, and its last attempt is not counted");
}

/// A pipeline of one workflow of three jobs of which the last two require the first.
struct Trio {
    pipeline: NewPipeline,
    workflow: WorkflowId,
    ids: [JobId; 3],
}

async fn trio(store: &Store, project: &Project) -> Trio {
    let (pipeline, workflow, plan) = (&pipeline(project, 10), workflow(), &plan("echo\u{0}世界"));
    let jobs = &[
        job(pipeline, workflow, (0, "build"), None),
        job(pipeline, workflow, (1, "test"), Some(plan)),
        job(pipeline, workflow, (2, "deploy"), Some(plan)),
    ];
    save!(store, tx => {
        tx.insert_pipeline(pipeline).await?;
        tx.set_fetched(pipeline.id, PipelineState::Created, None, None).await?;
        tx.insert_workflow(workflow, pipeline.id, "waiting", Millis(10)).await?;
        tx.rename_workflow(workflow, "main flow").await?;
        for job in jobs {
            tx.insert_job(job).await?;
        }
        for later in &jobs[1..] {
            tx.insert_requirement(later.id, jobs[0].id).await?;
            tx.insert_requirement(later.id, jobs[0].id).await?;
        }
    });
    Trio { pipeline: pipeline.clone(), workflow, ids: [jobs[0].id, jobs[1].id, jobs[2].id] }
}

#[tokio::test]
async fn jobs_wait_for_what_they_require_and_get_a_number_when_they_are_queued() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let made = &trio(store, web).await;
        let [build, test, deploy] = made.ids;
        let mut tx = store.read().await.unwrap();
        let names = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
        assert_eq!(names(tx.jobs_of_workflow(made.workflow).await.unwrap()), made.ids);
        assert_eq!(names(tx.jobs_of_pipeline(made.pipeline.id).await.unwrap()), made.ids);
        assert_eq!(tx.requirements(test).await.unwrap(), [build]);
        assert_eq!(tx.requirements(build).await.unwrap(), []);
        assert_eq!(tx.job_plan(build).await.unwrap(), None);
        assert_eq!(tx.job_plan(test).await.unwrap(), Some(plan("echo\u{0}世界")));
        assert_eq!(tx.job(JobId::from_entropy(entropy())).await.unwrap(), None);
        drop(tx);

        let first = &read_job(store, build).await;
        assert_eq!((first.status, first.number, first.attempt), (JobStatus::Blocked, None, 0));
        assert_eq!((first.name.as_str(), first.workflow_name.as_str()), ("build", "main flow"));
        assert_eq!(save!(store, tx => tx.queue_job(first, Millis(20)).await?), 1);
        // Queued without a plan: nobody may take it yet.
        assert!(!store.read().await.unwrap().anything_waits(Millis(0)).await.unwrap());
        save!(store, tx => tx.set_plan(build, &plan("make")).await?);
        let mut tx = store.read().await.unwrap();
        assert!(tx.anything_waits(Millis(0)).await.unwrap());
        let waiting = tx.waiting_for(build).await.unwrap();
        let waiting: Vec<_> = waiting.into_iter().map(|(job, all)| (job.id, all)).collect();
        let queued = vec![JobStatus::Queued];
        assert_eq!(waiting, [(test, queued.clone()), (deploy, queued)]);
        assert_eq!(tx.build_count(web.id).await.unwrap(), 1);
        let job = tx.job(build).await.unwrap().unwrap();
        assert_eq!((job.status, job.number), (JobStatus::Queued, Some(1)));
        assert_eq!(job.queued_at, Some(Millis(20)));
    }
}

#[tokio::test]
async fn a_claimed_job_belongs_to_its_lease_until_it_is_lost_or_ends() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let [build, ..] = trio(store, web).await.ids;
        let queued = &read_job(store, build).await;
        let (one, two) = (&lease("one", 100), &lease("two", 300));
        let claimed = save!(store, tx => {
            tx.set_plan(build, &plan("make")).await?;
            tx.queue_job(queued, Millis(20)).await?;
            [tx.claim_job("alpha", one, Millis(30)).await?,
                tx.claim_job("beta", two, Millis(30)).await?]
        });
        assert_eq!(claimed, [Some(build), None]);
        let mut tx = store.read().await.unwrap();
        assert!(tx.holds_job(build, "one").await.unwrap());
        assert!(!tx.holds_job(build, "two").await.unwrap());
        assert_eq!(tx.lost_jobs(Millis(100), "").await.unwrap(), []);
        assert_eq!(tx.lost_jobs(Millis(101), "").await.unwrap(), [build]);
        assert_eq!(tx.lost_jobs(Millis(0), "alpha").await.unwrap(), [build]);
        assert_eq!(tx.lost_jobs(Millis(0), "beta").await.unwrap(), []);
        let job = tx.job(build).await.unwrap().unwrap();
        assert_eq!((job.status, job.attempt), (JobStatus::Running, 1));
        assert_eq!(job.started_at, Some(Millis(30)));
        drop(tx);

        let renewed = save!(store, tx => [
            tx.renew_job(build, &lease("one", 200)).await?,
            tx.renew_job(build, &lease("two", 200)).await?,
        ]);
        assert_eq!(renewed, [true, false]);
        assert_eq!(store.read().await.unwrap().lost_jobs(Millis(150), "").await.unwrap(), []);
        save!(store, tx => {
            tx.put_step(build, &step(0, StepStatus::Running)).await?;
            tx.requeue_job(build).await?;
        });
        let job = read_job(store, build).await;
        assert_eq!((job.status, job.attempt, job.number), (JobStatus::Queued, 1, Some(1)));
        assert_eq!((job.started_at, job.queued_at), (None, Some(Millis(20))));
        assert!(!store.read().await.unwrap().holds_job(build, "one").await.unwrap());
        assert_eq!(store.read().await.unwrap().steps(build).await.unwrap(), []);

        let taken = save!(store, tx => tx.claim_job("beta", two, Millis(250)).await?);
        assert_eq!(taken, Some(build));
        let ended = &Job {
            status: JobStatus::Failed,
            reason: Some("out of disk".to_owned()),
            stopped_at: Some(Millis(280)),
            ..read_job(store, build).await
        };
        assert_eq!(ended.attempt, 2);
        save!(store, tx => tx.end_job(ended).await?);
        assert_eq!(read_job(store, build).await, *ended);
        let held = store.read().await.unwrap().holds_job(build, "two").await.unwrap();
        assert!(!held, "what has ended belongs to no lease");
        let renewed = save!(store, tx => tx.renew_job(build, &lease("two", 900)).await?);
        assert!(!renewed);
    }
}

fn step(ordinal: i64, status: StepStatus) -> Step {
    Step {
        ordinal,
        name: format!("step {ordinal}"),
        command: Some("echo 世界".to_owned()),
        background: ordinal == 1,
        status,
        exit_code: None,
        truncated: false,
        started_at: Millis(5),
        ended_at: None,
        output_bytes: 7,
    }
}

fn test(name: &str) -> Test {
    Test {
        classname: "suite".to_owned(),
        file: Some("a.rs".to_owned()),
        name: name.to_owned(),
        result: "success".to_owned(),
        run_time: 0.25,
        message: None,
        source: Some("cargo".to_owned()),
    }
}

#[tokio::test]
async fn steps_artifacts_and_tests_of_a_job_are_replaced_and_forgotten_with_its_attempt() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let [build, other, _] = trio(store, web).await.ids;
        let artifact = |path: &str, size| Artifact {
            id: ArtifactId::from_entropy(entropy()),
            job: build,
            path: path.to_owned(),
            size,
            digest: "d".repeat(64),
        };
        let (first, second) = (&artifact("b/倉庫.txt", 1), &artifact("b/倉庫.txt", i64::MAX));
        let early = &artifact("a.txt", 0);
        let (odd, odd_test) = (
            &Step { name: "a\0b".to_owned(), ..step(1, StepStatus::Success) },
            &[test("nul \0 and quote \"")],
        );
        let done =
            &Step { ended_at: Some(Millis(9)), exit_code: Some(1), ..step(0, StepStatus::Failed) };
        save!(store, tx => {
            tx.put_step(build, odd).await?;
            tx.put_step(build, &step(0, StepStatus::Running)).await?;
            tx.put_step(build, done).await?;
            tx.put_step(build, &step(2, StepStatus::Running)).await?;
            tx.put_step(other, &step(0, StepStatus::Running)).await?;
            tx.end_steps(build, StepStatus::Canceled, Millis(11)).await?;
            for one in [first, second, early] {
                tx.put_artifact(one).await?;
            }
            tx.put_tests(build, 2, &[test("late")]).await?;
            tx.put_tests(build, 1, &[test("gone")]).await?;
            tx.put_tests(build, 1, odd_test).await?;
        });
        let mut tx = store.read().await.unwrap();
        let odd = Step { name: "a\u{fffd}b".to_owned(), ..odd.clone() };
        let cut = Step { ended_at: Some(Millis(11)), ..step(2, StepStatus::Canceled) };
        assert_eq!(tx.steps(build).await.unwrap(), [done.clone(), odd, cut]);
        assert_eq!(tx.steps(other).await.unwrap(), [step(0, StepStatus::Running)]);
        assert_eq!(tx.artifacts(build).await.unwrap(), [early.clone(), second.clone()]);
        assert_eq!(tx.artifact(build, "a.txt").await.unwrap().as_ref(), Some(early));
        assert_eq!(tx.artifact(other, "a.txt").await.unwrap(), None);
        let tests = [odd_test[0].clone(), test("late")];
        assert_eq!(tx.tests(build).await.unwrap(), tests);
        drop(tx);
        save!(store, tx => tx.clear_results(build).await?);
        let mut tx = store.read().await.unwrap();
        assert_eq!(tx.steps(build).await.unwrap(), []);
        assert_eq!(tx.artifacts(build).await.unwrap(), []);
        assert_eq!(tx.tests(build).await.unwrap(), []);
        assert_eq!(tx.steps(other).await.unwrap().len(), 1, "another job's stay");
    }
}

/// Queues a job and ends it at once with this status.
async fn run_through(store: &Store, id: JobId, status: JobStatus, at: i64) -> i64 {
    let job = &read_job(store, id).await;
    let number = save!(store, tx => tx.queue_job(job, Millis(at)).await?);
    let ended = &Job { status, stopped_at: Some(Millis(at + 1)), ..read_job(store, id).await };
    save!(store, tx => tx.end_job(ended).await?);
    number
}

#[tokio::test]
async fn states_of_workflow_and_pipeline_and_the_badge_follow_from_the_jobs() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let (older, made) = (&trio(store, web).await, &trio(store, web).await);
        let [build, test, _] = made.ids;
        run_through(store, older.ids[0], JobStatus::Success, 100).await;
        run_through(store, build, JobStatus::Failed, 200).await;
        run_through(store, test, JobStatus::Canceled, 300).await;
        let plan = &plan("make");
        let again = &NewJob {
            retry_of: Some(2),
            created_at: Millis(900),
            ..job(&made.pipeline, workflow(), (0, "build"), Some(plan))
        };
        save!(store, tx => {
            tx.set_workflow(made.workflow, WorkflowStatus::Failed, Millis(301)).await?;
            tx.insert_workflow(again.workflow, made.pipeline.id, "main flow", Millis(900)).await?;
            tx.insert_job(again).await?;
        });
        let number = run_through(store, again.id, JobStatus::Success, 900).await;
        let retried = read_job(store, again.id).await;
        assert_eq!((number, retried.number, retried.retry_of), (4, Some(4), Some(2)));

        let mut tx = store.read().await.unwrap();
        let of_workflow = tx.workflow_jobs(made.workflow).await.unwrap();
        assert_eq!(of_workflow.len(), 3);
        assert!(of_workflow.contains(&JobStatus::Failed));
        // By name: build (the newer one counts), deploy, test.
        let latest = [JobStatus::Success, JobStatus::Blocked, JobStatus::Canceled];
        assert_eq!(tx.pipeline_jobs(made.pipeline.id).await.unwrap(), latest);
        assert_eq!(tx.retries(web.id, 2).await.unwrap(), [4]);
        assert!(tx.failed_before(&retried, Some("main")).await.unwrap());
        assert!(!tx.failed_before(&retried, Some("other")).await.unwrap());
        let failed = tx.job(build).await.unwrap().unwrap();
        assert!(!tx.failed_before(&failed, Some("main")).await.unwrap());
        drop(tx);

        let standing =
            async |branch| store.read().await.unwrap().standing(web.id, branch).await.unwrap();
        use BadgeState as B;
        // The newest of two pipelines ends so: what has settled, what is newest, what is open.
        for (outcome, settled, newest, open) in [
            (None, B::NoBuilds, B::Running, true),
            (Some("success"), B::Passing, B::Passing, true),
            (Some("failed"), B::Failing, B::Failing, true),
            (Some("canceled"), B::NoBuilds, B::Canceled, true),
        ] {
            save!(store, tx => tx.set_outcome(made.pipeline.id, outcome).await?);
            let shown = standing("main").await;
            assert_eq!((shown.settled, shown.newest, shown.building), (settled, newest, open));
            let last = shown.last.map(|last| (last.outcome.word(), last.number, last.ended_at));
            assert_eq!(last, outcome.map(|word| (word, Some(4), retried.stopped_at)), "{shown:?}");
        }
        save!(store, tx => tx.set_outcome(older.pipeline.id, Some("success")).await?);
        let shown = standing("main").await;
        assert_eq!((shown.settled, shown.newest, shown.building), (B::Passing, B::Canceled, false));
        assert_eq!(shown.last.unwrap().outcome, WorkflowStatus::Canceled);
        let nothing =
            Standing { settled: B::NoBuilds, newest: B::NoBuilds, building: false, last: None };
        assert_eq!(standing("other").await, nothing);
    }
}

#[tokio::test]
async fn builds_are_listed_newest_first_by_branch_state_and_page() {
    for database in Database::each().await {
        let store = &database.open().await;
        let web = &saved_project(store, "web").await;
        let made = &trio(store, web).await;
        let [build, test, deploy] = made.ids;
        run_through(store, build, JobStatus::Success, 100).await;
        run_through(store, test, JobStatus::Timedout, 200).await;
        let running = &read_job(store, deploy).await;
        save!(store, tx => {
            tx.set_fetched(made.pipeline.id, PipelineState::Created, None, Some("version: 2")).await?;
            tx.queue_job(running, Millis(300)).await?;
            tx.claim_job("alpha", &lease("one", 900), Millis(301)).await?;
        });
        let all = BuildQuery { project: web.id, branch: None, filter: None, limit: 10, offset: 0 };
        let filtered = |filter| BuildQuery { filter: Some(filter), ..all.clone() };
        let cases: [(BuildQuery<'_>, &[i64]); 9] = [
            (all.clone(), &[3, 2, 1]),
            (BuildQuery { limit: 1, offset: 1, ..all.clone() }, &[2]),
            (BuildQuery { offset: u64::MAX, ..all.clone() }, &[]),
            (BuildQuery { branch: Some("main"), ..all.clone() }, &[3, 2, 1]),
            (BuildQuery { branch: Some("' or 1=1 --"), ..all.clone() }, &[]),
            (filtered(BuildFilter::Completed), &[2, 1]),
            (filtered(BuildFilter::Successful), &[1]),
            (filtered(BuildFilter::Failed), &[2]),
            (BuildQuery { branch: Some("main"), ..filtered(BuildFilter::Running) }, &[3]),
        ];
        let mut tx = store.read().await.unwrap();
        for (query, expected) in cases {
            let builds = tx.builds(&query).await.unwrap();
            let numbers: Vec<_> = builds.iter().filter_map(|build| build.job.number).collect();
            assert_eq!(numbers, expected, "{query:?}");
            assert!(builds.iter().all(|build| build.pipeline.config.is_none()));
        }
        let one = tx.build(web.id, 2).await.unwrap().unwrap();
        assert_eq!((one.job.id, one.pipeline.config.as_deref()), (test, Some("version: 2")));
        assert_eq!(one.actor_name, None);
        let configs = tx.configs(&[one.pipeline.id]).await.unwrap();
        assert_eq!(configs, [(one.pipeline.id, "version: 2".to_owned())].into());
        assert_eq!(tx.configs(&[]).await.unwrap(), [].into());
        assert_eq!(tx.build(web.id, 4).await.unwrap(), None);
    }
}
