"""The load generator as a process of its own, for scripts."""
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent.parent


def build():
    """Where it is not built, or its sources are newer."""
    sources = [path for folder in (HERE, CHECKOUT / "wire-contract") for path in (folder / "src/main").rglob("*")]
    made = max((jar.stat().st_mtime for jar in (HERE / "target").glob("load-generator-*.jar")), default=0)
    if any(path.is_file() and path.stat().st_mtime > made for path in sources):
        print("building the load generator ...", file=sys.stderr, flush=True)
        subprocess.run([CHECKOUT / "mvnw", "-q", "-DskipTests", "-pl", "bench/load-generator", "-am", "package"],
                       cwd=CHECKOUT, check=True, stdout=sys.stderr)
        # Maven leaves it alone where its content stays the same.
        for jar in (HERE / "target").glob("load-generator-*.jar"):
            jar.touch()


def database(portal):
    """Words that tell the audit where the portal's own database is."""
    return ["--jdbc", f"jdbc:mariadb://127.0.0.1:{portal.database_port()}/slotwarden",
            "--jdbc-password-file", str(portal.data / "database-password")]


class Generator:
    """A site that reports to a portal (real_portal.RealPortal). What it says is read all the time."""

    def __init__(self, portal, directory, *options, name="load", java="-Xmx512m", nice=0):
        self.directory, self.name = Path(directory), name
        self.record = self.directory / f"{name}.record"
        self.token = self.directory / "api-token"
        self.token.touch(mode=0o600)
        self.token.write_text(portal.token)
        self.errors = self.directory / f"{name}.errors"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                ["nice", "-n", str(nice), str(HERE / "load-generator"), "run", "--portal", portal.url,
                 "--api-token-file", str(self.token), "--record", str(self.record), "--json", *map(str, options)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
                env={**os.environ, "LOAD_GENERATOR_JAVA": java})
        self.lines, self.news = [], threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.strip())
                self.news.notify_all()
        with self.news:
            self.lines.append(None)
            self.news.notify_all()

    def wait_for(self, words, seconds):
        """Until it has said so."""
        with self.news:
            done = self.news.wait_for(lambda: None in self.lines or f"== {words}" in self.lines, seconds)
            if not done or f"== {words}" not in self.lines:
                raise RuntimeError(f"the load generator did not come to '{words}': {self.last_words()}")

    def last_words(self):
        return "\n".join([*(line for line in self.lines[-5:] if line), *self.errors.read_text().splitlines()[-10:]])

    def stop(self):
        """Where it was told to go on until its standard input ends."""
        self.process.stdin.close()

    def end(self, seconds, complete=True):
        """Its summary; an error when not all was acknowledged in the end, unless that is not expected."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RuntimeError(f"the load generator did not end: {self.last_words()}") from None
        self.reader.join()
        summary = next((json.loads(line) for line in self.lines if line and line.startswith("{")), None)
        if summary is None or code and complete:
            raise RuntimeError(f"the load generator ended with {code}: {self.last_words()}")
        return summary

    def audit(self, portal, *options):
        """What the audit says in its last line, and its sentences about what is wrong."""
        done = subprocess.run(
            [str(HERE / "load-generator"), "audit", "--record", str(self.record), *database(portal),
             "--portal", portal.url, "--api-token-file", str(self.token), *map(str, options)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        lines = done.stdout.splitlines()
        wrong = [line.removeprefix("WRONG ") for line in lines if line.startswith("WRONG ")]
        if done.returncode and not wrong:
            wrong = ["the audit failed: " + " ".join(lines[-3:])]
        return (lines or ["nothing said"])[-1], wrong
