//! A migration that was planned beside an earlier one, with which it commutes.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "branches-not-rebased",
    group: Group::File,
    level: Level::Error,
    title: "migrations of two branches commute, and nothing says so",
    why: "Both were planned for the same state, and now lie one behind the other. `pgplumb check` ran them on scratch: in \
          either order they lead to the same state. But the later one names a state that no database is in that has run the \
          earlier, so `apply` would stop between the two; and where the later one ran already, it would refuse the earlier.",
    remedy: "`pgplumb rebase` writes the new states into the head of the later one, and into `branches.json` beside it that \
             either may run first. What it runs stays as it is.",
    // It runs them in several orders, which no rule is shown; `check` tells of it.
    plan: None,
    script: None,
};
