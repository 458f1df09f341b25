"""Caller recognition out of a directory: OpenLDAP's slapd and the daemon as a whole."""
import json
import subprocess
import unittest

from house import need
from way import Way
from slapd import BASE, LOGIN, PASSWORD, Slapd, person
from office import BIN, Daemon, Simulator, within

ANNA = person("anna", "givenName: Anna", "mail: anna@example.net", "mobile: 06 12 34 50 01", "facsimileTelephoneNumber: +31 20 123 9999",
              "jpegPhoto:: /9j/4AAQSkZJRgABAQ==", name="Anna Voorbeeld", number="+31 20 123 0101")
BERT = person("bert", "telephoneNumber: +31 (0)20 123 0102", name="Bert Beispiel")
CARO = person("caro", name="Caro Ejemplo", number="tel:+31201230103;ext=103")
SILENT = person("silent", name="Nobody Numberless")
NUMBERS = {"Anna Voorbeeld": "+31201230101", "Bert Beispiel": "0201230102", "Caro Ejemplo": "+31201230103"}


def crowd(count):
    return [person(f"p{i:05}", name=f"Crowd {i:05}", number=f"+3110{i:07}") for i in range(count)]


class Directory(unittest.TestCase):
    """A daemon whose source is a directory; each test has a slapd of its own."""
    simulator = None

    @classmethod
    def setUpClass(cls):
        need(cls, "slapd", "slapadd", "ldapmodify", "ldapwhoami", "openssl")
        cls.simulator = Simulator("--people", "4")

    @classmethod
    def tearDownClass(cls):
        if cls.simulator:
            cls.simulator.close()

    def slapd(self, *people, **more):
        one = Slapd(people or (ANNA, BERT, CARO, SILENT, *crowd(9)), **more)
        self.addCleanup(one.close)
        return one

    def daemon(self, url, *lines, login=True, password=PASSWORD, net="", base=BASE):
        login_lines = [f"bind_dn = {json.dumps(LOGIN)}", 'password = "env:LDAP_PASSWORD"'] if login else []
        section = "\n".join([f"[net]\n{net}" if net else "", '[[recognition]]\nname = "people"\ntype = "ldap"\ncountry = "NL"', f"url = {json.dumps(url)}",
                             f"base = {json.dumps(base)}", *login_lines, *lines, ""])
        one = Daemon(self.simulator, extra=section, environment={"LDAP_PASSWORD": password})
        self.addCleanup(one.close)
        return one

    def way(self, slapd):
        one = Way(slapd.port)
        self.addCleanup(one.close)
        return one

    def view(self, daemon):
        status, _, page = daemon.get("/v1/integrations")
        self.assertEqual(status, 200, page)
        return next(one for one in page["items"] if one["name"] == "people")

    def settled(self, daemon, state="up"):
        last = {}

        def is_so():
            last.update(self.view(daemon))
            return last["state"] == state

        self.assertTrue(within(60, is_so), (last, daemon.log()[-1500:]))
        return last

    def names(self, daemon, number):
        status, _, page = daemon.get("/v1/recognise?number=" + number.replace("+", "%2B"))
        self.assertEqual(status, 200, page)
        return [item["name"] for item in page["items"]]

    def becomes(self, daemon, number, *names):
        self.assertTrue(within(30, lambda: self.names(daemon, number) == list(names)), (self.names(daemon, number), self.view(daemon)))

    def synced(self, daemon, word="sync"):
        """Everything is read anew; the view when that is over."""
        before = self.view(daemon)["last_sync"]
        self.assertTrue(within(30, lambda: daemon.post(f"/v1/integrations/people/{word}")[0] != 409))
        self.assertTrue(within(60, lambda: self.view(daemon)["last_sync"] != before and self.view(daemon)["state"] != "syncing"), self.view(daemon))
        return self.view(daemon)

    def fails(self, daemon, *words):
        view = self.settled(daemon, "down")
        for word in words:
            self.assertIn(word, view["last_error"])
        return view


class NewContacts(Directory):
    """Contacts that are put into the server."""
    RIGHTS = f'access to * by dn.exact="{LOGIN}" write by * read'
    JANE = {"first_name": "Jane", "last_name": "Doe, Sr.", "email": "j@x.nl", "company": "Y",
            "numbers": [{"type": "work", "number": "0201230177"}, {"type": "mobile", "number": "0612345177"}]}

    def add(self, daemon, query="", **members):
        status, _, answer = daemon.post("/v1/contacts?target=people" + query, {**self.JANE, **members})
        return status, answer

    def office(self, rights=RIGHTS, base=f"ou=people,{BASE}"):
        slapd = self.slapd(settings=rights)
        daemon = self.daemon(slapd.url, f"create_base = {json.dumps(base)}")
        self.settled(daemon)
        return slapd, daemon

    def test_an_entry_is_added_and_recognised(self):
        slapd, daemon = self.office()
        self.assertEqual(self.view(daemon)["can"], ["recognise", "create"])
        status, plan = self.add(daemon, "&dry_run=1")
        name = f"cn=Jane Doe\\, Sr.,ou=people,{BASE}"
        self.assertEqual((status, plan["request"]["to"], plan["request"]["what"]), (200, slapd.url, "add " + name))
        self.assertNotIn("Jane", slapd.tool("ldapsearch", "-b", BASE, "(sn=Doe*)").stdout)
        status, made = self.add(daemon)
        self.assertEqual((status, made["source"]), (201, "people"), made)
        entry = slapd.tool("ldapsearch", "-LLL", "-b", BASE, "(sn=Doe*)", "+", "*").stdout
        for line in ("objectClass: inetOrgPerson", "givenName: Jane", "telephoneNumber: +31201230177", "mobile: +31612345177", "mail: j@x.nl", "o: Y",
                     f"creatorsName: {LOGIN}", "entryUUID: " + made["external_id"]):
            self.assertIn(line, entry)
        self.assertEqual((self.names(daemon, "+31201230177"), self.names(daemon, "0612345177")), (["Jane Doe, Sr."], ["Jane Doe, Sr."]))
        self.assertEqual(self.synced(daemon)["contacts"], 13)  # it is the same one that a full reading brings
        self.assertEqual(self.names(daemon, "+31201230177"), ["Jane Doe, Sr."])
        status, problem = self.add(daemon)
        self.assertEqual((status, "already" in problem["detail"]), (409, True), problem)

    def test_what_the_server_refuses(self):
        slapd, daemon = self.office(rights="access to * by * read")
        status, problem = self.add(daemon)
        self.assertEqual((status, "right to add entries below create_base" in problem["detail"]), (502, True), problem)
        slapd, daemon = self.office(base=f"ou=nowhere,{BASE}")
        status, problem = self.add(daemon)
        self.assertEqual((status, "check create_base" in problem["detail"]), (502, True), problem)
        status, problem = self.add(daemon, numbers=[])
        self.assertEqual((status, "number" in problem["detail"]), (422, True), problem)
        slapd.stop()
        status, problem = self.add(daemon)
        self.assertEqual(status, 502, problem)
        self.assertEqual(self.names(daemon, "+31201230177"), [])

    def test_without_a_place_nothing_is_added(self):
        daemon = self.daemon(self.slapd().url)
        self.settled(daemon)
        status, problem = self.add(daemon)
        self.assertEqual((status, "without create_base" in problem["detail"]), (409, True), problem)


class Recognised(Directory):
    def test_people_and_their_numbers(self):
        slapd = self.slapd()
        daemon = self.daemon(slapd.url)
        view = self.settled(daemon)
        self.assertEqual((view["type"], view["contacts"], view["capabilities"]), ("ldap", 12, ["delta"]))
        for name, number in NUMBERS.items():
            self.assertEqual(self.names(daemon, number), [name])
        self.assertEqual(self.names(daemon, "+31612345001"), ["Anna Voorbeeld"])
        self.assertEqual(self.names(daemon, "+31201239999"), [])  # a fax is nobody who calls
        anna = daemon.get("/v1/recognise?number=0612345001")[2]["items"][0]
        self.assertEqual((anna["fields"]["mail"], anna["fields"]["givenName"]), ("anna@example.net", "Anna"))
        self.assertNotIn("jpegPhoto", anna["fields"])
        self.assertNotIn(PASSWORD, daemon.log())

    def test_the_command_shows_one_of_them(self):
        slapd = self.slapd(ANNA, person("zoe", "mobile: none yet", name="Zoe Przyklad"))
        daemon = self.daemon(slapd.url)
        self.settled(daemon)
        done = subprocess.run([BIN / "lamplighter", "integration", "test", "people", "--url", f"http://127.0.0.1:{daemon.port}"], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        for line in ("contacts      2", "name                 Anna Voorbeeld", "work                 +31 20 123 0101", "$(mail)  anna@example.net"):
            self.assertIn(line, done.stdout)

    def test_anonymous_with_a_filter_and_other_attributes(self):
        slapd = self.slapd()
        daemon = self.daemon(slapd.url, 'filter = "(&(objectClass=inetOrgPerson)(|(uid=anna)(uid=bert)))"', 'name_attributes = ["uid"]',
                             'number_attributes = ["facsimileTelephoneNumber", "telephoneNumber"]', 'attributes = ["mail"]', login=False)
        self.assertEqual(self.settled(daemon)["contacts"], 2)
        self.assertEqual(self.names(daemon, "+31201239999"), ["anna"])
        self.assertEqual(self.names(daemon, "+31201230103"), [])

    def test_changes(self):
        slapd = self.slapd()
        daemon = self.daemon(slapd.url, 'delta = "1s"')
        self.settled(daemon)
        slapd.set("bert", "telephoneNumber", "+31 20 123 0199")
        self.becomes(daemon, "+31201230199", "Bert Beispiel")
        self.assertEqual(self.names(daemon, "+31201230102"), [])
        slapd.modify(person("dora", name="Dora Przyklad", number="+31 20 123 0104").replace("\nobject", "\nchangetype: add\nobject", 1))
        self.becomes(daemon, "+31201230104", "Dora Przyklad")
        slapd.set("anna", "telephoneNumber", None)  # and still a mobile
        slapd.set("caro", "telephoneNumber", None)
        self.becomes(daemon, "+31201230103")
        self.becomes(daemon, "+31201230101")
        self.assertEqual(self.names(daemon, "+31612345001"), ["Anna Voorbeeld"])

    def test_whoever_was_deleted_goes_with_the_next_full_reading(self):
        slapd = self.slapd()
        daemon = self.daemon(slapd.url, 'delta = "1s"')
        self.settled(daemon)
        slapd.modify(f"dn: uid=bert,ou=people,{BASE}\nchangetype: delete\n")
        slapd.set("anna", "mail", "a@example.net")
        self.assertTrue(within(20, lambda: daemon.get("/v1/recognise?number=0612345001")[2]["items"][0]["fields"]["mail"] == "a@example.net"))
        self.assertEqual(self.names(daemon, "+31201230102"), ["Bert Beispiel"])
        self.synced(daemon)
        self.assertEqual(self.names(daemon, "+31201230102"), [])

    def test_a_restart_goes_on_with_changes(self):
        slapd = self.slapd()
        daemon = self.daemon(slapd.url, 'delta = "1s"')
        self.settled(daemon)
        daemon.stop()
        slapd.set("bert", "telephoneNumber", "+31 20 123 0199")
        slapd.modify(f"dn: uid=caro,ou=people,{BASE}\nchangetype: delete\n")
        daemon.start()
        self.becomes(daemon, "+31201230199", "Bert Beispiel")
        self.assertEqual(self.names(daemon, "+31201230103"), ["Caro Ejemplo"])  # it was no full reading


class Refused(Directory):
    def test_wrong_password(self):
        self.fails(self.daemon(self.slapd().url, password="wrong"), "refuses the login", "check bind_dn and password")

    def test_a_base_that_is_not_there(self):
        view = self.fails(self.daemon(self.slapd().url, base=f"ou=nowhere,{BASE}"), f'has no base "ou=nowhere,{BASE}"', f'there is "{BASE}"')
        self.assertNotIn(PASSWORD, view["last_error"])

    def test_a_server_that_gives_no_more_than_a_part(self):
        daemon = self.daemon(self.slapd(*crowd(60), settings="sizelimit 50").url)
        self.assertEqual(self.fails(daemon, "raise the size limit")["contacts"], 0)

    def test_a_server_that_wants_tls(self):
        self.fails(self.daemon(self.slapd(tls=True, before="security simple_bind=128").url), "wants TLS")

    def test_nobody_listens(self):
        slapd = self.slapd()
        slapd.stop()
        self.fails(self.daemon(slapd.url), "cannot be reached")


class Secured(Directory):
    def net(self, slapd):
        return f'ca_file = "{slapd.folder}/ca.pem"'

    def test_ldaps(self):
        slapd = self.slapd(tls=True)
        daemon = self.daemon(slapd.tls_url, net=self.net(slapd))
        self.settled(daemon)
        self.assertEqual(self.names(daemon, "+31201230101"), ["Anna Voorbeeld"])

    def test_start_tls(self):
        slapd = self.slapd(tls=True, before="security simple_bind=128")
        daemon = self.daemon(slapd.url, "start_tls = true", f'ca_file = "{slapd.folder}/ca.pem"')
        self.settled(daemon)
        self.assertEqual(self.names(daemon, "+31201230101"), ["Anna Voorbeeld"])

    def test_strangers_certificates(self):
        slapd = self.slapd(tls=True)
        self.fails(self.daemon(slapd.tls_url), "TLS did not come about", "ca_file")
        self.fails(self.daemon(slapd.url, "start_tls = true"), "TLS did not come about")

    def test_a_certificate_of_another_host(self):
        slapd = self.slapd(tls=True)
        self.fails(self.daemon(slapd.tls_url.replace("127.0.0.1", "localhost"), net=self.net(slapd)), "the certificate names this host")

    def test_no_start_tls_there(self):
        self.fails(self.daemon(self.slapd().url, "start_tls = true"), "refuses StartTLS")


class Many(Directory):
    def test_five_thousand_by_pages_and_the_server_goes_meanwhile(self):
        slapd = self.slapd(*crowd(5000), settings=f'limits dn.exact="{LOGIN}" size=500 size.prtotal=unlimited')
        daemon = self.daemon(slapd.url, 'delta = "0s"')
        self.assertEqual(self.settled(daemon)["contacts"], 5000)
        self.assertEqual(self.names(daemon, "+31100004999"), ["Crowd 04999"])
        slapd.stop()
        daemon.post("/v1/integrations/people/sync")
        self.assertIn("cannot be reached", self.settled(daemon, "degraded")["last_error"])
        self.assertEqual(self.names(daemon, "+31100004999"), ["Crowd 04999"])
        slapd.start()
        slapd.set("p00000", "telephoneNumber", "+31 20 123 0100")
        self.synced(daemon)
        self.assertEqual((self.settled(daemon)["contacts"], self.names(daemon, "+31201230100")), (5000, ["Crowd 00000"]))


class Cut(Directory):
    """What is between the two ends: a connection that goes, and one that stands still."""

    def test_the_server_goes_in_the_middle_of_a_page(self):
        slapd = self.slapd(*crowd(2000), settings="sizelimit unlimited")
        way = self.way(slapd)
        daemon = self.daemon(way.url, 'delta = "0s"')
        self.assertEqual(self.settled(daemon)["contacts"], 2000)
        slapd.set("p00000", "telephoneNumber", "+31 20 123 0100")
        way.most = 200_000  # some pages, and a piece of one
        daemon.post("/v1/integrations/people/sync")
        self.assertIn("closed the connection", self.settled(daemon, "degraded")["last_error"])
        self.assertEqual(self.names(daemon, "+31100000000"), ["Crowd 00000"])
        self.assertEqual(self.names(daemon, "+31201230100"), [])
        self.assertEqual(self.view(daemon)["contacts"], 2000)
        way.most = None
        self.synced(daemon)
        self.assertEqual(self.names(daemon, "+31201230100"), ["Crowd 00000"])

    def test_the_daemon_ends_while_the_directory_stands_still(self):
        way = self.way(self.slapd(*crowd(2000), settings="sizelimit unlimited"))
        way.still_after = 100_000
        daemon = self.daemon(way.url)
        self.assertTrue(within(20, lambda: way.still))
        self.assertEqual(self.view(daemon)["state"], "syncing")
        self.assertEqual(daemon.stop(8), 0)


class ActiveDirectory(Directory):
    """What tells it apart is played by slapd with a schema of its own: capabilities, numbers of changes."""

    @staticmethod
    def root(usn, host="dc1.example.net"):
        return ("dn:\nobjectClass: top\nobjectClass: adUser\nsupportedCapabilities: 1.2.840.113556.1.4.800\n"
                f"highestCommittedUSN: {usn}\ndnsHostName: {host}\n")

    @staticmethod
    def user(uid, usn, name, number, control=512):
        return person(uid, f"uSNChanged: {usn}", f"userAccountControl: {control}", f"ipPhone: {number[-4:]}", name=name,
                      number=number, also="adUser")

    def test_changes_by_number_and_another_controller(self):
        slapd = self.slapd(self.user("anna", 100, "Anna Voorbeeld", "+31 20 123 0101"), self.user("bert", 101, "Bert Beispiel", "+31 20 123 0102"),
                           self.user("gone", 102, "Gone Disabled", "+31 20 123 0103", control=514), root_dse=self.root(102))
        daemon = self.daemon(slapd.url, 'delta = "1s"')
        self.assertEqual(self.settled(daemon)["contacts"], 2)
        self.assertEqual(self.names(daemon, "+31201230103"), [])  # disabled
        self.assertEqual(self.names(daemon, "0102"), ["Bert Beispiel"])  # an extension
        slapd.set("bert", "telephoneNumber", "+31 20 123 0198")  # no number of a change: not seen
        slapd.set("anna", "telephoneNumber", "+31 20 123 0199")
        slapd.set("anna", "uSNChanged", "103")
        self.becomes(daemon, "+31201230199", "Anna Voorbeeld")
        self.assertEqual(self.names(daemon, "+31201230198"), [])
        slapd.stop()
        (slapd.folder / "root.ldif").write_text(self.root(7, "dc2.example.net"))
        slapd.start()
        self.becomes(daemon, "+31201230198", "Bert Beispiel")  # another's numbers say nothing: everything is read


if __name__ == "__main__":
    unittest.main(verbosity=2)
