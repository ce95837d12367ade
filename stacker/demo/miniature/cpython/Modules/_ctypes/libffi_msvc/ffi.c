/* Calls and closures of the bundled libffi. */

#include "ffi.h"

int
ffi_call(ffi_cif *cif, void *function, void *result, void **arguments)
{
#if defined(_M_X64)
    return ffi_call_AMD64(cif, function, result, arguments);
#else
    return ffi_call_x86(cif, function, result, arguments);
#endif
}

int
ffi_prep_closure(void *closure, ffi_cif *cif, void *function, void *data)
{
    memcpy(closure, function, 16);
    return FFI_OK;
}
