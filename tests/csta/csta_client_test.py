"""What our writers say is what the schema's tables allow, in every edition; and the client can tell when it is not: each
of its refusals once, and a conversation with a scripted server on loopback."""
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import unittest

from csta_client import Client, Gone, Message, Refused, frame, space_of
from csta_schema import EVENTS, RESPONSES, SERVER_REQUESTS, SESSION_MESSAGES, SchemaError, check_message

BIN = pathlib.Path(os.environ.get("LAMP_BIN", "build/release/bin")).resolve()
ED5 = space_of(5)


def frames(data):
    out = []
    while data:
        length = struct.unpack(">H", data[2:4])[0]
        out.append((int(data[4:8]), data[8:length].decode()))
        data = data[length:]
    return out


class Writers(unittest.TestCase):
    def test_everything_in_every_edition(self):
        told = set()
        for edition in range(2, 7):
            data = subprocess.run([BIN / "csta_samples", str(edition)], stdout=subprocess.PIPE, check=True).stdout
            samples = frames(data)
            self.assertGreater(len(samples), 150)
            for invoke_id, xml in samples:
                message = Message(invoke_id, check_message(xml, space_of(edition)))
                self.assertEqual(invoke_id == 9999, message.name in EVENTS, xml)
                told.add(message.name)
        self.assertEqual(set(EVENTS) - told, set(), "events that nobody writes")
        self.assertEqual(set(RESPONSES) - told, {"ConferenceCallResponse"}, "responses that nobody writes")
        self.assertEqual(set(SERVER_REQUESTS) - told, {"SystemRegisterAbort"})
        self.assertEqual(set(SESSION_MESSAGES) - told, set())


class Tables(unittest.TestCase):
    """The check can fail: one row for each way."""

    HELD = ("<monitorCrossRefID>m</monitorCrossRefID><heldConnection><callID>1</callID></heldConnection>"
            "<holdingDevice><deviceIdentifier>2101</deviceIdentifier></holdingDevice>"
            "<localConnectionInfo>hold</localConnectionInfo><cause>normal</cause>")

    def held(self, old="", new=""):
        self.assertIn(old, self.HELD)
        return f'<HeldEvent xmlns="{ED5}">{self.HELD.replace(old, new, 1) if old else self.HELD}</HeldEvent>'

    def test_good(self):
        self.assertEqual(Message(9999, check_message(self.held(), ED5)).device("holdingDevice"), "2101")

    def test_refusals(self):
        rows = [
            # what                     from                                       to                     says
            ("no XML",                 "<cause>",                                 "<cause",              "no XML"),
            ("missing",                "<cause>normal</cause>",                   "",                    "lacks cause"),
            ("unknown element",        "<cause>",                                 "<colour/><cause>",    "not in the schema"),
            ("order",                  "<localConnectionInfo>hold</localConnectionInfo><cause>normal</cause>",
             "<cause>normal</cause><localConnectionInfo>hold</localConnectionInfo>",                     "stands where it may not"),
            ("twice",                  "<cause>normal</cause>",                   "<cause>normal</cause><cause>busy</cause>", "stands where it may not"),
            ("cause",                  ">normal<",                                ">hungUp<",            "no edition knows"),
            ("state",                  ">hold<",                                  ">held<",              "no edition knows"),
            ("empty connection",       "<callID>1</callID>",                      "",                    "neither call nor device"),
            ("choice of two",          "<deviceIdentifier>2101</deviceIdentifier>", "<notKnown/><restricted/>", "2 elements"),
            ("choice of none",         "<deviceIdentifier>2101</deviceIdentifier>", "",                  "0 elements"),
            ("not of the choice",      "<deviceIdentifier>2101</deviceIdentifier>", "<notRequired/>",    "is none of"),
            ("text between",           "<heldConnection>",                        "<heldConnection>x",   "text"),
            ("elements in text",       ">m<",                                     "><b/><",              "has elements"),
            ("text in empty",          "<deviceIdentifier>2101</deviceIdentifier>", "<notKnown>2101</notKnown>", "has the text"),
            ("another namespace",      "<cause>",                                 '<cause xmlns="urn:x">', "namespace"),
        ]
        for what, old, new, says in rows:
            with self.subTest(what):
                with self.assertRaises(SchemaError) as caught:
                    check_message(self.held(old, new), ED5)
                self.assertIn(says, str(caught.exception))

    def test_roots(self):
        for text, says in [
            (self.held().replace("ed5", "ed4"), "not "),
            (self.held().replace("ed5", "ed7"), "namespace"),
            (f'<TransferredEvent xmlns="{ED5}"/>', "nothing that"),
            (f'<CSTAErrorCode xmlns="{ED5}"><systemResourceAvailability>networkBusy</systemResourceAvailability></CSTAErrorCode>', "none of"),
            (f'<StopApplicationSessionPosResponse xmlns="{ED5}"/>', "namespace"),
        ]:
            with self.assertRaises(SchemaError) as caught:
                check_message(text, ED5)
            self.assertIn(says, str(caught.exception))


class Server:
    """Answers each frame with what the script says for its invoke id; the script sees what came."""

    def __init__(self, script, tls=None):
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard = []
        self.thread = threading.Thread(target=self.run, args=(script,), daemon=True)
        self.thread.start()

    def run(self, script):
        connection, _ = self.listener.accept()
        if self.tls:
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection:
            for answer in script:
                head = self.exactly(connection, 8)
                if not head:
                    return
                body = self.exactly(connection, struct.unpack(">H", head[2:4])[0] - 8)
                self.heard.append((int(head[4:]), body.decode()))
                connection.sendall(answer)

    @staticmethod
    def exactly(connection, size):
        out = b""
        while len(out) < size:
            data = connection.recv(size - len(out))
            if not data:
                return b""
            out += data
        return out

    def close(self):
        self.thread.join(10)
        self.listener.close()


def say(invoke_id, root, content=""):
    return frame(invoke_id, f'<{root} xmlns="{ED5}">{content}</{root}>')


class Conversation(unittest.TestCase):
    def talk(self, script, server_tls=None, **options):
        server = Server(script, server_tls)
        self.addCleanup(server.close)
        client = Client(port=server.port, **options)
        self.addCleanup(client.close, False)
        return server, client

    def test_session_monitor_events(self):
        session = ('<StartApplicationSessionPosResponse xmlns="http://www.ecma-international.org/standards/ecma-354/'
                   f'appl_session"><sessionID>s1</sessionID><actualProtocolVersion>{ED5}</actualProtocolVersion>'
                   '<actualSessionDuration>60</actualSessionDuration></StartApplicationSessionPosResponse>')
        # The status is asked between; its answer is the third frame that the server hears.
        server, client = self.talk([
            frame(0, session),
            say(1, "MonitorStartResponse", "<monitorCrossRefID>m17</monitorCrossRefID>") +
            say(470, "SystemStatus", "<systemStatus>normal</systemStatus>") +
            say(9999, "HeldEvent", Tables.HELD.replace(">m<", ">m17<")),
            b"",
        ])
        self.assertEqual(client.start_session("me", "cti", "a&b").text("actualSessionDuration"), "60")
        self.assertEqual(client.monitor("N<2101>"), "m17")
        self.assertEqual(client.wait_server_request("SystemStatus").text("systemStatus"), "normal")
        event = client.next_event("HeldEvent", monitor="m17")
        self.assertEqual(event.connection("heldConnection"), ("1", None))
        client.wait_closed()
        server.close()
        self.assertIn("<userName>cti</userName><password>a&amp;b</password>", server.heard[0][1])
        self.assertIn("N&lt;2101&gt;", server.heard[1][1])
        self.assertEqual(server.heard[2], (470, f'<SystemStatusResponse xmlns="{ED5}"></SystemStatusResponse>'))

    def test_refused(self):
        _, client = self.talk([say(0, "CSTAErrorCode", "<operation>invalidDeviceID</operation>")])
        with self.assertRaises(Refused) as caught:
            client.monitor("4711")
        self.assertEqual((caught.exception.category, caught.exception.value), ("operation", "invalidDeviceID"))

    def test_session_refused(self):
        _, client = self.talk([frame(0, '<StopApplicationSessionNegResponse xmlns="http://www.ecma-international.org/'
                                        'standards/ecma-354/appl_session"><errorCode><definedError>invalidSessionID'
                                        '</definedError></errorCode></StopApplicationSessionNegResponse>')])
        with self.assertRaises(Refused) as caught:
            client.stop_session()
        self.assertEqual((caught.exception.category, caught.exception.value), ("session", "invalidSessionID"))

    def test_silence(self):
        server, client = self.talk([b""])
        invoke_id = client.ask("RequestSystemStatus")
        server.close()
        with self.assertRaises(Gone):
            client.take(invoke_id)

    def test_segments(self):
        def data(number, last, call):
            return say(7, "SnapshotDeviceData",
                       f"<serviceCrossRefID>x1</serviceCrossRefID><segmentID>{number}</segmentID><lastSegment>{last}"
                       "</lastSegment><snapshotData><snapshotDeviceResponseInfo><connectionIdentifier>"
                       f"<callID>{call}</callID><deviceID>2101</deviceID></connectionIdentifier><localCallState>"
                       "<compoundCallState><localConnectionState>hold</localConnectionState></compoundCallState>"
                       "</localCallState></snapshotDeviceResponseInfo></snapshotData>")
        _, client = self.talk([
            say(0, "SnapshotDeviceResponse", "<crossRefIDorSnapshotData><serviceCrossRefID>x1</serviceCrossRefID>"
                                             "</crossRefIDorSnapshotData>") + data(1, "false", "1") + data(2, "true", "2")])
        self.assertEqual(client.snapshot("2101"), [("1", "2101", ["hold"], set()), ("2", "2101", ["hold"], set())])

    def test_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = folder + "/key.pem", folder + "/certificate.pem"
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=pbx.example",
                            "-addext", "subjectAltName=DNS:pbx.example"], check=True, stderr=subprocess.DEVNULL)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            trusting = ssl.create_default_context(cafile=certificate)
        _, client = self.talk([say(0, "RequestSystemStatusResponse", "<systemStatus>normal</systemStatus>"),
                               say(1, "AnswerCallResponse") + say(7, "SystemStatus", "<systemStatus>normal</systemStatus>"),
                               b""],
                              context, tls=trusting, server_name="pbx.example")
        self.assertEqual(client.system_status(), "normal")
        client.answer_call(("1", "2101"))
        client.wait_server_request("SystemStatus")
        client.wait_closed()

    def test_violations(self):
        rows = [
            ("an event with another id",  say(1, "HeldEvent", Tables.HELD),                          "with the invoke id 0001"),
            ("an answer with 9999",       say(9999, "AnswerCallResponse"),                           "with the invoke id 9999"),
            ("an answer to nothing",      say(3, "AnswerCallResponse"),                              "nobody waits for"),
            ("another answer",            say(0, "HoldCallResponse"),                                "is answered with HoldCallResponse"),
            ("a header",                  b"\0\1\0\x08" + b"0000",                                   "no header"),
            ("an invoke id",              b"\0\0\0\x08" + b"00x0",                                   "no header"),
            ("an unfinished frame",       say(0, "AnswerCallResponse")[:-3],                         "ends within"),
            ("a long frame",              say(0, "AnswerCallResponse", " " * 40000),                 "a frame of 40"),
        ]
        for what, answer, says in rows:
            with self.subTest(what):
                _, client = self.talk([answer])
                invoke_id = client.ask("AnswerCall", "<callToBeAnswered><callID>1</callID></callToBeAnswered>")
                with self.assertRaises((SchemaError, Gone)):
                    client.take(invoke_id)
                    client.wait_closed()
                    client.check()
                if says.startswith("is answered"):
                    continue
                client.wait_closed()
                with self.assertRaises(SchemaError) as caught:
                    client.close()
                self.assertIn(says, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
