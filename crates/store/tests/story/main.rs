//! The store from outside: one story through every public function, races between many writers, and
//! what must never be found in the bytes that it keeps. SQLite always; PostgreSQL too where
//! `RONDO_TEST_POSTGRES` names a server. Decides nothing about rights: those are not the store's.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stderr, reason = "what was left out is said where tests are run")]

mod audit;
mod blobs;
mod builds;
mod coverage;
mod database;
mod devices;
mod endings;
mod errands;
mod finding;
mod folder;
mod job_tokens;
mod orbs;
mod people;
mod policies;
mod queue;
mod races;
mod relations;
mod revocations;
mod rotations;
mod sample;
mod secrets;
mod services;
mod sources;
mod ssh;
mod uses;
