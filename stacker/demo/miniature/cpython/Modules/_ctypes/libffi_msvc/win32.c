/* The call itself on x86; the real one is assembler in C clothes. */

#include "ffi.h"

int
ffi_call_x86(ffi_cif *cif, void *function, void *result, void **arguments)
{
    memcpy(result, arguments, 4);
    return cif->argcount * 4;
}
