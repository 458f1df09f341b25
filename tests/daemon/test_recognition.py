"""Callers recognised out of a CRM, as users meet it: the built daemon, the simulator's CRM, commands, and calls."""
import json
import re
import subprocess
import unittest

from office import BIN, Daemon, Simulator, within

CUSTOMER = "+31612345678"
TABLES = """
[[recognition]]
name = "crm"
type = "rest"
preset = "hubspot"
url = "{url}"
token = "env:CRM_TOKEN"
delta = "1s"
[[recognition]]
name = "file"
type = "csv"
file = "customers.csv"
"""


class Presets(unittest.TestCase):
    @staticmethod
    def presets(*words):
        return subprocess.run([BIN / "lamplighter", "config", "presets", *words], capture_output=True, text=True,
                              timeout=60)

    def test_found_by_a_word(self):
        every = self.presets()
        self.assertEqual(every.returncode, 0, every.stderr)
        for name in ("hubspot", "salesforce", "dynamics365", "zoho-crm", "insightly", "pipedrive", "google-people",
                     "graph-contacts", "generic"):
            self.assertIn(f'preset = "{name}": ', every.stdout)
        found = self.presets("HubS")
        self.assertEqual(found.stdout.count("preset = "), 1, found.stdout)
        self.assertRegex(found.stdout, r"(?m)^  login    bearer$")
        self.assertRegex(found.stdout, r"(?m)^  can      delta, live, create$")
        self.assertEqual(self.presets("nothing of that kind").returncode, 1)


class Crm(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", "3")
        self.addCleanup(self.sim.close)
        made = self.sim.command("crm/add", first="Zoë", last="Zeta", company="Zeta BV", mobile="06 12345678")
        self.zeta = made["id"]
        customers = self.sim.folder / "customers.csv"
        customers.write_text("id,name,phone\n7,Eta,020 123 0002\n")
        tables = TABLES.format(url=self.sim.announced["crm"]).replace('"customers.csv"', json.dumps(str(customers)))
        self.environment = {"CRM_TOKEN": self.sim.announced["crm_key"]}
        self.daemon = Daemon(self.sim, extra=tables, environment=self.environment)
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(15, lambda: self.known(CUSTOMER) == ["Zoë Zeta"]), self.daemon.log())

    def known(self, number):
        found = self.daemon.get("/v1/recognise?number=" + number.replace("+", "%2B"))[2]["items"]
        return [one["name"] for one in found]

    def integration(self, *words):
        outcome = self.daemon.lamplighter("integration", *words, "--format", "json", "--url", self.daemon.url)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        return json.loads(outcome.stdout)

    def doctor(self, text=None, environment=None):
        config = self.daemon.folder / "examined.toml"
        config.write_text(text or self.daemon.text)
        outcome = self.daemon.lamplighter("doctor", "--config", config, env={**self.daemon.environment, **(environment or {})})
        return outcome.returncode, outcome.stdout

    def test_the_state_of_an_integration_and_its_switches(self):
        shown = self.integration("show", "crm")
        self.assertEqual([shown[name] for name in ("state", "contacts", "numbers", "preset")], ["up", 1, 1, "hubspot"])
        self.assertRegex(shown["last_sync"], r"^\d{4}-\d\d-\d\dT.*Z$")
        self.assertGreater(shown["next_sync"], shown["last_sync"])
        for off, on in (("disable", "enable"), ("delete", "undo")):
            self.integration(off, "crm", *(["--yes"] if off == "delete" else []))
            self.assertEqual(self.known(CUSTOMER), [], off)
            self.assertEqual(self.known("0201230002"), ["Eta"], off)
            self.integration(on, "crm")
            self.assertTrue(within(10, lambda: self.known(CUSTOMER) == ["Zoë Zeta"]), on)

    def test_a_change_is_known_soon_and_an_outage_forgets_nobody(self):
        self.sim.command("crm/change", id=self.zeta, last="Theta")
        self.assertTrue(within(20, lambda: self.known(CUSTOMER) == ["Zoë Theta"]), self.integration("show", "crm"))
        self.sim.command("crm/fault", kind="forbidden", forever=True)
        self.assertTrue(within(20, lambda: self.integration("show", "crm")["last_error"]))
        self.assertEqual(self.known(CUSTOMER), ["Zoë Theta"])
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(10, lambda: self.known(CUSTOMER) == ["Zoë Theta"]))
        self.sim.command("crm/faults/clear")
        self.integration("test", "crm")
        self.assertEqual(self.integration("show", "crm")["state"], "up")

    def test_a_caller_of_the_crm_rides_on_the_call(self):
        stream = self.daemon.events("?types=call")
        self.sim.command("incoming", to="2000", number="0612345678")
        _, ringing, _ = stream.next()
        self.assertEqual([one["name"] for one in ringing["match"]["records"]], ["Zoë Zeta"])
        self.assertEqual(ringing["match"]["records"][0]["integration"], "crm")

    def test_doctor_says_what_each_source_lacks_and_nothing_of_whom(self):
        code, said = self.doctor()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"(?m)^ok    recognition crm: contacts: 1 on the first page, 0 without a number; 0 of ")
        self.assertRegex(said, r"(?m)^ok    recognition file: contacts: 1 with 1 numbers$")
        for private in ("Zeta", "Zoë", "Eta", "12345678", "1230002", self.environment["CRM_TOKEN"]):
            self.assertNotIn(private, said)

        code, said = self.doctor(environment={"CRM_TOKEN": "another one"})
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"(?m)^FAIL  recognition crm: contacts: .*\n +-> .*new token")
        nowhere = '[net]\nproxy = "http://127.0.0.1:1"\n[[recognition]]'
        code, said = self.doctor(self.daemon.text.replace("[[recognition]]", nowhere, 1))
        self.assertRegex(said, r"(?m)^FAIL  recognition crm: \S+ connection: .*proxy")
        (self.sim.folder / "customers.csv").write_text("id,name\n7,Eta\n")
        code, said = self.doctor()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, r"(?m)^FAIL  recognition file: contacts: ")
        self.assertTrue(re.search(r"(?m)^ok    recognition crm: contacts", said), said)


if __name__ == "__main__":
    unittest.main()
