"""Appointments that divert calls, from a provider's calendar to the platform: what counts is where calls go at the end."""
import json
import time
import unittest

from office import Daemon, Simulator, within
from test_diversions import House
from test_teams import environment, teams_section


class Google(House):
    poll = "1s"

    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        users = self.sim.command("truth")["users"]
        by_extension = {said["extension"]: user for user, said in users.items()}
        self.one, self.other, self.third = by_extension[2001], by_extension[2002], by_extension[2004]
        self.sim.command("google/calendar", calendar="reception@example.net", make=True, share=self.one)
        self.daemon = Daemon(self.sim, extra=self.calendars())
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())

    def calendar(self, name, line, **more):
        keys = {"name": name, "provider": "google", "line": line, "calendar_id": "reception@example.net",
                "service_account": "file:" + self.sim.announced["google_key_file"], "subject": self.one,
                "api_url": self.sim.announced["google_api"], "login_url": self.sim.announced["google_login"],
                "poll": self.poll, **more}
        return "[[calendar]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def calendars(self):
        return self.calendar("reception", self.one)

    def add(self, title, start, end, **more):
        return self.sim.command("google/add", calendar="reception@example.net", summary=title, start=start, end=end, **more)["id"]

    def asks(self, *words):
        return self.daemon.lamplighter(*words, "--config", self.daemon.config).stdout

    def known(self):
        """The appointments that the plan shows, by title."""
        return {row["title"]: row for row in self.daemon.get("/v1/calendars/plan?next=7d")[2]["items"]}


class Appointments(Google):
    def test_diverts_for_its_time(self):
        self.user_sets(self.one, False, "2007")
        self.add("2011", 4, 8)
        self.assertTrue(within(3, lambda: "2011" in self.known()))
        self.assertEqual(self.known()["2011"]["state"], "diverts")
        begins = time.monotonic() + 4
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertLessEqual(time.monotonic() - begins, 2)
        self.assertEqual(self.known()["2011"]["state"], "diverting")
        self.assertTrue(self.is_as_before(self.one, "2007"), self.ask(self.one))

    def test_doctor(self):
        self.add("2011", 1000, 3600)
        self.add("Lunch", 1000, 3600)
        self.assertIn("ok    calendar reception: reading: 2 appointments within two weeks, 1 of them divert", self.asks("doctor"))
        self.sim.command("google/token", delegated=[])
        self.assertIn("FAIL  calendar reception: reading", self.asks("doctor"))
        self.daemon.config.write_text(self.daemon.text.replace(self.sim.announced["google_login"], "http://127.0.0.1:1"))
        said = self.asks("doctor")
        self.assertIn("FAIL  calendar reception: 127.0.0.1:1 connection", said)
        self.assertIn("-> check the host name", said)

    def test_moved_changed_and_removed(self):
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("google/change", calendar="reception@example.net", id=event, summary="2012")
        self.assertTrue(self.goes_to(self.one, "2012"))
        self.sim.command("google/change", calendar="reception@example.net", id=event, start=1000, end=3600)
        self.assertTrue(self.is_as_before(self.one))
        self.sim.command("google/change", calendar="reception@example.net", id=event, start=-10, end=3600)
        self.assertTrue(self.goes_to(self.one, "2012"))
        self.sim.command("google/remove", calendar="reception@example.net", id=event)
        self.assertTrue(self.is_as_before(self.one))

    def test_only_numbers_divert_and_the_plan_says_why(self):
        self.add("Lunch with Anna", -60, 3600)
        self.add("112", -60, 3600)
        self.add("2011", -60, 3600, declined=True)
        self.add("2012", 1000, 3600, transparent=True)
        self.assertTrue(within(5, lambda: {"Lunch with Anna", "112", "2012"} <= set(self.known())), self.known())
        known = self.known()
        self.assertEqual((known["Lunch with Anna"]["state"], known["112"]["state"]), ("ignored", "refused"))
        self.assertIn("emergency", known["112"]["reason"])
        self.assertEqual(known["2012"]["state"], "diverts")
        self.assertEqual(self.always(self.one), (False, ""))

        def said(*words):
            return self.daemon.lamplighter(*words, "--url", self.daemon.url).stdout

        self.assertIn("Lunch with Anna", said("calendar", "plan"))
        self.assertIn("reception", said("calendar", "list"))

    def test_side_by_side_they_ring_together(self):
        first = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.add("2012", -30, 3600)
        self.assertTrue(within(10, lambda: self.ask(self.one)["lines"][0]["actual"]["to"] == "2011, 2012"), self.ask(self.one))
        self.assertEqual(self.always(self.one)[0], False)
        self.sim.command("google/remove", calendar="reception@example.net", id=first)
        self.assertTrue(self.goes_to(self.one, "2012"))

    def test_a_token_that_is_gone(self):
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("google/expire_tokens")  # 410
        self.sim.command("google/remove", calendar="reception@example.net", id=event)
        self.assertTrue(self.is_as_before(self.one))

    def test_the_provider_is_away_while_it_ends(self):
        self.add("2011", -60, 5)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("google/away", seconds=30)
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))

    def test_the_provider_is_away_while_it_lasts(self):
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("google/away", seconds=6)
        time.sleep(5)
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.daemon.kill()  # what it knew is on disk
        self.restart()
        self.assertEqual(self.always(self.one), (True, "2011"))

    def test_a_calendar_that_is_taken_out(self):
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.daemon.config.write_text(self.daemon.text.split("[[calendar]]")[0])
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.is_as_before(self.one))

    def test_taken_out_while_the_daemon_was_down(self):
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.daemon.kill()
        self.daemon.config.write_text(self.daemon.text.split("[[calendar]]")[0])
        self.restart()
        self.assertTrue(self.is_as_before(self.one))


class Shown(Google):
    """A calendar that also says when its person is busy."""

    def calendars(self):
        keys = self.calendar("reception", self.one, presence=True).replace(f'line = "{self.one}"', f'person = "{self.one}"')
        return keys + '[smartbusy]\nsources = ["teams", "zoom", "goto", "other"]\nforward_to = "2003"\ncalendar_meetings = true\n'

    def status(self):
        return self.daemon.presence()[self.one]["status"]

    def test_in_a_meeting_and_never_diverted_for_it(self):
        self.assertEqual(self.status(), "available")
        event = self.add("Budget", -60, 3600)
        self.assertTrue(within(10, lambda: self.status() == "in_meeting"), self.daemon.log())
        self.sim.command("google/away", seconds=3)
        time.sleep(2)
        self.assertEqual((self.status(), self.always(self.one)), ("in_meeting", (False, "")))
        self.sim.command("google/remove", calendar="reception@example.net", id=event)
        self.assertTrue(within(15, lambda: self.status() == "available"), self.daemon.log())
        self.add("Budget", 2, 5)
        self.assertTrue(within(5, lambda: self.status() == "in_meeting"), self.daemon.log())
        self.sim.command("google/away", seconds=10)
        self.assertTrue(within(5, lambda: self.status() == "available"), self.daemon.log())


class TwoLines(Google):
    def calendars(self):
        return self.calendar("reception", self.one) + self.calendar("other", self.other)

    def test_the_same_calendar_on_two_lines(self):
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertTrue(self.goes_to(self.other, "2011"))
        self.sim.command("google/remove", calendar="reception@example.net", id=event)
        self.assertTrue(self.is_as_before(self.one))
        self.assertTrue(self.is_as_before(self.other))


class Outlook(Google):
    """The same house, with Outlook: the application of [teams] reads a mailbox."""

    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        users = self.sim.command("truth")["users"]
        by_extension = {said["extension"]: user for user, said in users.items()}
        self.one, self.other = by_extension[2001], by_extension[2002]
        self.mailbox = self.sim.command("graph/user", user="2001")["upn"]
        self.daemon = Daemon(self.sim, extra=self.calendars(), environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())

    def calendars(self):
        keys = {"name": "outlook", "provider": "graph", "line": self.one, "mailbox": self.mailbox, "poll": self.poll}
        return teams_section(self.sim) + "[[calendar]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def set(self, what, **members):
        return self.sim.command("graph/appointment", user=self.mailbox, what=what, **members).get("id")

    def add(self, title, start, end, **more):
        return self.set("add", subject=title, start=start, end=end, **more)


class Graph(Outlook):
    def test_diverts_for_its_time(self):
        self.user_sets(self.one, False, "2007")
        self.add("2011", 4, 8)
        self.assertTrue(within(3, lambda: "2011" in self.known()), self.daemon.log())
        begins = time.monotonic() + 4
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertLessEqual(time.monotonic() - begins, 2)
        self.assertEqual(self.known()["2011"]["state"], "diverting")
        self.assertTrue(self.is_as_before(self.one, "2007"), self.ask(self.one))

    def test_changed_moved_cancelled_declined_and_removed(self):
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.set("change", id=event, subject="2012")
        self.assertTrue(self.goes_to(self.one, "2012"))
        self.set("move", id=event, start=1000, end=3600)
        self.assertTrue(self.is_as_before(self.one))
        self.set("move", id=event, start=-10, end=3600)
        self.assertTrue(self.goes_to(self.one, "2012"))
        self.set("cancel", id=event)
        self.assertTrue(self.is_as_before(self.one))
        event = self.add("2013", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2013"))
        self.set("decline", id=event)
        self.assertTrue(self.is_as_before(self.one))
        event = self.add("2014", -60, 3600, every="day", count=3)
        self.assertTrue(self.goes_to(self.one, "2014"))
        self.set("remove", id=event)
        self.assertTrue(self.is_as_before(self.one))

    def test_a_token_that_is_gone(self):
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.set("forget")
        self.set("remove", id=event)
        self.assertTrue(self.is_as_before(self.one))

    def test_doctor_and_manifest(self):
        self.add("2011", 1000, 3600)
        said = self.asks("doctor")
        self.assertIn("ok    teams: Teams permission Calendars.Read", said)
        self.assertIn("ok    calendar outlook: reading: 1 appointments", said)
        self.assertIn("798ee544-9d2d-430c-a058-570e29e34338", self.asks("teams", "manifest"))
        self.sim.command("graph/permissions", remove=["Calendars.Read"])
        said = self.asks("doctor")
        self.assertIn("FAIL  teams: Teams permission Calendars.Read", said)
        self.assertIn("FAIL  calendar outlook: reading", said)
        self.assertIn("Give the application of [teams]", said)

    def test_without_the_permission(self):
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("graph/permissions", remove=["Calendars.Read"])
        said = lambda: self.daemon.get("/v1/calendars")[2]["items"][0]
        self.assertTrue(within(5, lambda: "Calendars.Read" in json.dumps(said())), said())
        self.assertEqual(self.always(self.one), (True, "2011"))  # what is known stays

    def test_refused_for_good(self):
        self.user_sets(self.one, False, "2007")
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.daemon.config.write_text(self.daemon.text + 'hold_on_refusal = "4s"\n')
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        time.sleep(2)
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.sim.command("graph/permissions", remove=["Calendars.Read"])
        time.sleep(2)
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.assertTrue(self.is_as_before(self.one, "2007", 20), self.ask(self.one))
        self.assertIn("Nothing of it diverts", json.dumps(self.daemon.get("/v1/status")[2]))
        self.sim.command("graph/permissions", add=["Calendars.Read"])
        # A reload tries at once, the second time with a token that knows of it.
        self.assertTrue(any(self.daemon.post("/v1/reload")[0] == 200 and self.goes_to(self.one, "2011", 3) for _ in range(3)),
                        self.ask(self.one))

    def test_the_provider_is_away_while_it_ends(self):
        self.add("2011", -60, 5)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("graph/away", seconds=30)
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))


class Told(Outlook):
    """Read once in an hour; Graph tells when something has changed."""
    poll = "1h"

    def setUp(self):
        super().setUp()
        address = f"127.0.0.1:{self.daemon.port}"
        self.daemon.stop()
        self.daemon.text = self.daemon.text.replace(
            'listen = ["127.0.0.1:0"]', f'listen = ["{address}"]\npublic_url = "http://{address}"')
        self.daemon.config.write_text(self.daemon.text)
        self.restart()
        self.assertTrue(within(5, self.subscriptions), self.daemon.log())

    def subscriptions(self):
        return [one for one in self.sim.command("graph/state")["subscriptions"] if one["mailbox"] == self.mailbox]

    def test_at_once(self):
        self.user_sets(self.one, False, "2007")
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011", 5), self.daemon.log())
        self.sim.command("graph/notify", kind="duplicate")
        self.set("change", id=event, subject="2012")
        self.assertTrue(self.goes_to(self.one, "2012", 5))
        self.set("remove", id=event)
        self.assertTrue(self.is_as_before(self.one, "2007", 5), self.ask(self.one))

    def test_who_does_not_know_the_secret_is_not_heard(self):
        reads = lambda: self.sim.command("graph/state")["requests"]["calendar_view"]
        self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011", 5))
        before = reads()
        known = self.subscriptions()[0]["id"]
        for body in ({"value": [{"subscriptionId": known, "clientState": "guessed", "changeType": "updated"}]},
                     {"value": [{"subscriptionId": known, "clientState": "", "lifecycleEvent": "subscriptionRemoved"}]}):
            self.assertEqual(self.daemon.post("/hooks/graph/calendars", body)[0], 202)
        self.assertEqual(self.daemon.post("/hooks/graph/calendars?validationToken=repeat%20me")[0], 404)
        self.sim.command("graph/notify", kind="wrong_client_state")
        self.add("2012", -30, 3600)
        self.assertFalse(within(2, lambda: reads() > before))

    def test_missed_and_removed(self):
        self.sim.command("graph/notify", kind="drop")
        self.add("2011", -60, 3600)
        self.assertFalse(self.goes_to(self.one, "2011", 2))
        self.sim.command("graph/notify", kind="missed")
        self.assertTrue(self.goes_to(self.one, "2011", 5))
        before = self.subscriptions()
        self.sim.command("graph/notify", kind="subscriptionRemoved")
        self.assertTrue(within(5, lambda: self.subscriptions() and self.subscriptions() != before), self.daemon.log())
        self.add("2012", -30, 3600)
        self.assertTrue(within(5, lambda: "2012" in json.dumps(self.ask(self.one))), self.ask(self.one))


if __name__ == "__main__":
    unittest.main()
