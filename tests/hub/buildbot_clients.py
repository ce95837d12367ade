"""Buildbot's own GitHub reporter, commenter and webhook, each doing one thing at a forge.

    python buildbot_clients.py API TOKEN < what is to be done, as JSON

A process of its own, because twisted has one reactor for all. Prints what came of each.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sys
from io import BytesIO
from types import SimpleNamespace

from buildbot.process.properties import Properties
from buildbot.process.results import FAILURE, SUCCESS
from buildbot.reporters.github import GitHubCommentPush, GitHubStatusPush
from buildbot.util.httpclientservice import HTTPClientService, HTTPSession
from buildbot.www.hooks.github import GitHubEventHandler
from twisted.internet import defer, task

RESULTS = {"success": SUCCESS, "failure": FAILURE}


def reported(head, number, result):
    """A build's report as Buildbot's message generators make it."""
    properties = {
        "buildername": ("arm32", "x"), "branch": (f"refs/pull/{number}/merge", "x"),
    }  # fmt: skip
    stamp = {"project": "guido/cpython", "repository": "", "revision": head, "codebase": ""}
    build = {
        "properties": properties, "complete": result is not None,
        "results": RESULTS.get(result), "url": "https://bots.example.org/#/builders/1/builds/1",
        "buildset": {"sourcestamps": [stamp]},
    }  # fmt: skip
    return [{"builds": [build], "body": f"Build {result or 'started'}."}]


def event(payload, secret):
    """A webhook's request as it arrives."""
    content = json.dumps(payload).encode()
    seal = hmac.new(secret.encode(), content, hashlib.sha1).hexdigest()
    headers = {
        "X-GitHub-Event": b"pull_request", "X-Hub-Signature": f"sha1={seal}".encode(),
        "Content-Type": b"application/json",
    }  # fmt: skip
    named = {name.lower(): value for name, value in headers.items()}

    def header(name):
        return named.get((name.decode() if isinstance(name, bytes) else name).lower())

    return SimpleNamespace(content=BytesIO(content), getHeader=header, args={})


@defer.inlineCallbacks
def work(reactor, api, token, wanted):
    master = SimpleNamespace(reactor=reactor)
    master.master = master  # who is below finds it so
    service = HTTPClientService(api)
    service.parent = master
    service.startService()
    master.httpservice = service
    said = []
    for kind, *given in wanted:
        if kind == "event":
            payload, sealed_with, secret = given
            hook = GitHubEventHandler(
                secret, True, master=master, github_api_endpoint=api, pullrequest_ref="merge",
                token=token,
            )  # fmt: skip
            try:
                changes, _ = yield hook.process(event(payload, sealed_with))
            except ValueError as exc:
                said.append(str(exc))
            else:
                said.append([{k: c[k] for k in ("revision", "branch", "files")} for c in changes])
            continue
        client = (GitHubCommentPush if kind == "comment" else GitHubStatusPush)(token)
        client.token, client.verbose, client.parent = token, False, master
        client.context = client.setup_context("buildbot/arm32")
        client._http = HTTPSession(service, api, headers={"User-Agent": "Buildbot"})
        if kind == "create":
            head, state = given
            answer = yield client.createStatus("guido", "cpython", head, state, Properties())
            said.append(answer.code)
        else:
            yield client.sendMessage(reported(*given))
            said.append("done")
    yield service.stopService()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    task.react(work, [*sys.argv[1:3], json.load(sys.stdin)])
