//! The frame of a page that needs nothing but itself: no script, no font, no picture from elsewhere.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page/style.css");
/// Nothing is loaded, whatever a name or a body holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page around these parts.
pub(super) fn page(title: &str, heading: &Markup, main: &Markup, footer: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "pgplumb " (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { (heading) }
                main { (main) }
                footer { (footer) }
            }
        }
    };
    page.into_string() + "\n"
}
