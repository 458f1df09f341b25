"""Commands about calls, figures, recognition and integrations, against a daemon that answers what this file says."""
import csv
import json
import unittest
import urllib.parse

from answering import AnsweredCommands

CALL = {"id": "c1", "person": "alice@example.net", "line": "2000", "direction": "in", "remote": {"number": "+31201230002", "name": "Zeta"},
        "started": "2026-11-22T10:00:00.000Z", "answered": None, "ended": "2026-11-22T10:00:20.000Z", "result": "missed", "ring_s": 20,
        "talk_s": 0, "hold_s": 0, "released_by": "there", "ddi": "+31201230000", "queue": None}
GOING_ON = {"id": "c2", "person": "bob@example.net", "line": "2001", "direction": "out", "remote": {"number": "2002", "name": None}, "state": "active"}
GAP = {"platform": "acme", "from": "2026-11-22T09:00:00.000Z", "until": None, "filled": False}
ROW = {"key": "alice@example.net", "incoming": {"total": 3, "answered": 1, "missed": 2, "answered_elsewhere": 0, "talk_s": 60},
       "outgoing": {"total": 4, "answered": 3, "talk_s": 600}, "complete": 0.9987}
MATCH = {"integration": "crm", "id": "7", "name": "Zeta Ltd", "number": "020 123 0002", "class": "exact", "why": "The same number.", "url": None, "fields": {}}
CRM = {"name": "a b", "type": "csv", "preset": None, "enabled": True, "state": "up", "contacts": 12, "numbers": 15, "unusable": 1,
       "last_sync": "2026-11-22T10:00:00.000Z", "next_sync": None, "last_error": None, "capabilities": ["delta", "live"]}


class Commands(AnsweredCommands):
    def setUp(self):
        super().setUp()
        self.asked = []  # (method, path)
        self.empty = False
        self.becomes = []  # what the integration is, from one look to the next after a sync

    def answer(self, method, path, body):
        self.asked.append((method, path))
        url = urllib.parse.urlsplit(path)
        query = urllib.parse.parse_qs(url.query)
        crm = CRM
        if url.path == "/v1/integrations" and self.becomes and any(asked.endswith("/sync") for _, asked in self.asked):
            crm = {**CRM, **(self.becomes.pop(0) if len(self.becomes) > 1 else self.becomes[0])}
        pages = {"/v1/calls/active": [GOING_ON], "/v1/calls": [CALL], "/v1/stats": [ROW], "/v1/recognise": [MATCH], "/v1/integrations": [crm]}
        if url.path not in pages:
            return 200, CRM
        page = {"items": [] if self.empty else pages[url.path], "next": None, "gaps": [] if self.empty else [GAP]}
        if url.path == "/v1/calls" and query["limit"] == ["1000"] and "cursor" not in query:
            page["next"] = "n 1"
        return 200, page

    def test_calls(self):
        said = self.asks("calls", "--person", "alice@example.net", "--missed", "--to", "2026-11-23")
        self.assertRegex(said, r"2026-11-22T10:00:00\.000Z +alice@example\.net +in +\+31201230002 +Zeta +missed +20 +0 ")
        self.assertIn("! acme was not heard from 2026-11-22T09:00:00.000Z on: calls may be missing", said)
        self.assertEqual(self.asked, [("GET", "/v1/calls?limit=100&person=alice%40example.net&direction=in&result=missed&to=2026-11-23T00%3A00%3A00.000Z")])
        self.assertEqual(json.loads(self.asks("calls", "--format", "json", "--limit", "7")), [CALL])
        self.assertEqual(self.asked[-1][1], "/v1/calls?limit=7")
        rows = list(csv.DictReader(self.asks("calls", "--format", "csv", "--from", "2026-11-22 09:00").splitlines()))
        self.assertEqual([row["NUMBER"] for row in rows], ["+31201230002"] * 2, "all pages")
        self.assertEqual(self.asked[-1][1], "/v1/calls?limit=1000&from=2026-11-22T09%3A00%3A00.000Z&cursor=n%201")
        self.assertRegex(self.asks("calls", "--active"), r"c2 +bob@example\.net +2001 +out +2002 +active")
        self.assertEqual(json.loads(self.asks("calls", "--active", "--person", "alice@example.net", "--format", "json")), [])

    def test_figures(self):
        said = self.asks("stats", "--from", "2026-11-22T00:00:00+01:00", "--by", "line", "--top", "3", "--line", "2000")
        self.assertRegex(said, r"alice@example\.net +3 +1 +2 +0 +60 +4 +3 +600 +0\.9987")
        self.assertIn("calls may be missing", said)
        self.assertEqual(self.asked, [("GET", "/v1/stats?by=line&from=2026-11-22T00%3A00%3A00%2B01%3A00&line=2000&top=3")])
        self.assertEqual(json.loads(self.asks("stats", "--format", "json")), [ROW])

    def test_recognise(self):
        self.assertRegex(self.asks("recognise", "+31 20", "--live"), r"Zeta Ltd +020 123 0002 +crm +exact +The same number\.")
        self.assertEqual(self.asked, [("GET", "/v1/recognise?number=%2B31%2020&live=1")])

    def test_integrations(self):
        self.assertRegex(self.asks("integration"), r"a b +csv +up +12 +15 +1 +2026-11-22T10:00:00\.000Z")
        self.assertRegex(self.asks("integration", "show", "a b"), r"(?m)^capabilities +delta live$")
        for word, method, path in (("enable", "POST", "/enable"), ("disable", "POST", "/disable"), ("undo", "POST", "/undo"), ("sync", "POST", "/sync")):
            self.assertRegex(self.asks("integration", word, "a b"), r"(?m)^state +up$")
            self.assertEqual(self.asked[-1], (method, "/v1/integrations/a%20b" + path))
        self.asks("integration", "sync", "a b", "--force")
        self.assertEqual(self.asked[-1][1], "/v1/integrations/a%20b/sync?force=1")
        self.asks("integration", "delete", "a b", "--yes")
        self.assertEqual(self.asked[-1], ("DELETE", "/v1/integrations/a%20b"))
        unknown = self.run_it("integration", "show", "other")
        self.assertEqual((unknown.returncode, unknown.stderr), (1, "lamplighter: there is no integration other\n"))

    def test_a_test_waits_for_what_comes_of_it(self):
        self.becomes = [{}, {"state": "syncing"}, {"last_sync": "2026-11-22T11:00:00.000Z", "contacts": 13}]
        self.assertRegex(self.asks("integration", "test", "a b"), r"(?m)^contacts +13$")
        self.becomes = [{"state": "syncing"}, {"state": "down", "last_error": "There is no such file."}]
        self.asked.clear()
        outcome = self.run_it("integration", "test", "a b")
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("There is no such file.", outcome.stdout)

    def test_nothing(self):
        self.empty = True
        for words, said in ((["calls"], "no calls\n"), (["stats"], "no calls\n"), (["recognise", "1"], "nobody is known by this number\n"),
                            (["integration", "list"], "no integration is configured\n")):
            self.assertEqual(self.asks(*words), said)
            self.assertEqual(json.loads(self.asks(*words, "--format", "json")), [])

    def test_wrong_usage_asks_nobody(self):
        for words in (["calls", "alice"], ["calls", "--active", "--missed"], ["calls", "--active", "--from", "10:00"], ["calls", "--from", "soon"],
                      ["stats", "--to", "2026-99-99"], ["stats", "alice"], ["recognise"], ["recognise", "1", "2"], ["integration", "sync"],
                      ["integration", "burn", "crm"], ["integration", "list", "crm"], ["integration", "delete", "crm"],
                      ["integration", "enable", "crm", "--force"], ["integration", "enable", "crm", "--yes"]):
            outcome = self.run_it(*words)
            self.assertEqual((outcome.returncode, outcome.stdout), (2, ""), words)
            self.assertTrue(outcome.stderr, words)
        self.assertEqual(self.asked, [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
