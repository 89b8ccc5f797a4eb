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


def leak_below_garbage(onset, leaked, period, rate):
    """Saw-teeth whose lowest points rise."""
    held = []
    while True:
        garbage = []
        for _ in range(period):
            garbage.append(hold(rate))
            if now() >= onset:
                held.append(hold(leaked))
            step(0.35)


def leak_in_workers(onset, workers, rate):
    """Each of them holds what it has seen."""
    for _ in range(workers - 1):
        if os.fork() == 0:
            break
    held = []
    work_until(onset, 0.12)
    while True:
        held.append([os.urandom(1000) for _ in range(int(rate * 1000))])
        step(0.12)


def near_limit(onset, megabytes):
    """Takes nearly all it may, and works on with it."""
    held = [hold(200)]
    work_until(onset)
    for _ in range(5):
        held.append(hold((megabytes - 210) / 5))
        step()
    work_until(1e9)


def leak(onset, rate, make):
    """So many a second are made and kept, by a program that works on."""
    held = []
    work_until(onset, 0.35)
    while True:
        while len(held) < (now() - onset) * rate:
            held.append(make())
        step(0.35)


def socket_leak(onset, rate):
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    leak(onset, rate, lambda: (socket.create_connection(listener.getsockname()), listener.accept()))


def file_leak(onset, rate):
    leak(onset, rate, lambda: open("/etc/passwd"))


def leak_among_connections(onset, rate):
    """A server that forgets to close one connection of ten."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)

    def serve():
        for turn in range(10):
            client, (server, _) = socket.create_connection(listener.getsockname()), listener.accept()
            client.sendall(b"x" * 1000)
            server.recv(1000)
            client.close()
            if turn < 9:
                server.close()
        return server

    leak(onset, rate, serve)


def leak_of_temporary_files(onset, rate):
    """Files that are taken away while they are open."""
    def temporary():
        out = open("temporary", "w+b")
        out.write(b"x" * 10_000)
        out.flush()
        os.unlink(out.name)
        return out

    leak(onset, rate, temporary)


def zombies(onset, rate):
    """Children that have ended and for which nobody waits."""
    leak(onset, rate, lambda: subprocess.Popen(["true"]))


def process_leak(onset, rate):
    leak(onset, rate, lambda: subprocess.Popen(["sleep", "1000"]))


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
    work_until(onset, 0.5)
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
    work_until(onset, 0.5)
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


def hang_stopped(onset):
    """A pipe whose reader has been stopped."""
    reader = subprocess.Popen(["wc", "-c"], stdin=subprocess.PIPE)
    while now() < onset:
        reader.stdin.write(b"x" * 50_000)
        step(0.5)
    os.kill(reader.pid, signal.SIGSTOP)
    while True:
        reader.stdin.write(b"x" * 500_000)
        step(0.5)


def hang_retry(onset):
    """Threads that take turns in doing nothing: each backs off for the other."""
    work_until(onset, 0.8)

    def yielding():
        while True:
            burn(0.002)

    for _ in range(3):
        threading.Thread(target=yielding).start()
    yielding()


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


def many_small_files(onset):
    """Makes and takes away files of a few bytes."""
    work_until(onset)
    turn = 0
    while True:
        turn += 1
        name = f"small-{turn % 5000}"
        with open(name, "wb", buffering=0) as out:
            for _ in range(8):
                out.write(b"x" * 60)
        if turn % 3 == 0:
            os.unlink(name)


def files_fill(onset, each, rate):
    """Results of a few hundred kilobytes that nobody takes away."""
    number = 0

    def result():
        nonlocal number
        number += 1
        with open(f"result-{number}", "wb") as out:
            out.write(os.urandom(each))

    leak(onset, rate, result)


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
        step(0.35)


def network_flood(onset, size, processes=1):
    """In a network namespace of its own: one end of a pair of devices sends to the other."""
    target = ("10.9.9.2", 9)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    while now() < onset:
        for _ in range(20):
            sender.sendto(b"x" * 1000, target)
        step(0.3 * processes)
    for _ in range(processes - 1):
        if os.fork() == 0:
            break
    while True:
        sender.sendto(b"x" * size, target)


def tell(fraction):
    with open(".slotwarden-progress.new", "w") as out:
        out.write(f"{min(1.0, fraction):.4f} at {now():.0f} s\n")
    os.rename(".slotwarden-progress.new", ".slotwarden-progress")


def overrun(total, slower_from=1e9, slower=1.0):
    """Tells how far it is: with the pace of the beginning it takes `total` seconds."""
    done = 0.0
    while True:
        tell(done / total)
        print(f"{now():.0f} s", flush=True)
        burn(0.3)
        time.sleep(0.7)
        done += slower if now() >= slower_from else 1.0


def member(megabytes, busy, from_second=0.0, other_megabytes=0, other_busy=None):
    """One of an array; from a moment on it may be unlike itself."""
    held = [hold(megabytes)]
    work_until(from_second, busy)
    if other_megabytes:
        held.append(hold(other_megabytes))
    work_until(1e9, busy if other_busy is None else other_busy)


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


def warm_up_cache(keys):
    """Keeps the result for each key it was asked for: fast at first, and ever more slowly."""
    import random
    cache = {}
    while True:
        end = now() + 0.4
        while now() < end:
            for _ in range(100):
                key = random.randrange(keys)
                if key not in cache:
                    cache[key] = os.urandom(1000)
            time.sleep(0.004)
        step(0.3)


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
        tell(now() / total)
        burn(0.5)
        time.sleep(0.5)


def progress_uneven(total):
    """Events that take longer and shorter: the pace changes, the end is in time."""
    while True:
        part = now() / total
        tell(part - 0.04 * ((part * 8) % 1.0) if part < 0.96 else part)
        burn(0.4)
        time.sleep(0.6)


def mute():
    """Computes, and says nothing until its end."""
    while True:
        burn(1)


def plateaus(megabytes, pause):
    """Each phase loads what it needs, and gives back half."""
    held = []
    while True:
        held.append(hold(megabytes))
        if len(held) > 3:
            del held[:2]
        end = now() + pause
        while now() < end:
            step(0.4)


def database(transactions):
    """Small transactions, each of them on the disk before the next."""
    import sqlite3
    connection = sqlite3.connect("database")
    connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, words TEXT)")
    turn = 0
    while True:
        with connection:
            connection.execute("INSERT INTO event (words) VALUES (?)", ("x" * 200,))
        connection.execute("SELECT count(*), max(length(words)) FROM event WHERE id > ?", (turn - 100,)).fetchall()
        turn += 1
        if turn % 100 == 0:
            print(turn, flush=True)
        time.sleep(1 / transactions)


def rotated_log(rate, size):
    """A log that is cut when it is long."""
    line = b"2026-11-22 INFO all is well, the next event comes\n" * 100
    while True:
        with open("log", "ab") as out:
            for _ in range(int(rate * MIB) // len(line)):
                out.write(line)
            if out.tell() > size * MIB:
                os.rename("log", "log.1")
        step(0.3, say=False)


def server(clients):
    """Requests that come in bursts; every connection is closed again."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=200)
    turn = 0
    while True:
        turn += 1
        held = []
        for _ in range(clients * (1 + turn % 4)):
            client = socket.create_connection(listener.getsockname())
            held.append((client, listener.accept()[0]))
        for client, accepted in held:
            client.sendall(b"x" * 5000)
            accepted.recv(5000)
        step(0.3)
        for client, accepted in held:
            client.close()
            accepted.close()


def less_parallel(processes, seconds):
    """Several workers, of which all but one are done early."""
    for _ in range(processes - 1):
        if os.fork() == 0:
            while now() < seconds:
                step(0.9, say=False)
            os._exit(0)
    work_until(1e9, 0.9)


MEMBERS = {
    **{f"array-a-{i}": (lambda i=i: member(60 + 5 * i, 0.29 + 0.01 * i)) for i in range(1, 6)},
    "array-a-6": lambda: member(70, 0.3, from_second=50, other_megabytes=330),
    **{f"array-b-{i}": (lambda i=i: member(50, 0.27 + 0.01 * i)) for i in range(1, 5)},
    "array-b-5": lambda: member(50, 0.3, from_second=60, other_busy=0.8),
    **{f"array-c-{i}": (lambda i=i: member(30 * i, 0.25 + 0.05 * i)) for i in range(1, 5)},
}

LOADS = MEMBERS | {
    "memory-leak-slow": lambda: memory_leak(30, 2),
    "memory-leak-late": lambda: memory_leak(100, 4, first=200),
    "memory-leak-steep": lambda: memory_leak(90, 14, first=150, most=1000),
    "memory-leak-below-garbage": lambda: leak_below_garbage(60, 1.5, 12, 8),
    "memory-leak-workers": lambda: leak_in_workers(50, 4, 0.8),
    "memory-leak-fast": lambda: memory_leak(60, 12, first=100, most=1 << 20),
    "memory-near-limit": lambda: near_limit(60, 980),
    "memory-near-limit-early": lambda: near_limit(5, 960),
    "socket-leak-server": lambda: leak_among_connections(50, 1),
    "file-leak-temporary": lambda: leak_of_temporary_files(60, 1),
    "process-leak-zombies": lambda: zombies(50, 0.8),
    "process-storm-short": lambda: process_storm(100, 180, 0.002),
    "hang-stopped": lambda: hang_stopped(90),
    "hang-retry": lambda: hang_retry(70),
    "idle-cores-of-four": lambda: idle_cores(0.5),
    "io-storm-files": lambda: many_small_files(60),
    "disk-fill-files": lambda: files_fill(50, 500_000, 5),
    "walltime-overrun": lambda: overrun(800),
    "walltime-overrun-little": lambda: overrun(420),
    "walltime-overrun-later": lambda: overrun(250, 80, 0.25),
    "socket-leak": lambda: socket_leak(40, 2),
    "socket-leak-slow": lambda: socket_leak(60, 0.5),
    "file-leak": lambda: file_leak(40, 2),
    "file-leak-fast": lambda: file_leak(60, 5),
    "process-leak": lambda: process_leak(40, 0.5),
    "process-leak-fast": lambda: process_leak(60, 1.5),
    "process-storm": lambda: process_storm(90, 250, 0.01),
    "process-storm-slower": lambda: process_storm(60, 400, 0.012),
    "hang-lock": lambda: hang_lock(90),
    "hang-network": lambda: hang_network(80),
    "hang-children": lambda: hang_children(110),
    "hang-spin": lambda: hang_spin(90),
    "cpu-overuse": lambda: cpu_overuse(40, 2),
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
    "network-flood-small-two": lambda: network_flood(40, 40, 2),
    "saw-teeth": lambda: saw_teeth(25, 8),
    "saw-teeth-slow": lambda: saw_teeth(70, 4),
    "warm-up-cache": lambda: warm_up_cache(300_000),
    "warm-up": lambda: warm_up(110, 3),
    "stage-in": lambda: stage_in(100),
    "sleep-and-work": lambda: sleep_and_work(35, 15),
    "pool": lambda: pool(150),
    "checkpoints": lambda: checkpoints(40, 60),
    "rare-words": lambda: rare_words(40),
    "churn": churn,
    "progress": lambda: progress(280),
    "starved": lambda: work_until(1e9, 0.9),
    "progress-uneven": lambda: progress_uneven(280),
    "mute": mute,
    "plateaus": lambda: plateaus(60, 30),
    "database": lambda: database(20),
    "rotated-log": lambda: rotated_log(4, 90),
    "server": lambda: server(10),
    "less-parallel": lambda: less_parallel(2, 60),
}

if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    LOADS[sys.argv[1]]()
