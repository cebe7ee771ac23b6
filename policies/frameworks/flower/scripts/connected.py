"""Succeeds if the first process of the container keeps a connection to another machine.

A SuperNode of 1.36 that its SuperLink does not accept closes its connection and neither tries
again nor ends. Argument: the port of its own on which others may be connected to it.
"""
import os, sys, time

ESTABLISHED, own = "01", int(sys.argv[1])


def sockets():
    for fd in os.listdir("/proc/1/fd"):
        try:
            yield os.readlink("/proc/1/fd/" + fd)
        except OSError:
            pass  # closed since


def loopback(address):
    """Addresses are written as 32-bit words in the machine's order."""
    ip = address.split(":")[0]
    return ip in ("0" * 24 + "01000000", "0" * 31 + "1") or ip[-8:].endswith("7F") and ip[:-8] in ("", "0" * 16 + "FFFF0000")


def connections():
    mine, found = set(sockets()), set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            for _, local, remote, state, *_, inode in (line.split()[:10] for line in open(table).readlines()[1:]):
                if state == ESTABLISHED and int(local.split(":")[1], 16) != own and not loopback(remote) and f"socket:[{inode}]" in mine:
                    found.add(inode)
    return found


before = connections()
time.sleep(2)
sys.exit(not before & connections())
