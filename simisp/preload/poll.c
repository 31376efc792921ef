/* Waiting for descriptors: poll(2), select(2), epoll_wait(2) and their variants. */
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

struct poll_call {
    struct pollfd *fds;
    nfds_t count;
};

static long attempt_poll(void *argument, const struct timespec *slice)
{
    struct poll_call *call = argument;
    struct timespec left = *slice; /* the kernel writes the rest back */
    return raw(SYS_ppoll, call->fds, call->count, &left, NULL, KERNEL_SIGSET);
}

static int poll_on_line(const void *argument)
{
    const struct poll_call *call = argument;
    for (nfds_t i = 0; i < call->count; i++)
        if (is_line(call->fds[i].fd))
            return 1;
    return 0;
}

static int in_vain(long answer)
{
    if (answer == 0)
        look_in_vain();
    else
        looked_with_success();
    return (int)answered(answer);
}

static int poll_in_run(struct pollfd *fds, nfds_t count, uint64_t duration, const sigset_t *mask)
{
    struct poll_call call = {fds, count};
    static const struct timespec at_once;
    if (duration == 0 && !mask)
        return in_vain(attempt_poll(&call, &at_once));
    struct wait wait = {.call = CALL_POLL,
                        .descriptor = count ? fds[0].fd : -1,
                        .deadline = clock_after(duration),
                        .attempt = count ? attempt_poll : NULL,
                        .on_line = poll_on_line,
                        .argument = &call,
                        .attempt_sleeps = 1,
                        .mask = mask};
    return (int)answered(not_restarted(wait_in_run(&wait)));
}

EXPORTED int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    uint64_t duration = timeout < 0 ? NEVER : (uint64_t)timeout * 1000000ull;
    if (waits_are_coordinated())
        return poll_in_run(fds, count, duration, NULL);
    if (time_is_scaled() && timeout > 0) {
        struct timespec scaled = to_timespec(clock_scaled_down(duration));
        return REAL(ppoll)(fds, count, &scaled, NULL);
    }
    return REAL(poll)(fds, count, timeout);
}

EXPORTED int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    if (timeout && !valid_timespec(timeout))
        return REAL(ppoll)(fds, count, timeout, mask);
    uint64_t duration = timeout ? from_timespec(timeout) : NEVER;
    if (waits_are_coordinated())
        return poll_in_run(fds, count, duration, mask);
    if (time_is_scaled() && timeout) {
        struct timespec scaled = to_timespec(clock_scaled_down(duration));
        return REAL(ppoll)(fds, count, &scaled, mask);
    }
    return REAL(ppoll)(fds, count, timeout, mask);
}

/* What _FORTIFY_SOURCE makes of poll and ppoll when it can't see the array's size; it aborts on a too small one. */
EXPORTED int __poll_chk(struct pollfd *fds, nfds_t count, int timeout, size_t size)
{
    if (size / sizeof *fds < count)
        __builtin_trap();
    return poll(fds, count, timeout);
}

EXPORTED int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask,
                         size_t size)
{
    if (size / sizeof *fds < count)
        __builtin_trap();
    return ppoll(fds, count, timeout, mask);
}

/* The kernel overwrites the sets with each look, so the caller's are kept and copied. Sets may be larger than fd_set:
 * the kernel takes any number of descriptors. */
struct select_call {
    int count;
    size_t size;
    fd_set *given[3];
    unsigned char *looked[3];
};

static long attempt_select(void *argument, const struct timespec *slice)
{
    struct select_call *call = argument;
    struct timespec left = *slice;
    struct {
        const sigset_t *mask;
        size_t size;
    } no_mask = {NULL, KERNEL_SIGSET};
    for (int i = 0; i < 3; i++)
        if (call->given[i])
            memcpy(call->looked[i], call->given[i], call->size);
    return raw(SYS_pselect6, call->count, call->given[0] ? call->looked[0] : NULL,
               call->given[1] ? call->looked[1] : NULL, call->given[2] ? call->looked[2] : NULL, &left, &no_mask);
}

static int select_on_line(const void *argument)
{
    const struct select_call *call = argument;
    for (int fd = 0; fd < call->count; fd++)
        for (int i = 0; i < 3; i++)
            if (call->given[i] && ((const unsigned char *)call->given[i])[fd / 8] >> (fd % 8) & 1 && is_line(fd))
                return 1;
    return 0;
}

static int first_descriptor(const struct select_call *call)
{
    for (int fd = 0; fd < call->count; fd++)
        for (int i = 0; i < 3; i++)
            if (call->given[i] && ((const unsigned char *)call->given[i])[fd / 8] >> (fd % 8) & 1)
                return fd;
    return -1;
}

#define MOST_DESCRIPTORS 65536

static long select_in_run(int count, fd_set *sets[3], uint64_t duration, const sigset_t *mask)
{
    static const struct timespec at_once;
    size_t size = count > 0 ? ((size_t)count + 63) / 64 * 8 : 0;
    unsigned char looked[3][size ? size : 8];
    struct select_call call = {.count = count, .size = size};
    for (int i = 0; i < 3; i++) {
        call.given[i] = size ? sets[i] : NULL;
        call.looked[i] = looked[i];
        if (call.given[i])
            memcpy(looked[i], call.given[i], size);
    }
    long answer;
    if (duration == 0 && !mask) {
        answer = attempt_select(&call, &at_once);
        if (answer == 0)
            look_in_vain();
        else
            looked_with_success();
    } else {
        int first = first_descriptor(&call);
        struct wait wait = {.call = CALL_SELECT,
                            .descriptor = first,
                            .deadline = clock_after(duration),
                            .attempt = first >= 0 ? attempt_select : NULL,
                            .on_line = select_on_line,
                            .argument = &call,
                            .attempt_sleeps = 1,
                            .mask = mask};
        answer = not_restarted(wait_in_run(&wait));
    }
    /* On failure the sets are unspecified by POSIX and untouched by Linux. */
    for (int i = 0; i < 3 && answer >= 0; i++)
        if (call.given[i])
            memcpy(call.given[i], call.looked[i], size);
    return answer;
}

static int selectable(int count)
{
    return count >= 0 && count <= MOST_DESCRIPTORS;
}

EXPORTED int select(int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict exceptional,
                    struct timeval *restrict timeout)
{
    fd_set *sets[3] = {readable, writable, exceptional};
    int valid = selectable(count) && (!timeout || valid_timeval(timeout));
    uint64_t duration = valid && timeout ? from_timeval(timeout) : NEVER;
    if (valid && waits_are_coordinated()) {
        uint64_t until = clock_after(duration);
        long answer = select_in_run(count, sets, duration, NULL);
        /* Linux tells how much time was left: select(2), "The timeout". */
        if (timeout && duration) {
            uint64_t now = clock_now(), left = until > now ? until - now : 0;
            timeout->tv_sec = (time_t)(left / NANOSECONDS);
            timeout->tv_usec = (suseconds_t)(left % NANOSECONDS / 1000);
        }
        return (int)answered(answer);
    }
    if (valid && time_is_scaled() && timeout && duration) {
        uint64_t scaled = clock_scaled_down(duration);
        struct timeval left = {(time_t)(scaled / NANOSECONDS), (suseconds_t)((scaled % NANOSECONDS + 999) / 1000)};
        int answer = REAL(select)(count, readable, writable, exceptional, &left);
        uint64_t rest = clock_scaled_up(from_timeval(&left));
        timeout->tv_sec = (time_t)(rest / NANOSECONDS);
        timeout->tv_usec = (suseconds_t)(rest % NANOSECONDS / 1000);
        return answer;
    }
    return REAL(select)(count, readable, writable, exceptional, timeout);
}

EXPORTED int pselect(int count, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict exceptional,
                     const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    fd_set *sets[3] = {readable, writable, exceptional};
    int valid = selectable(count) && (!timeout || valid_timespec(timeout));
    uint64_t duration = valid && timeout ? from_timespec(timeout) : NEVER;
    if (valid && waits_are_coordinated())
        return (int)answered(select_in_run(count, sets, duration, mask));
    if (valid && time_is_scaled() && timeout) {
        struct timespec scaled = to_timespec(clock_scaled_down(duration));
        return REAL(pselect)(count, readable, writable, exceptional, &scaled, mask);
    }
    return REAL(pselect)(count, readable, writable, exceptional, timeout, mask);
}

struct epoll_call {
    int epoll;
    struct epoll_event *events;
    int count;
};

static long attempt_epoll(void *argument, const struct timespec *slice)
{
    struct epoll_call *call = argument;
    struct timespec left = *slice;
    if (left.tv_nsec) {
        /* epoll_wait counts milliseconds; an epoll descriptor is itself one that can be polled. */
        struct pollfd poll = {.fd = call->epoll, .events = POLLIN};
        if (raw(SYS_ppoll, &poll, 1, &left, NULL, KERNEL_SIGSET) <= 0)
            return 0;
    }
    return raw(SYS_epoll_pwait, call->epoll, call->events, call->count, 0, NULL, KERNEL_SIGSET);
}

static int epoll_in_run(struct epoll_call *call, uint64_t duration, const sigset_t *mask)
{
    static const struct timespec at_once;
    if (duration == 0 && !mask)
        return in_vain(attempt_epoll(call, &at_once));
    struct wait wait = {.call = CALL_EPOLL,
                        .descriptor = call->epoll,
                        .deadline = clock_after(duration),
                        .attempt = attempt_epoll,
                        .argument = call,
                        .attempt_sleeps = 1,
                        .mask = mask};
    return (int)answered(not_restarted(wait_in_run(&wait)));
}

static int scaled_milliseconds(int timeout)
{
    return timeout <= 0 ? timeout : (int)((clock_scaled_down((uint64_t)timeout * 1000000ull) + 999999) / 1000000);
}

EXPORTED int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    struct epoll_call call = {epoll, events, count};
    if (waits_are_coordinated())
        return epoll_in_run(&call, timeout < 0 ? NEVER : (uint64_t)timeout * 1000000ull, NULL);
    return REAL(epoll_wait)(epoll, events, count, time_is_scaled() ? scaled_milliseconds(timeout) : timeout);
}

EXPORTED int epoll_pwait(int epoll, struct epoll_event *events, int count, int timeout, const sigset_t *mask)
{
    struct epoll_call call = {epoll, events, count};
    if (waits_are_coordinated())
        return epoll_in_run(&call, timeout < 0 ? NEVER : (uint64_t)timeout * 1000000ull, mask);
    return REAL(epoll_pwait)(epoll, events, count, time_is_scaled() ? scaled_milliseconds(timeout) : timeout, mask);
}

EXPORTED int epoll_pwait2(int epoll, struct epoll_event *events, int count, const struct timespec *timeout,
                          const sigset_t *mask)
{
    struct epoll_call call = {epoll, events, count};
    int valid = !timeout || valid_timespec(timeout);
    if (valid && waits_are_coordinated())
        return epoll_in_run(&call, timeout ? from_timespec(timeout) : NEVER, mask);
    if (!REAL(epoll_pwait2)) {
        errno = ENOSYS;
        return -1;
    }
    if (valid && timeout && time_is_scaled()) {
        struct timespec scaled = to_timespec(clock_scaled_down(from_timespec(timeout)));
        return REAL(epoll_pwait2)(epoll, events, count, &scaled, mask);
    }
    return REAL(epoll_pwait2)(epoll, events, count, timeout, mask);
}
