//! How fast a backfill goes, and how long it will still take.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::migrate::event::seconds;

/// How often it is said.
const EVERY: Duration = Duration::from_secs(1);

/// What is known after so many batches.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Reading {
    /// Rows gone through.
    pub seen: u64,
    /// About how many there are; none where the statistics are older than the rows.
    pub of: Option<u64>,
    /// Rows gone through in a second.
    pub rate: f64,
    /// About how long it will take, in seconds where it is serialized.
    #[serde(serialize_with = "left")]
    pub left: Option<Duration>,
    /// How long this run has been at it, in seconds where it is serialized.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub elapsed: Duration,
}

fn left<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(serializer)
}

/// Counts the rows of this run.
#[derive(Clone, Debug)]
pub struct Gauge {
    of: u64,
    before: u64,
    seen: u64,
    told: Duration,
}

impl Gauge {
    /// `of` is about how many rows there are, `before` how many an earlier run went through.
    pub fn new(of: u64, before: u64) -> Self {
        Self { of, before, seen: before, told: Duration::ZERO }
    }

    /// One batch more. A reading where it is time for one; `elapsed` is since the run began.
    pub fn batch(&mut self, rows: u64, elapsed: Duration) -> Option<Reading> {
        self.seen += rows;
        if elapsed < self.told + EVERY {
            return None;
        }
        self.told = elapsed;
        Some(self.read(elapsed))
    }

    pub fn read(&self, elapsed: Duration) -> Reading {
        // Rows of a table do not come near what a float counts exactly.
        #[allow(clippy::cast_precision_loss)]
        let rate = (self.seen - self.before) as f64 / elapsed.as_secs_f64().max(0.001);
        let of = (self.of > self.seen).then_some(self.of);
        #[allow(clippy::cast_precision_loss)]
        let left = of.filter(|_| rate > 0.0).map(|of| Duration::from_secs_f64((of - self.seen) as f64 / rate));
        Reading { seen: self.seen, of, rate, left, elapsed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_run_did_does_not_make_this_one_faster() {
        let mut gauge = Gauge::new(10_000, 4_000);
        assert_eq!(gauge.batch(1_000, Duration::from_millis(900)), None);
        let reading = gauge.batch(1_000, Duration::from_secs(5)).unwrap();
        assert_eq!((reading.seen, reading.of, reading.rate), (6_000, Some(10_000), 400.0));
        assert_eq!(reading.left, Some(Duration::from_secs(10)));
        assert_eq!(gauge.batch(1_000, Duration::from_millis(5900)), None);
        let reading = gauge.batch(9_000, Duration::from_secs(10)).unwrap();
        assert_eq!((reading.seen, reading.of, reading.left), (16_000, None, None));
    }
}
