"""`lamplighter google login|logout` against the fake Google, as a person with a browser meets it."""
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
import urllib.error
import urllib.request

from office import BIN, Daemon, Simulator
from test_diversions import House

RECEPTION = "reception@example.net"


def question(process):
    """The address that `google login` prints."""
    for line in process.stdout:
        if line.strip().startswith("http"):
            return line.strip()
    raise AssertionError("no address: " + process.stderr.read())


class Accounts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator("--people", "2")

    @classmethod
    def tearDownClass(cls):
        cls.sim.close()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-google-"))
        self.config = self.folder / "lamplighter.toml"
        self.write(f'subject = "{RECEPTION}"\n')
        self.sim.command("google/settings", consent="accept", consent_account="")
        self.sim.command("google/faults/clear")

    def tearDown(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def calendar(self, name, more):
        told = self.sim.announced
        return f"""
[[calendar]]
name = "{name}"
provider = "google"
line = "2000"
api_url = "{told["google_api"]}"
login_url = "{told["google_login"]}"
consent_url = "{told["google_consent"]}"
{more}"""

    def user(self):
        told = self.sim.announced
        (self.folder / "secret").write_text(told["google_client_secret"])
        return f'client_id = "{told["google_client_id"]}"\nclient_secret = "file:secret"\n'

    def write(self, more, further=""):
        self.config.write_text('[daemon]\nstate_dir = "state"\n' + self.calendar("reception", self.user() + more) + further)

    def start(self, *words, **options):
        return subprocess.Popen([BIN / "lamplighter", "google", *words, "--config", self.config], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run_command(self, *words, text=None):
        process = self.start(*words, stdin=subprocess.PIPE)
        out, err = process.communicate(text, timeout=20)
        return process.returncode, out, err

    def log_in(self, *words):
        process = self.start("login", *words)
        with urllib.request.urlopen(question(process), timeout=10) as page:  # and follows to the loopback address
            shown = page.read().decode()
        out, err = process.communicate(timeout=20)
        return process.returncode, out, err, shown

    def kept(self):
        database = sqlite3.connect(self.folder / "state" / "lamplighter.db")
        rows = dict(database.execute("SELECT name, value FROM secret"))
        database.close()
        return rows

    def test_a_browser_on_this_machine(self):
        code, out, err, shown = self.log_in()
        self.assertEqual(code, 0, err)
        self.assertIn(RECEPTION + " has consented", out)
        self.assertIn("may be closed", shown)
        token = self.kept()["google/reception/refresh_token"]
        self.assertTrue(token.startswith("1//"))
        self.assertNotIn(token, out + err)
        self.assertEqual((self.folder / "state" / "lamplighter.db").stat().st_mode & 0o077, 0)

        code, out, err = self.run_command("logout")
        self.assertEqual(code, 0, err)
        self.assertIn("Logged out", out)
        self.assertEqual(self.kept(), {})
        self.assertEqual(self.run_command("logout")[0], 0)  # nobody is logged in: said, and no failure

    def test_a_browser_elsewhere(self):
        process = self.start("login", "--paste", stdin=subprocess.PIPE)
        address = question(process)

        class Stays(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        try:
            urllib.request.build_opener(Stays).open(address, timeout=10)
            self.fail("no redirection")
        except urllib.error.HTTPError as answer:
            self.assertEqual(answer.code, 302)
            landed = answer.headers["Location"]
        out, err = process.communicate("http://127.0.0.1/nonsense\n" + landed + "\n", timeout=20)
        self.assertEqual(process.returncode, 0, err)
        self.assertIn("Paste the whole address", out)
        self.assertIn("google/reception/refresh_token", self.kept())

    def test_refusals_keep_nothing_and_say_why(self):
        self.sim.command("google/settings", consent_account="bert@example.net")
        code, _, err, _ = self.log_in()
        self.assertEqual(code, 1)
        self.assertIn("bert@example.net has consented, but subject is " + RECEPTION, err)
        self.sim.command("google/settings", consent="decline", consent_account="")
        code, _, err, _ = self.log_in()
        self.assertEqual(code, 1)
        self.assertIn("declined", err)
        code, _, err = self.run_command("login", "--paste", text="")
        self.assertEqual(code, 1)
        self.assertIn("No address was pasted", err)
        self.assertEqual(self.kept(), {})

    def test_google_away_at_logout(self):
        self.assertEqual(self.log_in()[0], 0)
        self.sim.command("google/fault", kind="error", on="revoke", status=503)
        code, _, err = self.run_command("logout")
        self.assertEqual(code, 1)
        self.assertIn("myaccount.google.com/permissions", err)
        self.assertEqual(self.kept(), {})

    def test_which_calendar(self):
        service = f'service_account = "file:{self.sim.announced["google_key_file"]}"\nsubject = "{RECEPTION}"\n'
        self.write("", self.calendar("desk", self.user()) + self.calendar("robot", service))
        for words, says in ((["login"], "--calendar may be reception, desk"),
                            (["login", "--calendar", "attic"], "no such calendar"),
                            (["logout", "--calendar", "robot"], "needs no login")):
            code, _, err = self.run_command(*words)
            self.assertEqual(code, 1, err)
            self.assertIn(says, err)
        self.assertEqual(self.run_command("dance")[0], 2)
        self.assertEqual(self.run_command("logout", "--paste")[0], 2)
        self.config.write_text("[daemon]\nnonsense = 1\n")
        self.assertEqual(self.run_command("login")[0], 78)
        self.config.write_text('[daemon]\nstate_dir = "state"\n')
        code, _, err = self.run_command("login")
        self.assertEqual(code, 1)
        self.assertIn("no [[calendar]]", err)


class Diverted(House):
    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        told = self.sim.announced
        users = self.sim.command("truth")["users"]
        self.one = next(user for user, said in users.items() if said["extension"] == 2001)
        self.daemon = Daemon(self.sim, extra=f"""
[[calendar]]
name = "reception"
provider = "google"
line = "{self.one}"
calendar_id = "primary"
subject = "{RECEPTION}"
client_id = "{told["google_client_id"]}"
client_secret = "{told["google_client_secret"]}"
api_url = "{told["google_api"]}"
login_url = "{told["google_login"]}"
consent_url = "{told["google_consent"]}"
poll = "1h"
""")
        self.addCleanup(self.daemon.close)
        # The port that the daemon had is the one that Google reaches it under.
        address = f"127.0.0.1:{self.daemon.port}"
        self.daemon.stop()
        self.daemon.config.write_text(self.daemon.text.replace(
            'listen = ["127.0.0.1:0"]', f'listen = ["{address}"]\npublic_url = "http://{address}"'))
        self.restart()

    def google(self, *words):
        return subprocess.Popen([BIN / "lamplighter", "google", *words, "--config", self.daemon.config], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.daemon.environment)

    def test_from_the_consent_to_its_end(self):
        self.user_sets(self.one, False, "2007")
        event = self.sim.command("google/add", calendar=RECEPTION, summary="2011", start=-60, end=3600)["id"]
        login = self.google("login")
        with urllib.request.urlopen(question(login), timeout=10):
            pass
        self.assertEqual(login.wait(20), 0, login.communicate())
        self.assertTrue(self.goes_to(self.one, "2011", 30), self.daemon.log())
        # What is polled once in an hour is told at once.
        self.assertEqual(len(self.sim.command("google/state")["channels"]), 1)
        self.sim.command("google/notify", kind="duplicate")
        self.sim.command("google/change", calendar=RECEPTION, id=event, summary="2012")
        self.assertTrue(self.goes_to(self.one, "2012", 5), self.daemon.log())
        self.sim.command("google/notify", kind="wrong_token")
        self.sim.command("google/change", calendar=RECEPTION, id=event, summary="2013")
        self.assertFalse(self.goes_to(self.one, "2013", 2))

        logout = self.google("logout")
        self.assertEqual(logout.wait(20), 0, logout.communicate())
        self.assertTrue(self.is_as_before(self.one, "2007", 30), self.ask(self.one))


if __name__ == "__main__":
    unittest.main()
