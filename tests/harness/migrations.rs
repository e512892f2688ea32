//! A database with a project beside it, for the verbs that run migrations.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::harness::cluster::Cluster;
use crate::harness::place::{Place, Ran};

/// A server with the database `shop`, and the folder of a project.
pub(crate) struct Shop {
    pub(crate) cluster: Cluster,
    pub(crate) place: Place,
}

impl Shop {
    pub(crate) fn new() -> Self {
        let cluster = Cluster::start().unwrap();
        cluster.create(&["shop"]).unwrap();
        Self { cluster, place: Place::new() }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        self.place.write(name, text);
    }

    /// Writes a migration by hand.
    pub(crate) fn migration(&self, id: &str, up: &str, down: Option<&str>) {
        self.write(&format!("generated/{id}/up.sql"), up);
        if let Some(down) = down {
            self.write(&format!("generated/{id}/down.sql"), down);
        }
    }

    pub(crate) fn url(&self) -> String {
        self.cluster.url("shop")
    }

    /// A verb on the database.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32, arguments: &[&str]) -> Ran {
        let url = self.url();
        self.place.exits(code, &[arguments, &["--db", &url]].concat())
    }

    /// Plans from the database; what blocks is written all the same.
    #[track_caller]
    pub(crate) fn plan(&self, more: &[&str]) {
        let url = self.url();
        self.planned(&[&["--db", &url], more].concat());
    }

    /// Plans from the migrations.
    #[track_caller]
    pub(crate) fn plan_replayed(&self, more: &[&str]) {
        self.planned(more);
    }

    #[track_caller]
    fn planned(&self, more: &[&str]) {
        // The folder is named by the second.
        sleep(Duration::from_millis(1100));
        let server = self.cluster.url("postgres");
        let ran = self.place.run(&[&["plan", "--allow", "all", "--scratch", &server], more].concat());
        assert!(ran.code < 2, "{}{}", ran.out, ran.err);
    }

    #[track_caller]
    pub(crate) fn query(&self, sql: &str) -> String {
        self.cluster.query("shop", sql).unwrap()
    }

    /// Waits until a query says true.
    #[track_caller]
    pub(crate) fn wait_for(&self, sql: &str) {
        let start = Instant::now();
        while self.query(sql) != "t" {
            assert!(start.elapsed() < Duration::from_secs(20), "never: {sql}");
            sleep(Duration::from_millis(50));
        }
    }
}
