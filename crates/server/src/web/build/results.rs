//! What a build left behind: test results with the failed ones first, and artifacts.

use maud::{Markup, html};

use super::super::{chrome::Chrome, moment, quantity};
use super::Build;

/// The test results of a build.
#[derive(Clone, Debug)]
pub struct Tests {
    /// How many ran.
    pub total: u64,
    /// How many of them failed.
    pub failed: u64,
    /// The failed ones, or the first of them.
    pub failures: Vec<FailedTest>,
}

/// A test that failed.
#[derive(Clone, Debug)]
pub struct FailedTest {
    /// Its class or suite; may be empty.
    pub class: String,
    /// Its name.
    pub name: String,
    /// The file that it stands in.
    pub file: Option<String>,
    /// What it said.
    pub message: Option<String>,
    /// How long it took, in milliseconds.
    pub run_time: Option<i64>,
}

/// All files that a build kept, in one.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Its format, as people call it.
    pub format: &'static str,
    /// Where it is downloaded.
    pub href: String,
}

/// A file that a build kept.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Its path as the build named it.
    pub path: String,
    /// Where it is downloaded.
    pub href: String,
    /// Its size in bytes.
    pub size: u64,
}

pub(super) fn results(chrome: &Chrome, view: &Build) -> Markup {
    html! {
        @if let Some(tests) = &view.tests { (tests_card(chrome, tests)) }
        @if !view.artifacts.is_empty() { (artifacts_card(chrome, &view.artifacts, &view.archives)) }
    }
}

fn tests_card(chrome: &Chrome, tests: &Tests) -> Markup {
    let words = &chrome.text().build;
    let passed = tests.total.saturating_sub(tests.failed);
    html! {
        section class={ "card" @if tests.failed > 0 { " failure" } } aria-labelledby="tests" {
            div.head {
                h2 #tests { (words.tests) }
                p.count { ((words.tests_summary)(tests.total, tests.failed)) }
                @if tests.total > 0 {
                    meter min="0" max=(tests.total) value=(passed) aria-label=(words.passed_share) {}
                }
            }
            @if (tests.failures.len() as u64) < tests.failed {
                p { ((words.tests_shown)(tests.failures.len() as u64, tests.failed)) }
            }
            @for failure in &tests.failures { (failed_test(chrome, failure)) }
        }
    }
}

fn failed_test(chrome: &Chrome, test: &FailedTest) -> Markup {
    html! {
        details.test {
            summary {
                span.test-name {
                    @if !test.class.is_empty() { span.quiet { (test.class) " › " } }
                    (test.name)
                }
                @if let Some(run_time) = test.run_time {
                    span.figure.quiet { (moment::duration(chrome.locale, run_time)) }
                }
            }
            @if let Some(file) = &test.file { p { code { (file) } } }
            @if let Some(message) = &test.message { pre.message tabindex="0" { (message) } }
        }
    }
}

fn artifacts_card(chrome: &Chrome, artifacts: &[Artifact], archives: &[Archive]) -> Markup {
    let words = &chrome.text().build;
    let sum = quantity::size(artifacts.iter().map(|artifact| artifact.size).sum());
    html! {
        details.card.fold {
            summary {
                h2 { (words.artifacts) }
                span.count { ((words.artifacts_count)(artifacts.len() as u64, &sum)) }
            }
            p.answers {
                @for archive in archives {
                    a.button.small.plain href=(archive.href) download { ((words.artifacts_whole)(archive.format)) }
                }
            }
            table.files {
                caption.unseen { (words.artifacts_caption) }
                thead {
                    tr {
                        th scope="col" { (words.artifact_path) }
                        th.figure scope="col" { (words.artifact_size) }
                    }
                }
                tbody {
                    @for artifact in artifacts {
                        tr {
                            td { a href=(artifact.href) { (artifact.path) } }
                            td.figure { (quantity::size(artifact.size)) }
                        }
                    }
                }
            }
        }
    }
}
