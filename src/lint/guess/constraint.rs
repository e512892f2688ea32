//! What adding a constraint does.

use pg_query::protobuf::{ConstrType, Constraint};

use crate::lint::guess::known::Known;
use crate::lint::guess::work::{Sure, Work};
use crate::lint::tree::{Name, string};
use crate::observe::lock::Lock;

/// `ALTER TABLE ... ADD CONSTRAINT`. A foreign key is the only one that lets others read meanwhile.
pub(super) fn added(constraint: &Constraint, table: &Name, known: &Known) -> Work {
    let validates = if constraint.skip_validation { Sure::No } else { Sure::Yes };
    let work = Work::of(Lock::AccessExclusive);
    match constraint.contype() {
        ConstrType::ConstrCheck => Work { checks: validates, ..work },
        // A CHECK that is there may prove it.
        ConstrType::ConstrNotnull => {
            let proved = constraint.keys.iter().filter_map(string).all(|column| known.proves_not_null(table, column));
            Work { checks: if proved { Sure::No } else { validates.min(Sure::Maybe) }, ..work }
        }
        ConstrType::ConstrUnique if constraint.indexname.is_empty() => {
            Work { builds: vec![index_name(constraint, table, "key")], ..work }
        }
        ConstrType::ConstrExclusion => Work { builds: vec![index_name(constraint, table, "excl")], ..work },
        ConstrType::ConstrPrimary => primary(constraint, table, known),
        ConstrType::ConstrForeign => foreign(constraint, table, validates == Sure::Yes),
        _ => work,
    }
}

/// Columns of a primary key that are not known to be NOT NULL are made so, which reads the rows.
fn primary(constraint: &Constraint, table: &Name, known: &Known) -> Work {
    let work = Work::of(Lock::AccessExclusive);
    if constraint.indexname.is_empty() {
        let columns: Vec<String> = constraint.keys.iter().filter_map(string).map(str::to_owned).collect();
        let checks = if known.are_not_null(table, &columns) { Sure::No } else { Sure::Maybe };
        Work { checks, builds: vec![index_name(constraint, table, "pkey")], ..work }
    } else {
        let columns = known.columns_of(&Name::new(&table.schema, &constraint.indexname));
        let proved = columns.is_some_and(|columns| known.are_not_null(table, columns));
        Work { checks: if proved { Sure::No } else { Sure::Maybe }, ..work }
    }
}

/// `reads` says whether there is something to validate.
pub(super) fn foreign(constraint: &Constraint, table: &Name, reads: bool) -> Work {
    let others = constraint.pktable.iter().map(Name::of).filter(|other| other != table);
    let name = if constraint.conname.is_empty() {
        format!("{}_fkey", columns(constraint, table))
    } else {
        constraint.conname.clone()
    };
    Work {
        others: others.map(|other| (other, Lock::ShareRowExclusive, reads)).collect(),
        foreign_keys: if reads { vec![name] } else { Vec::new() },
        ..Work::of(Lock::ShareRowExclusive)
    }
}

/// As Postgres names what nobody named (`ChooseIndexName`), but for what it does where that is too long or taken.
fn index_name(constraint: &Constraint, table: &Name, ending: &str) -> String {
    match constraint.conname.as_str() {
        "" if ending == "pkey" => format!("{}_pkey", table.name),
        "" => format!("{}_{ending}", columns(constraint, table)),
        name => name.to_owned(),
    }
}

fn columns(constraint: &Constraint, table: &Name) -> String {
    let columns = constraint.keys.iter().chain(&constraint.fk_attrs).filter_map(string);
    std::iter::once(table.name.as_str()).chain(columns).collect::<Vec<_>>().join("_")
}
