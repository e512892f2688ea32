//! The statements that give an object another name or schema, the same for all kinds that have them.

use crate::base::name::Ident;
use crate::kind::Key;
use crate::kind::statement::Statement;

/// RENAME TO and SET SCHEMA, as far as the keys differ, for what ALTER calls `noun`.
pub fn rename_and_move(noun: &str, from: &Key, to: &Key) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut now = from.clone();
    if from.name() != to.name() {
        let name = Ident::new(to.name());
        statements.push(Statement::new(format!("ALTER {noun} {} RENAME TO {name}", from.sql())));
        now = from.renamed(to.name());
    }
    if let Some(schema) = to.schema().filter(|schema| from.schema() != Some(schema)) {
        statements.push(Statement::new(format!("ALTER {noun} {} SET SCHEMA {schema}", now.sql())));
    }
    statements
}
