"""Runs one program after the other as jobs of one user on one installed tree, and writes down what came of it."""
import ctypes
import errno
import hashlib
import os
import resource
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import fake_portal
import installation
import wire
from installation import wait_until

FIRST_UID = 61_201
STATE_BYTES = 24 << 20
CLONE_NEWNS = 0x20000  # linux/sched.h
PATIENCE = 90  # seconds until something is taken for hung


def user(number):
    return f"slotjob{number}"


def make_users(root, count):
    """Accounts that exist in this mount namespace only."""
    for file, line in (("passwd", "{name}:x:{uid}:{uid}::/:/bin/sh\n"), ("group", "{name}:x:{uid}:\n")):
        copy = root / file
        copy.write_text(Path("/etc", file).read_text() + "".join(
            line.format(name=user(number), uid=FIRST_UID + number) for number in range(count)))
        copy.chmod(0o644)
        subprocess.run(["mount", "--bind", copy, f"/etc/{file}"], check=True)


def faketime():
    """Debian's libfaketime, or None."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def cgroup_of(controller):
    """Where a cgroup of that controller can be made, of either version; None where it cannot."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, features, *_ = line.split()
        if kind == "cgroup" and controller in features.split(","):
            return Path(place)
    unified = Path("/sys/fs/cgroup")
    try:
        # Of version 2 the root only: elsewhere a cgroup with processes cannot have children with controllers.
        return unified if controller in (unified / "cgroup.subtree_control").read_text().split() else None
    except OSError:
        return None


def remove_cgroups(name):
    for controller in ("pids", "memory"):
        parent = cgroup_of(controller)
        for folder in sorted(parent.glob(f"{name}*")) if parent else []:
            # Only folders can be removed in a cgroup, from the innermost outward.
            for below, _, _ in os.walk(folder, topdown=False):
                for _ in range(100):
                    try:
                        os.rmdir(below)
                        break
                    except OSError:
                        time.sleep(0.02)


class Worker:
    def __init__(self, number, root, package):
        self.number, self.package, self.root = number, package, root
        self.user, self.uid = user(number), FIRST_UID + number
        self.place = root / f"worker{number}"
        self.jobs, self.as_root = root / "jobs", root / "jobs-as-root"
        self.directory, self.record, self.files = (self.place / name for name in ("work", "record", "files"))
        self.hook_log = self.place / "hooks"
        self.state = self.place / "state"
        self.portal, self.tree, self.condition, self.runs = None, None, None, 0
        self.notes = []
        # run-job ends what has its job's mark: two jobs of one id would end each other.
        self.warming_up = f"warm-up-{number}"

    # ---- conditions ---------------------------------------------------------------------------

    def work(self, conditions, programs):
        """{condition: ({program: outcome}, complaints)}"""
        self.place.mkdir(exist_ok=True)
        self.place.chmod(0o755)
        self.state.mkdir(exist_ok=True)
        # Mounts of its own, which are the same under every condition, and go with the process.
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS):
            raise OSError(ctypes.get_errno(), "unshare")
        self.mount(self.state, STATE_BYTES)
        results = {}
        for condition in conditions:
            self.enter(condition)
            try:
                outcomes = {program.name: self.run(program) for program in programs
                            if not (condition.own_user and program.not_as_own_user)}
                self.leave(outcomes, {program.name for program in programs if program.hand_over_fails})
            finally:
                self.tree.end()
                if self.portal:
                    self.portal.kill()
            results[condition.name] = (outcomes, self.notes)
        return results

    @staticmethod
    def mount(place, size, more=""):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}{more}", "tmpfs", place], check=True)

    def enter(self, condition):
        self.condition, self.runs, self.notes = condition, 0, []
        self.empty(self.state)
        owner = self.uid if condition.own_user else 0
        os.chown(self.state, owner, owner)
        self.state.chmod(0o700)
        self.empty(self.hook_log)
        self.hook_log.chmod(0o1777)
        url = self.start_portal(condition.portal)
        prefix = self.place / "opt"
        if prefix.exists():
            shutil.rmtree(prefix)
        (prefix / "node-agent").mkdir(parents=True)
        self.install_agent(prefix / "node-agent", condition.faked_clock)
        self.tree = installation.Tree(prefix, self.package, self.state)
        self.tree.configure(url, hook_conf=f"enabled={'yes' if condition.enabled else 'no'}",
                            idle_exit_seconds=3600, away_exit_seconds=3600)
        os.chown(prefix / "etc/token", owner, owner)
        self.install_hooks(condition.hooks)
        if condition.hooks == "ours" and condition.enabled:
            self.warm_up()
        if condition.full_disk:
            self.fill()

    def start_portal(self, behaviour):
        if behaviour == "away":
            self.portal = None
            return "http://127.0.0.1:9"
        portal = self.place / "portal"
        if portal.exists():
            shutil.rmtree(portal)
        self.portal = installation.FakePortal(portal).start()
        self.portal.behave(behaviour)
        return self.portal.url()

    def install_agent(self, place, faked_clock):
        source = self.package.resolve() / "node-agent"
        for part in source.iterdir():
            if part.name != "bin" and not (faked_clock and part.name == "runtime"):
                (place / part.name).symlink_to(part)
        shutil.copytree(source / "bin", place / "bin")
        if faked_clock:
            # Only the wall clock is the wrong one, as after a step of the machine's clock.
            library = faketime()
            self.set_clock("+0")
            java = place / "runtime/bin/java"
            java.parent.mkdir(parents=True)
            java.write_text(f"#!/bin/sh\nexec env LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={self.place}/clock "
                            "FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 NO_FAKE_STAT=1 "
                            f'{source}/runtime/bin/java "$@"\n')
            java.chmod(0o755)

    def set_clock(self, offset):
        new = self.place / "clock.new"
        new.write_text(offset + "\n")
        new.rename(self.place / "clock")

    def install_hooks(self, hooks):
        for event in ("prologue", "epilogue"):
            hook = self.tree.local / event
            if hooks == "ours":
                # As slurmd does: waits until the hook's output has come to its end; and looks at its status.
                hook.rename(f"{hook}.real")
                hook.write_text(f'#!/bin/sh\n{{ {{ "$0.real"; echo "$?" >>{self.hook_log}/{event}.status; }} 2>&1 | '
                                'cat; } >/dev/null 2>&1\n')
            elif hooks == "export-in-run-job":
                text = self.tree.run_job.read_text()
                self.tree.run_job.write_text(text.replace("self=$(readlink", "export LEAK=1\nself=$(readlink", 1)
                                             .replace("setsid env", "LEAK=1 setsid env", 1))
                hook.write_text("#!/bin/sh\nexit 0\n")
            elif event == "prologue" and hooks != "empty":
                hook.write_text(f"#!/bin/sh\n{hooks}\n")
            else:
                hook.write_text("#!/bin/sh\nexit 0\n")
            hook.chmod(0o755)

    def warm_up(self):
        subprocess.run(["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups"] *
                       self.condition.own_user + [self.tree.run_job, "--job-id", self.warming_up, "true"],
                       cwd="/", check=True, stdin=subprocess.DEVNULL, env={b"PATH": b"/usr/bin:/bin"})
        wait_until(lambda: self.tree.agent() and self.inbox_is_empty(), "the agent is up", PATIENCE)

    def fill(self):
        with open(self.state / "filler", "wb", buffering=0) as filler:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError:
                    pass

    def inbox_is_empty(self):
        return not any(name.endswith("logue") for name in os.listdir(self.state / "inbox"))

    def end_one_agent(self):
        pid = self.tree.agent()
        if pid:
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: installation.start_time(pid) is None, "the agent is gone", PATIENCE)

    # ---- one program --------------------------------------------------------------------------

    def run(self, program):
        self.runs += 1
        outcome = {}
        # On a machine that is busy with other things a limit may pass before the job has really begun.
        for wall_time in (3, 12, 59) if program.wall_time else (None,):
            outcome = self.run_once(program, wall_time)
            if "seen.2, limits" in outcome:
                break
        return outcome

    def run_once(self, program, wall_time):
        for place in (self.directory, self.record, self.files):
            self.empty(place)
            os.chown(place, self.uid, self.uid)
            place.chmod(0o755)
        os.mkfifo(self.record / "go")
        cgroups = self.prepare(program)
        job = self.start(program, wall_time)
        try:
            outcome = self.follow(program, job, cgroups)
        finally:
            self.kill_users_processes()
            if program.disk:
                subprocess.run(["umount", self.directory / "disk"], check=True)
            remove_cgroups(self.cgroup_name())
        return outcome

    def cgroup_name(self):
        return f"{self.root.name}.{self.number}"

    def prepare(self, program):
        """Makes its small disk and its cgroups."""
        if program.disk:
            (self.directory / "disk").mkdir()
            self.mount(self.directory / "disk", program.disk, f",nr_inodes=100,uid={self.uid},mode=755")
        made = []
        for controller, limit in (("pids", program.pids), ("memory", program.memory)):
            parent = cgroup_of(controller)
            if not limit or parent is None:
                continue
            folder = parent / self.cgroup_name()
            folder.mkdir()
            names = {"pids": ["pids.max"], "memory": ["memory.max", "memory.limit_in_bytes"]}[controller]
            next(folder / name for name in names if (folder / name).exists()).write_text(str(limit))
            if (folder / "memory.swap.max").exists():
                (folder / "memory.swap.max").write_text("0")
            for owned in (folder, folder / "cgroup.procs"):
                os.chown(owned, self.uid, self.uid)
            made.append(folder)
        return made

    def start(self, program, wall_time):
        words = {"{jobs}": str(self.jobs), "{setuid}": str(self.as_root)}
        folder = str((cgroup_of("pids") or Path("/nowhere")) / self.cgroup_name())
        command = [words.get(word, word).replace("{cgroup}", folder) for word in program.command]
        options = ["--job-id", program.name, "--work-directory", str(self.directory), *program.options]
        if wall_time:
            options += ["--wall-time", f"00:00:{wall_time:02}"]
        if not self.condition.own_user:
            options += ["--user", self.user]
        if not program.inherits_output:
            options += ["--output", str(self.files / "out"), "--error", str(self.files / "err")]
        out, err = (os.open(self.place / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
                    for name in ("run-job.out", "run-job.err"))
        try:
            return subprocess.Popen(
                [str(self.tree.run_job), *options, "--", str(self.root / "look"), str(self.record), *command],
                cwd="/", env=program.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                close_fds=False, start_new_session=True, preexec_fn=lambda: self.become(program, out, err))
        finally:
            os.close(out)
            os.close(err)

    def become(self, program, *superfluous):
        """In the new process, before it is run-job."""
        for descriptor in range(3, 256):
            # Python's own pipe, which tells it of a failed exec, closes itself.
            if descriptor in superfluous or os.path.exists(f"/proc/self/fd/{descriptor}"):
                os.set_inheritable(descriptor, False)
        for descriptor in program.further_descriptors:
            try:
                os.fstat(descriptor)
            except OSError:
                number = os.open("/dev/zero", os.O_RDONLY)
                os.dup2(number, descriptor)
                if number != descriptor:
                    os.close(number)
        if self.condition.own_user:
            os.setgroups([])
            os.setresgid(self.uid, self.uid, self.uid)
            os.setresuid(self.uid, self.uid, self.uid)
        os.nice(program.nice)
        os.umask(program.umask)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)  # Python ignores them
        for number in program.ignored:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, program.blocked)
        for which, soft in program.limits.items():
            resource.setrlimit(which, (soft, resource.getrlimit(which)[1]))
        for descriptor in program.closed:
            os.close(descriptor)

    def follow(self, program, job, cgroups):
        hung = None
        try:
            wait_until(lambda: (self.record / "ready").exists() or job.poll() is not None, "the job begins", PATIENCE)
            if job.poll() is None:
                pid = (self.record / "ready").read_text()
                for folder in cgroups:
                    (folder / "cgroup.procs").write_text(pid)
                if self.condition.adopted:
                    self.await_adoption(program)
                self.condition.during(self)
                wait_until(lambda: self.go() or job.poll() is not None, "the job goes on", PATIENCE)
            if program.cancelled:
                wait_until(lambda: (self.directory / "ready").exists(), "the job can be cancelled", PATIENCE)
                job.send_signal(program.cancelled)
            job.wait(PATIENCE)
        except (TimeoutError, subprocess.TimeoutExpired) as trouble:
            hung = str(trouble)
            job.kill()
            job.wait()
        left = self.left_processes()
        self.condition.after(self)
        return self.outcome(program, job.returncode, hung, left)

    def go(self):
        """Opens the gate, where somebody waits at it: a job may have been ended meanwhile."""
        try:
            os.close(os.open(self.record / "go", os.O_WRONLY | os.O_NONBLOCK))
            return True
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            return False

    def await_adoption(self, program):
        try:
            wait_until(self.inbox_is_empty, "the agent has the slot", 20)
        except TimeoutError as trouble:
            self.notes.append(f"{program.name}: {trouble}")

    def left_processes(self):
        """Of the job's user, by name. run-job's own are gone with it; agents are not the job's."""
        agents, names = set(self.tree.processes()), []
        for pid in self.users_processes():
            try:
                if pid not in agents and installation.start_time(pid) is not None:
                    names.append(Path(f"/proc/{pid}/comm").read_text())
            except OSError:
                pass
        return sorted(names)

    def users_processes(self):
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.stat(f"/proc/{entry}").st_uid == self.uid:
                    yield int(entry)
            except OSError:
                pass

    def kill_users_processes(self):
        """All of the user's own but the agent, where it is the user's; also what changed its uid by setuid."""
        def none_left():
            agents = set(self.tree.processes())
            left = [pid for pid in self.users_processes() if pid not in agents and installation.start_time(pid)]
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            return not left
        wait_until(none_left, "the job's processes are gone", PATIENCE)

    # ---- what came of it ----------------------------------------------------------------------

    def outcome(self, program, status, hung, left):
        result = {"exit status": status, "processes left": left, "files": self.listing()}
        if hung:
            result["hung"] = hung
        for key, path in (("output", self.files / "out"), ("error output", self.files / "err"),
                          ("run-job's output", self.place / "run-job.out"),
                          ("run-job's error output", self.place / "run-job.err")):
            result[key] = self.content(path)
        for name in ("seen.1", "seen.2"):
            result |= {f"{name}, {key}": value for key, value in self.seen(self.record / name)}
        return result

    @staticmethod
    def content(path):
        """Size, digest and first bytes."""
        try:
            data = path.read_bytes()
        except OSError as error:
            return 0, error.strerror
        return len(data), hashlib.sha256(data).hexdigest(), data[:200]

    def listing(self):
        """Everything in the work directory: name, kind, mode, owner, size, content of what is small."""
        found = []
        for folder, names, files in os.walk(self.directory):
            for name in sorted(names + files):
                path = Path(folder, name)
                about = path.lstat()
                digest = ""
                if stat.S_ISREG(about.st_mode) and about.st_size < 1 << 20:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
                size = about.st_size if stat.S_ISREG(about.st_mode) else 0
                found.append(f"{os.fsencode(path.relative_to(self.directory))} {about.st_mode:o} {about.st_uid} {size} {digest}")
        return sorted(found)

    @staticmethod
    def seen(path):
        try:
            records = path.read_bytes().split(b"\0")
        except OSError:
            return
        for record in records:
            key, _, value = record.partition(b"=")
            if key == b"mounts":
                # The first three numbers are counted over the whole machine.
                value = b"\n".join(line.split(b" ", 3)[3] for line in value.splitlines())
            if key:
                yield key.decode(), value

    # ---- what the portal must have heard ------------------------------------------------------

    def leave(self, outcomes, not_told):
        for event in ("prologue", "epilogue"):
            path = self.hook_log / f"{event}.status"
            other = [line for line in path.read_text().split() if line != "0"] if path.exists() else []
            if other:
                self.notes.append(f"{len(other)} times the {event} ended with {other[0]}")
        if not self.condition.told:
            return
        expected = {name: outcome["exit status"] for name, outcome in outcomes.items()
                    if outcome["exit status"] >= 0 and name not in not_told}
        def wrong():
            # A job has more than one end where it was begun again, because its wall time had passed too soon.
            told = self.told()
            return {name: told.get(name) for name, status in expected.items()
                    if status not in [self.exit_status(end) for end in told.get(name, [])]}

        try:
            wait_until(lambda: not wrong(), "the portal knows all ends", PATIENCE)
        except TimeoutError as trouble:
            self.notes += [f"{trouble}: {name} ended with {expected[name]}, the portal was told {ends}"
                           for name, ends in wrong().items()]

    @staticmethod
    def exit_status(end):
        return end.get("exit_code", 0) or (128 + end["signal"] if end.get("signal") else 0)

    def told(self):
        """{job: ends} of what came to the portal."""
        jobs, ends = {}, {}
        for _, batch in fake_portal.journal_entries(self.portal.journal):
            for report in wire.decode("ReportBatch", batch).get("slot_reports", []):
                if "job" in report:
                    jobs[report["slot_id"]] = report["job"]["job_id"]
                if "end" in report:
                    ends[report["slot_id"]] = report["end"]
        told = {}
        for slot, end in ends.items():
            told.setdefault(jobs.get(slot), []).append(end)
        return told

    @staticmethod
    def empty(folder):
        folder.mkdir(exist_ok=True)
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
