//! Who may read and write the files that let us in.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::operate::preflight::asked::{Asked, File};
use crate::operate::preflight::{Check, Finding, Level, Look, Seen};

pub const CHECK: Check = Check {
    code: "file-permissions",
    title: "nobody else can read the secrets or change the configuration",
    why: "Whoever reads a password can log in with it; whoever writes the configuration decides where the migrations go.",
    mend: "`chmod 600 FILE`; better, keep passwords in `~/.pgpass` or the environment and out of the configuration.",
    stops: false,
    look: Look::Here(look),
};

fn look(asked: &Asked) -> Seen {
    let findings: Vec<Finding> = asked.files.iter().filter_map(open).collect();
    let seen = asked.files.iter().filter(|file| file.path.exists()).count();
    let fine = if seen == 0 { "there are no such files".to_owned() } else { "nobody can".to_owned() };
    Seen::of(findings, fine)
}

fn open(file: &File) -> Option<Finding> {
    let File { role, path, secret } = file;
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o777;
    let path = path.display();
    let mend = format!("`chmod {} {path}`.", if *secret { "600" } else { "go-w" });
    let what = if *secret && mode & 0o077 != 0 {
        format!("others may read the {role} `{path}`, which holds a secret (mode {mode:o})")
    } else if mode & 0o022 != 0 {
        format!("others may change the {role} `{path}` (mode {mode:o})")
    } else {
        return None;
    };
    Some(Finding::new(Level::Warning, what).mend(mend))
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;

    use super::*;

    #[test]
    fn a_secret_is_its_owners_alone() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("pgpass");
        fs::write(&path, "x").unwrap();
        let found = |mode: u32, secret| {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            open(&File { role: "password file", path: path.clone(), secret }).map(|finding| finding.what)
        };
        assert_eq!(found(0o600, true), None);
        assert!(found(0o640, true).unwrap().ends_with("holds a secret (mode 640)"));
        assert_eq!(found(0o644, false), None);
        assert!(found(0o664, false).unwrap().starts_with("others may change the password file"));
    }
}
