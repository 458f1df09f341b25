"""The questions, each as one function: a server's class in, one dictionary of figures out."""
import time

from load import NOTIFIED, PUBLISHED, Sipp, Wire, children_cpu_s, until_told, watchers
from processes import cpu_s, end, machine_busy_s, percentile
from servers import PASSWORD, PRESENTITIES, Lamplighter

PAUSE_MS = 300  # between the four PUBLISHes of one call


def subscribe(server_class, folder, package, digest, calls=20_000, window=64):
    """New subscriptions one after the other, `window` at once: what each costs the server."""
    server = server_class(folder, digest)
    sipp = None
    try:
        rows = [f"w{i:06d};p{i % PRESENTITIES:06d};[authentication username=w{i:06d} password={PASSWORD}]" for i in range(calls)]
        before, busy, others, began = server.cpu_s(), machine_busy_s(), children_cpu_s(), time.monotonic()
        sipp = Sipp(server.target, folder, "subs", "subscribe_auth" if digest else "subscribe", rows, package,
                    ["-m", calls, "-r", 100_000, "-rp", 1000, "-l", window])
        sipp.process.wait(120)
        took = time.monotonic() - began
        figures = sipp.figures()
        done = int(figures["SuccessfulCall(C)"])
        return {"phase": "subscribe", "package": package, "digest": digest, "subscriptions": done,
                "failed": int(figures["FailedCall(C)"]), "resent": int(figures["Retransmissions(C)"]),
                "per_s": round(done / took), "cpu_us": round((server.cpu_s() - before) / max(done, 1) * 1e6, 2),
                "sipp_percent": round((children_cpu_s() - others) / took * 100),
                "machine_percent": round((machine_busy_s() - busy) / took * 100)}
    finally:
        end(sipp and sipp.process)
        server.stop()


def sizes_after(server_class, folder, package, fills):
    """Of one server: empty, and after each of `fills` (subscriptions, how many a second); None if not all were told."""
    server = server_class(folder)
    running = []
    try:
        sizes, done = [server.pss_mib()], 0
        for number, (count, rate) in enumerate(fills):
            rows = [f"w{i:06d};p{i % PRESENTITIES:06d}" for i in range(done, done + count)]
            running.append(watchers(server, folder, rows, package, rate, f"memory{number}"))
            told, _ = until_told(running[-1], count, 60)
            if told < count:
                return None
            time.sleep(1)
            sizes.append(server.pss_mib())
            done += count
        return sizes
    finally:
        for sipp in running:
            sipp.end()
        server.stop()


def memory(server_class, folder, package, step=20_000):
    """Empty, with 10 000 just made, and what each further one weighs. RFC 3261 keeps answers for 32 s (Timer J), Kamailio
    for 5: the further ones come so slowly that both sizes between which they are weighed hold equally many answers."""
    made = sizes_after(server_class, folder, package, [(10_000, 2000)])
    grown = sizes_after(server_class, folder, package, [(step, 625), (step, 625)])
    if not made or not grown:
        return {"phase": "memory", "package": package, "failed": "not all were told"}
    return {"phase": "memory", "package": package, "empty_mib": round(made[0], 1), "first_mib": round(made[1], 1),
            "second_mib": round(grown[1], 1), "third_mib": round(grown[2], 1),
            "bytes_each": round((grown[2] - grown[1]) * 2**20 / step)}


def level(server, folder, watch, package, fan, people, rate, seconds, wire):
    """`rate` PUBLISHes a second for so long, `fan` watchers each."""
    calls = max(4, int(rate / 4 * seconds))
    assert rate / 4 * (3 * PAUSE_MS / 1000 + 0.4) < people, "too few people: one would be published twice at once"
    offset = watch.size()
    capture = Wire(server, folder) if wire else None
    before, watching, busy, began = server.cpu_s(), cpu_s([watch.process.pid]), machine_busy_s(), time.monotonic()
    publish = Sipp(server.target, folder, "publish", "publish_" + package, [f"p{i:06d}" for i in range(people)], package,
                   ["-m", calls, "-l", 15_000, "-r", rate, "-rp", 4000, "-d", PAUSE_MS])
    try:
        publish.process.wait(seconds + 30)
    except Exception:
        publish.end()
        raise
    took = time.monotonic() - began
    busy, watching = machine_busy_s() - busy, cpu_s([watch.process.pid]) - watching
    settle(watch)
    used = server.cpu_s() - before
    on_wire = capture.result() if capture else {}
    sent, first, at = {}, [], []
    for line in publish.logged().splitlines():
        if found := PUBLISHED.match(line):
            moment = int(found[3]) + int(found[4]) / 1e6
            at.append(moment)
            if found[2] != b"-":
                sent[found[2]] = moment
            if found[2].endswith(b"-1"):
                first.append(moment)
    late, seen, total, last = [], set(), 0, {}
    start, stop = min(first) + 3 * PAUSE_MS / 1000 + 0.1, max(first)  # every call's four steps are under way
    steady = 0
    for line in watch.logged(offset).splitlines():
        if not (found := NOTIFIED.match(line)):
            continue
        total += 1
        # What is left after a removal has no token, and SIPp shows the one before once more.
        last[found[1]] = b"removed-3" if watch.told.get(found[1], b"") == found[3] else found[3]
        watch.told[found[1]] = found[3]
        moment = int(found[4]) + int(found[5]) / 1e6
        steady += start <= moment < stop
        if found[3] in sent and (found[1], found[3]) not in seen:
            seen.add((found[1], found[3]))
            late.append((moment - sent[found[3]]) * 1000)
    late.sort()
    figures = publish.figures()
    wanted = len(sent) * fan
    return {"phase": "fanout", "package": package, "watchers": fan, "publish_per_s": rate,
            "achieved_publish_per_s": round(sum(start <= moment < stop for moment in at) / (stop - start), 1),
            "notify_per_s": round(steady / (stop - start)), "notifies": total, "wanted": wanted, "lost": wanted - len(late),
            # Who heard of a call heard of its end last.
            "stale": sum(not token.endswith(b"-3") for token in last.values()),
            "p50_ms": round(percentile(late, 50), 2), "p99_ms": round(percentile(late, 99), 2),
            "failed": int(figures["FailedCall(C)"]), "resent": int(figures["Retransmissions(C)"]),
            # A NOTIFY that had to be sent again is no second one.
            "cpu_us": round(used / max(min(total, len(at) * fan), 1) * 1e6, 2), "watch_percent": round(watching / took * 100),
            "machine_percent": round(busy / took * 100), **on_wire}


def settle(watch, quiet_s=4.5, seconds=40):
    """Until the watchers hear nothing more: what was lost comes again after 500 ms, 1, 2 and 4 s."""
    began = changed = time.monotonic()
    size = watch.size()
    while time.monotonic() - changed < quiet_s and time.monotonic() - began < seconds:
        time.sleep(0.1)
        if watch.size() != size:
            size, changed = watch.size(), time.monotonic()


def fanout(server_class, folder, package, fan, levels, subscriptions, seconds, say):
    """`levels`: (PUBLISH/s, whether the wire is watched), one after the other on one server."""
    server = server_class(folder)
    watch = None
    try:
        people = subscriptions // fan
        watch = watchers(server, folder, [f"w{i:06d}x{j};p{i:06d}" for i in range(people) for j in range(fan)], package, 2000)
        told, _ = until_told(watch, subscriptions, 60)
        if told < subscriptions:
            yield {"phase": "fanout", "package": package, "watchers": fan, "failed_fill": f"{told} of {subscriptions} were told"}
            return
        time.sleep(1)
        for rate, wire in levels:
            figures = level(server, folder, watch, package, fan, people, rate, seconds, wire)
            say(figures)
            yield figures
    finally:
        end(watch and watch.process)
        server.stop()


def crowd(folder, subscriptions=100_000, fan=50, rate=2500):
    """100 000 on one daemon; it dies, all subscribe again within a minute, and every lamp follows the next change."""
    server = Lamplighter(folder)
    watch = None
    try:
        people = subscriptions // fan
        rows = [f"w{i:06d}x{j};p{i:06d}" for i in range(people) for j in range(fan)]
        empty = server.pss_mib()
        watch = watchers(server, folder, rows, "dialog", rate, seconds=280)
        told, filled_s = until_told(watch, subscriptions, 120)
        time.sleep(1)
        full, port = server.pss_mib(), watch.port
        result = {"phase": "crowd", "subscriptions": subscriptions, "told": told, "filled_s": round(filled_s, 1),
                  "empty_mib": round(empty, 1), "full_mib": round(full, 1)}
        server.kill()
        watch.end()
        server.start(60)
        before = server.cpu_s()
        watch = watchers(server, folder, rows, "dialog", rate, "again", port, seconds=280)
        again, storm_s = until_told(watch, subscriptions, 120)
        result |= {"again": again, "storm_s": round(storm_s, 1), "storm_cpu_s": round(server.cpu_s() - before, 2)}
        # One more time over a living daemon: phones that came back before they were forgotten take their old place.
        watch.end()
        watch = watchers(server, folder, rows, "dialog", rate, "twice", port, seconds=280)
        twice, _ = until_told(watch, subscriptions, 120)
        time.sleep(1)
        figures = level(server, folder, watch, "dialog", fan, people, 100, 4, False)
        return result | {"twice": twice, "twice_mib": round(server.pss_mib(), 1), "lamps_lost": figures["lost"],
                         "lamps_wanted": figures["wanted"]}
    finally:
        end(watch and watch.process)
        server.stop()
