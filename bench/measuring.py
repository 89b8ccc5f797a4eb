"""What the benchmarks of the agent share: figures from /proc, loads, and how figures are told."""
import datetime
import os
import random
import statistics
import subprocess
import sys
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "end-to-end/node"))

TICKS = os.sysconf("SC_CLK_TCK")

# Forks as many children as it is told, which wake up after so many seconds again and again and do very little.
CROWD = """
import os, sys, time
for _ in range(int(sys.argv[1]) - 1):
    if os.fork() == 0:
        break
while True:
    time.sleep(float(sys.argv[2]))
    sum(range(200))
"""


def cpu_seconds(pids):
    """User and system time of processes, all their threads included; to a clock tick of 10 ms each."""
    total = 0.0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        total += (int(words[11]) + int(words[12])) / TICKS
    return total


def pss_mb(pids):
    """Proportional set size: what is shared counts by its share."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def descriptors(pids):
    return sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)


def crowd(size, rest=0.5):
    # At the usual priority, also where the benchmark itself has a higher one.
    return subprocess.Popen([sys.executable, "-S", "-c", CROWD, str(size), str(rest)], stdin=subprocess.DEVNULL,
                            start_new_session=True, cwd="/", preexec_fn=lambda: os.setpriority(os.PRIO_PROCESS, 0, 0))


def end_crowd(leader):
    try:
        os.killpg(leader.pid, 9)
    except ProcessLookupError:
        pass
    leader.wait()


def median_and_interval(values, rounds=4000):
    """Median, and the 95 % interval of it by the bootstrap."""
    dice = random.Random(1)
    medians = sorted(statistics.median(dice.choices(values, k=len(values))) for _ in range(rounds))
    return statistics.median(values), medians[int(0.025 * rounds)], medians[int(0.975 * rounds)]


def headline(command):
    return (f"`{command}`, {datetime.date.today().isoformat()}, {os.cpu_count()} cores, kernel {os.uname().release}, "
            f"load {os.getloadavg()[0]:.1f}")


def certificate(directory):
    """A certificate for localhost that signs itself, and its key."""
    files = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
                   check=True, stderr=subprocess.DEVNULL)
    return files


def sleep_until(moment):
    time.sleep(max(0.0, moment - time.monotonic()))
