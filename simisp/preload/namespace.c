#include "namespace.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "raw.h"

uint64_t own_namespace(void)
{
    struct stat status; /* the kernel's own, on the machines that we know */
    return raw(SYS_newfstatat, AT_FDCWD, "/proc/self/ns/pid", &status, 0) < 0 ? 0 : (uint64_t)status.st_ino;
}
