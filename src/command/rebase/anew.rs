//! A migration that conflicts with what lies before it, planned anew.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::base::wording::listed;
use crate::command::branch::{Conflict, Folder};
use crate::command::check::edited;
use crate::command::error::CommandError;
use crate::command::moves::Moves;
use crate::command::rebase::Args;
use crate::command::rebase::error::RebaseError;
use crate::command::side::Opener;
use crate::command::{out, plan};
use crate::exit::Exit;
use crate::migrate::branch::FILE;
use crate::migrate::fork::behind;

/// What is planned anew, and why.
pub(super) struct Anew {
    id: String,
    with: String,
    why: String,
    /// Those behind it, which were planned for what it led to: the new one does what they did.
    absorbed: Vec<String>,
}

impl Anew {
    /// # Errors
    /// When it, or one of those behind it, is not to be planned anew.
    pub(super) fn of(
        found: &Folder,
        conflict: &Conflict,
        applied: &BTreeMap<String, Vec<String>>,
    ) -> Result<Self, CommandError> {
        let id = |at: usize| found.files.get(at).map_or_else(String::new, |file| file.id.clone());
        let with = id(conflict.with);
        let last: Vec<usize> = (conflict.at + 1..found.files.len()).collect();
        let own = behind(conflict.at, found.files, &found.played.states);
        let others: Vec<String> = last.iter().filter(|at| !own.contains(at)).map(|at| id(*at)).collect();
        for at in std::iter::once(conflict.at).chain(own) {
            let (Some(file), Some(migration)) = (found.files.get(at), found.migrations.get(at)) else { continue };
            let what = if file.from.is_none() {
                "it was written by hand"
            } else if !edited(migration)?.is_empty() {
                "it was edited after it was planned"
            } else if file.contract.is_some() {
                "it is the second of two migrations, or held back by hand"
            } else {
                if let Some(places) = applied.get(&file.id) {
                    return Err(RebaseError::Applied { id: id(at), with, place: listed(places) }.into());
                }
                continue;
            };
            return Err(RebaseError::ByHand { id: id(at), with, what, why: conflict.why.clone() }.into());
        }
        if !others.is_empty() {
            return Err(RebaseError::NotLast { id: id(conflict.at), with, behind: others }.into());
        }
        let absorbed = last.into_iter().map(id).collect();
        Ok(Self { id: id(conflict.at), with, why: conflict.why.clone(), absorbed })
    }

    pub(super) fn ids(&self) -> Vec<&str> {
        std::iter::once(&self.id).chain(&self.absorbed).map(String::as_str).collect()
    }

    pub(super) fn told(&self, dry: bool) -> String {
        let is = if dry { "would be" } else { "is" };
        let mut text = format!("{} conflicts with {}, {}\n  it {is} planned anew", self.id, self.with, self.why);
        if !self.absorbed.is_empty() {
            text.push_str(&format!(", and does what {} did, which {is} gone", self.absorbed.join(", ")));
        }
        text + "\n"
    }

    /// Writes it in the place of what was there and of what it took over. Other files that lie beside its own stay.
    pub(super) fn write(&self, args: &Args, opener: Opener, place: &Path) -> Result<Exit, CommandError> {
        let moves = Moves::new(place)?;
        let new = moves.copy(&self.id)?;
        let asked = plan::Again {
            before: &self.id,
            folder: &place.join(&self.id),
            into: &moves.coming(),
            schema: &args.schema,
            scratch: args.scratch.as_deref(),
            allow: &args.allow,
        };
        let (exit, empty) = plan::again(&asked, opener)?;
        let done = if empty {
            out::text(&format!("nothing is left for {} to do: it is removed\n", self.id))?;
            fs::remove_dir_all(&new)
        } else if new.join(FILE).exists() {
            fs::remove_file(new.join(FILE))
        } else {
            Ok(())
        };
        done.map_err(|cause| CommandError::Unwritable { path: place.to_owned(), cause })?;
        moves.take_the_place(&self.ids())?;
        Ok(exit)
    }
}
