//! `pgplumb explain`: what a rule or a check is, why it matters, and the safe way.

use crate::command::error::CommandError;
use crate::command::out;
use crate::exit::Exit;
use crate::lint::rule::{Group, RULES};
use crate::operate::preflight::CHECKS;
use crate::operate::verify;

/// The pages of all rules and of all checks. They are made of the rules and the checks, so they cannot say anything else.
const PAGES: [&str; 3] = [
    include_str!("../../docs/rules.md"),
    include_str!("../../docs/preflight.md"),
    include_str!("../../docs/verify.md"),
];

const AFTER_HELP: &str = "\
Examples:
  pgplumb explain                       all rules and checks
  pgplumb explain index-not-concurrent  one of them, with an example
  pgplumb explain pooler                a check of `pgplumb preflight`
  pgplumb explain sequence-behind       a check of `pgplumb verify`";

/// Say what a rule or a check is, why it matters, and what to do
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The code of a finding; without it, all codes
    code: Option<String>,
}

/// # Errors
/// When there is neither such a rule nor such a check.
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
    text.push_str("Preflight\n");
    let widest = CHECKS.iter().map(|check| check.code.len()).max().unwrap_or_default();
    for check in CHECKS {
        text.push_str(&format!("  {:widest$}  {}\n", check.code, check.title));
    }
    text.push_str("\nVerify\n");
    let widest = verify::CHECKS.iter().map(|check| check.code.len()).max().unwrap_or_default();
    for check in verify::CHECKS {
        text.push_str(&format!("  {:widest$}  {}\n", check.code, check.title));
    }
    text
}

/// The part of a page that is about a rule or a check.
fn section(code: &str) -> Option<&'static str> {
    let heading = format!("\n### {code}\n");
    let (page, start) = PAGES.iter().find_map(|page| Some((page, page.find(&heading)? + 1)))?;
    let rest = &page[start..];
    let next = |mark: &str| rest.find(mark).map_or(rest.len(), |at| at + 1);
    Some(&rest[..next("\n### ").min(next("\n## "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_and_check_has_a_section_and_a_line() {
        let list = list();
        for rule in RULES {
            let section = section(rule.code).unwrap();
            assert!(section.contains(rule.why) || section.contains(&rule.why[..20]), "{section}");
            assert!(list.contains(rule.code) && list.contains(rule.title));
        }
        for check in CHECKS {
            assert!(section(check.code).unwrap().contains(&check.why[..20]), "{}", check.code);
            assert!(list.contains(check.code) && list.contains(check.title));
        }
        for check in verify::CHECKS {
            assert!(section(check.code).unwrap().contains(&check.why[..20]), "{}", check.code);
            assert!(list.contains(check.code) && list.contains(check.title));
        }
        assert_eq!(section("no-such-rule"), None);
    }
}
