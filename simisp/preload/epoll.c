/* Waiting for descriptors: epoll_wait(2) and its variants. */
#include <errno.h>

#include "active.h"
#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

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
        return (int)answered(looked(attempt_epoll(call, &at_once)));
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
