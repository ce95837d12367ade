/* Tk for Python: it draws, so it needs a machine with GDI. */

#include "Python.h"

PyObject *
PyInit__tkinter(void)
{
    PyObject *module = PyModule_Create("_tkinter");
    void *interpreter = Tcl_CreateInterp();
    if (Tk_Init(interpreter) != 0)
        PyErr_SetString(PyExc_RuntimeError, "Tk did not start");
    CreateCompatibleDC(0);
    return module;
}
