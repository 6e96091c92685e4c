//! The pages in a real browser: both walks of a token's life, without script too, a build as it
//! goes on, what is typed wrong, sessions, and what axe finds. What an answer's JSON says is not
//! looked at here.

mod accessibility;
mod driver;
mod email;
mod embedding;
mod forms;
mod keyboard;
mod keys;
mod live;
mod narrowing;
mod policy;
mod sample;
mod scriptless;
mod sessions;
mod triggers;
mod walks;
mod words;
