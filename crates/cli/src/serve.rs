//! `rondo serve`: the API, the pages and a runner, from one data folder, until it is told to stop.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rondo_app::{App, Ctx};
use rondo_domain::LinkPurpose;
use rondo_runner::Containment;
use rondo_server::RunnerKey;
use rondo_store::{Folder, Lock};
use rondo_wire::{Client, Credential};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::args::ServeArgs;
use crate::language::words;
use crate::settings::{Executor, Settings};
use crate::{complaint, courier, parts, print};

/// How long answers that are under way may take at the end.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let settings = Settings::resolve(&args.flags)?;
    log(&settings)?;
    if let Err(error) = rondo_runner::raise_open_files() {
        tracing::warn!(%error, "no more files may be open than at the start");
    }
    let mut asked = Stop::listen()?;
    let server = Running::start(&settings).await?;
    let url = &server.app.policy().url;
    print::remark(&words!("rondo: serving {url}", "rondo: {url} で動作中です"));
    if let Some(link) = server.first_admin_link().await? {
        print::result(&words!(
            "Make the first administrator's account here, within 24 hours: {link}",
            "24 時間以内に、ここで最初の管理者のアカウントを作成してください: {link}"
        ));
    }
    asked.wait().await;
    print::remark(&words!("rondo: stopping", "rondo: 停止しています"));
    server.stop().await
}

/// Sends what is logged to standard error.
pub(crate) fn log(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log).with_context(|| {
        words!(
            "log is a filter such as info or warn, not {:?}",
            "log は info や warn などのフィルターです（{:?} は使えません）",
            settings.log
        )
    })?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match settings.log_json {
        true => subscriber.json().try_init(),
        false => subscriber.with_ansi(false).try_init(),
    };
    set.map_err(|error| {
        anyhow::anyhow!(words!(
            "the log cannot be set up: {error}",
            "ログを準備できません: {error}"
        ))
    })
}

/// A wish to stop: Ctrl-C, or the service manager's TERM.
pub(crate) struct Stop {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// A server that serves.
pub(crate) struct Running {
    pub(crate) app: Arc<App>,
    stopping: watch::Sender<bool>,
    serving: JoinHandle<()>,
    house: JoinHandle<()>,
    runner: Option<(CancellationToken, JoinHandle<anyhow::Result<()>>)>,
    _lock: Lock,
}

impl Running {
    /// Starts one. It owns the data folder, the port, and the tasks, until [`Self::stop`].
    ///
    /// # Errors
    /// If the folder, the database or the port cannot be used.
    pub(crate) async fn start(settings: &Settings) -> anyhow::Result<Self> {
        courier::check(&settings.notices)?;
        let folder = Folder::open(&settings.data)?;
        let lock = folder.lock()?;
        let listener = TcpListener::bind(settings.listen).await.with_context(|| {
            words!(
                "{} cannot be listened on; if another program has it, take another with --listen",
                "{} で待ち受けできません。ほかのプログラムが使っている場合は --listen で別のアドレスを指定してください",
                settings.listen
            )
        })?;
        let address = listener.local_addr()?;
        let url = settings.url.clone().unwrap_or_else(|| format!("http://{address}"));
        let (folder, app) = parts::open(settings, url).await?;
        folder.note_address(&app.policy().url)?;
        app.recover().await.map_err(complaint::refusal)?;

        let key = app.world().word();
        let (stopping, stopped) = watch::channel(false);
        let runner_key = RunnerKey::new(key.clone());
        let serving =
            tokio::spawn(rondo_server::serve(Arc::clone(&app), listener, runner_key, stopped));
        let house = tokio::spawn({
            let app = Arc::clone(&app);
            async move { app.keep_house().await }
        });
        let runner = start_runner(settings, &folder, &app, address, key)?;
        Ok(Self { app, stopping, serving, house, runner, _lock: lock })
    }

    /// On a server that nobody administers yet: the link for making the first account.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn first_admin_link(&self) -> anyhow::Result<Option<String>> {
        let ctx = Ctx::console(self.app.world().now());
        if self
            .app
            .people(&ctx)
            .await
            .map_err(complaint::refusal)?
            .iter()
            .any(|person| person.admin)
        {
            return Ok(None);
        }
        let code =
            self.app.make_link(&ctx, LinkPurpose::Setup).await.map_err(complaint::refusal)?;
        Ok(Some(format!("{}/setup/{code}", self.app.policy().url)))
    }

    /// Stops: the runner first, so that its jobs are reported, then the rest.
    ///
    /// # Errors
    /// If something had failed.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        if let Some((stop, runner)) = self.runner {
            stop.cancel();
            runner.await??;
        }
        // An error means that the server ended on its own; its result says why.
        let _ = self.stopping.send(true);
        if let Ok(ended) = tokio::time::timeout(LAST_ANSWERS, self.serving).await {
            ended?;
        }
        self.house.abort();
        if let Err(why) = self.app.settle().await {
            tracing::warn!(?why, "what was in memory could not be written down");
        }
        self.app.close().await;
        Ok(())
    }
}

/// The runner inside the server: it speaks the same protocol as one on another machine.
fn start_runner(
    settings: &Settings,
    folder: &Folder,
    app: &App,
    address: SocketAddr,
    key: String,
) -> anyhow::Result<Option<(CancellationToken, JoinHandle<anyhow::Result<()>>)>> {
    let containment = match settings.executor {
        Executor::None => return Ok(None),
        Executor::Unconfined => Containment::Unconfined,
        Executor::Bubblewrap => match rondo_runner::detect() {
            Ok(()) => Containment::Bubblewrap,
            Err(missing) => {
                let missing = complaint::of(&missing.into());
                print::remark(&words!(
                    "rondo: builds wait, since they cannot be kept in: {missing}. \
                     --executor unconfined runs them all the same, with all rights of this user.",
                    "rondo: ビルドを隔離できないため、実行を保留します: {missing}。\
                     --executor unconfined を指定すると、このユーザーの全権限でそのまま実行します。"
                ));
                return Ok(None);
            }
        },
    };
    let client =
        Client::new(&format!("http://{}", reachable(address)), Some(Credential::new(key)))?;
    let program = std::env::current_exe().with_context(|| {
        words!(
            "this program's own file is not found",
            "このプログラム自身のファイルが見つかりません"
        )
    })?;
    let settings = rondo_runner::Settings {
        name: app.policy().runner.clone(),
        folder: folder.jobs(),
        containment,
        program: folder.keep_program(&program)?,
        slots: settings.jobs,
        local_repositories: settings.local_repositories.clone(),
        allow_network: settings.network,
    };
    let stop = CancellationToken::new();
    let runner = tokio::spawn(rondo_runner::run(settings, client, stop.clone()));
    Ok(Some((stop, runner)))
}

/// The address at which this machine reaches a listener of its own.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
