use crate::report::html;
use crate::report::tests::{said, shop, wanted};

fn page() -> String {
    said(&shop(), &wanted(), &["drop-table:old_report"], html::render)
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = page();
    for outside in ["<script", "<link", "<img", "<iframe", " src=", "@import", "url(h", "http://", "https://", "//cdn"]
    {
        assert!(!page.contains(outside), "{outside}");
    }
    // What is referred to is on the page.
    let ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for to in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let id = to.strip_prefix('#').unwrap_or_else(|| panic!("{to} leads away"));
        assert!(ids.contains(&id), "{to} leads nowhere");
    }
    assert_eq!(ids.len(), ids.iter().collect::<std::collections::BTreeSet<_>>().len(), "no id is there twice");
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("default-src 'none'"));
}

#[test]
fn every_step_and_finding_is_on_the_page_and_linked_both_ways() {
    let page = page();
    said(&shop(), &wanted(), &["drop-table:old_report"], |report| {
        for row in crate::report::rows::rows(report) {
            let number = row.number;
            let step = format!("<article class=\"step\" id=\"step-{number}\">");
            assert!(page.contains(&step), "{step}");
            assert!(page.contains(&format!("<a href=\"#step-{number}\"><g class=\"bar ")), "in time: {number}");
            let text = page.split(&step).nth(1).unwrap().split("</article>").next().unwrap();
            for at in &row.findings {
                assert!(text.contains(&format!("href=\"#finding-{}\"", at + 1)), "{number} to {at}: {text}");
                let finding = page.split(&format!("id=\"finding-{}\"", at + 1)).nth(1).unwrap();
                let finding = finding.split("</article>").next().unwrap();
                assert!(finding.contains(&format!("href=\"#step-{number}\"")), "{at} to {number}");
            }
        }
        for (number, finding) in report.findings.iter().enumerate() {
            let from = page.split(&format!("id=\"finding-{}\"", number + 1)).nth(1).unwrap();
            assert!(from.contains(finding.code), "{}", finding.code);
        }
        String::new()
    });
    for object in ["enum order_status", "table orders", "table customers", "table old_report"] {
        assert!(page.contains(&format!("<title>{object}</title>")), "drawn: {object}");
    }
    assert!(page.contains("<td class=\"gone\"><code>  WHERE id &gt; 1</code></td>"), "bodies side by side");
}

#[test]
fn what_a_name_holds_is_text() {
    let evil = shop().with_table("<script>alert(1)</script>", &["\"a&b\" text"]);
    let page = said(&shop(), &evil, &[], html::render);
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
}
