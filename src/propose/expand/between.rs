//! The state between expand and contract, made on scratch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::name::Ident;
use crate::catalog::Catalog;
use crate::catalog::read::read;
use crate::kind::key::{Attached, Scoped};
use crate::kind::{Body, Key, Site};
use crate::plan::action::{Part, Verb};
use crate::plan::step::Step;
use crate::plan::{Plan, plan};
use crate::propose::Request;
use crate::propose::expand::exchange::Exchange;
use crate::propose::expand::types::{held, under};
use crate::propose::expand::{Change, type_of};
use crate::prove::error::{Direction, ProofError};
use crate::prove::{Bench, run};
use crate::strategy;
use crate::strategy::expand::Copy;
use crate::strategy::swap::{NEW, OLD, beside};

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
pub(super) fn make(bench: &mut Bench, request: &Request, along: &[Change]) -> Result<Between, ProofError> {
    let (live, desired) = (request.live, request.desired);
    // The enums first: a default is set by the name that its enum has then.
    let enums = Exchange::of_enums(along, [live, desired]);
    let columns = along.iter().map(|change| Exchange::of(change, [live, desired]));
    let exchanges: Vec<Exchange> = std::iter::once(enums).chain(columns).collect();
    let copies = Copies::of(along, live, desired);
    let all = |steps: fn(&Exchange, &Catalog) -> Vec<Step>, state: &Catalog| -> Vec<Step> {
        exchanges.iter().flat_map(|exchange| steps(exchange, state)).collect()
    };
    run::plan(bench.connection, &Plan { steps: all(Exchange::away, live) }, Direction::Up)?;
    let keys: Vec<&Key> = along.iter().filter_map(|change| change.live.key.as_ref()).collect();
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
    fn of(along: &[Change], live: &Catalog, desired: &Catalog) -> Self {
        let nothing = BTreeSet::new();
        let mut copies = Self::default();
        let columns = along.iter().flat_map(|change| change.columns.iter().map(move |pair| (change, pair)));
        for (change, (column, kept)) in columns {
            let ahead = change.live.key.as_ref().map(index_of);
            if change.keeps() {
                copies.keep([column, kept], desired, ahead);
                continue;
            }
            let (old, new) = (type_of(live, column), type_of(desired, column));
            let site = Site { key: column, here: &live.facts, there: &desired.facts, absorbed: &nothing };
            let turned = Site { here: &desired.facts, there: &live.facts, ..site };
            // What the new one is of before the exchange, and the old one after it.
            let (coming, gone) = (under(new, &change.enums, NEW), under(old, &change.enums, OLD));
            let mut first = Copy::new(&site, [column, &beside(column, NEW)], [old, &coming]);
            let mut second = Copy::new(&turned, [column, &beside(column, OLD)], [new, &gone]);
            first.ahead.clone_from(&ahead);
            second.ahead = ahead;
            let function = second.function_sql(&turned, [new, &gone]);
            copies.built.extend([function.clone(), second.trigger_sql()]);
            copies.to_old.push(step(&second.function, function));
            copies.to_new.push(step(&first.function, first.function_sql(&site, [old, &coming])));
            copies.forward.push(first);
            copies.back.push(second);
        }
        copies
    }

    /// Both names stay, and one trigger keeps them in step from the first migration to the second.
    fn keep(&mut self, [old, new]: [&Key; 2], desired: &Catalog, ahead: Option<Key>) {
        let first = Copy { ahead: ahead.clone(), ..Copy::kept([old, new], new) };
        let second = Copy { ahead, ..Copy::kept([new, old], new) };
        let given = default(desired, new).filter(|(_, volatile)| !volatile).map(|(expression, _)| expression);
        self.built.extend([first.both_ways_sql(type_of(desired, new), given), first.trigger_sql()]);
        self.forward.push(first);
        self.back.push(second);
    }
}

/// What is set where nothing is written to a column, and whether that is another value each time.
pub(in crate::propose) fn default<'a>(state: &'a Catalog, column: &Key) -> Option<(&'a str, bool)> {
    match state.facts.get(&Key::Default(Attached::new(column.clone())))? {
        Body::Default(body) => Some((&body.expression, body.volatile.0)),
        _ => None,
    }
}

/// The index that stays with the old column of a primary key.
pub(in crate::propose) fn index_of(key: &Key) -> Key {
    let schema = key.schema().map(Ident::as_str).unwrap_or_default();
    beside(&Key::Index(Scoped::new(schema, key.name())), OLD)
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
fn with_old([desired, live, moved]: [&Catalog; 3], exchanges: &[Exchange], along: &[Change]) -> Catalog {
    let mut state = desired.clone();
    let leaving = || exchanges.iter().flat_map(|exchange| &exchange.leaving);
    let indexes: Vec<Key> = along.iter().filter_map(|change| change.live.key.as_ref().map(index_of)).collect();
    let named: BTreeMap<&Key, &Key> = along.iter().filter(|change| change.keeps()).flat_map(|c| &c.columns).collect();
    let held = held(leaving().map(|step| &step.before).chain(staying(along, exchanges)), live, desired);
    let left = leaving().map(|step| &step.after).chain(&indexes).chain(staying(along, exchanges));
    let left: BTreeSet<&Key> = left.chain(&held).collect();
    let of_old = |key: &Key| std::iter::successors(Some(key), |key| key.on()).any(|key| left.contains(key));
    // One that keeps its name keeps its default, or who names neither column would get none.
    let given = |key: &Key| key.on().is_some_and(|column| named.contains_key(column));
    let kept = |key: &Key| of_old(key) && (!matches!(key, Key::Default(_)) || given(key));
    for (key, body) in moved.facts.iter().filter(|(key, _)| kept(key)) {
        let mut body = body.clone();
        if let Body::Column(column) = &mut body {
            let own = leaving().find(|step| step.after == *key).map(|step| [&step.before; 2]);
            let own = own.or_else(|| named.get_key_value(key).map(|(old, new)| [*old, *new]));
            let not_null = |state: &Catalog, place: usize| {
                let body = own.and_then(|own| state.facts.get(own[place]));
                matches!(body, Some(Body::Column(column)) if column.not_null)
            };
            // It is filled from the new one, which may be null then.
            column.not_null = not_null(live, 0) && not_null(desired, 1);
            column.not_null_constraint = column.not_null_constraint.take().filter(|_| column.not_null);
        }
        state.facts.insert(key.clone(), body);
    }
    for key in along.iter().flat_map(|change| &change.live.sequences).filter(|key| desired.facts.contains(key)) {
        if let Some(body) = live.facts.get(key) {
            state.facts.insert(key.clone(), body.clone());
        }
    }
    for (user, used) in moved.edges.iter().filter(|(user, _)| kept(user)) {
        state.edges.insert(&Arc::new(user.clone()), &Arc::new(used.clone()));
    }
    // The old one asks for a value of its own each time; both would.
    for new in named.values().filter(|new| default(desired, new).is_some_and(|(_, volatile)| volatile)) {
        state.facts.remove(&Key::Default(Attached::new((*new).clone())));
    }
    state
}

/// What keeps its name: old columns that are not exchanged, and what is on them alone.
fn staying<'a>(along: &'a [Change], exchanges: &'a [Exchange]) -> impl Iterator<Item = &'a Key> {
    let leaves = |key: &Key| exchanges.iter().flat_map(|exchange| &exchange.leaving).any(|step| step.before == *key);
    let all = along.iter().filter(|change| change.keeps());
    all.flat_map(|change| change.columns.keys().chain(&change.live.along)).filter(move |key| !leaves(key))
}
