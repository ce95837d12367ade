"""How the signs of life of boxes read: who builds for a platform, and when it was last heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.boxes.sign import Doing, silent_for
from stacker.render.times import ago

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.boxes.known import Known
    from stacker.boxes.sign import Sign

_SKEW = 120  # seconds that clocks may differ without a word
_DAY = 86_400  # seconds


def boxes_lines(known: Known, platforms: Sequence[str], now: int) -> list[str]:
    """A line for each of the plan's `platforms` that a box builds for; `now` in s since 1970."""
    old = f" (home was read {ago(now - known.read_at)})" if now - known.read_at > _DAY else ""
    lines = []
    for name in platforms:
        signs = known.of(name)
        if signs:
            more = f", and {len(signs) - 1} more" if len(signs) > 1 else ""
            lines.append(f"{name}: {box_text(signs[0], known, now)}{more}{old}")
    return lines


def boxes_document(known: Known) -> list[dict[str, object]]:
    """The same for scripts; times are seconds since 1970, `silent` is in seconds or null."""
    return [
        {
            "box": one.box, "host": one.host, "account": one.account,
            "platforms": list(one.platforms), "doing": str(one.doing), "what": one.what,
            "version": one.version, "looked_at": one.looked_at, "at": one.at,
            "stacker": one.stacker, "silent": one.silence(known.read_at),
        }
        for one in known.signs
    ]  # fmt: skip


def box_text(one: Sign, known: Known, now: int) -> str:
    """What a box last said of itself, and when: `box pi-4 looked 3 min ago, idle`."""
    silence, when = one.silence(known.read_at), _when(now - one.at)
    if silence is not None:
        return f"box {one.host} {silent_for(now - one.at)}; it was {_doing(one)}"
    if one.doing is Doing.BUILDING:
        return f"box {one.host} {_doing(one)}, said {when}"
    return f"box {one.host} looked {when}, {_doing(one)}"


def _doing(one: Sign) -> str:
    match one.doing:
        case Doing.IDLE:
            return f"idle ({one.what})" if one.what else "idle"
        case Doing.BUILDING:
            return f"building {one.what}"
        case Doing.WAITING:
            return f"waiting: {one.what}"
        case Doing.TROUBLE:
            return f"in trouble: {one.what}"
        case never:
            assert_never(never)


def _when(passed: int) -> str:
    if passed < -_SKEW:
        return "at a time that is still to come (a clock is wrong)"
    return ago(passed)
