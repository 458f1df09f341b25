"""Who has a line's calls elsewhere, seen from the platform: what counts is where calls go at the end, whatever broke in between."""
import datetime
import json
import signal
import time
import unittest
import urllib.parse

from office import Daemon, Simulator, rewrite_people, within
from test_teams import environment, teams_section

SMARTBUSY = """
[smartbusy]
sources = ["other"]
forward_to = "2003"
settle = "100ms"
"""


def later(seconds):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class House(unittest.TestCase):
    options = ("--people", "20", "--second-lines", "1000")
    extra = SMARTBUSY
    broadworks = ""
    people_file = True

    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        somebody = min(self.sim.command("truth")["users"])
        self.daemon = Daemon(self.sim, extra=self.extra, broadworks=self.broadworks.format(user=somebody),
                             people=self.people_file)
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())
        self.people = sorted(self.daemon.presence())
        # Ids of people and of their only line are the same; the person of 2000 has a second one.
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.one, self.other, self.third = by_extension[2001], by_extension[2002], by_extension[2004]

    # --- the platform
    def always(self, user):
        """(active, number) as the platform has it."""
        said = self.sim.command("truth")["users"][user]
        return said["forwarding_always"], said["forward_to"] or ""

    def goes_to(self, user, number, seconds=10):
        return within(seconds, lambda: self.always(user) == (True, number))

    def is_as_before(self, user, number="", seconds=10):
        return within(seconds, lambda: self.always(user) == (False, number))

    def user_sets(self, user, active, number):
        self.sim.command("forward", user=user, active=active, to=number)

    # --- the daemon
    def ask(self, user):
        status, _, body = self.daemon.get("/v1/forwarding/" + urllib.parse.quote(user))
        self.assertEqual(status, 200, body)
        return body

    def operator(self, user, to, **more):
        return self.daemon.get("/v1/forwarding/" + urllib.parse.quote(user), method="PUT", body={"to": to, **more})

    def meeting(self, user, going_on, **more):
        status, _, body = self.daemon.post("/hooks/meeting", {"person": user, "meeting": going_on, **more})
        self.assertEqual(status, 202, body)

    def claims(self, user):
        return {claim["source"]: claim["state"] for line in self.ask(user)["lines"] for claim in line["claims"]}

    def restart(self):
        self.daemon.start()
        self.assertTrue(self.daemon.ready(20), self.daemon.log())


class Operators(House):
    def test_forwarded_until_told_otherwise(self):
        self.user_sets(self.one, False, "+31201234567")
        status, _, body = self.operator(self.one, "2011")
        self.assertEqual(status, 200, body)
        self.assertTrue(self.goes_to(self.one, "2011"), self.ask(self.one))
        line = self.ask(self.one)["lines"][0]
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        line = self.ask(self.one)["lines"][0]
        self.assertEqual(line["baseline"], {"active": False, "to": "+31201234567"})
        self.assertEqual(line["actual"], {"active": True, "to": "2011"})
        self.assertEqual(line["last_write"]["result"], "ok")
        self.assertEqual(self.operator(self.one, None)[0], 200)
        self.assertTrue(self.is_as_before(self.one, "+31201234567"), self.always(self.one))

    def test_ends_by_itself(self):
        self.operator(self.one, "2011", until=later(2))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertTrue(self.is_as_before(self.one))

    def test_refused_with_a_reason(self):
        for number, word in (("2001", "own"), ("112", "emergency"), ("0900 1234", "premium"), ("call me", "number")):
            status, _, body = self.operator(self.one, number)
            self.assertEqual(status, 400, (number, body))
            self.assertIn(word, body["detail"].lower(), number)
        self.operator(self.other, "2001")
        self.assertTrue(self.goes_to(self.other, "2001"))
        status, _, body = self.operator(self.one, "2002")
        self.assertEqual(status, 400, body)
        self.assertIn("circle", body["detail"])
        self.assertEqual(self.operator(self.one, "2011", until="2020-01-01T00:00:00Z")[0], 400)
        self.assertEqual(self.operator("nobody@example.net", "2011")[0], 404)
        self.assertEqual(self.always(self.one), (False, ""))

    def test_written_as_the_platform_wants_it(self):
        self.operator(self.one, "+31 (0)20 - 123 00 02")
        self.assertTrue(within(10, lambda: self.always(self.one)[0]))
        self.assertEqual(self.always(self.one)[1].removeprefix("tel:"), "+31201230002")

    def test_told_by_the_stream_why_and_the_command_line(self):
        stream = self.daemon.events("?types=forwarding")
        self.operator(self.one, "2011")
        kind, shown, _ = stream.next()
        self.assertEqual((kind, shown["id"]), ("forwarding", self.one))
        while not shown["lines"][0]["claims"] or shown["lines"][0]["claims"][0]["state"] != "in_force":
            kind, shown, _ = stream.next()
        stream.close()
        why = self.daemon.get(f"/v1/presence/{self.one}/why")[2]
        self.assertIn("forwarding", [output["adapter"] for output in why["outputs"]])

        def said(*words):
            return self.daemon.lamplighter(*words, "--url", self.daemon.url).stdout

        self.assertIn("2011", said("forwarding", self.one))
        self.assertIn("2011", said("forwarding"))
        self.assertIn("2011", said("why", self.one))
        self.assertIn("operator", said("audit"))


class Meetings(House):
    def test_diverted_while_it_lasts(self):
        self.user_sets(self.one, False, "2007")
        self.meeting(self.one, True)
        self.assertTrue(self.goes_to(self.one, "2003"), self.ask(self.one))
        self.meeting(self.one, True)  # told twice
        self.meeting(self.one, False)
        self.assertTrue(self.is_as_before(self.one, "2007"), self.always(self.one))
        self.assertEqual(self.claims(self.one), {})

    def test_silence_ends_it(self):
        self.daemon.config.write_text(self.daemon.text.replace('settle = "100ms"', 'settle = "100ms"\nhold_on_stale = "1s"'))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.meeting(self.one, True, expires_in="2s")
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.assertTrue(self.is_as_before(self.one))

    def test_an_operator_comes_first_and_ends_cross(self):
        self.meeting(self.one, True)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.operator(self.one, "2011")
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.meeting(self.one, False)
        time.sleep(0.5)
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.meeting(self.one, True)
        self.operator(self.one, None)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.meeting(self.one, False)
        self.assertTrue(self.is_as_before(self.one))

    def test_late_news_changes_nothing(self):
        self.meeting(self.one, True, at=later(0))
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.meeting(self.one, False, at=later(-60))
        time.sleep(0.5)
        self.assertEqual(self.always(self.one), (True, "2003"))

    def test_written_within_a_second(self):
        """Meeting joined to forwarding written, p99 of people who join one after the other."""
        took = []
        users = self.sim.command("truth")["users"]
        for person in [person for person in self.people if users.get(person, {}).get("extension", 0) > 2003][:10] * 3:
            begun = time.monotonic()
            self.meeting(person, True)
            self.assertTrue(within(10, lambda: self.claims(person) == {"smartbusy": "in_force"}), (person, self.ask(person)))
            took.append(time.monotonic() - begun)
            self.meeting(person, False)
            self.assertTrue(within(10, lambda: self.claims(person) == {}))
        self.assertLessEqual(sorted(took)[-1], 1.0, took)

    def test_a_number_of_ones_own_and_exceptions(self):
        more = f'people = {{ "{self.other}" = "2005" }}\nexcept = ["{self.third}"]\n'
        self.daemon.config.write_text(self.daemon.text + more)
        status, _, body = self.daemon.post("/v1/reload")
        self.assertEqual(status, 200, body)
        for person in (self.one, self.other, self.third):
            self.meeting(person, True)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.assertTrue(self.goes_to(self.other, "2005"))
        self.assertEqual(self.always(self.third), (False, ""))
        self.assertIn("except", self.ask(self.third)["smartbusy"])


class Settings(House):
    """What the configuration says changes while somebody is in a meeting."""

    def setUp(self):
        super().setUp()
        self.meeting(self.one, True)
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"smartbusy": "in_force"}))

    def test_taken_out(self):
        self.daemon.config.write_text(self.daemon.text.replace(SMARTBUSY, ""))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))

    def test_taken_out_while_the_daemon_was_down(self):
        self.daemon.kill()
        self.daemon.config.write_text(self.daemon.text.replace(SMARTBUSY, ""))
        self.restart()
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))

    def test_excepted(self):
        self.daemon.config.write_text(self.daemon.text + f'except = ["{self.one}"]\n')
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))

    def test_excepted_while_the_daemon_was_down(self):
        self.daemon.kill()
        self.daemon.config.write_text(self.daemon.text + f'except = ["{self.one}"]\n')
        self.restart()
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))

    def test_taken_out_and_put_in_again(self):
        self.daemon.config.write_text(self.daemon.text.replace(SMARTBUSY, ""))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.is_as_before(self.one))
        self.daemon.config.write_text(self.daemon.text)
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.meeting(self.one, True)  # its source tells again
        self.assertTrue(self.goes_to(self.one, "2003"), self.ask(self.one))
        self.meeting(self.one, False)
        self.assertTrue(self.is_as_before(self.one))


class TeamsMeetings(House):
    """Teams tells of meetings; our own "in a call" comes back from it and must not divert anybody."""

    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        self.daemon = Daemon(self.sim, extra=SMARTBUSY.replace('"other"', '"teams"') + teams_section(self.sim),
                             environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.one, self.other, self.third = by_extension[2001], by_extension[2002], by_extension[2004]

    def shows(self, user, availability, activity):
        self.sim.command("graph/presence", user=user, availability=availability, activity=activity)
        self.assertTrue(within(10, lambda: self.daemon.presence()[user]["teams"]["activity"] == activity))

    def test_why_says_which_half_of_busy_on_busy_there_is(self):
        within(10, lambda: self.daemon.presence()[self.one]["teams"])
        why = self.daemon.get(f"/v1/presence/{self.one}/why")[2]
        self.assertEqual(why["busy_on_busy_code"], "teams_diverts")
        told = self.daemon.lamplighter("why", self.one, "--url", self.daemon.url)
        self.assertIn("does not make Teams refuse calls", told.stdout)

    def test_what_is_a_meeting_and_what_is_not(self):
        for availability, activity in (("Busy", "InACall"), ("Busy", "InAConferenceCall"), ("DoNotDisturb", "Presenting")):
            with self.subTest(activity):
                self.shows(self.one, availability, activity)
                self.assertTrue(self.goes_to(self.one, "2003"), self.ask(self.one))
                self.shows(self.one, "Available", "Available")
                self.assertTrue(self.is_as_before(self.one))
        for availability, activity in (("DoNotDisturb", "DoNotDisturb"), ("Busy", "InAMeeting"), ("Busy", "Busy")):
            with self.subTest(activity):
                self.shows(self.one, availability, activity)
                time.sleep(1.5)
                self.assertEqual(self.always(self.one), (False, ""), activity)

    def test_our_own_echo_diverts_nobody(self):
        self.sim.command("call", **{"from": "2002", "to": "2004"})
        self.sim.command("answer", user="2004")
        self.assertTrue(within(10, lambda: self.other in self.sim.command("graph/state", detail=False)["sessions"]))
        time.sleep(3)  # three rounds of reading our own word
        self.assertEqual(self.always(self.other), (False, ""))
        self.assertEqual(self.always(self.third), (False, ""))
        self.sim.command("hangup", user="2002")
        time.sleep(2)
        self.assertEqual(self.always(self.other), (False, ""))

    def test_a_presentation_during_a_call_of_ours(self):
        self.sim.command("call", **{"from": "2002", "to": "2004"})
        self.sim.command("answer", user="2004")
        self.assertTrue(within(10, lambda: self.other in self.sim.command("graph/state", detail=False)["sessions"]))
        self.shows(self.other, "DoNotDisturb", "Presenting")
        self.assertTrue(self.goes_to(self.other, "2003"), self.ask(self.other))
        said = self.sim.command("truth")["users"][self.other]
        self.assertEqual(said["line"], "active")  # the call that goes on is not touched

    def test_teams_away_holds_and_then_lets_go(self):
        text = self.daemon.text.replace('settle = "100ms"', 'settle = "100ms"\nhold_on_stale = "3s"')
        self.daemon.config.write_text(text)
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.shows(self.one, "Busy", "InACall")
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.sim.command("graph/away", seconds=4)
        time.sleep(3)
        self.assertEqual(self.always(self.one), (True, "2003"))
        self.shows(self.one, "Available", "Available")
        self.assertTrue(self.is_as_before(self.one))


class UserWins(House):
    def test_a_change_during_a_claim(self):
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.user_sets(self.one, True, "2009")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "resting"}), self.ask(self.one))
        self.operator(self.one, None)
        time.sleep(1)
        self.assertEqual(self.always(self.one), (True, "2009"))
        audit = self.daemon.get("/v1/audit")[2]["items"]
        self.assertIn("user_changed", [entry["what"] for entry in audit])

    def test_switching_it_off_during_a_claim(self):
        self.meeting(self.one, True)
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"smartbusy": "in_force"}))
        self.user_sets(self.one, False, "2009")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"smartbusy": "resting"}), self.ask(self.one))
        self.meeting(self.one, False)
        time.sleep(1)
        self.assertEqual(self.always(self.one), (False, "2009"))
        self.meeting(self.one, True)  # the next one counts again
        self.assertTrue(self.goes_to(self.one, "2003"))

    def test_a_change_while_the_daemon_is_down(self):
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.daemon.kill()
        self.user_sets(self.one, True, "2009")
        self.restart()
        self.assertTrue(within(10, lambda: self.claims(self.one) == {"operator": "resting"}), self.ask(self.one))
        self.operator(self.one, None)
        time.sleep(1)
        self.assertEqual(self.always(self.one), (True, "2009"))


class Killed(House):
    def test_before_the_write(self):
        self.sim.command("fault", kind="unavailable", on="service_change", forever=True)
        self.operator(self.one, "2011", until=later(4))
        self.assertTrue(within(5, lambda: self.ask(self.one)["lines"][0]["trouble"]), self.ask(self.one))
        self.daemon.kill()
        self.sim.command("faults/clear")
        self.assertEqual(self.always(self.one), (False, ""))
        self.restart()
        self.assertTrue(self.goes_to(self.one, "2011"))  # it still was to be
        self.assertTrue(self.is_as_before(self.one))

    def test_after_the_write_and_before_its_answer(self):
        self.user_sets(self.one, False, "2007")
        self.sim.command("fault", kind="slow", on="service_change", ms=20000)
        self.operator(self.one, "2011", until=later(3))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.daemon.kill()
        time.sleep(3)  # the end of the claim passes while nobody looks
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.restart()
        self.assertTrue(self.is_as_before(self.one, "2007"), self.ask(self.one))

    def test_during_a_claim(self):
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.daemon.kill()
        self.restart()
        self.assertTrue(within(10, lambda: self.claims(self.one) == {"operator": "in_force"}), self.ask(self.one))
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.operator(self.one, None)
        self.assertTrue(self.is_as_before(self.one))

    def test_during_a_meeting_that_ends_meanwhile(self):
        self.daemon.config.write_text(self.daemon.text.replace('settle = "100ms"', 'settle = "100ms"\nhold_on_stale = "2s"'))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.meeting(self.one, True)
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"smartbusy": "in_force"}))
        self.daemon.kill()
        self.restart()
        self.assertEqual(self.always(self.one), (True, "2003"))  # held: its source may come back
        self.assertTrue(self.is_as_before(self.one))

    def test_before_the_restore(self):
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.sim.command("fault", kind="unavailable", on="service_change", forever=True)
        self.operator(self.one, None)
        self.assertTrue(within(5, lambda: self.ask(self.one)["lines"][0]["trouble"]), self.ask(self.one))
        self.daemon.kill()
        self.sim.command("faults/clear")
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.restart()
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))


class Away(House):
    def test_at_the_start_of_a_claim(self):
        self.sim.command("away", seconds=4)
        self.operator(self.one, "2011")
        time.sleep(1)
        self.assertEqual(self.always(self.one), (False, ""))
        self.assertTrue(self.goes_to(self.one, "2011", 30), self.ask(self.one))

    def test_at_the_end_of_a_claim(self):
        self.operator(self.one, "2011", until=later(4))
        self.assertTrue(within(3, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.sim.command("away", seconds=6)
        time.sleep(5)
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.assertIn("degraded", [adapter["state"] for adapter in self.daemon.get("/v1/status")[2]["adapters"]
                                   if adapter["name"] == "forwarding"])
        self.assertTrue(self.is_as_before(self.one, seconds=40), self.ask(self.one))

    def test_broken_answers_are_tried_again(self):
        for kind in ("html", "truncated", "reset", "close"):
            with self.subTest(kind):
                self.sim.command("fault", kind=kind, on="service_change", count=1)
                self.operator(self.one, "2011")
                self.assertTrue(self.goes_to(self.one, "2011", 20), self.ask(self.one))
                self.sim.command("fault", kind=kind, on="services", count=1)
                self.operator(self.one, None)
                self.assertTrue(self.is_as_before(self.one, seconds=20), self.ask(self.one))

    def test_a_refused_number_is_shown(self):
        self.sim.command("fault", kind="forbidden", on="service_change", forever=True)
        self.operator(self.one, "2011")
        self.assertTrue(within(10, lambda: self.ask(self.one)["lines"][0]["trouble"]), self.ask(self.one))
        self.assertEqual(self.claims(self.one), {"operator": "waiting"})


class Stopped(House):
    def test_what_is_diverted_is_given_back_and_taken_up_again(self):
        self.user_sets(self.one, False, "2007")
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.assertEqual(self.daemon.stop(14), 0)
        self.assertEqual(self.always(self.one), (False, "2007"))
        self.restart()
        self.assertTrue(self.goes_to(self.one, "2011"), self.ask(self.one))

    def test_a_second_daemon_on_the_same_state_is_refused(self):
        self.operator(self.one, "2011")
        self.assertTrue(self.goes_to(self.one, "2011"))
        second = self.daemon.lamplighter("run", "--config", self.daemon.config, timeout=20)
        self.assertEqual(second.returncode, 1, second.stderr)
        self.assertIn("another lamplighter", second.stderr)
        self.assertEqual(self.always(self.one), (True, "2011"))

    def test_a_line_that_is_nobodys_any_more(self):
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        file = self.daemon.folder / "people.csv"
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if not row.startswith(self.one + ",")))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(self.is_as_before(self.one))


class Held(House):
    """The daemon starts and does not know yet what numbers mean: nothing is written, and it may be stopped meanwhile."""

    def setUp(self):
        super().setUp()
        self.user_sets(self.one, False, "2007")
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.daemon.kill()
        self.sim.command("fault", kind="slow", on="directory", ms=60000, forever=True)
        self.daemon.start()

    def test_stopped_while_it_waits(self):
        self.assertEqual(self.daemon.stop(14), 0)
        self.assertEqual(self.always(self.one), (False, "2007"))
        self.sim.command("faults/clear")
        self.restart()
        self.assertTrue(self.goes_to(self.one, "2011"), self.ask(self.one))
        self.operator(self.one, None)
        self.assertTrue(self.is_as_before(self.one, "2007"))

    def test_withdrawn_while_it_waits(self):
        self.assertTrue(within(5, lambda: self.operator(self.one, None)[0] == 200))
        self.assertTrue(self.is_as_before(self.one, "2007", seconds=20), self.ask(self.one))


class Rosters(House):
    """Who has which line changes while somebody is in a meeting."""

    def write_people(self, change):
        rewrite_people(self.daemon.folder / "people.csv", change)

    def change_people(self, change):
        self.write_people(change)
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)

    def exchange(self, row):
        swapped = {self.one: self.other, self.other: self.one}
        return {**row, "lines": swapped.get(row["lines"], row["lines"])}

    def test_the_line_becomes_a_colleagues(self):
        self.meeting(self.one, True)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.change_people(self.exchange)
        self.assertTrue(self.is_as_before(self.one), self.ask(self.other))
        self.assertTrue(self.goes_to(self.other, "2003"), self.ask(self.one))  # that is where the person is now
        self.meeting(self.one, False)
        self.assertTrue(self.is_as_before(self.other))

    def test_the_line_becomes_a_colleagues_and_the_number_changes(self):
        self.meeting(self.one, True)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.daemon.config.write_text(self.daemon.text.replace('"2003"', '"2005"'))
        self.change_people(self.exchange)
        self.assertTrue(self.goes_to(self.other, "2005"), self.ask(self.one))
        self.meeting(self.one, False)
        self.assertTrue(self.is_as_before(self.other))
        self.assertTrue(self.is_as_before(self.one), self.ask(self.other))

    def test_the_line_became_a_colleagues_while_the_daemon_was_down(self):
        self.meeting(self.one, True)
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"smartbusy": "in_force"}))
        self.daemon.kill()
        self.write_people(self.exchange)
        self.restart()
        self.assertTrue(self.is_as_before(self.one), self.ask(self.other))
        self.assertTrue(self.goes_to(self.other, "2003"), self.ask(self.one))

    def test_a_line_of_two_who_are_both_in_meetings(self):
        self.change_people(lambda row: {**row, "lines": f"{row['lines']} {self.one}"} if row["id"] == self.other else row)
        self.meeting(self.one, True)
        self.meeting(self.other, True)
        self.assertTrue(self.goes_to(self.other, "2003"))
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.meeting(self.one, False)
        time.sleep(0.5)
        self.assertEqual(self.always(self.one), (True, "2003"))
        self.change_people(lambda row: {**row, "lines": self.other} if row["id"] == self.other else row)
        self.assertTrue(self.is_as_before(self.one), self.ask(self.one))
        self.assertEqual(self.always(self.other), (True, "2003"))
        self.meeting(self.other, False)
        self.assertTrue(self.is_as_before(self.other))

    def test_somebody_left_while_the_daemon_was_down_and_the_directory_may_not_be_read(self):
        self.meeting(self.one, True)
        self.operator(self.other, "2011")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"smartbusy": "in_force"}))
        self.assertTrue(within(5, lambda: self.claims(self.other) == {"operator": "in_force"}))
        self.daemon.kill()
        self.sim.command("fault", kind="forbidden", on="directory", forever=True)
        file = self.daemon.folder / "people.csv"
        rows = file.read_text().splitlines(keepends=True)
        file.write_text("".join(row for row in rows if not row.startswith((self.one + ",", self.other + ","))))
        self.daemon.start()
        self.assertTrue(self.is_as_before(self.one, seconds=20), self.always(self.one))
        self.assertTrue(self.is_as_before(self.other, seconds=20), self.always(self.other))

    def test_a_line_more(self):
        self.meeting(self.one, True)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.change_people(lambda row: {**row, "lines": f"{row['lines']} {self.other}"} if row["id"] == self.one else row)
        self.assertTrue(self.goes_to(self.other, "2003"), self.ask(self.one))
        self.meeting(self.one, False)
        self.assertTrue(self.is_as_before(self.one))
        self.assertTrue(self.is_as_before(self.other))


class Discovered(House):
    """Nobody stands in a file: who there is says the directory, and it may come late."""
    people_file = False
    broadworks = 'target = "enterprise"\ndirectory_user = "{user}"'

    def test_the_directory_comes_later_than_we_wait(self):
        self.operator(self.one, "2011")
        self.meeting(self.other, True)
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.assertTrue(within(5, lambda: self.claims(self.other) == {"smartbusy": "in_force"}))
        self.user_sets(self.other, False, "2009")
        self.assertTrue(within(5, lambda: self.claims(self.other) == {"smartbusy": "resting"}))
        self.daemon.kill()
        self.sim.command("away", seconds=13)  # we wait for ten
        self.daemon.start()
        self.assertTrue(self.daemon.ready(60), self.daemon.log())
        self.assertTrue(within(10, lambda: self.claims(self.one) == {"operator": "in_force"}), self.ask(self.one))
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.assertEqual(self.claims(self.other), {"smartbusy": "resting"})
        self.assertEqual(self.always(self.other), (False, "2009"))


class TwoPlatforms(House):
    """Their users have the same domain: which of them has a line says the directory alone."""

    def setUp(self):
        self.sim, self.far = Simulator(*self.options), Simulator(*self.options, "--seed", "2")
        self.addCleanup(self.sim.close)
        self.addCleanup(self.far.close)
        here, there = self.sim.command("truth")["users"], self.far.command("truth")["users"]
        self.there = min(user for user in there if user not in here)
        extra = f"""
[[broadworks]]
name = "far"
hosts = {json.dumps(self.far.announced["xsp"])}
username = "{self.far.announced["login"]}"
password = "env:FAR_PASSWORD"
directory_user = "{self.there}"
""" + SMARTBUSY
        self.daemon = Daemon(self.sim, extra=extra, environment={"FAR_PASSWORD": self.far.announced["password"]})
        self.addCleanup(self.daemon.close)
        self.file = self.daemon.folder / "people.csv"
        self.without = self.file.read_text()
        header = self.without.splitlines()[0].split(",")
        row = {"id": self.there, "name": "Far Away", "email": self.there, "lines": self.there}
        self.file.write_text(self.without + ",".join(row.get(column, "") for column in header) + "\n")
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)
        self.assertTrue(within(20, lambda: self.there in self.daemon.presence()), self.daemon.log())

    def test_a_line_whose_platform_is_known_late(self):
        self.daemon.kill()
        self.far.process.send_signal(signal.SIGSTOP)
        self.addCleanup(self.far.process.send_signal, signal.SIGCONT)
        self.daemon.start()
        refused = "a subscription was refused platform=sim"
        self.assertTrue(within(20, lambda: refused in self.daemon.log()), self.daemon.log())
        self.operator(self.there, "2011")
        self.far.process.send_signal(signal.SIGCONT)
        self.assertTrue(self.goes_there((True, "2011")), self.daemon.get("/v1/forwarding")[2])
        self.assertTrue(within(20, lambda: self.daemon.presence()[self.there]["line"]["state"] == "idle"), self.daemon.presence()[self.there])
        self.far.command("call", **{"from": self.there, "to": "2001"})
        self.assertTrue(within(10, lambda: self.daemon.presence()[self.there]["line"]["state"] == "active"), self.daemon.presence()[self.there])

    def goes_there(self, wanted):
        def shown():
            said = self.far.command("truth")["users"][self.there]
            return said["forwarding_always"], said["forward_to"] or ""
        return within(20, lambda: shown() == wanted)

    def test_a_line_that_was_taken_out_while_the_daemon_was_down(self):
        self.operator(self.there, "2011")
        self.assertTrue(self.goes_there((True, "2011")), self.daemon.log())
        self.daemon.kill()
        self.file.write_text(self.without)
        self.restart()
        self.assertTrue(self.goes_there((False, "")), self.daemon.get("/v1/status")[2]["adapters"])


class Crowd(House):
    options = ("--people", "1000", "--second-lines", "10000")

    def test_the_full_hour(self):
        """A thousand lines change at the same moment: paced, and all within 30 s."""
        people = self.people
        begins = later(8)
        for person in people:
            status, _, body = self.operator(person, "+31201999999", **{"from": begins})
            self.assertEqual(status, 200, body)
        while later(0) < begins:
            time.sleep(0.1)
        begun = time.monotonic()

        def diverted():
            users = self.sim.command("truth")["users"]
            return sum(1 for person in people if users.get(person, {}).get("forwarding_always"))

        wanted = diverted_max = len([person for person in people if person in self.sim.command("truth")["users"]])
        self.assertTrue(within(60, lambda: diverted() >= wanted), (diverted(), diverted_max))
        self.assertLessEqual(time.monotonic() - begun, 30)


if __name__ == "__main__":
    unittest.main()
