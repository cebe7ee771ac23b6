"""Registers the keys of a SuperLink's kit, and then says so by listening on a port.

Arguments: the folder of the kit, the address of the Control API, the dialect, and the port.
A key that is registered already stays as it is, so every start of the pod may run this. A key
that was removed is never registered again: Flower keeps it in its database.
"""
import contextlib, importlib, io, json, os, pathlib, socket, sys, time

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key
from flwr.cli.app import app

startup, address, dialect, port = sys.argv[1:]
home = pathlib.Path(os.environ["HOME"], ".flwr")
home.mkdir(parents=True, exist_ok=True)
home.joinpath("config.toml").write_text(
    f'[superlink]\ndefault = "federation"\n[superlink.federation]\naddress = "{address}"\n'
    f'root-certificates = "{startup}/ca.crt"\n'
)


def flwr(*words):
    """Runs a command of the CLI and returns its error, or an empty text."""
    out = sys.__stdout__ = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            app([*words, "--format", "json"], standalone_mode=False)
        answer = json.loads(out.getvalue())
        return "" if answer["success"] else answer["error-message"]
    except (Exception, SystemExit) as error:
        return f"{error!r} {out.getvalue()}".strip()


def until_done(what, *words, present="present"):
    """Repeats a command until it succeeds, and prints each error once."""
    last = None
    while (error := flwr(*words)) and "already in use" not in error:
        if error != last:
            print(f"{what}: {error}", flush=True)
        last = error
        time.sleep(1)
    print(f"{what}: {present if error else 'done'}", flush=True)


# The CLI prints no keys, but gets them: flwr/cli/supernode/ls.py, 1.36.0 and 1.42.0. In a version
# that does so elsewhere, a key that was removed is called present.
removed, listing = set(), importlib.import_module("flwr.cli.supernode.ls")
rows = getattr(listing, "_format_nodes", None)


def remember(nodes, now):
    removed.update(node.public_key for node in nodes if node.status == "unregistered")
    return rows(nodes, now)


listing._format_nodes = remember
until_done("the SuperLink answers", "supernode", "list", "federation")
for node in json.loads(pathlib.Path(startup, "supernodes.json").read_text()):
    key = home / "node.pub"
    key.write_text(node["key"] + "\n")
    name = ["--name", node["name"]] if dialect == "http" else []
    pem = load_ssh_public_key(node["key"].encode()).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    gone = f"its key was removed, and Flower never accepts it again: provision a new one with --renew={node['name']}"
    until_done("register " + node["name"], "supernode", "register", str(key), "federation", *name, present=gone if pem in removed else "present")

with socket.create_server(("", int(port))) as ready:
    print("all SuperNodes are registered", flush=True)
    while True:
        ready.accept()[0].close()
