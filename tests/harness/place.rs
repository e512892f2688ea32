//! A folder that the program is run in, as a person does.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::harness::cluster::limited;

/// A folder to run in, and nothing of the tester's own environment that names a server.
pub(crate) struct Place {
    folder: TempDir,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = limited(Path::new(env!("CARGO_BIN_EXE_pgplumb")));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PG") || name == "DATABASE_URL") {
            command.env_remove(name);
        }
        let Output { status, stdout, stderr } = command.args(arguments).current_dir(self.path()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, code, "pgplumb {}\n{}\n{}", arguments.join(" "), ran.out, ran.err);
        ran
    }
}
