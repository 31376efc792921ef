#include "real.h"

#include <dlfcn.h>

struct real_functions real;

/* The condition variables of glibc exist twice on x86-64, and a lookup without a version can give the ones of 2.2.5,
 * which lay out pthread_cond_t differently. */
#if defined(__GLIBC__) && defined(__x86_64__)
static void *original(const char *name)
{
    void *found = NULL;
    if (__builtin_strncmp(name, "pthread_cond_", 13) == 0)
        found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found ? found : dlsym(RTLD_NEXT, name);
}
#else
static void *original(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}
#endif

void real_resolve(void)
{
    static int resolved;
    if (resolved)
        return;
/* ISO C has no conversion from an object pointer to a function; POSIX dlsym() demands that this one works. */
#define RESOLVE(name, result, parameters) *(void **)&real.name = original(#name);
    REAL_FUNCTIONS(RESOLVE)
#undef RESOLVE
    resolved = 1;
}
