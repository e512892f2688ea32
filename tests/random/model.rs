//! A schema as plain structs, and the edits that grow and change it. Every edit is total, and every reference may dangle: what an edit
//! points at is looked up when the model is rendered, so that any list of edits, and any part of one, is a valid schema.

use std::collections::{BTreeMap, BTreeSet};

/// How many objects of a kind there may be; small, so that edits meet each other.
const OBJECTS: u8 = 4;
/// How many columns a table may have beside its `id`.
const COLUMNS: u8 = 4;

/// One random change: what to do, and three numbers that say to whom and how.
pub(super) type Edit = (u8, u8, u8, u8);

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) enums: BTreeMap<u8, Vec<u8>>,
    pub(super) domains: BTreeMap<u8, Domain>,
    /// The attributes of a composite type, each with the number of its type.
    pub(super) composites: BTreeMap<u8, BTreeMap<u8, u8>>,
    pub(super) sequences: BTreeMap<u8, Sequence>,
    pub(super) functions: BTreeMap<u8, Function>,
    pub(super) tables: BTreeMap<u8, Table>,
    pub(super) indexes: BTreeMap<u8, Index>,
    pub(super) foreign_keys: BTreeMap<(u8, u8), u8>,
    pub(super) views: BTreeMap<u8, View>,
    pub(super) matviews: BTreeMap<u8, View>,
    pub(super) readers: BTreeMap<u8, Reader>,
    pub(super) triggers: BTreeMap<(u8, u8), u8>,
    pub(super) policies: BTreeMap<(u8, u8), u8>,
    pub(super) statistics: BTreeMap<(u8, u8), u8>,
    /// By what is commented on: kind and number.
    pub(super) comments: BTreeMap<(u8, u8), u8>,
    pub(super) owners: BTreeSet<(u8, u8)>,
    pub(super) grants: BTreeMap<(u8, u8), u8>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Domain {
    pub(super) base: u8,
    pub(super) check: Option<u8>,
    pub(super) not_null: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Sequence {
    pub(super) step: u8,
    pub(super) owner: Option<u8>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Function {
    pub(super) body: u8,
    pub(super) plpgsql: bool,
    pub(super) returns_bigint: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// Whether it stands in the schema `app` instead of `public`.
    pub(super) app: bool,
    pub(super) shape: Shape,
    pub(super) int_id: bool,
    pub(super) key: bool,
    pub(super) columns: BTreeMap<u8, Column>,
    pub(super) checks: BTreeMap<u8, u8>,
    pub(super) security: u8,
    pub(super) fillfactor: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) enum Shape {
    #[default]
    Plain,
    Unlogged,
    Partitioned(BTreeSet<u8>),
    Inherits(u8),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub(super) data_type: u8,
    pub(super) not_null: bool,
    pub(super) fill: u8,
    pub(super) unique: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    pub(super) table: u8,
    pub(super) column: u8,
    pub(super) form: u8,
}

#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// Below the number of objects a table, above it a view with a smaller number.
    pub(super) over: u8,
    pub(super) columns: u8,
    pub(super) form: u8,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Reader {
    pub(super) table: u8,
    pub(super) form: u8,
}

impl Model {
    pub(super) fn edited(&self, edits: &[Edit]) -> Model {
        let mut model = self.clone();
        for edit in edits {
            model.edit(*edit);
        }
        model
    }

    fn edit(&mut self, (what, to, how, more): Edit) {
        let n = to % OBJECTS;
        match what % 24 {
            0..=2 => {
                self.tables.entry(n).or_insert_with(|| table(how, more));
            }
            3..=6 => self.column(n, how, more),
            7 => self.table(n, how, more),
            8 => drop(if how % 3 == 0 { self.tables.remove(&n) } else { None }),
            9 => labels(self.enums.entry(n).or_default(), how, more),
            10 => {
                let base = more % 3;
                let check = (how % 2 == 0).then_some(more);
                toggle(&mut self.domains, n, how % 5 == 0, Domain { base, check, not_null: how % 7 == 1 });
            }
            11 => {
                let attributes = self.composites.entry(n).or_insert_with(|| BTreeMap::from([(0, more % 4)]));
                toggle(attributes, how % 4, how % 3 == 0, more % 4);
            }
            12 => {
                let owner = (more % 3 == 0).then_some(more % OBJECTS);
                toggle(&mut self.sequences, n, how % 5 == 0, Sequence { step: 1 + how % 9, owner });
            }
            13 | 14 => {
                let function = Function { body: more, plpgsql: how % 3 == 1, returns_bigint: how % 4 == 1 };
                toggle(&mut self.functions, n, how % 5 == 0, function);
            }
            15 => toggle(
                &mut self.indexes,
                to % (2 * OBJECTS),
                how % 5 == 0,
                Index { table: how % OBJECTS, column: more % COLUMNS, form: more / 4 },
            ),
            16 => toggle(&mut self.foreign_keys, (n, how % OBJECTS), more % 4 == 0, more),
            17 => {
                let over = how % (OBJECTS + n);
                toggle(&mut self.views, n, more % 6 == 0, View { over, columns: more, form: how });
            }
            18 => {
                let over = how % (2 * OBJECTS);
                toggle(&mut self.matviews, n, more % 6 == 0, View { over, columns: more, form: how });
            }
            19 => toggle(&mut self.readers, n, how % 5 == 0, Reader { table: how % OBJECTS, form: more }),
            20 => toggle(&mut self.triggers, (n, how % 2), more % 4 == 0, more),
            21 => toggle(&mut self.policies, (n, how % 2), more % 4 == 0, more),
            22 => toggle(&mut self.statistics, (n, how % COLUMNS), more % 4 == 0, more),
            _ => self.beside(how % 8, n, more),
        }
    }

    fn column(&mut self, n: u8, how: u8, more: u8) {
        let Some(table) = self.tables.get_mut(&n) else { return };
        let column = how % COLUMNS;
        match (table.columns.get_mut(&column), more % 6) {
            (Some(_), 0) => drop(table.columns.remove(&column)),
            (Some(found), 1) => found.data_type = how / 4,
            (Some(found), 2) => found.not_null = !found.not_null,
            (Some(found), 3) => found.unique = !found.unique,
            (Some(found), _) => found.fill = more,
            (None, _) => {
                let (not_null, unique) = (more % 5 == 0, more % 11 == 0);
                table.columns.insert(column, Column { data_type: how / 4, not_null, fill: more, unique });
            }
        }
    }

    fn table(&mut self, n: u8, how: u8, more: u8) {
        let Some(table) = self.tables.get_mut(&n) else { return };
        match how % 7 {
            0 => table.int_id = !table.int_id,
            1 => table.key = !table.key,
            2 => toggle(&mut table.checks, more % 3, more % 4 == 0, more),
            3 => table.security = more % 4,
            4 => table.fillfactor = !table.fillfactor,
            5 => match &mut table.shape {
                Shape::Partitioned(parts) => {
                    if !parts.insert(more % 4) {
                        parts.remove(&(more % 4));
                    }
                }
                Shape::Plain => table.shape = Shape::Unlogged,
                Shape::Unlogged => table.shape = Shape::Plain,
                Shape::Inherits(_) => {}
            },
            _ => table.app ^= more % 4 == 0,
        }
    }

    /// What hangs on an object: its comment, its owner, its privileges.
    fn beside(&mut self, kind: u8, n: u8, more: u8) {
        match more % 3 {
            0 => toggle(&mut self.comments, (kind, n), more % 4 == 0, more),
            1 if !self.owners.remove(&(kind, n)) => drop(self.owners.insert((kind, n))),
            1 => {}
            _ => toggle(&mut self.grants, (kind, n), more % 4 == 0, more),
        }
    }
}

/// Puts or replaces, or takes away where `away`.
fn toggle<K: Ord, V>(map: &mut BTreeMap<K, V>, key: K, away: bool, value: V) {
    if away {
        map.remove(&key);
    } else {
        map.insert(key, value);
    }
}

fn table(how: u8, more: u8) -> Table {
    let shape = match how % 6 {
        0 => Shape::Partitioned(BTreeSet::from([0, more % 4])),
        1 => Shape::Inherits(more % OBJECTS),
        2 => Shape::Unlogged,
        _ => Shape::Plain,
    };
    let columns = BTreeMap::from([(0, Column { data_type: more, fill: how, ..Column::default() })]);
    Table { app: more % 5 == 0, shape, key: how % 4 != 0, int_id: more % 3 == 0, columns, ..Table::default() }
}

/// Appends, inserts, moves or takes away a label; one is always left.
fn labels(labels: &mut Vec<u8>, how: u8, more: u8) {
    let label = more % 6;
    if labels.is_empty() {
        labels.push(label);
        return;
    }
    let place = usize::from(how) % labels.len();
    match (labels.contains(&label), how % 3) {
        (false, 0) => labels.push(label),
        (false, _) => labels.insert(place, label),
        (true, 0) if labels.len() > 1 => labels.retain(|known| *known != label),
        (true, 1) => labels.swap(0, place),
        _ => {}
    }
}
