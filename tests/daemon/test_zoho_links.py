"""`zoho link --file`: a plan, limits, mistakes with their places, and what Zoho refuses; against a daemon that answers as told."""
import pathlib
import tempfile
import unittest
import urllib.parse

from answering import AnsweredCommands


class Links(AnsweredCommands):
    def setUp(self):
        super().setUp()
        self.users = [{"id": f"555{number:04}", "name": f"User {number}", "email": f"user{number}@example.net", "linked": False} for number in range(30)]
        self.links = [self.link(number, number if number < 20 else None) for number in range(30)]
        self.orders = []
        self.refused = set()
        folder = tempfile.TemporaryDirectory(prefix="lamp-links-")
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "links.csv"

    def link(self, number, user):
        known = self.users[user] if user is not None else {"id": None, "name": None, "email": None}
        return {"line": f"line{number}@example.net", "person": f"p{number}@example.net", "number": f"+3120123{number:04}", "state": "linked" if user is not None else "unlinked",
                "user": known["id"], "user_name": known["name"], "user_email": known["email"], "origin": "command", "error": None}

    def answer(self, method, path, body):
        target = urllib.parse.urlsplit(path).path
        if method == "GET" and target == "/v1/zoho/links":
            return 200, {"items": self.links, "next": None}
        if method == "GET" and target == "/v1/zoho/users":
            return 200, {"items": self.users, "next": None}
        whom = urllib.parse.unquote(target.removeprefix("/v1/zoho/links/"))
        link = next((one for one in self.links if whom == one["person"]), None) or next((one for one in self.links if whom and whom == one["line"]), None)
        if not link or method not in ("PUT", "DELETE"):
            return 404, {"title": "Not Found", "status": 404, "detail": f"Nobody has the line {whom}."}
        return self.order(link, body["user"] if method == "PUT" else None)

    def order(self, link, wanted):
        """As strict as the daemon: who is linked must be unlinked first, and a user has one link."""
        if link["line"] in self.refused:
            return 502, {"title": "Bad Gateway", "status": 502, "detail": "The daemon refuses this link."}
        if wanted is None and not link["user"]:
            return 404, {"title": "Not Found", "status": 404, "detail": "It is not linked."}
        user = next((one for one in self.users if wanted in (one["id"], one["email"])), {"id": None, "name": None, "email": None})
        if wanted is not None and (not user["id"] or link["user"] or any(one["user"] == user["id"] for one in self.links)):
            return 409, {"title": "Conflict", "status": 409, "detail": "Linked already: unlink it first."}
        link |= {"user": user["id"], "user_name": user["name"], "user_email": user["email"]}
        self.orders.append((link["person"], user["id"]))
        return 200, {}

    def given(self, text):
        self.path.write_text(text)
        return ("zoho", "link", "--file", str(self.path))

    def does(self, text, *options):
        outcome = self.run_it(*self.given(text), *options)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        return outcome.stdout

    def refuses(self, text, *options):
        outcome = self.run_it(*self.given(text), *options)
        self.assertEqual(outcome.returncode, 1, outcome.stdout + outcome.stderr)
        self.assertEqual(self.orders, [])
        return outcome.stderr

    def test_only_what_is_different_is_ordered(self):
        text = "line;user\nline0@example.net;5550000\nline1@example.net;USER1@example.net\nline2@example.net;5550022\np25@example.net;user25@example.net\n+31201230026;user26@example.net\nline27@example.net;\n"
        said = self.does(text, "--dry-run")
        self.assertEqual(self.orders, [])
        self.assertIn("line2@example.net would be linked to 5550022 (was 5550002)\n", said)
        self.assertIn("line25@example.net would be linked to 5550025\n", said)
        self.assertIn("would be changed: 3 of 3; 27 stay as they are", said)
        self.assertIn("changed: 3 of 3; 27 stay", self.does(text))
        self.assertCountEqual(self.orders, [("p2@example.net", "5550022"), ("p2@example.net", None), ("p25@example.net", "5550025"), ("p26@example.net", "5550026")])
        self.assertIn("changed: 0 of 0; 30 stay", self.does(text))

    def test_users_change_places(self):
        self.does("line,user\nline0@example.net,5550001\nline1@example.net,5550002\nline2@example.net,5550000\n")
        self.assertEqual([self.links[number]["user"] for number in range(3)], ["5550001", "5550002", "5550000"])

    def test_what_links_printed_changes_nothing(self):
        self.links[7]["line"] = self.links[6]["line"]  # shared
        self.links[8]["line"] = ""
        self.links += [{**self.link(25, 25), "state": "ending", "origin": "unlinked"}]  # ended, Zoho has it still
        self.links += [{**self.link(9, 28), "state": "ending", "origin": "unlinked"}]   # linked anew meanwhile
        printed = self.asks("zoho", "links", "--format", "csv")
        for options in ((), ("--replace",)):
            self.assertIn("changed: 0 of 0; 30 stay as they are", self.does(printed, *options))
        self.assertEqual(self.orders, [])

    def test_a_shared_line_is_whose_the_file_says(self):
        self.links[7]["line"] = self.links[6]["line"]
        self.assertIn("is a line of p6@example.net and of p7@example.net: name the person", self.refuses("line,user\nline6@example.net,5550026\n"))
        self.does("person,user\np7@example.net,5550026\n")
        self.assertEqual((self.links[6]["user"], self.links[7]["user"]), ("5550006", "5550026"))

    def test_replaced_within_limits(self):
        kept = [f"line{number}@example.net,{5550000 + number}\n" for number in range(20)]
        nine = "line,user\n" + "".join(kept[:9])
        self.assertIn("11 of 20 links would go; 10 may (--max-delete)", self.refuses(nine, "--replace"))
        self.assertIn("11 of 20", self.refuses(nine, "--replace", "--max-delete", "50%"))
        self.assertEqual(self.run_it(*self.given(nine), "--max-delete", "x").returncode, 2)
        self.assertIn("0 of 0; 30 stay", self.does(nine), "nobody goes without --replace")
        said = self.does("line,user\n" + "".join(kept[:18]) + "line18@example.net,\nline29@example.net,5550019\n", "--replace")
        self.assertIn("line18@example.net is unlinked from 5550018\n", said)
        self.assertEqual(sorted(self.orders, key=str), [("p18@example.net", None), ("p19@example.net", None), ("p29@example.net", "5550019")])

    def test_a_wrong_row_refuses_the_file(self):
        said = self.refuses("line,user\nline20@example.net,5550020\nnobody@example.net,5550021\nline0@example.net\n,5550022\nline23@example.net,stranger@example.net\n"
                            "p20@example.net,5550026\nline24@example.net,user20@example.net\nline28@example.net,5550003\n")
        for place in (":3:1: \"nobody@example.net\" is no line here", ":4:1: 1 columns where the first row has 2", ":5:1: the row names no line",
                      ":6:20: \"stranger@example.net\" is no user of Zoho's", ":7:1: \"p20@example.net\" comes twice",
                      ":8:20: \"user20@example.net\" is p20@example.net's already", "p3@example.net has the user 5550003, whom the file gives to p28@example.net"):
            self.assertIn(place, said)
        self.assertIn("the file was refused and nothing was changed", said)
        for text in ("", "colour,zoho\na,b\n"):
            self.assertIn(":1:1: ", self.refuses(text))

    def test_what_the_daemon_refuses_keeps_nobody_back(self):
        self.refused = {"line20@example.net"}
        outcome = self.run_it(*self.given("line,user\nline20@example.net,5550020\nline21@example.net,5550021\n"))
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("line20@example.net: ", outcome.stderr)
        self.assertIn("The daemon refuses this link.", outcome.stderr)
        self.assertIn("changed: 1 of 2", outcome.stdout)
        self.assertEqual(self.orders, [("p21@example.net", "5550021")])

    def test_nothing_is_planned_before_zohos_users_are_known(self):
        self.users = []
        self.assertIn("Zoho's users are not known yet", self.refuses("line,user\nline20@example.net,stranger@example.net\n"))

    def test_options_without_a_file(self):
        for words in (("link", "line0@example.net", "5550001", "--replace"), ("link", "line0@example.net", "5550001", "--file", "x"), ("enable", "--dry-run"), ("links", "--file", "x")):
            self.assertEqual(self.run_it("zoho", *words).returncode, 2, words)
        self.assertEqual(self.orders, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
