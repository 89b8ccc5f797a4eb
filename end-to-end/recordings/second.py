"""
The runs of the second corpus: other programs, languages, limits and paces than those of the first. What is wrong with
each was written down before any of them was judged.
"""
from runs import Run

MIB = 1 << 20
GIB = 1 << 30


def limits(cores=1, memory=None, walltime=None, disk=None, array=None, index=None):
    given = {"cores": cores, "memory": memory, "walltime": walltime, "disk-quota": disk, "array": array,
             "array-index": index}
    return {name: value for name, value in given.items() if value is not None}


def perl(words):
    return f"exec perl loads.pl {words}"


def node(words):
    return f"exec node loads.js {words}"


def tcl(words):
    return f"exec tclsh loads.tcl {words}"


def java(words, options="-XX:+UseSerialGC -XX:TieredStopAtLevel=1"):
    return f"javac -d . Loads.java && exec java {options} Loads {words}"


def c(words):
    return f"cc -O1 -w loads.c -o loads && exec ./loads {words}"


# A server that gives 200 kB a second for so many seconds of its life, and then nothing more.
STALLS = """exec python3 -c '
import socket, time
s = socket.create_server(("127.0.0.1", {port}), reuse_port=True)
c, _ = s.accept()
begin = time.monotonic()
c.recv(4096)
c.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 900000000\\r\\n\\r\\n")
while time.monotonic() - begin < {seconds}:
    c.sendall(b"d" * {rate})
    time.sleep(1)
time.sleep(10000)
'"""
LISTENS = """exec python3 -c '
import socket, time
s = socket.create_server(("127.0.0.1", {port}), backlog=512, reuse_port=True)
k = []
while True:
    k.append(s.accept())
'"""

SICK = [
    Run("hang-fifo", "hang", 75, 200, limits=limits(memory=512 * MIB, walltime=1500), needs=("awk",),
        cores=0.4, command="mkfifo never; end=$(($(date +%s) + 75)); while [ $(date +%s) -lt $end ]; do"
        " awk 'BEGIN { for (i = 0; i < 2000000; i++) s += sin(i); print s }'; head -c 40000 /dev/zero >>results;"
        " sleep 1; done; read line <never"),
    Run("hang-download", "hang", 72, 197, limits=limits(memory=GIB, walltime=3600), cores=0.12, needs=("curl",),
        beside=STALLS.format(port=6101, seconds=70, rate=200_000),
        command="sleep 2; exec curl -s -o data http://127.0.0.1:6101/data"),
    Run("hang-heartbeat", "hang", 60, 210, limits=limits(memory=256 * MIB, walltime=900), cores=0.12, command=perl("heartbeat 60 20")),
    Run("hang-one-of-several", "hang", 90, 215, limits=limits(memory=4 * GIB, walltime=2000), cores=0.12,
        needs=("node",), command=node("one_of_several 90 3")),
    Run("hang-database-lock", "hang", 80, 205, limits=limits(memory=GIB, walltime=600), needs=("sqlite3",), cores=0.2,
        command="sqlite3 a.db 'create table t(n integer, x text)'; end=$(($(date +%s) + 80));"
        " while [ $(date +%s) -lt $end ]; do sqlite3 a.db \"insert into t with recursive c(n) as (select 1 union all"
        " select n + 1 from c limit 20000) select n, hex(randomblob(20)) from c; select count(*) from t;"
        " delete from t where n % 3\"; sleep 1; done;"
        " { echo 'begin exclusive;'; sleep 10000; } | sqlite3 a.db & sleep 1;"
        " sqlite3 -cmd '.timeout 100000000' a.db 'delete from t'"),
    Run("hang-java", "hang", 100, 225, limits=limits(memory=2 * GIB, walltime=1000), cores=0.12, needs=("javac",),
        command=java("deadlock 100")),
    Run("hang-make", "hang", 95, 220, limits=limits(cores=2, memory=2 * GIB), cores=0.5, needs=("make", "c++"),
        command="touch held; flock held sleep 10000 & exec make -j2 -f stuck.mk until=$(($(cut -d. -f1 /proc/uptime) + 95))"),
    Run("hang-ticks", "hang", 70, 195, limits=limits(memory=128 * MIB, walltime=700), needs=("tclsh",), cores=0.12,
        command=tcl("ticks 70")),
    Run("hang-spin-awk", "hang", 70, 175, limits=limits(memory=GIB, walltime=800), cores=1,
        command="exec awk 'BEGIN { srand(); b = srand(); for (;;) { for (i = 0; i < 1500000; i++) s += i % 7;"
        " srand(); t = srand(); if (t - b < 70) { print t, s; fflush() } } }'"),
    Run("hang-spin-poll", "hang", 60, 165, limits=limits(memory=GIB, walltime=3000), cores=1, needs=("cc",),
        command=c("poll 60")),
    Run("hang-pipe", "hang", 120, 245, limits=limits(memory=GIB), cores=0.12, needs=("cc",), command=c("pairs 120 0.3")),
    Run("leak-perl", "memory_leak", 40, 260, limits=limits(memory=700 * MIB, walltime=1200),
        cores=0.12, command=perl("hash_leak 40 1.3 80")),
    Run("leak-node-steep", "memory_leak", 60, 190, limits=limits(memory=2 * GIB, walltime=1000), needs=("node",),
        cores=0.12, command=node("leak 60 9 50")),
    Run("leak-steps", "memory_leak", 30, 260, limits=limits(memory=512 * MIB, walltime=900), needs=("cc",),
        cores=0.12, command=c("steps 30 22 15")),
    Run("leak-java", "memory_leak", 50, 210, limits=limits(memory=1500 * MIB, walltime=1100), needs=("javac",), cores=0.3,
        command=java("leak 50 2.5 12", "-Xmx1300m -Xms64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1")),
    Run("leak-noisy", "memory_leak", 90, 260, limits=limits(memory=600 * MIB, walltime=800),
        cores=0.12, command=perl("steps_with_noise 90 1.5 60")),
    Run("leak-no-walltime", "memory_leak", 20, 180, limits=limits(memory=800 * MIB), needs=("tclsh",), cores=0.12,
        command=tcl("leak 20 2.2")),
    Run("leak-late", "memory_leak", 180, 305, limits=limits(memory=900 * MIB, walltime=500),
        command=perl("hash_leak 180 4 120"), cores=0.12),
    Run("sockets-node", "socket_leak", 50, 175, limits=limits(memory=GIB, walltime=900), needs=("node",), cores=0.12,
        beside=LISTENS.format(port=6102), command=node("connections 50 1.5 6102")),
    Run("sockets-unix", "socket_leak", 70, 195, limits=limits(memory=GIB, walltime=1500), cores=0.12, command=perl("unix_sockets 70 1")),
    Run("sockets-slow", "socket_leak", 30, 260, limits=limits(memory=2 * GIB), needs=("node",), cores=0.12,
        beside=LISTENS.format(port=6103), command=node("connections 30 6 6103")),
    Run("files-c", "file_leak", 60, 185, limits=limits(memory=512 * MIB, walltime=700), needs=("cc",), cores=0.12, command=c("files 60 1")),
    Run("files-bursts", "file_leak", 40, 180, limits=limits(memory=GIB, walltime=900), cores=0.12, command=perl("files_in_bursts 40 6 12")),
    Run("files-java", "file_leak", 30, 180, limits=limits(memory=GIB, walltime=900), needs=("javac",),
        cores=0.12, command=java("files 30 1")),
    Run("processes-bash", "process_leak", 50, 175, limits=limits(memory=GIB, walltime=900),
        cores=0.3, command="exec bash -c 'while :; do awk \"BEGIN { for (i = 0; i < 1500000; i++) s += i; print s }\";"
        " head -c 30000 /dev/zero >>results; [ $SECONDS -gt 50 ] && sleep 10000 & sleep 1; done'"),
    Run("processes-node", "process_leak", 60, 185, limits=limits(memory=4 * GIB, walltime=1200), needs=("node",),
        cores=0.12, command=node("children 60 3")),
    Run("processes-zombies", "process_leak", 40, 165, limits=limits(memory=GIB, walltime=900), cores=0.12, command=perl("zombies 40 1")),
    Run("disk-dd", "disk_fill", 40, 165, limits=limits(memory=GIB, walltime=1000, disk=800 * MIB), cores=0.12,
        command="i=0; end=$(($(date +%s) + 40)); while :; do awk 'BEGIN { for (i = 0; i < 2000000; i++) s += i; print s }';"
        " if [ $(date +%s) -gt $end ]; then dd if=/dev/zero of=part.$i bs=64k count=56 2>err; fi; i=$((i + 1)); sleep 0.8;"
        " done"),
    Run("disk-log", "disk_fill", 30, 160, limits=limits(memory=GIB, disk=600 * MIB), cores=0.12,
        command="while :; do seq -f 'event %.0f of the run, all is well' 1 60000 >>debug.log; tail -n 1 debug.log; sleep 0.9; done"
        .replace("while :; do", "end=$(($(date +%s) + 30)); while [ $(date +%s) -lt $end ]; do seq 300000 | sort -r | md5sum; sleep 0.7; done;"
                 " while :; do", 1)),
    Run("disk-copies", "disk_fill", 60, 185, limits=limits(memory=GIB, walltime=2000, disk=900 * MIB), cores=0.12,
        needs=("zstd",), command="head -c 3000000 /dev/urandom >in; i=0; end=$(($(date +%s) + 60)); while :; do zstd -q -12 -f in -o out.zst; ls -l out.zst;"
        " if [ $(date +%s) -gt $end ]; then cp in copy.$i; fi; i=$((i + 1)); sleep 0.8; done"),
    Run("storm-bash", "process_storm", 70, 130, limits=limits(memory=2 * GIB, walltime=900), cores=0.4,
        command="exec bash -c 'while [ $SECONDS -lt 70 ]; do seq 200000 | sort | md5sum; sleep 0.6; done;"
        " for i in $(seq 220); do sleep 600 & done; while :; do seq 100000 | sort | md5sum; sleep 0.6; done'"),
    Run("storm-xargs", "process_storm", 90, 160, limits=limits(memory=4 * GIB, walltime=1500), cores=0.6,
        command="end=$(($(date +%s) + 90)); while [ $(date +%s) -lt $end ]; do gzip -c /usr/share/common-licenses/* | wc -c;"
        " sleep 1; done; yes | xargs -n 1 -P 250 sh -c 'sleep 2'"),
    Run("storm-make", "process_storm", 50, 120, limits=limits(cores=2, memory=4 * GIB), cores=0.6, needs=("make",),
        command="printf 'all: $(patsubst %%,t%%,$(shell seq 2000))\\nt%%:\\n\\t@sleep 30; echo made $@\\n' >Makefile;"
        " end=$(($(date +%s) + 50)); while [ $(date +%s) -lt $end ]; do md5sum /usr/bin/perl /usr/bin/node; sleep 1; done; exec make -j180"),
    Run("storm-node", "process_storm", 80, 140, limits=limits(memory=2 * GIB, walltime=600), cores=0.4, needs=("node",),
        command=node("storm 80 160")),
    Run("overuse-make", "cpu_overuse", 5, 60, limits=limits(memory=4 * GIB, walltime=900), cores=1.6, needs=("make", "c++"),
        command="for i in $(seq 60); do printf '#include <regex>\\n#include <map>\\nstd::map<int, std::regex> m%d;\\n' $i >f$i.cc;"
        " done; printf 'all: $(patsubst %%.cc,%%.o,$(wildcard *.cc))\\n' >Makefile; while :; do make -j4 CXXFLAGS=-O2; rm -f *.o; done"),
    Run("overuse-xz", "cpu_overuse", 30, 80, limits=limits(memory=4 * GIB, walltime=700), cores=1.6, needs=("xz",),
        command="end=$(($(date +%s) + 25)); while [ $(date +%s) -lt $end ]; do seq 300000 | gzip | wc -c; sleep 0.6; done;"
        " seq 30000000 >numbers; while :; do xz -T3 -2 --block-size=8MiB -c numbers | wc -c; done"),
    Run("overuse-java", "cpu_overuse", 25, 75, limits=limits(memory=2 * GIB), cores=1.6, needs=("javac",),
        command=java("parallel 25")),
    Run("idle-of-sixteen", "idle_cores", 0, 150, limits=limits(cores=16, memory=16 * GIB, walltime=900), cores=0.8,
        command="head -c 200000000 /dev/urandom >in; while :; do gzip -1 -c in | wc -c; done"),
    Run("idle-java", "idle_cores", 0, 200, limits=limits(cores=4, memory=4 * GIB), cores=0.25, needs=("javac",),
        command=java("few 0.5")),
    Run("idle-perl", "idle_cores", 0, 150, limits=limits(cores=6, memory=2 * GIB, walltime=2000), cores=0.35,
        command=perl("slow_and_steady 0.3 0.7")),
    Run("flood-perl", "network_flood", 60, 120, limits=limits(memory=GIB, walltime=600), cores=0.6, inside=True,
        command=perl("flood 60 1400 9")),
    Run("flood-packets", "network_flood", 45, 110, limits=limits(memory=GIB), cores=0.6, inside=True, needs=("cc",),
        command=c("small_packets 45 64")),
    Run("storm-of-writes", "io_storm", 60, 130, limits=limits(memory=GIB, walltime=900), cores=0.7, alone="disk",
        command=perl("tiny_writes 60 40")),
    Run("storm-of-dd", "io_storm", 50, 130, limits=limits(memory=GIB), cores=0.4, alone="disk",
        command="end=$(($(date +%s) + 50)); while [ $(date +%s) -lt $end ]; do seq 200000 | md5sum; sleep 0.8; done;"
        " while :; do dd if=/dev/zero of=out bs=512 count=20000 oflag=dsync 2>err; done"),
    Run("storm-of-reads", "io_storm", 70, 150, limits=limits(memory=GIB, walltime=1000), cores=0.6, alone="disk", needs=("cc",),
        command=c("reads 70 512")),
    Run("storm-of-files", "io_storm", 50, 130, limits=limits(memory=2 * GIB, walltime=900), cores=0.7, alone="disk",
        needs=("node",), command=node("small_files 50 200")),
    Run("storm-of-lines", "io_storm", 60, 140, limits=limits(memory=GIB, walltime=900), cores=0.7, alone="disk", needs=("tclsh",),
        command=tcl("lines 60")),
    Run("overrun-noisy", "walltime_overrun", 0, 200, limits=limits(memory=GIB, walltime=360), cores=0.12, command=perl("overrun_noisy 600 0.02")),
    Run("overrun-stops", "walltime_overrun", 80, 205, limits=limits(memory=GIB, walltime=300), command=perl("progress_stops 250 80"),
        cores=0.12),
    Run("overrun-long", "walltime_overrun", 0, 180, limits=limits(memory=GIB, walltime=500),
        command=perl("progress_in_stairs 1500 7"), cores=0.12),
    Run("near-limit-node", "memory_near_limit", 50, 130, limits=limits(memory=800 * MIB, walltime=900), needs=("node",),
        cores=0.12, command=node("near_limit 50 300 400")),
    Run("near-limit-perl", "memory_near_limit", 30, 110, limits=limits(memory=300 * MIB), cores=0.12, command=perl("near_limit 30 100 178")),
    Run("array-p-3", "outlier", 5, 130, limits=limits(memory=2 * GIB, walltime=900, array="p", index=3), cores=0.12,
        command=perl("member 0.3 640 40 20")),
    Run("array-q-7", "outlier", 15, 130, limits=limits(memory=GIB, walltime=600, array="q", index=7), cores=0.4,
        command=perl("member 0.85 60 40 15")),
    Run("array-s-2", "outlier", 10, 130, limits=limits(memory=GIB, array="s", index=2), cores=0.12,
        command=perl("member 0.25 100 6000 10")),
]

HEALTHY = [
    *(Run(f"array-p-{i}", seconds=130, limits=limits(memory=2 * GIB, walltime=900, array="p", index=i), cores=0.12,
          command=perl(f"member 0.{20 + 3 * i} {90 + 9 * i} {40 + 5 * i}")) for i in (1, 2, 4, 5)),
    *(Run(f"array-q-{i}", seconds=130, limits=limits(memory=GIB, walltime=600, array="q", index=i), cores=0.12,
          command=perl(f"member 0.{20 + i} {60 + 4 * i} 40")) for i in (1, 2, 3, 4, 5, 6)),
    *(Run(f"array-s-{i}", seconds=130, limits=limits(memory=GIB, array="s", index=i), cores=0.12,
          command=perl(f"member 0.25 {100 + 6 * i} {150 + 20 * i}")) for i in (1, 3, 4)),
    Run("gc-node", seconds=180, limits=limits(memory=2 * GIB, walltime=900), needs=("node",), cores=0.4,
        command=node("garbage 60 12")),
    Run("gc-java", seconds=180, limits=limits(memory=1500 * MIB, walltime=1200), needs=("javac",), cores=0.35,
        command=java("leak 100000 1 14", "-Xmx1200m -Xms32m -XX:+UseG1GC")),
    Run("cache-perl", seconds=180, limits=limits(memory=GIB, walltime=900), command=perl("cache_to_bound 520 0.03"), cores=0.12),
    Run("rise-then-flat", seconds=180, limits=limits(memory=GIB, walltime=900), command=perl("rise_then_flat 40 60 6"), cores=0.12),
    Run("rise-late", seconds=200, limits=limits(memory=2 * GIB), command=perl("rise_then_flat 150 15 45"), cores=0.12),
    Run("stage-in-download", seconds=170, limits=limits(memory=GIB, walltime=1500), cores=0.3, needs=("curl",),
        beside=STALLS.format(port=6104, seconds=80, rate=3_000_000),
        command="sleep 2; timeout 80 curl -s -o data http://127.0.0.1:6104/data; while :; do sha256sum data; sleep 0.3; done"),
    Run("checkpoints-c", seconds=170, limits=limits(memory=GIB, walltime=2000, disk=400 * MIB), cores=0.3, needs=("cc",),
        alone="disk", command=c("checkpoints 100 22")),
    Run("tail-of-one", seconds=150, limits=limits(cores=2, memory=4 * GIB, walltime=1000), cores=1, needs=("javac",),
        command=java("phases 4 30")),
    Run("rsync-slow", seconds=150, limits=limits(memory=GIB, walltime=2000, disk=900 * MIB), cores=0.12, needs=("rsync",),
        command="head -c 60000000 /dev/urandom >in; mkdir there; while :; do rsync --bwlimit=900 --inplace -q in there/; rm there/in;"
        " echo copied; done"),
    Run("pauses-perl", seconds=200, limits=limits(memory=GIB, walltime=1000), cores=0.12, command=perl("pauses 18 26")),
    Run("log-rotated", seconds=160, limits=limits(memory=GIB, walltime=1000, disk=400 * MIB), cores=0.2,
        command="exec bash -c 'last=0; while :; do seq -f \"request %.0f answered\" 1 60000 >>access.log; tail -n 1 access.log;"
        " if [ $((SECONDS - last)) -gt 45 ]; then mv access.log access.1; gzip -f access.1; last=$SECONDS; fi; sleep 0.9; done'"),
    Run("pool-to-bound", seconds=180, limits=limits(memory=GIB, walltime=1000), command=perl("pool_to_bound 40 1.6"), cores=0.12),
    Run("many-at-once", seconds=100, limits=limits(cores=32, memory=32 * GIB, walltime=600), cores=1.6, needs=("cc",),
        command=c("shells 110")),
    Run("downloads", seconds=170, limits=limits(memory=GIB, walltime=1800, disk=2 * GIB), cores=0.2, needs=("wget",),
        beside="cd \"$(mktemp -d)\" && head -c 3000000 /dev/urandom >data && exec python3 -m http.server --bind 127.0.0.1 6105",
        command="sleep 2; i=0; while :; do wget -q -O part.$((i % 40)) http://127.0.0.1:6105/data; md5sum part.$((i % 40));"
        " i=$((i + 1)); sleep 1.2; done"),
    Run("workflow-manager", seconds=170, limits=limits(memory=GIB, walltime=900), command=perl("manager"), cores=0.12),
    Run("sort-large", seconds=200, limits=limits(memory=512 * MIB, walltime=900, disk=2 * GIB), cores=0.9, alone="disk",
        command="while :; do seq 6000000 | awk '{ print $1 * 7919 % 6000011 }' | sort -S 30M -T . >sorted; wc -l sorted; rm sorted; done"),
    Run("compress-xz", seconds=150, limits=limits(memory=GIB), cores=0.9, needs=("xz",),
        command="seq 20000000 >numbers; while :; do xz -3 -k -f numbers; ls -l numbers.xz; done"),
    Run("queries", seconds=180, limits=limits(memory=GIB, walltime=900), cores=0.5, needs=("sqlite3",),
        command="sqlite3 q.db 'create table t(n integer primary key, x text); insert into t with recursive c(n) as (select 1 union"
        " all select n + 1 from c limit 600000) select n, hex(randomblob(30)) from c'; while :; do sqlite3 q.db"
        " 'select substr(x, 1, 2), count(*), max(x) from t group by 1 order by 2 desc limit 3'; sleep 0.7; done"),
    Run("fio-sequential", seconds=180, limits=limits(memory=GIB, walltime=900, disk=GIB), cores=0.2, alone="disk", needs=("fio",),
        command="exec fio --name=s --rw=rw --bs=512k --size=300m --rate=9m,5m --time_based --runtime=1000 --status-interval=20"),
    Run("server-node", seconds=160, limits=limits(memory=GIB), cores=0.25, needs=("node",), command=node("requests")),
    Run("pipes", seconds=110, limits=limits(cores=2, memory=GIB, walltime=600), cores=1.2, needs=("stress-ng",),
        command="exec stress-ng --pipe 1 --pipe-data-size 512"),
    Run("stream", seconds=160, limits=limits(memory=GIB, walltime=600), cores=0.2, inside=True, command=perl("stream 25e6")),
    Run("progress-stairs", seconds=160, limits=limits(memory=GIB, walltime=300), command=perl("progress_in_stairs 280 14"), cores=0.12),
    Run("progress-noisy", seconds=160, limits=limits(memory=GIB, walltime=330), command=perl("overrun_noisy 290 0.03"), cores=0.12),
    Run("low-and-steady", seconds=180, limits=limits(memory=GIB, walltime=900), command=perl("slow_and_steady 0.09 0.91"), cores=0.12),
    Run("git", seconds=160, limits=limits(memory=GIB, walltime=900), cores=0.5, needs=("git",),
        command="export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a; git init -q r; cd r; i=0;"
        " while :; do seq $i $((i + 20000)) >f$((i % 30)); git add .; git commit -q -m $i; i=$((i + 1));"
        " [ $((i % 25)) -eq 0 ] && git gc -q; git log --oneline | head -n 1; sleep 0.4; done"),
]

ALL = SICK + HEALTHY
