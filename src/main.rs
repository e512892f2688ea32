//! Parses, runs, prints, exits.

fn main() {}
