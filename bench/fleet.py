#!/usr/bin/env python3
"""Measures `pgplumb apply` on many databases of one server, or with `--schemas` on as many tenants that are schemas of one
database: with nothing to do, as a ratio to as many runs of `psql -c 'select 1'`, and with one change.

  fleet.py PGPLUMB [--databases 500 | --schemas 500] [--jobs 4] [--rounds 3]

One throw-away cluster without fsync; the databases are copies of one to which ten migrations were applied, and the schemas
come to that by pgplumb itself.
"""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path

from apply import migrations
from cluster import Cluster, Run, median, row


def copies(cluster, names):
    """Copies `template` under each name, by one session."""
    statements = "".join(f"CREATE DATABASE {name} TEMPLATE template STRATEGY file_copy;\n" for name in names)
    script = cluster.folder / "copies.sql"
    script.write_text(statements)
    subprocess.run(cluster.sql("postgres", "-f", script), check=True)


def asked_by_psql(cluster, names):
    """Seconds that psql takes to be asked of each, one after the other."""
    begin = time.perf_counter()
    for name in names:
        subprocess.run(cluster.sql(name, "-c", "select 1"), check=True)
    return time.perf_counter() - begin


def of_databases(cluster, folder, options):
    """Makes the databases; returns what names them to pgplumb, and each to psql."""
    migrations(folder / "generated", 10)
    (folder / "pgplumb.yaml").write_text("migrations: generated\n")
    cluster.new("template")
    Run([options.program, "apply", "--yes", "--db", cluster.url("template")], cwd=folder)
    names = [f"t{number}" for number in range(options.databases)]
    copies(cluster, names)
    (folder / "targets.txt").write_text("".join(f"{name} {cluster.url(name)}\n" for name in names))
    return ["--targets", "targets.txt"], names, ""


def of_schemas(cluster, folder, options):
    """The same for tenants of one database, which pgplumb brings to where they are."""
    migrations(folder / "generated", 10, "shop.")
    first = folder / "generated" / "20250101000000_schema" / "up.sql"
    first.parent.mkdir()
    first.write_text("CREATE SCHEMA shop;\n")
    (folder / "pgplumb.yaml").write_text("migrations: generated\nfleet: {schema: shop}\n")
    cluster.new("saas")
    rows = f"SELECT 't' || n AS name, 'tenant_' || n AS schema FROM generate_series(1, {options.schemas}) AS n"
    named = ["--db", cluster.url("saas"), "--tenants", rows]
    made = Run([options.program, "apply", "--yes", *named, "--jobs", str(options.jobs)], cwd=folder)
    row("apply of eleven migrations to each, from nothing", made.seconds, unit=" s")
    return named, ["saas"] * options.schemas, "shop."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--databases", type=int, default=500)
    parser.add_argument("--schemas", type=int, help="as many tenants of one database, in place of databases")
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    # SystemExit runs __exit__, which stops the server; a plain SIGTERM would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Cluster() as cluster:
        folder = cluster.folder / "project"
        targets, names, schema = (of_schemas if options.schemas else of_databases)(cluster, folder, options)
        apply = [options.program, "apply", "--yes", *targets, "--jobs", str(options.jobs)]
        rounds = []
        for number in range(options.rounds + 1):
            psql, none = asked_by_psql(cluster, names), Run(apply, cwd=folder, output=True)
            if f"{len(names)} targets: {len(names)} applied\n" not in none.said:
                sys.exit(f"there was something to do:\n{none.said[-3000:]}")
            if number:  # the first one warms the caches
                rounds.append({"psql": psql, "none": none.seconds, "memory": none.memory})
        changes = []
        for number in range(options.rounds):
            up = folder / "generated" / f"{20270101000000 + number}_change" / "up.sql"
            up.parent.mkdir()
            up.write_text(f"BEGIN;\nSET LOCAL lock_timeout = '3s';\n\nALTER TABLE {schema}t0 ADD COLUMN added{number} text;\n\nCOMMIT;\n")
            changes.append(Run(apply, cwd=folder).seconds)
    what = "schemas of one database" if options.schemas else "databases"
    print(f"{len(names)} {what}, {options.jobs} at once; medians of {options.rounds} rounds")
    row("psql -c 'select 1', once for each", median(rounds, lambda r: r["psql"]), unit=" s")
    row("apply with nothing to do", median(rounds, lambda r: r["none"]), unit=" s")
    row("apply with nothing to do, memory", median(rounds, lambda r: r["memory"]), unit=" MB")
    row("apply with one change", median(changes, lambda seconds: seconds), unit=" s")
    sys.exit(0 if row("apply with nothing to do / psql", median(rounds, lambda r: r["none"] / r["psql"]), 1) else 1)


if __name__ == "__main__":
    main()
