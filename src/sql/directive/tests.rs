use std::sync::Arc;

use super::{Directive, DirectiveError, Target, directives};
use crate::sql::file::SqlFile;
use crate::sql::split::split;

fn read(text: &str) -> (Vec<Directive>, Vec<DirectiveError>) {
    directives(&split(&Arc::new(SqlFile::new("a.sql", text))))
}

/// Former names and what has them now.
fn renamed(text: &str) -> Vec<(String, Target)> {
    let (found, errors) = read(text);
    assert!(errors.is_empty(), "{errors:?} in {text}");
    let one = |directive| match directive {
        Directive::RenamedFrom { target, from, from_schema, .. } => {
            (from_schema.map(|schema| format!("{schema}|")).unwrap_or_default() + &from, target)
        }
        other => panic!("{other:?}"),
    };
    found.into_iter().map(one).collect()
}

fn column(name: &str) -> Target {
    Target::Column { schema: None, table: "t".to_owned(), name: name.to_owned() }
}

fn constraint(name: &str) -> Target {
    Target::Constraint { schema: None, table: "t".to_owned(), name: name.to_owned() }
}

fn table(name: &str) -> Target {
    Target::Table { schema: None, name: name.to_owned() }
}

#[test]
fn every_kind_is_found_on_the_line_below() {
    let (s, name, on) = (Some("s".to_owned()), "n".to_owned(), "t".to_owned());
    let cases = [
        ("create schema n", Target::Schema { name: name.clone() }),
        ("create table s.n (a int, b int)", Target::Table { schema: s.clone(), name: name.clone() }),
        ("create foreign table s.n (a int) server x", Target::Table { schema: s.clone(), name: name.clone() }),
        ("create unique index concurrently n on s.t (a)", Target::Index { schema: s.clone(), name: name.clone() }),
        ("create type s.n as enum ('a')", Target::Type { schema: s.clone(), name: name.clone() }),
        ("create type s.n as (a int)", Target::Type { schema: s.clone(), name: name.clone() }),
        ("create type s.n as range (subtype = int4)", Target::Type { schema: s.clone(), name: name.clone() }),
        ("create domain s.n as text check (true)", Target::Type { schema: s.clone(), name: name.clone() }),
        ("create or replace view s.n as select 1", Target::View { schema: s.clone(), name: name.clone() }),
        (
            "create materialized view s.n as select 1",
            Target::MaterializedView { schema: s.clone(), name: name.clone() },
        ),
        ("create sequence s.n", Target::Sequence { schema: s.clone(), name: name.clone() }),
        (
            "create trigger n after insert on s.t for each row execute function f()",
            Target::Trigger { schema: s.clone(), table: on.clone(), name: name.clone() },
        ),
        (
            "create policy n on s.t using (true)",
            Target::Policy { schema: s.clone(), table: on.clone(), name: name.clone() },
        ),
        (
            "alter type s.t add value 'n' after 'a'",
            Target::EnumValue { schema: s.clone(), type_name: on.clone(), label: name.clone() },
        ),
        (
            "alter table only s.t\n    add constraint n primary key (a)",
            Target::Constraint { schema: s.clone(), table: on.clone(), name: name.clone() },
        ),
        ("alter table s.t add column n int", Target::Column { schema: s.clone(), table: on, name }),
    ];
    for (sql, target) in cases {
        for directive in ["-- pgplumb: renamed from old\n-- else\n", "/* pgplumb: renamed from old */\n"] {
            let text = format!("create schema other;\n{directive}{sql};\n");
            assert_eq!(renamed(&text), [("old".to_owned(), target.clone())], "{text}");
        }
        let text = format!("create schema other;\n{sql}; -- pgplumb: renamed from old\ncreate table after ();");
        assert_eq!(renamed(&text), [("old".to_owned(), target)], "{text}");
    }
}

#[test]
fn functions_are_known_by_their_input_types() {
    let text = "-- pgplumb: renamed from s.calc\ncreate function s.f(a int, out b text, variadic c varchar(3)[], d s.e, \
                json json) language sql as '';";
    let args = ["integer", "character varying[]", "s.e", "json"].map(str::to_owned).to_vec();
    let target = Target::Function { schema: Some("s".to_owned()), name: "f".to_owned(), args };
    assert_eq!(renamed(text), [("s|calc".to_owned(), target)]);
}

#[test]
fn elements_are_found_above_and_beside() {
    let text = "create table t (\n  -- pgplumb: renamed from x\n\n  a int);";
    assert_eq!(read(text).1.len(), 1, "a blank line is between");
    let text = "create table t ( -- pgplumb: renamed from old_t
  -- the first
  -- pgplumb: renamed from x
  a int, -- pgplumb: allow lossy because tested
  b text
    default 'b' not null, -- pgplumb: renamed from \"The B\"
  -- pgplumb: renamed from z
  c int constraint c_positive check (c > 0)
  -- pgplumb: renamed from y
  , d int,
  e int
    constraint e_positive check (e > 0), -- pgplumb: renamed from e_check
  -- pgplumb: renamed from k
  constraint t_key unique (a)
) -- pgplumb: renamed from older_t
partition by list (a);";
    let (found, errors) = read(text);
    assert!(errors.is_empty(), "{errors:?}");
    let targets: Vec<(&str, &Target)> = found
        .iter()
        .filter_map(|directive| match directive {
            Directive::RenamedFrom { from, target, .. } => Some((from.as_str(), target)),
            _ => None,
        })
        .collect();
    let expected = [
        ("old_t", table("t")),
        ("x", column("a")),
        ("The B", column("b")),
        ("z", column("c")),
        ("y", column("d")),
        ("e_check", constraint("e_positive")),
        ("k", constraint("t_key")),
        ("older_t", table("t")),
    ];
    assert_eq!(targets, expected.iter().map(|(from, target)| (*from, target)).collect::<Vec<_>>());
}

#[test]
fn labels_are_quoted_or_bare() {
    let text = "create type s.e as enum (\n  -- pgplumb: renamed from in progress\n  'a;''x',\n  'b', -- pgplumb: renamed \
                from 'it''s'\n  'c' -- pgplumb: renamed from \"D\"\n);";
    let value = |label: &str| Target::EnumValue {
        schema: Some("s".to_owned()),
        type_name: "e".to_owned(),
        label: label.to_owned(),
    };
    assert_eq!(
        renamed(text),
        [("in progress".to_owned(), value("a;'x")), ("it's".to_owned(), value("b")), ("D".to_owned(), value("c"))]
    );
}

#[test]
fn allowances_have_a_code_a_reason_and_perhaps_an_object() {
    let text = "-- pgplumb: allow drop-column:public.\"my t\".c because nobody reads it\ncreate schema s;\n\
                -- pgplumb: allow lossy because a copy is kept\n\nselect 1;\n-- pgplumb: allow lossy\n";
    let (found, errors) = read(text);
    let told: Vec<_> = found
        .iter()
        .map(|directive| match directive {
            Directive::Allow { code, object, because, statement, .. } => {
                (code.as_str(), object.as_deref(), because.as_str(), *statement)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            ("drop-column", Some("public.\"my t\".c"), "nobody reads it", Some(0)),
            ("lossy", None, "a copy is kept", None)
        ]
    );
    assert!(matches!(errors.as_slice(), [DirectiveError::Malformed { what: "the reason is missing", .. }]));
}

#[test]
fn what_cannot_be_followed_is_an_error() {
    let error = |text: &str| {
        let (found, mut errors) = read(text);
        assert!(found.is_empty() && errors.len() == 1, "{found:?} {errors:?}");
        errors.remove(0)
    };
    let unknown = error("-- pgplumb: renamd from a\ncreate schema b;");
    assert_eq!(unknown.to_string(), "no directive is called `renamd`");
    let help = miette::Diagnostic::help(&unknown).unwrap().to_string();
    assert_eq!(help, "write `-- pgplumb: renamed from old_name`");
    for text in [
        "-- pgplumb: renamed from a\n\ncreate schema b;",
        "create schema b;\n-- pgplumb: renamed from a\n",
        "-- pgplumb: renamed from a\ncomment on schema b is '';",
        "-- pgplumb: renamed from a\ninsert into b values (1);",
        "-- pgplumb: renamed from a\ncreate tabel b ();",
    ] {
        assert!(matches!(error(text), DirectiveError::Dangling { .. }), "{text}");
    }
    for text in [
        "-- pgplumb: renamed from a\nalter table t add constraint b check (true), add constraint c check (true);",
        "create table t (\n  b int, c int -- pgplumb: renamed from a\n);",
    ] {
        assert_eq!(error(text).to_string(), "the directive could be about any of `b` and `c`");
    }
    for text in ["renamed a", "renamed from", "renamed from a.b.c", "renamed from a b", "renamed from f(int)", "allow"]
    {
        let text = format!("-- pgplumb: {text}\ncreate schema b;");
        assert!(matches!(error(&text), DirectiveError::Malformed { .. }), "{text}");
    }
}

#[test]
fn comments_elsewhere_are_no_directives() {
    let text = "create function f() returns int language sql as $$\n-- pgplumb: renamed from x\nselect 1 $$;\n\
                select '-- pgplumb: renamed from x';\ncopy t from stdin;\n-- pgplumb: renamed from x\n\\.\n-- about pgplumb: it\n";
    let (found, errors) = read(text);
    assert!(found.is_empty() && errors.is_empty(), "{found:?} {errors:?}");
}

#[test]
fn a_name_can_be_kept_and_a_contract_can_wait() {
    let kept = |sql: &str| {
        let file = Arc::new(SqlFile::new("t.sql", sql));
        let (found, errors) = directives(&split(&file));
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        let said: Vec<String> = found
            .iter()
            .map(|directive| match directive {
                Directive::RenamedFrom { from, keep, .. } => {
                    format!("{from} {}", keep.map_or(String::new(), |k| k.to_string()))
                }
                Directive::Phase { after, .. } => after.map_or(String::new(), |after| after.to_string()),
                _ => String::new(),
            })
            .chain(errors)
            .collect();
        said.join(", ")
    };
    let table = |said: &str| kept(&format!("-- pgplumb: {said}\nCREATE TABLE t (a int);"));
    assert_eq!(table("renamed from old keep 2 releases"), "old 2 releases");
    assert_eq!(table("renamed from s.\"keep it\" KEEP 14d"), "keep it 14d");
    assert_eq!(table("renamed from keep"), "keep ");
    assert_eq!(table("renamed from keep keep 1 release"), "keep 1 release");
    assert_eq!(table("renamed from s.keep"), "keep ");
    let long = "the directive is not complete: it does not say how long: `2 releases`, or a time such as `14d`";
    assert_eq!(table("renamed from old keep"), long);
    assert_eq!(table("renamed from old keep forever"), long);
    let index = "-- pgplumb: renamed from i keep 2 releases\nCREATE INDEX j ON t (a);";
    assert!(kept(index).ends_with("only a table or a column can `keep` its former name"), "{}", kept(index));
    let label = "CREATE TYPE e AS ENUM (\n    -- pgplumb: renamed from a keep 2 releases\n    'b');";
    assert_eq!(kept(label), "a keep 2 releases ");
    assert_eq!(table("phase contract after 14d"), "14d");
    assert_eq!(table("phase contract"), "");
    assert_eq!(table("phase contract after"), long);
    assert!(table("phase contract soon").ends_with("only `after` can stand behind `phase contract`"));
    assert!(table("phase expand after 2d").ends_with("only `after` can stand behind `phase contract`"));
}
