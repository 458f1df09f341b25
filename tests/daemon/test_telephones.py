"""What desk telephones ask of the daemon beside lamps: messages waiting, and features that they show and set."""
import hashlib
import re
import socket
import time
import unittest

from office import Daemon, Simulator

CSTA = 'xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed3"'
FEATURES = "application/x-as-feature-event+xml"


def md5(*words):
    return hashlib.md5(":".join(words).encode()).hexdigest()


class Telephone:
    """One subscription over UDP, from a trusted network, else with a password. Answers each NOTIFY with 200."""
    calls = 0

    def __init__(self, daemon, user, event, login="2000", password=None):
        Telephone.calls += 1
        self.user, self.event, self.login, self.password, self.credentials = user, event, login, password, None
        self.call_id, self.to_tag, self.cseq = f"call{Telephone.calls}", "", 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1" if password else "127.0.0.2", 0))
        self.socket.connect(("127.0.0.1", daemon.sip_port))
        self.notifies, self.answers, self.seen = [], [], set()

    def subscribe(self, body="", kind=FEATURES, expires=600):
        """The status of the answer."""
        self.cseq += 1
        host, port = self.socket.getsockname()
        fields = [f"SUBSCRIBE sip:{self.user}@example.net SIP/2.0",
                  f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self.call_id}.{self.cseq}",
                  f"From: <sip:{self.login}@example.net>;tag=here",
                  f"To: <sip:{self.user}@example.net>{self.to_tag and ';tag=' + self.to_tag}",
                  f"Call-ID: {self.call_id}", f"CSeq: {self.cseq} SUBSCRIBE", "Max-Forwards: 70",
                  f"Contact: <sip:{self.login}@{host}:{port}>", f"Event: {self.event}", f"Expires: {expires}",
                  *([self.credentials] if self.credentials else []),
                  *([f"Content-Type: {kind}"] if body else []), f"Content-Length: {len(body)}", "", body]
        before = len(self.answers)
        self.socket.send("\r\n".join(fields).encode())
        assert self.hears(lambda: len(self.answers) > before), "no answer"
        status, head = self.answers[-1]
        if status == 401 and self.password and not self.credentials:
            self.credentials = self.answer_to(re.search(r'nonce="([^"]+)"', head).group(1))
            status = self.subscribe(body, kind, expires)
            self.credentials = None
            return status
        if status == 200:
            self.to_tag = re.search(r"^To:.*;tag=([^;\r\n]+)", head, re.M).group(1)
        return status

    def answer_to(self, nonce):
        uri = f"sip:{self.user}@example.net"
        response = md5(md5(self.login, "example.net", self.password), nonce, "00000001", "c", "auth",
                       md5("SUBSCRIBE", uri))
        return (f'Authorization: Digest username="{self.login}", realm="example.net", nonce="{nonce}", uri="{uri}", '
                f'response="{response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c"')

    def hears(self, holds, seconds=5):
        """Takes what comes until `holds()`."""
        end = time.monotonic() + seconds
        while not holds():
            self.socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                data = self.socket.recv(65536).decode()
            except TimeoutError:
                return False
            head, body = data.split("\r\n\r\n", 1)
            if head.startswith("SIP/2.0"):
                self.answers.append((int(head.split(" ", 2)[1]), head))
                continue
            copied = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*", head.replace("\r", ""), re.M)
            self.socket.send("\r\n".join(["SIP/2.0 200 OK", *copied, "Content-Length: 0", "", ""]).encode())
            cseq = re.search(r"^CSeq:\s*(\d+)", head, re.M).group(1)
            if cseq not in self.seen:  # else it was sent again
                self.seen.add(cseq)
                self.notifies.append((head, body))
        return True

    def told(self, *texts, seconds=5):
        """The newest NOTIFY holds all of these, now or soon."""
        return self.hears(lambda: self.notifies and all(text in "".join(self.notifies[-1]) for text in texts), seconds)

    def close(self):
        self.socket.close()


class Features(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator()
        cls.sim.command("voice_mail", user="2000", new=2, old=8)
        cls.sim.command("voice_mail", user="2001", assigned=False)
        users = cls.sim.folder / "users"
        users.write_text(f"2006:example.net:{md5('2006', 'example.net', 'lamp')}\n")
        cls.daemon = Daemon(cls.sim, broadworks="voice_mail = true", extra=f"""
[sip]
listen = ["udp:127.0.0.1:0"]
domain = "example.net"
users_file = "{users}"
trusted = ["127.0.0.2"]
algorithms = ["MD5"]
""")
        assert cls.daemon.ready(), str(cls.daemon.get("/readyz")) + cls.daemon.log()
        cls.daemon.sip_port = int(re.search(r"udp:127\.0\.0\.1:(\d+)", cls.daemon.log()).group(1))

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()
        cls.sim.close()

    def telephone(self, *words, **more):
        one = Telephone(self.daemon, *words, **more)
        self.addCleanup(one.close)
        return one

    def test_messages_waiting(self):
        phone = self.telephone("2000", "message-summary")
        self.assertEqual(phone.subscribe(), 200)
        self.assertTrue(phone.told("Messages-Waiting: yes", "Voice-Message: 2/8\r\n"), phone.notifies)
        self.sim.command("voice_mail", user="2000", new=0, old=10)
        self.assertTrue(phone.told("Messages-Waiting: no", "Voice-Message: 0/10\r\n"), phone.notifies)
        self.sim.command("voice_mail", user="2000", new=1, new_urgent=1)
        self.assertTrue(phone.told("Messages-Waiting: yes", "Voice-Message: 1/10 (1/0)\r\n"), phone.notifies)

    def test_a_line_without_a_box(self):
        self.assertEqual(self.telephone("2001", "message-summary").subscribe(), 489)

    def test_features_are_shown(self):
        self.sim.command("forward", user="2002", kind="busy", active=True, to="2030")
        phone = self.telephone("2002", "as-feature-event")
        self.assertEqual(phone.subscribe(), 200)
        self.assertTrue(phone.told("<device>2002</device><doNotDisturbOn>false</doNotDisturbOn>",
                                   "<forwardingType>forwardBusy</forwardingType><forwardStatus>true</forwardStatus>"
                                   "<forwardTo>2030</forwardTo>", "Content-Type: multipart/mixed"), phone.notifies)
        self.sim.command("dnd", user="2002", active=True)
        self.assertTrue(phone.told("<doNotDisturbOn>true</doNotDisturbOn>"), phone.notifies)
        self.sim.command("forward", user="2002", kind="always", active=True, to="2031")
        self.assertTrue(phone.told("<forwardingType>forwardImmediate</forwardingType><forwardStatus>true</forwardStatus>"
                                   "<forwardTo>2031</forwardTo>"), phone.notifies)

    def test_features_are_set(self):
        phone = self.telephone("2003", "as-feature-event")
        self.assertEqual(phone.subscribe(), 200)
        self.assertTrue(phone.told("forwardNoAns"), phone.notifies)
        before = len(phone.notifies)
        self.assertEqual(phone.subscribe(f"<SetDoNotDisturb {CSTA}><device/><doNotDisturbOn>true</doNotDisturbOn>"
                                         "</SetDoNotDisturb>"), 200)
        self.assertTrue(phone.told("<doNotDisturbOn>true</doNotDisturbOn>"), phone.notifies)
        self.assertEqual(len(phone.notifies), before + 1, "a NOTIFY with the old state puts the key out for a moment")
        self.assertTrue(self.line("2003")["dnd"])
        self.assertEqual(phone.subscribe(
            f"<SetForwarding {CSTA}><device/><forwardingType>forwardNoAns</forwardingType><activateForward>true"
            "</activateForward><forwardDN>2030</forwardDN><ringCount>4</ringCount></SetForwarding>"), 200)
        self.assertTrue(phone.told("<forwardingType>forwardNoAns</forwardingType><forwardStatus>true</forwardStatus>"
                                   "<forwardTo>2030</forwardTo><ringCount>4</ringCount>"), phone.notifies)
        self.assertEqual(self.line("2003")["forwarding"], "no_answer")

    def test_an_order_that_fails_puts_the_key_back(self):
        phone = self.telephone("2004", "as-feature-event")
        self.assertEqual(phone.subscribe(), 200)
        self.assertTrue(phone.told("forwardNoAns"), phone.notifies)
        self.sim.command("fault", kind="forbidden", on="service_change", count=1)
        before = len(phone.notifies)
        self.assertEqual(phone.subscribe(f"<SetDoNotDisturb {CSTA}><device/><doNotDisturbOn>true</doNotDisturbOn>"
                                         "</SetDoNotDisturb>"), 200)
        self.assertTrue(phone.hears(lambda: len(phone.notifies) > before), "no NOTIFY")
        self.assertIn("<doNotDisturbOn>false</doNotDisturbOn>", phone.notifies[-1][1])
        self.assertFalse(self.line("2004")["dnd"])

    def test_orders_that_nobody_understands(self):
        phone = self.telephone("2005", "as-feature-event")
        self.assertEqual(phone.subscribe("<SetDoNotDisturb"), 400)
        self.assertEqual(phone.subscribe(f"<MakeCall {CSTA}/>"), 400)
        self.assertEqual(phone.subscribe("{}", kind="application/json"), 415)
        self.assertEqual(phone.subscribe(f"<SetDoNotDisturb {CSTA}><device/><doNotDisturbOn>true</doNotDisturbOn>"
                                         "</SetDoNotDisturb>"), 200)  # in the first SUBSCRIBE, too
        self.assertTrue(phone.told("<doNotDisturbOn>true</doNotDisturbOn>"), phone.notifies)

    def test_features_are_one_s_own(self):
        order = f"<SetDoNotDisturb {CSTA}><device/><doNotDisturbOn>true</doNotDisturbOn></SetDoNotDisturb>"
        other = self.telephone("2007", "as-feature-event", login="2006", password="lamp")
        self.assertEqual(other.subscribe(), 403)
        self.assertEqual(other.subscribe(order), 403)
        own = self.telephone("2006", "as-feature-event", login="2006", password="lamp")
        self.assertEqual(own.subscribe(order), 200)
        self.assertTrue(own.told("<doNotDisturbOn>true</doNotDisturbOn>"), own.notifies)
        self.assertFalse(self.line("2007")["dnd"])

    def line(self, extension):
        return next(user for user in self.sim.command("truth")["users"].values() if str(user["extension"]) == extension)


if __name__ == "__main__":
    unittest.main()
