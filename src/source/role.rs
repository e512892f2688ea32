//! Roles that a schema names and a scratch server does not have.

use crate::db::error::DbError;
use crate::scratch::Scratch;
use crate::scratch::error::ScratchError;
use crate::source::error::SourceError;

/// The name in `role "x" does not exist`, and the same for other things.
pub fn missing<'a>(error: &'a DbError, what: &str) -> Option<&'a str> {
    let DbError::Statement { message, .. } = error else { return None };
    message.strip_prefix(what)?.strip_prefix(" \"")?.strip_suffix("\" does not exist")
}

/// Makes the role that this error misses, where the server is ours alone; `made` gains its name. Whether the statement
/// is worth another try.
///
/// # Errors
/// When the server is lost.
pub fn provide(error: &DbError, scratch: &Scratch, made: &mut Vec<String>) -> Result<bool, SourceError> {
    let Some(role) = missing(error, "role").filter(|_| scratch.can_create_roles()) else { return Ok(false) };
    if made.iter().any(|name| name == role) {
        return Ok(false);
    }
    match scratch.ensure_roles(&[role.to_owned()]) {
        Ok(()) => {
            made.push(role.to_owned());
            Ok(true)
        }
        // One of Postgres' own, of another version: the statement's error says so at its place.
        Err(ScratchError::MissingRole { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
