//! A server that speaks the runner protocol, a runner that works for it, and repositories to build.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path as Segment, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use rondo_runner::{Containment, Settings};
use rondo_wire::client::Client;
use rondo_wire::runner::*;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::given::{open_to_all, run};

/// What the server was told about one job.
#[derive(Default, Clone, Debug)]
pub(crate) struct Told {
    pub(crate) steps: BTreeMap<u32, StepReport>,
    pub(crate) outputs: BTreeMap<u32, Vec<u8>>,
    pub(crate) artifacts: BTreeMap<String, Vec<u8>>,
    pub(crate) tests: Vec<Test>,
    pub(crate) finished: Option<Finished>,
    pub(crate) fetched: Option<Fetched>,
    pub(crate) renewals: usize,
}

impl Told {
    pub(crate) fn output(&self, ordinal: u32) -> String {
        let bytes = self.outputs.get(&ordinal).cloned().unwrap_or_default();
        String::from_utf8(bytes).unwrap()
    }

    pub(crate) fn status(&self, ordinal: u32) -> Option<StepStatus> {
        self.steps.get(&ordinal).map(|step| step.status)
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.finished.as_ref().unwrap().outcome
    }

    pub(crate) fn reason(&self) -> String {
        self.finished.as_ref().unwrap().reason.clone().unwrap_or_default()
    }
}

#[derive(Default)]
struct Office {
    waiting: VecDeque<Work>,
    told: HashMap<String, Told>,
    canceled: Vec<String>,
    /// Leases that are gone.
    revoked: Vec<String>,
    /// So many answers to come are "try again".
    failing: usize,
}

#[derive(Clone)]
struct Desk {
    root: PathBuf,
    office: Arc<Mutex<Office>>,
    changed: watch::Sender<u64>,
}

impl Desk {
    fn with<T>(&self, act: impl FnOnce(&mut Office) -> T) -> T {
        let done = act(&mut self.office.lock().unwrap());
        self.changed.send_modify(|n| *n += 1);
        done
    }

    /// Records what is told about `id`, unless the lease is gone or the server is to fail.
    fn told(&self, id: &str, headers: &HeaderMap, act: impl FnOnce(&mut Told)) -> StatusCode {
        let lease = headers.get("rondo-lease").and_then(|l| l.to_str().ok()).unwrap_or_default();
        assert_eq!(lease, format!("lease-{id}"));
        self.with(|office| {
            if office.revoked.iter().any(|r| r == id) {
                return StatusCode::CONFLICT;
            }
            if office.failing > 0 {
                office.failing -= 1;
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            act(office.told.entry(id.to_owned()).or_default());
            StatusCode::NO_CONTENT
        })
    }

    async fn until<T>(&self, look: impl Fn(&Office) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            if let Some(found) = look(&self.office.lock().unwrap()) {
                return found;
            }
            changes.changed().await.unwrap();
        }
    }
}

/// A runner at work.
pub(crate) struct Bench {
    desk: Desk,
    pub(crate) root: tempfile::TempDir,
    stop: CancellationToken,
    runner: Option<tokio::task::JoinHandle<anyhow::Result<()>>>,
    pub(crate) url: String,
    next: std::sync::atomic::AtomicUsize,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let root = tempfile::Builder::new().prefix("bench-").tempdir().unwrap();
        open_to_all(root.path());
        let desk = Desk {
            root: root.path().to_owned(),
            office: Arc::default(),
            changed: watch::channel(0).0,
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = router(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let mut settings = Settings {
            name: "bench".to_owned(),
            folder: root.path().join("data/runner"),
            containment: Containment::Bubblewrap,
            program: PathBuf::from(env!("CARGO_BIN_EXE_bare")),
            slots: 2,
            local_repositories: vec![root.path().to_owned()],
            allow_network: false,
        };
        change(&mut settings);
        if settings.containment == Containment::Bubblewrap
            && let Err(missing) = rondo_runner::detect()
        {
            panic!("{missing}");
        }
        let stop = CancellationToken::new();
        let client = Client::new(&url, None).unwrap();
        let runner = tokio::spawn(rondo_runner::run(settings, client, stop.clone()));
        let next = std::sync::atomic::AtomicUsize::new(0);
        Self { desk, root, stop, runner: Some(runner), url, next }
    }

    /// A bench whose runner has stopped: somebody else may work for its server.
    pub(crate) async fn start_without_runner() -> Self {
        let mut bench = Self::start().await;
        bench.stop().await;
        bench
    }

    pub(crate) fn job(&self, steps: Vec<Step>) -> Job {
        let number = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let id = format!("job-{}-{number}", self.root.path().file_name().unwrap().display());
        Job {
            id: id.replace(['_', '.'], "-"),
            title: "acme/web#1 build".to_owned(),
            attempt: 1,
            source: Source {
                git_url: self.root.path().join("none").display().to_string(),
                branch: Some("main".to_owned()),
                tag: None,
                revision: Some("0".repeat(40)),
            },
            executor: Executor::Machine { image: None },
            working_directory: "~/project".to_owned(),
            shell: None,
            environment: Vec::new(),
            secrets: Vec::new(),
            steps,
            ssh: None,
            limits: Limits {
                time_ms: 60_000,
                output_bytes: 1 << 20,
                artifact_bytes: 1 << 20,
                disk_bytes: 1 << 30,
                memory_bytes: 512 << 20,
                processes: 200,
            },
        }
    }

    pub(crate) fn submit(&self, job: &Job) {
        self.submit_under(job, 20_000);
    }

    pub(crate) fn submit_under(&self, job: &Job, lease_ms: u64) {
        let task = Task::Job(Box::new(job.clone()));
        let lease = format!("lease-{}", job.id);
        self.desk.with(|office| office.waiting.push_back(Work { lease, lease_ms, task }));
    }

    /// Does a job and returns all that was told about it.
    pub(crate) async fn run(&self, job: &Job) -> Told {
        self.submit(job);
        self.finished(&job.id).await
    }

    /// Does a job of these commands, each a step.
    pub(crate) async fn run_commands(&self, commands: &[&str]) -> Told {
        self.run(&self.job(commands.iter().map(|command| run(command)).collect())).await
    }

    pub(crate) async fn finished(&self, id: &str) -> Told {
        self.until(id, |told| told.finished.is_some()).await
    }

    pub(crate) async fn until(&self, id: &str, is_met: impl Fn(&Told) -> bool) -> Told {
        let look = |office: &Office| office.told.get(id).filter(|told| is_met(told)).cloned();
        self.desk.until(look).await
    }

    pub(crate) async fn until_output(&self, id: &str, ordinal: u32, text: &str) {
        let said = |told: &Told| told.output(ordinal).contains(text);
        self.until(id, said).await;
    }

    pub(crate) async fn fetch(&self, source: Source) -> Fetched {
        let number = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let id = format!("pipeline-{number}");
        let task = Task::Fetch(Fetch { pipeline: id.clone(), source, ssh: None });
        let work = Work { lease: format!("lease-{id}"), lease_ms: 20_000, task };
        self.desk.with(|office| office.waiting.push_back(work));
        self.until(&id, |told| told.fetched.is_some()).await.fetched.unwrap()
    }

    pub(crate) fn cancel(&self, id: &str) {
        self.desk.with(|office| office.canceled.push(id.to_owned()));
    }

    pub(crate) fn revoke(&self, id: &str) {
        self.desk.with(|office| office.revoked.push(id.to_owned()));
    }

    pub(crate) fn fail_next(&self, count: usize) {
        self.desk.with(|office| office.failing = count);
    }

    pub(crate) fn jobs_folder(&self) -> PathBuf {
        self.root.path().join("data/runner/jobs")
    }

    /// Stops the runner and waits for it.
    pub(crate) async fn stop(&mut self) {
        self.stop.cancel();
        self.runner.take().unwrap().await.unwrap().unwrap();
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn router(desk: Desk) -> Router {
    Router::new()
        .route("/runner/v1/claim", post(claim))
        .route("/runner/v1/{kind}/{id}/renew", post(renew))
        .route("/runner/v1/fetch/{id}", post(fetched))
        .route("/runner/v1/job/{id}/step/{ordinal}", post(step))
        .route("/runner/v1/job/{id}/step/{ordinal}/output", post(output))
        .route("/runner/v1/job/{id}/artifact", post(artifact))
        .route("/runner/v1/job/{id}/tests", post(tests))
        .route("/runner/v1/job/{id}/finish", post(finish))
        .route("/git/{*path}", get(git_file))
        .layer(axum::extract::DefaultBodyLimit::max(64 << 20))
        .with_state(desk)
}

async fn claim(State(desk): State<Desk>, Json(claim): Json<Claim>) -> Response {
    let mut changes = desk.changed.subscribe();
    let next = async {
        loop {
            if let Some(work) = desk.office.lock().unwrap().waiting.pop_front() {
                return work;
            }
            changes.changed().await.unwrap();
        }
    };
    match tokio::time::timeout(std::time::Duration::from_millis(claim.wait_ms), next).await {
        Ok(work) => Json(work).into_response(),
        Err(_) => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn renew(
    State(desk): State<Desk>,
    Segment((_, id)): Segment<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let status = desk.told(&id, &headers, |told| told.renewals += 1);
    let cancel = desk.office.lock().unwrap().canceled.contains(&id);
    match status {
        StatusCode::NO_CONTENT => Json(Renewed { cancel }).into_response(),
        status => status.into_response(),
    }
}

async fn fetched(
    State(desk): State<Desk>,
    Segment(id): Segment<String>,
    headers: HeaderMap,
    Json(fetched): Json<Fetched>,
) -> StatusCode {
    desk.told(&id, &headers, |told| told.fetched = Some(fetched))
}

async fn step(
    State(desk): State<Desk>,
    Segment((id, ordinal)): Segment<(String, u32)>,
    headers: HeaderMap,
    Json(report): Json<StepReport>,
) -> StatusCode {
    desk.told(&id, &headers, |told| drop(told.steps.insert(ordinal, report)))
}

async fn output(
    State(desk): State<Desk>,
    Segment((id, ordinal)): Segment<(String, u32)>,
    Query(query): Query<HashMap<String, usize>>,
    headers: HeaderMap,
    bytes: Bytes,
) -> StatusCode {
    desk.told(&id, &headers, |told| {
        let output = told.outputs.entry(ordinal).or_default();
        assert_eq!(query["offset"], output.len(), "a piece of output is missing");
        output.extend_from_slice(&bytes);
    })
}

async fn artifact(
    State(desk): State<Desk>,
    Segment(id): Segment<String>,
    Query(mut query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    bytes: Bytes,
) -> StatusCode {
    let path = query.remove("path").unwrap();
    desk.told(&id, &headers, |told| drop(told.artifacts.insert(path, bytes.to_vec())))
}

async fn tests(
    State(desk): State<Desk>,
    Segment(id): Segment<String>,
    headers: HeaderMap,
    Json(tests): Json<Tests>,
) -> StatusCode {
    desk.told(&id, &headers, |told| told.tests.extend(tests.tests))
}

async fn finish(
    State(desk): State<Desk>,
    Segment(id): Segment<String>,
    headers: HeaderMap,
    Json(finished): Json<Finished>,
) -> StatusCode {
    desk.told(&id, &headers, |told| {
        assert!(told.finished.is_none(), "a job ends once");
        told.finished = Some(finished);
    })
}

/// Serves repositories as plain files: enough for git to fetch from over HTTP.
async fn git_file(State(desk): State<Desk>, Segment(path): Segment<String>) -> Response {
    match std::fs::read(desk.root.join(path)) {
        Ok(bytes) => bytes.into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
