//! A routine without what its parsed body and the defaults of its arguments use.
//!
//! CREATE OR REPLACE may change the body, its language and a default's value, and may not take a default away. So every
//! default is NULL at first. A quoted body is not looked into and stays; in place of a parsed one stands text that is no
//! SQL, which Postgres reads only when the routine is called: a call fails instead of giving a wrong answer.

use pg_query::protobuf::{AConst, CreateFunctionStmt, DefElem, List, Node, ParseResult, String as Text};
use pg_query::{DeparseOptions, NodeEnum};

use crate::sql::parser::parse;

/// What the stub says when it is called; no SQL on purpose.
const UNDEFINED: &str = "this routine is not defined yet";

/// `CREATE` and `CREATE OR REPLACE` of the stub; none where there is nothing to leave out, or it cannot be printed.
pub fn stub(definition: &str) -> Option<(String, String)> {
    let mut tree = parse(definition).ok()?.tree;
    {
        let routine = routine(&mut tree)?;
        if !leave_out(routine) {
            return None;
        }
        routine.replace = false;
    }
    let create = pg_query::deparse(&tree, DeparseOptions::default()).ok()?;
    routine(&mut tree)?.replace = true;
    Some((create, pg_query::deparse(&tree, DeparseOptions::default()).ok()?))
}

fn routine(tree: &mut ParseResult) -> Option<&mut CreateFunctionStmt> {
    match tree.stmts.as_mut_slice() {
        [only] => match only.stmt.as_mut()?.node.as_mut()? {
            NodeEnum::CreateFunctionStmt(routine) => Some(routine),
            _ => None,
        },
        _ => None,
    }
}

/// Whether there was a parsed body or a default.
fn leave_out(routine: &mut CreateFunctionStmt) -> bool {
    let mut found = false;
    for parameter in &mut routine.parameters {
        if let Some(NodeEnum::FunctionParameter(parameter)) = parameter.node.as_mut()
            && let Some(default) = parameter.defexpr.as_mut()
        {
            **default = node(NodeEnum::AConst(AConst { isnull: true, val: None, location: -1 }));
            found = true;
        }
    }
    // A planner support function may itself be part of the loop.
    routine
        .options
        .retain(|option| !matches!(&option.node, Some(NodeEnum::DefElem(option)) if option.defname == "support"));
    if routine.sql_body.take().is_some() {
        routine.options.push(body());
        found = true;
    }
    found
}

fn body() -> Node {
    let text = node(NodeEnum::String(Text { sval: UNDEFINED.to_owned() }));
    let list = node(NodeEnum::List(List { items: vec![text] }));
    node(NodeEnum::DefElem(Box::new(DefElem {
        defname: "as".to_owned(),
        arg: Some(Box::new(list)),
        defaction: pg_query::protobuf::DefElemAction::DefelemUnspec as i32,
        ..DefElem::default()
    })))
}

fn node(node: NodeEnum) -> Node {
    Node { node: Some(node) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parsed_body_and_the_defaults_are_left_out() {
        let (create, replace) = stub(
            "CREATE OR REPLACE FUNCTION public.f(a integer, b public.v DEFAULT public.g(1))
 RETURNS TABLE(x integer, y text)
 LANGUAGE sql
 IMMUTABLE STRICT
BEGIN ATOMIC
 SELECT 1, 'a'::text FROM public.v;
END",
        )
        .unwrap();
        assert_eq!(
            create,
            "CREATE FUNCTION public.f(a int, b public.v = NULL) RETURNS TABLE (x int, y text) LANGUAGE sql IMMUTABLE RETURNS NULL ON NULL INPUT AS $$this routine is not defined yet$$"
        );
        assert_eq!(replace, create.replacen("CREATE", "CREATE OR REPLACE", 1));
    }

    #[test]
    fn a_quoted_body_stays() {
        let (create, _) =
            stub("CREATE PROCEDURE p(INOUT a int DEFAULT g()) LANGUAGE plpgsql AS $p$ BEGIN a := 1; END $p$").unwrap();
        assert!(create.contains("= NULL") && create.contains("BEGIN a := 1; END"), "{create}");
        assert_eq!(stub("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"), None);
        assert_eq!(stub("CREATE VIEW v AS SELECT 1"), None);
    }
}
