"""A simulator and a daemon as real processes on free ports, for black-box tests. Standard library only."""
import csv
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

BIN = pathlib.Path(os.environ.get("LAMP_BIN", "build/release/bin")).resolve()


def within(seconds, holds):
    """Polls until `holds()` is true; False after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def rewrite_people(path, change):
    """`change(row)` makes each row of a people file, as {column: text}, another one; all of them may get new columns."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = [change(row) for row in csv.DictReader(file)]
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Simulator:
    def __init__(self, *options):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-sim-"))
        ready = self.folder / "ready.json"
        self.people_csv = self.folder / "people.csv"
        self.process = subprocess.Popen(
            [BIN / "lamplighter-sim", "--people-csv", self.people_csv, "--ready-file", ready, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert within(20, lambda: ready.exists() and ready.stat().st_size > 0), "the simulator did not start"
        self.announced = json.loads(ready.read_text())

    def command(self, name, /, **arguments):
        request = urllib.request.Request(self.announced["control"] + "/sim/" + name, json.dumps(arguments).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"{}")

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)


class NotifySocket:
    """What systemd would hear."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.heard = []

    def hears(self, text, seconds):
        end = time.monotonic() + seconds
        while not any(text in message for message in self.heard):
            self.socket.settimeout(max(0.01, end - time.monotonic()))
            try:
                self.heard.append(self.socket.recv(4096).decode())
            except TimeoutError:
                return False
        return True

    def listen(self, seconds):
        """Hears whatever comes for so long."""
        self.hears("\0", seconds)
        return self

    def count(self, text):
        return sum(text in message for message in self.heard)


class Daemon:
    def __init__(self, simulator, extra="", broadworks="", people=True, environment=None, options=None, heartbeat="1s"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-daemon-"))
        self.config = self.folder / "lamplighter.toml"
        self.log_path = self.folder / "log"
        self.notify = NotifySocket(self.folder)
        if people:
            shutil.copy(simulator.people_csv, self.folder / "people.csv")
        self.text = f"""
[daemon]
state_dir = "state"
[http]
listen = ["127.0.0.1:0"]
anonymous_role = "administrator"
[[broadworks]]
name = "sim"
hosts = {json.dumps(simulator.announced["xsp"])}
username = "{simulator.announced["login"]}"
password = "env:SIM_PASSWORD"
enterprise = "{simulator.announced["enterprise"]}"
heartbeat = "{heartbeat}"
subscriptions_per_second = 10000
{broadworks}
[people]
{'file = "people.csv"' if people else ''}
{extra}
"""
        self.config.write_text(self.text)
        self.environment = {**os.environ, "SIM_PASSWORD": simulator.announced["password"], **(environment or {})}
        self.process = None
        self.port = self.url = None
        self.start()

    def start(self):
        self.notify.listen(0).heard.clear()  # what the one before has said: a reload, too, ends in READY=1
        log = open(self.log_path, "ab")
        offset = self.log_path.stat().st_size
        environment = {**self.environment, "NOTIFY_SOCKET": self.notify.path}
        self.process = subprocess.Popen([BIN / "lamplighter", "run", "--config", self.config], stderr=log,
                                        stdout=subprocess.DEVNULL, env=environment)
        log.close()
        assert self.notify.hears("READY=1", 20), "not ready:\n" + self.log()
        self.notify.heard.clear()
        text = self.log_path.read_bytes()[offset:].decode()
        found = re.search(r"https?://127\.0\.0\.1:(\d+)", text)
        self.url, self.port = found[0], int(found[1])

    def log(self):
        return self.log_path.read_text()

    def lamplighter(self, *words, **more):
        """A command that has ended; `more` is for subprocess.run."""
        usual = {"capture_output": True, "text": True, "timeout": 60, "env": self.environment}
        return subprocess.run([BIN / "lamplighter", *words], **{**usual, **more})

    def connection(self, timeout=10):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def get(self, target, token=None, method="GET", body=None):
        """(status, headers, parsed or raw body)"""
        connection = self.connection()
        headers = {"Authorization": "Bearer " + token} if token else {}
        payload = None if body is None else json.dumps(body)
        if payload is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, target, payload, headers)
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        kind = answer.getheader("Content-Type", "")
        return answer.status, answer.headers, json.loads(raw) if "json" in kind and raw else raw

    def post(self, target, body=None, token=None):
        return self.get(target, token, "POST", {} if body is None else body)

    def ready(self, seconds=15):
        return within(seconds, lambda: self.get("/readyz")[0] == 200)

    def presence(self):
        items, cursor = {}, ""
        while True:
            status, _, page = self.get("/v1/presence?limit=1000" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            assert status == 200, page
            for item in page["items"]:
                items[item["id"]] = item
            cursor = page["next"]
            if not cursor:
                return items

    def events(self, query="", last_event_id=None, token=None):
        return EventStream(self.port, query, last_event_id, token)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self, seconds=10):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        self.notify.socket.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class EventStream:
    """Server-sent events, cut as the HTML standard says."""

    def __init__(self, port, query, last_event_id=None, token=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
        if token:
            headers["Authorization"] = "Bearer " + token
        self.connection.request("GET", "/v1/events" + query, headers=headers)
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200, self.answer.read()

    def next(self):
        """(type, data, id); comments are passed over."""
        kind, data, event_id = "message", [], None
        while True:
            line = self.answer.readline().decode()
            if not line:
                raise EOFError
            line = line.rstrip("\r\n")
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                data.append(line[6:])
            elif line.startswith("id: "):
                event_id = line[4:]
            elif not line and data:
                return kind, json.loads("\n".join(data)), event_id

    def close(self):
        self.connection.close()


def difference(simulator, daemon):
    """Empty when every person's lamp says what the simulator knows; else the first difference."""
    truth = simulator.command("truth")["people"]
    shown = daemon.presence()
    for person, said in truth.items():
        item = shown.get(person)
        if item is None:
            return f"{person} is not shown"
        line = item["line"]
        if (line["state"], line["calls"], line["dnd"]) != (said["line"], said["calls"], said["dnd"]) or line["stale"]:
            return f"{person}: shown {line}, truth {said}"
    return ""


def truth_within(simulator, daemon, seconds):
    last = [""]

    def right():
        last[0] = difference(simulator, daemon)
        return not last[0]

    assert within(seconds, right), last[0] + "\n" + daemon.log()[-2000:]
