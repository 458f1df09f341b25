"""Alert rules and dashboard: promtool takes the rules and they fire when they should; both speak of metrics that there are."""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from office import Daemon, Simulator, within
from test_teams import environment, teams_section
from test_certificates import issue

ROOT = pathlib.Path(__file__).resolve().parents[2]
RULES = ROOT / "packaging/prometheus/lamplighter.rules.yml"
DASHBOARD = ROOT / "packaging/grafana/lamplighter.json"
NAME = re.compile(r"\b(?:lamplighter|process)_[a-z_]+\b")
EVERYTHING = """
[sip]
listen = ["udp:127.0.0.1:0", "tls:127.0.0.1:0"]
domain = "example.net"
trusted = ["127.0.0.0/8"]
certificate = "sip.pem"
key = "sip.key"
[csta]
listen = ["tcp:127.0.0.1:0"]
trusted = ["127.0.0.0/8"]
[smartbusy]
sources = ["other"]
forward_to = "1233"
[[webhook]]
name = "crm"
url = "http://127.0.0.1:9/"
events = ["missed"]
[[recognition]]
name = "customers"
type = "csv"
file = "customers.csv"
key = "id"
"""


class Everything(Daemon):
    def start(self):
        issue(self.folder, "sip")
        (self.folder / "customers.csv").write_text("id,name,phone\n1,Zeta,020 123 0002\n")
        super().start()


def promtool(test, *words, **more):
    if shutil.which("promtool") is None:
        test.skipTest("promtool is not installed")
    outcome = subprocess.run(["promtool", *words], capture_output=True, text=True, **more)
    test.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)


class Rules(unittest.TestCase):
    def test_promtool_takes_them(self):
        promtool(self, "check", "rules", RULES)

    def test_they_fire_when_they_should(self):
        with tempfile.TemporaryDirectory(prefix="lamp-rules-") as folder:
            file = pathlib.Path(folder, "test.yml")
            file.write_text((ROOT / "tests/data/rules_test.yml").read_text().replace("@RULES@", str(RULES)))
            promtool(self, "test", "rules", file)

    def test_each_alert_is_tested(self):
        alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
        self.assertEqual(alerts, set(re.findall(r'alertname="(\w+)"', (ROOT / "tests/data/rules_test.yml").read_text())))


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator("--people", "5")
        cls.daemon = Everything(cls.sim, extra=EVERYTHING + teams_section(cls.sim), environment=environment(cls.sim))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()
        cls.sim.close()

    def scrape(self):
        return self.daemon.get("/metrics")[2].decode()

    def families(self):
        return set(re.findall(r"^# TYPE (\S+)", self.scrape(), re.MULTILINE))

    def test_rules_and_dashboard_speak_of_metrics_that_there_are(self):
        board = json.loads(DASHBOARD.read_text())
        asked = " ".join(target["expr"] for panel in board["panels"] for target in panel.get("targets", ()))
        names = {"rules": set(NAME.findall(re.sub(r"(?m)^ +(summary|description):.*", "", RULES.read_text()))),
                 "dashboard": set(NAME.findall(asked)) | {"lamplighter_build_info"}}
        self.assertGreater(min(map(len, names.values())), 10)
        for place, wanted in names.items():
            self.assertTrue(within(20, lambda: wanted <= self.families()), (place, wanted - self.families()))

    def test_the_house_tells_of_itself(self):
        self.assertTrue(within(20, lambda: 'lamplighter_integration_contacts{integration="customers"} 1\n' in self.scrape()), self.scrape())
        self.assertIn('lamplighter_integration_up{integration="customers"} 1\n', self.scrape())
        self.assertRegex(self.scrape(), r"(?m)^lamplighter_store_failing 0$")
        self.assertRegex(self.scrape(), r'(?m)^lamplighter_store_units_total\{outcome="done"\} [1-9]')
        promtool(self, "check", "metrics", input=self.scrape())

    def test_the_dashboard_is_laid_out(self):
        panels = json.loads(DASHBOARD.read_text())["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            at = panel["gridPos"]
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(taken & cells, panel["title"])
            self.assertLessEqual(at["x"] + at["w"], 24)
            taken |= cells


if __name__ == "__main__":
    unittest.main()
