//! Tokens that somebody made up, beside those that other processes on the same database make.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod place;

use std::sync::Arc;

use place::server;
use rondo_app::{App, Ctx, NewToken, Source, TokenList};
use rondo_domain::principal::{Access, Credential, Principal};
use rondo_domain::token::{BadToken, Presented, Secret, TokenKind, Wish};
use rondo_domain::{Millis, Permissions, PersonId};

const NOW: i64 = 1_700_000_000_000;

async fn shown(app: &App, secret: &Secret) -> Result<Principal, BadToken> {
    let shown = Presented::parse(secret.expose()).unwrap();
    app.identify(&shown, None, Source::of(None), Millis(NOW)).await.unwrap()
}

fn made_up(number: u64) -> Secret {
    let mut entropy = [3; 48];
    entropy[..8].copy_from_slice(&number.to_be_bytes());
    entropy[40..].copy_from_slice(&number.to_be_bytes());
    Secret::mint(TokenKind::Personal, &entropy)
}

fn owner(id: PersonId) -> Ctx {
    let who = Principal::Person { id, admin: true, by: Credential::Console };
    let access = Access::of(&who, None, None, Permissions::EVERY);
    Ctx { who, access, ..Ctx::console(Millis(NOW)) }
}

async fn make(app: &App, ctx: &Ctx) -> NewToken {
    app.create_personal_token(ctx, "new".parse().unwrap(), Wish::default()).await.unwrap()
}

#[tokio::test]
async fn a_token_of_another_process_is_good_at_once_beside_a_flood_of_made_up_ones() {
    let (here, clock, folder) = place::open(NOW, 90).await;
    let there = server::open(folder.path(), server::world(&clock, 1), 90).await;
    let password = "correct horse battery".to_owned();
    let console = Ctx::console(Millis(NOW));
    let mika = there.add_person(&console, "mika".parse().unwrap(), password, true).await.unwrap();
    let ctx = owner(mika.id);
    let mut made = vec![make(&there, &ctx).await];
    here.learn_ids().await.unwrap();
    let pour = |app: &Arc<App>| {
        let app = Arc::clone(app);
        async move {
            for number in 0.. {
                assert_eq!(shown(&app, &made_up(number)).await, Err(BadToken::Unknown));
            }
        }
    };
    let flood: Vec<_> = (0..32).map(|_| tokio::spawn(pour(&here))).collect();
    for _ in 0..20 {
        made.push(make(&there, &ctx).await);
        let newest = &made[made.len() - 1];
        assert!(
            shown(&here, &newest.secret).await.is_ok(),
            "it is known when its maker hears of it"
        );
    }
    for token in &made {
        assert!(shown(&here, &token.secret).await.is_ok());
        there.delete_token(&ctx, TokenList::Own, token.token.id, None).await.unwrap();
    }
    let last = make(&there, &ctx).await;
    there.delete_token(&ctx, TokenList::Own, last.token.id, None).await.unwrap();
    assert_eq!(
        shown(&here, &last.secret).await,
        Err(BadToken::Deleted(Millis(NOW))),
        "whoever holds one that was never shown here is told what became of it"
    );
    for pouring in flood {
        assert!(!pouring.is_finished(), "a made-up token was taken for another");
        pouring.abort();
    }
}
