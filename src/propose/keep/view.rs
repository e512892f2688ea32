//! The view that keeps the name of a table: its columns under the names that they had, and who may do what with it.
//!
//! Postgres passes what is written to such a view on to the table, with the defaults of that. From version 15 on it looks
//! at the table as whoever asks, so privileges and policies are those of the table; before, as its owner. Whoever
//! asks then needs the right to read all columns that the view names, even for a query of one; so where columns have grants
//! of their own it looks at the table as its owner there too.

use std::collections::BTreeSet;

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::db::version::Version;
use crate::kind::key::{Attached, Child, Scoped};
use crate::kind::{Body, Key};
use crate::plan::plan;
use crate::plan::rename::Rename;
use crate::propose::Request;
use crate::propose::keep::{holder, schema_moves};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{Bench, run};
use crate::sql::directive::After;
use crate::strategy;

/// A table that keeps its old name.
pub(super) struct Kept {
    pub(super) table: Key,
    /// The table under its old name, and the view that takes that.
    old: Key,
    pub(super) view: Key,
    /// The columns of the view, and those of the table that they show.
    columns: Vec<(Ident, Ident)>,
    /// Whether it looks at the table as whoever asks.
    invoker: bool,
    /// Whether the view is there.
    pub(super) begun: bool,
    pub(super) after: After,
}

/// A view as it was read on scratch, with what is on it.
pub(super) struct View {
    pub(super) begun: bool,
    facts: Vec<(Key, Body)>,
    uses: Vec<(Key, Key)>,
}

/// What this rename keeps; none where there is nothing that was renamed.
///
/// # Errors
/// Why that cannot be, for a person.
pub(super) fn kept(rename: &Rename, request: &Request, version: Version) -> Result<Option<Kept>, String> {
    let (live, desired) = (request.live, request.desired);
    let (Some(after), Some(Body::Table(table))) = (rename.keep, desired.facts.get(&rename.to)) else {
        return Err("only a table can".to_owned());
    };
    let schema = rename.from.schema().map(Ident::as_str).unwrap_or_default();
    let view = Key::View(Scoped::new(schema, rename.from.name()));
    let (fresh, begun) = (live.facts.contains(&rename.from), live.facts.contains(&view));
    if schema_moves(rename, request.renames) {
        return Err("its schema is renamed too".to_owned());
    }
    if live.facts.contains(&rename.to) == fresh || fresh == begun {
        return Ok(None);
    }
    if let Some(other) = holder(desired, &rename.from, &Body::Table(table.clone())) {
        return Err(format!("{other} has that name"));
    }
    let home = |key: &Key| matches!(key, Key::Schema(_)) && key.name() == schema;
    if !desired.facts.keys().any(home) {
        return Err(format!("schema {} goes", Ident::new(schema)));
    }
    let of = if begun { &view } else { &rename.from };
    let on_column = |key: &Key| matches!(key, Key::Acl(_)) && key.root() == of && key.on() != Some(of);
    let by_columns = live.facts.keys().any(on_column);
    let invoker = version.has_security_invoker() && !by_columns;
    if table.row_security && !invoker {
        let why = if by_columns { "where columns have grants of their own" } else { "before version 15" };
        return Err(format!("{why} a view looks past the row security of its table"));
    }
    let columns = columns(rename, request, of);
    Ok(Some(Kept { table: rename.to.clone(), old: rename.from.clone(), view, columns, invoker, begun, after }))
}

/// The names that programs know, of a table or a view of the live state, with what the columns are called now.
fn columns(rename: &Rename, request: &Request, of: &Key) -> Vec<(Ident, Ident)> {
    let mut known: Vec<(i16, &str)> = Vec::new();
    for (key, body) in request.live.facts.standing_on(of) {
        match body {
            Body::Column(column) => known.push((column.position.0, key.name())),
            Body::RelationColumn(column) => known.push((column.position.0, key.name())),
            _ => {}
        }
    }
    known.sort_unstable();
    let now = |name: &str| {
        let renamed = |other: &&Rename| other.to.on() == Some(&rename.to) && other.from.name() == name;
        let renamed = request.renames.iter().filter(|other| matches!(other.to, Key::Column(_))).find(renamed);
        let key = renamed.map_or_else(|| Key::Column(Child::new(rename.to.clone(), name)), |other| other.to.clone());
        request.desired.facts.contains(&key).then(|| Ident::new(key.name()))
    };
    known.into_iter().filter_map(|(_, name)| Some((Ident::new(name), now(name)?))).collect()
}

/// Makes the views on scratch, which is in the desired state, and reads them.
pub(super) fn make(
    bench: &mut Bench,
    request: &Request,
    model: &Catalog,
    kept: &[Kept],
) -> Result<Vec<View>, ProofError> {
    for kept in kept {
        bench.connection.execute(&kept.sql())?;
    }
    let bare = read(bench.connection)?;
    let mut wanted = bare.clone();
    for kept in kept {
        let from = if kept.begun { request.live } else { model };
        kept.belongings(from, &bare).into_iter().for_each(|key| drop(wanted.facts.remove(&key)));
        for (key, body) in kept.carried(from) {
            wanted.facts.insert(key, body);
        }
    }
    run::plan(bench.connection, &plan(&bare, &wanted, &strategy::plain)?, Direction::Up)?;
    let of = |kept: &Kept| View {
        begun: kept.begun,
        facts: under(&wanted, &kept.view),
        uses: wanted.edges.iter().filter(|(user, _)| *user.root() == kept.view).map(pair).collect(),
    };
    Ok(kept.iter().map(of).collect())
}

fn pair((user, used): (&Key, &Key)) -> (Key, Key) {
    (user.clone(), used.clone())
}

/// The facts of an object.
fn under(state: &Catalog, object: &Key) -> Vec<(Key, Body)> {
    let own = state.facts.iter().filter(|(key, _)| key.root() == object);
    own.map(|(key, body)| (key.clone(), body.clone())).collect()
}

impl Kept {
    fn sql(&self) -> String {
        let with = if self.invoker { " WITH (security_invoker = true)" } else { "" };
        let column =
            |(known, now): &(Ident, Ident)| if known == now { now.to_string() } else { format!("{now} AS {known}") };
        let columns: Vec<String> = self.columns.iter().map(column).collect();
        format!("CREATE VIEW {}{with} AS SELECT {} FROM {}", self.view.sql(), columns.join(", "), self.table.sql())
    }

    /// What a state says of who owns it and who may do what, under the key of the view.
    fn carried(&self, from: &Catalog) -> Vec<(Key, Body)> {
        let of = if self.begun { &self.view } else { &self.old };
        let known: BTreeSet<&str> = self.columns.iter().map(|(known, _)| known.as_str()).collect();
        let onto = |on: &Key| match on {
            on if on == of => Some(self.view.clone()),
            Key::Column(_) | Key::RelationColumn(_) if on.on() == Some(of) && known.contains(on.name()) => {
                Some(Key::RelationColumn(Child::new(self.view.clone(), on.name())))
            }
            _ => None,
        };
        let one = |(key, body): (&Key, &Body)| match key {
            Key::Owner(_) => Some((Key::Owner(Attached::new(onto(key.on()?)?)), body.clone())),
            Key::Acl(_) => Some((Key::Acl(Attached::new(onto(key.on()?)?)), body.clone())),
            Key::Comment(_) if self.begun => Some((Key::Comment(Attached::new(onto(key.on()?)?)), body.clone())),
            _ => None,
        };
        from.facts.iter().filter(|(key, _)| key.root() == of).filter_map(one).collect()
    }

    /// What was read of that, and does not count where the state says otherwise.
    fn belongings(&self, from: &Catalog, read: &Catalog) -> Vec<Key> {
        let owned = self.carried(from).iter().any(|(key, _)| matches!(key, Key::Owner(_)));
        let said = |key: &Key| matches!(key, Key::Acl(_)) || matches!(key, Key::Owner(_)) && owned;
        under(read, &self.view).into_iter().map(|(key, _)| key).filter(said).collect()
    }
}

impl View {
    /// Adds it to a state.
    pub(super) fn put_into(&self, state: &mut Catalog) {
        for (key, body) in &self.facts {
            state.facts.insert(key.clone(), body.clone());
        }
        for (user, used) in &self.uses {
            state.edges.insert(&user.clone().into(), &used.clone().into());
        }
    }
}
