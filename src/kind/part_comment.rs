//! A comment on the index behind a constraint, or on the constraint behind a constraint trigger: parts of another fact
//! that have the name of the whole and yet a comment of their own.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::comment::comment_on;
use crate::kind::key::Scoped;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartComment {
    pub text: String,
}

impl Kind for PartComment {
    const LABEL: &'static str = "comment on the inner part";
    const QUERY: &'static str = include_str!("part_comment.sql");
    const PROSE: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(comment_on(&part(at), Some(&self.text)))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(comment_on(&part(at), None))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { text } = to;
        if *text == self.text { Alter::Equivalent } else { Alter::in_place(to.create(at)) }
    }
}

/// How SQL names the part of the fact that the comment stands on.
fn part(at: &Site) -> String {
    let Some(whole) = at.key.on() else { return String::new() };
    match whole {
        Key::Trigger(_) => {
            let table = whole.on().map(Key::sql).unwrap_or_default();
            format!("CONSTRAINT {} ON {table}", Ident::new(whole.name()))
        }
        _ => {
            let schema = whole.schema().map(Ident::as_str).unwrap_or_default();
            format!("INDEX {}", Key::Index(Scoped::new(schema, whole.name())).sql())
        }
    }
}
