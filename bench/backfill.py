#!/usr/bin/env python3
"""Measures a `-- pgplumb: backfill` step as a ratio to one plain UPDATE of the same rows, while others write to them.

  backfill.py PGPLUMB [--rows 5000000] [--batch 1000] [--pause 0ms] [--writers 2]

One throw-away cluster without fsync. `pgbench` updates rows by their key all the time that each of the two takes, and
its longest statement is told. Exits 1 when the target is missed.
"""

import argparse
import signal
import subprocess
import sys
import time
from pathlib import Path

from cluster import BIN, Cluster, Run, row

TABLE = """CREATE TABLE wide (id bigint PRIMARY KEY, a integer NOT NULL, note text NOT NULL, b integer);
INSERT INTO wide SELECT n, n % 1000, md5(n::text) FROM generate_series(1, {rows}) AS n;
VACUUM ANALYZE wide;
"""
UPDATE = "UPDATE wide SET b = a + 1"
WRITE = "\\set id random(1, {rows})\nUPDATE wide SET note = note WHERE id = :id;\n"


class Writers:
    """Others who update rows; the longest of their statements, in milliseconds, when they are ended."""

    def __init__(self, cluster, database, rows, count):
        self.folder = cluster.folder / f"writers_{database}"
        self.folder.mkdir()
        script = self.folder / "write.sql"
        script.write_text(WRITE.format(rows=rows))
        command = [BIN / "pgbench", "-n", "-c", str(count), "-R", "200", "-T", "36000", "-l", "-f", script, cluster.url(database)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, cwd=self.folder, stdout=quiet, stderr=quiet)
        time.sleep(1)

    def longest(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        logs = [line.split() for log in self.folder.glob("pgbench_log*") for line in log.read_text().splitlines()]
        # With a rate the time includes how late the statement began, which the last column tells apart.
        return max((int(line[2]) - int(line[6]) for line in logs if len(line) > 6), default=0) / 1000


def measured(cluster, database, options, command, cwd):
    cluster.new(database)
    Run(cluster.sql(database, "-c", f"ALTER DATABASE {database} SET synchronous_commit = off"))
    fill = cluster.folder / "fill.sql"
    fill.write_text(TABLE.format(rows=options.rows))
    Run(cluster.sql(database, "-f", fill))
    writers = Writers(cluster, database, options.rows, options.writers)
    seconds = Run(command, cwd=cwd).seconds
    return seconds, writers.longest()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--batch", type=int, default=1000)
    parser.add_argument("--pause", default="0ms")
    parser.add_argument("--writers", type=int, default=2)
    options = parser.parse_args()
    # SystemExit runs __exit__, which stops the server; a plain SIGTERM would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Cluster() as cluster:
        folder = cluster.folder / "project"
        up = folder / "generated" / "20260101000000_fill" / "up.sql"
        up.parent.mkdir(parents=True)
        up.write_text(f"-- pgplumb: backfill key=id batch={options.batch} pause={options.pause}\n{UPDATE} WHERE b IS NULL;\n")
        (up.parent / "down.sql").write_text("UPDATE wide SET b = NULL;\n")
        (folder / "pgplumb.yaml").write_text("migrations: generated\n")
        plain = measured(cluster, "by_update", options, cluster.sql("by_update", "-c", UPDATE), folder)
        command = [options.program, "apply", "--yes", "--db", cluster.url("by_backfill")]
        batches = measured(cluster, "by_backfill", options, command, folder)
    print(f"{options.rows} rows, batches of {options.batch}, pause {options.pause}, {options.writers} writers")
    row("one UPDATE", plain[0], unit=" s")
    row("backfill", batches[0], unit=" s")
    row("rows in a second, backfill", options.rows / batches[0])
    row("backfill / UPDATE", batches[0] / plain[0])
    row("longest statement of a writer, UPDATE", plain[1], unit=" ms")
    sys.exit(0 if row("longest statement of a writer, backfill", batches[1], 50) else 1)


if __name__ == "__main__":
    main()
