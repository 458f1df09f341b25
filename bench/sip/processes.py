"""What processes cost, and how they are ended: each by its own pid."""
import os
import pathlib
import signal
import subprocess

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root):
    """The pids of a process and all its descendants."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_s(pids):
    """Time on a core so far, by the scheduler's own count: the ticks of /proc/PID/stat are too coarse for a level of
    six seconds."""
    nanoseconds = 0
    for pid in pids:
        for thread in pathlib.Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                nanoseconds += int(thread.read_text().split()[0])
            except OSError:
                continue
    return nanoseconds / 1e9


def pss_mib(pids):
    """Proportional set size: memory that processes share counts once over the whole tree."""
    kib = 0
    for pid in pids:
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        kib += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kib / 1024


def machine_busy_s():
    """Core-seconds that the whole machine has worked."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(fields[:8]) - fields[3] - fields[4]) / TICKS


def end(process, seconds=5):
    """SIGTERM, then SIGKILL, to this process and to what it started."""
    if process is None or process.poll() is not None:
        return
    mine = tree(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        for pid in mine:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        process.wait()


def percentile(sorted_values, percent):
    if not sorted_values:
        return float("nan")
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * percent / 100))]
