/* The interface of the bundled libffi. */

#include "ffitarget.h"

#define FFI_VERSION "2.00-beta-msvc"
#define FFI_OK 0
#define FFI_BAD_ABI 2

typedef struct {
    int abi;
    int argcount;
} ffi_cif;

int ffi_prep_cif(ffi_cif *cif, int abi, int argcount);
int ffi_call(ffi_cif *cif, void *function, void *result, void **arguments);
int ffi_prep_closure(void *closure, ffi_cif *cif, void *function, void *data);
