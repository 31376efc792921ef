/* Reading from a descriptor that may have nothing yet: wait for input in the run's time, then let the kernel read. */
#include <errno.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "active.h"
#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "read.h"
#include "real.h"
#include "wait.h"

#define DECISECOND 100000000ull

static long attempt_input(void *argument, const struct timespec *slice)
{
    struct pollfd poll = {.fd = *(int *)argument, .events = POLLIN};
    struct timespec left = *slice;
    return raw(SYS_ppoll, &poll, 1, &left, NULL, KERNEL_SIGSET);
}

static uint32_t input_on_line(const void *argument)
{
    return line_number(*(const int *)argument);
}

long await_input(int descriptor, enum call call, uint64_t deadline)
{
    struct wait wait = {.call = call,
                        .descriptor = descriptor,
                        .deadline = deadline,
                        .attempt = attempt_input,
                        .on_line = input_on_line,
                        .argument = &descriptor,
                        .attempt_sleeps = 1};
    return wait_in_run(&wait);
}

static int queued(int descriptor)
{
    int octets = 0;
    return raw(SYS_ioctl, descriptor, FIONREAD, &octets) == 0 ? octets : 0;
}

/* A background process that reads from its controlling terminal is to be stopped and not to wait: termios(3), TOSTOP
 * and SIGTTIN. The kernel does that. */
static int in_background(int descriptor)
{
    int foreground = 0;
    return raw(SYS_ioctl, descriptor, TIOCGPGRP, &foreground) == 0 && foreground != (int)raw(SYS_getpgid, 0);
}

struct more {
    int descriptor;
    int before;
};

static long attempt_more(void *argument, const struct timespec *slice)
{
    const struct more *more = argument;
    (void)slice;
    return queued(more->descriptor) != more->before;
}

/* MIN > 0, TIME > 0: the timer starts anew with each octet, the first included. */
static long await_more(int descriptor, int wanted, uint64_t gap)
{
    for (;;) {
        struct more more = {descriptor, queued(descriptor)};
        struct wait wait = {.call = CALL_READ,
                            .descriptor = descriptor,
                            .deadline = clock_after(gap),
                            .attempt = attempt_more,
                            .argument = &more};
        long answer = more.before < wanted ? wait_in_run(&wait) : 0;
        if (answer <= 0)
            return answer < 0 ? answer : 1;
    }
}

/* The four cases of POSIX, "Non-Canonical Mode Input Processing". Answers as await_input() does. */
static long await_raw(int descriptor, const struct termios *settings, size_t *size)
{
    int minimum = settings->c_cc[VMIN];
    uint64_t timer = settings->c_cc[VTIME] * DECISECOND;
    if (minimum == 0 && timer == 0)
        return 1;
    long answer = await_input(descriptor, CALL_READ, minimum == 0 ? clock_after(timer) : NEVER);
    if (answer > 0 && minimum > 1 && timer) {
        answer = await_more(descriptor, *size < (size_t)minimum ? (int)*size : minimum, timer);
        /* Read what is here: for more the kernel would start a real timer of its own. */
        size_t here = (size_t)queued(descriptor);
        if (answer > 0 && here && here < *size)
            *size = here;
    }
    return answer;
}

static int is_terminal(int descriptor, struct termios *settings)
{
    int kept = errno, terminal = tcgetattr(descriptor, settings) == 0;
    errno = kept;
    return terminal;
}

/* socket(7), SO_RCVTIMEO; 0 if there is none, or the descriptor is not a socket. */
static uint64_t limit_of_socket(int descriptor)
{
    struct timeval limit = {0, 0};
    socklen_t size = sizeof limit;
    int kept = errno;
    int answer = getsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, &size);
    errno = kept;
    return answer == 0 ? from_timeval(&limit) : 0;
}

static long await_once(int descriptor, size_t *size)
{
    struct termios settings;
    long flags = raw(SYS_fcntl, descriptor, F_GETFL);
    if (flags < 0 || flags & O_NONBLOCK || (flags & O_ACCMODE) == O_WRONLY)
        return 1;
    if (is_terminal(descriptor, &settings)) {
        if (in_background(descriptor))
            return 1;
        if (!(settings.c_lflag & ICANON))
            return await_raw(descriptor, &settings, size);
    }
    uint64_t limit = limit_of_socket(descriptor);
    if (!limit)
        return await_input(descriptor, CALL_READ, NEVER);
    long answer = await_input(descriptor, CALL_READ, clock_after(limit));
    return answer ? answer : -EAGAIN;
}

enum input input_awaited(int descriptor, size_t *size)
{
    long answer = 1;
    while (*size > 0 && (answer = await_once(descriptor, size)) == -RESTART)
        ;
    if (answer == -EAGAIN)
        return INPUT_TIMED_OUT;
    return answer == 0 ? INPUT_NONE : answer == -EINTR ? INPUT_INTERRUPTED : INPUT_READ;
}

/* The result of a read if there is no input to read; -2: read. */
static ssize_t without_input(int descriptor, size_t *size)
{
    switch (input_awaited(descriptor, size)) {
    case INPUT_NONE:
        return 0;
    case INPUT_TIMED_OUT:
        errno = EAGAIN;
        return -1;
    case INPUT_INTERRUPTED:
        errno = EINTR;
        return -1;
    default:
        return -2;
    }
}

/* An octet that came ends active waiting, a non-blocking read without one is part of it. */
static ssize_t counted(ssize_t octets)
{
    if (octets > 0)
        looked_with_success();
    else if (octets < 0 && errno == EAGAIN)
        look_in_vain();
    return octets;
}

/* Scaled time has the kernel wait in most calls, with a time-out divided. A terminal's can't be: TIME counts tenths. */
static int waits_here(int descriptor)
{
    struct termios settings;
    if (time_is_coordinated())
        return 1;
    return durations_are_scaled() && is_terminal(descriptor, &settings) && !(settings.c_lflag & ICANON) &&
           settings.c_cc[VTIME] != 0;
}

EXPORTED ssize_t read(int descriptor, void *octets, size_t size)
{
    if (!waits_here(descriptor))
        return REAL(read)(descriptor, octets, size);
    ssize_t answer = without_input(descriptor, &size);
    return answer == -2 ? counted(answered(raw(SYS_read, descriptor, octets, size))) : answer;
}

EXPORTED ssize_t __read_chk(int descriptor, void *octets, size_t size, size_t room)
{
    if (size > room)
        __builtin_trap();
    return read(descriptor, octets, size);
}

EXPORTED ssize_t readv(int descriptor, const struct iovec *parts, int count)
{
    if (!waits_here(descriptor) || count <= 0 || count > IOV_MAX)
        return REAL(readv)(descriptor, parts, count);
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += parts[i].iov_len;
    ssize_t answer = without_input(descriptor, &size);
    return answer == -2 ? counted(answered(raw(SYS_readv, descriptor, parts, count))) : answer;
}
