//! Long one-line statements, broken as a person breaks them.
//!
//! The scanner of Postgres itself says where tokens begin. A break only ever replaces the white space before a token,
//! outside parentheses, in statements that we or Postgres' own printers made; all others stay as they are.

use crate::base::door;

/// A statement longer than this is broken.
const LONG: usize = 80;
const INDENT: &str = "\n    ";

/// The statement with its semicolon.
pub fn lay_out(sql: &str) -> String {
    let sql = sql.trim_end();
    let sql = sql.strip_suffix(';').unwrap_or(sql).trim_end();
    if sql.chars().count() < LONG || sql.contains('\n') {
        return format!("{sql};");
    }
    let Some(tokens) = tokens(sql) else { return format!("{sql};") };
    let mut broken = String::with_capacity(sql.len() + 32);
    let mut done = 0;
    for index in breaks(&tokens) {
        let gap = tokens[index - 1].end..tokens[index].start;
        if sql[gap.clone()].chars().all(char::is_whitespace) && !gap.is_empty() {
            broken.push_str(&sql[done..gap.start]);
            broken.push_str(INDENT);
            done = gap.end;
        }
    }
    broken.push_str(&sql[done..]);
    broken.push(';');
    broken
}

struct Token {
    start: usize,
    end: usize,
    /// How many parentheses are open before it.
    depth: usize,
    /// The keyword or sign in capitals; empty for names and literals in quotes.
    word: String,
}

fn tokens(sql: &str) -> Option<Vec<Token>> {
    let door = door::alone();
    let scan = pg_query::scan(sql).ok()?;
    drop(door);
    let mut depth = 0_usize;
    let mut tokens = Vec::with_capacity(scan.tokens.len());
    for token in scan.tokens {
        let (start, end) = (usize::try_from(token.start).ok()?, usize::try_from(token.end).ok()?);
        let text = sql.get(start..end)?;
        if matches!(text, ")" | "]") {
            depth = depth.saturating_sub(1);
        }
        let word = if text.starts_with(['"', '\'', '$']) { String::new() } else { text.to_uppercase() };
        tokens.push(Token { start, end, depth, word });
        if matches!(text, "(" | "[") {
            depth += 1;
        }
    }
    Some(tokens)
}

/// The tokens that start a line.
fn breaks(tokens: &[Token]) -> Vec<usize> {
    let word = |index: usize| tokens.get(index).map_or("", |token| token.word.as_str());
    // CREATE OR REPLACE is laid out like CREATE.
    let skip = if (word(1), word(2)) == ("OR", "REPLACE") { 2 } else { 0 };
    let head: Vec<&str> = std::iter::once(word(0)).chain((1..4).map(|index| word(index + skip))).collect();
    match head.as_slice() {
        ["ALTER", "TABLE" | "DOMAIN", "ONLY", _] => after_name(tokens, 3).into_iter().collect(),
        ["ALTER", "TABLE" | "DOMAIN", ..] => after_name(tokens, 2).into_iter().collect(),
        ["CREATE", "TRIGGER", ..] => {
            outside(tokens, 2 + skip, &["BEFORE", "AFTER", "INSTEAD", "FOR", "WHEN", "EXECUTE"])
        }
        ["CREATE", "CONSTRAINT", "TRIGGER", _] => outside(tokens, 3, &["AFTER", "FOR", "WHEN", "EXECUTE"]),
        ["CREATE", "EVENT", "TRIGGER", _] => outside(tokens, 4, &["WHEN", "EXECUTE"]),
        ["CREATE", "TRUSTED", "LANGUAGE", _] | ["CREATE", "LANGUAGE", ..] => {
            outside(tokens, 3 + skip, &["HANDLER", "INLINE", "VALIDATOR"])
        }
        ["ALTER", "DEFAULT", "PRIVILEGES", _] => outside(tokens, 3, &["GRANT", "REVOKE"]).into_iter().take(1).collect(),
        ["ALTER", "TEXT", "SEARCH", _] => outside(tokens, 4, &["ADD", "ALTER", "DROP", "WITH"]),
        ["CREATE", "POLICY", ..] => outside(tokens, 4, &["USING", "WITH"]),
        ["CREATE", "INDEX", ..] | ["CREATE", "UNIQUE", "INDEX", _] => {
            outside(tokens, 3, &["ON", "INCLUDE", "WITH", "WHERE"])
        }
        _ => Vec::new(),
    }
}

/// The token behind a qualified name that starts at this one.
fn after_name(tokens: &[Token], start: usize) -> Option<usize> {
    let mut index = start + 1;
    while tokens.get(index).is_some_and(|token| token.word == ".") {
        index += 2;
    }
    (index < tokens.len()).then_some(index)
}

/// The tokens outside parentheses that are one of these words.
fn outside(tokens: &[Token], skip: usize, words: &[&str]) -> Vec<usize> {
    let starts = |(index, token): (usize, &Token)| {
        // Behind these stands a name, which may be spelled like a keyword.
        let named = tokens.get(index.wrapping_sub(1)).is_some_and(|before| matches!(before.word.as_str(), "." | "AS"));
        (token.depth == 0 && !named && words.contains(&token.word.as_str())).then_some(index)
    };
    tokens.iter().enumerate().skip(skip).filter_map(starts).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_a_long_alter_table_after_the_name() {
        let sql =
            "ALTER TABLE ONLY public.\"Order Lines\" ADD COLUMN status public.order_status DEFAULT 'new' NOT NULL";
        let laid = "ALTER TABLE ONLY public.\"Order Lines\"\n    \
                    ADD COLUMN status public.order_status DEFAULT 'new' NOT NULL;";
        assert_eq!(lay_out(sql), laid);
        assert_eq!(lay_out("ALTER TABLE public.a DROP COLUMN b"), "ALTER TABLE public.a DROP COLUMN b;");
    }

    #[test]
    fn breaks_triggers_and_indexes_at_their_clauses_only() {
        let sql = "CREATE TRIGGER t BEFORE UPDATE ON public.orders FOR EACH ROW \
                   WHEN ((old.note = ' FOR EACH WHEN '::text)) EXECUTE FUNCTION public.touch('EXECUTE')";
        let laid = "CREATE TRIGGER t\n    BEFORE UPDATE ON public.orders\n    FOR EACH ROW\n    \
                    WHEN ((old.note = ' FOR EACH WHEN '::text))\n    EXECUTE FUNCTION public.touch('EXECUTE');";
        assert_eq!(lay_out(sql), laid);
        let sql = "CREATE OR REPLACE TRIGGER t AFTER UPDATE ON public.orders REFERENCING OLD TABLE AS before \
                   NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION public.touch()";
        let laid = "CREATE OR REPLACE TRIGGER t\n    AFTER UPDATE ON public.orders REFERENCING OLD TABLE AS before \
                    NEW TABLE AS after\n    FOR EACH STATEMENT\n    EXECUTE FUNCTION public.touch();";
        assert_eq!(lay_out(sql), laid);
        let sql =
            "CREATE UNIQUE INDEX orders_number_idx ON public.orders USING btree (lower(number)) WHERE (gone IS NULL)";
        let laid = "CREATE UNIQUE INDEX orders_number_idx\n    ON public.orders USING btree (lower(number))\n    \
                    WHERE (gone IS NULL);";
        assert_eq!(lay_out(sql), laid);
    }

    #[test]
    fn leaves_everything_else_as_it_is() {
        let body =
            "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql AS $$ SELECT 'ALTER TABLE public.a ADD b;' $$\n";
        assert_eq!(lay_out(body), format!("{};", body.trim_end()));
        let lines = "CREATE VIEW public.v AS\n SELECT a.b,\n    a.c\n   FROM public.a;\n";
        assert_eq!(lay_out(lines), "CREATE VIEW public.v AS\n SELECT a.b,\n    a.c\n   FROM public.a;");
        let names =
            "ALTER TABLE public.\"naïve ☂ when\" ADD CONSTRAINT \"WHEN\" CHECK ((\"a\"\"b\" <> ''::text) AND true)";
        assert!(lay_out(names).starts_with("ALTER TABLE public.\"naïve ☂ when\"\n    ADD CONSTRAINT \"WHEN\""));
    }
}
