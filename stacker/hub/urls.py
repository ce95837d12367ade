"""Addresses in answers: they follow the Host that the caller used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from stacker.hub.records import Repository


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses on one hub, as seen from one caller; `origin` is `http://host:port`."""

    origin: str

    def api(self, *parts: str | int) -> str:
        """An address of the REST API."""
        return "/".join([f"{self.origin}/api/v3", *(quote(str(part)) for part in parts)])

    def page(self, *parts: str | int) -> str:
        """An address for people (the hub has no pages; GitHub's form is kept)."""
        return "/".join([self.origin, *(quote(str(part)) for part in parts)])

    def repository(self, repository: Repository, *parts: str | int) -> str:
        """An address of the REST API below a repository."""
        return self.api("repos", repository.full_name, *parts)
