"""A way over TCP to a port: it can end a connection, or let it stand still, after so many bytes of the server's. Loopback
only; threads of its own."""
import socket
import threading


class Way:
    def __init__(self, port):
        self.target = port
        self.most = None  # bytes of the server's on each connection; then both ends are closed
        self.still_after = None  # … then nothing is carried any more
        self.still = False
        self.before = None  # called with what a client says, before it is carried on
        self.over = threading.Event()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    @property
    def url(self):
        return f"ldap://127.0.0.1:{self.port}"

    def close(self):
        self.over.set()
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()

    def _take(self):
        while not self.over.is_set():
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            for source, sink, counted in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._carry, args=(source, sink, counted), daemon=True).start()

    def _carry(self, source, sink, counted):
        carried = 0
        try:
            while data := source.recv(16384):
                carried += len(data)
                if self.before and not counted:
                    self.before(data)
                if counted and self.still_after and carried > self.still_after:
                    self.still = True
                    self.over.wait()
                    break
                if counted and self.most and carried > self.most:
                    sink.sendall(data[:100])
                    break
                sink.sendall(data)
        except OSError:
            pass
        for one in (source, sink):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other thread's, and gone
        source.close()
