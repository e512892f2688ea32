//! A constraint as CREATE TABLE and ADD CONSTRAINT write it, and the parts of that which ALTER can change.

use crate::base::name::Ident;
use crate::kind::table::constraint::Constraint;
use crate::kind::{Body, Key, Site, options};

impl Constraint {
    pub(super) fn bare(&self) -> &str {
        self.definition.strip_suffix(" NOT VALID").unwrap_or(&self.definition)
    }

    pub(super) fn without_deferral(&self) -> &str {
        let bare = self.definition.as_str();
        let bare = bare.strip_suffix(" INITIALLY DEFERRED").unwrap_or(bare);
        bare.strip_suffix(" DEFERRABLE").unwrap_or(bare)
    }

    /// `CONSTRAINT name definition`, with what `pg_get_constraintdef` leaves out.
    pub(super) fn written(&self, at: &Site) -> String {
        let mut definition = self.definition.clone();
        let mut index = String::new();
        if !self.options.is_empty() {
            index.push_str(&format!(" WITH ({})", options::list(&self.options)));
        }
        if let Some(tablespace) = &self.tablespace {
            index.push_str(&format!(" USING INDEX TABLESPACE {tablespace}"));
        }
        if !index.is_empty() {
            // The index's clauses stand before WHERE and DEFERRABLE.
            let tail = [" WHERE (", " DEFERRABLE"].iter().filter_map(|word| definition.rfind(word)).min();
            definition.insert_str(tail.unwrap_or(definition.len()), &index);
        }
        format!("CONSTRAINT {} {definition}", Ident::new(at.key.name()))
    }

    /// `ALTER TABLE ONLY x` for what must not reach the partitions: they have their own, attached one by one.
    pub(super) fn alter_on(&self, at: &Site) -> String {
        let partitioned = matches!(at.on(), Some((_, Body::Table(table))) if table.partition_by.is_some());
        if partitioned && self.has_index() && !self.compares_rows() {
            format!("ALTER TABLE ONLY {}", at.key.on().map(Key::sql).unwrap_or_default())
        } else {
            format!("ALTER {}", at.on_object())
        }
    }
}
