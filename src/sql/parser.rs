//! pg_query, behind one door: it is the authority on syntax, with two habits that its callers must not have to know.
//!
//! - It must not be called twice at once (`base::door`), so threads gain nothing inside, and a call costs a pipe.
//! - It speaks the grammar of Postgres 18. Words that became keywords after 15 are names to an older server, and stand
//!   unquoted in its dumps (`CREATE FUNCTION f(json json)`). A statement that fails is tried again with them quoted.

use std::ops::Range;

use pg_query::protobuf::{ParseResult, RawStmt};

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
    /// The byte of the text that was parsed where the given text begins.
    begin: usize,
    /// Where quotes were put in, as bytes of the text that was parsed.
    inserted: Vec<usize>,
}

impl Parsed {
    /// The byte of the given text that a node's location stands for.
    pub fn offset(&self, location: i32) -> Option<usize> {
        let location = usize::try_from(location).ok()?.checked_sub(self.begin)?;
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
    Ok(Parsed { tree: parsed.protobuf, begin: 0, inserted })
}

/// The trees of statements, given as bytes of a text, that follow each other; none where the parser does not accept one.
///
/// The text is parsed as a whole, in one call. Where the parser sees other statements in it, or none at all, they are
/// parsed one by one.
pub fn parse_each(text: &str, statements: &[Range<usize>]) -> Vec<Option<Parsed>> {
    let at_once = at_once(text, statements);
    at_once.unwrap_or_else(|| statements.iter().map(|bytes| parse(&text[bytes.clone()]).ok()).collect())
}

fn at_once(text: &str, statements: &[Range<usize>]) -> Option<Vec<Option<Parsed>>> {
    let (first, last) = (statements.first()?.start, statements.last()?.end);
    let tree = {
        let _door = door::alone();
        pg_query::parse(text.get(first..last)?, 0).ok()?.protobuf
    };
    // With what stands before it: comments, and the white space behind a semicolon.
    let holds = |(raw, bytes): (&RawStmt, &Range<usize>)| {
        let (start, length) = (first + raw.stmt_location as usize, raw.stmt_len as usize);
        start <= bytes.start && (length == 0 || start + length >= bytes.end)
    };
    if tree.stmts.len() != statements.len() || !tree.stmts.iter().zip(statements).all(holds) {
        return None;
    }
    let version = tree.version;
    let one = |(raw, bytes): (RawStmt, &Range<usize>)| {
        let tree = ParseResult { version, stmts: vec![raw] };
        Some(Parsed { tree, begin: bytes.start - first, inserted: Vec::new() })
    };
    Some(tree.stmts.into_iter().zip(statements).map(one).collect())
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
    fn a_text_is_parsed_at_once_where_that_gives_its_statements() {
        let location = |parsed: &Option<Parsed>| match parsed.as_ref()?.tree.stmts[0].stmt.clone()?.node? {
            pg_query::NodeEnum::CreateStmt(create) => parsed.as_ref()?.offset(create.relation?.location),
            _ => None,
        };
        let text = "-- é\ncreate table a ();;\n/* b */ create table é ();\n  create table json (system_user int)";
        let starts: Vec<usize> = text.match_indices("create").map(|(at, _)| at).collect();
        let two = [starts[0]..starts[0] + 17, starts[1]..starts[1] + 18];
        assert_eq!(parse_each(text, &two).iter().map(location).collect::<Vec<_>>(), [Some(13), Some(13)]);
        assert!(at_once(text, &two).is_some());
        // One of them needs quotes, so that each is parsed by itself.
        let three = [two[0].clone(), two[1].clone(), starts[2]..text.len()];
        assert!(at_once(text, &three).is_none());
        assert_eq!(parse_each(text, &three).iter().map(location).collect::<Vec<_>>(), [Some(13); 3]);
        // What is between two is none of theirs, but is parsed with them.
        let apart = [two[0].clone(), starts[2]..text.len()];
        assert_eq!(parse_each(text, &apart).iter().map(location).collect::<Vec<_>>(), [Some(13); 2]);
    }

    #[test]
    fn newer_keywords_are_keywords_of_this_parser() {
        for word in NEWER_KEYWORDS {
            let kind = pg_query::scan(word).unwrap().tokens[0].keyword_kind;
            assert!(kind > 1, "{word} is {kind}");
        }
    }
}
