//! Maintenance windows.

use jiff::civil::{Time, Weekday};
use serde::{Deserialize, Serialize};

/// When migrations may run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Window {
    /// Those on which it opens; none is every day.
    pub days: Vec<Day>,
    pub from: Clock,
    /// On the day after, where that is no later than `from`.
    pub to: Clock,
    pub zone: Zone,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            days: Vec::new(),
            from: Clock(Time::midnight()),
            to: Clock(Time::midnight()),
            zone: Zone("UTC".to_owned()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Day {
    pub fn weekday(self) -> Weekday {
        match self {
            Self::Mon => Weekday::Monday,
            Self::Tue => Weekday::Tuesday,
            Self::Wed => Weekday::Wednesday,
            Self::Thu => Weekday::Thursday,
            Self::Fri => Weekday::Friday,
            Self::Sat => Weekday::Saturday,
            Self::Sun => Weekday::Sunday,
        }
    }
}

/// `22:00`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock(pub Time);

impl TryFrom<String> for Clock {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let time = Time::strptime("%H:%M", &text);
        time.map(Self).map_err(|_| format!("`{text}` is no time of a day such as `22:00`; midnight is `00:00`"))
    }
}

impl From<Clock> for String {
    fn from(clock: Clock) -> Self {
        clock.0.strftime("%H:%M").to_string()
    }
}

/// A time zone by its IANA name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(pub String);

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let zones = jiff::tz::db();
        // A machine without any zones is told where one is needed, and not by every verb.
        if !zones.is_definitively_empty() && zones.get(&text).is_err() {
            return Err(format!("there is no time zone `{text}`: write one such as `Europe/Berlin`, or `UTC`"));
        }
        Ok(Self(text))
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(text: &str) -> Result<Window, String> {
        serde_yaml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_window_has_days_times_and_a_zone_that_there_are() {
        let night = window("{days: [mon, sun], from: 22:00, to: 04:30, zone: Europe/Berlin}").unwrap();
        assert_eq!(String::from(night.to), "04:30");
        assert_eq!(window("{}").unwrap(), Window::default());
        assert!(window("{zone: Europe/Berln}").unwrap_err().contains("there is no time zone `Europe/Berln`"));
        assert!(window("{to: 24:00}").unwrap_err().contains("midnight is `00:00`"));
        assert!(window("{days: [monday]}").unwrap_err().contains("unknown variant"));
    }
}
