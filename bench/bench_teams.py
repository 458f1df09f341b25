#!/usr/bin/env python3
"""Questions: what does Microsoft Teams cost a daemon of 100 000 people? How long a round of reading takes where the
tenant's budget is the limit, the processor at poll = "5s" (plain and over TLS), and memory per person against the same
daemon without [teams]. The daemon is a process of its own; the fake Graph runs beside it on the same cores.

    bench/bench_teams.py [--quick] [--people N] [--seconds S]
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "daemon"))
from bench_people import resident_kb, result  # noqa: E402
from office import Daemon, Simulator, within  # noqa: E402

BATCH = 650  # people in one request
PER_SECOND = 1500 / 30  # requests that Microsoft allows


def thread_cpu_s(process):
    """CPU seconds by thread name."""
    spent = {}
    for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        spent[name] = spent.get(name, 0) + int((task / "schedstat").read_text().split()[0]) / 1e9
    return spent


def metrics(daemon):
    lines = daemon.get("/metrics")[2].decode().splitlines()
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if line and line[0] != "#"}


def teams_table(sim, poll):
    told = sim.announced
    return f"""
[teams]
tenant = "{told["tenant"]}"
client_id = "{told["client_id"]}"
client_secret = "env:GRAPH_SECRET"
login_url = "{told["graph"]}"
graph_url = "{told["graph"]}"
poll = "{poll}"
"""


class Office:
    """One daemon with everybody read once, or (poll = None) without [teams]."""

    def __init__(self, people, poll, certificate=None):
        tls = ["--tls", ",".join(map(str, certificate))] if certificate else []
        self.sim = Simulator("--people", str(people), "--xsp", "2", "--log", "0", *tls)
        extra = teams_table(self.sim, poll) if poll else ""
        if certificate:
            extra += f'[net]\nca_file = "{certificate[0]}"\n'
        secret = {"GRAPH_SECRET": self.sim.announced["client_secret"]}
        self.daemon = None
        try:
            self.daemon = Daemon(self.sim, extra, 'target = "enterprise"', environment=secret)
            self.wait_until_ready(people, poll)
        except BaseException:
            self.close()
            raise

    def wait_until_ready(self, people, poll):
        began = time.monotonic()
        # The notify socket holds ten messages, and a daemon that cannot tell systemd of its progress stands still.
        assert within(180, lambda: self.daemon.notify.listen(0.01) and self.daemon.get("/readyz")[0] == 200)
        self.ready_s = time.monotonic() - began
        if poll:
            time.sleep(1.5)  # metrics are a second old
            matched = metrics(self.daemon)['lamplighter_teams_people{account="matched"}']
            assert matched == people, f"{matched} of {people} people matched"

    def close(self):
        if self.daemon:
            self.daemon.close()
        self.sim.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def rounds(self):
        self.daemon.notify.listen(0.1)
        return metrics(self.daemon)["lamplighter_teams_rounds_total"]

    def throttled(self):
        return self.sim.command("graph/state", detail=False)["throttled"]


def self_signed(folder):
    certificate, key = folder / "graph.crt", folder / "graph.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    return certificate, key


def round_time(office, people, rounds):
    """Seconds of a round while the budget is the limit, against the batches at the budget's pace."""
    first = office.rounds()
    assert within(60, lambda: office.rounds() > first + 1)  # the first one began in the middle
    took, last = [], office.rounds()
    while len(took) < rounds:
        assert within(60, lambda: office.rounds() > last)
        now = metrics(office.daemon)
        last = now["lamplighter_teams_rounds_total"]
        took.append(now["lamplighter_teams_round_seconds"])
    ideal = -(-people // BATCH) / PER_SECOND
    print(f"rounds {min(took):.3f} to {max(took):.3f} s, the budget alone {ideal:.3f} s", flush=True)
    assert office.throttled() == 0
    return statistics.median(took) / ideal


def processor(office, seconds):
    """Shares of one core: the whole daemon, its egress thread."""
    first = office.rounds()
    assert within(60, lambda: office.rounds() > first)
    before, began, rounds = thread_cpu_s(office.daemon.process), time.monotonic(), office.rounds()
    time.sleep(seconds)
    after, took = thread_cpu_s(office.daemon.process), time.monotonic() - began
    spent = {name: (after[name] - before.get(name, 0)) / took * 100 for name in after}
    print(f"{office.rounds() - rounds:.0f} rounds in {took:.1f} s: " +
          ", ".join(f"{name} {share:.2f} %" for name, share in sorted(spent.items())), flush=True)
    assert office.throttled() == 0
    return sum(spent.values()), spent.get("egress", 0)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true")
    options.add_argument("--people", type=int)
    options.add_argument("--seconds", type=int)
    options.add_argument("--only", choices=["memory", "round", "plain", "tls"])
    given = options.parse_args()
    people = given.people or (2_000 if given.quick else 100_000)
    seconds = given.seconds or (2 if given.quick else 30)
    reached = True

    def wanted(part):
        return given.only in (None, part)

    if wanted("memory"):
        with Office(people, None) as office:
            time.sleep(2 if given.quick else 5)
            without = resident_kb(office.daemon.process)
    if wanted("memory") or wanted("plain"):
        with Office(people, "5s") as office:
            print(f"start to everybody read: {office.ready_s:.1f} s", flush=True)
            if wanted("plain"):
                whole, _ = processor(office, seconds)
                reached &= result("teams_cpu_at_5s", whole, "%", 5.0) or given.quick
            if wanted("memory"):
                size = resident_kb(office.daemon.process)
                print(f"resident: {size} kB with Teams, {without} kB without", flush=True)
                reached &= result("teams_bytes_per_person", (size - without) * 1024 / people, "B", 200) or given.quick
    if wanted("tls"):
        with tempfile.TemporaryDirectory() as folder:
            with Office(people, "5s", self_signed(pathlib.Path(folder))) as office:
                whole, _ = processor(office, seconds)
                reached &= result("teams_cpu_at_5s_tls", whole, "%", 5.0) or given.quick
    if wanted("round") and not given.quick:  # few people never meet the budget
        with Office(people, "1s") as office:
            reached &= result("teams_round_against_budget", round_time(office, people, 6), "x", 1.05)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
