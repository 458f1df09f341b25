"""The people of a directory server as contacts of the daemon's directory: OpenLDAP's slapd and the daemon as a whole."""
import json
import subprocess
import time
import unittest

from test_ldap import ANNA, BERT, CARO, SILENT, ActiveDirectory, Directory, crowd
from slapd import BASE, LOGIN, PASSWORD, person
from office import BIN, Daemon, within


class People(Directory):
    def daemon(self, url, *lines, password=PASSWORD, options=()):
        section = "\n".join(["[ldap]", f"url = {json.dumps(url)}", f"base = {json.dumps(BASE)}", f"bind_dn = {json.dumps(LOGIN)}",
                             'password = "env:LDAP_PASSWORD"', *lines, ""])
        one = Daemon(self.simulator, extra=section, environment={"LDAP_PASSWORD": password})
        self.addCleanup(one.close)
        return one

    def view(self, daemon):
        adapters = daemon.get("/v1/status")[2]["adapters"]
        return next(one for one in adapters if one["name"] == "ldap")

    def people(self, daemon, query="source=ldap"):
        status, _, page = daemon.get(f"/v1/directory?limit=1000&{query}")
        if status == 503:  # it has just begun
            return {}
        self.assertEqual(status, 200, page)
        return {one["last_name"]: one for one in page["items"]}

    def command(self, daemon, *words):
        return subprocess.run([BIN / "lamplighter", "directory", *words, "--url", f"http://127.0.0.1:{daemon.port}"], capture_output=True, text=True,
                              timeout=60)

    def has(self, daemon, names, seconds=20):
        self.assertTrue(within(seconds, lambda: set(self.people(daemon)) == set(names)), (set(self.people(daemon)), self.view(daemon)))


class Contacts(People):
    NAMES = {"Voorbeeld", "Beispiel", "Ejemplo"}

    def test_who_is_there(self):
        daemon = self.daemon(self.slapd(ANNA, BERT, CARO, SILENT).url)
        self.has(daemon, self.NAMES)
        people = self.people(daemon)
        anna = people["Voorbeeld"]
        self.assertEqual((anna["first_name"], anna["source"], anna["email"]), ("Anna", "ldap", "anna@example.net"))
        self.assertEqual([(one["type"], one["number"]) for one in anna["numbers"]],
                         [("work", "+31201230101"), ("mobile", "+31612345001"), ("fax", "+31201239999")])
        self.assertEqual((people["Beispiel"]["first_name"], people["Beispiel"]["numbers"][0]["number"]), ("Bert", "+31201230102"))
        self.becomes(daemon, "0612345001", "Anna Voorbeeld")  # and their calls are recognised
        self.assertEqual(self.view(daemon)["state"], "up")
        self.assertNotIn(PASSWORD, daemon.log())

    def test_the_doctor(self):
        slapd = self.slapd(ANNA, BERT, person("odd", name="Odd Number", number="none at all"))
        recognised = f'[[recognition]]\nname = "crm"\ntype = "ldap"\nurl = "{slapd.url}"\nbase = "{BASE}"\n'
        daemon = self.daemon(slapd.url, recognised)
        self.has(daemon, {"Voorbeeld", "Beispiel", "Number"})
        self.assertIn("1 numbers of 3 people are none that can be read", json.dumps(daemon.get("/v1/status")[2]))
        words = [BIN / "lamplighter", "doctor", "--config", daemon.config]
        said = subprocess.run(words, capture_output=True, text=True, timeout=60, env=daemon.environment).stdout
        self.assertIn(f"ok    ldap: {slapd.url}: 3 people with 4 numbers; 1 numbers cannot be read", said)
        self.assertIn("ok    recognition crm: contacts: 3 with 4 numbers", said)
        slapd.stop()
        said = subprocess.run(words, capture_output=True, text=True, timeout=60, env=daemon.environment).stdout
        self.assertRegex(said, f"FAIL  ldap: {slapd.url}: .*cannot be reached")
        self.assertIn("FAIL  recognition crm: contacts", said)

    def test_what_the_server_says_and_what_is_said_here(self):
        slapd = self.slapd(ANNA, BERT, CARO)
        daemon = self.daemon(slapd.url, 'poll = "1s"', 'attributes = { title = "uid", fax = "" }')
        self.has(daemon, self.NAMES)
        anna = self.people(daemon)["Voorbeeld"]
        self.assertEqual((anna["title"], [one["type"] for one in anna["numbers"]]), ("anna", ["work", "mobile"]))
        target = "/v1/contacts/" + anna["key"]
        for change, member in (({"email": "x@example.net"}, "email"), ({"numbers": []}, "numbers"), ({"last_name": "X"}, "last_name")):
            status, _, problem = daemon.get(target, method="PATCH", body=change)
            self.assertEqual((status, f'"{member}" is what ldap says' in problem["detail"]), (409, True), problem)
        self.assertEqual(daemon.get(target, method="DELETE")[0], 409)
        status, _, changed = daemon.get(target, method="PATCH", body={"folder": "Sales", "vip": True, "notes": "met at the fair"})
        self.assertEqual((status, changed["folder"]), (200, "Sales"), changed)
        slapd.set("anna", "mail", "a@example.net")
        self.assertTrue(within(20, lambda: self.people(daemon)["Voorbeeld"]["email"] == "a@example.net"))
        kept = self.people(daemon)["Voorbeeld"]
        self.assertEqual((kept["folder"], kept["vip"], kept["notes"], kept["key"]), ("Sales", True, "met at the fair", anna["key"]))
        daemon.stop()
        daemon.start()
        self.assertTrue(within(20, lambda: self.people(daemon).get("Voorbeeld") == kept))  # from the disk, before anybody is asked

    def test_a_contact_that_follows_somebody_of_the_server(self):
        slapd = self.slapd(ANNA, BERT, CARO)
        daemon = self.daemon(slapd.url, 'poll = "1s"')
        self.has(daemon, self.NAMES)
        bert = self.people(daemon)["Beispiel"]
        status, _, made = daemon.post("/v1/contacts", {"of": bert["key"], "company": "Mine"})
        self.assertEqual((status, made["source"], made["numbers"], made["own"]), (201, "contacts", bert["numbers"], ["company"]), made)
        mine = lambda: daemon.get("/v1/directory/" + made["key"])[2]
        slapd.set("bert", "telephoneNumber", "+31 20 123 0199")
        self.assertTrue(within(20, lambda: mine()["numbers"][0]["number"] == "+31201230199"), mine())
        self.assertEqual(mine()["company"], "Mine")
        self.assertEqual([one for one in daemon.get("/v1/directory/check?limit=1000")[2]["items"] if one["kind"] == "doubled_number"], [])
        slapd.set("bert", "telephoneNumber", None)
        self.has(daemon, self.NAMES - {"Beispiel"})
        self.assertTrue(within(20, lambda: "of" not in mine()), mine())
        self.assertEqual((mine()["last_name"], mine()["numbers"][0]["number"]), ("Beispiel", "+31201230199"))

    def test_who_goes_and_comes_back_is_the_same(self):
        slapd = self.slapd(ANNA, BERT, CARO)
        daemon = self.daemon(slapd.url, 'poll = "1s"')
        self.has(daemon, self.NAMES)
        key = self.people(daemon)["Beispiel"]["key"]
        self.assertEqual(daemon.get("/v1/contacts/" + key, method="PATCH", body={"folder": "Sales"})[0], 200)
        slapd.set("bert", "telephoneNumber", None)
        self.has(daemon, self.NAMES - {"Beispiel"})
        slapd.set("bert", "telephoneNumber", "+31 20 123 0199")
        self.has(daemon, self.NAMES)
        back = self.people(daemon)["Beispiel"]
        self.assertEqual((back["key"], back["folder"]), (key, "Sales"))
        slapd.modify(f"dn: uid=caro,ou=people,{BASE}\nchangetype: delete\n")
        done = self.command(daemon, "sync", "--dry-run")  # what is deleted is seen only when everything is read
        self.assertIn("would be: 0 created, 0 changed, 1 removed; 2 stay as they are", done.stdout, done.stderr)
        done = self.command(daemon, "sync")
        self.assertEqual((done.returncode, "done: 0 created, 0 changed, 1 removed" in done.stdout), (0, True), done.stdout + done.stderr)
        self.assertEqual(set(self.people(daemon)), {"Voorbeeld", "Beispiel"})
        audit = [(one["what"], one["text"]) for one in daemon.get("/v1/audit")[2]["items"]]
        self.assertIn(("synchronised", "ldap: 0 created, 0 changed, 1 removed"), audit)

    def test_files_are_about_our_own(self):
        daemon = self.daemon(self.slapd(ANNA, BERT, CARO).url)
        self.has(daemon, self.NAMES)
        anna = self.people(daemon)["Voorbeeld"]["key"]
        made = daemon.post("/v1/contacts", {"last_name": "Own", "first_name": "One"})
        self.assertEqual(made[0], 201, made)
        exported = self.command(daemon, "export").stdout
        self.assertTrue("Own" in exported and "Voorbeeld" not in exported, exported)
        file = daemon.folder / "contacts.csv"
        file.write_text("key;last_name;first_name\n;New;Nora\n")
        done = self.command(daemon, "import", str(file))
        self.assertIn("done: 1 created, 0 changed, 1 removed", done.stdout, done.stderr)
        self.assertEqual(set(self.people(daemon, "source=contacts")), {"New"})
        self.assertEqual(set(self.people(daemon)), self.NAMES)
        file.write_text(f"key;last_name;first_name\n{anna};Other;Anna\n")
        done = self.command(daemon, "import", str(file))
        self.assertIn("is named by ldap", done.stdout)


class Refused(People):
    def test_too_many_would_go(self):
        slapd = self.slapd(*crowd(40))
        daemon = self.daemon(slapd.url)
        self.assertTrue(within(20, lambda: len(self.people(daemon, "source=ldap")) == 40), self.view(daemon))
        for i in range(12):
            slapd.modify(f"dn: uid=p{i:05},ou=people,{BASE}\nchangetype: delete\n")
        done = self.command(daemon, "sync")
        self.assertEqual(done.returncode, 1)
        self.assertIn("12 of 40 contacts of ldap would go; 10 may. Nothing was changed. If that is right: lamplighter directory sync --max-delete 12", done.stderr)
        self.assertEqual(self.view(daemon)["state"], "degraded")
        self.assertEqual(len(self.people(daemon)), 40)
        self.assertIn("12 of 40 contacts of ldap would go; 3 may", self.command(daemon, "sync", "--max-delete", "3").stderr)
        self.assertEqual(self.command(daemon, "sync", "--max-delete", "12").returncode, 0)
        self.assertEqual((len(self.people(daemon)), self.view(daemon)["state"]), (28, "up"))

    def test_an_empty_answer_empties_nothing(self):
        slapd = self.slapd(ANNA, BERT)
        daemon = self.daemon(slapd.url)
        self.has(daemon, {"Voorbeeld", "Beispiel"})
        slapd.set("anna", "telephoneNumber", None)
        slapd.set("anna", "mobile", None)
        slapd.set("anna", "facsimileTelephoneNumber", None)
        slapd.set("bert", "telephoneNumber", None)
        self.assertIn("not all of them may", self.command(daemon, "sync").stderr)
        self.assertEqual(len(self.people(daemon)), 2)

    def test_the_section_is_taken_out(self):
        slapd = self.slapd(ANNA, BERT)
        daemon = self.daemon(slapd.url)
        self.has(daemon, {"Voorbeeld", "Beispiel"})
        daemon.stop()
        text = daemon.config.read_text()
        daemon.config.write_text(text[:text.index("[ldap]")])
        daemon.start()
        self.assertTrue(within(20, lambda: len(self.people(daemon)) == 2))
        self.assertIn("2 of 2 contacts of ldap would go; not all of them may", self.command(daemon, "sync").stderr)
        self.assertEqual(self.command(daemon, "sync", "--max-delete", "2").returncode, 0)
        self.assertEqual(self.people(daemon), {})

    def test_wrong_password(self):
        daemon = self.daemon(self.slapd(ANNA).url, password="wrong")
        self.assertTrue(within(20, lambda: self.view(daemon)["state"] == "down"), self.view(daemon))
        self.assertIn("check bind_dn and password", self.view(daemon)["last_error"])
        done = self.command(daemon, "sync")
        self.assertEqual((done.returncode, "refuses the login" in done.stderr), (1, True), done.stderr)

    def test_without_a_server(self):
        daemon = Daemon(self.simulator)
        self.addCleanup(daemon.close)
        done = self.command(daemon, "sync")
        self.assertEqual((done.returncode, "no [ldap] is configured" in done.stderr), (1, True), done.stderr)


class Both(People):
    """[ldap] and [entra] together: whom both name, by e-mail address, is LDAP's."""

    def both(self, slapd, *lines):
        said = self.simulator.announced
        entra = [f"{key} = {json.dumps(value)}" for key, value in (("tenant", said["tenant"]), ("client_id", said["client_id"]), ("login_url", said["graph"]),
                                                                   ("graph_url", said["graph"]))]
        section = "\n".join(["[ldap]", f"url = {json.dumps(slapd.url)}", f"base = {json.dumps(BASE)}", f"bind_dn = {json.dumps(LOGIN)}",
                             'password = "env:LDAP_PASSWORD"', *lines, "[entra]", *entra, 'client_secret = "env:ENTRA_SECRET"', 'poll = "1s"', ""])
        one = Daemon(self.simulator, extra=section, environment={"LDAP_PASSWORD": PASSWORD, "ENTRA_SECRET": said["client_secret"]})
        self.addCleanup(one.close)
        return one

    def test_each_is_said_by_one(self):
        self.simulator.command("graph/user", what="add", upn="anna@contoso.example", mail="Anna@Example.net", name="Anna Other", phones=["+31201230177"])
        slapd = self.slapd(ANNA, BERT)
        daemon = self.both(slapd, 'poll = "1s"')
        self.has(daemon, {"Voorbeeld", "Beispiel"})
        self.assertTrue(within(30, lambda: self.people(daemon, "source=entra") and "Other" not in self.people(daemon, "source=entra")))
        count = len(self.people(daemon, "source=entra"))
        self.assertEqual(count, 4)  # the simulator's own people
        done = self.command(daemon, "sync")
        self.assertEqual((done.returncode, "people of ldap and entra: say whose, with --source" in done.stderr), (1, True), done.stderr)
        done = self.command(daemon, "sync", "--source", "entra")
        self.assertIn("0 created, 0 changed, 0 removed", done.stdout, done.stderr)
        slapd.set("anna", "mail", "another@example.net")  # now Entra's Anna is somebody else
        self.assertTrue(within(20, lambda: self.people(daemon)["Voorbeeld"]["email"] == "another@example.net"))
        self.assertIn("1 created", self.command(daemon, "sync", "--source", "entra").stdout)
        slapd.set("anna", "mail", "anna@example.net")
        self.assertTrue(within(20, lambda: "Other" not in self.people(daemon, "source=entra")))  # with its next look for changes
        made = daemon.post("/v1/contacts", {"last_name": "Own", "first_name": "One", "email": "ANNA@example.net"})
        self.assertEqual(made[0], 201, made)
        found = daemon.get("/v1/directory/check?limit=1000")[2]["items"]
        self.assertIn("doubled_email", {one["kind"] for one in found})


class Broken(People):
    def test_the_server_goes_and_the_daemon_is_killed(self):
        slapd = self.slapd(*crowd(3000), settings="sizelimit unlimited")
        daemon = self.daemon(slapd.url, 'poll = "1s"')
        self.assertTrue(within(30, lambda: self.people(daemon, "source=ldap&q=%2B31100002999")), self.view(daemon))
        slapd.stop()
        self.assertTrue(within(20, lambda: self.view(daemon)["state"] == "degraded"), self.view(daemon))
        self.assertIn("cannot be reached", self.view(daemon)["last_error"])
        self.assertTrue(self.people(daemon, "source=ldap&q=%2B31100002999"))
        daemon.kill()
        daemon.start()
        self.assertTrue(within(20, lambda: self.people(daemon, "source=ldap&q=%2B31100002999")))
        slapd.start()
        slapd.set("p00000", "telephoneNumber", "+31 20 123 0100")
        self.assertTrue(within(60, lambda: self.names(daemon, "+31201230100") == ["Crowd 00000"]), self.view(daemon))
        self.assertEqual(self.view(daemon)["state"], "up")

    def test_who_changes_between_the_two_questions_stays(self):
        slapd = self.slapd(*[ActiveDirectory.user(uid, 100, f"Of {uid.title()}", f"+31 20 123 01{i:02}") for i, uid in enumerate(("anna", "bert", "caro"))],
                           root_dse=ActiveDirectory.root(102))
        way = self.way(slapd)
        polls, asked = [], []

        def change(data):  # what has changed is asked for twice: who it is, and who of them counts
            if b"highestCommittedUSN" in data:  # each conversation begins with the root entry
                polls.append(time.monotonic())
                asked.clear()
            elif b"uSNChanged" in data:
                asked.append(data)
                if len(asked) == 2 and not self.changed:
                    self.changed = len(polls)
                    slapd.modify(f"dn: uid=bert,ou=people,{BASE}\nchangetype: modify\nreplace: mail\nmail: b@example.net\n-\nreplace: uSNChanged\n"
                                 "uSNChanged: 103\n")

        self.changed = 0
        way.before = change
        daemon = self.daemon(way.url, 'poll = "1s"')
        self.assertTrue(within(20, lambda: self.people(daemon).get("Bert", {}).get("email") == "b@example.net"), self.view(daemon))
        self.assertTrue(within(20, lambda: len(polls) >= self.changed + 2))
        self.assertNotIn("1 removed", json.dumps(daemon.get("/v1/audit")[2]))

    def test_in_the_middle_of_a_page(self):
        slapd = self.slapd(*crowd(2000), settings="sizelimit unlimited")
        way = self.way(slapd)
        way.most = 200_000  # some pages, and a piece of one
        daemon = self.daemon(way.url)
        self.assertTrue(within(30, lambda: self.view(daemon)["state"] == "down"), self.view(daemon))
        self.assertEqual(daemon.get("/v1/directory?source=ldap")[2]["items"], [])
        way.most = None
        self.assertEqual(self.command(daemon, "sync").returncode, 0)
        self.assertEqual(len(self.people(daemon, "source=ldap&q=%2B31100000001")), 1)
        way.still_after = 100_000
        order = subprocess.Popen([BIN / "lamplighter", "directory", "sync", "--url", f"http://127.0.0.1:{daemon.port}"],
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertTrue(within(20, lambda: way.still))
        self.assertEqual(daemon.stop(8), 0)
        order.communicate(timeout=30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
