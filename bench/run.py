#!/usr/bin/env python3
"""Measures pgplumb on generated schemas, as ratios to what Postgres' own programs need for the same on the same machine.

  run.py PGPLUMB [--tables 1000] [--rounds 5] [--growth 250,500,1000,2000] [--json FILE]

One throw-away cluster without fsync. Each round runs everything once, one after the other, so that a busy machine slows both sides of a ratio;
a figure is the median over the rounds. Exits 1 when a target is missed.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from cluster import BIN, Cluster, Run, median, row

HERE = Path(__file__).resolve().parent
# What of a plan is not its own work: the server to load on, the load, and the proof.
NOT_BEYOND = ("starting a scratch server", "making a scratch database", "loading the files", "proving", "removing the scratch")


def beyond(plan):
    """What the run of a plan spends beyond the load. The live database is read while the files load: that counts too."""
    parts = plan.parts()
    return parts["in all"] - sum(parts.get(part, 0) for part in NOT_BEYOND) + parts["reading the live database"]


class Bench:
    def __init__(self, cluster, program, tables):
        self.cluster, self.program = cluster, program
        self.same, self.edited = cluster.folder / f"{tables}.sql", cluster.folder / f"{tables}-edited.sql"
        self.out = cluster.folder / "out"
        for file, arguments in ((self.same, []), (self.edited, ["--edited"])):
            with file.open("w") as text:
                subprocess.run([sys.executable, HERE / "generate.py", str(tables), *arguments], check=True, stdout=text)
        self.live = f"live{tables}"
        cluster.new(self.live)
        Run(cluster.sql(self.live, "-1", "-f", self.same))
        Run(cluster.sql(self.live, "-c", "VACUUM ANALYZE"))

    def plan(self, schema):
        shutil.rmtree(self.out, ignore_errors=True)
        command = [self.program, "plan", "--db", self.cluster.url(self.live), "--schema", schema, "--out", self.out, "--allow", "all", "--timings"]
        run = Run(command)
        if (self.out / "up.sql").exists() != (schema == self.edited):
            sys.exit(f"the plan to {schema.name} is {'not ' if schema == self.same else ''}empty")
        return run

    def round(self):
        self.cluster.new("load")
        load = Run(self.cluster.sql("load", "-1", "-f", self.same))
        dump = Run([BIN / "pg_dump", "--schema-only", "-f", "/dev/null", "-d", self.cluster.url(self.live)])
        snapshot = Run([self.program, "dump", "--snapshot", "--db", self.cluster.url(self.live), "--out", "/dev/null", "--timings"])
        same, ten = self.plan(self.same), self.plan(self.edited)
        return {
            "load": load.seconds,
            "pg_dump": dump.seconds,
            "snapshot": snapshot.seconds,
            "reading": snapshot.parts()["reading the live database"],
            "plan": same.seconds,
            "beyond": beyond(same),
            "memory": same.memory,
            "ten": ten.seconds,
            "ten_memory": ten.memory,
            "parts": {"snapshot": snapshot.parts(), "plan": same.parts(), "ten": ten.parts()},
        }


def ratios(cluster, options):
    bench = Bench(cluster, options.program, options.tables)
    bench.round()  # warms the caches of both sides
    rounds = [bench.round() for _ in range(options.rounds)]
    print(f"{options.tables} tables, {9 * options.tables} statements; medians of {options.rounds} rounds")
    row("psql -1 -f, loading the schema", median(rounds, lambda r: r["load"]), unit=" s")
    row("pg_dump --schema-only", median(rounds, lambda r: r["pg_dump"]), unit=" s")
    row("reading the live catalog", median(rounds, lambda r: r["reading"]), unit=" s")
    row("dump --snapshot, as a whole", median(rounds, lambda r: r["snapshot"]), unit=" s")
    row("plan, no change", median(rounds, lambda r: r["plan"]), unit=" s")
    row("plan, ten changes, proven", median(rounds, lambda r: r["ten"]), unit=" s")
    print("ratios")
    met = [
        row("reading the live catalog / pg_dump", median(rounds, lambda r: r["reading"] / r["pg_dump"]), 0.6),
        row("plan, no change / load", median(rounds, lambda r: r["plan"] / r["load"]), 1.3),
        row("plan, no change, what is beyond the load / pg_dump", median(rounds, lambda r: r["beyond"] / r["pg_dump"]), 1.5),
        row("plan, ten changes, proven / load", median(rounds, lambda r: r["ten"] / r["load"]), 1.6),
    ]
    row("peak memory, no change", median(rounds, lambda r: r["memory"]), unit=" MB")
    row("peak memory, ten changes", median(rounds, lambda r: r["ten_memory"]), unit=" MB")
    return all(met), rounds


def growth(cluster, options):
    """Twice the tables may take twice the time; a tenth is left for noise."""
    print("growth: seconds, and the factor from the size before")
    met, before = True, None
    sizes = {}
    for tables in options.growth:
        bench = Bench(cluster, options.program, tables)
        rounds = [bench.round() for _ in range(max(3, options.rounds - 2))]
        now = sizes[tables] = {name: median(rounds, lambda r: r[name]) for name in ("load", "pg_dump", "plan", "ten")}
        line = f"{tables} tables: load {now['load']:.2f}, pg_dump {now['pg_dump']:.2f}"
        if before is None:
            print(f"  {line}, plan {now['plan']:.2f}, ten changes {now['ten']:.2f}")
        else:
            linear = round(tables / before * 1.1, 2)
            met &= row(f"{line}, plan {now['plan']:.2f}", now["plan"] / sizes[before]["plan"], linear)
            met &= row(f"{'':>{len(str(tables))}}         ten changes {now['ten']:.2f}", now["ten"] / sizes[before]["ten"], linear)
        before = tables
    return met, sizes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth", type=lambda text: [int(n) for n in text.split(",") if n], default=[250, 500, 1000, 2000])
    parser.add_argument("--json", type=Path, help="also write every figure of every round there")
    options = parser.parse_args()
    # SystemExit runs __exit__, which stops the server; a plain SIGTERM would not.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Cluster() as cluster:
        met, rounds = ratios(cluster, options)
        linear, sizes = growth(cluster, options)
    if options.json:
        options.json.write_text(json.dumps({"tables": options.tables, "rounds": rounds, "growth": sizes}, indent=1))
    sys.exit(0 if met and linear else 1)


if __name__ == "__main__":
    main()
