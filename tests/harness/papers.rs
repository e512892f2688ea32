//! Certificates, made by the openssl command for each run.

use std::path::Path;

use crate::harness::cluster::limited;
use crate::harness::place::Place;

/// Keys of a sort that takes no time to make.
const ELLIPTIC: &[&str] = &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// Certificates in a folder: two authorities that do not know each other, and those whom they vouch for.
pub(crate) struct Papers {
    pub(crate) place: Place,
}

impl Papers {
    pub(crate) fn new() -> Self {
        let papers = Self { place: Place::new() };
        for authority in ["ca", "other"] {
            let subject = format!("/CN={authority}");
            let (key, certificate) = (format!("{authority}.key"), format!("{authority}.crt"));
            let made =
                ["req", "-x509", "-nodes", "-days", "30", "-subj", &subject, "-keyout", &key, "-out", &certificate];
            papers.openssl(&made, ELLIPTIC);
        }
        papers.place.write("host", "subjectAltName=DNS:localhost\n");
        papers.signed("server", "localhost", "ca", "30");
        papers.signed("expired", "localhost", "ca", "-1");
        papers.signed("named", "named", "ca", "30");
        papers.signed("stranger", "named", "other", "30");
        papers.signed("late", "named", "ca", "-1");
        papers
    }

    pub(crate) fn openssl(&self, arguments: &[&str], more: &[&str]) {
        let mut command = limited(Path::new("openssl"));
        let done = command.args(arguments).args(more).current_dir(self.place.path()).output().unwrap();
        assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    /// A key and a certificate of the authority for it, valid for so many days.
    pub(crate) fn signed(&self, file: &str, name: &str, authority: &str, days: &str) {
        let (key, request, certificate) = (format!("{file}.key"), format!("{file}.csr"), format!("{file}.crt"));
        let subject = format!("/CN={name}");
        self.openssl(&["req", "-nodes", "-keyout", &key, "-out", &request, "-subj", &subject], ELLIPTIC);
        let (by, with) = (format!("{authority}.crt"), format!("{authority}.key"));
        let signs = ["x509", "-req", "-in", &request, "-CA", &by, "-CAkey", &with, "-CAcreateserial", "-days", days];
        self.openssl(&signs, &["-extfile", "host", "-out", &certificate]);
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.place.path().join(name).display().to_string()
    }
}
