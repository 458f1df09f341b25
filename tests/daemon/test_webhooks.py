"""Webhooks of the built binaries: `lamplighter webhooks`, /v1/webhooks, a reload, the signature as a receiver checks it."""
import csv
import json
import unittest
import urllib.parse

from office import Daemon, Simulator, within
from receiver import Receiver

SECRET = "Tiny secret"


class Webhooks(unittest.TestCase):
    def setUp(self):
        self.sim = Simulator("--people", "2")
        self.receiver = Receiver(SECRET, "/hooks/calls?sig=s3cret")
        table = f'[[webhook]]\nname = "crm"\nurl = "{self.receiver.url}"\nsecret = "env:HOOK_SECRET"\n'
        self.daemon = Daemon(self.sim, extra=table, environment={"HOOK_SECRET": SECRET})

    def tearDown(self):
        self.daemon.close()
        self.receiver.down()
        self.sim.close()

    def lamplighter(self, *words):
        return self.daemon.lamplighter(*words, "--url", self.daemon.url)

    def test_an_operator_tests_lists_and_replays(self):
        tested = self.lamplighter("webhooks", "test", "crm")
        self.assertEqual((tested.returncode, tested.stdout), (0, "Webhook crm has taken it.\n"), tested.stderr)
        self.assertEqual(self.receiver.received[0]["event"], "test")
        self.assertEqual(self.receiver.faults, [])

        rows = json.loads(self.lamplighter("webhooks", "list", "--format", "json").stdout)
        self.assertEqual([(row["name"], row["state"], row["waiting"]) for row in rows], [("crm", "up", 0)])
        self.assertNotIn("s3cret", json.dumps(rows))
        self.assertIn("crm", self.lamplighter("webhooks").stdout)
        self.assertEqual(self.lamplighter("webhooks", "dead").stdout, "nothing was given up\n")
        self.assertEqual(list(csv.reader(self.lamplighter("webhooks", "list", "--format", "csv").stdout.splitlines()))[1][0],
                         "crm")

        self.receiver.status = 404
        refused = self.lamplighter("webhooks", "test", "crm")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("It answers 404", refused.stderr)
        self.assertEqual(self.lamplighter("webhooks", "replay", "crm").stdout,
                         "0 events of webhook crm wait to be sent again.\n")
        self.assertIn("There is no webhook nobody", self.lamplighter("webhooks", "replay", "nobody").stderr)
        for words in (["webhooks", "replay"], ["webhooks", "sing"], ["webhooks", "list", "--letter", "1"]):
            self.assertEqual(self.lamplighter(*words).returncode, 2, words)

    def test_status_and_metrics_tell_of_them(self):
        adapters = self.daemon.get("/v1/status")[2]["adapters"]
        self.assertIn(("webhooks", "up", 0), [(one["name"], one["state"], one["queue"]) for one in adapters])
        told = 'lamplighter_webhook_waiting{webhook="crm"} 0'
        self.assertTrue(within(10, lambda: told in self.daemon.get("/metrics")[2].decode()))

    def test_a_reload_brings_them_and_takes_them_away(self):
        second = self.daemon.text + f'[[webhook]]\nname = "other"\nurl = "{self.receiver.url}"\nsecret = "env:HOOK_SECRET"\n'
        names = lambda: [one["name"] for one in self.daemon.get("/v1/webhooks")[2]["items"]]
        for text, wanted in ((second, ["crm", "other"]), (self.daemon.text.split("[[webhook]]")[0], [])):
            self.daemon.config.write_text(text)
            status, _, answer = self.daemon.post("/v1/reload")
            self.assertEqual(status, 200, answer)
            self.assertTrue(within(5, lambda: names() == wanted), names())
        self.assertNotIn("webhooks", [one["name"] for one in self.daemon.get("/v1/status")[2]["adapters"]])


class Notices(unittest.TestCase):
    """Presence and forwardings to webhooks."""

    def setUp(self):
        self.sim = Simulator("--people", "2")
        self.receiver = Receiver(SECRET)
        table = (f'[[webhook]]\nname = "board"\nurl = "{self.receiver.url}"\nsecret = "env:HOOK_SECRET"\n'
                 'events = ["presence", "forwarding"]\n')
        self.daemon = Daemon(self.sim, extra=table, environment={"HOOK_SECRET": SECRET})
        self.assertTrue(self.daemon.ready(), self.daemon.log())
        self.assertTrue(within(10, self.up_to_date), self.receiver.received)

    def tearDown(self):
        self.daemon.close()
        self.receiver.down()
        self.sim.close()
        self.assertEqual(self.receiver.faults, [])

    def told(self):
        """What was told last of each person; nothing goes backwards."""
        last = {}
        for one in self.receiver.events("presence"):
            presence = one["presence"]
            before = last.get(presence["id"])
            self.assertTrue(before is None or before["version"] < presence["version"], (before, presence))
            last[presence["id"]] = presence
        return last

    def up_to_date(self):
        seen = lambda people: {key: {**one, "version": 0} for key, one in people.items()}
        return seen(self.told()) == seen(self.daemon.presence())

    def waiting(self):
        return self.daemon.get("/v1/webhooks")[2]["items"][0]["waiting"]

    def busy(self, number):
        return sum(one["line"]["calls"] for one in self.daemon.presence().values()) == number

    def a_call(self):
        self.sim.command("call", **{"from": "2000", "to": "2001"})
        self.assertTrue(within(10, lambda: self.busy(2)), self.daemon.presence())
        self.sim.command("hangup", user="2000")
        self.assertTrue(within(10, lambda: self.busy(0)), self.daemon.presence())

    def test_a_receiver_that_was_away_hears_the_newest_of_everybody_and_little_else(self):
        self.a_call()
        self.assertTrue(within(10, self.up_to_date), self.receiver.received)
        self.assertIn("ringing", {one["presence"]["status"] for one in self.receiver.events("presence")})
        self.receiver.down()
        for _ in range(25):  # two people change twice each time
            self.a_call()
        self.assertTrue(within(5, lambda: self.waiting() >= 32), self.waiting())
        self.assertLess(self.waiting(), 36)
        before = len(self.receiver.received)
        self.receiver.up()
        self.assertTrue(within(60, self.up_to_date), self.receiver.received)
        self.assertLess(len(self.receiver.received) - before, 40)

    def test_a_forwarding_is_told_once(self):
        person = next(iter(self.daemon.presence()))
        status, _, answer = self.daemon.get(f"/v1/forwarding/{urllib.parse.quote(person)}", method="PUT",
                                                  body={"to": "+31201230099"})
        self.assertEqual(status, 200, answer)
        in_force = lambda: [one for one in self.receiver.events("forwarding")
                            if one["forwarding"]["lines"][0]["actual"] == {"active": True, "to": "+31201230099"}]
        self.assertTrue(within(20, in_force), self.receiver.received)
        told = [one["forwarding"] for one in self.receiver.events("forwarding")]
        self.assertEqual({one["id"] for one in told}, {person})
        self.assertEqual(len({json.dumps(one) for one in told}), len(told))


if __name__ == "__main__":
    unittest.main()
