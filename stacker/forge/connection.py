"""One connection to a forge's API: PyGithub, made patient, careful and quiet."""

from __future__ import annotations

import ipaddress
import logging
import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import github
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass, Requester

from stacker.errors import ForgeError
from stacker.forge.answers import at, expect_list, unreadable
from stacker.forge.failures import ABSENT_HINT, PAUSE_HINT, NoAnswer, Refused, ask, words_of
from stacker.forge.pace import jittered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from github.Requester import RequestsResponse

    from stacker.forge.pace import Pace

# On import PyGithub sets up a handler that writes to stderr.
logging.getLogger("github").handlers[:] = [logging.NullHandler()]

API_VERSION = "2022-11-28"
PER_PAGE = 100
_TIMEOUT = 30  # seconds for each try
_MOST_PAUSES = 5  # that one call waits for when the forge asks for them
_MOST_PAGES = 100
_PAUSES = (0.5, 2.0)  # seconds before a question by GraphQL is asked again
T = TypeVar("T")


class PatientRetry(github.GithubRetry):
    """Repeats what may be repeated: never a POST, nor the PUT that merges. A pause that the forge
    asks for is kept by `Connection`, where it can be told."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Whether to ask the same again at once, or nearly so."""
        pause = status_code in {403, 429}
        return not pause and super().is_retry(method, status_code, has_retry_after)

    def get_backoff_time(self) -> float:
        """Seconds before the next try."""
        return jittered(super().get_backoff_time())


class _Direct(HTTPRequestsConnectionClass):
    """Plain HTTP; to this machine itself never through a proxy that the environment names."""

    def getresponse(self) -> RequestsResponse:
        """Send what `request` was told."""
        if is_loopback(self.host):
            self.session.trust_env = False
        return super().getresponse()

    def close(self) -> None:
        """Close its sockets now; a session alone leaves those of a retried request to the gc."""
        pools = self.adapter.poolmanager.pools
        for key in tuple(pools.keys()):
            pools[key].close()
        super().close()


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Connection:
    """A session with one API, for one thread; close it when done."""

    def __init__(self, api_url: str, token: str | None, pace: Pace) -> None:
        parts = urlsplit(api_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise ForgeError(
                "the forge's address must be http(s)://HOST without a user name in it",
                hint="Set `forge` in series.toml to a URL such as https://github.example.com.",
            )
        self.token = token
        self._pace = pace
        self.pauses = (0.0, 0.05) if pace.here else _PAUSES
        Requester.injectConnectionClasses(_Direct, HTTPSRequestsConnectionClass)
        self.github = github.Github(
            base_url=api_url.rstrip("/"),
            auth=github.Auth.Token(token) if token else None,
            api_version=API_VERSION,
            user_agent="stacker",
            lazy=True,
            per_page=PER_PAGE,
            timeout=_TIMEOUT,
            retry=PatientRetry(
                total=4,
                backoff_factor=0.01 if pace.here else 0.5,
                allowed_methods={"GET", "HEAD", "PATCH", "DELETE"},
                raise_on_status=False,
            ),
            seconds_between_requests=0 if pace.here else 0.25,
            seconds_between_writes=0 if pace.here else 1.0,
        )

    def close(self) -> None:
        """Close its sockets."""
        self.github.close()

    def get(
        self,
        what: str,
        path: str,
        parameters: Mapping[str, object] | None = None,
        *,
        accept: str | None = None,
    ) -> object:
        """The JSON at `path` (which starts with `/`), or what `accept` asks for instead.

        `what` completes "cannot …".
        """
        given = dict(parameters or {})
        headers = {"Accept": accept} if accept else None
        requester = self.github.requester
        return self.ask(what, lambda: requester.requestJsonAndCheck("GET", path, given, headers)[1])

    def ask(self, what: str, call: Callable[[], T]) -> T:
        """What `call`, one call of PyGithub that reads, gives."""
        self._pace.asking(what)
        return self._patiently(lambda: ask(what, call, act=False, token=self.token))

    def act(self, what: str, call: Callable[[], T]) -> T:
        """What `call`, one call of PyGithub that changes something, gives."""
        self._pace.change()
        self._pace.asking(what)
        return self._patiently(lambda: ask(what, call, act=True, token=self.token))

    def _patiently(self, call: Callable[[], T]) -> T:
        """Ask again after each pause that the forge wants: it did nothing of what it put off."""
        for _ in range(_MOST_PAUSES):
            try:
                return call()
            except Refused as refusal:
                pause = self._pace.grants(refusal.pause) if refusal.limited else None
                if pause is None:
                    raise
            self._pace.pause(pause)
        return call()

    def pages(self, what: str, path: str, *inside: str, **parameters: str) -> Iterator[object]:
        """Every element of a list in pages; `inside` leads to the list in each page.

        Pages are counted, not followed: an address in an answer is never asked.
        """
        for page in range(1, _MOST_PAGES + 1):
            data = self.get(what, path, {**parameters, "per_page": PER_PAGE, "page": page})
            elements = expect_list(data, *inside)
            yield from elements
            if len(elements) < PER_PAGE:
                return
        raise ForgeError(f"cannot {what}: there are more than {_MOST_PAGES * PER_PAGE} entries")

    def read_graph(self, what: str, document: str, variables: Mapping[str, object]) -> object:
        """The `repository` that a GraphQL query answers; asked again when the answer is lost.

        An alias of it that names nothing is null there; any other error raises.
        """
        self._pace.asking(what)
        for pause in self.pauses:
            try:
                return self._ask_graph(what, document, variables)
            except NoAnswer:
                time.sleep(jittered(pause))
        return self._ask_graph(what, document, variables)

    def _ask_graph(self, what: str, document: str, variables: Mapping[str, object]) -> object:
        answer = self.ask(what, lambda: self._raw_graph(document, variables))
        errors = at(answer, "errors")
        if errors is not None and not _only_absent(errors):
            raise _graph_error(what, errors)
        repository = at(answer, "data", "repository")
        if not isinstance(repository, dict):
            raise unreadable(("data", "repository"), "an object", repository)
        return repository

    def _raw_graph(self, document: str, variables: Mapping[str, object]) -> object:
        try:
            return self.github.requester.graphql_query(document, dict(variables))[1]
        except github.GithubException as exc:
            if isinstance(exc.data, dict) and "data" in exc.data:
                return exc.data
            raise

    def change_graph(
        self, what: str, mutation: str, values: Mapping[str, object], out: str
    ) -> object:
        """Run one GraphQL mutation and return what it answers under its name."""
        requester = self.github.requester
        return self.act(
            what, lambda: requester.graphql_named_mutation(mutation, dict(values), out)[1]
        )


def _only_absent(errors: object) -> bool:
    """Whether all that is wrong is that single things under `repository` are not there."""
    return isinstance(errors, list) and all(
        at(entry, "type") == "NOT_FOUND"
        and isinstance(path := at(entry, "path"), list)
        and len(path) == 2
        and path[0] == "repository"
        for entry in errors
    )


def _graph_error(what: str, errors: object) -> ForgeError:
    words = words_of({"errors": errors}) or "the forge answered with an error"
    kinds = {at(entry, "type") for entry in errors} if isinstance(errors, list) else set()
    hint = ""
    if "NOT_FOUND" in kinds:
        hint = ABSENT_HINT
    elif "RATE_LIMITED" in kinds:
        hint = PAUSE_HINT
    return ForgeError(f"cannot {what}: {words}", hint=hint)
