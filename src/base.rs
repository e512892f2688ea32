//! What everything above stands on: names as Postgres spells them, patterns over names, places in files, words for
//! people, times, a stopwatch, places to die at in tests.

pub mod door;
pub mod fault;
pub mod name;
pub mod pattern;
pub mod place;
pub mod time;
pub mod timings;
pub mod wording;
