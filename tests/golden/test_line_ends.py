"""Golden cases 1 to 7: line ends, and bytes that are no UTF-8."""

from __future__ import annotations

import base64
import quopri

import pytest
from beside import git

CRLF = b"one\r\ntwo\r\nthree\r\n"
CRLF_OURS = b"one\r\nTWO\r\nthree\r\n"


@pytest.fixture
def bat(case):
    """A file with CR LF in the repository, and our change of one line."""
    return case(base={"a.bat": CRLF}, ours={"a.bat": CRLF_OURS}, upstream={"b": "beside\n"})


@pytest.fixture
def plain(case):
    """The same with LF."""
    return case(base={"a.c": "one\ntwo\nthree\n"}, ours={"a.c": "one\nTWO\nthree\n"})


def test_01_a_file_with_cr_lf(bat):
    """git am strips the CR of mail and then fails, with -3 too; `--keep-cr` applies it exactly.

    Ours: read byte by byte, as it was written, and no option is needed.
    """
    assert bat.am().code != 0
    assert bat.am("-3").code != 0
    assert bat.am("--keep-cr").code == 0
    assert bat.has("a.bat") == CRLF_OURS
    stage = bat.stacker()["ours"]
    assert bat.ours(stage, "a.bat") == CRLF_OURS
    assert bat.fresh()["ours"]["commit"] == stage["commit"]


def test_02_a_patch_with_cr_lf_for_a_file_with_lf(plain):
    """git am takes a mail with CR LF everywhere; `--keep-cr` and `git apply` refuse it.

    Ours: an import takes the mail; a patch of the series that a checkout converted is refused
    with that reason, for such a file cannot be kept byte-exact.
    """
    mail = plain.mail("--full-index").replace(b"\n", b"\r\n")
    assert plain.am(mail=mail).code == 0
    assert plain.has("a.c") == b"one\nTWO\nthree\n"
    assert plain.am("--keep-cr", mail=mail).code != 0
    plain.at("base")
    assert plain.git("apply", "-", stdin=mail).code != 0
    assert plain.imported(mail)["tree"] == plain.id("port^{tree}")
    file = plain.series.patch("ours")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    error = plain.series.stacker("rebase", code=1)["error"]
    assert error["message"].endswith("its lines end in CR LF")
    assert "-text" in error["hint"]


def test_03_line_ends_by_attribute(case):
    """git keeps LF in the repository and the patch, and makes CR LF in the worktree only.

    Ours: the same trees; there is no worktree, so no attribute is asked.
    """
    it = case(
        base={".gitattributes": "*.bat text eol=crlf\n", "x.bat": "a\nb\n"},
        ours={"x.bat": "a\nB\n"},
    )
    assert b"\r" not in it.mail()
    assert it.am().code == 0
    assert (it.tree / "x.bat").read_bytes() == b"a\r\nB\r\n"
    assert it.fresh()["ours"]["tree"] == it.id("HEAD^{tree}") == it.id("port^{tree}")


def test_04_a_patch_with_lf_for_a_file_with_cr_lf(bat):
    """git apply's answer hangs on core.autocrlf: the whole file turns to LF, or it fails; with
    --ignore-whitespace line ends are mixed.

    Ours: refused, naming the hunk and line ends; no setting changes that.
    """
    mail = bat.mail("--full-index").replace(b"\r\n", b"\n")
    made = {}
    for setting in ("input", "true", "false"):
        bat.at("base")
        done = bat.git("apply", "-", stdin=mail, config=[f"core.autocrlf={setting}"])
        made[setting] = (done.code, (bat.tree / "a.bat").read_bytes())
    assert made["true"] == (0, CRLF_OURS)
    assert made["false"] == (1, CRLF)
    bat.at("base")
    bat.git("rm", "-q", "--cached", "a.bat")  # a file that git does not know yet
    done = bat.git("apply", "-", stdin=mail, config=["core.autocrlf=input"])
    assert (done.code, (bat.tree / "a.bat").read_bytes()) == (0, CRLF_OURS.replace(b"\r", b""))
    bat.at("base")
    assert bat.git("apply", "--ignore-whitespace", "-", stdin=mail).code == 0
    assert (bat.tree / "a.bat").read_bytes() == b"one\r\nTWO\nthree\r\n"
    error = bat.imported(mail, code=1)
    assert "a.bat: hunk 1 (@@ -1,3 +1,3 @@): the lines of the file end in CR LF" in error["message"]
    assert "autocrlf" in error["hint"]


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_05_an_encoded_mail_with_cr_lf_inside(plain, encoding):
    """git am fails on it; `--quoted-cr=strip` applies it.

    Ours: line ends of mail are taken off, if every line has one; no option is needed.
    """
    head, _, body = plain.mail().partition(b"\n\n")
    head += b"\nMIME-Version: 1.0\nContent-Transfer-Encoding: " + encoding.encode()
    if encoding == "base64":
        mail = head + b"\n\n" + base64.encodebytes(body.replace(b"\n", b"\r\n"))
    else:
        mail = head + b"\n\n" + quopri.encodestring(body).replace(b"\n", b"=0D\n")
    assert plain.am(mail=mail).code != 0
    assert plain.am("--quoted-cr=strip", mail=mail).code == 0
    assert plain.imported(mail)["tree"] == plain.id("port^{tree}")


def test_06_attributes_that_change_in_the_same_patch(case):
    """git am makes the right tree, and leaves a worktree where files of the patch have the new line
    ends, and others the old.

    Ours: the same tree; there is no worktree.
    """
    it = case(
        base={"a.txt": "a\n", "z.txt": "z\n"},
        ours={".gitattributes": "*.txt text eol=crlf\n", "a.txt": "A\n"},
    )
    assert it.am().code == 0
    assert (it.tree / "a.txt").read_bytes() != (it.tree / "z.txt").read_bytes()
    assert it.fresh()["ours"]["tree"] == it.id("HEAD^{tree}") == it.id("port^{tree}")


def test_07_latin_1_in_a_file(case):
    """git am keeps the bytes of a file, even when the mail names another charset than it has.

    Ours: the same; only the message follows the charset.
    """
    old, new = 'x = "é"\ny = 1\n'.encode("latin-1"), 'x = "éè"\ny = 1\n'.encode("latin-1")
    it = case(base={"a.py": old}, ours=[("ours: für", {"a.py": new})])
    mail = it.mail("--full-index").replace(b"charset=UTF-8", b"charset=ISO-8859-1")
    assert it.am(mail=mail).code == 0
    assert it.has("a.py") == new
    stage = it.imported(mail)
    assert stage["tree"] == it.id("HEAD^{tree}") == it.id("port^{tree}")
    store = next(it.folder.glob("home-*")) / ".stacker/store.git"
    shown = git(store, "log", "-1", "--format=%b%s", stage["commit"]).text
    assert shown == git(it.tree, "log", "-1", "--format=%b%s").text
    assert it.ours(it.stacker()["ours-f-r"], "a.py") == new
