//! The stored form of a plan: documents written by one version must be read by the next, so this
//! text may gain fields with defaults, and nothing else may change.

use rondo_plan::{Plan, Trigger, compile};

const CONFIG: &str = "\
version: 2.1
jobs:
  a:
    docker: [{image: cimg/base:stable}]
    resource_class: large
    environment: {A: b}
    steps:
      - checkout
      - run: make
      - run:
          name: Tidy
          command: rm -r out
          shell: sh
          environment: {C: d}
          background: true
          working_directory: sub
          no_output_timeout: 30s
          when: always
      - store_artifacts: {path: out, destination: o}
      - store_test_results: {path: results}
  b: {machine: default, shell: sh, steps: [run: {command: x, when: on_fail}]}
workflows:
  w: {jobs: [a, b: {requires: [a]}]}
";

const STORED: &str = include_str!("stored_form.json");

#[test]
fn a_plan_is_stored_as_this_text_and_read_back() {
    let plan = compile(CONFIG, &Trigger::branch("main")).plan.expect("a valid config");
    let stored = serde_json::to_string_pretty(&plan).expect("plans have a stored form");
    assert_eq!(stored, STORED.trim_end());
    let read: Plan = serde_json::from_str(STORED).expect("the text of a plan");
    assert_eq!(read, plan);
}
