"""CSTA as CTI clients and their administrators meet it: sessions, monitors, call control, features, reload, a platform
that goes away. Real simulator, real sockets; each document is checked against the schema by the client."""
import hashlib
import pathlib
import re
import signal
import sys
import unittest

for folder in ("csta", "interop"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / folder))
from csta_client import Client, Message, Refused, frame, space_of  # noqa: E402
from csta_schema import check_message  # noqa: E402
from office import Daemon, Simulator, within  # noqa: E402
from sip_message import challenges, credentials, ha1  # noqa: E402
from sip_ua import Ua  # noqa: E402

ANAIS, LUCIA, ALICE, LOTTE, WOUTER, HUSEYIN = "2000", "2001", "2002", "2003", "2004", "2005"
LOTTE_ID = "lotte.kitalalt@example.net"
TRUSTED = 'trusted = ["127.0.0.0/8"]'
PASSWORDS = (("lotte", "MD5", "geheim"), ("wouter", "SHA-256", "secret"))


def users_text(passwords=PASSWORDS):
    lines = []
    for user, algorithm, password in passwords:
        digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm](f"{user}:cti:{password}".encode()).hexdigest()
        lines.append(f"{user}:cti:" + ("" if algorithm == "MD5" else algorithm + ":") + digest)
    return "\n".join(lines) + "\n"


class Office:
    """`csta`: further lines of [csta]; `more`: sections after it; `files` lie beside the configuration."""

    def __init__(self, csta=TRUSTED, more="", people=12, files=None):
        self.sim = Simulator("--people", str(people))
        extra = f'[csta]\nlisten = ["tcp:127.0.0.1:0"]\n{csta}\n{more}'

        class Started(Daemon):
            def start(daemon):
                for name, text in (files or {}).items():
                    (daemon.folder / name).write_text(text)
                super().start()

        try:
            self.daemon = Started(self.sim, extra=extra)
        except BaseException:
            self.sim.close()
            raise
        self.clients = []
        try:
            assert self.daemon.ready(30), self.daemon.log()
        except BaseException:
            self.close()
            raise

    @property
    def port(self):
        return self.listening("csta", "tcp")

    def listening(self, what, transport):
        """The port that the daemon has logged last."""
        return int(re.findall(rf"{what}: listening at={transport}:127\.0\.0\.1:(\d+)", self.daemon.log())[-1])

    def client(self, **more):
        self.clients.append(Client(port=self.port, **more))
        return self.clients[-1]

    def does(self, command, user, **more):
        return self.sim.command(command, user=user, **more)

    def calls(self, caller, callee, **more):
        return self.sim.command("call", **{"from": caller, "to": callee, **more})

    def idle(self):
        """Every call has ended."""

        def all_over():
            busy = [str(one["extension"]) for one in self.sim.command("truth")["users"].values() if one["calls"]]
            if busy:
                self.sim.command("hangup", user=busy[0])
            return not busy

        return within(5, all_over)

    def reload(self, **texts):
        for name, text in texts.items():
            (self.daemon.config if name == "config" else self.daemon.folder / name).write_text(text)
        self.daemon.process.send_signal(signal.SIGHUP)
        assert self.daemon.notify.hears("RELOADING=1", 5) and self.daemon.notify.hears("READY=1", 5), self.daemon.log()
        self.daemon.notify.heard.clear()

    def metric(self, name, **labels):
        inside = ",".join(f'{key}="{value}"' for key, value in labels.items())
        wanted = name + (f"{{{inside}}}" if inside else "") + " "
        lines = self.daemon.get("/metrics")[2].decode().splitlines()
        return next((float(line[len(wanted):]) for line in lines if line.startswith(wanted)), 0.0)

    def adapter(self):
        return next((one for one in self.daemon.get("/v1/status")[2]["adapters"] if one["name"] == "csta"), None)

    def close(self):
        for client in self.clients:
            client.close(check=False)
        self.daemon.close()
        self.sim.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class WithOffice(unittest.TestCase):
    """One office for the tests of a class, one client for each test; calls end with it."""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.office = Office(**cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.office.close()

    def setUp(self):
        self.client = self.office.client()

    def tearDown(self):
        self.client.close()
        self.assertTrue(self.office.idle())

    def refused(self, category, value, do, *arguments):
        with self.assertRaises(Refused) as caught:
            do(*arguments)
        self.assertEqual((caught.exception.category, caught.exception.value), (category, value))

    def hears(self, monitor, *names):
        """These events and no other, in order; gives them."""
        return [self.client.next_event(name, monitor=monitor) for name in names]

    def between(self, caller, callee):
        """A call that was answered; (caller's monitor, callee's monitor, callID), all events taken."""
        one, two = self.client.monitor(caller), self.client.monitor(callee)
        self.office.calls(caller, callee)
        call = self.hears(one, "OriginatedEvent", "DeliveredEvent")[0].connection("originatedConnection")[0]
        self.hears(two, "DeliveredEvent")
        self.office.does("answer", callee)
        for monitor in (one, two):
            self.hears(monitor, "EstablishedEvent")
        return one, two, call


class Sessions(WithOffice):
    """Who may come in."""
    options = {"csta": 'users_file = "csta-users"', "files": {"csta-users": users_text()}}

    def test_each_algorithm(self):
        for user, _, password in PASSWORDS:
            with self.subTest(user):
                client = self.office.client()
                self.refused("operation", "securityViolation", client.monitor, LOTTE)
                self.refused("session", "invalidApplicationInfo", client.start_session, "desk", user, "wrong")
                self.refused("operation", "securityViolation", client.system_status)
                client.start_session("desk", user, password)
                self.assertEqual(client.system_status(), "normal")
                client.monitor(LOTTE)
                client.reset_session_timer()
                client.stop_session()
                self.refused("operation", "securityViolation", client.monitor, LOTTE)
                client.close()

    def test_guesses(self):
        for _ in range(3):
            self.refused("session", "invalidApplicationInfo", self.client.start_session, "desk", "lotte", "guess")
        self.client.wait_closed()

    def test_reload_of_the_users(self):
        self.client.start_session("desk", "lotte", "geheim")
        self.client.monitor(LOTTE)
        self.office.reload(**{"csta-users": users_text((("lotte", "MD5", "nieuw"),))})
        self.assertEqual(self.client.system_status(), "normal", "who is in stays")
        other = self.office.client()
        self.refused("session", "invalidApplicationInfo", other.start_session, "desk", "lotte", "geheim")
        self.refused("session", "invalidApplicationInfo", other.start_session, "desk", "wouter", "secret")
        other.start_session("desk", "lotte", "nieuw")
        self.office.reload(**{"csta-users": users_text()})


class Calls(WithOffice):
    """Every state of calls, told and asked for."""

    def test_whatever_names_a_line(self):
        number = f"+3120123{LOTTE}"
        names = (LOTTE, number, f"tel:{number}", LOTTE_ID, "lotte.kitalalt", f"sip:{LOTTE_ID}")
        monitors = [self.client.monitor(name) for name in names]
        self.office.calls(ALICE, LOTTE)
        for name, monitor in zip(names, monitors):
            with self.subTest(name):
                event = self.hears(monitor, "DeliveredEvent")[0]
                self.assertEqual(event.device("alertingDevice"), name)
                self.assertEqual(event.connection("connection")[1], name)
        self.assertEqual(len({device for device, _ in self.client.devices()}), 14, "of everybody, each line once")

    def test_from_ringing_to_the_end(self):
        alice, lotte, call = self.between(ALICE, LOTTE)
        self.assertEqual([(each[0], each[2]) for each in self.client.snapshot(LOTTE)], [(call, ["connected", "connected"])])
        self.office.does("hold", LOTTE)
        self.assertEqual(self.hears(lotte, "HeldEvent")[0].text("localConnectionInfo"), "hold")
        self.assertEqual(self.hears(alice, "HeldEvent")[0].connection("heldConnection"), (call, LOTTE))
        self.office.does("retrieve", LOTTE)
        for monitor in (alice, lotte):
            self.hears(monitor, "RetrievedEvent")
        self.office.does("hangup", LOTTE)
        for monitor in (alice, lotte):
            first = self.hears(monitor, "ConnectionClearedEvent")[0]
            if first.text("localConnectionInfo") != "null":
                first = self.hears(monitor, "ConnectionClearedEvent")[0]
            self.assertEqual(first.text("localConnectionInfo"), "null")
        self.assertEqual(self.client.snapshot(LOTTE), [])

    def test_a_caller_from_outside(self):
        monitor = self.client.monitor(LOTTE)
        self.office.sim.command("incoming", to=LOTTE, number="+15550100")
        event = self.hears(monitor, "DeliveredEvent")[0]
        self.assertEqual(event.device("callingDevice"), "+15550100")
        call = event.connection("connection")
        self.client.answer_call(call)
        self.hears(monitor, "EstablishedEvent")
        self.client.hold_call(call)
        self.hears(monitor, "HeldEvent")
        self.client.retrieve_call(call)
        self.hears(monitor, "RetrievedEvent")
        self.client.clear_connection(call)
        self.hears(monitor, "ConnectionClearedEvent")
        self.assertTrue(within(5, lambda: self.office.sim.command("truth")["users"][LOTTE_ID]["calls"] == 0))

    def test_dialling(self):
        alice = self.client.monitor(ALICE)
        for _ in range(3):
            call = self.client.make_call(ALICE, LOTTE)
            event = self.hears(alice, "OriginatedEvent")[0]
            self.assertEqual(event.connection("originatedConnection"), call)
            self.assertEqual(event.text("cause"), "makeCall")
            self.client.clear_connection(call)
            while self.client.next_event(monitor=alice).text("localConnectionInfo") != "null":
                pass

    def test_a_dialled_call_reaches_the_other(self):
        alice, lotte = self.client.monitor(ALICE), self.client.monitor(LOTTE)
        call = self.client.make_call(ALICE, LOTTE)
        self.hears(alice, "OriginatedEvent")
        self.office.does("answer", ALICE)  # lifts the handset
        event = self.hears(lotte, "DeliveredEvent")[0]
        self.assertEqual(event.connection("connection"), (call[0], LOTTE))
        self.client.answer_call((call[0], LOTTE))
        self.hears(lotte, "EstablishedEvent")
        self.hears(alice, "DeliveredEvent", "EstablishedEvent")

    def test_deflection(self):
        lotte, wouter = self.client.monitor(LOTTE), self.client.monitor(WOUTER)
        self.office.sim.command("incoming", to=LOTTE, number="+15550101")
        call = self.hears(lotte, "DeliveredEvent")[0].connection("connection")
        self.client.deflect_call(call, WOUTER)
        event = self.hears(lotte, "DivertedEvent")[0]
        self.assertEqual((event.device("newDestination"), event.text("localConnectionInfo")), (WOUTER, "null"))
        self.hears(wouter, "DeliveredEvent")
        self.refused("operation", "invalidConnectionID", self.client.answer_call, call)

    def test_transfer_at_once(self):
        alice, lotte, call = self.between(ALICE, LOTTE)
        wouter = self.client.monitor(WOUTER)
        self.client.single_step_transfer((call, LOTTE), WOUTER)
        event = self.hears(lotte, "TransferedEvent")[0]
        self.assertEqual(event.text("localConnectionInfo"), "null")
        self.assertEqual(event.device("transferredToDevice"), WOUTER)
        self.hears(wouter, "DeliveredEvent")

    def test_consultation_and_transfer(self):
        lotte, wouter = self.client.monitor(LOTTE), self.client.monitor(WOUTER)
        self.office.sim.command("incoming", to=LOTTE, number="+15550102")
        first = self.hears(lotte, "DeliveredEvent")[0].connection("connection")
        self.client.answer_call(first)
        self.hears(lotte, "EstablishedEvent")
        second = self.client.consultation_call(first, WOUTER)
        self.assertNotEqual(second[0], first[0])
        self.hears(lotte, "HeldEvent", "OriginatedEvent")
        self.office.does("answer", LOTTE)  # lifts the handset
        call = self.hears(wouter, "DeliveredEvent")[0].connection("connection")
        self.client.answer_call(call)
        self.hears(wouter, "EstablishedEvent")
        self.hears(lotte, "DeliveredEvent", "EstablishedEvent")
        self.client.transfer_call(first, second)
        self.assertEqual(self.hears(lotte, "TransferedEvent")[0].text("localConnectionInfo"), "null")
        event = self.hears(wouter, "TransferedEvent")[0]
        self.assertEqual(event.text("localConnectionInfo"), "connected")
        self.assertEqual(self.client.snapshot(LOTTE), [])
        self.assertEqual(len(self.client.snapshot(WOUTER)), 1)

    def test_a_call_in_progress(self):
        self.office.calls(ALICE, LOTTE)
        self.assertTrue(within(5, lambda: len(self.client.snapshot(LOTTE)) == 1))
        call, device, states, services = self.client.snapshot(LOTTE)[0]
        self.assertEqual((device, states[0]), (LOTTE, "alerting"))
        self.assertLessEqual({"answerCall", "clearConnection", "deflectCall"}, services)
        answer = self.client.request("SnapshotCall", f"<snapshotObject><callID>{call}</callID></snapshotObject>")
        self.assertEqual(answer.name, "SnapshotCallResponse")
        monitor = self.client.monitor(LOTTE)
        self.office.does("answer", LOTTE)
        self.assertEqual(self.hears(monitor, "EstablishedEvent")[0].connection("establishedConnection"), (call, LOTTE))

    def test_filters(self):
        quiet = self.client.monitor(LOTTE, "<callcontrol><delivered>true</delivered></callcontrol>")
        self.office.calls(ALICE, LOTTE)
        self.office.does("answer", LOTTE)
        self.hears(quiet, "EstablishedEvent")
        self.client.request("ChangeMonitorFilter", f"<monitorCrossRefID>{quiet}</monitorCrossRefID><requestedFilterList>"
                            "<callcontrol><held>true</held></callcontrol></requestedFilterList>")
        self.office.does("hold", LOTTE)
        self.office.does("retrieve", LOTTE)
        self.hears(quiet, "RetrievedEvent")
        self.client.stop_monitor(quiet)
        self.refused("operation", "invalidMonitorCrossRefID", self.client.stop_monitor, quiet)
        other = self.client.monitor(LOTTE)
        self.office.does("hangup", LOTTE)
        self.hears(other, "ConnectionClearedEvent")
        self.assertNotIn(quiet, [event.text("monitorCrossRefID") for event in self.client.events()])

    def test_what_cannot_be(self):
        self.refused("operation", "invalidDeviceID", self.client.monitor, "9999")
        self.refused("operation", "invalidCallingDeviceID", self.client.make_call, "9999", LOTTE)
        self.refused("operation", "invalidCallID", self.client.hold_call, ("1", LOTTE))
        self.refused("operation", "serviceNotSupported", self.client.request, "ConferenceCall",
                     f"<heldCall><callID>1</callID><deviceID>{LOTTE}</deviceID></heldCall>"
                     f"<activeCall><callID>2</callID><deviceID>{LOTTE}</deviceID></activeCall>")
        self.refused("operation", "serviceNotSupported", self.client.pickup_call, ("1", LOTTE), ALICE)


class Features(WithOffice):
    """Do not disturb, forwarding, agents."""

    def test_do_not_disturb(self):
        monitor = self.client.monitor(WOUTER)
        for on in (True, False):
            self.client.set_do_not_disturb(WOUTER, on)
            self.assertEqual(self.hears(monitor, "DoNotDisturbEvent")[0].text("doNotDisturbOn"), str(on).lower())
            self.assertEqual(self.client.do_not_disturb(WOUTER), on)
            self.assertEqual(self.office.sim.command("truth")["users"]["wouter.przyklad@example.net"]["dnd"], on)
        self.office.does("dnd", WOUTER, active=True)  # at the telephone
        self.hears(monitor, "DoNotDisturbEvent")
        self.office.does("dnd", WOUTER, active=False)

    def test_forwarding(self):
        monitor = self.client.monitor(HUSEYIN)
        self.client.set_forwarding(HUSEYIN, "forwardImmediate", True, LOTTE)
        event = self.hears(monitor, "ForwardingEvent")[0]
        self.assertEqual((event.text("forwardingType"), event.text("forwardStatus")), ("forwardImmediate", "true"))
        self.assertEqual(self.client.forwarding(HUSEYIN)["forwardImmediate"], (True, LOTTE))
        self.client.set_forwarding(HUSEYIN, "forwardNoAns", True, ALICE, rings=4)
        self.assertEqual(self.client.forwarding(HUSEYIN)["forwardNoAns"], (True, ALICE))
        for kind in ("forwardImmediate", "forwardNoAns"):
            self.client.set_forwarding(HUSEYIN, kind, False)
        self.assertTrue(within(5, lambda: not any(on for on, _ in self.client.forwarding(HUSEYIN).values())))
        self.refused("operation", "invalidForwardingType", self.client.set_forwarding, HUSEYIN, "forwardDND", True, LOTTE)

    def test_agents(self):
        def state():
            listed = self.client.request("GetAgentState", f"<device>{LUCIA}</device>").find("agentStateList")
            return {each.tag.rpartition("}")[2]: each.text for each in listed.iter()}

        monitor = self.client.monitor(LUCIA)
        self.assertEqual(state()["loggedOnState"], "false")
        for wish, event in (("loggedOn", "AgentLoggedOnEvent"), ("ready", "AgentReadyEvent"),
                            ("notReady", "AgentNotReadyEvent"), ("loggedOff", "AgentLoggedOffEvent")):
            self.client.request("SetAgentState",
                                f"<device>{LUCIA}</device><requestedAgentState>{wish}</requestedAgentState>")
            self.hears(monitor, event)
        self.refused("operation", "invalidFeature", self.client.request, "GetAgentState", f"<device>{ALICE}</device>")


class Operators(unittest.TestCase):
    """What administrators see, and what the network does to them."""

    def test_status_and_metrics(self):
        with Office() as office:
            self.assertEqual(office.adapter()["state"], "up")
            client = office.client()
            client.monitor(LOTTE)
            client.monitor(ALICE)
            with self.assertRaises(Refused):
                client.monitor("9999")

            def shows(name, value, **labels):
                self.assertTrue(within(5, lambda: office.metric("lamplighter_csta_" + name, **labels) == value), name)

            shows("associations", 1)
            shows("monitors", 2)
            shows("requests_total", 1, outcome="refused")
            client.close()
            shows("associations", 0)
            shows("monitors", 0)

    def test_a_byte_at_a_time_and_a_flood(self):
        with Office() as office:
            slow, fast = office.client(), office.client()
            data = frame(0, slow.document("RequestSystemStatus"))
            with slow._changed:
                slow._waiting[0] = "RequestSystemStatus"
            for at in range(len(data) // 2):  # each in a segment of its own
                slow.send_bytes(data[at:at + 1])
            asked = [fast.ask("RequestSystemStatus") for _ in range(3000)]
            for one in asked:
                self.assertEqual(fast.take(one, 20).text("systemStatus"), "normal")
            for at in range(len(data) // 2, len(data)):
                slow.send_bytes(data[at:at + 1])
            self.assertEqual(slow.take(0).text("systemStatus"), "normal")

    def test_garbage(self):
        with Office() as office:
            for data in (b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\7", b"\xff" * 64):
                client = office.client()
                client.send_bytes(data)
                client.wait_closed(15)
            self.assertEqual(office.client().system_status(), "normal")

    def test_a_planned_stop(self):
        with Office() as office:
            clients = [office.client() for _ in range(3)]
            for client in clients:
                client.monitor(LOTTE)
            office.daemon.process.send_signal(signal.SIGTERM)
            for client in clients:
                client.wait_closed(10)
                client.check()
            self.assertEqual(office.daemon.process.wait(10), 0)

    def test_sessions_and_networks_by_reload(self):
        with Office() as office:
            client = office.client()
            client.monitor(LOTTE)
            text = office.daemon.config.read_text()
            office.reload(config=text.replace(TRUSTED, 'trusted = ["192.0.2.0/24"]\nusers_file = "csta-users"'),
                          **{"csta-users": users_text()})
            other = office.client()
            with self.assertRaises(Refused):
                other.monitor(LOTTE)
            other.start_session("desk", "wouter", "secret")
            other.monitor(LOTTE)


class PlatformAway(unittest.TestCase):
    """Clients must not believe what nobody knows."""

    def test_away_and_back(self):
        with Office(more='[presence]\nline_stale_after = "2s"\n') as office:
            client = office.client()
            client.register()
            monitor = client.monitor(LOTTE)
            office.sim.command("away", seconds=7)
            office.sim.command("kill_channel")

            def told(state):
                while client.wait_server_request("SystemStatus", 20).text("systemStatus") != state:
                    pass

            told("disabled")
            self.assertEqual(client.system_status(), "disabled")
            client.next_event("OutOfServiceEvent", monitor=monitor)
            with self.assertRaises(Refused):
                client.snapshot(LOTTE)
            office.calls(ALICE, LOTTE)  # while nobody looks
            told("normal")
            client.next_event("BackInServiceEvent", monitor=monitor)
            event = client.next_event("DeliveredEvent", monitor=monitor, timeout=10)
            self.assertEqual(event.device("callingDevice"), ALICE)
            self.assertEqual(client.snapshot(LOTTE)[0][2][0], "alerting")


class UaDialog(Ua):
    """A uaCSTA client (ECMA TR/87): one dialog; each INFO of the server is answered, each body checked."""
    kind = ("Content-Type", "application/csta+xml")

    def __init__(self, office, transport, **login):
        super().__init__(("127.0.0.1", office.listening("sip", transport)), "example.net", "cti", transport, **login)
        self.fields = [("Contact", f"<sip:cti@{self.here}>"), ("Supported", "timer"), ("Session-Expires", "600")]
        self.call, self.tag, self.cseq, self.to_tag = f"csta-{self.here}", "ua1", 0, None
        self.events, self.ended, self.answer = [], False, 200
        self.documents = []  # whatever the server sent

    def take(self, message, peer):
        if message.method in ("INFO", "BYE") and message.branch not in self.answered:
            if message.method == "BYE":
                self.ended = True
            else:
                self.events.append(self.read(message))
            self.answered[message.branch] = self.reply(message, self.answer)
            return self.put(self.answered[message.branch], peer)
        return super().take(message, peer)

    def read(self, message):
        assert message.one("content-type") == "application/csta+xml", message.data
        self.documents.append(message.body)
        return Message(0, check_message(message.body.decode()))

    def within(self, method, xml="", more=()):
        """The answer to a request in the dialog, if need be to a second one that logs in."""
        self.cseq += 1
        fields = [*(self.fields if method in ("INVITE", "UPDATE") else ()), *([self.kind] if xml else ()), *more]
        answer = self.ask(self.request(method, "cti", fields, xml.encode(), self.call, self.tag, self.to_tag, self.cseq))
        if answer.status != 401 or not self.user or more:
            return answer
        login = credentials(challenges(answer)[0], self.user, self.password, method, "sip:cti@example.net")
        return self.within(method, xml, [("Authorization", login)])

    def open(self):
        answer = self.within("INVITE", document("RequestSystemStatus"))
        assert answer.status == 200, answer.data
        self.to_tag = answer.to_params["tag"]
        self.put(self.request("ACK", "cti", (), b"", self.call, self.tag, self.to_tag, self.cseq))
        return answer

    def asks(self, root, content=""):
        answer = self.within("INFO", document(root, content))
        assert answer.status == 200, answer.data
        return self.read(answer)

    def hears(self, *names):
        assert self.until(lambda: len(self.events) >= len(names), 5), self.events
        taken, self.events = self.events[:len(names)], self.events[len(names):]
        assert [event.name for event in taken] == list(names), taken
        return taken


def document(root, content=""):
    return f'<{root} xmlns="{space_of(5)}">{content}</{root}>'


def sip_too(who=TRUSTED):
    return f'[sip]\nlisten = ["udp:127.0.0.1:0", "tcp:127.0.0.1:0"]\ndomain = "example.net"\n{who}\n'


class UaLogins(unittest.TestCase):
    """Each request of a uaCSTA client is SIP's to let in; no application session is asked for."""

    def test_logins(self):
        users = "".join(
            f"{user}:example.net:SHA-256:{ha1('SHA-256', user, 'example.net', 'geheim')}\n"
            for user in ("lotte", "wouter"))
        with Office(csta="", more=sip_too('users_file = "sip-users"'), files={"sip-users": users}) as office:
            stranger = UaDialog(office, "tcp", user="lotte", password="wrong")
            self.addCleanup(stranger.close)
            self.assertEqual(stranger.within("INVITE", document("RequestSystemStatus")).status, 401)
            ua = UaDialog(office, "tcp", user="lotte", password="geheim")
            self.addCleanup(ua.close)
            ua.open()
            ua.asks("MonitorStart", f"<monitorObject><deviceObject>{LOTTE}</deviceObject></monitorObject>")
            office.calls(ALICE, LOTTE)
            ua.hears("DeliveredEvent")
            ua.user, mine = "wouter", ua.user
            self.assertEqual(ua.within("INFO", document("RequestSystemStatus")).status, 403, "another's dialog")
            ua.user = mine
            self.assertEqual(ua.within("BYE").status, 200)


class UaCsta(unittest.TestCase):
    """CSTA within SIP dialogs."""

    def setUp(self):
        self.office = Office(more=sip_too())
        self.addCleanup(self.office.close)

    def ua(self, transport):
        ua = UaDialog(self.office, transport)
        self.addCleanup(ua.close)
        return ua

    def test_a_dialog(self):
        for transport in ("udp", "tcp"):
            with self.subTest(transport):
                ua = self.ua(transport)
                opened = ua.open()
                self.assertEqual(ua.read(opened).text("systemStatus"), "normal")
                self.assertEqual(opened.one("session-expires"), "600;refresher=uac")
                started = ua.asks("MonitorStart", f"<monitorObject><deviceObject>{LOTTE}</deviceObject></monitorObject>")
                self.office.calls(ALICE, LOTTE)
                event = ua.hears("DeliveredEvent")[0]
                self.assertEqual(event.text("monitorCrossRefID"), started.text("monitorCrossRefID"))
                call, device = event.connection("connection")
                where = f"<callID>{call}</callID><deviceID>{device}</deviceID>"
                ua.asks("AnswerCall", f"<callToBeAnswered>{where}</callToBeAnswered>")
                ua.hears("EstablishedEvent")
                refused = ua.asks("AnswerCall", f"<callToBeAnswered>{where}</callToBeAnswered>")
                self.assertEqual(refused.name, "CSTAErrorCode")
                ua.asks("ClearConnection", f"<connectionToBeCleared>{where}</connectionToBeCleared>")
                self.assertEqual(ua.hears("ConnectionClearedEvent")[0].text("localConnectionInfo"), "null")
                self.assertEqual(ua.within("UPDATE").one("session-expires"), "600;refresher=uac")
                self.assertEqual(ua.within("BYE").status, 200)
                self.assertEqual(ua.within("INFO", document("RequestSystemStatus")).status, 481)
                self.assertTrue(self.office.idle())

    def test_other_bodies(self):
        ua = self.ua("udp")
        answer = ua.within("INVITE", "v=0")
        self.assertEqual((answer.status, ua.read(answer).name), (200, "CSTAErrorCode"))
        other = self.ua("tcp")
        other.kind = ("Content-Type", "application/sdp")
        answer = other.within("INVITE", "v=0")
        self.assertEqual((answer.status, answer.one("accept")), (415, "application/csta+xml"))

    def test_a_client_that_takes_no_events(self):
        ua = self.ua("tcp")
        ua.open()
        ua.asks("MonitorStart", f"<monitorObject><deviceObject>{LOTTE}</deviceObject></monitorObject>")
        ua.answer = 500
        self.office.calls(ALICE, LOTTE)
        self.assertTrue(ua.until(lambda: ua.ended, 5))
        self.assertTrue(within(5, lambda: self.office.metric("lamplighter_csta_monitors") == 0))

    def test_a_planned_stop(self):
        uas = [self.ua(transport) for transport in ("udp", "tcp")]
        for ua in uas:
            ua.open()
        self.office.daemon.process.send_signal(signal.SIGTERM)
        for ua in uas:
            self.assertTrue(ua.until(lambda: ua.ended, 5))
        self.assertEqual(self.office.daemon.process.wait(10), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
