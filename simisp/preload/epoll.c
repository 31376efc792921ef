/* Waiting for descriptors: epoll_wait(2) and its variants. */
#include <errno.h>
#include <termios.h>

#include "active.h"
#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

/* The terminals that are watched through epoll. Asking an epoll descriptor does not ask what it watches, so nothing
 * would make the kernel process what was written to their other ends; they are polled besides. A descriptor that was
 * closed since is polled in vain. */
#define TERMINALS 64

static struct {
    int epoll; /* plus 1; 0: free */
    int descriptor;
} terminals[TERMINALS];

static int is_terminal(int descriptor)
{
    struct termios settings;
    int kept = errno, terminal = tcgetattr(descriptor, &settings) == 0;
    errno = kept;
    return terminal;
}

static void watch_terminal(int epoll, int descriptor)
{
    for (int i = 0; i < TERMINALS; i++) {
        int nobody = 0;
        if (!__atomic_compare_exchange_n(&terminals[i].epoll, &nobody, epoll + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            continue;
        terminals[i].descriptor = descriptor;
        return;
    }
}

static void forget_terminal(int epoll, int descriptor)
{
    for (int i = 0; i < TERMINALS; i++)
        if (terminals[i].epoll == epoll + 1 && terminals[i].descriptor == descriptor)
            terminals[i].epoll = 0;
}

static void settle_watched(int epoll)
{
    struct pollfd polled[TERMINALS];
    struct timespec at_once = {0, 0};
    int count = 0;
    for (int i = 0; i < TERMINALS; i++)
        if (terminals[i].epoll == epoll + 1)
            polled[count++] = (struct pollfd){.fd = terminals[i].descriptor, .events = POLLIN};
    if (count)
        raw(SYS_ppoll, polled, count, &at_once, NULL, KERNEL_SIGSET);
}

EXPORTED int epoll_ctl(int epoll, int operation, int descriptor, struct epoll_event *event)
{
    int answer = REAL(epoll_ctl)(epoll, operation, descriptor, event);
    if (answer != 0 || !shared_page)
        return answer;
    forget_terminal(epoll, descriptor);
    if (operation != EPOLL_CTL_DEL && is_terminal(descriptor))
        watch_terminal(epoll, descriptor);
    return answer;
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
    } else {
        settle_watched(call->epoll);
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
    if (time_is_coordinated())
        return epoll_in_run(&call, timeout < 0 ? NEVER : (uint64_t)timeout * 1000000ull, NULL);
    if (durations_are_scaled())
        timeout = scaled_milliseconds(timeout);
    return REAL(epoll_wait)(epoll, events, count, timeout);
}

EXPORTED int epoll_pwait(int epoll, struct epoll_event *events, int count, int timeout, const sigset_t *mask)
{
    struct epoll_call call = {epoll, events, count};
    if (time_is_coordinated())
        return epoll_in_run(&call, timeout < 0 ? NEVER : (uint64_t)timeout * 1000000ull, mask);
    if (durations_are_scaled())
        timeout = scaled_milliseconds(timeout);
    return REAL(epoll_pwait)(epoll, events, count, timeout, mask);
}

EXPORTED int epoll_pwait2(int epoll, struct epoll_event *events, int count, const struct timespec *timeout,
                          const sigset_t *mask)
{
    struct epoll_call call = {epoll, events, count};
    int valid = !timeout || valid_timespec(timeout);
    if (valid && time_is_coordinated())
        return epoll_in_run(&call, timeout ? from_timespec(timeout) : NEVER, mask);
    if (!REAL(epoll_pwait2)) {
        errno = ENOSYS;
        return -1;
    }
    if (valid && timeout && durations_are_scaled()) {
        struct timespec scaled = to_timespec(clock_scaled_down(from_timespec(timeout)));
        return REAL(epoll_pwait2)(epoll, events, count, &scaled, mask);
    }
    return REAL(epoll_pwait2)(epoll, events, count, timeout, mask);
}
