"""The runs of the corpus: what is run, what it is in truth, and what it disturbs."""
from dataclasses import dataclass, field

GIB = 1 << 30


@dataclass(frozen=True)
class Run:
    """
    Truth: the class of what is wrong, or healthy, and since when, in seconds. Load: of load.py; else a command of a
    shell. Cores: what it takes of the machine while it runs; alone: not beside others with the same word. Needs:
    programs without which it is left out. Inside: a network namespace of its own. Beside: a shell's command that runs
    meanwhile, and is no part of it. Prefix: a program that runs it.
    """
    name: str
    truth: str = "healthy"
    onset: float | None = None
    seconds: int = 240
    command: str | None = None
    limits: dict = field(default_factory=dict)
    cores: float = 0.4
    alone: str = ""
    needs: tuple = ()
    inside: bool = False
    beside: str = ""
    prefix: tuple = ()
    soft_files: int = 1024


def limits(cores=1, memory=GIB, walltime=900, disk=None):
    given = {"cores": cores, "memory": memory, "walltime": walltime}
    if disk:
        given["disk-quota"] = disk
    return given


ONE = limits()

SICK = [
    Run("memory-leak-slow", "memory_leak", 30, limits=ONE),
    Run("memory-leak-late", "memory_leak", 100, 260, limits=ONE),
    Run("memory-leak-steep", "memory_leak", 90, limits=ONE),
    Run("memory-leak-jvm", "memory_leak", 5, command="exec java -Xmx900m -XX:+UseSerialGC Garbage.java 60 2.5",
        limits=ONE, needs=("java",)),
    Run("socket-leak", "socket_leak", 40, limits=ONE, cores=0.2),
    Run("socket-leak-slow", "socket_leak", 60, 300, limits=ONE, cores=0.2),
    Run("file-leak", "file_leak", 40, limits=ONE, cores=0.2),
    Run("file-leak-fast", "file_leak", 60, limits=ONE, cores=0.2),
    Run("process-leak", "process_leak", 40, limits=ONE, cores=0.2),
    Run("process-leak-fast", "process_leak", 60, limits=ONE, cores=0.2),
    Run("process-storm", "process_storm", 90, 160, limits=ONE, cores=0.8),
    Run("process-storm-slower", "process_storm", 60, 140, limits=ONE, cores=1),
    Run("hang-lock", "hang", 90, limits=ONE),
    Run("hang-network", "hang", 80, limits=ONE),
    Run("hang-children", "hang", 110, 260, limits=ONE, cores=0.5),
    Run("hang-spin", "hang", 90, 300, limits=ONE, cores=1),
    Run("hang-spin-two", "hang", 100, 300, limits=limits(cores=2), cores=2),
    Run("hang-poll", "hang", 80, 300, limits=ONE, cores=1),
    Run("cpu-overuse", "cpu_overuse", 80, 200, limits=ONE, cores=2),
    Run("cpu-overuse-at-once", "cpu_overuse", 0, 160, limits=ONE, cores=2),
    Run("idle-cores", "idle_cores", 0, limits=limits(cores=8), cores=1),
    Run("idle-cores-of-two", "idle_cores", 0, limits=limits(cores=2), cores=0.3),
    Run("io-storm-writes", "io_storm", 60, 200, limits=ONE, cores=1, alone="disk"),
    Run("io-storm-reads", "io_storm", 80, 200, limits=ONE, cores=1),
    Run("io-storm-sync", "io_storm", 70, 200, limits=ONE, cores=0.4, alone="disk"),
    Run("disk-fill", "disk_fill", 40, 200, limits=limits(disk=GIB), cores=0.2, alone="disk"),
    Run("disk-fill-log", "disk_fill", 70, 240, limits=limits(disk=GIB), cores=0.2, alone="disk"),
    Run("network-flood", "network_flood", 80, 160, limits=ONE, cores=1, inside=True),
    Run("network-flood-small", "network_flood", 60, 140, limits=ONE, cores=1, inside=True),
]

BUILD = (
    "for i in $(seq 40); do printf '#include <stdio.h>\\n#include <stdlib.h>\\nint f%d(int x) { int s = 0;"
    " for (int i = 0; i < x; i++) s += i * %d; printf(\"%%d\", s); return s; }\\n' $i $i >f$i.c; done;"
    " printf 'all: $(patsubst %%.c,%%.o,$(wildcard *.c))\\n' >Makefile;"
    " while :; do make -j2 CFLAGS='-O2 -g'; sleep 3; rm -f *.o; done"
)

HEALTHY = [
    Run("saw-teeth", limits=ONE),
    Run("saw-teeth-slow", seconds=300, limits=ONE),
    Run("warm-up", limits=ONE, cores=0.6),
    Run("stage-in", limits=ONE, cores=0.5, alone="disk"),
    Run("sleep-and-work", seconds=300, limits=ONE),
    Run("pool", limits=ONE, cores=0.4),
    Run("checkpoints", limits=limits(disk=GIB), cores=0.8, alone="disk"),
    Run("rare-words", seconds=300, limits=ONE, cores=1),
    Run("churn", limits=ONE, cores=0.7),
    Run("progress", limits=limits(walltime=300), cores=0.5),
    Run("python-work", limits=ONE, cores=1),
    Run("starved", limits=ONE, cores=2, needs=("taskset",), prefix=("taskset", "-c", "0"),
        beside="for i in 1 2 3; do taskset -c 0 sh -c 'while :; do :; done' & done; wait"),
    Run("build", command=BUILD, limits=limits(cores=2), cores=2, needs=("make", "cc")),
    Run("gzip", command="while :; do head -c 300000000 /dev/urandom | gzip -1 | wc -c; done", limits=limits(cores=2),
        cores=2, needs=("gzip",)),
    Run("jvm", command="exec java -Xmx600m -XX:+UseSerialGC Garbage.java 120", limits=ONE, needs=("java",)),
    Run("jvm-large-heap", seconds=300, command="exec java -Xms200m -Xmx800m -XX:+UseSerialGC Garbage.java 40",
        limits=ONE, needs=("java",)),
    Run("stress-cpu-vm", command="exec stress-ng --cpu 1 --vm 1 --vm-bytes 200M --vm-method flip --cpu-load 60",
        limits=limits(cores=2), cores=2, needs=("stress-ng",)),
    Run("stress-mix", command="exec stress-ng --fork 1 --pipe 1 --timer 1 --cpu-load 30", limits=limits(cores=2),
        cores=2, needs=("stress-ng",)),
    Run("fio", command="exec fio --name=r --rw=randrw --bs=64k --size=200m --rate=4m --time_based --runtime=1000",
        limits=limits(disk=GIB), alone="disk", needs=("fio",)),
    Run("iperf", command="iperf3 -s -p 5999 -1 >server & sleep 1; exec iperf3 -c 127.0.0.1 -p 5999 -t 1000 -b 200M",
        limits=limits(cores=2), cores=0.8, needs=("iperf3",)),
]

ALL = SICK + HEALTHY
