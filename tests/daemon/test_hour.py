"""A provider that is away for an hour while an appointment ends, another begins, and that one is called off. The daemon lives
thirty times as fast (libfaketime), so that its hour takes two minutes; the simulator keeps the machine's clock. Times here are
the daemon's."""
import datetime
import json
import sys
import time
import unittest

from office import BIN, Daemon, Simulator, within
from test_clocks import FAKETIME, Feed
from test_diversions import House
from test_teams import environment, teams_section

RATE = 30
MINUTE = 60


def setUpModule():
    if not FAKETIME:
        text = "SKIPPED test_hour: libfaketime is not installed"
        print("\n" + "!" * len(text) + f"\n{text}\n" + "!" * len(text), file=sys.stderr, flush=True)
        raise unittest.SkipTest(text)


class FeedAway(Feed):
    """Hangs up while it is away."""

    def __init__(self):
        self.away = False
        super().__init__()
        handler = self.server.RequestHandlerClass
        answer = handler.do_GET
        handler.do_GET = lambda request: None if self.away else answer(request)


class Hurried(House):
    """The daemon's `moment(0)` is the machine's `begun`."""
    providers = ()
    numbers = ("2007", "2008", "2009", "2010")  # of forwardings that are off: what comes back

    def setUp(self):
        self.sim = Simulator(*self.options)
        self.addCleanup(self.sim.close)
        by_extension = {said["extension"]: user for user, said in self.sim.command("truth")["users"].items()}
        self.lines = {name: by_extension[2001 + i] for i, name in enumerate(self.providers)}
        self.baseline = dict(zip(self.providers, self.numbers))
        for name, line in self.lines.items():
            self.user_sets(line, False, self.baseline[name])
        sections = "".join(getattr(self, name)(self.lines[name]) for name in self.providers)
        clock = {"LD_PRELOAD": f"{BIN / 'no_timerfd.so'}:{FAKETIME}", "FAKETIME": f"+0 x{RATE}"}
        self.begun = time.time()
        self.daemon = Daemon(self.sim, extra=sections, environment={**environment(self.sim), **clock}, heartbeat="25s")
        self.addCleanup(self.daemon.close)
        self.assertTrue(self.daemon.ready(20), self.daemon.log())

    def now(self):
        """Seconds since the beginning."""
        return (time.time() - self.begun) * RATE

    def moment(self, seconds):
        return datetime.datetime.fromtimestamp(self.begun + seconds, datetime.timezone.utc)

    def rfc3339(self, seconds):
        return self.moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")

    @staticmethod
    def section(**keys):
        return "[[calendar]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def sleep_until(self, seconds):
        time.sleep(max(0.0, seconds - self.now()) / RATE)

    def within_its(self, seconds, holds):
        return within(seconds / RATE, holds)

    def state_of(self, name):
        return next(row["state"] for row in self.daemon.get("/v1/calendars")[2]["items"] if row["name"] == name)


class Hour(Hurried):
    """`first` ends while nobody can be asked, `second` begins then, and is called off before the provider is back."""
    providers = ("google", "graph", "ics")

    # --- one calendar each
    def google(self, line):
        self.events = {}
        told = self.sim.announced
        self.sim.command("google/settings", skew_ms=24 * 3600 * 1000)
        self.sim.command("google/calendar", calendar="reception@example.net", make=True, share=line)
        return self.section(name="google", provider="google", line=line, calendar_id="reception@example.net",
                            service_account="file:" + told["google_key_file"], subject=line, api_url=told["google_api"],
                            login_url=told["google_login"], poll="1m")

    def google_has(self, name, title, start, end):
        self.events[name] = self.sim.command("google/add", calendar="reception@example.net", summary=title,
                                             start=self.rfc3339(start), end=self.rfc3339(end))["id"]

    def google_loses(self, name):
        self.sim.command("google/remove", calendar="reception@example.net", id=self.events[name])

    def google_away(self, seconds):
        self.sim.command("google/away", seconds=seconds / RATE)

    def graph(self, line):
        self.mailbox = self.sim.command("graph/user", user=line)["upn"]
        self.outlook = {}
        return teams_section(self.sim) + self.section(name="graph", provider="graph", line=line, mailbox=self.mailbox, poll="1m")

    def graph_has(self, name, title, start, end):
        now = time.time() - self.begun  # the simulator's
        self.outlook[name] = self.sim.command("graph/appointment", user=self.mailbox, what="add", subject=title,
                                              start=round(start - now), end=round(end - now))["id"]

    def graph_loses(self, name):
        self.sim.command("graph/appointment", user=self.mailbox, what="remove", id=self.outlook[name])

    def graph_away(self, seconds):
        self.sim.command("graph/away", seconds=seconds / RATE)

    def ics(self, line):
        self.feed = FeedAway()
        self.addCleanup(self.feed.close)
        self.in_feed = {}
        return self.section(name="ics", provider="ics", line=line, url=self.feed.url, poll="1m")

    def write_feed(self):
        whole = Feed.of()
        events = [line for lines in self.in_feed.values() for line in lines]
        self.feed.text = whole.replace("END:VCALENDAR", "\r\n".join([*events, "END:VCALENDAR"]))

    def ics_has(self, name, title, start, end):
        self.in_feed[name] = ["BEGIN:VEVENT", f"UID:{name}", "DTSTAMP:20260101T000000Z",
                              f"DTSTART:{self.moment(start):%Y%m%dT%H%M%SZ}", f"DTEND:{self.moment(end):%Y%m%dT%H%M%SZ}",
                              f"SUMMARY:{title}", "END:VEVENT"]
        self.write_feed()

    def ics_loses(self, name):
        del self.in_feed[name]
        self.write_feed()

    def ics_away(self, seconds):
        self.feed.away = seconds > 0

    # --- all of them
    def each(self, what, *arguments):
        for name in self.providers:
            getattr(self, f"{name}_{what}")(*arguments)

    def all_go_to(self, number, seconds):
        self.assertTrue(self.within_its(seconds, lambda: all(
            self.always(line) == (True, number) for line in self.lines.values())), self.told())

    def all_as_before(self, seconds):
        self.assertTrue(self.within_its(seconds, lambda: all(
            self.always(line) == (False, self.baseline[name]) for name, line in self.lines.items())), self.told())

    def told(self):
        return {name: (self.always(line), self.ask(line)) for name, line in self.lines.items()}, self.daemon.get("/v1/calendars")[2]

    def test_away_for_an_hour(self):
        start = self.now() + MINUTE
        self.each("has", "first", "2015", start - 10 * MINUTE, start + 30 * MINUTE)
        self.each("has", "second", "2016", start + 45 * MINUTE, start + 300 * MINUTE)
        self.all_go_to("2015", 5 * MINUTE)
        self.each("away", start + 60 * MINUTE - self.now())

        self.sleep_until(start + 29 * MINUTE)
        self.all_go_to("2015", 0)
        for name in self.providers:
            self.assertEqual(self.state_of(name), "degraded", self.daemon.log())
        self.sleep_until(start + 30 * MINUTE)
        self.all_as_before(30)

        self.each("loses", "second")  # nobody can know
        self.sleep_until(start + 44 * MINUTE)
        self.all_as_before(0)
        self.sleep_until(start + 45 * MINUTE)
        self.all_go_to("2016", 30)

        self.sleep_until(start + 59 * MINUTE)
        self.all_go_to("2016", 0)
        self.sleep_until(start + 60 * MINUTE)
        self.each("away", 0)
        self.all_as_before(7 * MINUTE)  # it is asked again after five minutes at most
        for name, line in self.lines.items():
            self.assertTrue(self.within_its(MINUTE, lambda: self.claims(line) == {}), self.told())
            self.assertEqual(self.state_of(name), "up")


if __name__ == "__main__":
    unittest.main()
