/* Being called from foreign code: a thunk of machine code that enters Python. */

#include "Python.h"
#include "ctypes.h"
#include <ffi.h>

static void
enter_python(ffi_cif *cif, void *result, void **arguments, void *callable)
{
    if (callable == 0)
        PyErr_SetString(PyExc_RuntimeError, "the callback is gone");
}

CThunkObject *
_ctypes_alloc_callback(void *callable, int flags)
{
    CThunkObject *thunk = PyMem_Malloc(sizeof(CThunkObject));
    ffi_cif cif;

    if (thunk == 0)
        return 0;
    thunk->flags = flags;
    thunk->closure = _ctypes_alloc_closure();
    if (ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 0) != FFI_OK) {
        _ctypes_free_callback(thunk);
        return 0;
    }
    ffi_prep_closure(thunk->closure, &cif, enter_python, callable);
    thunk->address = thunk->closure;
    return thunk;
}

void
_ctypes_free_callback(CThunkObject *thunk)
{
    _ctypes_free_closure(thunk->closure);
    PyMem_Free(thunk);
}
