/* The configuration of this Python on Windows, one part a machine. */

#define MS_WINDOWS 1
#define MS_WIN32 1

#if defined(_M_X64)
#define MS_WIN64 1
#define SIZEOF_VOID_P 8
#define COMPILER "[MSC v.1916 64 bit (AMD64)]"
#define PYD_PLATFORM_TAG "win_amd64"
#elif defined(_M_IX86)
#define SIZEOF_VOID_P 4
#define COMPILER "[MSC v.1916 32 bit (Intel)]"
#define PYD_PLATFORM_TAG "win32"
#else
#error PC/pyconfig.h does not know this machine
#endif

/* Features that every Windows has. */
#define HAVE_CONIO_H 1
#define HAVE_DIRECT_H 1
#define HAVE_DYNAMIC_LOADING 1
#define WITH_THREAD 1
