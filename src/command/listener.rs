//! Who hears what a runner says for a person: what happens is a line at once, and how far a step is, which is said all the
//! time, a line at the bottom of a terminal, or one every so often where there is none.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use crate::command::runner::{lines, step};
use crate::command::{bar, out};
use crate::migrate::event::Event;

/// How often it is said how far a step is, where that stays to be read: every ten seconds, and news may come a little early.
const EVERY: Duration = Duration::from_millis(9500);

/// What was said of a step; it goes away with the step.
pub(super) struct Listener {
    verbose: bool,
    /// Whether the last line of the screen is ours.
    at_terminal: bool,
    pace: Pace,
}

impl Listener {
    /// The only one, on stderr; the steps only where they were asked for.
    pub(super) fn alone(verbose: bool) -> Self {
        Self { verbose, at_terminal: stderr().is_terminal(), pace: Pace::default() }
    }

    /// One of several at once.
    pub(super) fn of_many(verbose: bool) -> Self {
        Self { verbose, at_terminal: false, pace: Pace::default() }
    }

    /// Says it on stderr.
    pub(super) fn hear(&mut self, event: Event) {
        for line in self.lines(event) {
            out::remark(&line);
        }
    }

    /// The lines to say.
    pub(super) fn lines(&mut self, event: Event) -> Vec<String> {
        match &event {
            Event::Progress { .. } | Event::Filled { .. } if self.at_terminal => {
                show(&event);
                return Vec::new();
            }
            Event::Progress { .. } | Event::Filled { .. } if !self.pace.is_time(Instant::now()) => return Vec::new(),
            Event::Progress { .. } | Event::Filled { .. } => {}
            Event::Held { .. } | Event::Brakes { .. } | Event::Ended { .. } | Event::Note { .. } => {}
            _ => {
                self.pace = Pace::default();
                self.rests();
            }
        }
        lines(event, self.verbose)
    }

    fn rests(&self) {
        if self.at_terminal {
            bar::hide();
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.rests();
    }
}

/// At the bottom of the terminal.
fn show(event: &Event) {
    match event {
        Event::Progress { number, statement, look, elapsed } => {
            bar::show(&step::at(*number, statement, look), step::parts(look), *elapsed);
        }
        Event::Filled { number, reading } => {
            let count = reading.of.map(|of| (reading.seen, of));
            bar::show(&format!("step {number}: {}", step::filled(reading)), count, reading.elapsed);
        }
        _ => {}
    }
}

/// When it was said last how far the step is.
#[derive(Default)]
struct Pace {
    last: Option<Instant>,
}

impl Pace {
    /// Whether it is time to say it. The first time it is not: most steps are over soon.
    fn is_time(&mut self, now: Instant) -> bool {
        match self.last {
            Some(last) if now.duration_since(last) < EVERY => false,
            before => {
                self.last = Some(now);
                before.is_some()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_spoken_of_every_ten_seconds_and_a_short_one_never() {
        let (mut pace, start) = (Pace::default(), Instant::now());
        let said: Vec<u64> = (1..35).filter(|second| pace.is_time(start + Duration::from_secs(*second))).collect();
        assert_eq!(said, [11, 21, 31]);
    }
}
