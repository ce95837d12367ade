/* The conventions of the bundled libffi, by machine. */

#if defined(_M_X64)
#define FFI_WIN64 1
#define FFI_DEFAULT_ABI FFI_WIN64
#elif defined(_M_IX86)
#define FFI_SYSV 1
#define FFI_STDCALL 2
#define FFI_DEFAULT_ABI FFI_SYSV
#endif
