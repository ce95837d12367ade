"""Every answer that a hub gives in any test, held against GitHub's own description of it.

The judge is githubkit, generated from GitHub's description of API version 2022-11-28: for each
operation it knows the model of the answer and of each refusal. Nothing here says what an answer
looks like. An address that GitHub does not have is a broken contract too.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VERSION = "2022-11-28"
API, GRAPH = "/api/v3", "/api/graphql"
SUBJECTS = ("checks", "git", "issues", "pulls", "rate_limit", "repos", "users")
_DOCUMENTED = re.compile(r"^\s*(GET|POST|PUT|PATCH|DELETE) (/\S*)\s*$", re.MULTILINE)

# What GitHub answers though its description has it at another address only.
_ALIASES = {
    # The older address of the same list, which PyGithub still uses.
    "GET /repos/{}/{}/statuses/{}": "GET /repos/{}/{}/commits/{}/statuses",
    # All refs: an empty last parameter.
    "GET /repos/{}/{}/git/matching-refs": "GET /repos/{}/{}/git/matching-refs/{}",
}
_GRAPH_PARTS = frozenset({"data", "errors", "extensions"})
_SCALARS = {
    "DateTime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "GitObjectID": re.compile(r"[0-9a-f]{40}"),
    "URI": re.compile(r"https?://\S+"),
}
_HEADERS = ("x-github-request-id", "x-github-api-version-selected", "x-github-media-type")
_COUNTED = (
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset",
    "x-ratelimit-resource",
)  # fmt: skip


class Operation:
    """One operation of GitHub's API, as githubkit was generated from its description."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self.said: str = call.__doc__ or ""

    @functools.cached_property
    def _asked(self) -> dict[str, Any]:
        """What githubkit expects when it asks: it is called, and what it would send is caught."""
        github = SimpleNamespace(
            config=SimpleNamespace(rest_api_validate_body=False),
            request=lambda method, url, **more: more,
        )
        client = SimpleNamespace(_github=github, _REST_API_VERSION=VERSION)
        given = [
            "x"
            for each in inspect.signature(self._call).parameters.values()
            if each.kind is each.POSITIONAL_OR_KEYWORD and each.default is each.empty
        ]
        return dict(self._call(client, *given[1:]))

    @property
    def model(self) -> Any:
        """The model of the answer; None: it is empty."""
        return self._asked.get("response_model")

    def refusal(self, status: int) -> Any:
        """The model of a refusal; one that is not described there has one of the common forms."""
        models = self._asked.get("error_models", {})
        return models.get(str(status), _common(status))


@functools.cache
def operations() -> dict[str, Operation]:
    """Every operation of the subjects that the hub knows, by `METHOD /path/{}`."""
    found = {}
    for subject in SUBJECTS:
        module = import_module(f"githubkit_schemas.v2022_11_28.rest.{subject}")
        [client] = [
            each
            for name, each in vars(module).items()
            if name.endswith("Client") and each.__module__ == module.__name__
        ]
        for name, call in vars(client).items():
            told = _DOCUMENTED.search(getattr(call, "__doc__", None) or "")
            if told and not name.startswith("async_"):
                found[f"{told[1]} {re.sub(r'{[^}]*}', '{}', told[2])}"] = Operation(call)
    return found


@functools.cache
def _models() -> Any:
    return import_module("githubkit_schemas.v2022_11_28.models")


def _common(status: int) -> Any:
    known = _models()
    if status == 422:
        return known.BasicError | known.ValidationError | known.ValidationErrorSimple
    return known.BasicError


def operation_of(verb: str, rule: str) -> Operation | None:
    """GitHub's operation at a route of the hub, written as Werkzeug does."""
    place = f"{verb} {re.sub(r'<[^>]*>', '{}', rule.removeprefix(API)).rstrip('/')}"
    return operations().get(_ALIASES.get(place, place))


def broken(method: str, path: str, status: int, headers: dict[str, str], body: bytes) -> list[str]:
    """What is wrong with an answer to a request below the REST address."""
    if status >= 500:
        return ["the hub broke down"]
    if path == GRAPH and status == 200:
        return _graph_broken(json.loads(body))
    wrong = [f"no header {name}" for name in _headers(status) if name not in headers]
    verb = "GET" if method == "HEAD" else method
    rule = _route(verb, path)
    if rule is None:
        wrong += [] if status in {400, 401, 403, 404, 413} else [f"{status} where nothing is"]
        return wrong + _refused(_models().BasicError, status, body)
    operation = operation_of(verb, rule)
    if operation is None:
        return [*wrong, f"GitHub has nothing at {verb} {rule}"]
    if status in {204, 304} or (status < 300 and operation.model is None):
        return wrong + (["there is a body"] if body else [])
    media = headers.get("content-type", "").partition(";")[0]
    if status < 300 and media.startswith("application/vnd.github."):
        told = f"`{media}`" in operation.said
        return wrong + ([] if told else [f"{media} is no media type of it"])
    if status < 300:
        return wrong + _misshapen(operation.model, body)
    return wrong + _refused(operation.refusal(status), status, body)


def _graph_broken(answer: dict[str, Any]) -> list[str]:
    """The data itself has been made by the schema; here is what stands around it."""
    wrong = [f"{name} is no part of an answer" for name in answer if name not in _GRAPH_PARTS]
    wrong += [] if answer.get("data") or answer.get("errors") else ["neither data nor errors"]
    for error in answer.get("errors", ()):
        if error.get("message", "").startswith("Something went wrong"):
            wrong.append("the hub broke down")
        unknown = set(error) - {"message", "type", "path", "locations", "extensions"}
        wrong += [f"{name} is no part of an error" for name in sorted(unknown)]
    return wrong


@functools.cache
def _mind_scalars() -> None:
    """Let the schema refuse to write what is none of GitHub's dates, object ids and addresses."""
    from stacker.hub.graph.answer import _schema  # noqa: PLC0415 - as above

    for name, form in _SCALARS.items():

        def written(value: Any, form: re.Pattern[str] = form) -> str:
            if not isinstance(value, str) or not form.fullmatch(value):
                raise ValueError(f"{value!r} is no {form.pattern}")
            return value

        scalar: Any = _schema().type_map[name]
        scalar.serialize = written


def _headers(status: int) -> tuple[str, ...]:
    """What comes with every answer; a request that nobody read is not counted."""
    return _HEADERS if status == 413 else (*_HEADERS, *_COUNTED)


def _route(verb: str, path: str) -> str | None:
    from stacker.hub.rest.routes import ROUTES  # noqa: PLC0415 - most sessions have no hub

    if path == f"{API}/rate_limit":
        return path
    try:
        rule, _ = ROUTES.bind("hub").match(path, verb, return_rule=True)
    except HTTPException:
        return None
    return str(rule.rule)


@functools.cache
def _reader(model: Any) -> Any:
    from pydantic import TypeAdapter  # noqa: PLC0415 - as above

    return TypeAdapter(model)


def _misshapen(model: Any, body: bytes) -> list[str]:
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    try:
        _reader(model).validate_json(body, strict=True, extra="forbid")
    except ValidationError as exc:
        errors = exc.errors(include_url=False)
        return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in errors]
    return []


def _refused(model: Any, status: int, body: bytes) -> list[str]:
    """GitHub puts the status into every refusal; its description has it in some of them only."""
    document = json.loads(body)
    wrong = [] if document.pop("status", None) == str(status) else ["the body has another status"]
    return wrong + _misshapen(model, json.dumps(document).encode())


class Watch:
    """Looks at all that the hubs of this process, and of its forks, answer.

    What is wrong is written to a file, so that what a fork saw is not lost with it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: set[int] = set()
        self._read = 0
        file.touch()

    def put_on(self, application: Any, patch: Any) -> None:
        """Look over the shoulder of every application of that class."""
        answer = application.__call__

        def watched(hub: Any, environ: Any, start_response: Any) -> Any:
            path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
            if path == GRAPH:
                _mind_scalars()
            elif not path.startswith(f"{API}/"):
                return answer(hub, environ, start_response)
            told: list[Any] = []

            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                told[:] = [int(status[:3]), {name.lower(): value for name, value in headers}]
                return start_response(status, headers, *more)

            out = answer(hub, environ, start)
            body = b"".join(out)
            out.close()
            if environ["REQUEST_METHOD"] != "HEAD":
                self._look(environ["REQUEST_METHOD"], path, *told, body)
            return [body]

        patch.setattr(application, "__call__", watched)

    def _look(
        self, method: str, path: str, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        answered = hash((method, path, status, body))
        if answered in self._seen:
            return
        self._seen.add(answered)
        wrong = broken(method, path, status, headers, body)
        if wrong:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{method} {path} -> {status}: {'; '.join(wrong)}\n  {body[:300]!r}\n")

    def news(self) -> str:
        """What was written since the last look."""
        if self._file.stat().st_size == self._read:
            return ""
        text = self._file.read_bytes()[self._read :]
        self._read += len(text)
        return text.decode()


def watching(file: Path, patch: Any) -> Watch:
    """Watch every hub of this process."""
    from stacker.hub.app import Application  # noqa: PLC0415 - as above

    watch = Watch(file)
    watch.put_on(Application, patch)
    return watch
