"""One load as a job, and its figures over REST beside the truth."""
import errno
import os
import shutil
import subprocess
import time
from datetime import datetime

from installation import wait_until

USER = "nobody"
# Machines that run tests are busy.
LONGEST_SECONDS = 400
# Dear figures are not in each sample.
SELDOM = ("memory_pss_bytes", "open_sockets", "sockets_")
EXACT = ("processes", "threads", "open_files", "open_sockets", "sockets_")
HEAD = f"{'load':18} {'figure':24} {'truth':>16} {'over REST':>17} {'difference':>11}"


def moment(text):
    return datetime.fromisoformat(text).timestamp()


def facts(file):
    return {key: float(value) for key, value in (line.split("=") for line in file.read_text().split())}


class Job:
    def __init__(self, load, root, tree, portal):
        self.load, self.root, self.tree, self.portal = load, root, tree, portal
        self.directory = root / "work" / load.name
        self.job_id = f"load-{load.name}"

    def run(self):
        """Rows of the table."""
        self.directory.mkdir(parents=True)
        for fifo in ("go", "release", "enough"):
            os.mkfifo(self.directory / fifo)
            (self.directory / fifo).chmod(0o666)
        shutil.chown(self.directory, USER)
        environment = {"PATH": "/usr/bin:/bin", "TMPDIR": str(self.directory)}
        if self.load.unwaited:
            environment["LOAD_UNWAITED"] = "yes"
        with open(self.root / f"{self.load.name}.log", "wb") as log:
            self.process = subprocess.Popen(
                [self.tree.run_job, "--job-id", self.job_id, "--user", USER, "--work-directory", self.directory, "--",
                 self.root / "load", "job", *self.load.command],
                cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        try:
            return self.measure()
        except Exception as trouble:
            said = (self.root / f"{self.load.name}.log").read_text(errors="replace")[-500:]
            raise RuntimeError(f"{trouble}; the job said: {said!r}") from trouble
        finally:
            self.process.kill()
            self.process.wait()

    def measure(self):
        first = self.told("first")
        self.wait(lambda: self.details() and self.sampled_since(first["time_ms"]), "it is sampled")
        base = self.details()["slots"][0]["latest"]
        self.open("go")
        started = self.told("started")["time_ms"]
        holds, released = {}, 0
        if self.load.waits:
            holds = self.told("holds")
            self.wait(lambda: self.seen(holds["time_ms"]), "it is sampled while it holds all that it does")
            released = time.time() * 1000
            self.open("release")
        truth = self.told("truth")
        self.wait(lambda: len(self.points("processes", truth["time_ms"])) >= 2, "it is sampled after its end")
        latest = self.details()["slots"][0]["latest"]
        self.open("enough")
        if self.process.wait(LONGEST_SECONDS) != 0:
            raise RuntimeError(f"it ended with {self.process.returncode}")
        if (self.directory / "said").exists():
            truth |= facts(self.directory / "said")
        # A load that is its parent's no more is in nobody's rusage, and says itself what it used.
        for figure in self.load.counters:
            truth[figure] = truth.get(figure, 0) + (holds.get(figure, 0) if self.load.unwaited else 0)
        truth |= {figure: value for figure, value in self.load.assumed.items() if figure in self.load.counters}
        if "cpu_seconds" in self.load.counters:
            truth["cpu_seconds"] = truth["cpu_user_seconds"] + truth["cpu_system_seconds"]
            if self.load.unwaited:
                truth["cpu_seconds"] += holds["cpu_system_seconds"]
            for level in (base, latest):
                level["cpu_seconds"] = level["cpu_user_seconds"] + level["cpu_system_seconds"]
        rows = [self.counter(figure, truth[figure], latest[figure] - base[figure]) for figure in self.load.counters]
        if self.load.window:
            begin, end = self.load.window
            holds["time_ms"] = (started if begin > 0 else truth["time_ms"]) + begin * 1000
            released = (started if begin > 0 else truth["time_ms"]) + end * 1000
            holds |= {figure: float(value) if not isinstance(value, str) else
                      int(value.split()[0]) * truth["peak"] for figure, value in self.load.assumed.items()}
        return rows + [self.level(figure, holds, released, first) for figure in self.load.levels]

    # ---- figures ------------------------------------------------------------------------------

    def counter(self, figure, truth, difference):
        points = self.series(figure)
        total = sum(rate * (end - begin) for (begin, _), (end, rate) in zip(points, points[1:]) if rate is not None)
        missing = any(rate is None for _, rate in points[1:])
        return self.row(figure, truth, difference if missing else total, "*" if missing else " ")

    def level(self, figure, holds, released, first):
        truth = holds[figure]
        # The job's first process is there, too. What it shares with its child is divided, which is little here.
        truth += {"processes": 1, "threads": 1}.get(figure, first.get(figure, 0))
        points = [value for _, value in self.held(figure, holds["time_ms"], released)]
        if not points:
            return f"{self.load.name:18} {figure:24} {truth:16,.0f} WRONG: no point while it holds that"
        return self.row(figure, truth, max(points, key=lambda value: abs(value - truth)), " ")

    def row(self, figure, truth, shown, mark):
        exact = figure.startswith(EXACT)
        within = shown == truth if exact else abs(shown - truth) <= 0.01 * truth
        digits = 3 if "seconds" in figure else 0
        difference = f"{shown - truth:+.0f}" if exact else f"{100 * (shown - truth) / truth:+.2f} %"
        return (f"{self.load.name:18} {figure:24} {truth:16,.{digits}f} {shown:16,.{digits}f}{mark} {difference:>11}"
                f"{'' if within else '  WRONG'}")

    def held(self, figure, since, until=float("inf")):
        """Points of what was looked at after that time."""
        if figure == "memory_pss_bytes":
            # May have been looked at since the sample before.
            samples = self.points("processes", since)
            since = samples[0][0] * 1000 if samples else float("inf")
        return self.points(figure, since, until)

    def seen(self, since):
        return all(len(self.held(figure, since)) >= (1 if figure.startswith(SELDOM) else 3)
                   for figure in self.load.levels or ("processes",))

    # ---- over REST ----------------------------------------------------------------------------

    def details(self):
        """Of the job; None while it is not known, or no sample of it is."""
        found = self.portal.jobs(self.job_id)
        details = self.portal.api(f"jobs/{found[0]['id']}") if found else None
        return details if details and details["slots"][0].get("latest") else None

    def sampled_since(self, time_ms):
        return moment(self.details()["last_sample_at"]) * 1000 > time_ms

    def series(self, figure):
        """(seconds, value or None) of each point."""
        number = self.portal.jobs(self.job_id)[0]["id"]
        line, = self.portal.api(f"jobs/{number}/series", metric=figure, points=2000)["series"]
        return [(moment(when), value) for when, value in line["points"]]

    def points(self, figure, since_ms, until_ms=float("inf")):
        return [(when, value) for when, value in self.series(figure)
                if value is not None and since_ms < when * 1000 < until_ms]

    # ---- meeting the load ---------------------------------------------------------------------

    def wait(self, condition, what):
        def met():
            if self.process.poll() is not None:
                raise RuntimeError(f"it ended with {self.process.returncode} before {what}")
            time.sleep(0.3)
            return condition()
        wait_until(met, what, LONGEST_SECONDS)

    def told(self, name):
        file = self.directory / name
        self.wait(file.exists, f"it writes {name}")
        return facts(file)

    def open(self, fifo):
        """Lets the load go on that waits there."""
        def opened():
            try:
                gate = os.open(self.directory / fifo, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as not_yet:
                if not_yet.errno != errno.ENXIO:
                    raise
                return False
            os.write(gate, b"x")
            os.close(gate)
            return True
        self.wait(opened, f"it waits at {fifo}")
