"""Privacy of the built binaries: a number that is forgotten, calls that are not published, a log that names nobody."""
import csv
import json
import pathlib
import re
import signal
import sys
import unittest
import urllib.parse

for folder in ("csta", "interop"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))
import sip_office  # noqa: E402
from csta_client import Client  # noqa: E402
from office import Daemon, Simulator, within  # noqa: E402
from receiver import Receiver  # noqa: E402
from sip_office import ALICE, LOTTE, whole  # noqa: E402

CALLER, NAME = "0612345678", "Eva Steen"
E164 = "+31612345678"
SECRET = "Tiny secret"
TABLES = """
[history]
settle = "200ms"
[[webhook]]
name = "crm"
url = "{url}"
secret = "env:HOOK_SECRET"
{more}
"""


class Office(unittest.TestCase):
    people = "4"
    more = ""
    simulator = ()

    def setUp(self):
        self.sim = Simulator("--people", self.people, *self.simulator)
        self.addCleanup(self.sim.close)
        self.receiver = Receiver(SECRET)
        self.addCleanup(self.receiver.down)
        self.daemon = Daemon(self.sim, extra=TABLES.format(url=self.receiver.url, more=self.tables()),
                             environment={"HOOK_SECRET": SECRET})
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(), self.daemon.log())

    def tables(self):
        return self.more

    def lamplighter(self, *words):
        return self.daemon.lamplighter(*words, "--url", self.daemon.url)

    def calls(self, query="", token=None):
        status, _, page = self.daemon.get("/v1/calls" + query, token)
        self.assertEqual(status, 200, page)
        return page["items"]

    def miss(self, extension, number, name=""):
        """Somebody calls and gives up."""
        before = len(self.calls())
        self.sim.command("incoming", to=extension, number=number, name=name)
        self.sim.command("far", user=extension, what="hangup")
        self.assertTrue(within(10, lambda: len(self.calls()) > before), self.daemon.log())

    def dead(self):
        return self.daemon.get("/v1/webhooks/crm/dead")[2]["items"]


class Forgotten(Office):
    def in_state(self, *texts):
        """Which of the texts stand in which files of the state folder."""
        found = []
        for file in sorted((self.daemon.folder / "state").rglob("*")):
            if file.is_file():
                data = file.read_bytes()
                found += [(file.name, text) for text in texts if text.encode() in data]
        return found

    def erase(self, number, *options):
        """What each place had: {place: (found, erased)}."""
        said = self.lamplighter("privacy", "erase", number, "--format", "json", *options)
        self.assertEqual(said.returncode, 0, said.stderr)
        return {one["place"]: (one["found"], one["erased"]) for one in json.loads(said.stdout)["places"]}

    def live_through_it(self):
        """The number gets wherever it can get."""
        self.receiver.status = 404
        self.miss("2000", CALLER, NAME)
        self.miss("2001", "0612340000", "Rob Vos")
        self.assertTrue(within(10, lambda: len(self.dead()) == 6), self.dead())  # ringing, ended, missed of each
        person = urllib.parse.quote(sorted(self.daemon.presence())[0])
        self.assertEqual(self.daemon.get("/v1/forwarding/" + person, method="PUT", body={"to": CALLER})[0], 200)
        self.assertEqual(self.daemon.get("/v1/forwarding/" + person, method="DELETE")[0], 200)
        self.assertTrue(within(20, lambda: not self.kept()["forwardings"] and len(self.kept()["audit"]) >= 2), self.kept())

    def kept(self):
        """The rows of each place."""
        return {one["place"]: one["rows"] for one in json.loads(self.lamplighter("privacy", "export", CALLER).stdout)["places"]}

    def test_a_contact_that_is_forgotten_is_found_no_more(self):
        status, _, contact = self.daemon.post("/v1/contacts", {"first_name": "Erin", "last_name": "Voorbeeld",
                                                               "numbers": [{"type": "work", "number": CALLER}]})
        self.assertEqual(status, 201, contact)
        found = lambda: [one["key"] for one in self.daemon.get("/v1/directory?q=voorbeeld")[2]["items"]]
        self.assertTrue(within(10, lambda: found() == [contact["key"]]), found())
        self.erase(CALLER)
        self.assertEqual(found(), [contact["key"]])
        self.assertEqual(self.erase(CALLER, "--contacts")["contacts"], (1, 1))
        self.assertTrue(within(10, lambda: not found()), found())
        self.assertEqual(self.daemon.get("/v1/directory/" + contact["key"])[0], 404)

    def test_a_number_is_forgotten_wherever_it_was(self):
        self.live_through_it()
        self.assertTrue(self.in_state("612345678"))
        rows = self.kept()
        self.assertEqual(rows["calls"][0]["name"], NAME)
        self.assertEqual(len(rows["webhooks"]), 3)

        planned = self.erase("06 1234 5678", "--dry-run")
        self.assertEqual((planned["calls"], planned["webhooks"]), ((1, 1), (3, 3)))
        self.assertEqual(planned["audit"][0], len(rows["audit"]))
        self.assertEqual(len(self.calls("?number=" + CALLER)), 0)  # compared as it is written
        self.assertEqual(len(self.calls("?number=" + urllib.parse.quote(E164))), 1)

        done = self.erase("+31 (0)6 1234 5678")
        self.assertEqual({place: planned[place] for place in ("calls", "webhooks", "audit")},
                         {place: done[place] for place in ("calls", "webhooks", "audit")})
        self.assertGreater(done["events"][0], 0)
        self.assertEqual(done["forwardings"], (0, 0))
        self.assertEqual(self.in_state("612345678", NAME), [])
        self.assertTrue(self.in_state("612340000"))  # somebody else's
        self.assertEqual(sorted((one["remote"]["number"], one["result"]) for one in self.calls() if one["remote"]["number"]),
                         [("+31612340000", "missed")])
        self.assertEqual(len(self.calls("?result=missed")), 2)  # the call stays for the figures
        self.assertNotIn("612345678", json.dumps(self.daemon.get("/v1/audit")[2]))
        self.assertEqual(self.erase(CALLER)["calls"], (0, 0))

        hashes = list(csv.DictReader(self.lamplighter("privacy", "list", "--format", "csv").stdout.splitlines()))
        self.assertEqual(len(hashes), 2)
        self.assertEqual(len({row["NUMBER"] for row in hashes}), 1)
        self.assertNotIn("612345678", self.daemon.log())
        self.assertIn(hashes[0]["NUMBER"], self.daemon.log())
        self.daemon.stop()
        self.assertEqual(self.in_state("612345678", NAME), [])

    def test_what_waits_goes_out_without_the_other_side(self):
        self.receiver.status = 503
        self.miss("2000", CALLER, NAME)
        self.miss("2001", "0612340000", "Rob Vos")
        waiting = lambda: self.daemon.get("/v1/webhooks")[2]["items"][0]["waiting"]
        self.assertTrue(within(10, lambda: waiting() == 6), self.daemon.log())
        heard = len(self.receiver.received)
        self.assertEqual(self.erase(CALLER)["webhooks"], (3, 3))
        self.receiver.status = 200
        self.assertTrue(within(30, lambda: waiting() == 0), self.daemon.log())
        after = self.receiver.received[heard + 1:]  # one may have been under way
        self.assertGreaterEqual(len(after), 5)
        self.assertNotIn("612345678", json.dumps(after))
        self.assertNotIn(NAME, json.dumps(after))
        self.assertIn("+31612340000", json.dumps(after))
        self.assertEqual(self.receiver.faults, [])

    def test_calls_that_go_on_are_told_of(self):
        self.sim.command("incoming", to="2000", number=CALLER, name=NAME)
        self.assertTrue(within(10, lambda: self.daemon.get("/v1/calls/active")[2]["items"]))
        said = self.lamplighter("privacy", "erase", CALLER)
        self.assertIn("erase again", said.stdout)
        self.sim.command("far", user="2000", what="hangup")
        self.assertTrue(within(10, lambda: self.erase(CALLER)["calls"] == (1, 1)), self.calls())
        self.assertEqual(self.in_state("612345678", NAME), [])

    def test_one_call_is_deleted(self):
        self.miss("2000", CALLER, NAME)
        self.miss("2001", "0612340000", "Rob Vos")
        call = next(one for one in self.calls() if one["remote"]["number"] == E164)
        delete = lambda: self.lamplighter("calls", "delete", call["id"])
        self.assertTrue(within(10, lambda: delete().returncode == 0), "soon it is settled")
        self.assertEqual(self.calls("?number=" + urllib.parse.quote(E164)), [])
        kept = next(one for one in self.calls() if one["id"] == call["id"])
        self.assertEqual((kept["remote"]["number"], kept["remote"]["name"], kept["result"], kept["started"]), (None, None, "missed", call["started"]))
        self.assertEqual(len(self.calls("?number=" + urllib.parse.quote("+31612340000"))), 1)
        self.assertIn("no call with this id", self.lamplighter("calls", "delete", "0123456789abcdef").stderr)
        audit = self.daemon.get("/v1/audit")[2]["items"]
        self.assertIn(("call_deleted", call["id"]), [(row["what"], row["subject"]) for row in audit])
        self.assertNotIn("612345678", json.dumps(audit))
        self.sim.command("incoming", to="2000", number=CALLER, name=NAME)
        self.assertTrue(within(10, lambda: self.daemon.get("/v1/calls/active")[2]["items"]))
        going = self.daemon.get("/v1/calls/active")[2]["items"][0]["id"]
        self.assertIn(self.daemon.get("/v1/calls/" + going, method="DELETE")[0], (404, 409))
        for words in (["calls", "delete"], ["calls", "burn", "x"], ["calls", "delete", "x", "--missed"]):
            self.assertEqual(self.lamplighter(*words).returncode, 2, words)

    def test_what_is_no_number_is_refused(self):
        self.assertEqual(self.lamplighter("privacy", "erase", "Eva").returncode, 1)
        for words in (["privacy"], ["privacy", "erase"], ["privacy", "sing", CALLER], ["privacy", "export", CALLER, "--contacts"]):
            self.assertEqual(self.lamplighter(*words).returncode, 2, words)
        for body in ({}, {"number": 7}, {"number": CALLER, "all": True}, {"number": "x" * 300}, []):
            self.assertEqual(self.daemon.post("/v1/privacy/erase", body)[0], 400, body)


class Unpublished(Office):
    more = """
[[token]]
name = "own"
secret = "own-secret"
role = "operator"
person = "{person}"
[[token]]
name = "other"
secret = "other-secret"
role = "operator"
[privacy]
private_calls = ["{person}"]
"""

    def tables(self):
        with open(self.sim.people_csv, newline="") as file:
            rows = list(csv.DictReader(file))
        self.person = next(row["id"] for row in rows if row["lines"].split()[0] in self.line_of("2000"))
        return self.more.format(person=self.person)

    def line_of(self, extension):
        return [user for user, said in self.sim.command("truth")["users"].items() if str(said["extension"]) == extension]

    def remotes(self, items):
        return {(one["person"] == self.person, one["remote"]["number"], one["remote"]["name"]) for one in items}

    def test_others_see_that_but_not_with_whom(self):
        streams = {token: self.daemon.events("?types=call,missed", token=token) for token in ("other-secret", "own-secret", None)}
        for stream in streams.values():
            self.addCleanup(stream.close)
        self.sim.command("incoming", to="2000", number=CALLER, name=NAME)
        self.sim.command("incoming", to="2001", number="0612340000", name="Rob Vos")
        active = lambda token: self.remotes(self.daemon.get("/v1/calls/active", token)[2]["items"])
        hidden = {(True, None, None), (False, "+31612340000", "Rob Vos")}
        shown = {(True, E164, NAME), (False, "+31612340000", "Rob Vos")}
        self.assertTrue(within(10, lambda: active("other-secret") == hidden), active("other-secret"))
        self.assertEqual(active("own-secret"), shown)
        self.assertEqual(active(None), shown)  # the administrator's
        heard = {token: [stream.next(), stream.next()] for token, stream in streams.items()}
        self.assertEqual({token: self.remotes(event for _, event, _ in two) for token, two in heard.items()},
                         {"other-secret": hidden, "own-secret": shown, None: shown})

        for extension in ("2000", "2001"):
            self.sim.command("far", user=extension, what="hangup")
        self.assertTrue(within(10, lambda: len(self.calls("?result=missed")) == 2))
        again = self.daemon.events("?types=call", heard["other-secret"][0][2], "other-secret")
        self.addCleanup(again.close)
        self.assertEqual(self.remotes([again.next()[1]]), {(False, "+31612340000", "Rob Vos")})
        self.assertEqual(self.remotes(self.calls(token="other-secret")), hidden)
        self.assertEqual(self.remotes(self.calls(token="own-secret")), shown)
        self.assertEqual(self.calls("?number=" + urllib.parse.quote(E164), "other-secret"), [])
        as_file = self.daemon.get("/v1/stats?format=csv&rows=calls", "other-secret")[2].decode()
        self.assertNotIn("612345678", as_file)
        self.assertIn("612340000", as_file)
        countries = lambda token: {row["key"]: row["incoming"]["total"] for row in self.daemon.get("/v1/stats?by=destination", token)[2]["items"]}
        self.assertEqual(countries("other-secret"), {"NL": 1, "unknown": 1})
        self.assertEqual((countries("own-secret"), countries(None)), ({"NL": 2}, {"NL": 2}))
        self.assertTrue(within(10, lambda: len(self.receiver.events("call.missed")) == 2), self.receiver.received)
        told = json.dumps(self.receiver.received)
        self.assertNotIn("612345678", told)
        self.assertNotIn(NAME, told)
        self.assertIn("Rob Vos", told)


class Withdrawn(Office):
    """A person who does not publish calls any more, while the platform's directory does not answer."""
    more = """
[csta]
listen = ["tcp:127.0.0.1:0"]
trusted = ["127.0.0.0/8"]
[[token]]
name = "other"
secret = "other-secret"
role = "operator"
"""

    def test_at_once(self):
        self.sim.command("incoming", to="2000", number=CALLER, name=NAME)
        shown = lambda: [one["remote"]["number"] for one in self.daemon.get("/v1/calls/active", "other-secret")[2]["items"]]
        self.assertTrue(within(10, lambda: shown() == [E164]), shown())
        person = self.daemon.get("/v1/calls/active")[2]["items"][0]["person"]
        self.daemon.config.write_text(self.daemon.text + f'[privacy]\nprivate_calls = ["{person}"]\n')
        self.sim.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.sim.process.send_signal, signal.SIGCONT)
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertEqual(shown(), [None])


class Telephones(unittest.TestCase):
    """Alice's own calls are not published: phones and CTI clients show that she is in a call."""

    def setUp(self):
        more = f'[csta]\nlisten = ["tcp:127.0.0.1:0"]\ntrusted = ["127.0.0.0/8"]\n[privacy]\nprivate_calls = ["{whole(ALICE)}"]\n'
        self.office = sip_office.Office(more=more)
        self.addCleanup(self.office.close)
        port = re.findall(r"csta: listening at=tcp:127\.0\.0\.1:(\d+)", self.office.daemon.log())[-1]
        self.client = Client(port=int(port))
        self.addCleanup(lambda: self.client.close(check=False))

    def test_others_see_no_names(self):
        ua = self.office.ua()
        watches = {name: ua.subscribe(name, "dialog") for name in (ALICE, LOTTE)}
        monitors = {name: self.client.monitor(self.office.extensions[name]) for name in (ALICE, LOTTE)}
        for name in (ALICE, LOTTE):
            self.office.sim.command("incoming", to=self.office.extensions[name], number=CALLER, name=NAME)
        for name, watch in watches.items():
            self.assertTrue(ua.until(lambda: watch.lamp == "ringing"), name)
        bodies = {name: b"".join(notify.body for notify in watch.notifies) for name, watch in watches.items()}
        self.assertIn(b"anonymous", bodies[ALICE])
        for text in (b"612345678", NAME.encode()):
            self.assertNotIn(text, bodies[ALICE])
            self.assertIn(text, bodies[LOTTE])
        told = {name: self.client.next_event("DeliveredEvent", monitor=monitor) for name, monitor in monitors.items()}
        self.assertEqual(told[LOTTE].device("callingDevice"), E164)
        self.assertNotEqual(told[ALICE].device("callingDevice"), E164)


class Quiet(Office):
    people = "40"
    simulator = ("--office", "--load", "40")
    more = """
[[recognition]]
name = "customers"
type = "csv"
file = {file}
[sip]
listen = ["udp:127.0.0.1:0"]
domain = "pbx.example"
trusted = ["127.0.0.0/8"]
[csta]
listen = ["tcp:127.0.0.1:0"]
trusted = ["127.0.0.0/8"]
"""

    def tables(self):
        customers = self.sim.folder / "customers.csv"
        customers.write_text("id;name;phone\n7;Eva Steen;0612345678\n8;Rob Vos;nonsense\n")
        return self.more.format(file=json.dumps(str(customers)))

    def names(self):
        with open(self.sim.people_csv, newline="") as file:
            for row in csv.DictReader(file):
                yield row["name"]
                yield row["id"]
                yield from row["lines"].split()
        for said in self.sim.command("truth")["users"].values():
            yield from (said[key] for key in ("number", "phone") if said.get(key))

    def test_a_busy_office_leaves_nobody_in_the_log(self):
        self.miss("2000", CALLER, NAME)
        person = urllib.parse.quote(sorted(self.daemon.presence())[0])
        for to in (CALLER, "999999", "112"):
            self.daemon.get("/v1/forwarding/" + person, method="PUT", body={"to": to})
        self.daemon.get("/v1/forwarding/" + person, method="DELETE")
        self.daemon.post("/v1/dial", {"person": urllib.parse.unquote(person), "to": CALLER})
        self.daemon.post("/v1/dial", {"person": urllib.parse.unquote(person), "to": "0000000000"})
        self.daemon.get("/v1/recognise?number=" + CALLER)
        self.receiver.status = 404
        seen = lambda: len(self.calls("?limit=1000"))
        self.assertTrue(within(60, lambda: seen() > 40), seen())
        self.receiver.status = 503
        numbers = {one["remote"]["number"] for one in self.calls("?limit=1000") if one["remote"]["number"]}
        remote_names = {one["remote"]["name"] for one in self.calls("?limit=1000") if one["remote"]["name"]}
        self.daemon.post("/v1/privacy/erase", {"number": CALLER})
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.daemon.stop()
        log = self.daemon.log()
        self.assertIn("starting", log)
        wanted = {*self.names(), *numbers, *remote_names, NAME, "612345678"}
        self.assertGreater(len(wanted), 80)
        for text in wanted:
            pattern = re.escape(text) if len(text) > 5 else rf"(?<![\w.:-]){re.escape(text)}(?![\w.:-])"
            self.assertNotRegex(log, pattern)


class Pseudonyms(Office):
    more = '[privacy]\npseudonymise_logs = true\n'

    def test_debug_lines_show_hashes(self):
        text = self.daemon.text.replace('state_dir = "state"', 'state_dir = "state"\nlog_level = "debug"')
        self.daemon.config.write_text(text)
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        person = sorted(self.daemon.presence())[0]
        self.daemon.get("/v1/forwarding/" + urllib.parse.quote(person), method="PUT", body={"to": CALLER})
        self.assertTrue(within(10, lambda: "claim_began" in self.daemon.log()), self.daemon.log())
        line = next(line for line in self.daemon.log().splitlines() if "claim_began" in line)
        self.assertNotIn("612345678", self.daemon.log())
        self.assertNotIn(person, line)
        self.assertRegex(line, r"line=~[0-9a-f]{12}")
        said = json.loads(self.lamplighter("privacy", "erase", CALLER, "--dry-run", "--format", "json").stdout)
        self.assertIn(said["number_hash"], line)


if __name__ == "__main__":
    unittest.main()
