"""The directory as a black box: every route and command, imports that are whole or nothing, hostile files, kill -9."""
import csv
import io
import json
import os
import pathlib
import subprocess
import unittest
import urllib.parse

from office import BIN, Daemon, Simulator, rewrite_people, within

TOKENS = """
[[token]]
name = "reader"
secret = "reading-0123456789abcdef"
role = "viewer"
[[token]]
name = "alice"
secret = "alice-0123456789abcdef"
role = "self-service"
person = "PERSON"
[[token]]
name = "clerk"
secret = "clerk-0123456789abcdef"
role = "clerk"
[[role]]
name = "self-service"
grant = ["self"]
[[role]]
name = "clerk"
inherit = "viewer"
grant = ["directory.write"]
"""
READER, ALICE, CLERK = "reading-0123456789abcdef", "alice-0123456789abcdef", "clerk-0123456789abcdef"
NAMES = "last_name;first_name\n"
INTEGRATIONS = """
[[recognition]]
name = "sales"
type = "rest"
preset = "hubspot"
url = "{url}"
token = "env:CRM_TOKEN"
delta = "0s"
[[recognition]]
name = "file"
type = "csv"
file = {file}
priority = 90
[[recognition]]
name = "secret"
type = "csv"
file = {file}
search = false
"""


def rows(count, start=0):
    return "".join(f"Doe {i};Jane;+3120{1000000 + i};jane{i}@example.net\n" for i in range(start, start + count))


def file_of(count):
    return "last_name;first_name;number1;email\n" + rows(count)


class Directory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.simulator = Simulator("--people", "4")
        with open(cls.simulator.people_csv, encoding="utf-8") as file:
            cls.person = next(csv.DictReader(file))["id"]

    @classmethod
    def tearDownClass(cls):
        cls.simulator.close()

    def setUp(self):
        self.daemon = Daemon(self.simulator, extra=TOKENS.replace("PERSON", self.person))
        self.assertTrue(within(20, lambda: self.daemon.get("/v1/directory?source=people")[2].get("items")))

    def tearDown(self):
        self.daemon.close()

    def ask(self, method, target, body=None, token=None):
        status, _, value = self.daemon.get(target, token, method, body)
        return status, value

    def raw(self, method, target, body=b"", token=None, fields=None):
        connection = self.daemon.connection(120)
        headers = {"Content-Type": "text/csv", **({"Authorization": "Bearer " + token} if token else {}), **(fields or {})}
        connection.request(method, target, body.encode() if isinstance(body, str) else body, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def imports(self, body, query=""):
        status, text = self.raw("POST", "/v1/directory/import" + query, body)
        return status, json.loads(text)

    def refused(self, body, query=""):
        status, problem = self.imports(body, query)
        self.assertEqual(status, 422, problem)
        self.assertEqual(sorted(problem["rows"][0]), ["column", "line", "message", "name"])
        return problem["rows"]

    def create(self, **members):
        status, contact = self.ask("POST", "/v1/contacts", {"first_name": "Jane", "last_name": "Doe", **members})
        self.assertEqual(status, 201, contact)
        return contact

    def exported(self, query="?bom=0"):
        status, text = self.raw("GET", "/v1/directory/export" + query)
        self.assertEqual(status, 200)
        return text.decode("utf-8")

    def contacts(self, query=""):
        status, page = self.ask("GET", "/v1/directory?source=contacts&limit=1000" + query)
        self.assertEqual(status, 200, page)
        return page["items"]

    def command(self, *words, code=0, stdin=None):
        outcome = subprocess.run([BIN / "lamplighter", "directory", *words, "--url", self.daemon.url],
                                 input=stdin, capture_output=True, timeout=120, env={**os.environ, "TZ": "UTC"})
        self.assertEqual(outcome.returncode, code, outcome)
        return outcome.stdout.decode("utf-8")

    def file(self, text, name="contacts.csv"):
        path = self.daemon.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)


class Contacts(Directory):
    def test_one_contact_from_beginning_to_end(self):
        made = self.create(numbers=[{"type": "work", "number": "020 123 0002"}], folder=" Sales / Export/", email="jane@example.net")
        self.assertEqual((made["source"], made["numbers"], made["folder"]), ("contacts", [{"type": "work", "number": "+31201230002"}], "Sales/Export"))
        self.assertEqual(self.ask("GET", "/v1/directory/" + made["key"]), (200, made))
        status, changed = self.ask("PATCH", "/v1/contacts/" + made["key"], {"email": None, "company": "Example"})
        self.assertEqual((status, changed["email"], changed["company"], changed["folder"]), (200, None, "Example", "Sales/Export"))
        self.assertEqual(self.ask("DELETE", "/v1/contacts/" + made["key"])[0], 204)
        for method in ("GET", "PATCH", "DELETE"):
            target = ("/v1/directory/" if method == "GET" else "/v1/contacts/") + made["key"]
            self.assertEqual(self.ask(method, target, {} if method == "PATCH" else None)[0], 404)
        audit = [(row["what"], row["text"]) for row in self.ask("GET", "/v1/audit")[1]["items"]]
        self.assertEqual(audit, [("contact_removed", made["key"]), ("contact_changed", made["key"] + ": company, email"), ("contact_created", made["key"])])

    def test_what_is_refused_says_why(self):
        for body, word in (({"first_name": "Jane"}, "last_name"), ({"last_name": "Doe"}, "first_name"), ({"first_name": " ", "last_name": "Doe"}, "first_name"),
                           ({"first_name": "J", "last_name": "D", "key": "mine"}, "key"), ({"first_name": "J", "last_name": "D", "colour": 1}, "colour"),
                           ({"first_name": "J", "last_name": "D", "numbers": [{"number": "call me"}]}, "call me"),
                           ({"first_name": "J", "last_name": "D", "folder": "../etc"}, ".."), ({"first_name": "J", "last_name": "x" * 2000}, "last_name"),
                           ([], "object"), ("Jane", "object")):
            status, problem = self.ask("POST", "/v1/contacts", body)
            self.assertEqual(status, 400, body)
            self.assertIn(word, problem["detail"])
        self.assertEqual(self.contacts(), [])
        status, problem = self.ask("PATCH", "/v1/contacts/" + urllib.parse.quote(self.person), {"email": None})
        self.assertEqual(status, 409, problem)

    def test_people_and_contacts_are_one_list(self):
        made = [self.create(last_name=f"Doe {i}")["key"] for i in range(5)]
        seen, cursor = [], ""
        while True:
            page = self.ask("GET", "/v1/directory?limit=2" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))[1]
            self.assertLessEqual(len(page["items"]), 2)
            seen += [item["key"] for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(seen[:5], made)
        people = self.ask("GET", "/v1/directory?source=people")[1]["items"]
        self.assertEqual(seen[5:], [item["key"] for item in people])
        person = next(item for item in people if item["key"] == self.person)
        self.assertTrue(person["lines"] and person["last_name"], person)
        self.assertEqual(self.ask("GET", "/v1/directory?source=ldap")[1], {"items": [], "next": None})
        self.assertEqual(self.ask("GET", "/v1/directory?source=nowhere")[0], 400)
        self.assertEqual([item["key"] for item in self.contacts("&q=doe%203")], [made[3]])
        for query in ("?limit=0", "?limit=1001", "?cursor=x", "?cursor=c", "?what=1", "?q=" + "x" * 2000):
            self.assertEqual(self.ask("GET", "/v1/directory" + query)[0], 400, query)

    def test_the_platforms_directory_is_there_where_it_is_read(self):
        self.daemon.stop()
        file = self.daemon.folder / "people.csv"
        people = file.read_text(encoding="utf-8").splitlines(True)
        watched, *others = [line.split(",")[0] for line in people[1:]]
        file.write_text("".join(people[:2]), encoding="utf-8")
        self.daemon.config.write_text(self.daemon.text + '[sip]\nlisten = ["udp:127.0.0.1:0"]\ndomain = "example.net"\ntrusted = ["127.0.0.0/8"]\n')
        self.daemon.start()
        named = lambda source: {one["key"]: one for one in self.ask("GET", "/v1/directory?source=" + source)[1].get("items", [])}
        self.assertTrue(within(20, lambda: set(named("broadworks")) >= set(others)), named("broadworks"))  # and its queues and menus
        one = named("broadworks")[others[0]]
        self.assertTrue(one["last_name"] and one["lines"] and one["numbers"], one)
        self.assertEqual(set(named("people")), {watched})
        self.assertNotIn(watched, named("broadworks"))

    def test_a_page_goes_on_where_it_was_though_others_come_and_go(self):
        keys = [self.create(last_name=f"Doe {i}")["key"] for i in range(4)]
        page = self.ask("GET", "/v1/directory?source=contacts&limit=2")[1]
        self.ask("DELETE", "/v1/contacts/" + keys[0])
        rest = self.ask("GET", "/v1/directory?source=contacts&limit=2&cursor=" + page["next"])[1]
        self.assertEqual([item["key"] for item in rest["items"]], keys[2:])

    def test_found_by_number_however_it_is_written(self):
        key = self.create(numbers=[{"number": "+31612345678"}])["key"]
        for words in ("0612345678", "06-1234 5678", "+31 6 12345678", "0031612345678", "345678"):
            self.assertEqual([item["key"] for item in self.contacts("&q=" + urllib.parse.quote(words))], [key], words)

    def test_lines_roles_and_the_contacts_of_a_line(self):
        line = next(item["lines"][0] for item in self.ask("GET", "/v1/directory?source=people")[1]["items"] if item["lines"])
        made = self.create(lines=[line, "sales@example.net"], roles=["first aid"], default_line=line)
        self.create(last_name="Other")
        self.assertEqual((made["lines"], made["roles"], made["default_line"]), ([line, "sales@example.net"], ["first aid"], line))
        self.assertEqual([item["key"] for item in self.contacts("&q=" + urllib.parse.quote(line))], [made["key"]])
        status, changed = self.ask("PATCH", "/v1/contacts/" + made["key"], {"roles": ["first aid", "fire"], "lines": ["sales@example.net"], "default_line": None})
        self.assertEqual((status, changed["roles"], changed["default_line"]), (200, ["first aid", "fire"], None))
        self.assertEqual(self.contacts("&q=" + urllib.parse.quote(line)), [])
        self.assertEqual(self.ask("PATCH", "/v1/contacts/" + made["key"], {"roles": []})[1]["roles"], [])

    def test_the_default_line_opens_a_voice_mail_box(self):
        self.daemon.close()  # numbers are what the platform's directory says
        self.daemon = Daemon(self.simulator, extra=TOKENS.replace("PERSON", self.person), broadworks="discover = true")
        listed = lambda: [item for item in self.ask("GET", "/v1/directory?source=people")[1].get("items", []) if item["numbers"] and len(item["lines"]) == 1]
        self.assertTrue(within(20, listed), self.daemon.log())
        person = listed()[0]
        made = self.create(lines=person["lines"] + ["sales@example.net"])
        self.assertEqual((made["default_line"], made["voice_mail_id"]), (person["lines"][0], person["numbers"][0]["number"][1:]))
        self.assertEqual(self.ask("GET", "/v1/directory/" + made["key"])[1], made)
        status, problem = self.ask("PATCH", "/v1/contacts/" + made["key"], {"default_line": "else@example.net"})
        self.assertEqual(status, 400)
        self.assertIn("must be one of \"lines\" (" + person["lines"][0], problem["detail"])
        changed = self.ask("PATCH", "/v1/contacts/" + made["key"], {"default_line": "sales@example.net"})[1]
        self.assertEqual((changed["default_line"], changed["voice_mail_id"]), ("sales@example.net", None))
        self.assertEqual(self.create(lines=["31201230077@example.net"])["voice_mail_id"], "31201230077", "or what the line is called by")
        rows = self.refused("last_name;first_name;lines;default_line\nDoe;Ann;a@x b@x;c@x\n")
        self.assertEqual((rows[0]["line"], rows[0]["name"]), (2, "default_line"))

    def test_folders(self):
        self.assertEqual(self.ask("POST", "/v1/folders", {"path": "Sales/Export"}), (201, {"path": "Sales/Export"}))
        key = self.create(folder="Sales/Export/Far")["key"]
        self.assertEqual([(one["path"], one["contacts"]) for one in self.ask("GET", "/v1/folders")[1]["items"]],
                         [("Sales", 1), ("Sales/Export", 1), ("Sales/Export/Far", 1)])
        self.assertEqual([item["key"] for item in self.contacts("&folder=Sales")], [key])
        self.assertEqual(self.contacts("&folder=Sale"), [])
        self.assertEqual(self.ask("DELETE", "/v1/folders/Sales%2FExport")[0], 409)
        self.assertEqual(self.ask("PATCH", "/v1/folders/Sales", {"path": "Sales/Export/Deeper"})[0], 409)
        self.assertEqual(self.ask("PATCH", "/v1/folders/Sales%2FExport", {"path": "Abroad"}), (200, {"path": "Abroad"}))
        self.assertEqual(self.ask("GET", "/v1/directory/" + key)[1]["folder"], "Abroad/Far")
        self.ask("DELETE", "/v1/contacts/" + key)
        self.assertEqual(self.ask("DELETE", "/v1/folders/Abroad")[0], 204)
        self.assertEqual(self.ask("DELETE", "/v1/folders/Abroad")[0], 404)
        for path in ("", "a//b", "../x", "a/../b", ".", "x\ny", "/".join("123456789"), "x" * 100):
            self.assertEqual(self.ask("POST", "/v1/folders", {"path": path})[0], 400, path)

    def test_favourites(self):
        key = self.create()["key"]
        target = "/v1/favourites/" + urllib.parse.quote(self.person)
        status, said = self.ask("PUT", target, {"keys": [self.person, key, "gone"]})
        self.assertEqual((status, [item["key"] for item in said["items"]]), (200, [self.person, key]))
        self.assertEqual(self.ask("GET", target)[1]["keys"], [self.person, key, "gone"])
        self.assertEqual(self.ask("PUT", "/v1/favourites/team:sales", {"keys": [key]})[0], 200)
        self.assertEqual(self.ask("GET", "/v1/favourites/nobody")[0], 404)
        for keys in ([key, key], [""], "x", [1], ["x"] * 1001):
            self.assertEqual(self.ask("PUT", target, {"keys": keys})[0], 400)
        self.assertEqual(self.ask("PUT", target, {"keys": []}, ALICE)[0], 200, "one's own")
        status, problem = self.ask("PUT", "/v1/favourites/team:sales", {"keys": []}, ALICE)
        self.assertEqual((status, problem["missing"]), (403, "directory.write"))

    def test_everybodys_favourites_as_a_file(self):
        key = self.create(last_name="Roe")["key"]
        self.create(last_name="Twice"), self.create(last_name="Twice")
        text = f"owner;key;name;position\n{self.person};;Jane Roe;2\n{self.person};{self.person};;1\nteam:sales;{key};;\n"
        self.assertIn(f"team:sales (line 4)\n     -> {key}", self.command("favourites", "import", self.file(text), "--dry-run"))
        self.assertEqual(self.ask("GET", "/v1/favourites")[1]["items"], [])
        self.assertIn("favourites of 2 changed; 0 stay", self.command("favourites", "import", self.file(text)))
        rows = self.ask("GET", "/v1/favourites")[1]["items"]
        self.assertEqual([(row["owner"], row["key"], row["position"]) for row in rows],
                         [(self.person, self.person, 1), (self.person, key, 2), ("team:sales", key, 1)])
        self.assertEqual(rows[1]["name"], "Jane Roe")
        self.assertIn("Roe", self.command("favourites", self.person))
        self.assertEqual(len(list(csv.DictReader(io.StringIO(self.command("favourites", "team:sales", "--format", "csv"))))), 1)
        exported = self.command("favourites", "export")
        self.assertIn("favourites of 0 changed; 2 stay", self.command("favourites", "import", "-", stdin=exported.encode()))
        for text, said in (("owner;key\nnobody;x\n", "contacts.csv:2:1: owner: \"nobody\" is nobody's id"), (f"owner;key\n{self.person};x\n", "contacts.csv:2:1: key: \"x\""),
                           (f"owner;name\n{self.person};Jane Twice\n", "2 in the directory are called"), ("owner\n", "contacts.csv:1:1: key: is missing")):
            self.assertIn(said, self.command("favourites", "import", self.file(text), code=1))
        self.assertEqual(self.ask("GET", "/v1/favourites")[1]["items"], rows, "all of it or nothing")
        self.command("favourites", "import", "-", stdin=b"owner;key\nteam:sales;\n")
        self.assertEqual(self.ask("GET", "/v1/favourites/team:sales")[1]["keys"], [])
        self.assertEqual(self.ask("POST", "/v1/favourites/import", token=READER)[1]["missing"], "directory.write")
        self.assertEqual(self.ask("GET", "/v1/favourites", token=ALICE)[1]["missing"], "directory.read")

    def test_who_may_what(self):
        reads = ("/v1/directory", "/v1/directory/x", "/v1/directory/check", "/v1/directory/export", "/v1/folders")
        for target in reads:
            self.assertEqual(self.ask("GET", target, token=ALICE)[1].get("missing"), "directory.read", target)
            self.assertIn(self.ask("GET", target, token=READER)[0], (200, 404), target)
        for method, target in (("POST", "/v1/contacts"), ("PATCH", "/v1/contacts/x"), ("DELETE", "/v1/contacts/x"), ("POST", "/v1/folders"),
                               ("PATCH", "/v1/folders/x"), ("DELETE", "/v1/folders/x")):
            self.assertEqual(self.ask(method, target, {}, READER)[1].get("missing"), "directory.write", target)
            self.assertIn(self.ask(method, target, {}, CLERK)[0], (400, 404), target)
        for method, target in (("POST", "/v1/directory/import"), ("POST", "/v1/directory/restore"), ("GET", "/v1/directory/backups")):
            self.assertEqual(self.ask(method, target, token=CLERK)[1].get("missing"), "directory.sync", target)

    def test_large_bodies_are_for_imports_of_who_may(self):
        large = "x" * (3 << 20)
        self.assertEqual(self.raw("POST", "/v1/contacts", large)[0], 413)
        self.assertEqual(self.raw("POST", "/v1/directory/restore", large)[0], 413)
        self.assertEqual(self.raw("POST", "/v1/directory/import", large, CLERK)[0], 403)
        self.assertEqual(self.raw("POST", "/v1/directory/import", large, "no-such-token")[0], 401)
        self.assertEqual(self.raw("POST", "/v1/directory/import", large)[0], 422)
        for length, token, status in (((64 << 20) + 1, None, 413), (3 << 20, CLERK, 403), (3 << 20, "no-such-token", 401)):
            connection = self.daemon.connection(20)
            connection.putrequest("POST", "/v1/directory/import")
            connection.putheader("Content-Length", str(length))
            if token:
                connection.putheader("Authorization", "Bearer " + token)
            connection.endheaders()
            self.assertEqual(connection.getresponse().status, status, "answered before anything of the body was sent")
            connection.close()


class Linked(Directory):
    """Contacts of one's own that follow somebody who is watched."""

    def renamed(self, last_name):
        """The person, in the people file."""
        def change(row):
            return {**row, "name": row["name"].split(" ")[0] + " " + last_name} if row["id"] == self.person else row
        rewrite_people(self.daemon.folder / "people.csv", change)
        self.assertEqual(self.ask("POST", "/v1/reload")[0], 200)

    def entry(self):
        return self.ask("GET", "/v1/directory/" + urllib.parse.quote(self.person))[1]

    def link(self, **members):
        return self.ask("POST", "/v1/contacts", {"of": self.person, **members})

    def contact(self, key):
        return self.ask("GET", "/v1/directory/" + key)[1]

    def test_filled_in_and_the_entrys_from_then_on(self):
        entry = self.entry()
        status, made = self.link(title="Mine")
        self.assertEqual((status, made["source"], made["of"], made["own"]), (201, "contacts", self.person, ["title"]))
        for member in ("first_name", "last_name", "email", "numbers", "lines"):
            self.assertEqual(made[member], entry[member], member)
        self.renamed("Ander")
        self.assertTrue(within(20, lambda: self.contact(made["key"])["last_name"] == "Ander"), self.contact(made["key"]))
        self.assertEqual(self.contact(made["key"])["title"], "Mine")
        changed = self.ask("PATCH", "/v1/contacts/" + made["key"], {"last_name": "Own"})[1]
        self.assertEqual((changed["last_name"], changed["own"]), ("Own", ["title", "last_name"]))
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(within(20, lambda: self.contact(made["key"]).get("last_name") == "Own"))
        self.assertEqual((self.contact(made["key"])["of"], self.contact(made["key"])["own"]), (self.person, ["title", "last_name"]))
        self.assertTrue(within(20, lambda: self.ask("GET", "/v1/directory?source=people")[1].get("items")))
        self.assertEqual(self.ask("PATCH", "/v1/contacts/" + made["key"], {"own": ["title"]})[1]["last_name"], "Ander")
        self.assertEqual(self.ask("DELETE", "/v1/contacts/" + made["key"])[0], 204)
        self.assertEqual(self.entry()["last_name"], "Ander", "the entry is left alone")

    def test_who_loses_the_entry_keeps_what_it_had(self):
        made = self.link()[1]
        path = self.daemon.folder / "people.csv"
        path.write_text("".join(line for line in path.read_text().splitlines(True) if self.person not in line))
        self.assertEqual(self.ask("POST", "/v1/reload")[0], 200)
        self.assertTrue(within(20, lambda: "of" not in self.contact(made["key"])), self.contact(made["key"]))
        self.assertEqual((self.contact(made["key"])["last_name"], self.contact(made["key"])["numbers"]), (made["last_name"], made["numbers"]))
        self.assertIn("followed", [row["what"] for row in self.ask("GET", "/v1/audit")[1]["items"]])

    def test_what_is_refused(self):
        own = self.create()["key"]
        for of, code, word in (("nobody", 400, "nobody"), (own, 409, "contact already"), (7, 400, "key of somebody")):
            status, problem = self.ask("POST", "/v1/contacts", {"of": of})
            self.assertEqual(status, code, problem)
            self.assertIn(word, problem["detail"])
        made = self.link()[1]
        for body, word in (({"of": own}, "with a new contact"), ({"own": ["notes"]}, "notes")):
            status, problem = self.ask("PATCH", "/v1/contacts/" + made["key"], body)
            self.assertEqual(status, 400)
            self.assertIn(word, problem["detail"])
        free = self.ask("PATCH", "/v1/contacts/" + made["key"], {"of": None})[1]
        self.assertNotIn("of", free)

    def test_the_file_keeps_the_link(self):
        made = self.link(company="Mine")[1]
        self.assertEqual(self.imports(self.exported())[1]["unchanged"], 1)
        done = self.imports(self.exported().replace("Mine", "Yours"))[1]
        self.assertEqual(done["changed"], 1, done)
        self.assertEqual(self.contact(made["key"])["own"], ["company"])
        self.ask("DELETE", "/v1/contacts/" + made["key"])
        self.assertEqual(self.ask("POST", "/v1/directory/restore")[0], 200)
        self.assertEqual((self.contact(made["key"])["of"], self.contact(made["key"])["company"]), (self.person, "Mine"))


class Integrations(Directory):
    def setUp(self):
        zeta = self.simulator.command("crm/add", first="Zoë", last="Zeta", company="Zeta BV", email="zoe@example.net", mobile="06 12345678")
        self.addCleanup(self.simulator.command, "crm/remove", id=zeta["id"])
        customers = self.simulator.folder / "customers.csv"
        customers.write_text("id,name,company,e-mail,phone\n7,Eta Jones,Zeta BV,eta@example.net,020 123 0002\n8,Theta,,,2099\n")
        tables = INTEGRATIONS.format(url=self.simulator.announced["crm"], file=json.dumps(str(customers)))
        self.daemon = Daemon(self.simulator, extra=TOKENS.replace("PERSON", self.person) + tables,
                             environment={"CRM_TOKEN": self.simulator.announced["crm_key"]})
        self.assertTrue(within(20, lambda: self.daemon.get("/v1/directory?source=people")[2].get("items")))
        self.assertTrue(within(20, lambda: len(self.found("", "crm")) == 3), self.daemon.log())

    def page(self, query=""):
        status, page = self.ask("GET", "/v1/directory?" + query)
        self.assertEqual(status, 200, page)
        return page

    def found(self, words, *sources, more=""):
        query = f"q={urllib.parse.quote(words)}" + "".join(f"&source={one}" for one in sources)
        return [(item["source"], item["last_name"]) for item in self.page(query + more)["items"]]

    def test_found_by_name_number_and_address(self):
        for words in ("zoe zeta", "ZETA zoë", "zoe@example.net", "0612345678", "+31 (0)6 1234 5678", "0031612345678", "345678"):
            self.assertEqual(self.found(words), [("sales", "Zeta")], words)
        self.assertEqual(self.found("zeta bv"), [("file", "Jones"), ("sales", "Zeta")])
        self.assertEqual(self.found("020 123 0002"), [("file", "Jones")])
        self.assertEqual(self.found("2099"), [("file", "Theta")])
        item = self.page("q=zoe")["items"][0]
        self.assertEqual((item["first_name"], item["company"], item["email"]), ("Zoë", "Zeta BV", "zoe@example.net"))
        self.assertIn({"type": "mobile", "number": "+31612345678"}, item["numbers"])
        self.assertEqual(self.ask("GET", "/v1/directory/" + urllib.parse.quote(item["key"])), (200, item))
        target = "/v1/favourites/" + urllib.parse.quote(self.person)
        self.assertEqual(self.ask("PUT", target, {"keys": [item["key"]]})[1]["items"], [item])
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(within(20, lambda: self.ask("GET", target)[1].get("items") == [item]), "after a restart, too")
        self.assertEqual(self.ask("GET", "/v1/directory/file:0000000000000000")[0], 404)
        for method in ("PATCH", "DELETE"):
            status, problem = self.ask(method, "/v1/contacts/" + urllib.parse.quote(item["key"]), {})
            self.assertEqual((status, "integration" in problem["detail"]), (409, True), problem)

    def test_several_sources_in_one_order(self):
        self.create(last_name="Own")
        people = self.found("", "people")
        integrations = [("file", "Jones"), ("file", "Theta"), ("sales", "Zeta")]
        everybody = [("contacts", "Own"), *people, *integrations]
        self.assertEqual(self.found(""), everybody)
        for sources, found in ((("crm",), integrations), (("sales", "contacts"), [("contacts", "Own"), ("sales", "Zeta")]),
                               (("sales,personal",), [("contacts", "Own"), ("sales", "Zeta")]), (("users",), people),
                               (("users,personal,crm",), everybody), (("file", "file,,"), integrations[:2])):
            self.assertEqual(self.found("", *sources), found, sources)
        for limit in range(1, len(everybody) + 1):
            seen, cursor = [], ""
            while cursor is not None:
                page = self.page(f"limit={limit}" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
                seen += [(item["source"], item["last_name"]) for item in page["items"]]
                cursor = page["next"]
            self.assertEqual(seen, everybody, limit)
        for query in ("source=nowhere", "source=crm&source=nowhere", "source=crm,nowhere"):
            status, problem = self.ask("GET", "/v1/directory?" + query)
            self.assertEqual(status, 400, query)
            for word in ("nowhere", "contacts", "users", "file", "sales"):
                self.assertIn(word, problem["detail"])
        self.assertEqual(self.ask("GET", "/v1/directory?source=" + ",".join(["crm"] * 65))[0], 400)

    def test_what_cannot_be_searched_is_said(self):
        secret = {"source": "secret", "why": "Its configuration says search = false."}
        self.assertEqual(self.page("source=crm")["left_out"], [secret])
        self.assertNotIn("left_out", self.page("source=file,people"))
        for off, on in (("POST", "/enable"), ("DELETE", "/undo")):
            self.ask(off, "/v1/integrations/file" + ("/disable" if off == "POST" else ""))
            self.assertEqual(self.found("", "crm"), [("sales", "Zeta")], off)
            self.assertEqual([one["source"] for one in self.page("source=file")["left_out"]], ["file"])
            self.ask("POST", "/v1/integrations/file" + on)
            self.assertTrue(within(10, lambda: len(self.found("", "crm")) == 3), on)
        self.assertEqual(self.ask("GET", "/v1/recognise?number=0201230002")[1]["items"][-1]["integration"], "secret")

    def test_a_crm_is_asked_by_number_only_where_that_is_wanted(self):
        late = self.simulator.command("crm/add", first="Late", last="Lambda", mobile="+31687654321")
        self.addCleanup(self.simulator.command, "crm/remove", id=late["id"])
        self.assertEqual(self.found("06 87654321"), [])
        self.assertEqual(self.found("06 87654321", "people", more="&live=1"), [])
        self.assertEqual(self.found("lambda", more="&live=1"), [])
        self.assertEqual(self.found("06 87654321", more="&live=1"), [("sales", "Lambda")])
        self.assertEqual(self.ask("GET", "/v1/directory?live=yes")[0], 400)

    def test_the_command_takes_sources(self):
        found = json.loads(self.command("search", "zeta", "--source", "file,sales", "--format", "json"))
        self.assertEqual([one["last_name"] for one in found], ["Jones", "Zeta"])
        self.assertEqual(json.loads(self.command("search", "zeta", "--source", "contacts", "--format", "json")), [])
        self.assertIn("search", self.refusal("check", "--source", "crm"))

    def refusal(self, *words):
        outcome = subprocess.run([BIN / "lamplighter", "directory", *words, "--url", self.daemon.url], capture_output=True, timeout=120)
        self.assertNotEqual(outcome.returncode, 0, outcome)
        return outcome.stderr.decode("utf-8")


class Files(Directory):
    def test_plan_limits_backup_and_the_way_back(self):
        status, done = self.imports(file_of(30))
        self.assertEqual((status, done["applied"], done["created"], done["removed"]), (200, True, 30, 0))
        self.assertEqual(len({change["key"] for change in done["changes"]}), 30, "every row is told its key")
        before = self.exported()
        self.assertEqual(self.imports(before)[1]["unchanged"], 30)
        lines = before.splitlines()
        shorter = "\r\n".join(lines[:1] + lines[12:]) + "\r\n"
        self.assertIn("11 of 30 contacts", self.refused(shorter)[0]["message"])
        self.assertIn("--max-delete", self.refused(shorter, "?max_delete=10")[0]["message"])
        self.assertEqual(self.imports(shorter, "?dry_run=1&max_delete=50%25")[1]["removed"], 11)
        self.assertEqual(self.exported(), before, "a dry run changes nothing")
        self.refused(lines[0] + "\r\n")
        self.assertEqual(self.exported(), before)
        done = self.imports(shorter, "?max_delete=11")[1]
        self.assertEqual((done["applied"], done["removed"]), (True, 11))
        names = [one["name"] for one in self.ask("GET", "/v1/directory/backups")[1]["items"]]
        self.assertEqual(done["backup"], names[0])
        self.assertEqual(self.imports(lines[0] + "\r\n", "?allow_empty=1")[1]["removed"], 19)
        self.assertEqual(self.contacts(), [])
        done = json.loads(self.raw("POST", "/v1/directory/restore?backup=" + names[0])[1])
        self.assertEqual((done["applied"], done["created"]), (True, 30))
        self.assertEqual(sorted(self.exported().splitlines()), sorted(lines), "the keys, too, are what they were")
        what = [row["what"] for row in self.ask("GET", "/v1/audit")[1]["items"]]
        self.assertEqual(what, ["restored", "imported", "imported", "imported"])
        for query in ("?dry_run=2", "?allow_empty=yes", "?max_delete=x", "?max_delete=101%25", "?what=1", "?changes=-1"):
            self.assertEqual(self.imports(before, query)[0], 400, query)

    def test_refused_rows_have_their_places(self):
        key = self.create()["key"]
        text = f"key;last_name;first_name;number1\n{key};Doe;Jane;call me\nc-none;Roe;Sam;\n;;Sam;\n{key};Doe;Jane;\n"
        told = {(row["line"], row["column"], row["name"]) for row in self.refused(text)}
        self.assertLessEqual({(2, len(key) + 11, "number1"), (3, 1, "key"), (4, 1, "last_name"), (5, 1, "key")}, told)
        self.assertEqual(len(self.contacts()), 1)

    def test_hostile_files(self):
        self.create(last_name="Roe")
        before = self.exported()
        for text in (b"", b"\0\0\0\0", NAMES.encode() + b"Doe;Ja\0ne\n", b"last_name;first_name;last_name\nA;B;C\n", b"x" * (1 << 20),
                     NAMES.encode() + b"D" * 2000 + b";Jane\n", NAMES.encode() + b'"Doe;Jane\n', NAMES.encode() + b"a;b;c\n",
                     b"\xff\xfe" + NAMES.encode("utf-16-le"), NAMES.encode() + b";" * 100_000, b"PK\x03\x04" + os.urandom(10_000),
                     b"folder;last_name;first_name\n../../etc;Doe;Jane\n"):
            self.refused(text)
            self.refused(text, "?dry_run=1&allow_empty=1&max_delete=100%25")
        self.assertEqual(self.exported(), before)
        status, done = self.imports(before.encode() + ";;M\xfcller;J\xf6rg".encode("latin-1") + b";" * (before.splitlines()[0].count(";") - 3) + b"\r\n")
        self.assertEqual((status, done["created"]), (200, 1), done)
        self.assertEqual(self.contacts("&q=muller")[0]["first_name"], "Jörg", "windows-1252 is understood")

    def test_formulas_are_written_so_that_no_spreadsheet_runs_them(self):
        for name in ("=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "=HYPERLINK(\"http://example.net\")"):
            self.create(last_name=name, company=name)
        text = self.exported()
        for row in csv.reader(io.StringIO(text), delimiter=";"):
            for cell in row:
                self.assertFalse(cell[:1] in "=@" and cell, row)
                self.assertFalse(cell[:1] in "+-" and cell and not cell[1:].isdigit(), row)
        self.assertEqual(self.imports(text)[1]["unchanged"], 5, "and read as they were")

    def test_forms_of_export(self):
        self.create(first_name="Zoë", numbers=[{"type": "work", "number": "+31201230002"}])
        self.assertTrue(self.raw("GET", "/v1/directory/export")[1].startswith(b"\xef\xbb\xbfkey;folder;"))
        self.assertIn(",Doe,Zoë,", self.exported("?bom=0&separator=,"))
        self.assertIn("\tDoe\tZoë\t", self.exported("?bom=0&separator=tab"))
        self.assertEqual(json.loads(self.exported("?format=json"))[0]["first_name"], "Zoë")
        for query in ("?separator=x", "?separator=", "?bom=2", "?format=xml"):
            self.assertEqual(self.raw("GET", "/v1/directory/export" + query)[0], 400, query)

    def test_backups_lead_nowhere_else(self):
        self.imports(file_of(1))
        (self.daemon.folder / "state" / "directory-1.csv").write_text(file_of(2))
        for name in ("../directory-1.csv", "..%2Fdirectory-1.csv", "/etc/passwd", "directory-../../x.csv", "directory-1.csv", "x", "directory-%00.csv"):
            self.assertEqual(self.raw("POST", "/v1/directory/restore?backup=" + name)[0], 404, name)
        folder = self.daemon.folder / "state" / "backups" / "directory"
        self.assertEqual({oct(path.stat().st_mode & 0o777) for path in folder.iterdir()}, {"0o600"})

    def test_findings(self):
        lines = self.ask("GET", "/v1/directory?source=people")[1]["items"]
        line = next(item["lines"][0] for item in lines if item["lines"])
        first = self.create(lines=[line], numbers=[{"number": "+31201230002"}])
        second = self.create(last_name="Roe", lines=["nobody@example.net"], numbers=[{"number": "+31201230002"}, {"number": "+31990000000"}])
        found = self.ask("GET", "/v1/directory/check?limit=1000")[1]["items"]
        told = {(one["kind"], one["key"], one["what"]) for one in found}
        self.assertLessEqual({("doubled_number", second["key"], "+31201230002"), ("contact_without_line", second["key"], "nobody@example.net"),
                              ("bad_number", second["key"], "+31990000000")}, told)
        self.assertIn(("default_line_gone", second["key"], "nobody@example.net"), told)
        without = {one["what"] for one in found if one["kind"] == "line_without_contact"}
        self.assertTrue(without and line not in without, found)
        self.assertFalse(any(one["key"] == first["key"] for one in found), found)


class Recognised(Directory):
    def names(self, number):
        status, page = self.ask("GET", "/v1/recognise?number=" + urllib.parse.quote(number))
        self.assertEqual(status, 200, page)
        return [(item["integration"], item["name"]) for item in page["items"]]

    def integration(self):
        return next(one for one in self.ask("GET", "/v1/integrations")[1]["items"] if one["name"] == "directory")

    def test_whoever_is_in_the_directory_is_recognised(self):
        self.assertTrue(within(20, lambda: self.integration()["state"] == "up"), "also while it is empty")
        key = self.create(numbers=[{"number": "+31201230002"}])["key"]
        self.create(last_name="Roe", numbers=[{"number": "+31201230009"}])
        self.assertTrue(within(20, lambda: self.names("020 123 0002") == [("directory", "Jane Doe")]))
        self.ask("PATCH", "/v1/contacts/" + key, {"last_name": "Deer", "numbers": [{"number": "+31201230003"}]})
        self.assertTrue(within(20, lambda: self.names("+31201230003") == [("directory", "Jane Deer")]))
        self.assertEqual(self.names("+31201230002"), [])
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(within(20, lambda: self.names("+31201230003") == [("directory", "Jane Deer")]))
        self.assertEqual(self.ask("POST", "/v1/integrations/directory/disable")[0], 200)
        self.assertEqual(self.names("+31201230003"), [])
        self.assertEqual(self.ask("POST", "/v1/integrations/directory/enable")[0], 200)
        self.ask("DELETE", "/v1/contacts/" + key)
        self.assertTrue(within(20, lambda: self.names("+31201230003") == [] and self.integration()["contacts"] == 1))
        self.ask("POST", "/v1/reload")
        self.assertTrue(within(20, lambda: self.names("+31201230009") == [("directory", "Jane Roe")]))


class Large(Directory):
    def test_a_hundred_thousand_rows_once(self):
        status, done = self.imports(file_of(100_000), "?changes=200000")
        self.assertEqual((status, done["created"], len(done["changes"]), done["more"]), (200, 100_000, 100_000, False), done if status != 200 else "")
        self.assertEqual(self.contacts("&q=jane99999")[0]["last_name"], "Doe 99999")
        done = self.imports(self.exported())[1]
        self.assertEqual((done["applied"], done["unchanged"]), (False, 100_000))
        said = self.command("export", "--format", "csv")
        self.assertEqual(said.count("\n"), 100_001)
        told = self.command("import", self.file(said.replace("jane5@", "j5@")), "--dry-run")
        self.assertIn('email: "jane5@example.net" -> "j5@example.net"', told)
        self.assertIn("would be: 0 created, 1 changed, 0 removed; 99999 stay as they are", told)

    def test_killed_in_the_middle(self):
        self.imports(file_of(50))
        before = sorted(self.exported().splitlines())
        database = self.daemon.folder / "state" / "lamplighter.db-wal"
        for round_ in range(3):
            connection = self.daemon.connection(120)
            size = database.stat().st_size
            connection.request("POST", "/v1/directory/import?max_delete=100%25", file_of(40_000), {"Content-Type": "text/csv"})
            # Once before anything is written, then as soon as something is.
            backups = self.daemon.folder / "state" / "backups" / "directory"
            known = len(list(backups.iterdir()))
            self.assertTrue(within(60, lambda: len(list(backups.glob("*.csv"))) > known))
            if round_ > 0:
                self.assertTrue(within(60, lambda: database.stat().st_size > size))
            self.daemon.kill()
            connection.close()
            self.daemon.start()
            self.assertTrue(within(20, lambda: self.daemon.get("/v1/directory?source=contacts")[0] == 200))
            after = self.exported().splitlines()
            self.assertIn(len(after), (len(before), 40_001), "all of it or nothing")
            if len(after) == len(before):
                self.assertEqual(sorted(after), before)
            else:
                before = sorted(after)


class Commands(Directory):
    def test_there_and_back(self):
        self.assertEqual(self.command("template"), self.command("export"))
        self.assertTrue(self.command("template", "--bom", "--separator", ",").startswith("\ufeffkey,folder,"))
        path = self.file(file_of(30))
        told = self.command("import", path, "--dry-run")
        self.assertIn("+ Jane Doe 7 (line 9)\n", told)
        self.assertIn("would be: 30 created", told)
        self.assertEqual(self.contacts(), [])
        told = self.command("import", path)
        self.assertIn("done: 30 created, 0 changed, 0 removed; 0 stay as they are", told)
        whole = self.command("export")
        header = whole.splitlines()[0]
        for text, words in ((header + "\n", ["--allow-empty", "--dry-run"]), (header + "\n" + "\n".join(whole.splitlines()[1:21]), ["--max-delete", "10"])):
            self.command("import", self.file(text), *words)
        self.assertEqual(len(self.contacts()), 20)
        self.assertEqual(json.loads(self.command("restore", "--dry-run", "--format", "json"))["created"], 10)
        self.assertIn("10 created", self.command("restore"))
        self.assertEqual(len(self.contacts()), 30)
        self.assertEqual(len(json.loads(self.command("backups", "--format", "json"))), 3)
        self.assertEqual(json.loads(self.command("search", "jane7@", "--format", "json"))[0]["last_name"], "Doe 7")
        self.assertIn("+31201000007", self.command("search", "doe 7"))
        self.assertIn("line_without_contact", self.command("check"))
        self.assertEqual(json.loads(self.command("import", "-", "--format", "json", stdin=self.command("export").encode()))["unchanged"], 30)

    def test_refusals_exit_1_and_change_nothing(self):
        self.imports(file_of(20))
        whole = self.exported()
        header = whole.splitlines()[0]
        for text, words, said in ((header + "\n", [], "--allow-empty"), ("\n".join(whole.splitlines()[:5]), [], "--max-delete"),
                                  ("\n".join(whole.splitlines()[:20]), ["--max-delete", "0"], "--max-delete"),
                                  ("key;last_name;first_name\nc-none;Doe;Jane\n", ["--max-delete", "100%"], "contacts.csv:2:1: key: \"c-none\" is no contact's"),
                                  (NAMES + ";Jane\n", ["--dry-run"], "contacts.csv:2:1: last_name: is empty")):
            self.assertIn(said, self.command("import", self.file(text), *words, code=1))
            self.assertEqual(self.exported(), whole)
        self.command("import", str(pathlib.Path(self.daemon.folder) / "none.csv"), code=1)
        self.command("restore", "../x", code=1)

    def test_wrong_usage(self):
        for words in ([], ["burn"], ["import"], ["export", "x"], ["export", "--dry-run"], ["import", "f", "--bom"], ["export", "--separator", "x"],
                      ["template", "--separator", "x"], ["check", "x"], ["import", "a", "b"], ["restore", "--allow-empty"],
                      ["favourites"], ["favourites", "import"], ["favourites", "export", "x"], ["favourites", "x", "--max-delete", "1"]):
            self.assertEqual(self.command(*words, code=2), "", words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
