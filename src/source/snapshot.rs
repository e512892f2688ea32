//! A state in a file: versioned JSON that holds all facts and edges, so that a comparison needs no server.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufReader, Read, Write};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::catalog::edges::Edges;
use crate::kind::facts::{Casts, Facts};
use crate::kind::{Body, Key};
use crate::source::error::{SnapshotFault, SourceError};

/// The version of the format that is written; older ones are not known.
const VERSION: u32 = 1;

/// How every snapshot starts, whatever its version.
const HEAD: &str = "{\"pgplumb_snapshot\":";

/// Borrowed where it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Snapshot<'a> {
    pgplumb_snapshot: u32,
    server_version: String,
    fingerprint: String,
    facts: Vec<(Cow<'a, Key>, Cow<'a, Body>)>,
    /// Pairs of places in `facts`: the first needs the second.
    edges: Vec<(usize, usize)>,
    excluded: Cow<'a, BTreeMap<String, Vec<String>>>,
    casts: Cow<'a, Casts>,
}

/// What a snapshot holds.
#[derive(Debug)]
pub struct Stored {
    pub catalog: Catalog,
    /// As the server said it: `15.18`.
    pub server_version: String,
}

/// Whether the file is a snapshot, by how it starts.
pub fn is_snapshot(path: &Path) -> bool {
    let mut head = [0; HEAD.len()];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == *HEAD.as_bytes()
}

/// Writes a state. The same state gives the same bytes.
///
/// # Errors
/// What `out` says.
pub fn write(catalog: &Catalog, server_version: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let places: BTreeMap<&Key, usize> = catalog.facts.keys().enumerate().map(|(place, key)| (key, place)).collect();
    let snapshot = Snapshot {
        pgplumb_snapshot: VERSION,
        server_version: server_version.to_owned(),
        fingerprint: catalog.fingerprint(),
        facts: catalog.facts.iter().map(|(key, body)| (Cow::Borrowed(key), Cow::Borrowed(body))).collect(),
        // An edge whose end was left out by configuration leads nowhere.
        edges: catalog.edges.iter().filter_map(|(a, b)| Some((*places.get(a)?, *places.get(b)?))).collect(),
        excluded: Cow::Borrowed(&catalog.excluded),
        casts: Cow::Borrowed(catalog.facts.casts()),
    };
    serde_json::to_writer(&mut *out, &snapshot)?;
    out.write_all(b"\n")
}

/// Reads a state back.
///
/// # Errors
/// When the file is no snapshot of this version, or its facts are not those that were written.
pub fn read(path: &Path) -> Result<Stored, SourceError> {
    let unreadable = |cause| SourceError::Unreadable { path: path.to_owned(), cause };
    let mut text = String::new();
    BufReader::new(fs::File::open(path).map_err(unreadable)?).read_to_string(&mut text).map_err(unreadable)?;
    parse(path, &text)
}

/// The same, from text that was read already; `path` is what it is called.
///
/// # Errors
/// As `read`.
pub fn parse(path: &Path, text: &str) -> Result<Stored, SourceError> {
    let fault = |what| SourceError::Snapshot { path: path.to_owned(), what };
    let version = version(text).map_err(|error| fault(SnapshotFault::Json(error)))?;
    if version != VERSION {
        return Err(fault(SnapshotFault::Version(version)));
    }
    let snapshot: Snapshot = serde_json::from_str(text).map_err(|error| fault(SnapshotFault::Json(error)))?;
    let keys: Vec<Arc<Key>> = snapshot.facts.iter().map(|(key, _)| Arc::new(key.clone().into_owned())).collect();
    let mut edges = Edges::default();
    for (user, used) in &snapshot.edges {
        let (Some(user), Some(used)) = (keys.get(*user), keys.get(*used)) else {
            return Err(fault(SnapshotFault::Damaged));
        };
        edges.insert(user, used);
    }
    let facts = snapshot.facts.into_iter().map(|(key, body)| (key.into_owned(), body.into_owned()));
    let catalog = Catalog {
        edges,
        excluded: snapshot.excluded.into_owned(),
        facts: facts.collect::<Facts>().with_casts(snapshot.casts.into_owned()),
    };
    if catalog.fingerprint() != snapshot.fingerprint {
        return Err(fault(SnapshotFault::Damaged));
    }
    Ok(Stored { catalog, server_version: snapshot.server_version })
}

/// The version alone, so that a file of another one is not called damaged.
fn version(text: &str) -> Result<u32, serde_json::Error> {
    #[derive(Deserialize)]
    struct Versioned {
        pgplumb_snapshot: u32,
    }
    serde_json::from_str::<Versioned>(text).map(|versioned| versioned.pgplumb_snapshot)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::name::Ident;
    use crate::kind::key::{Child, Global, Scoped};

    fn body() -> Body {
        serde_json::from_str(r#"{"schema":{}}"#).unwrap()
    }

    fn catalog() -> Catalog {
        let schema = Key::Schema(Global { name: Ident::new("a \"quoted\" schema") });
        let other = Key::Schema(Global { name: Ident::new("b") });
        let table = Key::Table(Scoped::new("b", "t"));
        let mut catalog = Catalog::default();
        catalog.facts.insert(schema.clone(), body());
        catalog.facts.insert(other.clone(), body());
        let (schema, other) = (Arc::new(schema), Arc::new(other));
        catalog.edges.insert(&schema, &other);
        catalog.edges.insert(&Arc::new(Key::Column(Child::new(table, "x"))), &other);
        catalog.excluded.insert("because".to_owned(), vec!["it".to_owned()]);
        catalog
    }

    fn written() -> String {
        let mut out = Vec::new();
        write(&catalog(), "15.18", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn read_text(text: &str) -> Result<Stored, SourceError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), text).unwrap();
        assert!(is_snapshot(file.path()));
        read(file.path())
    }

    #[test]
    fn comes_back_as_it_was_without_edges_to_nowhere() {
        let stored = read_text(&written()).unwrap();
        assert_eq!(stored.catalog.facts, catalog().facts);
        assert_eq!(stored.catalog.edges.iter().count(), 1);
        assert_eq!(stored.catalog.excluded, catalog().excluded);
        assert_eq!(stored.server_version, "15.18");
    }

    #[test]
    fn another_version_or_other_content_is_refused() {
        let text = written();
        let newer = text.replace("\"pgplumb_snapshot\":1", "\"pgplumb_snapshot\":7,\"more\":true");
        assert!(read_text(&newer).unwrap_err().to_string().contains("version 7"));
        let other = text.replace("quoted", "altered");
        assert!(read_text(&other).unwrap_err().to_string().contains("damaged"));
    }
}
