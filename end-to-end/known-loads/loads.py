"""The loads: what runs, and which of its figures are known."""
from dataclasses import dataclass, field

CPU = ("cpu_user_seconds", "cpu_seconds")
BURNERS = ("burner", "io-burner", "mem-burner")


@dataclass(frozen=True)
class Load:
    """
    Counters: figures whose truth is what the load itself said, where it did, else what the kernel accounts for the
    command (rusage). Levels: while it holds them. Assumed: what the command's arguments say instead of the load.
    Window: of a load that does not wait until it is looked at, the seconds after its start (or, negative, before its
    end) in which it holds them.
    """
    name: str
    command: tuple
    counters: tuple = ()
    levels: tuple = ()
    waits: bool = False
    unwaited: bool = False
    window: tuple = ()
    assumed: dict = field(default_factory=dict)


def ours(program, scale):
    """Scale 1 is seconds; programs are more exact the more they do."""
    def load(*words):
        return (program, *(str(word) for word in words))

    return [
        # These first: their dear figures come seldom.
        Load("memory", load("memory", 150 * scale, 150 * scale, 1), levels=(
            "memory_rss_bytes", "memory_pss_bytes", "processes"), waits=True),
        Load("memory-shared", load("memory", 120 * scale, 0, 4), levels=(
            "memory_rss_bytes", "memory_pss_bytes", "processes"), waits=True),
        # So few that they are counted within the sample, and not by another thread some time before it.
        Load("sockets", load("sockets", 8), levels=(
            "open_sockets", "open_files", "processes", "sockets_tcp_listen", "sockets_tcp_established",
            "sockets_tcp_close_wait", "sockets_udp", "sockets_unix", "sockets_other"), waits=True),
        Load("cpu-user", load("cpu", 2 * scale, 0, 1, 1), CPU),
        Load("cpu-system", load("cpu", 0, 2 * scale, 1, 1), ("cpu_system_seconds", "cpu_seconds")),
        Load("cpu-threads", load("cpu", scale, scale / 2, 1, 3), (*CPU, "cpu_system_seconds")),
        Load("cpu-processes", load("cpu", scale, scale / 2, 3, 1), (*CPU, "cpu_system_seconds")),
        Load("short-lived", load("forks", 600 * scale, 4), CPU),
        Load("detached", load("detached", 2 * scale), CPU, waits=True, unwaited=True),
        Load("write", load("write", 60 * scale, 1), ("write_bytes", "write_chars")),
        Load("write-short-lived", load("write", 2 * scale, 30), ("write_bytes", "write_chars")),
        Load("read", load("read", 60 * scale), ("read_bytes", "read_chars", "write_bytes", "write_chars")),
        Load("files", load("files", 700), levels=("open_files",), waits=True),
        Load("processes", load("processes", 40 * scale, 3), levels=("processes", "threads", "open_files"), waits=True),
    ]


def burners(directory):
    """prmon's. Their memory: each process shares what the first one wrote, so each has the peak of the first."""
    def command(name, **options):
        words = [word for key, value in options.items() for word in (f"--{key.replace('_', '-')}", str(value))]
        return (f"{directory}/{name}", *words)

    written = 2 * 2 * -(-40_000_000 // 1024) * 1024
    return [
        Load("burner", command("burner", time=12, threads=2, procs=2, child_fraction=0.5), CPU,
             ("processes", "threads"), window=(1, 5.5), assumed={"processes": 2, "threads": 4}),
        Load("mem-burner", command("mem-burner", malloc=400, writef=0.75, procs=2, sleep=120), (),
             ("memory_rss_bytes", "memory_pss_bytes", "processes"), window=(-117, -0.5),
             assumed={"processes": 2, "memory_rss_bytes": "2 peaks", "memory_pss_bytes": "1 peaks"}),
        Load("io-burner", command("io-burner", io=40, threads=2, procs=2, usleep=10, pause=2),
             ("write_bytes", "write_chars", "read_chars"), assumed={"write_chars": written, "read_chars": written}),
    ]
