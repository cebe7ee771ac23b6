# One session of an admin with the FL server, run inside the admin's pod. It uses
# NVFLARE's public Python API (nvflare.fuel.flare_api), which 2.7, 2.8 and 2.9
# share; 2.7 has no JSON command line.
#
# It writes its events to standard output, one JSON object per line. What NVFLARE
# prints goes to standard error.
import inspect
import json
import os
import sys
import tarfile
import time

KIT, WORK, STUDY = sys.argv[1:4]

# What the server has of a site's error log is a component of the job with this name, and the
# site's. Source: nvflare/app_common/logging/job_log_receiver.py, 2.9.0.
ERRORLOG = "ERRORLOG_"
# How much of the end of a log is read, in bytes.
LOG = 65536

events = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def say(event, **facts):
    print(json.dumps({"event": event, **facts}, default=str), file=events, flush=True)


class Unsupported(Exception):
    pass


def version():
    from importlib import metadata

    return metadata.version("nvflare")


def connect():
    from nvflare.fuel.flare_api.flare_api import new_secure_session

    with open(os.path.join(KIT, "startup", "fed_admin.json")) as f:
        admin = json.load(f)["admin"]
    say("connecting", server="%s:%s" % (admin["host"], admin["port"]))
    options = {"study": STUDY} if STUDY else {}
    if options and "study" not in inspect.signature(new_secure_session).parameters:
        raise Unsupported("its image has NVFLARE %s, which has no studies: give it one with 2.8 or later" % version())
    return new_secure_session(admin["username"], KIT, timeout=30.0, **options)


def submit(name):
    folder = os.path.join(WORK, name)
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        tar.extractall(folder)
    session = connect()
    say("submitted", job_id=session.submit_job(folder))


def server_log(session, job_id):
    # 2.7 has no such command, and a job may have failed before it had a log.
    try:
        return session.get_job_logs(job_id)["logs"]
    except Exception:
        return {}


def end_of(path):
    with open(path, "rb") as f:
        f.seek(max(0, os.path.getsize(path) - LOG))
        return f.read().decode(errors="replace")


def error_logs(session, job_id):
    # Sites send them when the job has ended, if their settings allow it.
    try:
        for _ in range(5):
            if any(name.startswith(ERRORLOG) for name in session.list_job_components(job_id)):
                break
            time.sleep(1)
        else:
            return {}
        folder = session.download_job_components(job_id)
        names = [name for name in os.listdir(folder) if name.startswith(ERRORLOG)]
        return {name[len(ERRORLOG) :]: end_of(os.path.join(folder, name)) for name in names}
    except Exception:
        return {}


def errors(session, job_id):
    # The ends of the logs of a failed job that the server has, by site; less of each if there are
    # many sites, since all of them are one event.
    logs = {**server_log(session, job_id), **error_logs(session, job_id)}
    each = min(LOG, 32 * LOG // max(1, len(logs)))
    return {site: text[-each:] for site, text in logs.items()}


def wait(job_id, seconds):
    session, end, last = connect(), time.time() + float(seconds), None
    while True:
        meta = session.get_job_meta(job_id)
        if meta["status"] != last:
            last = meta["status"]
            say("status", job_id=job_id, status=last, meta=meta)
        if last.startswith("FINISHED"):
            failed = last != "FINISHED:COMPLETED"
            return say("finished", job_id=job_id, status=last, meta=meta, errors=errors(session, job_id) if failed else {})
        if time.time() > end:
            return say("waiting", job_id=job_id, status=last)
        time.sleep(1)


def listing():
    say("jobs", jobs=connect().list_jobs())


def download(job_id):
    say("downloaded", job_id=job_id, folder=connect().download_job_result(job_id))


def abort(job_id):
    connect().abort_job(job_id)
    say("aborted", job_id=job_id)


def pack(folder):
    with tarfile.open(fileobj=events.buffer, mode="w|") as tar:
        tar.add(folder, arcname=".")


verbs = {f.__name__: f for f in (submit, wait, listing, download, abort, pack)}
try:
    verbs[sys.argv[4]](*sys.argv[5:])
    status = 0
except BaseException as e:
    say("error", kind=type(e).__name__, message=str(e))
    status = 1
events.flush()
# Threads of NVFLARE's session would keep the process for seconds.
os._exit(status)
