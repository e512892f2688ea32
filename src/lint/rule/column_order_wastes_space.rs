//! Columns in an order that leaves holes between them.

use crate::base::name::Ident;
use crate::lint::Level;
use crate::lint::made::{Column, Made};
use crate::lint::rule::{Group, Rule};
use crate::lint::tree::is_builtin;

pub const RULE: Rule = Rule {
    code: "column-order-wastes-space",
    group: Group::WellMade,
    level: Level::Off,
    title: "the order of columns leaves holes",
    why: "A bigint begins at a multiple of eight bytes, an integer at one of four. A boolean before a bigint takes \
             eight bytes in each row, not one: over a hundred million rows that is most of a gigabyte in the table \
             and in memory.",
    remedy: "Put the columns of eight bytes first, then those of four, of two, of one, and those of varying length \
             last. In a table that is there already it is not worth a rewrite.",
    plan: None,
    script: Some(|script| {
        let made = Made::of(script);
        let wasteful = made.created().filter_map(|(table, statement, create)| {
            let own = create.inh_relations.is_empty() && !table.partition && !table.is_temporary();
            let columns: Vec<&Column> = table.columns.iter().filter(|column| std::ptr::eq(column.statement, statement)).collect();
            let waste = holes(&columns);
            if !own || waste < WORTH {
                return None;
            }
            let message = format!("each row of {} has {waste} bytes of holes between its columns", table.name);
            let help = format!("write them in this order: {}", better(&columns));
            let finding = statement.finding(&RULE, &table.name.to_string(), message).help(help);
            Some(statement.part_name(finding, create.relation.as_ref().map_or(-1, |relation| relation.location)))
        });
        wasteful.collect()
    }),
};

/// From how many bytes in a row on it is worth a word: a row itself is aligned to eight.
const WORTH: usize = 8;

/// Size and alignment of types of a fixed size, in bytes (`pg_type.typlen`, `typalign`).
const TYPES: &[(&[&str], usize, usize)] = &[
    (&["int8", "bigserial", "serial8", "float8", "timestamp", "timestamptz", "time", "money", "pg_lsn"], 8, 8),
    (&["interval", "point"], 16, 8),
    (&["timetz"], 12, 8),
    (&["int4", "serial", "serial4", "float4", "date", "oid"], 4, 4),
    (&["macaddr"], 6, 4),
    (&["macaddr8"], 8, 4),
    (&["int2", "smallserial", "serial2"], 2, 2),
    (&["bool", "char"], 1, 1),
    (&["uuid"], 16, 1),
];

/// None for what has no fixed size, or is not known.
fn layout(column: &Column) -> Option<(usize, usize)> {
    let name = column.definition.type_name.as_ref().filter(|name| name.array_bounds.is_empty())?;
    TYPES.iter().find(|(names, ..)| is_builtin(name, names)).map(|(_, size, alignment)| (*size, *alignment))
}

/// Bytes that nothing is in, as far as they are certain: where a column of varying length ends nobody knows.
fn holes(columns: &[&Column]) -> usize {
    let (mut at, mut holes) = (Some(0_usize), 0);
    for column in columns {
        let Some((size, alignment)) = layout(column) else {
            at = None;
            continue;
        };
        // Behind one of varying length the count begins anew, at a place that fits.
        let begins = at.map_or(0, |at| at.next_multiple_of(alignment));
        holes += begins - at.unwrap_or(begins);
        at = Some(begins + size);
    }
    holes
}

/// The names by alignment, the widest first; what is of varying length stays last.
fn better(columns: &[&Column]) -> String {
    let mut sorted = columns.to_vec();
    sorted.sort_by_key(|column| std::cmp::Reverse(layout(column).map_or(0, |(_, alignment)| alignment)));
    sorted.iter().map(|column| Ident::new(&column.name).to_string()).collect::<Vec<_>>().join(", ")
}
