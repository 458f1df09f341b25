"""A UDP relay that loses, doubles, delays and so reorders datagrams, from a seed. Loopback only. It runs on a thread of its
own between `start` and `close`."""
import heapq
import random
import select
import socket
import threading
import time


class Relay:
    """Each `way()` is a pair of sockets: what a client sends to its front goes to the server from its back, and the other
    way round. A client gives the address of its back as its Contact."""

    def __init__(self, server, seed=1, loss=0.2, double=0.05, delay=0.3, delay_ms=(1, 120)):
        self.server, self.random = server, random.Random(seed)
        self.loss, self.double, self.delay, self.delay_ms = loss, double, delay, delay_ms
        self.peers, self.clients, self.waiting, self.number = {}, {}, [], 0
        self.carried = self.lost = self.doubled = self.delayed = 0
        self.open = True
        self.thread = None

    def way(self):
        """(front, back): where a client sends to, and what the server sees of it."""
        pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        for one in pair:
            one.bind(("127.0.0.1", 0))
        front, back = pair
        self.peers[front], self.peers[back] = back, front
        self.clients[back] = front
        return front.getsockname(), back.getsockname()

    def start(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def still(self):
        """From now on nothing is lost, doubled or delayed."""
        self.loss = self.double = self.delay = 0

    def close(self):
        self.open = False
        if self.thread:
            self.thread.join(5)
        for one in self.peers:
            one.close()

    def _run(self):
        homes = {}  # front -> its client's address
        while self.open:
            pause = 0.05
            if self.waiting:
                pause = min(pause, max(0.0, self.waiting[0][0] - time.monotonic()))
            for one in select.select(list(self.peers), [], [], pause)[0]:
                data, source = one.recvfrom(65535)
                if one in self.clients:
                    out, to = self.peers[one], homes.get(self.peers[one])
                else:
                    homes[one] = source
                    out, to = self.peers[one], self.server
                if to:
                    self._carry(out, to, data)
            now = time.monotonic()
            while self.waiting and self.waiting[0][0] <= now:
                _, _, out, to, data = heapq.heappop(self.waiting)
                out.sendto(data, to)

    def _carry(self, out, to, data):
        self.carried += 1
        if self.random.random() < self.loss:
            self.lost += 1
            return
        copies = 1
        if self.random.random() < self.double:
            self.doubled += 1
            copies = 2
        for _ in range(copies):
            if self.random.random() < self.delay:
                self.delayed += 1
                at = time.monotonic() + self.random.uniform(*self.delay_ms) / 1000
                self.number += 1
                heapq.heappush(self.waiting, (at, self.number, out, to, data))
            else:
                out.sendto(data, to)
