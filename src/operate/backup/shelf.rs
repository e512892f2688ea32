//! The folder of all backups: what is on it, and what is only half there.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::base::fault::point;
use crate::base::wording::nearest;
use crate::operate::backup::manifest::{FILE, Manifest};
use crate::operate::backup::{Kind, pack};
use crate::operate::error::OperateError;

/// What the name of one begins with that is not whole.
const PARTIAL: &str = ".partial-";

/// When what is not whole belongs to nobody any more.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A backup, and where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Backup {
    pub folder: PathBuf,
    pub manifest: Manifest,
    /// When it was last restored on scratch and found to be what was dumped, in RFC 3339.
    pub verified_at: Option<String>,
    /// What is wrong with its files, at a glance: one is not there, or of another length.
    pub damage: Option<String>,
}

/// The name of the file that says so.
const VERIFIED: &str = "verified";

/// All backups of a folder, oldest first. What is no backup is left alone.
///
/// # Errors
/// When the folder is there and cannot be read, or a manifest is none of this version.
pub fn list(folder: &Path) -> Result<Vec<Backup>, OperateError> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(found),
        entries => entries.map_err(OperateError::file("read", folder))?,
    };
    for entry in entries {
        let path = entry.map_err(OperateError::file("read", folder))?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && path.join(FILE).is_file() {
            found.push(read(&path)?);
        }
    }
    found.sort_by(|a, b| (&a.manifest.started_at, &a.manifest.name).cmp(&(&b.manifest.started_at, &b.manifest.name)));
    Ok(found)
}

fn read(folder: &Path) -> Result<Backup, OperateError> {
    let path = folder.join(FILE);
    let text = fs::read_to_string(&path).map_err(OperateError::file("read", &path))?;
    let manifest: Manifest = serde_json::from_str(&text)?;
    let damage = manifest.files.iter().find_map(|file| match fs::metadata(folder.join(&file.path)) {
        Err(_) => Some(format!("`{}` is not there", file.path)),
        Ok(facts) if facts.len() != file.bytes => {
            Some(format!("`{}` has {} bytes instead of {}", file.path, facts.len(), file.bytes))
        }
        Ok(_) => None,
    });
    let verified_at = fs::read_to_string(folder.join(VERIFIED)).ok().map(|text| text.trim().to_owned());
    Ok(Backup { folder: folder.to_owned(), manifest, verified_at, damage })
}

/// The one of this name, or the newest where that is `latest`, but for those that have changed rows alone.
///
/// # Errors
/// When there is none, with the nearest.
pub fn find(folder: &Path, name: &str) -> Result<Backup, OperateError> {
    let mut all = list(folder)?;
    if name == "latest"
        && let Some(at) = all.iter().rposition(|backup| backup.manifest.kind != Kind::Since)
    {
        return Ok(all.swap_remove(at));
    }
    if let Some(at) = all.iter().position(|backup| backup.manifest.name == name) {
        return Ok(all.swap_remove(at));
    }
    let help = match nearest(name, all.iter().map(|backup| backup.manifest.name.as_str())) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if all.is_empty() => format!("there is none in `{}`; `pgplumb backup full` makes one", folder.display()),
        None => "`pgplumb backup list` shows what there is".to_owned(),
    };
    Err(OperateError::NoBackup { name: name.to_owned(), help })
}

impl Backup {
    /// Reads all its files.
    ///
    /// # Errors
    /// `Damaged` where one is not what was written.
    pub fn check(&self) -> Result<(), OperateError> {
        let damaged = |what: String| OperateError::Damaged { name: self.manifest.name.clone(), what };
        if let Some(what) = &self.damage {
            return Err(damaged(what.clone()));
        }
        for file in &self.manifest.files {
            if pack::measure(&self.folder, &file.path)?.sha256 != file.sha256 {
                return Err(damaged(format!("`{}` is not what was written", file.path)));
            }
        }
        Ok(())
    }

    /// Writes down that it was found to be good.
    ///
    /// # Errors
    /// What the file system says.
    pub fn mark_verified(&self, at: &str) -> Result<(), OperateError> {
        let path = self.folder.join(VERIFIED);
        fs::write(&path, format!("{at}\n")).map_err(OperateError::file("write", &path))
    }

    /// Takes it away; it is not listed any more from the first moment on.
    ///
    /// # Errors
    /// What the file system says.
    pub fn remove(&self) -> Result<(), OperateError> {
        let going = self.folder.with_file_name(format!("{PARTIAL}{}", self.manifest.name));
        fs::rename(&self.folder, &going).map_err(OperateError::file("remove", &self.folder))?;
        fs::remove_dir_all(&going).map_err(OperateError::file("remove", &going))
    }
}

/// A backup on its way; it is gone when this is dropped before it is whole.
pub struct Partial {
    pub folder: PathBuf,
    whole: PathBuf,
    name: String,
}

impl Partial {
    /// Makes the folder, which is its owner's alone, and removes what runs that were cut off have left.
    ///
    /// # Errors
    /// When there is one of this name, or the folder cannot be made.
    pub fn start(shelf: &Path, name: &str) -> Result<Self, OperateError> {
        let whole = shelf.join(name);
        if whole.exists() {
            return Err(OperateError::BackupExists { name: name.to_owned() });
        }
        // One that was killed in this second may have left one.
        let folder = shelf.join(format!("{PARTIAL}{name}-{}", std::process::id()));
        let make = |path: &Path| DirBuilder::new().recursive(true).mode(0o700).create(path);
        make(shelf).map_err(OperateError::file("make", shelf))?;
        sweep(shelf);
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(OperateError::file("make", &folder))?;
        Ok(Self { folder, whole, name: name.to_owned() })
    }

    /// Writes the manifest, and gives it its name when all is on the disk.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(self, manifest: &Manifest) -> Result<PathBuf, OperateError> {
        let mut text = serde_json::to_string_pretty(manifest)?;
        text.push('\n');
        pack::pack(&mut text.as_bytes(), &self.folder.join(FILE), None, &[])?;
        point();
        let synced = |path: &Path| fs::File::open(path).and_then(|folder| folder.sync_all());
        synced(&self.folder).map_err(OperateError::file("write", &self.folder))?;
        if self.whole.exists() {
            return Err(OperateError::BackupExists { name: self.name.clone() });
        }
        fs::rename(&self.folder, &self.whole).map_err(OperateError::file("write", &self.whole))?;
        point();
        if let Some(shelf) = self.whole.parent() {
            synced(shelf).map_err(OperateError::file("write", shelf))?;
        }
        Ok(self.whole.clone())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Where it was renamed there is nothing left; where not, the next run tries again.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Removes what has not been whole for a day.
fn sweep(shelf: &Path) {
    for entry in fs::read_dir(shelf).into_iter().flatten().flatten() {
        let old = entry
            .metadata()
            .and_then(|facts| facts.modified())
            .is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age > ABANDONED));
        if old && entry.file_name().to_string_lossy().starts_with(PARTIAL) {
            // What cannot be removed now is in nobody's way.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
