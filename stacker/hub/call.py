"""One request to the hub as values: who asks for what, what is answered, how it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stacker.errors import StackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from werkzeug.wrappers import Response

    from stacker.hub.records import Account, Repository
    from stacker.hub.state import Database

Json = dict[str, object]

BARE_LIST = ""  # the field under which a body that is no object but a list is read
DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(StackerError):
    """What a caller may not do or asked wrongly, with GitHub's status, words and `errors` list."""

    def __init__(
        self,
        status: int,
        message: str,
        *errors: Json | str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.errors = errors
        self.headers = headers or {}

    def body(self) -> Json:
        """The JSON document GitHub sends with such a refusal."""
        body: Json = {"message": self.message}
        if self.errors:
            body["errors"] = list(self.errors)
        return body | {"documentation_url": DOCUMENTATION, "status": str(self.status)}


def not_found() -> Refusal:
    """What GitHub says of things that are not there, or not for the caller's eyes."""
    return Refusal(404, "Not Found")


def needs_admin() -> Refusal:
    """GitHub's answer to those who may see a thing but not change it."""
    return Refusal(403, "Must have admin rights to Repository.")


def invalid(resource: str, name: str, code: str = "invalid") -> Refusal:
    """422 about one field; `code` as in GitHub's list (missing_field, invalid, ...)."""
    return Refusal(422, "Validation Failed", {"resource": resource, "field": name, "code": code})


def unprocessable(resource: str, message: str) -> Refusal:
    """422 in words of its own."""
    return Refusal(
        422, "Validation Failed", {"resource": resource, "code": "custom", "message": message}
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a JSON document (None: an empty body), more headers.

    With a `media` type the body is bytes of that type instead.
    """

    body: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON object that came with a request; every field is checked when it is read."""

    fields: Mapping[str, object]

    def __contains__(self, name: str) -> bool:
        return self.fields.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """A string; 422 when it is none, or absent without a default."""
        value = self.fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not _storable(value):
            raise self._refused(name, value)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """A boolean, or the default when absent or null."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._refused(name, value)
        return value

    def number(self, name: str, default: int) -> int:
        """A whole number, or the default when absent or null."""
        value = self.fields.get(name)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._refused(name, value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; absent is empty."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self._refused(name, value)
        if not all(isinstance(item, str) and _storable(item) for item in value):
            raise self._refused(name, value)
        return tuple(value)

    def part(self, name: str) -> Body | None:
        """A nested object, or None when absent or null."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._refused(name, value)
        return Body(value)

    def parts(self, name: str) -> tuple[Body, ...]:
        """A list of nested objects; absent is empty."""
        value = self.fields.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._refused(name, value)
        return tuple(Body(item) for item in value)

    @staticmethod
    def _refused(name: str, value: object) -> Refusal:
        return invalid("Request", name, "missing_field" if value is None else "invalid")


def _storable(text: str) -> bool:
    """JSON can spell half a surrogate pair, which no encoding can write down."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


@dataclass(frozen=True, slots=True)
class Limits:
    """What each user may ask: calls an hour, requests that create content, and how many refs a push
    may move, where there is a policy for that."""

    calls_an_hour: int = 5000
    creations_a_minute: int = 80
    creations_an_hour: int = 500
    refs_a_push: int | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """What one server serves: the hub's root, whose tokens it knows, its clock and limits.

    `only` has the fine-grained tokens, each with the repositories (in lower case) it is for;
    `greetings` what git says first in each repository, by when that was configured.
    """

    root: Path
    tokens: Mapping[str, str]
    clock: Callable[[], datetime]
    limits: Limits
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    greetings: dict[tuple[Path, int, int], Response] = field(default_factory=dict)

    def now(self) -> str:
        """The time in GitHub's form, to the second, UTC."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Call:
    """One request for JSON, with everything that its handler may use.

    `only` are the repositories that the token is for; None: all that its owner may change.
    """

    site: Site
    db: Database
    origin: str
    path: str
    query: Mapping[str, str]
    body: Body
    asker: Account | None
    found: Repository | None
    only: frozenset[str] | None = None
    accept: str = ""

    @property
    def user(self) -> Account:
        """Who asks; 401 when nobody said who they are."""
        if self.asker is None:
            raise Refusal(401, "Requires authentication")
        return self.asker

    @property
    def repository(self) -> Repository:
        """The repository that the address names; 404 when there is none."""
        if self.found is None:
            raise not_found()
        return self.found

    def insist(self, repository: Repository) -> None:
        """Refuse a token that is not for this repository, whatever its owner may do there."""
        if self.only is not None and repository.full_name.lower() not in self.only:
            raise Refusal(403, "Resource not accessible by personal access token")

    @property
    def now(self) -> str:
        """The time of this request."""
        return self.site.now()
