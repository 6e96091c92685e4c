//! The command speaks the language of the locale: help, mistakes, refusals and the demo's steps in
//! Japanese or in English, with the same exit status and the same results on standard output.

use std::process::{Command, Output};

use crate::harness::{Database, RONDO, Server};

fn run(locale: &str, words: &[&str], more: &[(&str, &str)]) -> Output {
    let mut command = Command::new(RONDO);
    command.args(words).env_remove("CIRCLE_TOKEN").env_remove("LC_MESSAGES");
    command.env("LC_ALL", locale).envs(more.iter().copied()).output().unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_mistake_is_named_in_the_language_of_the_locale() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (data, file) = (folder.path().join("data"), file.to_str().unwrap());
    let data = data.to_str().unwrap();
    let add = ["admin", "project", "add", "--data", data, "--git"];
    for (words, status, english, japanese) in [
        (&["tokne"][..], 2, "unrecognized subcommand 'tokne'", "コマンド「tokne」はありません"),
        (&["token", "create"], 2, "--label <LABEL>", "必要な引数がありません: --label <LABEL>"),
        (&["token", "list"], 1, "set CIRCLE_TOKEN to", "CIRCLE_TOKEN にトークンの値を"),
        (&["serve", "--data", file], 1, "cannot be used", "を使えません（すでにあります）"),
        (&["serve", "--data", data, "--jobs", "0"], 1, "from 1 to 256", "1 から 256 までの数です"),
        (
            &[&add[..], &["https://host/acme/web.git", "acme/web"]].concat(),
            2,
            "such as gh/acme/web",
            "「vcs/組織/リポジトリ」の形で指定してください",
        ),
        (
            &[&add[..], &["https://mika:pass@host/web.git", "gh/acme/web"]].concat(),
            2,
            "must not hold a password",
            "URL にパスワードやトークンを入れないでください",
        ),
        (
            &["config", "validate", "nowhere.yml"],
            1,
            "cannot be read",
            "を読めません: ファイルまたは",
        ),
    ] {
        for (locale, expected) in [("C.UTF-8", english), ("ja_JP.UTF-8", japanese)] {
            let output = run(locale, words, &[]);
            let said = complaint(&output);
            assert!(said.contains(expected), "{words:?} in {locale}: {said}");
            assert_eq!(output.status.code(), Some(status), "{words:?}: {said}");
            assert!(output.stdout.is_empty(), "{words:?} in {locale}");
        }
    }
}

#[test]
fn help_is_a_result_in_the_language_of_the_locale() {
    for (locale, expected) in [("C.UTF-8", "Usage: rondo"), ("ja_JP.UTF-8", "使い方: rondo")] {
        let output = run(locale, &["--help"], &[]);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.contains(expected), "{said}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_refusal_is_told_in_japanese_and_columns_hold_with_japanese_words() {
    let server = Server::start_with(Database::Sqlite, &["--executor", "none"]);
    server.add_person("mika", true);
    let token = server.personal_token("mika");
    let asked = |token: &str, words: &[&str]| {
        run("ja_JP.UTF-8", words, &[("RONDO_URL", &server.url), ("CIRCLE_TOKEN", token)])
    };
    let refused = asked("rdpat_junk", &["token", "list"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = complaint(&refused);
    assert!(said.starts_with("rondo: このトークンは無効です"), "{said}");

    let shown = asked(&token, &["token", "self"]);
    assert_eq!(shown.status.code(), Some(0), "{}", complaint(&shown));
    let shown = String::from_utf8(shown.stdout).unwrap();
    // Nine of the columns' ten cells: a full-width character takes two.
    for line in ["ID        ", "種類      ", "所有者    ", "ラベル    ", "最終使用  "] {
        assert!(shown.lines().any(|shown| shown.starts_with(line)), "{line:?} in {shown}");
    }
}
