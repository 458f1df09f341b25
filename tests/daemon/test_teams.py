"""Microsoft Teams as users meet it: the daemon as a process, the fake Graph behind it, kill -9 and a full disk between."""
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import time
import unittest
import zipfile

from office import Daemon, Simulator, truth_within, within
from teams_client import CHANNEL_URL, Connector, TeamsClient
from test_access import Key


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


BOT = "66666666-7777-8888-9999-000000000000"
GUID = re.compile("[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


class Public(Daemon):
    """A daemon that is told under which address it is reached."""
    url_told = "https://lamp.example.net"

    def start(self):
        if "public_url" not in self.text:
            self.text = self.text.replace("[http]\n", f'[http]\npublic_url = "{self.url_told}"\n', 1)
            self.config.write_text(self.text)
        super().start()


class Bot(unittest.TestCase):
    """People search and call inside Teams."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-bot-"))
        cls.connector = Connector()
        cls.key, cls.unendorsed = Key(cls.folder, "one"), Key(cls.folder, "two")
        cls.connector.keys = [cls.key, cls.unendorsed]
        cls.connector.endorsements["two"] = ["webchat"]
        cls.sim = Simulator("--people", "20")
        cls.daemon = Public(cls.sim, environment=environment(cls.sim),
                            extra=teams_section(cls.sim, bot=BOT, bot_metadata_url=cls.connector.metadata))
        assert cls.daemon.ready(20), cls.daemon.log()
        cls.users = cls.sim.command("truth")["users"]
        cls.me = next(user for user, said in cls.users.items() if said["extension"] == 2000)
        cls.object = cls.sim.command("graph/user", user=cls.me)["id"]
        cls.token = cls.key.token(cls.connector.claims(BOT))
        assert within(10, lambda: cls.client().post(cls.client().activity("task/fetch", {}))[0] == 501), cls.daemon.log()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()
        cls.sim.close()
        cls.connector.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def client(cls, locale="en-US", account=None):
        return TeamsClient(cls.daemon, cls.sim.announced["tenant"], cls.token, account or cls.object, locale)

    def legs(self):
        return [call for call in self.daemon.get("/v1/calls/active")[2]["items"] if call["person"] == self.me]

    def test_search_card_and_call(self):
        other = next(user for user, said in self.users.items() if said["extension"] == 2001)
        name = self.daemon.presence()[other]["name"]
        client = self.client("nl-NL")
        found = lambda: next(card for card in client.query(name) if card["body"][0]["inlines"][0]["text"] == name)
        buttons = lambda: [action for action in found()["actions"] if action["type"] == "Action.Execute"]
        self.assertTrue(within(10, buttons), "the platform's directory is not read")
        card = found()
        word = {"available": "Beschikbaar", "offline": "Offline", "away": "Afwezig"}[self.daemon.presence()[other]["status"]]
        self.assertEqual(card["body"][1]["inlines"][0]["text"], word)
        button = card["actions"][0]
        number = button["data"]["to"]
        self.assertEqual((button["verb"], button["title"]), ("dial", f"Bel {number}"))
        self.assertEqual(button["fallback"]["url"], "https://lamp.example.net/dial?to=" + number.replace("+", "%2B"))
        self.assertTrue(card["actions"][-1]["url"].startswith("https://teams.microsoft.com/l/chat/"))
        self.assertEqual(client.press(button), f"{number} wordt gebeld: neem uw telefoon op.")
        self.assertTrue(within(5, lambda: self.legs()), "the telephone does not ring")
        rows = self.daemon.get("/v1/audit")[2]["items"]
        self.assertTrue(any((row["who"], row["text"]) == (f"operator {self.me}", f"to {number}") for row in rows), rows)
        self.sim.command("hangup", user="2000")

    def test_favourites_come_first(self):
        client = self.client()
        self.assertIn("Type a name", client.query())
        status, made = self.daemon.get("/v1/contacts", None, "POST",
                                       {"first_name": "[x](http://evil.example)", "last_name": "**Bold** <b>",
                                        "numbers": [{"type": "mobile", "number": "+31612345678"}]})[::2]
        self.assertEqual(status, 201, made)
        self.assertEqual(self.daemon.get(f"/v1/favourites/{self.me}", None, "PUT", {"keys": [made["key"]]})[0], 200)
        (card,) = client.query()
        self.assertEqual(card["body"][0]["inlines"][0]["text"], "[x](http://evil.example) **Bold** <b>")
        self.assertEqual(client.query("nobody-of-this-name"), "Nobody was found.")
        self.assertEqual(self.daemon.get(f"/v1/favourites/{self.me}", None, "PUT", {"keys": []})[0], 200)

    def test_pages(self):
        client = self.client()
        words = self.me.split("@")[1]
        first = client.query(words)
        self.assertGreater(len(first), 1)
        self.assertEqual(client.query(words, skip=1), first[1:])
        self.assertEqual(client.query(words, skip=1000), [])

    def test_a_strangers_account(self):
        stranger = self.client("fr-FR", "99999999-0000-0000-0000-000000000000")
        told = "Le système téléphonique ne connaît pas votre compte Teams"
        self.assertIn(told, stranger.query("a"))
        self.assertIn(told, stranger.press({"type": "Action.Execute", "verb": "dial", "data": {"to": "2001"}}))

    def test_who_is_not_heard(self):
        now = int(time.time())
        mine = self.connector.claims
        client = self.client()
        good = client.activity("composeExtension/query", {"parameters": [{"name": "words", "value": "a"}]})
        other = "00000000-1111-2222-3333-444444444444"
        for what, token, activity, status in (
                ("nothing is wrong", self.token, good, 200),
                ("minutes over, as clocks go", self.key.token(mine(BOT, exp=now - 240)), good, 200),
                ("no token", "", good, 401),
                ("a word", "secret", good, 401),
                ("over", self.key.token(mine(BOT, exp=now - 301)), good, 401),
                ("no end", self.key.token(mine(BOT, exp=None)), good, 401),
                ("not yet", self.key.token(mine(BOT, nbf=now + 400)), good, 401),
                ("another bot's", self.key.token(mine(other)), good, 401),
                ("another issuer's", self.key.token(mine(BOT, iss="https://sts.windows.net/x/")), good, 401),
                ("not endorsed for Teams", self.unendorsed.token(mine(BOT)), good, 401),
                ("signed by somebody else", Key(self.folder, "three").token(mine(BOT)), good, (401, 503)),
                ("by a key of the same name", self.forged(mine(BOT)), good, 401),
                ("for another service", self.key.token(mine(BOT, serviceurl="https://smba.trafficmanager.net/amer/")), good, 403),
                ("for no service", self.key.token(mine(BOT, serviceurl=None)), good, 403),
                ("another channel", self.token, {**good, "channelId": "webchat"}, 403),
                ("another service's activity", self.token, {**good, "serviceUrl": CHANNEL_URL[:-1]}, 403),
                ("another tenant", self.token, {**good, "channelData": {"tenant": {"id": other}}}, 403),
                ("a tenant that is two", self.token, {**good, "conversation": {"tenantId": other}}, 403),
                ("a list", self.token, [], 400)):
            with self.subTest(what):
                got, answer = client.post(activity, token)
                self.assertIn(got, status if isinstance(status, tuple) else (status,), answer)
        self.assertEqual(self.connector.faults, [])

    def forged(self, claims):
        forger = Key(self.folder, "forger")
        forger.kid = "one"
        return forger.token(claims)

    def test_what_nobody_waits_for(self):
        client = self.client()
        for kind in ("conversationUpdate", "installationUpdate", "message"):
            self.assertEqual(client.post(client.activity("", {}, type=kind))[0], 200)
        self.assertEqual(client.post(client.activity("composeExtension/fetchTask", {}))[0], 501)

    def test_the_app_package(self):
        file = self.folder / "app.zip"
        outcome = self.daemon.lamplighter("teams", "manifest", "--app", str(file), "--config", str(self.daemon.config))
        self.assertEqual(outcome.returncode, 0, outcome.stderr)
        with zipfile.ZipFile(file) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual(sorted(archive.namelist()), ["color.png", "manifest.json", "outline.png"])
            manifest = json.loads(archive.read("manifest.json"))
            for name, size in (("color.png", 192), ("outline.png", 32)):
                png = archive.read(name)
                self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
                self.assertEqual(struct.unpack(">II", png[16:24]), (size, size))
        self.check_manifest(manifest)

    def check_manifest(self, manifest):
        """As the published schema 1.17 has it; members that it does not know are refused."""
        self.assertEqual(manifest.pop("$schema"), "https://developer.microsoft.com/json-schemas/teams/v1.17/MicrosoftTeams.schema.json")
        self.assertEqual(set(manifest), {"manifestVersion", "version", "id", "developer", "name", "description", "icons",
                                         "accentColor", "bots", "composeExtensions", "permissions", "validDomains"})
        self.assertEqual(manifest["manifestVersion"], "1.17")
        self.assertRegex(manifest["version"], r"^\d+\.\d+\.\d+$")
        self.assertTrue(GUID.fullmatch(manifest["id"]))
        for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
            self.assertRegex(manifest["developer"][name], "^https://")
        for text, most in ((manifest["developer"]["name"], 32), (manifest["name"]["short"], 30), (manifest["name"]["full"], 100),
                           (manifest["description"]["short"], 80), (manifest["description"]["full"], 4000)):
            self.assertTrue(0 < len(text) <= most, text)
        self.assertEqual(manifest["icons"], {"color": "color.png", "outline": "outline.png"})
        self.assertRegex(manifest["accentColor"], "^#[0-9a-fA-F]{6}$")
        (bot,) = manifest["bots"]
        self.assertEqual(bot["botId"], BOT)
        self.assertLessEqual({"personal", "team", "groupChat"}, set(bot["scopes"]))  # else buttons reach nobody
        (extension,) = manifest["composeExtensions"]
        self.assertEqual(extension["botId"], BOT)
        (command,) = extension["commands"]
        self.assertEqual((command["type"], command["context"]), ("query", ["compose", "commandBox"]))
        for one, texts in ((command, {"id": 64, "title": 32, "description": 128}),
                           (command["parameters"][0], {"name": 64, "title": 32, "description": 128})):
            for name, most in texts.items():
                self.assertTrue(0 < len(one[name]) <= most, one)
        self.assertEqual(manifest["permissions"], ["identity"])
        self.assertEqual(manifest["validDomains"], ["lamp.example.net"])

    def test_commands_without_a_bot_and_mistakes(self):
        config = self.daemon.folder / "less.toml"
        config.write_text(self.daemon.text.replace(f'bot = "{BOT}"\n', ""))
        outcome = self.daemon.lamplighter("teams", "manifest", "--app", str(self.folder / "no.zip"), "--config", str(config))
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("names no bot", outcome.stderr)
        self.assertEqual(self.daemon.lamplighter("teams", "check", "--app", "x", "--config", str(config)).returncode, 2)
        for text, told in ((self.daemon.text.replace(BOT, "Lamplighter"), "application (client) id"),
                           (self.daemon.text.replace("https://lamp.example.net", "http://lamp.example.net"), "https address"),
                           (self.daemon.text + 'bot_role = "king"\n', "is no role")):
            config.write_text(text)
            outcome = self.daemon.lamplighter("check", "--config", str(config))
            self.assertEqual(outcome.returncode, 78, outcome.stdout)
            self.assertIn(told, outcome.stdout)

    def test_doctor(self):
        config = self.daemon.folder / "doctor.toml"
        for public, passed, told in ((self.daemon.url, True, "messaging endpoint"),
                                     (self.connector.metadata.split("/v1")[0], False, "not 401"),
                                     ("http://127.0.0.1:9", False, "nobody answers")):
            config.write_text(self.daemon.text.replace("https://lamp.example.net", public))
            outcome = self.daemon.lamplighter("teams", "check", "--config", str(config))
            self.assertEqual(outcome.returncode == 0, passed, outcome.stdout)
            self.assertIn(told, outcome.stdout)


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
