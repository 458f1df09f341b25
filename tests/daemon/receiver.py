"""A real HTTP server that webhooks are sent to; what it cannot prove is noted as a fault. Standard library only."""
import contextlib
import hashlib
import hmac
import http.server
import json
import socket
import threading
import time


class Receiver:
    def __init__(self, secret, path="/hooks/calls"):
        self.secret = secret
        self.received, self.faults, self.status = [], [], 200
        self.port, self.connections = 0, []
        self.up()
        self.url = f"http://127.0.0.1:{self.port}{path}"

    def up(self):
        """Takes what comes; after `down` at the same port."""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.take(self.headers, self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

            def get_request(self):
                connection, peer = super().get_request()
                receiver.connections.append(connection)
                return connection, peer

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def down(self):
        """Ends what connections there are, and refuses new ones."""
        self.server.shutdown()
        self.server.server_close()
        for connection in self.connections:
            with contextlib.suppress(OSError):  # gone already
                connection.shutdown(socket.SHUT_RDWR)
        self.connections.clear()

    def take(self, headers, body):
        parts = dict(part.split("=", 1) for part in headers["Lamplighter-Signature"].split(","))
        wanted = hmac.new(self.secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        if parts["v1"] != wanted:
            self.faults.append("signature")
        if abs(time.time() - int(parts["t"])) > 5:
            self.faults.append("time")
        if not headers["User-Agent"].startswith("lamplighter/"):
            self.faults.append(headers["User-Agent"])
        if json.loads(body)["id"] != headers["Idempotency-Key"]:
            self.faults.append("key")
        self.received.append(json.loads(body))

    def events(self, name):
        return [body for body in self.received if body["event"] == name]
