//! All problems are told at once: of two mistakes in one config, both are reported, wherever they
//! are. Every line of a config is spoiled in several ways, and pairs of those are compiled: some of
//! them, spread evenly, or with `EVERY_PAIR=1` in the environment each, which takes minutes.

use std::collections::BTreeSet;

use rondo_plan::{Severity, Trigger, compile};

/// Valid but for parts that are not built yet. One key a line, so that each can be spoiled.
const CONFIG: &str = r#"version: 2.1
parameters:
  image:
    type: string
    default: stable
  deploy:
    type: boolean
    default: false
orbs:
  slack:
    commands:
      notify:
        parameters:
          channel:
            type: string
            default: ci
        steps:
          - run:
              name: Tell
              command: echo << parameters.channel >>
executors:
  small:
    parameters:
      tag:
        type: string
        default: stable
    docker:
      - image: cimg/base:<< parameters.tag >>
        user: root
        environment:
          LEVEL: one
    working_directory: ~/work
    shell: bash
commands:
  greet:
    description: says hello
    parameters:
      to:
        type: string
      loud:
        type: boolean
        default: true
      count:
        type: integer
        default: 1
    steps:
      - run:
          name: Greet << parameters.to >>
          command: echo << parameters.to >>
          no_output_timeout: 10m
          background: false
          when: always
      - when:
          condition: << parameters.loud >>
          steps:
            - run: echo loud
            - store_artifacts:
                path: out
                destination: in
      - unless:
          condition:
            equal:
              - << parameters.count >>
              - 2
          steps:
            - save_cache:
                key: v1
                paths:
                  - a
                  - b
  twice:
    parameters:
      name:
        type: string
        default: you
      after:
        type: steps
        default: []
    steps:
      - greet:
          to: << parameters.name >>
          count: 3
      - steps: << parameters.after >>
jobs:
  test:
    parameters:
      size:
        type: enum
        enum: [small, large]
        default: small
      os:
        type: executor
        default: small
    executor:
      name: << parameters.os >>
      tag: << pipeline.parameters.image >>
    parallelism: 1
    resource_class: << parameters.size >>
    environment:
      ONE: two
      THREE: four
    steps:
      - checkout:
          path: src
          method: full
      - greet:
          to: world
          loud: true
          count: 2
      - twice:
          name: all
          after:
            - run: echo after
            - run:
                command: echo last
                shell: sh
      - slack/notify:
          channel: dev
      - restore_cache:
          keys:
            - v1
            - v2
      - persist_to_workspace:
          root: .
          paths: all
      - attach_workspace:
          at: here
      - setup_remote_docker:
          version: 20.10.24
          docker_layer_caching: true
      - add_ssh_keys:
          fingerprints:
            - SHA256:NPj4IcXxqQEKGXOghi/QbG2sohoNfvZ30JwCcdSSNM0
            - SHA256:NPj4IcXxqQEKGXOghi/QbG2sohoNfvZ30JwCcdSSNM1
      - store_test_results:
          path: results
      - run:
          name: Last
          command: echo
          max_auto_reruns: 2
          auto_rerun_delay: 5s
          environment:
            FIVE: six
  pack:
    machine:
      image: ubuntu-2204:current
      docker_layer_caching: false
    retention:
      caches: 3d
    circleci_ip_ranges: false
    steps:
      - run: make
  idle:
    docker:
      - image: cimg/base:stable
        auth:
          username: me
          password: $PASSWORD
      - image: redis
        command: [a, b]
        name: cache
    steps:
      - run:
          command: echo idle
          background: true
job-groups:
  both:
    jobs:
      - test:
          size: large
      - pack:
          requires: [test]
workflows:
  main:
    when:
      or:
        - << pipeline.parameters.deploy >>
        - not:
            matches:
              pattern: ^x$
              value: << pipeline.git.branch >>
    max_auto_reruns: 2
    jobs:
      - test:
          name: first
          size: small
          context: [a, b]
          pre-steps:
            - run: echo before
          post-steps:
            - greet:
                to: after
      - hold:
          type: approval
          requires: [first]
      - test:
          name: each-<< matrix.size >>
          matrix:
            parameters:
              size: [small, large]
            exclude:
              - size: large
          requires:
            - hold
            - first: failed
          filters:
            branches:
              only: main
              ignore: [a, b]
            tags:
              only: /v.*/
      - pack:
          serial-group: one
          filters: pipeline.git.branch == "main"
      - both:
          name: group
          requires: [pack]
  nightly:
    unless: << pipeline.parameters.deploy >>
    triggers:
      - schedule:
          cron: 0 0 * * *
          filters:
            branches:
              only: main
    jobs:
      - pack
      - idle:
          requires: [pack]
"#;

/// What is put in the place of a value. The first names a parameter that does not exist.
const VALUES: [&str; 3] = ["<< parameters.nothing >>", "{nothing: [of, it]}", "[[of], it]"];

/// One of so many pairs is compiled. No multiple of the number of ways to spoil a line.
const SOME: usize = 101;

/// A config with one line spoiled.
struct Spoiled {
    /// The line's number, counted from 0.
    at: usize,
    line: String,
    /// How many lines after it belong to a key that is spoiled, and so are not read.
    below: usize,
    found: BTreeSet<String>,
}

fn lines() -> Vec<&'static str> {
    CONFIG.lines().collect()
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// The errors in `CONFIG` with these lines spoiled, each with the number of its line.
fn errors(spoiled: &[(usize, &str)]) -> BTreeSet<String> {
    let mut lines = lines();
    spoiled.iter().for_each(|&(at, line)| lines[at] = line);
    let problems = compile(&(lines.join("\n") + "\n"), &Trigger::branch("main")).problems;
    assert!(problems.len() < 100, "some are not shown: {problems:?}");
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| format!("{}: {}", problem.line, problem.message)).collect()
}

/// The keys of the line's ancestors, innermost first.
fn ancestors(at: usize) -> Vec<&'static str> {
    let lines = lines();
    let mut depth_below = depth(lines[at]);
    let mut keys = Vec::new();
    for line in lines[..at].iter().rev().filter(|line| line.trim_end().ends_with(':')) {
        if depth(line) < depth_below {
            depth_below = depth(line);
            keys.push(line.trim_start_matches([' ', '-']).trim_end_matches(':'));
        }
    }
    keys
}

/// Whether the line's key gives a name to something, so that another key is no mistake.
fn gives_a_name(at: usize) -> bool {
    let sections =
        ["orbs", "parameters", "executors", "commands", "jobs", "job-groups", "workflows"];
    let above = ancestors(at);
    let in_list = lines()[at].trim_start().starts_with('-');
    above.first().is_none_or(|parent| sections.contains(parent) && !in_list)
}

/// The ways to spoil a line that make errors: another key, and other values.
fn spoil(at: usize) -> Vec<Spoiled> {
    // Steps that are passed to a command are read where it puts them.
    if ancestors(at).contains(&"after") {
        return Vec::new();
    }
    let lines = lines();
    let line = lines[at];
    let text = line.trim_start_matches([' ', '-']);
    let start = &line[..line.len() - text.len()];
    let (key, value) = text.split_once(':').map_or((None, text), |(key, value)| (Some(key), value));
    let mut ways = Vec::new();
    if let Some(key) = key.filter(|_| !gives_a_name(at)) {
        let below = lines[at + 1..].iter().take_while(|next| depth(next) > depth(line));
        ways.push((format!("{start}{key}x:{value}"), below.count()));
    }
    if !value.trim().is_empty() {
        let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
        ways.extend(VALUES.iter().map(|value| (format!("{start}{key}{value}"), 0)));
    }
    let spoiled = ways.into_iter().map(|(line, below)| {
        let found = errors(&[(at, &line)]);
        Spoiled { at, line, below, found }
    });
    spoiled.filter(|spoiled| !spoiled.found.is_empty()).collect()
}

/// Whether an error is about what a name or a value from elsewhere stands for, so that a change there
/// may well take it away. `nothing` stands for nothing, whatever is changed.
fn follows_from_elsewhere(error: &str) -> bool {
    let about_names = [
        "Cannot find a definition",
        "Missing required argument(s)",
        "Unexpected argument(s)",
        "Arguments referenced without",
        "that does not exist",
    ];
    let about_values = [
        "requires '",
        "Type error for argument",
        "`executor` must be text",
        "does not say where it runs",
        "cannot be the name of an image",
        "an entry of `exclude` needs exactly",
        "`type: enum` needs",
    ];
    let has = |parts: &[&str]| parts.iter().any(|part| error.contains(part));
    has(&about_names) && !error.contains("nothing") || has(&about_values)
}

#[test]
fn of_two_mistakes_both_are_reported() {
    assert_eq!(errors(&[]), BTreeSet::new());
    let all: Vec<Spoiled> = (0..lines().len()).flat_map(spoil).collect();
    let pairs = all.iter().enumerate().flat_map(|(place, first)| {
        let later = all[place + 1..].iter();
        later.filter(|second| second.at > first.at + first.below).map(move |second| (first, second))
    });
    let step = if std::env::var_os("EVERY_PAIR").is_some() { 1 } else { SOME };
    let (mut compiled, mut hidden) = (0, Vec::new());
    for (first, second) in pairs.step_by(step) {
        compiled += 1;
        let both = errors(&[(first.at, &first.line), (second.at, &second.line)]);
        let single = first.found.union(&second.found);
        for error in single.filter(|one| !both.contains(*one) && !follows_from_elsewhere(one)) {
            hidden.push(format!("{} and {}: {error}", first.line.trim(), second.line.trim()));
        }
    }
    assert!(compiled > 100_000 / step, "{compiled} pairs");
    assert!(hidden.is_empty(), "{} are not told:\n{}", hidden.len(), hidden.join("\n"));
}
