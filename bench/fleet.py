#!/usr/bin/env python3
"""Measures `pgplumb apply --targets` on many databases of one server: with nothing to do, as a ratio to as many runs of
`psql -c 'select 1'`, and with one change.

  fleet.py PGPLUMB [--databases 500] [--jobs 4] [--rounds 3]

One throw-away cluster without fsync; the databases are copies of one to which ten migrations were applied.
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--databases", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    # SystemExit runs __exit__, which stops the server; a plain SIGTERM would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Cluster() as cluster:
        folder = cluster.folder / "project"
        migrations(folder / "generated", 10)
        (folder / "pgplumb.yaml").write_text("migrations: generated\n")
        cluster.new("template")
        Run([options.program, "apply", "--yes", "--db", cluster.url("template")], cwd=folder)
        names = [f"t{number}" for number in range(options.databases)]
        copies(cluster, names)
        (folder / "targets.txt").write_text("".join(f"{name} {cluster.url(name)}\n" for name in names))
        apply = [options.program, "apply", "--yes", "--targets", "targets.txt", "--jobs", str(options.jobs)]
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
            up.write_text(f"BEGIN;\nSET LOCAL lock_timeout = '3s';\n\nALTER TABLE t0 ADD COLUMN added{number} text;\n\nCOMMIT;\n")
            changes.append(Run(apply, cwd=folder).seconds)
    print(f"{options.databases} databases, {options.jobs} at once; medians of {options.rounds} rounds")
    row("psql -c 'select 1', once for each", median(rounds, lambda r: r["psql"]), unit=" s")
    row("apply with nothing to do", median(rounds, lambda r: r["none"]), unit=" s")
    row("apply with nothing to do, memory", median(rounds, lambda r: r["memory"]), unit=" MB")
    row("apply with one change", median(changes, lambda seconds: seconds), unit=" s")
    sys.exit(0 if row("apply with nothing to do / psql", median(rounds, lambda r: r["none"] / r["psql"]), 1) else 1)


if __name__ == "__main__":
    main()
