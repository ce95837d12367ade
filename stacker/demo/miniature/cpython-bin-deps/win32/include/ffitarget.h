/* The conventions of libffi on x86. */

#define FFI_SYSV 1
#define FFI_STDCALL 5
#define FFI_MS_CDECL 8
#define FFI_DEFAULT_ABI FFI_MS_CDECL
