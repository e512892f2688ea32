//! The rows that a bound accepts, as a condition on the columns of the partition key (`get_qual_for_range` and its like in
//! `partbounds.c`).

use pg_query::NodeEnum;
use pg_query::protobuf::{Node, PartitionBoundSpec};

use crate::ask::expression::sql;
use crate::base::name::Ident;
use crate::lint::tree::{is_null, string};
use crate::sql::parser::parse;

/// What rows are told apart by.
#[derive(Debug)]
pub(super) struct Key {
    /// Columns, and expressions in parentheses.
    values: Vec<String>,
}

/// One value of a range's end.
enum End {
    Value(String),
    Lowest,
    Highest,
}

impl Key {
    /// Reads `RANGE (at, lower(name))`.
    pub(super) fn parse(definition: &str) -> Option<Self> {
        let parsed = parse(&format!("CREATE TABLE pgplumb () PARTITION BY {definition}")).ok()?;
        let statement = parsed.tree.stmts.into_iter().next()?.stmt?.node?;
        let NodeEnum::CreateStmt(create) = statement else { return None };
        let value = |node: &Node| match node.node.as_ref()? {
            NodeEnum::PartitionElem(element) => match element.expr.as_deref() {
                Some(expression) => Some(format!("({})", sql(expression)?)),
                None => Some(Ident::new(element.name.as_str()).to_string()),
            },
            _ => None,
        };
        let values = create.partspec?.part_params.iter().map(value).collect::<Option<_>>()?;
        Some(Self { values })
    }

    /// The condition of a bound that is not DEFAULT; `parent` is the partitioned table as a regclass.
    pub(super) fn accepts(&self, bound: &PartitionBoundSpec, parent: &str) -> Option<String> {
        match bound.strategy.as_str() {
            "l" => self.list(&bound.listdatums),
            "r" => self.range(&bound.lowerdatums, &bound.upperdatums),
            "h" => {
                let values = self.values.join(", ");
                let (modulus, rest) = (bound.modulus, bound.remainder);
                Some(format!("pg_catalog.satisfies_hash_partition({parent}, {modulus}, {rest}, {values})"))
            }
            _ => None,
        }
    }

    fn list(&self, bounds: &[Node]) -> Option<String> {
        let [value] = self.values.as_slice() else { return None };
        let (nulls, others): (Vec<&Node>, Vec<&Node>) = bounds.iter().partition(|node| is_null(node));
        let others: Vec<String> = others.into_iter().map(sql).collect::<Option<_>>()?;
        let mut conditions = Vec::new();
        if !others.is_empty() {
            conditions.push(format!("{value} IN ({})", others.join(", ")));
        }
        if !nulls.is_empty() {
            conditions.push(format!("{value} IS NULL"));
        }
        Some(conditions.join(" OR "))
    }

    fn range(&self, lower: &[Node], upper: &[Node]) -> Option<String> {
        let mut conditions: Vec<String> = self.values.iter().map(|value| format!("{value} IS NOT NULL")).collect();
        conditions.extend(self.side(lower, ">")?);
        conditions.extend(self.side(upper, "<")?);
        Some(conditions.join(" AND "))
    }

    /// The lower end is part of the range, the upper is not. What comes after MINVALUE or MAXVALUE does not count.
    fn side(&self, ends: &[Node], operator: &str) -> Option<Option<String>> {
        let ends: Vec<End> = ends.iter().map(end).collect::<Option<_>>()?;
        let values = ends.iter().map_while(|end| match end {
            End::Value(text) => Some(text.as_str()),
            _ => None,
        });
        let values: Vec<&str> = values.collect();
        let included = match ends.get(values.len()) {
            None | Some(End::Lowest) => operator == ">",
            Some(_) => operator == "<",
        };
        if values.is_empty() {
            return Some(None);
        }
        let operator = if included { format!("{operator}=") } else { operator.to_owned() };
        let columns = self.values.get(..values.len())?.join(", ");
        Some(Some(format!("({columns}) {operator} ({})", values.join(", "))))
    }
}

fn end(node: &Node) -> Option<End> {
    if let Some(NodeEnum::ColumnRef(column)) = &node.node {
        return match column.fields.as_slice() {
            [name] if string(name) == Some("minvalue") => Some(End::Lowest),
            [name] if string(name) == Some("maxvalue") => Some(End::Highest),
            _ => None,
        };
    }
    sql(node).map(End::Value)
}

#[cfg(test)]
mod tests {
    use crate::lint::tree::alters;

    use super::*;

    fn condition(key: &str, bound: &str) -> Option<String> {
        let parsed = parse(&format!("ALTER TABLE p ATTACH PARTITION c FOR VALUES {bound}")).unwrap();
        let node = parsed.tree.stmts[0].stmt.clone().unwrap().node.unwrap();
        let (_, command) = alters(&node).next().unwrap();
        let Some(NodeEnum::PartitionCmd(partition)) = command.def.clone().unwrap().node else { return None };
        Key::parse(key)?.accepts(&partition.bound?, "'p'::regclass")
    }

    #[test]
    fn a_range_includes_its_lower_end_and_stops_at_the_infinite() {
        let says = |bound: &str| condition("RANGE (a, lower(b))", bound).unwrap();
        let there = "a IS NOT NULL AND (lower(b)) IS NOT NULL";
        assert_eq!(
            says("FROM (1, 'x') TO (2, 'y')"),
            format!("{there} AND (a, (lower(b))) >= (1, 'x') AND (a, (lower(b))) < (2, 'y')")
        );
        assert_eq!(says("FROM (1, MINVALUE) TO (2, MAXVALUE)"), format!("{there} AND (a) >= (1) AND (a) <= (2)"));
        assert_eq!(says("FROM (1, MAXVALUE) TO (2, MINVALUE)"), format!("{there} AND (a) > (1) AND (a) < (2)"));
        assert_eq!(says("FROM (MINVALUE, MINVALUE) TO (MAXVALUE, MAXVALUE)"), there);
    }

    #[test]
    fn a_list_may_hold_null() {
        let says = |bound: &str| condition("LIST (a)", bound).unwrap();
        assert_eq!(says("IN (1, NULL)"), "a IN (1) OR a IS NULL");
        assert_eq!(says("IN (NULL)"), "a IS NULL");
    }
}
