//! Who applied a migration that another tool did.

use serde::{Deserialize, Serialize};

use crate::migrate::foreign::version::plain;

/// What the other tool's table says of a migration, as the books keep it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Origin {
    pub tool: String,
    /// As SQL names it.
    pub table: String,
    /// As the tool writes it.
    pub version: Option<String>,
    pub name: Option<String>,
    /// When it ran, as the table has it; none where the tool does not write that down, as below.
    pub at: Option<String>,
    pub by: Option<String>,
    pub checksum: Option<String>,
    /// The tables that the tool keeps beside it.
    #[serde(default)]
    pub beside: Vec<String>,
}

impl Origin {
    fn plain(&self) -> Option<String> {
        self.version.as_deref().map(plain)
    }

    /// Whether both are of the same migration of the same history. A name may have come from a file that is there now.
    pub(super) fn is(&self, other: &Self) -> bool {
        let is_named =
            self.name == other.name || (self.version.is_some() && (self.name.is_none() || other.name.is_none()));
        is_named && (&self.tool, &self.table, self.plain()) == (&other.tool, &other.table, other.plain())
    }
}
