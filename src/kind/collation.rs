//! A collation. Postgres can change nothing of one but its name, schema and owner.
//!
//! The version that the provider had when it was made is not compared: it is the server's.

use serde::{Deserialize, Serialize};

use crate::base::name::literal;
use crate::kind::data_type::set_aside;
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Collation {
    /// `libc`, `icu` or `builtin`.
    pub provider: String,
    pub deterministic: bool,
    /// `LC_COLLATE` of the libc provider.
    pub collate: Option<String>,
    /// `LC_CTYPE` of the libc provider.
    pub ctype: Option<String>,
    /// The locale of the other providers.
    pub locale: Option<String>,
    /// Tailoring rules of the ICU provider (16).
    pub rules: Option<String>,
}

impl Kind for Collation {
    const LABEL: &'static str = "collation";
    const QUERY: &'static str = include_str!("collation.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut options = vec![format!("provider = {}", self.provider)];
        if !self.deterministic {
            options.push("deterministic = false".to_owned());
        }
        if self.collate == self.ctype {
            options.extend(self.collate.as_deref().map(|locale| format!("locale = {}", literal(locale))));
        } else {
            options.extend(self.collate.as_deref().map(|locale| format!("lc_collate = {}", literal(locale))));
            options.extend(self.ctype.as_deref().map(|locale| format!("lc_ctype = {}", literal(locale))));
        }
        options.extend(self.locale.as_deref().map(|locale| format!("locale = {}", literal(locale))));
        options.extend(self.rules.as_deref().map(|rules| format!("rules = {}", literal(rules))));
        one(format!("CREATE COLLATION {} ({})", at.sql(), options.join(", ")))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP COLLATION {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { provider, deterministic, collate, ctype, locale, rules } = to;
        let same = (provider, deterministic, collate, ctype, locale, rules)
            == (&self.provider, &self.deterministic, &self.collate, &self.ctype, &self.locale, &self.rules);
        if same { Alter::Equivalent } else { Alter::replace("the locale of a collation cannot be changed") }
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("COLLATION", at.key, to)
    }

    fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
        Some(set_aside("COLLATION", at, aside))
    }
}
