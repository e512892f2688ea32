//! The program at a terminal, with somebody who reads and types: a pseudo-terminal, which is its controlling one, so that
//! Ctrl-C and Ctrl-D are what they are for a person.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

use crate::harness::program::without_settings;

/// How long something that is to be read may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The keys that are no letters.
const CTRL_C: &[u8] = b"\x03";
const CTRL_D: &[u8] = b"\x04";

pub(crate) struct Terminal {
    keys: File,
    child: Child,
    seen: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
    /// How much of what was seen was waited for already.
    read: usize,
}

/// What a run at a terminal came to: its code, and all that the person saw, with one newline at the end of a line.
#[derive(Debug)]
pub(crate) struct Over {
    pub(crate) code: Option<i32>,
    pub(crate) seen: String,
}

impl Terminal {
    /// Runs the program in a folder, at a terminal of 100 columns.
    pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Self {
        let size = Winsize { ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        let pair = openpty(Some(&size), None).unwrap();
        // Makes what it starts the leader of a session with this terminal.
        let mut command = Command::new("setsid");
        command.args(["--ctty", env!("CARGO_BIN_EXE_pgplumb")]);
        let mut command = without_settings(command, folder, arguments);
        let end = || pair.slave.try_clone().unwrap();
        command.stdin(end()).stdout(end()).stderr(end()).env("TERM", "xterm");
        let child = command.spawn().unwrap();
        // The last of its ends is closed when the program is gone, which ends the reading.
        drop((command, pair.slave));
        let seen = Arc::new(Mutex::new(String::new()));
        let (mut from, to) = (File::from(pair.master.try_clone().unwrap()), Arc::clone(&seen));
        let reader = thread::spawn(move || {
            let mut some = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut some) {
                to.lock().unwrap().push_str(&String::from_utf8_lossy(&some[..count]).replace("\r\n", "\n"));
            }
        });
        Self { keys: File::from(pair.master), child, seen, reader: Some(reader), read: 0 }
    }

    /// Waits until it shows this, after what was waited for before.
    #[track_caller]
    pub(crate) fn shows(&mut self, words: &str) {
        let start = Instant::now();
        loop {
            let seen = self.seen.lock().unwrap().clone();
            if let Some(at) = seen[self.read..].find(words) {
                self.read += at + words.len();
                return;
            }
            assert!(start.elapsed() < PATIENCE, "it never shows {words:?}:\n{seen}");
            sleep(Duration::from_millis(10));
        }
    }

    /// Types a line and the return key.
    pub(crate) fn types(&mut self, line: &str) {
        self.keys.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    pub(crate) fn ctrl_c(&mut self) {
        self.keys.write_all(CTRL_C).unwrap();
    }

    pub(crate) fn ctrl_d(&mut self) {
        self.keys.write_all(CTRL_D).unwrap();
    }

    /// Waits until the program ends.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Over {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > PATIENCE {
                let _ = self.child.kill();
                panic!("it does not end:\n{}", self.seen.lock().unwrap());
            }
            sleep(Duration::from_millis(10));
        };
        self.reader.take().unwrap().join().unwrap();
        let seen = self.seen.lock().unwrap().clone();
        Over { code: status.code(), seen }
    }

    /// Waits until it ends like this.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> String {
        let Over { code: found, seen } = self.ends();
        assert_eq!(found, Some(code), "{seen}");
        seen
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
