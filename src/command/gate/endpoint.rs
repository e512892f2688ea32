//! A check that is the address of a service: it is to answer that all is well.

use std::time::Duration;

use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

/// Asks once, without following to another address: one that only points elsewhere says nothing of the service. Returns
/// why it does not hold, without the address, which may have a password or a token in it.
pub(super) fn ask(url: &str, timeout: Duration) -> Option<String> {
    // The certificates of the machine, as for Postgres.
    let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(timeout))
        .max_redirects(0)
        .http_status_as_error(false)
        .user_agent(concat!("pgplumb/", env!("CARGO_PKG_VERSION")))
        .build();
    match Agent::new_with_config(config).get(url).call() {
        Ok(answer) if answer.status().is_success() => None,
        Ok(answer) => Some(format!("it answers {}", answer.status())),
        Err(ureq::Error::Timeout(_)) => Some(format!("it did not answer in {timeout:?}")),
        // This one names the address.
        Err(ureq::Error::BadUri(_)) => Some("that is no address".to_owned()),
        Err(error) => Some(format!("it cannot be asked: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::{self, sleep};

    use super::*;

    /// A service that gives this answer once.
    fn answering(answer: &'static str, after: Duration) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let length = stream.read(&mut asked).unwrap();
            assert!(asked[..length].starts_with(b"GET /health?token=hush HTTP/1.1\r\n"));
            sleep(after);
            // Who asked may have gone.
            let _ = stream.write_all(format!("HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n").as_bytes());
        });
        format!("http://user:hush@{address}/health?token=hush")
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn what_answers_well_holds() {
        assert_eq!(ask(&answering("204 No Content", Duration::ZERO), LONG), None);
    }

    #[test]
    fn what_does_not_is_told_without_its_address() {
        let why = |answer| ask(&answering(answer, Duration::ZERO), LONG).unwrap();
        assert_eq!(why("503 Service Unavailable"), "it answers 503 Service Unavailable");
        assert_eq!(why("302 Found\r\nLocation: /hush"), "it answers 302 Found");
        assert_eq!(
            ask(&answering("200 OK", Duration::from_secs(3)), Duration::from_millis(200)).unwrap(),
            "it did not answer in 200ms"
        );
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for wrong in [&format!("http://user:hush@{free}/"), "http://user:hush@:port/", "https://hush.invalid/"] {
            let why = ask(wrong, LONG).unwrap();
            assert!(!why.contains("hush") || why.contains("hush.invalid"), "{why}");
        }
    }
}
