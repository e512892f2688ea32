//! A network that breaks: stands between the program and the server on the loopback, reads the messages that go by, and
//! cuts every connection before one of them.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::harness::cluster::Cluster;

/// A port that leads to the server of a cluster, until it is dropped.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    wire: Arc<Wire>,
}

struct Wire {
    socket: PathBuf,
    /// The message of the first connection before which everything is cut, counted from one.
    cut: usize,
    /// How many came by there.
    seen: AtomicUsize,
    is_cut: AtomicBool,
    /// What each connection is cut by.
    ends: Mutex<Vec<(TcpStream, UnixStream)>>,
}

impl Proxy {
    /// Cuts before this message of the first connection, be it the client's, or the server's answer that it is ready for
    /// the next: then what was asked for is done, and nobody hears of it.
    pub(crate) fn new(cluster: &Cluster, cut: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (seen, is_cut, ends) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::new(Vec::new()));
        let wire = Arc::new(Wire { socket: cluster.socket(), cut, seen, is_cut, ends });
        let all = Arc::clone(&wire);
        thread::spawn(move || {
            for (number, client) in listener.incoming().flatten().enumerate() {
                // Dropped, it is refused.
                if !all.is_cut.load(Ordering::SeqCst) {
                    all.carry(client, number == 0);
                } else if all.cut == 0 {
                    return;
                }
            }
        });
        Self { port, wire }
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }

    /// Whether it came to the message.
    pub(crate) fn is_cut(&self) -> bool {
        self.wire.is_cut.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.wire.cut_all();
    }
}

impl Wire {
    /// Carries messages to and fro, in two threads.
    fn carry(self: &Arc<Self>, client: TcpStream, counts: bool) {
        let Ok(server) = UnixStream::connect(&self.socket) else { return };
        client.set_nodelay(true).unwrap();
        let copy = || (client.try_clone().unwrap(), server.try_clone().unwrap());
        self.ends.lock().unwrap().push(copy());
        let (mut from, mut to) = copy();
        let wire = Arc::clone(self);
        thread::spawn(move || {
            // What begins a connection has no letter before its length.
            let mut first = true;
            while let Ok(message) = message(&mut from, !std::mem::take(&mut first)) {
                if counts && wire.is_the_one() || to.write_all(&message).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        });
        let (mut to, mut from) = copy();
        let wire = Arc::clone(self);
        thread::spawn(move || {
            while let Ok(message) = message(&mut from, true) {
                if counts && message[0] == b'Z' && wire.is_the_one() || to.write_all(&message).is_err() {
                    break;
                }
            }
            let _ = to.shutdown(Shutdown::Both);
        });
    }

    /// Whether this is the message before which everything is cut; then it is.
    fn is_the_one(&self) -> bool {
        let is_it = self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.cut;
        if is_it {
            self.cut_all();
        }
        is_it
    }

    fn cut_all(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for (client, server) in self.ends.lock().unwrap().drain(..) {
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    }
}

/// One message: a letter, unless it is the first, and a length that counts itself.
fn message(from: &mut impl Read, lettered: bool) -> io::Result<Vec<u8>> {
    let letter = usize::from(lettered);
    let mut message = vec![0; letter + 4];
    from.read_exact(&mut message)?;
    let length = u32::from_be_bytes(message[letter..].try_into().unwrap());
    message.resize(letter + usize::try_from(length).unwrap(), 0);
    from.read_exact(&mut message[letter + 4..])?;
    Ok(message)
}
