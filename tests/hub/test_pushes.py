"""Reading the commands of a push from the body of a request."""

from __future__ import annotations

from io import BytesIO

import pytest

from stacker.hub.pushes import Command, UnreadablePush, commands

OLD, NEW, NONE = "a" * 40, "b" * 40, "0" * 40


def packet(text):
    raw = text.encode()
    return f"{len(raw) + 4:04x}".encode() + raw


def test_commands_end_at_the_flush():
    body = BytesIO(
        packet(f"{OLD} {NEW} refs/heads/master\0 report-status atomic")
        + packet(f"{OLD} {NONE} refs/heads/gone\n")
        + b"0000PACK..."
    )
    assert commands(body) == [Command("refs/heads/master", NEW), Command("refs/heads/gone", NONE)]
    assert [command.deletes for command in commands(BytesIO(body.getvalue()))] == [False, True]
    assert body.read() == b"PACK..."


def test_shallow_lines_are_no_commands():
    line = packet(f"{OLD} {NEW} refs/heads/x\0")
    assert commands(BytesIO(packet(f"shallow {OLD}") + line + b"0000")) == [
        Command("refs/heads/x", NEW)
    ]


@pytest.mark.parametrize(
    "raw",
    [
        packet("push-cert\0atomic") + b"0000",
        packet(f"{OLD} refs/heads/x") + b"0000",
        packet(f"{OLD} {NEW} ") + b"0000",
        b"zzzz",
        b"0040" + b"too short",
        b"0002",
    ],
)
def test_what_git_might_read_otherwise_is_refused(raw):
    with pytest.raises(UnreadablePush):
        commands(BytesIO(raw))
