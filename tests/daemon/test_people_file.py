"""`people template|export|import|restore`: another people file in the place of the one that is watched by."""
import csv
import fcntl
import io
import json
import os
import pathlib
import resource
import signal
import subprocess
import tempfile
import unittest

from office import BIN, Daemon, Simulator, within

HEADER = "id,name,email,lines,teams,zoom,goto,webex,zoho,folder"
CONFIG = """[http]
listen = ["127.0.0.1:0"]
[people]
file = "people.csv"
"""


def row(person, lines, name="", folder=""):
    return f"{person},{name},,{lines},,,,,,{folder}\n"


class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="lamp-people-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.config = self.folder / "lamplighter.toml"
        self.config.write_text(CONFIG)
        self.config.chmod(0o640)
        self.people = self.folder / "people.csv"

    def run_it(self, *words, given=None, before=None):
        return subprocess.run([BIN / "lamplighter", "people", *words, "--config", self.config], input=given, preexec_fn=before,
                              capture_output=True, text=True, timeout=60, env={**os.environ, "TZ": "UTC"})

    def does(self, *words, given=None):
        outcome = self.run_it(*words, given=given)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)
        return outcome.stdout

    def refuses(self, *words, given=None, code=1, before=None):
        was = self.files()
        outcome = self.run_it(*words, given=given, before=before)
        self.assertEqual(outcome.returncode, code, outcome.stdout + outcome.stderr)
        self.assertEqual(self.files(), was, "something was changed")
        return outcome.stderr

    def files(self):
        return {one.name: one.read_bytes() for one in self.folder.iterdir() if one.is_file()}

    def backups(self):
        return sorted(name for name in self.files() if ".before-" in name)

    def of(self, *rows):
        return "".join([HEADER + "\n", *rows])


class There(Commands):
    def test_a_plan_then_the_file_then_the_way_back(self):
        self.assertEqual(self.does("template").strip(), HEADER)
        first = self.of(row("a@x", "2001", "Anna", "Sales"), row("b@x", "2002"))
        self.assertIn("would be: 2 created, 0 changed, 0 removed; 0 stay", self.does("import", "-", "--dry-run", given=first))
        self.assertFalse(self.people.exists())
        self.assertIn("done: 2 created", self.does("import", "-", given=first))
        self.assertEqual(self.people.read_text(), first)
        self.assertEqual(self.people.stat().st_mode & 0o777, 0o640, "as the configuration's")
        self.people.chmod(0o600)
        second = self.of(row("a@x", "2001 2003", "Anna", "Sales"), row("c@x", "2004", "Carl"))
        said = self.does("import", "-", given=second)
        self.assertIn('~ a@x Anna\n    lines: "2001" -> "2001 2003"\n', said)
        self.assertIn("+ c@x Carl\n", said)
        self.assertIn("- b@x\n", said)
        self.assertIn("done: 1 created, 1 changed, 1 removed; 0 stay as they are", said)
        [backup] = self.backups()
        self.assertIn(f"lamplighter people restore {backup} --config {self.config}\n", said)
        for name in ("people.csv", backup):
            self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600, name)
        self.does("restore")
        self.assertEqual(self.people.read_text(), first)
        self.does("restore", self.backups()[-1])
        self.assertEqual(self.people.read_text(), second)

    def test_the_same_file_again_changes_nothing(self):
        text = self.of(row("a@x", "2001"))
        self.does("import", "-", given=text)
        self.assertIn("1 stay as they are", self.does("import", "-", given=text))
        self.assertEqual(self.backups(), [])

    def test_json(self):
        plan = json.loads(self.does("import", "-", "--dry-run", "--format", "json", given=self.of(row("a@x", "2001"))))
        self.assertEqual((plan["dry_run"], plan["created"], plan["changed"], plan["removed"], plan["unchanged"]), (True, 1, 0, 0, 0))
        self.assertEqual(plan["changes"][0]["change"], "create")
        self.assertEqual(plan["changes"][0]["fields"]["lines"], {"before": "", "after": "2001"})

    def test_through_a_spreadsheet_and_back(self):
        text = self.of(row("a@x", "2001", '"=1+1"'), row("b@x", "+31201230002", '"de Vries; ""Bob"", sr."'))
        self.does("import", "-", given=text)
        for options in ((), ("--separator", ";", "--bom"), ("--separator", "tab")):
            told = self.does("export", *options)
            self.assertEqual(told.startswith("\ufeff"), "--bom" in options)
            separator = {"tab": "\t"}.get(options[1], options[1]) if options else ","
            cells = list(csv.reader(io.StringIO(told.lstrip("\ufeff")), delimiter=separator))
            self.assertEqual(cells[1][1], "'=1+1", "no formula")
            self.assertEqual((cells[2][1], cells[2][3]), ('de Vries; "Bob", sr.', "+31201230002"))
            self.assertIn("0 created, 0 changed, 0 removed; 2 stay as they are", self.does("import", "-", given=told))

    def test_ten_backups_are_kept_and_nothing_else_is_touched(self):
        others = [self.folder / name for name in ("people.csv.bak", "people.csv.before-2019", "people.csv.before-migration", "people.csv.before-20191327T000000000Z")]
        for other in others:
            other.write_text("mine")
        for number in range(14):
            self.does("import", "-", given=self.of(row("a@x", str(2000 + number))))
        ours = [name for name in self.backups() if name.startswith("people.csv.before-202")]
        self.assertEqual(len(ours), 10)
        self.assertIn("2012", (self.folder / ours[-1]).read_text())
        self.assertTrue(all(other.read_text() == "mine" for other in others))
        self.does("restore")
        self.assertIn("2012", self.people.read_text())

    def test_a_clock_that_went_back(self):
        for number in range(10):
            (self.folder / f"people.csv.before-20991231T00000000{number}Z").write_text(self.of(row("old@x", "2001")))
        self.does("import", "-", given=self.of(row("a@x", "2001")))
        said = self.does("import", "-", given=self.of(row("b@x", "2001")))
        self.assertIn("people restore people.csv.before-20991231T000000010Z", said)
        self.does("restore")
        self.assertIn("a@x", self.people.read_text())

    def test_a_link_stays_one(self):
        real = self.folder / "elsewhere"
        real.mkdir()
        self.people.symlink_to(real / "the.csv")
        self.does("import", "-", given=self.of(row("a@x", "2001")))
        self.assertTrue(self.people.is_symlink())
        self.assertIn("2001", (real / "the.csv").read_text())


class Refused(Commands):
    def setUp(self):
        super().setUp()
        self.does("import", "-", given=self.of(*(row(f"p{number}@x", str(2000 + number), folder="Sales") for number in range(30))))

    def test_mistakes_have_their_places(self):
        said = self.refuses("import", "-", given="id,colour\na@x,red\na@x,blue,\n,green\n")
        for place in ("-:1:4: colour", "-:3:1: 3 columns", "-:4:1: id is empty", "nothing was changed"):
            self.assertIn(place, said)
        file = self.folder / "latin.csv"
        file.write_bytes("id,name\na@x,Zoë\n".encode("latin-1"))
        self.assertIn(f"{file}:1:1: the file is not UTF-8", self.refuses("import", str(file)))
        self.assertIn("-:1:1", self.refuses("import", "-", given=""))

    def test_who_would_go_is_limited(self):
        most = self.of(*(row(f"p{number}@x", str(2000 + number), folder="Sales") for number in range(19)))
        self.assertIn("11 of 30 people are not in the file and would go; 10 may", self.refuses("import", "-", given=most))
        self.assertIn("11 of 30", self.refuses("import", "-", "--dry-run", given=most))
        self.assertIn("6 may", self.refuses("import", "-", "--max-delete", "20%", given=most))
        self.assertIn("--max-delete: \"much\" is neither a number nor 0%", self.refuses("import", "-", "--max-delete", "much", given=most, code=2))
        self.does("import", "-", "--max-delete", "11", given=most)
        self.does("restore")  # whatever it takes away

    def test_an_empty_file_only_when_asked_for(self):
        self.assertIn("all 30 people would go (--allow-empty)", self.refuses("import", "-", "--max-delete", "100%", given=HEADER + "\n"))
        self.assertIn("30 removed", self.does("import", "-", "--allow-empty", given=HEADER + "\n"))

    def test_a_column_that_was_forgotten(self):
        self.assertIn("lacks a column that people have something in: folder",
                      self.refuses("import", "-", given="id,lines\n" + "".join(f"p{number}@x,{2000 + number}\n" for number in range(30))))
        # Nobody has anything in the others.
        self.does("import", "-", given="id,lines,folder\n" + "".join(f"p{number}@x,{2000 + number},Sales\n" for number in range(30)))

    def test_a_broken_file_is_mended_and_kept(self):
        self.people.write_text("oops")
        self.assertIn("oops", self.does("export"))
        good = self.of(row("a@x", "2001"))
        self.assertIn("lamplighter check names them; --max-delete 100%", self.refuses("import", "-", given=good))
        self.assertIn("(--allow-empty)", self.refuses("import", "-", given=HEADER + "\n"))
        self.does("import", "-", "--max-delete", "100%", given=good)
        self.assertEqual((self.folder / self.backups()[-1]).read_text(), "oops")
        said = self.refuses("restore")
        self.assertIn("id is missing", said)
        self.assertIn(f"the backups are {self.backups()[-1]}", said)

    def test_one_import_at_a_time(self):
        folder = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
        self.assertIn("is being changed by another command; try again", self.refuses("import", "-", given=self.people.read_text()))
        os.close(folder)
        text = self.people.read_text()
        running = [subprocess.Popen([BIN / "lamplighter", "people", "import", "-", "--config", self.config], stdin=subprocess.PIPE, text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(8)]
        outcomes = []
        for number, one in enumerate(running):
            outcomes.append((one.communicate(text + row(f"q{number}@x", str(3000 + number)), timeout=60), one.returncode))
        done = sum(code == 0 for _, code in outcomes)
        self.assertGreaterEqual(done, 1)
        self.assertEqual(len(self.backups()), done, outcomes)
        self.assertEqual([name for name in self.files() if name.endswith(".part")], [])
        self.assertIn(self.people.read_text(), [text + row(f"q{number}@x", str(3000 + number)) for number in range(8)])

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_who_may_not_give_it_to_its_owner_is_told(self):
        self.people.chmod(0o644)
        self.folder.chmod(0o777)
        self.config.chmod(0o644)

        def somebody():
            os.setgid(1234)
            os.setuid(1234)

        said = self.refuses("import", "-", given=self.people.read_text() + row("new@x", "2999"), before=somebody)
        self.assertIn("run this as root, or as that user", said)
        inner = self.folder / "inner"
        inner.mkdir(mode=0o700)
        self.config.write_text(self.config.read_text().replace("people.csv", "inner/people.csv"))
        said = self.run_it("export", before=somebody).stderr
        self.assertIn("Permission denied", said)

    def test_names_that_lead_elsewhere(self):
        self.does("import", "-", given=self.people.read_text() + row("new@x", "2999"))
        for name in ("/etc/passwd", "../people.csv", "people.csv", f"x/{self.backups()[0]}"):
            self.assertIn("is no backup of", self.refuses("restore", name))

    def test_a_full_disk_leaves_all_as_it_was(self):
        size = self.people.stat().st_size

        def no_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10, size + 10))  # enough for the backup

        text = self.people.read_text() + "".join(row(f"q{number}@x", str(3000 + number)) for number in range(500))
        was = self.people.read_bytes()
        outcome = self.run_it("import", "-", given=text, before=no_room)
        self.assertEqual(outcome.returncode, 1, outcome.stdout)
        self.assertIn("File too large; nothing was changed", outcome.stderr)
        self.assertEqual(self.people.read_bytes(), was)
        self.assertEqual(set(self.files()), {"lamplighter.toml", "people.csv"}, "no backup of what was not changed")

    def test_wrong_usage(self):
        for words, said in ((("import",), "import needs a FILE"), (("template", "x"), "no more words"), ((), "takes the word check, template"),
                            (("export", "--dry-run"), "--dry-run belongs to import restore"), (("export", "--separator", "x"), "--separator is"),
                            (("import", "-", "--format", "xml"), "--format is text or json")):
            self.assertIn(said, self.refuses(*words, code=2, given=""))

    def test_without_a_people_file(self):
        self.config.write_text('[http]\nlisten = ["127.0.0.1:0"]\n')
        self.assertIn("names no people file", self.refuses("export"))
        self.config.write_text("[people]\nfle = 1\n")
        self.assertIn(":2:1", self.refuses("export", code=78))


class Followed(unittest.TestCase):
    """A daemon that is told takes the new people, whole."""

    def test_lamps_come_and_go_with_the_file(self):
        sim = Simulator("--people", "30")
        self.addCleanup(sim.close)
        daemon = Daemon(sim)
        self.addCleanup(daemon.close)
        was = (daemon.folder / "people.csv").read_text().splitlines(keepends=True)
        gone, stays = was[1].split(",")[0], was[2].split(",")[0]
        self.assertEqual(daemon.get(f"/v1/presence/{gone}")[0], 200)
        told = daemon.lamplighter("people", "import", "-", "--config", daemon.config, input="".join([was[0], *was[2:]]))
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("0 created, 0 changed, 1 removed; 29 stay as they are", told.stdout)
        self.assertEqual(daemon.get(f"/v1/presence/{gone}")[0], 200, "nobody has told the daemon")
        daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(within(20, lambda: daemon.get(f"/v1/presence/{gone}")[0] == 404))
        self.assertEqual(daemon.get(f"/v1/presence/{stays}")[0], 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
