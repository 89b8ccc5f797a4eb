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
    cores: float = 0.35
    alone: str = ""
    needs: tuple = ()
    inside: bool = False
    beside: str = ""
    prefix: tuple = ()
    soft_files: int = 1024


def limits(cores=1, memory=GIB, walltime=900, disk=None, array=None, index=None):
    given = {"cores": cores, "memory": memory, "walltime": walltime}
    if disk:
        given["disk-quota"] = disk
    if array:
        given |= {"array": array, "array-index": index}
    return given


ONE = limits()

SICK = [
    Run("memory-leak-slow", "memory_leak", 30, limits=ONE),
    Run("memory-leak-late", "memory_leak", 100, 260, limits=ONE),
    Run("memory-leak-steep", "memory_leak", 90, limits=ONE),
    Run("memory-leak-jvm", "memory_leak", 5, 220, command="exec java -Xmx900m -XX:+UseSerialGC Garbage.java 60 2.5",
        limits=ONE, needs=("java",)),
    Run("socket-leak", "socket_leak", 40, 220, limits=ONE, cores=0.4),
    Run("socket-leak-slow", "socket_leak", 60, 300, limits=ONE, cores=0.4),
    Run("file-leak", "file_leak", 40, 200, limits=ONE, cores=0.4),
    Run("file-leak-fast", "file_leak", 60, 200, limits=ONE, cores=0.4),
    Run("process-leak", "process_leak", 40, 220, limits=ONE, cores=0.4),
    Run("process-leak-fast", "process_leak", 60, 200, limits=ONE, cores=0.4),
    Run("process-storm", "process_storm", 90, 140, limits=ONE, cores=0.8),
    Run("process-storm-slower", "process_storm", 60, 120, limits=ONE, cores=1),
    Run("memory-leak-below-garbage", "memory_leak", 60, 300, limits=ONE, cores=0.3),
    Run("memory-leak-workers", "memory_leak", 50, limits=ONE, cores=0.5),
    Run("memory-leak-fast", "memory_leak", 60, 125, limits=ONE),
    Run("memory-near-limit", "memory_near_limit", 64, 130, limits=ONE),
    Run("memory-near-limit-early", "memory_near_limit", 9, 100, limits=ONE),
    Run("memory-near-limit-jvm", "memory_near_limit", 3, 110, limits=ONE, needs=("java",), cores=0.3,
        command="exec java -Xms930m -Xmx930m -XX:+AlwaysPreTouch -XX:+UseSerialGC Garbage.java 60"),
    Run("socket-leak-server", "socket_leak", 50, 220, limits=ONE, cores=0.3),
    Run("file-leak-temporary", "file_leak", 60, 220, limits=ONE, cores=0.4),
    Run("process-leak-zombies", "process_leak", 50, 220, limits=ONE, cores=0.4),
    Run("process-storm-short", "process_storm", 100, 160, limits=ONE, cores=0.4),
    Run("hang-lock", "hang", 90, 320, limits=ONE, cores=0.3),
    Run("hang-network", "hang", 80, 300, limits=ONE, cores=0.3),
    Run("hang-children", "hang", 110, 310, limits=ONE, cores=0.3),
    Run("hang-stopped", "hang", 90, 300, limits=ONE, cores=0.3),
    Run("hang-spin", "hang", 90, 380, limits=ONE, cores=1),
    Run("hang-retry", "hang", 70, 180, limits=ONE, cores=1),
    Run("hang-mpi", "hang", 55, 155, limits=limits(cores=2), cores=2, needs=("mpicc", "mpirun"),
        command="mpicc -O2 parallel.c -o parallel && exec mpirun --allow-run-as-root -np 2 --oversubscribe parallel 50"),
    Run("cpu-overuse", "cpu_overuse", 40, 100, limits=ONE, cores=2.5),
    Run("cpu-overuse-at-once", "cpu_overuse", 0, 70, limits=ONE, cores=2.5),
    Run("cpu-overuse-openssl", "cpu_overuse", 0, 70, command="exec openssl speed -multi 2 -seconds 20 sha256 sha512"
        " aes-128-cbc aes-256-cbc", limits=ONE, cores=2.5, needs=("openssl",)),
    Run("idle-cores", "idle_cores", 0, 150, limits=limits(cores=8), cores=1),
    Run("idle-cores-of-four", "idle_cores", 0, limits=limits(cores=4), cores=0.5),
    Run("idle-cores-of-two", "idle_cores", 0, 200, limits=limits(cores=2), cores=0.3),
    Run("io-storm-writes", "io_storm", 60, 130, limits=ONE, cores=1, alone="disk"),
    Run("io-storm-reads", "io_storm", 80, 145, limits=ONE, cores=1),
    Run("io-storm-sync", "io_storm", 70, 150, limits=ONE, cores=0.4, alone="disk"),
    Run("io-storm-files", "io_storm", 60, 130, limits=ONE, cores=1),
    Run("io-storm-fio", "io_storm", 0, 130, command="exec fio --name=r --rw=randwrite --bs=1k --size=100m --fsync=1"
        " --time_based --runtime=1000", limits=ONE, cores=0.6, alone="disk", needs=("fio",)),
    Run("disk-fill-files", "disk_fill", 50, 180, limits=limits(disk=GIB // 2), cores=0.3),
    Run("walltime-overrun", "walltime_overrun", 0, 150, limits=limits(walltime=400), cores=0.3),
    Run("walltime-overrun-little", "walltime_overrun", 0, 180, limits=limits(walltime=300), cores=0.3),
    Run("walltime-overrun-later", "walltime_overrun", 80, 180, limits=limits(walltime=300), cores=0.3),
    Run("array-a-6", "outlier", 50, 120, limits=limits(array="a", index=6), cores=0.3),
    Run("array-b-5", "outlier", 60, 120, limits=limits(array="b", index=5), cores=0.7),
    Run("disk-fill", "disk_fill", 40, 160, limits=limits(disk=GIB), cores=0.4, alone="disk"),
    Run("disk-fill-log", "disk_fill", 70, 200, limits=limits(disk=GIB), cores=0.4, alone="disk"),
    Run("network-flood", "network_flood", 80, 140, limits=ONE, cores=1, inside=True),
    Run("network-flood-small-two", "network_flood", 40, 90, limits=limits(cores=2), cores=2, inside=True),
    Run("network-flood-small", "network_flood", 60, 120, limits=ONE, cores=1, inside=True),
]

BUILD = (
    "for i in $(seq 12); do printf '#include <algorithm>\\n#include <iostream>\\n#include <map>\\n#include <regex>\\n"
    "int f%d(std::string s) { std::map<int, std::string> m; std::regex r(\"a(b|c)*%d\"); m[%d] = s;"
    " return std::regex_match(s, r); }\\n' $i $i $i >f$i.cc; done;"
    " printf 'all: $(patsubst %%.cc,%%.o,$(wildcard *.cc))\\n' >Makefile;"
    " while :; do make -j2 CXXFLAGS='-O2 -g'; sleep 1; rm -f *.o; done"
)

HEALTHY = [
    Run("saw-teeth", limits=ONE),
    Run("saw-teeth-slow", seconds=300, limits=ONE),
    Run("warm-up", limits=ONE, cores=0.6),
    Run("warm-up-cache", seconds=200, limits=ONE, cores=0.5),
    Run("stage-in", limits=ONE, cores=0.5, alone="disk"),
    Run("sleep-and-work", seconds=260, limits=ONE),
    Run("pool", limits=ONE, cores=0.4),
    Run("checkpoints", seconds=180, limits=limits(disk=GIB), cores=0.8, alone="disk"),
    Run("rare-words", seconds=200, limits=ONE, cores=1),
    Run("churn", seconds=160, limits=ONE, cores=0.7),
    Run("progress", limits=limits(walltime=300), cores=0.5),
    Run("starved", seconds=110, limits=ONE, cores=2, needs=("taskset",), prefix=("taskset", "-c", "0"),
        beside="for i in 1 2 3; do taskset -c 0 sh -c 'while :; do :; done' & done; wait"),
    Run("build", seconds=120, command=BUILD, limits=limits(cores=2), cores=2, needs=("make", "c++")),
    Run("jvm", seconds=220, command="exec java -Xmx600m -XX:+UseSerialGC Garbage.java 120", limits=ONE, needs=("java",)),
    Run("jvm-large-heap", seconds=260, command="exec java -Xms200m -Xmx800m -XX:+UseSerialGC Garbage.java 40",
        limits=ONE, needs=("java",)),
    Run("stress-cpu-vm", seconds=90, command="exec stress-ng --cpu 1 --vm 1 --vm-bytes 200M --vm-method flip --cpu-load 60",
        limits=limits(cores=2), cores=2, needs=("stress-ng",)),
    Run("fio", seconds=200, command="exec fio --name=r --rw=randrw --bs=64k --size=200m --rate=4m --time_based --runtime=1000",
        limits=limits(disk=GIB), alone="disk", needs=("fio",)),
    Run("fio-database", seconds=200, command="exec fio --name=db --rw=randrw --rwmixread=70 --bs=8k --size=300m --fsync=16"
        " --rate_iops=150,60 --time_based --runtime=1000", limits=limits(disk=GIB), cores=0.3, alone="disk",
        needs=("fio",)),
    Run("database", seconds=200, limits=ONE, cores=0.3, alone="disk"),
    Run("rotated-log", seconds=200, limits=limits(disk=GIB), cores=0.4, alone="disk"),
    Run("checksums", seconds=140, command="head -c 700000000 /dev/urandom >large;"
        " while :; do sha256sum large; cksum large; done", limits=limits(memory=GIB // 4), cores=1),
    Run("pipeline", seconds=140, command="while :; do seq 150000 | awk '{ print $1 * 7919 % 1000 }' | sort | uniq -c |"
        " gzip >counted.gz; for i in 1 2 3 4 5 6; do grep -c root /etc/passwd; cut -d: -f1 /etc/passwd | sort -r |"
        " head -n 3; done; sleep 1; done", limits=ONE, cores=1),
    Run("archive", seconds=140, command="while :; do tar cf - /usr/share/doc 2>err | gzip -2 >archive.tgz; ls -l"
        " archive.tgz; sleep 2; done", limits=limits(cores=2), cores=1.2, alone="disk"),
    Run("mpi", seconds=110, command="mpicc -O2 parallel.c -o parallel && exec mpirun --allow-run-as-root -np 2"
        " --oversubscribe parallel", limits=limits(cores=2), cores=2, needs=("mpicc", "mpirun")),
    Run("progress-uneven", limits=limits(walltime=320), cores=0.4),
    Run("mute", seconds=200, limits=ONE, cores=1),
    Run("plateaus", seconds=220, limits=ONE),
    Run("server", limits=ONE, cores=0.4),
    Run("less-parallel", seconds=130, limits=limits(cores=2), cores=1.4),
    *(Run(f"array-a-{i}", seconds=120, limits=limits(array="a", index=i), cores=0.3) for i in range(1, 6)),
    *(Run(f"array-b-{i}", seconds=120, limits=limits(array="b", index=i), cores=0.3) for i in range(1, 5)),
    *(Run(f"array-c-{i}", seconds=120, limits=limits(array="c", index=i), cores=0.35) for i in range(1, 5)),
    Run("iperf", seconds=140, command="iperf3 -s -p 5999 -1 >server & sleep 1; exec iperf3 -c 127.0.0.1 -p 5999 -t 1000 -b 200M",
        limits=limits(cores=2), cores=0.8, needs=("iperf3",)),
]

ALL = SICK + HEALTHY
