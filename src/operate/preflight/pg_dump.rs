//! Whether this machine has the `pg_dump` that the server needs.

use crate::db::connection::Connection;
use crate::db::error::DbError;
use crate::operate::client::Client;
use crate::operate::preflight::asked::Asked;
use crate::operate::preflight::{Check, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "pg-dump",
    title: "this machine has the `pg_dump` for the server",
    why: "Backups are made with `pg_dump`, which does not read servers that are newer than itself; what a newer one wrote may \
          not load into an older server.",
    mend: "Install the client programs of the server's version; `PGPLUMB_PG_BIN` names their folder.",
    stops: false,
    look: Look::Server(look),
};

fn look(connection: &mut Connection, _: &Asked) -> Result<Seen, DbError> {
    Ok(judge(&Client::all(), connection.version().major()))
}

fn judge(found: &[Client], major: u32) -> Seen {
    match Client::choose(found, major) {
        Some(client) if client.major == major => Seen::Fine(format!("{major} in {}", client.folder.display())),
        Some(client) => Seen::one(
            Level::Note,
            format!("there is `pg_dump` {}, in `{}`, for a server of {major}", client.major, client.folder.display()),
        ),
        None if found.is_empty() => Seen::one(Level::Warning, "there is no `pg_dump` on this machine"),
        None => {
            let majors: Vec<String> = found.iter().map(|client| client.major.to_string()).collect();
            let what = format!("there is only `pg_dump` {} for a server of {major}", majors.join(", "));
            Seen::one(Level::Warning, what)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn an_older_one_is_not_enough() {
        let client = |major| Client { major, folder: PathBuf::from("/bin") };
        assert_eq!(judge(&[client(15)], 15), Seen::Fine("15 in /bin".to_owned()));
        assert_eq!(
            judge(&[client(16)], 15),
            Seen::one(Level::Note, "there is `pg_dump` 16, in `/bin`, for a server of 15")
        );
        assert_eq!(
            judge(&[client(14)], 15),
            Seen::one(Level::Warning, "there is only `pg_dump` 14 for a server of 15")
        );
        assert_eq!(judge(&[], 15), Seen::one(Level::Warning, "there is no `pg_dump` on this machine"));
    }
}
