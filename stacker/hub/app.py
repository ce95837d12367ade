"""The hub's one door for HTTP: to git, to REST or to GraphQL, with GitHub's headers on the way."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from typing import TYPE_CHECKING
from uuid import uuid4

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.wrappers import Request, Response

from stacker.hub import limits, repositories
from stacker.hub.auth import account, only_for, who
from stacker.hub.call import BARE_LIST, Answer, Body, Call, Refusal, not_found
from stacker.hub.githttp import serve_git
from stacker.hub.graph.answer import answer as answer_graph
from stacker.hub.reconcile import reconcile
from stacker.hub.rest.routes import ROUTES, creates_content, keeps_own_transactions, moves_refs
from stacker.hub.state import connect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from stacker.hub.call import Site
    from stacker.hub.records import Account, Repository
    from stacker.hub.rest.routes import Handler
    from stacker.hub.state import Database

_LOG = logging.getLogger("stacker.hub")
_LOG.addHandler(logging.NullHandler())
_LARGEST_BODY = 10_000_000
_RATE_LIMIT = "/api/v3/rate_limit"  # the one address that costs nothing
_API_VERSION = "2022-11-28"
_SCOPES = "repo, workflow"  # of a classic token; a fine-grained one has none
_GIT = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")


class Application:
    """The WSGI application of one hub; it keeps nothing between requests."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        git = _GIT.fullmatch(request.path)
        if git is None:
            request.max_content_length = _LARGEST_BODY
        response = self._git(request, git) if git else self._json(request)
        return response(environ, start_response)

    def _git(self, request: Request, address: re.Match[str]) -> Response:
        try:
            return serve_git(self._site, request, *address.groups())
        except Exception:  # noqa: BLE001 - logged; the hub goes on
            _LOG.exception("%s %s", request.method, request.path)
            return Response("Server Error\n", 500, content_type="text/plain")

    def _json(self, request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            body = request.get_data()  # whatever happens, the connection must be free of it
            answer = self._answer(request, body, headers)
        except Refusal as exc:
            answer = Answer(exc.body(), exc.status, exc.headers)
        except HTTPException as exc:
            code = exc.code or 500
            answer = Answer(Refusal(code, exc.name).body(), code)
        except Exception:  # noqa: BLE001 - logged; the hub goes on
            _LOG.exception("%s %s", request.method, request.path)
            answer = Answer(Refusal(500, "Server Error").body(), 500)
        response = _respond(request, answer, headers)
        if response.status_code == 304 and request.path != _RATE_LIMIT:
            self._give_back(request, response)
        return response

    def _give_back(self, request: Request, response: Response) -> None:
        """What has not changed costs those nothing who said who they are."""
        login = who(self._site.tokens, request.headers.get("Authorization"))
        if login is not None:
            with connect(self._site.root) as db:
                allowance = limits.count(self._site, db, login, calls=-1)
            response.headers.update(allowance.headers())

    def _answer(self, request: Request, body: bytes, headers: dict[str, str]) -> Answer:
        site = self._site
        try:
            login = who(site.tokens, request.headers.get("Authorization"))
        except Refusal:
            headers.update(limits.Allowance(site.limits.calls_an_hour, 0, 0).headers())
            raise
        with connect(site.root) as db:
            asking = request.path != _RATE_LIMIT
            allowance = limits.count(site, db, login, calls=int(asking))
            headers.update(allowance.headers())
            if asking and allowance.exceeded:
                raise Refusal(403, f"API rate limit exceeded for {login or 'your address'}.")
            if not asking:
                return Answer(allowance.document())
            asker = account(db, login) if login else None
            if asker and only_for(site, request.headers.get("Authorization")) is None:
                headers["X-OAuth-Scopes"] = _SCOPES
            if request.path.rstrip("/") == "/api/graphql":
                return self._graph(request, db, asker, body, allowance)
            return self._rest(request, db, asker, body)

    def _graph(
        self,
        request: Request,
        db: Database,
        asker: Account | None,
        body: bytes,
        allowance: limits.Allowance,
    ) -> Answer:
        if request.method != "POST":
            raise not_found()
        if asker is None:
            raise Refusal(401, "This endpoint requires you to be authenticated.")
        call = self._call(request, db, asker, _document(body), None)
        return answer_graph(call, allowance)

    def _rest(self, request: Request, db: Database, asker: Account | None, body: bytes) -> Answer:
        try:
            handler, args = ROUTES.bind_to_environ(request.environ).match()
        except (NotFound, MethodNotAllowed) as exc:
            raise not_found() from exc
        changes = request.method not in {"GET", "HEAD"}
        if changes and asker is None:
            raise Refusal(401, "Requires authentication")
        if asker is not None and creates_content(handler):
            limits.create(self._site, db, asker.login)
        args = dict(args)
        found = None
        if "owner" in args:
            found = repositories.find(self._site, db, args.pop("owner"), args.pop("repo"))
            if found is None:
                raise not_found()
            reconcile(self._site, db, found)
        call = self._call(request, db, asker, _document(body) if changes else Body({}), found)
        if changes and found is not None:
            call.insist(found)
        answer = _handle(handler, call, args, changes=changes)
        if found is not None and moves_refs(handler):
            reconcile(self._site, db, found, asker)
        return answer

    def _call(
        self,
        request: Request,
        db: Database,
        asker: Account | None,
        body: Body,
        found: Repository | None,
    ) -> Call:
        origin = request.host_url.rstrip("/")
        query = dict(request.args.items())
        only = only_for(self._site, request.headers.get("Authorization"))
        accept = request.headers.get("Accept", "")
        return Call(self._site, db, origin, request.path, query, body, asker, found, only, accept)


def _handle(handler: Handler, call: Call, args: dict[str, object], *, changes: bool) -> Answer:
    if keeps_own_transactions(handler):
        return handler(call, **args)
    with call.db.writing() if changes else call.db.reading():
        return handler(call, **args)


def _document(body: bytes) -> Body:
    if not body.strip():
        return Body({})
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as exc:
        raise Refusal(400, "Problems parsing JSON") from exc
    if isinstance(fields, list):
        return Body({BARE_LIST: fields})
    if not isinstance(fields, dict):
        raise Refusal(400, "Body should be a JSON object")
    return Body(fields)


def _respond(request: Request, answer: Answer, headers: dict[str, str]) -> Response:
    if isinstance(answer.body, bytes):
        data = answer.body
    else:
        text = "" if answer.status == 204 else json.dumps(answer.body, ensure_ascii=False)
        data = text.encode("utf-8", "replace")
    media = answer.media or "application/json"
    response = Response(data, answer.status, content_type=f"{media}; charset=utf-8")
    response.headers.update(dict(answer.headers) | headers)
    response.headers["X-GitHub-Request-Id"] = uuid4().hex.upper()
    response.headers["X-GitHub-Api-Version"] = _API_VERSION
    response.headers["X-GitHub-Api-Version-Selected"] = _API_VERSION
    response.headers["X-GitHub-Media-Type"] = (
        f"github.v3; param={answer.media.rpartition('.')[2]}" if answer.media
        else "github.v3; format=json"
    )  # fmt: skip
    if request.method in {"GET", "HEAD"} and answer.status == 200:
        response.set_etag(hashlib.sha256(data).hexdigest(), weak=True)
        if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code = 304
            response.set_data(b"")
    return response
