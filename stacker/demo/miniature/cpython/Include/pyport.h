/* What differs from one C compiler and machine to the next. */

#include "pyconfig.h"

#if SIZEOF_VOID_P == 8
#define PY_SSIZE_T_MAX 0x7fffffffffffffff
#else
#define PY_SSIZE_T_MAX 0x7fffffff
#endif

#ifdef MS_WINDOWS
#define Py_LOCAL_INLINE static
#endif
