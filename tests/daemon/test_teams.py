"""Microsoft Teams as users meet it: the daemon as a process, the fake Graph behind it, kill -9 and a full disk between."""
import json
import os
import pathlib
import shutil
import subprocess
import time
import unittest

from office import Daemon, Simulator, truth_within, within


def teams_section(sim, **more):
    """What [teams] says for this simulator."""
    keys = {"tenant": sim.announced["tenant"], "client_id": sim.announced["client_id"],
            "client_secret": "env:SIM_TEAMS_SECRET", "login_url": sim.announced["graph"],
            "graph_url": sim.announced["graph"], "poll": "1s", **more}
    return "[teams]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())


def environment(sim):
    return {"SIM_TEAMS_SECRET": sim.announced["client_secret"]}


class Pair:
    """A simulator and a daemon with Teams."""

    def __init__(self, *options, extra="", **keys):
        self.sim = Simulator(*options)
        self.daemon = Daemon(self.sim, extra=extra + "\n" + teams_section(self.sim, **keys), environment=environment(self.sim))

    def __enter__(self):
        assert self.daemon.ready(20), str(self.daemon.get("/readyz")) + self.daemon.log()
        return self.sim, self.daemon

    def __exit__(self, *_):
        self.daemon.close()
        self.sim.close()


def sessions(sim):
    return sim.command("graph/state", detail=False)["sessions"]


class BothWays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.pair = Pair("--people", "20")
        cls.sim, cls.daemon = cls.pair.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.pair.__exit__()

    def lamplighter(self, *words):
        return self.daemon.lamplighter(*words)

    def asks(self, *words):
        return self.lamplighter(*words, "--url", self.daemon.url)

    def callers(self):
        """Who is in a call, by the simulator's truth."""
        return {person for person, said in self.sim.command("truth")["people"].items() if said["line"] in ("active", "held")}

    def test_a_call_reaches_teams_and_leaves_it(self):
        self.sim.command("call", **{"from": "2000", "to": "2001"})
        self.sim.command("answer", user="2001")
        truth_within(self.sim, self.daemon, 5)
        callers = self.callers()
        self.assertEqual(len(callers), 2)
        self.assertTrue(within(5, lambda: set(sessions(self.sim)) == callers), sessions(self.sim))
        one = next(iter(callers))
        why = self.daemon.get(f"/v1/presence/{one}/why")[2]
        self.assertIn("teams", [output["adapter"] for output in why["outputs"]])
        self.assertTrue(within(5, lambda: self.daemon.get(f"/v1/presence/{one}/why")[2]["outputs"][0]["result"].startswith("written")))
        self.assertIn("still ring", self.daemon.get(f"/v1/presence/{one}/why")[2]["outputs"][0]["result"])
        self.assertIn("Busy/InACall", self.asks("why", one).stdout)
        self.sim.command("hangup", user="2000")
        self.assertTrue(within(5, lambda: not sessions(self.sim)), sessions(self.sim))

    def test_teams_presence_reaches_the_lamp_and_the_stream(self):
        person = sorted(self.daemon.presence())[3]
        stream = self.daemon.events(f"?types=presence&person={person}")
        self.sim.command("graph/presence", user=person, availability="DoNotDisturb", activity="Presenting")
        kind, shown, _ = stream.next()
        while shown["rule"] != 3:
            kind, shown, _ = stream.next()
        stream.close()
        self.assertEqual(shown["status"], "do_not_disturb")
        self.assertEqual(shown["teams"], {"availability": "DoNotDisturb", "activity": "Presenting", "out_of_office": False,
                                          "stale": False})
        self.assertIn("https://teams.microsoft.com/l/chat/", shown["chat"])

    def test_status_metrics_people(self):
        adapters = self.daemon.get("/v1/status")[2]["adapters"]
        self.assertEqual([(one["name"], one["state"]) for one in adapters], [("teams", "up"), ("history", "up")])
        self.assertIsNotNone(adapters[0]["last_success"])
        self.assertTrue(within(5, lambda: b"lamplighter_teams_rounds_total" in self.daemon.get("/metrics")[2]))
        text = self.daemon.get("/metrics")[2]
        if shutil.which("promtool"):
            outcome = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
            self.assertEqual(outcome.stdout + outcome.stderr, b"")
        self.assertEqual(self.asks("people", "check").returncode, 0)
        json.loads(self.asks("people", "check", "--format", "json").stdout)

    def test_photos(self):
        self.sim.command("graph/settings", photo_every=1)
        person = sorted(self.daemon.presence())[0]
        status, headers, photo = self.daemon.get(f"/v1/users/{person}/photo")
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "image/jpeg")
        self.assertTrue(photo.startswith(b"\xff\xd8\xff"))
        self.assertEqual(self.daemon.get("/v1/users/nobody@example.net/photo")[0], 404)

    def test_doctor_and_teams_check(self):
        for words in (["doctor"], ["teams", "check"], ["teams", "login"]):
            outcome = self.lamplighter(*words, "--config", str(self.daemon.config))
            self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
            self.assertNotIn("FAIL", outcome.stdout)
            self.assertIn("Presence.ReadWrite.All", outcome.stdout)
        manifest = json.loads(self.lamplighter("teams", "manifest", "--config", str(self.daemon.config)).stdout)
        self.assertEqual(manifest["requiredResourceAccess"][0]["resourceAppId"], "00000003-0000-0000-c000-000000000000")

    def test_teams_check_names_what_is_missing(self):
        with_less = Simulator()
        try:
            config = self.daemon.folder / "less.toml"
            text = self.daemon.text.split("[teams]")[0] + teams_section(with_less)
            config.write_text(text)
            with_less.command("graph/permissions", application=["Presence.Read.All"])
            outcome = self.lamplighter("teams", "check", "--config", str(config))
            self.assertEqual(outcome.returncode, 1)
            self.assertIn("Presence.ReadWrite.All", outcome.stdout)
            self.assertIn("User.Read.All", outcome.stdout)
            self.assertIn("/adminconsent?client_id=", outcome.stdout)
            config.write_text(text.replace("env:SIM_TEAMS_SECRET", "env:SIM_PASSWORD"))
            outcome = self.lamplighter("teams", "check", "--config", str(config))
            self.assertEqual(outcome.returncode, 1)
            self.assertIn("client_secret", outcome.stdout)
        finally:
            with_less.close()

    def test_mistakes_in_the_section(self):
        wrong = self.daemon.folder / "wrong.toml"
        wrong.write_text('[teams]\ntenant = "t"\npoll = "1ms"\nsession_lifetime = "1m"\n')
        outcome = self.lamplighter("check", "--config", str(wrong))
        self.assertEqual(outcome.returncode, 78)
        for expected in ("client_id", f"{wrong}:3:", f"{wrong}:4:"):
            self.assertIn(expected, outcome.stdout)
        (self.daemon.folder / "no.pem").write_text("no certificate")
        wrong.write_text('[teams]\ntenant = "common"\nclient_id = "c"\ncertificate = "no.pem"\nprivate_key = "k"\n')
        outcome = self.lamplighter("check", "--config", str(wrong))
        self.assertEqual(outcome.returncode, 78)
        for expected in ("tenant", f"{wrong}:2:", f"{wrong}:4:"):
            self.assertIn(expected, outcome.stdout)
        slow = self.daemon.text.split("[teams]")[0] + "[presence]\nteams_stale_after = \"10s\"\n"
        wrong.write_text(slow + '[teams]\ntenant = "t"\nclient_id = "c"\nclient_secret = "env:SIM_PASSWORD"\npoll = "10s"\n')
        outcome = self.lamplighter("check", "--config", str(wrong))
        self.assertEqual(outcome.returncode, 0, outcome.stdout)
        self.assertIn("teams_stale_after", outcome.stdout)


class Reload(unittest.TestCase):
    """The switches of [teams] are taken by a reload: for somebody, for a folder, for everybody."""

    def test_switches(self):
        with Pair("--people", "20") as (sim, daemon):
            sim.command("call", **{"from": "2000", "to": "2001"})
            sim.command("answer", user="2001")
            self.assertTrue(within(10, lambda: len(sessions(sim)) == 2))
            one, other = sorted(sessions(sim))

            def reload_with(**keys):
                daemon.config.write_text(daemon.text.split("[teams]")[0] + teams_section(sim, **keys))
                status, _, answer = daemon.post("/v1/reload")
                self.assertEqual(status, 200, answer)
                self.assertEqual(answer["needs_restart"], [])

            reload_with(**{"except": [one]})
            self.assertTrue(within(5, lambda: set(sessions(sim)) == {other}), sessions(sim))
            reload_with(except_folders=[daemon.presence()[other]["folder"]])
            self.assertTrue(within(5, lambda: other not in sessions(sim)))
            reload_with(write=False)
            self.assertTrue(within(5, lambda: not sessions(sim)))
            reload_with()
            self.assertTrue(within(5, lambda: set(sessions(sim)) == {one, other}))
            self.assertIsNotNone(daemon.presence()[one]["teams"])
            reload_with(read=False)
            self.assertTrue(within(5, lambda: daemon.presence()[one]["teams"] is None))
            self.assertEqual(len(sessions(sim)), 2)
            reload_with()
            self.assertTrue(within(5, lambda: daemon.presence()[one]["teams"] is not None))


class Killed(unittest.TestCase):
    """kill -9 with people in calls: who hung up meanwhile is not "in a call" any more once the daemon is back."""

    def test_nobody_stays_in_a_call(self):
        with Pair("--people", "20") as (sim, daemon):
            for first, second in (("2000", "2001"), ("2002", "2003")):
                sim.command("call", **{"from": first, "to": second})
                sim.command("answer", user=second)
            self.assertTrue(within(10, lambda: len(sessions(sim)) == 4))
            daemon.kill()
            sim.command("hangup", user="2000")
            self.assertEqual(len(sessions(sim)), 4)
            daemon.start()
            self.assertTrue(within(10, lambda: len(sessions(sim)) == 2), sessions(sim))
            time.sleep(1)
            self.assertEqual(len(sessions(sim)), 2)
            self.assertEqual(daemon.stop(), 0)
            self.assertEqual(len(sessions(sim)), 0, "an orderly stop clears what is there")


class BroadWorksAway(unittest.TestCase):
    """A line that is unknown is not said to be in a call."""

    def test_cleared_when_unknown(self):
        with Pair("--people", "20", extra='[presence]\nline_stale_after = "2s"') as (sim, daemon):
            sim.command("call", **{"from": "2000", "to": "2001"})
            sim.command("answer", user="2001")
            self.assertTrue(within(10, lambda: len(sessions(sim)) == 2))
            sim.command("away", seconds=7)
            self.assertTrue(within(6, lambda: not sessions(sim)), sessions(sim))
            self.assertTrue(within(15, lambda: len(sessions(sim)) == 2), "and again once the line is known")


class FullDisk(unittest.TestCase):
    """With a full disk Teams is written all the same, with sessions as short as Graph allows, and status says so."""

    def test_writes_go_on(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small disk needs root")
        disk = pathlib.Path("/tmp") / f"lamp-disk-{os.getpid()}"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True).returncode != 0:
            disk.rmdir()
            self.skipTest("a tmpfs cannot be mounted here")
        try:
            sim = Simulator("--people", "20")
            daemon = Daemon(sim, extra=teams_section(sim), environment=environment(sim))
            daemon.stop()
            daemon.text = daemon.text.replace('state_dir = "state"', f'state_dir = "{disk}"')
            daemon.config.write_text(daemon.text)
            daemon.start()
            try:
                self.assertTrue(daemon.ready(20), daemon.log())
                with open(disk / "ballast", "wb", buffering=0) as ballast:
                    try:
                        while True:
                            ballast.write(b"x" * 4096)
                    except OSError:
                        pass
                for i in range(0, 16, 2):
                    sim.command("call", **{"from": str(2000 + i), "to": str(2001 + i)})
                    sim.command("answer", user=str(2001 + i))
                self.assertTrue(within(10, lambda: len(sessions(sim)) == 16), sessions(sim))
                self.assertTrue(within(5, lambda: daemon.get("/v1/status")[2]["adapters"][0]["state"] == "degraded"))
                self.assertIn("disk", json.dumps(daemon.get("/v1/status")[2]["problems"]))
                (disk / "ballast").unlink()
                for i in range(0, 16, 2):
                    sim.command("hangup", user=str(2000 + i))
                self.assertTrue(within(10, lambda: not sessions(sim)))
                sim.command("call", **{"from": "2000", "to": "2001"})
                sim.command("answer", user="2001")
                self.assertTrue(within(10, lambda: daemon.get("/v1/status")[2]["adapters"][0]["state"] == "up"))
            finally:
                daemon.close()
                sim.close()
        finally:
            subprocess.run(["umount", disk])
            disk.rmdir()


class LivingOffice(unittest.TestCase):
    """The board of `./lamp run` shows every rule."""

    def test_all_rules(self):
        with Pair("--people", "40", "--office") as (_, daemon):
            seen = set()

            def look():
                seen.update(item["rule"] for item in daemon.presence().values())
                return seen >= set(range(1, 12))

            self.assertTrue(within(150, look), f"only {sorted(seen)}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
