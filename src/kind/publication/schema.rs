//! A schema of which a publication publishes every table (15).

use serde::{Deserialize, Serialize};

use crate::base::name::Ident;
use crate::kind::key::Global;
use crate::kind::statement::{Alter, Statement, one};
use crate::kind::{Key, Kind, Site};

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicationSchema {}

impl Kind for PublicationSchema {
    const LABEL: &'static str = "published schema";
    const QUERY: &'static str = include_str!("schema.sql");

    fn create(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} ADD TABLES IN SCHEMA {}", at.on_object(), Ident::new(at.key.name())))
    }

    fn drop(&self, at: &Site) -> Vec<Statement> {
        one(format!("ALTER {} DROP TABLES IN SCHEMA {}", at.on_object(), Ident::new(at.key.name())))
    }

    fn alter(&self, to: &Self, _at: &Site) -> Alter {
        let Self {} = to;
        Alter::Equivalent
    }

    fn requires(&self, at: &Site) -> Vec<Key> {
        vec![schema(at)]
    }

    fn dropped_with(&self, at: &Site, dropped: &dyn Fn(&Key) -> bool) -> Option<Key> {
        at.key.on().cloned().into_iter().chain([schema(at)]).find(|key| dropped(key))
    }

    fn folds_into(&self, at: &Site) -> Option<Key> {
        at.key.on().cloned()
    }

    fn clause(&self, at: &Site) -> Option<String> {
        Some(Ident::new(at.key.name()).to_string())
    }
}

fn schema(at: &Site) -> Key {
    Key::Schema(Global { name: Ident::new(at.key.name()) })
}
