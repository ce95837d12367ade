/* The module itself: its types and its table of constants. */

#include "Python.h"
#include "ctypes.h"
#include <ffi.h>

static int
add_flags(PyObject *module)
{
    PyModule_AddIntConstant(module, "FUNCFLAG_STDCALL", FUNCFLAG_STDCALL);
    PyModule_AddIntConstant(module, "FUNCFLAG_CDECL", FUNCFLAG_CDECL);
    PyModule_AddIntConstant(module, "FUNCFLAG_HRESULT", FUNCFLAG_HRESULT);
    PyModule_AddIntConstant(module, "FUNCFLAG_PYTHONAPI", FUNCFLAG_PYTHONAPI);
    return PyModule_AddIntConstant(module, "FUNCFLAG_USE_ERRNO", FUNCFLAG_USE_ERRNO);
}

static int
add_sizes(PyObject *module)
{
    return PyModule_AddIntConstant(module, "SIZEOF_VOID_P", SIZEOF_VOID_P);
}

PyObject *
PyInit__ctypes(void)
{
    PyObject *module = PyModule_Create("_ctypes");
    if (add_flags(module) < 0 || add_sizes(module) < 0)
        return 0;
    PyModule_AddStringConstant(module, "ffi_version", FFI_VERSION);
    return module;
}
