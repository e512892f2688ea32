#!/usr/bin/env python3
"""Measures `pgplumb apply` of many small migrations, as a ratio to psql running the same files in one session.

  apply.py PGPLUMB [--migrations 1000] [--rounds 5]

One throw-away cluster without fsync; both sides run once in each round, each on a new database. Exits 1 when the target is missed.
"""

import argparse
import shutil
import signal
import sys
from pathlib import Path

from cluster import Cluster, Run, median, row

# Each migration makes a table with a key and an index, or changes the one before, as the daily ones of a project do.
FORMS = (
    """CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);
CREATE INDEX {name}_name_idx ON {table} (name);
""",
    "ALTER TABLE {before} ADD COLUMN note text;\n",
    "ALTER TABLE {older} ADD CONSTRAINT older_name_check CHECK (name <> '');\nCOMMENT ON TABLE {older} IS 'Checked.';\n",
)


def migrations(folder, count, schema=""):
    """Writes the pairs, and returns the ups in their order; `schema` is what stands before the names of tables, with its dot."""
    ups = []
    for number in range(count):
        names = {"table": f"{schema}t{number}", "before": f"{schema}t{number - 1}", "older": f"{schema}t{number - 2}", "name": f"t{number}"}
        up = folder / f"{20260101000000 + number}_step" / "up.sql"
        up.parent.mkdir(parents=True)
        up.write_text("BEGIN;\nSET LOCAL lock_timeout = '3s';\n\n" + FORMS[number % len(FORMS)].format(**names) + "\nCOMMIT;\n")
        (up.parent / "down.sql").write_text(f"SELECT {number};\n")
        ups.append(up)
    return ups


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--migrations", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    # SystemExit runs __exit__, which stops the server; a plain SIGTERM would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rounds = []
    with Cluster() as cluster:
        folder = cluster.folder / "project"
        ups = migrations(folder / "generated", options.migrations)
        (folder / "pgplumb.yaml").write_text("migrations: generated\n")
        files = [argument for up in ups for argument in ("-f", up)]
        for number in range(options.rounds + 1):
            cluster.new("by_psql")
            cluster.new("by_apply")
            psql = Run(cluster.sql("by_psql", *files))
            apply = Run([options.program, "apply", "--yes", "--db", cluster.url("by_apply")], cwd=folder)
            if number:  # the first one warms the caches
                rounds.append({"psql": psql.seconds, "apply": apply.seconds})
        shutil.rmtree(folder)
    print(f"{options.migrations} migrations; medians of {options.rounds} rounds")
    row("psql, the same files in one session", median(rounds, lambda r: r["psql"]), unit=" s")
    row("apply", median(rounds, lambda r: r["apply"]), unit=" s")
    sys.exit(0 if row("apply / psql", median(rounds, lambda r: r["apply"] / r["psql"]), 1.5) else 1)


if __name__ == "__main__":
    main()
