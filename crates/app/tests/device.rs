//! Signing a command in, with a clock that is moved by hand: who hears what, and when it is over.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod place;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use rondo_app::{Address, App, Ctx, DeviceBegun, DevicePoll, Refusal};
use rondo_domain::limits::{DEVICE_INTERVAL, DEVICE_LIFE, DEVICES_WAITING, SIGN_IN_RECENT};
use rondo_domain::{Millis, Principal, Session};

const PASSWORD: &str = "correct horse battery";

struct Place {
    app: Arc<App>,
    clock: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn make() -> Self {
        let (app, clock, temporary) = place::open(1_700_000_000_000, 90).await;
        let place = Self { app, clock, _folder: temporary };
        let console = Ctx::console(place.now());
        place
            .app
            .add_person(&console, "mika".parse().unwrap(), PASSWORD.to_owned(), false)
            .await
            .unwrap();
        place
    }

    fn now(&self) -> Millis {
        Millis(self.clock.load(Ordering::Relaxed))
    }

    fn wait(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    fn ctx(&self, who: Principal) -> Ctx {
        let access = self.app.access(&who, None);
        Ctx { who, access, address: Address("192.0.2.7".parse().ok()), ..Ctx::console(self.now()) }
    }

    async fn begin(&self) -> Result<DeviceBegun, Refusal> {
        self.app.begin_device_login(&self.ctx(Principal::Anyone), "laptop".parse().unwrap()).await
    }

    /// mika, signed in just now.
    async fn sign_in(&self) -> (Principal, Session) {
        let anyone = self.ctx(Principal::Anyone);
        let signed_in = self.app.sign_in(&anyone, "mika", PASSWORD.to_owned()).await.ok().unwrap();
        self.app.session(&signed_in.cookie, self.now()).await.unwrap().unwrap()
    }

    async fn answer(
        &self,
        (who, session): &(Principal, Session),
        code: &str,
        allow: bool,
    ) -> Result<(), Refusal> {
        let ctx = self.ctx(*who);
        self.app.answer_device_login(&ctx, session, code, allow).await.map(drop)
    }

    async fn poll(&self, begun: &DeviceBegun) -> &'static str {
        let ctx = self.ctx(Principal::Anyone);
        match self.app.poll_device_login(&ctx, &begun.device_code).await.unwrap() {
            DevicePoll::Waiting => "waiting",
            DevicePoll::TooOften => "too often",
            DevicePoll::Denied => "denied",
            DevicePoll::Over => "over",
            DevicePoll::Unknown => "unknown",
            DevicePoll::SignedIn(new) => {
                assert_eq!(new.token.label.as_str(), "laptop");
                "signed in"
            }
        }
    }
}

#[tokio::test]
async fn a_command_hears_once_that_it_was_signed_in() {
    let place = Place::make().await;
    let begun = place.begin().await.unwrap();
    assert_eq!(place.poll(&begun).await, "waiting");
    place.wait(DEVICE_INTERVAL - 1);
    assert_eq!(place.poll(&begun).await, "too often");
    place.wait(DEVICE_INTERVAL);
    assert_eq!(place.poll(&begun).await, "waiting");
    let mika = place.sign_in().await;
    place.answer(&mika, &begun.login.code.to_string(), true).await.unwrap();
    assert_eq!(place.poll(&begun).await, "signed in");
    assert_eq!(place.poll(&begun).await, "unknown");
}

#[tokio::test]
async fn an_answer_comes_in_time_once_and_from_a_person_who_signed_in_lately() {
    let place = Place::make().await;
    let mika = place.sign_in().await;
    place.wait(SIGN_IN_RECENT + 1);
    let begun = place.begin().await.unwrap();
    let code = begun.login.code.to_string();
    let old = place.answer(&mika, &code, true).await;
    assert!(matches!(old, Err(Refusal::SignInAgain)), "{old:?}");
    let mika = place.sign_in().await;
    place.answer(&mika, &code.to_lowercase(), false).await.unwrap();
    let second = place.answer(&mika, &code, true).await;
    assert!(matches!(second, Err(Refusal::Missing("code", _))), "{second:?}");
    assert_eq!(place.poll(&begun).await, "denied");

    let begun = place.begin().await.unwrap();
    place.wait(DEVICE_LIFE);
    let late = place.answer(&mika, &begun.login.code.to_string(), true).await;
    assert!(matches!(late, Err(Refusal::Missing("code", _))), "{late:?}");
    assert_eq!(place.poll(&begun).await, "over");
    assert_eq!(place.poll(&begun).await, "unknown");
}

#[tokio::test]
async fn a_person_who_was_disabled_meanwhile_signs_nothing_in() {
    let place = Place::make().await;
    let begun = place.begin().await.unwrap();
    let mika = place.sign_in().await;
    place.answer(&mika, &begun.login.code.to_string(), true).await.unwrap();
    let console = Ctx::console(place.now());
    place.app.set_disabled(&console, &"mika".parse().unwrap(), true).await.unwrap();
    assert_eq!(place.poll(&begun).await, "denied");
}

#[tokio::test]
async fn who_guesses_codes_must_wait_and_commands_cannot_fill_the_store() {
    let place = Place::make().await;
    let mika = place.sign_in().await;
    for _ in 0..5 {
        let wrong = place.answer(&mika, "BCDF-GHJK", true).await;
        assert!(matches!(wrong, Err(Refusal::Missing("code", _))), "{wrong:?}");
    }
    let sixth = place.answer(&mika, "BCDF-GHJK", true).await;
    assert!(matches!(sixth, Err(Refusal::Throttled(_))), "{sixth:?}");

    for _ in 0..DEVICES_WAITING {
        place.begin().await.unwrap();
    }
    assert!(matches!(place.begin().await, Err(Refusal::Throttled(_))));
    place.wait(DEVICE_LIFE);
    assert!(place.begin().await.is_ok(), "those that are over do not count");
}
