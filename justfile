# Recipes for working on pgplumb. `just` lists them; `just NAME` runs one.

set shell := ["bash", "-euo", "pipefail", "-c"]

[private]
default:
    @just --list --unsorted

# Compile everything, without linking
[group('check')]
check:
    cargo check --locked --all-targets

# Format the code
[group('check')]
fmt:
    cargo fmt --all

# Clippy, warnings as errors
[group('check')]
lint:
    cargo clippy --locked --all-targets -- -D warnings

# Look for words and habits that no compiler lint sees
[group('check')]
forbid:
    .ci/forbid

# Run the tests; arguments go to cargo test
[group('test')]
test *ARGS:
    cargo test --locked {{ ARGS }}

# Run the fixtures with CASE in their name, such as enum/add
[group('test')]
fixture CASE:
    PGPLUMB_CASE='{{ CASE }}' cargo test --locked --test lib -- fixtures::

# Run the fixtures on another major, 14, 16, 17 or 18; says what it leaves out there, and why
[group('test')]
fixtures-on MAJOR CASE='':
    ./dev client
    PGPLUMB_FIXTURE_MAJOR='{{ MAJOR }}' PGPLUMB_CASE='{{ CASE }}' cargo test --locked --test lib -- fixtures:: --nocapture

# Write the goldens of the fixtures anew, all or those with CASE in their name; review the diff
[group('test')]
bless CASE='':
    PGPLUMB_BLESS=1 PGPLUMB_CASE='{{ CASE }}' cargo test --locked --test lib -- fixtures::

# Write the help texts in the README and docs anew
[group('test')]
docs:
    PGPLUMB_BLESS=1 cargo test --locked --test lib -- readme::

# Kill the runner at every place of every fixture's migrations, and let it go on; takes an hour or more
[group('test')]
crash CASE='':
    PGPLUMB_CRASH=all PGPLUMB_CASE='{{ CASE }}' cargo test --locked --test lib -- crash:: wire:: --nocapture

# Plan random changes of random schemas for some minutes; failing cases are kept as SQL
[group('test')]
soak MINUTES='10':
    PGPLUMB_SOAK={{ MINUTES }} cargo test --locked --test lib random:: -- --nocapture

# Apply each online form to tables with ROWS rows that are written and read, and tell how long anybody waited
[group('test')]
load ROWS='1000000':
    PGPLUMB_LIMIT=3600 PGPLUMB_ROWS={{ ROWS }} cargo test --locked --test lib load:: -- --nocapture

# Cut each migration of the fixtures short after each of its statements, and plan again
[group('test')]
cut CASE='all':
    PGPLUMB_CUT='{{ CASE }}' cargo test --locked --test lib cut:: -- --nocapture

# Write the migrations of the bookkeeping anew, after a change in schema/
[group('run')]
generate:
    cargo run --locked --quiet -- plan --schema schema

# Exactly what CI runs; changes no file
[group('test')]
ci:
    .ci/run

# Show the main job on a throw-away server
[group('run')]
demo:
    ./dev demo

# Build the optimised program
[group('run')]
release:
    cargo build --locked --release

# Measure speed and memory against pg_dump and psql; arguments go to bench/run.py
[group('run')]
bench *ARGS: release
    python3 bench/run.py target/release/pgplumb {{ ARGS }}

# Measure `apply` of 1,000 small migrations against psql; arguments go to bench/apply.py
[group('run')]
bench-apply *ARGS: release
    python3 bench/apply.py target/release/pgplumb {{ ARGS }}

# Measure `apply` of 500 databases with nothing to do, and with one change; arguments go to bench/fleet.py
[group('run')]
bench-fleet *ARGS: release
    python3 bench/fleet.py target/release/pgplumb {{ ARGS }}

# Measure a backfill of five million rows against one UPDATE, while others write; arguments go to bench/backfill.py
[group('run')]
bench-backfill *ARGS: release
    python3 bench/backfill.py target/release/pgplumb {{ ARGS }}

# Measure `lint` of 1,000 files without a database against another linter, which comes from npm; arguments go to bench/lint.py
[group('run')]
bench-lint *ARGS: release
    python3 bench/lint.py target/release/pgplumb {{ ARGS }}
