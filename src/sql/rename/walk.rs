//! The way through the tokens of one text, and through those of the strings in it.

use std::ops::Range;

use crate::base::name::Ident;
use crate::sql::lex::{Kind, Lexer, Token, inside, unquoted};
use crate::sql::rename::context::{Holds, Place};
use crate::sql::rename::{Doubt, Edit, Name, Names, Renamed, Why};

/// Strings in strings in strings: nobody builds SQL deeper than this.
const DEEPEST: usize = 8;

/// Whether the next names are schemas.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expects {
    Nothing,
    /// Behind SCHEMA, or a comma after such a name.
    Schema,
    /// In the list that a search path is set to.
    Path,
}

pub(super) struct Walk<'a> {
    names: &'a Names,
    text: &'a str,
    depth: usize,
    tokens: Vec<Token>,
    made: String,
    /// Up to where the text was taken over.
    taken: usize,
    count: usize,
    doubts: Vec<Doubt>,
    edits: Vec<Edit>,
    expects: Expects,
    /// The first word of the statement.
    verb: String,
    /// Whether a statement begins with the next token.
    fresh: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn over(names: &'a Names, text: &'a str, depth: usize) -> Self {
        let tokens = Lexer::new(text).filter(|token| token.kind != Kind::Comment).collect();
        let (made, doubts, edits) = (String::with_capacity(text.len() + 64), Vec::new(), Vec::new());
        let (taken, count, expects, verb, fresh) = (0, 0, Expects::Nothing, String::new(), true);
        Self { names, text, depth, tokens, made, taken, count, doubts, edits, expects, verb, fresh }
    }

    pub(super) fn done(mut self) -> Renamed {
        for at in 0..self.tokens.len() {
            self.token(at);
        }
        self.made.push_str(&self.text[self.taken..]);
        Renamed { text: self.made, count: self.count, doubts: self.doubts, edits: self.edits }
    }

    fn token(&mut self, at: usize) {
        let token = self.tokens[at].clone();
        if self.fresh && token.kind == Kind::Word {
            token.text(self.text).clone_into(&mut self.verb);
        }
        self.fresh = token.is_symbol(self.text, b';');
        match token.kind {
            Kind::Word | Kind::Quoted => self.name(at, &token),
            Kind::Text | Kind::Dollar => self.string(at, &token),
            Kind::Symbol => self.symbol(at, &token),
            _ => self.expects = Expects::Nothing,
        }
    }

    /// What a symbol says of the next names.
    fn symbol(&mut self, at: usize, token: &Token) {
        let goes_on = match self.expects {
            Expects::Schema => token.is_symbol(self.text, b','),
            Expects::Path => token.is_symbol(self.text, b',') || token.is_symbol(self.text, b'='),
            Expects::Nothing => false,
        };
        // `(` before the list is not SQL; a comma that comes first is none of a list.
        if !goes_on || at == 0 {
            self.expects = Expects::Nothing;
        }
    }

    fn name(&mut self, at: usize, token: &Token) {
        let place = Place { text: self.text, tokens: &self.tokens, at };
        let (behind_dot, before_dot) = (place.is_symbol(place.back(1), b'.'), place.is_symbol(Some(at + 1), b'.'));
        let star = before_dot && place.is_symbol(Some(at + 2), b'*');
        let next = self.tokens.get(at + 2).map(|next| next.text(self.text).to_owned()).unwrap_or_default();
        let expected = std::mem::replace(&mut self.expects, Expects::Nothing);
        let Some(name) = self.known(token) else {
            self.expects = if behind_dot { Expects::Nothing } else { self.after(at, token, expected) };
            return;
        };
        let is_schema = !behind_dot && !star && (before_dot || expected != Expects::Nothing);
        if name.own {
            if is_schema && !is_setting(&next) {
                self.exchange(token, &Ident::new(&*name.to).to_string());
            }
        } else if !is_schema {
            self.doubt(token.at.clone(), Why::Alone);
        } else if self.depth > 0 && token.text(self.text) != Ident::new(&*name.from).to_string() {
            self.doubt(token.at.clone(), Why::Spelling);
        } else {
            self.exchange(token, &Ident::new(&*name.to).to_string());
        }
        if !before_dot {
            self.expects = expected;
        }
    }

    /// What is expected behind a word that is none of the names.
    fn after(&self, at: usize, token: &Token, expected: Expects) -> Expects {
        let is = |word: &str| token.is_word(self.text, word);
        let place = Place { text: self.text, tokens: &self.tokens, at };
        let foreign = place.back(1).and_then(|before| self.tokens.get(before));
        let foreign = foreign.is_some_and(|before| before.is_word(self.text, "foreign"));
        match expected {
            _ if is("schema") && !foreign => Expects::Schema,
            _ if unquoted(token.text(self.text)) == "search_path" => Expects::Path,
            Expects::Schema if is("if") || is("not") || is("exists") => Expects::Schema,
            Expects::Path if is("to") => Expects::Path,
            // Another name of the list.
            _ if place.is_symbol(Some(at + 1), b',') => expected,
            _ => Expects::Nothing,
        }
    }

    fn string(&mut self, at: usize, token: &Token) {
        let expected = self.expects;
        if expected != Expects::Path {
            self.expects = Expects::Nothing;
        }
        let raw = inside(token, self.text);
        let dollar = token.kind == Kind::Dollar;
        let content = if dollar { raw.to_owned() } else { raw.replace("''", "'") };
        if !self.names.names.iter().any(|name| super::holds(&content, &name.from)) {
            return;
        }
        let place = Place { text: self.text, tokens: &self.tokens, at };
        let holds = match expected {
            Expects::Nothing => place.holds(&content, &self.verb, dollar || self.depth > 0),
            _ => Holds::Schemas,
        };
        // What a backslash stands for is not looked into.
        let escaped = !dollar && token.text(self.text).starts_with(['e', 'E', 'u', 'U']) && raw.contains('\\');
        let made = match holds {
            Holds::Prose => return,
            _ if escaped || self.depth >= DEEPEST => None,
            Holds::Name | Holds::Schemas => self.of_names(&content, token),
            Holds::Sql => self.of_sql(&content, token),
            Holds::Unknown => self.whole(&content, token),
        };
        match made {
            Some(made) if made != content => {
                let quoted = if dollar { made } else { made.replace('\'', "''") };
                let whole = token.text(self.text);
                let start =
                    whole.len() - raw.len() - (whole.len() - whole.rfind(raw).map_or(0, |found| found + raw.len()));
                let new = format!("{}{quoted}{}", &whole[..start], &whole[start + raw.len()..]);
                self.replace(token, &new);
            }
            Some(_) => {}
            None => self.doubt_in(&content, token),
        }
    }

    /// Names with commas between them.
    fn of_names(&mut self, content: &str, token: &Token) -> Option<String> {
        let alone = |name: &&Name| unquoted(content.trim()) == name.from;
        if let Some(name) = self.names.names.iter().find(alone) {
            self.count += 1;
            return Some(Ident::new(&*name.to).to_string());
        }
        let mut inner = Walk::over(self.names, content, self.depth + 1);
        // Where it is a list of schemas each stands alone.
        inner.expects = if content.contains('.') { Expects::Nothing } else { Expects::Path };
        Some(self.inner(inner, token))
    }

    fn of_sql(&mut self, content: &str, token: &Token) -> Option<String> {
        let inner = Walk::over(self.names, content, self.depth + 1);
        Some(self.inner(inner, token))
    }

    /// A string of unknown use that is a name and nothing else: ours is ours wherever it stands.
    fn whole(&mut self, content: &str, token: &Token) -> Option<String> {
        let name = self.names.names.iter().find(|name| name.from == content)?;
        if !name.own {
            self.doubt(token.at.clone(), Why::Text);
        }
        self.count += 1;
        Some(name.to.clone())
    }

    fn inner(&mut self, inner: Walk, token: &Token) -> String {
        let done = inner.done();
        self.count += done.count;
        self.doubts.extend(done.doubts.into_iter().map(|doubt| Doubt { at: token.at.clone(), why: doubt.why }));
        done.text
    }

    /// Says that a string holds one of the user's names, where it does as a word.
    fn doubt_in(&mut self, content: &str, token: &Token) {
        let is_one = |word: &Token| {
            matches!(word.kind, Kind::Word | Kind::Quoted)
                && self.names.names.iter().any(|name| !name.own && name.from == unquoted(word.text(content)))
        };
        if Lexer::new(content).any(|word| is_one(&word)) {
            self.doubt(token.at.clone(), Why::Text);
        }
    }

    fn known(&self, token: &Token) -> Option<Name> {
        let word = unquoted(token.text(self.text));
        let fits = |name: &&Name| name.from == word && !(name.reserved && token.kind == Kind::Word);
        self.names.names.iter().find(fits).cloned()
    }

    fn doubt(&mut self, at: Range<usize>, why: Why) {
        self.doubts.push(Doubt { at, why });
    }

    fn exchange(&mut self, token: &Token, name: &str) {
        self.count += 1;
        self.replace(token, name);
    }

    fn replace(&mut self, token: &Token, made: &str) {
        self.made.push_str(&self.text[self.taken..token.at.start]);
        self.made.push_str(made);
        self.taken = token.at.end;
        let characters = |text: &str| text.chars().count();
        let at = characters(&self.text[..token.at.start]);
        self.edits.push(Edit { at, given: characters(token.text(self.text)), made: characters(made) });
    }
}

/// What stands behind `pgplumb.` where it is a setting: those are of a session, and whose it is does not matter.
fn is_setting(name: &str) -> bool {
    ["session", "count", "keys"].contains(&name) || name.starts_with("of_")
}
