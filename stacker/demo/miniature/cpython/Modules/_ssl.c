/* TLS for Python, by OpenSSL. */

#include "Python.h"

#define PY_SSL_MIN_OPENSSL "1.1.0"
#define PY_SSL_DEFAULT_CIPHERS "DEFAULT:!aNULL:!eNULL"

static int
set_protocol(void *context, int lowest)
{
    return SSL_CTX_set_min_proto_version(context, lowest);
}

void *
_ssl_new_context(int lowest)
{
    void *context = SSL_CTX_new(TLS_method());
    if (context == 0) {
        PyErr_SetString(PyExc_RuntimeError, "OpenSSL gave no context");
        return 0;
    }
    if (set_protocol(context, lowest) != 1) {
        SSL_CTX_free(context);
        return 0;
    }
    SSL_CTX_set_cipher_list(context, PY_SSL_DEFAULT_CIPHERS);
    return context;
}

/* A server may have several names, and a certificate for each. */
void
_ssl_set_server_name(void *context, void *callback)
{
    SSL_CTX_set_tlsext_servername_callback(context, callback);
}

static int
add_entropy(void)
{
    return RAND_status() == 1 ? 0 : RAND_poll();
}

int
_ssl_read(void *connection, void *buffer, int size)
{
    int count = SSL_read(connection, buffer, size);
    if (count <= 0 && SSL_get_error(connection, count) != 0) {
        PyErr_SetString(PyExc_OSError, "the peer closed the connection");
        return -1;
    }
    return count;
}

PyObject *
PyInit__ssl(void)
{
    PyObject *module = PyModule_Create("_ssl");
    OPENSSL_init_ssl(0);
    add_entropy();
    PyModule_AddStringConstant(module, "OPENSSL_VERSION", OpenSSL_version(0));
    PyModule_AddIntConstant(module, "OPENSSL_VERSION_NUMBER", OpenSSL_version_num());
    return module;
}
