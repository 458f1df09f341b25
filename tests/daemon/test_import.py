"""`import`: favourites and integrations of older clients, against a directory as the interface describes it."""
import json
import pathlib
import tempfile
import unittest
import urllib.parse

from answering import AnsweredCommands

PERSON = "alice@example.net"


def item(key, first, last, *numbers, email=None):
    return {"key": key, "source": "contacts", "first_name": first, "last_name": last, "email": email,
            "numbers": [{"type": "work", "number": number} for number in numbers], "lines": [], "folder": ""}


class Import(AnsweredCommands):
    def setUp(self):
        super().setUp()
        self.contacts = [item("k1", "Bob", "de Vries", "+31201230003"), item("k2", "Carol", "Smit", "2004", email="carol@example.net"),
                         item("k3", "Jan", "Bakker", "+31201230005"), item("k4", "Jan", "Bakker", "+31201230006")]
        self.keys = ["k2"]
        self.changes = []
        self.refuses = False

    def answer(self, method, path, body):
        url = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if self.refuses:
            return 403, {"title": "Forbidden", "status": 403, "detail": "The role viewer may not.", "missing": "directory.write"}
        if url.path == "/v1/directory" and method == "GET":
            # As generous as a search may be: what is found is to be looked at.
            words = [word for word in query["q"].lower().split() if not word.isdigit()]
            found = [one for one in self.contacts if not words or any(word in json.dumps(one).lower() for word in words)]
            return 200, {"items": found, "next": None}
        if url.path == "/v1/favourites/" + urllib.parse.quote(PERSON):
            if method == "PUT":
                self.changes.append(("favourites", body))
                self.keys = body["keys"]
            return 200, {"person": PERSON, "keys": self.keys, "items": [], "next": None}
        if url.path == "/v1/contacts" and method == "POST":
            self.changes.append(("contact", body))
            if any("bad" in one["number"] for one in body["numbers"]):
                return 400, {"title": "Bad Request", "status": 400, "detail": "\"bad\" is no number."}
            made = {**item(f"k{len(self.contacts) + 1}", body["first_name"], body["last_name"]), "numbers": body["numbers"]}
            self.contacts.append(made)
            return 201, made
        return 404, {"title": "Not Found", "status": 404, "detail": path}

    def file(self, text):
        folder = tempfile.TemporaryDirectory(prefix="lamp-import-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / "favourites.csv"
        path.write_text(text)
        return str(path)

    TABLE = ("Voornaam;Achternaam;Nummer;E-mail\n"
             "Bob;de Vries;020 123 0003;\n"       # by number
             ";;;carol@example.net\n"              # by address; a favourite already
             "Jan;Bakker;;\n"                      # two are called so
             "Dirk;Nieuw;+31 20 123 0009;\n"       # becomes a contact
             "Zonder;Nummer;;\n"                   # has none
             "Slecht;Nummer;bad1;\n")              # is none

    def test_favourites(self):
        rows = json.loads(self.asks("import", "--from", self.file(self.TABLE), "--person", PERSON, "--format", "json"))
        self.assertEqual([(row["line"], row["result"]) for row in rows],
                         [(2, "imported"), (3, "known"), (4, "left out"), (5, "created"), (6, "left out"), (7, "left out")])
        self.assertEqual(rows[2]["why"], "2 contacts of the directory may be meant")
        self.assertIn("is no number", rows[5]["why"])
        self.assertEqual(self.keys, ["k2", "k1", "k5"])
        again = self.asks("import", "--from", self.file(self.TABLE), "--person", PERSON)
        self.assertIn("imported: 3, not imported: 3", again)
        self.assertIn("Keep the old program: 3 of 6 rows above are left out", again)
        self.assertEqual(self.keys, ["k2", "k1", "k5"])
        self.assertEqual(sum(what == "favourites" for what, _ in self.changes), 1)  # nothing new: nothing is written

    def test_whether_the_old_program_may_go(self):
        whole = self.file("Voornaam;Achternaam;Nummer\nBob;de Vries;020 123 0003\n")
        self.assertIn("Everything would be imported", self.asks("import", "--from", whole, "--person", PERSON, "--dry-run"))
        self.assertIn("Safe to remove", self.asks("import", "--from", whole, "--person", PERSON))
        self.assertIn("Safe to remove", self.asks("import", "--from", whole, "--person", PERSON), "also when it is there already")
        said = self.asks("import", "--from", self.file("Integration;Type\nMicrosoft Dynamics 365;A\n"))
        self.assertIn("Keep the old program until the 1 integrations below are filled in", said)

    def test_a_dry_run_changes_nothing(self):
        said = self.asks("import", "--from", self.file(self.TABLE), "--person", PERSON, "--dry-run")
        self.assertIn("a dry run", said)
        self.assertIn("created", said)
        self.assertEqual(self.changes, [])

    def test_integrations_become_tables(self):
        said = self.asks("import", "--from", self.file("Integration;Type\nMicrosoft Dynamics 365;A\nOutlook;A\n"))
        self.assertIn('preset = "dynamics365"', said)
        self.assertIn("imported: 1, not imported: 1", said)
        self.assertEqual(self.changes, [])

    def test_abilities_of_integrations(self):
        said = self.asks("import", "--from", self.file("Integration;Type;Add contacts\nHubSpot;A;yes\nLDAP *;B;\nPipedrive;A;\n"))
        for line in (r"HubSpot .*goes on to take new contacts with the scope crm\.objects\.contacts\.write", r"LDAP .*loses an ability: new contacts",
                     r"Pipedrive .*can take new contacts with"):
            self.assertRegex(said, line)

    def test_mistakes(self):
        for words, code, says in ((("import",), 2, "--from"), (("import", "--from", "/nowhere"), 1, "/nowhere"),
                                  (("import", "--from", self.file("Number\n2001\n")), 2, "--person"),
                                  (("import", "--from", self.file("Number\n2001\n"), "--kind", "all"), 2, "--kind"),
                                  (("import", "--from", self.file("x;y\n1;2\n"), "--person", PERSON), 1, "names no column")):
            outcome = self.run_it(*words)
            self.assertEqual(outcome.returncode, code, outcome.stderr)
            self.assertIn(says, outcome.stderr)
        self.refuses = True
        outcome = self.run_it("import", "--from", self.file("Number\n2001\n"), "--person", PERSON)
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("may not", outcome.stderr)


if __name__ == "__main__":
    unittest.main()
