//! A short name for a change, made from what changes: `add-orders-status`, `change-3-tables`, `drop-old-report`.

use std::collections::BTreeSet;

use crate::base::wording::plural;
use crate::diff::Difference;
use crate::kind::Key;

/// The longest slug.
const MAX: usize = 50;

/// The slug of these differences: letters, digits and dashes only.
pub fn slug(differences: &[Difference]) -> String {
    let telling = telling(differences);
    let named = match telling.as_slice() {
        [] => "no-change".to_owned(),
        [one] => name(one),
        many => several(many),
    };
    spelled(&named)
}

/// The name a person gave, spelled as a slug.
pub fn spelled(name: &str) -> String {
    let mut slug = String::new();
    for c in name.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    if slug.len() > MAX {
        let end = slug[..=MAX].rfind('-').filter(|end| *end > MAX / 2).unwrap_or(MAX);
        slug.truncate(end);
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "change".to_owned() } else { slug.to_owned() }
}

/// The differences that do not follow from another one: no column of a new table, and no comment or owner where there
/// is anything else.
fn telling<'a, 'b>(differences: &'b [Difference<'a>]) -> Vec<&'b Difference<'a>> {
    let whole: BTreeSet<&Key> = differences.iter().filter(|d| verb(d) != "change").map(|d| d.key).collect();
    let own: Vec<&Difference> = differences.iter().filter(|d| !below(d.key, &whole)).collect();
    let loud: Vec<&Difference> = own.iter().filter(|d| !d.key.name().is_empty()).copied().collect();
    if loud.is_empty() { own } else { loud }
}

fn below(key: &Key, whole: &BTreeSet<&Key>) -> bool {
    let mut at = key.on();
    while let Some(on) = at {
        if whole.contains(on) {
            return true;
        }
        at = on.on();
    }
    false
}

fn verb(difference: &Difference) -> &'static str {
    match (difference.from, difference.to) {
        (None, _) => "add",
        (_, None) => "drop",
        _ => "change",
    }
}

fn name(difference: &Difference) -> String {
    format!("{} {}", verb(difference), path(difference.key))
}

/// The names from the object down; a comment has none and says what it is.
fn path(key: &Key) -> String {
    let own = if key.name().is_empty() { key.label() } else { key.name() };
    match key.on() {
        Some(on) => format!("{} {own}", path(on)),
        None => own.to_owned(),
    }
}

/// Many of one kind are counted, many of one object named by it, and a mixture by what tells most.
fn several(differences: &[&Difference]) -> String {
    let verbs: BTreeSet<&str> = differences.iter().map(|d| verb(d)).collect();
    let verb = if verbs.len() == 1 { verb(differences[0]) } else { "change" };
    let objects: BTreeSet<&Key> = differences.iter().map(|d| d.key.root()).collect();
    let labels: BTreeSet<&str> = differences.iter().map(|d| d.key.label()).collect();
    if objects.len() == 1 {
        let what = if labels.len() == 1 { format!(" {}", plural(differences[0].key.label())) } else { String::new() };
        return format!("{verb} {}{what}", differences[0].key.root().name());
    }
    let kinds: BTreeSet<&str> = objects.iter().map(|key| key.label()).collect();
    if kinds.len() == 1 && (labels == kinds || labels.len() > 1) {
        let verb = if labels == kinds { verb } else { "change" };
        return format!("{verb} {} {}", objects.len(), plural(differences[0].key.root().label()));
    }
    if labels.len() == 1 {
        return format!("{verb} {} {}", differences.len(), plural(differences[0].key.label()));
    }
    differences.iter().min_by_key(|d| tells(d)).map(|d| name(d)).unwrap_or_default()
}

/// Rows come first, then what reads them; what goes tells less than what comes.
fn tells(difference: &Difference) -> (usize, u8, Key) {
    let order = match verb(difference) {
        "add" => 0,
        "drop" => 1,
        _ => 2,
    };
    let kind = match difference.key.label() {
        "table" => 0,
        "column" => 1,
        "view" | "materialized view" | "function" | "procedure" => 2,
        "schema" | "extension" => 9,
        _ => 3,
    };
    (kind, order, difference.key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::sample::table;
    use crate::diff::diff;

    fn between(from: &Catalog, to: &Catalog) -> String {
        slug(&diff(&from.facts, &to.facts))
    }

    fn shop() -> Catalog {
        Catalog::default().with_table("orders", &["id bigint"]).with_table("customers", &["id bigint"])
    }

    #[test]
    fn names_the_change() {
        let status = shop().with_column("orders", "status text");
        assert_eq!(between(&shop(), &status), "add-orders-status");
        assert_eq!(between(&status, &shop()), "drop-orders-status");
        assert_eq!(between(&shop(), &shop().with_default("orders", "id", "1")), "add-orders-id-default");
        assert_eq!(between(&shop(), &shop().with_comment(table("orders"), "x")), "add-orders-comment");
        assert_eq!(between(&shop(), &shop().with_table("old_report", &["a text", "b text"])), "add-old-report");
        assert_eq!(between(&shop(), &shop()), "no-change");
    }

    #[test]
    fn counts_what_is_alike_and_picks_what_tells_most() {
        let status = shop().with_enum("order_status", &["new"]).with_column("orders", "status public.order_status");
        assert_eq!(between(&shop(), &status.with_index("i", "orders", "id")), "add-orders-status");
        assert_eq!(between(&Catalog::default(), &shop()), "add-2-tables");
        let both = shop().with_column("orders", "a text").with_column("customers", "a text");
        assert_eq!(between(&shop(), &both), "add-2-columns");
        let more = shop().with_column("orders", "a text").with_column("orders", "b text");
        assert_eq!(between(&shop(), &more), "add-orders-columns");
    }

    #[test]
    fn stays_short_and_plain() {
        assert_eq!(spelled("Añadir: 'Pedidos'!"), "a-adir-pedidos");
        assert_eq!(spelled("☂"), "change");
        let long = spelled(&"word ".repeat(40));
        assert!(long.len() <= MAX && long.ends_with("word"), "{long}");
        assert_eq!(spelled(&"x".repeat(80)).len(), MAX);
    }
}
