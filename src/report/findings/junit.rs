//! Findings as JUnit's XML, which every CI shows: a suite for each file, a case for each finding. What blocks is a
//! failure, what is allowed is skipped, and the rest passes and says what it has to say.

use std::collections::BTreeMap;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::lint::Finding;
use crate::report::findings::Findings;

type Out = Writer<Vec<u8>>;
type Written = std::io::Result<()>;

/// What is about no file.
const WHOLE: &str = "pgplumb";

/// The document, with a line end.
pub fn render(report: &Findings) -> String {
    let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Memory takes all that is written to it.
    let _ = document(&mut out, report);
    String::from_utf8_lossy(&out.into_inner()).into_owned() + "\n"
}

fn document(out: &mut Out, report: &Findings) -> Written {
    let mut suites: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
    for finding in report.findings {
        let file = report.spot(finding).map_or_else(|| WHOLE.to_owned(), |spot| spot.file);
        suites.entry(file).or_default().push(finding);
    }
    if suites.is_empty() {
        suites.insert(WHOLE.to_owned(), Vec::new());
    }
    out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = tag("testsuites", &[("name", format!("pgplumb {}", report.verb))], &counts(report.findings.iter()));
    out.write_event(Event::Start(all))?;
    for (file, findings) in &suites {
        suite(out, report, file, findings)?;
    }
    out.write_event(Event::End(BytesEnd::new("testsuites")))
}

fn suite(out: &mut Out, report: &Findings, file: &str, findings: &[&Finding]) -> Written {
    let counted = counts(findings.iter().copied());
    out.write_event(Event::Start(tag("testsuite", &[("name", file.to_owned())], &counted)))?;
    if findings.is_empty() {
        let case = [("name", "nothing to say".to_owned()), ("classname", file.to_owned())];
        out.write_event(Event::Empty(tag("testcase", &case, &[])))?;
    }
    for finding in findings {
        case(out, report, file, finding)?;
    }
    out.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn case(out: &mut Out, report: &Findings, file: &str, finding: &Finding) -> Written {
    let spot = report.spot(finding);
    let line = spot.as_ref().map(|spot| format!(" at line {}", spot.line)).unwrap_or_default();
    let mut attributes = vec![("name", format!("{}{line}", finding.allowance())), ("classname", file.to_owned())];
    if let Some(spot) = &spot {
        attributes.extend([("file", spot.file.clone()), ("line", spot.line.to_string())]);
    }
    out.write_event(Event::Start(tag("testcase", &attributes, &[])))?;
    let help = finding.help.as_deref().map(|help| format!("\n{help}")).unwrap_or_default();
    let said = format!("{}{help}", finding.message);
    match &finding.allowed_by {
        Some(by) => out.write_event(Event::Empty(tag("skipped", &[("message", by.clone())], &[])))?,
        None if finding.blocks() => {
            let failure = [("type", finding.code.to_owned()), ("message", finding.message.clone())];
            text(out, tag("failure", &failure, &[]), &said)?;
        }
        None => text(out, tag("system-out", &[], &[]), &format!("{}: {said}", finding.level))?,
    }
    out.write_event(Event::End(BytesEnd::new("testcase")))
}

fn counts<'a>(findings: impl Iterator<Item = &'a Finding>) -> [(&'static str, usize); 4] {
    let (mut tests, mut failures, mut skipped) = (0, 0, 0);
    for finding in findings {
        tests += 1;
        failures += usize::from(finding.blocks());
        skipped += usize::from(finding.allowed_by.is_some());
    }
    [("tests", tests.max(1)), ("failures", failures), ("errors", 0), ("skipped", skipped)]
}

fn tag(name: &'static str, texts: &[(&str, String)], numbers: &[(&str, usize)]) -> BytesStart<'static> {
    let mut tag = BytesStart::new(name);
    for (name, value) in texts {
        tag.push_attribute((*name, allowed(value).replace('\n', " ").as_str()));
    }
    for (name, value) in numbers {
        tag.push_attribute((*name, value.to_string().as_str()));
    }
    tag
}

fn text(out: &mut Out, tag: BytesStart<'static>, text: &str) -> Written {
    let end = tag.to_end().into_owned();
    out.write_event(Event::Start(tag))?;
    out.write_event(Event::Text(BytesText::new(&allowed(text))))?;
    out.write_event(Event::End(end))
}

/// Without what XML 1.0 has no way to write (its production 2, `Char`): a reader would refuse all of the document.
fn allowed(text: &str) -> String {
    let writable = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
    text.chars().map(|c| if writable(c) && !matches!(c, '\u{fffe}' | '\u{ffff}') { c } else { '\u{fffd}' }).collect()
}
