//! Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the code.
//!
//! The structs hold what we say and no more; a test holds the document against the standard's own schema.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::lint::finding::Fix;
use crate::lint::rule::{RULES, Rule};
use crate::lint::{Finding, Level};
use crate::report::findings::spot::Spot;
use crate::report::findings::{Findings, fingerprint};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// Columns count characters, not the code units that are the default.
    column_kind: &'static str,
    automation_details: Named,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Named {
    id: String,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: String,
    rules: Vec<Described>,
}

/// A rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    partial_fingerprints: Known,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Repair>,
}

#[derive(Serialize)]
struct Known {
    #[serde(rename = "pgplumb/v1")]
    fingerprint: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    end_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Repair {
    description: Text,
    artifact_changes: [Change; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: Artifact,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

/// The document, with a line end.
pub fn render(report: &Findings) -> String {
    let codes: BTreeSet<&str> = report.findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<&Rule> = RULES.iter().filter(|rule| codes.contains(rule.code)).collect();
    let known = fingerprint::all(report.findings);
    let findings = report.findings.iter().zip(known);
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "pgplumb",
                version: report.tool.to_owned(),
                rules: rules.iter().map(|rule| described(rule)).collect(),
            },
        },
        column_kind: "unicodeCodePoints",
        automation_details: Named { id: format!("pgplumb/{}/", report.verb) },
        results: findings.map(|(finding, known)| outcome(report, finding, known, &rules)).collect(),
    };
    let document = Document { schema: SCHEMA, version: "2.1.0", runs: [run] };
    // Only maps with keys that are no strings can fail, and there are none.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn described(rule: &Rule) -> Described {
    Described {
        id: rule.code,
        short_description: text(rule.title),
        full_description: text(rule.why),
        help: text(rule.remedy),
        default_configuration: Configuration { level: level(rule.level) },
    }
}

fn outcome(report: &Findings, finding: &Finding, fingerprint: String, rules: &[&Rule]) -> Outcome {
    let help = finding.help.as_deref().map(|help| format!("; instead: {help}")).unwrap_or_default();
    let suppression = |by: &String| Suppression {
        // One in the file says where it stands.
        kind: if by.contains(" at ") { "inSource" } else { "external" },
        justification: by.clone(),
    };
    Outcome {
        rule_id: finding.code,
        rule_index: rules.iter().position(|rule| rule.code == finding.code),
        level: level(finding.level),
        message: text(&format!("{}{help}", finding.message)),
        locations: report.spot(finding).map(location).into_iter().collect(),
        partial_fingerprints: Known { fingerprint },
        suppressions: finding.allowed_by.iter().map(suppression).collect(),
        fixes: repair(finding).into_iter().collect(),
    }
}

fn location(spot: Spot) -> Location {
    let region = Region {
        start_line: spot.line,
        start_column: spot.columns.map(|(from, _)| from),
        end_line: spot.end_line,
        end_column: spot.columns.map(|(_, to)| to),
    };
    Location { physical_location: Physical { artifact_location: artifact(&spot.file), region } }
}

fn repair(finding: &Finding) -> Option<Repair> {
    let at = finding.at.as_ref().filter(|_| !finding.fix.is_empty())?;
    let replacement = |fix: &Fix| {
        let (start_line, start_column) = at.file.line_column(fix.bytes.start);
        let (end_line, end_column) = at.file.line_column(fix.bytes.end);
        let (start_column, end_column) = (Some(start_column), Some(end_column));
        Replacement {
            deleted_region: Region { start_line, start_column, end_line, end_column },
            inserted_content: text(&fix.text),
        }
    };
    let artifact_location = artifact(&at.file.path);
    let replacements = finding.fix.iter().map(replacement).collect();
    let description = text(finding.help.as_deref().unwrap_or(&finding.message));
    Some(Repair { description, artifact_changes: [Change { artifact_location, replacements }] })
}

fn text(text: &str) -> Text {
    Text { text: text.to_owned() }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
        Level::Off => "none",
    }
}

/// A relative path is a relative reference (RFC 3986) once what is no part of a path is written in percents.
fn artifact(path: &str) -> Artifact {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$'()*+,;=@".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    Artifact { uri: path.trim_start_matches("./").bytes().map(one).collect() }
}
