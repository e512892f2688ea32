//! The verbs, one file each: every one puts the layers below together.

pub mod apply;
pub mod completions;
pub mod database;
pub mod diff;
pub mod dump;
pub mod error;
pub mod explain;
pub mod fault;
pub mod format;
pub mod graph;
pub mod init;
pub mod lint;
pub mod out;
pub mod plan;
pub mod progress;
mod renamed;
mod runner;
pub mod side;
pub mod tree;
mod write;
