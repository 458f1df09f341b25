"""A simulated office, the daemon in front of it with SIP on a free port, SIPp flows, and what goes over the wire seen by
tshark. Loopback only; every process is ended by its own handle."""
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from xml.sax.saxutils import quoteattr

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "daemon"))
from office import Daemon, Simulator, within  # noqa: E402,F401
from ports import free_port  # noqa: E402
from sip_message import ha1  # noqa: E402
from sip_ua import Ua  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
DOMAIN = "example.net"
ALICE, LOTTE, WOUTER, LUCIA = "alice.ficcion", "lotte.kitalalt", "wouter.przyklad", "lucia.placeholder"
LISTS = f"""
[[sip_list]]
name = "blf-reception"
members = ["{ALICE}@{DOMAIN}", "{LOTTE}@{DOMAIN}", "{WOUTER}@{DOMAIN}"]
"""


def program(name):
    return shutil.which(name, path="/usr/local/bin:/usr/bin:/usr/sbin:/usr/local/sbin")


def need(test_case, *names):
    """Skips, loudly, where a program is missing."""
    missing = [name for name in names if not program(name)]
    if missing:
        text = f"SKIPPED {test_case.__name__}: {', '.join(missing)} is not installed"
        print("\n" + "!" * len(text) + f"\n{text}\n" + "!" * len(text), file=sys.stderr, flush=True)
        raise unittest.SkipTest(text)


class House:
    """The simulator and a daemon; `port` by transport."""

    def __init__(self, sip="", listen=("udp:127.0.0.1:0", "tcp:127.0.0.1:0"), trusted=True, users=None, people=12, extra="",
                 lists=LISTS):
        self.sim = Simulator("--people", str(people), "--second-lines", "0")
        who = 'trusted = ["127.0.0.0/8", "::1/128"]' if trusted else 'users_file = "sip-users"'
        words = ", ".join(f'"{one}"' for one in listen)
        section = f'[sip]\nlisten = [{words}]\ndomain = "{DOMAIN}"\n{who}\n{sip}\n{lists}\n{extra}'
        self.users = users or {}
        self.daemon = _Daemon(self.sim, section, self.users)
        assert self.daemon.ready(20), self.daemon.log()
        self.port = self.ports()

    def ports(self):
        """As the daemon has logged them last."""
        found = re.findall(r"\b(udp|tcp|tls):(?://)?(?:127\.0\.0\.1|\[::1\]):(\d+)", self.daemon.log())
        assert found, "no SIP port in the log:\n" + self.daemon.log()
        return {transport: int(port) for transport, port in found}

    @property
    def target(self):
        return f"127.0.0.1:{self.port['udp']}"

    def number(self, user):
        """The extension of somebody, for the simulator's commands."""
        if not hasattr(self, "extensions"):
            users = self.sim.command("truth")["users"]
            self.extensions = {name.partition("@")[0]: str(one["extension"]) for name, one in users.items()}
        return self.extensions[user]

    def calls(self, caller, callee):
        return self.sim.command("call", **{"from": self.number(caller), "to": self.number(callee)})

    def close(self):
        self.daemon.close()
        self.sim.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class _Daemon(Daemon):
    def __init__(self, sim, section, users):
        self.users = users
        super().__init__(sim, extra=section)

    def start(self):
        lines = []
        for user, password in self.users.items():
            lines.append(f"{user}:{DOMAIN}:{ha1('MD5', user, DOMAIN, password)}")
            lines.append(f"{user}:{DOMAIN}:SHA-256:{ha1('SHA-256', user, DOMAIN, password)}")
        (self.folder / "sip-users").write_text("\n".join(lines) + "\n")
        super().start()


class Housed(unittest.TestCase):
    """One office for a class."""
    programs, options = (), {}

    @classmethod
    def setUpClass(cls):
        need(cls, *cls.programs)
        cls.house = House(**cls.options)

    @classmethod
    def tearDownClass(cls):
        cls.house.close()

    def ua(self, name="watcher", transport="udp", **more):
        one = Ua(("127.0.0.1", self.house.port[transport]), DOMAIN, name, transport, **more)
        self.addCleanup(one.close)
        return one


def published(user, activity, note=None):
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf" '
            f'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:{user}@{DOMAIN}">'
            f'<tuple id="softclient"><status><basic>open</basic></status>{f"<note>{note}</note>" if note else ""}</tuple>'
            f'<dm:person id="me"><rpid:activities><rpid:{activity}/></rpid:activities></dm:person></presence>').encode()


# --- SIPp

def run_sipp(*words, **more):
    """Runs one scenario (its XML) to its end; "" or what went wrong. A port that somebody else took meanwhile is no fault of anybody's."""
    for _ in range(5):
        outcome = sipp_once(*words, **more)
        if "Unable to bind main socket" not in outcome:
            break
    return outcome


def sipp_once(target, scenario, keys=None, rows=None, seconds=20, options=(), calls=1):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-sipp-"))
    try:
        file = folder / "flow.xml"
        file.write_text(scenario)
        line = [program("sipp"), target, "-sf", file, "-i", "127.0.0.1", "-p", free_port(), "-m", calls, "-nostdin", "-timeout", seconds,
                "-timeout_error", "-recv_timeout", seconds * 1000, "-trace_err", "-error_file", folder / "errors",
                "-key", "dom", DOMAIN, *options]
        for key, value in (keys or {}).items():
            line += ["-key", key, value]
        if rows:
            (folder / "users.csv").write_text("SEQUENTIAL\n" + "\n".join(rows) + "\n")
            line += ["-inf", folder / "users.csv"]
        done = subprocess.run([str(word) for word in line], cwd=folder, capture_output=True, timeout=seconds + 20)
        if done.returncode == 0:
            return ""
        errors = folder / "errors"
        return f"SIPp ended with {done.returncode}: " + (
            errors.read_text(errors="replace")[-3000:] if errors.exists() else done.stdout.decode(errors="replace")[-1500:])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def flow(name):
    return (HERE / "flows" / f"{name}.xml").read_text()


def one_request(request, status, header=None, pattern=None):
    """A scenario of one request and the final response that it must get; `header` must match `pattern`."""
    check = ""
    if header:
        check = (f'<action><ereg regexp={quoteattr(pattern)} search_in="hdr" header="{header}:" check_it="true" '
                 'assign_to="1"/></action>')
    use = '<Reference variables="1"/>' if header else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<scenario name="one request">
  <send retrans="500"><![CDATA[
{request}
]]></send>
  <recv response="{status}">{check}</recv>
  {use}
</scenario>
"""


# --- tshark

class Wire:
    """Records what the loopback device carries; `complaints()` are those of tshark's dissectors about what came from
    `ports`."""

    def __init__(self, *ports):
        self.ports = ports
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-wire-"))
        self.file = self.folder / "wire.pcap"
        filters = " or ".join(f"port {port}" for port in ports)
        self.process = subprocess.Popen([program("tcpdump"), "-i", "lo", "-n", "-U", "-s", "0", "-B", "16384", "-w", str(self.file), filters],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.recording = within(5, lambda: self.file.exists() and self.file.stat().st_size >= 24) and self.process.poll() is None

    def stop(self):
        if self.process.poll() is None:
            time.sleep(0.3)  # the kernel hands packets over in blocks
            self.process.send_signal(signal.SIGINT)
            self.process.wait(10)
        self.process.stderr.close()

    def tshark(self, *options):
        line = [program("tshark"), "-r", str(self.file), "-o", "sip.strict_sip_version:TRUE"]
        for port in self.ports:
            line += ["-d", f"udp.port=={port},sip", "-d", f"tcp.port=={port},sip"]
        return subprocess.run(line + list(options), capture_output=True, text=True, timeout=120, check=True).stdout

    def count(self):
        """SIP messages of ours that tshark has dissected."""
        ours = " or ".join(f"udp.srcport == {port} or tcp.srcport == {port}" for port in self.ports)
        return len(self.tshark("-Y", f"sip and ({ours})", "-T", "fields", "-e", "frame.number").split())

    def complaints(self):
        ours = " or ".join(f"udp.srcport == {port} or tcp.srcport == {port}" for port in self.ports)
        bad = f"({ours}) and (_ws.malformed or _ws.expert.severity >= 8388608)"
        return self.tshark("-Y", bad, "-T", "fields", "-e", "frame.number", "-e", "_ws.malformed", "-e", "_ws.expert.message", "-e", "sip.Request-Line",
                           "-e", "sip.Status-Line")

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
