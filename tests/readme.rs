//! What the README and the pages of docs show is what the program does: every `console` block is run, and its output compared.
//! With `PGPLUMB_BLESS=1` the blocks are rewritten instead.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FENCE: &str = "```";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs `pgplumb ARGUMENTS` in an empty folder, away from any configuration; what it prints.
fn pgplumb(arguments: &[&str]) -> String {
    let empty = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pgplumb"));
    command.args(arguments).current_dir(&empty).env_clear();
    let output = command.output().unwrap();
    assert!(output.status.success(), "`pgplumb {}` ends with {}", arguments.join(" "), output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// The same page with what each `$ pgplumb` line of a `console` block prints now.
fn rerun(page: &str) -> String {
    let mut lines = page.lines();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        text.push_str(&format!("{line}\n"));
        if line != format!("{FENCE}console") {
            continue;
        }
        for command in lines.by_ref().take_while(|line| *line != FENCE).filter_map(|line| line.strip_prefix("$ ")) {
            let mut words = command.split_whitespace();
            assert_eq!(words.next(), Some("pgplumb"), "a console block can only run pgplumb: {command}");
            let output = pgplumb(&words.collect::<Vec<_>>());
            text.push_str(&format!("$ {command}\n{}\n", output.trim_end()));
        }
        text.push_str(&format!("{FENCE}\n"));
    }
    text
}

/// The lines of every block of one language.
fn block_lines<'a>(page: &'a str, language: &str) -> Vec<&'a str> {
    let opening = format!("{FENCE}{language}");
    let mut lines = page.lines();
    let mut found = Vec::new();
    while lines.by_ref().any(|line| line == opening) {
        found.extend(lines.by_ref().take_while(|line| *line != FENCE));
    }
    found
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("README.md")];
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages.extend(docs.filter(|path| path.extension().is_some_and(|ext| ext == "md")));
    pages.sort();
    pages
}

#[test]
fn console_blocks_show_what_the_program_prints() {
    let mut stale = Vec::new();
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        let now = rerun(&page);
        if page == now {
            continue;
        }
        if std::env::var_os("PGPLUMB_BLESS").is_some() {
            fs::write(&path, now).unwrap();
        } else {
            let diff = similar::TextDiff::from_lines(&page, &now).unified_diff().to_string();
            stale.push(format!("{}:\n{diff}", path.display()));
        }
    }
    assert!(stale.is_empty(), "`just docs` brings these pages up to date:\n{}", stale.join("\n"));
}

/// The verbs that `pgplumb --help` lists.
fn verbs() -> BTreeSet<String> {
    let help = pgplumb(&["--help"]);
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| line.starts_with("  "));
    let names = list.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_verb_has_its_help_in_the_reference() {
    let page = fs::read_to_string(root().join("docs/cli.md")).unwrap();
    let shown = page.lines().filter_map(|line| line.strip_prefix("$ pgplumb ")?.strip_suffix(" --help"));
    // Verbs below a verb are shown as well.
    let shown = shown.filter(|verb| !verb.contains(' '));
    assert_eq!(shown.map(str::to_owned).collect::<BTreeSet<_>>(), verbs());
}

#[test]
fn the_readme_names_every_verb_and_no_other() {
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split([' ', '`']).next());
    let verbs = verbs();
    let named: BTreeSet<_> = rows.map(str::to_owned).collect();
    assert!(verbs.is_subset(&named), "not in the README: {:?}", verbs.difference(&named).collect::<Vec<_>>());
    let shell = block_lines(&page, "sh");
    let shell = shell.iter().filter_map(|line| line.strip_prefix("pgplumb ")?.split_whitespace().next());
    for verb in shell {
        assert!(verbs.contains(verb), "the README shows `pgplumb {verb}`, which does not exist");
    }
}

#[test]
fn the_commands_of_dev_exist() {
    let output = Command::new(root().join("dev")).arg("help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let page = fs::read_to_string(root().join("README.md")).unwrap();
    let mut commands = block_lines(&page, "sh");
    commands.retain(|line| line.starts_with("./dev "));
    assert!(!commands.is_empty());
    for command in commands {
        let verb = command.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        assert!(help.lines().any(|line| line.starts_with(&verb)), "`{verb}` is not in ./dev help");
    }
}
