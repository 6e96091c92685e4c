//! Words of a project’s environment variables.
//! Values are never shown again, only the end of each.

/// Words of a project’s environment variables, in one language.
#[derive(Debug)]
pub struct Variables {
    /// Heading.
    pub title: &'static str,
    /// What they are.
    pub intro: &'static str,
    /// Button that opens the form, and its heading.
    pub add: &'static str,
    /// Field and column.
    pub name: &'static str,
    /// Field and column.
    pub value: &'static str,
    /// What happens with it.
    pub value_hint: &'static str,
    /// Button of the form.
    pub save: &'static str,
    /// Column.
    pub created: &'static str,
    /// Column, and button of the confirmation.
    pub remove: &'static str,
    /// Caption of the table, for screen readers.
    pub caption: &'static str,
    /// Name of the X beside one variable.
    pub remove_named: fn(&str) -> String,
    /// Heading of the confirmation.
    pub remove_question: fn(&str) -> String,
    /// What follows from it.
    pub remove_effect: &'static str,
    /// Notice.
    pub added: &'static str,
    /// Notice.
    pub removed: &'static str,
    /// None yet.
    pub empty: &'static str,
    /// What they are good for.
    pub empty_body: &'static str,
}

/// English.
pub const EN: Variables = Variables {
    title: "Environment Variables",
    intro: "Every build of this project gets these. Values are sealed on disk, and masked in output.",
    add: "Add Variable",
    name: "Name",
    value: "Value",
    value_hint: "It cannot be read again after saving. Saving a name that exists replaces its value.",
    save: "Add Variable",
    created: "Added",
    remove: "Remove",
    caption: "Environment variables of this project",
    remove_named: |name| format!("Remove {name}"),
    remove_question: |name| format!("Remove {name}?"),
    remove_effect: "Builds that start from now on no longer get it. Its value is gone for good.",
    added: "The variable is saved. The next build gets it.",
    removed: "The variable is removed.",
    empty: "This project has no variables.",
    empty_body: "Add what builds need but the repository should not hold: keys, passwords, addresses.",
};

/// Japanese.
pub const JA: Variables = Variables {
    title: "環境変数",
    intro: "このプロジェクトのすべてのビルドに渡されます。値は暗号化して保存され、出力では伏せ字になります。",
    add: "変数を追加",
    name: "名前",
    value: "値",
    value_hint: "保存した値は後から表示できません。同じ名前で保存すると値が置き換わります。",
    save: "変数を追加",
    created: "追加日時",
    remove: "削除",
    caption: "このプロジェクトの環境変数",
    remove_named: |name| format!("{name} を削除"),
    remove_question: |name| format!("{name} を削除しますか？"),
    remove_effect: "これ以降に始まるビルドには渡されません。値は元に戻せません。",
    added: "環境変数を保存しました。次のビルドから使われます。",
    removed: "環境変数を削除しました。",
    empty: "このプロジェクトの環境変数はまだありません。",
    empty_body: "キー、パスワード、接続先など、リポジトリに置きたくない値を追加できます。",
};
