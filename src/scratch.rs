//! Where a scratch database comes from, and its removal.
