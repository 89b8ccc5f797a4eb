"""Compares flags with truth."""
from dataclasses import dataclass, field
from math import exp
from statistics import median

# What is so in truth as well once the cause has come far enough: neither found nor false.
CONSEQUENCES = {("memory_leak", "memory_near_limit")}
# Said as such, and worth no more: its usual severity counts as found.
INFORMS = {"memory_near_limit"}


HALF_HOUR = 1800
# How long the rules of docs/flags.md wait at least, in seconds.
LEAST = {"memory_leak": HALF_HOUR, "socket_leak": HALF_HOUR, "file_leak": HALF_HOUR, "process_leak": HALF_HOUR,
         "disk_fill": HALF_HOUR, "idle_cores": HALF_HOUR, "hang": HALF_HOUR, "walltime_overrun": 1200, "outlier": 900,
         "io_storm": 600}


def long_enough(run):
    """
    Whether a sick run goes on for as long as a rule waits at least. For a hang 45 minutes when it is busy; an hour when
    it had computed for less than 5 minutes before.
    """
    if run.truth not in LEAST:
        return True
    least = LEAST[run.truth]
    if run.truth == "hang":
        used = {t: cpu for t, cpu in zip(run.column("t"), run.column("cpu_s")) if cpu is not None}
        before = max((cpu for t, cpu in used.items() if t <= run.onset), default=0)
        busy = (max(used.values(), default=before) - before) / (run.end() - run.onset)
        if busy > 0.05 * float(run.job["cores_req"]):
            least = 2700
        elif before < 300:
            least = 3600
    return run.end() - run.onset >= least


@dataclass
class Kind:
    sick: int = 0
    found: int = 0
    false: int = 0
    latencies: list = field(default_factory=list)

    @property
    def precision(self):
        return self.found / (self.found + self.false) if self.found + self.false else None

    @property
    def recall(self):
        return self.found / self.sick if self.sick else None

    @property
    def f1(self):
        whole = 2 * self.found + self.false + (self.sick - self.found)
        return 2 * self.found / whole if whole else None


@dataclass
class Score:
    kinds: dict
    hours: float
    warned: list  # false alarms while nothing was wrong: (run, t, kind, severity)
    wrong: list  # of another kind than what was wrong with the run
    missed: list

    @property
    def micro(self):
        every = Kind(sum(k.sick for k in self.kinds.values()), sum(k.found for k in self.kinds.values()),
                     sum(k.false for k in self.kinds.values()))
        return every.f1 if every.sick else None

    @property
    def macro(self):
        """Of the kinds of which there are runs."""
        values = [kind.f1 for kind in self.kinds.values() if kind.sick]
        return sum(values) / len(values) if values else None

    @property
    def latency(self):
        every = [each for kind in self.kinds.values() for each in kind.latencies]
        return median(every) if every else None

    @property
    def killed(self):
        """Worth a kill, and wrong: nothing was the matter, or something else was."""
        return [each for each in (*self.warned, *self.wrong) if each[3] == "kill"]


def score(runs, flags, factor):
    """
    Flags: run's name to (t, kind, severity), the moments at which each first stood. A run counts once for a kind. A
    kind is found when it is flagged after the onset of what is wrong. What is flagged before, or of another kind, or
    on a healthy run, is false.
    """
    kinds, warned, wrong, missed = {}, [], [], []
    hours = sum(run.healthy_hours() for run in runs)
    for run in runs:
        if not run.healthy:
            kinds.setdefault(run.truth, Kind()).sick += 1
        found, seen = None, set()
        for t, kind, severity in sorted(flags.get(run.name, ())):
            counts = severity != "info" or kind in INFORMS
            if kind == run.truth and t >= run.onset:
                found = t if found is None and counts else found
            elif (run.truth, kind) not in CONSEQUENCES and counts and (kind, severity) not in seen:
                where = warned if run.healthy or t < run.onset else wrong
                where.append((run.name, t / factor, kind, severity))
                if not any(kind == other for other, _ in seen):
                    kinds.setdefault(kind, Kind()).false += 1
                seen.add((kind, severity))
        if found is not None:
            kinds[run.truth].found += 1
            kinds[run.truth].latencies.append((found - run.onset) / factor)
        elif not run.healthy:
            missed.append(run.name)
    return Score(kinds, hours, warned, wrong, missed)


def upper_bound(events, confidence=0.95):
    """Of how many events are to be expected when so many were seen (Poisson, exact, one-sided)."""
    low, high = 0.0, 10.0 * (events + 5)
    while high - low > 1e-6:
        middle = (low + high) / 2
        term = total = exp(-middle)
        for i in range(1, events + 1):
            term *= middle / i
            total += term
        low, high = (middle, high) if total > 1 - confidence else (low, middle)
    return high
