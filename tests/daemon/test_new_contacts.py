"""New contacts where they are wanted: the directory, a CRM, a file; of a call; once; or only said, as a dry run."""
import json
import unittest

from office import Daemon, Simulator, within

TABLES = """
[[recognition]]
name = "hub"
type = "rest"
preset = "hubspot"
url = "{url}"
token = "env:CRM_TOKEN"
delta = "0s"
record_url = "https://crm.example.net/{{id}}"
[[recognition]]
name = "file"
type = "csv"
file = {file}
delta = "0s"
[[recognition]]
name = "staff"
type = "ldap"
url = "ldap://127.0.0.1:1"
base = "dc=example,dc=net"
[[token]]
name = "clerk"
secret = "clerk-0123456789abcdef"
role = "clerk"
[[role]]
name = "clerk"
inherit = "viewer"
grant = ["directory.write"]
"""
CLERK = "clerk-0123456789abcdef"
JANE = {"first_name": "Jane", "last_name": "Doe", "numbers": [{"type": "work", "number": "020 123 0077"}]}
NUMBER = "+31201230077"


class Office(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", "3")
        self.addCleanup(self.sim.close)
        self.sim.command("crm/add", first="Zoë", last="Zeta", mobile="06 12345678")
        self.file = self.sim.folder / "customers.csv"
        self.file.write_bytes(b"id;name;phone;mobile\r\n7;Eta;020 123 0002;\r\n")
        tables = TABLES.format(url=self.sim.announced["crm"], file=json.dumps(str(self.file)))
        self.key = self.sim.announced["crm_key"]
        self.daemon = Daemon(self.sim, extra=tables, environment={"CRM_TOKEN": self.key})
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(15, lambda: self.known("+31612345678") == ["Zoë Zeta"]), self.daemon.log())

    def known(self, number):
        return [one["name"] for one in self.daemon.get("/v1/recognise?number=" + number.replace("+", "%2B"))[2]["items"]]

    def ask(self, method, target, body=None, token=None, once=None):
        """(status, answer)"""
        connection = self.daemon.connection(30)
        headers = {"Content-Type": "application/json", **({"Authorization": "Bearer " + token} if token else {}),
                   **({"Idempotency-Key": once} if once else {})}
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def add(self, query="", body=None, **more):
        return self.ask("POST", "/v1/contacts" + query, JANE if body is None else body, **more)

    def created(self):
        """What the CRM was asked to create."""
        return [one for one in self.sim.command("crm/log")["requests"]
                if one["method"] == "POST" and one["target"] == "/crm/v3/objects/contacts"]

    def audit(self):
        return [(row["what"], row["subject"], row["text"]) for row in self.ask("GET", "/v1/audit")[1]["items"]]

    def command(self, *words, code=0):
        outcome = self.daemon.lamplighter("directory", *words, "--url", self.daemon.url)
        self.assertEqual(outcome.returncode, code, outcome)
        return outcome.stdout + outcome.stderr


class Elsewhere(Office):
    def test_into_a_crm(self):
        status, made = self.add("?target=hub")
        self.assertEqual(status, 201, made)
        self.assertEqual((made["source"], made["last_name"], made["numbers"][0]["number"]), ("hub", "Doe", NUMBER))
        self.assertEqual(made["url"], "https://crm.example.net/" + made["external_id"])
        self.assertEqual(json.loads(self.created()[0]["body"]), {"properties": {"firstname": "Jane", "lastname": "Doe", "phone": NUMBER}})
        self.assertEqual(self.known(NUMBER), ["Jane Doe"])
        self.assertEqual(self.audit()[0], ("contact_created", "hub", made["key"]))
        self.assertEqual(self.ask("GET", "/v1/directory?source=contacts")[1]["items"], [])
        for private in ("Jane", "Doe", "1230077", self.key):
            self.assertNotIn(private, self.daemon.log())
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(within(15, lambda: self.known(NUMBER) == ["Jane Doe"]))

    def test_into_a_file(self):
        status, made = self.add("?target=crm.file", {**JANE, "numbers": [{"type": "mobile", "number": "0612345099"}, *JANE["numbers"]]})
        self.assertEqual((status, made["source"], made["external_id"]), (201, "file", "8"), made)
        self.assertEqual(self.file.read_bytes(), b"id;name;phone;mobile\r\n7;Eta;020 123 0002;\r\n8;Jane Doe;+31201230077;+31612345099\r\n")
        self.assertEqual((self.known(NUMBER), self.known("0612345099")), (["Jane Doe"], ["Jane Doe"]))
        status, problem = self.add("?target=file", {**JANE, "notes": "met at the fair"})
        self.assertEqual((status, "notes" in problem["detail"]), (422, True), problem)

    def test_what_cannot_take_it_names_what_can(self):
        for target, status in (("staff", 409), ("directory", 409), ("nothing", 404)):
            got, problem = self.add("?target=" + target)
            self.assertEqual(got, status, problem)
            self.assertIn('New contacts are taken by "hub", "file"', problem["detail"])
        self.assertEqual(self.add("?target=hub", {"first_name": "Jane"})[0], 400)
        status, problem = self.add("?target=hub", token=CLERK)
        self.assertEqual((status, problem["missing"]), (403, "integrations.configure"))
        self.assertEqual(self.add(token=CLERK)[0], 201)
        views = {one["name"]: one["can"] for one in self.ask("GET", "/v1/integrations")[1]["items"]}
        self.assertEqual(views, {"hub": ["recognise", "search", "create"], "file": ["recognise", "create"],
                                 "staff": ["recognise"], "directory": ["recognise"]})

    def test_what_a_crm_refuses_is_told_and_nothing_is_kept(self):
        for fault, status, word in (("unauthorised", 502, "401"), ("forbidden", 502, "403"), ("html", 502, "web page"),
                                    ("error", 502, "500"), ("throttle", 429, "429")):
            self.sim.command("crm/fault", kind=fault, on="hubspot")
            got, problem = self.add("?target=hub")
            self.assertEqual(got, status, problem)
            self.assertIn(word, problem["detail"])
            self.assertNotIn(self.key, json.dumps(problem))
            self.assertEqual(self.known(NUMBER), [], fault)
        self.sim.command("crm/fault", kind="error", on="hubspot", status=422)
        status, problem = self.add("?target=hub")
        self.assertEqual((status, "422" in problem["detail"]), (422, True), problem)
        self.assertNotIn("contact_created", json.dumps(self.audit()))

    def test_the_same_request_twice_is_done_once(self):
        for target in ("hub", "file", "contacts"):
            first = self.add("?target=" + target, once="k1" + target)
            self.assertEqual(first[0], 201, first)
            self.assertEqual(self.add("?target=" + target, once="k1" + target), first)
            status, problem = self.add("?target=" + target, {**JANE, "first_name": "Joan"}, once="k1" + target)
            self.assertEqual((status, "another request" in problem["detail"]), (409, True), problem)
        self.assertEqual(len(self.created()), 1)
        self.assertEqual(self.file.read_text().count("Doe"), 1)
        self.assertEqual(len(self.ask("GET", "/v1/directory?source=contacts")[1]["items"]), 1)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(self.add("?target=hub", once="k1hub")[0], 201)
        self.assertEqual(len(self.created()), 1)
        # What was surely not done may be tried again; what nobody knows may not.
        for fault, again in (("throttle", 201), ("html", 409)):
            self.sim.command("crm/fault", kind=fault, on="hubspot")
            body = {**JANE, "last_name": fault}
            self.assertNotEqual(self.add("?target=hub", body, once=fault)[0], 201)
            self.assertTrue(within(10, lambda: self.add("?target=hub", body, once=fault)[0] == again), fault)
        self.assertEqual(self.add(once="x" * 200)[0], 400)


class DryRuns(Office):
    def test_nothing_is_changed(self):
        status, plan = self.add("?target=hub&dry_run=true")
        self.assertEqual((status, plan["change"], plan["contact"]["last_name"]), (200, "create", "Doe"), plan)
        self.assertEqual((plan["request"]["to"], plan["request"]["what"]), (self.sim.announced["crm"], "POST /crm/v3/objects/contacts"))
        self.assertEqual(json.loads(plan["request"]["body"])["properties"]["phone"], NUMBER)
        self.assertNotIn(self.key, json.dumps(plan))
        plan = self.add("?target=file&dry_run=1")[1]
        self.assertEqual(plan["request"], {"to": str(self.file), "what": "append a row", "body": f"8;Jane Doe;{NUMBER};"})
        self.assertEqual((self.created(), self.file.read_text().count("\n"), self.known(NUMBER)), ([], 2, []))
        plan = self.add("?dry_run=true")[1]
        self.assertEqual((plan["target"], plan["request"], plan["contact"]["numbers"][0]["number"]), ("contacts", None, NUMBER))
        self.assertEqual(self.ask("GET", "/v1/directory?source=contacts")[1]["items"], [])

        made = self.add()[1]
        before = len(self.audit())
        place = "/v1/contacts/" + made["key"]
        plan = self.ask("PATCH", place + "?dry_run=true", {"company": "Y", "email": None})[1]
        self.assertEqual((plan["change"], plan["fields"], plan["contact"]["company"]), ("change", ["company"], "Y"))
        plan = self.ask("DELETE", place + "?dry_run=1")[1]
        self.assertEqual((plan["change"], plan["contact"]), ("remove", made))
        self.assertEqual(self.ask("GET", "/v1/directory/" + made["key"]), (200, made))
        self.assertEqual(len(self.audit()), before)
        self.assertEqual(self.ask("DELETE", "/v1/contacts/nobody?dry_run=1")[0], 404)
        self.assertEqual(self.ask("PATCH", place + "?dry_run=1", {"last_name": ""})[0], 400)
        self.assertEqual(self.add("?dry_run=maybe")[0], 400)
        self.assertEqual(self.ask("DELETE", place + "?force=1")[0], 400)


class OfCalls(Office):
    def active(self):
        return self.ask("GET", "/v1/calls/active")[1]["items"]

    def test_number_and_name_are_those_of_the_call(self):
        self.sim.command("incoming", to="2000", number=NUMBER, name="Jane van Doe")
        self.assertTrue(within(10, lambda: self.active()))
        going_on = self.active()[0]["id"]
        status, plan = self.add("?dry_run=1", {"call": going_on})
        self.assertEqual(status, 200, plan)
        made = plan["contact"]
        self.assertEqual((made["first_name"], made["last_name"], made["numbers"]), ("Jane", "van Doe", [{"type": None, "number": NUMBER}]))
        self.sim.command("far", user="2000", what="hangup")
        self.assertTrue(within(10, lambda: not self.active() and self.ask("GET", "/v1/calls")[1]["items"]))
        status, made = self.add("?target=hub", {"call": going_on, "first_name": "Joan", "last_name": "Roe"})
        self.assertEqual((status, made["last_name"], made["numbers"][0]["number"]), (201, "Roe", NUMBER), made)
        self.assertEqual(self.known(NUMBER), ["Joan Roe"])
        self.assertEqual(self.add("", {**JANE, "call": "0123456789abcdef"})[0], 404)
        status, problem = self.add("", {**JANE, "call": going_on}, token=CLERK)
        self.assertEqual((status, problem["missing"]), (403, "calls.read"))

    def test_who_withholds_the_number_is_no_contact(self):
        self.sim.command("incoming", to="2001", number="+31612345111", privacy=True)
        self.assertTrue(within(10, lambda: self.active()))
        status, problem = self.add("", {**JANE, "call": self.active()[0]["id"]})
        self.assertEqual((status, "withheld" in problem["detail"]), (422, True), problem)

    def test_a_number_that_is_not_kept_whole_is_no_contact(self):
        self.daemon.stop()
        self.daemon.config.write_text(self.daemon.text + '[history]\nnumbers = "masked"\n')
        self.daemon.start()
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.sim.command("incoming", to="2000", number=NUMBER, name="Jane van Doe")
        self.assertTrue(within(10, lambda: self.active()))
        call = self.active()[0]["id"]
        self.sim.command("far", user="2000", what="hangup")
        self.assertTrue(within(10, lambda: not self.active() and self.ask("GET", "/v1/calls")[1]["items"]))
        self.assertEqual(self.add("", {**JANE, "call": call})[0], 422)


class Commands(Office):
    def test_add_change_and_remove(self):
        said = self.command("add", "--first", "Jane", "--last", "Doe", "--number", "work:0201230077", "--number", "mobile:0612345099",
                            "--email", "j@x.nl", "--folder", "Sales", "--format", "json")
        made = json.loads(said)
        self.assertEqual([one["type"] for one in made["numbers"]], ["work", "mobile"])
        self.assertIn("would change: email", self.command("change", made["key"], "--email", "", "--dry-run"))
        self.assertIn("Roe", self.command("change", made["key"], "--last", "Roe"))
        self.assertIn("would remove", self.command("remove", made["key"], "--dry-run"))
        self.assertEqual(self.command("remove", made["key"]), "")
        self.assertIn("There is no contact", self.command("remove", made["key"], code=1))
        for words, word in ((["add"], "--first"), (["change"], "KEY"), (["change", "k"], "what is to be changed"), (["remove"], "KEY"),
                            (["remove", "k", "--last", "x"], "--last belongs to"), (["check", "--target", "x"], "--target belongs to")):
            self.assertIn(word, self.command(*words, code=2))

    def test_into_an_integration(self):
        jane = ("add", "--first", "Jane", "--last", "Doe", "--number", "0201230077", "--target", "hub")
        plan = self.command(*jane, "--dry-run")
        self.assertIn("would create", plan)
        self.assertIn("POST /crm/v3/objects/contacts", plan)
        self.assertEqual(self.created(), [])
        for _ in range(2):
            self.assertIn("Doe", self.command(*jane, "--once", "k"))
        self.assertEqual(len(self.created()), 1)
        self.sim.command("incoming", to="2000", number="+31612345222", name="Ann Other")
        self.assertTrue(within(10, lambda: self.daemon.get("/v1/calls/active")[2]["items"]))
        call = self.daemon.get("/v1/calls/active")[2]["items"][0]["id"]
        self.assertIn("+31612345222", self.command("add", "--call", call))
        listed = self.daemon.lamplighter("integration", "list", "--url", self.daemon.url).stdout
        self.assertRegex(listed, r"(?m)^hub .* recognise search create ")


if __name__ == "__main__":
    unittest.main()
