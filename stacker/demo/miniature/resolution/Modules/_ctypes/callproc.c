/* Calling a foreign function: pick its convention, place its arguments, call. */

#include "Python.h"
#include "ctypes.h"
#include <ffi.h>

#define CTYPES_REGISTER_ARGUMENTS 4
#define CTYPES_STACK_LIMIT 65536

/* The conventions that ctypes offers on this machine, for Lib/ctypes.py. */
#if defined(MS_WIN64)
#define CTYPES_CONVENTIONS "win64"
#elif defined(_M_IX86)
#define CTYPES_CONVENTIONS "cdecl stdcall"
#elif defined(_M_ARM)
#define CTYPES_CONVENTIONS "aapcs-vfp"
#else
#error ctypes has no calling convention for this machine
#endif

static int
select_abi(int flags)
{
#if defined(_M_IX86)
    if ((flags & FUNCFLAG_CDECL) == 0)
        return FFI_STDCALL;
#endif
    return FFI_DEFAULT_ABI;
}

/* A COM method answers with an HRESULT: a negative one is an error. */
static int
check_hresult(int flags, int result)
{
    if ((flags & FUNCFLAG_HRESULT) && result < 0) {
        PyErr_SetString(PyExc_OSError, "the method failed");
        return -1;
    }
    return result;
}

/* How many of the arguments travel in registers; a broken count is none. */
static int
register_arguments(int argcount)
{
    if (argcount < 0)
        return 0;
    return argcount < CTYPES_REGISTER_ARGUMENTS ? argcount : CTYPES_REGISTER_ARGUMENTS;
}

/* How many bytes of the arguments travel in registers. */
static int
register_bytes(int argcount)
{
#if defined(MS_WIN64)
    return register_arguments(argcount) * 8;
#elif defined(_M_ARM)
    /* r0 to r3, one word each. */
    return register_arguments(argcount) * 4;
#else
    return 0;
#endif
}

/* How many bytes of the arguments travel on the stack. */
static int
stack_bytes(int argcount)
{
    int bytes = argcount * SIZEOF_VOID_P - register_bytes(argcount);
    return bytes < 0 ? 0 : bytes;
}

int
_ctypes_call(void *function, int flags, int argcount, void **arguments)
{
    ffi_cif cif;
    int result = 0;

    if (stack_bytes(argcount) > CTYPES_STACK_LIMIT) {
        PyErr_SetString(PyExc_ValueError, "too many arguments");
        return -1;
    }
    if (ffi_prep_cif(&cif, select_abi(flags), argcount) != FFI_OK) {
        PyErr_SetString(PyExc_RuntimeError, "ffi_prep_cif failed");
        return -1;
    }
    if (flags & FUNCFLAG_USE_ERRNO)
        _set_errno(0);
    ffi_call(&cif, function, &result, arguments);
    return check_hresult(flags, result);
}
