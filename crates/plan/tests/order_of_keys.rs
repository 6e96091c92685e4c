//! The order of keys that have nothing to do with each other changes nothing: of sections, of a
//! job's keys, of a step's keys. Texts are put in another order by the same generator in every run.

use rondo_plan::{Trigger, compile};

const PARTS: [&[&str]; 3] = [
    &[
        "    docker: [{image: cimg/base:stable, user: root}]",
        "    resource_class: large",
        "    shell: sh",
        "    environment: {A: b}",
        "    working_directory: ~/x",
        "    parallelism: 2",
    ],
    &[
        "          name: Tidy",
        "          command: rm x",
        "          when: always",
        "          background: true",
        "          environment: {C: d}",
        "          no_output_timeout: 1m",
    ],
    &[
        "        requires: [a]",
        "        context: [c, d]",
        "        name: last",
        "        filters: {branches: {only: main}}",
        "        serial-group: g",
    ],
];

/// A small generator of numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn shuffled(&mut self, lines: &[&str]) -> String {
        let mut lines = lines.to_vec();
        for at in (1..lines.len()).rev() {
            lines.swap(at, self.below(at + 1));
        }
        lines.join("\n")
    }
}

fn config(random: &mut Random) -> String {
    let [job, step, call] = PARTS.map(|lines| random.shuffled(lines));
    let jobs = format!("jobs:\n  a:\n{job}\n    steps:\n      - run:\n{step}\n      - c");
    let commands = "commands:\n  c: {steps: [checkout]}";
    let workflows = format!("workflows:\n  w:\n    jobs:\n    - a\n    - a:\n{call}");
    random.shuffled(&["version: 2.1", &jobs, commands, &workflows]) + "\n"
}

#[test]
fn the_order_of_unrelated_keys_changes_nothing() {
    let mut random = Random(1);
    let plan = |text: &str| compile(text, &Trigger::branch("main")).plan.expect("a valid config");
    let expected = plan(&config(&mut random));
    for _ in 0..300 {
        let text = config(&mut random);
        assert_eq!(plan(&text), expected, "{text}");
    }
}
