"""A real Buildbot master with two workers on loopback, as the docs configure it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from stacker.bots.master import Master
from stacker.bots.values import Access, Account, Place
from stacker.git.process import Git

CONFIGURATION = Path(__file__).parents[2] / "docs" / "buildbot" / "master.cfg"
PASSWORD = "not-for-logs"
LONGEST = 180.0  # seconds that anything may take on a busy machine
_MASTER = "from buildbot.scripts.runner import run; run()"
_WORKER = "from buildbot_worker.scripts.runner import run; run()"
_NOTICE = threading.Event()  # never set


def until(condition, what):
    """What `condition()` gives once it is true; an error when that takes too long."""
    end = time.monotonic() + LONGEST
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain until {what}"
        _NOTICE.wait(0.1)
    return found


class Farm:
    """The farm in `folder`; its workers, worker-linux and worker-arm, fetch from `repository`."""

    def __init__(self, folder):
        self.folder = folder
        self.repository = folder / "builds.git"
        Git(folder).run("init", "-q", "--bare", str(self.repository))
        ports = _free_port(), _free_port()
        self.url = f"http://127.0.0.1:{ports[0]}"
        self.workers = f"127.0.0.1:{ports[1]}"
        self._processes = {}
        self._environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GIT_")
        } | {
            "BUILD_REPOSITORY": str(self.repository),
            "BUILD_URL": f"{self.url}/",
            "BUILD_WEB": f"tcp:{ports[0]}:interface=127.0.0.1",
            "BUILD_WORKERS": f"tcp:{ports[1]}:interface=127.0.0.1",
        }
        self._run(_MASTER, "create-master", "-q", "master")
        shutil.copy(CONFIGURATION, folder / "master" / "master.cfg")
        secrets = folder / "master" / "secrets"
        secrets.mkdir()
        (secrets / "stacker").write_text(f"{PASSWORD}\n", encoding="ascii")
        for name in ("worker-linux", "worker-arm"):
            (secrets / name).write_text("secret\n", encoding="ascii")
            self._run(_WORKER, "create-worker", "-q", name, self.workers, name, "secret")

    def _run(self, code, *words):
        command = [sys.executable, "-c", code, *words]
        subprocess.run(
            command, cwd=self.folder, env=self._environment, check=True, capture_output=True
        )

    def start(self, name="master"):
        """Start the master or a worker, and wait until it works."""
        code = _MASTER if name == "master" else _WORKER
        with (self.folder / f"{name}.out").open("ab") as out:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-c", code, "start", "--nodaemon", name],
                cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL,
                stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        if name == "master":
            until(self.answers, "the master answers")
        else:
            until(lambda: name in self.connected(), f"{name} is connected")

    def kill(self, name="master"):
        """Kill it by force, with all that it started."""
        process = self._processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self):
        for name in list(self._processes):
            self.kill(name)

    def get(self, path):
        with urllib.request.urlopen(f"{self.url}/api/v2{path}", timeout=LONGEST) as answer:
            return json.load(answer)

    def answers(self):
        try:
            return self.get("/masters")
        except OSError:
            return None

    def connected(self):
        workers = self.get("/workers")["workers"]
        return {one["name"] for one in workers if one["connected_to"]} - {"__Janitor"}

    def open_requests(self):
        return self.get("/buildrequests?complete=false")["buildrequests"]

    def builds(self, key):
        """The builds of a key, oldest first."""
        found = self.get("/builds?property=stacker_key&order=buildid")["builds"]
        return [one for one in found if one["properties"].get("stacker_key", [""])[0] == key]

    def refs(self):
        return Git(self.repository).text("for-each-ref", "--format=%(refname)")

    def cancel(self, request):
        """What a person does on the master's page."""
        with Master(self.url, Account("stacker", PASSWORD)) as master:
            master.login()
            master.act("cancel", f"/buildrequests/{request}", "cancel", {"reason": "no"})

    def access(self, **more):
        given = {
            "url": self.url,
            "account": Account("stacker", PASSWORD),
            "scheduler": "stacker",
            "at_once": 32,
            "places": {"main": Place(str(self.repository), None)},
            "tick": 0.25,
            "patience": 0.5,
        }
        return {"bots": Access(**(given | more))}


def _free_port():
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return some.getsockname()[1]
