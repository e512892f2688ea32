//! SQL as text: splitting, spans, directives, syntax errors. What it means is for Postgres to say.

pub mod defined;
pub mod directive;
pub mod file;
pub mod highlight;
pub mod lex;
pub mod names;
pub mod order;
pub mod parser;
pub mod pinned;
pub mod rename;
pub mod shape;
pub mod split;
pub mod stub;
pub mod syntax;
pub mod touched;
pub mod unnamed;
pub mod words;
