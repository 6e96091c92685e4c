//! Signing in and out, and what a page's session opens.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::limits::{LINK_LIFE, SESSION_IDLE, SESSION_LIFE, SIGN_IN_RECENT};
use rondo_domain::name::PersonName;
use rondo_domain::principal::Credential;
use rondo_domain::token::Digest;
use rondo_domain::{
    LinkPurpose, Millis, Permission, Person, PersonId, Principal, Session, SessionId,
};
use rondo_store::By;

use crate::refusal::Refusal;
use crate::throttle::Key;
use crate::world::hex;
use crate::{App, Ctx};

/// A session is noted as used at most this often, in milliseconds.
const SEEN_EVERY: i64 = 60 * 1000;
/// Characters of a cookie's proof.
const COOKIE_PROOF: usize = 32;

/// A session that just began.
pub struct SignedIn {
    /// The cookie's value, to be sent once.
    pub cookie: String,
    /// Whose it is.
    pub person: Person,
}

impl App {
    /// A cookie for a new session. Its second half proves that this server made it.
    fn new_cookie(&self) -> String {
        let word = self.world.word();
        let proof = self.cookie_proof(&word);
        format!("{word}{proof}")
    }

    fn cookie_proof(&self, word: &str) -> String {
        hex(&self.pepper.digest(format!("cookie {word}").as_bytes()).as_bytes()[..16])
    }

    /// Whether this server made a cookie: what anybody makes up is not looked up. It need not be compared
    /// in constant time, since whoever made one up still has to guess the word.
    pub fn is_own_cookie(&self, cookie: &str) -> bool {
        match cookie.len().checked_sub(COOKIE_PROOF).and_then(|at| cookie.split_at_checked(at)) {
            Some((word, proof)) => self.cookie_proof(word) == proof,
            None => false,
        }
    }

    fn cookie_digest(&self, cookie: &str) -> Digest {
        self.pepper.digest(format!("session {cookie}").as_bytes())
    }

    fn link_digest(&self, code: &str) -> Digest {
        self.pepper.digest(format!("link {code}").as_bytes())
    }

    /// What a form of this session must carry, so that no other site can post it.
    pub fn form_word(&self, cookie: &str) -> String {
        hex(&self.pepper.digest(format!("form {cookie}").as_bytes()).as_bytes()[..16])
    }

    /// Signs a person in by name and password.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`], [`Refusal::Throttled`].
    pub async fn sign_in(
        &self,
        ctx: &Ctx,
        name: &str,
        password: String,
    ) -> Result<SignedIn, Refusal> {
        let shown: String = name.trim().chars().take(64).collect();
        let (known_as, source) = (shown.to_lowercase(), ctx.source());
        let keys = [
            Key::own(format!("sign-in:{known_as} from {source}")),
            Key::address(source),
            Key::anywhere(&known_as),
        ];
        self.sign_ins.attempt(&keys, ctx.at)?;
        let person = match name.parse::<PersonName>() {
            Ok(name) => self.store.read().await?.person_named(&name).await?,
            Err(_) => None,
        };
        let person = person.filter(|person| person.disabled_at.is_none());
        if !self.password_fits(person.as_ref(), password).await? {
            let entry = &Entry::new(Event::SignInRefused, shown);
            self.note_bounded(ctx.by(), entry).await?;
            return Err(Refusal::WrongPassword);
        }
        self.sign_ins.passed(&keys);
        let person = person.ok_or(Refusal::WrongPassword)?;
        self.begin_session(ctx, person).await
    }

    async fn password_fits(
        &self,
        person: Option<&Person>,
        password: String,
    ) -> Result<bool, Refusal> {
        let hash = match person {
            Some(person) => self.store.read().await?.password_hash(person.id).await?,
            None => None,
        };
        self.passwords.verify(password, hash).await
    }

    /// Begins a session for a person who proved to be one.
    pub(crate) async fn begin_session(
        &self,
        ctx: &Ctx,
        person: Person,
    ) -> Result<SignedIn, Refusal> {
        let cookie = self.new_cookie();
        let session = &Session {
            id: SessionId::from_entropy(self.world.entropy()),
            person: person.id,
            created_at: ctx.at,
            signed_in_at: ctx.at,
            seen_at: ctx.at,
            agent: ctx.agent.chars().take(200).collect(),
            address: ctx.address.to_string(),
        };
        let digest = &self.cookie_digest(&cookie);
        let idle_since = ctx.at.plus(-SESSION_IDLE);
        // Nobody was known when it came in; whoever proved to be this person did it.
        let by = &By { actor: format!("person:{}", person.id), ..ctx.by() };
        let entry = &Entry::new(Event::SignIn, person.id).with(session.id);
        self.store
            .write(|mut tx| async move {
                tx.insert_session(session, digest, idle_since).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        Ok(SignedIn { cookie, person })
    }

    /// Who a session's cookie stands for, and the session. One that this server never made is not looked up.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn session(
        &self,
        cookie: &str,
        now: Millis,
    ) -> Result<Option<(Principal, Session)>, Refusal> {
        if !self.is_own_cookie(cookie) {
            return Ok(None);
        }
        let digest = self.cookie_digest(cookie);
        let Some(session) = self.store.read().await?.session(&digest).await? else {
            return Ok(None);
        };
        let over = now.since(session.seen_at) > SESSION_IDLE
            || now.since(session.created_at) > SESSION_LIFE;
        self.memory.trust(&self.store).await?;
        let person = self.memory.person(session.person).filter(|p| p.disabled_at.is_none());
        let (false, Some(person)) = (over, person) else { return Ok(None) };
        if now.since(session.seen_at) > SEEN_EVERY {
            let id = session.id;
            self.store
                .write(|mut tx| async move {
                    tx.touch_session(id, now).await?;
                    tx.commit_progress().await
                })
                .await
                .map_err(Refusal::from)?;
        }
        let by = Credential::Session(session.id);
        let who = Principal::Person { id: person.id, admin: person.admin, by };
        Ok(Some((who, session)))
    }

    /// That the password was given lately, as making a token asks for.
    ///
    /// # Errors
    /// [`Refusal::SignInAgain`] if it was not.
    pub fn require_recent(&self, session: &Session, now: Millis) -> Result<(), Refusal> {
        if now.since(session.signed_in_at) > SIGN_IN_RECENT {
            return Err(Refusal::SignInAgain);
        }
        Ok(())
    }

    /// Takes the password of the person of a session once more, for a new session in its place.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`], [`Refusal::Throttled`].
    pub async fn sign_in_again(
        &self,
        ctx: &Ctx,
        session: &Session,
        password: String,
    ) -> Result<SignedIn, Refusal> {
        let keys = Key::again(session.person, ctx.source());
        self.sign_ins.attempt(&keys, ctx.at)?;
        let person = self.memory.person(session.person).ok_or(Refusal::Unauthenticated)?;
        if !self.password_fits(Some(&person), password).await? {
            self.note_bounded(ctx.by(), &Entry::new(Event::SignInRefused, person.id)).await?;
            return Err(Refusal::WrongPassword);
        }
        self.sign_ins.passed(&keys);
        self.begin_session(ctx, person).await
    }

    /// A person's sessions, the last used first.
    ///
    /// # Errors
    /// If it is no person who asks.
    pub async fn sessions(&self, ctx: &Ctx) -> Result<Vec<Session>, Refusal> {
        let person = ctx.person()?;
        Ok(self.store.read().await?.sessions_of(person).await?)
    }

    /// Ends one of a person's own sessions.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none of this id.
    pub async fn end_session(&self, ctx: &Ctx, id: SessionId) -> Result<(), Refusal> {
        let person = ctx.person()?;
        let (by, entry) = (&ctx.by(), &Entry::new(Event::SignOut, person).with(id));
        self.store
            .write(|mut tx| async move {
                if !tx.delete_session(person, id).await? {
                    return Err(Refusal::Missing("session", id.to_string()));
                }
                Ok(tx.commit(by, entry.clone()).await?)
            })
            .await
    }

    /// Makes a one-time link; the code at its end.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn make_link(&self, ctx: &Ctx, purpose: LinkPurpose) -> Result<String, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let code = self.world.word();
        let digest = &self.link_digest(&code);
        let subject = match purpose {
            LinkPurpose::Setup => "setup".to_owned(),
            LinkPurpose::SignIn(person) => person.to_string(),
        };
        let (by, entry, at) = (&ctx.by(), &Entry::new(Event::LinkCreate, subject), ctx.at);
        self.store
            .write(|mut tx| async move {
                tx.insert_link(digest, purpose, at, at.plus(LINK_LIFE)).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        Ok(code)
    }

    /// What a link's code is for, if it is still good. The link stays.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn link(&self, code: &str, now: Millis) -> Result<Option<LinkPurpose>, Refusal> {
        Ok(self.store.read().await?.link(&self.link_digest(code), now).await?)
    }

    /// Uses a sign-in link up.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is used, over, or never was.
    pub async fn enter(&self, ctx: &Ctx, code: &str) -> Result<SignedIn, Refusal> {
        let gone = || Refusal::Missing("link", String::new());
        let digest = &self.link_digest(code);
        let at = ctx.at;
        let purpose = self
            .store
            .write(|mut tx| async move {
                let purpose = match tx.link(digest, at).await? {
                    Some(LinkPurpose::SignIn(_)) => tx.take_link(digest, at).await?,
                    _ => None,
                };
                tx.commit_progress().await?;
                Ok::<_, rondo_store::Error>(purpose)
            })
            .await?;
        let Some(LinkPurpose::SignIn(id)) = purpose else { return Err(gone()) };
        let person = self.memory.person(id).filter(|person| person.disabled_at.is_none());
        self.begin_session(ctx, person.ok_or_else(gone)?).await
    }

    /// Makes the first administrator through the setup link, and signs them in.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if the link is used, over, or never was; [`Refusal::Invalid`] for a bad
    /// name or password, and then the link stays good.
    pub async fn set_up(
        &self,
        ctx: &Ctx,
        code: &str,
        name: &str,
        password: String,
    ) -> Result<SignedIn, Refusal> {
        let gone = || Refusal::Missing("link", String::new());
        let digest = &self.link_digest(code);
        if self.link(code, ctx.at).await? != Some(LinkPurpose::Setup) {
            return Err(gone());
        }
        let name: PersonName = name.parse()?;
        let hash = &self.passwords.hash(password, self.world.entropy()).await?;
        let person = &Person {
            id: PersonId::from_entropy(self.world.entropy()),
            name,
            admin: true,
            disabled_at: None,
            created_at: ctx.at,
        };
        let (by, entry, at) = (&ctx.by(), &Entry::new(Event::PersonCreate, person.id), ctx.at);
        self.store
            .write(|mut tx| async move {
                if tx.take_link(digest, at).await? != Some(LinkPurpose::Setup) {
                    return Err(gone());
                }
                tx.delete_setup_links().await?;
                tx.insert_person(person, hash).await.map_err(|error| match error {
                    rondo_store::Error::Exists => {
                        Refusal::Exists("person", person.name.to_string())
                    }
                    other => other.into(),
                })?;
                tx.announce(&rondo_store::Change::Person(person.id.to_string())).await?;
                Ok(tx.commit(by, entry.clone()).await?)
            })
            .await?;
        self.memory.catch_up(&self.store).await?;
        self.begin_session(ctx, person.clone()).await
    }
}
