//! pg_query, behind one door: it is the authority on syntax, with two habits that its callers must not have to know.
//!
//! - It must not be called twice at once (`base::door`), so threads gain nothing.
//! - It speaks the grammar of Postgres 18. Words that became keywords after 15 are names to an older server, and stand
//!   unquoted in its dumps (`CREATE FUNCTION f(json json)`). A statement that fails is tried again with them quoted.

use pg_query::protobuf::ParseResult;

use crate::base::door;
use crate::sql::lex::Lexer;

/// Words that are names in Postgres 15 and no longer in 18: `kwlist.h`, those that became more than unreserved.
pub(crate) const NEWER_KEYWORDS: [&str; 13] = [
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "merge_action",
    "system_user",
];

/// A parse tree, and where its locations are in the text that was given.
pub struct Parsed {
    pub tree: ParseResult,
    /// Where quotes were put in, as bytes of the text that was parsed.
    inserted: Vec<usize>,
}

impl Parsed {
    /// The byte of the given text that a node's location stands for.
    pub fn offset(&self, location: i32) -> Option<usize> {
        let location = usize::try_from(location).ok()?;
        Some(location - self.inserted.iter().filter(|at| **at < location).count())
    }
}

/// How many statements there are.
///
/// It parses and does not build a tree for us: that costs several times what the parse does.
///
/// # Errors
/// What the parser says where it does not accept the text.
pub fn check(sql: &str) -> Result<usize, String> {
    either(sql, |text| pg_query::is_utility_stmt(text).map(|all| all.len())).map(|(count, _)| count)
}

/// # Errors
/// What the parser says where it does not accept the text.
pub fn parse(sql: &str) -> Result<Parsed, String> {
    let (parsed, inserted) = either(sql, |text| pg_query::parse(text, 0))?;
    Ok(Parsed { tree: parsed.protobuf, inserted })
}

/// The text as it is, else with the newer keywords quoted, and where the quotes are; the error is that of the first.
fn either<T>(sql: &str, run: impl Fn(&str) -> pg_query::Result<T>) -> Result<(T, Vec<usize>), String> {
    let _door = door::alone();
    let error = match run(sql) {
        Ok(result) => return Ok((result, Vec::new())),
        Err(error) => error,
    };
    let (quoted, inserted) = quote_newer(sql);
    if !inserted.is_empty()
        && let Ok(result) = run(&quoted)
    {
        return Ok((result, inserted));
    }
    Err(message(error))
}

fn quote_newer(sql: &str) -> (String, Vec<usize>) {
    let mut text = String::with_capacity(sql.len() + 16);
    let mut inserted = Vec::new();
    let mut end = 0;
    for token in Lexer::new(sql) {
        if NEWER_KEYWORDS.iter().any(|word| token.is_word(sql, word)) {
            text.push_str(&sql[end..token.at.start]);
            inserted.push(text.len());
            text.push('"');
            text.push_str(&token.text(sql).to_ascii_lowercase());
            inserted.push(text.len());
            text.push('"');
            end = token.at.end;
        }
    }
    text.push_str(&sql[end..]);
    (text, inserted)
}

fn message(error: pg_query::Error) -> String {
    use pg_query::Error::{Conversion, InvalidJson, InvalidPointer, IsUtility, Parse, Scan, Split};
    match error {
        Parse(message) | Scan(message) | Split(message) | IsUtility(message) | InvalidJson(message) => message,
        Conversion(_) => "a zero byte is no part of SQL".to_owned(),
        other @ (InvalidPointer | pg_query::Error::Decode(_)) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_older_servers_are_no_error() {
        assert_eq!(check("create function f(json json) returns json as 'select 1' language sql; select 1"), Ok(2));
        assert_eq!(check("select json_object('a': 1)"), Ok(1));
        assert_eq!(check("create table a (json json"), Err("syntax error at end of input".to_owned()));
        assert_eq!(check("select '\0'"), Err("a zero byte is no part of SQL".to_owned()));
        assert_eq!(check(" -- nothing"), Ok(0));
    }

    #[test]
    fn locations_are_those_of_the_given_text() {
        let sql = "create table t (json int, system_user text, z int)";
        let parsed = parse(sql).unwrap();
        let Some(pg_query::NodeEnum::CreateStmt(create)) = parsed.tree.stmts[0].stmt.clone().and_then(|n| n.node)
        else {
            panic!("not a table");
        };
        let columns: Vec<&str> = create
            .table_elts
            .iter()
            .filter_map(|element| match &element.node {
                Some(pg_query::NodeEnum::ColumnDef(column)) => parsed.offset(column.location),
                _ => None,
            })
            .map(|at| &sql[at..at + 1])
            .collect();
        assert_eq!(columns, ["j", "s", "z"]);
        assert_eq!(parsed.offset(-1), None);
    }

    #[test]
    fn newer_keywords_are_keywords_of_this_parser() {
        for word in NEWER_KEYWORDS {
            let kind = pg_query::scan(word).unwrap().tokens[0].keyword_kind;
            assert!(kind > 1, "{word} is {kind}");
        }
    }
}
