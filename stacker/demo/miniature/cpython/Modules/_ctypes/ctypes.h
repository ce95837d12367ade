/* What the parts of _ctypes share. */

#define FUNCFLAG_STDCALL 0x0
#define FUNCFLAG_CDECL 0x1
#define FUNCFLAG_HRESULT 0x2
#define FUNCFLAG_PYTHONAPI 0x4
#define FUNCFLAG_USE_ERRNO 0x8

typedef struct {
    void *address;
    void *closure;
    int flags;
} CThunkObject;

int _ctypes_call(void *function, int flags, int argcount, void **arguments);
CThunkObject *_ctypes_alloc_callback(void *callable, int flags);
void _ctypes_free_callback(CThunkObject *thunk);
void *_ctypes_alloc_closure(void);
void _ctypes_free_closure(void *closure);
