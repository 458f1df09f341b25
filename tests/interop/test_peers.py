"""SIP with other people's programs: tshark looks at all that the daemon sends, baresip watches, Kamailio stands in front and
publishes."""
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

import sip_requests
from house import ALICE, DOMAIN, LOTTE, LUCIA, WOUTER, Housed, Wire, free_port, need, program, published, within
from sip_ua import Ua


# --- what others think of our bytes

class Dissected(Housed):
    """tshark finds nothing malformed in what the daemon sends."""
    programs = ("tshark", "tcpdump")

    def test_everything_that_we_send(self):
        wire = Wire(self.house.port["udp"], self.house.port["tcp"])
        self.addCleanup(wire.close)
        if not wire.recording:
            self.skipTest("tcpdump may not record here")
        for transport in ("udp", "tcp"):
            ua = self.ua(transport=transport)
            watches = [ua.subscribe(user, event) for user in (ALICE, LUCIA) for event in ("dialog", "presence")]
            watches += [ua.subscribe("blf-reception", event, lists=True) for event in ("dialog", "presence")]
            watches.append(ua.subscribe(ALICE, "presence.winfo"))
            self.assertTrue(ua.until(lambda: all(watch.notifies for watch in watches)))
            self.house.calls(LUCIA, ALICE)
            self.assertTrue(ua.until(lambda: watches[0].lamp == "ringing"))
            ua.publish(LUCIA, "presence", published(LUCIA, "meal", "Mittagspause, bis später"))
            self.house.sim.command("hangup", user=self.house.number(ALICE))
            self.assertTrue(ua.until(lambda: watches[0].lamp == "idle"))
            for row in sip_requests.SUBSCRIBES[:3]:
                ua.ask(ua.request("SUBSCRIBE", "nobody", [("Event", row.name.split()[0])]))
            ua.ask(ua.request("OPTIONS", ALICE))
            for watch in watches:
                ua.refresh(watch, 0)
            self.assertTrue(ua.until(lambda: all(watch.state == "terminated" for watch in watches)))
        wire.stop()
        self.assertGreater(wire.count(), 50)
        self.assertEqual(wire.complaints(), "")

    def test_documents_are_well_formed(self):
        # libxml2's own reader beside the one of the tests.
        need(type(self), "xmllint")
        ua = self.ua()
        watches = [ua.subscribe(ALICE, "dialog"), ua.subscribe(ALICE, "presence")]
        self.assertTrue(ua.until(lambda: all(watch.notifies for watch in watches)))
        for watch in watches:
            done = subprocess.run([program("xmllint"), "--noout", "-"], input=watch.notifies[0].body, capture_output=True)
            self.assertEqual((done.returncode, done.stderr), (0, b""))


# --- a telephone

class Baresip(Housed):
    """baresip watches presence."""
    programs = ("baresip",)

    def test_presence(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-baresip-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        control = free_port()
        modules = next(pathlib.Path("/usr/lib").glob("**/baresip/modules"))
        (folder / "config").write_text(
            "sip_listen 127.0.0.1:0\nnet_af ipv4\nnet_interface 127.0.0.1\naudio_player aufile\naudio_source aufile\naudio_alert aufile\n"
            f"module_path {modules}\nmodule_app account.so\nmodule_app contact.so\nmodule_app presence.so\nmodule_app menu.so\n"
            f"module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:{control}\n")
        (folder / "accounts").write_text(f'<sip:desk@{DOMAIN}>;regint=0;outbound="sip:{self.house.target}"\n')
        (folder / "contacts").write_text(f'"Alice" <sip:{ALICE}@{DOMAIN}>;presence=p2p\n"Lotte" <sip:{LOTTE}@{DOMAIN}>;presence=p2p\n')
        with open(folder / "log", "wb") as log:
            phone = subprocess.Popen([program("baresip"), "-f", str(folder)], stdout=log, stderr=log, stdin=subprocess.PIPE)
        said = [""]

        def contacts():
            """What the telephone's list of contacts says, asked over its control port (netstrings of JSON)."""
            try:
                with socket.create_connection(("127.0.0.1", control), 2) as link:
                    text = json.dumps({"command": "contacts"}).encode()
                    link.sendall(b"%d:%s," % (len(text), text))
                    said[0] = link.recv(65536).decode(errors="replace")
            except OSError:
                time.sleep(0.1)
            return said[0]

        def shows(status):
            seen = within(15, lambda: re.search(rf"{status}[^\n]*{ALICE}", re.sub(r"\\u001b\[[;0-9]*m", "", contacts()).replace("\\n", "\n")))
            self.assertTrue(seen, f"not {status}: {said[0]}\n" + (folder / "log").read_text(errors="replace")[-2000:])

        try:
            shows("Online")
            self.house.calls(LOTTE, ALICE)
            self.house.sim.command("answer", user=self.house.number(ALICE))
            shows("Busy")
            self.house.sim.command("hangup", user=self.house.number(ALICE))
            shows("Online")
        finally:
            phone.kill()  # asked to end, it would unsubscribe first and take its time
            phone.wait(10)
            phone.stdin.close()


# --- Kamailio

class Kamailio:
    def __init__(self, config, port, **words):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-kamailio-"))
        text = (pathlib.Path(__file__).resolve().parent / config).read_text()
        for word, value in {"PORT": port, "DOMAIN": DOMAIN, "TABLES": "/usr/share/kamailio/dbtext/kamailio", **words}.items():
            text = text.replace(f"@{word}@", str(value))
        (self.folder / "kamailio.cfg").write_text(text)
        with open(self.folder / "log", "wb") as log:
            self.process = subprocess.Popen([program("kamailio"), "-f", str(self.folder / "kamailio.cfg"), "-DD", "-E", "-m", "64", "-M", "8",
                                             "-Y", str(self.folder)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        probe = Ua(("127.0.0.1", port), DOMAIN, "probe")
        try:
            answered = within(10, lambda: self.process.poll() is None and (
                probe.put(probe.request("OPTIONS", "probe")), probe.until(lambda: probe.responses, 0.3))[1])
        finally:
            probe.close()
        if not answered:
            self.close(keep=True)
            raise AssertionError("Kamailio did not start:\n" + self.log())

    def log(self):
        return (self.folder / "log").read_text(errors="replace")[-3000:]

    def close(self, keep=False):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class BehindKamailio(Housed):
    """A proxy in front that stays on the way (Record-Route), and one that publishes the calls it sees."""
    programs = ("kamailio", "sipp")

    def test_a_proxy_on_the_way(self):
        port = free_port()
        proxy = Kamailio("proxy.cfg", port, DAEMON=self.house.target)
        self.addCleanup(proxy.close)
        ua = Ua(("127.0.0.1", port), DOMAIN, "behind")
        self.addCleanup(ua.close)
        watch = ua.subscribe(ALICE, "dialog")
        self.assertEqual(len(watch.routes), 1, "the route set is the proxy")
        self.assertTrue(ua.until(lambda: watch.document))
        for notify in watch.notifies:
            self.assertEqual(len(notify.all("via")), 2, "the NOTIFY came through the proxy")
        self.house.calls(LOTTE, ALICE)
        self.assertTrue(ua.until(lambda: watch.lamp == "ringing"))
        self.assertEqual(ua.refresh(watch).status, 200)
        self.house.sim.command("hangup", user=self.house.number(ALICE))
        self.assertTrue(ua.until(lambda: watch.lamp == "idle"))
        self.assertEqual(ua.refresh(watch, 0).status, 200)
        self.assertTrue(ua.until(lambda: watch.state == "terminated"))

    def test_pua_dialoginfo_publishes(self):
        port, callee = free_port(), free_port()
        publisher = Kamailio("publisher.cfg", port, DAEMON=self.house.target, CALLEE=callee)
        self.addCleanup(publisher.close)
        ua = self.ua()
        watch = ua.subscribe(WOUTER, "dialog")
        self.assertTrue(ua.until(lambda: watch.lamp == "idle"))
        folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-call-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)

        def sipp(*words):
            return subprocess.Popen([program("sipp"), *[str(word) for word in words], "-i", "127.0.0.1", "-m", "1", "-nostdin", "-timeout", "20"],
                                    cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        answering = sipp("-sf", pathlib.Path(__file__).resolve().parent / "flows" / "callee.xml", "-p", callee)
        calling = sipp(f"127.0.0.1:{port}", "-sf", pathlib.Path(__file__).resolve().parent / "flows" / "caller.xml", "-p", free_port(),
                       "-key", "dom", DOMAIN, "-key", "user", WOUTER)
        try:
            self.assertTrue(ua.until(lambda: watch.lamp == "ringing", 10), publisher.log())
            self.assertTrue(ua.until(lambda: watch.lamp == "busy", 10), publisher.log())
            self.assertTrue(ua.until(lambda: watch.lamp == "idle", 15), publisher.log())
        finally:
            for process in (answering, calling):
                if process.poll() is None:
                    process.terminate()
                process.wait(10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
