//! Somebody else at work in the database.

use std::process::{Child, Stdio};

use crate::harness::migrations::Shop;

/// Another session, until it is dropped.
pub(crate) struct Other(Child);

impl Other {
    pub(crate) fn new(shop: &Shop, sql: &str) -> Self {
        let mut session = shop.cluster.client("psql");
        let session = session.args(["-X", "-q", "-d", "shop", "-c", sql, "-c", "SELECT 'other', pg_sleep(100)"]);
        let other = Self(session.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        shop.wait_for("SELECT count(*) = 1 FROM pg_stat_activity WHERE query LIKE '%''other'', pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()");
        other
    }

    /// Ends it and whatever it holds.
    pub(crate) fn end(self, shop: &Shop) {
        shop.query("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%''other'', pg_sleep%' AND pid <> pg_backend_pid()");
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
