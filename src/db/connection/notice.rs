//! What the server says beside its answers: notices, and more where a session asks for it.

use std::sync::{Arc, Mutex, PoisonError};

/// A place that the driver puts messages into; they are dropped while nobody listens.
#[derive(Clone, Default)]
pub(super) struct Notices(Arc<Mutex<Option<Vec<String>>>>);

impl Notices {
    pub(super) fn put(&self, message: &str) {
        if let Some(kept) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            kept.push(message.to_owned());
        }
    }

    pub(super) fn listen(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Vec::new());
    }

    pub(super) fn heard(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}
