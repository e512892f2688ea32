//! Files that say nothing at all about privileges, beside a database that has some.

use std::collections::BTreeSet;

use crate::base::name::without_public;
use crate::kind::Key;
use crate::lint::rule::{Group, Rule, dropped};
use crate::lint::{Finding, Level};

pub const RULE: Rule = Rule {
    code: "grants-undeclared",
    title: "privileges would be revoked that the files never mention",
    why: "Where the schema files declare no privileges at all, they were perhaps never meant to: revoking those of \
          the live database locks its programs out.",
    remedy: "Declare the grants, or set `compare: {grants: ignore}` in pgplumb.yaml to leave privileges alone.",
    group: Group::BreaksCode,
    level: Level::Error,
    plan: Some(|input| {
        if input.grants_declared {
            return Vec::new();
        }
        let gone: BTreeSet<&Key> = dropped(input, |_| true);
        let lost = gone.iter().filter(|key| matches!(key, Key::Acl(_) | Key::MemberAcl(_)));
        // Those on what is dropped itself go with it.
        let stays = |key: &&&Key| key.on().is_some_and(|on| !gone.contains(on));
        lost.filter(stays)
            .map(|key| {
                let object = key.on().map(ToString::to_string).unwrap_or_default();
                let message = format!(
                    "the files declare no privileges at all; those on {} would be revoked",
                    without_public(&object)
                );
                Finding::about(RULE.code, key, message)
                    .help("set `compare: {grants: ignore}` in pgplumb.yaml to leave privileges alone")
            })
            .collect()
    }),
    script: None,
};
