"""What a strict watcher sees while the office telephones: lamps over every wire, every reason of an end."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from house import ALICE, DOMAIN, LOTTE, LUCIA, WOUTER, House, Housed, need, program, published, within
from sip_ua import Ua


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


if __name__ == "__main__":
    unittest.main(verbosity=2)
