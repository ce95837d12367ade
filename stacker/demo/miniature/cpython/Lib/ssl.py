"""TLS, as far as _ssl of this build offers it."""

from Lib import nt


def _calls(symbol):
    return symbol in nt.load_module("_ssl")["imports"]


def openssl_library():
    """The library that connections come from, with its version."""
    return nt.load_module("_ssl")["imports"]["SSL_read"]


def minimum_version():
    """The oldest OpenSSL that this _ssl was written for."""
    return nt.load_module("_ssl")["constants"]["PY_SSL_MIN_OPENSSL"]


def has_server_name():
    """Whether one server may have several names."""
    return _calls("SSL_CTX_set_tlsext_servername_callback")


def default_ciphers():
    return nt.load_module("_ssl")["constants"]["PY_SSL_DEFAULT_CIPHERS"]
