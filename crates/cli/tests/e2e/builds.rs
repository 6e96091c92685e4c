//! Builds that do what their configuration says: variables, workflows, steps, results, triggering
//! from inside a job. How builds end early is `stopping.rs`, what is wrong with a configuration or
//! a repository `mishaps.rs`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::acme::{Acme, PROJECT, steps};

/// One job that keeps its whole environment as an artifact, since output masks project variables.
const ENVIRONMENT: &str = r#"
version: 2.1
jobs:
  print:
    machine: true
    environment:
      OF_J: job
      OF_JT: job
      OF_PJ: job
      OF_PJT: job
      OF_SJ: job
      OF_SJT: job
      OF_PSJ: job
      OF_PSJT: job
      CIRCLE_USERNAME: job
    steps:
      - run:
          command: |
            mkdir out
            env -u RONDO_JOB_TOKEN > out/env.txt
            OF_PSJT=inline sh -c 'echo "in the command: $OF_PSJT"'
            echo "greeting: $GREETING"
          environment:
            OF_T: step
            OF_PT: step
            OF_ST: step
            OF_JT: step
            OF_PST: step
            OF_PJT: step
            OF_SJT: step
            OF_PSJT: step
            CIRCLE_REPOSITORY_URL: step
      - store_artifacts:
          path: out
"#;

fn variables(env: &str) -> BTreeMap<&str, &str> {
    env.lines().filter_map(|line| line.split_once('=')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_has_the_value_of_its_strongest_source() {
    let acme = Acme::start(ENVIRONMENT);
    for letters in ["S", "PS", "SJ", "ST", "PSJ", "PST", "SJT", "PSJT"] {
        acme.set(&format!("OF_{letters}"), "settings").await;
    }
    let mut parameters = json!({});
    for letters in ["P", "PS", "PJ", "PT", "PSJ", "PST", "PJT", "PSJT"] {
        parameters[format!("OF_{letters}")] = "parameter".into();
    }
    for (name, value) in [("CIRCLE_BRANCH", "settings"), ("CIRCLE_USERNAME", "settings")] {
        acme.set(name, value).await;
        parameters[name] = "parameter".into();
    }
    parameters["CIRCLE_SHA1"] = "parameter".into();
    let build = acme.run("print", parameters).await;
    let number = build["build_num"].as_i64().unwrap();
    let env = acme.artifact(number, "out/env.txt").await;
    let env = variables(&env);
    let sources = [('T', "step"), ('J', "job"), ('S', "settings"), ('P', "parameter")];
    for letters in
        ["P", "S", "J", "T", "PS", "PJ", "PT", "SJ", "ST", "JT", "PSJ", "PST", "PJT", "SJT", "PSJT"]
    {
        let strongest = sources.into_iter().find(|(letter, _)| letters.contains(*letter)).unwrap();
        assert_eq!(env[format!("OF_{letters}").as_str()], strongest.1, "OF_{letters}");
    }
    assert_eq!(env["CIRCLE_BRANCH"], "main");
    assert_eq!(env["CIRCLE_SHA1"], build["vcs_revision"].as_str().unwrap());
    assert_eq!(env["CIRCLE_USERNAME"], "job");
    assert_eq!(env["CIRCLE_REPOSITORY_URL"], "step");
    assert!(acme.output(number).await.contains("in the command: inline"));
}

#[tokio::test(flavor = "multi_thread")]
async fn injected_values_reach_the_job_from_json_and_from_a_form() {
    let acme = Acme::start(ENVIRONMENT);
    let tree = format!("{PROJECT}/tree/main");
    let parameters = json!({
        "CIRCLE_JOB": "print", "GREETING": "hé \"llo\" $(id) `id`", "NUMBER": 500, "YES": true,
        "LIST": [1, "a"], "OBJECT": {"k": "v"}, "EMPTY": "", "LINES": "one\ntwo",
    });
    let build = acme.post(&tree, json!({ "build_parameters": parameters })).await;
    assert_eq!(build["build_parameters"]["GREETING"], "hé \"llo\" $(id) `id`");
    acme.ended(1).await;
    assert!(acme.output(1).await.contains("greeting: hé \"llo\" $(id) `id`\n"));
    let env = acme.artifact(1, "out/env.txt").await;
    assert!(env.contains("LINES=one\ntwo\n"));
    let env = variables(&env);
    for (name, value) in [
        ("NUMBER", "500"),
        ("YES", "true"),
        ("LIST", "[1, \"a\"]"),
        ("OBJECT", "{\"k\": \"v\"}"),
        ("EMPTY", ""),
    ] {
        assert_eq!(env[name], value, "{name}");
    }
    let form =
        [("build_parameters[CIRCLE_JOB]", "print"), ("build_parameters[GREETING]", "a & b = c+d")];
    let (status, build) = acme.post_form(&tree, &form).await;
    assert_eq!((status, &build["build_num"]), (201, &json!(2)), "{build}");
    acme.ended(2).await;
    assert!(acme.output(2).await.contains("greeting: a & b = c+d\n"));
    assert_eq!(variables(&acme.artifact(2, "out/env.txt").await)["GREETING"], "a & b = c+d");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_knows_where_and_for_what_it_runs() {
    let acme = Acme::start(ENVIRONMENT);
    let build = acme.run("print", json!({})).await;
    let env = acme.artifact(1, "out/env.txt").await;
    let env = variables(&env);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    for (name, value) in [
        ("CI", "true".to_owned()),
        ("CIRCLECI", "true".to_owned()),
        ("CIRCLE_BRANCH", "main".to_owned()),
        ("CIRCLE_BUILD_NUM", "1".to_owned()),
        ("CIRCLE_BUILD_URL", text(&build["build_url"])),
        ("CIRCLE_JOB", "print".to_owned()),
        ("CIRCLE_NODE_INDEX", "0".to_owned()),
        ("CIRCLE_NODE_TOTAL", "1".to_owned()),
        ("CIRCLE_PROJECT_REPONAME", "web".to_owned()),
        ("CIRCLE_PROJECT_USERNAME", "acme".to_owned()),
        ("CIRCLE_SHA1", text(&build["vcs_revision"])),
        ("CIRCLE_WORKFLOW_ID", text(&build["workflows"]["workflow_id"])),
        ("CIRCLE_WORKFLOW_JOB_ID", text(&build["workflows"]["job_id"])),
    ] {
        assert_eq!(env[name], value, "{name}");
    }
    for absent in ["CIRCLE_TAG", "CIRCLE_PREVIOUS_BUILD_NUM"] {
        assert!(!env.contains_key(absent), "{absent}");
    }
    acme.repository.git(&["tag", "v1.0"]);
    let body = json!({"tag": "v1.0", "build_parameters": {"CIRCLE_JOB": "print"}});
    acme.post(PROJECT, body).await;
    acme.ended(2).await;
    let env = acme.artifact(2, "out/env.txt").await;
    let env = variables(&env);
    assert_eq!(env["CIRCLE_TAG"], "v1.0");
    assert!(!env.contains_key("CIRCLE_BRANCH"));
    assert_eq!(env["CIRCLE_PREVIOUS_BUILD_NUM"], "1");
}

const WORKFLOWS: &str = r#"
version: 2.1
jobs:
  say: {machine: true, steps: [{run: echo hello}]}
  fail: {machine: true, steps: [{run: exit 3}]}
workflows:
  main:
    jobs:
      - say: {name: compile}
      - say: {name: test, requires: [compile]}
      - say: {name: lint, requires: [compile]}
      - say: {name: deploy, requires: [test, lint], filters: {branches: {only: main}}}
      - say: {name: nightly, filters: {branches: {only: /night.*/}}}
      - fail: {name: broken, requires: [test], filters: {branches: {only: bad}}}
      - say: {name: after, requires: [broken], filters: {branches: {only: bad}}}
      - say: {name: long-after, requires: [after, lint], filters: {branches: {only: bad}}}
"#;

fn names(builds: &[Value]) -> Vec<&str> {
    builds.iter().map(|build| build["workflows"]["job_name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workflow_unlocks_jobs_in_order_and_skips_what_requires_a_failure() {
    let acme = Acme::start(WORKFLOWS);
    let builds = acme.run_workflows("main", 4).await;
    let mut found = names(&builds);
    assert_eq!((found[0], found[3]), ("compile", "deploy"));
    found.sort_unstable();
    assert_eq!(found, ["compile", "deploy", "lint", "test"]);
    let time = |build: &Value, key: &str| -> jiff::Timestamp {
        build[key].as_str().unwrap().parse().unwrap()
    };
    for (before, after) in [(0, 1), (0, 2), (1, 3), (2, 3)] {
        let (before, after) = (&builds[before], &builds[after]);
        assert!(time(before, "stop_time") <= time(after, "start_time"), "{before}\n{after}");
    }

    acme.repository.git(&["branch", "bad"]);
    let builds = acme.run_workflows("bad", 8).await;
    let mut found = names(&builds[4..]);
    found.sort_unstable();
    assert_eq!(found, ["broken", "compile", "lint", "test"]);
    let broken = builds.iter().find(|b| b["workflows"]["job_name"] == "broken").unwrap();
    assert_eq!(broken["status"], "failed");

    acme.repository.git(&["branch", "nightly-1"]);
    let builds = acme.run_workflows("nightly-1", 12).await;
    let mut found = names(&builds[8..]);
    found.sort_unstable();
    // Numbers are dense: a job that was skipped, or not for this branch, never was a build.
    assert_eq!(found, ["compile", "lint", "nightly", "test"]);
    let numbers: Vec<_> = builds.iter().map(|build| build["build_num"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
}

const STEPS: &str = r#"
version: 2.1
jobs:
  good:
    machine: true
    steps: &steps
      - run: {name: Set, command: "echo 'export GREETING=from-bash-env' >> \"$BASH_ENV\""}
      - run: {name: Prepare, command: mkfifo pipe}
      - run: {name: Serve, command: cat pipe > served, background: true}
      - run: {name: Stay, command: sleep 3600, background: true}
      - run:
          name: Ask
          command: |
            echo "question of $GREETING" > pipe
            until grep -q question served; do :; done
            echo "got: $(cat served)"
      - run: {name: Judge, command: test -z "$FAIL"}
      - run: {name: Go on, command: echo on}
      - run: {name: Tidy, command: echo tidy, when: always}
      - run: {name: Mourn, command: echo mourn, when: on_fail}
      - run:
          name: Report
          when: always
          command: |
            mkdir -p out/deep results
            printf 'one\n' > out/a.txt
            printf '\000\377' > 'out/deep/b c.bin'
            cat > results/junit.xml <<'XML'
            <testsuites><testsuite name="s">
              <testcase classname="maths" name="adds" time="0.25" file="maths.rs"/>
              <testcase classname="maths" name="divides"><failure message="by zero">at line 3</failure></testcase>
              <testcase classname="maths" name="waits"><skipped/></testcase>
            </testsuite></testsuites>
            XML
      - store_test_results: {path: results}
      - store_artifacts: {path: out, destination: kept}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn steps_run_by_the_rules_of_when_and_keep_results_after_a_failure_too() {
    let acme = Acme::start(STEPS);
    let build = acme.run("good", json!({})).await;
    let output = acme.output(1).await;
    assert_eq!(build["status"], "success", "{output}");
    assert!(output.contains("got: question of from-bash-env\n"), "{output}");
    let found = steps(&build);
    let found: Vec<_> =
        found.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
    let expected = [
        "Spin up environment",
        "Set",
        "Prepare",
        "Serve",
        "Stay",
        "Ask",
        "Judge",
        "Go on",
        "Tidy",
        "Report",
        "Uploading test results",
        "Uploading artifacts",
    ];
    assert_eq!(found, expected.map(|name| (name, "success")));

    let failed = acme.run("good", json!({"FAIL": "yes"})).await;
    assert_eq!((&failed["status"], &failed["outcome"]), (&json!("failed"), &json!("failed")));
    let found: Vec<_> = steps(&failed).into_iter().skip(6).collect();
    let found: Vec<_> =
        found.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect();
    let expected =
        ["Judge", "Tidy", "Mourn", "Report", "Uploading test results", "Uploading artifacts"];
    let expected = expected.map(|name| (name, if name == "Judge" { "failed" } else { "success" }));
    assert_eq!(found, expected);
    assert_eq!(failed["steps"][6]["actions"][0]["exit_code"], 1);

    for number in [1, 2] {
        assert_eq!(acme.artifact(number, "kept/a.txt").await, "one\n");
        let list = acme.get(&format!("{PROJECT}/{number}/artifacts")).await;
        assert_eq!(list[1]["path"], "kept/deep/b c.bin", "{list}");
        let tests = acme.get(&format!("{PROJECT}/{number}/tests")).await;
        let tests = tests["tests"].as_array().unwrap().iter();
        let tests: Vec<_> = tests.map(|test| [&test["name"], &test["result"]]).collect();
        let expected = [["adds", "success"], ["divides", "failure"], ["waits", "skipped"]];
        assert_eq!(json!(tests), json!(expected));
    }
    let fixed = acme.run("good", json!({})).await;
    assert_eq!((&fixed["status"], &fixed["outcome"]), (&json!("fixed"), &json!("success")));
}

/// CircleCI's pattern for triggering one job from another under a condition.
const CONDITIONAL: &str = r#"
version: 2.1
jobs:
  first:
    machine: true
    steps:
      - run: echo "the token is $CIRCLE_API_USER_TOKEN"
      - run: |
          if [ "$RELEASE" != yes ]; then exit 0; fi
          curl --fail --silent --show-error --user "$CIRCLE_API_USER_TOKEN:" \
            --data "build_parameters[CIRCLE_JOB]=second" --data "revision=$CIRCLE_SHA1" \
            "${CIRCLE_BUILD_URL%%/gh/*}/api/v1.1/project/github/$CIRCLE_PROJECT_USERNAME/$CIRCLE_PROJECT_REPONAME/tree/$CIRCLE_BRANCH"
  second: {machine: true, steps: [{run: echo released}]}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_triggers_another_under_a_condition_and_its_token_stays_hidden() {
    let acme = Acme::start(CONDITIONAL);
    acme.set("CIRCLE_API_USER_TOKEN", &acme.token).await;
    let output = acme.prints("first", json!({})).await;
    assert!(output.contains("the token is ****\n"), "{output}");
    let first = acme.run("first", json!({"RELEASE": "yes"})).await;
    let builds = acme.builds_ended(3).await;
    let second = &builds[2];
    assert_eq!(names(&builds), ["first", "first", "second"], "{}", acme.output(2).await);
    assert_eq!(second["status"], "success");
    assert_eq!(second["user"]["login"], "mika");
    assert_eq!(second["vcs_revision"], first["vcs_revision"]);
    for number in [1, 2, 3] {
        assert!(!acme.output(number).await.contains(&acme.token));
    }
}

/// What a running job does with its own token. It keeps the value where nobody looks for one, backwards.
const OWN_TOKEN: &str = r#"
version: 2.1
jobs:
  first:
    machine: true
    environment: {SERVER: URL}
    steps:
      - run: |
          echo "the token is $RONDO_JOB_TOKEN"
          status() { curl --silent --output answer --write-out "%{http_code}" --header "Circle-Token: $RONDO_JOB_TOKEN" "$@"; }
          own="$SERVER/api/v1.1/project/github/$CIRCLE_PROJECT_USERNAME/$CIRCLE_PROJECT_REPONAME"
          echo "builds: $(status "$own")"
          echo "itself: $(status "$own/$CIRCLE_BUILD_NUM")"
          echo "artifacts: $(status "$own/$CIRCLE_BUILD_NUM/artifacts")"
          echo "variables: $(status "$own/envvar")"
          echo "tokens: $(status "$own/token")"
          echo "another: $(status "$SERVER/api/v1.1/project/github/acme/other")"
          echo "me: $(status "$SERVER/api/v1.1/me")"
          if [ "$RELEASE" = yes ]; then
            echo "second: $(status --data "build_parameters[CIRCLE_JOB]=second" "$own/tree/$CIRCLE_BRANCH")"
          fi
      - run: mkdir kept && echo "$RONDO_JOB_TOKEN" | rev > kept/backwards
      - store_artifacts: {path: kept}
  second: {machine: true, steps: [{run: echo released}]}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_has_a_token_of_its_own_which_is_dead_when_it_ends() {
    let acme = Acme::start("version: 2.1");
    acme.server.add_project("gh/acme/other", OWN_TOKEN);
    acme.repository.commit(&OWN_TOKEN.replace("URL", &acme.server.url));
    let first = acme.run("first", json!({"RELEASE": "yes"})).await;
    let output = acme.output(1).await;
    assert_eq!(first["status"], "success", "{output}");
    for line in [
        "the token is ****",
        "builds: 200",
        "itself: 200",
        "artifacts: 200",
        "variables: 403",
        "tokens: 403",
        "another: 404",
        "me: 401",
        "second: 201",
    ] {
        assert!(output.contains(&format!("{line}\n")), "{line} in {output}");
    }
    let builds = acme.builds_ended(2).await;
    assert_eq!(names(&builds), ["first", "second"]);
    let backwards = acme.artifact(1, "kept/backwards").await;
    let token: String = backwards.trim().chars().rev().collect();
    assert!(token.starts_with("rdjob_"), "{}", token.len());
    let (status, answer) = acme.server.get(&token, PROJECT).await;
    assert_ne!(status, 200, "its job has ended: {answer}");
    let list = acme.get(&format!("{PROJECT}/token")).await;
    assert_eq!(list, json!([]), "tokens of jobs are in no list");
}

const SECRETS: &str = r#"
version: 2.1
jobs:
  leak:
    machine: true
    steps:
      - run:
          name: Print "$WORD"
          command: |
            echo "whole: $WORD, twice: $WORD$WORD, short: $ABC, flag: $FLAG"
            printf 'in parts: %s' "${WORD%????}"; sleep 0.3; printf '%s\n' "${WORD#??????????}"
            printf 'lines: %s\n' "$LINES_OF_KEY"
            echo "error: $WORD" >&2
            printf 'held back: %s' "${WORD%?}"
            mkdir out; echo "$WORD" > out/word.txt
      - run: echo "injected, so not a secret - $INJECTED"
      - store_artifacts: {path: out}
"#;

#[tokio::test(flavor = "multi_thread")]
async fn values_of_project_variables_are_masked_in_output_and_only_there() {
    let acme = Acme::start(SECRETS);
    let word = "s3cret-word-77";
    acme.set("WORD", word).await;
    acme.set("ABC", "abc").await;
    acme.set("FLAG", "true").await;
    acme.set("LINES_OF_KEY", "-----first-----\nsecond+line\n").await;
    let output = acme.prints("leak", json!({"INJECTED": "plain"})).await;
    for expected in [
        "whole: ****, twice: ****, short: abc, flag: true\n",
        "in parts: ****\n",
        "lines: ****\n",
        "error: ****\n",
        "held back: s3cret-word-7",
        "not a secret - plain\n",
    ] {
        assert!(output.contains(expected), "{expected:?} in\n{output}");
    }
    for hidden in [word, "-----first-----", "second+line"] {
        assert!(!output.contains(hidden), "{hidden:?} in\n{output}");
    }
    assert_eq!(acme.artifact(1, "out/word.txt").await, format!("{word}\n"));
}
