//! Runs jobs: asks a server for work, contains it, runs its steps, and reports what they print and
//! leave. It speaks `rondo-wire` and holds no policy: no database, no permission, no setting of its
//! own.
//!
//! From the outside in: `claim` takes work under a `lease`; `job` and `fetch` do it in a room that
//! `executor` opens, with a `leader` as the first process inside; `step`, `checkout`, `artifact` and
//! `results` are what happens there, with `ssh` for whoever needs keys; `mask` stands before everything that leaves.

mod action;
mod artifact;
mod browse;
mod cgroup;
mod checkout;
mod claim;
mod ending;
mod executor;
mod fetch;
mod folder;
mod frame;
mod git;
mod head;
mod job;
mod junit;
mod leader;
mod lease;
mod limit;
mod link;
mod mask;
mod open_files;
mod orb_tree;
mod output;
mod process;
mod results;
mod sandbox;
mod scan;
mod seccomp;
mod settings;
mod ssh;
mod step;
mod wording;

pub use claim::run;
pub use head::default_branch;
pub use leader::leader;
pub use open_files::raise as raise_open_files;
pub use orb_tree::{OrbRepository, bring_tree, kept_tree};
pub use sandbox::{Missing, detect};
pub use scan::host_keys;
pub use settings::{Containment, Settings};
