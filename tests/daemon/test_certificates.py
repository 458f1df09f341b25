"""Certificates that are exchanged while the daemon runs: HTTP, SIP and CSTA over real TLS. New connections see the new
one, old ones live; a broken one changes nothing; one that has ended is said."""
import http.client
import re
import socket
import ssl
import subprocess
import unittest

from office import Daemon, Simulator, within

WIRES = ("http", "sip", "csta")
SYSTEM_STATUS = ('<?xml version="1.0" encoding="UTF-8"?><RequestSystemStatus '
                 'xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed3"/>')


def issue(folder, name, days=30):
    """A new self-signed certificate in place of the one before; its serial number."""
    key, chain, request = (folder / f"{name}.{suffix}.new" for suffix in ("key", "pem", "csr"))
    subprocess.run(["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
                    "-keyout", key, "-out", request], check=True, capture_output=True)
    subprocess.run(["openssl", "x509", "-req", "-in", request, "-signkey", key, "-days", str(days), "-out", chain], check=True,
                   capture_output=True)  # unlike req -x509, it lets one end yesterday
    for suffix in ("key", "pem"):  # as certificate tools do it: in the old one's place
        (folder / f"{name}.{suffix}.new").rename(folder / f"{name}.{suffix}")
    return serial((folder / f"{name}.pem").read_bytes(), "PEM")


def serial(certificate, form):
    said = subprocess.run(["openssl", "x509", "-noout", "-serial", "-inform", form], input=certificate, check=True, capture_output=True)
    return said.stdout.strip()


class Wire:
    """One TLS connection that lives on."""

    def __init__(self, name, port):
        self.name = name
        self.socket = unchecked().wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=10))
        self.serial = serial(self.socket.getpeercert(binary_form=True), "DER")

    def alive(self):
        """Says something and is answered."""
        if self.name == "http":
            self.socket.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return b"200" in self.socket.recv(4096)
        if self.name == "sip":
            self.socket.sendall(b"\r\n\r\n")  # RFC 5626, 4.4.1
            return self.socket.recv(64) == b"\r\n"
        body = SYSTEM_STATUS.encode()
        self.socket.sendall(b"\0\0" + (len(body) + 8).to_bytes(2, "big") + b"0001" + body)
        return b"RequestSystemStatusResponse" in self.socket.recv(4096)

    def close(self):
        self.socket.close()


def unchecked():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


class Secured(Daemon):
    """Its certificates are there before it starts, and it is asked over HTTPS."""

    def start(self):
        for wire in WIRES:
            issue(self.folder, wire)
        self.config.write_text(self.text.replace("[http]", '[http]\ncertificate = "http.pem"\nkey = "http.key"'))
        super().start()

    def connection(self, timeout=10):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=unchecked())


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.sim = Simulator("--people", "5")

    @classmethod
    def tearDownClass(cls):
        cls.sim.close()

    def setUp(self):
        files = lambda wire: f'certificate = "{wire}.pem"\nkey = "{wire}.key"'
        self.daemon = Secured(self.sim, extra=f"""
[sip]
listen = ["tls:127.0.0.1:0"]
domain = "example.net"
trusted = ["127.0.0.0/8"]
{files("sip")}
[csta]
listen = ["tls:127.0.0.1:0"]
trusted = ["127.0.0.0/8"]
{files("csta")}
[net]
certificate_poll = "1s"
""")
        self.addCleanup(self.daemon.close)
        self.ports = {"http": self.daemon.port, "sip": self.port_of("sip"), "csta": self.port_of("csta")}
        self.wires = []
        self.addCleanup(lambda: [wire.close() for wire in self.wires])

    def port_of(self, wire):
        return int(re.findall(rf"{wire}: listening at=tls:127\.0\.0\.1:(\d+)", self.daemon.log())[-1])

    def connect(self, name):
        self.wires.append(Wire(name, self.ports[name]))
        return self.wires[-1]

    def shows(self, name, number):
        return within(15, lambda: self.connect(name).serial == number)

    def problems(self):
        return self.daemon.get("/v1/status")[2]["problems"]

    def ends(self, wire):
        text = self.daemon.get("/metrics")[2].decode()
        found = re.search(rf'^lamplighter_certificate_expiry_seconds{{section="{wire}"}} (\S+)$', text, re.MULTILINE)
        return float(found[1]) if found else None

    def test_new_files_are_taken_by_themselves(self):
        for wire in WIRES:
            with self.subTest(wire):
                old = self.connect(wire)
                self.assertTrue(old.alive())
                before = self.ends(wire)
                number = issue(self.daemon.folder, wire, days=200)
                self.assertTrue(self.shows(wire, number), self.daemon.log()[-2000:])
                self.assertNotEqual(old.serial, number)
                self.assertTrue(old.alive())
                self.assertTrue(within(5, lambda: self.ends(wire) > before + 100 * 86400))
        self.assertEqual(self.problems(), [])

    def test_broken_files_change_nothing_until_they_are_mended(self):
        for wire in WIRES:
            with self.subTest(wire):
                file = self.daemon.folder / f"{wire}.pem"
                number = self.connect(wire).serial
                good = file.read_text()
                file.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n")
                self.assertTrue(within(15, lambda: any(f"[{wire}] cannot be used" in text for text in self.problems())))
                self.assertIn("a certificate stays as it was", self.daemon.log())
                self.assertEqual(self.connect(wire).serial, number)
                file.write_text(good)
                self.assertTrue(within(15, lambda: self.problems() == []))
                self.assertEqual(self.connect(wire).serial, number)

    def test_one_that_ends_soon_or_has_ended_is_said(self):
        issue(self.daemon.folder, "sip", days=5)
        self.assertTrue(within(15, lambda: any("[sip]" in text and " ends on 20" in text for text in self.problems())))
        number = issue(self.daemon.folder, "csta", days=-1)
        self.assertTrue(self.shows("csta", number))  # as the administrator has it
        self.assertTrue(within(15, lambda: any("[csta]" in text and " ended on 20" in text for text in self.problems())))
        doctor = self.daemon.lamplighter("doctor", "--config", self.daemon.config)
        self.assertEqual(doctor.returncode, 1, doctor.stdout)
        self.assertRegex(doctor.stdout, r"FAIL +csta: certificate: it ended on 20")
        self.assertRegex(doctor.stdout, r"ok +sip: certificate: ")


if __name__ == "__main__":
    unittest.main()
