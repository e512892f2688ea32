//! The runner: applies the migrations of a folder to a live database and takes them back, and keeps books of it there.
//!
//! What is in a transaction and what the books say of it are committed together, so that a run that was cut off at any
//! point goes on where it stopped. A step that cannot be in a transaction is written down before and after it; where only
//! the first is there, the catalog is asked what became of it.

pub mod apply;
pub mod approval;
pub mod audit;
pub mod back;
pub mod backfill;
pub mod books;
pub mod branch;
pub mod drift;
pub mod due;
pub mod effects;
pub mod embedded;
pub mod enter;
pub mod error;
pub mod event;
pub mod explain;
pub mod folder;
pub mod foreign;
pub mod fork;
pub mod glance;
pub mod hold;
pub mod kept;
pub mod lock;
pub mod probe;
pub mod progress;
pub mod repair;
pub mod retry;
pub mod rollback;
pub mod run;
pub mod scope;
pub mod seed;
pub mod session;
mod settle;
pub mod squash;
pub mod start;
pub mod steps;
pub mod stop;
pub mod survey;
pub mod tenant;
pub mod unchecked;
pub mod voice;
pub mod watch;
