//! A new identity column on a table in use: numbered from a sequence of its own first, and made an identity at the end.
//!
//! In one statement Postgres writes the whole table anew under ACCESS EXCLUSIVE, because each row gets a number.
//!
//! 1. `ADD COLUMN` without the identity, a sequence that whoever may insert into the table may use, `SET DEFAULT nextval`,
//!    and a comment that marks the column as unfinished, in one transaction: ACCESS EXCLUSIVE, catalog changes only. New
//!    rows get their number from here on.
//! 2. The rows that were there are numbered, outside a transaction: ROW EXCLUSIVE, each batch locks its rows.
//! 3. A CHECK that the column is not null, validated in a transaction of its own under SHARE UPDATE EXCLUSIVE.
//! 4. `SET NOT NULL`, which the check proves, `DROP DEFAULT`, `ADD GENERATED ... AS IDENTITY`, whose sequence goes on where
//!    that of step 1 stood, which is dropped: ACCESS EXCLUSIVE, catalog changes only. Postgres wants both before it makes a
//!    column an identity, and reads no row for it (`ATExecAddIdentity` in `tablecmds.c`).
//!
//! If it fails or is cut short, the mark stays until step 4 is done, and the next plan goes on with step 2. Not for a table
//! with triggers or rules that an update would set off, which the plain form does not; and not for one with partitions or
//! children.

use crate::base::name::{Ident, literal, with_suffix};
use crate::kind::comment::comment_on;
use crate::kind::key::{Attached, Scoped};
use crate::kind::sequence::Sequence;
use crate::kind::sequence::position::numbering;
use crate::kind::statement::Statement;
use crate::kind::table::column::Column;
use crate::kind::table::identity::Identity;
use crate::kind::{Body, Key, Kind, Site};
use crate::plan::action::{Action, Phases, Verb};
use crate::plan::change::Changes;
use crate::strategy::backfill::{backfill, is_marked, is_plain, mark};
use crate::strategy::in_use;
use crate::strategy::leftover::is_name_taken;
use crate::strategy::not_null_not_valid::in_steps;

pub fn apply(action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    match (action.verb, at.here.get(&action.key)?) {
        (Verb::Create, Body::Column(column)) => added(column, action, at, changes),
        (Verb::Create, Body::Identity(identity)) => finished(identity, at),
        _ => is_gone_on_with(action, at).then(|| Phases::of(vec![Vec::new()])),
    }
}

fn added(column: &Column, action: &Action, at: &Site, changes: &Changes) -> Option<Phases> {
    let table = at.key.on()?;
    let key = Key::Identity(Attached::new(at.key.clone()));
    let Body::Identity(identity) = at.here.get(&key)? else { return None };
    let alone = action.with.iter().all(|with| *with == action.key || *with == key);
    if !alone || !action.with.contains(&key) || !in_use(table, changes) || !is_plain(table, at) {
        return None;
    }
    let sequence = free_sequence(identity, at);
    let mut first = Column { not_null: false, ..column.clone() }.create(at);
    first.extend(numbered(identity, &sequence, at));
    first.push(mark(column, at));
    let fill = backfill(&table.sql(), &Ident::new(at.key.name()));
    let then = [vec![first, vec![fill]], turned(identity, &at.of(&key), &sequence.sql(), None)].concat();
    Some(Phases::of(then))
}

/// What is left to do for a column with the mark.
fn finished(identity: &Identity, at: &Site) -> Option<Phases> {
    let column = at.key.on()?;
    let live = Site { key: column, here: at.there, there: at.here, ..*at };
    let sequence = begun(&live)?;
    let comment = match at.here.get(&Key::Comment(Attached::new(column.clone()))) {
        Some(Body::Comment(comment)) => comment.text.as_deref(),
        _ => None,
    };
    let fill = backfill(&column.on()?.sql(), &Ident::new(column.name()));
    Some(Phases { prepare: vec![fill], then: turned(identity, at, &sequence.sql(), comment) })
}

/// Whether this changes what was begun, which making the identity goes on with. `at` looks from the live state.
fn is_gone_on_with(action: &Action, at: &Site) -> bool {
    let column = match &action.key {
        Key::Sequence(_) => at.here.standing_on(&action.key).find_map(|(key, body)| match body {
            Body::OwnedBy(owner) => owner.column(&at.of(key)),
            _ => None,
        }),
        Key::Column(_) => {
            let only = action.statements.iter().all(|statement| statement.sql.ends_with(" SET NOT NULL"));
            Some(action.key.clone()).filter(|_| only)
        }
        Key::Default(_) | Key::Comment(_) => action.key.on().cloned(),
        _ => None,
    };
    let Some(column) = column.filter(|_| matches!(action.verb, Verb::Drop | Verb::Alter)) else { return false };
    begun(&at.of(&column)).is_some_and(|sequence| !matches!(action.key, Key::Sequence(_)) || sequence == action.key)
}

/// The sequence from which a column with the mark is numbered that is to be an identity. `at` looks from the live state.
fn begun(at: &Site) -> Option<Key> {
    let identity = Key::Identity(Attached::new(at.key.clone()));
    if !at.there.contains(&identity) || at.here.contains(&identity) || !is_marked(at.here, at.key) {
        return None;
    }
    numbering(at, at.key).map(|numbering| numbering.key)
}

/// A sequence that numbers as the identity will, beside the one that the identity will have.
fn numbered(identity: &Identity, sequence: &Key, at: &Site) -> Vec<Statement> {
    let body = Sequence {
        data_type: identity.data_type.clone(),
        start: identity.start,
        increment: identity.increment,
        min: identity.min,
        max: identity.max,
        cache: identity.cache,
        cycle: identity.cycle,
        unlogged: identity.unlogged,
    };
    let (name, column) = (sequence.sql(), at.sql());
    let table = at.key.on().unwrap_or(at.key);
    let set = format!(
        "ALTER TABLE ONLY {} ALTER COLUMN {} SET DEFAULT pg_catalog.nextval({})",
        table.sql(),
        Ident::new(at.key.name()),
        literal(&name)
    );
    let mut statements = body.create(&at.of(sequence));
    statements.push(Statement::new(usable(&table.sql(), &name)));
    statements.push(Statement::new(format!("ALTER SEQUENCE {name} OWNED BY {column}")));
    statements.push(Statement::new(set));
    statements
}

/// The sequence belongs to the table's owner, and is for everyone who may insert into the table: an identity asks for no
/// privilege, and nextval does. What the roles are only the database knows.
fn usable(table: &str, sequence: &str) -> String {
    let (table, name) = (literal(table), literal(sequence));
    format!(
        "DO $number$
DECLARE
    role text;
BEGIN
    FOR role IN SELECT DISTINCT CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::pg_catalog.regrole::text END
                  FROM (SELECT relacl FROM pg_catalog.pg_class WHERE oid = {table}::pg_catalog.regclass
                        UNION ALL
                        SELECT attacl FROM pg_catalog.pg_attribute WHERE attrelid = {table}::pg_catalog.regclass) AS acl (items),
                       pg_catalog.aclexplode(acl.items) AS given
                 WHERE given.privilege_type = 'INSERT'
    LOOP
        EXECUTE pg_catalog.format('GRANT USAGE ON SEQUENCE %s TO %s', {name}, role);
    END LOOP;
    SELECT relowner::pg_catalog.regrole::text INTO role FROM pg_catalog.pg_class WHERE oid = {table}::pg_catalog.regclass;
    EXECUTE pg_catalog.format('ALTER SEQUENCE %s OWNER TO %s', {name}, role);
END
$number$"
    )
}

/// From a numbered column to an identity; `at` is the place of the identity.
fn turned(identity: &Identity, at: &Site, sequence: &str, comment: Option<&str>) -> Vec<Vec<Statement>> {
    let column = at.key.on().unwrap_or(at.key);
    let site = at.of(column);
    let (table, name) = (site.on_object(), Ident::new(column.name()));
    let [mut check, validate, mut last] = in_steps(&site, format!("ALTER {table} ALTER COLUMN {name} SET NOT NULL"));
    if let Some(first) = check.first_mut() {
        *first = first.clone().commit_before();
    }
    let own = literal(&identity.sequence().to_string());
    last.push(Statement::new(format!("ALTER {table} ALTER COLUMN {name} DROP DEFAULT")));
    last.push(Statement::new(identity.addition(at)));
    last.extend(identity.settings(at));
    last.push(Statement::new(format!("SELECT pg_catalog.setval({own}, last_value, is_called)\n  FROM {sequence}")));
    last.push(Statement::new(format!("DROP SEQUENCE {sequence}")));
    last.push(Statement::new(comment_on(&format!("COLUMN {}", column.sql()), comment)));
    vec![check, validate, last]
}

/// A sequence that neither state has.
fn free_sequence(identity: &Identity, at: &Site) -> Key {
    let own = identity.sequence_name.as_str();
    let key = |suffix: &str| Key::Sequence(Scoped::new(identity.sequence_schema.as_str(), with_suffix(own, suffix)));
    let mut names = std::iter::once(key("_new")).chain((2..100).map(|n| key(&format!("_new_{n}"))));
    names.find(|key| !is_name_taken(at, key)).unwrap_or_else(|| key("_new"))
}
