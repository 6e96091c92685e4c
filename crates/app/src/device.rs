//! Signing a command in through a browser (RFC 8628): the command begins, a person answers, the
//! command asks until it is given a token of that person.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::device::{DeviceAnswer, DeviceLogin, UserCode};
use rondo_domain::limits::{DEVICE_INTERVAL, DEVICE_LIFE, DEVICES_WAITING};
use rondo_domain::name::Label;
use rondo_domain::principal::Credential;
use rondo_domain::token::{Digest, Wish};
use rondo_domain::{Principal, Session};

use crate::refusal::Refusal;
use crate::throttle::Key;
use crate::{App, Ctx, NewToken};

/// A command that began to wait.
pub struct DeviceBegun {
    /// The command's own code, which it alone knows.
    pub device_code: String,
    /// What a person sees.
    pub login: DeviceLogin,
}

/// What a command that asks again is told.
pub enum DevicePoll {
    /// Nobody has answered yet.
    Waiting,
    /// Nobody has answered yet, and it asks too often.
    TooOften,
    /// A person said no.
    Denied,
    /// Its time is over.
    Over,
    /// It never began, or it was told its answer already.
    Unknown,
    /// A person said yes: the token, this once.
    SignedIn(Box<NewToken>),
}

impl App {
    fn device_digest(&self, code: &str) -> Digest {
        self.pepper.digest(format!("device {code}").as_bytes())
    }

    /// Lets a command wait to be signed in. Anybody may: it gives nothing away.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] if too many wait.
    pub async fn begin_device_login(
        &self,
        ctx: &Ctx,
        label: Label,
    ) -> Result<DeviceBegun, Refusal> {
        let device_code = self.world.word();
        let digest = &self.device_digest(&device_code);
        let login = &DeviceLogin {
            code: UserCode::from_entropy(self.world.entropy()),
            label,
            address: ctx.address.to_string(),
            created_at: ctx.at,
            expires_at: ctx.at.plus(DEVICE_LIFE),
            answer: DeviceAnswer::None,
        };
        let at = ctx.at;
        self.store
            .write(|mut tx| async move {
                if tx.device_logins(at).await? >= DEVICES_WAITING {
                    return Err(Refusal::Throttled(DEVICE_LIFE as u64 / 1000));
                }
                // One that is over stays as long again, so that its command hears that it is.
                tx.insert_device_login(login, digest, at.plus(-DEVICE_LIFE)).await?;
                Ok(tx.commit_progress().await?)
            })
            .await?;
        Ok(DeviceBegun { device_code, login: login.clone() })
    }

    /// The command that waits under a code.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if none does; [`Refusal::Throttled`] if somebody guesses.
    pub async fn device_login(&self, ctx: &Ctx, code: &str) -> Result<DeviceLogin, Refusal> {
        let missing = || Refusal::Missing("code", String::new());
        let keys = [Key::own(format!("device:{}", ctx.person()?))];
        self.sign_ins.attempt(&keys, ctx.at)?;
        let code: UserCode = code.parse().map_err(|_| missing())?;
        let login = self.store.read().await?.device_login(&code, ctx.at).await?;
        let login = login.ok_or_else(missing)?;
        self.sign_ins.passed(&keys);
        Ok(login)
    }

    /// A person lets the command under a code sign in as them, or refuses it.
    ///
    /// # Errors
    /// As [`Self::device_login`]; [`Refusal::SignInAgain`] if the sign-in is old.
    pub async fn answer_device_login(
        &self,
        ctx: &Ctx,
        session: &Session,
        code: &str,
        allow: bool,
    ) -> Result<DeviceLogin, Refusal> {
        let person = ctx.person()?;
        self.require_recent(session, ctx.at)?;
        let login = self.device_login(ctx, code).await?;
        let (answer, event) = match allow {
            true => (DeviceAnswer::Allowed(person, session.id), Event::DeviceAllow),
            false => (DeviceAnswer::Denied, Event::DeviceDeny),
        };
        let entry =
            &Entry::new(event, person).with(format_args!("{} from {}", login.label, login.address));
        let (by, waits, at) = (&ctx.by(), &login, ctx.at);
        self.store
            .write(|mut tx| async move {
                if !tx.answer_device_login(&waits.code, at, answer).await? {
                    return Err(Refusal::Missing("code", String::new()));
                }
                Ok(tx.commit(by, entry.clone()).await?)
            })
            .await?;
        Ok(DeviceLogin { answer, ..login })
    }

    /// A command asks whether it was signed in. Once it is told the end of it, its code is used up.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn poll_device_login(&self, ctx: &Ctx, code: &str) -> Result<DevicePoll, Refusal> {
        let (digest, at) = (&self.device_digest(code), ctx.at);
        let found = self
            .store
            .write(|mut tx| async move {
                let found = tx.poll_device_login(digest, at).await?;
                let over = |login: &DeviceLogin| login.expires_at <= at;
                let ended = |login: &DeviceLogin| login.answer != DeviceAnswer::None || over(login);
                if found.as_ref().is_some_and(|(login, _)| ended(login)) {
                    tx.delete_device_login(digest).await?;
                }
                tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(found)
            })
            .await?;
        let Some((login, asked)) = found else { return Ok(DevicePoll::Unknown) };
        if login.expires_at <= at {
            return Ok(DevicePoll::Over);
        }
        match login.answer {
            DeviceAnswer::Denied => Ok(DevicePoll::Denied),
            DeviceAnswer::None if asked.is_some_and(|then| at.since(then) < DEVICE_INTERVAL) => {
                Ok(DevicePoll::TooOften)
            }
            DeviceAnswer::None => Ok(DevicePoll::Waiting),
            DeviceAnswer::Allowed(person, session) => {
                let person = self.memory.person(person).filter(|p| p.disabled_at.is_none());
                let Some(person) = person else { return Ok(DevicePoll::Denied) };
                let by = Credential::Session(session);
                let who = Principal::Person { id: person.id, admin: person.admin, by };
                let own = Ctx { who, access: self.access(&who, None), ..ctx.clone() };
                let new = self.create_personal_token(&own, login.label, Wish::default()).await?;
                Ok(DevicePoll::SignedIn(Box::new(new)))
            }
        }
    }
}
