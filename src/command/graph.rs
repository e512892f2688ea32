//! `pgplumb graph`: what depends on what, in a schema or among the objects that a plan touches.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use clap::ValueEnum;

use crate::command::diff::open_both;
use crate::command::error::CommandError;
use crate::command::out;
use crate::command::side::Opener;
use crate::exit::Exit;
use crate::plan::plan;
use crate::report::graph::{Graph, graph, signs};
use crate::source::Source;
use crate::strategy;

const AFTER_HELP: &str = "\
Without FROM the schema files of the configuration are shown. With TO, only what a plan from
FROM to TO touches: `+` made, `~` changed, `-` dropped, `±` dropped and made anew.

Examples:
  pgplumb graph --format dot schema/ | dot -Tsvg > schema.svg
  pgplumb graph --format mermaid postgresql://localhost/shop
  pgplumb graph generated/ schema/";

/// Print the dependency graph of a schema, or of a plan
#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct Args {
    /// The schema, or the state to start from
    from: Option<String>,

    /// The state to arrive at
    to: Option<String>,

    /// How the graph is written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// A server to make scratch databases on
    #[arg(long, value_name = "URL")]
    scratch: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Format {
    /// For Graphviz
    Dot,
    /// For Markdown that draws Mermaid diagrams
    Mermaid,
    /// For reading
    Text,
}

/// # Errors
/// When a state cannot be read, or no order of the changes works.
pub fn run(args: &Args, config: Option<&Path>) -> Result<Exit, CommandError> {
    let mut opener = Opener::new(config, args.scratch.as_deref())?;
    let from = match &args.from {
        Some(from) => Source::parse(from)?,
        None => Source::Files(opener.config.schema()),
    };
    let graph = match &args.to {
        None => {
            let side = opener.open(&from)?;
            let rules = opener.rules(&side, &side);
            let catalog = rules.clean(side.catalog);
            graph(&[(&catalog.facts, &catalog.edges)], |key| Some(key.to_string()))
        }
        Some(to) => {
            let (from, to) = open_both(&mut opener, &from, &Source::parse(to)?)?;
            let rules = opener.rules(&from, &to);
            let (from, to) = rules.clean_both(from.catalog, to.catalog);
            let marks = signs(&plan(&from, &to, &strategy::plain)?, &from.facts, &to.facts);
            let sides = [(&from.facts, &from.edges), (&to.facts, &to.edges)];
            graph(&sides, |key| marks.get(key).map(|mark| format!("{mark} {key}")))
        }
    };
    let text = match args.format {
        Format::Dot => dot(&graph),
        Format::Mermaid => mermaid(&graph),
        Format::Text => plain(&graph),
    };
    out::text(&text)?;
    Ok(Exit::Fine)
}

fn plain(graph: &Graph) -> String {
    let mut text = String::new();
    for (name, needs) in graph {
        let _ = writeln!(text, "{name}");
        for need in needs {
            let _ = writeln!(text, "    needs {need}");
        }
    }
    text
}

fn dot(graph: &Graph) -> String {
    let quoted = |name: &str| format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = "digraph schema {\n    rankdir=LR;\n    node [shape=box];\n".to_owned();
    for (name, needs) in graph {
        let _ = writeln!(text, "    {};", quoted(name));
        for need in needs {
            let _ = writeln!(text, "    {} -> {};", quoted(name), quoted(need));
        }
    }
    text.push_str("}\n");
    text
}

fn mermaid(graph: &Graph) -> String {
    let numbers: BTreeMap<&String, usize> = graph.keys().enumerate().map(|(number, name)| (name, number)).collect();
    let mut text = "flowchart LR\n".to_owned();
    for (name, number) in &numbers {
        let _ = writeln!(text, "    n{number}[\"{}\"]", name.replace('"', "#quot;"));
    }
    for (name, needs) in graph {
        for need in needs {
            if let (Some(user), Some(used)) = (numbers.get(name), numbers.get(need)) {
                let _ = writeln!(text, "    n{user} --> n{used}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Graph {
        let needs = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Graph::from([("table a".to_owned(), needs(&[])), ("view \"V\"".to_owned(), needs(&["table a"]))])
    }

    #[test]
    fn every_format_shows_objects_and_needs() {
        assert_eq!(plain(&small()), "table a\nview \"V\"\n    needs table a\n");
        assert!(dot(&small()).contains("    \"view \\\"V\\\"\" -> \"table a\";\n"));
        assert_eq!(
            mermaid(&small()),
            "flowchart LR\n    n0[\"table a\"]\n    n1[\"view #quot;V#quot;\"]\n    n1 --> n0\n"
        );
    }
}
