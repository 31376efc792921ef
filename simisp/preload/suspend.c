/* Waiting for a signal: pause(2), sigsuspend(2), sigtimedwait(2). A handler always interrupts these. */
#include <errno.h>
#include <signal.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

static int suspend(const sigset_t *mask)
{
    struct wait wait = {.call = CALL_SIGNAL, .descriptor = -1, .deadline = NEVER, .mask = mask};
    return (int)answered(not_restarted(wait_in_run(&wait)));
}

EXPORTED int pause(void)
{
    return time_is_coordinated() ? suspend(NULL) : REAL(pause)();
}

EXPORTED int sigsuspend(const sigset_t *mask)
{
    return time_is_coordinated() ? suspend(mask) : REAL(sigsuspend)(mask);
}

struct signal_call {
    const sigset_t *set;
    siginfo_t *info;
};

static long attempt_signal(void *argument, const struct timespec *slice)
{
    struct signal_call *call = argument;
    static const struct timespec at_once;
    (void)slice;
    long answer = raw(SYS_rt_sigtimedwait, call->set, call->info, &at_once, KERNEL_SIGSET);
    return answer == -EAGAIN ? 0 : answer;
}

EXPORTED int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                          const struct timespec *restrict timeout)
{
    int limited = timeout && valid_timespec(timeout);
    if (limited && durations_are_scaled()) {
        struct timespec scaled = to_timespec(clock_scaled_down(from_timespec(timeout)));
        return REAL(sigtimedwait)(set, info, &scaled);
    }
    if (!time_is_coordinated() || (timeout && !limited))
        return REAL(sigtimedwait)(set, info, timeout);
    struct signal_call call = {set, info};
    struct wait wait = {.call = CALL_SIGNAL,
                        .descriptor = -1,
                        .deadline = timeout ? clock_after(from_timespec(timeout)) : NEVER,
                        .attempt = attempt_signal,
                        .argument = &call};
    long answer = not_restarted(wait_in_run(&wait));
    return (int)answered(answer ? answer : -EAGAIN);
}

EXPORTED int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return time_is_coordinated() ? sigtimedwait(set, info, NULL) : REAL(sigwaitinfo)(set, info);
}

/* Returns the error number, and never EINTR: POSIX sigwait(). */
EXPORTED int sigwait(const sigset_t *restrict set, int *restrict signal)
{
    int answer;
    if (!time_is_coordinated())
        return REAL(sigwait)(set, signal);
    do
        answer = sigtimedwait(set, NULL, NULL);
    while (answer < 0 && errno == EINTR);
    if (answer < 0)
        return errno;
    *signal = answer;
    return 0;
}
