"""One session of a scientist with the SuperLink, run inside the scientist's pod.

It uses the flwr CLI in this process, which saves the seconds that the CLI takes to start,
and writes its events to standard output, one JSON object per line. What the CLI prints
besides its answers goes to standard error. Flower 1.36 and 1.42 have the same commands.

Arguments: the folder for apps and results, a verb, and the words of the verb.
"""
import contextlib, io, json, os, pathlib, socket, sys, tarfile, time

WORK, CONNECTION = pathlib.Path(sys.argv[1]), "federation"
MOST_LOG = 4 << 20

events = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(event, **facts):
    print(json.dumps({"event": event, **facts}), file=events, flush=True)


class Failed(Exception):
    pass


def ready(seconds=20):
    """Waits for the CLI's configuration and for the proxy, which start with the pod."""
    config, end = pathlib.Path(os.environ["HOME"], ".flwr", "config.toml"), time.time() + seconds
    while time.time() < end:
        with contextlib.suppress(OSError):
            if config.exists():
                return socket.create_connection(("127.0.0.1", 9093), 1).close()
        time.sleep(0.2)
    raise Failed("Connection to the SuperLink is unavailable: the proxy of the pod does not listen")


def printed(*words):
    """What a command of the CLI prints to standard output."""
    from flwr.cli.app import app

    real, out = sys.__stdout__, io.StringIO()
    sys.__stdout__ = out
    try:
        with contextlib.redirect_stdout(out):
            app([*words], standalone_mode=False)
    except SystemExit as error:
        raise Failed(f"{out.getvalue()}\nthe flwr CLI ended with code {error.code}") from None
    except Exception as error:
        raise Failed(f"{out.getvalue()}\n{error}") from None
    finally:
        sys.__stdout__ = real
    return out.getvalue()


def flwr(*words):
    """The answer of a command as JSON."""
    text = printed(*words, "--format", "json")
    try:
        answer = json.loads(text)
    except ValueError:
        raise Failed(text) from None
    if not answer["success"]:
        raise Failed(answer["error-message"])
    return answer


def run_of(run):
    return flwr("list", CONNECTION, "--run-id", run)["runs"][0]


def log_of(run):
    text = printed("log", run, CONNECTION, "--show")
    return "\n".join(line for line in text.splitlines() if not line.startswith("Using SuperLink: "))[-MOST_LOG:]


def submit(name, configuration=""):
    folder = WORK / name
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        tar.extractall(folder)
    words = ["run", str(folder), CONNECTION]
    if configuration:
        values = WORK / "run-config.toml"
        values.write_text(configuration)
        words += ["--run-config", str(values)]
    say("submitted", run=flwr(*words)["run-id"])


def wait(run, seconds):
    end, last = time.time() + float(seconds), None
    while True:
        row = run_of(run)
        if row["status"] != last:
            last = row["status"]
            say("status", row=row)
        if last.startswith("finished"):
            log = "" if last == "finished:completed" else log_of(run)
            return say("finished", row=row, log=log)
        if time.time() > end:
            return say("waiting", row=row)
        time.sleep(2)


def listing():
    for row in flwr("list", CONNECTION)["runs"]:
        say("run", row=row)
    say("listed")


def abort(run):
    flwr("stop", run, CONNECTION)
    say("stopped")


def log(run):
    say("log", log=log_of(run))


def download(run):
    row = run_of(run)
    if not row["status"].startswith("finished"):
        raise Failed(f"the run has not finished: its status is {row['status']}")
    folder = WORK / run
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(row, indent=2) + "\n")
    (folder / "log.txt").write_text(log_of(run) + "\n")
    say("downloaded", folder=str(folder))


def pack(folder):
    with tarfile.open(fileobj=events.buffer, mode="w|") as tar:
        for name in sorted(os.listdir(folder)):
            tar.add(os.path.join(folder, name), name)


verbs = {f.__name__: f for f in (submit, wait, listing, abort, log, download, pack)}
try:
    if sys.argv[2] != "pack":
        ready()
    verbs[sys.argv[2]](*sys.argv[3:])
except Failed as error:
    say("error", message=str(error))
events.flush()
