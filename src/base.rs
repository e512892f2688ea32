//! What everything above stands on: names as Postgres spells them.

pub mod name;
