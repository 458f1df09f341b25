"""What calendars may be told: names behind tags, extensions, consents, a first calendar at a reload; and what contradicts what."""
import subprocess
import unittest
import urllib.request

from office import BIN, within
from test_calendars import Google


class Names(Google):
    def calendars(self):
        return self.calendar("reception", "2001", tags=["fwd:", "Doorschakelen"], fields=["title", "location"])

    def test_somebody_of_the_directory(self):
        name = self.daemon.presence()[self.third]["name"]
        event = self.add(f"FWD:\u00a0{name.upper()} ", -60, 3600)  # by the name, on the line of an extension
        self.assertTrue(self.goes_to(self.one, "2004"), self.known())
        self.sim.command("google/change", calendar="reception@example.net", id=event, summary="At home", location="doorschakelen 2012")
        self.assertTrue(self.goes_to(self.one, "2012"), self.known())
        self.sim.command("google/change", calendar="reception@example.net", id=event, summary="fwd: nobody at all")
        self.assertTrue(self.is_as_before(self.one))
        row = self.known()["fwd: nobody at all"]
        self.assertEqual((row["state"], row["line"]), ("refused", self.one))
        self.assertIn("nobody", row["reason"])


class Contradictions(Google):
    def calendars(self):
        self.sim.command("google/calendar", calendar="night@example.net", make=True, share=self.one)
        return super().calendars() + self.calendar("night", self.one, calendar_id="night@example.net")

    def test_two_calendars_of_one_line(self):
        self.add("2011", -60, 3600)
        self.sim.command("google/add", calendar="night@example.net", summary="2012", start=-50, end=3600)
        self.assertTrue(within(10, lambda: {"2011", "2012"} <= set(self.known())))
        known = self.known()
        self.assertEqual((known["2011"]["state"], known["2012"]["state"]), ("conflict", "conflict"))
        self.assertIn("night", known["2011"]["reason"])
        self.assertIn("reception", known["2012"]["reason"])
        self.assertTrue(within(10, lambda: self.ask(self.one)["lines"][0]["actual"]["to"] == "2011, 2012"), self.ask(self.one))

    def test_the_user_and_the_operator_come_first(self):
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertTrue(within(5, lambda: self.known()["2011"]["state"] == "diverting"))
        self.assertEqual(self.operator(self.one, "2013")[0], 200)
        self.assertTrue(self.goes_to(self.one, "2013"))
        self.assertTrue(within(5, lambda: self.known()["2011"]["state"] == "conflict"))
        self.assertIn("operator", self.known()["2011"]["reason"])
        self.operator(self.one, None)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.user_sets(self.one, True, "2014")
        self.assertTrue(within(10, lambda: self.known()["2011"]["state"] == "conflict"), self.known())
        self.assertIn("the user has changed", self.known()["2011"]["reason"])
        self.assertEqual(self.always(self.one), (True, "2014"))


class Reloaded(Google):
    def calendars(self):
        return ""

    def test_the_first_calendar_comes_with_a_reload(self):
        self.add("2011", -60, 3600)
        self.assertEqual(self.daemon.get("/v1/calendars")[2]["items"], [])
        self.daemon.config.write_text(self.daemon.text + self.calendar("reception", "2001"))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.goes_to(self.one, "2011"), self.daemon.get("/v1/calendars"))
        self.daemon.config.write_text(self.daemon.text + self.calendar("reception", self.other))  # the line is another one
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.goes_to(self.other, "2011"))
        self.assertTrue(self.is_as_before(self.one))


    def reload(self, calendars):
        self.daemon.config.write_text(self.daemon.text + calendars)
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)

    def test_a_calendar_whose_line_nobody_has_any_more(self):
        self.add("2011", -60, 3600)
        self.reload(self.calendar("reception", self.one))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.reload(self.calendar("reception", "nobody@example.net"))
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))
        self.assertTrue(within(5, lambda: self.daemon.get("/v1/calendars")[2]["items"][0]["last_error"]))

    def test_a_calendar_under_another_name(self):
        self.add("2011", -60, 3600)
        self.reload(self.calendar("reception", self.one))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.reload(self.calendar("front desk", self.one))
        named = lambda: [claim["name"].split("/")[0] for claim in self.ask(self.one)["lines"][0]["claims"]]
        self.assertTrue(within(10, lambda: named() == ["front desk"]), self.ask(self.one))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.reload("")
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))

    def test_a_calendar_whose_line_changes_while_the_provider_is_away(self):
        self.add("2011", -60, 3600)
        self.reload(self.calendar("reception", self.one))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("google/away", seconds=60)
        self.reload(self.calendar("reception", self.other))
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))


class Consents(Google):
    def calendars(self):
        told = self.sim.announced
        return (f'[[calendar]]\nname = "own"\nprovider = "google"\nperson = "{self.one}"\nsubject = "{self.one}"\npoll = "1s"\n'
                f'client_id = "{told["google_client_id"]}"\nclient_secret = "{told["google_client_secret"]}"\n'
                f'api_url = "{told["google_api"]}"\nlogin_url = "{told["google_login"]}"\nconsent_url = "{told["google_consent"]}"\n')

    def google(self, verb):
        process = subprocess.Popen([BIN / "lamplighter", "google", verb, "--config", self.daemon.config], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.daemon.environment)
        if verb == "login":
            address = next(line.strip() for line in process.stdout if line.strip().startswith("http"))
            urllib.request.urlopen(address, timeout=10).close()
        out, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0, out + err)

    def test_a_logout_gives_everything_back(self):
        self.sim.command("google/add", calendar=self.one, summary="2011", start=-60, end=3600)
        self.google("login")
        self.assertTrue(self.goes_to(self.one, "2011", 30), self.daemon.get("/v1/calendars"))
        self.google("logout")
        self.assertTrue(self.is_as_before(self.one, seconds=30), self.daemon.get("/v1/calendars"))
        self.assertEqual(self.known(), {})
        self.google("login")
        self.assertTrue(self.goes_to(self.one, "2011", 30), self.daemon.get("/v1/calendars"))


if __name__ == "__main__":
    unittest.main()
