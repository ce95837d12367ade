"""`series/<stage>.md`: what a stage's pull request says. Pure."""

from __future__ import annotations


def stage_text(raw: bytes | None, stage: str) -> tuple[str, str]:
    """(title, body) of `series/<stage>.md`: the first line is `# title`.

    It goes far, to forges and into commits: nothing unseen is in it that controls a terminal.
    """
    lines = (raw or b"").decode("utf-8", "replace").replace("\r\n", "\n").strip().split("\n")
    title = lines[0].removeprefix("#").strip() or stage
    return seen(title), "\n".join(lines[1:]).strip()


def seen(title: str) -> str:
    """A title as people see it: what cannot be seen is written out."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in title)
