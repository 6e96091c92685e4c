//! `rondo project checkout-key`: a client for the keys with which a project's commits are fetched.

use rondo_wire::client::segment;
use rondo_wire::{Client, v1};

use crate::args::CheckoutKeyCommand;
use crate::language::words;
use crate::print;
use crate::token::project_path;

pub(crate) async fn run(client: &Client, command: CheckoutKeyCommand) -> anyhow::Result<()> {
    match command {
        CheckoutKeyCommand::List { slug, json } => {
            let path = format!("{}/checkout-key?digest=sha256", project_path(&slug)?);
            let keys: Vec<v1::CheckoutKey> = client.get(&path).await?;
            if json {
                return print::json(&keys);
            }
            let rows: Vec<_> = keys.into_iter().map(row).collect();
            print::table(&rows);
        }
        CheckoutKeyCommand::Create { slug, kind, json } => {
            let path = format!("{}/checkout-key", project_path(&slug)?);
            let made: v1::CheckoutKey = client.post(&path, &v1::NewCheckoutKey { kind }).await?;
            if json {
                return print::json(&made);
            }
            print::remark(&words!(
                "Add this public key where the repository is:",
                "この公開鍵を、リポジトリのあるホストに登録してください:"
            ));
            print::result(&made.public_key);
        }
        CheckoutKeyCommand::Delete { slug, fingerprint } => {
            let path = format!("{}/checkout-key/{}", project_path(&slug)?, segment(&fingerprint));
            let _: v1::Message = client.delete(&path).await?;
        }
    }
    Ok(())
}

fn row(key: v1::CheckoutKey) -> Vec<String> {
    let preferred = match key.preferred {
        true => words!("preferred", "使用中"),
        false => String::new(),
    };
    vec![key.fingerprint, key.kind, preferred, key.public_key]
}
