//! What several tests share: a throw-away cluster, the programs of Postgres, and a dump in a form that can be compared.

pub(crate) mod bouncer;
pub(crate) mod browser;
pub(crate) mod cluster;
pub(crate) mod dump;
pub(crate) mod halves;
pub(crate) mod matrix;
pub(crate) mod migrations;
pub(crate) mod other;
pub(crate) mod papers;
pub(crate) mod place;
pub(crate) mod program;
pub(crate) mod proxy;
pub(crate) mod terminal;
