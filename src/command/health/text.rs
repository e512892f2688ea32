//! Measures for a person.

use anstyle::{AnsiColor, Style};

use crate::operate::health::report::Health;
use crate::operate::health::{Area, Level, Measure};

pub(super) fn render(health: &Health, database: &str, at: &str) -> String {
    let mut text = format!("{database}  {at}\n");
    let widest = health.measures.iter().map(|measure| measure.said.chars().count()).max().unwrap_or_default();
    for area in Area::ALL {
        let measures: Vec<&Measure> = health.measures.iter().filter(|measure| measure.area == area).collect();
        if measures.is_empty() {
            continue;
        }
        text.push_str(&format!("{}\n", title(area)));
        for Measure { level, said, what, .. } in measures {
            let style = style(*level);
            let word = word(*level);
            text.push_str(&format!("  {style}{word:8}{style:#}  {said:widest$}  {what}\n"));
        }
    }
    text
}

fn title(area: Area) -> &'static str {
    match area {
        Area::Connections => "connections",
        Area::Migrations => "migrations",
        Area::Performance => "performance",
        Area::Locks => "locks",
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Critical => "critical",
    }
}

fn style(level: Level) -> Style {
    match level {
        Level::Info => Style::new(),
        Level::Warning => AnsiColor::Yellow.on_default(),
        Level::Critical => AnsiColor::Red.on_default().bold(),
    }
}
