//! Full text search: parsers and templates (C functions by name), dictionaries made from templates, and configurations
//! that send the tokens of a parser to dictionaries.

pub mod configuration;
pub mod dictionary;
pub mod parser;
pub mod template;
