//! The SQL of a model, in an order that psql can load. What refers to something that is not there is left out, or gets a plain type.

use std::collections::BTreeMap;

use super::columns::{self, data_type};
use super::model::{Model, Sequence, Shape, Table, View};

/// Writes the statements of a model one after another.
pub(super) fn render(model: &Model) -> String {
    let mut out = Vec::new();
    out.push("CREATE SCHEMA app".to_owned());
    // A schema that grants nothing at all leaves the privileges of a live database alone.
    out.push("GRANT USAGE ON SCHEMA app TO app_reader".to_owned());
    types(model, &mut out);
    functions(model, &mut out);
    for (n, table) in in_order(model) {
        create_table(model, n, table, &mut out);
    }
    keys(model, &mut out);
    indexes(model, &mut out);
    readers(model, &mut out);
    views(model, &mut out);
    triggers(model, &mut out);
    policies(model, &mut out);
    beside(model, &mut out);
    out.iter().map(|statement| format!("{statement};\n")).collect()
}

fn types(model: &Model, out: &mut Vec<String>) {
    for (n, labels) in &model.enums {
        let labels: Vec<String> = labels.iter().map(|label| format!("'l{label}'")).collect();
        out.push(format!("CREATE TYPE e{n} AS ENUM ({})", labels.join(", ")));
    }
    for (n, domain) in &model.domains {
        let (base, check) = columns::domain(domain);
        let not_null = if domain.not_null { " NOT NULL" } else { "" };
        out.push(format!("CREATE DOMAIN d{n} AS {base}{not_null}{check}"));
    }
    for (n, attributes) in &model.composites {
        let attributes: Vec<String> =
            attributes.iter().map(|(a, kind)| format!("a{a} {}", columns::plain(*kind))).collect();
        out.push(format!("CREATE TYPE c{n} AS ({})", attributes.join(", ")));
    }
    for (n, sequence) in &model.sequences {
        out.push(format!("CREATE SEQUENCE s{n} INCREMENT BY {}", sequence.step));
    }
}

fn functions(model: &Model, out: &mut Vec<String>) {
    for (n, function) in &model.functions {
        let returns = if function.returns_bigint { "bigint" } else { "integer" };
        let body = format!("$1 + {}", function.body);
        let (language, text) = match function.plpgsql {
            true => ("plpgsql", format!("BEGIN RETURN {body}; END")),
            false => ("sql", format!("SELECT ({body})::{returns}")),
        };
        out.push(format!(
            "CREATE FUNCTION f{n}(integer) RETURNS {returns} LANGUAGE {language} IMMUTABLE AS $f${text}$f$"
        ));
        out.push(format!(
            "CREATE FUNCTION tf{n}() RETURNS trigger LANGUAGE plpgsql AS $f$BEGIN PERFORM f{n}({}); RETURN NEW; END$f$",
            function.body
        ));
    }
}

/// Parents before those who inherit from them.
fn in_order(model: &Model) -> Vec<(u8, &Table)> {
    let mut tables: Vec<(u8, &Table)> = model.tables.iter().map(|(n, table)| (*n, table)).collect();
    tables.sort_by_key(|(n, table)| (parent(model, *n, table).is_some(), *n));
    tables
}

/// The table that this one inherits from: one that itself is plain.
fn parent(model: &Model, n: u8, table: &Table) -> Option<u8> {
    let Shape::Inherits(parent) = table.shape else { return None };
    let plain = matches!(model.tables.get(&parent)?.shape, Shape::Plain);
    (plain && parent != n).then_some(parent)
}

/// The model without the tables that would come under another parent than they had. Their columns would be their own and
/// inherited, and Postgres has no way to make those of a table that is there inherited alone: `pg_dump` tells the two apart.
pub(super) fn with_parents_of(mut model: Model, before: &Model) -> Model {
    loop {
        let moved = |(n, table): (&u8, &Table)| {
            let had = before.tables.get(n)?;
            (parent(before, *n, had) != parent(&model, *n, table)).then_some(*n)
        };
        let Some(moved) = model.tables.iter().find_map(moved) else { return model };
        model.tables.remove(&moved);
    }
}

/// The qualified name of a table.
fn name(n: u8, table: &Table) -> String {
    format!("{}.t{n}", if table.app { "app" } else { "public" })
}

/// A column of a table: those of an heir have names of their own, so that they do not meet those of the parent.
fn column_name(table: &Table, column: u8) -> String {
    match table.shape {
        Shape::Inherits(_) => format!("h{column}"),
        _ => format!("c{column}"),
    }
}

fn create_table(model: &Model, n: u8, table: &Table, out: &mut Vec<String>) {
    let heir = parent(model, n, table);
    let mut parts = Vec::new();
    if heir.is_none() {
        parts.push(format!("id {} NOT NULL", if table.int_id { "integer" } else { "bigint" }));
    }
    for (c, column) in &table.columns {
        let fill = columns::fill(model, column, heir.is_none());
        parts.push(format!("{} {}{fill}", column_name(table, *c), data_type(model, column.data_type)));
    }
    for (c, check) in &table.checks {
        let function = check % model.functions.len().max(1) as u8;
        let left =
            if model.functions.contains_key(&function) { format!("f{function}(id::integer)") } else { "id".into() };
        parts.push(format!("CONSTRAINT t{n}_check{c} CHECK ({left} > {check})"));
    }
    if table.key {
        parts.push(format!("CONSTRAINT t{n}_key PRIMARY KEY (id)"));
    }
    let partitioned = matches!(table.shape, Shape::Partitioned(_));
    for (c, _) in table.columns.iter().filter(|(_, c)| c.unique && columns::sorts(c.data_type)) {
        let id = if partitioned { ", id" } else { "" };
        parts.push(format!("CONSTRAINT t{n}_unique{c} UNIQUE ({}{id})", column_name(table, *c)));
    }
    let tail = match (&table.shape, heir) {
        (Shape::Partitioned(_), _) => " PARTITION BY RANGE (id)".to_owned(),
        (_, Some(parent)) => format!(" INHERITS ({})", name(parent, &model.tables[&parent])),
        _ => String::new(),
    };
    let options = if table.fillfactor && !partitioned { " WITH (fillfactor = 70)" } else { "" };
    let unlogged = if matches!(table.shape, Shape::Unlogged) { "UNLOGGED " } else { "" };
    let table_name = name(n, table);
    out.push(format!("CREATE {unlogged}TABLE {table_name} (\n    {}\n){tail}{options}", parts.join(",\n    ")));
    if let Shape::Partitioned(parts) = &table.shape {
        for part in parts {
            let bound = match part {
                0 => "DEFAULT".to_owned(),
                _ => format!("FOR VALUES FROM ({}) TO ({})", u32::from(*part) * 100, u32::from(*part) * 100 + 100),
            };
            out.push(format!("CREATE TABLE {table_name}_p{part} PARTITION OF {table_name} {bound}"));
        }
    }
}

fn keys(model: &Model, out: &mut Vec<String>) {
    for ((from, to), how) in &model.foreign_keys {
        let (Some(a), Some(b)) = (model.tables.get(from), model.tables.get(to)) else { continue };
        let permanent = |table: &Table| !matches!(table.shape, Shape::Unlogged);
        if b.key && (permanent(b) || !permanent(a)) {
            let tail = ["", " ON DELETE CASCADE", " ON UPDATE RESTRICT", " DEFERRABLE INITIALLY DEFERRED"];
            out.push(format!(
                "ALTER TABLE {} ADD CONSTRAINT t{from}_t{to} FOREIGN KEY (id) REFERENCES {} (id){}",
                name(*from, a),
                name(*to, b),
                tail[usize::from(how % 4)]
            ));
        }
    }
    for (n, sequence) in &model.sequences {
        if let Some((t, table)) = owning(model, sequence) {
            out.push(format!("ALTER SEQUENCE s{n} OWNED BY {}.id", name(t, table)));
        }
    }
}

/// The table that a sequence belongs to: one in its own schema.
fn owning<'m>(model: &'m Model, sequence: &Sequence) -> Option<(u8, &'m Table)> {
    let n = sequence.owner?;
    model.tables.get(&n).filter(|table| !table.app).map(|table| (n, table))
}

fn indexes(model: &Model, out: &mut Vec<String>) {
    for (n, index) in &model.indexes {
        let Some(table) = model.tables.get(&index.table) else { continue };
        let column = table.columns.get(&index.column).filter(|column| columns::sorts(column.data_type));
        let column = column.map_or_else(|| "id".to_owned(), |_| column_name(table, index.column));
        let on = match index.form % 6 {
            0 => format!("({column} DESC NULLS LAST)"),
            1 => format!("({column}) WHERE id > {}", index.form),
            2 => format!("((id + {}))", index.form),
            3 if model.functions.contains_key(&index.column) => format!("(f{}(id::integer))", index.column),
            4 => format!("(id) INCLUDE ({column})").replace("INCLUDE (id)", "WITH (fillfactor = 80)"),
            _ => format!("({column})"),
        };
        out.push(format!("CREATE INDEX i{n} ON {} {on}", name(index.table, table)));
    }
    for ((t, column), how) in &model.statistics {
        let Some(table) = model.tables.get(t) else { continue };
        if table.columns.get(column).is_some_and(|column| columns::sorts(column.data_type)) {
            let kinds = ["", " (ndistinct)", " (dependencies, mcv)"][usize::from(how % 3)];
            let (column, table) = (column_name(table, *column), name(*t, table));
            out.push(format!("CREATE STATISTICS x{t}_{column}{kinds} ON id, {column} FROM {table}"));
        }
    }
}

fn readers(model: &Model, out: &mut Vec<String>) {
    for (n, reader) in &model.readers {
        let Some(table) = model.tables.get(&reader.table) else { continue };
        let table = name(reader.table, table);
        out.push(match reader.form % 4 {
            0 => format!("CREATE FUNCTION r{n}() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(id) FROM {table}; END"),
            1 => format!("CREATE FUNCTION r{n}() RETURNS SETOF {table} LANGUAGE sql STABLE AS 'SELECT * FROM {table}'"),
            2 => format!("CREATE FUNCTION r{n}({table}) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1.id::bigint'"),
            _ => format!("CREATE FUNCTION r{n}() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT max(id) FROM {table}); END'"),
        });
    }
}

fn views(model: &Model, out: &mut Vec<String>) {
    let mut made = BTreeMap::new();
    for (n, view) in &model.views {
        if let Some((query, columns)) = query(model, view, &made) {
            let options = if view.form % 5 == 0 { " WITH (security_barrier = true)" } else { "" };
            out.push(format!("CREATE VIEW v{n}{options} AS {query}"));
            made.insert(*n, columns);
        }
    }
    for (n, view) in &model.matviews {
        if let Some((query, _)) = query(model, view, &made) {
            out.push(format!("CREATE MATERIALIZED VIEW m{n} AS {query}"));
            out.push(format!("CREATE INDEX m{n}_id ON m{n} (id)"));
        }
    }
}

/// What a view selects, and its columns.
fn query(model: &Model, view: &View, made: &BTreeMap<u8, Vec<String>>) -> Option<(String, Vec<String>)> {
    let (from, all) = match (view.over < 4, made.get(&view.over.wrapping_sub(4))) {
        (true, _) => {
            let table = model.tables.get(&view.over)?;
            (name(view.over, table), table.columns.keys().map(|column| column_name(table, *column)).collect())
        }
        (false, Some(columns)) => (format!("v{}", view.over - 4), columns.clone()),
        (false, None) => return None,
    };
    let chosen: Vec<String> =
        all.iter().enumerate().filter(|(at, _)| view.columns >> at & 1 == 1).map(|(_, name)| name.clone()).collect();
    let list: String = chosen.iter().map(|column| format!(", {column}")).collect();
    let key = view.over < 4 && model.tables[&view.over].key;
    let query = match view.form % 4 {
        0 => format!("SELECT id{list} FROM {from} WHERE id > {}", view.form),
        1 if key => format!("SELECT id{list} FROM {from} GROUP BY {from}.id"),
        2 if model.functions.contains_key(&(view.form / 8)) => {
            format!("SELECT id{list} FROM {from} WHERE f{}(id::integer) > 0", view.form / 8)
        }
        _ => format!("SELECT id{list} FROM {from}"),
    };
    Some((query, chosen))
}

fn triggers(model: &Model, out: &mut Vec<String>) {
    for ((t, n), how) in &model.triggers {
        let (Some(table), true) = (model.tables.get(t), model.functions.contains_key(&(how / 16 % 4))) else {
            continue;
        };
        let column = table.columns.keys().next().map(|column| column_name(table, *column));
        let of = match (column, how % 2) {
            (Some(column), 0) if parent(model, *t, table).is_none() => format!(" OF {column}"),
            _ => String::new(),
        };
        let time = if how % 4 < 2 { "AFTER" } else { "BEFORE" };
        let when = if how % 8 < 4 { format!(" WHEN (NEW.id > {how})") } else { String::new() };
        let (table, function) = (name(*t, table), how / 16 % 4);
        out.push(format!("CREATE TRIGGER g{n} {time} INSERT OR UPDATE{of} ON {table} FOR EACH ROW{when} EXECUTE FUNCTION tf{function}()"));
        if how % 3 == 0 {
            out.push(format!("ALTER TABLE {table} DISABLE TRIGGER g{n}"));
        }
    }
}

fn policies(model: &Model, out: &mut Vec<String>) {
    for (n, table) in &model.tables {
        if table.security % 2 == 1 {
            out.push(format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", name(*n, table)));
        }
        if table.security > 1 {
            out.push(format!("ALTER TABLE {} FORCE ROW LEVEL SECURITY", name(*n, table)));
        }
    }
    for ((t, n), how) in &model.policies {
        let Some(table) = model.tables.get(t) else { continue };
        let (role, verb) =
            (["PUBLIC", "app_reader"][usize::from(how % 2)], ["ALL", "SELECT"][usize::from(how / 2 % 2)]);
        out.push(format!("CREATE POLICY p{n} ON {} FOR {verb} TO {role} USING (id > {how})", name(*t, table)));
    }
}

/// Comments, owners and grants, on what was made.
fn beside(model: &Model, out: &mut Vec<String>) {
    let made: Vec<String> = out.clone();
    let there = |start: String| made.iter().any(|statement| statement.starts_with(&start));
    let object = |kind: u8, n: u8| match kind {
        0 | 1 => model.tables.get(&n).map(|table| ("TABLE", name(n, table))),
        2 => model.functions.contains_key(&n).then(|| ("FUNCTION", format!("f{n}(integer)"))),
        3 => model.enums.contains_key(&n).then(|| ("TYPE", format!("e{n}"))),
        4 => model.sequences.get(&n).filter(|s| owning(model, s).is_none()).map(|_| ("SEQUENCE", format!("s{n}"))),
        5 => (there(format!("CREATE VIEW v{n} "))).then(|| ("VIEW", format!("v{n}"))),
        6 => (there(format!("CREATE MATERIALIZED VIEW m{n} "))).then(|| ("MATERIALIZED VIEW", format!("m{n}"))),
        _ => model.domains.contains_key(&n).then(|| ("DOMAIN", format!("d{n}"))),
    };
    for ((kind, n), text) in &model.comments {
        if let Some((what, name)) = object(*kind, *n) {
            out.push(format!("COMMENT ON {what} {name} IS 'number {text}; it''s \"this\"'"));
        }
        let first = model.tables.get(n).filter(|_| *kind == 1).and_then(|t| Some((t, t.columns.keys().next()?)));
        if let Some((table, column)) = first {
            out.push(format!(
                "COMMENT ON COLUMN {}.{} IS 'column {text}'",
                name(*n, table),
                column_name(table, *column)
            ));
        }
    }
    for ((kind, n), how) in &model.grants {
        let Some((what, name)) = object(*kind, *n) else { continue };
        let option = if how % 3 == 0 { " WITH GRANT OPTION" } else { "" };
        out.push(match what {
            "TABLE" if how % 2 == 0 => format!("GRANT SELECT (id), UPDATE (id) ON {name} TO app_reader{option}"),
            "TABLE" | "VIEW" | "MATERIALIZED VIEW" => format!("GRANT SELECT ON {name} TO app_reader{option}"),
            "FUNCTION" => format!("REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC"),
            what => format!("GRANT USAGE ON {what} {name} TO app_writer{option}"),
        });
    }
    // Each says who owns it, so that what the files say nothing about is never a part of the question.
    for kind in [0, 2, 3, 4, 5, 6, 7] {
        for n in 0..4 {
            if let Some((what, name)) = object(kind, n) {
                let owner = if model.owners.contains(&(kind, n)) { "app_owner" } else { "postgres" };
                out.push(format!("ALTER {what} {name} OWNER TO {owner}"));
            }
        }
    }
}
