"""Reads recorded runs with known truth, and stretches them in time."""
import csv
import gzip
import random
from dataclasses import dataclass, replace

HEALTHY = "healthy"
LEVELS = frozenset((
    "cores", "rss", "threads", "procs", "zombies", "fds", "sockets", "disk_used", "disk_free", "node_busy"))
SPOILT = ("columns", "noise", "half")
# Everything else in a recording is a level: as it is, at whatever pace time goes.
COUNTERS = frozenset((
    "cpu_s", "cpu_user_s", "cpu_system_s", "read_bytes", "write_bytes", "rchar", "wchar", "syscr", "syscw", "majflt",
    "net_rx", "net_tx", "net_rx_packets", "net_tx_packets", "runq_wait_s"))


@dataclass(frozen=True)
class Run:
    """A recording: columns, rows of numbers (None: not measured); truth: class, and since when in seconds."""
    name: str
    job: dict
    columns: tuple
    rows: tuple
    truth: str
    onset: float | None

    @property
    def healthy(self):
        return self.truth == HEALTHY

    def column(self, name):
        """Values in time, empty list where nobody measured it."""
        if name not in self.columns:
            return [None] * len(self.rows)
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def end(self):
        return self.column("t")[-1]

    def healthy_hours(self):
        return (self.end() if self.healthy else self.onset) / 3600

    def stretched(self, factor):
        """
        One second becomes `factor` seconds: times, wall time and counters are multiplied. So a program that used half
        a core still uses half a core, and one that wrote a megabyte a second still does; what a program holds (memory,
        files, processes, bytes on disk) is what it held, so that it rises `factor` times more slowly. The size of its
        output is a level in the recording, but what comes through it is judged as a rate: it is multiplied.
        """
        def multiply(name, value):
            return value * factor if value is not None and (name == "t" or name in COUNTERS or name == "stdout_bytes") \
                else value

        rows = tuple(tuple(map(multiply, self.columns, row)) for row in self.rows)
        job = dict(self.job)
        if job.get("walltime"):
            job["walltime"] = f"{float(job['walltime']) * factor:g}"
        return Run(self.name, job, self.columns, rows, self.truth,
                   None if self.onset is None else self.onset * factor)

    def spoilt(self, how):
        """
        As a site may see it: `columns`: each column but the time is missing with one chance in five; `noise`: levels are
        off by up to 3 %, each by itself; `half`: every second row is missing. The same at each call.
        """
        dice = random.Random(f"{self.name} {how}")
        if how == "half":
            return replace(self, rows=self.rows[1::2])
        if how == "columns":
            kept = [i for i, name in enumerate(self.columns) if name == "t" or dice.random() >= 0.2]
            return replace(self, columns=tuple(self.columns[i] for i in kept),
                           rows=tuple(tuple(row[i] for i in kept) for row in self.rows))

        def off(name, value):
            if value is None or name not in LEVELS:
                return value
            noisy = value * dice.uniform(0.97, 1.03)
            return noisy if name in ("cores", "node_busy") else float(round(noisy))

        return replace(self, rows=tuple(tuple(map(off, self.columns, row)) for row in self.rows))


def text(path):
    """Of a file, or of what it is packed into."""
    packed = path.with_name(path.name + ".gz")
    return gzip.open(packed, "rt", newline="") if packed.exists() else open(path, newline="")


def read(folder):
    """All runs of which the truth is known, in the order of jobs.csv."""
    with text(folder / "truth.csv") as file:
        truth = {row["run_id"]: row for row in csv.DictReader(file)}
    with text(folder / "jobs.csv") as file:
        jobs = [row for row in csv.DictReader(file) if row["run_id"] in truth]
    return [_run(folder, job, truth[job["run_id"]]) for job in jobs]


def _run(folder, job, truth):
    with text(folder / "runs" / f"{job['run_id']}.csv") as file:
        lines = csv.reader(file)
        columns = tuple(next(lines))
        rows = tuple(tuple(float(cell) if cell else None for cell in line) for line in lines)
    return Run(job["run_id"], job, columns, rows, truth["class"], float(truth["onset"]) if truth["onset"] else None)


def nodes_of_real_jobs(path):
    """Two healthy jobs of 32 nodes and a day; each node is a member of an array. Minutes; gigabytes; load."""
    columns = ("t", "cpu_s", "cores", "rss")
    series = {}
    with text(path) as file:
        for job, node, metric, values in csv.reader(file):
            series.setdefault((job, node), {})[metric] = [float(v) if v else None for v in values.split(";")]
    runs = []
    for (job, node), metrics in series.items():
        rows, used, last = [], 0.0, 0.0
        for minute, (load, memory) in enumerate(zip(metrics["cpu_load"], metrics["mem_used"])):
            last = last if load is None else load
            used += 60 * last
            rows.append((60.0 * minute, None if load is None else used, load, None if memory is None else memory * 1e9))
        facts = {"run_id": f"{job}-{node}", "cores_req": "20", "mem_limit": "64000000000", "walltime": "86400",
                 "array": job, "array_index": node[1:]}
        runs.append(Run(facts["run_id"], facts, columns, tuple(rows), HEALTHY, None))
    return runs


def write(runs, folder):
    """As `replay` reads it."""
    (folder / "runs").mkdir(parents=True)
    with open(folder / "jobs.csv", "w", newline="") as file:
        table = csv.DictWriter(file, runs[0].job, lineterminator="\n")
        table.writeheader()
        table.writerows(run.job for run in runs)
    for run in runs:
        with open(folder / "runs" / f"{run.name}.csv", "w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(run.columns)
            table.writerows([cell(value) for value in row] for row in run.rows)


def cell(value):
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{value:.6f}"
