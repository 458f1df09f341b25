"""What breaks while calls are elsewhere, and users who change their forwarding at the worst moment: whatever happens, the
platform ends up with what the user had, or with what the user has made of it."""
import time
import unittest

from office import within
from test_calendars import Google
from test_diversions import House, later
from test_meetings import House as Zoom


class UserEdits(House):
    """One edit at each step of a write and of a restore. `killed`: the daemon dies right after the edit."""
    killed = False

    def setUp(self):
        super().setUp()
        self.user_sets(self.one, False, "2007")

    def edit(self):
        self.user_sets(self.one, True, "2009")
        if self.killed:
            self.daemon.kill()
            self.sim.command("faults/clear")
            self.restart()

    def in_force(self):
        self.operator(self.one, "2011")
        self.assertTrue(within(10, lambda: self.claims(self.one) == {"operator": "in_force"}), self.ask(self.one))

    def read_slowly(self, begin=lambda: None):
        """Returns while the answer of the next reading is on its way."""
        self.sim.command("log", clear=True)
        self.sim.command("fault", kind="slow", on="services", ms=1500)
        begin()
        self.assertTrue(within(5, lambda: self.sim.command("log", kind="services")["requests"]))

    def users_own_is_left(self):
        if self.claims(self.one):
            self.operator(self.one, None)
        self.assertTrue(within(20, lambda: self.claims(self.one) == {}), self.ask(self.one))
        self.assertTrue(self.goes_to(self.one, "2009", 20), (self.always(self.one), self.ask(self.one)))
        line = self.ask(self.one)["lines"][0]
        self.assertTrue(within(20, lambda: self.ask(self.one)["lines"][0]["baseline"] == {"active": True, "to": "2009"}), line)
        time.sleep(0.5)  # nothing more is written
        self.assertEqual(self.always(self.one), (True, "2009"))

    def test_while_it_is_read_before_the_write(self):
        self.read_slowly(lambda: self.operator(self.one, "2011"))
        self.edit()  # what was read is old
        self.users_own_is_left()

    def test_before_the_write(self):
        self.sim.command("fault", kind="unavailable", on="service_change", forever=True)
        self.operator(self.one, "2011")
        self.assertTrue(within(5, lambda: self.ask(self.one)["lines"][0]["trouble"]), self.ask(self.one))
        self.edit()
        self.sim.command("faults/clear")
        self.assertTrue(within(20, lambda: not self.ask(self.one)["lines"][0]["trouble"]), self.ask(self.one))
        self.users_own_is_left()

    def test_between_the_write_and_its_answer(self):
        self.sim.command("fault", kind="slow", on="service_change", ms=1500)
        self.operator(self.one, "2011")
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.edit()
        self.users_own_is_left()

    def test_between_the_write_and_its_reading_back(self):
        self.sim.command("fault", kind="slow", on="service_change", ms=1000)
        self.operator(self.one, "2011")
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.read_slowly()
        self.edit()  # what will be read back is what we wrote
        self.users_own_is_left()

    def test_while_it_is_in_force(self):
        self.in_force()
        self.edit()
        self.users_own_is_left()

    def test_before_the_restore(self):
        self.in_force()
        self.sim.command("fault", kind="unavailable", on="service_change", forever=True)
        self.operator(self.one, None)
        self.assertTrue(within(5, lambda: self.ask(self.one)["lines"][0]["trouble"]), self.ask(self.one))
        self.edit()
        self.sim.command("faults/clear")
        self.users_own_is_left()

    def test_between_the_restore_and_its_answer(self):
        self.in_force()
        self.sim.command("fault", kind="slow", on="service_change", ms=1500)
        self.operator(self.one, None)
        self.assertTrue(self.is_as_before(self.one, "2007"))
        self.edit()
        self.users_own_is_left()

    def test_between_the_restore_and_its_reading_back(self):
        self.in_force()
        self.sim.command("fault", kind="slow", on="service_change", ms=1000)
        self.operator(self.one, None)
        self.assertTrue(self.is_as_before(self.one, "2007"))
        self.read_slowly()
        self.edit()
        self.users_own_is_left()


class UserEditsKilled(UserEdits):
    killed = True


class UserUnheard(UserEdits):
    """The platform does not tell of the edits: they are seen when the forwarding is read."""

    def edit(self):
        self.sim.command("fault", kind="lose", count=1)
        self.user_sets(self.one, True, "2009")

    # A write that hides a change nobody tells of cannot be known (forwarding/README).
    test_while_it_is_read_before_the_write = None


class Hooks(Zoom):
    """Deliveries that come twice, late, or never."""

    def test_twice(self):
        for what, to in (("join", "2003"), ("leave", "")):
            self.sim.command("zoom/hook_fault", kind="duplicate", count=2)
            self.sim.command("zoom/meeting", what=what, user=self.one)
            self.assertTrue(self.goes_to(self.one, to))
        self.sim.command("zoom/meeting", what="join", user=self.one)  # and the next one counts as ever
        self.assertTrue(self.goes_to(self.one, "2003"))

    def test_the_end_is_lost(self):
        self.sim.command("zoom/presence", user=self.one, status="In_Meeting")
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.sim.command("zoom/hook_fault", kind="lost", forever=True)
        self.sim.command("zoom/presence", user=self.one, status="Available")
        self.assertTrue(self.goes_to(self.one, "", 60))  # it is read
        self.assertGreaterEqual(self.sim.command("zoom/state")["endpoint"]["lost"], 1)

    def test_the_start_is_lost(self):
        self.sim.command("zoom/hook_fault", kind="lost", forever=True)
        self.sim.command("zoom/meeting", what="join", user=self.one)
        self.assertTrue(self.goes_to(self.one, "2003", 40))
        self.sim.command("zoom/faults/clear")
        self.sim.command("zoom/meeting", what="leave", user=self.one)
        self.assertTrue(self.goes_to(self.one, ""))

    def test_the_start_comes_after_the_end(self):
        self.sim.command("zoom/hook_fault", kind="hold", count=2)
        self.sim.command("zoom/meeting", what="join", user=self.one)
        self.sim.command("zoom/meeting", what="leave", user=self.one)
        self.sim.command("zoom/meeting", what="join", user=self.other)
        self.assertTrue(self.goes_to(self.other, "2003"))
        self.sim.command("zoom/release")
        self.sim.command("zoom/meeting", what="leave", user=self.other)
        self.assertTrue(self.goes_to(self.other, ""))
        self.assertTrue(self.goes_to(self.one, ""))

    def test_others_tell_twice_and_late(self):
        def tell(going_on, at):
            status = self.daemon.post("/hooks/meeting", {"person": self.one, "meeting": going_on, "at": later(at)})[0]
            self.assertEqual(status, 202)
        for _ in range(2):
            tell(True, -3)
        self.assertTrue(self.goes_to(self.one, "2003"))
        for _ in range(2):
            tell(False, -1)
        tell(True, -3)  # once more, from before the end
        self.assertTrue(self.goes_to(self.one, ""))
        time.sleep(1)
        self.assertTrue(self.goes_to(self.one, "", 0))


class Provider(Google):
    """The calendar's provider at its worst; appointments end in time all the same."""

    def diverted_until_removed(self, break_it):
        self.user_sets(self.one, False, "2007")
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        break_it()
        self.sim.command("google/remove", calendar="reception@example.net", id=event)
        self.assertTrue(self.is_as_before(self.one, "2007", 30), self.ask(self.one))
        self.add("2012", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2012", 30), self.ask(self.one))

    def test_a_token_of_the_past(self):
        self.diverted_until_removed(lambda: self.sim.command("google/expire_tokens"))

    def test_a_token_that_is_refused(self):
        self.diverted_until_removed(lambda: self.sim.command("google/fault", kind="bad_token", on="events", count=1))

    def test_pages_and_halves_instead_of_answers(self):
        for kind in ("html", "empty", "truncated", "wrong_type", "reset"):
            with self.subTest(kind):
                self.sim.command("google/fault", kind=kind, on="events", count=2)
                event = self.add("2011", -60, 3600)
                self.assertTrue(self.goes_to(self.one, "2011", 30), self.ask(self.one))
                self.sim.command("google/fault", kind=kind, on="events", count=2)
                self.sim.command("google/remove", calendar="reception@example.net", id=event)
                self.assertTrue(self.is_as_before(self.one, seconds=30), self.ask(self.one))

    def test_away_and_the_daemon_dies_and_it_ends_meanwhile(self):
        self.user_sets(self.one, False, "2007")
        self.add("2011", -60, 6)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("google/away", seconds=60)
        self.daemon.kill()
        time.sleep(6)
        self.assertEqual(self.always(self.one), (True, "2011"))
        self.restart()
        self.assertTrue(self.is_as_before(self.one, "2007"), self.ask(self.one))

    def test_the_platform_is_away_at_the_end(self):
        self.user_sets(self.one, False, "2007")
        self.add("2011", -60, 5)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.sim.command("away", seconds=7)
        self.assertTrue(self.is_as_before(self.one, "2007", 40), self.ask(self.one))

    def test_the_platform_is_away_at_the_start(self):
        self.add("2011", 3, 3600)
        self.assertTrue(within(3, lambda: "2011" in self.known()))
        self.sim.command("away", seconds=6)
        self.assertTrue(self.goes_to(self.one, "2011", 40), self.ask(self.one))

    def test_ends_that_cross(self):
        """An appointment, a meeting and an operator, each ending inside the next."""
        self.user_sets(self.one, False, "2007")
        self.add("2011", -60, 6)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.operator(self.one, "2012", until=later(4))
        self.assertTrue(self.goes_to(self.one, "2012"))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertTrue(self.is_as_before(self.one, "2007"), self.ask(self.one))

    def test_the_user_changes_it_during_an_appointment(self):
        event = self.add("2011", -60, 3600)
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"calendar": "in_force"}))
        self.user_sets(self.one, False, "2009")
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"calendar": "resting"}), self.ask(self.one))
        self.daemon.kill()
        self.restart()
        self.sim.command("google/change", calendar="reception@example.net", id=event, description="edited")
        time.sleep(3)  # a few rounds
        self.assertEqual(self.always(self.one), (False, "2009"))
        self.sim.command("google/remove", calendar="reception@example.net", id=event)
        self.assertTrue(within(10, lambda: self.claims(self.one) == {}))
        self.assertEqual(self.always(self.one), (False, "2009"))


if __name__ == "__main__":
    unittest.main()
