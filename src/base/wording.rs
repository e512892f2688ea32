//! Words for people: counted nouns, lists, and what was probably meant.

/// `1 file`, `3 files`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {}", plural(noun)) }
}

/// `tables`, `policies`, `indexes`.
pub fn plural(noun: &str) -> String {
    // Privileges and statistics come in numbers already.
    if noun.ends_with("privileges") || noun.ends_with("statistics") || noun.ends_with("options") {
        return noun.to_owned();
    }
    let consonant_y = noun.ends_with('y') && !noun.ends_with("ey") && !noun.ends_with("ay") && !noun.ends_with("oy");
    match noun.strip_suffix('y').filter(|_| consonant_y) {
        Some(stem) => format!("{stem}ies"),
        None if noun.ends_with(['x', 's']) => format!("{noun}es"),
        None => format!("{noun}s"),
    }
}

/// Each in backticks: "`a`, `b` and `c`".
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The candidate that is the fewest edits away, when that is near enough to be a slip.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(edits, candidate)| *edits <= 1 + candidate.chars().count().max(name.chars().count()) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edits to get from one word to the other: a letter inserted, removed, exchanged, or two neighbours swapped.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let exchanged = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let edits = exchanged.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                if swapped { edits.min(rows[i - 2][j - 2] + 1) } else { edits }
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_key_and_a_stranger_none() {
        let names = ["schema", "migrations", "exclude"];
        assert_eq!(nearest("shcema", names.into_iter()), Some("schema"));
        assert_eq!(nearest("Migration", names.into_iter()), Some("migrations"));
        assert_eq!(nearest("colour", names.into_iter()), None);
    }

    #[test]
    fn lists_read_as_a_person_writes_them() {
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(listed(&["a"]), "`a`");
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(counted(1, "file") + ", " + &counted(2, "file"), "1 file, 2 files");
        assert_eq!(["index", "policy", "key", "privileges"].map(plural), ["indexes", "policies", "keys", "privileges"]);
    }
}
