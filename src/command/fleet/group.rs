//! What many databases have in common: the state that the last run left, and what is pending.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::wording::{counted, listed};

/// How many names of a group are said.
const NAMED: usize = 10;

/// Databases that are alike as far as their books say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub(in crate::command) struct Group {
    /// Of the state after the last run; none where that is not on record.
    pub(in crate::command) fingerprint: Option<String>,
    pub(in crate::command) pending: Vec<String>,
    /// The names of the targets, in their order.
    pub(in crate::command) targets: Vec<String>,
}

/// Groups them; the largest group comes first.
pub(in crate::command) fn groups<'a>(
    seen: impl Iterator<Item = (&'a str, Option<&'a str>, &'a [String])>,
) -> Vec<Group> {
    let mut found: BTreeMap<(Option<&str>, &[String]), Vec<String>> = BTreeMap::new();
    for (name, fingerprint, pending) in seen {
        found.entry((fingerprint, pending)).or_default().push(name.to_owned());
    }
    let group = |((fingerprint, pending), targets): ((Option<&str>, &[String]), Vec<String>)| Group {
        fingerprint: fingerprint.map(str::to_owned),
        pending: pending.to_vec(),
        targets,
    };
    let mut groups: Vec<Group> = found.into_iter().map(group).collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.targets.len()));
    groups
}

impl Group {
    /// `2 targets at 3fa2c1d0, 1 pending migration (`20260101000000_x`): a, b`.
    pub(in crate::command) fn told(&self) -> String {
        let state = match &self.fingerprint {
            Some(fingerprint) => format!("at {}", fingerprint.get(..8).unwrap_or(fingerprint)),
            None => "with no state on record".to_owned(),
        };
        let pending = match self.pending.len() {
            0 => "nothing pending".to_owned(),
            count => {
                let named = self.pending.get(..NAMED).unwrap_or(&self.pending);
                let more = if count > NAMED { " and more" } else { "" };
                format!("{} ({}{more})", counted(count, "pending migration"), listed(named))
            }
        };
        format!("{} {state}, {pending}: {}", counted(self.targets.len(), "target"), self.names())
    }

    /// `a, b and 17 more`.
    fn names(&self) -> String {
        let count = self.targets.len();
        if count <= NAMED {
            return self.targets.join(", ");
        }
        format!("{} and {} more", self.targets.get(..NAMED).unwrap_or_default().join(", "), count - NAMED)
    }
}

/// A line for each group.
pub(in crate::command) fn told(groups: &[Group]) -> String {
    groups.iter().map(|group| format!("{}\n", group.told())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alike_is_what_has_the_same_state_and_the_same_to_do() {
        let due = ["x".to_owned()];
        let seen = [
            ("a", Some("11"), &due[..0]),
            ("b", Some("11"), &due[..]),
            ("c", Some("11"), &due[..]),
            ("d", None, &due[..]),
        ];
        let groups = groups(seen.into_iter());
        let told: Vec<String> = groups.iter().map(Group::told).collect();
        assert_eq!(
            told,
            [
                "2 targets at 11, 1 pending migration (`x`): b, c",
                "1 target with no state on record, 1 pending migration (`x`): d",
                "1 target at 11, nothing pending: a",
            ]
        );
        let many = Group { fingerprint: None, pending: Vec::new(), targets: (0..12).map(|n| n.to_string()).collect() };
        assert!(many.told().ends_with("8, 9 and 2 more"), "{}", many.told());
    }
}
