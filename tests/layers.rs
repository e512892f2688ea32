//! Imports run downward only: reads every `crate::` path in `src` and fails on one that points upward, or sideways to a peer.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The layers from top to bottom. Those in one row are peers and do not know each other.
const LAYERS: &[&[&str]] = &[
    &["main"],
    &["cli"],
    &["command"],
    &["config", "exit", "migrate", "operate", "report"],
    &["propose"],
    &["ask", "prove"],
    &["lint"],
    &["strategy"],
    &["grade", "script"],
    &["plan"],
    &["diff"],
    &["source"],
    &["scratch"],
    &["catalog"],
    &["kind", "observe"],
    &["db"],
    &["sql"],
    &["base"],
];

/// Layers that may look into the room of one kind. All others go through the registry, so that a new kind needs no edit there.
/// The proof is one, because the rows that it makes up must fit a table's columns.
const KNOW_KINDS: &[&str] = &["kind", "lint", "prove", "strategy"];

/// Rooms that are open to all, because what is in them is about every kind: default privileges decide what a new object starts with.
const OPEN_ROOMS: &[&str] = &["default_privileges"];

/// One path found in a file: `crate::kind::table` is `["kind", "table"]`.
type Import = Vec<String>;

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&layer))
}

/// The text without comments, string literals and what is inside them. Line ends are kept.
fn code_only(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for line in text.lines() {
        let mut quoted = false;
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if quoted => drop(chars.next()),
                '"' => quoted = !quoted,
                '/' if !quoted && chars.peek() == Some(&'/') => break,
                _ if quoted => {}
                _ => code.push(c),
            }
        }
        code.push('\n');
    }
    code
}

/// Every path that starts with `root::`, with a group `{a::b, c}` taken apart at its first level.
fn imports(text: &str, root: &str) -> BTreeSet<Import> {
    let code = code_only(text);
    let start = format!("{root}::");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(&start) {
        let whole_word = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        if whole_word {
            found.extend(heads(&code[at + start.len()..]));
        }
    }
    found
}

/// The first two names of each path at the head of `rest`.
fn heads(rest: &str) -> Vec<Import> {
    let Some(group) = rest.strip_prefix('{') else { return vec![path(rest)] };
    let mut depth = 0;
    let mut parts = vec![String::new()];
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.iter().map(|part| path(part.trim())).filter(|names| !names.is_empty()).collect()
}

fn path(text: &str) -> Import {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    text[..end].split("::").filter(|name| !name.is_empty()).take(2).map(str::to_owned).collect()
}

/// What is wrong with one import, if anything.
fn fault(layer: &str, import: &Import, rooms: &BTreeSet<String>) -> Option<String> {
    let to = import.first()?;
    let Some(from_rank) = rank(layer) else {
        return Some(format!("`{layer}` is in no layer; give it a row in LAYERS"));
    };
    let Some(to_rank) = rank(to) else {
        // A macro or an item at the top of the crate has no layer of its own.
        return None;
    };
    if layer == to {
        return None;
    }
    if to_rank < from_rank {
        return Some(format!("`{layer}` imports `{to}`, which is above it"));
    }
    if to_rank == from_rank {
        return Some(format!("`{layer}` imports its peer `{to}`"));
    }
    if to == "config" && layer != "command" && layer != "main" {
        return Some(format!("`{layer}` imports `config`, which only `command` may see"));
    }
    match import.get(1) {
        Some(room) if to == "kind" && rooms.contains(room) => {
            let open = OPEN_ROOMS.contains(&room.as_str()) || KNOW_KINDS.contains(&layer);
            (!open)
                .then(|| format!("`{layer}` looks into the room `kind::{room}`; what it needs belongs in the registry"))
        }
        _ => None,
    }
}

fn files(folder: &Path, ends: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ends));
        } else if path.extension().is_some_and(|ext| ext == ends) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A kind's room is where its catalog query is: `kind/view.sql` makes `view` one.
fn rooms(src: &Path) -> BTreeSet<String> {
    let kind = src.join("kind");
    let first = |path: PathBuf| {
        let inside = path.strip_prefix(&kind).unwrap().with_extension("");
        inside.iter().next().unwrap().to_string_lossy().into_owned()
    };
    if kind.is_dir() { files(&kind, "sql").into_iter().map(first).collect() } else { BTreeSet::new() }
}

#[test]
fn imports_run_downward() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms = rooms(&src);
    let mut faults = Vec::new();
    for file in files(&src, "rs") {
        let inside = file.strip_prefix(&src).unwrap();
        let layer = inside.iter().next().unwrap().to_string_lossy();
        let layer = layer.trim_end_matches(".rs");
        if layer == "lib" {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let mut found = imports(&text, "crate");
        found.extend(imports(&text, "pgplumb"));
        faults.extend(
            found
                .iter()
                .filter_map(|import| fault(layer, import, &rooms))
                .map(|f| format!("src/{}: {f}", inside.display())),
        );
    }
    assert!(faults.is_empty(), "{} imports against the order:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn an_import_against_the_order_is_found() {
    let rooms = BTreeSet::from(["view".to_owned()]);
    let fault_of = |layer: &str, text: &str| {
        let faults: Vec<_> = imports(text, "crate").iter().filter_map(|import| fault(layer, import, &rooms)).collect();
        faults.join("; ")
    };
    assert_eq!(fault_of("diff", "use crate::catalog::Catalog;"), "");
    assert_eq!(fault_of("db", "use crate::base::{name::Ident, plural};"), "");
    assert_eq!(fault_of("db", "use crate::plan::Step;"), "`db` imports `plan`, which is above it");
    assert_eq!(fault_of("ask", "fn f() { crate::prove::run(x) }"), "`ask` imports its peer `prove`");
    assert_eq!(fault_of("sql", "fn f() { crate::db::url(x) }"), "`sql` imports `db`, which is above it");
    assert_eq!(
        fault_of("catalog", "use crate::{base::{a, b}, diff::Change};"),
        "`catalog` imports `diff`, which is above it"
    );
    assert_eq!(fault_of("cli", "use crate::config::Config;"), "`cli` imports `config`, which only `command` may see");
    assert!(fault_of("plan", "use crate::kind::view::View;").contains("belongs in the registry"));
    assert_eq!(fault_of("lint", "use crate::kind::view::View;"), "");
    assert_eq!(fault_of("base", "// crate::plan\nlet a = \"crate::plan\";"), "");
    assert!(fault_of("elsewhere", "use crate::base::name;").contains("no layer"));
}
