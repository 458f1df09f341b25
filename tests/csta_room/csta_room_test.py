"""Conversations with the CSTA service: whatever it says is checked against the schema's tables by the client."""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "csta"))
from csta_client import Client, Gone, Refused  # noqa: E402

BIN = pathlib.Path(os.environ.get("LAMP_BIN", "build/release/bin")).resolve()


class Switch:
    def __init__(self, *arguments):
        self.process = subprocess.Popen([BIN / "csta_switch", *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())

    def tell(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def client(self, **options):
        return Client(port=self.port, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        code = self.process.wait(10)
        self.process.stdout.close()
        assert code == 0, code


class Calls(unittest.TestCase):
    def test_a_call_between_two_of_ours_in_every_edition(self):
        for edition in range(2, 7):
            with Switch() as switch, switch.client(edition=edition) as client:
                self.assertEqual(client.system_status(), "normal")
                ada, bob = client.monitor("2101"), client.monitor("2102")
                call = client.make_call("2101", "2102")
                # The answer stood before all of these.
                event = client.next_event("OriginatedEvent", monitor=ada)
                self.assertEqual(event.connection("originatedConnection"), call)
                self.assertEqual(event.text("cause"), "makeCall")
                event = client.next_event("DeliveredEvent", monitor=bob)
                self.assertEqual(event.connection("connection"), (call[0], "2102"))
                self.assertEqual(event.device("callingDevice"), "2101")
                self.assertEqual(event.text("localConnectionInfo"), "alerting")
                event = client.next_event("DeliveredEvent", monitor=ada)
                self.assertEqual(event.device("alertingDevice"), "2102")
                self.assertEqual(event.text("localConnectionInfo"), "connected")

                client.answer_call((call[0], "2102"))
                for monitor in (ada, bob):
                    event = client.next_event("EstablishedEvent", monitor=monitor)
                    self.assertEqual(event.connection("establishedConnection"), (call[0], "2102"))
                self.assertEqual([(each[0], each[1], each[2][0]) for each in client.snapshot("2102")],
                                 [(call[0], "2102", "connected")])

                client.hold_call(call)
                self.assertEqual(client.next_event("HeldEvent", monitor=ada).text("localConnectionInfo"), "hold")
                event = client.next_event("HeldEvent", monitor=bob)
                self.assertEqual(event.connection("heldConnection"), call)
                self.assertEqual(event.text("localConnectionInfo"), "connected")
                client.retrieve_call(call)
                client.next_event("RetrievedEvent", monitor=ada)
                client.next_event("RetrievedEvent", monitor=bob)

                client.clear_connection(call)
                event = client.next_event("ConnectionClearedEvent", monitor=ada)
                self.assertEqual(event.text("localConnectionInfo"), "null")
                event = client.next_event("ConnectionClearedEvent", monitor=bob)
                self.assertEqual(event.device("releasingDevice"), "2101")
                event = client.next_event("ConnectionClearedEvent", monitor=bob)
                self.assertEqual(event.connection("droppedConnection"), (call[0], "2102"))
                self.assertEqual(client.snapshot("2101"), [])
                self.assertEqual(client.events(), [])

    def test_from_outside_by_the_names_that_the_client_uses(self):
        with Switch() as switch, switch.client() as client:
            monitor = client.monitor("tel:+31201232101")
            switch.tell("call +15550100 2101")
            event = client.next_event("DeliveredEvent", monitor=monitor)
            self.assertEqual(event.device("callingDevice"), "+15550100")
            self.assertEqual(event.device("alertingDevice"), "tel:+31201232101")
            call = event.connection("connection")
            self.assertEqual(call[1], "tel:+31201232101")
            self.assertIn("answerCall", client.snapshot("tel:+31201232101")[0][3])
            client.deflect_call(call, "2103")
            event = client.next_event("DivertedEvent", monitor=monitor)
            self.assertEqual(event.device("newDestination"), "2103")
            self.assertEqual(event.text("localConnectionInfo"), "null")
            with self.assertRaises(Refused) as refused:
                client.answer_call(call)
            self.assertEqual((refused.exception.category, refused.exception.value), ("operation", "invalidConnectionID"))

    def test_consultation_and_transfer(self):
        with Switch() as switch, switch.client() as client:
            ada, bob = client.monitor("2101"), client.monitor("2102")
            switch.tell("call +15550100 2101")
            first = client.next_event("DeliveredEvent", monitor=ada).connection("connection")
            client.answer_call(first)
            client.next_event("EstablishedEvent", monitor=ada)
            second = client.consultation_call(first, "2102")
            self.assertNotEqual(first[0], second[0])
            self.assertEqual(client.next_event("HeldEvent", monitor=ada).connection("heldConnection"), first)
            self.assertEqual(client.next_event("OriginatedEvent", monitor=ada).text("cause"), "consultation")
            client.next_event("DeliveredEvent", monitor=ada)
            client.next_event("DeliveredEvent", monitor=bob)
            client.answer_call((second[0], "2102"))
            client.next_event("EstablishedEvent", monitor=ada)
            client.next_event("EstablishedEvent", monitor=bob)
            client.transfer_call(first, second)
            event = client.next_event("TransferedEvent", monitor=ada)
            self.assertEqual(event.connection("primaryOldCall"), first)
            self.assertEqual(event.connection("secondaryOldCall"), second)
            self.assertEqual(event.device("transferredToDevice"), "2102")
            event = client.next_event("TransferedEvent", monitor=bob)
            self.assertEqual(event.device("transferredToDevice"), "+15550100")
            self.assertEqual(client.snapshot("2101"), [])
            self.assertEqual(len(client.snapshot("2102")), 1)

    def test_refusals(self):
        with Switch() as switch, switch.client() as client:
            rows = [
                (lambda: client.make_call("2999", "2102"), "operation", "invalidCallingDeviceID"),
                (lambda: client.make_call("2101", "13"), "operation", "invalidCalledDeviceID"),
                (lambda: client.monitor("2999"), "operation", "invalidDeviceID"),
                (lambda: client.stop_monitor("m99"), "operation", "invalidMonitorCrossRefID"),
                (lambda: client.snapshot("2999"), "operation", "invalidDeviceID"),
                (lambda: client.hold_call(("99", "2101")), "operation", "invalidCallID"),
                (lambda: client.pickup_call(("99", "2101"), "2102"), "operation", "serviceNotSupported"),
                (lambda: client.set_forwarding("2101", "forwardImmediate", True, "13"), "operation",
                 "invalidForwardingDestination"),
                (lambda: client.request("ParkCall"), "operation", "serviceNotSupported"),
            ]
            for ask, category, value in rows:
                with self.assertRaises(Refused) as refused:
                    ask()
                self.assertEqual((refused.exception.category, refused.exception.value), (category, value))
            call = client.make_call("2101", "2102")
            with self.assertRaises(Refused) as refused:
                client.retrieve_call(call)
            self.assertEqual((refused.exception.category, refused.exception.value),
                             ("stateIncompatibility", "noHeldCall"))


class Features(unittest.TestCase):
    def test_do_not_disturb_forwarding_agents(self):
        with Switch() as switch, switch.client() as client:
            monitor = client.monitor("2101")
            self.assertFalse(client.do_not_disturb("2101"))
            client.set_do_not_disturb("2101", True)
            event = client.next_event("DoNotDisturbEvent", monitor=monitor)
            self.assertEqual(event.text("doNotDisturbOn"), "true")
            self.assertTrue(client.do_not_disturb("2101"))
            self.assertEqual(client.forwarding("2101"),
                             {"forwardImmediate": (True, "2103"), "forwardNoAns": (True, "2103")})
            client.set_forwarding("2101", "forwardNoAns", True, "2103", 5)
            client.request("GetAgentState", "<device>2101</device>")
            client.request("SetAgentState", "<device>2101</device><requestedAgentState>ready</requestedAgentState>")

    def test_what_tapi_bridges_ask_first(self):
        with Switch() as switch, switch.client() as client:
            client.register()
            client.request("GetSwitchingFunctionCaps")
            client.request("GetCSTAFeatures")
            client.request("GetLogicalDeviceInformation", "<device>2101</device>")
            client.request("GetPhysicalDeviceInformation", "<device>2101</device>")
            self.assertEqual(client.devices(), [("2101", "station"), ("2102", "station"), ("2103", "station")])

    def test_filters_and_two_monitors_of_one_device(self):
        with Switch() as switch, switch.client() as client:
            every = client.monitor("2101")
            some = client.monitor("2101", "<callcontrol><delivered>true</delivered></callcontrol>")
            switch.tell("call +15550100 2101")
            client.next_event("DeliveredEvent", monitor=every)
            switch.tell("gone 2101")
            client.next_event("ConnectionClearedEvent", monitor=some)
            client.stop_monitor(some)
            client.stop_monitor(every)


class Platform(unittest.TestCase):
    def test_away_and_back(self):
        with Switch() as switch, switch.client() as client:
            monitor = client.monitor("2101")
            switch.tell("down")
            client.next_event("OutOfServiceEvent", monitor=monitor)
            self.assertIn(client.wait_server_request("SystemStatus").text("systemStatus"),
                          ("partiallyDisabled", "disabled"))
            while client.system_status() != "disabled":
                pass
            with self.assertRaises(Refused) as refused:
                client.snapshot("2101")
            self.assertEqual(refused.exception.value, "deviceOutOfService")
            switch.tell("up")
            client.next_event("BackInServiceEvent", monitor=monitor)
            told = []
            while not told or told[-1] != "normal":
                told.append(client.wait_server_request("SystemStatus").text("systemStatus"))
            self.assertIn("messagesLost", told)


class Sessions(unittest.TestCase):
    def test_login(self):
        with tempfile.NamedTemporaryFile("w") as users:
            users.write("cti:pbx.example:" + hashlib.md5(b"cti:pbx.example:open sesame").hexdigest() + "\n")
            users.flush()
            with Switch(users.name) as switch, switch.client() as client:
                with self.assertRaises(Refused):
                    client.system_status()
                with self.assertRaises(Refused) as refused:
                    client.start_session(user="cti", password="wrong")
                self.assertEqual(refused.exception.value, "invalidApplicationInfo")
                answer = client.start_session(user="cti", password="open sesame", duration=100)
                self.assertEqual(answer.text("actualSessionDuration"), "100")
                self.assertEqual(client.system_status(), "normal")
                client.monitor("2101")
                client.reset_session_timer()
                client.stop_session()
                with self.assertRaises(Refused):
                    client.system_status()

    def test_heartbeats(self):
        with tempfile.NamedTemporaryFile("w") as users:
            users.write("cti:pbx.example:" + hashlib.md5(b"cti:pbx.example:x").hexdigest() + "\n")
            users.flush()
            with Switch(users.name, "100") as switch:
                with switch.client() as client:
                    client.start_session(user="cti", password="x")
                    for _ in range(5):  # the client answers
                        client.wait_server_request("SystemStatus")
                with switch.client(answer=False) as client:
                    client.start_session(user="cti", password="x")
                    client.wait_closed()
                    with self.assertRaises(Gone):
                        client.next_event()


if __name__ == "__main__":
    unittest.main()
