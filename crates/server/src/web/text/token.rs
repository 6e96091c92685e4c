//! Words of the page of one token: where it is used, and its rotation.

/// Words of the page of one token, in one language.
#[derive(Debug)]
pub struct Token {
    /// Name of the list of facts, for screen readers.
    pub facts: &'static str,
    /// Fact.
    pub first_used: &'static str,
    /// Heading.
    pub uses: &'static str,
    /// What is shown of them.
    pub uses_intro: &'static str,
    /// There were none.
    pub unused: &'static str,
    /// Caption of the table of programs, for screen readers.
    pub clients: &'static str,
    /// Column.
    pub program: &'static str,
    /// A program without a word for itself.
    pub nameless: &'static str,
    /// Column.
    pub address: &'static str,
    /// An address or network that is not known for sure.
    pub unsure: &'static str,
    /// Column.
    pub last: &'static str,
    /// Column.
    pub route: &'static str,
    /// Column.
    pub times: &'static str,
    /// What unfolds the counts, and the caption of their table.
    pub counts: &'static str,
    /// Column.
    pub day: &'static str,
    /// Column.
    pub network: &'static str,
    /// Column.
    pub accepted: &'static str,
    /// Column.
    pub refused: &'static str,
    /// Heading, and button.
    pub shorten: &'static str,
    /// What it does.
    pub shorten_intro: &'static str,
    /// Field.
    pub new_end: &'static str,
    /// Notice.
    pub was_shortened: &'static str,
    /// Heading of what stops it.
    pub stopping: &'static str,
    /// Below it.
    pub stopping_intro: &'static str,
    /// Heading.
    pub rotation: &'static str,
    /// What it is.
    pub rotation_intro: &'static str,
    /// Field.
    pub grace: &'static str,
    /// Field.
    pub overlap: &'static str,
    /// So many seconds, in their largest unit.
    pub length: fn(i64) -> String,
    /// Button.
    pub rotate: &'static str,
    /// It is replaced: by which, until when.
    pub leaving: fn(&str, &str) -> String,
    /// The successor was not used yet.
    pub not_taken_up: &'static str,
    /// Who still uses the old value: program, address.
    pub still: fn(&str, &str) -> String,
    /// It replaces another: which, until when that one works.
    pub coming: fn(&str, &str) -> String,
    /// Link.
    pub to_successor: &'static str,
    /// What follows from undoing.
    pub undo_effect: &'static str,
    /// Button.
    pub undo: &'static str,
    /// Notice.
    pub was_undone: &'static str,
    /// Mark: not used for 90 days.
    pub idle: &'static str,
}

/// English.
pub const EN: Token = Token {
    facts: "Facts about the token",
    first_used: "First used",
    uses: "Where is it used",
    uses_intro: "Programs that used it in the last 90 days, the newest first. Refused uses count as well.",
    unused: "Nobody has used it.",
    clients: "Programs that used the token",
    program: "Program",
    nameless: "gives no name",
    address: "Address",
    unsure: "not known for sure",
    last: "Last use",
    route: "What for",
    times: "Uses",
    counts: "Counts by day, route and network",
    day: "Day (UTC)",
    network: "Network",
    accepted: "Let in",
    refused: "Refused",
    shorten: "End it sooner",
    shorten_intro: "An end can only come nearer: the token can’t be given a longer life.",
    new_end: "Ends at (UTC)",
    was_shortened: "The token ends sooner now.",
    stopping: "Disable or remove",
    stopping_intro: "A disabled token opens nothing until it is enabled again. A removed one never comes back.",
    rotation: "Rotation",
    rotation_intro: "Makes a new token that can do the same. The old value goes on working, so that you can hand out the new one without an outage.",
    grace: "The old value ends after the new one’s first use",
    overlap: "At the latest",
    length: |seconds| match (seconds / 86_400, seconds / 3600, seconds / 60) {
        (0, 0, 0) => "at once".to_owned(),
        (1, ..) => "after a day".to_owned(),
        (days @ 2.., ..) => format!("after {days} days"),
        (0, 1, _) => "after an hour".to_owned(),
        (0, hours @ 2.., _) => format!("after {hours} hours"),
        (_, _, minutes) => format!("after {minutes} minutes"),
    },
    rotate: "Rotate",
    leaving: |successor, end| format!("{successor} replaces it; this value works until {end}."),
    not_taken_up: "The new value was not used yet.",
    still: |agent, address| format!("Old value still used by {agent} from {address}."),
    coming: |predecessor, end| format!("Replaces {predecessor}, which works until {end}."),
    to_successor: "Show the new token",
    undo_effect: "Undoing deletes the new token; the old one goes on as before.",
    undo: "Undo the rotation",
    was_undone: "The rotation is undone. The new token is deleted; the old one works as before.",
    idle: "not used for 90 days",
};

/// 日本語。
pub const JA: Token = Token {
    facts: "トークンの情報",
    first_used: "初回使用",
    uses: "どこで使われているか",
    uses_intro: "この 90 日間に使ったプログラムを新しい順に示します。拒否された使用も数えます。",
    unused: "まだ使われていません。",
    clients: "トークンを使ったプログラム",
    program: "プログラム",
    nameless: "名乗っていません",
    address: "アドレス",
    unsure: "確かではありません",
    last: "最終使用",
    route: "用途",
    times: "回数",
    counts: "日、経路、ネットワークごとの回数",
    day: "日（UTC）",
    network: "ネットワーク",
    accepted: "許可",
    refused: "拒否",
    shorten: "有効期限を早める",
    shorten_intro: "有効期限は早めることしかできません。延ばすことはできません。",
    new_end: "新しい有効期限（UTC）",
    was_shortened: "トークンの有効期限を早めました。",
    stopping: "無効化と削除",
    stopping_intro: "無効にしたトークンは、有効に戻すまで使えません。削除したトークンは元に戻せません。",
    rotation: "ローテーション",
    rotation_intro: "同じことができる新しいトークンを作ります。古い値もしばらく使えるので、止めることなく入れ替えられます。",
    grace: "新しい値が最初に使われてから古い値が使えなくなるまで",
    overlap: "遅くとも",
    length: |seconds| match (seconds / 86_400, seconds / 3600, seconds / 60) {
        (0, 0, 0) => "すぐに".to_owned(),
        (days @ 1.., ..) => format!("{days} 日後"),
        (0, hours @ 1.., _) => format!("{hours} 時間後"),
        (_, _, minutes) => format!("{minutes} 分後"),
    },
    rotate: "ローテーションする",
    leaving: |successor, end| format!("{successor} に置き換え中。この値は {end} まで使えます。"),
    not_taken_up: "新しい値はまだ使われていません。",
    still: |agent, address| format!("古い値をまだ {address} の {agent} が使っています。"),
    coming: |predecessor, end| format!("{predecessor} を置き換え中。古い値は {end} まで使えます。"),
    to_successor: "新しいトークンを見る",
    undo_effect: "取り消すと新しいトークンは削除され、古いトークンは元のまま使えます。",
    undo: "ローテーションを取り消す",
    was_undone: "ローテーションを取り消しました。新しいトークンは削除され、古いトークンは元のまま使えます。",
    idle: "90 日間未使用",
};
