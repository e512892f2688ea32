//! A check that is a program: it is to end with 0, in its time. What it writes is kept for when it does not.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

/// How often is looked whether it has ended.
const EVERY: Duration = Duration::from_millis(20);
/// How much of what it wrote is shown: lines, and bytes.
const LINES: usize = 20;
const BYTES: u64 = 8 << 10;

/// Why it does not hold, and the last lines that it wrote.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) why: String,
    pub(super) output: Option<String>,
}

/// Runs it, without a shell and without anything to read. Returns why it does not hold.
pub(super) fn run(arguments: &[String], timeout: Duration) -> Option<Failed> {
    let (program, arguments) = arguments.split_first()?;
    // A file and no pipe: what it started itself and left behind would keep that open.
    let (mut written, child) = match start(program, arguments) {
        Ok(started) => started,
        Err(cause) => {
            return Some(Failed { why: format!("`{program}` cannot be started: {cause}"), output: None });
        }
    };
    let why = match wait(child, timeout) {
        Ok(Some(status)) if status.success() => return None,
        Ok(Some(status)) => match (status.code(), status.signal()) {
            (Some(code), _) => format!("`{program}` ends with {code}"),
            (None, signal) => format!("`{program}` was ended by signal {}", signal.unwrap_or_default()),
        },
        Ok(None) => format!("`{program}` took longer than {timeout:?}, and was ended"),
        Err(cause) => format!("`{program}` cannot be waited for: {cause}"),
    };
    Some(Failed { why, output: last_lines(&mut written).ok().filter(|text| !text.is_empty()) })
}

fn start(program: &str, arguments: &[String]) -> io::Result<(File, Child)> {
    let written = tempfile::tempfile()?;
    let mut command = Command::new(program);
    // A group of its own, which is ended with all that it started.
    command.args(arguments).stdin(Stdio::null()).process_group(0);
    let child = command.stdout(written.try_clone()?).stderr(written.try_clone()?).spawn()?;
    Ok((written, child))
}

/// How it ended; none where it had to be ended.
fn wait(mut child: Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() >= timeout {
            let group = i32::try_from(child.id()).map(Pid::from_raw).map_err(io::Error::other)?;
            // It may have ended just now.
            let _ = killpg(group, Signal::SIGKILL);
            child.wait()?;
            return Ok(None);
        }
        sleep(EVERY);
    }
}

/// Without what would move the cursor or colour the terminal.
fn last_lines(written: &mut File) -> io::Result<String> {
    let length = written.seek(SeekFrom::End(0))?;
    written.seek(SeekFrom::Start(length.saturating_sub(BYTES)))?;
    let mut bytes = Vec::new();
    written.read_to_end(&mut bytes)?;
    let text: String =
        String::from_utf8_lossy(&bytes).chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    let lines: Vec<&str> = text.trim().lines().collect();
    Ok(lines.get(lines.len().saturating_sub(LINES)..).unwrap_or_default().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, timeout: Duration) -> Option<Failed> {
        run(&["sh", "-c", script].map(str::to_owned), timeout)
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn what_a_program_writes_is_told_where_it_fails() {
        assert!(sh("echo all is well", LONG).is_none());
        let failed = sh("echo one; echo two >&2; exit 3", LONG).unwrap();
        assert_eq!(failed.why, "`sh` ends with 3");
        assert_eq!(failed.output.as_deref(), Some("one\ntwo"));
        assert_eq!(sh("kill -9 $$", LONG).unwrap().why, "`sh` was ended by signal 9");
        let many = sh("seq 1 5000; printf '\\033[31mred'; exit 1", LONG).unwrap().output.unwrap();
        assert!(many.starts_with("4982\n") && many.ends_with("5000\n[31mred"), "{many}");
    }

    #[test]
    fn a_program_that_is_not_there_is_told() {
        let failed = run(&["/nothing/there".to_owned()], LONG).unwrap();
        assert!(failed.why.starts_with("`/nothing/there` cannot be started"), "{}", failed.why);
    }

    #[test]
    fn what_takes_too_long_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let late = folder.path().join("late");
        let script = format!("(sleep 2; touch {}) & echo begun; wait", late.display());
        let start = Instant::now();
        let failed = sh(&script, Duration::from_millis(300)).unwrap();
        assert!(failed.why.contains("took longer than 300ms") && start.elapsed() < Duration::from_secs(2));
        assert_eq!(failed.output.as_deref(), Some("begun"));
        sleep(Duration::from_millis(2500));
        assert!(!late.exists());
    }

    #[test]
    fn nothing_is_read_by_a_shell() {
        let echoed = run(&["false", "$(touch x)", ";", "echo"].map(str::to_owned), LONG).unwrap();
        assert_eq!((echoed.why.as_str(), echoed.output), ("`false` ends with 1", None));
    }
}
