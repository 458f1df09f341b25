"""A port for a program that cannot be told to take any: sipp, baresip, Kamailio."""
import random
import socket


def free_port():
    """Free on loopback for UDP and TCP at this moment, and below those that the kernel gives to whoever asks for any
    (ip_local_port_range): no connection of somebody else takes it before the program does."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as streams:
            try:
                datagrams.bind(("127.0.0.1", port))
                streams.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
