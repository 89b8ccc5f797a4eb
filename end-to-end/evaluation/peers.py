"""Rules of others, written from what they publish. Each: a recording to flags (t, class, severity)."""
from collections import Counter
from math import sqrt

HALF_HOUR = 1800


def dirac(run):
    """
    Watchdog of DIRAC's job wrapper, its defaults (WorkloadManagementSystem/JobWrapper/Watchdog.py): looked at each 30
    minutes; less than 5 % of a core used since the look before, or less than 10 MB of disk left, and the job is killed.
    """
    t, cpu, free = run.column("t"), run.column("cpu_s"), run.column("disk_free")
    looks = []
    for now, used, left in zip(t, cpu, free):
        if used is None or now < HALF_HOUR * len(looks):
            continue
        looks.append((now, used))
        if left is not None and left < 10e6:
            return [(now, "disk_fill", "kill")]
        if now >= HALF_HOUR and len(looks) > 1:
            (before, used_before), elapsed = looks[-2], now - looks[-2][0]
            if 0 <= used - used_before < 0.05 * elapsed:
                return [(now, "hang", "kill")]
    return []


def clustercockpit(run):
    """
    Job classes of ClusterCockpit (configs/tagger/jobclasses) that need nothing but load and memory, given at the
    job's end to jobs of more than 10 minutes: average load < 0.85 or > 1.2 of the cores, memory's peak > 0.9 of its
    limit. Load is what the job adds to the node's: threads that run, that wait for a core, that wait for storage.
    """
    t = run.column("t")
    flags = []
    cores = float(run.job["cores_req"] or 0)
    if t[-1] <= 600:
        return flags
    if cores:
        def used(name):
            known = [value for value in run.column(name) if value is not None]
            return known[-1] - known[0] if known else 0.0
        blocked = [value for value in run.column("dstate") if value is not None]
        load = (used("cpu_s") + used("runq_wait_s")) / (t[-1] - t[0]) + sum(blocked) / max(1, len(blocked))
        if load < 0.85 * cores:
            flags.append((t[-1], "idle_cores", "warn"))
        if load > 1.2 * cores:
            flags.append((t[-1], "cpu_overuse", "warn"))
    limit = float(run.job["mem_limit"] or 0)
    if limit and max((value for value in run.column("rss") if value is not None), default=0) > 0.9 * limit:
        flags.append((t[-1], "memory_near_limit", "warn"))
    return flags


RISING = {"rss": "memory_leak", "sockets": "socket_leak", "fds": "file_leak", "procs": "process_leak",
          "disk_used": "disk_fill"}
WINDOW = 60


def mann_kendall(run):
    """A rise is one when the test of Mann and Kendall says so with p < 0.05 (two-sided, ties corrected), 60 samples."""
    t = run.column("t")
    flags = []
    for name, kind in RISING.items():
        known = [(now, value) for now, value in zip(t, run.column(name)) if value is not None]
        score = 0
        for place, (now, value) in enumerate(known):
            earlier = [other for _, other in known[max(0, place - WINDOW + 1):place]]
            score += sum((value > other) - (value < other) for other in earlier)
            if place >= WINDOW:
                gone = known[place - WINDOW][1]
                score -= sum((other > gone) - (other < gone) for other in earlier)
            if place >= WINDOW - 1 and score > 0:
                ties = Counter([*earlier, value]).values()
                n = WINDOW
                variance = (n * (n - 1) * (2 * n + 5) - sum(c * (c - 1) * (2 * c + 5) for c in ties)) / 18
                if variance > 0 and (score - 1) / sqrt(variance) > 1.96:
                    flags.append((now, kind, "warn"))
                    break
    return flags


def io_watchdog(run):
    """io-watchdog, its default: nothing written (files, pipes, sockets through `write`) for an hour, and it acts."""
    last, since = None, 0.0
    for now, written in zip(run.column("t"), run.column("wchar")):
        if written is None:
            continue
        if last is None or written != last:
            last, since = written, now
        elif now - since >= 3600:
            return [(now, "hang", "kill")]
    return []


ALL = {"DIRAC": dirac, "ClusterCockpit": clustercockpit, "Mann-Kendall": mann_kendall, "io-watchdog": io_watchdog}
