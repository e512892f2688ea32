//! PgBouncer in front of a cluster, which ends with the value.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::harness::cluster::{Cluster, as_server_user};

/// Where Debian keeps it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

pub(crate) struct Bouncer {
    port: u16,
    child: Child,
}

impl Bouncer {
    /// With `transaction` or `session` as its `pool_mode`.
    pub(crate) fn start(cluster: &Cluster, mode: &str) -> Self {
        assert!(Path::new(PROGRAM).exists(), "{PROGRAM} is not there: run `./dev setup`");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = cluster.folder();
        let config = format!(
            "[databases]\n* = host={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\nignore_startup_parameters = extra_float_digits,options\n\
             default_pool_size = 5\n",
            folder.display()
        );
        let path = folder.join(format!("pgbouncer_{mode}.ini"));
        fs::write(&path, config).unwrap();
        let mut command = as_server_user(Path::new(PROGRAM));
        command.arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let bouncer = Self { port, child: command.spawn().unwrap() };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "pgbouncer does not answer");
            sleep(Duration::from_millis(20));
        }
        bouncer
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
