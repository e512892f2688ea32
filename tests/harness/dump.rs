//! A `pg_dump --schema-only` in a form that can be compared: one entry per object, in no order, because the order of a dump says
//! something about names and not about the schema. The columns of one CREATE TABLE come in any order, and so do the settings of columns
//! that follow it, because no ALTER can move a column.

use std::collections::BTreeSet;

/// An object of a dump: what it is, and the statements that make it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// `TABLE public.account`, as the dump's own heading calls it.
    pub(crate) title: String,
    pub(crate) sql: String,
}

/// Lines that the dump puts between objects, at a place that depends on which object happens to be the next.
const BETWEEN: &[&str] =
    &["SET default_tablespace ", "SET default_table_access_method ", "\\restrict ", "\\unrestrict "];

/// Takes a dump apart.
pub(crate) fn entries(dump: &str) -> BTreeSet<Entry> {
    let mut found = BTreeSet::new();
    let mut current: Option<(Heading<'_>, Vec<&str>)> = None;
    for line in dump.lines() {
        if let Some(heading) = heading(line) {
            found.extend(current.take().map(entry));
            current = Some((heading, Vec::new()));
        } else if let Some((_, lines)) = &mut current {
            let filler =
                line.trim().is_empty() || line == "--" || line.starts_with("-- PostgreSQL database dump complete");
            if !filler && !BETWEEN.iter().any(|start| line.starts_with(start)) {
                lines.push(line);
            }
        }
    }
    found.extend(current.map(entry));
    found
}

/// The first thing that one dump has and the other has not, or nothing when they say the same.
pub(crate) fn first_difference(have: &str, want: &str) -> Option<String> {
    let (have, want) = (entries(have), entries(want));
    let surplus = have.difference(&want).next();
    let missing = want.difference(&have).next();
    let say = |sign: &str, entry: Option<&Entry>| entry.map(|e| format!("{sign} {}\n{}", e.title, e.sql));
    let parts: Vec<String> = [say("have", surplus), say("want", missing)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

struct Heading<'a> {
    name: &'a str,
    kind: &'a str,
    schema: &'a str,
}

/// Reads `-- Name: account; Type: TABLE; Schema: public; Owner: postgres`. Names may hold anything, so it is read from the end.
fn heading(line: &str) -> Option<Heading<'_>> {
    let rest = line.strip_prefix("-- Name: ")?;
    let (rest, _owner) = rest.rsplit_once("; Owner: ")?;
    let (rest, schema) = rest.rsplit_once("; Schema: ")?;
    let (name, kind) = rest.rsplit_once("; Type: ")?;
    Some(Heading { name, kind, schema })
}

fn entry((heading, lines): (Heading<'_>, Vec<&str>)) -> Entry {
    let mut lines = with_columns_sorted(&lines);
    if matches!(heading.kind, "ACL" | "DEFAULT ACL") {
        lines.sort();
    }
    Entry { title: format!("{} {}.{}", heading.kind, heading.schema, heading.name), sql: lines.join("\n") }
}

fn with_columns_sorted(lines: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    let mut columns: Option<Vec<String>> = None;
    for line in lines {
        match &mut columns {
            None => {
                out.push((*line).to_owned());
                if opens_columns(line) {
                    columns = Some(Vec::new());
                }
            }
            Some(open) if line.starts_with(')') => {
                open.sort();
                out.append(open);
                out.push((*line).to_owned());
                columns = None;
            }
            Some(open) => open.push(line.trim_end_matches(',').to_owned()),
        }
    }
    out.extend(columns.into_iter().flatten());
    for settings in out.chunk_by_mut(|one, other| sets_column(one) && sets_column(other)) {
        settings.sort();
    }
    out
}

fn sets_column(line: &str) -> bool {
    line.starts_with("ALTER TABLE ONLY ") && line.contains(" ALTER COLUMN ") && line.ends_with(';')
}

fn opens_columns(line: &str) -> bool {
    let table = ["CREATE TABLE ", "CREATE UNLOGGED TABLE ", "CREATE FOREIGN TABLE "]
        .iter()
        .any(|start| line.starts_with(start));
    (table && line.ends_with(" (")) || (line.starts_with("CREATE TYPE ") && line.ends_with(" AS ("))
}

#[test]
fn columns_and_objects_compare_in_any_order() {
    let a = "--\n-- Name: t; Type: TABLE; Schema: public; Owner: postgres\n--\n\nCREATE TABLE public.t (\n    a integer,\n    b text\n);\n\n\
             SET default_tablespace = '';\n--\n-- Name: s; Type: SEQUENCE; Schema: public; Owner: postgres\n--\nCREATE SEQUENCE public.s;\n";
    let b = "--\n-- Name: s; Type: SEQUENCE; Schema: public; Owner: postgres\n--\nCREATE SEQUENCE public.s;\n--\n\
             -- Name: t; Type: TABLE; Schema: public; Owner: postgres\n--\n\nCREATE TABLE public.t (\n    b text,\n    a integer\n);\n";
    assert_eq!(first_difference(a, b), None);
    let c = b.replace("b text", "b text NOT NULL");
    let found = first_difference(a, &c).unwrap();
    assert!(found.starts_with("have TABLE public.t\n"), "{found}");
    assert!(found.contains("want TABLE public.t\n"), "{found}");
    let set = |column: &str| format!("ALTER TABLE ONLY public.t ALTER COLUMN {column} SET STATISTICS 5;\n");
    let [ab, ba] = [("a", "b"), ("b", "a")].map(|(one, two)| format!("{a}{}{}", set(one), set(two)));
    assert_eq!(first_difference(&ab, &ba), None);
    assert!(first_difference(&ab, &format!("{a}{}", set("a"))).is_some());
}
