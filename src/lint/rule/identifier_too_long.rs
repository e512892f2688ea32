//! A name that Postgres cuts off.

use crate::base::name::{MAX_IDENT_BYTES, with_suffix};
use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::sql::lex::{Kind, Lexer, unquoted};
use std::collections::BTreeSet;

pub const RULE: Rule = Rule {
    code: "identifier-too-long",
    group: Group::WellMade,
    level: Level::Note,
    title: "a name is longer than Postgres keeps",
    why: "Postgres keeps 63 bytes of a name and cuts off the rest with no more than a notice. Two long names that \
             differ at their end become one, and a program that looks for the whole name in the catalog does not find \
             it.",
    remedy: "Choose a name of at most 63 bytes; letters other than those of ASCII take two or more.",
    plan: None,
    script: Some(|script| {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for statement in &script.statements {
            for token in Lexer::new(statement.sql).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted)) {
                let name = unquoted(token.text(statement.sql));
                if name.len() <= MAX_IDENT_BYTES || !seen.insert(name.clone()) {
                    continue;
                }
                let kept = with_suffix(&name, "");
                let message = format!("Postgres keeps 63 bytes of this name: {kept}");
                let finding = statement.finding(&RULE, &kept, message).help("choose a shorter name");
                found.push(statement.bytes(finding, token.at));
            }
        }
        found
    }),
};
