"""The daemon as its users meet it: process, signals, systemd, HTTP, command line. Real simulator, real sockets."""
import base64
import csv
import http.server
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

from office import BIN, Daemon, Simulator, truth_within, within


class WithOffice(unittest.TestCase):
    """One simulator and one daemon for the tests of a class."""
    sim_options = ("--xsp", "2")
    daemon_options = {}

    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator(*cls.sim_options)
        cls.daemon = Daemon(cls.sim, **cls.daemon_options)
        assert cls.daemon.ready(), str(cls.daemon.get("/readyz")) + cls.daemon.log()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()
        cls.sim.close()


class FirstLight(WithOffice):
    def test_lamps_follow_calls(self):
        truth_within(self.sim, self.daemon, 5)
        self.sim.command("call", **{"from": "2000", "to": "2001"})
        truth_within(self.sim, self.daemon, 3)
        statuses = {item["status"] for item in self.daemon.presence().values()}
        self.assertIn("ringing", statuses)
        self.sim.command("answer", user="2001")
        self.sim.command("hold", user="2001")
        truth_within(self.sim, self.daemon, 3)
        calls = self.daemon.get("/v1/calls/active")[2]["items"]
        self.assertEqual({call["state"] for call in calls}, {"held", "active"})
        self.sim.command("hangup", user="2000")
        truth_within(self.sim, self.daemon, 3)

    def test_presence_object(self):
        person = next(iter(self.daemon.presence().values()))
        self.assertEqual(set(person), {"id", "name", "email", "folder", "status", "colour", "blinking", "rule", "since",
                                       "version", "line", "teams", "acd", "chat"})
        self.assertEqual(set(person["line"]), {"state", "calls", "dnd", "forwarding", "stale"})
        self.assertIsNone(person["teams"])

    def test_why_tells_inputs_and_rules(self):
        person = next(iter(self.daemon.presence()))
        status, _, why = self.daemon.get(f"/v1/presence/{person}/why")
        self.assertEqual(status, 200)
        self.assertEqual(len(why["rules"]), 13)
        self.assertTrue(any(rule["matched"] for rule in why["rules"]))
        self.assertTrue(why["inputs"])

    def test_events_follow_and_resume(self):
        stream = self.daemon.events("?types=presence,gap")
        self.sim.command("dnd", user="2005", active=True)
        while True:  # what earlier tests did may still be on its way
            kind, person, first = stream.next()
            if person["line"]["dnd"]:
                break
        self.assertEqual(kind, "presence")
        stream.close()
        self.sim.command("dnd", user="2005", active=False)
        self.assertTrue(within(3, lambda: not self.daemon.presence()[person["id"]]["line"]["dnd"]))
        again = self.daemon.events("?types=presence,gap", last_event_id=first)
        later = {"id": None}
        while later["id"] != person["id"]:
            kind, later, _ = again.next()
            self.assertEqual(kind, "presence", "nothing was lost, so no gap")
        self.assertFalse(later["line"]["dnd"])
        again.close()
        expired = self.daemon.events("?types=presence,gap", last_event_id="other-1")
        self.assertEqual(expired.next()[0], "gap")
        expired.close()

    def test_dial_and_control(self):
        person = next(item for item in self.daemon.presence().values() if item["line"]["state"] == "idle")
        status, _, answer = self.daemon.post("/v1/dial", {"person": person["id"], "to": "2030"})
        self.assertEqual(status, 202, answer)
        call = answer["call"]
        self.assertTrue(within(3, lambda: any(one["id"] == call for one in self.daemon.get("/v1/calls/active")[2]["items"])))
        self.assertEqual(self.daemon.post(f"/v1/calls/{call}/hangup")[0], 202)
        truth_within(self.sim, self.daemon, 3)
        self.assertEqual(self.daemon.post("/v1/calls/0123456789abcdef/hold")[0], 404)
        self.assertEqual(self.daemon.post("/v1/dial", {"person": person["id"], "to": "no number"})[0], 400)
        self.assertEqual(self.daemon.post("/v1/dial", {"person": "nobody@example.net", "to": "2030"})[0], 404)

    def test_metrics_please_promtool(self):
        text = self.daemon.get("/metrics")[2]
        self.assertIn(b"lamplighter_xsi_events_total", text)
        if shutil.which("promtool") is None:
            self.skipTest("promtool is not installed")
        outcome = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        self.assertEqual(outcome.stdout + outcome.stderr, b"")

    def test_status_and_readiness(self):
        status = self.daemon.get("/v1/status")[2]
        self.assertEqual([channel["state"] for channel in status["channels"]], ["up", "up"])
        self.assertEqual(status["first_state"]["known"], status["first_state"]["total"])
        self.assertEqual(status["people"]["total"], len(self.daemon.presence()))


class CommandLine(WithOffice):
    def lamplighter(self, *words):
        return self.daemon.lamplighter(*words)

    def asks(self, *words):
        return self.lamplighter(*words, "--url", self.daemon.url)

    def test_listings(self):
        for words in (["status"], ["presence"], ["presence", "--query", "sales"], ["calls", "--active"], ["watchers"]):
            for form in ("table", "json"):
                outcome = self.asks(*words, "--format", form)
                self.assertEqual(outcome.returncode, 0, outcome.stderr)
                if form == "json":
                    json.loads(outcome.stdout)
        self.assertEqual(len(json.loads(self.asks("presence", "--format", "json").stdout)), len(self.daemon.presence()))
        self.assertIn(",", self.asks("presence", "--format", "csv").stdout.splitlines()[0])

    def test_why(self):
        person = next(iter(self.daemon.presence()))
        self.assertIn("by rule", self.asks("why", person).stdout)
        self.assertEqual(self.asks("why", "nobody@example.net").returncode, 1)

    def test_watchers(self):
        person = next(iter(self.daemon.presence()))
        self.assertEqual(self.asks("watchers").stdout, "nobody watches\n")
        self.assertEqual(self.asks("watchers", person).stdout, "nobody watches\n")
        self.assertEqual(self.asks("watchers", "nobody@example.net").returncode, 1)

    def test_watchers_are_listed(self):
        one = {"watcher": "2150@pbx.example", "resource": "sip:2101@pbx.example", "person": "alice@example.net",
               "package": "dialog", "from": "10.4.0.17:5060", "state": "active", "since": "2026-11-22T10:00:00.000Z",
               "expires": "2026-11-22T11:00:00.000Z", "last_notify": None, "last_answer": "200 OK", "why_ended": None}
        other = {**one, "watcher": "2151@pbx.example", "state": "terminated", "why_ended": "timeout"}
        asked = []

        class Fake(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                url = urllib.parse.urlsplit(self.path)
                query = urllib.parse.parse_qs(url.query)
                if url.path == "/v1/watchers":
                    more = "cursor" not in query and "person" not in query
                    answer = {"items": [one] if more else [other], "next": "1" if more else None}
                elif url.path.endswith("/why"):
                    answer = {"inputs": [], "rules": [], "outputs": [], "watchers": [one, other]}
                else:
                    answer = {"id": "alice@example.net", "name": "Alice Jansen"}
                body = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fake) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}"
            table = self.lamplighter("watchers", "--url", url).stdout
            rows = table.splitlines()
            self.assertEqual(len([row for row in rows if "@pbx.example" in row]), 2, table)
            self.assertRegex(rows[0], r"^WATCHER +RESOURCE +PERSON +PACKAGE +STATE +FROM +SINCE")
            self.assertEqual(json.loads(self.lamplighter("watchers", "--url", url, "--format", "json").stdout), [one, other])
            row = list(csv.DictReader(self.lamplighter("watchers", "alice@example.net", "--url", url, "--format", "csv")
                                      .stdout.splitlines()))
            self.assertEqual([(item["WATCHER"], item["ENDED"]) for item in row], [("2151@pbx.example", "timeout")])
            self.assertTrue(asked[-1].startswith("/v1/watchers?person=alice%40example.net&"), asked[-1])
            why = self.lamplighter("why", "alice@example.net", "--url", url).stdout
            self.assertIn("2151@pbx.example", why)
            server.shutdown()

    def test_usage_errors(self):
        for words in (["presense"], ["status", "--colour"], ["why"], ["presence", "a", "b"], ["status", "--format", "xml"], []):
            self.assertEqual(self.lamplighter(*words).returncode, 2, words)
        self.assertIn('did you mean "presence"', self.lamplighter("presense").stderr)

    def test_nobody_listens(self):
        outcome = self.lamplighter("status", "--url", "http://127.0.0.1:1")
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("127.0.0.1:1", outcome.stderr)

    def test_doctor(self):
        outcome = self.lamplighter("doctor", "--config", str(self.daemon.config))
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        self.assertNotIn("FAIL", outcome.stdout)
        wrong = self.daemon.folder / "wrong.toml"
        wrong.write_text(self.daemon.text.replace("env:SIM_PASSWORD", "env:WRONG_PASSWORD"))
        outcome = self.daemon.lamplighter("doctor", "--config", wrong, env={**os.environ, "WRONG_PASSWORD": "wrong"})
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("check username and password", outcome.stdout)

    def test_check_tells_all_mistakes(self):
        wrong = self.daemon.folder / "mistakes.toml"
        wrong.write_text('[http]\nlisten = ["127.0.0.1"]\ncolour = 1\n[[broadworks]]\nname = "x"\nheartbeat = "60s"\n[sipp]\n')
        outcome = self.lamplighter("check", "--config", str(wrong))
        self.assertEqual(outcome.returncode, 78)
        for expected in (f"{wrong}:2:", f"{wrong}:3:", f"{wrong}:6:", f"{wrong}:7:", "1s", "25s"):
            self.assertIn(expected, outcome.stdout)
        self.assertEqual(self.lamplighter("run", "--config", str(wrong)).returncode, 78)
        good = self.lamplighter("check", "--config", str(self.daemon.config))
        self.assertEqual(good.returncode, 0, good.stdout)

    def test_config_reference_and_show(self):
        reference = self.lamplighter("config", "reference")
        self.assertEqual(reference.returncode, 0)
        shown = self.lamplighter("config", "show", "--config", str(self.daemon.config))
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertNotIn('"secret"', shown.stdout)
        self.assertIn("***", shown.stdout)


class GeneratedFiles(unittest.TestCase):
    """config/lamplighter.toml and config/README.md are what the binary says they are."""

    def test_they_are_current(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        for name, words in (("lamplighter.toml", ["config", "reference"]),
                            ("house.toml", ["config", "reference", "--house"]),
                            ("README.md", ["config", "reference", "--format", "markdown"])):
            generated = subprocess.run([BIN / "lamplighter", *words], capture_output=True, text=True).stdout
            self.assertEqual((root / "config" / name).read_text(), generated,
                             f"regenerate: lamplighter {' '.join(words)} > config/{name}")


class Notified(unittest.TestCase):
    """Change notifications: an account logs in with a code, Graph tests our address and delivers."""

    def setUp(self):
        self.sim = Simulator("--people", "6")
        self.sim.command("graph/settings", device_interval_s=1)
        said = self.sim.announced
        teams = (f'[teams]\ntenant = "{said["tenant"]}"\nclient_id = "{said["client_id"]}"\n'
                 f'client_secret = "env:TEAMS_SECRET"\nlogin_url = "{said["graph"]}"\ngraph_url = "{said["graph"]}"\n'
                 f'poll = "1m"\n')
        self.daemon = Daemon(self.sim, extra=teams, environment={"TEAMS_SECRET": said["client_secret"]})

    def tearDown(self):
        self.daemon.close()
        self.sim.close()

    def lamplighter(self, *words):
        return self.daemon.lamplighter(*words, "--config", self.daemon.config)

    def log_in(self):
        login = subprocess.Popen([BIN / "lamplighter", "teams", "login", "--notifications", "--config",
                                  self.daemon.config], stdout=subprocess.PIPE, text=True, env=self.daemon.environment)
        with login:
            for line in login.stdout:
                if line.strip().startswith("code"):
                    self.sim.command("graph/token", approve=line.split()[1], user="2000")
        return login.returncode

    def test_login_subscription_and_hook(self):
        self.daemon.config.write_text(self.daemon.text.replace('poll = "1m"', 'poll = "1m"\nnotifications = true'))
        refused = self.lamplighter("check")
        self.assertEqual(refused.returncode, 78)
        self.assertIn("public_url", refused.stdout)
        # The port that the daemon had is the one that it is reached under.
        address = f"127.0.0.1:{self.daemon.port}"
        self.daemon.stop()
        self.daemon.config.write_text(
            self.daemon.text.replace('poll = "1m"', 'poll = "1m"\nnotifications = true').replace(
                'listen = ["127.0.0.1:0"]', f'listen = ["{address}"]\npublic_url = "http://{address}"'))
        self.assertEqual(self.lamplighter("check").returncode, 0)
        self.daemon.start()
        self.assertIn("nobody has logged in", self.lamplighter("teams", "check").stdout)
        self.assertIn("9c7a330d-35b3-4aa1-963d-cb2b9f927841", self.lamplighter("teams", "manifest").stdout)
        self.assertEqual(self.log_in(), 0)
        checked = self.lamplighter("teams", "check")
        self.assertEqual(checked.returncode, 0, checked.stdout)
        metrics = lambda: self.daemon.get("/metrics")[2].decode()
        self.assertTrue(within(60, lambda: 'lamplighter_teams_subscription{state="live"} 1' in metrics()))
        who = self.daemon.presence()
        self.sim.command("graph/presence", user="2001", availability="DoNotDisturb", activity="Presenting")
        shows = lambda: any(one["teams"] and one["teams"]["activity"] == "Presenting"
                            for one in self.daemon.presence().values())
        self.assertTrue(within(10, shows), who)
        self.assertIn('lamplighter_teams_notifications_total{outcome="read"}', metrics())
        self.daemon.stop()
        self.assertEqual(self.sim.command("graph/state")["requests"].get("subscription_delete"), 1)


class Reload(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator()
        self.daemon = Daemon(self.sim)
        self.assertTrue(self.daemon.ready())

    def tearDown(self):
        self.daemon.close()
        self.sim.close()

    def hang_up(self):
        self.daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(self.daemon.notify.hears("RELOADING=1", 5))
        self.assertTrue(self.daemon.notify.hears("READY=1", 5))

    def test_people_come_and_go(self):
        rows = (self.daemon.folder / "people.csv").read_text().splitlines()
        gone = rows[1].split(",")[0]
        (self.daemon.folder / "people.csv").write_text("\n".join([rows[0]] + rows[2:]) + "\n")
        self.hang_up()
        self.assertTrue(within(5, lambda: gone not in self.daemon.presence()))
        (self.daemon.folder / "people.csv").write_text("\n".join(rows) + "\n")
        self.hang_up()
        self.assertTrue(within(5, lambda: self.daemon.presence().get(gone, {}).get("line", {}).get("state") == "idle"))
        truth_within(self.sim, self.daemon, 5)

    def test_a_mistake_changes_nothing(self):
        self.daemon.config.write_text(self.daemon.text + '\n[presence]\nrules = ["purple when line is ringing"]\n')
        status, _, problem = self.daemon.post("/v1/reload")
        self.assertEqual(status, 422)
        self.assertEqual(set(problem["problems"][0]) & {"file", "line", "column", "section", "key", "message"},
                         {"file", "line", "column", "section", "key", "message"})
        self.hang_up()
        self.assertIn("lamplighter.toml:", self.daemon.log())
        truth_within(self.sim, self.daemon, 3)

    def test_rules_live_and_restart_keys_named(self):
        person = next(iter(self.daemon.presence()))
        self.daemon.config.write_text(self.daemon.text.replace('heartbeat = "1s"', 'heartbeat = "2s"') +
                                      '\n[presence]\nrules = ["away when line is idle", "busy when line is known"]\n')
        status, _, answer = self.daemon.post("/v1/reload")
        self.assertEqual(status, 200, answer)
        self.assertIn("heartbeat", json.dumps(answer["needs_restart"]))
        self.assertIn("rules", json.dumps(answer["applied"]))
        self.assertTrue(within(3, lambda: self.daemon.presence()[person]["status"] == "away"))


class Supervision(unittest.TestCase):
    """What systemd sees: READY, WATCHDOG while the loops turn, STOPPING, exit 0."""

    def test_watchdog_and_stop(self):
        sim = Simulator()
        daemon = Daemon(sim, environment={"WATCHDOG_USEC": "600000"})
        try:
            self.assertTrue(daemon.notify.hears("WATCHDOG=1", 5))
            self.assertTrue(within(5, lambda: daemon.notify.listen(0.05).count("WATCHDOG=1") >= 4))
            self.assertTrue(daemon.notify.hears("STATUS=", 8))
            self.assertEqual(daemon.stop(), 0)
            self.assertTrue(daemon.notify.hears("STOPPING=1", 1))
            self.assertFalse(sim.command("state")["channels"], "the channels are deleted at the end")
        finally:
            daemon.close()
            sim.close()

    def test_a_supervisor_that_does_not_read(self):
        """Its queue fills up; the daemon goes on, the control loop too."""
        sim = Simulator()
        daemon = Daemon(sim, environment={"WATCHDOG_USEC": "30000"})
        try:
            time.sleep(2)  # at a message every 10 ms the socket's queue is long full
            status, _, answer = daemon.post("/v1/reload")
            self.assertEqual(status, 200, answer)
            truth_within(sim, daemon, 5)
        finally:
            daemon.close()
            sim.close()

    def test_unit_file(self):
        root = pathlib.Path(__file__).resolve().parents[2]
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd is not installed")
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "lamplighter.service"
            unit.write_text((root / "systemd/lamplighter.service").read_text().replace("/usr/bin/lamplighter", str(BIN / "lamplighter")))
            verify = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
            self.assertEqual(verify.stdout + verify.stderr, "")
            security = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=16", unit],
                                      capture_output=True, text=True)
            self.assertEqual(security.returncode, 0, security.stdout[-400:])


class Why(WithOffice):
    """The hidden causes of a diversion: settings that nobody's lamp shows, read when somebody asks why."""
    sources = ["commpilot_express", "anywhere", "remote_office", "forwarding_always", "forwarding_selective",
               "forwarding_busy", "forwarding_no_answer", "forwarding_not_reachable"]

    def services(self, person):
        status, _, why = self.daemon.get(f"/v1/presence/{person}/why")
        self.assertEqual(status, 200)
        return [one for one in why["inputs"] if one["source"] not in ("telephony", "teams", "meetings", "publication")]

    def put(self, line, service, document):
        """As an old client does it."""
        url = f"{self.sim.announced['xsp'][0]}/com.broadsoft.xsi-actions/v2.0/user/{line}/services/{service}"
        body = f'<{service} xmlns="http://schema.broadsoft.com/xsi">{document}</{service}>'
        login = base64.b64encode(f"{self.sim.announced['login']}:{self.sim.announced['password']}".encode()).decode()
        request = urllib.request.Request(url, body.encode(), {"Authorization": "Basic " + login, "Content-Type": "text/xml"},
                                         method="PUT")
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.assertEqual(answer.status, 200)

    def asked(self, line):
        found = self.sim.command("log", kind="services", method="GET", contains=urllib.parse.quote(line), limit=10000)
        return len(found["requests"])

    def person(self, number):
        """One for each test: what is read is kept for a minute."""
        with open(self.sim.people_csv, newline="") as file:
            row = list(csv.DictReader(file))[number]
        return row["id"], row["lines"].split()

    def test_the_hidden_cause(self):
        person, lines = self.person(3)
        self.put(lines[0], "CommPilotExpress", "<profile>Busy</profile><busy><incomingCalls><forwardToAddress>+31201234567"
                 "</forwardToAddress></incomingCalls></busy>")
        self.sim.command("forward", user=lines[0], kind="busy", active=True, to="2001")
        seen = self.services(person)
        self.assertEqual([one["source"] for one in seen], self.sources * len(lines))
        self.assertEqual({one["line"] for one in seen}, set(lines))
        values = {one["source"]: one["value"] for one in seen if one["line"] == lines[0]}
        self.assertEqual(values["commpilot_express"], "busy → +31201234567")
        self.assertEqual(values["forwarding_busy"], "on → 2001")
        self.assertEqual(values["forwarding_always"], "off")
        self.assertEqual(values["anywhere"], "off")
        self.assertTrue(all(one["at"] and one["age_s"] < 30 and one["expires"] > one["at"] for one in seen))
        # Kept for a minute: whoever asks again does not ask the platform.
        asked = self.asked(lines[0])
        self.assertEqual(asked, len(self.sources))
        self.put(lines[0], "CommPilotExpress", "<profile>Available In Office</profile>")
        self.assertEqual([(one["value"], one["at"]) for one in self.services(person)],
                         [(one["value"], one["at"]) for one in seen])
        self.assertEqual(self.asked(lines[0]), asked)
        shown = self.daemon.lamplighter("why", person, "--url", self.daemon.url).stdout
        self.assertRegex(shown, r"commpilot_express +" + re.escape(lines[0]) + r" +busy → \+31201234567")

    def test_what_is_not_assigned_is_absent(self):
        person, lines = self.person(5)
        self.sim.command("fault", kind="not_found", on="services", users=[lines[0]], count=1)
        sources = [one["source"] for one in self.services(person) if one["line"] == lines[0]]
        self.assertEqual(sources, self.sources[1:])

    def test_a_slow_platform_costs_two_seconds_and_is_said(self):
        person, lines = self.person(7)
        self.sim.command("fault", kind="slow", ms=4000, on="services", users=lines, count=len(lines))
        began = time.monotonic()
        seen = self.services(person)
        took = time.monotonic() - began
        self.assertGreater(took, 1.9)
        self.assertLess(took, 3.9)
        self.assertEqual([(one["source"], one["value"], one["at"]) for one in seen],
                         [(source, "unknown", None) for source in self.sources] * len(lines))
        # What came later is there for the next one.
        self.assertTrue(within(10, lambda: all(one["value"] == "off" for one in self.services(person))))


class Killed(unittest.TestCase):
    """kill -9 with calls up, held and ending: right within five seconds after the restart."""

    def test_right_after_restart(self):
        sim = Simulator("--xsp", "2")
        daemon = Daemon(sim)
        try:
            self.assertTrue(daemon.ready())
            sim.command("call", **{"from": "2000", "to": "2001"})
            sim.command("answer", user="2001")
            sim.command("call", **{"from": "2002", "to": "2003"})
            sim.command("answer", user="2003")
            sim.command("hold", user="2003")
            sim.command("call", **{"from": "2004", "to": "2005"})
            truth_within(sim, daemon, 3)
            daemon.kill()
            sim.command("hangup", user="2000")  # ends while nobody watches
            daemon.start()
            truth_within(sim, daemon, 5)
        finally:
            daemon.close()
            sim.close()


class Away(unittest.TestCase):
    """BroadWorks away: stale at once, unknown after line_stale_after, right within five seconds after its return."""

    def test_stale_unknown_right(self):
        sim = Simulator("--xsp", "2")
        daemon = Daemon(sim, extra='[presence]\nline_stale_after = "2s"')
        try:
            self.assertTrue(daemon.ready())
            truth_within(sim, daemon, 5)
            sim.command("away", seconds=6)
            self.assertTrue(within(2, lambda: all(item["line"]["stale"] for item in daemon.presence().values())))
            self.assertEqual(daemon.get("/readyz")[0], 503)
            self.assertTrue(within(4, lambda: all(item["status"] == "unknown" for item in daemon.presence().values())))
            self.assertTrue(within(8, lambda: any(item["status"] != "unknown" for item in daemon.presence().values())))
            truth_within(sim, daemon, 5)
            self.assertTrue(daemon.ready())
        finally:
            daemon.close()
            sim.close()


class Discovery(unittest.TestCase):
    """Without a people file everybody of the directory is watched, by enterprise subscriptions."""

    def test_everybody(self):
        sim = Simulator("--people", "120")
        first = sim.people_csv.read_text().splitlines()[1].split(",")[3].split()[0]
        daemon = Daemon(sim, people=False, broadworks=f'target = "enterprise"\ndirectory_user = "{first}"')
        try:
            self.assertTrue(daemon.ready(30), str(daemon.get("/readyz")) + daemon.log())
            self.assertGreaterEqual(len(daemon.presence()), 120)
            sim.command("call", **{"from": "2000", "to": "2001"})
            self.assertTrue(within(3, lambda: sum(item["line"]["calls"] for item in daemon.presence().values()) == 2))
        finally:
            daemon.close()
            sim.close()


class Crowd(WithOffice):
    """1 000 idle and 1 000 slow clients hurt nobody."""

    def test_others_are_served(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        crowd = []
        try:
            for i in range(2000):
                one = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=5)
                crowd.append(one)
                if i % 2:
                    one.send(b"G")  # a request that never comes to its end
            slowest = 0.0
            for byte in b"ET /v1/pre":
                for one in crowd[1::2]:
                    one.send(bytes([byte]))
                began = time.monotonic()
                self.assertEqual(self.daemon.get("/v1/status")[0], 200)
                slowest = max(slowest, time.monotonic() - began)
            self.assertLess(slowest, 1.0)
            self.sim.command("call", **{"from": "2000", "to": "2001"})
            truth_within(self.sim, self.daemon, 3)
        finally:
            for one in crowd:
                one.close()


class FullDisk(unittest.TestCase):
    """A log that cannot be written must not stop the lamps."""

    def test_log_to_a_full_disk(self):
        sim = Simulator()
        daemon = Daemon(sim)
        try:
            self.assertTrue(daemon.ready())
            daemon.stop()
            with open("/dev/full", "wb") as full:
                daemon.config.write_text(daemon.text.replace("127.0.0.1:0", f"127.0.0.1:{daemon.port}") + '\n')
                daemon.config.write_text(daemon.config.read_text().replace('[daemon]', '[daemon]\nlog_level = "debug"'))
                daemon.process = subprocess.Popen([BIN / "lamplighter", "run", "--config", daemon.config], stderr=full,
                                                  stdout=full, env={**daemon.environment, "NOTIFY_SOCKET": daemon.notify.path})
                self.assertTrue(daemon.notify.hears("READY=1", 20))
                sim.command("call", **{"from": "2000", "to": "2001"})
                truth_within(sim, daemon, 5)
        finally:
            daemon.close()
            sim.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
