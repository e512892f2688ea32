#!/usr/bin/env python3
"""Measures `pgplumb lint` without a database over generated migration files against squawk, another linter, in the same run.

  lint.py PGPLUMB [--files 1000] [--rounds 5] [--peer SQUAWK] [--json FILE]

squawk comes from npm, as a ready binary, into a folder that is removed at the end; --peer names one that is there. Both read the same
files, with the rules that they ask by default, and print JSON. Each round runs one after the other, so that a busy machine slows both;
a figure is the median over the rounds. Exits 1 when fewer findings a second come out of pgplumb than out of the peer, or when a run of
it takes longer.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from cluster import Run, median, row

PEER = "squawk-cli@2.66.0"


def statements(number):
    """The statements of one file: what people write every day, some of it harmless, some not."""
    table, other = f"orders_{number}", f"orders_{max(number - 1, 0)}"
    made = f"""-- migration {number}
CREATE TABLE {table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL,
    code varchar(20),
    price numeric(10, 2) NOT NULL DEFAULT 0,
    status text NOT NULL DEFAULT 'new',
    created_at timestamp NOT NULL DEFAULT now(),
    CHECK (price >= 0)
);
COMMENT ON TABLE {table} IS 'orders of a customer';
CREATE INDEX {table}_customer ON {table} (customer_id);
"""
    kinds = [
        f"ALTER TABLE {other} ADD COLUMN note_{number} text NOT NULL;",
        f"CREATE INDEX {other}_code_{number} ON {other} (code, status);",
        f"ALTER TABLE {other} ADD CONSTRAINT {other}_fk_{number} FOREIGN KEY (customer_id) REFERENCES customers (id);",
        f"ALTER TABLE {other} ADD CONSTRAINT {other}_positive_{number} CHECK (price > 0);",
        f"ALTER TABLE {other} ALTER COLUMN code TYPE text;",
        f"ALTER TABLE {other} ALTER COLUMN code SET NOT NULL;",
        f"ALTER TABLE {other} DROP COLUMN status;",
        f"ALTER TABLE {other} RENAME COLUMN code TO code_{number};",
        f"DROP TABLE IF EXISTS old_{number};",
        f"UPDATE {other} SET status = 'old' WHERE created_at < now() - interval '1 year';",
        f"CREATE OR REPLACE VIEW view_{number} AS SELECT id, price FROM {table} WHERE status = 'new';",
        f"CREATE OR REPLACE FUNCTION total_{number}() RETURNS numeric LANGUAGE sql AS $$ SELECT sum(price) FROM {table} $$;",
        f"GRANT SELECT ON {table} TO reader;",
        f"INSERT INTO {table} (customer_id, code) VALUES (1, 'a'), (2, 'b');",
        f"ALTER TABLE {other} ADD CONSTRAINT {other}_unique_{number} UNIQUE (code);",
    ]
    return made + "\n".join(kinds[(number * 7 + at * 4) % len(kinds)] for at in range(4)) + "\n"


def write(folder, count):
    for number in range(count):
        (folder / f"{20260000000000 + number}_orders_{number}.sql").write_text(statements(number))
    return sorted(folder.iterdir())


def install(folder):
    subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, PEER], check=True, stdout=subprocess.DEVNULL)
    found = [path for path in folder.glob("node_modules/@squawk-cli/*/bin/squawk*") if path.is_file()]
    if not found:
        sys.exit(f"{PEER} brought no program for this machine")
    return found[0]


def lint(command, found):
    run = Run(command, accept=(0, 1), output=True)
    run.found = found(json.loads(run.said))
    return run


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda path: Path(path).resolve())
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--json", type=Path, help="also write every figure of every round there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="pgplumb-lint-") as place:
        place = Path(place)
        (place / "migrations").mkdir()
        files = write(place / "migrations", options.files)
        peer = options.peer or install(place / "peer")
        ours = [options.program, "lint", "--text-only", "--format", "json", place / "migrations"]
        theirs = [peer, "--reporter", "json", *files]

        def once():
            here, there = lint(ours, lambda said: len(said["findings"])), lint(theirs, len)
            return {
                "seconds": here.seconds,
                "found": here.found,
                "memory": here.memory,
                "peer_seconds": there.seconds,
                "peer_found": there.found,
                "peer_memory": there.memory,
            }

        once()  # warms the caches of both sides
        rounds = [once() for _ in range(options.rounds)]
    print(f"{options.files} files, {sum(statements(n).count(';') for n in range(options.files))} statements; medians of {options.rounds} rounds")
    row("pgplumb lint --text-only", median(rounds, lambda r: r["seconds"]), unit=" s")
    row("squawk", median(rounds, lambda r: r["peer_seconds"]), unit=" s")
    row("findings of pgplumb", median(rounds, lambda r: r["found"]))
    row("findings of squawk", median(rounds, lambda r: r["peer_found"]))
    row("findings a second of pgplumb", median(rounds, lambda r: r["found"] / r["seconds"]))
    row("findings a second of squawk", median(rounds, lambda r: r["peer_found"] / r["peer_seconds"]))
    row("peak memory of pgplumb", median(rounds, lambda r: r["memory"]), unit=" MB")
    row("peak memory of squawk", median(rounds, lambda r: r["peer_memory"]), unit=" MB")
    print("ratios")
    met = [
        row("time for the same files / squawk", median(rounds, lambda r: r["seconds"] / r["peer_seconds"]), 1),
        row(
            "time for a finding / squawk",
            median(rounds, lambda r: (r["seconds"] / r["found"]) / (r["peer_seconds"] / r["peer_found"])),
            1,
        ),
    ]
    if options.json:
        options.json.write_text(json.dumps({"files": options.files, "rounds": rounds}, indent=1))
    sys.exit(0 if all(met) else 1)


if __name__ == "__main__":
    main()
