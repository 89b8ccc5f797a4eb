"""Hooks and agent on this machine, as node-agent/package installs them, and the fake portal that they report to."""
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent


def package(into):
    """Builds, where it must, and installs one tree."""
    subprocess.run([CHECKOUT / "node-agent/package", "--into", into], check=True, stdout=sys.stderr)


def wait_until(condition, what, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain until {what}")
        time.sleep(0.005)


def start_time(pid):
    """Field 22 of /proc/PID/stat; None when there is no such process, or a zombie."""
    try:
        words = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if words[0] in (b"Z", b"X") else int(words[19])


def portal_jar():
    """Builds it where there is none, or where its sources are newer."""
    def built():
        return max((CHECKOUT / "portal/target").glob("portal-*.jar"), default=None)

    # The jar has the same time in every build; what Maven made it of has not.
    made = max((part.stat().st_mtime for part in (CHECKOUT / "portal/target").glob("portal-*.jar.original")), default=0)
    sources = [path for module in ("portal", "wire-contract") for path in (CHECKOUT / module / "src/main").rglob("*")]
    sources += [CHECKOUT / "pom.xml", CHECKOUT / "portal/pom.xml", CHECKOUT / "wire-contract/pom.xml"]
    if built() is None or any(path.is_file() and path.stat().st_mtime > made for path in sources):
        print("building the portal ...", file=sys.stderr, flush=True)
        subprocess.run([CHECKOUT / "mvnw", "-q", "-DskipTests", "-pl", "portal", "-am", "package"], cwd=CHECKOUT,
                       check=True, stdout=sys.stderr)
    return built()


def java_home():
    return subprocess.run([CHECKOUT / "mvnw", "--java-home"], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


class FakePortal:
    """The fake portal as a process of its own. Forward: the port of a real one, which gets what this one is told."""

    def __init__(self, directory, tls=None, nice=0, forward=None):
        self.directory, self.tls, self.process, self.port, self.nice = Path(directory), tls, None, 0, nice
        self.forward = ["--forward", forward] if forward else []
        self.directory.mkdir(parents=True, exist_ok=True)
        self.journal, self.behaviour = self.directory / "journal", self.directory / "behaviour"

    def start(self):
        command = [sys.executable, HERE / "fake_portal.py", "--journal", self.journal, "--port", self.port,
                   "--behaviour", self.behaviour] + (["--tls", *self.tls] if self.tls else []) + self.forward
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, preexec_fn=lambda: os.nice(self.nice))
        self.port = int(self.process.stdout.readline())
        return self

    def behave(self, word):
        new = self.behaviour.with_suffix(".new")
        new.write_text(word)
        new.replace(self.behaviour)

    def url(self):
        return f"{'https' if self.tls else 'http'}://{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None


class Tree:
    """One installed tree with a state directory of its own; the agent itself may be shared by a link."""

    def __init__(self, prefix, package_at, state=None):
        self.prefix, self.state = Path(prefix), Path(state or f"{prefix}/state")
        self.local = self.prefix / "batch-prologue/bin/local"
        self.run_job = self.local / "run-job"
        (self.prefix / "etc").mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-R", CHECKOUT / "batch-prologue", self.prefix], check=True)
        if not (self.prefix / "node-agent").exists():
            (self.prefix / "node-agent").symlink_to(Path(package_at) / "node-agent")

    def configure(self, portal_url, hook_conf="", secret="a-token", **agent_conf):
        etc = self.prefix / "etc"
        token = etc / "token"
        token.touch(mode=0o600)
        token.chmod(0o600)
        token.write_text(f"{secret}\n")
        keys = {"portal.url": portal_url, "portal.token_file": token, "node": "n1", "state": self.state,
                "sample_interval_seconds": 1, "scontrol": "off"}
        keys |= {key.replace("__", "."): value for key, value in agent_conf.items()}
        (etc / "agent.conf").write_text("".join(f"{key}={value}\n" for key, value in keys.items()))
        (etc / "hook.conf").write_text(f"state='{self.state}'\nnode=n1\n{hook_conf}\n")

    def agent(self):
        """Process id of the agent that holds the state directory, or None."""
        try:
            pid, started = (self.state / "agent.pid").read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if start_time(pid) == int(started) else None

    def processes(self):
        """All processes that look after this state directory: agents, and what guards them."""
        mark = str(self.state).encode()
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    words = Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
                except OSError:
                    continue
                if mark in words and any(b"node-agent" in word for word in words):
                    yield int(entry)

    def slots(self):
        try:
            return sorted(os.listdir(self.state / "slots"))
        except OSError:
            return []

    def signal(self, number):
        """To agent and guardian alike; those first that would start others."""
        for pid in sorted(self.processes()):
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def end(self):
        """As nothing but a test does it: at once, whatever waits."""
        def gone():
            self.signal(signal.SIGKILL)
            return not list(self.processes())
        wait_until(gone, "the agent is gone")


def in_namespaces(script, root, arguments):
    """Runs the script once more, with --inside ROOT, in process and mount namespaces that end with it."""
    return subprocess.run(["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
                           "--mount-proc", sys.executable, script, "--inside", root, *arguments]).returncode


def as_first_process(function):
    """The first process of a namespace buries the orphans of all others."""
    suite = os.fork()
    if suite == 0:
        try:
            code = function()
        except BaseException:
            traceback.print_exc()
            code = 2
        sys.stdout.flush()
        os._exit(code)
    while True:
        pid, status = os.wait()
        if pid == suite:
            return os.waitstatus_to_exitcode(status) & 0xFF
