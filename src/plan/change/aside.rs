//! Types that are set aside while the columns that use them move to the new type of the same name.

use crate::kind::{Body, Key, Site};
use crate::plan::change::Decider;

impl Decider<'_> {
    /// Whether the column names its type the same on both sides, so that only the meaning of the name changes.
    pub(super) fn keeps_name_of_type(&self, column: &Key) -> bool {
        match (self.live.facts.get(column), self.desired.facts.get(column)) {
            (Some(Body::Column(from)), Some(Body::Column(to))) => from.type_name == to.type_name,
            _ => false,
        }
    }

    fn can_set_aside(&self, used: &Key) -> bool {
        self.live.facts.get(used).is_some_and(|body| body.set_aside(&self.site(used), "x").is_some())
    }

    pub(super) fn set_aside(&mut self, used: &Key) -> bool {
        if self.changes.aside.contains(used) {
            return true;
        }
        let can = self.can_set_aside(used);
        if can {
            self.changes.aside.insert(used.clone());
        }
        can
    }

    /// A type that is set aside still stands on the types that it was made from, so these cannot be dropped before it.
    pub(super) fn spread_aside(&mut self) {
        let mut open: Vec<Key> = self.changes.aside.iter().cloned().collect();
        while let Some(key) = open.pop() {
            let below: Vec<Key> = self.from.uses(&key).filter(|used| self.changes.replaced(used)).cloned().collect();
            for used in below {
                if !self.changes.aside.contains(&used) && self.set_aside(&used) {
                    open.push(used);
                }
            }
        }
    }

    /// Whether a column cannot move to the new type of the same name, and its table is another one then.
    pub(super) fn refuses(&self, column: &Key, used: &Key) -> bool {
        let at = Site { here: &self.desired.facts, there: &self.live.facts, ..self.site(column) };
        matches!(column, Key::Column(_))
            && !self.changes.destroyed.contains(column)
            && self.keeps_name_of_type(column)
            && self.can_set_aside(used)
            && self.desired.facts.get(column).is_some_and(|body| body.retype(&at, used).is_err())
    }

    pub(super) fn retype(&mut self, column: &Key, used: &Key) {
        let at = Site { here: &self.desired.facts, there: &self.live.facts, ..self.site(column) };
        let change = match self.desired.facts.get(column).map(|body| body.retype(&at, used)) {
            Some(Ok(change)) => change,
            Some(Err(why)) => {
                if let Some(table) = column.on() {
                    self.destroy(table, Some(why));
                }
                return;
            }
            None => return,
        };
        let entry = self.changes.altered.entry(column.clone()).or_default();
        entry.disturbs = change.disturbs;
        for statement in change.statements.into_iter().rev() {
            if !entry.statements.contains(&statement) {
                entry.statements.insert(0, statement);
            }
        }
        self.open.push(column.clone());
    }
}
