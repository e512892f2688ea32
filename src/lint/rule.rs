//! The rules, a file each. The stem of the file is the code.

use std::collections::BTreeSet;

use crate::base::name::without_public;
use crate::grade::{Cause, Loss};
use crate::kind::Key;
use crate::lint::script::{Script, Statement};
use crate::lint::{Finding, Input, Level};
use crate::plan::action::Verb;

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Group {
    LosesData,
    /// Blocks other sessions, or rewrites tables under them.
    Blocks,
    /// Breaks code that runs against the schema.
    BreaksCode,
    /// Stops at rows that are there.
    Rows,
    CannotGoBack,
    Secure,
    /// Matters of taste and care; off, or a note.
    WellMade,
    /// About the text of a file.
    File,
}

impl Group {
    /// In the order of a page about all rules.
    pub const ALL: [Self; 8] = [
        Self::LosesData,
        Self::Blocks,
        Self::BreaksCode,
        Self::Rows,
        Self::CannotGoBack,
        Self::Secure,
        Self::WellMade,
        Self::File,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::LosesData => "Loses data",
            Self::Blocks => "Blocks or rewrites",
            Self::BreaksCode => "Breaks running code",
            Self::Rows => "Stops at the rows that are there",
            Self::CannotGoBack => "Cannot go back",
            Self::Secure => "Secure",
            Self::WellMade => "Well made",
            Self::File => "File",
        }
    }
}

/// What a rule is, and how it finds.
pub struct Rule {
    /// `drop-column`: what `--allow` takes.
    pub code: &'static str,
    pub group: Group,
    /// What its findings weigh where nobody says otherwise.
    pub level: Level,
    pub title: &'static str,
    /// The harm, for someone who never met it.
    pub why: &'static str,
    /// What to do instead of allowing it.
    pub remedy: &'static str,
    /// Looks at what a plan changes, fact by fact.
    pub plan: Option<fn(&Input) -> Vec<Finding>>,
    /// Looks at statements; at those of a plan only where the rule does not look at the plan itself.
    pub script: Option<fn(&Script) -> Vec<Finding>>,
}

/// One line for each rule: its module, and its place in the list.
macro_rules! rules {
    ($($module:ident)*) => {
        $(pub mod $module;)*

        /// All rules, by code.
        pub const RULES: &[Rule] = &[$($module::RULE),*];
    };
}

rules! {
    access_method_rewrites
    allowance_unused
    allowance_without_reason
    alters_could_be_one
    attach_scans
    branches_conflict
    branches_not_rebased
    check_validates
    cluster_or_vacuum_full
    column_order_wastes_space
    column_required
    column_type_incompatible
    comment_missing
    concurrent_build_corrupts
    concurrently_if_not_exists
    concurrently_in_transaction
    constraint_tightened_without_check
    data_change_with_ddl
    data_not_asked
    default_removed
    default_rewrites
    delete_or_update_without_where
    detach_not_concurrent
    domain_column_rewrites
    domain_constraint_scans
    down_differs
    down_irreversible
    down_lossy
    down_missing
    down_unproved
    drop_cascade
    drop_column
    drop_database
    drop_extension
    drop_index_not_concurrent
    drop_matview
    drop_schema
    drop_sequence_in_use
    drop_table
    drop_type
    edited_after_apply
    enum_instead_of_table
    enum_value_removed
    enum_value_used_before_commit
    exclusion_builds_index
    foreign_key_validates
    foreign_key_without_index
    function_signature_changed
    generated_replaced
    generated_rewrites
    grant_to_public
    grants_undeclared
    identifier_too_long
    identity_rewrites
    index_duplicate
    index_not_concurrent
    index_redundant
    index_too_wide
    likely_rename
    lock_table
    lock_timeout_missing
    loses_data
    name_pattern
    name_unqualified
    no_char
    not_managed
    not_null_dropped
    not_null_scans
    not_rerunnable
    opaque_block
    partition_dropped
    policy_always_true
    policy_missing
    prefer_bigint_key
    prefer_identity
    prefer_jsonb
    prefer_text
    prefer_timestamptz
    primary_key_builds_index
    primary_key_scans_for_nulls
    refresh_not_concurrent
    reindex_not_concurrent
    rename_column
    rename_enum_value
    rename_schema
    rename_table
    row_security_disabled
    rows_are_cut
    rows_do_not_cast
    rows_exclude_each_other
    rows_hold_null
    rows_hold_removed_value
    rows_not_unique
    rows_outside_partition
    rows_violate_check
    rows_without_parent
    schema_differs
    secret_in_sql
    security_definer_search_path
    set_logged_rewrites
    statement_fails
    statement_timeout_missing
    strong_lock_held
    superuser_needed
    syntax_error
    table_without_primary_key
    tablespace_moves
    transaction_left_open
    transaction_nested
    trigger_locks_writes
    truncate
    two_hot_tables_in_one_transaction
    type_narrowing
    type_rewrites
    unique_builds_index
    unknown_directive
    untrusted_language
    validate_in_same_transaction
    view_bypasses_row_security
    view_columns_changed
}

/// A finding for each dropped or replaced fact of some kinds that takes rows or values along.
fn lost(input: &Input, code: &'static str, kinds: fn(&Key) -> bool) -> Vec<Finding> {
    input.losses.iter().filter(|loss| kinds(&loss.key)).filter_map(|loss| gone(loss, code)).collect()
}

fn gone(loss: &Loss, code: &'static str) -> Option<Finding> {
    let name = without_public(&loss.key.to_string());
    let message = match &loss.cause {
        Cause::Dropped => format!("{name} is dropped: {} are lost", loss.what),
        Cause::Replaced(why) => {
            let why = if why.is_empty() { String::new() } else { format!(" because {}", without_public(why)) };
            format!("{name} is dropped and created again{why}: {} are lost", loss.what)
        }
        _ => return None,
    };
    Some(Finding::about(code, &loss.key, message))
}

/// The facts of some kinds that the plan drops for good.
fn dropped<'a>(input: &'a Input, kinds: fn(&Key) -> bool) -> BTreeSet<&'a Key> {
    let of = |verb: Verb| input.up.steps.iter().filter(move |step| step.verb == verb).flat_map(|step| &step.with);
    let created: BTreeSet<&Key> = of(Verb::Create).collect();
    of(Verb::Drop).filter(|key| kinds(key) && !created.contains(key)).collect()
}

/// `a`, `a and b`, `a, b and 3 more`.
fn listed(names: &[String]) -> String {
    const NAMED: usize = 3;
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= NAMED => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED),
    }
}

/// What a plan does by name somebody has declared, so that it is known and worth a warning only.
fn asked_for(statement: &Statement, finding: Finding) -> Finding {
    let level = if statement.is_planned() { finding.level.max(Level::Warning) } else { finding.level };
    finding.level(level)
}
