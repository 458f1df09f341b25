"""Datagrams that get lost, floods, streams that dawdle, connections that break: lamps end with the truth, and others notice
nothing."""
import socket
import time
import unittest

from house import ALICE, DOMAIN, LOTTE, LUCIA, WOUTER, House, Housed
from relay import Relay
from sip_ua import Ua


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
        # Fewer than one source may have: those of the test before may not be gone yet.
        slow = [socket.create_connection(("127.0.0.1", self.house.port["tcp"]), 5) for _ in range(40)]
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
