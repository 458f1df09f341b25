"""Zoho PhoneBridge as users meet it: the daemon as a process between the simulated office and the fake Zoho."""
import json
import re
import subprocess
import unittest
import urllib.parse

from office import BIN, Daemon, Simulator, rewrite_people, within

CUSTOMER = "0201230002"
WRITTEN = "+31201230002"
PUBLIC = "https://lamps.example.net"


def zoho_section(sim, **more):
    """What [zoho] says for this simulator."""
    keys = {"client_id": sim.announced["zoho_client_id"], "client_secret": "env:SIM_ZOHO_SECRET",
            "refresh_token": "env:SIM_ZOHO_REFRESH", "login_url": sim.announced["zoho"],
            "api_url": sim.announced["zoho"], **more}
    return "[zoho]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items() if value is not None)


def environment(sim):
    return {"SIM_ZOHO_SECRET": sim.announced["zoho_client_secret"],
            "SIM_ZOHO_REFRESH": sim.announced["zoho_refresh_token"]}


class Reachable(Daemon):
    """Zoho is told that it can reach the daemon at PUBLIC."""
    match = ["upn", "line"]

    def start(self):
        if "public_url" not in self.text:
            self.text = self.text.replace("[http]\n", f'[http]\npublic_url = "{PUBLIC}"\n', 1)
            self.text = self.text.replace("[people]\n", f"[people]\nmatch = {json.dumps(self.match)}\n", 1)
            self.config.write_text(self.text)
        super().start()


class Linked(unittest.TestCase):
    """2000 is linked by the people file's column, nobody else."""
    section = {}

    def setUp(self):
        self.sim = Simulator("--people", "4")
        self.addCleanup(self.sim.close)
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.one, self.two, self.three = (by_extension[extension] for extension in (2000, 2001, 2002))
        link = {self.one: self.one}  # the id of a person here is an e-mail address
        rewrite_people(self.sim.people_csv, lambda row: {**row, "zoho": link.get(row["id"], "")})
        self.daemon = Reachable(self.sim, extra=zoho_section(self.sim, **self.section),
                                environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(), self.daemon.log())

    # --- the command line
    def zoho(self, *words):
        outcome = self.ask_it(*words)
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        return outcome.stdout

    def ask_it(self, *words):
        return self.daemon.lamplighter("zoho", *words, "--url", self.daemon.url)

    def rows(self, *words):
        return json.loads(self.zoho(*words, "--format", "json"))

    def link_of(self, line):
        return next(row for row in self.rows("links") if row["line"] == line)

    def login(self, answer_of):
        """Runs `zoho login`; `answer_of` makes of the address that it prints the one where the browser ends."""
        process = subprocess.Popen([BIN / "lamplighter", "zoho", "login", "--config", self.daemon.config], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.daemon.environment)
        said = ""
        while "redirect_uri=" not in said:
            line = process.stdout.readline()
            if not line:
                self.fail(said + process.stderr.read())
            said += line
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(re.search(r"https?://\S+/oauth/\S+", said)[0]).query))
        out, err = process.communicate(answer_of(asked) + "\n", timeout=60)
        return process.returncode, out + err, asked

    # --- Zoho
    def user(self, person):
        return self.sim.command("zoho/user", user=person)

    def linked(self, *people):
        wanted = {self.user(one)["id"] for one in people}
        return within(20, lambda: set(self.sim.command("zoho/state")["linked"]) == wanted)

    def told(self):
        return [(one["type"], one["state"]) for one in self.sim.command("zoho/calls")["notices"]]

    def is_told(self, *states):
        return within(20, lambda: self.told() == list(states))

    def click(self, person, verb, key=None, **parameters):
        """What Zoho sends to the address that was registered for the person; the status."""
        user = self.user(person)
        registered = user["clicktodial"]["clicktodialuri"]
        self.assertTrue(registered.startswith(PUBLIC + "/hooks/zoho/") and registered.endswith("/dial"), registered)
        proof = json.loads(user["clicktodial"]["authorizationparam"])
        connection = self.daemon.connection()
        path = registered[len(PUBLIC):].removesuffix("dial") + verb
        connection.request("POST", path, urllib.parse.urlencode(parameters),
                           {"Content-Type": "application/x-www-form-urlencoded", proof["name"]: key or proof["value"]})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


class Calls(Linked):
    def test_a_call_of_a_linked_person_is_told_in_order_and_nobody_elses(self):
        self.assertTrue(self.linked(self.one))
        self.sim.command("incoming", to="2001", number=CUSTOMER)
        self.sim.command("incoming", to="2000", number=CUSTOMER)
        self.assertTrue(self.is_told(("received", "ringing")), self.daemon.log())
        self.sim.command("answer", user="2000")
        self.assertTrue(self.is_told(("received", "ringing"), ("received", "answered")))
        self.sim.command("hangup", user="2000")
        self.assertTrue(self.is_told(("received", "ringing"), ("received", "answered"), ("received", "ended")))
        notices = self.sim.command("zoho/calls")["notices"]
        self.assertEqual({one["from"] for one in notices}, {WRITTEN})
        self.assertEqual({one["zohouser"] for one in notices}, {self.user(self.one)["id"]})
        self.assertEqual(len({one["id"] for one in notices}), 1)
        self.assertEqual({one["to"] for one in notices}, {"+" + self.link_of(self.one)["number"].lstrip("+")})

    def test_missed_calls_and_where_zoho_takes_no_such_state(self):
        self.assertTrue(self.linked(self.one))
        self.sim.command("incoming", to="2000", number=CUSTOMER)
        self.assertTrue(self.is_told(("received", "ringing")), self.daemon.log())
        self.sim.command("far", user="2000", what="hangup")
        self.assertTrue(self.is_told(("received", "ringing"), ("received", "missed")))
        self.sim.command("zoho/calls", clear=True)
        self.sim.command("zoho/settings", takes_unattended=False)
        self.sim.command("incoming", to="2000", number=CUSTOMER)
        self.assertTrue(self.is_told(("received", "ringing")))
        self.sim.command("far", user="2000", what="hangup")
        self.assertTrue(self.is_told(("received", "ringing"), ("received", "ended")))
        self.assertEqual(self.sim.command("zoho/calls")["notices"][1]["duration"], "0")

    def test_a_number_clicked_in_zoho_is_dialled_and_its_buttons_act(self):
        self.assertTrue(self.linked(self.one))
        self.assertEqual(self.click(self.one, "dial", key="not the key", tonumber=WRITTEN), 401)
        self.assertEqual(self.click(self.one, "dial", tonumber=WRITTEN), 200)
        self.assertTrue(within(10, lambda: self.active(self.one)), self.daemon.log())
        self.sim.command("answer", user="2000")
        self.assertTrue(within(10, lambda: self.told()[:1] == [("dialed", "ringing")]), self.told())
        self.sim.command("far", user="2000", what="answer")
        self.assertTrue(self.is_told(("dialed", "ringing"), ("dialed", "answered")), self.told())
        self.assertEqual({one["to"] for one in self.sim.command("zoho/calls")["notices"]}, {WRITTEN})
        for verb, state in (("hold", "held"), ("unhold", "active")):
            self.assertEqual(self.click(self.one, verb), 200)
            self.assertTrue(within(10, lambda: self.daemon.presence()[self.one]["line"]["state"] == state), verb)
        self.assertEqual(self.click(self.one, "hungup"), 200)
        self.assertTrue(self.is_told(("dialed", "ringing"), ("dialed", "answered"), ("dialed", "ended")), self.told())
        self.assertTrue(within(10, lambda: not self.active(self.one)))

    def active(self, person):
        return [call for call in self.daemon.get("/v1/calls/active")[2]["items"] if call["person"] == person]


class Links(Linked):
    def test_linked_by_column_by_command_and_by_file(self):
        self.assertTrue(self.linked(self.one))
        self.assertTrue(within(10, lambda: self.link_of(self.one)["state"] == "linked"), self.rows("links"))
        self.assertEqual(self.link_of(self.two)["user"], None)
        self.assertIn("is linked to", self.zoho("link", self.two, self.user(self.two)["id"]))
        self.assertTrue(self.linked(self.one, self.two), self.daemon.log())
        listed = self.daemon.folder / "links.csv"
        listed.write_text(f"line,user\n{self.three},{self.three}\n")
        self.assertIn("would be linked", self.zoho("link", "--file", str(listed), "--dry-run"))
        self.assertTrue(self.linked(self.one, self.two))
        self.zoho("link", "--file", str(listed))
        self.assertTrue(self.linked(self.one, self.two, self.three), self.daemon.log())
        self.assertIn(f"{self.two} would be unlinked", self.zoho("link", "--file", str(listed), "--replace", "--dry-run"))
        exchanged = f"line,user\n{self.three},{self.two}\n{self.two},{self.three}\n"
        listed.write_text(exchanged)
        self.assertIn("changed: 2 of 2", self.zoho("link", "--file", str(listed)))
        self.assertTrue(within(10, lambda: self.link_of(self.two)["user_email"] == self.three and self.link_of(self.two)["state"] == "linked"), self.rows("links"))
        listed.write_text(f"line,user\n{self.two},{self.two}\n{self.three},{self.three}\n")
        self.zoho("link", "--file", str(listed))
        self.assertTrue(within(10, lambda: self.link_of(self.two)["user_email"] == self.two and self.link_of(self.two)["state"] == "linked"), self.rows("links"))
        linked = {row["email"] for row in self.rows("users") if row["linked"]}
        self.assertEqual(linked, {self.one, self.two, self.three})

        self.assertIn("would be unlinked", self.zoho("unlink", self.two, "--dry-run"))
        self.assertIn(self.user(self.two)["name"], self.zoho("unlink", self.two))
        self.assertTrue(self.linked(self.one, self.three), self.daemon.log())
        self.daemon.stop()
        self.daemon.start()
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(10, lambda: self.link_of(self.three)["state"] == "linked"))
        self.assertEqual(self.link_of(self.two)["user"], None)
        refused = self.ask_it("link", "nobody@example.net", "5550001")
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertIn("nobody@example.net", refused.stderr)

    def test_disabled_for_everybody_and_enabled_again_with_the_links_of_before(self):
        self.assertTrue(self.linked(self.one))
        self.assertIn("would end for everybody", self.zoho("disable", "--dry-run"))
        self.assertTrue(self.sim.command("zoho/state")["integrated"])
        self.zoho("disable")
        self.assertTrue(within(20, lambda: not self.sim.command("zoho/state")["integrated"]), self.daemon.log())
        self.assertEqual(self.sim.command("zoho/state")["linked"], [])
        self.assertEqual((self.rows("status")["state"], self.rows("status")["enabled"]), ("off", False))
        self.sim.command("incoming", to="2000", number=CUSTOMER)
        self.assertTrue(within(10, lambda: self.daemon.presence()[self.one]["status"] == "ringing"))
        self.sim.command("far", user="2000", what="hangup")
        self.zoho("enable")
        self.assertTrue(self.linked(self.one), self.daemon.log())
        self.assertEqual(self.told(), [])
        for secret in environment(self.sim).values():
            self.assertNotIn(secret, self.daemon.log())


class LivingOffice(unittest.TestCase):
    """Everybody is linked by e-mail address, and telephones; the daemon is killed once."""

    def setUp(self):
        self.sim = Simulator("--people", "40", "--office")
        self.addCleanup(self.sim.close)
        self.daemon = Daemon(self.sim, extra=zoho_section(self.sim, internal_calls=True),
                             environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(), self.daemon.log())

    def calls(self):
        """What was told of each call, by who was told and its id there."""
        told = {}
        for one in self.sim.command("zoho/calls")["notices"]:
            told.setdefault((one["zohouser"], one["id"]), []).append(one["state"])
        return told

    def finished(self):
        return sum(states[-1] not in ("ringing", "answered") for states in self.calls().values())

    def test_every_call_is_told_in_order_and_no_state_twice(self):
        self.assertTrue(within(100, lambda: self.finished() >= 5), self.calls())
        self.daemon.kill()
        before = self.finished()
        self.daemon.start()
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(100, lambda: self.finished() >= before + 5), self.calls())
        rank = {"ringing": 0, "answered": 1}  # whatever else ends a call
        again = 0
        for call, states in self.calls().items():
            # What was on its way when the daemon was killed comes twice.
            once = [state for state, before in zip(states, [None, *states]) if state != before]
            ranks = [rank.get(state, 2) for state in once]
            self.assertEqual(ranks, sorted(set(ranks)), (call, states))
            again += len(states) - len(once)
        self.assertLessEqual(again, 4, self.calls())
        state = self.sim.command("zoho/state")
        self.assertLessEqual(state["tokens_issued"], 8)
        self.assertEqual(state["tokens_refused"], 0)
        self.assertEqual(set(state["statuses"]), {"200"}, state)


class Doctor(Linked):
    def doctor(self):
        outcome = self.daemon.lamplighter("doctor", "--config", str(self.daemon.config))
        return outcome.returncode, [line for line in outcome.stdout.splitlines() if "zoho: " in line or "->" in line]

    def test_each_step_and_what_to_do_about_it(self):
        self.assertTrue(self.linked(self.one))
        code, lines = self.doctor()
        self.assertEqual(code, 0, lines)
        for step in ("connection: ", "login: accepted", "PhoneBridge: enabled", "users: 4 can be read",
                     PUBLIC + "/hooks/zoho/"):
            self.assertTrue(any(step in line for line in lines), (step, lines))
        self.zoho("disable")
        self.assertTrue(within(20, lambda: not self.sim.command("zoho/state")["integrated"]), self.daemon.log())
        code, lines = self.doctor()
        self.assertEqual(code, 0, lines)
        self.assertTrue(any("disabled by an operator" in line for line in lines), lines)
        self.assertFalse(self.sim.command("zoho/state")["integrated"])  # a doctor changes nothing

        self.sim.command("zoho/settings", registered=False)
        code, lines = self.doctor()
        self.assertEqual(code, 1, lines)
        self.assertTrue(any("PROVIDER_NOT_REGISTERED" in line for line in lines), lines)
        self.assertTrue(any("that Zoho has registered" in line for line in lines), lines)
        self.sim.command("zoho/account", secret="another one")
        code, lines = self.doctor()
        self.assertEqual(code, 1, lines)
        self.assertTrue(any(line.startswith("FAIL  zoho: login") for line in lines), lines)
        self.assertTrue(any("lamplighter zoho login" in line for line in lines), lines)
        self.sim.command("zoho/away", seconds=60)
        code, lines = self.doctor()
        self.assertEqual(code, 1, lines)
        self.assertTrue(any("FAIL" in line and "connection" in line for line in lines), lines)


class Consents(Linked):
    """Nobody has consented yet; it must be admin@example.net."""
    section = {"refresh_token": None, "account": "admin@example.net"}

    def consent(self, **more):
        return self.login(lambda asked: asked["redirect_uri"] + "?" + urllib.parse.urlencode(
            {"code": "1000.code", "state": asked["state"], "accounts-server": self.sim.announced["zoho"], **more}))

    def test_the_wrong_account_is_refused_and_the_right_one_goes_on_without_a_restart(self):
        examined = self.daemon.lamplighter("doctor", "--config", str(self.daemon.config))
        self.assertEqual(examined.returncode, 1)
        self.assertIn("zoho: consent: nobody has consented yet", examined.stdout)
        status = self.rows("status")
        self.assertIn("lamplighter zoho login", " ".join(status["problems"]))
        self.sim.command("zoho/account", account="somebody@example.net", code="1000.code")
        code, said, asked = self.consent()
        self.assertEqual((code, asked["login_hint"]), (1, "admin@example.net"), said)
        for name in ("somebody@example.net", "admin@example.net", "nothing was kept"):
            self.assertIn(name, said)
        code, said, _ = self.consent(state="of another login")
        self.assertEqual(code, 1, said)
        self.sim.command("zoho/account", account="admin@example.net", code="1000.code")
        code, said, _ = self.consent()
        self.assertEqual(code, 0, said)
        self.assertIn("admin@example.net has consented", said)
        self.assertTrue(self.linked(self.one), self.daemon.log())
        self.assertTrue(within(10, lambda: self.rows("status")["state"] == "up"), self.rows("status"))
        self.assertEqual(self.rows("status")["account"], "admin@example.net")


if __name__ == "__main__":
    unittest.main()
