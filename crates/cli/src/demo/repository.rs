//! The demo's sample project: a real git repository with a real configuration.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

const CONFIG: &str = r#"version: 2.1
jobs:
  build:
    machine: true
    steps:
      - checkout
      - run:
          name: Greet
          command: |
            printf '\033[32m%s\033[0m\n' "$GREETING"
            mkdir -p out && echo "$GREETING" > out/greeting.txt
      - run:
          name: Test
          command: |
            mkdir -p results && cat > results/junit.xml <<'XML'
            <testsuite name="sample"><testcase classname="greeting" name="is polite" time="0.01"/></testsuite>
            XML
      - store_test_results:
          path: results
      - store_artifacts:
          path: out
workflows:
  main:
    jobs:
      - build
"#;

/// Makes it in a new folder, with one commit on `main`.
///
/// # Errors
/// If git is missing or fails.
pub(super) fn make(folder: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder.join(".circleci"))?;
    std::fs::write(folder.join(".circleci/config.yml"), CONFIG)?;
    std::fs::write(folder.join("README.md"), "A sample project.\n")?;
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    git(folder, &["add", "."])?;
    git(folder, &["commit", "--quiet", "--message=Say hello"])?;
    Ok(folder.to_owned())
}

fn git(folder: &Path, words: &[&str]) -> anyhow::Result<()> {
    let status = Command::new("git")
        .current_dir(folder)
        .args(["-c", "user.name=Demo", "-c", "user.email=demo@example.com"])
        .args(["-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"])
        .args(words)
        .status()
        .context("git is not found: install the package git")?;
    ensure!(status.success(), "git {} failed", words.join(" "));
    Ok(())
}
