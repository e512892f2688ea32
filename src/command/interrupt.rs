//! Ctrl-C while a database is worked on: what is at work ends its step, and nothing new is begun. The second cancels the
//! step, the third ends the program where it is, from where the next run goes on as after a crash.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::command::error::CommandError;
use crate::command::{bar, out};
use crate::migrate::error::MigrateError;
use crate::migrate::stop::Stop;
use crate::operate::client;
use crate::operate::error::OperateError;

/// What a shell reports for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// What Postgres says of a statement that somebody cancelled.
const CANCELED: &str = "57014";

/// How much later than a program that we started we may hear of Ctrl-C.
const SLOW_TO_HEAR: Duration = Duration::from_millis(500);

/// Whether a person is being asked, who then wants to be gone at once.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Begins to listen for Ctrl-C (SIGINT, SIGTERM or SIGHUP) while migrations are run.
pub(super) fn listen() -> Stop {
    let stop = Stop::default();
    let wish = stop.clone();
    // Where another has the signals already, Ctrl-C does what that says.
    let _ = ctrlc::set_handler(move || heard(&wish));
    stop
}

fn heard(stop: &Stop) {
    if ASKING.load(Ordering::SeqCst) || !stop.has_begun() {
        out::remark("\ninterrupted: nothing was run");
        leave();
    }
    match stop.wish() {
        0 => {
            out::remark("interrupted: what is at work ends its step; once more cancels it");
            client::end_all();
        }
        1 => {
            out::remark("interrupted again: the step is cancelled; once more ends at once");
            stop.cancel();
        }
        _ => leave(),
    }
}

/// Begins to listen while a backup is taken or restored: its programs end, the statements that were entered are cancelled,
/// and what there is of it goes. `what` is `the backup`.
pub(super) fn listen_beside(what: &'static str) -> Stop {
    let stop = Stop::default();
    let wish = stop.clone();
    let _ = ctrlc::set_handler(move || {
        if wish.wish() > 0 {
            leave();
        }
        out::remark(&format!("interrupted: {what} is given up"));
        client::end_all();
        wish.cancel();
    });
    stop
}

#[expect(
    clippy::disallowed_methods,
    reason = "who asks again wants no more waiting; a run can be cut off anywhere, and nothing here has a scratch database"
)]
fn leave() {
    bar::hide();
    std::process::exit(INTERRUPTED);
}

/// Lets a person answer; Ctrl-C ends the program meanwhile.
pub(super) fn asking(answer: impl FnOnce()) {
    ASKING.store(true, Ordering::SeqCst);
    answer();
    ASKING.store(false, Ordering::SeqCst);
}

/// Whether it is, or is about to be: a terminal gives Ctrl-C to the programs that we started as well, and one of them may have
/// ended of it before we have heard of it.
fn is_wished_by_now(stop: &Stop) -> bool {
    let start = Instant::now();
    while !stop.is_wished() && start.elapsed() < SLOW_TO_HEAR {
        sleep(Duration::from_millis(10));
    }
    stop.is_wished()
}

/// What came of a run, where a failure is the work of the one who ended it.
pub(super) fn told<T>(done: Result<T, CommandError>, stop: &Stop) -> Result<T, CommandError> {
    match done {
        Err(CommandError::Operate(OperateError::Program { .. })) if is_wished_by_now(stop) => {
            Err(OperateError::Interrupted.into())
        }
        Err(error) if stop.is_pressed() && error.sqlstate() == Some(CANCELED) => Err(MigrateError::Interrupted.into()),
        done => done,
    }
}

/// The same of a restore, which whatever fails then failed for.
pub(super) fn told_of_restore<T>(done: Result<T, OperateError>, stop: &Stop) -> Result<T, CommandError> {
    match done {
        Err(OperateError::Program { .. }) if is_wished_by_now(stop) => Err(OperateError::RestoreInterrupted.into()),
        Err(_) if stop.is_wished() => Err(OperateError::RestoreInterrupted.into()),
        done => Ok(done?),
    }
}
