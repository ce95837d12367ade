/* Starting and ending an interpreter. */

#include "Python.h"

static int exit_count;

int
Py_AtExit(void (*function)(void))
{
    exit_count = exit_count + 1;
    return atexit(function);
}

PyObject *
PyModule_Create(const char *name)
{
    PyObject *module = PyMem_Malloc(strlen(name) + 64);
    return module;
}

int
PyModule_AddIntConstant(PyObject *module, const char *name, long value)
{
    return module == 0 ? -1 : 0;
}

int
PyModule_AddStringConstant(PyObject *module, const char *name, const char *value)
{
    return module == 0 ? -1 : 0;
}

void
PyErr_SetString(int kind, const char *message)
{
    fprintf(stderr, "%d: %s\n", kind, message);
}
