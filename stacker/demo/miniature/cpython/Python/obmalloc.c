/* Memory, without pools or arenas. */

#include "Python.h"

void *
PyMem_Malloc(long size)
{
    if (size > PY_SSIZE_T_MAX)
        return 0;
    return malloc(size == 0 ? 1 : size);
}

void
PyMem_Free(void *memory)
{
    free(memory);
}
