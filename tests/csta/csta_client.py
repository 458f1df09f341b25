"""A CSTA III client over TCP or TLS (ECMA-323 annex J without SOAP), for black-box tests. Standard library only.

Everything that the server sends is checked against csta_schema; what is wrong is kept in `violations` and raised by the
next call and by `close`. A reader thread takes events (in order) and answers SystemStatus and MonitorStop.

    with Client(port=port, edition=5) as client:
        client.start_session("test", user="cti", password="secret")
        monitor = client.monitor("2101")
        call = client.make_call("2101", "+15550100")
        event = client.next_event("DeliveredEvent", monitor=monitor)
        assert event.text("localConnectionInfo") == "alerting"
"""
import collections
import select
import socket
import ssl
import struct
import threading
import time
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from csta_schema import ANSWERED, EVENTS, SERVER_REQUESTS, SESSION, SchemaError, check_message, local

EVENT_ID = 9999


def space_of(edition):
    """`edition`: 2 to 6, or a namespace."""
    if isinstance(edition, str):
        return edition
    return f"http://www.ecma-international.org/standards/ecma-323/csta/ed{edition}"


class Refused(Exception):
    """A negative answer: CSTAErrorCode (category, value) or a session's NegResponse (category "session")."""

    def __init__(self, request, category, value):
        super().__init__(f"{request}: {category}/{value}")
        self.request, self.category, self.value = request, category, value


class Gone(Exception):
    """The server closed the connection."""


class Message:
    """One message of the server. `at` is when it came (time.monotonic)."""

    def __init__(self, invoke_id, root):
        self.invoke_id, self.root, self.name, self.at = invoke_id, root, local(root), time.monotonic()

    def find(self, path):
        """The element at a path of local names ("callingDevice/deviceIdentifier"), or None."""
        element = self.root
        for name in path.split("/"):
            element = next((child for child in element if local(child) == name), None)
            if element is None:
                return None
        return element

    def text(self, path):
        """Its text, or None."""
        element = self.find(path)
        return None if element is None else (element.text or "")

    def has(self, path):
        return self.find(path) is not None

    def connection(self, path):
        """(call id, device id) of a ConnectionID."""
        return self.text(path + "/callID"), self.text(path + "/deviceID")

    def device(self, path):
        """Device of a subject, calling, called or redirection device; "notKnown", "restricted", "notRequired" as they
        are; None if the element is not there."""
        element = self.find(path)
        if element is None:
            return None
        choice = element[0]
        return choice.text if local(choice) in ("deviceIdentifier", "numberDialed") else local(choice)

    def __repr__(self):
        return f"{self.invoke_id:04} {ElementTree.tostring(self.root, encoding='unicode')}"


def frame(invoke_id, xml):
    body = xml.encode()
    return struct.pack(">BBH", 0, 0, len(body) + 8) + f"{invoke_id:04}".encode() + body


def connection(call_and_device):
    call, device = call_and_device
    out = f"<callID>{escape(call)}</callID>" if call else ""
    return out + (f"<deviceID>{escape(device)}</deviceID>" if device else "")


class Client:
    def __init__(self, host="127.0.0.1", port=1024, tls=None, edition=5, timeout=10, answer=True, server_name=None,
                 frame_bytes_max=32767):
        """`tls`: an ssl.SSLContext. `answer`: answers what the server asks. Longer frames are a violation."""
        self.space, self.timeout, self.answer = space_of(edition), timeout, answer
        self.frame_bytes_max = frame_bytes_max
        self.violations = []
        self.server_requests = []  # SystemStatus, MonitorStop, segments, ApplicationSessionTerminated
        self.session_id = None
        self._invoke_id = 0
        self._events = collections.deque()
        self._waiting = {}  # invoke id -> name of the request
        self._answers = {}  # invoke id -> Message
        self._closed = False
        self._changed = threading.Condition()
        self._sending = threading.Lock()
        plain = socket.create_connection((host, port), timeout=timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = tls.wrap_socket(plain, server_hostname=server_name or host) if tls else plain
        self.socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    # Raw

    def send(self, xml, invoke_id):
        self.send_bytes(frame(invoke_id, xml))

    def send_bytes(self, data):
        with self._sending:
            self.socket.sendall(data)

    def document(self, root, content="", space=None):
        return f'<{root} xmlns="{space or self.space}">{content}</{root}>'

    def ask(self, root, content="", space=None):
        """Sends a request and gives its invoke id; `take` waits for the answer."""
        return self.ask_raw(self.document(root, content, space), root)

    def ask_raw(self, xml, name="?"):
        with self._changed:
            invoke_id = self._invoke_id
            self._invoke_id = (invoke_id + 1) % EVENT_ID
            self._waiting[invoke_id] = name
        self.send(xml, invoke_id)
        return invoke_id

    def take(self, invoke_id, timeout=None):
        """The positive answer, checked; raises Refused, Gone, TimeoutError, SchemaError."""
        name = self._waiting[invoke_id]
        self._wait(lambda: invoke_id in self._answers, timeout, f"no answer to {name} {invoke_id:04}")
        with self._changed:
            del self._waiting[invoke_id]
            answer = self._answers.pop(invoke_id)
        self.check()
        if answer.name == "CSTAErrorCode":
            raise Refused(name, local(answer.root[0]), answer.root[0].text or "")
        if answer.name.endswith("NegResponse"):
            raise Refused(name, "session", answer.root[0][0].text or "")
        if name != "?" and answer.name not in (name + "Response", name + "PosResponse"):
            raise SchemaError(f"{name} is answered with {answer.name}")
        return answer

    def request(self, root, content="", space=None, timeout=None):
        return self.take(self.ask(root, content, space), timeout)

    # Waiting

    def _wait(self, holds, timeout, what):
        end = time.monotonic() + (self.timeout if timeout is None else timeout)
        with self._changed:
            while not holds():
                if self._closed:
                    raise Gone(what + "; the connection is closed")
                left = end - time.monotonic()
                if left <= 0:
                    raise TimeoutError(what)
                self._changed.wait(left)

    def next_event(self, *names, monitor=None, timeout=None):
        """The next event, all in order. With names or a monitor: what comes first of that kind must be next for that
        monitor; events of other monitors stay."""

        def index():
            for at, event in enumerate(self._events):
                if monitor is None or event.text("monitorCrossRefID") == monitor:
                    return at
            return None

        self._wait(lambda: index() is not None, timeout, f"no event {names or ''} of monitor {monitor or 'any'}")
        with self._changed:
            at = index()
            event = self._events[at]
            del self._events[at]
        self.check()
        if names and event.name not in names:
            raise AssertionError(f"expected {' or '.join(names)}, not {event}")
        return event

    def events(self):
        """What came and was not taken yet; taken now."""
        with self._changed:
            out = list(self._events)
            self._events.clear()
        self.check()
        return out

    def quiet(self, seconds):
        """Nothing comes for that long."""
        try:
            self._wait(lambda: bool(self._events), seconds, "")
        except TimeoutError:
            return
        raise AssertionError(f"an event that nobody expected: {self._events[0]}")

    def wait_server_request(self, name, timeout=None):
        """The first of that name that the server sent; it is taken."""

        def found():
            return next((each for each in self.server_requests if each.name == name), None)

        self._wait(lambda: found() is not None, timeout, f"no {name} from the server")
        with self._changed:
            out = found()
            self.server_requests.remove(out)
        self.check()
        return out

    def wait_closed(self, timeout=None):
        self._wait(lambda: self._closed, timeout, "the server does not close")

    def check(self):
        if self.violations:
            raise SchemaError("; ".join(self.violations))

    # Reading

    def _receive(self, size):
        """A TLS connection must not be read and written at the same time; a plain one may."""
        if not isinstance(self.socket, ssl.SSLSocket):
            return self.socket.recv(size)
        while True:
            if not self.socket.pending():
                select.select([self.socket], [], [])
            with self._sending:
                self.socket.settimeout(0)
                try:
                    return self.socket.recv(size)
                except ssl.SSLWantReadError:
                    continue  # not a whole record yet
                finally:
                    self.socket.settimeout(None)

    def _exactly(self, size):
        out = b""
        while len(out) < size:
            data = self._receive(size - len(out))
            if not data:
                if out:
                    raise SchemaError(f"the connection ends within a frame, after {out!r}")
                return None
            out += data
        return out

    def _read(self):
        try:
            while True:
                head = self._exactly(8)
                if head is None:
                    break
                length = struct.unpack(">H", head[2:4])[0]
                if head[:2] != b"\0\0" or length < 8 or not head[4:].isdigit():
                    raise SchemaError(f"no header of a frame: {head!r}")
                if length > self.frame_bytes_max:
                    self._violation(f"a frame of {length} bytes")
                body = self._exactly(length - 8) if length > 8 else b""
                if body is None:
                    raise SchemaError("the connection ends within a frame")
                self._take_frame(int(head[4:]), body)
        except SchemaError as error:
            self._violation(str(error))
        except (OSError, ValueError):  # ValueError: closed here
            pass
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _violation(self, text):
        with self._changed:
            self.violations.append(text)
            self._changed.notify_all()

    def _take_frame(self, invoke_id, body):
        try:
            message = Message(invoke_id, check_message(body.decode(), self.space))
        except (SchemaError, UnicodeDecodeError) as error:
            return self._violation(str(error))
        if (message.name in EVENTS) != (invoke_id == EVENT_ID):
            return self._violation(f"{message.name} with the invoke id {invoke_id:04}")
        if message.name in EVENTS:
            with self._changed:
                self._events.append(message)
                self._changed.notify_all()
        elif message.name in SERVER_REQUESTS or message.name == "ApplicationSessionTerminated":
            self._take_server_request(message)
        else:
            self._take_answer(message)
        return None

    def _take_server_request(self, message):
        with self._changed:
            self.server_requests.append(message)
            self._changed.notify_all()
        if self.answer and message.name in ANSWERED:
            try:
                self.send(self.document(message.name + "Response"), message.invoke_id)
            except OSError:
                pass  # the reader sees the end of the connection

    def _take_answer(self, message):
        with self._changed:
            if message.invoke_id not in self._waiting or message.invoke_id in self._answers:
                self.violations.append(f"an answer that nobody waits for: {message}")
            else:
                self._answers[message.invoke_id] = message
            self._changed.notify_all()

    def close(self, check=True):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._reader.join(self.timeout)
        self.socket.close()
        if check:
            self.check()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.close(check=kind is None)

    # Services

    def start_session(self, application="test", user=None, password=None, duration=180, versions=None, info=None):
        """`info`: applicationSpecificInfo as XML instead of user and password."""
        if info is None and user is not None:
            info = (f'<login xmlns="urn:test"><userName>{escape(user)}</userName>'
                    f"<password>{escape(password or '')}</password></login>")
        specific = f"<applicationSpecificInfo>{info}</applicationSpecificInfo>" if info else ""
        listed = "".join(f"<protocolVersion>{version}</protocolVersion>" for version in versions or [self.space])
        answer = self.request(
            "StartApplicationSession",
            f"<applicationInfo><applicationID>{escape(application)}</applicationID>{specific}</applicationInfo>"
            f"<requestedProtocolVersions>{listed}</requestedProtocolVersions>"
            f"<requestedSessionDuration>{duration}</requestedSessionDuration>", SESSION)
        self.session_id = answer.text("sessionID")
        return answer

    def reset_session_timer(self, duration=180):
        return self.request("ResetApplicationSessionTimer",
                            f"<sessionID>{self.session_id}</sessionID>"
                            f"<requestedSessionDuration>{duration}</requestedSessionDuration>", SESSION)

    def stop_session(self):
        return self.request("StopApplicationSession",
                            f"<sessionID>{self.session_id}</sessionID><sessionEndReason><definedEndReason>normal"
                            "</definedEndReason></sessionEndReason>", SESSION)

    def system_status(self):
        return self.request("RequestSystemStatus").text("systemStatus")

    def register(self):
        return self.request("SystemRegister", "<requestTypes><systemStatus>true</systemStatus></requestTypes>").text(
            "sysStatRegisterID")

    def monitor(self, device, hold_back=""):
        """The cross reference. `hold_back`: content of requestedMonitorFilter."""
        chosen = f"<requestedMonitorFilter>{hold_back}</requestedMonitorFilter>" if hold_back else ""
        return self.request("MonitorStart",
                            f"<monitorObject><deviceObject>{escape(device)}</deviceObject></monitorObject>{chosen}"
                            ).text("monitorCrossRefID")

    def stop_monitor(self, cross_ref):
        return self.request("MonitorStop", f"<monitorCrossRefID>{escape(cross_ref)}</monitorCrossRefID>")

    def snapshot(self, device):
        """[(call id, device id, [states], {services})] of a device, segments put together."""
        answer = self.request("SnapshotDevice", f"<snapshotObject>{escape(device)}</snapshotObject>")
        follows = answer.text("crossRefIDorSnapshotData/serviceCrossRefID")
        if follows is None:
            return self._calls(answer.find("crossRefIDorSnapshotData/snapshotData"))
        return [call for segment in self._segments("SnapshotDeviceData", follows)
                for call in self._calls(segment.find("snapshotData"))]

    def devices(self):
        """[(device id, category)] of GetSwitchingFunctionDevices."""
        follows = self.request("GetSwitchingFunctionDevices").text("serviceCrossRefID")
        out = []
        for segment in self._segments("SwitchingFunctionDevices", follows):
            for device in segment.find("deviceList"):
                out.append((device[0].text, device[1].text))
        return out

    def _segments(self, name, cross_ref):
        number = 0
        while True:
            segment = self.wait_server_request(name)
            number += 1
            assert segment.text("serviceCrossRefID") == cross_ref, segment
            assert segment.text("segmentID") in (None, str(number)), segment
            yield segment
            if segment.text("lastSegment") in ("true", "1"):
                return

    @staticmethod
    def _calls(data):
        out = []
        for info in data:
            call = Message(0, info)
            states = call.find("localCallState/compoundCallState")
            services = call.find("servicesPermitted/callControlServices")
            out.append((*call.connection("connectionIdentifier"),
                        [state.text for state in states] if states is not None else [],
                        {local(each) for each in services if each.text in ("true", "1")}
                        if services is not None else set()))
        return out

    def make_call(self, calling, called, prompt=None):
        """(call id, device id) of the calling connection."""
        originate = {None: "", True: "<autoOriginate>prompt</autoOriginate>",
                     False: "<autoOriginate>doNotPrompt</autoOriginate>"}[prompt]
        return self.request("MakeCall",
                            f"<callingDevice>{escape(calling)}</callingDevice>"
                            f"<calledDirectoryNumber>{escape(called)}</calledDirectoryNumber>{originate}"
                            ).connection("callingDevice")

    def answer_call(self, call):
        return self._about("AnswerCall", callToBeAnswered=call)

    def clear_connection(self, call):
        return self._about("ClearConnection", connectionToBeCleared=call)

    def hold_call(self, call):
        return self._about("HoldCall", callToBeHeld=call)

    def retrieve_call(self, call):
        return self._about("RetrieveCall", callToBeRetrieved=call)

    def alternate_call(self, held, active):
        return self._about("AlternateCall", heldCall=held, activeCall=active)

    def reconnect_call(self, active, held):
        return self._about("ReconnectCall", activeCall=active, heldCall=held)

    def transfer_call(self, held, active):
        return self._about("TransferCall", heldCall=held, activeCall=active)

    def consultation_call(self, call, device):
        return self._about("ConsultationCall", existingCall=call, consultedDevice=device).connection("initiatedCall")

    def single_step_transfer(self, call, device):
        return self._about("SingleStepTransferCall", activeCall=call, transferredTo=device)

    def deflect_call(self, call, device):
        return self._about("DeflectCall", callToBeDiverted=call, newDestination=device)

    def pickup_call(self, call, device):
        return self._about("DirectedPickupCall", callToBePickedUp=call, requestingDevice=device)

    def _about(self, service, **arguments):
        """Connections are pairs, devices are texts."""
        return self.request(service, "".join(
            f"<{name}>{connection(value) if isinstance(value, tuple) else escape(value)}</{name}>"
            for name, value in arguments.items()))

    def do_not_disturb(self, device):
        return self.request("GetDoNotDisturb", f"<device>{escape(device)}</device>").text("doNotDisturbOn") in (
            "true", "1")

    def set_do_not_disturb(self, device, on):
        return self.request("SetDoNotDisturb", f"<device>{escape(device)}</device>"
                                               f"<doNotDisturbOn>{str(on).lower()}</doNotDisturbOn>")

    def forwarding(self, device):
        """{type: (on, to)}"""
        listed = self.request("GetForwarding", f"<device>{escape(device)}</device>").find("forwardingList")
        items = [Message(0, item) for item in listed]
        return {item.text("forwardingType"): (item.text("forwardStatus") in ("true", "1"), item.text("forwardDN"))
                for item in items}

    def set_forwarding(self, device, kind, on, to="", rings=None):
        return self.request(
            "SetForwarding",
            f"<device>{escape(device)}</device><forwardingType>{kind}</forwardingType>"
            f"<activateForward>{str(on).lower()}</activateForward>" +
            (f"<forwardDN>{escape(to)}</forwardDN>" if to else "") +
            (f"<ringCount>{rings}</ringCount>" if rings else ""))
