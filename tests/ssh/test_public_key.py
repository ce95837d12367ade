"""Which lines are keys that may sign, and what is said of the others."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keys import new_key, ssh_keygen

from stacker.ssh.public_key import key_of, public_key
from stacker.ssh.signature import claim

PLAIN = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE3i4QIsI31IvFJ9zdEV9SujDmoGoRn4dkEaKNzxgboq"
BLOB = PLAIN.split()[1]


def line(kind, *parts):
    blob = b"".join(len(p).to_bytes(4, "big") + p for p in (kind.encode(), *parts))
    return f"{kind} {b64encode(blob).decode()}"


@pytest.mark.parametrize(
    ("kind", "bits"), [("ed25519", None), ("ecdsa", 256), ("ecdsa", 521), ("rsa", 2048)]
)
def test_a_key_as_it_is_printed(tmp_path, kind, bits):
    path, text = new_key(tmp_path, "one", kind=kind, bits=bits)
    key = public_key(text)
    assert str(key) == " ".join(text.split()[:2])
    assert key.fingerprint in ssh_keygen("-l", "-f", str(path)).split()
    assert public_key(f"  {key}  ") == key


@pytest.mark.parametrize(
    "text",
    [
        line("sk-ssh-ed25519@openssh.com", b"k" * 32, b"ssh:"),
        line("sk-ecdsa-sha2-nistp256@openssh.com", b"nistp256", b"p" * 65, b"ssh:"),
        line("ecdsa-sha2-nistp384", b"nistp384", b"p" * 97),
    ],
)
def test_keys_in_hardware(text):
    assert str(public_key(f"{text} paul@box")) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no public key that can sign"),
        ("hello", "is no public key that can sign"),
        ("ssh-dss AAAA", "is no public key that can sign"),
        ("ssh-ed25519", "is no whole key"),
        ("ssh-ed25519 !!!!", "is no base64"),
        ("ssh-ed25519 ü", "is no base64"),
        (f"ssh-ed25519 {BLOB[:-4]}", "is cut short"),
        (f"ssh-rsa {BLOB}", "holds a key of another kind"),
        (f'namespaces="file" {PLAIN}', "has options before the key"),
        (f"cert-authority {PLAIN}", "has options before the key"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "is a certificate"),
        ("-----BEGIN OPENSSH PRIVATE KEY----- x", "is a private key"),
        (line("ssh-ed25519"), "is no whole key"),
        (line("ssh-ed25519", b"k" * 32, b"more"), "is no whole key"),
        (line("ssh-rsa", b"\x01\x00\x01", b"\x7f" * 128), "less than 2048 bits"),
    ],
)
def test_what_is_no_key(text, said):
    with pytest.raises(ValueError, match=said):
        public_key(text)


@given(st.text() | st.text().map(lambda t: f"{PLAIN}{t}"[len(t) % 70 :]))
def test_any_text_is_a_key_or_refused_with_words(text):
    try:
        key = public_key(text)
    except ValueError as exc:
        said = str(exc)
    else:
        said = "is a key" if public_key(str(key)) == key else ""
    assert said.startswith(("is ", "has options ", "says ")), said


@given(st.binary(max_size=60))
def test_any_bytes_are_a_key_or_refused(data):
    with pytest.raises(ValueError, match="is "):
        key_of(data)


@given(st.text(max_size=40), st.binary(max_size=60))
def test_what_is_no_signature_is_refused(text, data):
    armoured = b64encode(b"SSHSIG\x00\x00\x00\x01" + data).decode()
    for inner in (text, armoured):
        with pytest.raises(ValueError, match="is "):
            claim(f"-----BEGIN SSH SIGNATURE-----\n{inner}\n-----END SSH SIGNATURE-----\n")
    with pytest.raises(ValueError, match="is no SSH signature"):
        claim(text)
