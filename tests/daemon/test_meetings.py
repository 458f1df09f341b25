"""Meetings of Zoom and of others as users meet them: the daemon as a process, the fake Zoom behind it, its web hooks and REST."""
import json
import shutil
import subprocess
import unittest

from office import Daemon, Simulator, within


def zoom_section(sim, hooks=True, rest=True, **more):
    """What [zoom] says for this simulator."""
    told = sim.announced
    keys = {"api_url": told["zoom"] + "/v2", "login_url": told["zoom"], "account_id": told["zoom_account_id"],
            "poll": "10s", "poll_others": "10s", "requests_per_second": 1000}
    if hooks:
        keys["webhook_secret"] = "env:SIM_ZOOM_HOOK"
    if rest:
        keys |= {"client_id": told["zoom_client_id"], "client_secret": "env:SIM_ZOOM_SECRET"}
    keys |= more
    return "[zoom]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def environment(sim):
    return {"SIM_ZOOM_SECRET": sim.announced["zoom_client_secret"], "SIM_ZOOM_HOOK": sim.announced["zoom_webhook_secret"]}


class House(unittest.TestCase):
    hooks = rest = True
    extra = """
[presence]
meetings = ["zoom", "other"]
[smartbusy]
sources = ["zoom", "other"]
forward_to = "2003"
settle = "100ms"
"""

    def setUp(self):
        self.sim = Simulator("--people", "12", "--second-lines", "1000")
        self.addCleanup(self.sim.close)
        self.sim.command("zoom/settings", per_second=0)
        zoom = zoom_section(self.sim, self.hooks, self.rest) if self.hooks or self.rest else ""
        self.daemon = Daemon(self.sim, extra=self.extra + zoom, environment=environment(self.sim))
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.one, self.other = by_extension[2001], by_extension[2002]
        if self.hooks:
            self.use_endpoint()

    def use_endpoint(self):
        self.sim.command("zoom/endpoint", url=self.daemon.url + "/hooks/zoom")
        self.assertTrue(within(5, lambda: self.sim.command("zoom/state")["endpoint"]["validated"]))

    def is_shown(self, person, status, seconds=10):
        return within(seconds, lambda: self.daemon.presence()[person]["status"] == status)

    def goes_to(self, user, to, seconds=10):
        """Whether the platform ends up forwarding the user's calls there; empty: nowhere."""
        def right():
            said = self.sim.command("truth")["users"][user]
            return (said["forwarding_always"], said["forward_to"] or "") == (bool(to), to) if to else not said["forwarding_always"]
        return within(seconds, right)

    def adapter(self, name="zoom"):
        return next(one for one in self.daemon.get("/v1/status")[2]["adapters"] if one["name"] == name)

    def metrics(self):
        return self.daemon.get("/metrics")[2].decode()


class ZoomBothWays(House):
    def test_a_meeting_reaches_the_lamp_and_the_forwarding_and_leaves_them(self):
        self.sim.command("zoom/meeting", what="join", user=self.one)
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.assertTrue(self.goes_to(self.one, "2003"))
        why = self.daemon.get(f"/v1/presence/{self.one}/why")[2]
        value = next(one["value"] for one in why["inputs"] if one["source"] == "zoom")
        self.assertTrue(value.startswith("in a meeting: In_Meeting"), value)
        self.assertEqual(self.daemon.presence()[self.other]["status"], "available")
        self.sim.command("zoom/meeting", what="leave", user=self.one)
        self.assertTrue(self.is_shown(self.one, "available"))
        self.assertTrue(self.goes_to(self.one, ""))

    def test_late_and_forged_events_move_nothing(self):
        self.sim.command("zoom/hook_fault", kind="hold")
        self.sim.command("zoom/presence", user=self.one, status="Available")
        self.sim.command("zoom/meeting", what="join", user=self.one)
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.sim.command("zoom/release")
        self.assertTrue(within(5, lambda: 'lamplighter_zoom_events_total{outcome="old"} 1' in self.metrics()))
        for kind in ("tampered", "foreign", "bare", "stale"):
            self.sim.command("zoom/hook_fault", kind=kind)
            self.sim.command("zoom/presence", user=self.one, status="In_Meeting")
        self.assertTrue(within(5, lambda: self.sim.command("zoom/state")["endpoint"]["refused"] == 4), self.sim.command("zoom/state"))
        refused = "lamplighter_zoom_deliveries_refused_total"
        for why, count in (("wrong", 2), ("missing", 1), ("stale", 1)):
            self.assertTrue(within(5, lambda why=why, count=count: f'{refused}{{why="{why}"}} {count}\n' in self.metrics()), self.metrics())
        self.assertEqual(self.daemon.presence()[self.one]["status"], "in_meeting")
        status, _, problem = self.daemon.post("/hooks/zoom", {"event": "user.presence_status_updated"})
        self.assertEqual((status, problem["status"]), (401, 401))

    def test_a_meeting_outlives_the_daemon(self):
        self.sim.command("zoom/meeting", what="join", user=self.one)
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.daemon.kill()
        self.daemon.start()
        self.assertTrue(self.is_shown(self.one, "in_meeting"))  # read, not told
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.use_endpoint()
        self.sim.command("zoom/meeting", what="leave", user=self.one)
        self.assertTrue(self.is_shown(self.one, "available"))
        self.assertTrue(self.goes_to(self.one, ""))

    def test_status_metrics_doctor(self):
        self.assertTrue(within(10, lambda: self.adapter()["state"] == "up"), self.adapter())
        self.assertIsNotNone(self.adapter()["last_success"])
        text = self.metrics()
        self.assertIn('lamplighter_zoom_people{account="matched"} 12', text)
        if shutil.which("promtool"):
            outcome = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True)
            self.assertEqual(outcome.stdout + outcome.stderr, b"")
        asked = self.daemon.lamplighter("doctor", "--config", self.daemon.config)
        self.assertIn("Zoom presence", asked.stdout, asked.stdout + asked.stderr)

    def test_nobody_writes_names_of_people_into_the_log(self):
        self.sim.command("zoom/meeting", what="join", user=self.one)
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.assertNotIn(self.one, self.daemon.log())
        for secret in environment(self.sim).values():
            self.assertNotIn(secret, self.daemon.log())


class ZoomReadOnly(House):
    hooks = False

    def test_everybody_is_read(self):
        self.assertEqual(self.daemon.post("/hooks/zoom", {})[0], 404)
        self.sim.command("zoom/presence", user=self.one, status="Presenting")
        self.assertTrue(self.is_shown(self.one, "in_meeting", 15))
        self.sim.command("zoom/presence", user=self.one, status="Do_Not_Disturb")
        self.assertTrue(self.is_shown(self.one, "available", 15))


class ZoomHooksOnly(House):
    rest = False

    def test_events_alone_do(self):
        self.sim.command("zoom/meeting", what="join", user=self.one, presence=False, device="desk")
        self.sim.command("zoom/meeting", what="join", user=self.one, presence=False, device="mobile")
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.sim.command("zoom/meeting", what="leave", user=self.one, presence=False, device="desk")
        self.sim.command("zoom/meeting", what="join", user=self.other)
        self.assertTrue(self.is_shown(self.other, "in_meeting"))  # so the leaving has come
        self.assertEqual(self.daemon.presence()[self.one]["status"], "in_meeting")
        self.sim.command("zoom/meeting", what="end")
        self.assertTrue(self.is_shown(self.one, "available"))
        self.assertEqual(self.adapter()["state"], "up")


class Others(House):
    hooks = rest = False
    extra = House.extra + """
[[token]]
name = "room"
secret = "room-secret"
role = "operator"
[[token]]
name = "wall"
secret = "wall-secret"
role = "viewer"
"""

    def test_whoever_may_tells_of_meetings(self):
        def tell(body, token="room-secret"):
            return self.daemon.post("/hooks/meeting", body, token)[0]
        self.assertEqual(tell({"person": self.one, "meeting": True}), 202)
        self.assertTrue(self.is_shown(self.one, "in_meeting"))
        self.assertTrue(self.goes_to(self.one, "2003"))
        self.assertEqual(tell([{"person": self.one, "meeting": False}, {"person": self.other, "meeting": True, "expires_in": 1}]), 202)
        self.assertTrue(self.is_shown(self.one, "available"))
        self.assertTrue(self.goes_to(self.one, ""))
        self.assertTrue(self.is_shown(self.other, "available"))  # it has expired
        self.assertEqual(tell({"person": self.one, "meeting": True}, "wall-secret"), 403)
        self.assertEqual(tell({"person": "nobody", "meeting": True}), 404)
        self.assertEqual(tell({"person": self.one, "meeting": 1}), 400)


if __name__ == "__main__":
    unittest.main()
