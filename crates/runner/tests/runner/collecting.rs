//! Artifacts and test results.

use rondo_wire::runner::{Outcome, StepStatus};

use crate::bench::*;
use crate::given::*;

#[tokio::test]
async fn files_are_kept_under_their_names_and_each_is_listed() {
    let bench = Bench::start().await;
    let steps = vec![
        run(
            "mkdir -p dist/sub ~/out /tmp/t; echo a > dist/a; head -c 700000 /dev/urandom > dist/sub/b; \
             md5sum < dist/sub/b; : > dist/empty; echo o > ~/out/o; echo t > /tmp/t/ü\\ t",
        ),
        store_artifacts("dist", None),
        store_artifacts("dist/a", Some("renamed/x")),
        store_artifacts("~/out", None),
        store_artifacts("/tmp/t", None),
        store_artifacts("missing", None),
        run("exit 1"),
        store_artifacts("dist/a", Some("after")),
    ];
    let told = bench.run(&bench.job(steps)).await;
    let names: Vec<_> = told.artifacts.keys().map(String::as_str).collect();
    let expected =
        ["after", "dist/a", "dist/empty", "dist/sub/b", "renamed/x", "tmp/t/ü t", "~/out/o"];
    assert_eq!(names, expected);
    assert_eq!(told.artifacts["renamed/x"], b"a\n");
    assert_eq!(told.artifacts["dist/sub/b"].len(), 700_000);
    assert!(told.artifacts["dist/empty"].is_empty());
    assert!(told.output(2).contains("Uploading dist/sub/b (683.5 KiB)\n"), "{}", told.output(2));
    assert!(told.output(6).starts_with("No artifact files found at "), "{}", told.output(6));
    assert_eq!(told.status(6), Some(StepStatus::Success));
}

#[tokio::test]
async fn what_lies_outside_of_the_job_or_is_no_file_is_not_kept() {
    let bench = Bench::start().await;
    let steps = vec![
        run("mkdir out; ln -s /etc/passwd out/passwd; ln -s /usr out/usr; mkfifo out/pipe; \
             echo x > out/x; echo y > ~/y; ln -s ~/y out/inside; echo z > out/z; chmod 000 out/z; ln -s /etc/passwd link"),
        store_artifacts("out", None),
        store_artifacts("link", None),
        store_artifacts("/etc/passwd", None),
    ];
    let told = bench.run(&bench.job(steps)).await;
    let names: Vec<_> = told.artifacts.keys().map(String::as_str).collect();
    assert_eq!(names, ["out/inside", "out/x"]);
    let output = told.output(2);
    for line in
        ["out/passwd: it is a link to", "out/usr: it is a link to", "out/pipe: it is neither"]
    {
        assert!(output.contains(line), "{output}");
    }
    assert!(output.contains("Permission denied"), "{output}");
    for ordinal in [3, 4] {
        let output = told.output(ordinal);
        assert!(output.contains("outside of the job"), "{output}");
        assert_eq!(told.status(ordinal), Some(StepStatus::Failed));
    }
    assert_eq!(told.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn an_artifact_that_is_too_large_is_named_and_fails_the_step() {
    let bench = Bench::start().await;
    let mut job = bench.job(vec![
        run("mkdir o; head -c 2000 /dev/zero > o/big; echo x > o/small"),
        store_artifacts("o", None),
    ]);
    job.limits.artifact_bytes = 1000;
    let told = bench.run(&job).await;
    assert!(told.output(2).contains("It is larger than the limit of 1000 B"), "{}", told.output(2));
    assert_eq!(told.artifacts.len(), 1);
    assert_eq!(told.outcome(), Outcome::Failed);
}

#[tokio::test]
async fn an_upload_that_fails_is_tried_again() {
    let bench = Bench::start().await;
    let job = bench.job(vec![
        run("head -c 900000 /dev/zero > x; until [ -e ~/go ]; do echo .; sleep 0.05; break; done"),
        store_artifacts("x", None),
    ]);
    bench.submit(&job);
    bench.until_output(&job.id, 1, ".").await;
    bench.fail_next(3);
    let told = bench.finished(&job.id).await;
    assert_eq!(told.artifacts["x"].len(), 900_000);
    assert_eq!(told.outcome(), Outcome::Success);
}

#[tokio::test]
async fn test_results_are_found_and_told() {
    let bench = Bench::start().await;
    let junit = "<testsuite name=\"s\"><testcase classname=\"c\" name=\"n\" time=\"0.5\">\
                 <failure message=\"hunter22 is wrong\"/></testcase></testsuite>";
    let mut job = bench.job(vec![
        run(&format!(
            "mkdir -p r/deep r/.hidden; echo '{junit}' | tee r/a.xml r/deep/b.xml r/.hidden/c.xml r/d.txt >/dev/null; \
             echo '<coverage/>' > r/e.xml; cp r/a.xml single"
        )),
        store_test_results("r"),
        store_test_results("single"),
        store_test_results("missing"),
    ]);
    job.secrets = vec!["hunter22".to_owned()];
    let told = bench.run(&job).await;
    assert_eq!(told.tests.len(), 3);
    let test = &told.tests[0];
    assert_eq!((test.result.as_str(), test.run_time), ("failure", 0.5));
    assert_eq!(test.message.as_deref(), Some("**** is wrong"));
    assert!(
        told.output(2).contains("  * invalid top level element: coverage\n"),
        "{}",
        told.output(2)
    );
    assert!(told.output(4).starts_with("Found no path with test results, skipping"));
    assert_eq!(told.outcome(), Outcome::Success);
}
