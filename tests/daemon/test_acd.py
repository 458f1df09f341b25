"""Agents of call centres: what is told of them, and agents that go with Teams meetings, seen from the platform."""
import csv
import json
import unittest

from office import Daemon, Simulator, within
from test_teams import environment, teams_section

FOLLOW = """
[acd]
follow_presence = true
unavailable_code = "1007"
settle = "100ms"
"""


class House(unittest.TestCase):
    extra = broadworks = ""

    def setUp(self):
        self.sim = Simulator("--people", "40")
        self.addCleanup(self.sim.close)
        agents = sorted(user for user, said in self.sim.command("truth")["users"].items() if "agent" in said)
        self.one, self.other = agents[:2]
        self.share()
        self.daemon = Daemon(self.sim, extra=self.extra + teams_section(self.sim), broadworks=self.broadworks,
                             environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())

    def share(self):
        """Before the daemon reads who there is."""

    def agent(self, user, state, code=""):
        self.sim.command("agent", user=user, state=state, code=code)

    def platform(self, user):
        return self.sim.command("truth")["users"][user]["agent"]

    def agents(self):
        status, _, page = self.daemon.get("/v1/acd/agents?limit=1000")
        self.assertEqual(status, 200, page)
        return {one["person"]: one for one in page["items"]}

    def shown(self, user, **what):
        """Whether the agent is shown with these members, within some seconds."""
        return within(10, lambda: what.items() <= self.agents().get(user, {}).items())

    def is_on(self, user, state):
        return within(15, lambda: self.platform(user) == state)

    def meeting(self, user, going_on):
        words = {"availability": "DoNotDisturb", "activity": "Presenting"} if going_on else {"availability": "Available", "activity": "Available"}
        self.sim.command("graph/presence", user=user, **words)
        self.assertTrue(within(10, lambda: self.daemon.presence()[user]["teams"]["activity"] == words["activity"]))


class Told(House):
    def test_agents_and_queues_and_events(self):
        events = self.daemon.events("?types=acd")
        self.addCleanup(events.close)
        self.agent(self.one, "Sign-In")
        self.agent(self.other, "Unavailable", "12")
        self.assertTrue(self.shown(self.one, state="available", code=None, conflict=False, followed=False), self.agents())
        self.assertTrue(self.shown(self.other, state="unavailable", code="12"), self.agents())
        self.assertTrue(within(10, lambda: self.agents()[self.one]["queues"]))
        queue = self.agents()[self.one]["queues"][0]
        self.assertTrue(queue["joined"])
        heard = {}
        while (heard.get(self.one), heard.get(self.other)) != ("available", "unavailable"):
            kind, data, _ = events.next()
            self.assertEqual(kind, "acd")
            heard[data["person"]] = data["state"]
        status, _, page = self.daemon.get("/v1/acd")
        self.assertEqual(status, 200)
        row = next(one for one in page["items"] if one["id"] == queue["id"])
        self.assertEqual(row["available"], 1)
        self.assertEqual({one["person"]: one["state"] for one in row["agents"]}[self.other], "unavailable")

        self.meeting(self.one, True)
        self.assertEqual(self.daemon.get(f"/v1/presence/{self.one}/why")[2]["busy_on_busy_code"], "teams_diverts_not")
        self.assertTrue(self.shown(self.one, conflict=True), self.agents())
        self.assertEqual(self.platform(self.one), "Available")  # nobody wants it to follow

        listed = self.daemon.lamplighter("acd", "--url", self.daemon.url, "--format", "json", "--queue", queue["id"])
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertEqual({one["person"]: one["state"] for one in json.loads(listed.stdout)}[self.one], "available")

    def test_pages_and_mistakes(self):
        self.assertTrue(within(10, lambda: len(self.agents()) > 1))
        first = self.daemon.get("/v1/acd/agents?limit=1")[2]
        second = self.daemon.get("/v1/acd/agents?limit=1&cursor=" + first["next"])[2]
        self.assertNotEqual(first["items"][0]["person"], second["items"][0]["person"])
        self.assertEqual(self.daemon.get("/v1/acd/agents?limit=0")[0], 400)
        self.assertEqual(self.daemon.get("/v1/acd?queue=x")[0], 400)
        self.assertEqual(self.daemon.get("/v1/acd", method="DELETE")[0], 405)


class Waiting(House):
    """Calls that wait in the queue, as the platform's events tell of them."""

    def setUp(self):
        super().setUp()
        for user, said in self.sim.command("truth")["users"].items():
            if "agent" in said:
                self.agent(user, "Sign-Out")

    def queue(self):
        return next((row for row in self.daemon.get("/v1/acd")[2]["items"] if row["id"].startswith("support.queue")), {})

    def waiting(self, count):
        return within(10, lambda: self.queue().get("waiting", "no queue") == count)

    def test_calls_come_and_are_answered_and_are_given_up(self):
        self.assertTrue(self.waiting(0), self.queue())
        self.assertIsNone(self.queue()["longest_wait_s"])
        for number in ("+31612345001", "+31612345002"):
            self.sim.command("incoming", to="1900", number=number)
        self.assertTrue(self.waiting(2), self.queue())
        self.assertLess(self.queue()["longest_wait_s"], 60)
        self.assertTrue(within(10, lambda: self.queue()["longest_wait_s"] > 0.5))
        self.agent(self.one, "Sign-In")
        self.assertTrue(within(10, lambda: self.sim.command("truth")["users"][self.one]["calls"]))
        self.assertTrue(self.waiting(2), self.queue())  # it rings at the agent, and waits
        self.sim.command("answer", user=self.one)
        self.assertTrue(self.waiting(1), self.queue())
        self.sim.command("kill_channel")
        self.assertTrue(self.waiting(1), self.queue())


class WaitingOfAll(Waiting):
    """Everybody by one subscription, the queue by its own: only that begins with what waits there."""
    broadworks = 'target = "enterprise"'


class NoSupervisor(Waiting):
    def share(self):
        self.sim.command("settings", supervisor=False)

    def test_calls_come_and_are_answered_and_are_given_up(self):
        self.assertTrue(within(10, lambda: self.queue()))
        self.sim.command("incoming", to="1900", number="+31612345001")
        self.assertTrue(within(10, lambda: "Not a supervisor" in self.daemon.log()))
        self.assertEqual((self.queue()["waiting"], self.queue()["longest_wait_s"]), (None, None))
        status = self.daemon.get("/v1/status")[2]
        self.assertEqual((status["subscriptions"]["refused"], status["problems"]), (0, []))


class HuntGroups(House):
    def group(self):
        status, _, page = self.daemon.get("/v1/acd/hunt-groups")
        self.assertEqual(status, 200, page)
        return next(iter(page["items"]), {"id": None, "members": []})

    def busy(self):
        return sum(one["busy"] for one in self.group()["members"])

    def test_members_as_far_as_calls_told(self):
        self.assertEqual(self.daemon.get("/v1/acd/hunt-groups")[2], {"items": [], "next": None})
        self.sim.command("incoming", to="1901", number="+31612345001")
        self.assertTrue(within(10, lambda: self.busy() > 1), self.group())
        self.assertTrue(self.group()["id"].startswith("sales.hunt@"))
        members = {one["person"] for one in self.group()["members"]}
        first = sorted(members)[0]
        self.sim.command("answer", user=first)
        self.assertTrue(within(10, lambda: self.busy() == 1), self.group())
        self.sim.command("hangup", user=first)
        self.assertTrue(within(10, lambda: self.busy() == 0), self.group())
        self.assertEqual({one["person"] for one in self.group()["members"]}, members)
        self.assertEqual(self.daemon.get("/v1/acd/hunt-groups?limit=0")[0], 400)


class Lamp(House):
    """[presence] follow_acd: the agent's break is seen in the lamp, and nowhere else."""
    extra = FOLLOW + "\n[presence]\nfollow_acd = true\n"

    def lamp(self, user):
        person = self.daemon.presence()[user]
        return person["status"], person["rule"]

    def shows(self, user, *lamp):
        return within(10, lambda: self.lamp(user) == lamp)

    def test_breaks_are_seen_and_go_no_further(self):
        self.sim.command("graph/presence", user=self.one, availability="Available", activity="Available")
        self.agent(self.one, "Sign-In")
        self.assertTrue(self.shows(self.one, "available", 11), self.lamp(self.one))
        self.agent(self.one, "Unavailable", "12")
        self.assertTrue(self.shows(self.one, "away", 15), self.lamp(self.one))
        self.agent(self.one, "Wrap-Up")
        self.assertTrue(self.shows(self.one, "busy", 14), self.lamp(self.one))
        self.assertNotIn(self.one, self.sim.command("graph/state", detail=False)["sessions"])
        self.agent(self.one, "Available")
        self.assertTrue(self.shows(self.one, "available", 11), self.lamp(self.one))
        self.meeting(self.one, True)  # the agent follows; the lamp shows the meeting, which is more urgent
        self.assertTrue(self.shown(self.one, state="unavailable", followed=True), self.agents())
        self.assertEqual(self.lamp(self.one)[0], "do_not_disturb")
        self.meeting(self.one, False)
        self.assertTrue(self.is_on(self.one, "Available"), self.agents())
        self.assertTrue(self.shows(self.one, "available", 11), self.lamp(self.one))

    def test_rules_of_ones_own_write_it_themselves(self):
        self.daemon.config.write_text(self.daemon.text.replace("follow_acd = true", 'follow_acd = true\nrules = ["away when agent is unavailable"]'))
        answer = self.daemon.lamplighter("check", "--config", str(self.daemon.config))
        self.assertNotEqual(answer.returncode, 0)
        self.assertIn("busy when agent is wrap_up", answer.stdout + answer.stderr)


class Shared(House):
    def share(self):
        with open(self.sim.people_csv, newline="") as file:
            rows = list(csv.DictReader(file))
        next(row for row in rows if row["id"] == self.other)["lines"] += " " + self.one
        with open(self.sim.people_csv, "w", newline="") as file:
            table = csv.DictWriter(file, rows[0])
            table.writeheader()
            table.writerows(rows)

    def test_each_of_a_lines_people_is_told_of(self):
        events = self.daemon.events("?types=acd")
        self.addCleanup(events.close)
        self.agent(self.one, "Sign-In")
        self.assertTrue(self.shown(self.one, state="available"), self.agents())
        for person in (self.one, self.other):
            self.meeting(person, True)
            told = {}
            while (told.get("person"), told.get("line"), told.get("conflict")) != (person, self.one, True):
                told = events.next()[1]
            self.meeting(person, False)


class Follows(House):
    extra = FOLLOW

    def test_there_and_back_and_only_who_was_free(self):
        self.agent(self.one, "Sign-In")
        self.agent(self.other, "Unavailable", "12")
        self.assertTrue(self.shown(self.one, state="available") and self.shown(self.other, state="unavailable"))
        for user in (self.one, self.other):
            self.meeting(user, True)
        self.assertTrue(self.is_on(self.one, "Unavailable"), self.agents())
        self.assertTrue(self.shown(self.one, state="unavailable", code="1007", followed=True), self.agents())
        for user in (self.one, self.other):
            self.meeting(user, False)
        self.assertTrue(self.is_on(self.one, "Available"), self.agents())
        self.assertTrue(self.shown(self.one, state="available", followed=False))
        self.assertTrue(self.shown(self.other, state="unavailable", code="12", followed=False))
        self.assertEqual(self.platform(self.other), "Unavailable")

    def test_the_user_wins(self):
        self.agent(self.one, "Sign-In")
        self.assertTrue(self.shown(self.one, state="available"))
        self.meeting(self.one, True)
        self.assertTrue(self.shown(self.one, followed=True), self.agents())
        self.agent(self.one, "Available")
        self.assertTrue(self.shown(self.one, state="available", followed=False), self.agents())
        self.meeting(self.one, False)
        self.meeting(self.one, True)  # the next one counts again
        self.assertTrue(self.is_on(self.one, "Unavailable"), self.agents())

    def test_killed_in_the_meeting(self):
        self.agent(self.one, "Sign-In")
        self.assertTrue(self.shown(self.one, state="available"))
        self.meeting(self.one, True)
        self.assertTrue(self.shown(self.one, followed=True), self.agents())
        self.daemon.kill()
        self.sim.command("graph/presence", user=self.one, availability="Available", activity="Available")
        self.daemon.start()
        self.assertTrue(self.daemon.ready(20), self.daemon.log())
        self.assertTrue(self.is_on(self.one, "Available"), self.daemon.log())


class FollowsMore(House):
    extra = FOLLOW + """follow = ["meeting", "line_do_not_disturb", "away"]
codes = { away = "1008", line_do_not_disturb = "1009" }
"""

    def teams(self, user, availability, activity):
        self.sim.command("graph/presence", user=user, availability=availability, activity=activity)
        self.assertTrue(within(10, lambda: self.daemon.presence()[user]["teams"]["activity"] == activity))

    def test_away_and_the_lines_own_do_not_disturb(self):
        self.agent(self.one, "Sign-In")
        self.assertTrue(self.shown(self.one, state="available"))
        self.teams(self.one, "BeRightBack", "BeRightBack")
        self.assertTrue(self.shown(self.one, state="unavailable", code="1008", followed=True), self.agents())
        self.teams(self.one, "Available", "Available")
        self.assertTrue(self.is_on(self.one, "Available"), self.agents())
        self.sim.command("dnd", user=self.one, active=True)
        self.assertTrue(self.shown(self.one, state="unavailable", code="1009", followed=True), self.agents())
        self.sim.command("dnd", user=self.one, active=False)
        self.assertTrue(self.is_on(self.one, "Available"), self.agents())
        self.teams(self.one, "DoNotDisturb", "DoNotDisturb")  # is not in the list
        self.assertTrue(self.shown(self.one, state="available", conflict=True), self.agents())
        self.assertEqual(self.platform(self.one), "Available")


if __name__ == "__main__":
    unittest.main()
