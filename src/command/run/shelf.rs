//! A folder of logs or of reports: how its files are called, how they come there, and which of them go again.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::base::time::time;

/// How many are kept of each verb that only says what the books say.
const GLANCES_KEPT: usize = 20;

/// So many runs may begin in one second.
const AT_ONCE: u32 = 1000;

/// How long files are kept, and how many; zero is no limit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Retention {
    age: Duration,
    most: usize,
}

impl Retention {
    pub(super) fn of(age: &str, most: usize) -> Self {
        Self { age: time(age), most }
    }
}

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Shelf {
    folder: PathBuf,
    ending: &'static str,
    retention: Retention,
}

/// What the run of a verb that began at this time is called.
pub(super) fn stem(kind: &str, at: Timestamp) -> String {
    format!("{kind}-{}", at.strftime("%Y%m%dT%H%M%SZ"))
}

impl Shelf {
    pub(super) fn new(folder: PathBuf, ending: &'static str, retention: Retention) -> Self {
        Self { folder, ending, retention }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new file of this name, or of the name with a number where it is taken.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn create(&self, stem: &str) -> io::Result<(File, PathBuf, String)> {
        fs::create_dir_all(&self.folder)?;
        let mut last = ErrorKind::AlreadyExists.into();
        for name in names(stem) {
            let path = self.path(&name);
            match Self::new_file(&path) {
                Ok(file) => return Ok((file, path, name)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// A file that was not there, for its owner alone.
    pub(super) fn new_file(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    }

    /// Writes a file whole, or not at all; one that is there stays.
    ///
    /// # Errors
    /// What the file system says.
    pub(super) fn put(&self, stem: &str, text: &str) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::Builder::new().prefix(".pgplumb-").tempfile_in(&self.folder)?;
        file.as_file_mut().write_all(text.as_bytes())?;
        for name in names(stem) {
            match file.persist_noclobber(self.path(&name)) {
                Ok(_) => return Ok(()),
                Err(error) if error.error.kind() == ErrorKind::AlreadyExists => file = error.file,
                Err(error) => return Err(error.error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// Takes away what is too old or too much, of what runs have written here, and never `but`.
    pub(super) fn prune(&self, but: Option<&Path>) {
        let Retention { age, most } = self.retention;
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let written = entries.flatten().filter(|entry| self.is_ours(&entry.file_name().to_string_lossy()));
        let mut found: Vec<(SystemTime, PathBuf)> = written
            .filter_map(|entry| {
                let data = entry.metadata().ok().filter(fs::Metadata::is_file)?;
                Some((data.modified().ok()?, entry.path()))
            })
            .filter(|(_, path)| Some(path.as_path()) != but)
            .collect();
        found.sort();
        found.reverse();
        let kept = most.saturating_sub(usize::from(but.is_some()));
        let mut glances: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, (time, path)) in found.iter().enumerate() {
            let old = !age.is_zero() && time.elapsed().is_ok_and(|since| since > age);
            let too_many = glance(path).is_some_and(|kind| {
                let seen = glances.entry(kind).or_default();
                *seen += 1;
                *seen > GLANCES_KEPT
            });
            if old || too_many || (most > 0 && at >= kept) {
                // One that cannot be taken away now is found again by the next run.
                let _ = fs::remove_file(path);
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{}", self.ending))
    }

    /// Whether a run has written the file, by its name: `apply-20261121T030000Z.log`, `apply-20261121T030000Z-2.1.log`.
    fn is_ours(&self, name: &str) -> bool {
        let Some(name) = name.strip_suffix(self.ending).and_then(|name| name.strip_suffix('.')) else { return false };
        let after = |kind: &&str| name.strip_prefix(*kind)?.strip_prefix('-');
        super::KINDS.iter().filter_map(after).any(Self::is_run)
    }

    /// Whether this is what stands behind the verb in the name of a run.
    fn is_run(rest: &str) -> bool {
        let Some((at, more)) = rest.split_at_checked("20261121T030000Z".len()) else { return false };
        let is_time = at.char_indices().all(|(at, c)| match at {
            8 => c == 'T',
            15 => c == 'Z',
            _ => c.is_ascii_digit(),
        });
        let (second, part) = more.split_once('.').map_or((more, None), |(second, part)| (second, Some(part)));
        let is_second = second.is_empty() || second.strip_prefix('-').is_some_and(is_number);
        is_time && is_second && part.is_none_or(is_number)
    }
}

/// The verb of which few are kept.
fn glance(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    super::GLANCES.into_iter().find(|kind| name.strip_prefix(kind).is_some_and(|rest| rest.starts_with('-')))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `apply-20261121T030000Z`, `apply-20261121T030000Z-2`.
fn names(stem: &str) -> impl Iterator<Item = String> {
    std::iter::once(stem.to_owned()).chain((2..=AT_ONCE).map(move |number| format!("{stem}-{number}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shelf(folder: &Path, age: &str, most: usize) -> Shelf {
        Shelf::new(folder.to_owned(), "log", Retention::of(age, most))
    }

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_what_a_run_wrote_is_pruned() {
        let place = tempfile::tempdir().unwrap();
        let ours = ["apply-20200101T000000Z.log", "apply-20200101T000000Z-2.log", "drift-20200101T000000Z-2.13.log"];
        let others = [
            "apply-20200101T000000Z.json",
            "apply-2020010.log",
            "apply-20200101T000000Z-x.log",
            "fleet.json",
            "mine-20200101T000000Z.log",
            "notes.log",
            "é-20200101T00000é.log",
        ];
        for name in ours.iter().chain(&others) {
            fs::write(place.path().join(name), "").unwrap();
            let file = OpenOptions::new().write(true).open(place.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(60 * 60)).unwrap();
        }
        shelf(place.path(), "2h", 3).prune(None);
        assert_eq!(names_in(place.path()).len(), 10);
        let (_, but, name) = shelf(place.path(), "1h", 0).create("apply-20200101T000000Z").unwrap();
        assert_eq!(name, "apply-20200101T000000Z-3");
        shelf(place.path(), "0", 2).prune(Some(&but));
        assert_eq!(names_in(place.path()).len(), 9);
        shelf(place.path(), "30min", 0).prune(Some(&but));
        let mut left: Vec<String> = others.iter().map(|name| (*name).to_owned()).collect();
        left.push(format!("{name}.log"));
        left.sort();
        assert_eq!(names_in(place.path()), left);
    }

    #[test]
    fn who_is_asked_all_the_time_does_not_drive_out_the_others() {
        let place = tempfile::tempdir().unwrap();
        let put = |name: String, age: u64| {
            fs::write(place.path().join(&name), "").unwrap();
            let file = OpenOptions::new().write(true).open(place.path().join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
        };
        for second in 10..50 {
            put(format!("status-20200101T0000{second}Z.log"), 100 - second);
            put(format!("apply-20200101T0000{second}Z.log"), 200 - second);
        }
        put("history-20200101T000000Z.log".to_owned(), 300);
        shelf(place.path(), "0", 0).prune(None);
        let left = names_in(place.path());
        let of = |kind: &str| left.iter().filter(|name| name.starts_with(kind)).count();
        assert_eq!((of("status"), of("apply"), of("history")), (20, 40, 1), "{left:?}");
        assert!(left.contains(&"status-20200101T000049Z.log".to_owned()), "{left:?}");
    }

    #[test]
    fn a_file_is_for_its_owner_and_none_is_written_over() {
        use std::os::unix::fs::PermissionsExt;

        let place = tempfile::tempdir().unwrap();
        let shelf = Shelf::new(place.path().join("a/b"), "json", Retention::default());
        shelf.put("apply-20200101T000000Z", "1").unwrap();
        shelf.put("apply-20200101T000000Z", "2").unwrap();
        let names = names_in(shelf.folder());
        assert_eq!(names, ["apply-20200101T000000Z-2.json", "apply-20200101T000000Z.json"]);
        for name in names {
            assert_eq!(fs::metadata(shelf.folder().join(name)).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert!(
            Shelf::new(place.path().join("a/b/apply-20200101T000000Z.json"), "json", Retention::default())
                .put("x", "")
                .is_err()
        );
    }
}
