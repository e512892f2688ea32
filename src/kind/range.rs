//! A range type and the multirange type that comes with it. Postgres can change neither, so both are replaced, and the
//! values of columns move over by way of text.

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::data_type::{set_aside, type_slots};
use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Body, Key, Kind, Site, Slot};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Range {
    pub subtype: String,
    /// None for the subtype's own.
    pub opclass: Option<String>,
    /// None for the subtype's own.
    pub collation: Option<String>,
    pub canonical: Option<String>,
    pub subtype_diff: Option<String>,
    pub multirange_schema: Ident,
    pub multirange_name: Ident,
}

impl Kind for Range {
    const LABEL: &'static str = "range type";
    const QUERY: &'static str = include_str!("range.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let mut options = vec![
            format!("subtype = {}", self.subtype),
            format!("multirange_type_name = {}.{}", self.multirange_schema, self.multirange_name),
        ];
        options.extend(self.opclass.as_ref().map(|opclass| format!("subtype_opclass = {opclass}")));
        options.extend(self.collation.as_ref().map(|collation| format!("collation = {collation}")));
        options.extend(self.canonical.as_ref().map(|function| format!("canonical = {function}")));
        options.extend(self.subtype_diff.as_ref().map(|function| format!("subtype_diff = {function}")));
        one(format!("CREATE TYPE {} AS RANGE (\n    {}\n)", at.sql(), options.join(",\n    ")))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TYPE {}", at.sql()))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self { subtype, opclass, collation, canonical, subtype_diff, multirange_schema, multirange_name } = to;
        let same = (subtype, opclass, collation, canonical, subtype_diff)
            == (&self.subtype, &self.opclass, &self.collation, &self.canonical, &self.subtype_diff);
        if !same {
            return Alter::replace("a range type cannot be changed");
        }
        if (multirange_schema, multirange_name) != (&self.multirange_schema, &self.multirange_name) {
            // Its constructor functions would keep the old name.
            return Alter::replace("the multirange type of a range type cannot be renamed along with its functions");
        }
        Alter::Equivalent
    }

    fn slots(&self, at: &Site) -> Vec<Slot> {
        let mut slots = type_slots(at.key);
        slots.push(Slot::Type(self.multirange_schema.clone(), self.multirange_name.clone()));
        slots
    }

    fn object(&self, at: &Site) -> String {
        format!("TYPE {}", at.sql())
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TYPE", at.key, to)
    }

    /// The multirange type and the constructor functions keep their names, which the new type's must be free to take.
    fn set_aside(&self, at: &Site, aside: &str) -> Option<(Vec<Statement>, Statement)> {
        let (mut renames, drop) = set_aside("TYPE", at, aside);
        let Self { subtype, multirange_schema, multirange_name, .. } = self;
        let multirange = Ident::new(format!("{aside}_multirange"));
        renames
            .push(Statement::new(format!("ALTER TYPE {multirange_schema}.{multirange_name} RENAME TO {multirange}")));
        let schema = at.key.schema()?;
        let mut constructors = vec![(format!("{schema}.{multirange_name}()"), multirange)];
        if matches!(at.there.get(at.key), Some(Body::Range(to)) if to.subtype == *subtype) {
            for args in [format!("{subtype}, {subtype}"), format!("{subtype}, {subtype}, text")] {
                constructors.push((format!("{}({args})", at.sql()), Ident::new(aside)));
            }
        }
        let rename = |(function, to): (String, Ident)| format!("ALTER FUNCTION {function} RENAME TO {to}");
        renames.extend(constructors.into_iter().map(rename).map(Statement::new));
        Some((renames, drop))
    }
}
