//! Other states for the head of a migration whose statements stay.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command::error::CommandError;
use crate::command::moves::Moves;
use crate::command::write;
use crate::migrate::branch::{self, Rebased};
use crate::migrate::folder::Migration;
use crate::report::json::hash;
use crate::script::head::with_ends;

/// Writes the states behind what lies before it into all of its files, and what it did before beside them.
pub(super) fn write(
    place: &Path,
    file: &Migration,
    (from, to): (&str, &str),
    before: &Rebased,
) -> Result<(), CommandError> {
    let folder = place.join(&file.id);
    let up = with_ends(&file.up.text, from, to);
    let down = file.down.as_ref().map(|down| with_ends(&down.text, to, from));
    let plan = folder.join("plan.json");
    let plan = match plan.is_file() {
        true => Some(fs::read_to_string(&plan).map_err(|cause| CommandError::Unreadable { path: plan, cause })?),
        false => None,
    };
    let plan = plan.map(|text| {
        let scripts = [Some((&file.up, &up)), file.down.as_ref().zip(down.as_ref())];
        let scripts = scripts.into_iter().flatten().map(|(old, new)| (hash(&old.text), hash(new)));
        planned(&text, (file.from.as_deref(), from), (file.to.as_deref(), to), &scripts.collect::<Vec<_>>())
    });
    let rebased = branch::write(&[&file.branch.rebased[..], std::slice::from_ref(before)].concat());
    let mut files = vec![("up.sql", up.as_str())];
    files.extend(down.as_deref().map(|down| ("down.sql", down)));
    files.extend(plan.as_deref().map(|plan| ("plan.json", plan)));
    files.push((branch::FILE, rebased.as_str()));
    let moves = Moves::new(place)?;
    write::together(&moves.copy(&file.id)?, &files)?;
    moves.take_the_place(&[&file.id])
}

/// `plan.json` with other states, and with the checksums of the scripts that name them. The rest of the text stays as it
/// is, where it is laid out as `plan` does it.
fn planned(text: &str, from: (Option<&str>, &str), to: (Option<&str>, &str), scripts: &[(String, String)]) -> String {
    let mut new = text.to_owned();
    for (name, (old, to)) in [("from", from), ("to", to)] {
        let line = |state: &str| format!("\n  \"{name}\": \"{state}\"");
        new = new.replacen(&line(old.unwrap_or_default()), &line(to), 1);
    }
    for (old, to) in scripts {
        new = new.replace(old.as_str(), to);
    }
    let mut document: Value = serde_json::from_str(&new).unwrap_or_default();
    if document["from"] != from.1 || document["to"] != to.1 {
        document["from"] = from.1.into();
        document["to"] = to.1.into();
        new = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    }
    new
}

#[cfg(test)]
mod tests {
    use super::planned;

    #[test]
    fn a_plan_names_other_states_and_is_the_same_otherwise() {
        let text = "{\n  \"version\": 1,\n  \"from\": \"aa\",\n  \"to\": \"bb\",\n  \"up\": {\n    \"from\": \"aa\"\n  },\n  \"files\": {\n    \"up.sql\": \"11\"\n  }\n}\n";
        let ends =
            |text: &str| planned(text, (Some("aa"), "bb"), (Some("bb"), "cc"), &[("11".to_owned(), "22".to_owned())]);
        let wanted = text.replacen("\"aa\"", "\"bb\"", 1).replacen("\"to\": \"bb\"", "\"to\": \"cc\"", 1);
        assert_eq!(ends(text), wanted.replace("11", "22"));
        // On one line, as another tool may leave it.
        let one = text.replace(['\n', ' '], "");
        let new: serde_json::Value = serde_json::from_str(&ends(&one)).unwrap();
        assert_eq!((&new["from"], &new["to"], &new["files"]["up.sql"]), (&"bb".into(), &"cc".into(), &"22".into()));
    }
}
