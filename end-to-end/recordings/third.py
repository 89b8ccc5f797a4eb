"""
The runs of the third corpus: in Rust and of programs that neither of the others has. What is wrong with each was
written down before any of them was judged.
"""
from runs import Run
from second import GIB, MIB, limits


def rust(words):
    return ("export BEGUN=$(date +%s.%N); cp loads.rs /dev/shm/$$.rs; rustc -O -o loads /dev/shm/$$.rs; rm /dev/shm/$$.rs;"
            f" exec ./loads {words}")


def until(second, work, then):
    """A shell that works until some second of its life, and then does something else."""
    return f"end=$(($(date +%s) + {second})); while [ $(date +%s) -lt $end ]; do {work}; done; {then}"


HASHES = "head -c 30000000 /dev/zero | openssl dgst -sha512; head -c 30000 /dev/zero >>results; sleep 0.7"
# A site that accepts connections and says nothing.
MUTE = """exec python3 -c '
import socket
s = socket.create_server(("127.0.0.1", {port}), reuse_port=True)
k = []
while True:
    k.append(s.accept())
'"""
RUST = ("rustc",)

SICK = [
    Run("hang-condition", "hang", 85, 215, limits=limits(memory=GIB, walltime=2000), needs=RUST, cores=0.2,
        command=rust("condition 85")),
    Run("hang-tls", "hang", 80, 205, limits=limits(memory=512 * MIB, walltime=1200), needs=("openssl",), cores=0.2,
        beside=MUTE.format(port=6201),
        command=until(80, HASHES, "sleep 10000 | openssl s_client -connect 127.0.0.1:6201")),
    Run("hang-flag", "hang", 65, 180, limits=limits(memory=GIB, walltime=900), needs=RUST, cores=1, command=rust("flag 65")),
    Run("memory-even", "memory_leak", 45, 240, limits=limits(memory=600 * MIB, walltime=1500), needs=RUST, cores=0.2,
        command=rust("memory 45 1.8 60")),
    Run("memory-of-a-child", "memory_leak", 70, 235, limits=limits(memory=GIB, walltime=1000), needs=RUST, cores=0.35,
        command=rust("memory_in_child 70 3.2")),
    Run("sockets-udp", "socket_leak", 55, 230, limits=limits(memory=GIB, walltime=1500), needs=RUST, cores=0.2,
        command=rust("udp 55 0.5")),
    Run("files-folders", "file_leak", 50, 200, limits=limits(memory=GIB), needs=RUST, cores=0.2, command=rust("folders 50 0.8")),
    Run("processes-left", "process_leak", 45, 220, limits=limits(memory=2 * GIB, walltime=1500), needs=RUST, cores=0.25,
        command=rust("children 45 0.35")),
    Run("disk-bzip2", "disk_fill", 50, 180, limits=limits(memory=GIB, walltime=1500, disk=700 * MIB), needs=("bzip2",), cores=0.5,
        command=until(50, HASHES, "head -c 3200000 /dev/urandom >in; i=0; while :; do bzip2 -k -f -1 in; cp in.bz2 part.$i;"
                                  " ls -l part.$i; i=$((i + 1)); sleep 0.5; done")),
    Run("overuse-threads", "cpu_overuse", 35, 100, limits=limits(memory=GIB, walltime=900), needs=RUST, cores=2,
        command=rust("threads 35 3")),
    Run("idle-openssl", "idle_cores", 0, 170, limits=limits(cores=6, memory=4 * GIB, walltime=1500), needs=("openssl",), cores=0.7,
        command="while :; do head -c 150000000 /dev/zero | openssl dgst -sha256; sleep 0.2; done"),
    Run("ledger", "io_storm", 60, 150, limits=limits(memory=GIB, walltime=900), needs=RUST, cores=0.4, alone="disk",
        command=rust("ledger 60")),
    Run("overrun-rust", "walltime_overrun", 0, 190, limits=limits(memory=GIB, walltime=400), needs=RUST, cores=0.3,
        command=rust("overrun 780")),
    Run("storm-ninja", "process_storm", 70, 130, limits=limits(memory=4 * GIB, walltime=900), needs=("ninja",), cores=0.5,
        command=until(70, HASHES, "{ echo 'rule wait'; echo '  command = sleep 20; date >$out'; seq -f 'build o%.0f: wait' 2000; }"
                                  " >build.ninja; exec ninja -j 170")),
    Run("near-limit-rust", "memory_near_limit", 40, 120, limits=limits(memory=400 * MIB, walltime=900), needs=RUST, cores=0.25,
        command=rust("near 40 120 250")),
    Run("flood-rust", "network_flood", 50, 115, limits=limits(cores=2, memory=GIB, walltime=900), needs=RUST, cores=1.5, inside=True,
        command=rust("flood 50")),
    Run("array-t-4", "outlier", 4, 130, limits=limits(memory=2 * GIB, walltime=900, array="t", index=4), needs=RUST, cores=0.2,
        command=rust("member 0.2 420")),
]

HEALTHY = [
    *(Run(f"array-t-{i}", seconds=130, limits=limits(memory=2 * GIB, walltime=900, array="t", index=i), needs=RUST, cores=0.2,
          command=rust(f"member 0.{18 + i} {110 + 7 * i}")) for i in (1, 2, 3, 5)),
    Run("batches", seconds=220, limits=limits(memory=GIB, walltime=1000), needs=RUST, cores=0.25, command=rust("batches 9 55")),
    Run("table", seconds=200, limits=limits(memory=GIB, walltime=900), needs=RUST, cores=0.4, command=rust("table 560")),
    Run("connections", seconds=160, limits=limits(memory=GIB, walltime=900), needs=RUST, cores=0.3, command=rust("connections")),
    Run("by-turns", seconds=220, limits=limits(memory=GIB, walltime=900), needs=RUST, cores=0.4, command=rust("by_turns 33 27")),
    Run("build-ninja", seconds=120, limits=limits(cores=2, memory=4 * GIB, walltime=900), needs=("ninja", "c++"), cores=1.7,
        command="for i in $(seq 14); do printf '#include <functional>\\n#include <map>\\n#include <regex>\\n#include <string>\\n"
                "std::map<std::string, std::function<bool(int)>> m%d;\\n' $i >u$i.cc; done; { echo 'rule cc';"
                " echo '  command = c++ -O2 -c $in -o $out'; for i in $(seq 14); do echo \"build u$i.o: cc u$i.cc\"; done; }"
                " >build.ninja; while :; do ninja -j 2; sleep 1; ninja -t clean; done"),
    Run("tables-jq", seconds=160, limits=limits(memory=GIB, walltime=1000), needs=("jq", "bzip2"), cores=0.7,
        command="seq 40000 | jq -c '{n: ., even: (. % 2 == 0), text: tostring}' >rows; while :; do jq -s 'group_by(.n % 17) |"
                " map(length)' rows >sums; jq -c 'select(.even)' rows | bzip2 >even.bz2; ls -l even.bz2; sleep 0.4; done"),
    Run("gpg-files", seconds=150, limits=limits(memory=GIB, disk=600 * MIB), needs=("gpg",), cores=0.8, alone="disk",
        command="export GNUPGHOME=$PWD/keys; mkdir -m 700 keys; head -c 60000000 /dev/urandom >in; while :; do gpg --batch --yes"
                " --passphrase secret -c -o in.gpg in; gpg --batch --yes --passphrase secret -d -o back in.gpg; cmp in back && echo same;"
                " rm in.gpg back; sleep 1; done"),
    Run("archives-lz4", seconds=160, limits=limits(memory=GIB, walltime=900, disk=800 * MIB), needs=("lz4",), cores=0.4, alone="disk",
        command="seq 3000000 >in; i=0; while :; do lz4 -q -f in part.$((i % 12)).lz4; ls -l part.$((i % 12)).lz4; i=$((i + 1));"
                " [ $((i % 12)) -eq 0 ] && rm part.*; sleep 1.1; done"),
]

ALL = SICK + HEALTHY
