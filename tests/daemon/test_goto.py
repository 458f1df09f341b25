"""GoToMeeting as users meet it: the daemon as a process, the fake GoTo behind it, logins that are good for one use."""
import json
import unittest

from office import Daemon, Simulator, rewrite_people, within

EXTRA = """
[presence]
meetings = ["goto"]
[smartbusy]
sources = ["goto"]
forward_to = "2003"
settle = "100ms"
"""


def goto_section(sim, **more):
    """What [goto] says for this simulator."""
    keys = {"client_id": sim.announced["goto_client_id"], "client_secret": "env:SIM_GOTO_SECRET",
            "refresh_token": "env:SIM_GOTO_REFRESH", "api_url": sim.announced["goto"] + "/G2M/rest",
            "login_url": sim.announced["goto"], "poll": "1s", **more}
    return "[goto]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def environment(sim):
    return {"SIM_GOTO_SECRET": sim.announced["goto_client_secret"], "SIM_GOTO_REFRESH": sim.announced["goto_refresh_token"]}


class Meetings(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", "12", "--second-lines", "1000")
        self.addCleanup(self.sim.close)
        rewrite_people(self.sim.people_csv, lambda row: {**row, "goto": row["email"]})  # everybody is an organiser
        self.daemon = Daemon(self.sim, extra=EXTRA + goto_section(self.sim), environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.one, self.other = by_extension[2001], by_extension[2002]

    def meeting(self, what, user=None):
        self.sim.command("goto/meeting", user=user or self.one, what=what)

    def is_shown(self, person, status):
        return within(15, lambda: self.daemon.presence()[person]["status"] == status)

    def goes_to(self, user, to):
        """Whether the platform ends up forwarding the user's calls there; empty: nowhere."""
        def right():
            said = self.sim.command("truth")["users"][user]
            return said["forwarding_always"] == bool(to) and (not to or said["forward_to"] == to)
        return within(15, right)

    def adapter(self):
        return next(one for one in self.daemon.get("/v1/status")[2]["adapters"] if one["name"] == "goto")

    def test_a_meeting_reaches_the_lamp_and_the_forwarding_and_leaves_them(self):
        self.meeting("start")
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.assertTrue(self.goes_to(self.one, "2003"))
        why = self.daemon.get(f"/v1/presence/{self.one}/why")[2]
        self.assertIn("running", next(one["value"] for one in why["inputs"] if one["source"] == "goto"))
        self.assertEqual(self.daemon.presence()[self.other]["status"], "available")
        self.meeting("stop")
        self.assertTrue(self.is_shown(self.one, "available"))
        self.assertTrue(self.goes_to(self.one, ""))
        self.assertEqual(self.adapter()["state"], "up")
        self.assertNotIn(self.one, self.daemon.log())
        for secret in environment(self.sim).values():
            self.assertNotIn(secret, self.daemon.log())

    def test_a_meeting_outlives_the_daemon_and_so_does_the_login(self):
        self.meeting("start")
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.daemon.kill()  # the configured refresh token is worthless by now
        self.daemon.start()
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.meeting("stop")
        self.assertTrue(self.goes_to(self.one, ""))
        self.assertEqual(self.sim.command("goto/state")["tokens_refused"], 0)

    def test_who_is_no_administrator_any_more(self):
        owner = self.sim.announced["goto_owner"]
        self.sim.command("goto/organiser", user=owner, admin=False)
        self.assertTrue(within(15, lambda: self.adapter()["state"] == "degraded"), self.adapter())
        problems = self.daemon.get("/v1/status")[2]["problems"]
        self.assertTrue(any("not an administrator's" in text for text in problems), problems)
        self.meeting("start", owner)
        self.assertTrue(self.is_shown(owner, "in_meeting"))
        self.meeting("start")
        self.meeting("stop", owner)
        self.assertTrue(self.is_shown(owner, "available"))
        self.assertEqual(self.daemon.presence()[self.one]["status"], "available")

    def test_doctor_leaves_the_login_alone(self):
        asked = self.daemon.lamplighter("doctor", "--config", self.daemon.config)
        self.assertIn("goto: meetings: the service is there", asked.stdout, asked.stdout + asked.stderr)
        self.assertEqual(self.sim.command("goto/state")["requests"]["token"], 1)


if __name__ == "__main__":
    unittest.main()
