"""Clocks that jump and nights that are an hour longer or shorter, with the daemon's clock in the test's hands (libfaketime; the
simulator keeps the machine's). What counts is where calls go."""
import calendar
import datetime
import http.server
import json
import pathlib
import sys
import threading
import time
import unittest

from office import Daemon, Simulator, within
from test_diversions import House

FAKETIME = next(iter(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)


def utc(text):
    """Seconds since the epoch of "2026-10-25 01:30:00"."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%d %H:%M:%S"))


def setUpModule():
    if not FAKETIME:
        text = "SKIPPED test_clocks: libfaketime is not installed"
        print("\n" + "!" * len(text) + f"\n{text}\n" + "!" * len(text), file=sys.stderr, flush=True)
        raise unittest.SkipTest(text)


class Feed:
    """A calendar at an address."""

    def __init__(self):
        feed = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = feed.text.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/calendar; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.text = self.of()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/feed.ics"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def of(*lines):
        event = ["BEGIN:VEVENT", "UID:one", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"] if lines else []
        return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", *event, "END:VCALENDAR", ""])

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Clocked(House):
    extra = ""

    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        self.feed = Feed()
        self.addCleanup(self.feed.close)
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.one = by_extension[2001]
        self.stamp = self.sim.folder / "clock"
        self.offset = 0
        self.set_offset(0)
        self.daemon = None

    def set_offset(self, seconds):
        self.offset = seconds
        fresh = self.stamp.with_suffix(".new")
        fresh.write_text(f"{seconds:+.3f}\n")
        fresh.replace(self.stamp)

    def set_clock(self, moment):
        self.set_offset(moment - time.time())

    def now(self):
        return time.time() + self.offset

    def begin(self):
        if self.daemon:
            self.daemon.kill()
            self.daemon.start()
        else:
            extra = f'[[calendar]]\nname = "feed"\nprovider = "ics"\nline = "{self.one}"\nurl = {json.dumps(self.feed.url)}\npoll = "1s"\n'
            clock = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.stamp), "FAKETIME_NO_CACHE": "1",
                     "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
            self.daemon = Daemon(self.sim, extra=extra, environment=clock)
            self.addCleanup(self.daemon.close)
            self.daemon.text = self.daemon.text.replace("[daemon]\n", '[daemon]\ntimezone = "Europe/Amsterdam"\n')
            self.daemon.config.write_text(self.daemon.text)
            self.begin()
            return
        self.assertTrue(self.daemon.ready(20), self.daemon.log())

    def later_there(self, seconds):
        moment = datetime.datetime.fromtimestamp(self.now() + seconds, datetime.timezone.utc)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Jumps(Clocked):
    def setUp(self):
        super().setUp()
        self.user_sets(self.one, False, "2007")
        self.begin()

    def test_ahead_beyond_the_end(self):
        self.operator(self.one, "2011", until=self.later_there(3600))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.set_offset(2 * 3600)
        self.assertTrue(self.is_as_before(self.one, "2007", 60), self.ask(self.one))

    def test_ahead_to_the_start(self):
        self.operator(self.one, "2011", **{"from": self.later_there(3600), "until": self.later_there(3 * 3600)})
        time.sleep(1)
        self.assertEqual(self.always(self.one), (False, "2007"))
        self.set_offset(2 * 3600)
        self.assertTrue(self.goes_to(self.one, "2011", 60), self.ask(self.one))

    def test_back_and_the_end_still_comes(self):
        self.operator(self.one, "2011", until=self.later_there(10))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.assertTrue(within(5, lambda: self.claims(self.one) == {"operator": "in_force"}))
        self.set_offset(-3600)
        time.sleep(12)  # the end by the old clock: it has not come by the new one
        self.set_offset(0)
        self.assertTrue(self.is_as_before(self.one, "2007", 60), self.ask(self.one))

    def test_ahead_while_the_daemon_is_down(self):
        self.operator(self.one, "2011", until=self.later_there(3600))
        self.assertTrue(self.goes_to(self.one, "2011"))
        self.daemon.kill()
        self.set_offset(2 * 3600)
        self.restart()
        self.assertTrue(self.is_as_before(self.one, "2007", 20), self.ask(self.one))

    def test_an_appointment_is_jumped_over(self):
        start = datetime.datetime.fromtimestamp(self.now() - 60, datetime.timezone.utc)
        self.feed.text = Feed.of(f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{start + datetime.timedelta(hours=1):%Y%m%dT%H%M%SZ}",
                                 "SUMMARY:2011")
        self.assertTrue(self.goes_to(self.one, "2011", 20), self.ask(self.one))
        self.set_offset(3 * 3600)
        self.assertTrue(self.is_as_before(self.one, "2007", 60), self.ask(self.one))


class Nights(Clocked):
    """Every day 03:30 to 03:31 in Amsterdam, over the nights in which the clocks change, and one appointment over the change."""
    daily = ("DTSTART;TZID=Europe/Amsterdam:20261020T033000", "DTEND;TZID=Europe/Amsterdam:20261020T033100", "RRULE:FREQ=DAILY",
             "SUMMARY:2011")

    def at(self, moment):
        self.set_clock(utc(moment))
        self.begin()

    def diverts_at(self, moment):
        """Not before, and within two seconds."""
        self.at_ten_before(moment)
        while self.now() < utc(moment) - 0.5:
            self.assertEqual(self.always(self.one)[0], False, self.ask(self.one))
            time.sleep(0.1)
        self.assertTrue(self.goes_to(self.one, "2011", 2.5), self.ask(self.one))

    def at_ten_before(self, moment):
        self.set_clock(utc(moment) - 10)
        self.begin()

    def does_not_divert_at(self, moment):
        self.at_ten_before(moment)
        time.sleep(max(0.0, utc(moment) + 2 - self.now()))
        self.assertEqual(self.always(self.one)[0], False, self.ask(self.one))

    def test_autumn_every_day(self):
        self.feed.text = Feed.of(*self.daily)
        self.diverts_at("2026-10-24 01:30:00")  # summer time
        self.does_not_divert_at("2026-10-25 01:30:00")  # it is half past two, for the second time
        self.diverts_at("2026-10-25 02:30:00")
        self.at("2026-10-25 02:31:01")
        self.assertTrue(self.is_as_before(self.one))

    def test_spring_every_day(self):
        self.feed.text = Feed.of(*self.daily)
        self.diverts_at("2027-03-27 02:30:00")
        self.diverts_at("2027-03-28 01:30:00")  # an hour earlier
        self.does_not_divert_at("2027-03-28 02:30:00")

    def test_over_the_change(self):
        for day, end in (("2026-10-25", "04:00:00"), ("2027-03-28", "03:00:00")):
            with self.subTest(day):
                compact = day.replace("-", "")
                self.feed.text = Feed.of(f"DTSTART;TZID=Europe/Amsterdam:{compact}T010000",
                                         f"DTEND;TZID=Europe/Amsterdam:{compact}T050000", "SUMMARY:2011")
                self.set_clock(utc(f"{day} {end}") - 15)
                self.begin()
                self.assertTrue(self.goes_to(self.one, "2011"), self.ask(self.one))
                while self.now() < utc(f"{day} {end}") - 0.5:
                    self.assertEqual(self.always(self.one), (True, "2011"), self.ask(self.one))
                    time.sleep(0.1)
                self.assertTrue(self.is_as_before(self.one, seconds=5), self.ask(self.one))

    def test_floating_times_are_the_lines_own(self):
        self.feed.text = Feed.of("DTSTART:20261025T033000", "DTEND:20261025T033500", "SUMMARY:2011")
        self.does_not_divert_at("2026-10-25 01:30:00")
        self.diverts_at("2026-10-25 02:30:00")


if __name__ == "__main__":
    unittest.main()
