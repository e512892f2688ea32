//! A text search parser: five functions in C. Nothing of it can be changed but its name and schema.

use serde::{Deserialize, Serialize};

use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parser {
    pub start: String,
    pub gettoken: String,
    pub end: String,
    pub headline: Option<String>,
    pub lextypes: String,
}

impl Kind for Parser {
    const LABEL: &'static str = "text search parser";
    const QUERY: &'static str = include_str!("parser.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let Self { start, gettoken, end, headline, lextypes } = self;
        let mut functions = format!("START = {start}, GETTOKEN = {gettoken}, END = {end}");
        if let Some(headline) = headline {
            functions.push_str(&format!(", HEADLINE = {headline}"));
        }
        one(format!("CREATE TEXT SEARCH PARSER {} ({functions}, LEXTYPES = {lextypes})", at.sql()))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TEXT SEARCH PARSER {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { start, gettoken, end, headline, lextypes } = to;
        let same = (start, gettoken, end, headline, lextypes)
            == (&self.start, &self.gettoken, &self.end, &self.headline, &self.lextypes);
        if same { Alter::Equivalent } else { Alter::replace("the functions of a parser cannot be changed") }
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TEXT SEARCH PARSER", at.key, to)
    }
}
