/* Memory that may be executed, which callbacks need. */

#include "Python.h"
#include "ctypes.h"
#include <ffi.h>

#define CLOSURE_BLOCK 4096

void *
_ctypes_alloc_closure(void)
{
    void *memory = VirtualAlloc(0, CLOSURE_BLOCK);
    if (memory == 0)
        PyErr_SetString(PyExc_OSError, "no executable memory");
    return memory;
}

void
_ctypes_free_closure(void *closure)
{
    VirtualFree(closure, CLOSURE_BLOCK);
}
