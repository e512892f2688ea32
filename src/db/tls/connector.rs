//! The connectors of native-tls, each made once: OpenSSL reads all of the system's roots for each, which takes longer than most of
//! what is asked of a server.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use native_tls::{Certificate, Identity, TlsConnector};
use postgres::Socket;
use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres_native_tls::TlsStream;

/// What a handshake is to be like, with what was in the files: where they change, it is another one.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// Certificates, in PEM, that the chain has to end with; by default the system's.
    pub(super) roots: Option<Vec<u8>>,
    pub(super) checks_chain: bool,
    pub(super) checks_name: bool,
    pub(super) sni: bool,
    /// The client's certificates and the key to the first, in PEM.
    pub(super) identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Wish {
    pub(super) fn has_files(&self) -> bool {
        self.roots.is_some() || self.identity.is_some()
    }

    fn make(&self) -> Result<TlsConnector, native_tls::Error> {
        let mut builder = TlsConnector::builder();
        if let Some(roots) = &self.roots {
            builder.disable_built_in_roots(true);
            for certificate in Certificate::stack_from_pem(roots)? {
                builder.add_root_certificate(certificate);
            }
        }
        builder.danger_accept_invalid_certs(!self.checks_chain);
        builder.danger_accept_invalid_hostnames(!self.checks_name);
        builder.use_sni(self.sni);
        if let Some((chain, key)) = &self.identity {
            builder.identity(Identity::from_pkcs8(chain, key)?);
        }
        builder.build()
    }

    /// The one that was made before, or a new one.
    fn made(&self) -> Result<TlsConnector, native_tls::Error> {
        static MADE: Mutex<Vec<(Wish, TlsConnector)>> = Mutex::new(Vec::new());
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, connector)) = made.iter().find(|(wish, _)| wish == self) {
            return Ok(connector.clone());
        }
        let connector = self.make()?;
        made.push((self.clone(), connector.clone()));
        Ok(connector)
    }
}

/// What the driver is given to make handshakes with.
#[derive(Clone)]
pub(in crate::db) struct Connector(Wish);

impl Connector {
    /// One that is made once the server says that it encrypts.
    pub(super) fn later(wish: Wish) -> Self {
        Self(wish)
    }

    /// The same, where it is known that it can be made.
    ///
    /// # Errors
    /// When what the files hold does not go together.
    pub(super) fn now(wish: Wish) -> Result<Self, native_tls::Error> {
        wish.made().map(|_| Self(wish))
    }
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = TlsStream<Socket>;
    type TlsConnect = Handshake;
    type Error = native_tls::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, native_tls::Error> {
        Ok(Handshake { wish: self.0.clone(), domain: domain.to_owned() })
    }
}

/// A handshake with one server.
pub(in crate::db) struct Handshake {
    wish: Wish,
    domain: String,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = TlsStream<Socket>;
    type Error = native_tls::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Stream, Self::Error>> + Send>>;

    fn connect(self, stream: Socket) -> Self::Future {
        let made = self.wish.made();
        Box::pin(async move { postgres_native_tls::TlsConnector::new(made?, &self.domain).connect(stream).await })
    }
}
