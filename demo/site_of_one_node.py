"""A site of one node for the demo: portal, node agent and jobs, all started and ended from here."""
import http.cookiejar
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import replayed_storage
from replayed_storage import ReplayedStorage

READY_WITHIN_SECONDS = 120
PLAY_STORAGE_AFTER_SECONDS = 10


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or sent TERM or HUP."""


def say(text):
    print(text, file=sys.stderr, flush=True)


class Job:
    """One of the six: what it asks for, what it does, and for how long."""

    def __init__(self, name, queue, cores, memory, wall_time, command, array=None):
        self.name, self.queue, self.cores, self.memory = name, queue, cores, memory
        self.wall_time, self.command, self.array = wall_time, command, array
        self.process, self.runs, self.begin_at = None, 0, 0.0


def six_jobs():
    # On a small machine the healthy ones leave the processor to the one that takes more than it asked for.
    share = str(max(0.2, min(0.9, (os.cpu_count() - 1.6) / 3)))
    return [
        Job("simulate-healthy", "short", 1, "400M", "00:10:00", ["healthy", "240", share]),
        Job("reconstruct-overuse", "short", 1, "400M", "00:10:00", ["overuse", "200"]),
        Job("fetch-input-silent", "long", 1, "400M", "00:05:00", ["silent", "8"]),
        Job("histogram-memory-leak", "long", 1, "300M", "00:10:00", ["memory-leak", "290000000", "6000000", "220"]),
        Job("copy-files-socket-leak", "long", 1, "400M", "00:10:00", ["socket-leak", "2", "800", "420", replayed_storage.ADDRESS]),
        Job("scan-parameter", "short", 1, "400M", "00:10:00", ["healthy", "150", share], array=7),
    ]


class Site:
    def __init__(self, checkout, port):
        self.checkout, self.port = checkout, port
        self.data = checkout / "demo-data"
        self.prefix = self.data / "opt-slotwarden"
        self.state = self.data / "state"
        self.node = socket.gethostname().split(".")[0]
        self.portal, self.introduced = None, False
        self.jobs = six_jobs()
        self.job_user = None
        self.log = None
        self.built = checkout / "portal" / "target" / "built-by-run-demo"
        self.mine = False
        self.storage, self.storage_told, self.look_at, self.play_at = ReplayedStorage(checkout, self.data), False, 0.0, 0.0

    # ---- building -----------------------------------------------------------------------------

    def build(self):
        self.data.mkdir(exist_ok=True)
        self.refuse_a_second_demo()
        self.log = open(self.data / "run-demo.log", "ab")
        self.java_home = self.output_of([self.checkout / "mvnw", "--java-home"])
        if self.built_and_current():
            say("Built already.")
        else:
            say("Building (the first time downloads libraries, which takes minutes) ...")
            self.call_with_progress(
                [self.checkout / "mvnw", "-q", "-DskipTests", "-pl", "portal,node-agent,storage-mover-watch", "-am", "package"], "built")
            self.built.touch()
        self.jar = self.newest("portal/target/portal-*.jar")

    def built_and_current(self):
        # Not the jars' own times: they are the same in every build, so that the bytes are.
        if not self.built.exists() or not all(
                self.newest(f"{module}/target/{module}-*.jar") for module in ("portal", "node-agent", "storage-mover-watch")):
            return False
        built_at = self.built.stat().st_mtime
        sources = [self.checkout / "pom.xml"]
        for module in ("wire-contract", "portal", "node-agent", "storage-mover-watch"):
            sources.append(self.checkout / module / "pom.xml")
            sources.extend(path for path in (self.checkout / module / "src" / "main").rglob("*") if path.is_file())
        return all(source.stat().st_mtime <= built_at for source in sources)

    def newest(self, pattern):
        jars = [jar for jar in self.checkout.glob(pattern) if not jar.name.endswith((".original", "-sources.jar"))]
        return max(jars, key=lambda jar: jar.stat().st_mtime, default=None)

    def refuse_a_second_demo(self):
        pid_file = self.data / "run-demo.pid"
        if pid_file.exists():
            pid = pid_file.read_text().strip()
            try:
                if pid.isdigit() and b"run-demo" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    sys.exit(f"run-demo: another one runs here as process {pid}; end it first.")
            except OSError:
                pass  # that one is gone
        pid_file.write_text(f"{os.getpid()}\n")
        self.mine = True

    # ---- the portal ---------------------------------------------------------------------------

    def start_portal(self):
        self.port = self.choose_port()
        self.url = f"http://127.0.0.1:{self.port}"
        say(f"Starting the portal on {self.url} ...")
        home = self.data / "portal"
        home.mkdir(mode=0o700, exist_ok=True)
        portal_log = open(self.data / "portal.log", "ab")
        # A session of its own: Ctrl-C is for this script, which ends everything in order.
        self.portal = subprocess.Popen(
            [f"{self.java_home}/bin/java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
             "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar", self.jar,
             "--server.address=127.0.0.1", f"--server.port={self.port}",
             f"--slotwarden.data-directory={home}", "--slotwarden.flags.time-scale=0.02",
             # The recorded queue is full for two minutes only.
             "--slotwarden.storage.full-after=30s"],
            cwd=self.data, stdin=subprocess.DEVNULL, stdout=portal_log, stderr=portal_log, start_new_session=True,
            env=clean_environment(JAVA_HOME=self.java_home))
        self.wait_for("the portal", READY_WITHIN_SECONDS, self.portal_is_ready)
        self.password = (home / "initial-admin-password").read_text().strip()
        self.token = self.new_api_token()

    def choose_port(self):
        if self.port is not None:
            if not free(self.port):
                sys.exit(f"run-demo: port {self.port} is taken; choose another with --port.")
            return self.port
        if free(8080):
            return 8080
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    def portal_is_ready(self):
        if self.portal.poll() is not None:
            raise SystemExit(f"run-demo: the portal ended with {self.portal.returncode}. The end of its log:\n"
                             + tail(self.data / "portal.log", 30))
        try:
            with urllib.request.urlopen(f"{self.url}/actuator/health/readiness", timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def new_api_token(self):
        """Logs in as a person would, and asks for a token of one's own."""
        browser = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        form = browser.open(f"{self.url}/login", timeout=10).read().decode()
        fields = {"username": "admin", "password": self.password, "_csrf": csrf_of(form)}
        browser.open(f"{self.url}/login", urllib.parse.urlencode(fields).encode(), timeout=20).read()
        page = browser.open(f"{self.url}/account", timeout=20).read().decode()
        request = urllib.request.Request(
            f"{self.url}/api/v1/tokens", json.dumps({"label": "run-demo"}).encode(),
            {"Content-Type": "application/json", "X-CSRF-TOKEN": csrf_of(page)})
        return json.load(browser.open(request, timeout=20))["token"]

    def api(self, method, path, body=None):
        return json.loads(self.asked(method, path, body))

    def asked(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()

    # ---- node and jobs ------------------------------------------------------------------------

    def install_node(self):
        say("Installing agent and hooks below demo-data/ ...")
        # Installed once; an upgraded checkout installs anew, which takes a few seconds.
        self.call([self.checkout / "node-agent" / "package", "--into", self.prefix])
        token = self.api("POST", f"/api/v1/nodes/{self.node}/token")["token"]
        etc = self.prefix / "etc"
        etc.mkdir(exist_ok=True)
        write_secret(etc / "token", token + "\n")
        (etc / "orders.pem").write_text(self.asked("GET", "/api/v1/orders/key"))
        (etc / "orders.pem").chmod(0o644)
        self.state.mkdir(mode=0o700, exist_ok=True)
        (etc / "agent.conf").write_text(
            f"portal.url={self.url}\nportal.token_file={etc}/token\nnode={self.node}\nstate={self.state}\n"
            f"orders.key_file={etc}/orders.pem\nsample_interval_seconds=2\nidle_exit_seconds=20\n")
        (etc / "hook.conf").write_text(f"state='{self.state}'\nnode='{self.node}'\ncluster=demo\n")
        self.job_user = self.choose_job_user()

    def choose_job_user(self):
        """As root, jobs run as somebody else, where that user can reach this checkout and a Python."""
        if os.geteuid() != 0:
            return None
        try:
            subprocess.run(
                ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups",
                 self.checkout / "demo" / "jobs" / "healthy", "0", "0.1"],
                cwd="/tmp", stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, check=True, timeout=30,
                env={"PATH": "/usr/local/bin:/usr/bin:/bin"})
            return "nobody"
        except (OSError, subprocess.SubprocessError):
            return None

    def start_storage(self):
        self.storage.prepare(clean_environment(JAVA_HOME=self.java_home), self.job_user)
        self.token_of_watch = self.storage.data / "token"
        write_secret(self.token_of_watch, self.api(
            "POST", f"/api/v1/storage/watches/{replayed_storage.NAME}/token")["token"] + "\n")

    def look_after_storage(self):
        """Beside all else: who waits for the demo does not wait for this."""
        if not self.storage.processes:
            # What was opened before the jobs began is nobody's.
            if time.monotonic() >= self.play_at:
                self.storage.play()
        elif len(self.storage.processes) == 1 and self.storage.answers():
            self.storage.watch(self.url, self.token_of_watch)
        elif self.storage.ended() and not self.storage_told:
            say(f"The recorded storage system ended; see {self.storage.data / 'storage.log'}.")
            self.storage_told = True
        if time.monotonic() >= self.look_at:
            self.look_at = time.monotonic() + 5
            self.storage.client_is(replayed_storage.process_of(self.checkout / "demo" / "jobs" / "socket-leak"))

    def start_jobs(self):
        say("Starting six jobs through their hooks ...")
        for job in self.jobs:
            self.start_job(job)

    def start_job(self, job):
        job.runs += 1
        number = next_number(self.data / "next-job-id")
        directory = self.data / "jobs" / str(number)
        directory.mkdir(parents=True, exist_ok=True)
        command = [self.prefix / "batch-prologue" / "bin" / "local" / "run-job",
                   "--job-id", str(number), "--name", job.name, "--queue", job.queue, "--cores", str(job.cores),
                   "--memory", job.memory, "--wall-time", job.wall_time, "--work-directory", directory,
                   "--output", directory / "output"]
        if job.array is not None:
            command += ["--array", f"{number}:{job.array}"]
        if self.job_user:
            shutil.chown(directory, self.job_user)
            command += ["--user", self.job_user]
        command += ["--", self.checkout / "demo" / "jobs" / job.command[0], *job.command[1:]]
        job.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            start_new_session=True)

    def introduce(self):
        if os.geteuid() != 0:
            say("Not root: the agent sees this user's processes only, and no other user's open files.")
        elif self.job_user is None:
            say("The jobs run as root: no other user can reach this checkout and a Python.")
        print(f"SLOTWARDEN_URL={self.url}", flush=True)
        print(f"SLOTWARDEN_TOKEN={self.token}", flush=True)
        print("SLOTWARDEN_USER=admin", flush=True)
        print(f"SLOTWARDEN_PASSWORD={self.password}", flush=True)
        self.introduced = True
        say("The page Storage shows a recorded dCache, played again.")
        say("Open the URL and log in. First flags come within two minutes; Ctrl-C ends everything.")

    def run(self, seconds):
        """Starts each job again some time after its end, so that there is always something to see."""
        end = None if seconds is None else time.monotonic() + seconds
        self.play_at = time.monotonic() + PLAY_STORAGE_AFTER_SECONDS
        while end is None or time.monotonic() < end:
            if self.portal.poll() is not None:
                raise SystemExit("run-demo: the portal ended by itself. The end of its log:\n"
                                 + tail(self.data / "portal.log", 30))
            self.look_after_storage()
            for job in self.jobs:
                if job.process is not None and job.process.poll() is not None:
                    job.process, job.begin_at = None, time.monotonic() + 10
                elif job.process is None and time.monotonic() >= job.begin_at:
                    self.start_job(job)
            time.sleep(0.5)

    # ---- the end ------------------------------------------------------------------------------

    def stop(self):
        if not self.mine:
            return  # what runs here belongs to another demo
        say("Stopping jobs, agent and portal ...")
        running = [job.process for job in self.jobs if job.process is not None and job.process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)  # run-job cancels its job and still runs the epilogue
        for process in running:
            end_process(process, 15)
        self.stop_agent()
        self.storage.stop()
        if self.portal is not None:
            self.portal.send_signal(signal.SIGTERM)
            end_process(self.portal, 30)
        (self.data / "run-demo.pid").unlink(missing_ok=True)
        if self.log:
            self.log.close()

    def stop_agent(self):
        """It would end by itself when idle; a demo does not keep anybody waiting."""
        try:
            pid, start_time = (self.state / "agent.pid").read_text().split()
        except (OSError, ValueError):
            return
        # Its last reports are on disk; give them a moment to leave.
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and is_process(pid, start_time) and any((self.state / "slots").iterdir()):
            time.sleep(0.1)
        for number, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
            if not is_process(pid, start_time):
                return
            os.kill(int(pid), number)
            deadline = time.monotonic() + patience
            while time.monotonic() < deadline and is_process(pid, start_time):
                time.sleep(0.05)

    # ---- running commands ---------------------------------------------------------------------

    def call(self, command):
        result = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=self.log,
                                stderr=self.log, env={**os.environ, "JAVA_HOME": self.java_home})
        if result.returncode != 0:
            raise SystemExit(f"run-demo: {command[0]} failed with {result.returncode}. The end of the log:\n"
                             + tail(self.data / "run-demo.log", 30))

    def call_with_progress(self, command, done):
        begin = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=self.log,
                                   stderr=self.log, cwd=self.checkout)
        try:
            while process.poll() is None:
                time.sleep(0.2)
                seconds = int(time.monotonic() - begin)
                if sys.stderr.isatty():
                    print(f"\r  {seconds} s ", end="", file=sys.stderr, flush=True)
                elif seconds and seconds % 30 == 0:
                    say(f"  {seconds} s")
                    time.sleep(1)
        finally:
            end_process(process, 0)
        if process.returncode != 0:
            raise SystemExit("run-demo: the build failed. The end of the log:\n"
                             + tail(self.data / "run-demo.log", 40))
        say(f"  {done} in {int(time.monotonic() - begin)} s")

    def output_of(self, command):
        result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if result.returncode != 0:
            raise SystemExit("run-demo: " + result.stderr.strip())
        return result.stdout.strip()

    def wait_for(self, what, seconds, condition):
        begin = time.monotonic()
        while not condition():
            if time.monotonic() - begin > seconds:
                raise SystemExit(f"run-demo: {what} was not ready within {seconds} s. The end of its log:\n"
                                 + tail(self.data / "portal.log", 30))
            time.sleep(0.2)
        say(f"  ready in {time.monotonic() - begin:.0f} s")


def clean_environment(**more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "TMPDIR") if name in os.environ}
    return {**kept, **more}


def csrf_of(page):
    found = re.search(r'name="_csrf"[^>]*?(?:value|content)="([^"]+)"', page)
    if not found:
        raise SystemExit("run-demo: the portal's page carries no CSRF token.")
    return found.group(1)


def free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def is_process(pid, start_time):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        return stat[0] != "Z" and stat[19] == start_time
    except (OSError, IndexError):
        return False


def end_process(process, patience):
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def next_number(file):
    number = int(file.read_text()) if file.exists() else 1
    file.write_text(f"{number + 1}\n")
    return number


def write_secret(file, text):
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)


def tail(file, lines):
    try:
        return "\n".join(file.read_text(errors="replace").splitlines()[-lines:])
    except OSError as missing:
        return str(missing)
