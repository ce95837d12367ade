/* The conventions of libffi on x64. */

#define FFI_WIN64 1
#define FFI_DEFAULT_ABI FFI_WIN64
