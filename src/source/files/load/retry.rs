//! What is tried again of the statements that the server refused, and in which form.

use crate::source::files::cycle;
use crate::source::files::refusal::Refusal;
use crate::source::files::script::Item;
use crate::sql::words::begins;

/// Those that may work once others have, and those that never will. A DROP of something that is not there waits only
/// for a statement before it: it must not take away what comes after.
pub(super) fn partition(failed: Vec<Refusal>) -> (Vec<Refusal>, Vec<Refusal>) {
    let (mut open, mut refused): (Vec<Refusal>, Vec<Refusal>) = (Vec::new(), Vec::new());
    for refusal in failed {
        let early =
            begins(&refusal.item.sql, &["DROP"]) && !open.iter().any(|other| other.item.script == refusal.item.script);
        if refusal.may_wait() && !early { open.push(refusal) } else { refused.push(refusal) }
    }
    (open, refused)
}

/// Takes apart what is still missing and may close a loop; whether there was anything.
pub(super) fn split(open: &mut Vec<Refusal>) -> bool {
    let mut found = false;
    let mut keys = Vec::new();
    for refusal in open.iter_mut().filter(|refusal| !refusal.item.part && begins(&refusal.item.sql, &["CREATE"])) {
        let Some(parts) = cycle::split(&refusal.item.sql) else { continue };
        found = true;
        let original = Some(Box::new(refusal.clone()));
        for sql in parts.then {
            let item = Item { sql, part: true, ..refusal.item.clone() };
            keys.push(Refusal { item, original: original.clone(), ..refusal.clone() });
        }
        refusal.item.sql = parts.first;
        refusal.item.part = true;
        refusal.original = original;
    }
    open.extend(keys);
    found
}
