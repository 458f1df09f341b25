"""Commands about forwardings, calendars and their log, against a daemon that answers what this file says."""
import csv
import json
import unittest
import urllib.parse

from answering import AnsweredCommands

ALICE = {"id": "alice@example.net", "smartbusy": "in a Zoom meeting", "lines": [
    {"line": "2000", "baseline": {"active": False, "to": None}, "actual": {"active": True, "to": "1233"}, "trouble": None,
     "last_write": {"at": "2026-11-22T10:00:01.000Z", "result": "ok"}, "claims": [
         {"source": "smartbusy", "name": "zoom", "to": "1233", "from": "2026-11-22T10:00:00.000Z", "until": None,
          "state": "in_force", "reason": None},
         {"source": "operator", "name": "", "to": "112", "from": "2026-11-22T10:00:00.000Z", "until": None,
          "state": "refused", "reason": "112 is an emergency number."}]}]}
CALENDARS = [{"name": "reception", "provider": "google", "lines": ["2000", "2001"], "state": "up",
              "last_success": "2026-11-22T10:00:00.000Z", "last_error": None, "appointments": 3}]
PLAN = [{"calendar": "reception", "line": "2000", "title": "Lunch", "from": "2026-11-22T12:00:00.000Z",
         "until": "2026-11-22T13:00:00.000Z", "to": None, "state": "ignored", "reason": "The title is no number."}]
AUDIT = [{"at": "2026-11-22T10:00:01.000Z", "line": "2000", "what": "written", "who": "smartbusy zoom", "text": "→ 1233"}]


class Commands(AnsweredCommands):
    def setUp(self):
        super().setUp()
        self.asked = []  # (method, path, body)
        self.empty = False

    def answer(self, method, path, body):
        self.asked.append((method, path, body))
        url = urllib.parse.urlsplit(path)
        pages = {"/v1/forwarding": [ALICE], "/v1/calendars": CALENDARS, "/v1/calendars/plan": PLAN, "/v1/audit": AUDIT}
        if url.path in pages:
            return 200, {"items": [] if self.empty else pages[url.path], "next": None}
        if url.path.endswith("/why"):
            return 200, {"inputs": [{"source": "telephony", "value": "idle", "line": "2000", "dnd": True}], "rules": [],
                         "outputs": [], "watchers": [], "forwarding": ALICE}
        if url.path.startswith("/v1/presence/"):
            return 200, {"id": "alice@example.net", "name": "Alice Jansen", "status": "available", "rule": 11}
        if (body or {}).get("to") == "112":
            return 400, {"title": "Bad Request", "status": 400, "detail": "112 is an emergency number."}
        return 200, ALICE

    def test_a_person_in_words_and_for_programs(self):
        words = self.asks("forwarding", "alice@example.net")
        self.assertEqual(self.asked[-1][:2], ("GET", "/v1/forwarding/alice%40example.net"))
        self.assertIn("2000: calls go to 1233 because of SmartBusy (Zoom), ", words)
        self.assertIn("  refused: an operator → 112, ", words)
        self.assertIn("SmartBusy: in a Zoom meeting", words)
        self.assertEqual(json.loads(self.asks("forwarding", "alice@example.net", "--format", "json")), ALICE)
        rows = list(csv.DictReader(self.asks("forwarding", "alice@example.net", "--format", "csv").splitlines()))
        self.assertEqual([(row["LINE"], row["NOW"], row["BECAUSE OF"]) for row in rows], [("2000", "→ 1233", "SmartBusy (Zoom)")])

    def test_lists(self):
        self.assertRegex(self.asks("forwarding"), r"alice@example\.net +2000 +→ 1233 +SmartBusy \(Zoom\) +no forwarding +1 +ok")
        self.assertEqual(json.loads(self.asks("forwarding", "--format", "json")), [ALICE])
        self.assertRegex(self.asks("calendar", "list"), r"reception +google +2000 2001 +up +3 ")
        self.assertRegex(self.asks("calendar", "plan", "--next", "36h"), r"Lunch +ignored +The title is no number\.")
        self.assertTrue(self.asked[-1][1].startswith("/v1/calendars/plan?next=36h&"), self.asked[-1])
        self.asks("calendar", "plan")
        self.assertTrue(self.asked[-1][1].startswith("/v1/calendars/plan?next=7d&"), self.asked[-1])
        self.assertEqual(json.loads(self.asks("calendar", "plan", "--format", "json")), PLAN)
        self.assertRegex(self.asks("audit", "--line", "2000", "--limit", "5"), r"2000 +written +smartbusy zoom +→ 1233")
        self.assertEqual(self.asked[-1][1], "/v1/audit?limit=5&line=2000")
        self.assertEqual(list(csv.DictReader(self.asks("audit", "--format", "csv").splitlines()))[0]["WHO"], "smartbusy zoom")

    def test_nothing(self):
        self.empty = True
        for words, said in ((["forwarding"], "nobody's calls are forwarded\n"), (["calendar", "list"], "no calendar is configured\n"),
                            (["calendar", "plan"], "no appointment diverts calls\n"), (["audit"], "nothing was done\n")):
            self.assertEqual(self.asks(*words), said)
            self.assertEqual(json.loads(self.asks(*words, "--format", "json")), [])

    def test_an_operator(self):
        self.assertIn("calls go to 1233", self.asks("forwarding", "alice@example.net", "--to", "020 123", "--for", "2h", "--line", "2000"))
        self.assertEqual(self.asked[-1], ("PUT", "/v1/forwarding/alice%40example.net", {"to": "020 123", "for": "2h", "line": "2000"}))
        self.asks("forwarding", "alice@example.net", "--to", "2001", "--from", "2099-11-26 09:00", "--until", "2099-11-26T17:30:00+01:00")
        self.assertEqual(self.asked[-1][2], {"to": "2001", "from": "2099-11-26T09:00:00.000Z", "until": "2099-11-26T17:30:00+01:00"})
        self.asks("forwarding", "alice@example.net", "--off", "--line", "2000")
        self.assertEqual(self.asked[-1], ("DELETE", "/v1/forwarding/alice%40example.net?line=2000", None))
        refused = self.run_it("forwarding", "alice@example.net", "--to", "112")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("112 is an emergency number.", refused.stderr)

    def test_wrong_usage_asks_nobody(self):
        for words in (["forwarding", "--off"], ["forwarding", "--to", "1"], ["forwarding", "a", "--to", "1", "--off"],
                      ["forwarding", "a", "--until", "17:30"], ["forwarding", "a", "--line", "2000"], ["forwarding", "a", "b"],
                      ["forwarding", "a", "--to", "1", "--until", "17:30", "--for", "2h"], ["forwarding", "a", "--to", "1", "--until", "soon"],
                      ["calendar"], ["calendar", "show"], ["calendar", "list", "--next", "1d"], ["audit", "2000"]):
            outcome = self.run_it(*words)
            self.assertEqual((outcome.returncode, outcome.stdout), (2, ""), words)
            self.assertTrue(outcome.stderr, words)
        self.assertEqual(self.asked, [])

    def test_why_did_my_phone_not_ring(self):
        why = self.asks("why", "alice@example.net")
        self.assertRegex(why, r"(?s)Where calls go\n2000: calls go to 1233 because of SmartBusy \(Zoom\).*\n"
                              r"  when that ends: what the user has set: no forwarding\n.*"
                              r"2000: do not disturb is on: its phones do not ring\.")


if __name__ == "__main__":
    unittest.main(verbosity=2)
