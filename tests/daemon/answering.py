"""Commands against a daemon that answers what a test says. Standard library only."""
import http.server
import json
import os
import subprocess
import threading
import unittest

from office import BIN


class AnsweredCommands(unittest.TestCase):
    """`answer` says what the daemon says: (status, JSON value). It runs on the server's threads."""

    def answer(self, method, path, body):
        raise NotImplementedError

    def setUp(self):
        test = self

        class Fake(http.server.BaseHTTPRequestHandler):
            def respond(self):
                size = int(self.headers.get("Content-Length") or 0)
                status, value = test.answer(self.command, self.path, json.loads(self.rfile.read(size)) if size else None)
                body = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            do_GET = do_POST = do_PUT = do_DELETE = respond

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def run_it(self, *words):
        return subprocess.run([BIN / "lamplighter", *words, "--url", f"http://127.0.0.1:{self.server.server_port}"],
                              capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC"})

    def asks(self, *words):
        outcome = self.run_it(*words)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        return outcome.stdout
