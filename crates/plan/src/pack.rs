//! A folder of YAML files to one text: a config, or an orb whose scripts are put in where it includes
//! them. Takes the files as they were read; which those are is the caller's business.
//!
//! Files of the folder itself, and those named `@…`, are put in where they stand; every other file
//! stands under its name without the ending, and every folder under its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::node::{Entry, Map, Mark, Node, Style, Value};
use crate::problem::{Problem, Problems, Severity, quote};
use crate::written;
use crate::yaml;

/// A file of a source folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path from the folder, with `/` between its parts.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// A problem of one of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The file's path from the folder.
    pub file: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What a folder came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The YAML text; absent when any problem is an error.
    pub text: Option<String>,
    /// Everything that was found, by file.
    pub problems: Vec<FileProblem>,
}

/// The folders of an orb's source that are read.
const ORB_FOLDERS: [&str; 4] = ["commands", "examples", "executors", "jobs"];
/// Where an orb may include files.
const INCLUDING: [&str; 3] = ["commands", "executors", "jobs"];
/// The file that makes a folder the source of an orb.
const ORB_ROOT: &str = "@orb.yml";

/// Packs the source of a config.
///
/// Files whose names end with neither `.yml` nor `.yaml` are left out.
///
/// ```
/// use rondo_plan::pack::{SourceFile, pack_config};
///
/// let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
/// let packed = pack_config(&[
///     file("@config.yml", "version: 2.1"),
///     file("jobs/test.yml", "machine: true\nsteps: [checkout]"),
/// ]);
/// assert_eq!(
///     packed.text.as_deref(),
///     Some("version: 2.1\njobs:\n  test:\n    machine: true\n    steps:\n    - checkout\n"),
/// );
/// ```
pub fn pack_config(files: &[SourceFile]) -> Packed {
    let mut packer = Packer::default();
    let map = packer.fold(files.iter().filter(|file| is_yaml(&file.path)));
    packer.finish(map)
}

/// Packs the source of an orb: its `@orb.yml` with the files of `commands`, `examples`, `executors`
/// and `jobs`. A text that is `<<include(path)>>` as a whole becomes that file's text, with every
/// `<<` in it escaped.
pub fn pack_orb(files: &[SourceFile]) -> Packed {
    let mut packer = Packer::default();
    if !files.iter().any(|file| file.path == ORB_ROOT) {
        let problem = Problem::error(Mark::START, "the folder has no @orb.yml, so it is no orb");
        packer.add(ORB_ROOT, problem.help("name the folder that holds the orb's @orb.yml"));
        return packer.finish(Map::default());
    }
    let of_orb = |path: &str| match path.split_once('/') {
        None => true,
        Some((folder, _)) => ORB_FOLDERS.contains(&folder),
    };
    let mut map = packer.fold(files.iter().filter(|f| is_yaml(&f.path) && of_orb(&f.path)));
    for section in INCLUDING {
        let Some(entry) = map.entry(section).cloned() else { continue };
        let value = packer.included(&entry.value, files);
        map.put(Entry { value, ..entry });
    }
    packer.finish(map)
}

fn is_yaml(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| !stem.is_empty()) && !path.split('/').any(|part| part.starts_with('.'))
}

/// Files and folders, each by name.
#[derive(Default)]
struct Dir<'f> {
    files: BTreeMap<&'f str, &'f SourceFile>,
    dirs: BTreeMap<&'f str, Dir<'f>>,
}

#[derive(Default)]
struct Packer {
    problems: Vec<FileProblem>,
}

impl Packer {
    fn add(&mut self, file: &str, problem: Problem) {
        self.problems.push(FileProblem { file: file.to_owned(), problem });
    }

    fn fold<'f>(&mut self, files: impl Iterator<Item = &'f SourceFile>) -> Map {
        let mut root = Dir::default();
        for file in files {
            let mut parts: Vec<_> = file.path.split('/').collect();
            let name = parts.pop().unwrap_or_default();
            let folder =
                parts.into_iter().fold(&mut root, |dir, part| dir.dirs.entry(part).or_default());
            folder.files.insert(name, file);
        }
        self.folded(&root, true)
    }

    fn folded(&mut self, dir: &Dir<'_>, root: bool) -> Map {
        let mut map = Map::default();
        let here = |name: &str| root || name.starts_with('@');
        // What stands where its folder stands comes first, so that nothing of it is lost below.
        for (_, file) in dir.files.iter().filter(|(name, _)| here(name)) {
            for entry in self.read(file).entries() {
                self.put(&mut map, entry.clone(), file);
            }
        }
        for (name, file) in dir.files.iter().filter(|(name, _)| !here(name)) {
            let stem = name.rsplit_once('.').map_or(*name, |(stem, _)| stem);
            let inner = self.read(file);
            self.merge(&mut map, stem, inner, Some(file));
        }
        for (name, inner) in &dir.dirs {
            let inner = self.folded(inner, false);
            self.merge(&mut map, name, inner, None);
        }
        map
    }

    /// Puts `inner` under `key`, into the map that is there already if one is.
    fn merge(&mut self, map: &mut Map, key: &str, inner: Map, file: Option<&SourceFile>) {
        let there = map.get(key).and_then(|node| node.as_map()).cloned();
        let mut merged = there.unwrap_or_default();
        for entry in inner.entries() {
            match file {
                Some(file) => self.put(&mut merged, entry.clone(), file),
                None => drop(merged.put(entry.clone())),
            }
        }
        let value = Rc::new(Node::new(Mark::START, Value::Map(merged)));
        map.put(Entry { key: key.into(), mark: Mark::START, value });
    }

    fn put(&mut self, map: &mut Map, entry: Entry, file: &SourceFile) {
        let (key, mark) = (Rc::clone(&entry.key), entry.mark);
        if map.put(entry) {
            let message = format!("{} is defined in an earlier file too", quote(&key));
            let problem = Problem::warning(mark, message).help("this one counts; remove the other");
            self.add(&file.path, problem);
        }
    }

    fn read(&mut self, file: &SourceFile) -> Map {
        if file.text.trim().is_empty() {
            return Map::default();
        }
        let mut problems = Problems::default();
        let root = yaml::read(&file.text, Mark::START, &mut problems);
        let map = match &root {
            Some(root) if root.is_null() => Map::default(),
            Some(root) => root.as_map().cloned().unwrap_or_else(|| {
                let found = root.describe();
                let message = format!("a file that is packed holds a map, and this is {found}");
                problems.add(Problem::error(root.mark, message));
                Map::default()
            }),
            None => Map::default(),
        };
        for problem in problems.finish() {
            self.add(&file.path, problem);
        }
        map
    }

    /// The same value with the files that it includes.
    fn included(&mut self, node: &Rc<Node>, files: &[SourceFile]) -> Rc<Node> {
        let value = match &node.value {
            Value::List(items) => {
                Value::List(items.iter().map(|item| self.included(item, files)).collect())
            }
            Value::Map(map) => {
                let mut new = Map::default();
                for entry in map.entries() {
                    let value = self.included(&entry.value, files);
                    new.put(Entry { value, ..entry.clone() });
                }
                Value::Map(new)
            }
            Value::Scalar(scalar) => match self.include(&scalar.text, node.mark, files) {
                Some(text) => return Node::scalar(node.mark, text, Style::Text),
                None => return Rc::clone(node),
            },
        };
        Rc::new(Node::new(node.mark, value))
    }

    /// The text that an `<<include(path)>>` stands for; `None` where there is none, or none that can
    /// be followed.
    fn include(&mut self, text: &str, mark: Mark, files: &[SourceFile]) -> Option<String> {
        let inner = include_path(text)?;
        let path = match inner {
            Ok(path) => path,
            Err(message) => {
                self.add(ORB_ROOT, Problem::error(mark, message));
                return None;
            }
        };
        let found = files.iter().find(|file| file.path == path);
        if found.is_none() {
            let message = format!("there is no text file {} to include", quote(path));
            let problem = Problem::error(mark, message);
            self.add(ORB_ROOT, problem.help("the path begins at the folder of @orb.yml"));
        }
        found.map(|file| file.text.replace("<<", "\\<<"))
    }

    fn finish(self, map: Map) -> Packed {
        let failed = self.problems.iter().any(|found| found.problem.severity == Severity::Error);
        let node = Node::new(Mark::START, Value::Map(map));
        Packed { text: (!failed).then(|| written::write(&node, None)), problems: self.problems }
    }
}

/// The path in a text that is an include as a whole; why not in one that holds an include and more.
fn include_path(text: &str) -> Option<Result<&str, String>> {
    let begin = text
        .match_indices("<<")
        .find(|(at, _)| text[at + 2..].trim_start().starts_with("include("));
    let (at, _) = begin?;
    let whole = text[at + 2..].trim_start().strip_prefix("include(")?;
    let Some((path, rest)) = whole.split_once(')') else {
        return Some(Err(format!("the include in {} has no end", quote(text))));
    };
    if at > 0 || rest.trim_start() != ">>" {
        let message = format!("an include is the whole of a text, and {} is more", quote(text));
        return Some(Err(message));
    }
    Some(Ok(path.trim().strip_prefix("./").unwrap_or(path.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(list: &[(&str, &str)]) -> Vec<SourceFile> {
        let file = |(path, text): &(&str, &str)| SourceFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        list.iter().map(file).collect()
    }

    fn said(packed: &Packed) -> Vec<String> {
        let say = |found: &FileProblem| {
            let FileProblem { file, problem } = found;
            format!("{file}:{}:{}: {}", problem.line, problem.column, problem.message)
        };
        packed.problems.iter().map(say).collect()
    }

    fn check(packed: &Packed, text: Option<&str>, problems: &[&str]) {
        assert_eq!(packed.text.as_deref(), text, "{:?}", said(packed));
        let said = said(packed);
        assert_eq!(said.len(), problems.len(), "{said:?}");
        for (said, expected) in said.iter().zip(problems) {
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn folders_and_files_name_what_they_hold_and_at_files_name_nothing() {
        let packed = pack_config(&files(&[
            ("config.yml", "version: 2.1\njobs: {one: {machine: true}}\n"),
            ("jobs/two.yml", "machine: true\n"),
            ("jobs/@more.yaml", "three: {machine: true}\n"),
            ("jobs/linux/four.yml", "machine: true\n"),
            ("workflows/@workflows.yml", ""),
            ("README.md", "not read"),
            (".hidden/a.yml", "a: b"),
            ("jobs/.b.yml", "a: b"),
        ]));
        let expected = "version: 2.1\njobs:\n  one:\n    machine: true\n  three:\n    machine: true\n  \
                        two:\n    machine: true\n  linux:\n    four:\n      machine: true\nworkflows: {}\n";
        check(&packed, Some(expected), &[]);
    }

    #[test]
    fn a_problem_names_its_file() {
        let packed = pack_config(&files(&[
            ("a.yml", "x: 1\n"),
            ("b.yml", "\nx: 2\n"),
            ("jobs/c.yml", "- 1\n"),
            ("jobs/d.yml", "a: [\n"),
        ]));
        let problems = [
            "b.yml:2:1: `x` is defined in an earlier file too",
            "jobs/c.yml:1:1: a file that is packed holds a map, and this is a list",
            "jobs/d.yml:",
        ];
        check(&packed, None, &problems);
    }

    #[test]
    fn an_orb_includes_its_scripts_with_escaped_brackets() {
        let orb = [
            ("@orb.yml", "version: 2.1\n"),
            ("commands/greet.yml", "steps: [{run: {command: <<include(scripts/greet.sh)>>}}]\n"),
            ("scripts/greet.sh", "cat <<END\nhello\nEND\n"),
            ("tests/no.yml", "not: read\n"),
        ];
        let expected = "version: 2.1\ncommands:\n  greet:\n    steps:\n    - run:\n        \
                        command: |\n          cat \\<<END\n          hello\n          END\n";
        check(&pack_orb(&files(&orb)), Some(expected), &[]);
        let mut wrong = orb;
        wrong[1].1 = "steps: [<<include(../secret)>>, 'a <<include(b)>>', '<< include(c >>']\n";
        let problems = [
            "there is no text file `../secret` to include",
            "an include is the whole of a text",
            "has no end",
        ];
        check(&pack_orb(&files(&wrong)), None, &problems);
        check(&pack_orb(&files(&orb[1..])), None, &["has no @orb.yml"]);
    }
}
