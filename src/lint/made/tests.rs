use std::sync::Arc;

use crate::lint::made::Made;
use crate::lint::script::{Context, Script};
use crate::sql::file::SqlFile;
use crate::sql::split::split;

/// `table: columns | keys of indexes | columns of foreign keys`, for each table.
fn made(sql: &str) -> Vec<String> {
    let statements = split(&Arc::new(SqlFile::new("a.sql", sql)));
    let script = Script::of_file(&statements, &[], Context::default());
    let made = Made::of(&script);
    let words = |table: &super::Table| {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        let indexes: Vec<String> =
            table.indexes.iter().map(|index| index.columns().collect::<Vec<_>>().join(",")).collect();
        let keys: Vec<String> = table.foreign_keys.iter().map(|key| key.columns.join(",")).collect();
        format!("{}: {} | {} | {}", table.name, columns.join(" "), indexes.join(" "), keys.join(" "))
    };
    made.tables.iter().map(words).collect()
}

#[test]
fn constraints_make_indexes_wherever_they_stand() {
    let sql = "create table a (id int primary key, b int unique references c, d int, foreign key (b, d) references e);
        alter table only a add unique (d, b), add column f int references g;
        create index on a (f)";
    assert_eq!(made(sql), ["a: id b d f | id b d,b f | b b,d f"]);
}

#[test]
fn what_is_dropped_or_renamed_counts_as_it_is_in_the_end() {
    let sql = "create table a (id int, b int references c, constraint k unique (id));
        create index i on a (b); create index j on s.t (x);
        alter table a rename b to bb; alter table a rename to aa; drop index s.j;
        alter table aa drop constraint k, drop column id;
        create table gone (id int); drop table if exists gone, other; alter table aa set schema app";
    assert_eq!(made(sql), ["app.aa: bb | bb | bb", "s.t:  |  | "]);
}

#[test]
fn a_primary_key_from_an_index_is_that_index() {
    let sql = "create table a (id int); create unique index i on a (id); alter table a add primary key using index i";
    let statements = split(&Arc::new(SqlFile::new("a.sql", sql)));
    let script = Script::of_file(&statements, &[], Context::default());
    let made = Made::of(&script);
    assert_eq!(made.tables[0].indexes.len(), 1);
    assert!(made.tables[0].primary().is_some());
    assert!(!made.tables[0].takes_more() && !made.tables[0].is_temporary());
}

#[test]
fn two_indexes_are_alike_where_what_is_written_is() {
    let sql = "create index on a (lower(b)); create index on a using btree (lower( b ) ASC NULLS LAST);
        create index on a (lower(c)); create index on a (b desc); create index on a (b desc nulls first)";
    let statements = split(&Arc::new(SqlFile::new("a.sql", sql)));
    let script = Script::of_file(&statements, &[], Context::default());
    let made = Made::of(&script);
    let keys: Vec<_> = made.tables[0].indexes.iter().map(|index| &index.keys).collect();
    assert_eq!(keys[0], keys[1]);
    assert_ne!(keys[0], keys[2]);
    assert_eq!(keys[3], keys[4]);
}
