//! pgplumb keeps a PostgreSQL database true to the schema that its developers declare.

pub mod ask;
pub mod base;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod db;
pub mod diff;
pub mod exit;
pub mod grade;
pub mod kind;
pub mod lint;
pub mod migrate;
pub mod observe;
pub mod operate;
pub mod plan;
pub mod propose;
pub mod prove;
pub mod report;
pub mod scratch;
pub mod script;
pub mod source;
pub mod sql;
pub mod strategy;
