//! What would be run, for a person who decides whether it is.

use crate::base::wording::counted;
use crate::command::runner::first_line;
use crate::migrate::due::Due;
use crate::migrate::seed::{Seed, Standing};

/// The migrations, and the seeds after them.
pub(super) fn shown(due: &[Due], seeds: &[(&Seed, Standing)], verbose: bool) -> String {
    if due.is_empty() && seeds.is_empty() {
        return "nothing to apply\n".to_owned();
    }
    let mut text = String::new();
    for Due { id, script, resumed } in due {
        let steps = counted(script.steps().count(), "step");
        let transactions = counted(script.transactions(), "transaction");
        let how = if *resumed { ", goes on where it stopped" } else { "" };
        text.push_str(&format!("would apply {id}  {steps} in {transactions}{how}\n"));
        for step in script.steps().filter(|_| verbose) {
            text.push_str(&format!("  {}  {}\n", step.number, first_line(step.statement.sql())));
        }
    }
    for (seed, standing) in seeds {
        let why = if *standing == Standing::Pending { String::new() } else { format!(", {}", standing.words()) };
        text.push_str(&format!("would seed {}  {}{why}\n", seed.file.name, counted(seed.steps(), "step")));
    }
    text
}
