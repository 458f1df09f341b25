"""Every check and answer, whole conversations and logins, by SIPp and by a client written from the RFCs, against the built
daemon with a simulated office behind it."""
import unittest

import sip_requests
from house import ALICE, DOMAIN, LOTTE, LUCIA, WOUTER, House, Housed, flow, one_request, published, run_sipp
from sip_message import challenges, credentials

DIALOG = {"user": ALICE, "event": "dialog", "accept": "application/dialog-info+xml"}
PRESENCE = {"user": ALICE, "event": "presence", "accept": "application/pidf+xml"}


# --- one request, one answer

class Answers(Housed):
    """Every check of RFC 6665 4.2.1 and RFC 3903 6, by SIPp."""
    programs = ("sipp",)

    def rows(self, request, rows):
        for row in rows:
            with self.subTest(row.name):
                wrong = run_sipp(self.house.target, one_request(row.change(request), row.status, row.header, row.pattern), seconds=4)
                self.assertEqual(wrong, "", f"{row.name}: {row.status} is due")

    def test_subscribe(self):
        self.rows(sip_requests.SUBSCRIBE, sip_requests.SUBSCRIBES)

    def test_broken(self):
        for what, whole, instead, status in sip_requests.BROKEN:
            with self.subTest(what):
                ua = self.ua()
                data = ua.request("SUBSCRIBE", ALICE, [("Contact", f"<sip:lamp@{ua.here}>"), ("Event", "dialog"), ("Expires", "60")])
                self.assertIn(whole, data)
                ua.put(data.replace(whole, instead, 1))
                # The answer repeats what was wrong: it is not held against the grammar.
                ua.socket.settimeout(3)
                self.assertRegex(ua.socket.recv(65535), b"^SIP/2.0 %d " % status)

    def test_publish(self):
        self.rows(sip_requests.PUBLISH, sip_requests.PUBLISHES)

    def test_methods(self):
        self.rows(sip_requests.SUBSCRIBE, sip_requests.METHODS)

    def test_a_merged_request(self):
        # One request over two ways: the second is 482 (RFC 3261 8.2.2.2), and makes no second subscription.
        ua = self.ua()
        fields = [("Contact", f"<sip:fork@{ua.here}>"), ("Event", "dialog"), ("Expires", "60")]
        first = ua.request("SUBSCRIBE", ALICE, fields, call_id="forked", tag="one")
        second = ua.request("SUBSCRIBE", ALICE, fields, call_id="forked", tag="one")
        self.assertEqual(ua.ask(first).status, 200)
        self.assertEqual(ua.ask(second).status, 482)

    def test_a_repeated_request_gets_the_same_bytes(self):
        ua = self.ua()
        data = ua.request("PUBLISH", LOTTE, [("Event", "presence"), ("Expires", "600"), ("Content-Type", "application/pidf+xml")],
                          published(LOTTE, "busy"))
        first = ua.ask(data)
        again = ua.ask(data)
        self.assertEqual(first.status, 200)
        self.assertEqual(first.data, again.data)

    def test_no_answer_to_ack_and_none_to_nonsense(self):
        ua = self.ua()
        ua.put(ua.request("ACK", ALICE))
        ua.put(b"\r\n\r\n")
        ua.put(b"\0")
        ua.put(b"GET / HTTP/1.1\r\n\r\n")
        self.assertFalse(ua.until(lambda: ua.responses, 1))
        self.assertEqual(ua.ask(ua.request("OPTIONS", ALICE)).status, 200)

    def test_keep_alive_on_a_stream(self):
        ua = self.ua(transport="tcp")
        ua.put(b"\r\n\r\n")
        ua.socket.settimeout(5)
        self.assertEqual(ua.socket.recv(10), b"\r\n")


class Full(Housed):
    """No room for one more subscription."""
    options = {"sip": "max_subscriptions = 1"}

    def test_503(self):
        ua = self.ua()
        ua.subscribe(ALICE, "dialog")
        refused = ua.ask(ua.request("SUBSCRIBE", LOTTE, [("Contact", f"<sip:two@{ua.here}>"), ("Event", "dialog")]))
        self.assertEqual(refused.status, 503)
        self.assertRegex(refused.one("retry-after"), r"^\d+")


class Flows(Housed):
    """Whole conversations by SIPp, for each package and over UDP and TCP."""
    programs = ("sipp",)

    def runs(self, name, keys, *options):
        self.assertEqual(run_sipp(self.house.target, flow(name), keys, options=options), "")

    def test_subscribe(self):
        for keys in (DIALOG, PRESENCE):
            with self.subTest(keys["event"]):
                self.runs("subscribe", keys)
                self.runs("fetch", keys)
                self.runs("list", {**keys, "user": "blf-reception"})

    def test_over_tcp(self):
        target = f"127.0.0.1:{self.house.port['tcp']}"
        self.assertEqual(run_sipp(target, flow("subscribe").replace("[local_port]>", "[local_port];transport=tcp>"), DIALOG, options=("-t", "t1")), "")

    def test_gone(self):
        self.runs("gone", DIALOG)

    def test_backwards(self):
        # A CSeq that goes back is refused with 500 (RFC 3261 12.2.2), and the subscription lives on. SIPp would not take the
        # answer for one: it has an older CSeq than its last request.
        ua = self.ua()
        watch = ua.subscribe(ALICE, "dialog")
        ua.refresh(watch)
        watch.cseq -= 2
        self.assertEqual(ua.refresh(watch).status, 500)
        watch.cseq += 1
        self.assertEqual(ua.refresh(watch).status, 200)

    def test_publish(self):
        self.runs("publish", PRESENCE)


class Digest(Housed):
    """Who is not trusted logs in."""
    programs = ("sipp",)
    options = {"trusted": False, "users": {"lotte": "geheim", "alice.ficcion": "secret"}, "sip": f'private = ["{WOUTER}@{DOMAIN}"]'}

    def rows(self, password):
        return [f"lotte;[authentication username=lotte password={password}]"]

    def test_md5_by_sipp(self):
        # SIPp takes the first challenge of a 401; 3.6 knows MD5 only. The daemon's order is a matter of configuration.
        with House(trusted=False, users=self.options["users"], sip='algorithms = ["MD5"]') as house:
            self.assertEqual(run_sipp(house.target, flow("digest"), DIALOG, self.rows("geheim")), "")
            self.assertEqual(run_sipp(house.target, flow("wrong_password"), DIALOG, self.rows("false")), "")

    def test_each_algorithm(self):
        ua = self.ua()
        fields = [("Contact", f"<sip:lotte@{ua.here}>"), ("Event", "dialog"), ("Expires", "60")]
        asked = challenges(ua.ask(ua.request("SUBSCRIBE", ALICE, fields)))
        self.assertEqual([one.get("algorithm") for one in asked], ["SHA-256", "MD5"], "the strongest first (RFC 8760 2.4)")
        for one in asked:
            self.assertEqual(one["qop"], "auth")
            one = next(again for again in challenges(ua.ask(ua.request("SUBSCRIBE", ALICE, fields)))
                       if again["algorithm"] == one["algorithm"])
            with self.subTest(one["algorithm"]):
                def login(password, user="lotte"):
                    value = credentials(one, user, password, "SUBSCRIBE", f"sip:{ALICE}@{DOMAIN}", count=login.count)
                    login.count += 1
                    return ua.ask(ua.request("SUBSCRIBE", ALICE, [*fields, ("Authorization", value)]))

                login.count = 1
                self.assertEqual(login("geheim").status, 200)
                self.assertEqual(login("wrong").status, 401)
                self.assertEqual(login("geheim", "nobody").status, 401)
                login.count = 1
                replayed = login("geheim")
                self.assertEqual(replayed.status, 401, "the same count of the same nonce again")

    def test_a_telephone_with_many_keys(self):
        # Each SUBSCRIBE of a telephone that boots is challenged for itself, all in one second, and counts from one.
        ua = self.ua(user="lotte", password="geheim")
        for user in (ALICE, LUCIA, LOTTE) * 4:
            ua.subscribe(user, "dialog")

    def test_whoever_publishes_is_the_presentity(self):
        ua = self.ua(user="lotte", password="geheim")
        refused = ua.publish(ALICE, "presence", published(ALICE, "busy"))
        self.assertEqual(refused.status, 403)
        own = self.ua(user=ALICE, password="secret")
        self.assertEqual(own.publish(ALICE, "presence", published(ALICE, "busy")).status, 200)

    def test_somebody_private(self):
        ua = self.ua(user="lotte", password="geheim")
        with self.assertRaisesRegex(AssertionError, "403"):
            ua.subscribe(WOUTER, "dialog")


if __name__ == "__main__":
    unittest.main(verbosity=2)
