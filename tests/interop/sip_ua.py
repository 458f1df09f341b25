"""A user agent for black-box tests: it subscribes, publishes, answers NOTIFYs, and holds whatever it is sent against the
RFCs: grammar, CSeq and version numbers, the order of things. Loopback; standard library only.

    ua = Ua(("127.0.0.1", port), "example.net")
    watch = ua.subscribe("alice.ficcion", "dialog")
    ua.until(lambda: watch.lamp == "ringing")
"""
import itertools
import select
import socket
import ssl
import time

import documents
from sip_message import Message, challenges, check_notify, credentials, cut, expect, worded

MEDIA = {"dialog": "application/dialog-info+xml", "presence": "application/pidf+xml",
         "presence.winfo": "application/watcherinfo+xml", "dialog.winfo": "application/watcherinfo+xml",
         "message-summary": "application/simple-message-summary"}
LISTS = "multipart/related, application/rlmi+xml, "


class Watch:
    """One subscription as a strict watcher sees it."""

    def __init__(self, ua, user, event, call_id, tag, lossy=False):
        self.ua, self.user, self.event, self.call_id, self.tag, self.lossy = ua, user, event, call_id, tag, lossy
        self.remote_tag, self.remote_target, self.routes = None, None, []
        self.cseq, self.remote_cseq, self.version = 0, None, None
        self.state, self.reason, self.retry_after, self.granted = None, None, None, None
        self.notifies, self.document, self.list_version = [], None, None
        self.resources, self.member_versions = {}, {}
        self.full_wanted = True
        self.answer = 200  # to NOTIFYs; None: none at all

    @property
    def lamp(self):
        return documents.lamp(self.document) if self.document else None

    def lamp_of(self, uri):
        info = self.resources.get(uri)
        return documents.lamp(info) if info else None

    def take(self, notify):
        """A NOTIFY that is no repetition."""
        event, _, state, state_params = check_notify(notify)
        expect(event == self.event, "the event", notify.data)
        expect(self.state != "terminated", "a NOTIFY after the end", notify.data)
        expect(self.remote_tag in (None, notify.from_params["tag"]), "another tag of the notifier's", notify.data)
        if self.remote_cseq is not None:
            step = notify.cseq - self.remote_cseq
            expect(step == 1 or self.lossy and step > 0, f"CSeq after {self.remote_cseq}", notify.data)
        self.remote_cseq, self.remote_tag = notify.cseq, notify.from_params["tag"]
        self.state, self.reason, self.retry_after = state, state_params.get("reason"), state_params.get("retry-after")
        if self.remote_target is None:
            self.remote_target = notify.one("contact").strip("<>")
        self.notifies.append(notify)
        if notify.body:
            self.read(notify)

    def read(self, notify):
        kind = worded(notify.one("content-type"))[0]
        if kind == "multipart/related":
            expect("eventlist" in notify.words("require"), "a list without Require: eventlist", notify.data)
            return self.read_list(documents.multipart(notify.one("content-type"), notify.body), notify)
        expect(kind == MEDIA[self.event], f"a body of {kind}", notify.data)
        if kind == MEDIA["dialog"]:
            self.document = documents.dialog_info(notify.body)
            self.version = self.newer(self.version, self.document.version, notify)
        elif kind == MEDIA["presence"]:
            self.document = documents.presence(notify.body)

    def newer(self, known, version, notify):
        if known is None:
            expect(version == 0 or self.lossy, "the first version", notify.data)
        else:
            expect(version == known + 1 or self.lossy and version > known, f"version after {known}", notify.data)
        return version

    def read_list(self, parts, notify):
        listed = documents.rlmi(parts[0].body)
        self.list_version = self.newer(self.list_version, listed.version, notify)
        expect(listed.full or not self.full_wanted, "the first NOTIFY after a SUBSCRIBE names not everybody", notify.data)
        self.full_wanted = False
        bodies = {part.id: part for part in parts[1:]}
        named = {one.cid for one in listed.resources if one.cid}
        expect(named == set(bodies), "the parts are not those that the list names", notify.data)
        if listed.full:
            self.resources = {one.uri: self.resources.get(one.uri) for one in listed.resources}
        for one in listed.resources:
            if not one.cid:
                continue
            expect(worded(bodies[one.cid].content_type)[0] == MEDIA[self.event], "a part's type", notify.data)
            if self.event == "dialog":
                info = documents.dialog_info(bodies[one.cid].body)
                expect(info.entity == one.uri, "a part's entity", notify.data)
                self.member_versions[one.uri] = self.newer(self.member_versions.get(one.uri), info.version, notify)
            else:
                info = documents.presence(bodies[one.cid].body)
            self.resources[one.uri] = info


class Ua:
    """One socket, any number of watches and publications. `lossy`: numbers may be missed, and requests are sent again."""
    numbers = itertools.count(1)

    def __init__(self, server, domain, name="watcher", transport="udp", lossy=False, contact=None, user=None, password=None,
                 bind="127.0.0.1", certificate=None):
        self.server, self.domain, self.name, self.transport, self.lossy = server, domain, name, transport, lossy
        self.user, self.password = user, password
        family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
        if transport == "udp":
            self.socket = socket.socket(family, socket.SOCK_DGRAM)
            self.socket.bind(("::1" if family == socket.AF_INET6 else bind, 0))
        else:
            self.socket = socket.create_connection(server, 5)
            if transport == "tls":
                context = ssl.create_default_context(cafile=certificate)
                self.socket = context.wrap_socket(self.socket, server_hostname=domain)
        host, port = self.socket.getsockname()[:2]
        self.here = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.contact = contact or self.here
        self.buffer = b""
        self.watches, self.strays, self.answered = {}, [], {}
        self.responses = []
        self.repeated = 0  # NOTIFYs that came again

    def close(self):
        self.socket.close()

    # --- bytes

    def put(self, data, to=None):
        if self.transport == "udp":
            self.socket.sendto(data, to or self.server)
        else:
            self.socket.sendall(data)

    def receive(self, seconds):
        """One step: takes what comes within so long. True if something came."""
        waiting = self.transport == "tls" and self.socket.pending()
        if not waiting and not select.select([self.socket], [], [], max(seconds, 0))[0]:
            return False
        if self.transport == "udp":
            data, peer = self.socket.recvfrom(65535)
            if data.strip(b"\r\n\0"):
                self.take(Message(data), peer)
            return True
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed")
        self.buffer += data
        while True:
            message, self.buffer = cut(self.buffer)
            if not message:
                return True
            self.take(message, None)

    def take(self, message, peer):
        if message.status:
            self.responses.append(message)
            return
        if message.branch in self.answered:  # sent again, since our answer was lost
            self.repeated += 1
            self.put(self.answered[message.branch], peer) if self.answered[message.branch] else None
            return
        watch = self.watches.get((message.call_id, message.to_params.get("tag")))
        if watch and watch.remote_tag not in (None, message.from_params["tag"]):
            watch = next((one for one in watch.forks if one.remote_tag in (None, message.from_params["tag"])), None)
        status = 481
        if watch:
            watch.take(message)
            status = watch.answer
        else:
            self.strays.append(message)
        reply = self.reply(message, status) if status else b""
        self.answered[message.branch] = reply
        if reply:
            self.put(reply, peer)

    @staticmethod
    def reply(request, status):
        lines = [f"SIP/2.0 {status} {'OK' if status == 200 else 'Answer'}"]
        names = {"via": "Via", "from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq"}
        lines += [f"{names[name]}: {value}" for name, value in request.fields if name in names]
        return ("\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n").encode()

    def until(self, holds, seconds=10):
        """Receives until it holds; False after so long."""
        end = time.monotonic() + seconds
        while not holds():
            left = end - time.monotonic()
            if left <= 0:
                return False
            self.receive(min(left, 0.05))
        return True

    # --- requests

    def request(self, method, user, fields=(), body=b"", call_id=None, tag=None, to_tag=None, cseq=1, uri=None, to=None):
        """Bytes of a request; `fields`: (name, value) in order."""
        number = next(self.numbers)
        target = uri or f"sip:{user}@{self.domain}"
        lines = [f"{method} {target} SIP/2.0",
                 f"Via: SIP/2.0/{self.transport.upper()} {self.here};branch=z9hG4bKua{number}x{id(self):x};rport",
                 "Max-Forwards: 70",
                 f"From: <sip:{self.name}@{self.domain}>;tag={tag or f'ua{number}'}",
                 f"To: <{to or f'sip:{user}@{self.domain}'}>" + (f";tag={to_tag}" if to_tag else ""),
                 f"Call-ID: {call_id or f'call-{number}-{id(self):x}'}",
                 f"CSeq: {cseq} {method}"]
        lines += [f"{name}: {value}" for name, value in fields]
        return ("\r\n".join(lines) + f"\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body

    def ask(self, data, seconds=None):
        """Sends a request, over UDP again by Timer E, and gives its final response."""
        seconds = seconds or (32 if self.lossy else 10)
        branch = Message(data).branch
        end, pause = time.monotonic() + seconds, 0.5
        while True:
            self.put(data)
            again = time.monotonic() + (pause if self.transport == "udp" else seconds)
            found = []

            def arrived():
                found[:] = [one for one in self.responses if one.branch == branch and one.status >= 200]
                return bool(found)

            if self.until(arrived, min(again, end) - time.monotonic()):
                self.responses.clear()
                return found[0]
            if time.monotonic() >= end:
                raise AssertionError(f"no answer to {data[:60]!r} within {seconds} s")
            pause = min(pause * 2, 4)

    def ask_with_login(self, make, method, uri):
        """`make(fields)` builds the request; answers a challenge once, with the first algorithm that we know."""
        response = self.ask(make([]))
        if response.status == 401 and self.user:
            challenge = challenges(response)[0]
            response = self.ask(make([("Authorization", credentials(challenge, self.user, self.password, method, uri))]))
        return response

    def subscribe(self, user, event, expires=3600, lists=False, fields=(), uri=None):
        """A new subscription; its Watch has had the 2xx, not yet a NOTIFY."""
        number = next(self.numbers)
        watch = Watch(self, user, event, f"watch-{number}-{id(self):x}", f"w{number}", self.lossy)
        watch.forks, watch.uri, watch.lists, watch.fields = [], uri or f"sip:{user}@{self.domain}", lists, list(fields)
        self.watches[(watch.call_id, watch.tag)] = watch
        response = self.refresh(watch, expires)
        if response.status != 200:
            raise AssertionError(f"SUBSCRIBE was answered {response.status} {response.reason}")
        return watch

    def refresh(self, watch, expires=3600, fields=()):
        """SUBSCRIBE again (the first time: at all); its final response. The next list is a full one."""
        def make(login):
            watch.cseq += 1
            accept = (LISTS if watch.lists else "") + MEDIA[watch.event]
            wanted = [("Contact", f"<sip:{self.name}@{self.contact}>"), ("Event", watch.event), ("Accept", accept),
                      ("Expires", str(expires)), *watch.fields, *fields, *login]
            if watch.lists:
                wanted.append(("Supported", "eventlist"))
            wanted += [("Route", route) for route in watch.routes]
            return self.request("SUBSCRIBE", watch.user, wanted, call_id=watch.call_id, tag=watch.tag, cseq=watch.cseq,
                                to_tag=watch.remote_tag, uri=watch.remote_target if watch.remote_tag else watch.uri,
                                to=watch.uri)

        watch.full_wanted = True
        target = watch.remote_target if watch.remote_tag else watch.uri
        response = self.ask_with_login(make, "SUBSCRIBE", target)
        if response.status == 200:
            expect(response.one("expires") and int(response.one("expires")) <= expires, "Expires of a 2xx", response.data)
            expect(len(response.all("contact")) == 1, "Contact of a 2xx", response.data)
            expect(("eventlist" in response.words("require")) == watch.lists, "Require: eventlist of a 2xx", response.data)
            watch.granted = int(response.one("expires"))
            expect(watch.remote_tag in (None, response.to_params["tag"]), "another tag in a 2xx", response.data)
            watch.remote_tag, watch.remote_target = response.to_params["tag"], response.one("contact").strip("<>")
            if not watch.routes:
                watch.routes = list(reversed(response.words("record-route")))
        return response

    def publish(self, user, event, body=None, etag=None, expires=3600, content_type=None):
        """The final response."""
        def make(login):
            fields = [("Event", event), ("Expires", str(expires)), *login]
            if etag:
                fields.append(("SIP-If-Match", etag))
            if body is not None:
                fields.append(("Content-Type", content_type or MEDIA[event]))
            return self.request("PUBLISH", user, fields, body or b"")

        response = self.ask_with_login(make, "PUBLISH", f"sip:{user}@{self.domain}")
        if response.status == 200:
            expect(response.one("sip-etag") and response.one("expires"), "a 200 to PUBLISH", response.data)
        return response


__all__ = ["Malformed", "Ua", "Watch"]
