"""The demo's storage system: a recorded dCache that is played again, and the storage watch that looks at it."""
import os
import pwd
import subprocess
from pathlib import Path

NAME = "recorded-dcache"

# Where its doors and pools are said to be. Nothing of the recording listens there: a job of the demo does.
ADDRESS = "127.0.0.21"

# Clients of the recording that become the demo's node; the others stay strangers.
CLIENTS = ("127.0.0.11", "127.0.0.13", "127.0.0.14")
ALICE = "1001"
DCAP_PROCESS = "17498"


class ReplayedStorage:
    """Whose the movers are is found by the portal itself: from what the agent sees of the jobs' connections."""

    def __init__(self, checkout, data):
        self.module = checkout / "storage-mover-watch"
        self.data = data / "storage"
        self.replacements = self.data / "replacements"
        self.port_file = self.data / "port"
        self.processes, self.log, self.uid, self.process = [], None, None, None

    def prepare(self, environment, job_user):
        self.data.mkdir(mode=0o700, exist_ok=True)
        (self.data / "state").mkdir(mode=0o700, exist_ok=True)
        self.port_file.unlink(missing_ok=True)
        self.environment = environment
        self.uid = os.geteuid() if job_user is None else pwd.getpwnam(job_user).pw_uid
        self.log = open(self.data / "storage.log", "ab")
        self.billing = self.data / "billing.json"
        self.billing.write_text("")
        self.tell_clients()

    def play(self):
        """Begins the recording, with the clients of today."""
        self.begin("replay", self.module / "recording", "--port-file", self.port_file,
                   "--replace", self.replacements, "--billing", self.billing)

    def watch(self, portal_url, token_file):
        """Once the recording answers."""
        config = self.data / "watch.conf"
        config.write_text(
            f"storage={NAME}\nportal.url={portal_url}\nportal.token_file={token_file}\n"
            f"dcache.url=http://127.0.0.1:{self.port_file.read_text().strip()}\ndcache.role=none\n"
            f"poll_interval_seconds=5\nbilling={self.billing}\nstorage_hosts={ADDRESS}\n"
            f"may_release=true\nreplay=true\nstate={self.data / 'state'}\n")
        self.begin("storage-mover-watch", config)

    def answers(self):
        return self.port_file.exists()

    def ended(self):
        return any(process.poll() is not None for process in self.processes)

    def client_is(self, process):
        """The process that the recorded dcap client is from now on."""
        if process != self.process:
            self.process = process
            self.tell_clients()

    def tell_clients(self):
        lines = [f"{client}=127.0.0.1" for client in CLIENTS] + [f"{ALICE}={self.uid}", f"localhost={ADDRESS}"]
        if self.process is not None:
            lines.append(f"{DCAP_PROCESS}={self.process}")
        new = self.replacements.with_suffix(".new")
        new.write_text("\n".join(lines) + "\n")
        new.rename(self.replacements)

    def begin(self, script, *arguments):
        self.processes.append(subprocess.Popen(
            [str(word) for word in (self.module / "bin" / script, *arguments)], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, start_new_session=True, env=self.environment))

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.log:
            self.log.close()


def process_of(program):
    """The number of the process that runs this script; None when there is none."""
    wanted = os.fsencode(program)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            # The interpreter with the script, not what started it with the script among its arguments.
            if len(words) > 1 and words[1] == wanted and b"python" in words[0]:
                return int(entry.name)
    return None
