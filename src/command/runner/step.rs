//! How far a step is, in words.

use std::time::Duration;

use crate::command::runner::span;
use crate::migrate::backfill::gauge::Reading;
use crate::migrate::event::Holder;
use crate::migrate::progress::{Count, Look};
use crate::observe::size::bytes;

/// `step 1: building index: scanning table, 4200 of 9000 blocks, public.orders`, for which there is room on a line.
pub(in crate::command) fn at(number: i32, statement: &str, look: &Look) -> String {
    let table = look.table.as_ref().map(|table| format!(", {table}")).unwrap_or_default();
    format!("step {number}: {}{}{table}", look.phase.as_deref().unwrap_or(statement), measured(look))
}

/// `step 1: CREATE INDEX CONCURRENTLY on public.orders: building index: scanning table, 4200 of 9000 blocks (46 %), 12.3 s so far`.
pub(in crate::command) fn so_far(number: i32, statement: &str, look: &Look, elapsed: Duration) -> String {
    let table = look.table.as_ref().map(|table| format!(" on {table}")).unwrap_or_default();
    let phase = look.phase.as_ref().map(|phase| format!(": {phase}")).unwrap_or_default();
    let percent = parts(look).and_then(|(done, of)| done.checked_mul(100)?.checked_div(of));
    let percent = percent.map(|percent| format!(" ({percent} %)")).unwrap_or_default();
    format!("step {number}: {statement}{table}{phase}{}{percent}, {} so far", measured(look), span(elapsed))
}

/// How much is done of how much; none where that says nothing of the time that it takes.
pub(in crate::command) fn parts(look: &Look) -> Option<(u64, u64)> {
    let (Count { done, of }, _) = look.measure().filter(|_| look.lockers.is_none())?;
    Some((u64::try_from(done).ok()?, u64::try_from(of?).ok()?))
}

fn measured(look: &Look) -> String {
    let size = look.size.and_then(|size| u64::try_from(size).ok());
    let mut text = match look.measure() {
        Some((count, "bytes")) => format!(", {}", size_of(count)),
        Some((Count { done, of: Some(of) }, noun)) => format!(", {done} of {of} {noun}"),
        Some((Count { done, of: None }, noun)) => format!(", {done} {noun}"),
        // What nobody counts takes as long as the table is large.
        None => match size.filter(|_| look.phase.is_none()) {
            Some(size) => format!(", about {}", bytes(size)),
            None => String::new(),
        },
    };
    if let Some(Count { done, of: Some(of) }) = look.partitions {
        text.push_str(&format!(", {done} of {of} partitions"));
    }
    text
}

fn size_of(count: Count) -> String {
    let size = |count: i64| bytes(u64::try_from(count).unwrap_or_default());
    match count.of {
        Some(of) => format!("{} of {}", size(count.done), size(of)),
        None => size(count.done),
    }
}

/// Whom a step waits for.
pub(in crate::command) fn held(number: i32, holders: &[Holder]) -> Vec<String> {
    let first = format!("  step {number} waits for others to end");
    [first].into_iter().chain(holders.iter().map(holder)).collect()
}

fn holder(holder: &Holder) -> String {
    let Holder { pid, user, application, seconds, state } = holder;
    let age = seconds.map(|seconds| format!("its transaction {seconds} s old")).unwrap_or_default();
    let about = [user, application, state, &age].into_iter().filter(|text| !text.is_empty());
    let about: Vec<String> = about.map(|text| format!(", {text}")).collect();
    format!("    in the way: PID {pid}{}", about.concat())
}

/// `4200000 of about 5000000 rows, 91000 in a second, about 9.0 s left`.
pub(in crate::command) fn filled(reading: &Reading) -> String {
    let Reading { seen, of, rate, left, .. } = reading;
    let of = of.map(|of| format!(" of about {of}")).unwrap_or_default();
    let left = left.map(|left| format!(", about {} left", span(left))).unwrap_or_default();
    format!("{seen}{of} rows, {rate:.0} in a second{left}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_said() {
        let line = |look: &Look| so_far(2, "VALIDATE CONSTRAINT", look, Duration::from_secs(12));
        assert_eq!(line(&Look::default()), "step 2: VALIDATE CONSTRAINT, 12.0 s so far");
        let mut look = Look { table: Some("public.orders".to_owned()), size: Some(3 << 30), ..Look::default() };
        assert_eq!(line(&look), "step 2: VALIDATE CONSTRAINT on public.orders, about 3 GB, 12.0 s so far");
        look.phase = Some("building index: scanning table".to_owned());
        look.blocks = Some(Count { done: 1, of: Some(3) });
        look.partitions = Some(Count { done: 1, of: Some(2) });
        assert_eq!(
            so_far(1, "REINDEX", &look, Duration::from_secs(72)),
            "step 1: REINDEX on public.orders: building index: scanning table, 1 of 3 blocks, 1 of 2 partitions (33 %), \
             1 min 12 s so far"
        );
        let copied = Look { bytes: Some(Count { done: 1024, of: Some(4096) }), ..Look::default() };
        assert_eq!(at(3, "COPY", &copied), "step 3: COPY, 1 kB of 4 kB");
        let copied = Look { tuples: Some(Count { done: 7, of: None }), ..Look::default() };
        assert_eq!(at(3, "COPY", &copied), "step 3: COPY, 7 rows");
        assert_eq!(
            at(1, "REINDEX", &look),
            "step 1: building index: scanning table, 1 of 3 blocks, 1 of 2 partitions, public.orders"
        );
        assert_eq!(parts(&look), Some((1, 3)));
        look.lockers = Some(Count { done: 0, of: Some(2) });
        assert_eq!(parts(&look), None);
    }

    #[test]
    fn of_those_it_waits_for_it_is_said_who_they_are() {
        let one = |user: &str, application: &str, seconds, state: &str| Holder {
            pid: 4711,
            user: user.to_owned(),
            application: application.to_owned(),
            seconds,
            state: state.to_owned(),
        };
        assert_eq!(
            held(1, &[one("analyst", "reporting", Some(95), "idle in transaction"), one("postgres", "", None, "")]),
            [
                "  step 1 waits for others to end",
                "    in the way: PID 4711, analyst, reporting, idle in transaction, its transaction 95 s old",
                "    in the way: PID 4711, postgres"
            ]
        );
    }
}
