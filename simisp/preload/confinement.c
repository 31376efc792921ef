/* Programs that filter their own system calls: seccomp(2).
 *
 * A filter is made for a program as it is, and knows nothing of this library: it may refuse the calls that a wait in
 * the run's time consists of, or end the process because of one. So before a program installs a filter it leaves that
 * time. The coordinator is told and lets the clock run by itself; timers set in the run's time are passed to the
 * kernel; and from then on each call goes to libc as it is, but for times of the clock, which is ahead of the real one.
 */
#include "confinement.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "coordinator.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timers.h"

/* From <linux/seccomp.h>, which a libc other than the system's may lack. */
#define SET_MODE_STRICT 0
#define SET_MODE_FILTER 1

/* Nanoseconds of real time between checks whether the clock has been released. */
#define PAUSE 1000000

static uint32_t field(const char *status, const char *name)
{
    const char *found = strstr(status, name);
    return found ? (uint32_t)strtoul(found + strlen(name), NULL, 10) : 0;
}

uint32_t own_filters(void)
{
    char status[4096];
    long fd = raw(SYS_openat, AT_FDCWD, "/proc/self/status", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return 0;
    long size = raw(SYS_read, fd, status, sizeof status - 1);
    raw(SYS_close, fd);
    status[size > 0 ? size : 0] = 0;
    uint32_t filters = field(status, "\nSeccomp_filters:");
    return filters ? filters : field(status, "\nSeccomp:") != 0; /* before Linux 5.9 there is no count */
}

/* The bell is not rung: the coordinator sees it at its next look. */
static void say_so(void)
{
    shared_page->confined = (int32_t)raw(SYS_getpid);
}

int is_confined_from_birth(void)
{
    if (own_filters() <= shared_page->filters)
        return 0;
    say_so();
    return 1;
}

/* A child of vfork has the memory of its parent, which is not confined by what the child does. */
static void confine(void)
{
    struct timespec pause = {0, PAUSE};
    if (!time_is_coordinated())
        return;
    say_so();
    for (unsigned slices = 0; shared_page->mode == MODE_VIRTUAL; slices++) {
        mind_the_coordinator(slices);
        raw(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL);
    }
    if (!is_own_process())
        return;
    alarm_to_the_kernel();
    timers_to_the_kernel();
    confined = 1;
}

void confine_by_seccomp(long operation, long filter)
{
    if (operation == SET_MODE_STRICT || (operation == SET_MODE_FILTER && filter))
        confine();
}

/* Without a filter it is a question whether there could be one. */
EXPORTED int prctl(int option, ...)
{
    long a[4];
    va_list rest;
    va_start(rest, option);
    for (int i = 0; i < 4; i++)
        a[i] = va_arg(rest, long);
    va_end(rest);
    if (option == PR_SET_SECCOMP)
        confine_by_seccomp(a[0] - 1, a[1]); /* SECCOMP_MODE_STRICT is 1, SECCOMP_MODE_FILTER 2 */
    return (int)answered(raw(SYS_prctl, option, a[0], a[1], a[2], a[3]));
}
