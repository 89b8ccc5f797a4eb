"""One load, as a program of its own: `python3 load.py NAME`. It works in the current directory.

Each does something ordinary until its onset, in seconds since its start, and what makes it sick from there on;
the healthy ones only look as if. None ends by itself: who starts it ends it.
"""
import mmap
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time

MIB = 1 << 20
BEGIN = time.monotonic()


def now():
    return time.monotonic() - BEGIN


def burn(seconds):
    end = time.monotonic() + seconds
    value = 0
    while time.monotonic() < end:
        for i in range(2000):
            value += i * i
    return value


def step(busy=0.3, say=True):
    """A second of a program that works: some CPU time, a line of output, some bytes of results."""
    burn(busy)
    if say:
        print(f"{now():.0f} s, result {os.getpid()}", flush=True)
        with open("results", "a") as results:
            results.write("x" * 40_000)
    time.sleep(max(0.0, 1 - busy))


def work_until(onset, busy=0.3):
    while now() < onset:
        step(busy)


def hold(megabytes):
    """Memory that is really there."""
    block = mmap.mmap(-1, int(megabytes * MIB))
    for page in range(0, len(block), 4096):
        block[page] = 1
    return block


def memory_leak(onset, rate, first=50, most=1 << 20):
    held = [hold(first)]
    work_until(onset)
    while len(held) * rate + first < most:
        held.append(hold(rate))
        step()
    os.kill(os.getpid(), signal.SIGKILL)  # as the kernel does at a limit


def socket_leak(onset, pause):
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    held = []
    work_until(onset, 0.1)
    while True:
        held.append((socket.create_connection(listener.getsockname()), listener.accept()))
        burn(0.02)
        time.sleep(pause)


def file_leak(onset, pause):
    held = []
    work_until(onset, 0.1)
    while True:
        held.append(open("/etc/passwd"))
        burn(0.02)
        time.sleep(pause)


def process_leak(onset, pause):
    held = []
    work_until(onset, 0.1)
    while True:
        held.append(subprocess.Popen(["sleep", "1000"]))
        burn(0.05)
        time.sleep(pause)


def process_storm(onset, count, pause):
    """Children that do a little and stay."""
    work_until(onset, 0.2)
    for _ in range(count):
        if os.fork() == 0:
            while True:
                burn(0.001)
                time.sleep(1)
        time.sleep(pause)
    while True:
        step(0.1)


def hang_lock(onset):
    """Two threads that wait for each other's lock."""
    work_until(onset)
    first, second = threading.Lock(), threading.Lock()

    def take(one, other):
        with one:
            time.sleep(1)
            with other:
                pass

    threading.Thread(target=take, args=(first, second)).start()
    take(second, first)


def hang_network(onset):
    """A request whose answer never comes."""
    listener = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listener.getsockname())
    work_until(onset)
    client.sendall(b"hello")
    client.recv(1)


def hang_children(onset):
    """All workers wait, for a pipe to which nobody writes."""
    readable, _ = os.pipe()
    for _ in range(3):
        if os.fork() == 0:
            work_until(onset, 0.15)
            os.read(readable, 1)
    os.wait()


def hang_spin(onset, processes=1):
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    work_until(onset, 0.6)
    while True:
        burn(10)


def hang_poll(onset):
    """Asks again and again whether something is ready that never is."""
    work_until(onset, 0.6)
    while True:
        os.sched_yield()


def cpu_overuse(onset, processes):
    work_until(onset, 0.9)
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    while True:
        step(0.95)


def idle_cores(busy):
    while True:
        step(busy)


def io_storm(onset, kind):
    with open("data", "wb") as data:
        data.write(os.urandom(4 * MIB))
    work_until(onset)
    tiny = os.open("tiny", os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    data = os.open("data", os.O_RDONLY)
    turn = 0
    while True:
        turn += 1
        if kind == "write":
            os.write(tiny, b"x")
            if turn % 1_000_000 == 0:
                os.ftruncate(tiny, 0)
        elif kind == "read":
            os.pread(data, 16, turn * 7919 % (4 * MIB))
        else:
            os.write(tiny, b"x" * 64)
            os.fdatasync(tiny)


def disk_fill(onset, rate, log=False):
    work_until(onset)
    line = b"2026-11-22 ERROR it failed, trying once more\n" * 100
    number = 0
    while True:
        number += 1
        name = "log" if log else f"part-{number}"
        with open(name, "ab") as out:
            for _ in range(int(rate * MIB) // len(line)):
                out.write(line)
        step(0.1, say=False)


def network_flood(onset, size):
    """In a network namespace of its own: one end of a pair of devices sends to the other."""
    target = ("10.9.9.2", 9)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while now() < onset:
        for _ in range(20):
            sender.sendto(b"x" * 1000, target)
        step()
    while True:
        sender.sendto(b"x" * size, target)


# What only looks sick.

def saw_teeth(period, rate):
    while True:
        held = []
        for _ in range(period):
            held.append(hold(rate))
            step(0.2)


def warm_up(seconds, rate):
    held = []
    while now() < seconds:
        held.append(hold(rate))
        step(0.4)
    work_until(1e9, 0.6)


def stage_in(seconds):
    """Hardly any CPU time while data comes."""
    with open("source", "wb") as source:
        source.write(os.urandom(64 * MIB))
    while now() < seconds:
        with open("source", "rb") as source, open("copy", "wb") as copy:
            while now() < seconds and (block := source.read(MIB)):
                copy.write(block)
                time.sleep(0.2)
    work_until(1e9, 0.8)


def sleep_and_work(pause, work):
    while True:
        end = now() + work
        while now() < end:
            step(0.8)
        time.sleep(pause)


def pool(connections):
    """Many sockets, files and processes, opened at the beginning and used ever after."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=connections)
    held = []
    for _ in range(connections):
        held.append((socket.create_connection(listener.getsockname()), listener.accept()[0], open("/etc/passwd")))
    with multiprocessing.Pool(8) as workers:
        while True:
            workers.map(burn, [0.02] * 8)
            for one, other, _ in held:
                one.send(b"x")
                other.recv(1)
            step(0.1)


def checkpoints(every, megabytes):
    number = 0
    while True:
        end = now() + every
        while now() < end:
            step(0.7)
        with open(f"checkpoint-{number % 2}", "wb") as out:
            for _ in range(megabytes):
                out.write(os.urandom(MIB))
        number += 1


def rare_words(every):
    """Busy all the time, and hardly ever a word."""
    while True:
        burn(every)
        print(f"{now():.0f} s", flush=True)


def churn():
    """Processes, files and sockets come and go."""
    while True:
        children = [subprocess.Popen(["sh", "-c", "for i in 1 2 3; do :; done; sleep 0.5"]) for _ in range(20)]
        for child in children:
            child.wait()
        with socket.create_server(("127.0.0.1", 0)) as listener:
            for _ in range(20):
                socket.create_connection(listener.getsockname()).close()
        step(0.2)


def progress(total):
    """Tells how far it is."""
    while True:
        with open(".slotwarden-progress.new", "w") as out:
            out.write(f"{min(1.0, now() / total):.4f} step {now():.0f}\n")
        os.rename(".slotwarden-progress.new", ".slotwarden-progress")
        burn(0.5)
        time.sleep(0.5)


LOADS = {
    "memory-leak-slow": lambda: memory_leak(30, 2),
    "memory-leak-late": lambda: memory_leak(100, 4, first=200),
    "memory-leak-steep": lambda: memory_leak(90, 14, first=150, most=1000),
    "socket-leak": lambda: socket_leak(40, 0.5),
    "socket-leak-slow": lambda: socket_leak(60, 2),
    "file-leak": lambda: file_leak(40, 0.5),
    "file-leak-fast": lambda: file_leak(60, 0.2),
    "process-leak": lambda: process_leak(40, 2),
    "process-leak-fast": lambda: process_leak(60, 0.7),
    "process-storm": lambda: process_storm(90, 250, 0.01),
    "process-storm-slower": lambda: process_storm(60, 400, 0.012),
    "hang-lock": lambda: hang_lock(90),
    "hang-network": lambda: hang_network(80),
    "hang-children": lambda: hang_children(110),
    "hang-spin": lambda: hang_spin(90),
    "hang-spin-two": lambda: hang_spin(100, 2),
    "hang-poll": lambda: hang_poll(80),
    "cpu-overuse": lambda: cpu_overuse(80, 2),
    "cpu-overuse-at-once": lambda: cpu_overuse(0, 2),
    "idle-cores": lambda: idle_cores(0.9),
    "idle-cores-of-two": lambda: idle_cores(0.25),
    "io-storm-writes": lambda: io_storm(60, "write"),
    "io-storm-reads": lambda: io_storm(80, "read"),
    "io-storm-sync": lambda: io_storm(70, "sync"),
    "disk-fill": lambda: disk_fill(40, 4),
    "disk-fill-log": lambda: disk_fill(70, 3, log=True),
    "network-flood": lambda: network_flood(80, 1400),
    "network-flood-small": lambda: network_flood(60, 40),
    "saw-teeth": lambda: saw_teeth(25, 8),
    "saw-teeth-slow": lambda: saw_teeth(70, 4),
    "warm-up": lambda: warm_up(110, 3),
    "stage-in": lambda: stage_in(100),
    "sleep-and-work": lambda: sleep_and_work(35, 15),
    "pool": lambda: pool(150),
    "checkpoints": lambda: checkpoints(40, 60),
    "rare-words": lambda: rare_words(40),
    "churn": churn,
    "progress": lambda: progress(280),
    "starved": lambda: work_until(1e9, 0.9),
    "python-work": lambda: work_until(1e9, 0.95),
}

if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    LOADS[sys.argv[1]]()
