"""A forge that is asked each question once: what it said a moment ago is not asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.land.gather import LandForge


class Once:
    """Reads alone go through it. What was read stays, so it must be read when it counts."""

    def __init__(self, forge: LandForge) -> None:
        self._forge = forge
        self._said: dict[str, object] = {}

    def __getattr__(self, name: str) -> Callable[..., object]:
        call = getattr(self._forge, name)

        def asked(*args: Any, **more: Any) -> object:  # noqa: ANN401 - whatever a question takes
            key = f"{name} {args!r} {sorted(more.items())!r}"
            if key not in self._said:
                self._said[key] = call(*args, **more)
            return self._said[key]

        return asked
