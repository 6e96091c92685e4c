//! People, projects, pipelines and jobs to tell stories with.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::run::{Commit, GitRef, Job, Why};
use rondo_domain::token::{Digest, Holder, Pepper, Reach, Secret, Token};
use rondo_domain::variable::BuildParameters;
use rondo_domain::{
    JobId, Millis, OrgId, Organization, Person, PersonId, PipelineId, Project, ProjectId, Vcs,
    WorkflowId,
};
use rondo_plan::{Executor, Step};
use rondo_store::{By, NewJob, NewPipeline, Store, TokenRow, WriteTx};

/// Runs the block in a write, commits it, and hands its value out.
macro_rules! save {
    ($store:expr, $tx:ident => $block:expr) => {
        $store
            .write(|mut $tx| async move {
                let value = $block;
                $tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(value)
            })
            .await
            .unwrap()
    };
}
pub(crate) use save;

/// Bytes that nobody can guess.
pub(crate) fn entropy<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// A digest of a secret that nobody knows.
pub(crate) fn digest() -> Digest {
    Digest::from_stored(entropy())
}

pub(crate) fn pepper() -> Pepper {
    Pepper::new(1, &[7; 32])
}

pub(crate) fn by(at: i64) -> By {
    By {
        at: Millis(at),
        actor: "console".to_owned(),
        token: Some("AbCdEfGhIjK".to_owned()),
        address: "192.0.2.7".to_owned(),
        agent: "tester/1".to_owned(),
        request: "r-1".to_owned(),
    }
}

pub(crate) fn person(name: &str) -> Person {
    Person {
        id: PersonId::from_entropy(entropy()),
        name: name.parse().unwrap(),
        admin: false,
        disabled_at: None,
        created_at: Millis(1),
    }
}

pub(crate) fn organization(name: &str) -> Organization {
    Organization { id: OrgId::from_entropy(entropy()), vcs: Vcs::Github, name: name.to_owned() }
}

pub(crate) fn project(org: &Organization, repo: &str) -> Project {
    Project {
        id: ProjectId::from_entropy(entropy()),
        org: org.id,
        slug: format!("gh/{}/{repo}", org.name).parse().unwrap(),
        git_url: "https://git.example.com/acme/web.git".parse().unwrap(),
        default_branch: "main".parse().unwrap(),
        public: false,
        enabled: true,
        created_at: Millis(2),
    }
}

/// A project in an organization of its own, saved.
pub(crate) async fn saved_project(store: &Store, repo: &str) -> Project {
    let org = &organization(&format!("acme-{repo}"));
    let project = &project(org, repo);
    save!(store, tx => {
        tx.insert_organization(org).await?;
        tx.insert_project(project).await?;
    });
    project.clone()
}

/// A new token and its value.
pub(crate) fn token(holder: Holder, label: &str, at: i64) -> (TokenRow, Secret) {
    let secret = Secret::mint(holder.kind(), &entropy());
    let token = Token {
        id: secret.id(),
        holder,
        label: label.parse().unwrap(),
        reach: Reach::WHOLE,
        created_at: Millis(at),
        last_used_at: None,
        disabled_at: None,
        rotation: None,
    };
    let digest = secret.digest(&pepper());
    (TokenRow { token, pepper: 1, digest }, secret)
}

pub(crate) fn commit() -> Commit {
    Commit {
        revision: "0123456789abcdef0123456789abcdef01234567".parse().unwrap(),
        subject: "直す".to_owned(),
        body: "so that it works".to_owned(),
        author_name: "Mika".to_owned(),
        author_email: "mika@example.com".to_owned(),
        author_date: "2026-01-02T03:04:05+09:00".to_owned(),
        committer_name: "Ren".to_owned(),
        committer_email: "ren@example.com".to_owned(),
        committer_date: "2026-01-02T04:04:05Z".to_owned(),
    }
}

pub(crate) fn pipeline(project: &Project, at: i64) -> NewPipeline {
    NewPipeline {
        id: PipelineId::from_entropy(entropy()),
        project: project.id,
        why: Why::Api,
        actor: None,
        git_ref: GitRef::Branch("main".parse().unwrap()),
        wanted: None,
        only_job: None,
        parameters: BuildParameters::default(),
        created_at: Millis(at),
    }
}

/// A plan whose text holds what databases trip over.
pub(crate) fn plan(command: &str) -> rondo_plan::Job {
    rondo_plan::Job {
        executor: Executor::Machine { image: None, docker_layer_caching: false },
        resource_class: None,
        working_directory: "~/project".to_owned(),
        shell: None,
        environment: vec![("GREETING".to_owned(), command.to_owned())],
        steps: Vec::<Step>::new(),
        kind: rondo_plan::Kind::Build,
        parallelism: 1,
        circleci_ip_ranges: false,
        cache_days: None,
    }
}

pub(crate) fn job<'a>(
    pipeline: &NewPipeline,
    workflow: WorkflowId,
    (position, name): (i64, &'a str),
    plan: Option<&'a rondo_plan::Job>,
) -> NewJob<'a> {
    NewJob {
        id: JobId::from_entropy(entropy()),
        project: pipeline.project,
        pipeline: pipeline.id,
        workflow,
        position,
        name,
        branch: Some("main"),
        plan,
        retry_of: None,
        created_at: pipeline.created_at,
    }
}

/// The job of this id.
pub(crate) async fn read_job(store: &Store, id: JobId) -> Job {
    store.read().await.unwrap().job(id).await.unwrap().unwrap()
}

/// Commits with an entry that says nothing in particular.
pub(crate) async fn commit_noted(tx: WriteTx, at: i64) -> Result<(), rondo_store::Error> {
    tx.commit(&by(at), Entry::new(Event::ProjectChange, "anything")).await
}
