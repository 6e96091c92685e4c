//! Rotating tokens: a successor with the same rights is made, and the predecessor goes on for a while. It
//! ends a chosen time after the successor's first use, or at the latest moment, whichever is first;
//! until then it can be undone.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::token::{
    Digest, Holder, Overlap, Reach, Rotation, Secret, Token, TokenId, TokenKind,
};
use rondo_domain::{Millis, ProjectId};
use rondo_store::{Burial, By, Change, Promise, TokenRow, WriteTx};
use zeroize::Zeroizing;

use crate::refusal::Refusal;
use crate::tokens::{NewToken, TokenList};
use crate::{App, Ctx};

/// How long a lost answer can be asked for again, in milliseconds: ten minutes.
const PROMISE: i64 = 10 * 60 * 1000;

/// How a token is to be rotated.
#[derive(Clone, Default)]
pub struct RotationWish {
    /// How long both work.
    pub overlap: Overlap,
    /// A word of the caller's: whoever asks again with it within ten minutes gets the same answer.
    pub key: Option<String>,
}

/// What became of an attempt.
enum Rotated {
    /// A successor was made.
    Anew(Token),
    /// It had been made; its value is derived from this.
    Before(Box<TokenRow>, [u8; 32]),
    /// Another attempt makes one at this moment.
    Meanwhile,
}

impl App {
    /// Makes a token's successor: the same holder, rights, projects and networks, and as long a life.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these; [`Refusal::NotNow`] if it is disabled, expired or
    /// being rotated; what goes beyond the principal.
    pub async fn rotate_token(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
        wish: RotationWish,
    ) -> Result<NewToken, Refusal> {
        let kind = self.one_token(ctx, whose, id).await?.holder.kind();
        let own = self.reach_of_maker(&ctx.who)?;
        let key =
            wish.key.map(|key| self.pepper.digest(format!("rotation key {id} {key}").as_bytes()));
        let promise = key.map(|key| Promise { key, nonce: self.world.entropy() });
        let secret = match &promise {
            Some(promise) => self.successor_of(kind, &promise.nonce),
            None => Secret::mint(kind, &self.world.entropy()),
        };
        let (by, asker) = (&ctx.by(), ctx.who.person());
        let attempt = &Attempt {
            overlap: wish.overlap,
            promise,
            own,
            id: secret.id(),
            digest: secret.digest(&self.pepper),
            pepper: self.pepper.version,
        };
        let act = async || {
            let work = self.store.write(|mut tx| async move {
                let row = tx.token(id).await?.filter(|row| whose.holds(&row.token, asker));
                let token = row.ok_or_else(|| Refusal::Missing("token", id.to_string()))?.token;
                if let Some(rotation) = token.rotation {
                    return attempt.again(&mut tx, &rotation, ctx.at).await;
                }
                self.require_rights(ctx, &token)?;
                let successor = attempt.successor(&token, ctx.at)?;
                self.require_use(&successor)?;
                let project = self.memory.project_of_holder(token.holder);
                attempt.save(tx, (by, project), &token, successor).await
            });
            work.await
        };
        let mut rotated = act().await?;
        if matches!(rotated, Rotated::Meanwhile) {
            // That one is committed now, so this one sees it.
            rotated = act().await?;
        }
        match rotated {
            Rotated::Meanwhile => Err(in_rotation()),
            Rotated::Anew(token) => {
                self.memory.catch_up(&self.store).await?;
                self.memory.fetch_token(&self.store, token.id).await?;
                Ok(NewToken { token, secret })
            }
            Rotated::Before(row, nonce) => {
                let secret = self.successor_of(kind, &nonce);
                match secret.digest(&self.pepper).matches(&row.digest) {
                    true => Ok(NewToken { token: row.token, secret }),
                    // The key outside the database is another one since.
                    false => Err(in_rotation()),
                }
            }
        }
    }

    /// That the principal could make such a token.
    fn require_rights(&self, ctx: &Ctx, token: &Token) -> Result<(), Refusal> {
        let (rights, held) = match token.holder {
            Holder::Person(_) => return Ok(()),
            Holder::Project(_, scope) => (scope.permissions(), ctx.access.granted),
            Holder::Service(id) => {
                let gone = || Refusal::Missing("token", token.id.to_string());
                let home = self.memory.service(id).ok_or_else(gone)?.home;
                (token.reach.rights, self.holds_home(&ctx.who, home)?)
            }
        };
        match rights.beyond(held) {
            Some(permission) => Err(Refusal::Lacks(permission)),
            None => Ok(()),
        }
    }

    /// The value that belongs to a nonce: only who has the key outside the database can tell it.
    fn successor_of(&self, kind: TokenKind, nonce: &[u8; 32]) -> Secret {
        let part = |number: u8| {
            let mut text = Zeroizing::new(b"rotation value ".to_vec());
            text.extend_from_slice(nonce);
            text.push(number);
            self.pepper.digest(&text)
        };
        let mut entropy = Zeroizing::new([0; 48]);
        entropy[..32].copy_from_slice(part(1).as_bytes());
        entropy[32..].copy_from_slice(&part(2).as_bytes()[..16]);
        Secret::mint(kind, &entropy)
    }

    /// Undoes a rotation that is not over, named by either token: the successor is deleted, and the
    /// predecessor goes on as if nothing had been.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these; [`Refusal::NotNow`] if there is nothing to undo
    /// any more; [`Refusal::Beyond`].
    pub async fn undo_rotation(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
    ) -> Result<(), Refusal> {
        let own = &self.reach_of(&ctx.who)?;
        let reason = "its rotation was undone".parse().expect("these words are a reason");
        let burial = &Burial { at: ctx.at, by: ctx.by().actor, reason: Some(reason) };
        self.stop_token(ctx, whose, id, |mut tx, token| async move {
            let nothing = || Refusal::NotNow("the token is not being rotated");
            let rotation = token.rotation.ok_or_else(nothing)?;
            if rotation.end() <= ctx.at {
                return Err(Refusal::NotNow("the rotation is over: the successor took over"));
            }
            // The predecessor is given back what it had: no token does that for more than its own.
            token.carries().within(own).map_err(Refusal::Beyond)?;
            tx.delete_token(rotation.successor, burial).await?;
            tx.delete_rotation(rotation.predecessor).await?;
            announce(&mut tx, &rotation).await?;
            let entry = Entry::new(Event::TokenRotateUndo, rotation.predecessor);
            let project = self.memory.project_of_holder(token.holder);
            Ok((tx, Some(Entry { project, ..entry.with(rotation.successor) })))
        })
        .await
    }

    /// Notes that a token was used for something that it may do: the first such use of a successor
    /// begins the end of its predecessor. When this has returned, that is durable.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn take_up(&self, ctx: &Ctx) -> Result<(), Refusal> {
        match ctx.who.token().filter(|id| self.memory.is_coming(*id)) {
            Some(successor) => Box::pin(self.begin_end(ctx, successor)).await,
            None => Ok(()),
        }
    }

    /// Begins the end of the token that this one replaces.
    async fn begin_end(&self, ctx: &Ctx, successor: TokenId) -> Result<(), Refusal> {
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                let Some(rotation) = tx.rotation_of(successor).await? else { return Ok(()) };
                if tx.take_up(successor, ctx.at).await? {
                    announce(&mut tx, &rotation).await?;
                    let entry = Entry::new(Event::TokenTakeUp, successor);
                    tx.commit(by, entry.with(rotation.predecessor)).await?;
                }
                Ok(())
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.memory.catch_up(&self.store).await?;
        Ok(())
    }

    /// Deletes predecessors whose time is over, and forgets what answers can no longer be made again from.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn end_rotations(&self) -> Result<(), Refusal> {
        let now = self.world.now();
        let mut tx = self.store.read().await?;
        let rotations = tx.rotations().await?;
        let promised = tx.has_promises(now.plus(-PROMISE)).await?;
        drop(tx);
        for rotation in rotations.iter().filter(|rotation| rotation.end() <= now) {
            self.end_rotation(rotation.predecessor, now).await?;
        }
        if promised {
            self.store
                .write(|mut tx| async move {
                    tx.forget_promises(now.plus(-PROMISE)).await?;
                    tx.commit_progress().await
                })
                .await?;
        }
        Ok(())
    }

    async fn end_rotation(&self, id: TokenId, now: Millis) -> Result<(), rondo_store::Error> {
        let by = &By {
            at: now,
            actor: "rotation".to_owned(),
            token: None,
            address: String::new(),
            agent: String::new(),
            request: String::new(),
        };
        self.store
            .write(|mut tx| async move {
                // It may have been undone since it was read.
                let rotation = tx.rotation_of(id).await?.filter(|rotation| rotation.end() <= now);
                let Some(rotation) = rotation else { return Ok(()) };
                let reason = format!("replaced by {}", rotation.successor);
                let reason = Some(reason.parse().expect("an id stands in a reason"));
                let burial = &Burial { at: rotation.end(), by: by.actor.clone(), reason };
                tx.delete_token(id, burial).await?;
                announce(&mut tx, &rotation).await?;
                tx.commit(by, Entry::new(Event::TokenRotateEnd, id).with(rotation.successor)).await
            })
            .await?;
        self.memory.follow(&self.store).await;
        Ok(())
    }
}

/// Both tokens of a rotation are to be looked at anew.
pub(crate) async fn announce(
    tx: &mut WriteTx,
    rotation: &Rotation,
) -> Result<(), rondo_store::Error> {
    tx.announce(&Change::Token(rotation.predecessor.to_string())).await?;
    tx.announce(&Change::Token(rotation.successor.to_string())).await
}

fn in_rotation() -> Refusal {
    Refusal::NotNow("the token stands in a rotation: undo that, or wait until it is over")
}

/// One attempt to rotate.
struct Attempt {
    overlap: Overlap,
    promise: Option<Promise>,
    /// What the principal's credential is narrowed to.
    own: Reach,
    id: TokenId,
    digest: Digest,
    pepper: i64,
}

impl Attempt {
    /// What is answered where the token stands in a rotation: the same as before to who asks again with
    /// the same word and the same wish.
    async fn again(
        &self,
        tx: &mut WriteTx,
        rotation: &Rotation,
        now: Millis,
    ) -> Result<Rotated, Refusal> {
        let kept = tx.promise(rotation.predecessor).await?;
        // Of two requests at once the one that came first may be the second one here.
        let fresh = now.since(rotation.begun_at) < PROMISE;
        let (Some(own), Some(kept), true) = (&self.promise, kept, fresh) else {
            return Err(in_rotation());
        };
        if !own.key.matches(&kept.key) {
            return Err(in_rotation());
        }
        if self.overlap != rotation.overlap {
            return Err(Refusal::NotNow(
                "this Idempotency-Key came with another grace or overlap: send the same again",
            ));
        }
        let row = tx.token(rotation.successor).await?.ok_or_else(in_rotation)?;
        Ok(Rotated::Before(Box::new(row), kept.nonce))
    }

    /// The successor of a token.
    fn successor(&self, token: &Token, now: Millis) -> Result<Token, Refusal> {
        if token.disabled_at.is_some() {
            return Err(Refusal::NotNow("the token is disabled: enable it first"));
        }
        if token.reach.expires_at.is_some_and(|end| end <= now) {
            return Err(Refusal::NotNow("the token expired: make a new one"));
        }
        let life = token.reach.expires_at.map(|end| now.plus(end.since(token.created_at)));
        let expires_at = match (life, self.own.expires_at) {
            (Some(life), Some(end)) => Some(life.min(end)),
            (life, _) => life,
        };
        let reach = Reach { expires_at, ..token.reach.clone() };
        let carried = Reach { expires_at, ..token.carries() };
        carried.within(&self.own).map_err(Refusal::Beyond)?;
        let rotation = Rotation {
            predecessor: token.id,
            successor: self.id,
            begun_at: now,
            overlap: self.overlap,
            taken_up_at: None,
        };
        Ok(Token {
            id: self.id,
            holder: token.holder,
            label: token.label.clone(),
            reach,
            created_at: now,
            last_used_at: None,
            disabled_at: None,
            rotation: Some(rotation),
        })
    }

    async fn save(
        &self,
        mut tx: WriteTx,
        (by, project): (&By, Option<ProjectId>),
        token: &Token,
        successor: Token,
    ) -> Result<Rotated, Refusal> {
        let (digest, pepper) = (self.digest, self.pepper);
        tx.insert_token(&TokenRow { token: successor.clone(), pepper, digest }, &by.actor).await?;
        if let Some(rotation) = &successor.rotation {
            match tx.insert_rotation(rotation, self.promise.as_ref()).await {
                Err(rondo_store::Error::Exists) => return Ok(Rotated::Meanwhile),
                inserted => inserted?,
            }
            announce(&mut tx, rotation).await?;
        }
        for org in tx.inherit_approvals(token.id, successor.id, by.at).await? {
            tx.announce(&Change::Policy(org.to_string())).await?;
        }
        let entry = Entry::new(Event::TokenRotate, token.id).with(successor.id);
        tx.commit(by, Entry { project, ..entry }).await?;
        Ok(Rotated::Anew(successor))
    }
}
