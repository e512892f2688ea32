//! What leaves its parents does so before their columns change, and its own.

use crate::kind::Key;
use crate::plan::build::Span;
use crate::plan::graph::{Graph, one};

impl Graph<'_> {
    /// The change of a parent's column reaches every table that is under it at that moment. What leaves has its own change, and
    /// keeps what the parent drops.
    pub(super) fn leaving(&self, before: &mut impl FnMut(Span, Span)) {
        let actions = self.actions;
        // Where the table goes as a whole, its place goes with it.
        let alone = |key: &Key, span: &Span| actions.all[span.first].key == *key;
        for (place, left) in actions.destroyer.iter().filter(|(key, span)| self.leaves && alone(key, span)) {
            let Some(body) = self.builder.live.facts.get(place) else { continue };
            for freed in body.frees(&self.builder.live_site(place)) {
                let changed = [&actions.producer, &actions.alterer, &actions.destroyer];
                for span in changed.into_iter().filter_map(|spans| spans.get(&freed)) {
                    before(*left, one(span.first));
                }
            }
        }
    }
}
