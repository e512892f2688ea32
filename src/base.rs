//! What everything above stands on: names as Postgres spells them, patterns over names, words for people.

pub mod name;
pub mod pattern;
pub mod wording;
