//! Ctrl-C while many databases are worked on: those at work end their step, and nothing new is begun.

use crate::command::out;
use crate::migrate::stop::Stop;

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Begins to listen; the wish is that of the first Ctrl-C (SIGINT, SIGTERM or SIGHUP). The second ends the program at
/// once, from where the next run goes on as after a crash.
#[expect(
    clippy::disallowed_methods,
    reason = "who asks twice wants no more waiting; a run can be cut off anywhere, and nothing here has a scratch database"
)]
pub(in crate::command) fn listen() -> Stop {
    let stop = Stop::default();
    let wish = stop.clone();
    // Where another has the signals already, Ctrl-C does what that says.
    let _ = ctrlc::set_handler(move || {
        if wish.is_wished() {
            std::process::exit(INTERRUPTED);
        }
        wish.wish();
        out::remark("interrupted: what is at work ends its step; once more ends at once");
    });
    stop
}
