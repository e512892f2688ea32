//! Rows that a rollback would lose. Before the statements of a transaction drop tables, columns or sequences, what is in
//! them is copied into a schema of its own, in the same transaction and under the locks that the drop takes anyway: nobody
//! can write in between, and what is cut off leaves neither the copy nor the drop.
//!
//! What a statement drops is guessed from the statement and known from the catalog: where more is gone behind the
//! transaction's statements than was copied before them, it is rolled back and begun anew with that copied as well.
//!
//! Copies hold the text of each value, so that no type, domain or function of the schema is needed by them.

mod back;
mod copy;
pub mod entry;
pub mod error;
mod named;
pub(in crate::migrate) mod only;
mod place;
mod prove;
mod settings;
mod standing;
pub mod survey;
mod watch;

pub(in crate::migrate) use crate::migrate::kept::watch::Watched;
