//! Whether the server lets us in.

use miette::Diagnostic;

use crate::operate::preflight::{Check, Finding, Level, Look, Reached, Seen};

pub const CHECK: Check = Check {
    code: "connection",
    title: "the server lets us in",
    why: "Without a connection nothing can be done, and nothing else on the server can be looked at.",
    mend: "Check the connection string, the network, and `pg_hba.conf` on the server.",
    stops: false,
    look: Look::Reached(look),
};

fn look(reached: &Reached) -> Seen {
    match &reached.connection {
        Ok(_) => Seen::Fine(format!("reached in {} ms", reached.milliseconds)),
        Err(error) => {
            let finding = Finding::new(Level::Error, error.to_string());
            let help = error.help().map(|help| help.to_string());
            Seen::Found(vec![Finding { mend: help, ..finding }])
        }
    }
}
