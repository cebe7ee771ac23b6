"""Registers the keys of a SuperLink's kit, and then says so by listening on a port.

Arguments: the folder of the kit, the address of the Control API, the dialect, and the port.
A key that is registered already stays as it is, so every start of the pod may run this.
"""
import contextlib, io, json, os, pathlib, re, socket, sys, time

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


def until_done(what, *words):
    """Repeats a command until it succeeds, and prints each error once."""
    last = None
    while (error := flwr(*words)) and "already in use" not in error:
        if error != last:
            print(f"{what}: {error}", flush=True)
        last = error
        time.sleep(1)
    print(f"{what}: {'present' if error else 'done'}", flush=True)


until_done("the SuperLink answers", "supernode", "list", "federation")
for node in json.loads(pathlib.Path(startup, "supernodes.json").read_text()):
    key = home / "node.pub"
    key.write_text(node["key"] + "\n")
    name = ["--name", node["name"]] if dialect == "http" else []
    until_done("register " + node["name"], "supernode", "register", str(key), "federation", *name)

with socket.create_server(("", int(port))) as ready:
    print("all SuperNodes are registered", flush=True)
    while True:
        ready.accept()[0].close()
