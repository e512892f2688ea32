//! A fresh data directory without the second that `initdb` takes: made once, kept in the cache, copied from there.

use std::ffi::OsStr;
use std::fs;
use std::fs::DirBuilder;
use std::io;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::scratch::account::Account;
use crate::scratch::error::ScratchError;
use crate::scratch::program::Programs;

/// The superuser of a cluster. It owns what no file gives an owner, and is told from all roles of a target by its name.
pub(super) const LOADER: &str = "pgplumb_loader";

/// The database of a cluster that is always there, for creating others from.
pub(super) const ADMIN_DATABASE: &str = "template1";

/// Small WAL segments keep the directory small; everything else comes with the database or the configuration.
const INITDB: &[&str] = &[
    "--username=pgplumb_loader",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
    "--wal-segsize=1",
];

/// What is done to a data directory beyond that; another word for another way.
const LAYOUT: &str = "lean";

/// After this time nobody is writing a draft any more.
const DRAFT_AGE: Duration = Duration::from_secs(60 * 60);

/// After this time a template is made again; it takes a second.
const TEMPLATE_AGE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Whether a template from the cache may be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cache {
    Use,
    /// The template is bad: make another one.
    Replace,
}

/// Makes `data`, from the cache when that has it.
pub(super) fn fill(programs: &Programs, account: Account, data: &Path, cache: Cache) -> Result<(), ScratchError> {
    let cached = cache_folder().map(|folder| folder.join(key(programs)));
    if let Some(cached) = &cached {
        if cache == Cache::Use && cached.join("PG_VERSION").exists() && copy(cached, data, account).is_ok() {
            return Ok(());
        }
        // It may just be on its way out: anyone may empty a cache.
        let _ = fs::remove_dir_all(data);
    }
    initdb(programs, account, data)?;
    drop_spare(programs, account, data)?;
    if let Some(cached) = &cached {
        if cache == Cache::Replace {
            let _ = fs::remove_dir_all(cached);
        }
        // Without a cache the next run waits again, that is all.
        let _ = keep(data, cached);
    }
    Ok(())
}

fn initdb(programs: &Programs, account: Account, data: &Path) -> Result<(), ScratchError> {
    let program = programs.program("initdb");
    let output = account.command(&program).args(INITDB).arg("--pgdata").arg(data).current_dir("/").output();
    let output = output.map_err(|cause| ScratchError::file("run", &program, cause))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if said.contains("No space left") {
        return Err(ScratchError::DiskFull { folder: data.to_owned() });
    }
    Err(ScratchError::Program { program, output: said })
}

/// Drops the database that nobody uses: a third of the files that are to be copied.
fn drop_spare(programs: &Programs, account: Account, data: &Path) -> Result<(), ScratchError> {
    let program = programs.program("postgres");
    let failed = |cause| ScratchError::file("run", &program, cause);
    let mut command = account.command(&program);
    command.args(["--single", "-c", "fsync=off", "-D"]).arg(data).arg(ADMIN_DATABASE).current_dir("/");
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(failed)?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(b"DROP DATABASE postgres\n").map_err(failed)?;
    }
    child.wait().map_err(failed)?;
    Ok(())
}

/// The cache folder, when it is there or can be made, and is ours alone: a data directory runs code.
fn cache_folder() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = named.or_else(|| std::env::home_dir().map(|home| home.join(".cache")))?;
    let folder = base.join("pgplumb/cluster");
    DirBuilder::new().recursive(true).mode(0o700).create(&folder).ok()?;
    let facts = fs::metadata(&folder).ok()?;
    let own = fs::metadata("/proc/self").map_or(facts.uid(), |own| own.uid());
    (facts.uid() == own && facts.permissions().mode() & 0o022 == 0).then_some(folder)
}

/// One template per build of the programs and state of the system's locales, which `initdb` turns into collations.
fn key(programs: &Programs) -> String {
    let mut hash = Sha256::new();
    hash.update(programs.version.as_bytes());
    hash.update(programs.folder.as_os_str().as_encoded_bytes());
    hash.update(INITDB.join(" ").as_bytes());
    hash.update(LAYOUT.as_bytes());
    for path in ["/usr/lib/locale", "/usr/lib/locale/locale-archive", "/usr/share/locale"] {
        let changed = fs::metadata(path).and_then(|facts| facts.modified()).ok();
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
        hash.update(changed.as_nanos().to_le_bytes());
    }
    let digest = hash.finalize();
    let digits: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digits}", programs.major)
}

/// Puts a copy into the cache, complete or not at all.
fn keep(data: &Path, cached: &Path) -> Result<(), ScratchError> {
    let parent = cached.parent().unwrap_or(cached);
    let draft = tempfile::Builder::new().prefix("draft-").tempdir_in(parent);
    let draft = draft.map_err(|cause| ScratchError::file("write", parent, cause))?;
    let copied = draft.path().join("data");
    copy(data, &copied, Account::Ourselves)?;
    prune(parent);
    // Somebody else may have been faster; his is as good.
    fs::rename(&copied, cached).map_err(|cause| ScratchError::file("write", cached, cause))
}

/// Removes templates of programs that were replaced long ago, and drafts of runs that were killed.
fn prune(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let age = entry.metadata().and_then(|facts| facts.modified()).ok().and_then(|time| time.elapsed().ok());
        let is_draft = entry.file_name().as_encoded_bytes().starts_with(b"draft-");
        if age.is_some_and(|age| age > if is_draft { DRAFT_AGE } else { TEMPLATE_AGE }) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Copies a data directory. One thread: two get in each other's way in the file system's journal, and take twice as long.
pub(super) fn copy(from: &Path, to: &Path, account: Account) -> Result<(), ScratchError> {
    let failed = |cause: io::Error| ScratchError::file("copy a data directory to", to, cause);
    DirBuilder::new().mode(0o700).create(to).map_err(failed)?;
    account.give(to)?;
    let mut folders = Vec::new();
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if is_dispensable(&entry.file_name()) {
            continue;
        }
        let copied = to.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            folders.push((entry.path(), copied));
        } else {
            fs::copy(entry.path(), &copied).map_err(failed)?;
            account.give(&copied)?;
        }
    }
    folders.iter().try_for_each(|(from, to)| copy(from, to, account))
}

/// Maps of free space and visibility: a quarter of the files. Postgres takes a missing one for "nothing known".
fn is_dispensable(file: &OsStr) -> bool {
    let name = file.as_encoded_bytes();
    name.first().is_some_and(u8::is_ascii_digit) && (name.ends_with(b"_fsm") || name.ends_with(b"_vm"))
}
