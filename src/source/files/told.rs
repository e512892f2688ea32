//! The errors of a load, each at its place in the user's file.

use std::collections::BTreeSet;
use std::sync::Arc;

use miette::{NamedSource, SourceSpan};

use crate::base::wording::{counted, nearest};
use crate::source::error::{Refused, SourceError};
use crate::source::files::refusal::Refusal;
use crate::source::files::script::Script;
use crate::sql::defined::{Defined, defined};
use crate::sql::words::Words;

/// A place in a file, with the whole text around it.
#[derive(Clone, Debug)]
pub struct Spot {
    pub text: NamedSource<Arc<str>>,
    pub at: SourceSpan,
}

/// Everything that was refused as one error: what fails by itself is shown, what only misses that is counted.
pub fn tell(scripts: &[Script], refusals: &[Refusal], makes: &[Defined], major: u32) -> SourceError {
    let mut told: Vec<&Refusal> = refusals.iter().map(|r| r.original.as_deref().unwrap_or(r)).collect();
    told.sort_by_key(|refusal| (refusal.item.script, refusal.item.at));
    let shown = roots(&told);
    let loop_only = shown.is_empty();
    let shown: BTreeSet<usize> = if loop_only { (0..told.len()).collect() } else { shown };
    let mut places = BTreeSet::new();
    let statements: Vec<Refused> = shown
        .iter()
        .map(|place| told[*place])
        .filter(|refusal| places.insert((refusal.item.script, refusal.item.at)))
        .map(|refusal| one(scripts, refusal, makes, major))
        .collect();
    let count = statements.len();
    let missing =
        statements.iter().all(|s| matches!(s, Refused::MissingExtension { .. } | Refused::MissingRole { .. }));
    if loop_only && count > 1 {
        return SourceError::Cycle { statements };
    }
    let hidden = refusals.iter().map(|r| (r.item.script, r.item.at)).filter(|place| !places.contains(place));
    let hidden = hidden.collect::<BTreeSet<_>>().len();
    let help = (hidden > 0).then(|| match hidden {
        1 => "1 more statement fails only because it needs what these would make".to_owned(),
        _ => format!("{hidden} more statements fail only because they need what these would make"),
    });
    match <[Refused; 1]>::try_from(statements) {
        Ok([only]) if missing || help.is_none() => SourceError::One(Box::new(only)),
        Ok(only) => SourceError::Refused { count: counted(1, "statement"), statements: only.into(), help },
        Err(statements) => SourceError::Refused { count: counted(count, "statement"), statements, help },
    }
}

/// The refusals that are not explained by another: those, and what cannot be reached from one of those.
fn roots(told: &[&Refusal]) -> BTreeSet<usize> {
    let makes: Vec<Option<Defined>> = told.iter().map(|refusal| defined(&refusal.item.sql)).collect();
    let waits_for = |refusal: &Refusal, own: usize| -> Vec<usize> {
        let same_place =
            |other: usize| told[other].item.at == refusal.item.at && told[other].item.script == refusal.item.script;
        let names = |made: &Defined| names(&refusal.message, made);
        (0..told.len())
            .filter(|other| *other != own && !same_place(*other) && makes[*other].as_ref().is_some_and(names))
            .collect()
    };
    let waits: Vec<Vec<usize>> = told.iter().enumerate().map(|(own, refusal)| waits_for(refusal, own)).collect();
    (0..told.len()).filter(|place| waits[*place].is_empty()).collect()
}

/// Whether the server's message is about this thing.
fn names(message: &str, made: &Defined) -> bool {
    let name = &made.name;
    let routine = message.starts_with("function ") || message.starts_with("procedure ");
    if routine {
        return message.contains(&format!(" {name}(")) || message.contains(&format!(".{name}("));
    }
    message.contains(&format!("\"{name}\"")) || message.contains(&format!(".{name}\""))
}

fn one(scripts: &[Script], refusal: &Refusal, makes: &[Defined], major: u32) -> Refused {
    let Spot { text, at } = spot(scripts, refusal);
    let between = |before: &str, after: &str| {
        let rest = refusal.message.strip_prefix(before)?;
        rest.strip_suffix(after).map(str::to_owned)
    };
    if let Some(role) = between("role \"", "\" does not exist") {
        return Refused::MissingRole { role, text, at };
    }
    let missing = between("extension \"", "\" is not available");
    // Before 15 the server named the control file only.
    let missing = missing
        .or_else(|| refusal.message.rsplit_once('/')?.1.split_once(".control\"").map(|(name, _)| name.to_owned()));
    if let Some(extension) = missing {
        let help = how_to_install(&extension, major);
        return Refused::MissingExtension { extension, text, at, help };
    }
    let detail = refusal.detail.as_deref().map(|detail| format!(": {detail}")).unwrap_or_default();
    let said = format!("{}{detail}", refusal.message);
    if refusal.sqlstate == "42601" {
        return Refused::Syntax { said, text, at, help: refusal.hint.clone() };
    }
    let help = refusal.hint.clone().or_else(|| suggestion(refusal, makes));
    Refused::Statement { said, sqlstate: refusal.sqlstate.clone(), text, at, help }
}

fn how_to_install(extension: &str, major: u32) -> String {
    let package = match extension {
        "postgis" | "postgis_topology" | "postgis_raster" => format!("postgresql-{major}-postgis-3"),
        "vector" => format!("postgresql-{major}-pgvector"),
        "pg_cron" => format!("postgresql-{major}-cron"),
        "pg_partman" => format!("postgresql-{major}-partman"),
        "timescaledb" => "timescaledb-2-postgresql".to_owned(),
        other => format!("postgresql-{major}-{}", other.replace('_', "-")),
    };
    format!(
        "install it (those of Postgres itself are in `postgresql-contrib`, this one may be `{package}`), \
         or name a server that has it with `--scratch URL`"
    )
}

/// What may have been meant, or where a type usually comes from.
fn suggestion(refusal: &Refusal, makes: &[Defined]) -> Option<String> {
    let quoted = refusal.message.split('"').nth(1)?;
    let name = quoted.rsplit('.').next()?;
    let (what, from) = match refusal.sqlstate.as_str() {
        "42P01" => ("table or view", &["table", "view", "sequence"][..]),
        "42704" if refusal.message.starts_with("type ") => ("type", &["type", "domain", "table"][..]),
        "3F000" => ("schema", &["schema"][..]),
        _ => return None,
    };
    let extension = match name {
        "citext" | "hstore" | "ltree" | "cube" | "isn" | "seg" => Some(name),
        "geometry" | "geography" | "raster" => Some("postgis"),
        "vector" | "halfvec" => Some("vector"),
        _ => None,
    };
    if let Some(extension) = extension {
        return Some(format!("it comes with an extension: `CREATE EXTENSION {extension};`"));
    }
    let known = makes.iter().filter(|made| from.contains(&made.kind.as_str())).map(|made| made.name.as_str());
    match nearest(name, known) {
        Some(near) if near != name => Some(format!("did you mean `{near}`?")),
        // It is made, but elsewhere; or it waits for this one, and then the loop is told of as a whole.
        Some(_) => None,
        None => Some(format!("no statement makes a {what} of this name")),
    }
}

/// Where it went wrong: at the server's position, else at the statement's first line.
fn spot(scripts: &[Script], refusal: &Refusal) -> Spot {
    let Some(script) = scripts.get(refusal.item.script) else {
        return Spot { text: NamedSource::new("?", Arc::from("")), at: (0, 0).into() };
    };
    let item = &refusal.item;
    let inside = refusal.position.filter(|_| !item.part).and_then(|position| {
        let before = usize::try_from(position).ok()?.checked_sub(1)?;
        item.sql.char_indices().nth(before).map(|(at, _)| at)
    });
    let start = item.at + inside.unwrap_or(0);
    let rest = script.file.text.get(start..).unwrap_or_default();
    let length = match inside {
        Some(_) => Words::of(rest).next().map_or(0, |(_, at)| at.end),
        None => rest.find(['\n', ';', '(']).unwrap_or(rest.len()),
    };
    let text = NamedSource::new(&script.file.path, Arc::clone(&script.file.text)).with_language("sql");
    Spot { text, at: (start.min(script.file.text.len()), length).into() }
}
