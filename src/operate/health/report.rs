//! Measures for programs: version 1 as JSON, described by `docs/schema/health.v1.json`, and as Prometheus reads them.

use serde::Serialize;

use crate::operate::health::{Level, Measure};

/// What was measured.
#[derive(Clone, PartialEq, Debug)]
pub struct Health {
    pub measures: Vec<Measure>,
}

/// The document.
#[derive(Serialize)]
pub struct Document<'a> {
    version: u32,
    tool: &'static str,
    at: String,
    database: String,
    level: Level,
    measures: &'a [Measure],
}

impl Health {
    /// The worst of all.
    pub fn level(&self) -> Level {
        self.measures.iter().map(|measure| measure.level).max().unwrap_or(Level::Info)
    }

    /// Measured at this time, in RFC 3339.
    pub fn document(&self, tool: &'static str, database: String, at: String) -> Document<'_> {
        Document { version: 1, tool, at, database, level: self.level(), measures: &self.measures }
    }

    /// The text format of Prometheus, of this database; levels are 0 for info, 1 for a warning, 2 for critical.
    pub fn prometheus(&self, database: &str) -> String {
        let label = database.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let mut text = String::new();
        for measure in &self.measures {
            // What was not measured is left out, which is how Prometheus says so.
            let Some(value) = measure.value else { continue };
            let Measure { name, what, .. } = measure;
            text.push_str(&format!("# HELP pgplumb_{name} {what}\n# TYPE pgplumb_{name} gauge\n"));
            text.push_str(&format!("pgplumb_{name}{{database=\"{label}\"}} {value}\n"));
        }
        text.push_str(
            "# HELP pgplumb_health_level 0 is info, 1 a warning, 2 critical\n# TYPE pgplumb_health_level gauge\n",
        );
        for measure in self.measures.iter().filter(|measure| measure.value.is_some()) {
            let level = measure.level as u8;
            text.push_str(&format!(
                "pgplumb_health_level{{database=\"{label}\",measure=\"{}\"}} {level}\n",
                measure.name
            ));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operate::health::Area;

    #[test]
    fn prometheus_gets_what_was_measured() {
        let measure = |name, value, level| Measure {
            area: Area::Locks,
            name,
            what: "what it is",
            value,
            level,
            said: String::new(),
        };
        let measures = vec![measure("a", Some(1.5), Level::Critical), measure("b", None, Level::Info)];
        let text = Health { measures }.prometheus("a\"b");
        assert_eq!(
            text,
            "# HELP pgplumb_a what it is\n# TYPE pgplumb_a gauge\npgplumb_a{database=\"a\\\"b\"} 1.5\n\
             # HELP pgplumb_health_level 0 is info, 1 a warning, 2 critical\n# TYPE pgplumb_health_level gauge\n\
             pgplumb_health_level{database=\"a\\\"b\",measure=\"a\"} 2\n"
        );
    }
}
