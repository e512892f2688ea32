//! Privileges on what an extension brought along, where they are not those that it gave it (`pg_init_privs`), as with
//! `GRANT USAGE ON SCHEMA cron`.
//!
//! The object belongs to the extension and is no fact, so that they stand on the extension.

use postgres::Row;
use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::db::error::DbError;
use crate::db::row::decode;
use crate::kind::acl::Acl;
use crate::kind::acl::entry::Entries;
use crate::kind::carried::Carried;
use crate::kind::default_privileges::initial::initial;
use crate::kind::key::Shape;
use crate::kind::statement::{Alter, Statement};
use crate::kind::{Body, Key, Kind, Site};

/// Named by its extension, and as GRANT names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Member {
    pub on: Box<Key>,
    /// `TABLE public.spatial_ref_sys`.
    pub object: String,
    /// Where they are those on a column.
    pub column: Option<Ident>,
}

impl Member {
    /// The object as a whole.
    pub fn new(on: Key, object: impl Into<String>) -> Self {
        Self { on: Box::new(on), object: object.into(), column: None }
    }
}

impl Shape for Member {
    fn on(&self) -> Option<&Key> {
        Some(&self.on)
    }
    fn name(&self) -> &str {
        &self.object
    }
    fn renamed(&self, name: &str) -> Self {
        Self { object: name.to_owned(), ..self.clone() }
    }
    fn rebased(&self, on: Key) -> Self {
        Self { on: Box::new(on), ..self.clone() }
    }
    fn sql(&self) -> String {
        match &self.column {
            Some(column) => format!("{} ({column})", self.object),
            None => self.object.clone(),
        }
    }
    fn read(row: &Row, on: Option<Key>) -> Result<Self, DbError> {
        #[derive(Deserialize)]
        struct Named {
            object: String,
            column: Option<Ident>,
        }
        let on = on.ok_or_else(|| DbError::unexpected("privileges on the object of no extension"))?;
        let Named { object, column } = decode(row)?;
        Ok(Self { on: Box::new(on), object, column })
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MemberAcl {
    acl: Acl,
    /// The schema that the object is in.
    schema: Carried<Option<Ident>>,
}

impl Kind for MemberAcl {
    const LABEL: &'static str = "member privileges";
    const QUERY: &'static str = concat!(include_str!("../extension/member.sql"), include_str!("member.sql"));

    fn create(&self, at: &Site) -> Vec<Statement> {
        let standard = &self.acl.standard.0;
        let mut starts = vec![standard.clone()];
        if at.key.on().is_some_and(|extension| !at.there.contains(extension)) {
            let given = initial(at, self.schema.0.as_ref(), &self.acl.objects.0, standard);
            starts.extend(given.into_iter().filter(|given| given != standard));
        }
        // Whose it is on the server is not known; who makes the extension has what it brings along.
        self.written(&starts, &self.acl.entries, at, "CURRENT_USER")
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        self.changed(&self.acl.standard.0, at)
    }

    fn alter(&self, to: &Self, at: &Site) -> Alter {
        let Self { acl: Acl { entries, standard: _, objects: _, owner: _ }, schema: _ } = to;
        Alter::in_place(self.changed(entries, at))
    }

    /// Those on a column after those on its table.
    fn follows(&self, at: &Site) -> Vec<Key> {
        let Key::MemberAcl(Member { on, object, column: Some(_) }) = at.key else { return Vec::new() };
        vec![Key::MemberAcl(Member::new((**on).clone(), object))]
    }
}

impl MemberAcl {
    pub fn new(acl: Acl, schema: Option<Ident>) -> Self {
        Self { acl, schema: Carried(schema) }
    }

    /// From what there is to these, with what columns lose by the way given back.
    fn changed(&self, to: &Entries, at: &Site) -> Vec<Statement> {
        let owner = self.acl.owner.0.to_string();
        let mut statements = self.written(std::slice::from_ref(&self.acl.entries), to, at, &owner);
        let Key::MemberAcl(Member { on, object, column: None }) = at.key else { return statements };
        for (key, after) in at.there.standing_on(on) {
            let Key::MemberAcl(Member { on: _, object: other, column: Some(_) }) = key else { continue };
            let (Some(Body::MemberAcl(before)), Body::MemberAcl(after)) = (at.here.get(key), after) else { continue };
            if object == other {
                let again = self.acl.taken_along(to, &before.acl, &after.acl);
                statements.extend(after.written(&[Entries::new()], &again, &at.of(key), &owner));
            }
        }
        statements
    }

    fn written(&self, starts: &[Entries], to: &Entries, at: &Site, owner: &str) -> Vec<Statement> {
        let Key::MemberAcl(Member { on: _, object, column }) = at.key else { return Vec::new() };
        self.acl.on_object(starts, to, object, column.as_ref(), owner)
    }
}
