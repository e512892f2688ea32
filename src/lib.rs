//! pgplumb keeps a PostgreSQL database true to the schema that its developers declare.

pub mod base;
pub mod db;
pub mod scratch;
pub mod sql;
