"""The support bundle: what is in it, and that no secret, name or number of anybody is."""
import json
import pathlib
import re
import stat
import tarfile
import tempfile
import unittest

from office import Daemon, Simulator

SECRETS = {"WEBHOOK_SECRET": "w3bhook-s3cret-of-ours", "DAV_SECRET": "d4v-s3cret-of-a-calendar", "TOKEN_SECRET": "t0ken-s3cret-for-the-door"}
LITERAL = "literal-s3cret-in-the-file"
EXTRA = f"""
[[webhook]]
name = "crm"
url = "http://127.0.0.1:9/services/T0123/B4567/q8WcVz0hidden"
secret = "env:WEBHOOK_SECRET"
events = ["missed"]
[[token]]
name = "wall"
secret = "env:TOKEN_SECRET"
role = "viewer"
[[token]]
name = "desk"
secret = "{LITERAL}"
role = "administrator"
[[calendar]]
name = "reception"
provider = "caldav"
line = "2000"
url = "http://127.0.0.1:9/dav/"
username = "receptionist"
password = "env:DAV_SECRET"
[smartbusy]
sources = ["other"]
forward_to = "0201234567"
"""


class Bundle(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator("--people", "12")
        cls.daemon = Daemon(cls.sim, extra=EXTRA, environment=SECRETS)
        assert cls.daemon.ready(30), cls.daemon.log()
        cls.folder = tempfile.TemporaryDirectory(prefix="lamp-bundle-")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()
        cls.sim.close()
        cls.folder.cleanup()

    def make(self, *words, environment=None):
        return self.daemon.lamplighter("support-bundle", "--config", self.daemon.config, *words, cwd=self.folder.name,
                                       env=environment or self.daemon.environment, timeout=180)

    def made(self, name, *words):
        out = pathlib.Path(self.folder.name, name)
        run = self.make("--out", out, *words)
        self.assertEqual((run.returncode, run.stdout), (0, f"{out}\n"), run.stderr)
        with tarfile.open(out) as archive:
            return out, {pathlib.Path(one.name).name: archive.extractfile(one).read().decode() for one in archive if one.isfile()}

    def test_what_is_in_it_and_what_is_not(self):
        out, files = self.made("bundle.tar.gz", "--url", self.daemon.url)
        self.assertEqual(stat.S_IMODE(out.stat().st_mode), 0o600)
        self.assertEqual(set(files), {"README.txt", "versions.txt", "configuration.toml", "configuration-problems.txt", "status.json", "ready.json",
                                      "metrics.txt", "people-doubts.json", "integrations.json", "doctor.txt", "journal.txt"})
        # It is of use.
        self.assertIn("heartbeat = \"1s\"", files["configuration.toml"])
        self.assertRegex(files["versions.txt"], r"schema found \d+")
        self.assertEqual(json.loads(files["status.json"])["people"]["total"], 12)
        self.assertRegex(files["metrics.txt"], r"(?m)^process_resident_memory_bytes \d{6,}$")
        self.assertIn("lamplighter_channel_up", files["metrics.txt"])
        self.assertIn("ok    daemon: state_dir", files["doctor.txt"])
        self.assertIn("127.0.0.1", files["status.json"])  # hosts stay
        # And of no use to anybody else.
        everything = "\n".join(files.values())
        taboo = [*SECRETS.values(), LITERAL, self.sim.announced["password"], "q8WcVz0hidden", "0201234567", "receptionist", self.sim.announced["login"]]
        for row in (self.daemon.folder / "people.csv").read_text().splitlines()[1:]:
            fields = row.split(",")
            taboo += [fields[0], fields[1], fields[2], *fields[1].split(), *fields[3].split()]
        for text in {one.strip('"') for one in taboo if len(one) >= 4}:
            with self.subTest(text):
                # "secret" is the platform's password and what replaces it, too.
                self.assertIsNone(re.search(rf"(?<!\w){re.escape(text)}(?!\w|-[a-z]{{8}}\b)", everything))

    def test_the_same_person_is_the_same_word_within_one_bundle_only(self):
        words = []
        for name in ("one.tar.gz", "two.tar.gz"):
            _, files = self.made(name, "--url", self.daemon.url)
            words.append(re.search(r'username = "(mail-\w+)"', files["configuration.toml"])[1])
            self.assertIn(words[-1], files["doctor.txt"] + files["configuration.toml"])
        self.assertNotEqual(*words)

    def test_nothing_runs_and_a_broken_configuration(self):
        _, files = self.made("down.tar.gz", "--url", "http://127.0.0.1:9")
        self.assertTrue(files["status.json"].startswith("not available: "))
        broken = self.daemon.folder / "broken.toml"
        broken.write_text('[daemon]\nnonsense = "hunter2hunter2"\n')
        out = pathlib.Path(self.folder.name, "broken.tar.gz")
        run = self.daemon.lamplighter("support-bundle", "--config", broken, "--out", out, timeout=180)
        self.assertEqual(run.returncode, 0, run.stderr)
        with tarfile.open(out) as archive:
            text = archive.extractfile("lamplighter-support/configuration-problems.txt").read().decode()
        self.assertIn("nonsense", text)

    def test_what_is_there_is_not_overwritten_and_nothing_is_left_behind(self):
        out = pathlib.Path(self.folder.name, "mine.tar.gz")
        out.write_text("mine")
        own = pathlib.Path(self.folder.name, "tmp")
        own.mkdir()
        run = self.make("--out", out, environment={**self.daemon.environment, "TMPDIR": str(own)})
        self.assertEqual(run.returncode, 1)
        self.assertIn("cannot be made", run.stderr)
        self.assertEqual(out.read_text(), "mine")
        self.assertEqual(list(own.iterdir()), [])
        self.assertEqual(self.make("--out").returncode, 2)


if __name__ == "__main__":
    unittest.main()
