/* The version of this Python, in one place. */

#define PY_VERSION "3.8.0a1"
#define PY_VERSION_HEX 0x030800A1
