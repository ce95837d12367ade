"""Commits and mails of every kind, hostile ones too, for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from stacker.git.objects import Signature
from stacker.series.patches.patchfile import Patch

DIFF = b"""\
diff --git a/a.txt b/a.txt
index 5626abf0f72e58d7a153368ba57db4c673c0e171..814f4a422927b82f5f8a43f8fab6d3839e3983f1 100644
--- a/a.txt
+++ b/a.txt
@@ -1 +1,2 @@
 one
+two
"""
FROM_LINE = b"From 8a1657b93469580ef345c7c91738587f3d76e87d Mon Sep 17 00:00:00 2001"

odd_lines = st.sampled_from(
    [b"---", b"--- ", b"diff --git a/x b/x", b"Index: x", b"From: M <m@x.org>", b"Subject: s",
     FROM_LINE, b"From x", b"-- ", b"-- >8 --", b"", b"[PATCH] x", b"Re: x", b" indented",
     b"X-Stacker-Message: eA==", b"=?UTF-8?B?eA==?=", "Grüße".encode(), b"\xe4", b"a\r", b"# c",
     b"Signed-off-by: A <a@b.org>", b"word", b"two words"]
)  # fmt: skip
messages = st.one_of(
    st.binary(max_size=80), st.lists(odd_lines, max_size=6).map(b"\n".join),
    st.lists(odd_lines, max_size=6).map(lambda lines: b"word\n\n" + b"\n".join(lines) + b"\n"),
)  # fmt: skip
one_line = st.binary(max_size=70).map(lambda b: b.translate(None, b"\n\0<>"))
texts = st.text(max_size=30).map(lambda t: t.encode("utf-8", "replace").translate(None, b"\n\0<>"))
moments = st.one_of(
    st.builds(
        lambda s, z, h, m: f"{s} {z}{h:02d}{m:02d}".encode(),
        st.integers(0, 2**34), st.sampled_from("+-"), st.integers(0, 14), st.integers(0, 59),
    ),
    st.binary(max_size=10).map(lambda b: b.translate(None, b"\n\0<>")),
)  # fmt: skip
authors = st.builds(
    Signature,
    st.one_of(one_line, texts, st.sampled_from([b"A B", b"", b"x@y", b" lead", b"tail "])),
    st.one_of(one_line, st.sampled_from([b"a@example.org", b"", b"a b"])),
    moments,
)
encodings = st.one_of(
    st.none(),
    st.sampled_from([b"latin1", b"ISO-8859-1", b"utf-7", b"idna", b"rot13", b"\xff", b""]),
)
patches = st.builds(
    Patch, authors, messages, encodings,
    st.sampled_from([b"", DIFF, DIFF + b"-- \n", DIFF.replace(b"two\n", b"two\r\n"),
                     DIFF + b"\\ No newline at end of file\n"]),
)  # fmt: skip

header = st.one_of(
    st.sampled_from([b"From", b"Date", b"Subject", b"X-Stacker-Message", b"X-Stacker-Author",
                     b"X-Stacker-Encoding", b"Content-Transfer-Encoding", b"Content-Type"]),
    st.binary(max_size=5),
)  # fmt: skip
values = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"A <a@b>", b"Thu, 1 Feb 2019 00:00:00 +0000", b"=?utf-7?B?2AA=?=", b"base64",
                     b"=?idna?Q?xn--?=", b"=?unicode_escape?Q?=5Cud800?=", b"=?x?B?a?=", b"eA==",
                     b"Thu, 1 Feb 2019 00:00:00 -99999999999", b"quoted-printable", b"=?a\0?Q?x?=",
                     b"multipart/mixed; boundary=x", b"text/plain; charset=utf-7", b"text/html",
                     b"QQo8YT4gMSArMA==", b"QSA8YUBiPiAxICswMDAw",
                     b"1 1 1 1", b"0", b":::", b"\"", b"<", b">", b"Thu, 1 Feb 99999 0:0:0 +0"]),
)  # fmt: skip
mails = st.builds(
    lambda fields, body: b"".join(k + b": " + v + b"\n" for k, v in fields) + b"\n" + body,
    st.lists(st.tuples(header, values), max_size=7), st.one_of(st.binary(max_size=60), messages),
)  # fmt: skip
