"""The real portal with its embedded MariaDB as processes of their own, what it says over REST, and what lies in its
database."""
import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import installation

READY_SECONDS = 300

# Small, and ready soon; a benchmark has its own.
SMALL_JAVA = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class RealPortal:
    """
    Keeps its port and its data over all its lives. The programs of MariaDB are unpacked once for all runs, where the
    portal's own tests have them, too.
    """

    def __init__(self, directory, jar, java, options=(), java_options=SMALL_JAVA):
        self.directory, self.data = Path(directory), Path(directory) / "data"
        self.directory.mkdir(parents=True, exist_ok=True)
        self.programs = installation.CHECKOUT / "portal/target/mariadb-server"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url, self.process, self.token = f"http://127.0.0.1:{self.port}", None, None
        self.command = [
            f"{java}/bin/java", *java_options,
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar", str(jar),
            "--server.address=127.0.0.1", f"--server.port={self.port}", f"--slotwarden.data-directory={self.data}",
            f"--slotwarden.database.server-directory={self.programs}", *options]

    # ---- its life -----------------------------------------------------------------------------

    def launch(self):
        with open(self.directory / "portal.log", "ab") as log:
            self.process = subprocess.Popen(self.command, cwd=self.directory, stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)

    def start(self):
        self.launch()
        installation.wait_until(self.ready, "the portal is ready", READY_SECONDS)
        if self.token is None:
            self.token = self.new_token()
        return self

    def ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the portal ended with {self.process.returncode}, see portal.log:\n"
                               + "\n".join((self.directory / "portal.log").read_text().splitlines()[-20:]))
        time.sleep(0.2)
        try:
            with urllib.request.urlopen(f"{self.url}/actuator/health/readiness", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def database_pid(self):
        try:
            pid = int((self.data / "mariadb.pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if installation.start_time(pid) is not None else None

    def database_port(self):
        words = Path(f"/proc/{self.database_pid()}/cmdline").read_text().split("\0")
        return int(next(word for word in words if word.startswith("--port=")).removeprefix("--port="))

    def kill(self):
        """Its Java process, by -9. The database stays, an orphan."""
        self.process.kill()
        self.process.wait()

    def kill_database(self):
        pid = self.database_pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(90)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise TimeoutError("the portal did not end within 90 s of TERM") from None

    # ---- what it says -------------------------------------------------------------------------

    def new_token(self):
        """Logs in as a person would, and asks for a token of one's own."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

        def page(path, **form):
            data = urllib.parse.urlencode(form).encode() if form else None
            return browser.open(f"{self.url}{path}", data, timeout=60).read().decode()

        def csrf(text):
            return re.search(r'name="_csrf"[^>]*?(?:value|content)="([^"]+)"', text).group(1)

        password = (self.data / "initial-admin-password").read_text().strip()
        page("/login", username="admin", password=password, _csrf=csrf(page("/login")))
        request = urllib.request.Request(
            f"{self.url}/api/v1/tokens", json.dumps({"label": "end to end"}).encode(),
            {"Content-Type": "application/json", "X-CSRF-TOKEN": csrf(page("/account"))})
        return json.load(browser.open(request, timeout=60))["token"]

    def api(self, path, method="GET", body=None, **query):
        """The answer of /api/v1/PATH."""
        words = f"?{urllib.parse.urlencode(query)}" if query else ""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}{words}", None if body is None else json.dumps(body).encode(), method=method,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def node_token(self, node):
        return self.api(f"nodes/{node}/token", "POST")["token"]

    def jobs(self, job_id):
        return self.api("jobs", job_id=job_id)["items"]

    def stores(self):
        """Whether it finds its database."""
        try:
            return self.api("jobs", size=1) is not None
        except (OSError, urllib.error.URLError):
            return False

    # ---- what lies in its database ------------------------------------------------------------

    def rows(self, query):
        """Rows of text, by the client program that came with the server; None where NULL."""
        client = next(self.programs.glob("mariadb-*/bin/mariadb"))
        environment = {"MYSQL_PWD": (self.data / "database-password").read_text().strip()}
        table = subprocess.run(
            [client, "--no-defaults", "--host=127.0.0.1", f"--port={self.database_port()}", "--user=slotwarden", "--skip-ssl", "--batch", "--quick",
             "--skip-column-names", "slotwarden", "-e", query], env=environment, check=True, stdout=subprocess.PIPE,
            text=True).stdout
        for line in table.splitlines():
            yield [None if word == "NULL" else word for word in line.split("\t")]
