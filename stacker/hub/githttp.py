"""git's smart HTTP protocol, carried by `git http-backend`.

One of the few places that start git themselves: the backend is a CGI program whose input and
output are streamed, which `stacker.git.process.Git` does not do.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tempfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from stacker.git.process import sealed_environment
from stacker.hub import hook, pushes, repositories
from stacker.hub.auth import account, only_for, who
from stacker.hub.call import Refusal
from stacker.hub.mergeability import test_open
from stacker.hub.reconcile import reconcile
from stacker.hub.state import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from werkzeug.wrappers import Request

    from stacker.hub.call import Site
    from stacker.hub.records import Account, Repository
    from stacker.hub.state import Database

_CHUNK = 1 << 16
_CONFIG = (
    ("safe.directory", "*"),
    ("safe.bareRepository", "all"),
    ("http.receivepack", "true"),
    ("http.uploadpack", "true"),
    ("receive.hideRefs", "refs/pull"),
    ("receive.autogc", "false"),
    ("uploadpack.allowFilter", "true"),
    ("uploadpack.allowAnySHA1InWant", "true"),
)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request of a git client to one repository; `body` is read from its beginning."""

    site: Site
    db: Database
    request: Request
    repository: Repository
    body: IO[bytes]


def serve_git(site: Site, request: Request, owner: str, name: str, action: str) -> Response:
    """Answer one request of a git client; refusals are plain text, which git shows as `remote:`."""
    service = request.args.get("service", "") if action == "info/refs" else action
    with tempfile.TemporaryFile() as body:
        try:
            _spool(request, body)
            with connect(site.root) as db:
                login = who(site.tokens, request.headers.get("Authorization"))
                user = account(db, login) if login else None
                repository = _repository(site, db, owner, name)
                return _serve(_Visit(site, db, request, repository, body), user, service)
        except Refusal as exc:
            response = Response(exc.message + "\n", exc.status, content_type="text/plain")
            if exc.status == 401:
                response.headers["WWW-Authenticate"] = 'Basic realm="GitHub"'
            return response
        except HTTPException as exc:
            return Response(f"{exc.name}\n", exc.code, content_type="text/plain")


def _repository(site: Site, db: Database, owner: str, name: str) -> Repository:
    found = repositories.find(site, db, owner, name)
    if found is None:
        raise Refusal(404, "Repository not found.")
    return found


def _serve(visit: _Visit, user: Account | None, service: str) -> Response:
    match service:
        case "git-upload-pack":
            return _fetch(visit)
        case "git-receive-pack":
            return _push(visit, user)
        case _:
            raise Refusal(403, "Please upgrade your git client.")


def _fetch(visit: _Visit) -> Response:
    if visit.request.method == "GET":
        reconcile(visit.site, visit.db, visit.repository)
        with visit.db.writing():
            test_open(visit.site, visit.db, visit.repository.id)
        if visit.request.headers.get("Git-Protocol") == "version=2":
            return _greeted(visit)
    process = _start(visit, {})
    status, headers = _head(process)
    return Response(_Streamed(process), status, headers, direct_passthrough=True)


def _greeted(visit: _Visit) -> Response:
    """git's first answer in protocol 2: what it can do, whatever refs there are. It is asked once
    for each state of the repository's configuration."""
    folder = repositories.path_of(visit.site, visit.repository)
    made = (folder / "config").stat()
    key = folder, made.st_ino, made.st_ctime_ns
    known = visit.site.greetings.get(key)
    if known is None:
        known = _whole(visit, {})
        if known.status_code == 200:
            visit.site.greetings[key] = known
    return Response(known.get_data(), known.status, known.headers)


def _push(visit: _Visit, user: Account | None) -> Response:
    site, db, repository = visit.site, visit.db, visit.repository
    if user is None:
        raise Refusal(401, "Authentication is required to push.")
    if not pushes.may_push(db, repository, user):
        denied = f"Permission to {repository.full_name}.git denied to {user.login}."
        raise Refusal(403, denied)
    only = only_for(site, visit.request.headers.get("Authorization"))
    if only is not None and repository.full_name.lower() not in only:
        raise Refusal(403, "Write access to repository not granted.")
    extra = {"REMOTE_USER": user.login}
    if visit.request.method == "POST":
        reconcile(site, db, repository)
        try:
            wanted = pushes.commands(visit.body)
        except pushes.UnreadablePush as exc:
            raise Refusal(400, "This is not a push.") from exc
        with db.reading():
            most = site.limits.refs_a_push
            extra |= hook.environment(pushes.judge(site, db, repository, user, wanted, most=most))
    answer = _whole(visit, extra)
    if visit.request.method == "POST":
        reconcile(site, db, repository, user)
    return answer


def _whole(visit: _Visit, extra: Mapping[str, str]) -> Response:
    with _start(visit, extra) as process:
        status, headers = _head(process)
        out = cast("IO[bytes]", process.stdout).read()
    return Response(out, status, headers)


def _spool(request: Request, body: IO[bytes]) -> None:
    """Take the whole body in, unpacked: what the rules judge must be what git will read."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding not in {"identity", "gzip", "x-gzip"}:
        raise Refusal(415, "Unknown content encoding.")
    try:
        if encoding == "identity":
            shutil.copyfileobj(request.stream, body, _CHUNK)
        else:
            with gzip.GzipFile(fileobj=request.stream, mode="rb") as packed:
                shutil.copyfileobj(packed, body, _CHUNK)
    except (OSError, EOFError, zlib.error) as exc:
        raise Refusal(400, "The request's body is damaged.") from exc
    body.seek(0)


def _start(visit: _Visit, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
    request = visit.request
    tail = request.path.split("/", 3)[3]
    environment = sealed_environment(
        config=(("core.hooksPath", str(hook.hooks_folder(visit.site.root))), *_CONFIG)
    )
    environment |= {
        "GIT_PROJECT_ROOT": str(visit.site.root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{visit.repository.full_name}.git/{tail}",
        "QUERY_STRING": request.query_string.decode("latin-1"),
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "REMOTE_ADDR": request.remote_addr or "",
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        **extra,
    }
    visit.body.flush()
    os.lseek(visit.body.fileno(), 0, os.SEEK_SET)  # Python's own seek may only move its buffer
    return subprocess.Popen(
        ["git", "http-backend"],
        env=environment,
        stdin=visit.body,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _head(process: subprocess.Popen[bytes]) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers of a CGI answer."""
    out = cast("IO[bytes]", process.stdout)
    status, headers = 200, list[tuple[str, str]]()
    while line := out.readline().strip():
        name, _, value = line.decode("latin-1").partition(": ")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers.append((name, value))
    return status, headers


class _Streamed:
    """The rest of a process's output; closing it ends the process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def __iter__(self) -> Iterator[bytes]:
        out = cast("IO[bytes]", self._process.stdout)
        while chunk := out.read(_CHUNK):
            yield chunk

    def close(self) -> None:
        cast("IO[bytes]", self._process.stdout).close()
        self._process.terminate()
        self._process.wait()
