//! A function in a language that can do whatever the server can.

use pg_query::NodeEnum;
use pg_query::protobuf::Node;

use crate::lint::Level;
use crate::lint::rule::{Group, Rule};
use crate::lint::script::Statement;
use crate::lint::tree::{Name, option, string};

pub const RULE: Rule = Rule {
    code: "untrusted-language",
    group: Group::Secure,
    level: Level::Warning,
    title: "a language that can do whatever the server can",
    why: "Code in such a language reads and writes files, opens connections and starts programs as the user that the server \
          runs as, whatever privileges the caller has. Only a superuser can create it, which managed services give nobody.",
    remedy: "Write it in PL/pgSQL, SQL or another trusted language, or do it in a program outside of the database.",
    plan: None,
    script: Some(|script| {
        script.each(|statement| {
            let (language, object) = match statement.node() {
                Some(NodeEnum::CreateFunctionStmt(create)) => {
                    let name = Name::of_list(&create.funcname).map(|name| name.to_string());
                    (named(&create.options), name.unwrap_or_default())
                }
                Some(NodeEnum::DoStmt(run)) => (named(&run.args), String::new()),
                Some(NodeEnum::CreateExtensionStmt(create)) => (Some(create.extname.as_str()), create.extname.clone()),
                Some(NodeEnum::CreatePlangStmt(create)) => (Some(create.plname.as_str()), create.plname.clone()),
                _ => return Vec::new(),
            };
            let Some(language) = language.filter(|language| is_untrusted(language)) else { return Vec::new() };
            let message = format!("code in {language} can do whatever the server can");
            vec![of(statement, &object, message)]
        })
    }),
};

fn of(statement: &Statement, object: &str, message: String) -> crate::lint::Finding {
    statement.finding(&RULE, object, message)
}

fn named(options: &[Node]) -> Option<&str> {
    string(option(options, "language")?.arg.as_deref()?)
}

/// Those of Postgres itself and the widely used others; by custom the name of an untrusted one ends in `u`.
fn is_untrusted(language: &str) -> bool {
    let language = language.to_ascii_lowercase();
    matches!(language.as_str(), "c" | "internal" | "plpythonu" | "plpython2u" | "plpython3u" | "plperlu" | "pltclu" | "plsh" | "plr")
}
