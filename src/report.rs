//! What is told of a plan, for people and for programs.

pub mod plan_file;
