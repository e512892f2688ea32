//! Who hears what happens: said from the session at work, and from beside it while a statement takes its time.

use std::sync::{Arc, Mutex, PoisonError};

use crate::migrate::event::Event;

/// Whom a runner tells of what happens.
pub type Tell<'a> = &'a mut (dyn FnMut(Event) + Send);

/// The one mouth of a session, shared by who speaks for it.
#[derive(Clone)]
pub(in crate::migrate) struct Voice<'a> {
    tell: Arc<Mutex<Tell<'a>>>,
    /// Which database it is about.
    database: Arc<str>,
}

impl<'a> Voice<'a> {
    pub(in crate::migrate) fn new(tell: Tell<'a>, database: &str) -> Self {
        Self { tell: Arc::new(Mutex::new(tell)), database: database.into() }
    }

    pub(in crate::migrate) fn say(&self, event: Event) {
        self.speak(|say| say(event));
    }

    /// Says several things with nobody else's in between.
    pub(in crate::migrate) fn speak(&self, speech: impl FnOnce(&mut dyn FnMut(Event))) {
        let mut tell = self.tell.lock().unwrap_or_else(PoisonError::into_inner);
        speech(&mut |event| {
            event.trace(&self.database);
            tell(event);
        });
    }
}
