#!/usr/bin/env python3
"""A portal that keeps what it is told, and nothing else.

    fake_portal.py --journal FILE [--port N] [--tls CERTIFICATE KEY] [--behaviour FILE] [--forward PORT]

Prints its port. Each batch is in the journal before it is answered: length (4 bytes), time of arrival in
milliseconds (8 bytes), the batch. A portal that is killed has acknowledged nothing that is not there.
The behaviour file, read anew for each request, holds one word: `take` (as without it), `hang` (no answer),
`busy` (503), `lose` (keep it, then break the connection), or a probability of `lose` and `busy` each.

With --forward it answers nothing by itself: it keeps what agents send, passes it on to the portal on that port
of this machine, and keeps that portal's answers in FILE.answers, in the same form, before it passes them back.
FILE.statuses has a line for each: `200`, `503`, ..., or `away` for a portal that broke off or was not there.
"""
import argparse
import gzip
import http.client
import http.server
import os
import random
import ssl
import struct
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import wire  # noqa: E402


WAIT_FOR_ORDERS = 55
PASSED_ON = ("Authorization", "Content-Type", "Content-Encoding", "Accept", "User-Agent")
PASSED_BACK = ("Content-Type", "Retry-After")


class Portal(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, journal, behaviour, tls, forward):
        super().__init__(("127.0.0.1", port), Request)
        self.journal, self.answers = open_journal(journal), open_journal(f"{journal}.answers") if forward else None
        self.statuses = open(f"{journal}.statuses", "a", buffering=1) if forward else None
        self.behaviour, self.forward, self.lock = behaviour, forward, threading.Lock()
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*tls)

    def get_request(self):
        connection, address = super().get_request()
        if self.context:
            # The handshake is done by the connection's own thread, at its first read.
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        if not isinstance(sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def word(self):
        try:
            return self.behaviour.read_text().strip() or "take"
        except (OSError, AttributeError):
            return "take"

    def keep(self, journal, message):
        with self.lock:
            journal.write(struct.pack("<IQ", len(message), int(time.time() * 1000)) + message)


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    def do_POST(self):
        sent = body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        word = self.server.word()
        if word == "hang":
            time.sleep(3600)
        if word[0].isdigit():
            share, dice = float(word), random.random()
            word = "lose" if dice < share else "busy" if dice < 2 * share else "take"
        if word == "busy":
            self.answer(503, b"")
            return
        self.server.keep(self.server.journal, body)
        if self.server.forward:
            answer = self.passed_on(sent)
        else:
            reports = [(slot, sequence) for slot, sequence, _ in wire.slot_reports(body)]
            answer = 200, wire.encode_acknowledgements(reports), {}
        if word == "lose" or answer is None:
            self.close_connection = True
            return
        self.answer(*answer)

    def do_GET(self):
        """An agent waits for orders: there are none."""
        time.sleep(WAIT_FOR_ORDERS)
        self.answer(204, b"")

    def passed_on(self, sent):
        """Status, body and headers of the answer; None when the portal gave none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.forward, timeout=self.timeout)
        try:
            connection.request("POST", self.path, sent, {name: self.headers[name] for name in PASSED_ON
                                                         if name in self.headers})
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException):
            self.server.statuses.write("away\n")
            return None
        finally:
            connection.close()
        if answer.status == 200:
            self.server.keep(self.server.answers, body)
        self.server.statuses.write(f"{answer.status}\n")
        return answer.status, body, {name: answer.headers[name] for name in PASSED_BACK if name in answer.headers}

    def answer(self, status, body, headers={}):
        self.send_response(status)
        for name, value in {"Content-Type": "application/x-protobuf", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def open_journal(path):
    # One that was killed may have left half an entry, which was never answered.
    whole = sum(12 + len(message) for _, message in journal_entries(path))
    journal = open(path, "ab", buffering=0)
    journal.truncate(whole)
    return journal


def journal_entries(path):
    """(arrival in ms, batch) of everything that was kept, in order; a last one that was cut off is left out."""
    data, at = Path(path).read_bytes() if os.path.exists(path) else b"", 0
    while at + 12 <= len(data):
        size, arrived = struct.unpack_from("<IQ", data, at)
        if at + 12 + size > len(data):
            return
        yield arrived, data[at + 12:at + 12 + size]
        at += 12 + size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--journal", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", nargs=2)
    parser.add_argument("--behaviour", type=Path)
    parser.add_argument("--forward", type=int)
    options = parser.parse_args()
    portal = Portal(options.port, options.journal, options.behaviour, options.tls, options.forward)
    print(portal.server_address[1], flush=True)
    portal.serve_forever()


if __name__ == "__main__":
    main()
