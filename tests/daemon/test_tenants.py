"""Several tenants in one service: a process each, kept by one that keeps nothing of theirs. Real simulators, real processes."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from office import BIN, Daemon, NotifySocket, Simulator, truth_within, within
from ports import free_port


class Tenant(Daemon):
    """Asked like any daemon; started and ended by the house."""

    def __init__(self, house, name, simulator=None, extra=""):
        self.house, self.name, self.simulator = house, name, simulator
        self.folder = house.folder / name
        self.folder.mkdir()
        self.config = self.folder / "lamplighter.toml"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.variable = name.upper() + "_PASSWORD"
        self.text = f'[daemon]\nstate_dir = "state"\n[http]\nlisten = ["127.0.0.1:{self.port}"]\nanonymous_role = "administrator"\n'
        if simulator:
            shutil.copy(simulator.people_csv, self.folder / "people.csv")
            self.text += f"""[people]
file = "people.csv"
[[broadworks]]
name = "sim"
hosts = {json.dumps(simulator.announced["xsp"])}
username = "{simulator.announced["login"]}"
password = "env:{self.variable}"
enterprise = "{simulator.announced["enterprise"]}"
heartbeat = "1s"
subscriptions_per_second = 10000
"""
        self.text += extra
        self.config.write_text(self.text)

    def log(self):
        return self.house.log()

    def started(self):
        """The process of each time that it was started."""
        return [int(pid) for pid in re.findall(rf"tenants: started tenant={self.name} pid=(\d+)", self.house.log())]

    @property
    def pid(self):
        return self.started()[-1]

    def environ(self):
        words = pathlib.Path(f"/proc/{self.pid}/environ").read_bytes().decode().split("\0")
        return dict(word.split("=", 1) for word in words if word)

    def row(self, **keys):
        keys = {"name": self.name, "config": f"{self.name}/lamplighter.toml",
                **({"env": [self.variable]} if self.simulator else {}), **keys}
        return "[[tenant]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def answers(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def ready(self, seconds=20):
        return within(seconds, self.answers)


class House:
    """A folder with the house file; `text` is what it holds besides the tenants."""

    def __init__(self, text='[daemon]\nwatchdog = "20s"\n'):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-house-"))
        self.config = self.folder / "house.toml"
        self.log_path = self.folder / "log"
        self.log_path.touch()
        self.text = text
        self.notify = NotifySocket(self.folder)
        self.tenants, self.simulators = {}, []
        self.environment = {**os.environ, "UNLISTED": "nobody's"}
        self.process = None

    def add(self, name, simulator=None, extra=""):
        tenant = self.tenants[name] = Tenant(self, name, simulator, extra)
        if simulator:
            self.simulators.append(simulator)
            self.environment[tenant.variable] = simulator.announced["password"]
        return tenant

    def write(self, *rows, text=""):
        self.config.write_text("".join(rows or [tenant.row() for tenant in self.tenants.values()]) + self.text + text)

    def start(self):
        with open(self.log_path, "ab") as log:
            environment = {**self.environment, "NOTIFY_SOCKET": self.notify.path}
            self.process = subprocess.Popen([BIN / "lamplighter", "run", "--config", self.config], stderr=log,
                                            stdout=subprocess.DEVNULL, env=environment)
        assert self.notify.hears("READY=1", 30), "not ready:\n" + self.log()

    def hang_up(self):
        self.notify.listen(0).heard.clear()
        self.process.send_signal(signal.SIGHUP)
        assert self.notify.hears("READY=1", 10), self.log()

    def log(self):
        return self.log_path.read_text()

    def logs(self, text, seconds=10):
        return within(seconds, lambda: text in self.log())

    def lamplighter(self, *words):
        return subprocess.run([BIN / "lamplighter", *words], capture_output=True, text=True, timeout=60,
                              env=self.environment)

    def stop(self, seconds=16):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def close(self):
        if self.process and self.process.poll() is None:
            self.stop(20)
        self.notify.socket.close()
        for simulator in self.simulators:
            simulator.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def alive(pid):
    """Still a process, and no zombie of somebody who does not look."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class WithTwo(unittest.TestCase):
    house_text = '[daemon]\nwatchdog = "20s"\n'

    def setUp(self):
        self.house = House(self.house_text)
        self.addCleanup(self.house.close)
        self.acme = self.house.add("acme", Simulator("--people", "12", "--second-lines", "1000"))
        self.beta = self.house.add("beta", Simulator("--people", "12", "--seed", "5"))
        self.house.write()
        self.house.start()
        for tenant in (self.acme, self.beta):
            self.assertTrue(tenant.ready(), self.house.log())


class Apart(WithTwo):
    def test_both_are_ready_and_see_their_own_only(self):
        self.assertTrue(self.house.notify.count("2 of 2 tenants ready"), self.house.notify.heard)
        for tenant in (self.acme, self.beta):
            truth_within(tenant.simulator, tenant, 5)
        self.acme.simulator.command("call", **{"from": "2000", "to": "2001"})
        truth_within(self.acme.simulator, self.acme, 5)
        truth_within(self.beta.simulator, self.beta, 5)
        # The environment of each holds its own, and nothing of the other or of whoever started the house.
        seen = self.acme.environ()
        self.assertEqual(seen["ACME_PASSWORD"], self.house.environment["ACME_PASSWORD"])
        self.assertFalse({"BETA_PASSWORD", "UNLISTED"} & set(seen), seen.keys())
        self.assertEqual(set(self.beta.environ()) & {"ACME_PASSWORD", "BETA_PASSWORD"}, {"BETA_PASSWORD"})
        self.assertNotEqual(seen["NOTIFY_SOCKET"], self.beta.environ()["NOTIFY_SOCKET"])
        # A session each; lines say whose they are.
        self.assertEqual(len({os.getsid(pid) for pid in (self.acme.pid, self.beta.pid, self.house.process.pid)}), 3)
        self.assertRegex(self.house.log(), r"<6>app: starting tenant=beta version=")
        self.assertEqual(pathlib.Path(f"/proc/{self.acme.pid}/comm").read_text(), "lamplighter\n")
        # No file of the house is open in a tenant but the standard ones: no socket of the other's, either.
        self.assertNotIn("notify", " ".join(os.readlink(f"/proc/{self.acme.pid}/fd/{file}")
                                            for file in os.listdir(f"/proc/{self.acme.pid}/fd")
                                            if os.path.exists(f"/proc/{self.acme.pid}/fd/{file}")))

    def test_a_crash_is_the_crash_of_one(self):
        stream = self.beta.events("?types=presence,gap")
        first, neighbour = self.acme.pid, self.beta.pid
        os.kill(first, signal.SIGKILL)
        for extension in ("2003", "2005", "2007"):
            self.beta.simulator.command("dnd", user=extension, active=True)
            person = None
            while not (person and person["line"]["dnd"]):
                kind, person, _ = stream.next()
                self.assertEqual(kind, "presence", "nothing is lost")
            self.beta.simulator.command("dnd", user=extension, active=False)
        stream.close()
        self.assertTrue(within(15, lambda: self.acme.pid != first), self.house.log())
        self.assertTrue(self.acme.ready(), self.house.log())
        truth_within(self.acme.simulator, self.acme, 5)
        self.assertEqual(self.beta.pid, neighbour)
        self.assertIn("ended by itself; it is tried again tenant=acme how=\"ended by SIGKILL\"", self.house.log())


class Silent(WithTwo):
    house_text = '[daemon]\nwatchdog = "3s"\n'

    def test_a_tenant_that_stands_still_is_started_again(self):
        first = self.acme.pid
        os.kill(first, signal.SIGSTOP)
        self.assertTrue(within(20, lambda: self.acme.pid != first), self.house.log())
        self.assertTrue(self.acme.ready(), self.house.log())
        self.assertIn('killed tenant=acme why="kept silent for 3s"', self.house.log())


    def test_nobody_is_blamed_while_the_keeper_itself_was_late(self):
        before = [self.acme.pid, self.beta.pid]
        self.house.process.send_signal(signal.SIGSTOP)
        time.sleep(4)  # longer than the watchdog has patience
        self.house.process.send_signal(signal.SIGCONT)
        self.house.hang_up()
        self.assertEqual([self.acme.pid, self.beta.pid], before)
        self.assertNotIn("killed", self.house.log())


class Reload(WithTwo):
    def test_each_file_stands_for_itself(self):
        rules = '\n[presence]\nrules = ["away when line is idle", "busy when line is known"]\n'
        before = [self.acme.pid, self.beta.pid]
        self.acme.config.write_text(self.acme.text + '\n[presence]\nrules = ["purple when line is ringing"]\n')
        self.beta.config.write_text(self.beta.text + rules)
        self.house.hang_up()
        self.assertTrue(within(10, lambda: all(one["status"] == "away" for one in self.beta.presence().values())))
        self.assertTrue(self.house.logs("acme/lamplighter.toml:"))
        truth_within(self.acme.simulator, self.acme, 5)
        self.assertEqual([self.acme.pid, self.beta.pid], before)

    def test_a_mistake_of_the_house_changes_nothing(self):
        before = [self.acme.pid, self.beta.pid]
        self.beta.config.write_text(self.beta.text + '\n[presence]\nrules = ["away when line is idle"]\n')
        mistakes = ((self.acme.row(cpu_weight=0), self.beta.row()),
                    (self.acme.row(), self.beta.row(), "[sip]\n"),
                    (self.acme.row(), self.beta.row(), '[[tenant]]\nname = "new"\nconfig = "absent.toml"\n'))
        for rows in mistakes:
            self.house.write(*rows)
            self.house.hang_up()
            self.assertTrue(self.house.notify.hears("the new configuration has mistakes", 5), rows)
        self.assertEqual([self.acme.pid, self.beta.pid], before)
        self.assertEqual(self.house.log().count("not reloaded: what runs goes on as it was"), len(mistakes))
        self.assertNotIn("config: reloaded tenant=beta", self.house.log())
        truth_within(self.acme.simulator, self.acme, 5)

    def test_tenants_come_change_and_go(self):
        before = [self.acme.pid, self.beta.pid]
        gamma = self.house.add("gamma")
        self.house.write()
        self.house.hang_up()
        self.assertTrue(gamma.ready(), self.house.log())
        self.house.write(self.acme.row(), self.beta.row(), gamma.row(cpu_weight=50))
        self.house.hang_up()
        self.assertTrue(within(15, lambda: len(gamma.started()) == 2), self.house.log())
        self.assertTrue(gamma.ready(), self.house.log())
        self.house.write(self.acme.row(), self.beta.row())
        self.house.hang_up()
        self.assertTrue(within(15, lambda: not alive(gamma.pid)), self.house.log())
        self.assertEqual([self.acme.pid, self.beta.pid], before)
        self.assertTrue(self.house.notify.hears("2 of 2 tenants ready", 5))


class Ended(WithTwo):
    def test_all_at_once_and_what_was_diverted_is_given_back(self):
        line = sorted(self.acme.presence())[1]
        status = self.acme.get("/v1/forwarding/" + urllib.parse.quote(line), method="PUT", body={"to": "2011"})[0]
        self.assertEqual(status, 200)

        def always():
            return self.acme.simulator.command("truth")["users"][line]["forwarding_always"]

        self.assertTrue(within(10, always), self.house.log())
        processes = [self.acme.pid, self.beta.pid]
        self.assertEqual(self.house.stop(), 0)
        self.assertFalse(always())
        self.assertFalse(self.beta.simulator.command("state")["channels"], "the channels are deleted at the end")
        self.assertFalse([pid for pid in processes if alive(pid)])
        self.assertTrue(self.house.notify.hears("STOPPING=1", 1))

    def test_without_their_keeper_tenants_end(self):
        processes = [self.acme.pid, self.beta.pid]
        self.house.process.kill()
        self.house.process.wait(10)
        self.assertTrue(within(20, lambda: not any(alive(pid) for pid in processes)), self.house.log())
        self.assertFalse(self.acme.simulator.command("state")["channels"], "they end as if they had been asked to")


class Begun(unittest.TestCase):
    """Tenants without a platform: what matters is who is started, and what is said of the others."""

    def setUp(self):
        self.house = House()
        self.addCleanup(self.house.close)

    def test_who_cannot_start_holds_back_nobody(self):
        good, bad = self.house.add("good"), self.house.add("bad")
        bad.config.write_text("[http]\nlisten = 7\n")
        self.house.write()
        self.house.start()
        self.assertTrue(good.ready(), self.house.log())
        self.assertTrue(self.house.notify.hears("1 of 2 tenants ready; bad: its configuration is wrong", 10))
        self.assertIn("bad/lamplighter.toml:2:", self.house.log())
        bad.config.write_text(bad.text)
        self.house.hang_up()
        self.assertTrue(bad.ready(), "a reload tries at once\n" + self.house.log())
        self.assertTrue(self.house.notify.hears("2 of 2 tenants ready", 10))

    def test_who_wants_what_another_has_is_not_started(self):
        first, second = self.house.add("first"), self.house.add("second")
        second.config.write_text(first.text.replace('"state"', '"state2"'))
        self.house.write()
        self.house.start()
        self.assertTrue(first.ready(), self.house.log())
        self.assertTrue(self.house.notify.count("1 of 2 tenants ready; second: is not started"), self.house.notify.heard)
        self.assertIn("is in use by tenant first (take another port)", self.house.log())
        self.assertEqual(second.started(), [])
        second.config.write_text(second.text)
        self.house.hang_up()
        self.assertTrue(second.ready(), self.house.log())

    def test_the_watchdog_of_the_house_itself(self):
        self.house.environment["WATCHDOG_USEC"] = "600000"
        one = self.house.add("one")
        self.house.write()
        self.house.start()
        self.assertTrue(within(5, lambda: self.house.notify.listen(0.05).count("WATCHDOG=1") >= 4))
        self.assertEqual(one.environ()["WATCHDOG_USEC"], "20000000")
        self.assertNotIn("LAMPLIGHTER_TENANT", self.house.environment)

    def test_a_house_file_with_mistakes_is_not_run(self):
        self.house.write('[[tenant]]\nname = "A"\n')
        outcome = self.house.lamplighter("run", "--config", self.house.config)
        self.assertEqual(outcome.returncode, 78)
        self.assertIn("house.toml:1:1: [tenant \"A\"] config:", outcome.stderr)


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House()
        cls.acme = cls.house.add("acme", Simulator("--people", "6"))
        cls.idle = cls.house.add("idle")
        (cls.house.folder / "secrets/idle").mkdir(parents=True)
        (cls.house.folder / "secrets/idle/hook").write_text("quite-secret\n")
        (cls.house.folder / "secrets/idle/hook").chmod(0o600)
        cls.idle.config.write_text(cls.idle.text + '[[webhook]]\nurl = "https://127.0.0.1:1/x"\nsecret = "credential:hook"\n')
        cls.house.write()
        cls.house.start()
        assert cls.acme.ready() and cls.idle.ready(), cls.house.log()

    @classmethod
    def tearDownClass(cls):
        cls.house.close()

    def of_house(self, *words):
        return self.house.lamplighter(*words, "--config", self.house.config)

    def test_tenants_are_listed(self):
        rows = json.loads(self.of_house("tenants", "--format", "json").stdout)
        self.assertEqual([(row["name"], row["state"], row["url"], row["people"]) for row in rows],
                         [("acme", "ready", self.acme.url, 6), ("idle", "ready", self.idle.url, 0)])
        self.assertTrue(all(row["started"] for row in rows))
        self.assertIn("TENANT", self.of_house("tenants").stdout)
        stopped = House()
        self.addCleanup(stopped.close)
        stopped.add("alone")
        stopped.write()
        row, = json.loads(stopped.lamplighter("tenants", "--config", stopped.config, "--format", "json").stdout)
        self.assertEqual(row["state"], "does not answer")
        other = self.house.lamplighter("tenants", "--config", self.acme.config)
        self.assertEqual(other.returncode, 1)
        self.assertIn("no house file", other.stderr)

    def test_commands_of_one_tenant(self):
        status = self.of_house("status", "--tenant", "acme")
        self.assertIn("6 watched", status.stdout, status.stderr)
        shown = self.of_house("config", "show", "--tenant=idle")
        self.assertIn("credential:hook", shown.stdout, shown.stderr)
        self.assertNotIn("quite-secret", shown.stdout + shown.stderr)
        which = self.of_house("status")
        self.assertEqual(which.returncode, 2)
        self.assertIn("--tenant acme, idle", which.stderr)
        self.assertEqual(self.of_house("presence", "--tenant", "nobody").returncode, 2)
        alone = self.house.lamplighter("status", "--config", self.acme.config, "--tenant", "acme")
        self.assertIn("has no [[tenant]]", alone.stderr)

    def test_doctor_examines_every_tenant(self):
        outcome = self.of_house("doctor")
        parts = outcome.stdout.split("\ntenant ")
        self.assertEqual([part.split("\n")[0] for part in parts[1:]], ["acme", "idle"], outcome.stdout + outcome.stderr)
        self.assertIn("ok    configuration", parts[1])

    def test_check_finds_what_is_wrong_in_all_files(self):
        good = self.of_house("check")
        self.assertEqual(good.returncode, 0, good.stdout)
        house = House()
        self.addCleanup(house.close)
        first, second, third = house.add("first"), house.add("second"), house.add("third")
        login = ('[[broadworks]]\nname = "b"\nhosts = ["https://xsp.example.net"]\nusername = "admin"\n'
                 'password = "env:SHARED"\n')
        public = f'public_url = "https://lamps.example.net"\n'
        sip = '[sip]\nlisten = ["udp:0.0.0.0:25060"]\ndomain = "example.net"\ntrusted = ["10.0.0.0/8"]\n'
        first.config.write_text(first.text.replace('"state"', '"../shared"') + public + sip)
        second.config.write_text(second.text.replace('"state"', '"../shared"').replace(str(second.port), str(first.port)) + public +
                                 sip.replace("udp:0.0.0.0", "udp:127.0.0.1"))
        third.config.write_text("[http]\nlisten = 7\n[daemon]\nstate_dri = 1\n")
        house.write()
        outcome = house.lamplighter("check", "--config", house.config)
        self.assertEqual(outcome.returncode, 78)
        for expected in (r"second/lamplighter.toml:2:13: \[daemon\] state_dir: is that of tenant first, too",
                         rf'second/lamplighter.toml:4:\d+: \[http\] listen: "127.0.0.1:{first.port}" is in use by tenant first',
                         r"\[http\] public_url: is that of tenant first, too",
                         r'\[sip\] listen: "udp:127.0.0.1:25060" is in use by tenant first',
                         r"third/lamplighter.toml:2:10: \[http\] listen: ",
                         r"third/lamplighter.toml:4:1: \[daemon\] state_dri: "):
            self.assertRegex(outcome.stdout, expected)
        as_json = json.loads(house.lamplighter("check", "--config", house.config, "--format", "json").stdout)
        self.assertEqual(len(as_json), len(outcome.stdout.splitlines()))
        # Two who log in as one may; it is said. What a tenant asks for and is not given is said, too.
        house.environment["SHARED"] = "secret"
        for tenant in (first, second):
            tenant.config.write_text(tenant.text + login)
        third.config.write_text(third.text)
        house.write(first.row(env=["SHARED"]), second.row(env=["SHARED"]), third.row())
        outcome = house.lamplighter("check", "--config", house.config)
        self.assertEqual(outcome.returncode, 0, outcome.stdout)
        self.assertIn("warning: is a login of tenant first at the same platform, too", outcome.stdout)
        house.write(first.row(env=["SHARED"]), second.row(), third.row())
        outcome = house.lamplighter("check", "--config", house.config)
        self.assertEqual(outcome.returncode, 78)
        self.assertIn('env: warning: does not name "SHARED", which the tenant\'s file asks for', outcome.stdout)


class Unit(unittest.TestCase):
    def test_the_drop_in_fits_the_unit(self):
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd is not installed")
        systemd = pathlib.Path(__file__).resolve().parents[2] / "systemd"
        with tempfile.TemporaryDirectory() as folder:
            unit = pathlib.Path(folder) / "lamplighter.service"
            unit.write_text((systemd / "lamplighter.service").read_text().replace("/usr/bin/lamplighter", str(BIN / "lamplighter")))
            unit.with_suffix(".service.d").mkdir()
            shutil.copy(systemd / "tenants.conf", unit.with_suffix(".service.d"))
            verify = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
            self.assertEqual(verify.stdout + verify.stderr, "")


class Credentials(unittest.TestCase):
    """$CREDENTIALS_DIRECTORY as systemd makes it of LoadCredential=secrets:FOLDER: flat, with the folders in the names."""

    def test_each_tenant_finds_its_own_only(self):
        house = House()
        self.addCleanup(house.close)
        folder = house.folder / "credentials"
        folder.mkdir()
        (folder / "secrets_acme_key").write_text("acme's\n")
        (folder / "secrets_beta_other").write_text("beta's\n")
        (folder / "key").write_text("nobody's\n")
        house.environment["CREDENTIALS_DIRECTORY"] = str(folder)
        hook = '[[webhook]]\nurl = "https://127.0.0.1:1/x"\nsecret = "credential:%s"\n'
        acme, beta = house.add("acme", extra=hook % "key"), house.add("beta", extra=hook % "key")
        house.write()
        house.start()
        self.assertTrue(acme.ready(), house.log())
        self.assertEqual(acme.environ()["LAMPLIGHTER_CREDENTIALS_PREFIX"], "secrets_acme_")
        self.assertTrue(house.notify.hears("1 of 2 tenants ready; beta: its configuration is wrong", 10), house.log())
        self.assertIn('secrets_beta_key" does not exist', house.log())
        beta.config.write_text(beta.text.replace("credential:key", "credential:other"))
        house.hang_up()
        self.assertTrue(beta.ready(), house.log())


if __name__ == "__main__":
    unittest.main()
