/* The interface of libffi. */

#include "ffitarget.h"

#define FFI_VERSION "3.3-rc0"
#define FFI_OK 0

typedef struct {
    int abi;
    int argcount;
} ffi_cif;

int ffi_prep_cif(ffi_cif *cif, int abi, int argcount);
int ffi_call(ffi_cif *cif, void *function, void *result, void **arguments);
void *ffi_closure_alloc(long size, void **code);
void ffi_closure_free(void *closure);
int ffi_prep_closure_loc(void *closure, ffi_cif *cif, void *function, void *data, void *code);
