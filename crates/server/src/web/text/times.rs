//! Words for moments and durations.
//! The shape of a date belongs to its language, so the whole pattern stands here.

/// Words for moments and durations, in one language.
#[derive(Debug)]
pub struct Times {
    /// Pattern of a day and time in UTC, for strftime.
    pub date: &'static str,
    /// Pattern of a day and time in UTC to the second, for strftime.
    pub second: &'static str,
    /// Pattern of a day alone, for strftime.
    pub day: &'static str,
    /// Less than a minute ago.
    pub just_now: &'static str,
    /// Minutes ago, 1 to 59.
    pub minutes_ago: fn(i64) -> String,
    /// Hours ago, 1 to 23.
    pub hours_ago: fn(i64) -> String,
    /// Days ago, 1 to 29.
    pub days_ago: fn(i64) -> String,
    /// A duration below one second.
    pub under_a_second: &'static str,
    /// Unit after hours in a duration.
    pub hours: &'static str,
    /// Unit after minutes in a duration.
    pub minutes: &'static str,
    /// Unit after seconds in a duration.
    pub seconds: &'static str,
    /// What stands between two units of a duration.
    pub between: &'static str,
}

/// English.
pub const EN: Times = Times {
    date: "%-d %b %Y, %H:%M UTC",
    second: "%-d %b %Y, %H:%M:%S UTC",
    day: "%-d %b %Y",
    just_now: "just now",
    minutes_ago: |n| ago(n, "minute"),
    hours_ago: |n| ago(n, "hour"),
    days_ago: |n| if n == 1 { "yesterday".to_owned() } else { ago(n, "day") },
    under_a_second: "under 1s",
    hours: "h",
    minutes: "m",
    seconds: "s",
    between: " ",
};

/// Japanese.
pub const JA: Times = Times {
    date: "%Y年%-m月%-d日 %H:%M UTC",
    second: "%Y年%-m月%-d日 %H:%M:%S UTC",
    day: "%Y年%-m月%-d日",
    just_now: "たった今",
    minutes_ago: |n| format!("{n}分前"),
    hours_ago: |n| format!("{n}時間前"),
    days_ago: |n| if n == 1 { "昨日".to_owned() } else { format!("{n}日前") },
    under_a_second: "1秒未満",
    hours: "時間",
    minutes: "分",
    seconds: "秒",
    between: "",
};

fn ago(count: i64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}
