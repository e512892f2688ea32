//! A sequence goes, and with it the number that comes next.

use pg_query::protobuf::ObjectType;

use crate::kind::Key;
use crate::lint::Level;
use crate::lint::object::dropped;
use crate::lint::rule::{Group, Rule, lost};

pub const RULE: Rule = Rule {
    code: "drop-sequence-in-use",
    title: "a sequence is dropped",
    why: "A sequence that is created again starts from its first number, which may be in use; and a program that asks the \
          old one for a number fails.",
    remedy: "Keep it, or set the new one's position after the change.",
    group: Group::LosesData,
    level: Level::Error,
    plan: Some(|input| lost(input, RULE.code, |key| matches!(key, Key::Sequence(_) | Key::Identity(_)))),
    script: Some(|script| {
        script.each(|statement| {
            let sequences = dropped(statement, &[ObjectType::ObjectSequence]);
            let there = sequences.iter().filter_map(|name| script.there(statement, name));
            there
                .map(|sequence| {
                    let message = format!("sequence {sequence} is dropped: which number comes next is lost");
                    statement
                        .finding(&RULE, &sequence.to_string(), message)
                        .help("keep it, or give the one that takes its place the last number with setval")
                })
                .collect()
        })
    }),
};
