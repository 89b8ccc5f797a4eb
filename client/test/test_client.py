"""The command line against a portal that answers over real HTTP."""
import base64
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import subprocess
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FILE = Path(__file__).resolve().parent.parent / "slotwarden-client"
loader = importlib.machinery.SourceFileLoader("slotwarden_client", str(FILE))
client = importlib.util.module_from_spec(importlib.util.spec_from_loader("slotwarden_client", loader))
loader.exec_module(client)

JOB = {"id": 7, "batch_system": "slurm", "cluster": "", "job_id": "4711", "user": "ada", "queue": "short", "state": "RUNNING", "nodes": ["n1"],
       "cores_used": 1.5, "requested_cores": 2, "memory_rss_bytes": 3 << 30, "open_flags": ["hang"],
       "started_at": "2026-11-22T20:00:00Z", "name": "fit\x1b[2Jx"}


def order(state, **more):
    return {"id": 3, "job_id": 7, "wish": {"kind": "kill", "grace_seconds": 30}, "author": "ada", "by_policy": False,
            "reason": "x", "ordered_at": "2026-11-22T20:00:00Z",
            "slots": [{"slot_id": 9, "node": "n1", "state": state, "evidence": False, **more}]}


class Anything(dict):
    """Answers to one path, whatever comes after its beginning."""

    def __init__(self, others, beginning, answer):
        super().__init__(others)
        self.beginning, self.answer = beginning, answer

    def __missing__(self, path):
        if path.startswith(self.beginning):
            return [self.answer]
        raise KeyError(path)


class ClientTest(unittest.TestCase):

    def setUp(self):
        self.answers, self.asked = {}, []
        test = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                test.asked.append((self.command, self.path, self.headers["Authorization"],
                                   json.loads(body) if body else None))
                answers = test.answers[f"{self.command} {self.path}"]
                status, answer, *headers = answers.pop(0) if len(answers) > 1 else answers[0]
                text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                for header in headers:
                    self.send_header(*header)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.environment = {"SLOTWARDEN_URL": f"http://127.0.0.1:{self.server.server_port}/",
                            "SLOTWARDEN_TOKEN": "swt_x"}
        self.home = Path(tempfile.mkdtemp())
        client.PAUSE = 0
        self.answer("GET", "jobs?job_id=4711&size=50&sort=-started", {"items": [JOB], "total": 1})

    def answer(self, method, path, *answers, status=200):
        self.answers[f"{method} /api/v1/{path}"] = [(status, answer) for answer in answers]

    def run_client(self, *argv):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = client.main(list(argv), self.environment, self.home)
        return status, out.getvalue(), err.getvalue()

    def test_an_id_that_two_clusters_have_is_not_guessed(self):
        path = "jobs?job_id=4711&size=50&sort=-started"
        other = dict(JOB, id=8, cluster="beta")
        self.answer("GET", path, {"items": [other, JOB], "total": 2})
        status, _, err = self.run_client("kill", "4711", "--reason", "leaks", "--yes")
        self.assertEqual(2, status)
        self.assertIn("#8 (slurm beta), #7 (slurm)", err)
        self.assertEqual(["GET"], [method for method, *_ in self.asked])
        self.answer("GET", path, {"items": [dict(other, state="COMPLETED"), JOB], "total": 2})
        self.answer("GET", "jobs/7/notes", [])
        self.assertEqual(0, self.run_client("notes", "4711")[0], "one of them lives")

    def test_the_checkouts_command_knows_all_commands_of_the_client(self):
        commands = re.findall(r"^  ([a-z|-]+)", client.__doc__, re.MULTILINE)
        names = [name for some in commands for name in some.split("|")]
        self.assertIn("hold", names)
        for name in names:
            ran = subprocess.run([FILE.parent.parent / "slotwarden", name, "--help"], capture_output=True, text=True)
            self.assertEqual((0, f"usage: slotwarden COMMAND [OPTION ...] {name}"),
                             (ran.returncode, ran.stdout[:len(f"usage: slotwarden COMMAND [OPTION ...] {name}")]), name)

    def test_jobs_are_a_table_for_people_and_json_for_scripts(self):
        path = "jobs?page=0&size=50&state=live&user=ada&sort=-started"
        self.answer("GET", path, {"items": [JOB], "total": 3})
        status, out, err = self.run_client("jobs", "--user", "ada")
        self.assertEqual(0, status, err)
        head, row, rest = out.splitlines()
        self.assertEqual(["JOB", "ID", "USER"], head.split()[:3])
        self.assertEqual(["4711", "#7", "ada", "short", "running"], row.split()[:5])
        self.assertIn("1.5/2", row)
        self.assertIn("3.0 GiB", row)
        self.assertIn("fitx", row, "nothing steers the terminal")
        self.assertEqual("2 more", rest)
        self.assertEqual("Bearer swt_x", self.asked[0][2])
        _, out, _ = self.run_client("jobs", "--user", "ada", "--json")
        self.assertEqual(JOB, json.loads(out)["items"][0])

    def test_more_than_a_page_is_asked_for_in_pages(self):
        for page, some in ((0, 500), (1, 500), (2, 200)):
            self.answer("GET", f"jobs?page={page}&size=500&state=live&sort=-started",
                        {"items": [dict(JOB, id=page * 500 + i) for i in range(some)], "total": 1200})
        status, out, _ = self.run_client("jobs", "--limit", "1000", "--json")
        self.assertEqual((0, 1000), (status, len({job["id"] for job in json.loads(out)["items"]})))

    def test_an_admin_notes_something_about_a_job(self):
        note = {"id": 1, "job_id": 7, "author": "root", "text": "asked ada\n\x1b[2Jby mail", "for_owner": True,
                "created_at": "2026-11-22T20:00:00Z"}
        self.answer("POST", "jobs/7/notes", note, status=201)
        status, out, err = self.run_client("note", "4711", "asked ada\nby mail", "--for-owner")
        self.assertEqual(0, status, err)
        self.assertEqual({"text": "asked ada\nby mail", "for_owner": True}, self.asked[-1][3])
        self.answer("GET", "jobs/7/notes", [note])
        _, out, _ = self.run_client("notes", "4711")
        self.assertEqual("2026-11-22 20:00:00 UTC, root (the owner sees it):\n  asked ada\n  by mail\n", out)

    def test_the_log_level_is_over_for_us_when_the_agent_has_begun(self):
        self.answer("POST", "jobs/7/orders", order("waiting"), status=202)
        self.answer("GET", "jobs/7/orders/3", order("told"), order("begun"))
        status, out, _ = self.run_client("log-level", "4711", "--reason", "no samples", "--level", "trace")
        self.assertEqual(0, status)
        self.assertEqual({"kind": "log-level", "level": "trace", "for_seconds": 600, "reason": "no samples"},
                         next(body for method, path, _, body in self.asked if method == "POST"))

    def test_threads_that_wait_at_one_place_are_one_row(self):
        thread = {"pid": 9, "tid": 9, "name": "w", "state": "S", "wait_channel": "futex_wait_queue",
                  "system_call": 202, "stack": ["futex_wait_queue", "do_futex"]}
        found = {"node": "n1", "evidence": {"taken_at": "2026-11-22T20:00:00Z", "processes": [], "gaps": [],
                                            "threads": [thread, dict(thread, tid=10)]}}
        self.assertRegex(client.look_text(found), r"9 +2 +w +S +futex_wait_queue +202 +futex_wait_queue < do_futex")

    def test_a_job_is_told_with_its_flags(self):
        self.answer("GET", "jobs/7", dict(JOB, max_memory_rss_bytes=4 << 30))
        self.answer("GET", "jobs/7/flags", {"items": [
            {"kind": "hang", "severity": "warn", "state": "open", "raised_at": "2026-11-22T20:30:00Z",
             "sentence": "silent since 20:00"}], "total": 1})
        status, out, _ = self.run_client("job", "4711")
        self.assertEqual(0, status)
        self.assertIn("3.0 GiB, at most 4.0 GiB", out)
        self.assertRegex(out, r"hang +warn +open +2026-11-22 20:30:00 +silent since 20:00")

    def test_a_kill_waits_for_its_outcome(self):
        self.answer("POST", "jobs/7/orders", order("waiting"), status=202)
        done = order("done", killed={"processes": 3, "ended_by_term": 2, "killed": 1, "left": 0, "took_seconds": 5.2})
        self.answer("GET", "jobs/7/orders/3", order("told"), order("begun"), done)
        status, out, _ = self.run_client("kill", "4711", "--reason", "leaks", "--grace", "5", "--yes")
        self.assertEqual(0, status)
        self.assertIn("3 ended in 5.2 s (2 by SIGTERM, 1 by SIGKILL), 0 left", out)
        self.assertEqual({"kind": "kill", "grace_seconds": 5, "reason": "leaks"}, self.asked[1][3])

    def test_a_kill_that_an_agent_refused_is_told_by_the_exit_status(self):
        self.answer("POST", "jobs/7/orders", order("waiting"), status=202)
        self.answer("GET", "jobs/7/orders/3", order("refused", detail="orders are off here"))
        status, out, _ = self.run_client("kill", "#7", "--reason", "leaks", "--yes")
        self.assertEqual(client.REFUSED, status)
        self.assertIn("orders are off here", out)

    def test_what_the_batch_system_was_told_decides_where_the_portals_host_tells_it(self):
        self.answer("POST", "jobs/7/orders", dict(order("waiting"), command={"state": "waiting"}), status=202)
        self.answer("GET", "jobs/7/orders/3", dict(order("expired"), command={"state": "begun"}),
                    dict(order("expired"), command={"state": "done", "detail": "scontrol requeuehold 4711"}))
        status, out, _ = self.run_client("hold", "4711", "--reason", "leaks", "--yes")
        self.assertEqual(0, status)
        self.assertIn("scontrol requeuehold 4711", out)
        self.assertEqual({"kind": "hold", "reason": "leaks"}, self.asked[1][3])
        self.answer("POST", "jobs/7/orders", dict(order("waiting"), slots=[], command={"state": "waiting"}), status=202)
        self.answer("GET", "jobs/7/orders/3", dict(order("done"), slots=[], command={"state": "failed"}))
        status, _, _ = self.run_client("comment", "4711", "--reason", "leaks")
        self.assertEqual(client.REFUSED, status)

    def test_a_kill_without_yes_asks_and_without_a_terminal_refuses(self):
        read, write = os.pipe()
        os.close(write)
        stdin, client.sys.stdin = client.sys.stdin, os.fdopen(read)
        try:
            status, _, err = self.run_client("kill", "4711", "--reason", "x")
        finally:
            client.sys.stdin.close()
            client.sys.stdin = stdin
        self.assertEqual(client.USAGE, status)
        self.assertIn("--yes", err)
        self.assertEqual(["GET"], [asked[0] for asked in self.asked])

    def test_a_tail_goes_on_after_the_last_part_until_it_is_over(self):
        def part(id, text):
            return {"id": id, "node": "n1", "offset": 0, "left_out_bytes": 0, "text": text,
                    "data": base64.b64encode(text.encode()).decode()}
        self.answer("POST", "jobs/7/orders", order("waiting"), status=202)
        self.answer("GET", "jobs/7/orders/3/output", {"parts": [], "over": False},
                    {"parts": [part(1, "one\n")], "over": False})
        self.answer("GET", "jobs/7/orders/3/output?after=1", {"parts": [part(2, "two\x1b[2J\n")], "over": True})
        self.answer("GET", "jobs/7/orders/3", order("done"))
        status, out, _ = self.run_client("tail", "4711", "--follow", "60")
        self.assertEqual((0, "one\ntwo\n"), (status, out))

    def test_what_the_portal_refuses_is_said_in_its_words(self):
        self.answer("GET", "jobs?job_id=4711&size=50&sort=-started",
                    {"detail": "state must be\x1b[2J one of"}, status=400)
        self.assertEqual((client.REFUSED, "", "slotwarden: state must be one of\n"), self.run_client("job", "4711"))
        self.answer("GET", "jobs?job_id=4711&size=50&sort=-started", {"items": [], "total": 0})
        self.assertEqual(client.REFUSED, self.run_client("job", "4711")[0])
        self.answer("GET", "jobs?job_id=4711&size=50&sort=-started", b"<html>", status=200)
        self.assertEqual(client.AWAY, self.run_client("job", "4711")[0])
        self.answer("GET", "jobs?job_id=4711&size=50&sort=-started", b"", status=503)
        self.assertEqual(client.AWAY, self.run_client("job", "4711")[0])

    def test_a_backtest_says_which_kills_would_have_been_wrong(self):
        policy = {"id": 4, "name": "Leaks", "state": "dry_run", "latest": {"version": 2, "terms": {
            "flags": ["memory_leak"], "stages": [{"kind": "warn"}, {"kind": "kill"}]}}}
        self.answer("GET", "policies", [policy])
        status, out, _ = self.run_client("policies")
        self.assertEqual(["#4", "Leaks", "dry_run", "2", "memory_leak", "warn,", "kill"], out.splitlines()[1].split())
        act = {"job_id": 7, "batch_job_id": "4711", "user": "ada", "flag": "memory_leak", "done": "kill",
               "at": "2026-11-22T20:00:00Z", "state": "COMPLETED", "ended_well": True}
        made = {"version": 2, "from": "2026-10-23T00:00:00Z", "to": "2026-11-22T00:00:00Z", "finished_jobs": 10,
                "jobs": 3, "all_acts": 5, "acts": [act], "not_known": ["All of \x1b[2Jit."], "stages": [
                    {"stage": 2, "kind": "kill", "reached": 3, "done": 2, "ended_well": 1, "still_there": 0,
                     "core_hours_saved": 12.5, "core_hours_lost": 3.0}]}
        self.answers = Anything(self.answers, "GET /api/v1/policies/4/backtest?version=2&from=", (200, made))
        status, out, err = self.run_client("backtest", "Leaks", "--version", "2")
        self.assertEqual(0, status, err)
        self.assertIn("10 jobs ended, 3 were flagged", out)
        self.assertEqual(["4711", "#7", "ada", "memory_leak"], out.splitlines()[6].split()[:4])
        self.assertEqual("yes", out.splitlines()[6].split()[-1])
        self.assertIn("4 acts more", out)
        self.assertIn("- All of it.", out)
        made["acts"][0]["done"] = "cancel"
        self.assertIn("memory_leak", self.run_client("backtest", "Leaks", "--version", "2")[1], "whatever stops it")
        status, _, err = self.run_client("backtest", "None")
        self.assertEqual((1, "slotwarden: there is no policy None\n"), (status, err))

    def test_the_token_follows_no_redirect(self):
        self.answers["GET /api/v1/jobs?job_id=4711&size=50&sort=-started"] = [(302, b"", ("Location", "/stolen"))]
        self.assertEqual(client.REFUSED, self.run_client("job", "4711")[0])
        self.assertEqual(1, len(self.asked))

    def test_a_file_that_others_may_read_is_refused(self):
        file = self.home / ".config" / "slotwarden" / "client"
        file.parent.mkdir(parents=True)
        file.write_text(f"url={self.environment['SLOTWARDEN_URL']}\ntoken = swt_y\n".replace(" = ", "="))
        self.environment = {}
        file.chmod(0o640)
        self.assertEqual(client.USAGE, self.run_client("jobs")[0])
        file.chmod(0o600)
        self.answer("GET", "jobs?page=0&size=50&state=live&sort=-started", {"items": [], "total": 0})
        self.assertEqual(0, self.run_client("jobs")[0])
        self.assertEqual("Bearer swt_y", self.asked[0][2])

    def test_a_token_is_not_sent_in_the_clear_to_another_machine(self):
        self.environment["SLOTWARDEN_URL"] = "http://portal.example.org"
        self.assertEqual(client.USAGE, self.run_client("jobs")[0])


if __name__ == "__main__":
    unittest.main()
