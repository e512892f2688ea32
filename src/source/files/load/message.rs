//! Several statements as one message, and the way from the server's position in it back to the statement.

use crate::source::files::script::{Context, Item, START, Script, bridge};

/// Several statements as one message.
pub(super) struct Message {
    pub(super) sql: String,
    /// Where each part begins, in characters, and which of the items it is; settings are none.
    parts: Vec<(usize, Option<usize>)>,
    /// Where the session is once it has run.
    pub(super) after: Context,
}

impl Message {
    /// All of these items, each under its settings, for a session that is at `now`.
    pub(super) fn of(items: &[Item], scripts: &[Script], now: Context) -> Self {
        let mut message = Self { sql: String::new(), parts: Vec::new(), after: now };
        let mut length = 0;
        let mut add = |message: &mut Self, sql: &str, item: Option<usize>| {
            message.parts.push((length, item));
            message.sql.push_str(sql);
            message.sql.push_str(";\n");
            length += sql.chars().count() + 2;
        };
        for (place, item) in items.iter().enumerate() {
            let to = Context { script: item.script, settings: item.settings };
            let (reset, settings) = bridge(scripts, message.after, to);
            if reset {
                add(&mut message, START, None);
            }
            for setting in settings {
                add(&mut message, &setting.sql, None);
            }
            // A comment to the end of the line must not swallow what follows; every part ends with a line of its own.
            add(&mut message, &item.sql, Some(place));
            message.after = to;
        }
        message
    }

    /// The item that this position (in characters, from one) is in.
    pub(super) fn item_at(&self, position: Option<u32>) -> Option<usize> {
        let position = usize::try_from(position?).ok()?.checked_sub(1)?;
        let after = self.parts.partition_point(|(start, _)| *start <= position);
        self.parts[..after].last()?.1
    }
}
