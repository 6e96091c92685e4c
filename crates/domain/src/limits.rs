//! The numbers that mean something, in one place.

/// Characters of a token's label or name.
pub const LABEL_CHARACTERS: usize = 100;
/// Projects that a token is narrowed to: most.
pub const TOKEN_PROJECTS: usize = 100;
/// Networks that a token is narrowed to: most.
pub const TOKEN_NETWORKS: usize = 50;
/// The most days of a rule of a policy.
pub const POLICY_DAYS: i64 = 3650;
/// Characters of the reason why a token is deleted.
pub const REASON_CHARACTERS: usize = 200;
/// Characters of a person's name.
pub const NAME_CHARACTERS: usize = 64;
/// Characters of one part of a slug.
pub const SLUG_PART_CHARACTERS: usize = 100;
/// Characters of a branch or tag.
pub const REFERENCE_CHARACTERS: usize = 250;
/// Characters of a variable's name (CircleCI's limit for contexts).
pub const VARIABLE_NAME_CHARACTERS: usize = 300;
/// Bytes of a variable's value (CircleCI's limit for contexts).
pub const VARIABLE_VALUE_BYTES: usize = 32 * 1024;
/// Build parameters of one trigger.
pub const BUILD_PARAMETERS: usize = 100;
/// Characters of a password: fewest.
pub const PASSWORD_FEWEST: usize = 10;
/// Bytes of a password: most. argon2 is not asked to chew more.
pub const PASSWORD_BYTES: usize = 1024;
/// A session's life without being used, in milliseconds: 14 days.
pub const SESSION_IDLE: i64 = 14 * 24 * 3600 * 1000;
/// A session's whole life, in milliseconds: 90 days.
pub const SESSION_LIFE: i64 = 90 * 24 * 3600 * 1000;
/// Addresses and tokens whose requests are counted apart at a time: most.
pub const COUNTED_APART: usize = 1 << 18;
/// How fresh a sign-in must be to make a token, in milliseconds: 1 hour.
pub const SIGN_IN_RECENT: i64 = 3600 * 1000;
/// How long an order to delete many tokens may rely on what its preview counted, in milliseconds: 10 minutes.
pub const PREVIEW_LIFE: i64 = 10 * 60 * 1000;
/// The life of a one-time link, in milliseconds: 24 hours.
pub const LINK_LIFE: i64 = 24 * 3600 * 1000;
/// How long a command waits to be signed in, in milliseconds: 10 minutes.
pub const DEVICE_LIFE: i64 = 10 * 60 * 1000;
/// How often such a command may ask whether it was, in milliseconds.
pub const DEVICE_INTERVAL: i64 = 2 * 1000;
/// How many commands may wait at a time.
pub const DEVICES_WAITING: i64 = 1000;
/// How long a lease lives in the store without a renewal, in milliseconds.
pub const LEASE: i64 = 60 * 1000;
/// How often a runner is asked to renew, times three, in milliseconds; a cancel is heard this fast.
pub const LEASE_RHYTHM: u64 = 1_500;
/// How often a job is tried when its runner dies.
pub const ATTEMPTS: i64 = 3;
/// How long a lookup in memory may be trusted after a look at the store began, in milliseconds.
pub const MEMORY_TRUST: u64 = 80;
/// Bytes of a configuration.
pub const CONFIG_BYTES: usize = 3 * 1024 * 1024;
/// Builds on one answer of a list: most.
pub const PAGE_MOST: u32 = 100;
/// Builds on one answer of a list: where nothing was said.
pub const PAGE_DEFAULT: u32 = 30;
/// Milliseconds that an output's address works without a token.
pub const OUTPUT_LINK: i64 = 3600 * 1000;
/// Milliseconds a job may take.
pub const JOB_TIME: u64 = 5 * 3600 * 1000;
/// Bytes of one step's output that are kept.
pub const STEP_OUTPUT_BYTES: u64 = 50 * 1024 * 1024;
/// Bytes of one artifact.
pub const ARTIFACT_BYTES: u64 = 3 * 1024 * 1024 * 1024;
/// Bytes that a job's folders may hold.
pub const JOB_DISK_BYTES: u64 = 20 * 1024 * 1024 * 1024;
/// Bytes of memory that a job may use.
pub const JOB_MEMORY_BYTES: u64 = 4 * 1024 * 1024 * 1024;
/// Processes and threads that a job may have at a time.
pub const JOB_PROCESSES: u64 = 1024;
