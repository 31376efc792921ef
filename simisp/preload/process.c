#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "raw.h"

/* proc_pid_stat(5), "state". */
int process_is_dead(int32_t pid)
{
    char path[] = "/proc/0000000000/stat", said[256];
    char *digit = path + sizeof "/proc/0000000000" - 2;
    for (int32_t rest = pid; rest > 0; rest /= 10) /* leading zeros would give another name: removed below */
        *digit-- = (char)('0' + rest % 10);
    if (raw(SYS_kill, pid, 0) == -ESRCH)
        return 1;
    memmove(path + sizeof "/proc/" - 1, digit + 1, strlen(digit + 1) + 1);
    long fd = raw(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    long size = raw(SYS_read, fd, said, sizeof said - 1);
    raw(SYS_close, fd);
    said[size > 0 ? size : 0] = 0;
    const char *name_end = strrchr(said, ')');
    return name_end && (name_end[2] == 'Z' || name_end[2] == 'X');
}
