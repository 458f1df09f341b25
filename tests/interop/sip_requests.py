"""One request and the answer that it must get: rows for SIPp, in the order of RFC 6665 4.2.1 and RFC 3903 6."""
from collections import namedtuple

Row = namedtuple("Row", "name change status header pattern", defaults=(None, None))

SUBSCRIBE = """SUBSCRIBE sip:alice.ficcion@[dom] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
Max-Forwards: 70
From: <sip:lamp@[dom]>;tag=[pid]f[call_number]
To: <sip:alice.ficcion@[dom]>
Call-ID: [call_id]
CSeq: 1 SUBSCRIBE
Contact: <sip:lamp@[local_ip]:[local_port]>
Event: dialog
Accept: application/dialog-info+xml
Expires: 600
Content-Length: 0
"""

PUBLISH = """PUBLISH sip:alice.ficcion@[dom] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
Max-Forwards: 70
From: <sip:alice.ficcion@[dom]>;tag=[pid]f[call_number]
To: <sip:alice.ficcion@[dom]>
Call-ID: [call_id]
CSeq: 1 PUBLISH
Event: presence
Expires: 600
Content-Type: application/pidf+xml
Content-Length: [len]

<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:alice.ficcion@example.net"><tuple id="t1"><status><basic>open</basic></status></tuple></presence>
"""


def without(name):
    """The request without that field."""
    return lambda text: "\n".join(line for line in text.split("\n") if not line.startswith(name + ":"))


def instead(old, new):
    def change(text):
        assert old in text, old
        return text.replace(old, new)
    return change


def also(line):
    return lambda text: text.replace("Max-Forwards: 70\n", f"Max-Forwards: 70\n{line}\n")


def both(*changes):
    def change(text):
        for one in changes:
            text = one(text)
        return text
    return change


def method(name):
    return lambda text: text.replace("SUBSCRIBE", name)


def no_body(text):
    return text.split("\n\n")[0].replace("Content-Type: application/pidf+xml\n", "").replace("[len]", "0") + "\n"


ALICE = "sip:alice.ficcion@[dom] SIP/2.0"
SUBSCRIBES = [
    Row("no Contact", without("Contact"), 400),
    Row("Contact *", instead("<sip:lamp@[local_ip]:[local_port]>", "*"), 400),
    Row("two Contacts", also("Contact: <sip:other@127.0.0.1>"), 400),
    Row("a quote left open in To", instead("To: <", 'To: "Alice <'), 400),
    Row("unknown extension required", also("Require: 100rel, path"), 420, "Unsupported", "100rel"),
    Row("known extension required", also("Require: eventlist"), 200),
    Row("scheme that is not served", instead(ALICE, "http://example.net/alice SIP/2.0"), 416),
    Row("unknown scheme", instead(ALICE, "nobodyknows:alice SIP/2.0"), 416),
    Row("tel: for nobody", instead(ALICE, "tel:+15550199 SIP/2.0"), 404),
    Row("another domain", instead(ALICE, "sip:alice.ficcion@elsewhere.example SIP/2.0"), 404),
    Row("nobody of that name", instead(ALICE, "sip:nobody@[dom] SIP/2.0"), 404),
    Row("case of a name counts", instead(ALICE, "sip:ALICE.FICCION@[dom] SIP/2.0"), 404),
    Row("case of the domain does not", instead(ALICE, "sip:alice.ficcion@EXAMPLE.net SIP/2.0"), 200),
    Row("an escaped letter is the letter", instead(ALICE, "sip:%61lice.ficcion@[dom] SIP/2.0"), 200),
    Row("no Event", without("Event"), 489, "Allow-Events", "dialog"),
    Row("unknown Event", instead("Event: dialog", "Event: line-seize"), 489, "Allow-Events", "presence"),
    Row("Event in capitals is another", instead("Event: dialog", "Event: Dialog"), 489),
    Row("a list without eventlist", instead(ALICE, "sip:blf-reception@[dom] SIP/2.0"), 421, "Require", "eventlist"),
    Row("a list with eventlist", both(instead(ALICE, "sip:blf-reception@[dom] SIP/2.0"), also("Supported: eventlist"),
                                      instead("Accept: ", "Accept: multipart/related, application/rlmi+xml, ")), 200,
        "Require", "eventlist"),
    Row("Accept without what there is", instead("application/dialog-info+xml", "text/plain"), 406),
    Row("no Accept means the usual", without("Accept"), 200),
    Row("Accept of everything", instead("application/dialog-info+xml", "*/*;q=0.5"), 200),
    Row("too short", instead("Expires: 600", "Expires: 10"), 423, "Min-Expires", "60"),
    Row("too long is shortened", instead("Expires: 600", "Expires: 604800"), 200, "Expires", "^ *3600"),
    Row("no Expires means an hour", without("Expires"), 200, "Expires", "^ *3600"),
    Row("a dialog that is none", instead("To: <sip:alice.ficcion@[dom]>", "To: <sip:alice.ficcion@[dom]>;tag=gone"), 481),
    Row("compact names", both(instead("From:", "f:"), instead("To:", "t:"), instead("Contact:", "m:"), instead("Event:", "o:"),
                              instead("Content-Length:", "l:")), 200),
    Row("Record-Route comes back", also("Record-Route: <sip:127.0.0.1:9;lr>"), 200, "Record-Route", "127.0.0.1:9;lr"),
]
# What SIPp cannot send, or whose answer it would not take for one: (what, in a whole request, instead, the answer).
BROKEN = [
    ("CSeq of another method", b"CSeq: 1 SUBSCRIBE", b"CSeq: 1 PUBLISH", 400),
    ("CSeq beyond 2^32", b"CSeq: 1 ", b"CSeq: 4294967296 ", 400),
    ("Content-Length beyond the datagram", b"Content-Length: 0", b"Content-Length: 40", 400),
    ("negative Content-Length", b"Content-Length: 0", b"Content-Length: -1", 400),
    ("two Content-Lengths", b"Content-Length: 0", b"Content-Length: 0\r\nContent-Length: 1", 400),
    ("two spaces in the request line", b"SUBSCRIBE sip", b"SUBSCRIBE  sip", 400),
    ("angle brackets around the Request-URI", b"SUBSCRIBE sip:alice.ficcion@example.net", b"SUBSCRIBE <sip:alice.ficcion@example.net>", 400),
    ("no Call-ID", b"Call-ID", b"X-Call-ID", 400),
    ("two From", b"Max-Forwards", b"From: <sip:b@example.net>;tag=2\r\nMax-Forwards", 400),
    ("SIP/7.0", b"SIP/2.0\r\nVia", b"SIP/7.0\r\nVia", 505),
    ("folded lines", b"Event: dialog", b"Event:\r\n dialog", 200),
    ("an empty Supported, as baresip writes it", b"Event: dialog", b"Supported:\r\nEvent: dialog", 200),
]
METHODS = [
    Row("OPTIONS", method("OPTIONS"), 200, "Allow", "SUBSCRIBE"),
    Row("OPTIONS tells events", method("OPTIONS"), 200, "Allow-Events", "dialog"),
    Row("OPTIONS tells types", method("OPTIONS"), 200, "Accept", "application/pidf.xml"),
    Row("REGISTER", method("REGISTER"), 405, "Allow", "SUBSCRIBE"),
    Row("MESSAGE", method("MESSAGE"), 405, "Allow", "PUBLISH"),
    Row("NOTIFY", both(method("NOTIFY"), also("Subscription-State: active")), 405),
    Row("a method that nobody knows", method("BLINK"), 501),
]
PUBLISHES = [
    Row("initial", lambda text: text, 200, "SIP-ETag", "[^ ]"),
    Row("neither body nor tag", no_body, 400),
    Row("unknown tag", also("SIP-If-Match: nothing"), 412),
    Row("unknown tag to refresh", both(no_body, also("SIP-If-Match: nothing")), 412),
    Row("no Event", without("Event"), 489, "Allow-Events", "presence"),
    Row("a package that nobody publishes", instead("Event: presence", "Event: message-summary"), 489),
    Row("a body of another type", instead("Content-Type: application/pidf+xml", "Content-Type: text/plain"), 415, "Accept", "application/pidf.xml"),
    Row("too short", instead("Expires: 600", "Expires: 10"), 423, "Min-Expires", "60"),
    Row("nobody of that name", instead(ALICE, "sip:nobody@[dom] SIP/2.0"), 404),
    Row("a list", instead(ALICE, "sip:blf-reception@[dom] SIP/2.0"), 404),
    Row("a document that is none", instead("<?xml", "<xml"), 400),
]
