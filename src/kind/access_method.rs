//! An access method for tables or indexes. Nothing of it can be changed, not even its name.

use serde::{Deserialize, Serialize};

use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AccessMethod {
    /// `TABLE` or `INDEX`.
    #[serde(rename = "type")]
    pub of: String,
    pub handler: String,
}

impl Kind for AccessMethod {
    const LABEL: &'static str = "access method";
    const QUERY: &'static str = include_str!("access_method.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("CREATE ACCESS METHOD {} TYPE {} HANDLER {}", at.sql(), self.of, self.handler))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP ACCESS METHOD {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { of, handler } = to;
        let same = (of, handler) == (&self.of, &self.handler);
        if same { Alter::Equivalent } else { Alter::replace("an access method cannot be changed") }
    }
}
