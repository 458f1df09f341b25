"""The documents of NOTIFYs, read strictly: dialog-info (RFC 4235), PIDF with RPID (RFC 3863, 4480), lists (RFC 4662),
their multiparts (RFC 2046, 2387). Written from the RFCs, not from the daemon's codec. Standard library only."""
import re
import xml.etree.ElementTree as ElementTree
from collections import namedtuple

from sip_message import Malformed, expect, worded

DIALOG_INFO = "{urn:ietf:params:xml:ns:dialog-info}"
PIDF = "{urn:ietf:params:xml:ns:pidf}"
MODEL = "{urn:ietf:params:xml:ns:pidf:data-model}"
RPID = "{urn:ietf:params:xml:ns:pidf:rpid}"
RLMI = "{urn:ietf:params:xml:ns:rlmi}"
WATCHERINFO = "{urn:ietf:params:xml:ns:watcherinfo}"

DialogInfo = namedtuple("DialogInfo", "version state entity dialogs")
Dialog = namedtuple("Dialog", "id state event direction local remote remote_display held")
Presence = namedtuple("Presence", "entity tuples activities notes")
Tuple = namedtuple("Tuple", "id basic contact notes")
List = namedtuple("List", "uri version full resources")
Resource = namedtuple("Resource", "uri name id state reason cid")
Part = namedtuple("Part", "content_type id body")


def root_of(body, name):
    expect(body.startswith(b"<?xml version=\"1.0\""), "no XML declaration", body)
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise Malformed(f"{error}: {body!r}") from None
    expect(root.tag == name, f"the root is {root.tag}", body)
    return root


def only(element, children, attributes, body):
    """Nothing but these, the children in the order of their schema."""
    unknown = set(element.attrib) - set(attributes)
    expect(not unknown, f"attributes {unknown} of {element.tag}", body)
    order = [child.tag for child in element]
    expect(all(tag in children for tag in order), f"children {order} of {element.tag}", body)
    places = [children.index(tag) for tag in order]
    expect(places == sorted(places), f"the order {order} of {element.tag}", body)


def number(text, body):
    expect(text is not None and re.fullmatch(r"\d{1,10}", text) and int(text) < 2**32, "a version", body)
    return int(text)


def dialog_info(body):
    n = DIALOG_INFO
    root = root_of(body, n + "dialog-info")
    only(root, [n + "dialog"], ["version", "state", "entity"], body)
    expect(root.get("state") in ("full", "partial"), "state", body)
    expect(re.fullmatch(r"(sips?|tel):\S+", root.get("entity") or ""), "entity", body)
    dialogs = []
    for one in root:
        only(one, [n + "state", n + "duration", n + "replaces", n + "referred-by", n + "route-set", n + "local", n + "remote"],
             ["id", "call-id", "local-tag", "remote-tag", "direction"], body)
        expect(one.get("id"), "a dialog without id", body)
        expect(one.get("direction") in (None, "initiator", "recipient"), "direction", body)
        state = one.find(n + "state")
        expect(state is not None and state.text in ("trying", "proceeding", "early", "confirmed", "terminated"), "a dialog's state", body)
        only(state, [], ["event", "code"], body)
        expect(state.get("event") in (None, "cancelled", "rejected", "replaced", "local-bye", "remote-bye", "error", "timeout"),
               "a dialog's event", body)
        sides, display, held = {}, None, False
        for side in ("local", "remote"):
            end = one.find(n + side)
            if end is None:
                sides[side] = None
                continue
            only(end, [n + "identity", n + "target", n + "session-description", n + "cseq"], [], body)
            identity = end.find(n + "identity")
            sides[side] = identity.text if identity is not None else None
            if identity is not None:
                only(identity, [], ["display"], body)
                if side == "remote":
                    display = identity.get("display")
            target = end.find(n + "target")
            if target is not None:
                only(target, [n + "param"], ["uri"], body)
                expect(target.get("uri"), "a target without uri", body)
                for param in target:
                    only(param, [], ["pname", "pvalue"], body)
                    held = held or side == "local" and (param.get("pname"), param.get("pvalue")) == ("+sip.rendering", "no")
        dialogs.append(Dialog(one.get("id"), state.text, state.get("event"), one.get("direction"), sides["local"],
                              sides["remote"], display, held))
    ids = [dialog.id for dialog in dialogs]
    expect(len(ids) == len(set(ids)), "a dialog twice", body)
    return DialogInfo(number(root.get("version"), body), root.get("state"), root.get("entity"), dialogs)


def lamp(info):
    """What a lamp shows of a full document: idle, ringing, busy, held; the most urgent."""
    states = set()
    for dialog in info.dialogs:
        if dialog.state in ("trying", "proceeding", "early"):
            states.add("busy" if dialog.direction == "initiator" else "ringing")
        elif dialog.state == "confirmed":
            states.add("held" if dialog.held else "busy")
    return next((state for state in ("ringing", "held", "busy") if state in states), "idle")


def presence(body):
    root = root_of(body, PIDF + "presence")
    expect(set(root.attrib) == {"entity"}, "presence needs an entity and nothing else", body)
    expect(re.fullmatch(r"(sips?|pres|tel):\S+", root.get("entity")), "entity", body)
    tuples, activities, notes, beyond = [], [], [], False
    for child in root:
        if child.tag == PIDF + "tuple":
            expect(not beyond, "a tuple after other elements", body)
            only(child, [PIDF + "status", PIDF + "contact", PIDF + "note", PIDF + "timestamp"], ["id"], body) if all(
                grand.tag.startswith(PIDF) for grand in child) else None
            expect(re.fullmatch(r"[A-Za-z_][\w.\-]*", child.get("id") or ""), "a tuple's id", body)
            status = child.find(PIDF + "status")
            expect(status is not None, "a tuple without status", body)
            basic = status.find(PIDF + "basic")
            expect(basic is None or basic.text in ("open", "closed"), "basic", body)
            contact = child.find(PIDF + "contact")
            tuples.append(Tuple(child.get("id"), basic.text if basic is not None else None,
                                contact.text if contact is not None else None, [note.text for note in child.findall(PIDF + "note")]))
        else:
            beyond = True
            if child.tag == MODEL + "person":
                expect(re.fullmatch(r"[A-Za-z_][\w.\-]*", child.get("id") or ""), "a person's id", body)
                for group in child.findall(RPID + "activities"):
                    activities += [one.tag.removeprefix(RPID) for one in group if one.tag != RPID + "note"]
                notes += [note.text for note in child.findall(MODEL + "note")]
            elif child.tag == PIDF + "note":
                notes.append(child.text)
    ids = [one.id for one in tuples]
    expect(len(ids) == len(set(ids)), "a tuple's id twice", body)
    return Presence(root.get("entity"), tuples, activities, notes)


def rlmi(body):
    root = root_of(body, RLMI + "list")
    only(root, [RLMI + "name", RLMI + "resource"], ["uri", "version", "fullState", "cid"], body)
    expect(root.get("fullState") in ("true", "false", "1", "0") and root.get("uri"), "the list's attributes", body)
    resources = []
    for one in root.findall(RLMI + "resource"):
        only(one, [RLMI + "name", RLMI + "instance"], ["uri"], body)
        name, instances = one.find(RLMI + "name"), one.findall(RLMI + "instance")
        expect(one.get("uri") and len(instances) <= 1, "a resource", body)
        instance = instances[0] if instances else None
        if instance is not None:
            only(instance, [], ["id", "state", "reason", "cid"], body)
            expect(instance.get("id") and instance.get("state") in ("active", "pending", "terminated"), "an instance", body)
        resources.append(Resource(one.get("uri"), name.text if name is not None else None,
                                  *(instance.get(key) if instance is not None else None for key in ("id", "state", "reason", "cid"))))
    uris = [one.uri for one in resources]
    expect(len(uris) == len(set(uris)), "a resource twice", body)
    return List(root.get("uri"), number(root.get("version"), body), root.get("fullState") in ("true", "1"), resources)


def multipart(content_type, body):
    """The parts of multipart/related; the first is the root that `start` names."""
    kind, params = worded(content_type)
    expect(kind == "multipart/related", "the type of a list", content_type.encode())
    params = {name: (value or "").strip('"') for name, value in params.items()}
    expect(params.get("boundary") and params.get("type"), "multipart/related without boundary or type", content_type.encode())
    marker = b"--" + params["boundary"].encode()
    expect(body.startswith(marker + b"\r\n") and body.rstrip(b"\r\n").endswith(b"\r\n" + marker + b"--"), "the multipart's frame", body)
    inner = body[len(marker) + 2:body.rindex(b"\r\n" + marker + b"--")]
    parts = []
    for piece in inner.split(b"\r\n" + marker + b"\r\n"):
        head, blank, text = piece.partition(b"\r\n\r\n")
        expect(blank and marker not in text, "a part", piece)
        fields = {}
        for line in head.decode().split("\r\n"):
            name, colon, value = line.partition(":")
            expect(colon and name.lower() not in fields, "a part's header", piece)
            fields[name.lower()] = value.strip()
        found = re.fullmatch(r"<([^<>\s]+)>", fields.get("content-id", ""))
        expect(found and "content-type" in fields, "a part without Content-ID or Content-Type", piece)
        parts.append(Part(fields["content-type"], found[1], text))
    ids = [part.id for part in parts]
    expect(len(ids) == len(set(ids)), "a Content-ID twice", body)
    expect("start" not in params or params["start"].strip("<>") == parts[0].id, "start is not the first part", body)
    expect(worded(parts[0].content_type)[0] == params["type"], "type is not the root's", body)
    return parts
