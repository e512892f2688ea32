//! What `apply` does at each of many databases.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::apply::Args;
use crate::command::asked;
use crate::command::backup::before_a_run;
use crate::command::error::CommandError;
use crate::command::fleet::error::FleetError;
use crate::command::fleet::target::Target;
use crate::command::fleet::voice::Voice;
use crate::command::listener::Listener;
use crate::command::preflight::before;
use crate::command::runner::options;
use crate::config::Config;
use crate::migrate::apply::Order;
use crate::migrate::event::Event;
use crate::migrate::folder::Migration;
use crate::migrate::seed::Seeds;
use crate::migrate::session::{Options, Session};
use crate::migrate::stop::Stop;
use crate::migrate::voice::Tell;
use crate::script::slug::spelled;

/// The same for all of them; the seeds are those of its environment.
pub(super) struct Job<'a> {
    pub args: &'a Args,
    pub config: &'a Config,
    pub files: &'a [Migration],
    /// Without seeds, which are of an environment.
    pub order: Order,
    pub seeds: BTreeMap<Option<String>, Seeds>,
    pub force: BTreeSet<String>,
    pub stop: Stop,
}

impl Job<'_> {
    pub(super) fn order_for(&self, target: &Target) -> Order {
        let seeds = self.seeds.get(&self.args.environment_of(target)).cloned();
        Order { seeds, ..self.order.clone() }
    }

    fn options(&self) -> Options {
        Options { stop: self.stop.clone(), ..options(self.config, self.args.ticket.as_deref()) }
    }

    pub(super) fn checked(&self, target: &Target) -> Result<(), CommandError> {
        let voice = Voice(&target.name);
        let mut listener = Listener::of_many(self.args.verbose);
        let mut tell = |event: Event| listener.lines(event).iter().for_each(|line| voice.say(line));
        let mut session = Session::open(&target.to, self.options(), &mut tell)?;
        let order = self.order_for(target);
        self.check_rows(&mut session, target)?;
        for (seed, _) in order.seeds.as_ref().map(|seeds| session.seeds_due(seeds)).transpose()?.unwrap_or_default() {
            voice.say(&format!("would seed {}", seed.file.name));
        }
        let gate = self.args.gate(self.config, target.environment.as_deref());
        gate.lint(&mut session, self.files, &order)?;
        voice.say(&gate.hash(&mut session, self.files, &order)?);
        Ok(())
    }

    pub(super) fn work(&self, target: &Target, tell: Tell) -> Result<(), CommandError> {
        let (args, voice) = (self.args, Voice(&target.name));
        let end_older_than = args.blockers.older_than(self.config, target.environment.as_deref())?;
        let mut session = Session::open(&target.to, Options { end_older_than, ..self.options() }, tell)?;
        let (gate, order) = (args.gate(self.config, target.environment.as_deref()), self.order_for(target));
        gate.before(&mut session, self.files, &order)?;
        gate.lint(&mut session, self.files, &order)?;
        if args.check_data || self.config.apply.check_data {
            self.check_rows(&mut session, target)?;
        }
        if session.is_due(self.files, &order)? {
            let say = |line: &str| voice.say(line);
            before::check(&mut session.connection, self.config, &self.force, args.verbose, &say)?;
            if args.backup {
                let name = format!("before-apply-{}", spelled(&target.name));
                voice.say(&before_a_run(self.config, &target.to, &name)?);
            }
        }
        gate.apply(&mut session, self.files, &order, &|line| voice.say(line))?;
        Ok(())
    }

    /// Whether the database is where what is due starts from, and its rows let that through.
    fn check_rows(&self, session: &mut Session, target: &Target) -> Result<(), CommandError> {
        let due = session.preview(self.files, &self.order)?;
        if !self.args.check_data && !self.config.apply.check_data {
            return Ok(());
        }
        let (to, environment) = (&target.to, target.environment.as_deref());
        let (text, through) = asked::verdict(to, self.config, environment, &due, &self.args.allow)?;
        Voice(&target.name).say(&text);
        if through { Ok(()) } else { Err(FleetError::Rows.into()) }
    }
}
