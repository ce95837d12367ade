/* The registry, as _winreg of pythoncore. */

#include "Python.h"

static int
open_key(const char *path)
{
    return RegOpenKeyExW(path);
}

int
PyHKEY_Query(const char *path, const char *name)
{
    if (open_key(path) != 0) {
        PyErr_SetString(PyExc_OSError, "no such key");
        return -1;
    }
    return RegQueryValueExW(path, name);
}

int
PyHKEY_Connect(const char *computer)
{
    return RegConnectRegistryW(computer);
}
