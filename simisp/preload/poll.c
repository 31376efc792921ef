/* Waiting for descriptors: poll(2) and ppoll(2). */
#include "active.h"
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

static uint32_t poll_on_line(const void *argument)
{
    const struct poll_call *call = argument;
    uint32_t number = 0;
    for (nfds_t i = 0; !number && i < call->count; i++)
        number = line_number(call->fds[i].fd);
    return number;
}

static int poll_in_run(struct pollfd *fds, nfds_t count, uint64_t duration, const sigset_t *mask)
{
    struct poll_call call = {fds, count};
    static const struct timespec at_once;
    if (duration == 0 && !mask)
        return (int)answered(looked(attempt_poll(&call, &at_once)));
    struct wait wait = {.call = CALL_POLL,
                        .descriptor = count ? fds[0].fd : -1,
                        .deadline = clock_after(duration),
                        .attempt = count ? attempt_poll : NULL,
                        .on_line = poll_on_line,
                        .set = fds,
                        .set_size = (uint32_t)count,
                        .argument = &call,
                        .attempt_sleeps = 1,
                        .mask = mask};
    return (int)answered(not_restarted(wait_in_run(&wait)));
}

EXPORTED int poll(struct pollfd *fds, nfds_t count, int timeout)
{
    uint64_t duration = timeout < 0 ? NEVER : (uint64_t)timeout * 1000000ull;
    if (time_is_coordinated())
        return poll_in_run(fds, count, duration, NULL);
    if (durations_are_scaled() && timeout > 0) {
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
    if (time_is_coordinated())
        return poll_in_run(fds, count, duration, mask);
    if (durations_are_scaled() && timeout) {
        struct timespec scaled = to_timespec(clock_scaled_down(duration));
        return REAL(ppoll)(fds, count, &scaled, mask);
    }
    return REAL(ppoll)(fds, count, timeout, mask);
}

/* _FORTIFY_SOURCE's variants of poll and ppoll for an array of unknown size; they abort if it is too small. */
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
