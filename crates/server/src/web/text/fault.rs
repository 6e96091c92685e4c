//! Words of error pages: what happened, why, and what now.
//! They never say more than the person may know.

/// Words of error pages: what happened, why, and what now, in one language.
#[derive(Debug)]
pub struct Fault {
    /// 404.
    pub not_found_title: &'static str,
    /// Why, and what now.
    pub not_found_body: &'static str,
    /// 403.
    pub forbidden_title: &'static str,
    /// Why, and what now.
    pub forbidden_body: &'static str,
    /// A form of another site.
    pub other_site_title: &'static str,
    /// Why, and what now.
    pub other_site_body: &'static str,
    /// A form that no longer belongs to the session.
    pub stale_title: &'static str,
    /// Why, and what now.
    pub stale_body: &'static str,
    /// 400.
    pub bad_request_title: &'static str,
    /// Why, and what now.
    pub bad_request_body: &'static str,
    /// 409.
    pub conflict_title: &'static str,
    /// Why, and what now.
    pub conflict_body: &'static str,
    /// 429.
    pub too_many_title: &'static str,
    /// Why, and what now: after so many seconds.
    pub too_many_body: fn(u64) -> String,
    /// 500.
    pub broken_title: &'static str,
    /// Why, and what now.
    pub broken_body: &'static str,
    /// 503.
    pub busy_title: &'static str,
    /// Why, and what now.
    pub busy_body: &'static str,
    /// Link.
    pub home: &'static str,
}

/// English.
pub const EN: Fault = Fault {
    not_found_title: "There is nothing here",
    not_found_body: "The address is wrong, or it leads to something you have no access to. Check it, or start from your projects.",
    forbidden_title: "You may not do this",
    forbidden_body: "Your role does not include it. A project admin can change that.",
    other_site_title: "That came from another site",
    other_site_body: "Changes are taken from Rondo’s own pages only. Nothing was changed. Open the page here and try again.",
    stale_title: "This form is out of date",
    stale_body: "You signed in or out since it was opened. Nothing was changed. Go back, reload the page and send it again.",
    bad_request_title: "That request made no sense",
    bad_request_body: "Something in it is missing or malformed. Nothing was changed. Go back and try again.",
    conflict_title: "That is not possible now",
    conflict_body: "Its state changed in the meantime. Reload the page to see how it stands.",
    too_many_title: "Slow down a little",
    too_many_body: |seconds| {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        format!(
            "There were too many requests or attempts from here. Try again in {seconds} {unit}."
        )
    },
    broken_title: "Something broke on our side",
    broken_body: "It is written in the server’s log. Try again; if it stays, tell the person who runs this server what you did and when.",
    busy_title: "The server is busy",
    busy_body: "It cannot answer right now. Wait a moment and reload the page.",
    home: "Go to projects",
};

/// Japanese.
pub const JA: Fault = Fault {
    not_found_title: "ページが見つかりません",
    not_found_body: "URL が間違っているか、アクセス権がありません。URL を確認するか、プロジェクト一覧からお探しください。",
    forbidden_title: "この操作は許可されていません",
    forbidden_body: "あなたの権限ではこの操作を実行できません。プロジェクトの管理者にご相談ください。",
    other_site_title: "別のサイトから送信されました",
    other_site_body: "変更は Rondo のページからのみ受け付けます。変更は行われていません。Rondo のページを開いて、もう一度お試しください。",
    stale_title: "フォームの有効期限が切れました",
    stale_body: "フォームを開いた後にサインインの状態が変わりました。変更は行われていません。前のページを再読み込みして、もう一度送信してください。",
    bad_request_title: "リクエストを処理できません",
    bad_request_body: "必要な項目がないか、形式が正しくありません。変更は行われていません。前のページに戻って、もう一度お試しください。",
    conflict_title: "今はこの操作を実行できません",
    conflict_body: "その間に状態が変わりました。ページを再読み込みして、現在の状態をご確認ください。",
    too_many_title: "しばらくお待ちください",
    too_many_body: |seconds| {
        format!(
            "リクエストや試行の回数が上限に達しました。{seconds} 秒後にもう一度お試しください。"
        )
    },
    broken_title: "サーバーで問題が発生しました",
    broken_body: "サーバーのログに記録されました。もう一度お試しのうえ、続く場合は操作内容と時刻をサーバーの管理者にお知らせください。",
    busy_title: "サーバーが混み合っています",
    busy_body: "現在応答できません。少し待ってから、ページを再読み込みしてください。",
    home: "プロジェクト一覧へ",
};
