"""An office with telephones in front of it: simulator, daemon with SIP on free ports, and watchers written from the RFCs
(those of tests/interop). Loopback; standard library only."""
import json
import pathlib
import re
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
from office import Daemon, Simulator, within  # noqa: E402,F401
from relay import Relay  # noqa: E402,F401
from sip_message import challenges, credentials, ha1  # noqa: E402,F401
from sip_ua import Ua  # noqa: E402

DOMAIN = "example.net"
ALICE, LOTTE, WOUTER, LUCIA, ANAIS = "alice.ficcion", "lotte.kitalalt", "wouter.przyklad", "lucia.placeholder", "anais.vansample"
LISTEN = ("udp:127.0.0.1:0", "tcp:127.0.0.1:0")


def whole(user):
    return f"{user}@{DOMAIN}"


def sip_list(name, *members):
    return f"[[sip_list]]\nname = {json.dumps(name)}\nmembers = {json.dumps(list(members))}\n"


def users_text(passwords, algorithms=("MD5", "SHA-256")):
    """A users file: a line for each user and algorithm."""
    lines = []
    for user, password in passwords.items():
        for algorithm in algorithms:
            word = "" if algorithm == "MD5" else f"{algorithm}:"
            lines.append(f"{user}:{DOMAIN}:{word}{ha1(algorithm, user, DOMAIN, password)}")
    return "\n".join(lines) + "\n"


class TlsUa(Ua):
    """Over TLS; `chain` vouches for the server. A session ticket, which is no message, is not waited behind."""

    def __init__(self, server, domain, chain, **more):
        super().__init__(server, domain, transport="tls", certificate=str(chain), **more)
        self.socket.settimeout(0.05)

    def receive(self, seconds):
        try:
            return super().receive(seconds)
        except TimeoutError:
            return False


class _Daemon(Daemon):
    """Its files are there before it starts."""

    def __init__(self, files, *rest, **more):
        self.files = files
        super().__init__(*rest, **more)

    def start(self):
        for name, text in self.files.items():
            (self.folder / name).write_text(text)
        super().start()


class Office:
    """`sip`: further lines of [sip]; `more`: sections after it; `files` lie beside the configuration."""

    def __init__(self, sip='trusted = ["127.0.0.0/8"]', more="", listen=LISTEN, people=12, options=(), files=None,
                 environment=None, prepare=None):
        self.sim = Simulator("--people", str(people), *options)
        if prepare:
            more += prepare(self.sim)
        section = f"[sip]\nlisten = {json.dumps(list(listen))}\ndomain = \"{DOMAIN}\"\n{sip}\n{more}"
        try:
            self.daemon = _Daemon(files or {}, self.sim, extra=section, environment=environment)
        except BaseException:
            self.sim.close()
            raise
        assert self.daemon.ready(30), self.daemon.log()
        self.agents = []
        users = self.sim.command("truth")["users"]
        self.extensions = {name.partition("@")[0]: str(one["extension"]) for name, one in users.items()}

    @property
    def port(self):
        """By transport, as the daemon has logged it last."""
        found = re.findall(r" at=(udp|tcp|tls):127\.0\.0\.1:(\d+)", self.daemon.log())
        assert found, self.daemon.log()
        return {transport: int(port) for transport, port in found}

    def ua(self, name="watcher", transport="udp", server=None, **more):
        one = Ua(server or ("127.0.0.1", self.port[transport]), DOMAIN, name, transport, **more)
        self.agents.append(one)
        return one

    # --- telephony

    def does(self, command, user, **more):
        return self.sim.command(command, user=self.extensions.get(user, user), **more)

    def calls(self, caller, callee):
        return self.sim.command("call", **{"from": self.extensions[caller], "to": self.extensions[callee]})

    def lamps(self):
        """What each line's lamp must show, by user."""
        words = {"ringing": "ringing", "active": "busy", "held": "held", "idle": "idle"}
        return {name.partition("@")[0]: words[one["line"]] for name, one in self.sim.command("truth")["users"].items()}

    # --- the daemon

    def reload(self, **texts):
        """Writes those files, `config` being the configuration, and sends SIGHUP."""
        for name, text in texts.items():
            path = self.daemon.config if name == "config" else self.daemon.folder / name
            path.write_text(text)
        self.daemon.process.send_signal(signal.SIGHUP)
        assert self.daemon.notify.hears("RELOADING=1", 5) and self.daemon.notify.hears("READY=1", 5), self.daemon.log()
        self.daemon.notify.heard.clear()

    def metric(self, name, **labels):
        """The value; 0 without one."""
        text = self.daemon.get("/metrics")[2].decode()
        inside = ",".join(f'{key}="{value}"' for key, value in labels.items())
        wanted = name + (f"{{{inside}}}" if inside else "") + " "
        return next((float(line[len(wanted):]) for line in text.splitlines() if line.startswith(wanted)), 0.0)

    def watchers(self, **query):
        words = "&".join(f"{key}={value}" for key, value in query.items())
        return self.daemon.get("/v1/watchers?limit=1000&" + words)[2]["items"]

    def memory_kb(self):
        status = pathlib.Path(f"/proc/{self.daemon.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def close(self):
        for ua in self.agents:
            ua.close()
        self.daemon.close()
        self.sim.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class WithOffice(unittest.TestCase):
    """One office for the tests of a class."""
    options = {}

    @classmethod
    def setUpClass(cls):
        cls.office = Office(**cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.office.close()

    def ua(self, *words, **more):
        return self.office.ua(*words, **more)

    def shows(self, ua, watch, lamp, seconds=5):
        self.assertTrue(ua.until(lambda: watch.lamp == lamp, seconds), f"{watch.lamp} instead of {lamp}: {watch.document}")

    def refused(self, ua, user, event="dialog", **more):
        """The status of a SUBSCRIBE that is not accepted."""
        with self.assertRaisesRegex(AssertionError, "was answered") as caught:
            ua.subscribe(user, event, **more)
        return int(str(caught.exception).split("answered ")[1].split()[0])


def published(user, activity, note=None):
    """A presence document of a soft-client."""
    noted = f"<note>{note}</note>" if note else ""
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" '
            f'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" '
            f'entity="sip:{user}@{DOMAIN}"><tuple id="softclient"><status><basic>open</basic></status>{noted}</tuple>'
            f'<dm:person id="me"><rpid:activities><rpid:{activity}/></rpid:activities></dm:person></presence>').encode()


def hear(agents, seconds, until=lambda: False):
    """All of them receive for so long, or until it holds; whether it does."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        busy = [ua.receive(0) for ua in agents]
        if not any(busy):
            time.sleep(0.002)
    return True


def certificate(folder):
    """(chain, key) of a self-signed certificate for the domain."""
    chain, key = folder / "sip.pem", folder / "sip.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={DOMAIN}", "-addext", f"subjectAltName=DNS:{DOMAIN},IP:127.0.0.1", "-keyout", key, "-out", chain],
                   check=True, capture_output=True)
    return chain, key
