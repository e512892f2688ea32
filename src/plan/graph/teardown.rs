//! Teardown order, which comes from the live state.

use crate::kind::Key;
use crate::kind::key::Attached;
use crate::plan::action::Part;
use crate::plan::build::{Actions, Span};
use crate::plan::graph::{Graph, is_part, one};

impl Graph<'_> {
    /// What needs a fact in the live state is gone, or has let go, before the fact is dropped or altered.
    pub(super) fn teardown(&self, before: &mut impl FnMut(Span, Span)) {
        let Actions { destroyer, alterer, cleaner, .. } = self.actions;
        // A sequence that goes over to another column is changed under the default that asks it, or its old column could
        // not go.
        let moves = |key: &Key| {
            matches!(key, Key::Sequence(_)) && alterer.contains_key(&Key::OwnedBy(Attached::new(key.clone())))
        };
        for (key, span) in destroyer {
            for used in self.from.uses(key) {
                let user = self.letting_go(key, *cleaner.get(key).unwrap_or(span), used);
                match (destroyer.get(used), cleaner.get(used)) {
                    (Some(_), Some(cleaned)) if cleaner.contains_key(key) => before(user, *cleaned),
                    (Some(dropped), _) => before(user, self.end(*dropped)),
                    (None, _) => {
                        // What changes in two parts lets whatever stands on it stand there.
                        let stays = |altered: &&Span| self.actions.all[altered.first].part == Part::Whole;
                        if let Some(altered) = alterer
                            .get(used)
                            .filter(|_| !is_part(key, used, self.from))
                            .filter(stays)
                            .filter(|_| !moves(used))
                        {
                            before(*span, *altered);
                        }
                    }
                }
            }
        }
        for (key, span) in destroyer {
            let alone = |key: &Key, span: &Span| self.actions.all[span.first].key == *key;
            let site = self.builder.live_site(key);
            if !alone(key, span) {
                continue;
            }
            let earlier = self.builder.live.facts.get(key).map(|body| body.outlives(&site)).unwrap_or_default();
            for dropped in earlier.iter().filter_map(|key| destroyer.get_key_value(key)) {
                if alone(dropped.0, dropped.1) {
                    before(*dropped.1, *span);
                }
            }
        }
        for (key, span) in alterer {
            for used in self.from.uses(key) {
                if let Some(gone) = cleaner.get(used).or_else(|| destroyer.get(used)) {
                    before(*span, self.end(*gone));
                }
            }
        }
    }

    /// The part of a fact's going with which it lets go of this other fact.
    fn letting_go(&self, key: &Key, span: Span, used: &Key) -> Span {
        let action = &self.actions.all[span.first];
        let stands =
            || self.builder.live.facts.get(key).is_some_and(|b| b.stub_needs(&self.builder.live_site(key), used));
        if action.part == Part::Stub && action.key == *key && !stands() { one(span.first) } else { span }
    }

    /// The part of a fact's going that waits until nothing needs it.
    fn end(&self, span: Span) -> Span {
        if self.actions.all[span.first].part == Part::Stub { one(span.last) } else { span }
    }
}
