"""Calls of the built binaries: what is recorded, who missed one, who is recognised, what scripts offer, and who is told."""
import json
import time
import unittest
import urllib.parse

from office import Daemon, Simulator, within
from receiver import Receiver

CUSTOMERS = "id;name;phone;account\n7;Zeta;020 123 0002;A/7 & co\n"
TABLES = """
[history]
settle = "1s"
[[recognition]]
name = "customers"
type = "csv"
file = "customers.csv"
key = "id"
record_url = "https://crm.example.net/{{id}}"
[[script]]
name = "ticket"
url = "https://desk.example.net/new?account=$(account)&from=#(Callernumber|e164)"
integration = "customers"
[[webhook]]
name = "crm"
url = "{url}"
secret = "env:HOOK_SECRET"
"""


class Recorded(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", "4")
        self.receiver = Receiver("quiet")
        self.customers = self.sim.folder / "customers.csv"
        self.customers.write_text(CUSTOMERS)
        tables = TABLES.format(url=self.receiver.url).replace(
            '"customers.csv"', json.dumps(str(self.customers)))
        self.daemon = Daemon(self.sim, extra=tables, environment={"HOOK_SECRET": "quiet"})
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(10, lambda: self.recognised()), self.daemon.log())

    def tearDown(self):
        self.daemon.close()
        self.receiver.down()
        self.sim.close()
        self.assertEqual(self.receiver.faults, [])

    def recognised(self):
        return self.daemon.get("/v1/recognise?number=%2B31201230002")[2]["items"]

    def calls(self, query=""):
        status, _, page = self.daemon.get("/v1/calls" + query)
        self.assertEqual(status, 200, page)
        return page["items"]

    def test_a_missed_call_is_recorded_recognised_and_told_once(self):
        stream = self.daemon.events("?types=call,missed")
        self.sim.command("incoming", to="2000", number="0201230002")
        kind, ringing, _ = stream.next()
        self.assertEqual((kind, ringing["event"], ringing["state"]), ("call", "call.ringing", "ringing"))
        self.assertEqual(ringing["match"]["records"][0]["id"], "7")
        active = self.daemon.get("/v1/calls/active")[2]["items"]
        self.assertEqual([(one["id"], one["match"]) for one in active], [(ringing["id"], ringing["match"])])
        links = {action["name"]: action["url"] for action in ringing["actions"]}
        self.assertEqual(links["pop"], "https://crm.example.net/7")
        self.assertEqual(links["ticket"], "https://desk.example.net/new?account=A%2F7%20%26%20co&from=%2B31201230002")

        self.sim.command("far", user="2000", what="hangup")
        heard = [stream.next()[:2] for _ in range(2)]
        self.assertEqual([(kind, event["event"]) for kind, event in heard],
                         [("call", "call.ended"), ("missed", "call.missed")])
        record = self.calls("?result=missed")
        self.assertEqual([one["id"] for one in record], [ringing["id"]])
        self.assertEqual(record[0]["remote"]["number"], "+31201230002")
        self.assertEqual((record[0]["direction"], record[0]["answered"], record[0]["talk_s"]), ("in", None, 0))

        self.assertTrue(within(10, lambda: self.receiver.events("call.missed")), self.receiver.received)
        time.sleep(2)  # a second one would have come by now
        self.assertEqual(len(self.receiver.events("call.missed")), 1)
        self.assertEqual([body["event"] for body in self.receiver.received], ["call.ringing", "call.ended", "call.missed"])
        stats = self.daemon.get("/v1/stats?by=person")[2]["items"]
        self.assertEqual([(row["incoming"]["total"], row["incoming"]["missed"]) for row in stats], [(1, 1)])
        printed = self.daemon.lamplighter("calls", "--missed", "--url", self.daemon.url)
        self.assertIn("+31201230002", printed.stdout, printed.stderr)

    def test_a_missed_call_is_called_back_by_its_record(self):
        self.sim.command("incoming", to="2000", number="0201230002")
        self.assertTrue(within(10, lambda: self.daemon.get("/v1/calls/active")[2]["items"]), self.daemon.log())
        self.sim.command("far", user="2000", what="hangup")
        self.assertTrue(within(10, lambda: self.calls("?result=missed")), self.daemon.log())
        missed = self.calls("?result=missed")[0]
        person = missed["person"]
        self.assertEqual(self.daemon.post("/v1/dial", {"person": person, "call": "0123456789abcdef"})[0], 404)
        status, _, answer = self.daemon.post("/v1/dial", {"person": person, "call": missed["id"]})
        self.assertEqual(status, 202, answer)
        going = lambda: [one for one in self.daemon.get("/v1/calls/active")[2]["items"] if one["id"] == answer["call"]]
        self.assertTrue(within(10, going), self.daemon.log())
        self.assertEqual(self.daemon.post(f"/v1/calls/{answer['call']}/hangup")[0], 202)
        self.assertTrue(within(10, lambda: len(self.audited()) == 2))
        self.assertEqual([(what, text) for _, what, _, text in self.audited()][1], ("dialled", "to +31201230002"))
        self.assertTrue(within(10, lambda: not self.daemon.get("/v1/calls/active")[2]["items"]), self.daemon.log())
        printed = self.daemon.lamplighter("dial", "--person", person, "--call", missed["id"], "--url", self.daemon.url)
        self.assertEqual(printed.returncode, 0, printed.stderr)
        for words in (["--person", person], ["--person", person, "--call", "x", "--to", "2001"]):
            self.assertEqual(self.daemon.lamplighter("dial", *words, "--url", self.daemon.url).returncode, 2, words)

    def test_records_and_events_survive_a_kill_and_a_receiver_that_is_away(self):
        self.receiver.down()
        self.sim.command("call", **{"from": "2000", "to": "2001"})
        self.sim.command("answer", user="2001")
        self.assertTrue(within(10, lambda: len(self.daemon.get("/v1/calls/active")[2]["items"]) == 2))
        time.sleep(1)  # the batch is on disk
        self.daemon.kill()
        self.sim.command("hangup", user="2001")  # nobody hears of it
        self.daemon.start()
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(20, lambda: len(self.calls()) == 2), self.calls())
        records = self.calls()
        self.assertEqual({one["direction"] for one in records}, {"in", "out"})
        self.assertTrue(all(one["answered"] for one in records), records)
        self.sim.command("incoming", to="2002", number="0201230002")
        self.sim.command("far", user="2002", what="hangup")
        time.sleep(2)
        self.receiver.up()
        self.assertTrue(within(60, lambda: self.receiver.events("call.missed")), self.receiver.received)
        order = [body["at"] for body in self.receiver.received]
        self.assertEqual(order, sorted(order))
        self.assertIn("call.answered", [body["event"] for body in self.receiver.received])  # from before the kill

    def audited(self):
        status, _, page = self.daemon.get("/v1/audit")
        self.assertEqual(status, 200, page)
        return [(row["line"], row["what"], row["who"], row["text"]) for row in page["items"]]

    def test_who_dialled_and_who_ended_a_call_stands_in_the_audit(self):
        person = next(iter(self.daemon.presence()))
        line = self.daemon.get(f"/v1/presence/{urllib.parse.quote(person)}/why")[2]["inputs"][0]["line"]
        status, _, answer = self.daemon.post("/v1/dial", {"person": person, "to": "+31201230099"})
        self.assertEqual(status, 202, answer)
        call = answer["call"]
        self.assertEqual(self.daemon.post(f"/v1/calls/{urllib.parse.quote(call)}/hangup")[0], 202)
        wanted = [(line, "call_ordered", "operator", f"hangup {call}"), (line, "dialled", "operator", "to +31201230099")]
        self.assertTrue(within(10, lambda: self.audited() == wanted), self.audited())

    def test_pages_of_a_named_site_may_ask(self):
        def ask(method, origin):
            connection = self.daemon.connection()
            connection.request(method, "/v1/whoami", None, {"Origin": origin, "Access-Control-Request-Method": "GET"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status, answer.getheader("Access-Control-Allow-Origin")

        self.assertEqual(ask("GET", "https://crm.example.net"), (200, None))
        self.daemon.config.write_text(self.daemon.text.replace("[http]", '[http]\ncors_origins = ["https://crm.example.net"]'))
        status, _, answer = self.daemon.post("/v1/reload")
        self.assertEqual(status, 200, answer)
        self.assertEqual(ask("GET", "https://crm.example.net"), (200, "https://crm.example.net"))
        self.assertEqual(ask("OPTIONS", "https://crm.example.net"), (204, "https://crm.example.net"))
        self.assertEqual(ask("OPTIONS", "https://evil.example"), (405, None))

    def test_a_script_of_contacts_that_nobody_has_is_a_mistake_with_its_place(self):
        text = self.daemon.text.replace('integration = "customers"', 'integration = "custmers"')
        self.daemon.config.write_text(text.replace("[http]", '[http]\ncors_origins = ["*"]'))
        printed = self.daemon.lamplighter("check", "--config", self.daemon.config)
        self.assertEqual(printed.returncode, 78, printed.stdout)
        line = next(number for number, one in enumerate(text.splitlines(), 2) if one.startswith("integration"))
        self.assertIn(f':{line}:15: [script "ticket"] integration: "custmers" is the name of no [[recognition]] '
                      '(did you mean "customers"?)', printed.stdout)
        self.assertIn('cors_origins: cannot be "*": ', printed.stdout)


if __name__ == "__main__":
    unittest.main()
