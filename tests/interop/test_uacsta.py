"""uaCSTA as other people's programs see it: tshark and xmllint, with the built daemon and a simulated office behind it."""
import subprocess
import unittest

from house import Wire, need, program, within
import test_csta


class UaCsta(unittest.TestCase):
    """uaCSTA in SIP. tshark has no dissector for ECMA-323, neither in SIP nor over TCP: it judges the SIP around the
    documents, xmllint whether they are well-formed, csta_schema what is in them."""

    def test_a_dialog(self):
        need(type(self), "tshark", "tcpdump", "xmllint")
        with test_csta.Office(more=test_csta.sip_too()) as office:
            wire = Wire(*(office.listening("sip", transport) for transport in ("udp", "tcp")))
            self.addCleanup(wire.close)
            if not wire.recording:
                self.skipTest("tcpdump may not record here")
            for transport in ("udp", "tcp"):
                ua = test_csta.UaDialog(office, transport)
                self.addCleanup(ua.close)
                ua.open()
                ua.asks("MonitorStart", f"<monitorObject><deviceObject>{test_csta.LOTTE}</deviceObject></monitorObject>")
                ua.asks("GetSwitchingFunctionCapabilities")
                ua.asks("NoSuchService")
                office.calls(test_csta.ALICE, test_csta.LOTTE)
                ua.hears("DeliveredEvent")
                self.assertEqual(ua.within("UPDATE").status, 200)
                self.assertTrue(office.idle())
                self.assertEqual(ua.within("BYE").status, 200)
                self.assertGreaterEqual(len(ua.documents), 5)
                for body in ua.documents:
                    done = subprocess.run([program("xmllint"), "--noout", "-"], input=body, capture_output=True)
                    self.assertEqual((done.returncode, done.stderr), (0, b""), body)
            self.assertTrue(within(10, lambda: wire.file.read_bytes().count(b"BYE sip:") == 2), "the capture is late")
            wire.stop()
            self.assertGreater(wire.count(), 10)
            self.assertEqual(wire.complaints(), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
