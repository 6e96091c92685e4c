//! Fetching a commit and its configuration, and checking it out.

use std::fs;
use std::path::PathBuf;

use rondo_wire::runner::{Fetched, Outcome, Source};

use crate::bench::*;
use crate::given::*;

/// A repository with a configuration on `main`, made below the bench's folder.
fn repository(bench: &Bench) -> PathBuf {
    let folder = bench.root.path().join("web");
    fs::create_dir_all(folder.join(".circleci")).unwrap();
    git(&folder, &["init", "--quiet"]);
    fs::write(folder.join(".circleci/config.yml"), "version: 2.1\n").unwrap();
    fs::write(folder.join("README"), "one\n").unwrap();
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "--quiet", "-m", "First\n\nMore about it.\n"]);
    folder
}

fn source(folder: &std::path::Path) -> Source {
    let git_url = folder.display().to_string();
    Source { git_url, branch: Some("main".to_owned()), tag: None, revision: None }
}

fn failure(fetched: Fetched) -> String {
    match fetched {
        Fetched::Failed { message } => message,
        Fetched::Commit { commit, .. } => panic!("{commit:?}"),
    }
}

fn found(fetched: Fetched) -> (rondo_wire::runner::Commit, Option<String>) {
    match fetched {
        Fetched::Commit { commit, config } => (*commit, config),
        Fetched::Failed { message } => panic!("{message}"),
    }
}

#[tokio::test]
async fn the_newest_commit_of_a_branch_is_found_with_its_configuration() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let (commit, config) = found(bench.fetch(source(&folder)).await);
    assert_eq!(config.as_deref(), Some("version: 2.1\n"));
    assert_eq!(commit.revision, git(&folder, &["rev-parse", "HEAD"]));
    assert_eq!((commit.subject.as_str(), commit.body.as_str()), ("First", "More about it."));
    assert_eq!(commit.author_name, "Ann Author");
    assert_eq!(commit.author_email, "ann@example.org");
    assert_eq!(commit.author_date, "2024-05-06T07:08:09+02:00");
    // Git writes the second since 2.46.
    let dates = ["2024-05-06T07:08:10+00:00", "2024-05-06T07:08:10Z"];
    assert!(dates.contains(&commit.committer_date.as_str()), "{}", commit.committer_date);
    let by_url = Source { git_url: format!("file://{}", folder.display()), ..source(&folder) };
    assert_eq!(found(bench.fetch(by_url).await).0, commit);
}

#[tokio::test]
async fn an_older_commit_and_a_tag_are_found() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let first = git(&folder, &["rev-parse", "HEAD"]);
    git(&folder, &["tag", "-a", "v1", "-m", "one"]);
    git(&folder, &["rm", "-r", "--quiet", ".circleci"]);
    git(&folder, &["commit", "--quiet", "-m", "No more"]);
    let older = Source { revision: Some(first.clone()), ..source(&folder) };
    assert_eq!(found(bench.fetch(older).await).0.revision, first);
    let tag = Source { branch: None, tag: Some("v1".to_owned()), ..source(&folder) };
    assert_eq!(found(bench.fetch(tag).await).0.revision, first);
    let (commit, config) = found(bench.fetch(source(&folder)).await);
    assert_eq!((commit.subject.as_str(), config), ("No more", None));
}

#[tokio::test]
async fn what_cannot_be_fetched_is_named() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let shown = folder.display().to_string();
    let nope = Source { branch: Some("nope".to_owned()), ..source(&folder) };
    let message = failure(bench.fetch(nope).await);
    assert_eq!(message, format!("{shown}: fatal: couldn't find remote ref refs/heads/nope"));
    let gone = Source { revision: Some("1".repeat(40)), ..source(&folder) };
    let message = failure(bench.fetch(gone).await);
    assert!(message.contains(&"1".repeat(40)) && message.starts_with(&shown), "{message}");
    let odd = Source { branch: Some("--upload-pack=id".to_owned()), ..source(&folder) };
    let message = failure(bench.fetch(odd).await);
    assert!(message.contains("is no name of a branch"), "{message}");
    let empty = bench.root.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let message = failure(bench.fetch(source(&empty)).await);
    assert!(message.contains("does not appear to be a git repository"), "{message}");
    let message = failure(bench.fetch(source(std::path::Path::new("/usr"))).await);
    assert!(
        message.contains("outside of the folders whose repositories may be built"),
        "{message}"
    );
    let url = "http://ann:hunter22@127.0.0.1:1/web.git".to_owned();
    let message = failure(bench.fetch(Source { git_url: url, ..source(&folder) }).await);
    assert!(message.starts_with("http://127.0.0.1:1/web.git: "), "{message}");
    assert!(!message.contains("hunter22"), "{message}");
}

#[tokio::test]
async fn a_configuration_that_is_a_link_a_folder_or_huge_is_refused() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let config = folder.join(".circleci/config.yml");
    let check = async |expected: &str| {
        git(&folder, &["add", "-A"]);
        git(&folder, &["commit", "--quiet", "-m", "x"]);
        let message = failure(bench.fetch(source(&folder)).await);
        assert!(message.contains(expected), "{message}");
    };
    fs::remove_file(&config).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &config).unwrap();
    check("is a symbolic link").await;
    fs::remove_file(&config).unwrap();
    fs::create_dir(&config).unwrap();
    fs::write(config.join("x"), "x").unwrap();
    check("is no file").await;
    fs::remove_dir_all(&config).unwrap();
    fs::write(&config, vec![b'#'; 4 << 20]).unwrap();
    check("is larger than 3 MiB").await;
    fs::write(&config, [0xff, 0xfe]).unwrap();
    check("is not UTF-8 text").await;
}

#[tokio::test]
async fn a_checkout_brings_the_exact_commit_and_its_branch() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let first = git(&folder, &["rev-parse", "HEAD"]);
    fs::write(folder.join("README"), "two\n").unwrap();
    git(&folder, &["commit", "--quiet", "-am", "Second"]);
    let mut job = bench.job(vec![
        checkout(),
        run("cat README; git status --short --branch; git rev-parse HEAD; touch new"),
        checkout(),
        run("ls; git fetch origin main && echo fetched"),
    ]);
    job.source = Source { revision: Some(first.clone()), ..source(&folder) };
    let told = bench.run(&job).await;
    assert!(told.output(1).contains("HEAD is now at"), "{}", told.output(1));
    assert!(told.output(2).ends_with(&format!("one\n## main\n{first}\n")), "{}", told.output(2));
    assert!(
        told.output(3).starts_with("Using the git repository that is in"),
        "{}",
        told.output(3)
    );
    assert!(told.output(4).ends_with("fetched\n"), "{}", told.output(4));
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn a_checkout_of_a_tag_is_detached_and_a_rewritten_branch_is_no_hindrance() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let first = git(&folder, &["rev-parse", "HEAD"]);
    git(&folder, &["tag", "v1"]);
    git(&folder, &["commit", "--quiet", "--amend", "-m", "Rewritten"]);
    let look = "git rev-parse --abbrev-ref HEAD; git log -1 --format=%s";
    let mut job = bench.job(vec![checkout(), run(look)]);
    let revision = Some(first);
    job.source = Source {
        branch: None,
        tag: Some("v1".to_owned()),
        revision: revision.clone(),
        ..source(&folder)
    };
    let told = bench.run(&job).await;
    assert!(told.output(2).ends_with("HEAD\nFirst\n"), "{}", told.output(2));
    let mut job = bench.job(vec![checkout(), run(look)]);
    job.source = Source { revision, ..source(&folder) };
    let told = bench.run(&job).await;
    assert!(told.output(1).contains("is no longer on the branch main"), "{}", told.output(1));
    assert!(told.output(2).ends_with("main\nFirst\n"), "{}", told.output(2));
}

#[tokio::test]
async fn a_folder_with_other_things_in_it_is_left_alone() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let mut job = bench.job(vec![run("echo x > mine"), checkout()]);
    let revision = Some(git(&folder, &["rev-parse", "HEAD"]));
    job.source = Source { revision, ..source(&folder) };
    let told = bench.run(&job).await;
    assert!(told.output(2).contains("is not empty and is no git repository"), "{}", told.output(2));
    assert_eq!(told.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn a_repository_of_the_host_cannot_be_changed_by_a_build() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    let path = folder.display().to_string();
    let mut job = bench.job(vec![checkout(), run(&format!("touch {path}/x"))]);
    let revision = Some(git(&folder, &["rev-parse", "HEAD"]));
    job.source = Source { revision, ..source(&folder) };
    let told = bench.run(&job).await;
    assert_eq!(told.outcome(), Outcome::Failed);
    assert!(!folder.join("x").exists());
}

#[tokio::test]
async fn a_repository_is_fetched_over_the_network_even_if_jobs_have_none() {
    let bench = Bench::start().await;
    let folder = repository(&bench);
    git(&folder, &["update-server-info"]);
    let url = format!("{}/git/web/.git", bench.url);
    let over_http = Source { git_url: url.clone(), ..source(&folder) };
    let (commit, config) = found(bench.fetch(over_http.clone()).await);
    assert_eq!(commit.revision, git(&folder, &["rev-parse", "HEAD"]));
    assert!(config.is_some());
    let mut job = bench.job(vec![checkout()]);
    job.source = Source { revision: Some(commit.revision.clone()), ..over_http };
    assert_eq!(bench.run(&job).await.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn a_checkout_over_the_network_works_and_hides_the_urls_password() {
    let bench = Bench::start_with(|settings| settings.allow_network = true).await;
    let folder = repository(&bench);
    git(&folder, &["update-server-info"]);
    let git_url = format!("{}/git/web/.git", bench.url.replace("://", "://ann:hunter22@"));
    let revision = Some(git(&folder, &["rev-parse", "HEAD"]));
    let mut job = bench.job(vec![checkout(), run("git remote get-url origin; ls README")]);
    job.source = Source { git_url, revision, ..source(&folder) };
    let told = bench.run(&job).await;
    assert_eq!(told.outcome(), Outcome::Success, "{}", told.output(1));
    assert!(told.output(2).contains("http://ann:****@127.0.0.1"), "{}", told.output(2));
    assert!(!format!("{told:?}").contains("hunter22"));
}
