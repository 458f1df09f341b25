"""The calendar providers with Radicale: found from any address, followed by tokens, read as a feed, after its cache is
gone and after it was down (`calendar_reader` is the provider alone, without a daemon around it); and diversions from a
title in Radicale to the platform."""
import base64
import datetime
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

from house import need, program
from ports import free_port
import test_hour
from test_diversions import House, within

BIN = pathlib.Path(os.environ.get("LAMP_BIN", "build/release/bin"))
USER, PASSWORD = "anna", "se:cret \u00e9"
MARCH = "2026-03-01T00:00:00Z 2026-03-15T00:00:00Z"
CALENDAR = """<?xml version="1.0"?><C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>{0}</displayname><C:supported-calendar-component-set><C:comp name="{1}"/></C:supported-calendar-component-set>
</prop></set></C:mkcalendar>"""


def event(uid, title, start="20260303T090000Z", end="20260303T100000Z", *more):
    def stamp(name, value):
        if ":" not in value and "T" not in value:
            return f"{name};VALUE=DATE:{value}"
        return f"{name};{value}" if ":" in value else f"{name}:{value}"

    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", stamp("DTSTART", start), stamp("DTEND", end),
                        f"SUMMARY:{title}", *more, "END:VEVENT"])


def calendar(*events):
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *events, "END:VCALENDAR", ""])


class Radicale:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lamp-radicale-"))
        (self.folder / "users").write_text(f"{USER}:{PASSWORD}\n", encoding="utf-8")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.start()

    def start(self):
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program("radicale"), "--config", "", f"--server-hosts=127.0.0.1:{self.port}",
                 f"--storage-filesystem-folder={self.folder / 'storage'}", "--auth-type=htpasswd",
                 f"--auth-htpasswd-filename={self.folder / 'users'}", "--auth-htpasswd-encryption=plain",
                 "--auth-delay=0"], stdout=log, stderr=log)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.ask("OPTIONS", "/")
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Radicale does not start:\n" + (self.folder / "log").read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def ask(self, method, path, body=None):
        """The status; what is not a success is one, too."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        connection.request(method, urllib.parse.quote(path), body=body and body.encode(),
                           headers={"Authorization": f"Basic {login}", "Content-Type": "text/calendar; charset=utf-8"})
        status = connection.getresponse().status
        connection.close()
        return status

    def make(self, name, component="VEVENT"):
        assert self.ask("MKCALENDAR", f"/{USER}/{name}/", CALENDAR.format(name, component)) == 201

    def put(self, name, *events, where="desk"):
        status = self.ask("PUT", f"/{USER}/{where}/{name}.ics", calendar(*events))
        assert status == 201, status

    def delete(self, name, where="desk"):
        assert self.ask("DELETE", f"/{USER}/{where}/{name}.ics") == 200


class Reader:
    """The provider in a process of its own."""

    def __init__(self, kind, url, user=USER, password=PASSWORD):
        self.process = subprocess.Popen([BIN / "calendar_reader", kind, url, user], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "LAMP_PASSWORD": password})

    def read(self, window=MARCH):
        self.process.stdin.write(window + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def titles(self, window=MARCH):
        """"2001 2002", "same", or the error's category."""
        answer = self.read(window)
        if "error" in answer:
            return answer["error"]
        return "same" if "same" in answer else " ".join(one["title"] for one in answer["occurrences"])

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Calendars(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        need(cls, "radicale")

    def setUp(self):
        self.server = Radicale()
        self.addCleanup(self.server.close)
        self.server.make("desk")

    def reader(self, kind="caldav", path=f"/{USER}/desk/", **login):
        one = Reader(kind, self.server.url + path, **login)
        self.addCleanup(one.close)
        return one

    def test_life_of_an_appointment(self):
        reader = self.reader()
        self.assertEqual(reader.titles(), "")
        self.server.put("a b+\u00e9", event("a", "2001"))
        self.server.put("b", event("b", "+31 20 123 4567", "20260304T090000Z", "20260304T100000Z"))
        first = reader.read()
        self.assertEqual([one["title"] for one in first["occurrences"]], ["2001", "+31 20 123 4567"])
        self.assertEqual(reader.titles(), "same")
        self.server.put("a b+\u00e9", event("a", "2002", "20260305T090000Z", "20260305T100000Z"))
        second = reader.read()
        self.assertEqual([one["title"] for one in second["occurrences"]], ["+31 20 123 4567", "2002"])
        self.assertEqual({one["key"] for one in first["occurrences"]}, {one["key"] for one in second["occurrences"]})
        self.server.delete("a b+\u00e9")
        self.assertEqual(reader.titles(), "+31 20 123 4567")
        self.assertEqual(reader.titles(), "same")

    def test_found_from_any_address(self):
        self.server.put("a", event("a", "2001"))
        for path in ("/", f"/{USER}/", f"/{USER}/desk/", f"/{USER}/desk"):
            with self.subTest(path):
                self.assertEqual(self.reader(path=path).titles(), "2001")

    def test_several_calendars_are_named(self):
        self.server.make("home")
        self.server.make("tasks", "VTODO")
        for path in ("/", f"/{USER}/"):
            answer = self.reader(path=path).read()
            self.assertEqual(answer.get("error"), "not found", answer)
            for name in ("desk", "home"):
                self.assertIn(f"{self.server.url}/{USER}/{name}/", answer["text"])
            self.assertNotIn("tasks", answer["text"])

    def test_logins(self):
        self.assertEqual(self.reader(password="wrong").titles(), "unauthorised")
        self.assertEqual(self.reader("ics", password="wrong").titles(), "unauthorised")
        self.assertEqual(self.reader(path="/berta/desk/").titles(), "forbidden")

    def test_tokens_are_lost_with_the_cache(self):
        self.server.put("a", event("a", "2001"))
        self.server.put("b", event("b", "2002"))
        reader = self.reader()
        self.assertEqual(reader.titles(), "2001 2002")
        shutil.rmtree(self.server.folder / "storage/collection-root" / USER / "desk/.Radicale.cache")
        self.server.delete("a")
        self.server.put("c", event("c", "2003"))
        self.assertEqual(reader.titles(), "2002 2003")
        self.assertEqual(reader.titles(), "same")

    def test_what_is_known_outlasts_an_outage(self):
        self.server.put("a", event("a", "2001"))
        caldav, ics = self.reader(), self.reader("ics")
        self.assertEqual(caldav.titles(), "2001")
        self.assertEqual(ics.titles(), "2001")
        self.server.stop()
        self.assertEqual(caldav.titles(), "network")
        self.assertEqual(ics.titles(), "network")
        self.server.start()
        self.assertEqual(caldav.titles(), "same")
        self.assertEqual(ics.titles(), "same")

    def test_a_collection_as_a_feed(self):
        reader = self.reader("ics")
        self.server.put("a", event("a", "2001"))
        self.assertEqual(reader.titles(), "2001")
        self.assertEqual(reader.titles(), "same")
        self.server.put("b", event("b", "2002"))
        self.assertEqual(reader.titles(), "2001 2002")
        self.server.delete("a")
        self.assertEqual(reader.titles(), "2002")

    def test_series_and_zones(self):
        zone = "TZID=Europe/Amsterdam:"
        self.server.put("series",
                        event("s", "2001", zone + "20260323T090000", zone + "20260323T100000", "RRULE:FREQ=DAILY;COUNT=14",
                              f"EXDATE;{zone}20260325T090000"),
                        event("s", "2002", zone + "20260326T140000", zone + "20260326T150000",
                              f"RECURRENCE-ID;{zone}20260326T090000"))
        self.server.put("day", event("d", "2003", "20260329", "20260330"))
        reader = self.reader()
        answer = reader.read("2026-03-24T00:00:00Z 2026-03-31T00:00:00Z")
        rows = [(one["title"], one["from"][5:16], one["until"][5:16]) for one in answer["occurrences"]]
        self.assertEqual(rows, [("2001", "03-24T08:00", "03-24T09:00"), ("2002", "03-26T13:00", "03-26T14:00"),
                                ("2001", "03-27T08:00", "03-27T09:00"), ("2001", "03-28T08:00", "03-28T09:00"),
                                ("2003", "03-28T23:00", "03-29T22:00"), ("2001", "03-29T07:00", "03-29T08:00"),
                                ("2001", "03-30T07:00", "03-30T08:00")])
        self.assertEqual(len({one["key"] for one in answer["occurrences"]}), len(rows))

    def test_many_appointments(self):
        whole = self.server.folder / "storage/collection-root" / USER / "desk"
        for i in range(300):  # written beside Radicale, which takes its time over each
            (whole / f"{i}.ics").write_text(calendar(event(str(i), str(2000 + i))), encoding="utf-8", newline="")
        reader = self.reader()
        first = reader.read()
        self.assertEqual(len(first["occurrences"]), 300)
        again = reader.read()
        self.assertIn("same", again)
        self.server.put("x", event("x", "999"))
        changed = reader.read()
        self.assertEqual(len(changed["occurrences"]), 301)
        print(f"300 appointments: first {first['ms']:.0f} ms, nothing new {again['ms']:.0f} ms, one new {changed['ms']:.0f} ms",
              file=sys.stderr)


def seconds_from_now(seconds):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + seconds))


class Diverted(House):
    """A number as title, the daemon, the platform: the calendar by CalDAV on one line, as a feed on another."""

    @classmethod
    def setUpClass(cls):
        need(cls, "radicale")

    def setUp(self):
        self.server = Radicale()
        self.addCleanup(self.server.close)
        for name in ("desk", "feed"):
            self.server.make(name)
        super().setUp()
        self.lines = {"desk": self.one, "feed": self.other}
        self.daemon.config.write_text(self.daemon.text + "".join(self.section(name) for name in self.lines))
        self.assertEqual(self.daemon.post("/v1/reload")[0], 200)

    def section(self, name):
        keys = {"name": name, "provider": "ics" if name == "feed" else "caldav", "line": self.lines[name], "poll": "1s",
                "url": f"{self.server.url}/{USER}/{name}/", "username": USER, "password": PASSWORD}
        return "[[calendar]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def add(self, name, title, start, end):
        """The second at which it begins."""
        text = seconds_from_now(start)
        self.server.put("a", event("a", title, text, seconds_from_now(end)), where=name)
        return datetime.datetime.strptime(text + "+0000", "%Y%m%dT%H%M%SZ%z").timestamp()

    def planned(self):
        return {row["title"] for row in self.daemon.get("/v1/calendars/plan?next=7d")[2]["items"]}

    def test_for_its_time(self):
        self.user_sets(self.one, False, "2007")
        starts = {self.lines[name]: self.add(name, number, 6, 10) for name, number in (("desk", "2011"), ("feed", "2012"))}
        self.assertTrue(within(5, lambda: {"2011", "2012"} <= self.planned()), self.planned())
        numbers = {self.one: "2011", self.other: "2012"}
        begun = {}
        while len(begun) < 2 and time.time() < max(starts.values()) + 10:
            begun.update({user: time.time() for user, to in numbers.items()
                          if user not in begun and self.always(user) == (True, to)})
        self.assertEqual(set(begun), set(numbers))
        for user, start in starts.items():
            self.assertGreaterEqual(begun[user], start)
            self.assertLessEqual(begun[user] - start, 2)
        self.assertTrue(self.is_as_before(self.one, "2007"), self.ask(self.one))
        self.assertTrue(self.is_as_before(self.other), self.ask(self.other))

    def test_changed_and_deleted(self):
        for name, user in self.lines.items():
            with self.subTest(name):
                self.add(name, "2011", -60, 3600)
                self.assertTrue(self.goes_to(user, "2011"), self.daemon.log())
                self.add(name, "2012", -60, 3600)
                self.assertTrue(self.goes_to(user, "2012"))
                self.server.delete("a", where=name)
                self.assertTrue(self.is_as_before(user), self.ask(user))

    def test_while_radicale_is_away(self):
        for name, user in self.lines.items():
            self.add(name, "2011", -60, 3600)
            self.assertTrue(self.goes_to(user, "2011"))
        self.server.stop()
        def said():
            return json.dumps(self.daemon.get("/v1/status")[2])

        self.assertTrue(within(10, lambda: f"127.0.0.1:{self.server.port}" in said()), said())
        for user in self.lines.values():
            self.assertEqual(self.always(user), (True, "2011"))
        self.server.start()
        for name, user in self.lines.items():
            self.server.delete("a", where=name)
            self.assertTrue(self.is_as_before(user, seconds=30), self.ask(user))


class HourAway(test_hour.Hour):
    """What tests/daemon/test_hour.py does to the other providers."""
    providers = ("caldav",)

    @classmethod
    def setUpClass(cls):
        test_hour.setUpModule()
        need(cls, "radicale")

    def setUp(self):
        self.server = Radicale()
        self.addCleanup(self.server.close)
        self.server.make("desk")
        super().setUp()

    def caldav(self, line):
        return self.section(name="caldav", provider="caldav", line=line, poll="1m", username=USER, password=PASSWORD,
                            url=f"{self.server.url}/{USER}/desk/")

    def caldav_has(self, name, title, start, end):
        self.server.put(name, event(name, title, f"{self.moment(start):%Y%m%dT%H%M%SZ}", f"{self.moment(end):%Y%m%dT%H%M%SZ}"))

    def caldav_loses(self, name):
        """While the server is down: its folder is all that it knows."""
        found = list(self.server.folder.glob(f"storage/**/desk/{name}.ics"))
        self.assertEqual(len(found), 1)
        found[0].unlink()

    def caldav_away(self, seconds):
        self.server.stop() if seconds > 0 else self.server.start()


if __name__ == "__main__":
    unittest.main(verbosity=2)
