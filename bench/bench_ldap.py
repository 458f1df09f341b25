#!/usr/bin/env python3
"""Questions: how long until the people of a directory server are in the daemon's directory, and what does it cost to hear
that one of them changed, with 50 000 people of OpenLDAP's slapd? ldapsearch reads the same in the same run.

    bench/bench_ldap.py [--quick] [--people N]
"""
import argparse
import contextlib
import datetime
import json
import pathlib
import subprocess
import sys
import time

tests = pathlib.Path(__file__).resolve().parents[1] / "tests"
sys.path[:0] = [str(tests / "daemon"), str(tests / "interop"), str(pathlib.Path(__file__).parent)]
from bench_people import cpu_s, resident_kb, result  # noqa: E402
from house import program  # noqa: E402
from office import Daemon, Simulator, within  # noqa: E402
from slapd import BASE, LOGIN, PASSWORD, Slapd, person  # noqa: E402

POLL_S = 1
TOOLS = ("slapd", "slapadd", "ldapmodify", "ldapwhoami", "ldapsearch")
NOBODY = 77  # what ctest takes for "skipped"


def crowd(count):
    """Each was changed at another time, as in a directory that has lived: what is younger than two minutes is read again (decision 025)."""
    born = datetime.datetime(2025, 1, 1)
    return [person(f"p{i:06}", f"mobile: +316{i:08}", f"mail: p{i:06}@example.net",
                   f"modifyTimestamp: {born + datetime.timedelta(minutes=i):%Y%m%d%H%M%SZ}", name=f"Crowd {i:06}", number=f"+3110{i:07}") for i in range(count)]


def found(daemon, query):
    status, _, page = daemon.get(f"/v1/directory?source=ldap&limit=1&q={query}")
    return bool(status == 200 and page["items"])


def read_by_ldapsearch(slapd):
    began = time.monotonic()
    done = subprocess.run([program("ldapsearch"), "-x", "-LLL", "-H", slapd.url, "-D", LOGIN, "-w", PASSWORD, "-b", BASE, "-E", "pr=1000/noprompt",
                           "(objectClass=person)"], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()[-500:]
    return time.monotonic() - began, (b"\n" + done.stdout).count(b"\ndn: ")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    options.add_argument("--people", type=int)
    given = options.parse_args()
    people = given.people or (1_000 if given.quick else 50_000)
    if not all(program(name) for name in TOOLS):
        print("skipped: slapd and ldap-utils are not installed")
        return NOBODY

    reached = True
    with contextlib.ExitStack() as stack:
        slapd = Slapd(crowd(people), settings="sizelimit unlimited")
        stack.callback(slapd.close)
        sim = Simulator("--people", "4")
        stack.callback(sim.close)
        section = "\n".join(["[ldap]", f"url = {json.dumps(slapd.url)}", f"base = {json.dumps(BASE)}", f"bind_dn = {json.dumps(LOGIN)}",
                             'password = "env:LDAP_PASSWORD"', f'poll = "{POLL_S}s"', ""])
        rival, entries = read_by_ldapsearch(slapd)
        assert entries >= people, entries
        last = f"+3110{people - 1:07}".replace("+", "%2B")
        began = time.monotonic()
        daemon = Daemon(sim, extra=section, environment={"LDAP_PASSWORD": PASSWORD})
        stack.callback(daemon.close)
        assert within(120, lambda: found(daemon, last)), daemon.get("/v1/status")
        took = time.monotonic() - began
        print(f"ldapsearch reads {entries} entries in {rival:.2f} s; a daemon that starts has the people in its directory, on disk and searchable, "
              f"in {took:.2f} s: {took / rival:.1f} times; resident {resident_kb(daemon.process)} kB", flush=True)
        reached &= result("ldap_first_sync", took, "s", 60)

        time.sleep(2 * POLL_S)  # what came through in the beginning is over
        quiet, began = cpu_s(daemon.process), time.monotonic()
        time.sleep(3)
        quiet = (cpu_s(daemon.process) - quiet) / (time.monotonic() - began)
        waited, worked = [], []
        for i in range(2 if given.quick else 5):
            before, began = cpu_s(daemon.process), time.monotonic()
            slapd.set(f"p{i:06}", "telephoneNumber", f"+31201230{i:03}")
            assert within(60, lambda: found(daemon, f"%2B31201230{i:03}")), daemon.get("/v1/status")
            waited.append(time.monotonic() - began)
            worked.append(cpu_s(daemon.process) - before)
            time.sleep(0.3)
        middle = sorted(waited)[len(waited) // 2]
        print(f"a change of one is in the directory {middle:.2f} s after it was made, the poll of {POLL_S} s included, slowest {max(waited):.2f} s; "
              f"while nothing changes {quiet * 100:.1f} % of a core", flush=True)
        reached &= result("ldap_delta_beyond_the_poll", max(middle - POLL_S, 0), "s", 1) or given.quick
        reached &= result("ldap_delta_processor", sorted(worked)[len(worked) // 2], "s", 1) or given.quick
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
