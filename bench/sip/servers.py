"""The two servers under the same load: Kamailio with everything in memory, and the daemon. Loopback only."""
import hashlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from ports import free_port
from processes import cpu_s, end, pss_mib, tree

HERE = pathlib.Path(__file__).resolve().parent
DOMAIN = "bench.test"
PASSWORD = "secret"
PRESENTITIES = 10_000


class Server:
    """One running server. `log` is its standard error."""
    name = ""

    def __init__(self, folder, digest, seconds):
        self.folder = folder / self.name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.digest = digest
        self.log = self.folder / "log"
        for _ in range(5):  # somebody else may take a port between its choice and its use
            self.port = free_port()
            self.target = f"127.0.0.1:{self.port}"
            if self.starts(seconds):
                return
        self.start(seconds)

    def start(self, seconds=30):
        if not self.starts(seconds):
            sys.exit(f"{self.name} did not start; {self.log} ends with:\n" + self.log.read_text(errors="replace")[-2000:])

    def starts(self, seconds):
        """Whether it answers within so long; it is ended if not."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                            cwd=self.folder, env=self.environment())
        until = time.monotonic() + seconds
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                end(self.process)
                return False
            time.sleep(0.1)
        return True

    def environment(self):
        return dict(os.environ)

    def answers(self):
        """Whether it answers an OPTIONS, with whatever."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            probe.settimeout(0.3)
            here = probe.getsockname()[1]
            probe.sendto(f"OPTIONS sip:{DOMAIN} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{here};branch=z9hG4bKp{here}\r\n"
                         f"Max-Forwards: 70\r\nFrom: <sip:probe@{DOMAIN}>;tag=p\r\nTo: <sip:{DOMAIN}>\r\n"
                         f"Call-ID: probe-{here}-{time.monotonic_ns()}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode(),
                         ("127.0.0.1", self.port))
            try:
                return probe.recv(4096).startswith(b"SIP/2.0 ")
            except OSError:
                return False

    def cpu_s(self):
        return cpu_s(tree(self.process.pid))

    def pss_mib(self):
        return pss_mib(tree(self.process.pid))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        end(self.process, 8)


class Kamailio(Server):
    name = "kamailio"

    def __init__(self, folder, digest=False):
        super().__init__(folder, digest, 10)

    def command(self):
        config = self.folder / "kamailio.cfg"
        config.write_text((HERE / "kamailio.cfg").read_text().replace("BENCHCTL", str(self.folder / "ctl.sock")))
        line = ["kamailio", "-f", str(config), "-DD", "-E", "-m", "6144", "-M", "32", "-Y", str(self.folder),
                "-A", f"PORT={self.port}", "-A", "WORKERS=4"]
        return line + (["-A", "WITH_AUTH"] if self.digest else [])


class Lamplighter(Server):
    name = "lamplighter"

    def __init__(self, folder, digest=False, people=PRESENTITIES, users=40_000):
        self.people, self.users = people, users
        super().__init__(folder, digest, 60)

    def command(self):
        (self.folder / "people.csv").write_text("id,name,email,lines,teams,zoom,goto,webex,zoho,folder\n" + "".join(
            f"p{i:06d}@{DOMAIN},Person {i},p{i:06d}@{DOMAIN},,,,,,,Bench\n" for i in range(self.people)))
        who = 'trusted = ["127.0.0.0/8"]'
        if self.digest:
            who = 'users_file = "users"\nalgorithms = ["MD5"]\nchallenges_per_second = 1_000_000'
            (self.folder / "users").write_text("".join(
                f"w{i:06d}:{DOMAIN}:" + hashlib.md5(f"w{i:06d}:{DOMAIN}:{PASSWORD}".encode()).hexdigest() + "\n"
                for i in range(self.users)))
        config = self.folder / "lamplighter.toml"
        config.write_text(f"""[daemon]
state_dir = "{self.folder / 'state'}"
[http]
listen = ["127.0.0.1:0"]
anonymous_role = "viewer"
[people]
file = "people.csv"
[sip]
listen = ["udp:{self.target}", "tcp:{self.target}"]
domain = "{DOMAIN}"
{who}
""")
        (self.folder / "state").mkdir(exist_ok=True)
        binary = pathlib.Path(os.environ.get("LAMP_BIN", HERE.parents[1] / "build/release/bin")) / "lamplighter"
        return [str(binary.resolve()), "run", "--config", str(config)]


SERVERS = {server.name: server for server in (Kamailio, Lamplighter)}
