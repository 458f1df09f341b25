"""Who is private, and what a strict watcher sees of it: over a reload, in lists, by name and by number."""
import csv
import re
import unittest

import documents
from house import ALICE, DOMAIN, LUCIA, WOUTER, House
from sip_ua import Ua


class Private(unittest.TestCase):
    """Who is private, while others watch already."""
    USERS = {"lotte": "geheim", ALICE: "secret", LUCIA: "segreto"}

    def setUp(self):
        self.house = House(trusted=False, users=self.USERS, sip=f'private = ["{WOUTER}@{DOMAIN}"]')
        self.addCleanup(self.house.close)

    def ua(self, user):
        one = Ua(("127.0.0.1", self.house.port["udp"]), DOMAIN, user, "udp", user=user, password=self.USERS[user])
        self.addCleanup(one.close)
        return one

    def reload(self):
        status, _, answer = self.house.daemon.post("/v1/reload")
        self.assertEqual(status, 200, answer)

    def say(self, words):
        """What stands in place of the private key."""
        config = self.house.daemon.config
        config.write_text(re.sub(r"^private = .*$", words, config.read_text(), flags=re.M))
        self.reload()

    def rejected(self, ua, watch):
        self.assertTrue(ua.until(lambda: watch.state == "terminated", 5), watch.state)
        self.assertEqual(watch.reason, "rejected")

    def refused(self, user, whom):
        with self.assertRaisesRegex(AssertionError, "403"):
            self.ua(user).subscribe(whom, "dialog")

    def told_anew(self, ua, watch):
        """What a refreshed subscription says now."""
        count = len(watch.notifies)
        self.assertEqual(ua.refresh(watch).status, 200)
        self.assertTrue(ua.until(lambda: len(watch.notifies) > count))
        return watch.notifies[-1].body

    def test_by_a_reload(self):
        ua = self.ua("lotte")
        watch, other = ua.subscribe(ALICE, "dialog"), ua.subscribe(LUCIA, "dialog")
        keys = ua.subscribe("blf-reception", "dialog", lists=True)
        name = f"sip:{ALICE}@{DOMAIN}"
        self.assertTrue(ua.until(lambda: watch.document and other.document and keys.lamp_of(name) == "idle"))
        self.say(f'private = ["{ALICE.upper()}@{DOMAIN}"]')  # ids in any case
        self.rejected(ua, watch)
        gone = re.compile(f'uri="{name}"><name>[^<]*</name><instance [^>]*reason="rejected"'.encode())
        self.assertTrue(ua.until(lambda: gone.search(keys.notifies[-1].body)), "she is still seen in the list")
        self.assertEqual((keys.state, other.state), ("active", "active"))
        self.refused("lotte", ALICE)
        self.refused("lotte", self.house.number(ALICE))
        own = self.ua(ALICE)
        mine = own.subscribe(ALICE, "dialog")
        self.house.calls(LUCIA, ALICE)
        self.assertTrue(own.until(lambda: mine.lamp == "ringing"))
        self.assertNotIn(b"early", self.told_anew(ua, keys))

    def test_politely(self):
        self.say(f'private = ["{ALICE}@{DOMAIN}"]\nprivate_answer = "polite"')
        ua, own = self.ua("lotte"), self.ua(ALICE)
        watch, mine = ua.subscribe(ALICE, "dialog"), own.subscribe(ALICE, "dialog")
        self.house.calls(LUCIA, ALICE)
        self.assertTrue(own.until(lambda: mine.lamp == "ringing"))
        self.told_anew(ua, watch)
        self.assertEqual({documents.lamp(documents.dialog_info(one.body)) for one in watch.notifies if one.body}, {"idle"})

    def test_a_line_becomes_shared(self):
        ua, own = self.ua("lotte"), self.ua(LUCIA)
        extension = self.house.number(LUCIA)
        watch, mine = ua.subscribe(extension, "dialog"), own.subscribe(extension, "dialog")
        self.assertTrue(ua.until(lambda: watch.document) and own.until(lambda: mine.document))
        people = self.house.daemon.folder / "people.csv"
        rows = list(csv.reader(people.read_text().splitlines()))
        lines = rows[0].index("lines")
        by_id = {row[0].partition("@")[0]: row for row in rows}
        by_id[WOUTER][lines] += " " + by_id[LUCIA][lines]
        with people.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        self.reload()
        self.rejected(ua, watch)
        self.refused("lotte", extension)
        self.assertEqual(own.refresh(mine).status, 200)

    def test_a_slip_of_the_pen(self):
        self.say(f'private = ["wouter@{DOMAIN}"]')
        told = self.house.daemon.get("/v1/status")[2]["problems"]
        self.assertIn(f'private: "wouter@{DOMAIN}" is nobody\'s id', told)


# --- lamps

def published(user, activity, note=None):
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" '
            f'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:{user}@{DOMAIN}">'
            f'<tuple id="softclient"><status><basic>open</basic></status>{f"<note>{note}</note>" if note else ""}</tuple>'
            f'<dm:person id="me"><rpid:activities><rpid:{activity}/></rpid:activities></dm:person></presence>').encode()


if __name__ == "__main__":
    unittest.main(verbosity=2)
