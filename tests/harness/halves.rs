//! A database in a first state, one in a second, and a folder with the schema of that: what two migrations go between.

use std::fs;
use std::path::PathBuf;

use crate::harness::cluster::Cluster;
use crate::harness::dump::first_difference;
use crate::harness::program::{Ran, pgplumb, ran};

pub(crate) struct Halves<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) folder: PathBuf,
}

impl<'a> Halves<'a> {
    /// Fresh databases, `live` in the first state and `wanted` in the second, and a folder with the schema.
    pub(crate) fn new(cluster: &'a Cluster, name: &str, from: &str, to: &str) -> Self {
        let folder = cluster.folder().join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("from.sql"), from).unwrap();
        fs::write(folder.join("schema.sql"), to).unwrap();
        cluster.drop(&["live", "wanted"]).unwrap();
        cluster.create(&["live", "wanted"]).unwrap();
        cluster.psql("live", &folder.join("from.sql")).unwrap();
        cluster.psql("wanted", &folder.join("schema.sql")).unwrap();
        Self { cluster, folder }
    }

    pub(crate) fn plan(&self, arguments: &[&str]) -> Ran {
        let (db, scratch) = (self.cluster.url("live"), self.cluster.url("postgres"));
        let done = ran(pgplumb(&self.folder, &["plan", "--schema", "schema.sql", "--db", &db, "--scratch", &scratch])
            .args(arguments));
        assert!(matches!(done.code, Some(0 | 1)), "{}{}", done.out, done.err);
        done
    }

    pub(crate) fn expand(&self, out: &str) -> Ran {
        self.plan(&["--online", "expand", "--out", out])
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.join(path)).unwrap()
    }

    pub(crate) fn run(&self, path: &str) {
        self.cluster.psql("live", &self.folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    pub(crate) fn write(&self, sql: &str) {
        fs::write(self.folder.join("write.sql"), sql).unwrap();
        self.run("write.sql");
    }

    #[track_caller]
    pub(crate) fn is_true(&self, query: &str) {
        assert_eq!(self.cluster.query("live", query).unwrap(), "t", "{query}");
    }

    #[track_caller]
    pub(crate) fn is_like(&self, dump: &str) {
        let difference = first_difference(&self.cluster.dump("live").unwrap(), dump);
        assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }
}
