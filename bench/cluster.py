"""What the measurements share: a throw-away server, a timed run of a program, a line of the table."""

import os
import pwd
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BIN = Path(os.environ.get("PGBIN", "/usr/lib/postgresql/15/bin"))
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "256MB",
    "max_locks_per_transaction": "16384",
}


class Cluster:
    """A server of its own in a new folder; gone when the `with` block ends."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="pgplumb-bench-"))
        # Postgres refuses root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        os.chmod(self.folder, 0o755)
        self.admin("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = " ".join(f"-c {key}={value}" for key, value in SETTINGS.items())
        self.admin("pg_ctl", "-l", str(self.data / "log"), "-w", "-o", f"{options} -c unix_socket_directories={self.folder}", "start")
        return self

    def __exit__(self, *_):
        subprocess.run([BIN / "pg_ctl", "-D", self.data, "-m", "immediate", "stop"], user=self.user, capture_output=True, cwd="/")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self):
        return self.folder / "data"

    def admin(self, program, *arguments):
        command = [BIN / program, "-D", self.data, *arguments]
        subprocess.run(command, user=self.user, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def url(self, database):
        return f"postgresql:///{database}?host={self.folder}&user=postgres"

    def sql(self, database, *arguments):
        return [BIN / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-d", self.url(database), *arguments]

    def new(self, database):
        for statement in (f"DROP DATABASE IF EXISTS {database}", f"CREATE DATABASE {database} TEMPLATE template0"):
            subprocess.run(self.sql("postgres", "-c", statement), check=True, stderr=subprocess.DEVNULL)


class Run:
    """One run of a program: seconds, peak memory of its own process in MB, and what it said; with `output` on stdout too."""

    def __init__(self, command, accept=(0,), cwd=None, output=False, **environment):
        clean = {key: value for key, value in os.environ.items() if not key.startswith("PG") and key != "DATABASE_URL"}
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begin = time.perf_counter()
            child = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, cwd=cwd, env=clean | environment)
            _, status, usage = os.wait4(child.pid, 0)
            self.seconds = time.perf_counter() - begin
            child.returncode = os.waitstatus_to_exitcode(status)
            err.seek(0)
            self.error = err.read().decode(errors="replace")
            out.seek(0)
            self.said = out.read().decode(errors="replace") if output else ""
            if child.returncode not in accept:
                sys.exit(f"exit {child.returncode}: {' '.join(map(str, command))}\n{self.error[-3000:]}")
        self.memory = usage.ru_maxrss / 1024

    def parts(self):
        """What `--timings` said: seconds by the name of the part."""
        return {part: float(seconds) for seconds, part in re.findall(r"^ *([0-9.]+) s  (.+)$", self.error, re.MULTILINE)}


def median(rounds, figure):
    return statistics.median(figure(r) for r in rounds)


def row(name, value, target=None, unit=""):
    """Prints one line of the table; whether the target is met."""
    met = target is None or value <= target
    verdict = "" if target is None else f"<= {target:<6g} {'ok' if met else 'MISSED'}"
    print(f"  {name:<58} {value:>8.2f}{unit:<4} {verdict}")
    return met
