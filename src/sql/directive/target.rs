//! What a directive can be about.

/// A thing that has a name, as the statement writes it: no schema where none is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    Schema {
        name: String,
    },
    /// An ordinary, partitioned or foreign one.
    Table {
        schema: Option<String>,
        name: String,
    },
    Column {
        schema: Option<String>,
        table: String,
        name: String,
    },
    /// The table may be a domain.
    Constraint {
        schema: Option<String>,
        table: String,
        name: String,
    },
    Index {
        schema: Option<String>,
        name: String,
    },
    /// An enum, domain, composite, range or base type.
    Type {
        schema: Option<String>,
        name: String,
    },
    Attribute {
        schema: Option<String>,
        type_name: String,
        name: String,
    },
    EnumValue {
        schema: Option<String>,
        type_name: String,
        label: String,
    },
    /// A function, procedure or aggregate, with its input types as `format_type` prints them, as far as names tell.
    Function {
        schema: Option<String>,
        name: String,
        args: Vec<String>,
    },
    View {
        schema: Option<String>,
        name: String,
    },
    MaterializedView {
        schema: Option<String>,
        name: String,
    },
    Sequence {
        schema: Option<String>,
        name: String,
    },
    Trigger {
        schema: Option<String>,
        table: String,
        name: String,
    },
    Policy {
        schema: Option<String>,
        table: String,
        name: String,
    },
}

impl Target {
    /// The last part of its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Schema { name }
            | Self::Table { name, .. }
            | Self::Column { name, .. }
            | Self::Constraint { name, .. }
            | Self::Index { name, .. }
            | Self::Type { name, .. }
            | Self::Attribute { name, .. }
            | Self::EnumValue { label: name, .. }
            | Self::Function { name, .. }
            | Self::View { name, .. }
            | Self::MaterializedView { name, .. }
            | Self::Sequence { name, .. }
            | Self::Trigger { name, .. }
            | Self::Policy { name, .. } => name,
        }
    }
}
