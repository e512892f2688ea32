//! `apply` on many databases: a look at each, the canaries, then the others, a few at a time.

mod job;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use crate::base::wording::counted;
use crate::command::apply::Args;
use crate::command::apply::fleet::job::Job;
use crate::command::database::may_back_up;
use crate::command::error::CommandError;
use crate::command::fault::render;
use crate::command::fleet::each::each;
use crate::command::fleet::group::{Group, told};
use crate::command::fleet::look::{Seen, alike, look};
use crate::command::fleet::matrix::Matrix;
use crate::command::fleet::outcome::{Outcome, State, worst};
use crate::command::fleet::record;
use crate::command::fleet::target::Target;
use crate::command::fleet::voice::Voice;
use crate::command::format::TextOrJson;
use crate::command::listener::Listener;
use crate::command::run::Run;
use crate::command::runner::{agrees, can_ask, done, span};
use crate::command::{interrupt, out};
use crate::config::Config;
use crate::exit::Exit;
use crate::migrate::event::Event;
use crate::migrate::folder;
use crate::migrate::survey::Survey;

/// # Errors
/// What is wrong with the command or the files; what is wrong with a target is in its row.
pub(super) fn run(args: &Args, targets: Vec<Target>, config: &Config, run: &Run) -> Result<Exit, CommandError> {
    let files = folder::read(&config.migrations())?;
    let (order, rollout) = (args.order(), &args.rollout);
    args.may_seed(config, targets.iter().map(|target| (args.environment_of(target), &target.to)))?;
    let seeds = args.seeds_of_many(config, &targets)?;
    if let Some(to) = &order.to {
        // Said once, and not by each target.
        Survey::of(&files, &[]).find(to)?;
    }
    let named = if rollout.canary.is_empty() { &config.fleet.canary } else { &rollout.canary };
    rollout.check(&targets)?;
    targets.iter().try_for_each(|target| may_back_up(args.backup, &target.to))?;
    let targets = if rollout.retry_failed { record::failed(config, targets)? } else { targets };
    if targets.is_empty() {
        out::text("nothing failed in the last run\n")?;
        return Ok(Exit::Fine);
    }
    let mut fleet = Apply {
        job: Job {
            args,
            config,
            files: &files,
            order,
            seeds,
            force: args.force.iter().cloned().collect(),
            stop: interrupt::listen(),
        },
        failures: AtomicUsize::new(0),
        count: 0,
        done: AtomicUsize::new(0),
    };
    let mut seen =
        look(targets, args.fleet.jobs(config), &files, &|target| fleet.job.order_for(target), &fleet.job.stop);
    let groups = alike(&seen);
    let first = first_of_each(&groups, &seen);
    fleet.say_first_look(&seen);
    fleet.count = seen.iter().filter(|seen| seen.due).count();
    out::remark(told(&groups).trim_end());
    if args.dry_run {
        fleet.preview(&mut seen);
    } else if fleet.count > 0
        && !args.yes
        && can_ask()
        && !agrees(&format!("run this on {}?", counted(fleet.count, "target")))
    {
        return Ok(Exit::Differs);
    }
    if !args.dry_run {
        fleet.roll_out(&mut seen, named, &first);
    }
    let outcomes: Vec<Outcome> = seen.into_iter().map(|seen| seen.outcome).collect();
    let written = if args.dry_run { Ok(()) } else { record::write(config, &outcomes, rollout.retry_failed) };
    let matrix = Matrix::of("apply", &outcomes, &groups);
    run.result(&matrix.kept()?)?;
    out::text(&matrix.render(rollout.format.unwrap_or(TextOrJson::Text))?)?;
    written?;
    Ok(if fleet.is_cut_short(&outcomes) { Exit::Interrupted } else { worst(&outcomes) })
}

/// Of each group of schemas alike the first that has something to do: it goes before the others, unless somebody says which
/// do, as it shows whether the migration means the same there as where it was proven.
fn first_of_each(groups: &[Group], seen: &[Seen]) -> Vec<String> {
    let due = |name: &&String| {
        let is_it = |seen: &&Seen| seen.target.name == **name;
        seen.iter().find(is_it).is_some_and(|seen| seen.due && seen.target.to.tenant().is_some())
    };
    groups.iter().filter_map(|group| group.targets.iter().find(due).cloned()).collect()
}

struct Apply<'a> {
    job: Job<'a>,
    failures: AtomicUsize,
    /// How many have something to do, and how many of them were come to.
    count: usize,
    done: AtomicUsize,
}

impl Apply<'_> {
    /// Says which of them cannot be come to, or may not be run.
    fn say_first_look(&self, seen: &[Seen]) {
        for seen in seen.iter().filter(|seen| seen.outcome.is_failure()) {
            self.failures.fetch_add(1, Ordering::SeqCst);
            let message = seen.outcome.error.as_ref().map(|error| error.message.as_str());
            Voice(&seen.target.name).say(message.unwrap_or_default());
        }
    }

    /// Makes every check that needs no write.
    fn preview(&self, seen: &mut [Seen]) {
        let jobs = self.job.args.fleet.jobs(self.job.config);
        let previewed = each(seen, jobs, &|seen| {
            (seen.due && !self.job.stop.is_wished()).then(|| {
                let mut outcome = seen.outcome.clone();
                outcome.state = State::Pending;
                if let Err(error) = self.job.checked(&seen.target) {
                    self.fails(&mut outcome, &error);
                }
                outcome
            })
        });
        for (seen, outcome) in seen.iter_mut().zip(previewed) {
            seen.outcome = outcome.unwrap_or_else(|| seen.outcome.clone());
        }
    }

    /// The canaries one after the other, then the others.
    fn roll_out(&self, seen: &mut [Seen], named: &[String], firsts: &[String]) {
        let (first, rest) = self.order_of(seen, named, firsts);
        // A canary that cannot be come to is one that failed.
        let mut fine = !seen.iter().any(|seen| named.contains(&seen.target.name) && seen.outcome.is_failure());
        for at in first {
            if !fine || self.is_over() {
                break;
            }
            let Some(canary) = seen.get_mut(at) else { continue };
            canary.outcome.canary = true;
            canary.outcome = self.one(canary);
            fine = !canary.outcome.is_failure();
        }
        if fine {
            let targets: Vec<&Seen> = rest.iter().filter_map(|at| seen.get(*at)).collect();
            let done = each(&targets, self.job.args.fleet.jobs(self.job.config), &|seen| {
                (!self.is_over()).then(|| self.one(seen))
            });
            for (at, outcome) in rest.iter().zip(done) {
                if let (Some(seen), Some(outcome)) = (seen.get_mut(*at), outcome) {
                    seen.outcome = outcome;
                }
            }
        }
        let why = if self.job.stop.is_wished() {
            "not reached: interrupted".to_owned()
        } else if fine {
            format!("not reached: {} failed", self.failures.load(Ordering::SeqCst))
        } else {
            "not reached: a canary failed".to_owned()
        };
        for seen in seen.iter_mut().filter(|seen| seen.outcome.state == State::Skipped) {
            seen.outcome.note = Some(why.clone());
        }
    }

    /// Which of those that have something to do come first, and which after them.
    fn order_of(&self, seen: &[Seen], named: &[String], firsts: &[String]) -> (Vec<usize>, Vec<usize>) {
        let due = seen.iter().enumerate().filter(|(_, seen)| seen.due).map(|(at, _)| at);
        let count = self.job.args.rollout.canaries;
        let named = if named.is_empty() && self.job.config.fleet.canaries == 0 { firsts } else { named };
        if count.is_none() && !named.is_empty() {
            return due.partition(|at| seen.get(*at).is_some_and(|seen| named.contains(&seen.target.name)));
        }
        let mut first: Vec<usize> = due.collect();
        let rest = first.split_off(count.unwrap_or(self.job.config.fleet.canaries).min(first.len()));
        (first, rest)
    }

    /// Whether nothing more is to be begun.
    fn is_over(&self) -> bool {
        let most = self.job.args.rollout.max_failures.unwrap_or(self.job.config.fleet.max_failures);
        self.job.stop.is_wished() || (most > 0 && self.failures.load(Ordering::SeqCst) >= most)
    }

    /// All of one target.
    fn one(&self, seen: &Seen) -> Outcome {
        let (start, voice, mut ran, mut seeded) = (Instant::now(), Voice(&seen.target.name), Vec::new(), Vec::new());
        let mut listener = Listener::of_many(self.job.args.verbose);
        let mut tell = |event: Event| {
            if let Event::Done { id, forward, .. } = &event {
                if *forward {
                    ran.push(id.clone());
                } else {
                    ran.retain(|one| one != id);
                }
            }
            if let Event::SeedDone { name, .. } = &event {
                seeded.push(name.clone());
            }
            done(&event).iter().for_each(|line| voice.say(line));
            listener.lines(event).iter().for_each(|line| voice.say(line));
        };
        let done = self.job.work(&seen.target, &mut tell);
        let mut outcome = seen.outcome.clone();
        outcome.take_down(ran);
        outcome.seeded = seeded;
        outcome.seconds = Some(start.elapsed().as_secs_f64());
        match done {
            Ok(()) if outcome.pending.is_empty() => outcome.state = State::Applied,
            Ok(()) => outcome.state = State::Pending,
            Err(error) => self.fails(&mut outcome, &error),
        }
        let number = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        voice.say(&format!("{}, {number} of {}, {}", outcome.state.word(), self.count, span(start.elapsed())));
        outcome
    }

    fn fails(&self, outcome: &mut Outcome, error: &CommandError) {
        outcome.fail(error);
        outcome.trace();
        if outcome.is_failure() {
            self.failures.fetch_add(1, Ordering::SeqCst);
        }
        Voice(&outcome.name).say(&render(error));
    }

    /// Whether Ctrl-C kept anything from being done.
    fn is_cut_short(&self, outcomes: &[Outcome]) -> bool {
        let left = |outcome: &Outcome| outcome.state == State::Skipped || outcome.exit == Exit::Interrupted;
        self.job.stop.is_wished() && outcomes.iter().any(left)
    }
}
