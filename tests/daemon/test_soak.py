"""A random life of two hundred lines: operators, meetings and appointments claim them, users change their forwarding meanwhile,
the platform and the calendars fail, the daemon is killed. At rest every line does what its user wants, and nothing else.

    LAMP_SOAK_CLAIMS=10000 LAMP_SOAK_PER_SECOND=60 LAMP_SOAK_SEED=7 python3 tests/daemon/test_soak.py

The seed chooses what happens; how it interleaves is the machine's. What cannot be known is left out (daemon/forwarding,
"What it cannot know"): no user changes anything within a second before the daemon or the platform goes away, nor
until the lines are heard again. One thing is short: the number of a forwarding that is off, changed in the moment of a
restore, may be the one before; such lines are counted and told, and do not fail it."""
import collections
import json
import os
import random
import sys
import time
import unittest
import urllib.parse

from office import Daemon, Simulator, within

CLAIMS = int(os.environ.get("LAMP_SOAK_CLAIMS", "300"))
SEED = int(os.environ.get("LAMP_SOAK_SEED") or random.randrange(1_000_000))
PER_SECOND = float(os.environ.get("LAMP_SOAK_PER_SECOND", "20"))  # claims
LINES, CALENDARS = 200, 40
REST_EVERY = 1_000  # claims

# What happens, and how often.
WEIGHTS = {"operator": 26, "operator_ends": 14, "meeting": 26, "meeting_ends": 18, "appointment": 16, "appointment_ends": 6,
           "edit": 14, "platform_fault": 8, "calendar_fault": 3, "calendar_away": 0.6, "platform_away": 0.3, "killed": 0.4}


class Life:
    def __init__(self, claims, seed):
        self.random = random.Random(seed)
        self.claims_to_make = claims
        self.sim = Simulator("--people", str(LINES), "--second-lines", "100000", "--xsp", "2")
        users = self.sim.command("truth")["users"]
        self.lines = sorted((user for user, said in users.items() if 2000 <= said["extension"] < 2000 + LINES),
                            key=lambda user: users[user]["extension"])
        self.count = collections.Counter()
        self.history = collections.defaultdict(list)
        self.begun = time.monotonic()
        self.edited = 0.0
        self.wish = {}
        self.events = []  # (calendar, id)
        for line in self.lines:
            self.edit(line)
        extra = '[smartbusy]\nsources = ["other"]\nforward_to = "+31201990000"\nsettle = "50ms"\nhold_on_stale = "5s"\n'
        self.daemon = Daemon(self.sim, extra=extra + "".join(map(self.calendar, self.lines[:CALENDARS])))
        assert self.daemon.ready(30), self.daemon.log()

    def close(self):
        self.daemon.close()
        self.sim.close()

    def calendar(self, line):
        told = self.sim.announced
        keys = {"name": "of-" + line.split("@")[0], "provider": "google", "line": line, "calendar_id": line, "subject": line,
                "service_account": "file:" + told["google_key_file"], "api_url": told["google_api"],
                "login_url": told["google_login"], "poll": "2s"}
        return "[[calendar]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def note(self, line, what):
        self.history[line].append(f"{self.until(0)[11:23]} {what}")

    def note_all(self, what):
        for line in self.lines:
            self.note(line, what)

    # --- users
    def edit(self, line=None):
        line = line or self.random.choice(self.lines)
        self.count["edits"] += 1
        number = f"+3120177{self.count['edits'] % 10000:04}"
        self.wish[line] = self.random.choice([(True, number), (False, number), (False, number)])
        active, to = self.wish[line]
        self.note(line, f"the user sets {active} {to}")
        self.sim.command("forward", user=line, active=active, to=to)
        self.edited = time.monotonic()

    # --- claims
    def until(self, seconds):
        moment = time.time() + seconds
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment * 1000) % 1000:03}Z"

    def tell_operator(self, line, body):
        self.note(line, f"operator {body}")
        status, _, said = self.daemon.get("/v1/forwarding/" + urllib.parse.quote(line), method="PUT", body=body)
        assert status == 200, (line, body, status, said)

    def operator(self):
        self.count["claims"] += 1
        body = {"to": f"+312019911{self.random.randrange(100):02}"}
        if self.random.random() < 0.6:
            body["until"] = self.until(self.random.uniform(0.3, 6))
        self.tell_operator(self.random.choice(self.lines), body)

    def operator_ends(self):
        self.tell_operator(self.random.choice(self.lines), {"to": None})

    def tell_meeting(self, line, **said):
        self.note(line, f"meeting {said}")
        status, _, body = self.daemon.post("/hooks/meeting", {"person": line, **said})
        assert status == 202, (line, said, body)

    def meeting(self):
        self.count["claims"] += 1
        more = {"expires_in": self.random.randint(1, 8)} if self.random.random() < 0.3 else {}
        self.tell_meeting(self.random.choice(self.lines), meeting=True, **more)

    def meeting_ends(self):
        self.tell_meeting(self.random.choice(self.lines), meeting=False)

    def appointment(self):
        self.count["claims"] += 1
        line = self.random.choice(self.lines[:CALENDARS])
        start = self.random.choice([-30, 1, 3])
        end = max(start, 0) + self.random.uniform(2, 12)
        title = f"+312019922{self.random.randrange(100):02}"
        self.note(line, f"appointment {title} from {start} to {end:.1f}")
        self.events.append((line, self.sim.command("google/add", calendar=line, summary=title, start=start, end=end)["id"]))

    def appointment_ends(self):
        if self.events:
            line, event = self.events.pop(self.random.randrange(len(self.events)))
            self.note(line, "an appointment is removed")
            self.sim.command("google/remove", calendar=line, id=event)

    # --- what breaks
    def platform_fault(self):
        self.count["faults"] += 1
        kind = self.random.choice(["unavailable", "slow", "slow", "reset", "close", "html", "truncated", "too_many"])
        on = self.random.choice(["services", "service_change", "service_change"])
        self.note_all(f"fault {kind} on {on}")
        self.sim.command("fault", kind=kind, on=on, ms=self.random.randint(100, 1500), count=self.random.randint(1, 6))

    def calendar_fault(self):
        self.count["faults"] += 1
        if self.random.random() < 0.3:
            self.sim.command("google/expire_tokens")
            return
        kind = self.random.choice(["unavailable", "gone", "bad_token", "html", "truncated", "reset", "slow", "too_many"])
        self.sim.command("google/fault", kind=kind, on="events", ms=1000, count=self.random.randint(1, 20))

    def calendar_away(self):
        self.count["faults"] += 1
        self.sim.command("google/away", seconds=self.random.uniform(1, 6))

    def nobody_has_just_edited(self):
        time.sleep(max(0.0, self.edited + 1 - time.monotonic()))

    def heard_again(self):
        assert self.daemon.ready(60), self.daemon.log()[-3000:]

    def platform_away(self):
        self.count["faults"] += 1
        self.nobody_has_just_edited()
        seconds = self.random.uniform(0.5, 3)
        self.note_all(f"the platform is away for {seconds:.1f} s")
        self.sim.command("away", seconds=seconds)
        for _ in range(5):  # people go on meanwhile
            self.random.choice([self.operator, self.operator_ends, self.meeting, self.meeting_ends])()
        time.sleep(seconds + 0.2)
        self.heard_again()

    def killed(self):
        self.count["kills"] += 1
        self.nobody_has_just_edited()
        for _ in range(self.random.randint(0, 4)):  # so that something is under way
            self.random.choice([self.operator, self.operator_ends, self.meeting, self.meeting_ends])()
        time.sleep(self.random.uniform(0, 0.15))
        self.note_all("the daemon is killed")
        self.daemon.kill()
        time.sleep(0.2)  # requests that are on their way arrive
        for _ in range(self.random.randint(0, 5)):
            self.edit()
        self.daemon.start()
        self.heard_again()

    # --- the course of it
    def step(self):
        what = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        getattr(self, what)()

    def wrong(self):
        users = self.sim.command("truth")["users"]
        said = {line: (users[line]["forwarding_always"], users[line]["forward_to"] or "") for line in self.lines}
        return {line: said[line] for line in self.lines if said[line] != self.wish[line]}

    def forwarded_wrongly(self):
        return {line: said for line, said in self.wrong().items() if said[0] or self.wish[line][0]}

    def comes_to_rest(self):
        """Everybody lets go; what is then wrong stays wrong for good."""
        self.note_all("rest")
        self.sim.command("faults/clear")
        self.sim.command("google/faults/clear")
        while self.events:
            self.appointment_ends()
        for line in self.lines:
            self.tell_operator(line, {"to": None})
            self.tell_meeting(line, meeting=False)
        began = time.monotonic()
        within(60, lambda: not self.forwarded_wrongly())
        time.sleep(0.5)  # and stays so
        wrong, took = self.forwarded_wrongly(), time.monotonic() - began
        self.count["numbers"] += len(self.wrong()) - len(wrong)
        self.count["rests"] += 1
        self.slowest_rest = max(getattr(self, "slowest_rest", 0), took)
        return wrong

    def told(self, wrong):
        text = ""
        for line, said in list(wrong.items())[:5]:
            view = self.daemon.get("/v1/forwarding/" + urllib.parse.quote(line))[2]
            audit = [f"{one['at'][11:23]} {one['what']} {one}" for one in self.daemon.get("/v1/audit?limit=1000")[2]["items"]
                     if line in json.dumps(one)][:40]
            text += "\n" + "\n".join(reversed(audit))
            text += f"\n{line}: platform {said}, user {self.wish[line]}\n  {json.dumps(view)}\n  "
            text += "\n  ".join([one for one in self.history[line] if " fault " not in one][-40:])
        return text

    def live(self):
        next_rest = REST_EVERY
        while self.count["claims"] < self.claims_to_make:
            self.step()
            time.sleep(self.random.expovariate(PER_SECOND * 1.6))
            if self.count["claims"] >= next_rest:
                next_rest += REST_EVERY
                if wrong := self.comes_to_rest():
                    return wrong
        return self.comes_to_rest()


class Soak(unittest.TestCase):
    def test_at_rest_every_line_is_its_users_own(self):
        print(f"seed {SEED}, {CLAIMS} claims", file=sys.stderr, flush=True)
        life = Life(CLAIMS, SEED)
        self.addCleanup(life.close)
        wrong = life.live()
        print(f"seed {SEED}: {dict(life.count)}, {len(wrong)} lines wrong, "
              f"slowest rest {life.slowest_rest:.1f} s, {time.monotonic() - life.begun:.0f} s in all", file=sys.stderr, flush=True)
        self.assertEqual(wrong, {}, f"seed {SEED}" + life.told(wrong))


if __name__ == "__main__":
    unittest.main()
