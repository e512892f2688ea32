//! The extensions whose version a schema declares.

use std::collections::BTreeSet;

use pg_query::NodeEnum;

use crate::sql::parser::parse;
use crate::sql::split::Statement;
use crate::sql::words::begins;

/// The names of those that are created with a version, or updated.
pub fn pinned<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> BTreeSet<String> {
    let of_extensions = |statement: &&Statement| begins(statement.sql(), &["CREATE|ALTER", "EXTENSION"]);
    statements.into_iter().filter(of_extensions).filter_map(|statement| name(statement.sql())).collect()
}

fn name(sql: &str) -> Option<String> {
    let parsed = parse(sql).ok()?;
    match parsed.tree.stmts.first()?.stmt.as_ref()?.node.as_ref()? {
        NodeEnum::CreateExtensionStmt(create) => {
            let versions = create.options.iter().filter_map(|option| match &option.node {
                Some(NodeEnum::DefElem(option)) => Some(option.defname == "new_version"),
                _ => None,
            });
            versions.into_iter().any(|is| is).then(|| create.extname.clone())
        }
        NodeEnum::AlterExtensionStmt(alter) => Some(alter.extname.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::sql::file::SqlFile;
    use crate::sql::split::split;

    #[test]
    fn a_version_is_declared_where_it_is_written() {
        let text = "CREATE EXTENSION a; CREATE EXTENSION IF NOT EXISTS \"B\" WITH SCHEMA s VERSION '1.2' CASCADE;\n\
                    ALTER EXTENSION c UPDATE; ALTER EXTENSION d SET SCHEMA s; CREATE EXTENSION e VERSION v3;";
        let statements = split(&Arc::new(SqlFile::new("a.sql", text)));
        assert_eq!(pinned(&statements).into_iter().collect::<Vec<_>>(), ["B", "c", "e"]);
    }
}
