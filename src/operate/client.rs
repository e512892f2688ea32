//! The client programs of PostgreSQL on this machine: `pg_dump` and its kin.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::db::url::ConnectionString;
use crate::operate::error::OperateError;
use crate::scratch::program::folders;

/// The programs of one installation.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Client {
    pub major: u32,
    pub folder: PathBuf,
}

impl Client {
    /// Every installation that has `pg_dump`, each once.
    pub fn all() -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for folder in folders() {
            // The PATH often reaches the same programs through links.
            let Ok(program) = std::fs::canonicalize(folder.join("pg_dump")) else { continue };
            let Some(folder) = program.parent().filter(|folder| folder.join("pg_dump").exists()) else { continue };
            if !found.iter().any(|one| one.folder == folder) {
                found.extend(ask(folder));
            }
        }
        found
    }

    /// The one for a server of this major version: the same version, or else the next newer, as `pg_dump` does not read
    /// servers that are newer than itself.
    pub fn choose(found: &[Self], major: u32) -> Option<&Self> {
        found.iter().filter(|client| client.major >= major).min_by_key(|client| client.major)
    }

    /// As `choose`, of all that are here.
    ///
    /// # Errors
    /// `NoProgram`, with those that there are.
    pub fn require(major: u32) -> Result<Self, OperateError> {
        let found = Self::all();
        let chosen = Self::choose(&found, major).cloned();
        chosen
            .ok_or_else(|| OperateError::NoProgram { major, found: found.iter().map(|client| client.major).collect() })
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn ask(folder: &Path) -> Option<Client> {
    let answer = Command::new(folder.join("pg_dump")).arg("--version").output().ok()?;
    let major = major(&String::from_utf8_lossy(&answer.stdout))?;
    Some(Client { major, folder: folder.to_owned() })
}

/// Of `pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)`; what Debian's wrapper says is the same.
fn major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    number.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A program on its way to a server. What leads there, a password too, is in its environment and never among its arguments,
/// which everybody on the machine can read.
pub struct Run {
    name: String,
    command: Command,
}

impl Run {
    pub fn new(client: &Client, name: &str, to: &ConnectionString) -> Self {
        let mut command = Command::new(client.program(name));
        for (variable, _) in std::env::vars_os() {
            // What the user's environment says is in the connection string already.
            if variable.to_string_lossy().starts_with("PG") {
                command.env_remove(variable);
            }
        }
        command.envs(to.environment()).env("LC_MESSAGES", "C");
        Self { name: name.to_owned(), command }
    }

    pub fn argument(&mut self, argument: &str) {
        self.command.arg(argument);
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be started, or fails.
    pub fn finish(mut self) -> Result<(), OperateError> {
        let child = self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let child = child.map_err(|cause| self.not_started(cause))?;
        let running = Running::new(&child);
        let output = child.wait_with_output().map_err(|cause| self.not_started(cause))?;
        drop(running);
        self.ended(output.status.success(), &output.stderr)
    }

    /// Gives what it writes to `reader`. Where both fail, the program is the one to blame.
    ///
    /// # Errors
    /// When it cannot be started, or fails; then those of `reader`.
    pub fn read(
        mut self,
        reader: impl FnOnce(&mut ChildStdout) -> Result<(), OperateError>,
    ) -> Result<(), OperateError> {
        let mut said = tempfile::tempfile().map_err(|cause| self.not_started(cause))?;
        let stderr = said.try_clone().map_err(|cause| self.not_started(cause))?;
        let child = self.command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr).spawn();
        let mut child = child.map_err(|cause| self.not_started(cause))?;
        let running = Running::new(&child);
        // Closed at the end of the block, so that a program that nobody reads from any more ends.
        let done = child.stdout.take().map_or(Ok(()), |mut stdout| reader(&mut stdout));
        let status = child.wait().map_err(|cause| self.not_started(cause))?;
        drop(running);
        match done {
            Err(error) if status.success() || status.code().is_none() => Err(error),
            Err(OperateError::File { doing, path, cause }) if cause.kind() != ErrorKind::BrokenPipe => {
                Err(OperateError::File { doing, path, cause })
            }
            done => self.ended(status.success(), &all(&mut said)).and(done),
        }
    }

    /// Lets it read what `input` gives.
    ///
    /// # Errors
    /// When it cannot be started, or fails; then those of reading.
    pub fn write(mut self, input: &mut (dyn Read + Send)) -> Result<(), OperateError> {
        let mut said = tempfile::tempfile().map_err(|cause| self.not_started(cause))?;
        let stderr = said.try_clone().map_err(|cause| self.not_started(cause))?;
        let child = self.command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(stderr).spawn();
        let mut child = child.map_err(|cause| self.not_started(cause))?;
        let running = Running::new(&child);
        let copied = child.stdin.take().map_or(Ok(0), |mut stdin| io::copy(input, &mut stdin));
        let status = child.wait().map_err(|cause| self.not_started(cause))?;
        drop(running);
        match copied {
            // It has read all that it wanted, or ended because of something that it says itself.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => self.ended(status.success(), &all(&mut said)),
            Err(error) => Err(self.not_started(error)),
            Ok(_) => self.ended(status.success(), &all(&mut said)),
        }
    }

    fn ended(&self, success: bool, stderr: &[u8]) -> Result<(), OperateError> {
        if success {
            return Ok(());
        }
        let text = String::from_utf8_lossy(stderr);
        let prefix = format!("{}: ", self.name);
        let lines = text.lines().map(|line| line.strip_prefix(&prefix).unwrap_or(line)).filter(|line| !line.is_empty());
        let lines: Vec<&str> = lines.take(TOLD).collect();
        let said = if lines.is_empty() { "it says nothing".to_owned() } else { lines.join("; ") };
        let help = "what it says is Postgres' own; nothing half done is left";
        Err(OperateError::Program { program: self.name.clone(), said, help })
    }

    fn not_started(&self, cause: io::Error) -> OperateError {
        OperateError::file("run", Path::new(self.command.get_program()))(cause)
    }
}

/// The programs that run, by their process.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// One of them, until it is dropped.
struct Running(u32);

impl Running {
    fn new(child: &Child) -> Self {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).insert(child.id());
        Self(child.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Ends the programs that run, as Ctrl-C at a terminal does, of which they may have heard already.
pub fn end_all() {
    for pid in RUNNING.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        if let Ok(pid) = i32::try_from(*pid) {
            // One that is gone is fine.
            let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
        }
    }
}

/// How many lines of an error are told: the first says what is wrong, the others where.
const TOLD: usize = 6;

fn all(file: &mut File) -> Vec<u8> {
    let mut text = Vec::new();
    // What cannot be read back is an error without words.
    let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut text));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_one_is_never_chosen() {
        let client = |major| Client { major, folder: PathBuf::from(format!("/{major}")) };
        let found = [client(17), client(14), client(16)];
        assert_eq!(Client::choose(&found, 15), Some(&client(16)));
        assert_eq!(Client::choose(&found, 14), Some(&client(14)));
        assert_eq!(Client::choose(&found, 18), None);
    }

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.18 (Debian 15.18-1)"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 19beta1"), Some(19));
        assert_eq!(major("no"), None);
    }
}
