//! What `--online` asks for.

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::command::error::CommandError;
use crate::kind::Key;
use crate::propose::expand::{Outcome, expand};
use crate::propose::keep::keep;
use crate::propose::swap::swap;
use crate::propose::{Proposal, Request};
use crate::prove::Bench;
use crate::prove::error::ProofError;
use crate::strategy::swap::fit::named;

/// One value of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Online {
    On,
    Expand,
    Off,
    /// Tables, as they were written.
    Swap(Vec<String>),
}

/// Reads one value.
///
/// # Errors
/// What can be written.
pub(super) fn online(text: &str) -> Result<Online, String> {
    match text {
        "on" => Ok(Online::On),
        "expand" => Ok(Online::Expand),
        "off" => Ok(Online::Off),
        _ => match text.strip_prefix("swap:") {
            Some(tables) if tables.split(',').all(|table| !table.trim().is_empty()) => {
                Ok(Online::Swap(tables.split(',').map(|table| table.trim().to_owned()).collect()))
            }
            _ => Err("write on, expand, off or swap:SCHEMA.TABLE".to_owned()),
        },
    }
}

/// What becomes of the plain plan.
pub(super) enum Wanted {
    Nothing,
    /// For names that the files keep.
    Kept,
    /// The same, and for columns whose type would write their table anew.
    Expand,
    Swap(BTreeSet<Key>),
}

impl Wanted {
    /// What all values together ask for.
    ///
    /// # Errors
    /// `Online` where they contradict each other, `NoTable` for a table that is not in both states.
    pub(super) fn of(values: &[Online], live: &Catalog, desired: &Catalog) -> Result<Self, CommandError> {
        let mut tables = BTreeSet::new();
        for value in values {
            let Online::Swap(names) = value else {
                return match values {
                    [Online::Expand] => Ok(Self::Expand),
                    [Online::On] => Ok(Self::Kept),
                    [_] => Ok(Self::Nothing),
                    _ => Err(CommandError::Online),
                };
            };
            for name in names {
                let table = named(live, name).filter(|table| desired.facts.contains(table));
                tables.insert(table.ok_or_else(|| CommandError::NoTable { name: name.clone() })?);
            }
        }
        Ok(if tables.is_empty() { Self::Kept } else { Self::Swap(tables) })
    }

    /// Two migrations in the place of the plain plan, where that can be.
    ///
    /// # Errors
    /// What the proof of either says.
    pub(super) fn outcome(
        &self,
        bench: &mut Bench,
        request: &Request,
        plain: &Proposal,
    ) -> Result<Outcome, ProofError> {
        match self {
            Self::Nothing => Ok(Outcome::default()),
            Self::Kept => keep(bench, request, plain),
            Self::Expand => {
                let mut outcome = keep(bench, request, plain)?;
                if outcome.expansion.is_some() {
                    outcome.notes.push(ONE_AT_A_TIME.to_owned());
                    return Ok(outcome);
                }
                let expanded = expand(bench, request, plain)?;
                outcome.notes.extend(expanded.notes);
                outcome.expansion = expanded.expansion;
                Ok(outcome)
            }
            Self::Swap(tables) => swap(bench, request, plain, tables),
        }
    }
}

const ONE_AT_A_TIME: &str =
    "names are kept, so nothing else is expanded: apply this, then plan again with --online expand";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_one_by_one() {
        assert_eq!(online("off"), Ok(Online::Off));
        let swap = Online::Swap(vec!["a".to_owned(), "s.\"B\"".to_owned()]);
        assert_eq!(online("swap:a, s.\"B\""), Ok(swap));
        assert!(online("swap:").is_err() && online("swap:a,,b").is_err() && online("swap").is_err());
    }

    #[test]
    fn one_way_at_a_time() {
        let nothing = Catalog::default();
        let of = |values: &[Online]| Wanted::of(values, &nothing, &nothing);
        assert!(
            matches!(of(&[]), Ok(Wanted::Kept))
                && matches!(of(&[Online::Off]), Ok(Wanted::Nothing))
                && matches!(of(&[Online::Expand]), Ok(Wanted::Expand))
        );
        assert!(matches!(of(&[Online::Off, Online::Expand]), Err(CommandError::Online)));
        let missing = of(&[Online::Swap(vec!["t".to_owned()])]);
        assert!(matches!(missing, Err(CommandError::NoTable { name }) if name == "t"));
    }
}
