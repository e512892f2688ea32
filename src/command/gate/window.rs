//! Whether a maintenance window is open, by the clock of this machine, and when the next one opens.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::command::gate::error::GateError;
use crate::config::gate::Window;

/// Whether one is open.
#[derive(Clone, PartialEq, Debug)]
enum Standing {
    Open,
    /// And when one will be, in the zone of that one.
    Closed(Option<Zoned>),
}

/// That one is open, or that there are none.
///
/// # Errors
/// `Window` where all are closed, `Zone` where a zone is not known here.
pub(in crate::command) fn check(windows: &[Window]) -> Result<(), GateError> {
    match stands(windows, Timestamp::now())? {
        Standing::Open => Ok(()),
        Standing::Closed(next) => Err(GateError::Window { next: next.as_ref().map(told).unwrap_or_default() }),
    }
}

/// `Sat 2026-11-21 22:00 Europe/Berlin`.
fn told(at: &Zoned) -> String {
    at.strftime("%a %Y-%m-%d %H:%M %Q").to_string()
}

fn stands(windows: &[Window], now: Timestamp) -> Result<Standing, GateError> {
    let mut next: Option<Zoned> = None;
    for window in windows {
        let no_zone = |_| GateError::Zone { zone: window.zone.0.clone() };
        let zone = TimeZone::get(&window.zone.0).map_err(no_zone)?;
        let today = now.to_zoned(zone.clone()).date();
        // One that opened yesterday may reach into today; a day of the week comes again after seven.
        for (from, to) in (-1..=8).filter_map(|days| opening(window, today.checked_add(days.days()).ok()?, &zone)) {
            if from.timestamp() <= now && now < to.timestamp() {
                return Ok(Standing::Open);
            }
            if from.timestamp() > now && next.as_ref().is_none_or(|next| from < *next) {
                next = Some(from);
            }
        }
    }
    Ok(if windows.is_empty() { Standing::Open } else { Standing::Closed(next) })
}

/// From when to when it is open that opens on this day; none where it does not. A time that the clocks leave out is
/// moved on by as much.
fn opening(window: &Window, day: Date, zone: &TimeZone) -> Option<(Zoned, Zoned)> {
    if !window.days.is_empty() && !window.days.iter().any(|one| one.weekday() == day.weekday()) {
        return None;
    }
    let last = if window.to.0 <= window.from.0 { day.tomorrow().ok()? } else { day };
    let at = |date: Date, time| date.to_datetime(time).to_zoned(zone.clone()).ok();
    Some((at(day, window.from.0)?, at(last, window.to.0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(windows: &str, now: &str) -> String {
        let windows: Vec<Window> = serde_yaml::from_str(windows).unwrap();
        match stands(&windows, now.parse().unwrap()).unwrap() {
            Standing::Open => "open".to_owned(),
            Standing::Closed(next) => told(&next.unwrap()),
        }
    }

    #[test]
    fn a_window_is_open_from_its_first_minute_until_its_last() {
        let night = "[{days: [mon], from: 09:00, to: 12:00}]";
        assert_eq!(at(night, "2026-11-23T08:59:59Z"), "Mon 2026-11-23 09:00 UTC");
        assert_eq!(at(night, "2026-11-23T09:00:00Z"), "open");
        assert_eq!(at(night, "2026-11-23T11:59:59Z"), "open");
        assert_eq!(at(night, "2026-11-23T12:00:00Z"), "Mon 2026-11-30 09:00 UTC");
    }

    #[test]
    fn a_window_may_go_over_midnight_and_belongs_to_the_day_on_which_it_opens() {
        let night = "[{days: [sun], from: 22:00, to: 04:00, zone: Europe/Berlin}]";
        assert_eq!(at(night, "2026-11-22T20:59:00Z"), "Sun 2026-11-22 22:00 Europe/Berlin");
        assert_eq!(at(night, "2026-11-23T02:59:00Z"), "open");
        assert_eq!(at(night, "2026-11-23T03:00:00Z"), "Sun 2026-11-29 22:00 Europe/Berlin");
    }

    #[test]
    fn a_window_without_times_is_the_whole_day_and_the_first_of_several_counts() {
        assert_eq!(at("[{days: [sat]}]", "2026-11-21T23:59:59Z"), "open");
        assert_eq!(at("[{days: [sat]}]", "2026-11-22T00:00:00Z"), "Sat 2026-11-28 00:00 UTC");
        assert_eq!(at("[{days: [sat]}, {days: [tue]}]", "2026-11-22T00:00:00Z"), "Tue 2026-11-24 00:00 UTC");
        assert_eq!(at("[{}]", "2026-11-22T00:00:00Z"), "open");
        assert_eq!(at("[]", "2026-11-22T00:00:00Z"), "open");
    }

    #[test]
    fn a_window_keeps_to_the_clocks_of_its_zone() {
        let early = "[{from: 05:00, to: 06:00, zone: Europe/Berlin}]";
        assert_eq!(at(early, "2026-07-01T03:30:00Z"), "open", "summer");
        assert_eq!(at(early, "2026-12-01T04:30:00Z"), "open", "winter");
        // On this day the clocks went from two to three.
        let left_out = "[{from: 02:30, to: 04:00, zone: Europe/Berlin}]";
        assert_eq!(at(left_out, "2026-03-29T01:29:00Z"), "Sun 2026-03-29 03:30 Europe/Berlin");
        assert_eq!(at(left_out, "2026-03-29T01:30:00Z"), "open");
    }
}
