//! What is neither ALTER TABLE nor DROP.

use pg_query::NodeEnum;
use pg_query::protobuf::{
    AlterDomainStmt, ConstrType, Constraint, CreateStmt, IndexStmt, Node, ObjectType, RangeVar, RefreshMatViewStmt,
    ReindexObjectType, ReindexStmt, RenameStmt, VacuumStmt,
};

use crate::lint::guess::column::constraints;
use crate::lint::guess::known::index_columns;
use crate::lint::guess::{Guess, has_option, kind, reads};
use crate::lint::tree::{Name, ranges, string};
use crate::observe::effect::Scan;
use crate::observe::lock::Lock;
use crate::observe::relation::RelationKind;

impl Guess<'_> {
    pub(super) fn index(&mut self, statement: &IndexStmt) {
        let Some(range) = &statement.relation else { return };
        let lock = if statement.concurrent { Lock::ShareUpdateExclusive } else { Lock::Share };
        self.effects.in_transaction = !statement.concurrent;
        let name = if statement.idxname.is_empty() {
            format!("{}_{}_idx", range.relname, index_columns(&statement.index_params).join("_"))
        } else {
            statement.idxname.clone()
        };
        // ON ONLY is how an index of a partitioned table begins, without those of the partitions.
        if let Some(effect) = self.lock(RelationKind::Table, Some(range), lock).filter(|_| range.inh) {
            reads(effect, Scan::Index(name));
        }
    }

    pub(super) fn reindex(&mut self, statement: &ReindexStmt) {
        let concurrent = has_option(&statement.params, "concurrently");
        let lock = if concurrent { Lock::ShareUpdateExclusive } else { Lock::Share };
        self.effects.in_transaction = !concurrent;
        let Some(name) = statement.relation.as_ref().map(Name::of) else { return };
        let table = match statement.kind() {
            ReindexObjectType::ReindexObjectTable => Some(name.clone()),
            ReindexObjectType::ReindexObjectIndex => self.known.table_of(&name).cloned(),
            _ => return,
        };
        let effect = match table {
            Some(table) => self.named(RelationKind::Table, &table, lock),
            None => self.named(RelationKind::Index, &name, if concurrent { lock } else { Lock::AccessExclusive }),
        };
        if let Some(effect) = effect {
            reads(effect, Scan::Index(name.name));
        }
    }

    pub(super) fn refresh(&mut self, statement: &RefreshMatViewStmt) {
        let lock = if statement.concurrent { Lock::Exclusive } else { Lock::AccessExclusive };
        if let Some(effect) = self.lock(RelationKind::MaterializedView, statement.relation.as_ref(), lock) {
            effect.rewritten = !statement.concurrent;
        }
    }

    pub(super) fn vacuum(&mut self, statement: &VacuumStmt) {
        self.effects.in_transaction = !statement.is_vacuumcmd;
        let full = has_option(&statement.options, "full");
        let tables = statement.rels.iter().filter_map(|node| match &node.node {
            Some(NodeEnum::VacuumRelation(relation)) => relation.relation.as_ref(),
            _ => None,
        });
        for table in tables {
            if full {
                self.rewrite(Some(table));
            } else {
                self.table(Some(table), Lock::ShareUpdateExclusive);
            }
        }
    }

    /// A new table locks those that it refers to, and what it becomes a part of.
    pub(super) fn create(&mut self, statement: &CreateStmt) {
        for element in &statement.table_elts {
            let all: Vec<&Constraint> = match &element.node {
                Some(NodeEnum::ColumnDef(column)) => constraints(column).collect(),
                Some(NodeEnum::Constraint(constraint)) => vec![constraint],
                _ => Vec::new(),
            };
            for constraint in all.into_iter().filter(|one| one.contype() == ConstrType::ConstrForeign) {
                let itself = constraint.pktable.as_ref().map(Name::of) == statement.relation.as_ref().map(Name::of);
                self.table(constraint.pktable.as_ref().filter(|_| !itself), Lock::ShareRowExclusive);
            }
        }
        let partition = statement.partbound.is_some();
        for parent in ranges(&statement.inh_relations) {
            self.table(Some(parent), if partition { Lock::AccessExclusive } else { Lock::ShareUpdateExclusive });
            // No row of the default partition may belong into the new one.
            if let Some(default) = self.known.default_of(&Name::of(parent)).cloned().filter(|_| partition)
                && let Some(effect) = self.named(RelationKind::Table, &default, Lock::AccessExclusive)
            {
                reads(effect, Scan::Constraints);
            }
        }
    }

    pub(super) fn rename(&mut self, statement: &RenameStmt) {
        let of = match statement.rename_type() {
            ObjectType::ObjectColumn | ObjectType::ObjectAttribute => statement.relation_type(),
            other => other,
        };
        let lock = if of == ObjectType::ObjectIndex { Lock::ShareUpdateExclusive } else { Lock::AccessExclusive };
        self.lock(kind(of), statement.relation.as_ref(), lock);
    }

    /// All tables with a column of the domain are read. Where nothing before names one, the domain stands for them.
    pub(super) fn domain(&mut self, statement: &AlterDomainStmt) {
        let skips = match statement.def.as_deref().map(|node| &node.node) {
            Some(Some(NodeEnum::Constraint(constraint))) => constraint.skip_validation,
            _ => false,
        };
        // ADD a constraint, SET NOT NULL, VALIDATE.
        let validates = matches!(statement.subtype.as_str(), "C" | "O" | "V") && !skips;
        let Some(domain) = Name::of_list(&statement.type_name).filter(|_| validates) else { return };
        if self.known.is_new_type(&domain) {
            return;
        }
        let tables = self.known.tables_with(&domain);
        let stands_in = tables.is_empty().then_some((RelationKind::CompositeType, domain));
        let tables = tables.into_iter().map(|table| (RelationKind::Table, table));
        for (kind, name) in tables.chain(stands_in) {
            if let Some(effect) = self.named(kind, &name, Lock::Share) {
                reads(effect, Scan::Constraints);
            }
        }
    }

    /// What is over in a moment.
    pub(super) fn small(&mut self, node: &NodeEnum) {
        match node {
            NodeEnum::CreateTrigStmt(trigger) => {
                self.table(trigger.relation.as_ref(), Lock::ShareRowExclusive);
                self.table(trigger.constrrel.as_ref(), Lock::ShareRowExclusive);
            }
            NodeEnum::CreatePolicyStmt(policy) => self.table(policy.table.as_ref(), Lock::AccessExclusive),
            NodeEnum::AlterPolicyStmt(policy) => self.table(policy.table.as_ref(), Lock::AccessExclusive),
            NodeEnum::RuleStmt(rule) => self.table(rule.relation.as_ref(), Lock::AccessExclusive),
            NodeEnum::CreateStatsStmt(statistics) => {
                for table in ranges(&statistics.relations) {
                    self.table(Some(table), Lock::ShareUpdateExclusive);
                }
            }
            NodeEnum::CreatePublicationStmt(publication) => self.published(&publication.pubobjects),
            NodeEnum::AlterPublicationStmt(publication) => self.published(&publication.pubobjects),
            NodeEnum::CommentStmt(comment) => self.comment(comment.objtype(), comment.object.as_deref()),
            NodeEnum::ViewStmt(view) if view.replace => {
                self.lock(RelationKind::View, view.view.as_ref(), Lock::AccessExclusive);
            }
            NodeEnum::AlterSeqStmt(sequence) => {
                self.lock(RelationKind::Sequence, sequence.sequence.as_ref(), Lock::ShareRowExclusive);
            }
            NodeEnum::InsertStmt(insert) => self.written(insert.relation.as_ref()),
            NodeEnum::UpdateStmt(update) => self.written(update.relation.as_ref()),
            NodeEnum::DeleteStmt(delete) => self.written(delete.relation.as_ref()),
            NodeEnum::MergeStmt(merge) => self.written(merge.relation.as_ref()),
            NodeEnum::CopyStmt(copy) if copy.is_from => self.written(copy.relation.as_ref()),
            _ => {}
        }
    }

    /// How many rows nobody knows: at least one.
    fn written(&mut self, table: Option<&RangeVar>) {
        if let Some(effect) = self.lock(RelationKind::Table, table, Lock::RowExclusive) {
            effect.written = 1;
        }
    }

    fn published(&mut self, objects: &[Node]) {
        for object in objects {
            let Some(NodeEnum::PublicationObjSpec(object)) = &object.node else { continue };
            let table = object.pubtable.as_ref().and_then(|table| table.relation.as_ref());
            self.table(table, Lock::ShareUpdateExclusive);
        }
    }

    fn comment(&mut self, of: ObjectType, object: Option<&Node>) {
        let Some(Some(NodeEnum::List(names))) = object.map(|node| &node.node) else { return };
        let names: &[Node] = &names.items;
        let owner = || names.split_last().map(|(_, owner)| owner);
        let (of, names) = match of {
            ObjectType::ObjectColumn => (ObjectType::ObjectTable, owner()),
            ObjectType::ObjectTable | ObjectType::ObjectView | ObjectType::ObjectMatview | ObjectType::ObjectIndex => {
                (of, Some(names))
            }
            _ => return,
        };
        let name = names.filter(|names| names.iter().all(|name| string(name).is_some())).and_then(Name::of_list);
        if let Some(name) = name {
            self.named(kind(of), &name, Lock::ShareUpdateExclusive);
        }
    }
}
