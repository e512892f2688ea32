//! What `pg_dump` writes of a backup.

use std::path::Path;

use crate::base::fault::point;
use crate::base::name::Qualified;
use crate::db::connection::Shared;
use crate::operate::backup::manifest::Layer;
use crate::operate::backup::pack::pack;
use crate::operate::backup::{Compress, Format, Kind, Settings};
use crate::operate::client::{Client, Run};
use crate::operate::error::OperateError;

/// One archive, and how it is made.
pub(super) struct Archive<'a> {
    pub kind: Kind,
    /// The file or folder.
    pub name: &'static str,
    pub tables: &'a [Qualified],
    pub format: Format,
}

/// What all archives of a backup have in common.
pub(super) struct Maker<'a> {
    pub client: Client,
    pub settings: &'a Settings,
    pub folder: &'a Path,
    pub recipients: Vec<age::x25519::Recipient>,
}

impl Maker<'_> {
    pub(super) fn make(&self, shared: &Shared, archive: &Archive) -> Result<(), OperateError> {
        let path = self.folder.join(archive.name);
        let mut run = Run::new(&self.client, "pg_dump", &shared.to);
        for argument in self.arguments(archive) {
            run.argument(&argument);
        }
        run.argument(&format!("--snapshot={}", shared.id()));
        if archive.format == Format::Directory {
            run.argument(&format!("--file={}", path.display()));
            return run.finish();
        }
        let made = run.read(|stdout| pack(stdout, &path, self.zstd(), &self.recipients).map(drop));
        point();
        made
    }

    pub(super) fn zstd(&self) -> Option<i32> {
        match self.settings.compress {
            Compress::Zstd(level) => Some(level),
            Compress::None | Compress::Gzip(_) => None,
        }
    }

    /// Without what leads to the server, which is in the environment.
    fn arguments(&self, archive: &Archive) -> Vec<String> {
        let mut arguments = vec!["--no-password".to_owned()];
        match archive.format {
            Format::Custom => arguments.push("--format=custom".to_owned()),
            Format::Directory => {
                arguments.push("--format=directory".to_owned());
                arguments.push(format!("--jobs={}", self.settings.jobs));
            }
        }
        let level = match self.settings.compress {
            Compress::Gzip(level) => level,
            // What is compressed by another program behind it is not to be compressed before.
            Compress::None | Compress::Zstd(_) => 0,
        };
        arguments.push(format!("--compress={level}"));
        match archive.kind {
            // The rows of the last do not come from `pg_dump`.
            Kind::Full | Kind::Since => {}
            Kind::Schema => arguments.push("--schema-only".to_owned()),
            Kind::Data => arguments.push("--data-only".to_owned()),
        }
        // Quoted, the names are no patterns.
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
        let named = archive.tables.iter();
        arguments.extend(
            named.map(|table| format!("--table={}.{}", quoted(table.schema.as_str()), quoted(table.name.as_str()))),
        );
        arguments
    }

    pub(super) fn layers(&self) -> Vec<Layer> {
        let zstd = matches!(self.settings.compress, Compress::Zstd(_)).then_some(Layer::Zstd);
        let age = (!self.recipients.is_empty()).then_some(Layer::Age);
        zstd.into_iter().chain(age).collect()
    }
}
