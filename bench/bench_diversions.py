#!/usr/bin/env python3
"""Questions: how long after somebody tells of a meeting, and after an appointment's start, does the platform forward the
line's calls? How long until a thousand lines that change at the same moment have changed, and have changed back? What
does a diversion cost the daemon? Beside it the same requests (read, write, read back) by a client that does nothing else.
The platform is the simulator on the same cores; its own log says when a forwarding was written.

    bench/bench_diversions.py [--quick] [--lines N] [--rounds N]
"""
import argparse
import base64
import datetime
import http.client
import json
import pathlib
import sys
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "daemon"))
from bench_people import result  # noqa: E402
from bench_teams import thread_cpu_s  # noqa: E402
from office import Daemon, Simulator, within  # noqa: E402

SERVICE = "CallForwardingAlways"
SMARTBUSY = '[smartbusy]\nsources = ["other"]\nforward_to = "+31201990000"\nsettle = "0ms"\n'
CALENDARS = 40


def rfc3339(moment):
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def share(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


class Office:
    def __init__(self, lines, calendars):
        self.sim = Simulator("--people", str(lines), "--second-lines", "100000", "--xsp", "2", "--log", "20000")
        users = self.sim.command("truth")["users"]
        self.lines = [user for user, said in users.items() if 2000 <= said["extension"] < 2000 + lines]
        self.daemon = Daemon(self.sim, SMARTBUSY + "".join(map(self.calendar, self.lines[:calendars])))
        assert within(60, lambda: self.daemon.get("/readyz")[0] == 200), self.daemon.log()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.daemon.close()
        self.sim.close()

    def calendar(self, line):
        told = self.sim.announced
        keys = {"name": "of-" + line.split("@")[0], "provider": "google", "line": line, "calendar_id": line, "subject": line,
                "service_account": "file:" + told["google_key_file"], "api_url": told["google_api"],
                "login_url": told["google_login"], "poll": "1s"}
        return "[[calendar]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def written(self, active):
        """When each line was last written so, seconds since the epoch, by the platform's own log."""
        when = {}
        word = f"<active>{'true' if active else 'false'}</active>"
        for one in self.sim.command("log", kind="service_change", limit=20000)["requests"]:
            if one["method"] == "PUT" and word in one["body"]:
                when[urllib.parse.unquote(one["target"].split("/user/")[1].split("/")[0])] = one["time"] / 1000
        return when

    def forwarded(self, lines):
        users = self.sim.command("truth")["users"]
        return sum(users[line]["forwarding_always"] for line in lines)

    def cpu_ms(self):
        return sum(thread_cpu_s(self.daemon.process).values()) * 1000


class Bare:
    """What a diversion is on the wire: read, write, read back; a connection that stays, nothing around it."""

    def __init__(self, office):
        announced = office.sim.announced
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(announced["xsp"][0]).netloc, timeout=10)
        login = f'{announced["login"]}:{announced["password"]}'
        self.headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode(), "Content-Type": "application/xml"}

    def ask(self, method, line, active=None):
        body = None
        if active is not None:
            number = "<forwardToPhoneNumber>+31201990000</forwardToPhoneNumber>" if active else ""
            body = (f'<{SERVICE} xmlns="http://schema.broadsoft.com/xsi"><active>{"true" if active else "false"}</active>'
                    f"{number}</{SERVICE}>")
        self.connection.request(method, f"/com.broadsoft.xsi-actions/v2.0/user/{urllib.parse.quote(line)}/services/{SERVICE}", body,
                                self.headers)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    def divert(self, line, active):
        began = time.perf_counter()
        self.ask("GET", line)
        self.ask("PUT", line, active)
        took = time.perf_counter() - began
        self.ask("GET", line)
        return took * 1000


def bare(office, rounds):
    """Milliseconds from the first request to the end of the write."""
    client, took = Bare(office), []
    for index in range(rounds):
        line = office.lines[index % len(office.lines)]
        took.append(client.divert(line, True))
        client.divert(line, False)
    time.sleep(1)  # the daemon hears of it
    return took


def meetings(office, rounds, gap=0.06):
    """(milliseconds from the telling to the write, the daemon's processor milliseconds of a diversion and its end)
    A diversion is three requests, its end four; `requests_per_second` (100) is half used at this pace."""
    took, before = [], office.cpu_ms()
    lines = [office.lines[index % len(office.lines)] for index in range(rounds)]
    for begin in range(0, rounds, len(office.lines)):
        part, told = lines[begin:begin + len(office.lines)], {}
        office.sim.command("log", clear=True, limit=1)
        for line in part:
            told[line] = time.time()
            assert office.daemon.post("/hooks/meeting", {"person": line, "meeting": True})[0] == 202
            time.sleep(gap)
        assert within(30, lambda: office.forwarded(part) == len(part)), "not all of them are forwarded"
        when = office.written(True)
        took += [(when[line] - told[line]) * 1000 for line in part]
        for line in part:
            assert office.daemon.post("/hooks/meeting", {"person": line, "meeting": False})[0] == 202
            time.sleep(gap)
        assert within(60, lambda: office.forwarded(part) == 0), "not all of them are as before"
        time.sleep(6)  # lines are let go
    return took, (office.cpu_ms() - before) / rounds


def appointments(office, waves):
    """Milliseconds from an appointment's start to the write."""
    took = []
    lines = office.lines[:CALENDARS]
    for _ in range(waves):
        office.sim.command("log", clear=True, limit=1)
        starts, base = {}, int(time.time()) + 7
        for index, line in enumerate(lines):
            starts[line] = base + index // 10  # calendars know whole seconds
            office.sim.command("google/add", calendar=line, summary="+31201991234", start=rfc3339(starts[line]),
                               end=rfc3339(base + 12))
        assert within(30, lambda: office.forwarded(lines) == len(lines)), "not all of them are forwarded"
        when = office.written(True)
        took += [(when[line] - starts[line]) * 1000 for line in lines]
        assert within(60, lambda: office.forwarded(lines) == 0), "not all of them are as before"
    return took


def full_hour(office, lead, hold):
    """Seconds until the last line was forwarded after the hour, and given back after the end."""
    begins = time.time() + lead
    ends = begins + hold
    office.sim.command("log", clear=True, limit=1)
    for line in office.lines:
        status, _, said = office.daemon.get("/v1/forwarding/" + urllib.parse.quote(line), method="PUT",
                                            body={"to": "+31201995678", "from": rfc3339(begins), "until": rfc3339(ends)})
        assert status == 200, said
    assert time.time() < begins, "telling took too long"
    time.sleep(begins - time.time())
    assert within(hold, lambda: office.forwarded(office.lines) == len(office.lines)), office.forwarded(office.lines)
    on = max(office.written(True).values()) - begins
    time.sleep(max(0.0, ends - time.time()))
    assert within(120, lambda: office.forwarded(office.lines) == 0), office.forwarded(office.lines)
    return on, max(office.written(False).values()) - ends


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true")
    options.add_argument("--lines", type=int)
    options.add_argument("--rounds", type=int)
    given = options.parse_args()
    lines = given.lines or (60 if given.quick else 1_000)
    rounds = given.rounds or (60 if given.quick else 500)
    reached = True
    with Office(lines, CALENDARS) as office:
        floor = bare(office, min(rounds, 300))
        print(f"read and write by a bare client: p50 {share(floor, .5):.2f} ms, p99 {share(floor, .99):.2f} ms", flush=True)
        took, cpu = meetings(office, rounds)
        print(f"{len(took)} meetings told to forwarding written: p50 {share(took, .5):.2f} ms, p99 {share(took, .99):.2f} ms, "
              f"slowest {max(took):.2f} ms; {share(took, .5) / share(floor, .5):.1f} times the bare requests", flush=True)
        reached &= result("diversions_meeting_p99", share(took, .99), "ms", 1000)
        reached &= result("diversions_cpu", cpu, "ms", 10)
        took = appointments(office, 1 if given.quick else 5)
        print(f"{len(took)} appointments: p50 {share(took, .5):.1f} ms, p99 {share(took, .99):.1f} ms", flush=True)
        reached &= result("diversions_appointment_slowest", max(took), "ms", 2000)
        on, off = full_hour(office, 3 if given.quick else 15, 5 if given.quick else 40)
        reached &= result("diversions_full_hour", on, "s", 30)
        reached &= result("diversions_full_hour_back", off, "s", 30)
    return 0 if reached or given.quick else 1


if __name__ == "__main__":
    sys.exit(main())
