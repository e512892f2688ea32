//! The columns that every room's rows have.

use postgres::Row;

use crate::catalog::address::Address;
use crate::db::error::DbError;

/// Where a room's rows have what the reader itself looks at.
pub(super) struct Layout {
    pub address: [usize; 3],
    pub excluded: usize,
    /// The address of the fact that this one stands on, for kinds that stand on one.
    pub on: Option<[usize; 3]>,
}

impl Layout {
    pub(super) fn of(row: &Row) -> Result<Self, DbError> {
        let column = |name: &str| row.columns().iter().position(|column| column.name() == name);
        let needed = |name| column(name).ok_or_else(|| DbError::unexpected("a catalog row without an address"));
        let on = match column("on_classid") {
            Some(class) => Some([class, needed("on_objid")?, needed("on_objsubid")?]),
            None => None,
        };
        Ok(Self {
            address: [needed("classid")?, needed("objid")?, needed("objsubid")?],
            excluded: needed("excluded")?,
            on,
        })
    }

    pub(super) fn address(row: &Row, [class, object, sub]: [usize; 3]) -> Result<Address, DbError> {
        Ok(Address { class: row.try_get(class)?, object: row.try_get(object)?, sub: row.try_get(sub)? })
    }
}
