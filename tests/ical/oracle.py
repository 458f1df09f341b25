#!/usr/bin/env python3
"""Random recurrence rules, asked of us and of python-dateutil: they must make the same times.

Left out, because dateutil reads RFC 5545 otherwise there: BYDAY with and without numbers in one rule (dateutil wants
both, the RFC either); BYWEEKNO without BYDAY (dateutil: the whole week); weeks 52, 53 and those counted from the
year's end (dateutil errs in the first days of January: 2 January 2050 is in week 52, not 53); numbers before weekdays
elsewhere than in MONTHLY and YEARLY; BYSETPOS of WEEKLY (dateutil begins the first week's set at the start, not with
the week); starts that do not match their own rule (the RFC counts them, dateutil leaves them out)."""
import datetime
import itertools
import random
import subprocess
import sys

from dateutil.rrule import rrulestr

# Days in which a rule of that frequency shows something and dateutil does not take all night.
SPANS = {"YEARLY": 4000, "MONTHLY": 400, "WEEKLY": 60, "DAILY": 30, "HOURLY": 3, "MINUTELY": 0.2, "SECONDLY": 0.01}
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def some(dice, values, most):
    return ",".join(str(v) for v in sorted(dice.sample(list(values), dice.randint(1, most))))


def signed(dice, least, most, count):
    return some(dice, [n for n in range(-most, most + 1) if abs(n) >= least], count)


def week_days(dice, freq, parts):
    if dice.random() < 0.4 and freq in ("MONTHLY", "YEARLY") and "BYWEEKNO" not in parts:
        most = 5 if freq == "MONTHLY" or "BYMONTH" in parts else 53
        return ",".join(f"{dice.choice([n for n in range(-most, most + 1) if n])}{d}"
                        for d in dice.sample(DAYS, dice.randint(1, 3)))
    return ",".join(dice.sample(DAYS, dice.randint(1, 4)))


def rule(dice):
    freq = dice.choice(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"] * 6 + ["HOURLY", "MINUTELY", "SECONDLY"])
    parts = {"FREQ": freq}
    if dice.random() < 0.5:
        parts["INTERVAL"] = dice.choice([1, 2, 3, 4, 5, 7, 12])
    if dice.random() < 0.35:
        parts["BYMONTH"] = some(dice, range(1, 13), 4)
    if freq == "YEARLY" and dice.random() < 0.2:
        parts["BYWEEKNO"] = some(dice, range(1, 52), 4)
        parts["BYDAY"] = ",".join(dice.sample(DAYS, dice.randint(1, 3)))
    elif freq in ("YEARLY", "HOURLY", "MINUTELY", "SECONDLY") and dice.random() < 0.15:
        parts["BYYEARDAY"] = signed(dice, 1, 366, 5)
    if freq != "WEEKLY" and dice.random() < 0.25:
        parts["BYMONTHDAY"] = signed(dice, 1, 31, 4)
    if "BYDAY" not in parts and dice.random() < 0.45:
        parts["BYDAY"] = week_days(dice, freq, parts)
    if freq in ("HOURLY", "MINUTELY", "SECONDLY"):
        if "BYMONTH" in parts or "BYMONTHDAY" in parts or "BYYEARDAY" in parts:
            parts["INTERVAL"] = dice.choice([1, 5, 7]) * {"HOURLY": 1, "MINUTELY": 60, "SECONDLY": 900}[freq]
    if dice.random() < 0.25:
        parts["BYHOUR"] = some(dice, range(24), 3)
    if dice.random() < 0.2:
        parts["BYMINUTE"] = some(dice, range(60), 3)
    if dice.random() < 0.1:
        parts["BYSECOND"] = some(dice, range(60), 2)
    if len(parts) > 2 and dice.random() < 0.25 and freq not in ("SECONDLY", "WEEKLY"):
        parts["BYSETPOS"] = signed(dice, 1, 5, 2)
    if dice.random() < 0.3:
        parts["WKST"] = dice.choice(DAYS)
    if dice.random() < 0.3:
        parts["COUNT"] = dice.choice([1, 2, 5, 20, 100])
    return ";".join(f"{name}={value}" for name, value in parts.items())


def stamp(time):
    return time.strftime("%Y%m%dT%H%M%S")


def ask(program, questions):
    text = "".join(f"{rule} {stamp(start)} {stamp(window)} {stamp(end)}\n" for rule, start, window, end in questions)
    return [line.strip() for line in
            subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout.splitlines()]


def questions(program, dice, count):
    """Rules whose start is their first time, and windows in which there is something to see. Rules that never make a
    time are left out by asking ourselves first: dateutil looks for one until the year 9999."""
    drafts = []
    for _ in range(count * 2):
        text = rule(dice)
        start = datetime.datetime(2000, 1, 1) + datetime.timedelta(minutes=dice.randrange(30 * 365 * 1440))
        drafts.append((text.split(";COUNT=")[0], start, start,
                       start + datetime.timedelta(days=SPANS[text.split(";")[0][5:]] * 3), text))
    made = []
    for draft, times in zip(drafts, ask(program, [d[:4] for d in drafts]), strict=True):
        if not times or times.startswith("refused") or len(made) == count:
            continue
        text, start, span = draft[4], draft[1], SPANS[draft[4].split(";")[0][5:]]
        first = next(iter(rrulestr(draft[0], dtstart=start)), None)
        if first is None:
            sys.exit(f"dateutil makes nothing of {draft[0]} {stamp(start)}, we {times[:100]}")
        window = first + datetime.timedelta(days=span * dice.random() * 2)
        window = window.replace(microsecond=0)
        made.append((text, first, window, window + datetime.timedelta(days=span)))
    return made


def dateutil_says(question):
    text, first, window, end = question
    times = itertools.takewhile(lambda t: t < end, rrulestr(text, dtstart=first))
    return " ".join(stamp(t) for t in times if t >= window and t > first)


def main():
    program, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    asked = questions(program, random.Random(seed), count)
    wanted = [dateutil_says(q) for q in asked]
    wrong = [row for row in zip(asked, wanted, ask(program, asked), strict=True) if row[1] != row[2]]
    for (text, first, window, end), want, got in wrong[:5]:
        print(f"{text} {stamp(first)} {stamp(window)} {stamp(end)}\n  dateutil: {want[:300]}\n  we:       {got[:300]}")
    seen = sum(len(want.split()) for want in wanted)
    print(f"{len(asked)} rules, {seen} times, {len(wrong)} rules differ")
    return 1 if wrong or len(asked) < count or seen < count else 0


if __name__ == "__main__":
    sys.exit(main())
