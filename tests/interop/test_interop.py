"""SIP as other people's programs speak it: SIPp, baresip, Kamailio, tshark, and a watcher written from the RFCs, against
the built daemon with a simulated office behind it."""
import csv
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import documents
import sip_requests
from house import (ALICE, DOMAIN, LOTTE, LUCIA, WOUTER, House, Wire, flow, free_port, need, one_request, program, run_sipp, within)
from relay import Relay
from sip_message import challenges, credentials
from sip_ua import Ua

DIALOG = {"user": ALICE, "event": "dialog", "accept": "application/dialog-info+xml"}
PRESENCE = {"user": ALICE, "event": "presence", "accept": "application/pidf+xml"}


class Housed(unittest.TestCase):
    """One office for a class."""
    programs, options = (), {}

    @classmethod
    def setUpClass(cls):
        need(cls, *cls.programs)
        cls.house = House(**cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.house.close()

    def ua(self, name="watcher", transport="udp", **more):
        one = Ua(("127.0.0.1", self.house.port[transport]), DOMAIN, name, transport, **more)
        self.addCleanup(one.close)
        return one


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


class Lamps(Housed):
    """What a strict watcher sees while the office telephones."""

    def shows(self, ua, watch, lamp, seconds=5):
        self.assertTrue(ua.until(lambda: watch.lamp == lamp, seconds), f"{watch.lamp} instead of {lamp}: {watch.document}")

    def a_call(self, ua, lamp_of):
        """Ringing, busy, held, idle; what both ends' lamps show."""
        def shows(user, lamp):
            self.assertTrue(ua.until(lambda: lamp_of(user) == lamp, 5), f"{user}: {lamp_of(user)} instead of {lamp}")

        number = self.house.number
        self.house.calls(LOTTE, ALICE)
        shows(ALICE, "ringing")
        shows(LOTTE, "busy")
        self.house.sim.command("answer", user=number(ALICE))
        shows(ALICE, "busy")
        self.house.sim.command("hold", user=number(ALICE))
        shows(ALICE, "held")
        shows(LOTTE, "busy")
        self.house.sim.command("retrieve", user=number(ALICE))
        shows(ALICE, "busy")
        self.house.sim.command("hangup", user=number(ALICE))
        shows(ALICE, "idle")
        shows(LOTTE, "idle")

    def test_a_call(self):
        for transport in ("udp", "tcp"):
            with self.subTest(transport):
                ua = self.ua(transport=transport)
                watches = {user: ua.subscribe(user, "dialog") for user in (ALICE, LOTTE)}
                for watch in watches.values():
                    self.assertTrue(ua.until(lambda watch=watch: watch.document), "no first NOTIFY")
                    self.assertEqual(watch.lamp, "idle")
                    self.assertTrue(watch.document.dialogs, "an idle line has one dialog too: telephones ignore a document without")
                    self.assertEqual(watch.document.entity, watch.uri)
                self.a_call(ua, lambda user: watches[user].lamp)
                ended = [one for one in watches[ALICE].notifies if b">terminated<" in one.body]
                self.assertGreaterEqual(len(ended), 2, "the end of a call is told")

    def test_a_list(self):
        ua = self.ua()
        watch = ua.subscribe("blf-reception", "dialog", lists=True)
        self.assertTrue(ua.until(lambda: len(watch.resources) == 3 and all(watch.resources.values())))
        self.a_call(ua, lambda user: watch.lamp_of(f"sip:{user}@{DOMAIN}"))
        self.assertEqual(ua.refresh(watch).status, 200)
        count = len(watch.notifies)
        self.assertTrue(ua.until(lambda: len(watch.notifies) > count), "a refresh is followed by a NOTIFY")

    def test_the_other_side(self):
        ua = self.ua()
        watch = ua.subscribe(ALICE, "dialog")
        self.house.calls(WOUTER, ALICE)
        self.shows(ua, watch, "ringing")
        ringing = next(one for one in watch.document.dialogs if one.state in ("early", "proceeding"))
        self.assertEqual(ringing.direction, "recipient")
        self.assertTrue(ringing.remote and ringing.remote.startswith(("sip:", "tel:")), ringing)
        self.assertTrue(ringing.local, ringing)
        self.house.sim.command("hangup", user=self.house.number(ALICE))
        self.shows(ua, watch, "idle")

    def test_presence(self):
        ua = self.ua()
        watch = ua.subscribe(LUCIA, "presence")
        self.assertTrue(ua.until(lambda: watch.document))
        self.assertEqual(watch.document.entity, watch.uri)
        answer = ua.publish(LUCIA, "presence", published(LUCIA, "meal", "At lunch"))
        self.assertEqual(answer.status, 200)
        self.assertTrue(ua.until(lambda: "At lunch" in [note for one in watch.document.tuples for note in one.notes]), watch.document)
        self.house.calls(LUCIA, WOUTER)
        self.assertTrue(ua.until(lambda: "on-the-phone" in watch.document.activities), watch.document)
        self.house.sim.command("hangup", user=self.house.number(LUCIA))
        self.assertTrue(ua.until(lambda: "on-the-phone" not in watch.document.activities), watch.document)
        self.assertEqual(ua.publish(LUCIA, "presence", etag=answer.one("sip-etag"), expires=0).status, 200)
        self.assertTrue(ua.until(lambda: not any(one.notes == ["At lunch"] for one in watch.document.tuples)), watch.document)

    def test_a_published_dialog(self):
        ua = self.ua()
        watch = ua.subscribe(WOUTER, "dialog")
        body = (f'<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" '
                f'entity="sip:{WOUTER}@{DOMAIN}"><dialog id="gw1" direction="recipient"><state>early</state></dialog></dialog-info>')
        answer = ua.publish(WOUTER, "dialog", body.encode())
        self.assertEqual(answer.status, 200)
        self.shows(ua, watch, "ringing")
        self.assertEqual(ua.publish(WOUTER, "dialog", etag=answer.one("sip-etag"), expires=0).status, 200)
        self.shows(ua, watch, "idle")

    def test_refresh_tells_everything_again(self):
        ua = self.ua()
        watch = ua.subscribe(ALICE, "dialog", 600)
        self.assertTrue(ua.until(lambda: len(watch.notifies) == 1))
        self.assertEqual(ua.refresh(watch, 1800).status, 200)
        self.assertEqual(watch.granted, 1800)
        self.assertTrue(ua.until(lambda: len(watch.notifies) == 2))
        self.assertEqual(watch.document.state, "full")
        self.assertEqual(ua.refresh(watch, 0).status, 200)
        self.assertTrue(ua.until(lambda: watch.state == "terminated"))
        self.assertEqual(watch.reason, "timeout")
        self.assertEqual(ua.refresh(watch, 600).status, 481)

    def test_a_rebooted_telephone_takes_its_old_place(self):
        first = self.ua("phone")
        old = first.subscribe(ALICE, "dialog", fields=[("User-Agent", "phone")])
        self.assertTrue(first.until(lambda: old.document))
        again = self.ua("phone", contact=first.here)
        new = again.subscribe(ALICE, "dialog")
        self.assertTrue(first.until(lambda: len(first.strays) >= 1 or old.state == "terminated", 5))
        self.assertNotEqual(new.remote_tag, old.remote_tag)

    def test_one_on_its_way_and_the_newest_after_it(self):
        # A watcher that does not answer is sent the same NOTIFY again (Timer E), and afterwards the newest state alone.
        ua = self.ua()
        watch = ua.subscribe(ALICE, "dialog")
        self.assertTrue(ua.until(lambda: watch.document))
        watch.answer = None
        self.house.calls(LOTTE, ALICE)
        self.shows(ua, watch, "ringing")
        held, count = watch.remote_cseq, len(watch.notifies)
        self.house.sim.command("answer", user=self.house.number(ALICE))
        self.house.sim.command("hangup", user=self.house.number(ALICE))
        self.assertTrue(ua.until(lambda: ua.repeated >= 2, 4), "no repetition after T1 and 2 T1")
        self.assertEqual(watch.remote_cseq, held, "a second NOTIFY went while the first was unanswered")
        watch.answer = 200
        for branch in list(ua.answered):
            if not ua.answered[branch]:
                del ua.answered[branch]  # the next repetition is answered
        watch.remote_cseq, watch.version = held - 1, watch.version - 1
        self.shows(ua, watch, "idle", 8)
        self.assertEqual(len(watch.notifies), count + 2, "the repetition and the newest state, nothing between")

    def test_answers_that_end(self):
        for status in (481, 404, 410, 489, 501, 604):
            with self.subTest(status):
                ua = self.ua(f"gone{status}")
                watch = ua.subscribe(ALICE, "dialog")
                watch.answer = status
                self.assertTrue(ua.until(lambda watch=watch: watch.notifies))
                self.assertTrue(within(3, lambda ua=ua, watch=watch: (ua.receive(0.05), ua.refresh(watch).status == 481)[1]))

    def test_answers_that_do_not_end(self):
        for status in (500, 503, 480 + 6):
            with self.subTest(status):
                ua = self.ua(f"ill{status}")
                watch = ua.subscribe(ALICE, "dialog")
                watch.answer = status
                self.assertTrue(ua.until(lambda watch=watch: watch.notifies))
                watch.answer = 200
                self.assertEqual(ua.refresh(watch).status, 200)


    def test_a_watcher_moves(self):
        # Another address after a refresh, as behind a translator that forgot: NOTIFYs go there from then on.
        old, new = self.ua("roaming"), self.ua("roaming")
        watch = old.subscribe(ALICE, "dialog")
        self.assertTrue(old.until(lambda: watch.document))
        new.watches[(watch.call_id, watch.tag)] = watch
        self.assertEqual(new.refresh(watch).status, 200)
        self.assertTrue(new.until(lambda: len(watch.notifies) == 2))
        self.house.calls(LOTTE, ALICE)
        self.shows(new, watch, "ringing")
        self.house.sim.command("hangup", user=self.house.number(ALICE))
        self.shows(new, watch, "idle")
        self.assertFalse(old.receive(0.2), "something still went to the old address")


class Wires(unittest.TestCase):
    """The same lamp over IPv6 and over TLS."""

    def lamp(self, house, ua):
        watch = ua.subscribe(ALICE, "dialog")
        self.assertTrue(ua.until(lambda: watch.lamp == "idle"))
        house.calls(LOTTE, ALICE)
        self.assertTrue(ua.until(lambda: watch.lamp == "ringing"), watch.document)
        self.assertEqual(ua.refresh(watch, 0).status, 200)
        self.assertTrue(ua.until(lambda: watch.state == "terminated"))
        ua.close()

    def test_ipv6(self):
        with House(listen=("udp:[::1]:0", "tcp:[::1]:0")) as house:
            for transport in ("udp", "tcp"):
                with self.subTest(transport):
                    self.lamp(house, Ua(("::1", house.port[transport]), DOMAIN, transport=transport))
                    house.sim.command("hangup", user=house.number(ALICE))

    def test_tls(self):
        need(type(self), "openssl")
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-tls-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run([program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", f"/CN={DOMAIN}", "-addext", f"subjectAltName=DNS:{DOMAIN}", "-keyout", folder / "key", "-out", folder / "cert"],
                       check=True, capture_output=True)
        with House(listen=("tls:127.0.0.1:0",), sip=f'certificate = "{folder}/cert"\nkey = "{folder}/key"') as house:
            self.lamp(house, Ua(("127.0.0.1", house.port["tls"]), DOMAIN, transport="tls", certificate=folder / "cert"))


class Endings(unittest.TestCase):
    """Every reason of a `terminated`."""

    def test_time_is_up(self):
        with House(sip='min_expires = "1s"') as house:
            ua = Ua(("127.0.0.1", house.port["udp"]), DOMAIN)
            watch = ua.subscribe(ALICE, "dialog", 1)
            self.assertEqual(watch.granted, 1)
            self.assertTrue(ua.until(lambda: watch.state == "terminated", 15), watch.state)
            self.assertEqual(watch.reason, "timeout")
            ua.close()

    def test_the_daemon_stops(self):
        with House() as house:
            ua = Ua(("127.0.0.1", house.port["udp"]), DOMAIN)
            watches = [ua.subscribe(user, event) for user in (ALICE, LOTTE) for event in ("dialog", "presence")]
            self.assertTrue(ua.until(lambda: all(watch.notifies for watch in watches)))
            house.daemon.process.terminate()
            self.assertTrue(ua.until(lambda: all(watch.state == "terminated" for watch in watches), 10))
            self.assertEqual({watch.reason for watch in watches} - {"deactivated", "probation"}, set())
            house.daemon.process.wait(15)
            ua.close()

    def test_a_person_leaves(self):
        with House() as house:
            ua = Ua(("127.0.0.1", house.port["udp"]), DOMAIN)
            watch = ua.subscribe(ALICE, "presence")
            self.assertTrue(ua.until(lambda: watch.document))
            people = house.daemon.folder / "people.csv"
            people.write_text("".join(line for line in people.read_text().splitlines(True) if not line.startswith(ALICE)))
            self.assertEqual(house.daemon.post("/v1/reload")[0], 200)
            self.assertTrue(ua.until(lambda: watch.state == "terminated", 10), watch.state)
            self.assertEqual(watch.reason, "noresource")
            ua.close()


# --- bad weather

class Weather(unittest.TestCase):
    """Datagrams that are lost, doubled, late and out of order: every lamp ends with the truth."""

    def test_a_fifth_is_lost(self):
        with House(people=12) as house:
            relay = Relay(("127.0.0.1", house.port["udp"]), seed=7, loss=0.2)
            users = (ALICE, LOTTE, WOUTER, LUCIA)
            agents, watches = [], []
            for number in range(5):
                front, back = relay.way()
                agents.append(Ua(front, DOMAIN, f"watcher{number}", lossy=True, contact=f"127.0.0.1:{back[1]}"))
            relay.start()
            try:
                for ua in agents:
                    watches += [(ua, ua.subscribe(user, "dialog"), user) for user in users]

                def hear(seconds):
                    end = time.monotonic() + seconds
                    while time.monotonic() < end:
                        for ua in agents:
                            ua.receive(0)
                        time.sleep(0.001)

                for round_ in range(6):
                    caller, callee = users[round_ % 4], users[(round_ + 1) % 4]
                    house.calls(caller, callee)
                    hear(0.4)
                    house.sim.command("answer", user=house.number(callee))
                    hear(0.4)
                    if round_ < 5:  # the last call stays
                        house.sim.command("hangup", user=house.number(callee))
                        hear(0.3)
                truth = house.sim.command("truth")["users"]
                wanted = {user: {"active": "busy", "idle": "idle"}[truth[f"{user}@{DOMAIN}"]["line"]] for user in users}
                self.assertIn("busy", wanted.values())
                wrong = None
                end = time.monotonic() + 40
                while time.monotonic() < end:
                    hear(0.1)
                    wrong = [(user, watch.lamp) for _, watch, user in watches if watch.lamp != wanted[user]]
                    if not wrong:
                        break
                self.assertEqual(wrong, [], f"wanted {wanted}")
                self.assertGreater(relay.lost, 50)
                self.assertGreater(relay.doubled, 10)
                print(f"{relay.carried} datagrams, {relay.lost} lost, {relay.doubled} doubled, {relay.delayed} late; all right "
                      f"{time.monotonic() - end + 40:.1f} s after the last change")
            finally:
                relay.close()
                for ua in agents:
                    ua.close()


class Strangers(Housed):
    """Those who are not trusted and mean harm, or whose line is bad; a phone that logs in notices nothing."""
    options = {"trusted": False, "users": {"lotte": "geheim"}}

    def a_lamp_works_elsewhere(self, address):
        phone = Ua(("127.0.0.1", self.house.port["udp"]), DOMAIN, user="lotte", password="geheim", bind=address)
        self.addCleanup(phone.close)
        watch = phone.subscribe(ALICE, "dialog")
        self.assertTrue(phone.until(lambda: watch.document, 5))

    def test_ten_thousand_from_one_source(self):
        stranger = self.ua("stranger")
        fields = [("Contact", f"<sip:stranger@{stranger.here}>"), ("Event", "dialog")]
        for _ in range(10_000):
            stranger.put(stranger.request("SUBSCRIBE", ALICE, fields))
        time.sleep(0.2)
        while stranger.receive(0):
            pass
        challenged = [one for one in stranger.responses if one.status == 401]
        self.assertEqual(len(challenged), len(stranger.responses), "nothing but challenges")
        self.assertLess(len(challenged), 2_000, "beyond its measure one source gets silence")
        self.a_lamp_works_elsewhere("127.0.0.2")

    def test_one_byte_a_second(self):
        # A stream that dawdles holds nothing up.
        slow = [socket.create_connection(("127.0.0.1", self.house.port["tcp"]), 5) for _ in range(50)]
        for one in slow:
            one.sendall(b"SUBSCRIBE sip:alice")
        self.a_lamp_works_elsewhere("127.0.0.3")
        for one in slow:
            one.sendall(b".")
            one.close()

    def test_a_watcher_whose_connection_breaks(self):
        # Its NOTIFYs have nowhere to go; it comes back over a new connection and is told everything.
        phone = self.ua(transport="tcp", user="lotte", password="geheim")
        watch = phone.subscribe(ALICE, "dialog")
        self.assertTrue(phone.until(lambda: watch.document, 5))
        phone.socket.close()
        self.house.calls(LOTTE, ALICE)
        again = self.ua(transport="tcp", user="lotte", password="geheim")
        watch = again.subscribe(ALICE, "dialog")
        self.assertTrue(again.until(lambda: watch.lamp == "ringing", 5), watch.document)
        self.house.sim.command("hangup", user=self.house.number(ALICE))
        self.assertTrue(again.until(lambda: watch.lamp == "idle", 5), watch.document)


# --- what others think of our bytes

class Dissected(Housed):
    """tshark finds nothing malformed in what the daemon sends."""
    programs = ("tshark", "tcpdump")

    def test_everything_that_we_send(self):
        wire = Wire(self.house.port["udp"], self.house.port["tcp"])
        self.addCleanup(wire.close)
        if not wire.recording:
            self.skipTest("tcpdump may not record here")
        for transport in ("udp", "tcp"):
            ua = self.ua(transport=transport)
            watches = [ua.subscribe(user, event) for user in (ALICE, LUCIA) for event in ("dialog", "presence")]
            watches += [ua.subscribe("blf-reception", event, lists=True) for event in ("dialog", "presence")]
            watches.append(ua.subscribe(ALICE, "presence.winfo"))
            self.assertTrue(ua.until(lambda: all(watch.notifies for watch in watches)))
            self.house.calls(LUCIA, ALICE)
            self.assertTrue(ua.until(lambda: watches[0].lamp == "ringing"))
            ua.publish(LUCIA, "presence", published(LUCIA, "meal", "Mittagspause, bis später"))
            self.house.sim.command("hangup", user=self.house.number(ALICE))
            self.assertTrue(ua.until(lambda: watches[0].lamp == "idle"))
            for row in sip_requests.SUBSCRIBES[:3]:
                ua.ask(ua.request("SUBSCRIBE", "nobody", [("Event", row.name.split()[0])]))
            ua.ask(ua.request("OPTIONS", ALICE))
            for watch in watches:
                ua.refresh(watch, 0)
            self.assertTrue(ua.until(lambda: all(watch.state == "terminated" for watch in watches)))
        wire.stop()
        self.assertGreater(wire.count(), 50)
        self.assertEqual(wire.complaints(), "")

    def test_documents_are_well_formed(self):
        # libxml2's own reader beside the one of the tests.
        need(type(self), "xmllint")
        ua = self.ua()
        watches = [ua.subscribe(ALICE, "dialog"), ua.subscribe(ALICE, "presence")]
        self.assertTrue(ua.until(lambda: all(watch.notifies for watch in watches)))
        for watch in watches:
            done = subprocess.run([program("xmllint"), "--noout", "-"], input=watch.notifies[0].body, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""))


# --- a telephone

class Baresip(Housed):
    """baresip watches presence."""
    programs = ("baresip",)

    def test_presence(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-baresip-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        control = free_port()
        modules = next(pathlib.Path("/usr/lib").glob("**/baresip/modules"))
        (folder / "config").write_text(
            "sip_listen 127.0.0.1:0\nnet_af ipv4\nnet_interface 127.0.0.1\naudio_player aufile\naudio_source aufile\naudio_alert aufile\n"
            f"module_path {modules}\nmodule_app account.so\nmodule_app contact.so\nmodule_app presence.so\nmodule_app menu.so\n"
            f"module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n")
        (folder / "accounts").write_text(f'<sip:desk@{DOMAIN}>;regint=0;outbound="sip:{self.house.target}"\n')
        (folder / "contacts").write_text(f'"Alice" <sip:{ALICE}@{DOMAIN}>;presence=p2p\n"Lotte" <sip:{LOTTE}@{DOMAIN}>;presence=p2p\n')
        with open(folder / "log", "wb") as log:
            phone = subprocess.Popen([program("baresip"), "-f", str(folder)], stdout=log, stderr=log, stdin=subprocess.PIPE)
        said = [""]

        def contacts():
            """What the telephone's list of contacts says, asked over its control port (netstrings of JSON)."""
            try:
                with socket.create_connection(("127.0.0.1", control), 2) as link:
                    text = json.dumps({"command": "contacts"}).encode()
                    link.sendall(b"%d:%s," % (len(text), text))
                    said[0] = link.recv(65536).decode(errors="replace")
            except OSError:
                time.sleep(0.1)
            return said[0]

        def shows(status):
            seen = within(15, lambda: re.search(rf"{status}[^\n]*{ALICE}", re.sub(r"\\u001b\[[;0-9]*m", "", contacts()).replace("\\n", "\n")))
            self.assertTrue(seen, f"not {status}: {said[0]}\n" + (folder / "log").read_text(errors="replace")[-2000:])

        try:
            shows("Online")
            self.house.calls(LOTTE, ALICE)
            self.house.sim.command("answer", user=self.house.number(ALICE))
            shows("Busy")
            self.house.sim.command("hangup", user=self.house.number(ALICE))
            shows("Online")
        finally:
            phone.kill()  # asked to end, it would unsubscribe first and take its time
            phone.wait(10)
            phone.stdin.close()


# --- Kamailio

class Kamailio:
    def __init__(self, config, port, **words):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-kamailio-"))
        text = (pathlib.Path(__file__).resolve().parent / config).read_text()
        for word, value in {"PORT": port, "DOMAIN": DOMAIN, "TABLES": "/usr/share/kamailio/dbtext/kamailio", **words}.items():
            text = text.replace(f"@{word}@", str(value))
        (self.folder / "kamailio.cfg").write_text(text)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([program("kamailio"), "-f", str(self.folder / "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8",
                                             "-Y", str(self.folder)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        probe = Ua(("127.0.0.1", port), DOMAIN, "probe")
        try:
            answered = within(10, lambda: self.process.poll() is None and (
                probe.put(probe.request("OPTIONS", "probe")), probe.until(lambda: probe.responses, 0.3))[1])
        finally:
            probe.close()
        if not answered:
            self.close(keep=True)
            raise AssertionError("Kamailio did not start:\n" + self.log())

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def close(self, keep=False):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class BehindKamailio(Housed):
    """A proxy in front that stays on the way (Record-Route), and one that publishes the calls it sees."""
    programs = ("kamailio", "sipp")

    def test_a_proxy_on_the_way(self):
        port = free_port()
        proxy = Kamailio("proxy.cfg", port, DAEMON=self.house.target)
        self.addCleanup(proxy.close)
        ua = Ua(("127.0.0.1", port), DOMAIN, "behind")
        self.addCleanup(ua.close)
        watch = ua.subscribe(ALICE, "dialog")
        self.assertEqual(len(watch.routes), 1, "the route set is the proxy")
        self.assertTrue(ua.until(lambda: watch.document))
        for notify in watch.notifies:
            self.assertEqual(len(notify.all("via")), 2, "the NOTIFY came through the proxy")
        self.house.calls(LOTTE, ALICE)
        self.assertTrue(ua.until(lambda: watch.lamp == "ringing"))
        self.assertEqual(ua.refresh(watch).status, 200)
        self.house.sim.command("hangup", user=self.house.number(ALICE))
        self.assertTrue(ua.until(lambda: watch.lamp == "idle"))
        self.assertEqual(ua.refresh(watch, 0).status, 200)
        self.assertTrue(ua.until(lambda: watch.state == "terminated"))

    def test_pua_dialoginfo_publishes(self):
        port, callee = free_port(), free_port()
        publisher = Kamailio("publisher.cfg", port, DAEMON=self.house.target, CALLEE=callee)
        self.addCleanup(publisher.close)
        ua = self.ua()
        watch = ua.subscribe(WOUTER, "dialog")
        self.assertTrue(ua.until(lambda: watch.lamp == "idle"))
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-call-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)

        def sipp(*words):
            return subprocess.Popen([program("sipp"), *[str(word) for word in words], "-i", "127.0.0.1", "-m", "1", "-nostdin", "-timeout", "20"],
                                    cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        answering = sipp("-sf", pathlib.Path(__file__).resolve().parent / "flows" / "callee.xml", "-p", callee)
        calling = sipp(f"127.0.0.1:{port}", "-sf", pathlib.Path(__file__).resolve().parent / "flows" / "caller.xml", "-p", free_port(),
                       "-key", "dom", DOMAIN, "-key", "user", WOUTER)
        try:
            self.assertTrue(ua.until(lambda: watch.lamp == "ringing", 10), publisher.log())
            self.assertTrue(ua.until(lambda: watch.lamp == "busy", 10), publisher.log())
            self.assertTrue(ua.until(lambda: watch.lamp == "idle", 15), publisher.log())
        finally:
            for process in (answering, calling):
                if process.poll() is None:
                    process.terminate()
                process.wait(10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
