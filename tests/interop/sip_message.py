"""SIP messages as RFC 3261 section 25 writes them, read strictly: what a peer sends that no grammar allows is an error
here. Written from the RFCs, not from the daemon's codec. Standard library only."""
import hashlib
import re

TOKEN = r"[A-Za-z0-9\-.!%*_+`'~]+"
COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type",
           "e": "content-encoding", "k": "supported", "s": "subject", "o": "event", "u": "allow-events", "x": "session-expires"}
ONCE = {"from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type", "event", "expires",
        "subscription-state", "min-expires", "retry-after", "sip-etag", "sip-if-match"}
REQUEST_LINE = re.compile(rf"({TOKEN}) ((?:sips?|tel):\S+) SIP/2\.0")
STATUS_LINE = re.compile(r"SIP/2\.0 ([1-6]\d\d) ([^\r\n]*)")
HEADER = re.compile(rf"({TOKEN})[ \t]*:[ \t]*(.*)", re.S)
VIA = re.compile(rf"SIP/2\.0/(UDP|TCP|TLS) (\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.\-]+)(?::(\d+))?((?:;[^;]+)*)")
ADDRESS = re.compile(rf'(?:(?:"((?:[^"\\]|\\.)*)"|((?:{TOKEN} )*{TOKEN})?) ?<([^<>\s]+)>|([^<>\s;,?]+))((?:;[^;]+)*)')
URI = re.compile(r"(sips?):(?:([^@\s<>\"]+)@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.\-]+)(?::(\d+))?((?:;[^;?]+)*)(\?.+)?")


class Malformed(AssertionError):
    """What the peer sent breaks the grammar; the text says where."""


def expect(condition, what, text=b""):
    if not condition:
        raise Malformed(f"{what}: {text[:2000]!r}")


def parameters(text):
    """';a=b;c' -> {"a": "b", "c": None}; no name twice."""
    found = {}
    for one in re.findall(r';[ \t]*((?:"(?:[^"\\]|\\.)*"|[^;"])+)', text):
        name, equals, value = one.strip().partition("=")
        expect(re.fullmatch(TOKEN, name) and name.lower() not in found, "a parameter", text.encode())
        found[name.lower()] = value if equals else None
    return found


def address(text):
    """name-addr or addr-spec: (URI, parameters)."""
    found = ADDRESS.fullmatch(text)
    expect(found, "an address", text.encode())
    return found[3] or found[4], parameters(found[5])


def worded(text):
    """'dialog;id=3' -> ("dialog", {"id": "3"})"""
    word, _, rest = text.partition(";")
    return word.strip(), parameters(";" + rest if rest else "")


class Message:
    """One request or response with its body; `stream`: cut by Content-Length, which is then mandatory."""

    def __init__(self, data, stream=False):
        head, blank, self.body = data.partition(b"\r\n\r\n")
        expect(blank, "no empty line", data)
        try:
            text = head.decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed(f"the head is no UTF-8: {data!r}") from None
        expect(not re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f]", text), "a control character", data)
        expect(not re.search(r"(?<!\r)\n|\r(?!\n)", text), "a line end that is not CRLF", data)
        lines = re.sub(r"\r\n[ \t]+", " ", text).split("\r\n")
        self.data, self.start, self.fields = data, lines[0], []
        request, status = REQUEST_LINE.fullmatch(self.start), STATUS_LINE.fullmatch(self.start)
        expect(request or status, "the start line", data)
        self.method, self.uri = (request[1], request[2]) if request else (None, None)
        self.status, self.reason = (int(status[1]), status[2]) if status else (None, None)
        for line in lines[1:]:
            field = HEADER.fullmatch(line)
            expect(field, "a header line", line.encode())
            name = field[1].lower()
            self.fields.append((COMPACT.get(name, name), field[2].strip()))
        self._check(stream)

    def _check(self, stream):
        for name in ONCE:
            expect(len(self.all(name)) <= 1, f"{name} more than once", self.data)
        for name in ("via", "from", "to", "call-id", "cseq"):
            expect(self.one(name), f"no {name}", self.data)
        if self.method:
            expect(re.fullmatch(r"\d{1,3}", self.one("max-forwards") or ""), "Max-Forwards", self.data)
        number, _, method = self.one("cseq").partition(" ")
        expect(number.isdigit() and int(number) < 2**31, "CSeq", self.data)
        self.cseq, self.cseq_method = int(number), method.strip()
        expect(not self.method or self.method == self.cseq_method, "CSeq's method", self.data)
        for via in self.all("via"):
            found = VIA.fullmatch(via)
            expect(found, "Via", self.data)
            branch = parameters(found[4]).get("branch")
            expect(branch and re.fullmatch(r"z9hG4bK" + TOKEN, branch), "the branch", self.data)
        self.branch = parameters(VIA.fullmatch(self.all("via")[0])[4])["branch"]
        self.from_uri, self.from_params = address(self.one("from"))
        self.to_uri, self.to_params = address(self.one("to"))
        expect(self.from_params.get("tag"), "no tag in From", self.data)
        if self.status and self.status > 100:
            expect(self.to_params.get("tag"), "no tag in To", self.data)
        for contact in self.all("contact"):
            expect(URI.fullmatch(address(contact)[0]), "Contact", self.data)
        for route in self.all("route") + self.all("record-route"):
            for one in route.split(","):
                expect(URI.fullmatch(address(one.strip())[0]), "a route", self.data)
        length = self.one("content-length")
        expect(length is not None or not stream, "no Content-Length on a stream", self.data)
        if length is not None:
            expect(length.isdigit() and int(length) == len(self.body), f"Content-Length, the body has {len(self.body)}", self.data)
        expect(bool(self.body) <= bool(self.one("content-type")), "a body without Content-Type", self.data)
        self.call_id = self.one("call-id")

    def all(self, name):
        return [value for field, value in self.fields if field == name]

    def one(self, name):
        """The field's value, None without one."""
        values = self.all(name)
        return values[0] if values else None

    def words(self, name):
        """The elements of a comma list over all fields of that name."""
        return [word.strip() for value in self.all(name) for word in value.split(",")]

    def __repr__(self):
        return f"<{self.start} {self.one('cseq')}>"


def check_notify(message):
    """What RFC 6665 wants of every NOTIFY: (event, its parameters, state, its parameters)."""
    expect(message.method == "NOTIFY", "not a NOTIFY", message.data)
    for name in ("event", "subscription-state", "contact"):
        expect(message.one(name), f"no {name} in a NOTIFY", message.data)
    expect(len(message.all("contact")) == 1, "Contact", message.data)
    expect(message.to_params.get("tag"), "no tag in a NOTIFY's To", message.data)
    event, event_params = worded(message.one("event"))
    state, state_params = worded(message.one("subscription-state"))
    expect(state in ("active", "pending", "terminated"), "Subscription-State", message.data)
    if state == "terminated":
        expect(state_params.get("reason") in ("deactivated", "probation", "rejected", "timeout", "giveup", "noresource",
                                              "invariant"), "the reason of an end", message.data)
        expect("expires" not in state_params, "expires at the end", message.data)
    else:
        expect(re.fullmatch(r"\d+", state_params.get("expires") or ""), "expires", message.data)
    return event, event_params, state, state_params


def cut(buffer):
    """From a stream: (message, the rest) or (None, buffer). Leading CRLFs are keep-alives."""
    buffer = buffer.lstrip(b"\r\n") if buffer[:1] in b"\r\n" else buffer
    head, blank, rest = buffer.partition(b"\r\n\r\n")
    if not blank:
        return None, buffer
    length = re.search(rb"\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", head, re.I)
    expect(length, "no Content-Length on a stream", buffer)
    if len(rest) < int(length[1]):
        return None, buffer
    return Message(head + b"\r\n\r\n" + rest[:int(length[1])], True), rest[int(length[1]):]


# --- Digest (RFC 7616, RFC 8760)

HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256, "SHA-512-256": lambda data: hashlib.new("sha512_256", data)}


def challenges(message):
    """Those of a 401, in order: dictionaries of their parameters."""
    found = []
    for value in message.all("www-authenticate"):
        expect(value.startswith("Digest "), "the scheme of a challenge", message.data)
        one = {name.lower(): quoted if quoted or not bare else bare for name, quoted, bare in
               re.findall(rf'({TOKEN})=(?:"((?:[^"\\]|\\.)*)"|({TOKEN}))', value)}
        expect(one.get("realm") and one.get("nonce"), "a challenge without realm or nonce", message.data)
        found.append(one)
    return found


def ha1(algorithm, user, realm, password):
    return HASHES[algorithm](f"{user}:{realm}:{password}".encode()).hexdigest()


def credentials(challenge, user, password, method, uri, count=1, cnonce="0a4f113b"):
    """The value of Authorization."""
    algorithm = challenge.get("algorithm", "MD5")
    hexed = lambda text: HASHES[algorithm](text.encode()).hexdigest()  # noqa: E731
    first, second = ha1(algorithm, user, challenge["realm"], password), hexed(f"{method}:{uri}")
    nc = f"{count:08x}"
    response = hexed(f"{first}:{challenge['nonce']}:{nc}:{cnonce}:auth:{second}")
    opaque = f', opaque="{challenge["opaque"]}"' if "opaque" in challenge else ""
    return (f'Digest username="{user}", realm="{challenge["realm"]}", nonce="{challenge["nonce"]}", uri="{uri}", '
            f'response="{response}", algorithm={algorithm}, cnonce="{cnonce}", qop=auth, nc={nc}{opaque}')
