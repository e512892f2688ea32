//! Rows of the audit that were changed, removed or put in between.

use serde::Deserialize;

use crate::db::error::DbError;
use crate::operate::health::Level;
use crate::operate::verify::audit::{absent, table};
use crate::operate::verify::looking::Looking;
use crate::operate::verify::{Check, Finding, Part, Seen};

pub const CHECK: Check = Check {
    code: "audit-chain",
    part: Part::Audit,
    title: "what the audit holds is what was written",
    why: "Each row of `pgplumb.audit` holds a hash over itself and over the hash of the row before, so that none can be \
          changed, removed or put in between without a trace: the first row that does not follow from the one before is \
          named. Who may write to the books as their owner can write all of the chain anew: note the last hash somewhere \
          else, and `--head HASH` looks whether it is still part of the chain. Find out who was at it; a backup from \
          before has the rows as they were.",
    look,
};

#[derive(Deserialize)]
struct Chain {
    rows: i64,
    since: Option<String>,
    head: Option<String>,
    /// The first row that does not follow from the one before, and the number of the row before it.
    broken: Option<i64>,
    before: Option<i64>,
    /// `applied 20261121150000_orders at 2026-11-21 15:00:00 UTC`.
    told: Option<String>,
    /// Whether it was begun with a run that it had when it was made.
    anew: bool,
    /// Whether the hash that was noted is one of them.
    noted: bool,
}

fn look(looking: &mut Looking) -> Result<Seen, DbError> {
    if let Some(absent) = absent(looking)? {
        return Ok(absent);
    }
    let noted = looking.asked.head.clone();
    let sql = include_str!("audit_chain.sql").replace("{noted}", noted.as_deref().unwrap_or_default());
    let rows: Vec<Chain> = looking.rows(&sql)?;
    let chain = rows.first().ok_or_else(|| DbError::unexpected("no row of the audit"))?;
    Ok(judge(chain, noted.as_deref(), &table(looking)))
}

fn judge(chain: &Chain, noted: Option<&str>, table: &str) -> Seen {
    let critical = |reason: String| Finding::new(Level::Critical, table, reason);
    let mut findings = Vec::new();
    let told = chain.told.as_deref().unwrap_or_default();
    match (chain.broken, chain.before) {
        (Some(broken), before) if broken == before.unwrap_or(0) + 1 => findings.push(critical(format!(
            "row {broken} ({told}) does not follow from what is before it: it was changed, put there, or what was before it was \
             taken away"
        ))),
        (Some(broken), before) => {
            let first = before.unwrap_or(0) + 1;
            let missing =
                if first + 1 == broken { format!("row {first} is") } else { format!("rows {first} to {} are", broken - 1) };
            findings.push(critical(format!("{missing} gone, before row {broken} ({told})")));
        }
        (None, _) if chain.anew || chain.rows == 0 => {
            findings.push(critical("it was emptied and begun anew".to_owned()));
        }
        (None, _) => {}
    }
    if let Some(noted) = noted.filter(|_| !chain.noted) {
        findings.push(critical(format!("no row has the hash {noted} that was noted: the chain is another one")));
    }
    let (since, head) = (chain.since.as_deref().unwrap_or_default(), chain.head.as_deref().unwrap_or_default());
    let rows = if chain.rows == 1 { "1 row".to_owned() } else { format!("{} rows", chain.rows) };
    Seen::of(findings, format!("{rows} since {since}; the last has the hash {head}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_by_its_numbers() {
        let said = |broken, before, anew| {
            let chain = Chain {
                rows: 9,
                since: Some("then".to_owned()),
                head: Some("ab".to_owned()),
                broken,
                before,
                told: Some("applied a".to_owned()),
                anew,
                noted: false,
            };
            let seen = judge(&chain, None, "pgplumb.audit");
            seen.findings.first().map_or(seen.said, |finding| finding.reason.clone())
        };
        assert_eq!(said(None, None, false), "9 rows since then; the last has the hash ab");
        assert_eq!(said(Some(3), Some(1), false), "row 2 is gone, before row 3 (applied a)");
        assert_eq!(said(Some(3), None, false), "rows 1 to 2 are gone, before row 3 (applied a)");
        assert!(said(Some(3), Some(2), false).starts_with("row 3 (applied a) does not follow"));
        assert_eq!(said(None, None, true), "it was emptied and begun anew");
    }
}
