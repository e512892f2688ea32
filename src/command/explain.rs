//! `pgplumb explain`: what a rule is, why it matters, and the safe way.

use crate::command::error::CommandError;
use crate::command::out;
use crate::exit::Exit;
use crate::lint::rule::{Group, RULES};

/// The page of all rules. It is made of the rules and the files of their tests, so it cannot say anything else.
const PAGE: &str = include_str!("../../docs/rules.md");

const AFTER_HELP: &str = "\
Examples:
  pgplumb explain                       all rules
  pgplumb explain index-not-concurrent  one of them, with an example";

/// Say what a rule is, why it matters, and what to do instead
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The code of a finding; without it, all codes
    code: Option<String>,
}

/// # Errors
/// When there is no such rule.
pub fn run(args: &Args) -> Result<Exit, CommandError> {
    match &args.code {
        None => out::text(&list())?,
        Some(code) => out::text(section(code).ok_or_else(|| CommandError::no_rule(code))?)?,
    }
    Ok(Exit::Fine)
}

/// Every code with its title, by group.
fn list() -> String {
    let widest = RULES.iter().map(|rule| rule.code.len()).max().unwrap_or_default();
    let mut text = String::new();
    for group in Group::ALL {
        text.push_str(&format!("{}\n", group.title()));
        for rule in RULES.iter().filter(|rule| rule.group == group) {
            let level = rule.level.to_string();
            text.push_str(&format!("  {:widest$}  {level:7}  {}\n", rule.code, rule.title));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// The part of the page that is about a rule.
fn section(code: &str) -> Option<&'static str> {
    let start = PAGE.find(&format!("\n### {code}\n"))? + 1;
    let rest = &PAGE[start..];
    let next = |mark: &str| rest.find(mark).map_or(rest.len(), |at| at + 1);
    Some(&rest[..next("\n### ").min(next("\n## "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_section_and_a_line() {
        let list = list();
        for rule in RULES {
            let section = section(rule.code).unwrap();
            assert!(section.contains(rule.why) || section.contains(&rule.why[..20]), "{section}");
            assert!(list.contains(rule.code) && list.contains(rule.title));
        }
        assert_eq!(section("no-such-rule"), None);
    }
}
