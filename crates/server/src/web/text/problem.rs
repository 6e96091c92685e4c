//! What can be wrong with something that was typed, and what to do about it.
//! The page puts the sentence beside its field and into the summary on top.

/// What can be wrong with something that was typed, and what to do about it, in one language.
#[derive(Debug)]
pub struct Problem {
    /// Heading of the summary above a form.
    pub summary: &'static str,
    /// A field that may not be empty, by its name.
    pub required: fn(&str) -> String,
    /// More characters than the limit.
    pub too_long: fn(usize) -> String,
    /// Line breaks or control characters in a single line.
    pub control_characters: &'static str,
    /// A token's value where a name or a reason was wanted.
    pub token_value: &'static str,
    /// Name and password do not fit.
    pub wrong_sign_in: &'static str,
    /// The password of the signed-in person is wrong.
    pub wrong_password: &'static str,
    /// Signing in is throttled; seconds to wait.
    pub too_many_attempts: fn(u64) -> String,
    /// The password is too short or too long: fewest characters, most bytes.
    pub password_length: fn(usize, usize) -> String,
    /// The two passwords are not the same.
    pub passwords_differ: &'static str,
    /// A user name with forbidden characters.
    pub bad_user_name: &'static str,
    /// A user name that exists.
    pub user_name_taken: &'static str,
    /// A part of a project slug is not allowed.
    pub bad_slug: &'static str,
    /// Not an address that git can fetch.
    pub bad_git_url: &'static str,
    /// A git address with a password or token in it.
    pub credentials_in_url: &'static str,
    /// A git address that the server may not reach.
    pub forbidden_url: &'static str,
    /// A folder that the operator does not allow.
    pub local_path: &'static str,
    /// Not a branch name.
    pub bad_branch: &'static str,
    /// A project that exists.
    pub project_taken: &'static str,
    /// A line that is not KEY=VALUE; line number from 1.
    pub bad_parameter: fn(usize) -> String,
    /// Not a name for an environment variable.
    pub bad_variable_name: &'static str,
    /// A value with a NUL, or too large: kilobytes.
    pub bad_value: fn(usize) -> String,
    /// More parameters than a build takes.
    pub too_many_parameters: fn(usize) -> String,
    /// A scope that does not exist.
    pub bad_scope: &'static str,
    /// A choice that does not exist.
    pub bad_choice: &'static str,
    /// Not a network.
    pub bad_network: fn(&str) -> String,
    /// A network with bits behind its prefix: the one that was probably meant.
    pub network_bits: fn(&str) -> String,
    /// A project that is not there, or that the person may not see.
    pub no_such_project: fn(&str) -> String,
    /// A moment that is not in the future.
    pub past: &'static str,
    /// Not a moment.
    pub bad_moment: &'static str,
    /// A later end than the one that a token has.
    pub later: &'static str,
    /// More lines than are taken.
    pub too_many_lines: fn(usize) -> String,
    /// A right that the person has nowhere among the chosen projects: the right in words.
    pub lacks_right: fn(&str) -> String,
    /// Not the name of a host.
    pub bad_host: &'static str,
    /// Not a private key.
    pub bad_ssh_key: &'static str,
    /// A private key in an older format.
    pub old_ssh_key: &'static str,
    /// A private key behind a passphrase.
    pub locked_ssh_key: &'static str,
    /// A host that shows no key.
    pub host_is_silent: &'static str,
}

/// English.
pub const EN: Problem = Problem {
    summary: "Please check what you entered",
    required: |field| format!("Fill in “{field}”."),
    too_long: |most| format!("Use at most {most} characters."),
    control_characters: "Use one line without control characters.",
    token_value: "This holds a token’s value, which is stored nowhere. Name the token by its ID.",
    wrong_sign_in: "That name and password don’t match an account. Check both and try again.",
    wrong_password: "That isn’t your current password.",
    too_many_attempts: |seconds| {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        format!("Too many attempts. Try again in {seconds} {unit}.")
    },
    password_length: |fewest, most| {
        format!(
            "Use {fewest} characters or more (up to {most} bytes). A few unrelated words work well."
        )
    },
    passwords_differ: "The two passwords differ. Type the same one twice.",
    bad_user_name: "Use letters, digits, “-”, “_”, “.” and “@”.",
    user_name_taken: "Somebody already has this name. Choose another one.",
    bad_slug: "Use letters, digits, “-”, “_” and “.”, and no “.” at either end.",
    bad_git_url: "Enter an address that git can clone, such as https://github.com/acme/web.git.",
    credentials_in_url: "Take the password or token out of the address: pages and logs show it. Give the server a key or credential helper instead.",
    forbidden_url: "This address leads into the server’s own network services. Use another one.",
    local_path: "This folder is not among those that the operator allows (--local-repositories).",
    bad_branch: "That isn’t a valid branch name.",
    project_taken: "This project is already here.",
    bad_parameter: |line| {
        format!(
            "Line {line} isn’t KEY=VALUE with a name of letters, digits and “_” that doesn’t start with a digit."
        )
    },
    bad_variable_name: "Use letters, digits and “_”, and don’t start with a digit.",
    bad_value: |kilobytes| format!("Use text of at most {kilobytes} kB without NUL characters."),
    too_many_parameters: |most| format!("Use at most {most} parameters."),
    bad_scope: "Choose one of the scopes in the list.",
    bad_choice: "Choose one of the options in the list.",
    bad_network: |text| {
        format!(
            "“{text}” isn’t a network. Use one such as 10.0.0.0/8, 2001:db8::/32 or a single address."
        )
    },
    network_bits: |meant| format!("Did you mean {meant}? A network has no bits behind its prefix."),
    no_such_project: |name| format!("There is no project “{name}” that you can see."),
    past: "Choose a time in the future.",
    bad_moment: "Choose a date and a time.",
    later: "It ends sooner already: an end comes nearer, and never later.",
    too_many_lines: |most| format!("Use at most {most} lines."),
    lacks_right: |right| format!("You don’t have this right yourself here: {right}."),
    bad_host: "Enter a host’s name or address, such as deploy.example.com, without a port.",
    bad_ssh_key: "Paste the whole file that ssh-keygen made, from “-----BEGIN OPENSSH PRIVATE KEY-----” to its last line.",
    old_ssh_key: "This key is in an older format. “ssh-keygen -p -f FILE” rewrites the file; paste it again then.",
    locked_ssh_key: "This key has a passphrase, which no build can type. “ssh-keygen -p -f FILE” takes it off.",
    host_is_silent: "The host showed no SSH key. Is the address right, and does it answer?",
};

/// Japanese.
pub const JA: Problem = Problem {
    summary: "入力内容をご確認ください",
    required: |field| format!("「{field}」を入力してください。"),
    too_long: |most| format!("{most} 文字以内で入力してください。"),
    control_characters: "改行や制御文字は使えません。",
    token_value: "トークンの値が含まれています。値はどこにも保存されません。トークンは ID で示してください。",
    wrong_sign_in: "ユーザー名またはパスワードが違います。もう一度お試しください。",
    wrong_password: "現在のパスワードと一致しません。",
    too_many_attempts: |seconds| {
        format!("試行回数が上限に達しました。{seconds} 秒後にもう一度お試しください。")
    },
    password_length: |fewest, most| {
        format!(
            "{fewest} 文字以上（{most} バイト以内）にしてください。関係のない単語をいくつか並べると覚えやすくなります。"
        )
    },
    passwords_differ: "2 つのパスワードが一致していません。",
    bad_user_name: "文字、数字と「-」「_」「.」「@」だけを使ってください。",
    user_name_taken: "この名前はすでに使われています。別の名前にしてください。",
    bad_slug: "文字、数字と「-」「_」「.」だけを使い、先頭と末尾に「.」を置かないでください。",
    bad_git_url: "git clone できる URL を入力してください（例：https://github.com/acme/web.git）。",
    credentials_in_url: "URL からパスワードやトークンを取り除いてください。URL は画面やログに表示されます。",
    forbidden_url: "このアドレスはサーバー内部のサービスを指しているため使えません。",
    local_path: "このフォルダーは許可されていません。サーバーの管理者が --local-repositories で許可する必要があります。",
    bad_branch: "ブランチ名として使えない文字が含まれています。",
    project_taken: "このプロジェクトはすでに追加されています。",
    bad_parameter: |line| {
        format!(
            "{line} 行目が「名前=値」の形式ではありません。名前には英数字と「_」だけを使い、数字以外で始めてください。"
        )
    },
    bad_variable_name: "英数字と「_」だけを使い、数字以外で始めてください。",
    bad_value: |kilobytes| {
        format!("NUL 文字を含まない {kilobytes} kB 以内のテキストにしてください。")
    },
    too_many_parameters: |most| format!("パラメーターは {most} 個までです。"),
    bad_scope: "一覧からスコープを選んでください。",
    bad_choice: "一覧から選んでください。",
    bad_network: |text| {
        format!(
            "「{text}」はネットワークではありません。10.0.0.0/8、2001:db8::/32 のような形か、1 つのアドレスで入力してください。"
        )
    },
    network_bits: |meant| {
        format!("{meant} のことですか？プレフィックスより後ろのビットは 0 にしてください。")
    },
    no_such_project: |name| format!("閲覧できるプロジェクトの中に「{name}」はありません。"),
    past: "未来の日時を選んでください。",
    bad_moment: "日付と時刻を入力してください。",
    later: "すでにそれより早く終わります。有効期限は早めることしかできません。",
    too_many_lines: |most| format!("{most} 行までです。"),
    lacks_right: |right| format!("あなた自身にこの権限がありません：{right}。"),
    bad_host: "ホスト名またはアドレスを、ポートを付けずに入力してください（例：deploy.example.com）。",
    bad_ssh_key: "ssh-keygen が作成したファイルの全体を、「-----BEGIN OPENSSH PRIVATE KEY-----」から最後の行まで貼り付けてください。",
    old_ssh_key: "この鍵は古い形式です。「ssh-keygen -p -f ファイル」で書き直してから、もう一度貼り付けてください。",
    locked_ssh_key: "この鍵にはパスフレーズがあり、ビルドでは入力できません。「ssh-keygen -p -f ファイル」で外せます。",
    host_is_silent: "ホストから SSH の鍵を取得できませんでした。アドレスが正しいか、応答しているかを確認してください。",
};
