//! What changed in a fact, short, without knowing its kind: the fields of its body tell.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::base::name::{Ident, without_public};
use crate::kind::facts::Facts;
use crate::kind::{Body, Key, Site};

/// The longest piece of a definition that is shown in a line.
const PIECE: usize = 60;

/// How a fact changed: a line, and where that is not enough the texts before and after.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Detail {
    pub line: String,
    pub texts: Option<(String, String)>,
}

/// What a new or a dropped fact says.
pub fn whole(key: &Key, facts: &Facts) -> String {
    let Some(body) = facts.get(key) else { return String::new() };
    let absorbed: BTreeSet<Key> = facts.standing_on(key).map(|(key, _)| key.clone()).collect();
    let at = Site { key, here: facts, there: facts, absorbed: &absorbed };
    if let Some(clause) = body.clause(&at) {
        let name = Ident::new(key.name()).to_string();
        let rest = clause.strip_prefix("CONSTRAINT ").unwrap_or(&clause);
        return shown(rest.strip_prefix(&name).unwrap_or(rest).trim());
    }
    let fields = fields(body);
    let list = |(name, value): (&String, &Value)| words_of(value).filter(|_| name == "labels" || fields.len() == 1);
    if let Some(words) = fields.iter().find_map(list) {
        return format!("({})", words.join(", "));
    }
    match fields.get("definition").or_else(|| fields.get("text")).or_else(|| fields.get("role")) {
        // What comes before USING repeats what the line says already.
        Some(Value::String(text)) if !text.contains('\n') => {
            shown(text.split_once(" USING ").map_or(text.as_str(), |(_, rest)| rest))
        }
        _ => String::new(),
    }
}

/// What differs between two bodies of one fact.
pub fn changed(from: &Body, to: &Body) -> Detail {
    let (old, new) = (fields(from), fields(to));
    let mut differing: Vec<&String> = new
        .keys()
        .chain(old.keys())
        .filter(|name| old.get(*name) != new.get(*name) && counts(from, to, name))
        .collect();
    differing.sort();
    differing.dedup();
    // What else is read of a definition follows from it.
    if differing.iter().any(|name| *name == "definition") {
        differing.retain(|name| matches!(name.as_str(), "definition" | "enabled" | "options"));
    }
    let alone = differing.len() == 1;
    let mut detail = Detail::default();
    let mut parts = Vec::new();
    for name in differing {
        let pair = (old.get(name).unwrap_or(&Value::Null), new.get(name).unwrap_or(&Value::Null));
        if let (Value::String(a), Value::String(b)) = pair
            && (a.contains('\n') || b.contains('\n'))
        {
            detail.texts = Some((a.clone(), b.clone()));
        } else {
            parts.push(field(name, pair.0, pair.1, alone));
        }
    }
    detail.line = parts.join(", ");
    detail
}

/// Whether a field is part of what a fact says, not something that it merely carries: the body with only that field
/// exchanged is another one.
fn counts(from: &Body, to: &Body, name: &str) -> bool {
    let mut mixed = serde_json::to_value(from).unwrap_or_default();
    let value = fields(to).get(name).cloned().unwrap_or(Value::Null);
    if let Some(fields) = mixed.as_object_mut().and_then(|body| body.values_mut().next()).and_then(Value::as_object_mut)
    {
        fields.insert(name.to_owned(), value);
    }
    serde_json::from_value::<Body>(mixed).map_or(true, |mixed| mixed != *from)
}

fn fields(body: &Body) -> Map<String, Value> {
    match serde_json::to_value(body) {
        Ok(Value::Object(kind)) => match kind.into_iter().next() {
            Some((_, Value::Object(fields))) => fields,
            _ => Map::new(),
        },
        _ => Map::new(),
    }
}

fn field(name: &str, old: &Value, new: &Value, alone: bool) -> String {
    let words = name.trim_end_matches("_name").replace('_', " ");
    let named = matches!(name, "type_name" | "expression" | "definition" | "text" | "role" | "base_type");
    let before = if named || alone && words.len() > 12 { String::new() } else { format!("{words} ") };
    match (old, new) {
        (_, Value::Bool(true)) => format!("now {words}"),
        (_, Value::Bool(false)) => format!("no longer {words}"),
        (Value::String(old), Value::String(new)) => {
            let (old, new) = differing_part(old, new);
            format!("{before}{}", arrow(&old, &new))
        }
        (Value::Null, new) => format!("{before}{}", arrow("", &plain(new))),
        (old, Value::Null) => format!("{before}{}", arrow(&plain(old), "")),
        (Value::Array(_), Value::Array(_)) => list(&words, old, new),
        (old, new) => format!("{words} {}", arrow(&plain(old), &plain(new))),
    }
}

fn arrow(old: &str, new: &str) -> String {
    match (shown(old), shown(new)) {
        (old, new) if old.is_empty() => format!("+ {new}"),
        (old, new) if new.is_empty() => format!("- {old}"),
        (old, new) => format!("{old} -> {new}"),
    }
}

fn list(words: &str, old: &Value, new: &Value) -> String {
    let (Some(old), Some(new)) = (words_of(old), words_of(new)) else { return format!("{words} changed") };
    let more = new.iter().filter(|word| !old.contains(word)).map(|word| format!("+ {word}"));
    let less = old.iter().filter(|word| !new.contains(word)).map(|word| format!("- {word}"));
    let both: Vec<String> = more.chain(less).collect();
    if both.is_empty() { format!("{words} in another order") } else { both.join(", ") }
}

fn words_of(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|word| word.as_str().map(str::to_owned)).collect()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(_) | Value::Array(_) => words_of(value).map_or("...".to_owned(), |words| words.join(", ")),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The words in the middle, without those that both texts begin and end with.
fn differing_part(old: &str, new: &str) -> (String, String) {
    if old.len().max(new.len()) <= PIECE / 2 {
        return (old.to_owned(), new.to_owned());
    }
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split(' ').collect(), new.split(' ').collect());
    let shorter = a.len().min(b.len());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count().min(shorter - head);
    // A list in parentheses is shown whole, so that what is in it can be read.
    let open = |words: &[&str], at: usize| words[..at].iter().rposition(|word| word.starts_with('('));
    let closed = |words: &[&str], at: usize| words[..at].iter().rposition(|word| word.ends_with(')'));
    let inside = |words: &[&str], at: usize| match (open(words, at), closed(words, at)) {
        (Some(open), closed) if closed.is_none_or(|closed| closed < open) => open,
        _ => at,
    };
    let head = inside(&a, head).min(inside(&b, head));
    let (a, b) = (a[head..a.len() - tail].join(" "), b[head..b.len() - tail].join(" "));
    (a, b)
}

/// One line, not too long, as a person says it.
fn shown(text: &str) -> String {
    let line = without_public(text).split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= PIECE {
        return line;
    }
    let cut: String = line.chars().take(PIECE - 3).collect();
    format!("{}...", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::sample::{column, enumeration, index, table};

    fn between(from: &Catalog, to: &Catalog, key: &Key) -> String {
        changed(from.facts.get(key).unwrap(), to.facts.get(key).unwrap()).line
    }

    #[test]
    fn a_changed_fact_says_what_changed_in_it() {
        let shop = Catalog::default().with_table("orders", &["id integer", "state public.mood"]);
        let (id, state) = (column("orders", "id"), column("orders", "state"));
        let to = shop.clone().with_column("orders", "id bigint not null").with_column("orders", "state text");
        assert_eq!(between(&shop, &to, &id), "now not null, integer -> bigint");
        assert_eq!(between(&shop, &to, &state), "mood -> text");
        let (one, two) =
            (shop.clone().with_index("i", "orders", "id"), shop.clone().with_index("i", "orders", "id, state"));
        assert_eq!(between(&one, &two, &index("i")), "(id) -> (id, state)");
        let (one, two) = (shop.clone().with_enum("mood", &["ok"]), shop.with_enum("mood", &["ok", "sad"]));
        assert_eq!(between(&one, &two, &enumeration("mood")), "+ sad");
    }

    #[test]
    fn a_new_fact_says_what_it_is() {
        let shop = Catalog::default()
            .with_table("orders", &["id bigint not null"])
            .with_default("orders", "id", "1")
            .with_index("i", "orders", "id")
            .with_enum("mood", &["ok", "sad"]);
        assert_eq!(whole(&column("orders", "id"), &shop.facts), "bigint DEFAULT 1 NOT NULL");
        assert_eq!(whole(&index("i"), &shop.facts), "btree (id)");
        assert_eq!(whole(&enumeration("mood"), &shop.facts), "(ok, sad)");
        assert_eq!(whole(&table("orders"), &shop.facts), "");
    }

    #[test]
    fn only_the_part_that_differs_is_shown() {
        let old = "CREATE INDEX orders_idx ON public.orders USING btree (customer_id) WHERE (gone IS NULL)";
        let new = "CREATE INDEX orders_idx ON public.orders USING btree (customer_id, at) WHERE (gone IS NULL)";
        assert_eq!(differing_part(old, new), ("(customer_id)".to_owned(), "(customer_id, at)".to_owned()));
        let long = "CHECK ((status = ANY (ARRAY['a'::text, 'b'::text, 'c'::text, 'd'::text, 'e'::text])))";
        let more = long.replace("'e'::text", "'e'::text, 'f'::text");
        let (a, b) = differing_part(long, &more);
        assert!(a.len() < long.len() && b.contains("'f'"), "{a} | {b}");
    }
}
