"""Words that mean something in the files that stacker reads: put into them, they do most harm."""

from __future__ import annotations

MAIL = (
    b"\n", b"\n\n", b"---\n", b"\ndiff --git a/x b/x\n",
    b"From 8a1657b93469580ef345c7c91738587f3d76e87d Mon Sep 17 00:00:00 2001\nX: y\n",
    b"\r\n", b"From: M <m@x>\n", b"=?utf-8?B?Cg==?=", b"=?x?Q?=00?=", b"; charset=utf-16",
    b"multipart/mixed", b"; boundary=x", b"quoted-printable", b"<", b">", b'"', b"\\", b"\0",
    b"X-Stacker-Author: QQo8YT4gMSArMA==\n", b"X-Stacker-Message: eA==\n",
    b"X-Stacker-Encoding: Cg==\n",
)  # fmt: skip
DIFF = (
    b"\n", b"@@ -1 +1 @@\n", b"--- a/a\n+++ b/a\n", b"--- a/d/b\n+++ b/../x\n", b"/dev/null",
    b"new file mode 120000\n", b"new file mode 100644\n", b"deleted file mode 100644\n",
    b"rename from a\nrename to b\n", b"copy from a\ncopy to ../b\n", b"GIT binary patch\n",
    b"delta 999999\n", b"literal 0\n", b"diff --git a/.git/x b/.git/x\n", b"\\ No newline\n",
    b".git", b"../", b'"\\303', b"\\", b"+", b"-", b" ", b"old mode 160000\n", b"\r", b"\0",
    b"0" * 40,
)  # fmt: skip
TOML = (
    b"[", b"]", b"[[", b"]]", b"=", b'"', b"'''", b"\n", b"{", b"}", b'needs = ["a"]\n',
    b"[stages]\n", b"1979-05-27", b"true", b"\\u0000", b"../", b"\r", b"\r\n",
    b"\xff",
)  # fmt: skip
RESOLUTION = (
    b"path: ", b'"', b"../", b"\n\n", b"null", b"[" * 9, b"1e999", b"\\ud800", b"gone",
    b"\n<<<<<<< upstream\n", b"\n>>>>>>> mine\n",
)  # fmt: skip
