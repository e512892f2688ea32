//! SQL as text: splitting, spans, directives, syntax errors. What it means is for Postgres to say.

pub mod file;
pub mod lex;
pub mod split;
