//! A migration that was planned beside an earlier one, and conflicts with it.

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};

pub const RULE: Rule = Rule {
    code: "branches-conflict",
    group: Group::File,
    level: Level::Error,
    title: "migrations of two branches conflict",
    why: "Both were planned for the same state, and now lie one behind the other. `pgplumb check` ran them on scratch in \
          both orders: the later one does not run behind the earlier, or its down does not lead back, or what comes out \
          depends on which of them runs first.",
    remedy: "`pgplumb rebase` plans the later one anew, from what lies before it to the schema files. One that was written by \
             hand is to be corrected by hand.",
    // It runs them in several orders, which no rule is shown; `check` tells of it.
    plan: None,
    script: None,
};
