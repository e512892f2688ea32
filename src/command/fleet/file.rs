//! The file that names many databases, one on each line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::command::database::variable;
use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::target::Target;
use crate::db::url::ConnectionString;

/// # Errors
/// When the file cannot be read, or a line of it; the line is named and not quoted.
pub(super) fn read(path: &Path) -> Result<Vec<Target>, CommandError> {
    let text = fs::read_to_string(path).map_err(|cause| CommandError::Unreadable { path: path.to_owned(), cause })?;
    Ok(parse(&path.display().to_string(), &text)?)
}

fn parse(file: &str, text: &str) -> Result<Vec<Target>, FleetError> {
    let mut targets = Vec::new();
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    for (number, line) in text.lines().map(str::trim).enumerate().map(|(at, line)| (at + 1, line)) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |what: String| FleetError::Line { file: file.to_owned(), line: number, what };
        let target = read_line(line).map_err(wrong)?;
        if let Some(first) = lines.insert(target.name.clone(), number) {
            return Err(wrong(format!("the name is taken by line {first}")));
        }
        targets.push(target);
    }
    Ok(targets)
}

fn read_line(line: &str) -> Result<Target, String> {
    let (name, place) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    if !name.chars().all(|c| c.is_alphanumeric() || "_.-".contains(c)) {
        return Err("it does not begin with a name of letters, digits, `_`, `.` and `-`".to_owned());
    }
    let place = place.trim();
    if place.is_empty() {
        return Err("there is no connection string behind the name".to_owned());
    }
    let text = match place.strip_prefix('$') {
        // A `$` with more than a name behind it may be half of a password.
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            variable(name).ok_or_else(|| format!("the environment variable `{name}` is not set"))?
        }
        Some(_) => return Err("what stands behind `$` is not the name of a variable".to_owned()),
        None => place.to_owned(),
    };
    let to = ConnectionString::parse(&text).map_err(|error| error.to_string())?;
    Ok(Target { name: name.to_owned(), environment: None, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_name_and_a_place() {
        let text =
            "# all of them\n\nacme postgresql://u:hush@db/acme?sslmode=disable\nshop-2\thost=db dbname=shop user=u\n";
        let targets = parse("t", text).unwrap();
        let told: Vec<String> = targets.iter().map(|target| format!("{} {}", target.name, target.to)).collect();
        assert_eq!(told, ["acme acme on db as u", "shop-2 shop on db as u"]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_without_its_text() {
        for (text, what) in [
            ("acme", "line 1 of `t`: there is no connection string"),
            ("\npostgresql://u:hush@db/acme", "line 2 of `t`: it does not begin with a name"),
            ("a postgresql://u:hush@db/a\na postgresql://u:hush@db/b", "line 2 of `t`: the name is taken by line 1"),
            ("a postgresql://u:hush@db:port/a", "line 1 of `t`: the connection string cannot be read"),
            ("a $hush@db", "line 1 of `t`: what stands behind `$`"),
            ("a $PGPLUMB_NOT_SET", "line 1 of `t`: the environment variable `PGPLUMB_NOT_SET` is not set"),
        ] {
            let error = parse("t", text).unwrap_err();
            assert!(error.to_string().starts_with(what), "{error}");
            assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
        }
    }
}
