#!/usr/bin/env python3
"""A portal that keeps what it is told, and nothing else.

    fake_portal.py --journal FILE [--port N] [--tls CERTIFICATE KEY] [--behaviour FILE]

Prints its port. Each batch is in the journal before it is answered: length (4 bytes), time of arrival in
milliseconds (8 bytes), the batch. A portal that is killed has acknowledged nothing that is not there.
The behaviour file, read anew for each request, holds one word: `take` (as without it), `hang` (no answer),
`busy` (503), `lose` (keep it, then break the connection), or a probability of `lose` and `busy` each.
"""
import argparse
import gzip
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


class Portal(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port, journal, behaviour, tls):
        super().__init__(("127.0.0.1", port), Request)
        # One that was killed may have left half an entry, which was never answered.
        whole = sum(12 + len(batch) for _, batch in journal_entries(journal))
        self.journal = open(journal, "ab", buffering=0)
        self.journal.truncate(whole)
        self.behaviour, self.lock = behaviour, threading.Lock()
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

    def keep(self, batch):
        with self.lock:
            self.journal.write(struct.pack("<IQ", len(batch), int(time.time() * 1000)) + batch)


class Request(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 120

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
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
        reports = [(slot, sequence) for slot, sequence, _ in wire.slot_reports(body)]
        self.server.keep(body)
        if word == "lose":
            self.close_connection = True
            return
        self.answer(200, wire.encode_acknowledgements(reports))

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


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
    options = parser.parse_args()
    portal = Portal(options.port, options.journal, options.behaviour, options.tls)
    print(portal.server_address[1], flush=True)
    portal.serve_forever()


if __name__ == "__main__":
    main()
