"""Users of a Microsoft 365 tenant as contacts of the directory: the simulator's Graph and the daemon as a whole."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from office import BIN, Daemon, Simulator, within

TENANT_PEOPLE = 6
# The tenant's own people of the simulator count, too; these are the tests'.
ANNA = {"upn": "anna@contoso.example", "mail": "anna@example.net", "name": "Anna van Voorbeeld", "phones": ["+31 20 123 0101"], "mobile": "06 12 34 50 01",
        "department": "Sales", "job": "Buyer"}
BERT = {"upn": "bert@contoso.example", "name": "Beispiel, Bert", "phones": ["+31 (0)20 123 0102"], "department": "Support"}
SILENT = {"upn": "silent@contoso.example", "name": "Nobody Numberless", "department": "Sales"}
LEFT = {"upn": "left@contoso.example", "name": "Long Gone", "phones": ["+31 20 123 0103"], "enabled": False, "department": "Sales"}


class People(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", str(TENANT_PEOPLE))
        self.addCleanup(self.sim.close)
        for one in (ANNA, BERT, SILENT, LEFT):
            self.sim.command("graph/user", what="add", **one)

    def section(self, *lines, name="entra", secret="env:ENTRA_SECRET"):
        said = self.sim.announced
        keys = {"tenant": said["tenant"], "client_id": said["client_id"], "client_secret": secret, "login_url": said["graph"], "graph_url": said["graph"]}
        return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items()), *lines, ""])

    def daemon(self, *lines, extra=None):
        one = Daemon(self.sim, extra=extra or self.section(*lines), environment={"ENTRA_SECRET": self.sim.announced["client_secret"]})
        self.addCleanup(one.close)
        return one

    def view(self, daemon):
        return next(one for one in daemon.get("/v1/status")[2]["adapters"] if one["name"] == "entra")

    def people(self, daemon, query="source=entra"):
        status, _, page = daemon.get(f"/v1/directory?limit=1000&{query}")
        if status == 503:  # it has just begun
            return {}
        self.assertEqual(status, 200, page)
        return {one["last_name"]: one for one in page["items"]}

    def has(self, daemon, present=(), absent=(), seconds=30):
        def right():
            names = set(self.people(daemon))
            return names and names >= set(present) and not names & set(absent)
        self.assertTrue(within(seconds, right), (set(self.people(daemon)), self.view(daemon)))

    def command(self, daemon, *words):
        return daemon.lamplighter("directory", *words, "--url", daemon.url, timeout=120)

    def doctor(self, daemon):
        return daemon.lamplighter("doctor", "--config", daemon.config, timeout=120).stdout


class Contacts(People):
    def test_who_is_there_and_what_is_said_of_them(self):
        daemon = self.daemon()
        self.has(daemon, {"van Voorbeeld", "Bert"}, {"Numberless", "Gone"})
        people = self.people(daemon)
        self.assertEqual(len(people), TENANT_PEOPLE + 2)
        anna = people["van Voorbeeld"]
        self.assertEqual([anna[key] for key in ("first_name", "source", "email", "department", "title", "folder")],
                         ["Anna", "entra", "anna@example.net", "Sales", "Buyer", None])
        self.assertEqual([(one["type"], one["number"]) for one in anna["numbers"]], [("work", "+31201230101"), ("mobile", "+31612345001")])
        found = daemon.get("/v1/recognise?number=0612345001")[2]["items"]
        self.assertTrue(within(20, lambda: [one["name"] for one in daemon.get("/v1/recognise?number=0612345001")[2]["items"]] == ["Anna van Voorbeeld"]), found)
        self.assertEqual(self.view(daemon)["state"], "up")
        self.assertNotIn(self.sim.announced["client_secret"], daemon.log())
        said = self.doctor(daemon)
        self.assertIn(f"entra: {self.sim.announced['graph']}: {TENANT_PEOPLE + 2} people with", said)
        self.sim.command("graph/permissions", application=["Presence.Read.All"])
        said = self.doctor(daemon)
        self.assertRegex(said, "FAIL  entra: .*User.Read.All and an administrator's consent")
        self.assertIn("grant User.Read.All in the Entra admin centre", said)

    def test_changes_come_and_what_is_said_here_stays(self):
        daemon = self.daemon('poll = "1s"')
        self.has(daemon, {"van Voorbeeld", "Bert"})
        anna = self.people(daemon)["van Voorbeeld"]
        target = "/v1/contacts/" + anna["key"]
        status, _, problem = daemon.get(target, method="PATCH", body={"email": "x@example.net"})
        self.assertEqual((status, '"email" is what entra says' in problem["detail"]), (409, True), problem)
        self.assertEqual(daemon.get(target, method="DELETE")[0], 409)
        self.assertEqual(daemon.get(target, method="PATCH", body={"folder": "Board", "vip": True})[0], 200)
        self.sim.command("graph/settings", delta_partial=True)  # only what has changed is told: everybody is read again
        self.sim.command("graph/user", what="change", user="anna@contoso.example", mail="a@example.net")
        self.assertTrue(within(20, lambda: self.people(daemon)["van Voorbeeld"]["email"] == "a@example.net"), self.view(daemon))
        kept = self.people(daemon)["van Voorbeeld"]
        self.assertEqual((kept["folder"], kept["vip"], kept["key"], kept["title"]), ("Board", True, anna["key"], "Buyer"))
        self.sim.command("graph/user", what="remove", user="anna@contoso.example")
        self.has(daemon, {"Bert"}, {"van Voorbeeld"})
        self.sim.command("graph/user", what="restore", user=anna["external_id"])
        self.has(daemon, {"van Voorbeeld", "Bert"})
        back = self.people(daemon)["van Voorbeeld"]
        self.assertEqual((back["key"], back["folder"]), (anna["key"], "Board"))
        self.sim.command("graph/user", what="change", user="bert@contoso.example", enabled=False)
        self.sim.command("graph/user", what="change", user="silent@contoso.example", mobile="+31612345009")
        self.has(daemon, {"van Voorbeeld", "Numberless"}, {"Bert"})
        self.assertNotIn("1 removed", self.command(daemon, "sync", "--source", "entra").stdout)

    def test_the_application_of_teams_a_filter_and_folders(self):
        entra = "\n".join(["[entra]", 'filter = "accountEnabled eq true and department ne \'Support\'"', 'folder = "department"', 'poll = "1s"', ""])
        daemon = self.daemon(extra=self.section('directory_poll = "1h"', name="teams") + entra)
        self.has(daemon, {"van Voorbeeld", "Numberless"}, {"Bert", "Gone"})
        self.assertEqual([self.people(daemon)[name]["folder"] for name in ("van Voorbeeld", "Numberless")], ["Sales", "Sales"])
        self.sim.command("graph/user", what="change", user="bert@contoso.example", department="Sales")
        self.sim.command("graph/user", what="change", user="silent@contoso.example", department="Support")
        self.has(daemon, {"van Voorbeeld", "Bert"}, {"Numberless"})

    def test_a_certificate_instead_of_a_secret(self):
        if not shutil.which("openssl"):
            self.skipTest("no openssl")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-entra-"))
        self.addCleanup(shutil.rmtree, folder)
        certificate, key = folder / "entra.pem", folder / "entra.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lamplighter", "-keyout", key, "-out", certificate],
                       check=True, capture_output=True)
        self.sim.command("graph/token", certificate=certificate.read_text(), secret="another")
        section = self.section(f'certificate = "{certificate}"', f'private_key = "file:{key}"')
        daemon = self.daemon(extra="\n".join(line for line in section.splitlines() if not line.startswith("client_secret")) + "\n")
        self.has(daemon, {"van Voorbeeld", "Bert"})

    def test_the_configuration(self):
        daemon = self.daemon()
        for lines, says in ((["[entra]"], "there is no [teams] whose application would do"),
                            (["[entra]", 'filter = "x"', 'tenant = "t"'], "needs a client_id"),
                            (["[entra]", 'client_id = "x"', 'client_secret = "env:ENTRA_SECRET"'], "tenant: is required with a client_id"),
                            (["[entra]", 'client_id = "x"', 'tenant = "t"'], "client_secret: is required (or certificate and private_key)"),
                            (["[entra]", 'folder = "office"'], "folder")):
            file = daemon.folder / "other.toml"
            file.write_text(daemon.text[:daemon.text.index("[entra]")] + "\n".join(lines) + "\n")
            done = subprocess.run([BIN / "lamplighter", "check", "--config", file], capture_output=True, text=True, timeout=30, env=daemon.environment)
            self.assertEqual((done.returncode != 0, says in done.stdout + done.stderr), (True, True), done.stdout + done.stderr)


class Refused(People):
    def test_too_many_would_go(self):
        for i in range(40):
            self.sim.command("graph/user", what="add", upn=f"p{i}@contoso.example", name=f"Crowd {i:05}", phones=[f"+3110{i:07}"])
        daemon = self.daemon()
        everybody = TENANT_PEOPLE + 2 + 40
        self.assertTrue(within(30, lambda: len(self.people(daemon)) == everybody), self.view(daemon))
        for i in range(15):
            self.sim.command("graph/user", what="remove", user=f"p{i}@contoso.example")
        done = self.command(daemon, "sync")
        self.assertIn(f"15 of {everybody} contacts of entra would go; 10 may. Nothing was changed. If that is right: "
                      "lamplighter directory sync --max-delete 15 --source entra.", done.stderr)
        self.assertEqual((self.view(daemon)["state"], len(self.people(daemon))), ("degraded", everybody))
        self.assertIn("would be: 0 created, 0 changed, 15 removed", self.command(daemon, "sync", "--max-delete", "15", "--dry-run").stdout)
        self.assertEqual(self.command(daemon, "sync", "--max-delete", "15", "--source", "entra").returncode, 0)
        self.assertEqual((self.view(daemon)["state"], len(self.people(daemon))), ("up", everybody - 15))
        self.assertIn("no [ldap] is configured", self.command(daemon, "sync", "--source", "ldap").stderr)

    def test_the_permission_is_missing_and_comes(self):
        self.sim.command("graph/permissions", application=["Presence.Read.All"])
        daemon = self.daemon()
        self.assertTrue(within(20, lambda: self.view(daemon)["state"] == "down"), self.view(daemon))
        self.assertIn("User.Read.All and an administrator's consent", self.view(daemon)["last_error"])
        self.assertEqual(self.people(daemon), {})
        self.sim.command("graph/permissions", application=["User.Read.All"])
        done = self.command(daemon, "sync")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.has(daemon, {"van Voorbeeld"})

    def test_graph_stumbles(self):
        daemon = self.daemon('poll = "1s"')
        self.has(daemon, {"van Voorbeeld", "Bert"})
        before = self.people(daemon)
        for kind, more in (("gone", {}), ("stale_sync", {}), ("429", {"retry_after": 1}), ("html", {}), ("cut", {}), ("unauthorised", {}),
                           ("unavailable", {}), ("truncated", {})):
            self.sim.command("graph/fault", kind=kind, on="users_delta", **more)
            mail = f"{kind.replace('_', '')}@example.net"
            self.sim.command("graph/user", what="change", user="anna@contoso.example", mail=mail)
            self.assertTrue(within(30, lambda: self.people(daemon)["van Voorbeeld"]["email"] == mail), (kind, self.view(daemon)))
            self.assertEqual(set(self.people(daemon)), set(before), kind)
        self.assertEqual(self.view(daemon)["state"], "up")
        self.sim.command("graph/token", secret="another")
        self.sim.command("graph/token", revoke=True)
        self.assertTrue(within(30, lambda: self.view(daemon)["state"] == "degraded"), self.view(daemon))
        self.assertEqual(set(self.people(daemon)), set(before))
        daemon.kill()
        daemon.start()
        self.assertTrue(within(20, lambda: set(self.people(daemon)) == set(before)))  # from the disk


if __name__ == "__main__":
    unittest.main(verbosity=2)
