"""SIP in bad weather: what is lost, doubled, late, silent, slow, flooded or broken. At the end every lamp is the truth."""
import random
import select
import socket
import statistics
import struct
import threading
import time
import unittest

from office import within
from sip_office import ALICE, LOTTE, LUCIA, WOUTER, Office, Relay, WithOffice, hear, published, sip_list, whole

UNTRUSTED = "127.0.0.66"
ONLY_US = 'trusted = ["127.0.0.1/32"]'


def bind_from(address):
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((address, 0))
    return one


def connect_from(address, server):
    return socket.create_connection(server, 5, (address, 0))


def reset(one):
    """Closes with RST."""
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


class Lossy(unittest.TestCase):
    """A fifth of all datagrams is lost, others come twice or late: lists, presence and publications, too."""

    def test_every_picture_is_the_truth(self):
        users = (ALICE, LOTTE, WOUTER, LUCIA)
        with Office(more=sip_list("sidecar", *map(whole, users))) as office:
            relay = Relay(("127.0.0.1", office.port["udp"]), seed=4)
            agents = []
            for number in range(8):
                front, back = relay.way()
                agents.append(office.ua(f"lossy{number}", server=front, lossy=True, contact=f"127.0.0.1:{back[1]}"))
            relay.start()
            self.addCleanup(relay.close)
            lists = [(ua, ua.subscribe("sidecar", "dialog", lists=True)) for ua in agents]
            softs = [(ua, ua.subscribe(user, "presence"), user) for ua in agents for user in users[:2]]
            chance = random.Random(9)
            etag = None
            for _ in range(8):
                caller, callee = chance.sample(users, 2)
                office.calls(caller, callee)
                hear(agents, 0.3)
                office.does("answer", callee)
                answer = agents[0].publish(ALICE, "presence", published(ALICE, chance.choice(("away", "meeting", "busy"))), etag=etag)
                self.assertEqual(answer.status, 200)
                etag = answer.one("sip-etag")
                hear(agents, 0.3)
                office.does("hangup", caller)
                hear(agents, 0.2)
            office.calls(ALICE, WOUTER)
            truth, word = office.lamps(), {"idle": "Available", "busy": "On the phone", "ringing": "Ringing"}

            def right():
                wrong[:] = [(user, watch.lamp_of(f"sip:{whole(user)}")) for _, watch in lists for user in users
                            if watch.lamp_of(f"sip:{whole(user)}") != truth[user]]
                wrong.extend((user, watch.document and watch.document.tuples) for _, watch, user in softs if not watch.document
                             or watch.document.tuples[0].notes != [word[truth[user]]])
                return not wrong

            wrong = []
            self.assertTrue(hear(agents, 60, right), wrong[:3])
            self.assertEqual({truth[ALICE], truth[WOUTER]}, {"busy", "ringing"})
            self.assertGreater(relay.lost, 40)
            self.assertGreater(relay.doubled, 5)
            agents[0].publish(ALICE, "presence", etag=etag, expires=0)


class Silent(unittest.TestCase):
    """Watchers that say nothing, or say late that they are gone."""

    def test_datagrams_for_nobody_are_bounded(self):
        with Office() as office:
            # Timer E sends after 0.5, 1, 2, then every 4 s; Timer F gives up after 32 s: eleven datagrams, whatever happens.
            mute = [office.ua(f"mute{number}") for number in range(10)]
            good = office.ua("good")
            watches = [ua.subscribe(ALICE, "dialog") for ua in mute]
            seen = good.subscribe(ALICE, "dialog")
            for watch in watches:
                watch.answer = None
            began = time.monotonic()
            ringing = False
            while time.monotonic() - began < 20:
                hear([*mute, good], 1)
                office.does("hangup", ALICE) if ringing else office.calls(LOTTE, ALICE)
                ringing = not ringing
            self.assertTrue(hear([*mute, good], 3, lambda: seen.lamp == ("ringing" if ringing else "idle")), "the good one is served")
            for ua, watch in zip(mute, watches):
                self.assertEqual(len(watch.notifies), 1, "one on its way, whatever changes")
                self.assertTrue(5 <= ua.repeated <= 8, ua.repeated)
            mutes = lambda: [one["last_answer"] for one in office.watchers(person=whole(ALICE)) if "mute" in one["watcher"]]  # noqa: E731
            self.assertEqual(mutes(), ["on its way"] * 10)
            hear([*mute, good], 33.5 - (time.monotonic() - began))
            for ua, watch in zip(mute, watches):
                self.assertLessEqual(1 + ua.repeated, 11)
            self.assertEqual(mutes(), ["no answer"] * 10)

    def test_gone_is_said_late(self):
        with Office() as office:
            ua = office.ua("late")
            watch = ua.subscribe(ALICE, "dialog")
            watch.answer = None
            self.assertTrue(ua.until(lambda: ua.repeated == 2, 5))
            for branch in ua.answered:
                ua.answered[branch] = ua.reply(watch.notifies[0], 481)  # the next repetition is answered
            self.assertTrue(ua.until(lambda: office.watchers() and office.watchers()[0]["why_ended"], 6), office.watchers())
            self.assertIn("481", office.watchers()[0]["why_ended"])
            count = ua.repeated
            office.calls(LOTTE, ALICE)
            ua.until(lambda: False, 1.5)
            self.assertEqual((len(watch.notifies), ua.repeated), (1, count), "nothing goes to who is gone")


class Moving(WithOffice):
    """A telephone whose address changes while it watches."""

    def test_another_port_at_refresh(self):
        first = self.ua("roamer")
        watch = first.subscribe(ALICE, "dialog")
        self.assertTrue(first.until(lambda: watch.document))
        second = self.ua("roamer")
        second.watches[(watch.call_id, watch.tag)] = watch
        self.assertEqual(second.refresh(watch).status, 200)
        count = len(watch.notifies)
        self.assertTrue(second.until(lambda: len(watch.notifies) > count, 3))
        self.office.calls(LOTTE, ALICE)
        self.assertTrue(second.until(lambda: watch.lamp == "ringing", 5))
        self.assertFalse(first.receive(0.3), "nothing goes to the old place")
        self.office.does("hangup", LOTTE)
        self.assertTrue(second.until(lambda: watch.lamp == "idle", 5))
        self.assertEqual(self.office.watchers(person=whole(ALICE))[0]["from"], second.here)

    def test_from_datagrams_to_a_connection(self):
        first = self.ua("grower")
        watch = first.subscribe(WOUTER, "dialog")
        self.assertTrue(first.until(lambda: watch.document))
        second = self.ua("grower", "tcp", contact=first.here + ";transport=tcp")
        second.watches[(watch.call_id, watch.tag)] = watch
        self.assertEqual(second.refresh(watch).status, 200)
        self.office.calls(LUCIA, WOUTER)
        self.assertTrue(second.until(lambda: watch.lamp == "ringing", 5))
        self.assertFalse(first.receive(0.3), "nothing goes to the old place")
        self.office.does("hangup", LUCIA)


class Streams(WithOffice):
    """Connections that are lost."""

    def phone(self, name, listening=True, behind_proxy=False):
        """(UA, its watch of Alice, the socket that its Contact names, or the proxy in front of it)"""
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.bind(("127.0.0.1", 0))
        self.addCleanup(door.close)
        if listening:
            door.listen()
        way = f"127.0.0.1:{door.getsockname()[1]};transport=tcp"
        ua = self.ua(name, "tcp", contact="192.0.2.7:5060;transport=tcp" if behind_proxy else way)
        watch = ua.subscribe(ALICE, "dialog", fields=[("Record-Route", f"<sip:{way};lr>")] if behind_proxy else [])
        self.assertTrue(ua.until(lambda: watch.document))
        return ua, watch, door

    def tearDown(self):
        if self.office.lamps()[LOTTE] != "idle":
            self.office.does("hangup", LOTTE)

    def row(self, ua):
        return next(one for one in self.office.watchers(person=whole(ALICE)) if ua.name in one["watcher"])

    def test_contact_is_dialled(self):
        for close in (socket.socket.close, reset):
            with self.subTest(close.__name__):
                ua, watch, door = self.phone(f"redial.{close.__name__}")
                close(ua.socket)
                self.office.calls(LOTTE, ALICE)
                door.settimeout(5)
                ua.socket, ua.buffer = door.accept()[0], b""
                self.assertTrue(ua.until(lambda: watch.lamp == "ringing", 3))
                self.office.does("hangup", LOTTE)
                self.assertTrue(ua.until(lambda: watch.lamp == "idle", 3), "over the same connection")
                self.assertEqual(ua.refresh(watch).status, 200)

    def test_the_proxy_is_dialled(self):
        ua, watch, door = self.phone("behind", behind_proxy=True)
        ua.socket.close()
        self.office.calls(LOTTE, ALICE)
        door.settimeout(5)
        ua.socket, ua.buffer = door.accept()[0], b""
        self.assertTrue(ua.until(lambda: watch.lamp == "ringing", 3))

    def test_lost_while_a_notify_is_on_its_way(self):
        ua, watch, door = self.phone("unlucky")
        watch.answer = None
        self.office.calls(LOTTE, ALICE)
        self.assertTrue(ua.until(lambda: watch.lamp == "ringing", 5))
        began = time.monotonic()
        watch.answer = 200
        reset(ua.socket)
        door.settimeout(20)  # Timer F would take 32 s
        ua.socket, ua.buffer = door.accept()[0], b""
        ua.lossy = watch.lossy = True
        count = len(watch.notifies)
        self.assertTrue(ua.until(lambda: len(watch.notifies) > count, 3))
        self.assertEqual(watch.lamp, "ringing")
        self.assertLess(time.monotonic() - began, 20)

    def test_nobody_at_the_contact(self):
        ua, _, _ = self.phone("vanished", listening=False)
        ua.socket.close()
        self.office.calls(LOTTE, ALICE)
        self.assertTrue(within(5, lambda: self.row(ua)["last_answer"] == "no answer"), self.row(ua))
        self.assertTrue(within(25, lambda: self.row(ua)["why_ended"]), self.row(ua))
        self.assertIn("not answered", self.row(ua)["why_ended"])

    def test_half_closed(self):
        # A client that has said its last word still hears what was under way.
        ua, watch, _ = self.phone("half")
        data = ua.request("OPTIONS", ALICE)
        ua.put(data)
        ua.socket.shutdown(socket.SHUT_WR)
        self.assertTrue(ua.until(lambda: ua.responses, 3))
        self.assertEqual(ua.responses[0].status, 200)


class Flood(unittest.TestCase):
    """10 000 SUBSCRIBEs a second from somebody whom nobody knows."""

    def test_the_others_are_served(self):
        with Office(ONLY_US) as office:
            server = ("127.0.0.1", office.port["udp"])
            good = office.ua("good")
            watch = good.subscribe(ALICE, "dialog")
            self.assertTrue(good.until(lambda: watch.document))
            flooder = bind_from(UNTRUSTED)
            self.addCleanup(flooder.close)
            here = f"{UNTRUSTED}:{flooder.getsockname()[1]}"
            pattern = good.request("SUBSCRIBE", ALICE, [("Contact", f"<sip:x@{here}>"), ("Event", "dialog"), ("Expires", "600")],
                                   call_id="@CALL@", tag="@CALL@").replace(good.here.encode(), here.encode())
            over, sent = threading.Event(), [0]

            def send():
                began = time.monotonic()
                while not over.is_set():
                    for _ in range(50):
                        sent[0] += 1
                        name = b"f%d" % sent[0]
                        flooder.sendto(pattern.replace(b"@CALL@", name).replace(b"branch=z9hG4bK", b"branch=z9hG4bK" + name), server)
                    ahead = sent[0] / 10_000 - (time.monotonic() - began)
                    if ahead > 0:
                        time.sleep(ahead)

            memory = office.memory_kb()
            thread = threading.Thread(target=send, daemon=True)
            began = time.monotonic()
            thread.start()
            waits = []
            try:
                while time.monotonic() - began < 6:
                    asked = time.monotonic()
                    self.assertEqual(good.ask(good.request("OPTIONS", ALICE)).status, 200)
                    waits.append(time.monotonic() - asked)
                    time.sleep(0.02)
                office.calls(LOTTE, ALICE)
                self.assertTrue(good.until(lambda: watch.lamp == "ringing", 5))
            finally:
                over.set()
                thread.join(5)
            rate = sent[0] / (time.monotonic() - began)
            answers = 0
            flooder.setblocking(False)
            while select.select([flooder], [], [], 0.2)[0]:
                flooder.recv(65535)
                answers += 1
            grown = office.memory_kb() - memory
            print(f"{rate:.0f}/s for {time.monotonic() - began:.1f} s, {answers} answers; a good request waits "
                  f"{statistics.median(waits) * 1000:.1f} ms, at most {max(waits) * 1000:.1f} ms; {grown} KiB more")
            self.assertGreater(sent[0], 10_000, "a flood")
            self.assertLess(statistics.median(waits), 0.05)
            self.assertLess(grown, 32 * 1024)
            self.assertLess(answers, sent[0] / 10)
            self.assertEqual(len(office.watchers()), 1)
            self.assertTrue(within(15, lambda: office.metric("lamplighter_sip_door_total", decision="rate") > 1000))


class ChannelStorm(unittest.TestCase):
    """The platform's channels are cut and return: five hundred lamps are told at once, and none is lost."""
    people = 500

    def watch(self, office):
        agents = [office.ua(f"board{number}") for number in range(5)]
        for ua in agents:
            ua.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        users = sorted(user for user in office.extensions if "." in user and not user.endswith((".desk2", ".queue", ".hunt", ".menu")))
        self.assertGreaterEqual(len(users), self.people - 5)
        watches = {user: agents[number % 5].subscribe(user, "dialog") for number, user in enumerate(users)}
        self.assertTrue(hear(agents, 20, lambda: all(watch.document for watch in watches.values())))
        return agents, users, watches

    def wrong(self, office, watches):
        truth = office.lamps()
        return [(user, watch.state, watch.lamp, truth[user]) for user, watch in watches.items() if watch.lamp != truth[user]]

    def test_before_anything_is_stale(self):
        with Office(people=self.people, options=("--second-lines", "0", "--xsp", "2")) as office:
            agents, users, watches = self.watch(office)
            for caller, callee in zip(users[0:200:2], users[1:200:2]):
                office.calls(caller, callee)
            self.assertTrue(hear(agents, 20, lambda: not self.wrong(office, watches)), self.wrong(office, watches)[:3])
            for _ in range(3):
                office.sim.command("away", seconds=2)
                office.sim.command("kill_channel", how="rst")
                for caller in users[0:100:2]:
                    office.does("hangup", caller)
                for callee in users[101:200:2]:
                    office.does("answer", callee)
                for caller, callee in zip(users[200:500:2], users[201:500:2]):
                    office.calls(caller, callee)
                hear(agents, 2)
                began = time.monotonic()
                self.assertTrue(hear(agents, 30, lambda: not self.wrong(office, watches)), self.wrong(office, watches)[:3])
                print(f"{time.monotonic() - began:.1f} s after the platform was back")
                for caller in users[100:500:2]:
                    office.does("hangup", caller)
                for caller, callee in zip(users[0:200:2], users[1:200:2]):
                    office.calls(caller, callee)
            self.assertTrue(hear(agents, 20, lambda: not self.wrong(office, watches)), self.wrong(office, watches)[:3])
            self.assertEqual({watch.state for watch in watches.values()}, {"active"})

    def test_after_everything_was_stale(self):
        with Office(more='[presence]\nline_stale_after = "2s"\n', people=self.people, options=("--second-lines", "0")) as office:
            agents, users, watches = self.watch(office)
            office.sim.command("away", seconds=8)
            office.sim.command("kill_channel")
            self.assertTrue(hear(agents, 10, lambda: all(watch.state == "terminated" for watch in watches.values())))
            self.assertEqual({watch.reason for watch in watches.values()}, {"probation"})
            self.assertGreater(len({watch.retry_after for watch in watches.values()}), 5, "not everybody comes back at once")
            again = {user: agents[number % 5].subscribe(user, "dialog") for number, user in enumerate(users)}
            self.assertTrue(hear(agents, 10, lambda: all(watch.state for watch in again.values())))
            for caller, callee in zip(users[0:300:2], users[1:300:2]):
                office.calls(caller, callee)
            self.assertTrue(hear(agents, 30, lambda: all(watch.state == "active" for watch in again.values())))
            self.assertTrue(hear(agents, 10, lambda: not self.wrong(office, again)), self.wrong(office, again)[:3])


class Slow(unittest.TestCase):
    """Clients that send a byte a second and never a message."""

    def test_sixty_of_them(self):
        with Office(ONLY_US) as office:
            server = ("127.0.0.1", office.port["tcp"])
            slow = [connect_from(UNTRUSTED, server) for _ in range(60)]
            good = office.ua("good", "tcp")
            watch = good.subscribe(ALICE, "dialog")
            self.assertTrue(good.until(lambda: watch.document))
            data = good.request("OPTIONS", ALICE)
            closed, began, at = set(), time.monotonic(), 0
            closed_early = 0
            while len(closed) < 60 and time.monotonic() - began < 20:
                for number, one in enumerate(slow):
                    if number in closed:
                        continue
                    try:
                        one.send(data[at:at + 1])
                        if select.select([one], [], [], 0)[0] and not one.recv(100):
                            closed.add(number)
                    except OSError:
                        closed.add(number)
                at += 1
                if at == 3:
                    closed_early = len(closed)
                self.assertEqual(good.ask(good.request("OPTIONS", ALICE), 2).status, 200)
                good.until(lambda: False, 1)
            self.assertEqual(closed_early, 10, "fifty of one source, no more")
            self.assertEqual(len(closed), 60, "nobody may stay without a message")
            office.calls(LOTTE, ALICE)
            self.assertTrue(good.until(lambda: watch.lamp == "ringing", 3))
            again = connect_from(UNTRUSTED, server)  # there is room again
            again.sendall(data)
            again.settimeout(3)
            self.assertTrue(again.recv(65535).startswith(b"SIP/2.0 200"))
            for one in [*slow, again]:
                one.close()


    def test_somebody_asks_and_never_reads(self):
        # Answers pile up: what the peer does not take is bounded, then it is closed.
        with Office() as office:
            memory = office.memory_kb()
            good = office.ua("good", "tcp")
            watch = good.subscribe(ALICE, "dialog")
            deaf = connect_from("127.0.0.1", ("127.0.0.1", office.port["tcp"]))
            deaf.settimeout(5)
            pattern, sent = good.request("OPTIONS", ALICE), 0
            with self.assertRaises(OSError):
                while sent < 200_000:
                    deaf.sendall(b"".join(pattern.replace(b"z9hG4bK", b"z9hG4bKd%d." % (sent + number)) for number in range(100)))
                    sent += 100
            deaf.close()
            office.calls(LOTTE, ALICE)
            self.assertTrue(good.until(lambda: watch.lamp == "ringing", 5))
            print(f"closed after {sent} requests, {office.memory_kb() - memory} KiB more")
            self.assertLess(office.memory_kb() - memory, 96 * 1024)


class Garbage(WithOffice):
    """Bytes without sense: no answer or a 4xx, and everything goes on."""

    def goes_on(self, ua, watch):
        self.assertEqual(ua.ask(ua.request("OPTIONS", ALICE)).status, 200)
        self.office.calls(LOTTE, ALICE)
        self.assertTrue(ua.until(lambda: watch.lamp == "ringing", 5))
        self.office.does("hangup", LOTTE)
        self.assertTrue(ua.until(lambda: watch.lamp == "idle", 5))
        self.assertIsNone(self.office.daemon.process.poll())

    def test_datagrams(self):
        ua, chance = self.ua("good"), random.Random(15)
        watch = ua.subscribe(ALICE, "dialog")
        self.assertTrue(ua.until(lambda: watch.document))
        noisy = bind_from("127.0.0.1")
        self.addCleanup(noisy.close)
        server = ("127.0.0.1", self.office.port["udp"])
        other = self.ua("noise")  # what is answered goes to it, and is not read
        whole_ones = [other.request(method, LOTTE, [("Contact", "<sip:x@127.0.0.1:9>"), ("Event", event), ("Accept", "*/*"), ("Expires", "0")],
                                 body) for method, event, body in (("SUBSCRIBE", "dialog", b""), ("PUBLISH", "presence", published(LOTTE, "away")),
                                                                   ("OPTIONS", "dialog", b""), ("NOTIFY", "dialog", b""))]
        for number in range(6000):
            data = bytearray(chance.choice(whole_ones))
            kind = number % 4
            if kind == 0:
                data = chance.randbytes(chance.choice((1, 4, 20, 300, 1400, 9000)))
            elif kind == 1:
                data = data[:chance.randrange(len(data))]
            elif kind == 2:
                for _ in range(chance.randrange(1, 8)):
                    data[chance.randrange(len(data))] = chance.randrange(256)
            else:
                at = chance.randrange(len(data))
                data = data[:at] + data[at:at + 40] * chance.randrange(2, 60) + data[at:]
            noisy.sendto(data, server)
            if number % 200 == 0:
                ua.receive(0.005)
        self.goes_on(ua, watch)

    def test_streams(self):
        ua, chance = self.ua("good.tcp", "tcp"), random.Random(16)
        watch = ua.subscribe(ALICE, "dialog")
        self.assertTrue(ua.until(lambda: watch.document))
        data = ua.request("OPTIONS", ALICE)
        for number in range(60):
            with connect_from("127.0.0.1", ("127.0.0.1", self.office.port["tcp"])) as one:
                bad = chance.randbytes(3000) if number % 3 == 0 else data[:chance.randrange(1, len(data))] + chance.randbytes(200)
                try:
                    for at in range(0, len(bad), 700):
                        one.sendall(bad[at:at + 700])
                    if number % 3 == 1:
                        reset(one)
                except OSError:
                    pass  # it has closed the connection by then
        self.goes_on(ua, watch)


class Torture(WithOffice):
    """Messages after RFC 4475, in words of our own: what is answered over UDP, and what over TCP."""
    #       what, instead of, these bytes, over UDP, over TCP (None: no answer, "closed": and the connection ends)
    rows = (
        ("wsinv: folded lines, odd case", b"Max-Forwards: 70", b"MAX-FORWARDS :\r\n  0070", 200, 200),
        ("wsinv: an unknown header with odd signs", b"Max-Forwards", b"NewFangledHeader:   newfangled value\r\n continued newfangled value\r\nMax-Forwards", 200, 200),
        ("esc01: an escaped letter", b"OPTIONS sip:alice", b"OPTIONS sip:%61lice", 200, 200),
        ("escnull: a zero byte, escaped", b"From: <sip:", b"From: <sip:null-%00-null", 200, 200),
        ("lwsdisp: no space after a display name", b"From: <", b"From: caller<", 200, 200),
        ("semiuri: a semicolon in the user part", b"From: <sip:torture@", b"From: <sip:user;par=u%40example.net@", 200, 200),
        ("transports: Vias of any kind", b"Max-Forwards", b"Via: SIP/2.0/SCTP s.example.net;branch=z9hG4bKa, SIP/2.0/UNKNOWN u.example.net;branch=z9hG4bKb\r\nMax-Forwards", 200, 200),
        ("badinv01: commas and semicolons too many", b";tag=ua", b";;,;,,tag=ua", 400, 400),
        ("clerr: Content-Length beyond the datagram", b"Content-Length: 0", b"Content-Length: 9999", 400, None),
        ("ncl: negative Content-Length", b"Content-Length: 0", b"Content-Length: -999", 400, "closed"),
        ("scalar02: CSeq beyond its range", b"CSeq: 1 ", b"CSeq: 36893488147419103232 ", 400, 400),
        ("quotbal: a quote left open", b"To: <", b'To: "Mr. J. User <', 400, 400),
        ("ltgtruri: angle brackets around the Request-URI", b"OPTIONS sip:alice.ficcion@example.net", b"OPTIONS <sip:alice.ficcion@example.net>", 400, 400),
        ("lwsruri: spaces within the Request-URI", b"OPTIONS sip:alice.ficcion@example.net", b"OPTIONS sip:alice.ficcion@example.net; lr", 400, 400),
        ("lwsstart: two spaces in the request line", b"OPTIONS sip", b"OPTIONS  sip", 400, 400),
        ("trws: a space at the end of the request line", b" SIP/2.0\r\nVia", b" SIP/2.0 \r\nVia", 400, 400),
        ("badvers: SIP/7.0", b" SIP/2.0\r\nVia", b" SIP/7.0\r\nVia", 505, 505),
        ("mismatch01: CSeq of another method", b"CSeq: 1 OPTIONS", b"CSeq: 1 INVITE", 400, 400),
        ("insuf: no Call-ID", b"Call-ID", b"X-Call-ID", 400, 400),
        ("unkscm: an unknown scheme", b"OPTIONS sip:alice.ficcion@example.net", b"OPTIONS nobodyKnowsThisScheme:totallyopaquecontent", 416, 416),
        ("novelsc: a scheme for something else", b"OPTIONS sip:alice.ficcion@example.net", b"OPTIONS soap.beep://192.0.2.103:3002", 416, 416),
        ("bext01: unknown extensions required", b"Max-Forwards", b"Require: nothingSupportsThis, nothingSupportsThisEither\r\nMax-Forwards", 420, 420),
        ("multi01: fields twice that may stand once", b"Max-Forwards", b"Call-ID: other\r\nMax-Forwards", 400, 400),
        ("mcl01: two Content-Lengths that differ", b"Content-Length: 0", b"Content-Length: 13\r\nContent-Length: 0", 400, "closed"),
        ("zeromf: Max-Forwards of zero", b"Max-Forwards: 70", b"Max-Forwards: 0", 200, 200),
        ("inv2543: no branch, no tag in From", b";branch=", b";was=", 200, 200),
    )

    def message(self, ua, old, new):
        data = ua.request("OPTIONS", ALICE)
        self.assertIn(old, data)
        return data.replace(old, new, 1)

    def test_over_udp(self):
        for what, old, new, status, _ in self.rows:
            with self.subTest(what):
                ua = self.ua("torture")
                ua.put(self.message(ua, old, new))
                ua.socket.settimeout(3)
                self.assertRegex(ua.socket.recv(65535), b"^SIP/2.0 %d " % status)

    def test_over_tcp(self):
        for what, old, new, _, status in self.rows:
            with self.subTest(what):
                ua = self.ua("torture", "tcp")
                ua.put(self.message(ua, old, new))
                ua.socket.settimeout(0.5 if status is None else 3)
                if status is None:
                    with self.assertRaises(TimeoutError):
                        ua.socket.recv(65535)
                    continue
                answer = ua.socket.recv(65535)
                self.assertRegex(answer, b"^SIP/2.0 %d " % (400 if status == "closed" else status))
                if status == "closed":
                    self.assertEqual(ua.socket.recv(65535), b"")
                else:  # the next message on that stream finds its place
                    self.assertEqual(ua.ask(ua.request("OPTIONS", ALICE), 3).status, 200)

    def test_two_in_one_datagram(self):
        # dblreq: the first is answered, what lies behind it is thrown away.
        ua = self.ua("torture")
        first, second = ua.request("OPTIONS", ALICE), ua.request("OPTIONS", ALICE)
        ua.put(first + second)
        self.assertTrue(ua.until(lambda: ua.responses, 3))
        self.assertFalse(ua.until(lambda: len(ua.responses) > 1, 0.5))

    def test_responses_to_nothing(self):
        # noreason, unreason, bigcode, bcast: no answer, and no harm.
        ua = self.ua("torture")
        for line in (b"SIP/2.0 200 ", "SIP/2.0 200 = 2**3 * 5**2 но сто девяносто девять".encode(), b"SIP/2.0 4294967301 better not break"):
            ua.put(line + b"\r\nVia: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2\r\n"
                   b"From: <sip:a@example.net>;tag=1\r\nTo: <sip:b@example.net>;tag=2\r\nCall-ID: c\r\nCSeq: 1 NOTIFY\r\nContent-Length: 0\r\n\r\n")
        self.assertFalse(ua.receive(0.3))
        self.assertEqual(ua.ask(ua.request("OPTIONS", ALICE)).status, 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
