"""Debian's MariaDB and its Galera cluster on loopback, for tests: unpacked, not installed, run by an ordinary user."""
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ["mariadb-server-core", "mariadb-server", "mariadb-client-core", "mariadb-client", "galera-4", "liburing2",
            "libaio1"]
NAME = "slotwarden"
NOBODY = 65534
START_SECONDS = 180


def fetch_packages(into):
    """Debian's packages as files, once; nothing of them is installed, so no service starts."""
    if not all(list(into.glob(f"{package}_*.deb")) for package in PACKAGES):
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir(parents=True)
        print("fetching Debian's packages of MariaDB and Galera ...", file=sys.stderr, flush=True)
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", *PACKAGES], cwd=into, check=True,
                       stdout=sys.stderr)
    return sorted(into.glob("*.deb"))


class Programs:
    """The unpacked packages. Place: a directory that others may enter, where the servers' data is, too."""

    def __init__(self, place):
        self.place = Path(place)
        self.root = self.place / "programs"
        for package in fetch_packages(CHECKOUT / "portal/target/debian-packages"):
            subprocess.run(["dpkg", "-x", package, self.root], check=True)
        self.base = self.root / "usr"
        self.password = secrets.token_hex(16)
        version = self.run([self.base / "sbin/mariadbd", "--no-defaults", "--version"], stdout=subprocess.PIPE, text=True)
        self.version = version.stdout.split("Ver ")[1].split()[0]

    def environment(self):
        libraries = ":".join(sorted({str(path.parent) for path in self.root.glob("**/lib/**/*.so*")}))
        path = f"{self.base}/sbin:{self.base}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return {"LD_LIBRARY_PATH": libraries, "PATH": path, "LANG": "C.UTF-8", "HOME": str(self.place)}

    def as_somebody(self):
        """No server runs as root."""
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}

    def run(self, command, **more):
        return subprocess.run([str(word) for word in command], check=True, env=self.environment(), cwd=self.place,
                              stdin=subprocess.DEVNULL, **self.as_somebody(), **more)

    def directory(self, name):
        path = self.place / name
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        return path


class Taken:
    """Ports of loopback that nobody had when they were asked for; none is told twice."""
    told = set()

    @classmethod
    def port(cls):
        while True:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            if port not in cls.told:
                cls.told.add(port)
                return port


class Server:
    """One mariadbd."""

    def __init__(self, programs, name, options=()):
        self.programs, self.name, self.process = programs, name, None
        self.port = Taken.port()
        self.directory = programs.directory(name)
        self.log = self.directory / "log"
        self.options = list(options)
        login = self.directory / "login.sql"
        login.write_text(f"CREATE DATABASE IF NOT EXISTS {NAME} CHARACTER SET utf8mb4;\n"
                         f"CREATE USER IF NOT EXISTS {NAME}@'127.0.0.1' IDENTIFIED BY '{programs.password}';\n"
                         f"GRANT ALL ON {NAME}.* TO {NAME}@'127.0.0.1';\n"
                         f"GRANT ALL ON {NAME}_upgrade.* TO {NAME}@'127.0.0.1';\n")
        login.chmod(0o644)
        self.login = login

    def install(self):
        base = self.programs.base
        with open(self.log, "ab") as log:
            self.programs.run([base / "bin/mariadb-install-db", "--no-defaults", f"--basedir={base}", "--skip-test-db",
                               "--auth-root-authentication-method=normal", f"--datadir={self.directory / 'data'}"],
                              stdout=log, stderr=log)
        return self

    def start(self, *more, wait=True):
        base, data = self.programs.base, self.directory / "data"
        if not data.exists():
            data.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(data, NOBODY, NOBODY)
        # The socket's path is short: it may not be longer than 107 bytes.
        command = [base / "sbin/mariadbd", "--no-defaults", f"--basedir={base}", f"--datadir={data}",
                   f"--plugin-dir={base}/lib/mysql/plugin", "--socket=s", f"--port={self.port}",
                   "--bind-address=127.0.0.1", f"--lc-messages-dir={base}/share/mysql", "--skip-name-resolve",
                   "--innodb-buffer-pool-size=128M", "--max-allowed-packet=64M", f"--tmpdir={self.directory}",
                   *self.options, *more]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=self.programs.environment(), cwd=self.directory,
                                            start_new_session=True, **self.programs.as_somebody())
        if wait:
            self.await_ready()
        return self

    def query(self, sql):
        """Rows as lists of words, by the client's own connection over TCP."""
        client = self.programs.base / "bin/mariadb"
        answer = self.programs.run([client, "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", f"--port={self.port}",
                                    f"--user={NAME}", f"--password={self.programs.password}", "--batch",
                                    "--skip-column-names", f"--execute={sql}", NAME], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, timeout=60)
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def answers(self):
        try:
            return bool(self.query("SELECT 1"))
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return False

    def await_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                sys.stderr.write(self.log.read_text(errors="replace")[-5000:])
                raise RuntimeError(f"{self.name} does not start")
            time.sleep(0.2)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def jdbc_url(self):
        return f"jdbc:mariadb://127.0.0.1:{self.port}/{NAME}"


class Cluster:
    """Three nodes of Galera."""

    def __init__(self, programs, options=()):
        groups = [Taken.port() for _ in range(3)]
        self.nodes = []
        for number, group in enumerate(groups):
            provider = (f"gmcast.listen_addr=tcp://127.0.0.1:{group};ist.recv_addr=127.0.0.1:{Taken.port()};"
                        "gcache.size=64M;evs.suspect_timeout=PT5S;evs.inactive_timeout=PT15S")
            self.nodes.append(Server(programs, f"node{number + 1}", [
                *options, "--wsrep-on=ON", f"--wsrep-provider={programs.base}/lib/galera/libgalera_smm.so",
                "--wsrep-cluster-name=slotwarden-test", f"--wsrep-node-name=node{number + 1}",
                "--wsrep-cluster-address=gcomm://" + ",".join(f"127.0.0.1:{port}" for port in groups),
                "--wsrep-node-address=127.0.0.1", "--wsrep-sst-method=rsync",
                f"--wsrep-sst-receive-address=127.0.0.1:{Taken.port()}", f"--wsrep-provider-options={provider}",
                "--binlog-format=ROW", "--default-storage-engine=InnoDB", "--innodb-autoinc-lock-mode=2"]))
        first = self.nodes[0].install()
        first.start("--wsrep-new-cluster", f"--init-file={first.login}")
        for number, node in enumerate(self.nodes[1:], 2):
            node.start()
            self.await_size(number)

    def await_size(self, size):
        deadline = time.monotonic() + START_SECONDS
        while True:
            states = [self.state(node) for node in self.nodes if node.process is not None and node.process.poll() is None]
            if states.count((str(size), "Synced")) == size:
                return
            if time.monotonic() > deadline:
                raise RuntimeError(f"the cluster does not become one of {size}: {states}")
            time.sleep(0.2)

    @staticmethod
    def state(node):
        """Size of the cluster as the node sees it, and the node's state."""
        try:
            rows = dict(node.query("SHOW STATUS WHERE Variable_name IN ('wsrep_cluster_size', 'wsrep_local_state_comment')"))
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return None
        return rows.get("wsrep_cluster_size"), rows.get("wsrep_local_state_comment")

    def jdbc_url(self):
        return "jdbc:mariadb:sequential://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes) + f"/{NAME}"

    def stop(self):
        # One after the other, so that the last has everything.
        for node in self.nodes:
            node.stop()
