//! What each rule weighs: as it says itself, as the configuration says, for some paths otherwise, and which are asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::pattern::Pattern;
use crate::lint::rule::Rule;
use crate::lint::{Finding, Level};

/// The level of each rule, for each file.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// By code.
    pub levels: BTreeMap<String, Level>,
    /// For files whose path fits, by code. The last that says something counts.
    pub paths: Vec<(Pattern, BTreeMap<String, Level>)>,
    /// Where it is not empty, the only rules that say anything.
    pub only: BTreeSet<String>,
    /// Whether the rules that are off say something too, as a note.
    pub all: bool,
}

impl Policy {
    /// Every rule says something.
    pub fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// What a rule weighs in the file of this path, or in a plan.
    pub fn level(&self, rule: &Rule, path: Option<&str>) -> Level {
        if !self.only.is_empty() && !self.only.contains(rule.code) {
            return Level::Off;
        }
        let fits = |(pattern, _): &&(Pattern, BTreeMap<String, Level>)| path.is_some_and(|path| pattern.fits(path));
        let of_path = self.paths.iter().rev().filter(fits).find_map(|(_, levels)| levels.get(rule.code));
        let level = of_path.or_else(|| self.levels.get(rule.code)).copied().unwrap_or(rule.level);
        let asked = self.all || self.only.contains(rule.code);
        if level == Level::Off && asked { Level::Note } else { level }
    }

    /// The findings of a rule at the level that counts. What a rule itself takes less seriously, for the size of a
    /// table, stays so.
    pub(super) fn weigh(&self, rule: &Rule, found: Vec<Finding>) -> Vec<Finding> {
        let weighed = found.into_iter().map(|finding| {
            let level = self.level(rule, finding.at.as_ref().map(|at| at.file.path.as_str()));
            Finding { level: if finding.level > rule.level { finding.level.max(level) } else { level }, ..finding }
        });
        weighed.filter(|finding| finding.level != Level::Off).collect()
    }
}
