"""What bash offers behind `lamplighter`: the script that the program itself makes, asked as bash asks it."""
import pathlib
import re
import subprocess
import tempfile
import unittest

from office import BIN

PROGRAM = str(BIN / "lamplighter")


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lamp-completion-")
        cls.script = pathlib.Path(cls.folder.name, "lamplighter.bash")
        cls.script.write_bytes(subprocess.run([PROGRAM, "completion", "bash"], capture_output=True, check=True).stdout)
        pathlib.Path(cls.folder.name, "a file.toml").touch()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def offered(self, *words):
        """Completions of the last word."""
        script = 'set -u; source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _lamplighter; ' \
                 '[ ${#COMPREPLY[@]} = 0 ] || printf "%s\\n" "${COMPREPLY[@]}"'
        run = subprocess.run(["bash", "-c", script, "bash", self.script, "lamplighter", *words], capture_output=True,
                             text=True, cwd=self.folder.name)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout.splitlines()

    def test_commands(self):
        usage = subprocess.run([PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
        commands = set(re.findall(r"^  ([a-z-]+) ", usage, re.MULTILINE))
        self.assertGreater(len(commands), 15)
        self.assertEqual(set(self.offered("")), commands)
        self.assertEqual(self.offered("doc"), ["doctor"])
        self.assertEqual(self.offered("nothing-like-it"), [])

    def test_words_of_a_command(self):
        self.assertEqual(self.offered("teams", ""), ["check", "login", "manifest"])
        self.assertEqual(self.offered("integration", "s"), ["show", "sync"])
        self.assertEqual(self.offered("call", ""), [])  # an id
        self.assertEqual(self.offered("call", "c1", "h"), ["hangup", "hold"])
        self.assertEqual(self.offered("call", "--format", "json", "c1", "ho"), ["hold"])
        self.assertEqual(self.offered("zoho", "logi"), ["login"])  # both rows of the name
        self.assertEqual(self.offered("zoho", "unl"), ["unlink"])
        self.assertEqual(self.offered("no-such-command", ""), [])

    def test_options(self):
        self.assertIn("--watch", self.offered("presence", "--"))
        self.assertEqual(self.offered("presence", "--q"), ["--query"])
        self.assertIn("--url", self.offered("status", "--"))
        self.assertEqual(self.offered("run", "--"), ["--config", "--tenant"])

    def test_values(self):
        self.assertEqual(self.offered("status", "--format", ""), ["table", "json", "csv"])
        self.assertEqual(self.offered("status", "--format", "j"), ["json"])
        self.assertEqual(self.offered("status", "--format", "=", "c"), ["csv"])
        self.assertEqual(self.offered("check", "--config", "a"), ["a file.toml"])
        self.assertEqual(self.offered("dial", "--to", ""), [])


if __name__ == "__main__":
    unittest.main()
