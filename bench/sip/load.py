"""SIPp as watchers and publishers, its logs read, and the same datagrams with the kernel's timestamps."""
import os
import pathlib
import re
import resource
import shutil
import signal
import struct
import subprocess
import time

from ports import free_port
from processes import end, percentile
from servers import DOMAIN

HERE = pathlib.Path(__file__).resolve().parent
ACCEPT = {"dialog": "application/dialog-info+xml", "presence": "application/pidf+xml"}
NOTIFIED = re.compile(rb"^N (\S+) (\S+) t=(\S*) (\d+)\.\d+ (\d+)\.\d+")
PUBLISHED = re.compile(rb"^P (\S+) t=(\S+) (\d+)\.\d+ (\d+)\.\d+")


class Sipp:
    """One SIPp with a scenario of this folder; `rows` become its users."""

    def __init__(self, target, folder, name, scenario, rows, package, options, port=None, seconds=170):
        self.folder, self.name = folder, name
        self.port = port or free_port()
        self.told = {}  # the last token that each watcher has logged
        self.log = folder / f"{name}.log"
        self.stat = folder / f"{name}.stat"
        for old in (self.log, self.stat):
            old.unlink(missing_ok=True)
        own = folder / f"{name}.xml"
        shutil.copy(HERE / "scenarios" / f"{scenario}.xml", own)
        users = folder / f"{name}.csv"
        users.write_text("SEQUENTIAL\n" + "\n".join(rows) + "\n")
        line = ["sipp", target, "-sf", own, "-inf", users, "-i", "127.0.0.1", "-p", self.port, "-t", "u1",
                "-key", "dom", DOMAIN, "-key", "event", package, "-key", "accept", ACCEPT[package], "-key", "expires", 3600,
                "-nostdin", "-buff_size", 4194304, "-timeout", seconds, "-timeout_error",
                "-trace_stat", "-stf", self.stat, "-fd", 1, "-trace_err", "-error_file", folder / f"{name}.err",
                "-trace_logs", "-log_file", self.log, "-cp", free_port(), "-ci", "127.0.0.1", *options]
        output = open(folder / f"{name}.out", "wb")
        self.process = subprocess.Popen([str(word) for word in line], stdout=output, stderr=output,
                                        stdin=subprocess.DEVNULL, cwd=folder)
        output.close()

    def logged(self, offset=0):
        if not self.log.exists():
            return b""
        with open(self.log, "rb") as log:
            log.seek(offset)
            return log.read()

    def size(self):
        return self.log.stat().st_size if self.log.exists() else 0

    def figures(self):
        """The last row of its statistics."""
        rows = self.stat.read_text().splitlines()
        return dict(zip(rows[0].split(";"), rows[-1].split(";")))

    def end(self):
        end(self.process)


def watchers(server, folder, rows, package, rate, name="watch", port=None, seconds=170):
    """SIPp with one watcher a row: it subscribes once and answers NOTIFYs until it is ended."""
    return Sipp(server.target, folder, name, "watch", rows, package,
                ["-m", len(rows), "-l", len(rows) + 100, "-r", rate], port, seconds)


def until_told(sipp, count, seconds, known=0):
    """Waits until `count` NOTIFYs are logged; how many were, and when the last of them came."""
    began, seen, offset, last = time.monotonic(), known, 0, time.monotonic()
    while time.monotonic() - began < seconds and sipp.process.poll() is None:
        time.sleep(0.2)
        text = sipp.logged(offset)
        whole = text.rfind(b"\n") + 1
        fresh = sum(line.startswith(b"N ") for line in text[:whole].split(b"\n"))
        offset += whole
        if fresh:
            seen, last = seen + fresh, time.monotonic()
        if seen >= count:
            break
    return seen, last - began


class Wire:
    """tcpdump on the loopback device: from a PUBLISH to each of its NOTIFYs without SIPp's own delay."""

    def __init__(self, server, folder):
        self.file = folder / "wire.pcap"
        first_word = "(udp[8:4] = 0x4e4f5449 or udp[8:4] = 0x5055424c)"  # NOTI, PUBL
        self.process = subprocess.Popen(
            ["tcpdump", "-i", "lo", "-n", "-s", "1700", "-B", "65536", "-w", str(self.file),
             f"udp port {server.port} and {first_word}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 3
        while time.monotonic() < until and not (self.file.exists() and self.file.stat().st_size >= 24):
            time.sleep(0.05)
        time.sleep(0.3)

    def packets(self):
        with open(self.file, "rb") as file:
            file.read(24)
            while len(head := file.read(16)) == 16:
                sec, usec, length, _ = struct.unpack("<IIII", head)
                yield sec + usec / 1e6, file.read(length)[42:]  # Ethernet, IPv4 and UDP headers

    def result(self):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            end(self.process)
        token, call = re.compile(rb"tk-\d+-\d"), re.compile(rb"^Call-ID: *(\S+)", re.M | re.I)
        sent, seen, late = {}, set(), []
        for at, data in self.packets() if self.file.exists() else ():
            found = token.search(data)
            if not found:
                continue
            if data.startswith(b"PUBLISH "):
                sent.setdefault(found[0], at)
            elif found[0] in sent and (key := (call.search(data)[1], found[0])) not in seen:
                seen.add(key)
                late.append((at - sent[found[0]]) * 1000)
        self.file.unlink(missing_ok=True)
        late.sort()
        if not late:
            return {}
        return {"wire_p50_ms": round(percentile(late, 50), 3), "wire_p99_ms": round(percentile(late, 99), 3),
                "wire_max_ms": round(late[-1], 2), "wire_count": len(late)}


def children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def raise_limits():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65536, hard), hard))


def missing_programs():
    return [name for name in ("sipp", "kamailio", "tcpdump")
            if not shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin")]
