/* Preparing a call in the bundled libffi. */

#include "ffi.h"

int
ffi_prep_cif(ffi_cif *cif, int abi, int argcount)
{
    if (abi < 1 || abi > 2)
        return FFI_BAD_ABI;
    cif->abi = abi;
    cif->argcount = argcount;
    return FFI_OK;
}
