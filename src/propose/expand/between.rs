//! The state between expand and contract, made on scratch.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::kind::key::Scoped;
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Part, Verb};
use crate::plan::step::Step;
use crate::plan::{Plan, plan};
use crate::propose::Request;
use crate::propose::expand::exchange::{Exchange, beside};
use crate::propose::expand::{Along, type_of};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{Bench, run};
use crate::strategy;
use crate::strategy::expand::Copy;

/// What both plans are made from.
pub(super) struct Between {
    pub(super) state: Catalog,
    /// The same under the names from before the exchange.
    pub(super) base: Catalog,
    /// From this state to its base, and back.
    pub(super) before: Plan,
    pub(super) after: Plan,
    pub(super) copies: Copies,
}

/// What fills the new columns, and what fills the old ones where the contract is taken back; and the statements that make
/// the functions and triggers between the two.
#[derive(Default)]
pub(super) struct Copies {
    pub(super) forward: Vec<Copy>,
    pub(super) back: Vec<Copy>,
    built: Vec<String>,
    to_new: Vec<Step>,
    to_old: Vec<Step>,
}

/// Makes it from the live state, which scratch is in, and leaves scratch in it.
pub(super) fn make(bench: &mut Bench, request: &Request, along: &Along) -> Result<Between, ProofError> {
    let (live, desired) = (request.live, request.desired);
    let exchanges: Vec<Exchange> = along
        .iter()
        .map(|(columns, (in_live, in_desired))| {
            Exchange::of(columns, [(live, &in_live.along), (desired, &in_desired.along)])
        })
        .collect();
    let copies = Copies::of(along, live, desired);
    let all = |steps: fn(&Exchange, &Catalog) -> Vec<Step>, state: &Catalog| -> Vec<Step> {
        exchanges.iter().flat_map(|exchange| steps(exchange, state)).collect()
    };
    run::plan(bench.connection, &Plan { steps: all(Exchange::away, live) }, Direction::Up)?;
    let keys: Vec<&Key> = along.values().filter_map(|(live, _)| live.key.as_ref()).collect();
    let named = read(bench.connection)?;
    for sql in keys.iter().filter_map(|key| index_for(key, &named)) {
        bench.connection.execute(&sql)?;
    }
    let moved = if keys.is_empty() { named } else { read(bench.connection)? };
    let moved = (request.prepare)(moved, live);
    let rest = plan(&moved, &with_old([desired, live, &moved], &exchanges, along), &strategy::plain)?;
    run::plan(bench.connection, &rest, Direction::Up)?;
    for sql in &copies.built {
        bench.connection.execute(sql)?;
    }
    let state = (request.prepare)(read(bench.connection)?, desired);
    let before = Plan { steps: [copies.to_new.clone(), all(Exchange::back, desired)].concat() };
    let after = Plan { steps: [all(Exchange::forth, desired), copies.to_old.clone()].concat() };
    run::plan(bench.connection, &before, Direction::Down)?;
    let base = (request.prepare)(read(bench.connection)?, live);
    run::plan(bench.connection, &after, Direction::Up)?;
    Ok(Between { state, base, before, after, copies })
}

impl Copies {
    fn of(along: &Along, live: &Catalog, desired: &Catalog) -> Self {
        let nothing = BTreeSet::new();
        let mut copies = Self::default();
        for (column, key) in along.iter().flat_map(|(columns, (live, _))| columns.iter().map(|c| (c, &live.key))) {
            let (old, new) = (type_of(live, column), type_of(desired, column));
            let site = Site { key: column, here: &live.facts, there: &desired.facts, absorbed: &nothing };
            let turned = Site { here: &desired.facts, there: &live.facts, ..site };
            let mut first = Copy::new(&site, [column, &beside(column, "__new")], [old, new]);
            let mut second = Copy::new(&turned, [column, &beside(column, "__old")], [new, old]);
            first.ahead = key.as_ref().map(index_of);
            second.ahead.clone_from(&first.ahead);
            let function = second.function_sql(&turned, [new, old]);
            copies.built.extend([function.clone(), second.trigger_sql()]);
            copies.to_old.push(step(&second.function, function));
            copies.to_new.push(step(&first.function, first.function_sql(&site, [old, new])));
            copies.forward.push(first);
            copies.back.push(second);
        }
        copies
    }
}

/// The index that stays with the old column of a primary key.
pub(super) fn index_of(key: &Key) -> Key {
    let schema = key.schema().map(Ident::as_str).unwrap_or_default();
    beside(&Key::Index(Scoped::new(schema, key.name())), "__old")
}

/// The statement that makes it, on the column as it is called in this state.
fn index_for(key: &Key, state: &Catalog) -> Option<String> {
    let Some(Body::Constraint(constraint)) = state.facts.get(key).filter(|_| !state.facts.contains(&index_of(key)))
    else {
        return None;
    };
    let columns = constraint.definition.strip_prefix("PRIMARY KEY ")?;
    Some(format!("CREATE UNIQUE INDEX {} ON {} {columns}", Ident::new(index_of(key).name()), key.on()?.sql()))
}

/// The function says what it does under the other names.
fn step(function: &Key, sql: String) -> Step {
    Step {
        verb: Verb::Alter,
        key: function.clone(),
        with: vec![function.clone()],
        sql,
        hazards: Vec::new(),
        reason: None,
        group: 0,
        outside: false,
        effects: None,
        part: Part::Whole,
    }
}

/// The desired state with what left its name beside it.
fn with_old([desired, live, moved]: [&Catalog; 3], exchanges: &[Exchange], along: &Along) -> Catalog {
    let mut state = desired.clone();
    let leaving = || exchanges.iter().flat_map(|exchange| &exchange.leaving);
    let indexes: Vec<Key> = along.values().filter_map(|(live, _)| live.key.as_ref().map(index_of)).collect();
    let left: BTreeSet<&Key> = leaving().map(|step| &step.after).chain(&indexes).collect();
    let of_old = |key: &Key| std::iter::successors(Some(key), |key| key.on()).any(|key| left.contains(key));
    let kept = |key: &Key| of_old(key) && !matches!(key, Key::Default(_));
    for (key, body) in moved.facts.iter().filter(|(key, _)| kept(key)) {
        let mut body = body.clone();
        if let Body::Column(column) = &mut body {
            let own = leaving().find(|step| step.after == *key);
            let not_null = |state: &Catalog| {
                let body = own.and_then(|step| state.facts.get(&step.before));
                matches!(body, Some(Body::Column(column)) if column.not_null)
            };
            // It is filled from the new one, which may be null then.
            column.not_null = not_null(live) && not_null(desired);
            column.not_null_constraint = column.not_null_constraint.take().filter(|_| column.not_null);
        }
        state.facts.insert(key.clone(), body);
    }
    for key in along.values().flat_map(|(live, _)| &live.sequences).filter(|key| desired.facts.contains(key)) {
        if let Some(body) = live.facts.get(key) {
            state.facts.insert(key.clone(), body.clone());
        }
    }
    for (user, used) in moved.edges.iter().filter(|(user, _)| kept(user)) {
        state.edges.insert(&Arc::new(user.clone()), &Arc::new(used.clone()));
    }
    state
}
