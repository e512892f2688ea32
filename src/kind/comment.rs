//! A comment, on anything that can have one.
//!
//! The schema public and extensions have one from the start. That one is no fact, and having none instead is.

use serde::{Deserialize, Serialize};

use crate::base::name::literal;
use crate::kind::carried::Carried;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Comment {
    /// None where a standard comment was taken away.
    pub text: Option<String>,
    /// The comment that its object has when nobody says anything.
    pub standard: Carried<Option<String>>,
}

impl Kind for Comment {
    const LABEL: &'static str = "comment";
    const QUERY: &'static str = include_str!("comment.sql");
    const PROSE: bool = true;

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(comment_on(&at.on_object(), self.text.as_deref()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(comment_on(&at.on_object(), self.standard.0.as_deref()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { text, standard: _ } = to;
        if *text == self.text { Alter::Equivalent } else { Alter::in_place(to.create(at)) }
    }
}

/// `COMMENT ON <object> IS ...`; no text takes the comment away.
pub fn comment_on(object: &str, text: Option<&str>) -> String {
    format!("COMMENT ON {object} IS {}", text.map_or_else(|| "NULL".to_owned(), literal))
}
