//! A text search dictionary: a template with options. Options change in place, the template does not.

use serde::{Deserialize, Serialize};

use crate::kind::rename::rename_and_move;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dictionary {
    pub template: String,
    /// `stopwords = 'english', accept = 'false'`, as the catalog keeps it (`serialize_deflist` in `tsearchcmds.c`).
    pub options: Option<String>,
}

impl Kind for Dictionary {
    const LABEL: &'static str = "text search dictionary";
    const QUERY: &'static str = include_str!("dictionary.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        let options = self.options.as_ref().map(|options| format!(", {options}")).unwrap_or_default();
        one(format!("CREATE TEXT SEARCH DICTIONARY {} (TEMPLATE = {}{options})", at.sql(), self.template))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("DROP TEXT SEARCH DICTIONARY {}", at.sql()))
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { template, options } = to;
        if *template != self.template {
            return Alter::replace("the template of a dictionary cannot be changed");
        }
        if *options == self.options {
            return Alter::Equivalent;
        }
        // An option that is named moves to the end, one without a value goes: naming all leads to the order of `to`.
        let (from, to) = (settings(self.options.as_deref()), settings(options.as_deref()));
        let gone = from.iter().filter(|(name, _)| !to.iter().any(|(other, _)| other == name));
        let named = gone.map(|(name, _)| (*name).to_owned()).chain(to.iter().map(|(_, whole)| (*whole).to_owned()));
        let named = named.collect::<Vec<_>>().join(", ");
        Alter::in_place(one(format!("ALTER TEXT SEARCH DICTIONARY {} ({named})", at.sql())))
    }

    fn rename(&self, at: &Site, to: &Key) -> Vec<Statement> {
        rename_and_move("TEXT SEARCH DICTIONARY", at.key, to)
    }
}

/// Each option's name, quoted as it is, and the option as a whole.
fn settings(options: Option<&str>) -> Vec<(&str, &str)> {
    let text = options.unwrap_or_default();
    let mut parts = Vec::new();
    let (mut start, mut quote, mut escaped) = (0, None, false);
    for (i, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some('\'') if c == '\\' && is_escape_string(&text[start..i]) => escaped = true,
            Some(open) if c == open => quote = None,
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == ',' => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    let parts = parts.into_iter().map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| (part.split_once(" = ").map_or(part, |(name, _)| name), part)).collect()
}

/// Whether the value that begins here is written `E'...'`, where a backslash escapes.
fn is_escape_string(option: &str) -> bool {
    option.split_once(" = ").is_some_and(|(_, value)| value.starts_with('E'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_taken_apart_at_commas_outside_quotes() {
        let options = r#"stopwords = 'a, b', "Odd, name" = E'c\', d''', accept = 'false', n = 3"#;
        let names: Vec<_> = settings(Some(options)).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["stopwords", "\"Odd, name\"", "accept", "n"]);
        assert_eq!(settings(Some(options))[1].1, r#""Odd, name" = E'c\', d'''"#);
        assert!(settings(None).is_empty());
    }
}
