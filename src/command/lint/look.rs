//! Looks at the files: which migrations there are, what each statement does, and what the rules say.

use std::collections::BTreeMap;
use std::mem;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::base::door::Open;
use crate::base::place::Place;
use crate::command::check::given_up;
use crate::command::database::Database;
use crate::command::error::CommandError;
use crate::command::lint::relay::relay;
use crate::command::progress::Progress;
use crate::command::side::Opener;
use crate::db::error::DbError;
use crate::lint::allow::{Allow, Source};
use crate::lint::applied::Applied;
use crate::lint::check_script;
use crate::lint::down::{Came, Down};
use crate::lint::finding::{Finding, Span};
use crate::lint::guess::known::Known;
use crate::lint::policy::Policy;
use crate::lint::script::{Context, Script, trees};
use crate::migrate::books;
use crate::prove::file::Files;
use crate::scratch::Scratch;
use crate::scratch::database::ScratchDb;
use crate::source::convention::{self, Piece, discover, folder_of};
use crate::source::error::SourceError;
use crate::source::live::Live;
use crate::source::role;
use crate::sql::directive::{Directive, directives_within};
use crate::sql::file::SqlFile;
use crate::sql::split::Statement;

/// What is asked.
pub(in crate::command) struct Look<'a> {
    pub paths: &'a [PathBuf],
    pub database: &'a Database,
    pub text_only: bool,
    pub in_transaction: Option<bool>,
    pub major: Option<u32>,
    pub policy: &'a Policy,
    pub allows: &'a [Allow],
    /// What is known of the way back of migrations, by what they are called.
    pub downs: &'a BTreeMap<String, Down>,
}

/// The answer.
pub(in crate::command) struct Looked {
    pub findings: Vec<Finding>,
    pub files: usize,
    /// Why nothing was run.
    pub unmeasured: Option<String>,
}

/// One migration of a folder.
struct Migration {
    id: String,
    statements: Vec<Statement>,
    /// The bytes of its file that they are from.
    within: Range<usize>,
    in_transaction: bool,
    /// Whether it was asked for, or only comes before one that was.
    asked: bool,
    down: Option<Down>,
    /// The statements of the down, for what they let through.
    back: Option<Piece>,
}

pub(in crate::command) fn look(opener: &mut Opener, asked: &Look) -> Result<Looked, CommandError> {
    let mut context = Context { threshold: opener.config.lint.threshold(), major: asked.major, ..Context::default() };
    let mut applied = BTreeMap::new();
    if let Some(to) = asked.database.named(&opener.config)? {
        let mut live = opener.live(&to)?;
        context.sizes = live.sizes()?;
        context.major = Some(live.target.version.major());
        context.minor = Some(live.target.version.minor());
        applied = in_force(&mut live)?;
    }
    let configured = asked.in_transaction.or(opener.config.lint.in_transaction);
    let folders = folders(asked)?;
    let mut looked = Looked { findings: Vec::new(), files: 0, unmeasured: None };
    let scratch = if asked.text_only {
        looked.unmeasured = Some("`--text-only`".to_owned());
        None
    } else {
        match opener.scratch() {
            Ok(scratch) => Some(scratch),
            Err(error) => {
                looked.unmeasured = Some(error.to_string());
                None
            }
        }
    };
    for migrations in folders.values() {
        let replay = match scratch {
            Some(scratch) => Some((scratch, scratch.database("lint")?)),
            None => None,
        };
        let context = |migration: &Migration, known| {
            let in_transaction = configured.unwrap_or(migration.in_transaction);
            let (within, down) = (Some(migration.within.clone()), migration.down.clone());
            let applied = applied.get(&migration.id).cloned();
            Context { in_transaction, known, within, down, applied, ..context.clone() }
        };
        let (found, count) = match &replay {
            Some((scratch, db)) => run_each(migrations, scratch, db, asked, context)?,
            None => read_each(migrations, asked, context)?,
        };
        looked.findings.extend(found);
        looked.files += count;
    }
    Ok(looked)
}

/// What the rules say of the migrations of one folder, each run after those before it, and of how many.
fn run_each(
    migrations: &[Migration],
    scratch: &Scratch,
    db: &ScratchDb,
    asked: &Look,
    context: impl Fn(&Migration, Known) -> Context,
) -> Result<(Vec<Finding>, usize), CommandError> {
    let _progress = Progress::start("running the migrations");
    let (mut found, mut count) = (Vec::new(), 0);
    let (mut files, mut roles, mut known) = (Files::on(db.place()), Vec::new(), Known::default());
    for migration in migrations {
        // A role that is missing is made where that is ours to do.
        let mut provide = |error: &DbError| role::provide(error, scratch, &mut roles).unwrap_or(false);
        let ran = files.run(&migration.statements, &mut provide)?;
        let mut read = Script::of_file(&migration.statements, &ran, context(migration, known));
        known = mem::take(&mut read.known);
        if migration.asked {
            found.extend(findings(migration, &read, asked));
            count += 1;
        }
    }
    Ok((found, count))
}

/// The same from the text alone.
fn read_each<'m>(
    migrations: &'m [Migration],
    asked: &Look,
    context: impl Fn(&Migration, Known) -> Context + Sync,
) -> Result<(Vec<Finding>, usize), CommandError> {
    let door = Open::hold();
    let parse = |migration: &Migration| door.pass(|| trees(&migration.statements));
    let learn = |migration: &'m Migration, parsed, known| {
        let of_trees = || Script::of_trees(&migration.statements, parsed, &[], context(migration, known));
        let mut read = door.pass(of_trees);
        let known = mem::take(&mut read.known);
        (read, known)
    };
    let look =
        |migration: &Migration, read: Script| migration.asked.then(|| door.pass(|| findings(migration, &read, asked)));
    let all = relay(migrations, &parse, &learn, &look)?;
    let count = all.iter().flatten().count();
    Ok((all.into_iter().flatten().flatten().collect(), count))
}

/// What our own books say was run and not taken back, by what it is called.
fn in_force(live: &mut Live) -> Result<BTreeMap<String, Applied>, CommandError> {
    let mut last = BTreeMap::new();
    for record in books::records(&mut live.connection)? {
        last.insert(record.id.clone(), record);
    }
    let there = last.into_iter().filter(|(_, record)| record.in_force());
    Ok(there.map(|(id, record)| (id.clone(), Applied { id, sql: record.up_sql })).collect())
}

fn findings(migration: &Migration, script: &Script, asked: &Look) -> Vec<Finding> {
    let written = allows(&migration.statements, &migration.within);
    let mut allows = asked.allows.to_vec();
    allows.extend(written);
    allows.extend(migration.back.iter().flat_map(|back| self::allows(&back.statements(), &back.bytes)));
    check_script(script, asked.policy, &allows)
}

/// What the file itself lets through: at a statement, or, where it stands alone, in all of it.
pub(in crate::command) fn allows(statements: &[Statement], within: &Range<usize>) -> Vec<Allow> {
    let (found, _) = directives_within(statements, Some(within));
    let allow = |directive: Directive| match directive {
        Directive::Allow { code, object, because, file, span, statement } => {
            let place = Place { file: file.path.clone(), line: file.line(span.start) };
            let bytes = match statement.and_then(|index| statements.get(index)) {
                Some(statement) => statement.span.clone(),
                None => 0..file.text.len() + 1,
            };
            let within = Some(Span { file, bytes });
            Some(Allow { code, object, because: Some(because), source: Source::Directive(place), within })
        }
        Directive::RenamedFrom { .. }
        | Directive::Backfill { .. }
        | Directive::Phase { .. }
        | Directive::Replaces { .. } => None,
    };
    found.into_iter().filter_map(allow).collect()
}

/// The migrations of every folder that a path is in or is, in order; of a single file those before it come along.
fn folders(asked: &Look) -> Result<BTreeMap<PathBuf, Vec<Migration>>, CommandError> {
    let mut folders: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in asked.paths {
        // Its folder may be there, and have nothing that was asked for: that would look like files without a fault.
        if !path.exists() {
            return Err(SourceError::NotThere { path: path.clone() }.into());
        }
        let folder = if path.is_dir() { path.clone() } else { folder_of(path) };
        folders.entry(folder).or_default().push(path.clone());
    }
    let read = |(folder, paths): (PathBuf, Vec<PathBuf>)| {
        let found = discover(&folder)?;
        let is_asked_for = |one: &convention::Migration| {
            let down = one.down.as_ref().is_some_and(|down| is_asked(&down.file, &paths));
            is_asked(&one.up.file, &paths) || down
        };
        let any_down = found.iter().any(|one| one.down.is_some());
        let down = |one: &convention::Migration| {
            let missing = (any_down && one.down.is_none() && !one.repeats).then_some(Came::Missing);
            let came = given_up(one).map(Came::GivenUp).or(missing);
            let known = came.map(|came| Down { id: one.id.clone(), at: None, came, edited: Vec::new() });
            asked.downs.get(&one.id).cloned().or(known)
        };
        let last = found.iter().rposition(is_asked_for).map_or(0, |last| last + 1);
        let migration = |one: &convention::Migration| Migration {
            id: one.id.clone(),
            statements: one.up.statements(),
            within: one.up.bytes.clone(),
            in_transaction: one.in_transaction,
            asked: is_asked_for(one),
            down: down(one),
            back: one.down.clone().filter(|back| back.file != one.up.file || back.bytes != one.up.bytes),
        };
        Ok((folder, found[..last].iter().map(migration).collect()))
    };
    folders.into_iter().map(read).collect()
}

fn is_asked(file: &SqlFile, paths: &[PathBuf]) -> bool {
    let path = Path::new(&file.path);
    paths.iter().any(|asked| path == asked || asked.is_dir() && path.starts_with(asked) || same(path, asked))
}

fn same(path: &Path, asked: &Path) -> bool {
    matches!((path.canonicalize(), asked.canonicalize()), (Ok(path), Ok(asked)) if path.starts_with(&asked))
}
