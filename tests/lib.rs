//! Every integration test in one binary: it links once, and the helpers are shared.
#![allow(
    clippy::manual_is_multiple_of,
    clippy::explicit_write,
    reason = "a generator reads its numbers that way; the print macros are not allowed"
)]
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

mod apply;
mod audit;
mod backfill;
mod backup;
mod backup_since;
mod bad_input;
mod branches;
mod branches_killed;
mod browser;
mod check_data;
mod check_verb;
mod ci;
mod cli;
mod crash;
mod cut;
mod dogfood;
mod drift;
mod effects;
mod events;
mod expand;
mod extension_version;
mod fixtures;
mod fleet;
mod gates;
mod harness;
mod health;
mod histories;
mod history;
mod hot;
mod irreversible;
mod keep;
mod kept;
mod killed;
mod layers;
mod lint;
mod lint_fix;
mod lint_verb;
mod load;
mod logs;
mod majors;
mod outage;
mod pooler;
mod preflight;
mod progress;
mod pty;
mod random;
mod readme;
mod roots;
mod runner;
mod scratch_state;
mod secrets;
mod seeds;
mod serialization;
mod squash;
mod stop;
mod swap;
mod taken_in;
mod tenants;
mod tenants_alone;
mod tls;
mod unchecked;
mod verify;
mod wire;
