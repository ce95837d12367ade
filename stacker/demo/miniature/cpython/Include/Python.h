/* The one header that extension modules include. */

#include "patchlevel.h"
#include "pyport.h"

typedef struct _object PyObject;

PyObject *PyModule_Create(const char *name);
int PyModule_AddIntConstant(PyObject *module, const char *name, long value);
int PyModule_AddStringConstant(PyObject *module, const char *name, const char *value);
void *PyMem_Malloc(long size);
void PyMem_Free(void *memory);
void PyErr_SetString(int kind, const char *message);
int Py_AtExit(void (*function)(void));

#define PyExc_ValueError 1
#define PyExc_RuntimeError 2
#define PyExc_OSError 3
