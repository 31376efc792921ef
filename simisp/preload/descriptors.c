/* Descriptors that are copied and closed: a timer is one file with any number of them. */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>

#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timers.h"

/* <linux/close_range.h>, which an older libc lacks */
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif

EXPORTED int close(int descriptor)
{
    timers_lose(descriptor);
    return REAL(close)(descriptor);
}

EXPORTED int close_range(unsigned first, unsigned last, int flags)
{
    if (!(flags & ~(int)CLOSE_RANGE_UNSHARE) && first <= last)
        timers_lose_range(first, last);
    if (REAL(close_range))
        return REAL(close_range)(first, last, flags);
#ifdef SYS_close_range
    return (int)answered(raw(SYS_close_range, first, last, flags));
#else
    return (int)answered(-ENOSYS);
#endif
}

EXPORTED void closefrom(int first)
{
    timers_lose_range(first < 0 ? 0 : (unsigned)first, UINT_MAX);
    if (REAL(closefrom))
        REAL(closefrom)(first);
    else
        REAL(close_range) ? REAL(close_range)(first < 0 ? 0 : (unsigned)first, UINT_MAX, 0) : 0;
}

EXPORTED int dup(int descriptor)
{
    int copy = REAL(dup)(descriptor);
    timers_copy(descriptor, copy);
    return copy;
}

/* dup2(2): nothing is closed where there is nothing to copy. */
static int replaces(int descriptor, int copy)
{
    return descriptor != copy && raw(SYS_fcntl, descriptor, F_GETFD) >= 0;
}

EXPORTED int dup2(int descriptor, int copy)
{
    if (replaces(descriptor, copy))
        timers_lose(copy);
    int answer = REAL(dup2)(descriptor, copy);
    timers_copy(descriptor, answer);
    return answer;
}

EXPORTED int dup3(int descriptor, int copy, int flags)
{
    if (replaces(descriptor, copy) && !(flags & ~O_CLOEXEC))
        timers_lose(copy);
    int answer = REAL(dup3)(descriptor, copy, flags);
    timers_copy(descriptor, answer);
    return answer;
}

/* Of descriptors that send signals the kernel tells, but for those of folders: F_NOTIFY. */
static void note_signals(int command, const void *argument, int answer)
{
    if (answer < 0 || !shared_page)
        return;
    if (command == F_NOTIFY && argument)
        process_slot()->folder_notes = 1;
    if (command == F_NOTIFY || command == F_SETLEASE || command == F_SETFL || command == F_SETOWN)
        may_have_opened();
}

/* The third argument may be a number, a pointer, or not there; passed on as it came. */
#define CONTROL(control)                                                                                              \
    va_list rest;                                                                                                     \
    va_start(rest, command);                                                                                          \
    void *argument = va_arg(rest, void *);                                                                            \
    va_end(rest);                                                                                                     \
    int answer = control(descriptor, command, argument);                                                              \
    note_signals(command, argument, answer);                                                                          \
    if (command == F_DUPFD || command == F_DUPFD_CLOEXEC)                                                             \
        timers_copy(descriptor, answer);                                                                              \
    return answer

EXPORTED int fcntl(int descriptor, int command, ...)
{
    CONTROL(REAL(fcntl));
}

/* What fcntl() is where file offsets have 64 bits. */
EXPORTED int fcntl64(int descriptor, int command, ...)
{
    CONTROL((REAL(fcntl64) ? REAL(fcntl64) : REAL(fcntl)));
}
