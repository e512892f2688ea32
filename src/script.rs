//! A plan as an SQL file that `psql -v ON_ERROR_STOP=1 -f` runs: settings, transactions, one comment for each step.
//!
//! What a statement means is never touched: only white space between its tokens changes, and only where the tokens
//! are known. The settings end with the file; those of a transaction end with the transaction.

pub mod bare;
pub mod comment;
pub mod head;
pub mod home;
pub mod layout;
pub mod slug;

use crate::base::place::Place;
use crate::kind::Key;
use crate::kind::facts::Facts;
use crate::observe::size::Sizes;
use crate::plan::Plan;
use crate::plan::step::Step;
use crate::script::comment::{Narrator, plain};

/// What a file does: bring a database forward, or back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    Up,
    Down,
}

impl Direction {
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// One end of the way.
#[derive(Clone, Copy)]
pub struct State<'a> {
    pub fingerprint: &'a str,
    pub facts: &'a Facts,
}

/// What the statements run under.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// Names in the statements are qualified. This is for the bodies of functions that run while they do (a default on
    /// a filled table, an index on an expression), and those were written for the path that people use.
    pub search_path: String,
    /// How long a transaction waits for a lock before it gives up, so that others do not queue behind it.
    pub lock_timeout: String,
    /// How long a statement in a transaction may take; none leaves what the server says.
    pub statement_timeout: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self { search_path: "public".to_owned(), lock_timeout: "3s".to_owned(), statement_timeout: None }
    }
}

/// What the file says of itself, and what its comments are made from.
pub struct Header<'a> {
    pub slug: &'a str,
    pub direction: Direction,
    pub from: State<'a>,
    pub to: State<'a>,
    /// The major version of the server that the plan is for.
    pub major: u32,
    /// Short claims for the header: `proven up and down`, `down lossless`.
    pub claims: &'a [String],
    /// Further lines for the header: what is lost.
    pub notes: &'a [String],
    pub settings: &'a Settings,
    /// How large the tables are that the statements meet.
    pub sizes: &'a Sizes,
    /// Where the files say what is wanted.
    pub places: &'a dyn Fn(&Key) -> Option<Place>,
}

/// The whole file. The same plan and header give the same bytes.
pub fn render(plan: &Plan, header: &Header) -> String {
    let groups = plan.transactions();
    let mut body = String::new();
    let narrator = Narrator::new(plan, header);
    for (index, group) in groups.iter().enumerate() {
        let count = if groups.len() > 1 { format!("{} of {}: ", index + 1, groups.len()) } else { String::new() };
        body.push('\n');
        body.push_str(&transaction(group, &count, header.settings, &narrator));
    }
    let (set, reset) = session(plan, header.settings, &body);
    format!("{}{set}{body}{reset}", head(header))
}

fn head(header: &Header) -> String {
    let mut text = comment::lines(&format!("{} ({})", header.slug, header.direction.word()));
    let (from, to) = (short(header.from.fingerprint), short(header.to.fingerprint));
    let mut says = vec![format!("from {from} to {to}"), format!("PostgreSQL {}", header.major)];
    says.extend_from_slice(header.claims);
    text.push_str(&comment::lines(&says.join(", ")));
    for note in header.notes {
        // A directive ends where its line does.
        let directive = note.starts_with("pgplumb: ");
        text.push_str(&if directive { format!("-- {}\n", plain(note)) } else { comment::lines(note) });
    }
    text
}

/// The first eight characters, which is what people compare.
pub fn short(fingerprint: &str) -> &str {
    fingerprint.get(..8).unwrap_or(fingerprint)
}

/// The settings for the whole file, and what gives the session back as it was.
fn session(plan: &Plan, settings: &Settings, body: &str) -> (String, String) {
    if plan.is_empty() {
        return (String::new(), String::new());
    }
    let mut set = vec![format!("SET search_path = {};", settings.search_path)];
    let mut reset = vec!["RESET search_path;"];
    if plan.steps.iter().any(|step| makes_routine(&step.sql)) {
        // A body may name what is made after it; Postgres would look for it now.
        set.push("SET check_function_bodies = off;".to_owned());
        reset.push("RESET check_function_bodies;");
    }
    if !body.is_ascii() {
        // The file is UTF-8, whatever the terminal of the one who runs it says.
        set.push("SET client_encoding = 'UTF8';".to_owned());
        reset.push("RESET client_encoding;");
    }
    (format!("\n{}\n", set.join("\n")), format!("\n{}\n", reset.join("\n")))
}

fn makes_routine(sql: &str) -> bool {
    let rest = sql.strip_prefix("CREATE OR REPLACE ").or_else(|| sql.strip_prefix("CREATE ")).unwrap_or_default();
    rest.starts_with("FUNCTION ") || rest.starts_with("PROCEDURE ")
}

fn transaction(group: &[Step], count: &str, settings: &Settings, narrator: &Narrator) -> String {
    let blocks = narrator.blocks(group).join("\n");
    if group.iter().any(|step| step.outside) {
        // Waiting for the locks of these stops nobody, and giving up half-way leaves an invalid index behind.
        return format!(
            "-- {count}outside a transaction\nSET lock_timeout = 0;\nSET statement_timeout = 0;\n\n{blocks}\n\
             RESET lock_timeout;\nRESET statement_timeout;\n"
        );
    }
    let mut local = vec![format!("SET LOCAL lock_timeout = {};", quoted(&settings.lock_timeout))];
    let validates = group.iter().any(|step| comment::is_validation(&step.sql));
    match &settings.statement_timeout {
        // Reading all rows takes as long as it takes, and keeps nobody waiting.
        _ if validates => local.push("SET LOCAL statement_timeout = 0;".to_owned()),
        Some(timeout) => local.push(format!("SET LOCAL statement_timeout = {};", quoted(timeout))),
        None => {}
    }
    format!("-- {count}one transaction\nBEGIN;\n{}\n\n{blocks}\nCOMMIT;\n", local.join("\n"))
}

fn quoted(value: &str) -> String {
    format!("'{}'", plain(value).replace('\'', "''"))
}

#[cfg(test)]
mod tests;
