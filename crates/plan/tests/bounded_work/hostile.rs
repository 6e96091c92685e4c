//! Small texts that ask for endless work, by what they try it with. The tests hold that each is answered in
//! time and in little memory; a benchmark says how much of both.

/// One of them.
pub(crate) struct Hostile {
    pub(crate) what: &'static str,
    pub(crate) source: String,
    /// The text of every orb that it names.
    pub(crate) orb: String,
    /// What it is refused with; without a reason it has a plan.
    pub(crate) reason: Option<&'static str>,
}

#[derive(Default)]
struct Hostiles(Vec<Hostile>);

impl Hostiles {
    fn put(&mut self, what: &'static str, source: &str, reason: Option<&'static str>) {
        self.put_with(what, source, "version: 2.1\n", reason);
    }

    fn put_with(
        &mut self,
        what: &'static str,
        source: &str,
        orb: &str,
        reason: Option<&'static str>,
    ) {
        let (source, orb) = (source.to_owned(), orb.to_owned());
        self.0.push(Hostile { what, source, orb, reason });
    }
}

/// `part` with each `#` replaced by a number, `count` times.
fn repeat(part: &str, count: usize) -> String {
    (0..count).map(|number| part.replace('#', &number.to_string())).collect()
}

const JOB: &str = "version: 2.1\njobs: {j: {machine: true, steps: []}}\n";

pub(crate) fn brackets() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    list.put("open lists", &format!("a: {}", "[".repeat(900_000)), Some("YAML"));
    list.put("open maps", &format!("a: {}", "{a: ".repeat(300_000)), Some("levels deep"));
    list.put("dashes", &"- ".repeat(1_500_000), Some("levels deep"));
    list.put("question marks", &"? ".repeat(900_000), Some("levels deep"));
    list.put("commas", &format!("[{}", ",".repeat(900_000)), Some("YAML"));
    list.put("too many", &format!("[{}", ",".repeat(1_100_000)), Some("too many"));
    list.put("quotes", &format!("a: \"{}", "\\\"".repeat(400_000)), Some("YAML"));
    list.put("flat list", &format!("version: 2\njobs: {{}}\na: [{}]", "a,".repeat(400_000)), None);
    list.put("large", &" ".repeat(4 << 20), Some("3 MB"));
    let items = format!("version: 2\njobs: {{}}\na:\n{}", "- a\n".repeat(740_000));
    list.put("items", &items, None);
    list.put("comment", &format!("#{}", "x".repeat(3 << 19)), Some("empty"));
    list.0
}

pub(crate) fn aliases() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let doubling = repeat("a#: &a# [x, y]\n", 1)
        + &(1..100)
            .map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1))
            .collect::<String>();
    list.put("doubling", &doubling, Some("8 MB"));
    let merging = String::from("a0: &a0 {k: v}\n")
        + &(1..60_000)
            .map(|n| format!("a{n}: &a{n} {{<<: *a{}, k{n}: v}}\n", n - 1))
            .collect::<String>();
    list.put("merging", &merging, Some("8 MB"));
    let nesting = String::from("a0: &a0 [x]\n")
        + &(1..60_000).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect::<String>();
    list.put("nesting", &nesting, Some("levels deep"));
    list.0
}

pub(crate) fn calls() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let job = format!(
        "version: 2\njobs: {{j: {{machine: true, steps: [run: {}]}}}}\n",
        "x".repeat(100_000)
    );
    let calls = "workflows:\n  w:\n    jobs:\n".to_owned() + &"      - j\n".repeat(100_000);
    list.put("many calls", &(job + &calls), Some("8 MB"));
    let commands: String =
        (0..50).map(|n| format!("  c{n}: {{steps: [c{}, c{}]}}\n", n + 1, n + 1)).collect();
    let doubling = format!(
        "version: 2.1\ncommands:\n{commands}  c50: {{steps: [checkout]}}\n\
         jobs: {{build: {{machine: true, steps: [c0]}}}}\n"
    );
    list.put("commands that double", &doubling, Some("8 MB"));
    let texts: String = (0..50)
        .map(|n| {
            let (x, next) = ("<< parameters.x >>", n + 1);
            format!(
                "  c{n}: {{parameters: {{x: {{type: string}}}}, steps: [c{next}: {{x: {x}{x}}}]}}\n"
            )
        })
        .collect();
    let doubling = format!(
        "version: 2.1\ncommands:\n{texts}  c50: {{parameters: {{x: {{type: string}}}}, steps: []}}\n\
         jobs: {{build: {{machine: true, steps: [c0: {{x: abc}}]}}}}\n"
    );
    list.put("texts that double", &doubling, Some("8 MB"));
    let lists: String = (0..50)
        .map(|n| {
            let (x, next) = ("steps: << parameters.x >>", n + 1);
            format!("  c{n}: {{parameters: {{x: {{type: steps}}}}, steps: [c{next}: {{x: [{x}, {x}]}}]}}\n")
        })
        .collect();
    let doubling = format!(
        "version: 2.1\ncommands:\n{lists}  \
         c50: {{parameters: {{x: {{type: steps}}}}, steps: [steps: << parameters.x >>]}}\n\
         jobs: {{build: {{machine: true, steps: [c0: {{x: [checkout]}}]}}}}\n"
    );
    list.put("steps that double", &doubling, Some("nested"));
    let matrix = (0..9).map(|n| format!("p{n}: [a, b, c]")).collect::<Vec<_>>().join(", ");
    let matrix =
        format!("{JOB}workflows: {{w: {{jobs: [j: {{matrix: {{parameters: {{{matrix}}}}}}}]}}}}\n");
    list.put("matrix", &matrix, Some("more than 500 jobs"));
    list.0
}

pub(crate) fn workflows() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let workflow = |calls: String| format!("{JOB}workflows:\n  w:\n    jobs:\n{calls}");
    list.put("same name", &workflow("      - j\n".repeat(20_000)), None);
    let chain: String = (1..10_000)
        .map(|n| format!("      - j: {{name: n{n}, requires: [n{}]}}\n", n - 1))
        .collect();
    list.put("chain", &workflow("      - j: {name: n0}\n".to_owned() + &chain), None);
    let ring = "      - j: {name: n0, requires: [n9999]}\n".to_owned() + &chain;
    list.put("ring", &workflow(ring), Some("wait for each other"));
    list.put("unknown", &workflow(repeat("      - j#x\n", 20_000)), Some("for job named"));
    let dense = "      - j: {requires: &r [".to_owned()
        + &repeat("n#,", 2_000)
        + "]}\n"
        + &repeat("      - j: {name: n#}\n", 2_000)
        + &repeat("      - j: {name: m#, requires: *r}\n", 300);
    list.put("dense", &workflow(dense), Some("8 MB"));
    list.0
}

pub(crate) fn templates() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let filters = |pattern: &str, count| {
        format!(
            "{JOB}workflows: {{w: {{jobs: [j: {{filters: {{branches: {{only: [{}]}}}}}}]}}}}\n",
            repeat(pattern, count)
        )
    };
    list.put("many expressions", &filters("/a#/,", 20_000), Some("one too many"));
    list.put("costly expressions", &filters(r"'/#(\p{L}{1,99}){1,99}/',", 150), Some("too large"));
    list.put("classes", &filters(r"'/#\p{L}\p{N}[^a]/',", 150), None);
    let run = |text: &str, count| {
        format!(
            "version: 2.1\njobs: {{build: {{machine: true, steps: [run: '{}']}}}}\n",
            text.repeat(count)
        )
    };
    list.put("half references", &run("<<a ", 200_000), None);
    list.put("nearly expressions", &run("<< a =", 200_000), None);
    list.put("unknown references", &run("<<parameters.ab>>", 50_000), Some("without declared"));
    list.put("blanks", &run("<<         ", 200_000), None);
    list.0
}

pub(crate) fn matrices() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let job = "version: 2.1\njobs: {j: {parameters: {a: {type: string}, b: {type: string}}, machine: true, \
               steps: [run: << parameters.a >>]}}\nworkflows:\n  w:\n    jobs:\n";
    let values = repeat("v#, ", 499);
    let matrix = |extra: &str| {
        format!("      - j: {{matrix: {{parameters: {{a: [{values}], b: [x]}}{extra}}}}}\n")
    };
    list.put("one matrix", &(job.to_owned() + &matrix("")), None);
    let excluded = repeat("{a: v#, b: x}, ", 20_000);
    let excluded = matrix(&format!(", exclude: [{excluded}]"));
    list.put("excludes", &(job.to_owned() + &excluded), Some("exclude"));
    list.put("many matrices", &(job.to_owned() + &matrix("").repeat(300)), Some("8 MB"));
    let names =
        "      - j: {name: 'n << matrix.a >>', matrix: {parameters: {a: [x, y], b: [x]}}}\n";
    list.put("many names", &(job.to_owned() + &names.repeat(20_000)), Some(""));
    let parameters = repeat("p#: [x], ", 100_000);
    let parameters = format!("{job}      - j: {{matrix: {{parameters: {{{parameters}}}}}}}\n");
    list.put("parameters of a matrix", &parameters, Some("8 MB"));
    let wide =
        format!("{job}      - j: {{matrix: {{parameters: {{a: [{}]}}}}}}\n", repeat("#,", 10_000));
    list.put("ten thousand", &wide, Some("more than 500 jobs"));
    list.0
}

pub(crate) fn orbs() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let names = |count| repeat("  o#: a/o#@1.0.0\n", count);
    let config = |names: String| format!("version: 2.1\norbs:\n{names}jobs: {{}}\n");
    let large =
        format!("version: 2.1\ncommands:\n{}", repeat("  c#: {steps: [checkout]}\n", 60_000));
    list.put_with("large orbs", &config(names(20)), &large, Some("orbs"));
    let dense = format!("version: 2.1\njobs: {{}}\na:\n{}", "- a\n".repeat(200_000));
    list.put_with("dense orbs", &config(names(20)), &dense, Some("orbs"));
    list.put_with("many orbs", &config(names(60_000)), "version: 2.1\n", Some("orbs"));
    let itself = format!("version: 2.1\norbs:\n{}", names(50));
    list.put_with("orbs in orbs", &config(names(50)), &itself, Some("needed by itself"));
    let inline: String = (0..1_000).map(|n| format!("{{orbs: {{o{n}: ")).collect();
    let inline =
        format!("version: 2.1\norbs: {{o: {inline}{{}}{}}}\njobs: {{}}\n", "}}".repeat(1_000));
    list.put("orbs inside each other", &inline, Some("levels deep"));
    let wide = "version: 2.1\norbs:\n".to_owned()
        + &repeat("  o#: {commands: {c: {steps: [checkout]}}}\n", 40_000);
    list.put("orbs in the config", &(wide + "jobs: {}\n"), Some("orbs"));
    list.0
}

pub(crate) fn groups() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let jobs = "version: 2.1\njobs: {j: {machine: true, steps: [run: x]}}\n";
    let members = repeat("      - j: {name: n#}\n", 2_000);
    let calls = repeat("      - g: {name: g#}\n", 2_000);
    let text = format!(
        "{jobs}job-groups:\n  g:\n    jobs:\n{members}workflows:\n  w:\n    jobs:\n{calls}"
    );
    list.put("groups of many", &text, Some("8 MB"));
    let nested: String = (0..200)
        .map(|n| format!("  g{n}: {{jobs: [g{}: {{name: a}}, g{}: {{name: b}}]}}\n", n + 1, n + 1))
        .collect();
    let text = format!(
        "{jobs}job-groups:\n{nested}  g200: {{jobs: [j]}}\nworkflows: {{w: {{jobs: [g0]}}}}\n"
    );
    list.put("groups in groups", &text, Some("job"));
    list.0
}

pub(crate) fn expressions() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let when = |text: &str| {
        format!(
            "version: 2.1\njobs: {{j: {{machine: true, steps: []}}}}\nworkflows: {{w: {{when: '{text}', jobs: [j]}}}}\n"
        )
    };
    let deep = |open: &str, count: usize, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(count), close.repeat(count))
    };
    list.put("deep brackets", &when(&deep("(", 200_000, "true", ")")), Some(""));
    list.put("nots", &when(&deep("not ", 200_000, "true", "")), Some(""));
    list.put("exclamations", &when(&deep("!", 900_000, "true", "")), Some(""));
    // As deep as it may be in 10,000 characters: on the right of each operator, and on the left.
    let right = "0 or 1 and 1 == \"\" starts-with 1 < (".repeat(30);
    list.put("deep on the right", &when(&format!("{right}1{}", ")".repeat(30))), Some("need text"));
    let left = format!("{}1{}", "(".repeat(12), format!("{})", "<1".repeat(399)).repeat(12));
    list.put("deep on the left", &when(&left), Some("need numbers"));
    let nots = format!("{}1{}", "not (".repeat(15), ")".repeat(15));
    list.put("deep nots", &when(&nots), None);
    list.put("long", &when(&format!("{}true", "true and ".repeat(200_000))), Some(""));
    list.put("open text", &when(&format!("\"{}", "a".repeat(2_000_000))), Some(""));
    list.put("names", &when(&format!("a{}", ".a".repeat(900_000))), Some(""));
    list.put("numbers", &when(&"9".repeat(2_000_000)), Some(""));
    let regex = |text: &str| when(&format!("pipeline.git.branch matches /{text}/"));
    list.put("regex", &regex(&"(a*)*".repeat(150)), None);
    list.put("regex that repeats", &regex("((a{99}){99}){99}"), Some("too large"));
    list.0.extend(long_values());
    list.put("many logic", &when("x").replace("'x'", &deep("{not: ", 90, "true", "}")), None);
    let logic = deep("{and: [true, ", 100_000, "true", "]}");
    list.put("deep logic", &when("x").replace("'x'", &logic), Some("YAML"));
    list.0
}

/// Values as long as a config may be, named again and again.
fn long_values() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let config = |length: usize, when: &str, text: String| {
        let long = "a".repeat(length);
        format!(
            "version: 2.1\nparameters: {{a: {{type: string, default: {long}}}, b: {{type: string, default: {long}b}}}}\n\
             jobs: {{j: {{machine: true, steps: [run: '{text}']}}}}\nworkflows: {{w: {{when: '{when}', jobs: [j]}}}}\n"
        )
    };
    let both = "<< pipeline.parameters.a and pipeline.parameters.b >> ".repeat(20_000);
    list.put("long text", &config(700_000, "true", both), Some("larger than 8 MB"));
    let equal = "<< pipeline.parameters.b == \"b\" or pipeline.parameters.b starts-with pipeline.parameters.a >>";
    list.put("long texts compared", &config(500_000, "true", equal.repeat(15_000)), None);
    let slow = "pipeline.parameters.a matches /.*a[ab]{300}c/";
    list.put("long text searched", &config(700_000, slow, String::new()), Some("at too much"));
    let often = format!("<< {slow} >>").repeat(20_000);
    list.put("text searched often", &config(5_000, "true", often), None);
    list.0
}

pub(crate) fn recursion() -> Vec<Hostile> {
    let mut list = Hostiles::default();
    let build = |commands: &str, steps: &str| {
        format!(
            "version: 2.1\ncommands:\n{commands}jobs: {{build: {{machine: true, steps: {steps}}}}}\n"
        )
    };
    let own = "  c: {parameters: {s: {type: steps}}, steps: [steps: << parameters.s >>]}\n";
    let nested =
        |depth: usize| format!("{}[checkout]{}", "[c: {s: ".repeat(depth), "}]".repeat(depth));
    list.put("steps in steps", &build(own, &nested(40)), Some(""));
    list.put("many steps in steps", &build(own, &nested(2_000)), Some("levels deep"));
    let circle =
        "  c: {parameters: {s: {type: steps}}, steps: [c: {s: [c: {s: << parameters.s >>}]}]}\n";
    list.put("itself", &build(circle, "[c: {s: [checkout]}]"), Some("c"));
    let text = "  c: {parameters: {t: {type: string}}, steps: [c: {t: x<< parameters.t >>x}]}\n";
    list.put("itself with text", &build(text, "[c: {t: a}]"), Some("c"));
    let default = "  c: {parameters: {s: {type: steps, default: [c, c]}}, steps: [steps: << parameters.s >>]}\n";
    list.put("itself by default", &build(default, "[c]"), Some("c"));
    let parameters = repeat("  p#: {type: string, default: a}\n", 20_000);
    let words = repeat("      - run: 'parameters. parameters.x# pipeline.parameters.y#'\n", 10_000);
    let text = format!(
        "version: 2.1\nparameters:\n{parameters}jobs:\n  build:\n    parameters:\n{}    machine: true\n    steps:\n{words}",
        parameters.replace("  p", "      p")
    );
    list.put("unused parameters", &text, None);
    let executors = repeat(
        "  e#: {parameters: {p: {type: string, default: a}}, docker: [image: << parameters.p >>]}\n",
        20_000,
    );
    let text = format!(
        "version: 2.1\nexecutors:\n{executors}jobs: {{build: {{executor: {{name: e1, p: x}}, steps: []}}}}\n"
    );
    list.put("executors", &text, None);
    list.0
}
