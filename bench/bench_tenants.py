#!/usr/bin/env python3
"""Question: how much later does a quiet tenant hear of its calls while its neighbour takes all events that it can get? Two
tenants of one house, each with a simulator; in one run the quiet one alone, then beside the noise. The rival is what the
noisy tenant hears of its own calls meanwhile: that is how late the quiet one would be in the same process. Simulators and
this script share the cores; nice and control groups are left as they are.

    bench/bench_tenants.py [--quick] [--rate N]
"""
import argparse
import pathlib
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "daemon"))
from bench_people import cpu_s, result  # noqa: E402
from office import Simulator  # noqa: E402
from test_tenants import House  # noqa: E402

QUIET_RATE = 100  # events/s: some twelve calls a second
WATCHED = 40      # people of each tenant whose calls are timed: whoever reads all of a flood times himself


class Running:
    """A process by its id, as bench_people asks for it."""

    def __init__(self, pid):
        self.pid = pid


def time_calls(tenant, person, end, late):
    """From a call's start, as the simulator stamps it when it writes the event, to its arrival on the stream."""
    stream = tenant.events("?types=call&person=" + urllib.parse.quote(person))
    seen = set()
    try:
        while time.time() < end:
            kind, call, _ = stream.next()
            now = time.time()
            if kind == "call" and call.get("state") == "ringing" and call["id"] not in seen:
                seen.add(call["id"])
                started = time.mktime(time.strptime(call["started"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone
                late.append((now - started) * 1000 - int(call["started"][20:23]))
    except (EOFError, TimeoutError):
        pass  # nobody called any more
    stream.close()


def latencies(what, tenants, seconds):
    """{tenant: (p50, p99) in ms}, all in the same seconds."""
    late = {tenant: [] for tenant in tenants}
    end = time.time() + seconds
    readers = [threading.Thread(target=time_calls, args=(tenant, person, end, late[tenant]))
               for tenant in tenants for person in sorted(tenant.presence())[:WATCHED]]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    found = {}
    for tenant, times in late.items():
        times.sort()
        assert len(times) >= 10, f"{tenant.name}: only {len(times)} calls were heard of"
        found[tenant] = times[len(times) // 2], times[int(len(times) * 0.99)]
        print(f"{what}: {tenant.name}: {len(times)} calls, p50 {found[tenant][0]:.1f} ms, p99 {found[tenant][1]:.1f} ms", flush=True)
    return found


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    options.add_argument("--rate", type=int)
    given = options.parse_args()
    rate = given.rate or (1_000 if given.quick else 20_000)
    seconds = 4 if given.quick else 20
    house = House()
    try:
        noisy = Simulator("--people", "500" if given.quick else "5000", "--xsp", "2")
        quiet = Simulator("--people", "12", "--seed", "5")
        loud, still = house.add("loud", noisy), house.add("still", quiet)
        house.write()
        house.start()
        assert loud.ready(60) and still.ready(60), house.log()
        quiet.command("load", rate=QUIET_RATE, talk_ms=200)
        time.sleep(1)
        alone = latencies("alone", [still], seconds)[still]
        noisy.command("load", rate=rate, talk_ms=2000)
        time.sleep(4)
        events = loud.get("/v1/status")[2]["events"]
        print(f"the noisy tenant takes {events['per_second']} events/s of {rate} that are wanted, gaps {events['gaps']}", flush=True)
        before, began = cpu_s(Running(loud.pid)), time.monotonic()
        beside = latencies("beside the noise", [still, loud], seconds)
        busy = (cpu_s(Running(loud.pid)) - before) / (time.monotonic() - began)
        print(f"the noisy tenant's process: {busy * 100:.0f} % of a core", flush=True)
        reached = result("quiet_p50_beside_noise", beside[still][0] / alone[0], "of it alone", 3)
        reached &= result("quiet_p99_beside_noise", beside[still][1] / alone[1], "of it alone", 3)
        reached &= result("quiet_p99_against_noisy_p99", beside[still][1] / beside[loud][1], "of it", 1)
        return 0 if reached or given.quick else 1
    finally:
        house.close()


if __name__ == "__main__":
    sys.exit(main())
