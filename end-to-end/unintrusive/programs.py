"""The programs: what jobs do, and what they do wrong."""
import glob
import resource
import signal
from dataclasses import dataclass, field

PATH = b"/usr/local/bin:/usr/bin:/bin"
PLAIN = {b"PATH": PATH, b"LANG": b"C.UTF-8", b"HOME": b"/"}
REST = "sleep 1.1"  # so that the monitor looks at least once


@dataclass(frozen=True)
class Program:
    name: str
    command: list  # {jobs} is the program jobs.c, {cgroup} a cgroup that the user may divide
    environment: dict = field(default_factory=lambda: dict(PLAIN))  # of run-job, and so of its hooks
    options: tuple = ()  # further ones of run-job
    limits: dict = field(default_factory=dict)  # soft limits of run-job
    closed: tuple = ()  # descriptors that run-job does not have
    further_descriptors: tuple = ()
    umask: int = 0o022
    ignored: tuple = ()
    blocked: tuple = ()
    nice: int = 0
    inherits_output: bool = False  # writes to what run-job has instead of to files of its own
    pids: int = 0  # as many as the job's cgroup may have
    memory: int = 0  # bytes that the job's cgroup may have
    disk: int = 0  # bytes of the file system in ./disk
    wall_time: bool = False  # ended by its wall-time limit
    cancelled: int = 0  # sent to run-job when the job has said so
    hand_over_fails: bool = False  # what the job is given keeps the hooks from writing, too
    expected: int | None = None
    not_as_own_user: str = ""  # why not where run-job, hooks and agent are all of one user


def sh(name, script, **more):
    return Program(name, ["sh", "-c", script], **more)


def c(name, *words, **more):
    return Program(name, ["{jobs}", *(words or [name])], **more)


def with_environment(**variables):
    return PLAIN | {name.encode(): value if isinstance(value, bytes) else value.encode()
                    for name, value in variables.items()}


def library(pattern):
    found = sorted(glob.glob(f"/usr/lib/*/{pattern}") + glob.glob(f"/usr/lib/{pattern}"))
    return found[0] if found else None


SHOW_ENVIRONMENT = "env -0 | sort -z | sha256sum; " + REST
DEATHS = ["HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
          "TERM", "XCPU", "XFSZ", "VTALRM", "PROF", "SYS", "RTMIN", "RTMAX"]


def exit_codes(every=1):
    return [Program(f"exit-{code}", ["sh", "-c", f"exit {code}"], expected=code) for code in range(0, 256, every)]


def deaths(every=1):
    # Without core files: where they go is the machine's business.
    return [sh(f"killed-by-{name}", f"ulimit -c 0; kill -s {name} $$; {REST}") for name in DEATHS[::every]]


def single():
    jemalloc, tcmalloc = library("libjemalloc.so.2"), library("libtcmalloc_minimal.so.4")
    yield sh("plain", f"echo out; echo err >&2; {REST}; exit 3", expected=3)
    # ---- input and output
    yield sh("closed-input", f"echo out; {REST}", closed=(0,))
    yield sh("closed-output", f"echo out; echo \"$?\" >result; {REST}", closed=(1,), inherits_output=True)
    yield sh("closed-error-output", f"echo out; echo err >&2; {REST}", closed=(2,), inherits_output=True)
    yield sh("all-closed", f"exec <&- >&- 2>&-; {REST}; echo \"$?\" >result", closed=(0, 1, 2), inherits_output=True)
    yield sh("huge-output", "yes 0123456789 | head -c 60000000; head -c 20000000 /dev/zero >&2")
    yield sh("interleaved-output", "i=0; while [ $i -lt 3000 ]; do echo o$i; echo e$i >&2; i=$((i+1)); done",
             inherits_output=True)
    yield sh("binary-output", f"printf 'a\\000b\\377\\n\\033[31mno newline at the end'; {REST}")
    yield sh("output-that-nobody-reads", "yes | head -n 1; exec yes >/dev/full")
    yield sh("input-is-empty", f"wc -c; cat; {REST}")
    # ---- environments, of the hooks as well
    yield sh("empty-environment", SHOW_ENVIRONMENT, environment={})
    yield sh("long-variable", SHOW_ENVIRONMENT, environment=with_environment(LONG=b"x" * 100_000))
    yield sh("variable-beyond-utf-8", SHOW_ENVIRONMENT,
             environment=PLAIN | {b"B\xff\xfe": b"\xc3\x28\x00\x80"[:2], b"C": b"\xff"})
    yield sh("newlines-in-variables", SHOW_ENVIRONMENT,
             environment=with_environment(A="1\nPATH=/nowhere\n", LOCAL_JOB_NAME="x\ny", B="\r\n\t"))
    yield sh("odd-variable-names", SHOW_ENVIRONMENT,
             environment=PLAIN | {b"1": b"2", b"a b": b"c", b"BASH_FUNC_printf%%": b"() { exit 1; }", b"-": b"-"})
    yield sh("shell-variables", SHOW_ENVIRONMENT, environment=with_environment(
        IFS="0123456789/", ENV="/nowhere", BASH_ENV="/nowhere", CDPATH="/tmp:/", POSIXLY_CORRECT="1", PS4="$(exit 1)",
        SHELLOPTS="noexec", GLOBIGNORE="*", LC_ALL="tr_TR.UTF-8", TZ="Nowhere/At_All"))
    yield sh("other-programs-variables", SHOW_ENVIRONMENT, environment=with_environment(
        JAVA_TOOL_OPTIONS="-Xmx1k", _JAVA_OPTIONS="-nonsense", JAVA_HOME="/nowhere", CLASSPATH="/nowhere",
        LD_LIBRARY_PATH="/nowhere", LD_PRELOAD="/nowhere.so", PYTHONHOME="/nowhere", GCONV_PATH="/nowhere",
        MALLOC_ARENA_MAX="-1", http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9"))
    yield sh("hooks-own-variables", SHOW_ENVIRONMENT, environment=with_environment(
        state="/nowhere", enabled="no", prefix="/nowhere", self="/nowhere", inbox="/nowhere", node="x", event="epilogue",
        agent_options="--config /nowhere", SLURM_JOB_ID="7"))
    if jemalloc:
        yield c("jemalloc", "allocator", environment=with_environment(LD_PRELOAD=jemalloc))
    if tcmalloc:
        yield c("tcmalloc", "allocator", environment=with_environment(LD_PRELOAD=tcmalloc))
    yield Program("many-arguments", ["sh", "-c", f'echo "$#"; {REST}', "sh", *["x" * 1000] * 60])
    yield Program("odd-arguments", ["printf", "%s|", "a\nb", "", "--", "$(exit 1)", "\udcff", "-n", "'"])
    yield sh("odd-name", f"echo fine; {REST}", options=("--name", "a\nb ; $(exit 1) \udcff ) Z", "--queue", "x=y"))
    # ---- what a process is given
    yield sh("small-limits", f"ulimit -a; {REST}", limits={
        resource.RLIMIT_NOFILE: 32, resource.RLIMIT_STACK: 1 << 20, resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0, resource.RLIMIT_MSGQUEUE: 0})
    yield sh("no-files-may-grow", f"ulimit -a; echo x >file; echo \"$?\"; {REST}", limits={resource.RLIMIT_FSIZE: 0},
             inherits_output=True, hand_over_fails=True)
    yield sh("little-address-space", f"ulimit -a; {REST}", limits={resource.RLIMIT_AS: 300 << 20})
    yield sh("little-processor-time", "ulimit -t 1; while :; do :; done")
    yield sh("further-descriptors", f"ls /proc/self/fd; {REST}", further_descriptors=(3, 4, 5, 6, 7, 10, 63, 200))
    yield sh("umask-of-nothing", f"umask; : >file; {REST}", umask=0)
    yield sh("umask-of-everything", f"umask; : >file; {REST}", umask=0o777,
             not_as_own_user="run-job itself cannot open what it makes")
    yield c("ignored-signals", "guarded", ignored=(signal.SIGPIPE, signal.SIGHUP, signal.SIGUSR1))
    yield c("blocked-signals", "guarded", blocked=(signal.SIGUSR2, signal.SIGALRM, signal.SIGWINCH))
    yield sh("nice", f"nice; {REST}", nice=7)
    yield sh("makes-itself-idle", f"chrt --idle 0 sh -c 'chrt -p $$ | cut -d: -f2; taskset -c 0 nproc; {REST}'")
    # ---- processes
    yield c("threads")
    yield c("first-thread-ends", "leaderless")
    yield c("deep-tree", "chain", "60")
    yield c("storm-of-processes", "storm")
    yield c("zombies")
    yield c("waits-in-the-kernel", "vfork")
    yield c("own-session-and-daemons", "daemons")
    yield c("own-reaper", "reaper")
    # Longer than any look at what is left is ever late; they are ended with the run.
    yield sh("orphan-outlives-the-job", "setsid sh -c 'sleep 60; echo late >late' >/dev/null 2>&1 & echo gone; exit 5")
    yield sh("orphan-drops-the-mark", "env -i setsid /bin/sh -c '/bin/sleep 60; :' >/dev/null 2>&1 & sleep 0.2; exit 5")
    yield c("stops-itself", "stop")
    yield c("strange-names", "names")
    yield c("traces-itself", "ptrace")
    yield c("undisturbed", "guarded")
    yield c("sealed-by-seccomp", "sealed")
    yield c("timers")
    yield Program("setuid-program", ["{setuid}", "identities"])
    yield sh("replaces-itself", "cp /bin/sleep ./own; exec sh -c 'exec sh -c \"rm own; exec sleep 1.2\"'")
    yield c("kills-what-it-can", "kill-all", not_as_own_user="run-job is among what it kills")
    yield sh("own-namespaces", "unshare -Ur --pid --fork --mount-proc --net --ipc --uts sh -c "
             f"'hostname x; mount -t tmpfs none /mnt; id -u; ps ax | wc -l; {REST}; exit 6'")
    yield sh("own-cgroup", "cd {cgroup} && mkdir own && echo $$ >own/cgroup.procs && grep -c /own$ /proc/self/cgroup; "
             + REST, pids=100)
    yield sh("chroot-of-its-own", f"mkdir proc dev; unshare -Ur chroot . /nowhere; echo $?; {REST}")
    # ---- all of something
    yield c("all-files", limits={resource.RLIMIT_NOFILE: 256})
    yield c("sockets")
    yield c("all-processes-of-the-cgroup", "all-pids", "200", pids=40)
    yield c("all-processes-of-the-user", "all-pids", "200", limits={resource.RLIMIT_NPROC: 60},
            not_as_own_user="hooks and agent count among the user's processes")
    yield c("forks-for-ever", "fork-bomb", pids=60)
    yield c("all-memory-of-the-cgroup", "all-memory", memory=64 << 20)
    yield c("all-address-space", "all-memory", limits={resource.RLIMIT_AS: 200 << 20})
    yield c("sparse-memory")
    yield c("full-disk", "fill-disk", disk=2 << 20)
    yield sh("no-inodes", "i=0; while true 2>/dev/null >disk/$i; do i=$((i+1)); done; echo $i; " + REST, disk=256 << 10)
    # ---- files
    yield sh("directory-is-deleted", f"rmdir \"$PWD\"; {REST}; pwd; ls; echo \"$?\"")
    yield sh("traps-in-the-directory", "mkfifo progress fifo .slotwarden; ln -s / root; ln -s loop loop; mkdir -p "
             f"\"$(printf 'a\\nb')/c\"; chmod 0 a*; touch -d @0 old; touch -d @99999999999 future; {REST}; ls -A")
    yield sh("output-is-deleted", f"echo a; rm -f /proc/self/cwd/../files/out; {REST}; echo b")
    yield sh("output-is-cut", "i=0; while [ $i -lt 12 ]; do echo abc$i; : >../files/out; sleep 0.1; i=$((i+1)); done")
    yield c("locks-and-leases", "locks")
    # ---- ended from outside
    yield c("wall-time", "asked-to-end", wall_time=True, expected=5)
    yield sh("wall-time-ignored", "trap '' TERM; while :; do sleep 0.1; done", wall_time=True,
             expected=137)
    yield c("cancelled", "asked-to-end", cancelled=signal.SIGTERM, expected=5)
    yield Program("no-such-program", ["/nowhere/at/all"], expected=127)
    yield sh("no-right-to-run", ": >file; chmod 644 file; exec ./file", expected=126)


def all_programs(quick=False):
    return list(single()) + deaths(4 if quick else 1)
