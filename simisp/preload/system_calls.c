/* syscall(2): programs that bypass libc's functions, as Rust's and C++'s runtimes do for futexes. */
#include <errno.h>
#include <stdarg.h>
#include <sys/prctl.h>

#include "clock.h"
#include "confinement.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

struct futex_call {
    uint32_t *word;
    long operation;
    uint32_t value;
    uint32_t mask;
};

#define ANY_BIT 0xffffffffu

/* A wait in slices can miss a wake that comes between two, so whoever wakes has to have changed the word first, as all
 * do: the next slice then says EAGAIN, which every caller takes for having been woken. */
static long attempt_futex(void *argument, const struct timespec *slice)
{
    struct futex_call *call = argument;
    long private = call->operation & FUTEX_PRIVATE_FLAG;
    if (!slice->tv_nsec)
        return __atomic_load_n(call->word, __ATOMIC_SEQ_CST) == call->value ? 0 : -EAGAIN;
    /* With a bitset the time-out is absolute; a plain wait has them all and a relative one. */
    struct timespec end = to_timespec(clock_real() + from_timespec(slice));
    long answer = raw(SYS_futex, call->word, FUTEX_WAIT_BITSET | private, call->value, &end, NULL, call->mask);
    return answer == -ETIMEDOUT ? 0 : answer == 0 ? 1 : answer;
}

static long wait_for_futex(struct futex_call *call, const struct timespec *timeout)
{
    long command = call->operation & FUTEX_COMMAND;
    uint64_t time = from_timespec(timeout);
    clockid_t clock = call->operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    struct wait wait = {.call = CALL_FUTEX,
                        .descriptor = -1,
                        .deadline = command == FUTEX_WAIT ? clock_after(time) : clock_at(clock, time),
                        .attempt = attempt_futex,
                        .argument = call,
                        .attempt_sleeps = 1};
    long answer = not_restarted(wait_in_run(&wait));
    return answer == 0 ? -ETIMEDOUT : answer > 0 ? 0 : answer;
}

/* A plain wait has a duration, one with a bitset a time on the clock that it names. */
static long scaled_futex(const long *a, const struct timespec *timeout)
{
    struct timespec scaled, now;
    uint64_t time = from_timespec(timeout);
    clockid_t clock = a[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    if ((a[1] & FUTEX_COMMAND) == FUTEX_WAIT) {
        scaled = to_timespec(clock_scaled_down(time));
    } else {
        uint64_t at = clock_at(clock, time), run = clock_now();
        REAL(clock_gettime)(clock, &now);
        scaled = to_timespec(from_timespec(&now) + clock_scaled_down(at > run ? at - run : 0));
    }
    return answered(raw6(SYS_futex, a[0], a[1], a[2], (long)&scaled, a[4], a[5]));
}

static long futex(const long *a)
{
    long command = a[1] & FUTEX_COMMAND;
    const struct timespec *timeout = (const struct timespec *)a[3];
    int waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
    int limited = waits && timeout && valid_timespec(timeout);
    if (limited && time_is_scaled())
        return scaled_futex(a, timeout);
    if (!limited || !time_is_coordinated())
        return answered(raw6(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]));
    struct futex_call call = {(uint32_t *)a[0], a[1], (uint32_t)a[2],
                              command == FUTEX_WAIT ? ANY_BIT : (uint32_t)a[5]};
    return answered(wait_for_futex(&call, timeout));
}

static long clock_sleep(const long *a)
{
    int error = clock_nanosleep((clockid_t)a[0], (int)a[1], (const struct timespec *)a[2], (struct timespec *)a[3]);
    return answered(-error);
}

EXPORTED long syscall(long number, ...)
{
    long a[6];
    va_list rest;
    va_start(rest, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(rest, long);
    va_end(rest);
    if (time_is_shared())
        switch (number) {
        case SYS_futex:
            return futex(a);
        case SYS_clock_gettime:
            return clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
        case SYS_gettimeofday:
            return gettimeofday((struct timeval *)a[0], (void *)a[1]);
        case SYS_nanosleep:
            return nanosleep((const struct timespec *)a[0], (struct timespec *)a[1]);
        case SYS_clock_nanosleep:
            return clock_sleep(a);
        case SYS_setitimer:
            return setitimer((itimer_which)a[0], (const struct itimerval *)a[1], (struct itimerval *)a[2]);
        case SYS_getitimer:
            return getitimer((itimer_which)a[0], (struct itimerval *)a[1]);
        case SYS_sendmsg:
            return sendmsg((int)a[0], (const struct msghdr *)a[1], (int)a[2]);
        case SYS_sendmmsg:
            return sendmmsg((int)a[0], (struct mmsghdr *)a[1], (unsigned)a[2], (int)a[3]);
        case SYS_io_uring_setup:
            may_have_opened();
            break;
        case SYS_seccomp:
            confine_by_seccomp(a[0], a[2]);
            break;
        case SYS_prctl:
            return prctl((int)a[0], a[1], a[2], a[3], a[4]);
        case SYS_read:
            return read((int)a[0], (void *)a[1], (size_t)a[2]);
        case SYS_ppoll:
            return ppoll((struct pollfd *)a[0], (nfds_t)a[1], (const struct timespec *)a[2], (const sigset_t *)a[3]);
        case SYS_epoll_pwait:
            return epoll_pwait((int)a[0], (struct epoll_event *)a[1], (int)a[2], (int)a[3], (const sigset_t *)a[4]);
#ifdef SYS_epoll_pwait2
        case SYS_epoll_pwait2:
            return epoll_pwait2((int)a[0], (struct epoll_event *)a[1], (int)a[2], (const struct timespec *)a[3],
                                (const sigset_t *)a[4]);
#endif
        case SYS_pselect6: /* its last argument is a structure of the mask and its size */
            return pselect((int)a[0], (fd_set *)a[1], (fd_set *)a[2], (fd_set *)a[3], (const struct timespec *)a[4],
                           a[5] ? *(const sigset_t *const *)a[5] : NULL);
        case SYS_rt_sigtimedwait:
            return sigtimedwait((const sigset_t *)a[0], (siginfo_t *)a[1], (const struct timespec *)a[2]);
        case SYS_wait4:
            return wait4((pid_t)a[0], (int *)a[1], (int)a[2], (struct rusage *)a[3]);
        case SYS_timerfd_create:
            return timerfd_create((int)a[0], (int)a[1]);
        case SYS_close:
            return close((int)a[0]);
#ifdef SYS_close_range
        case SYS_close_range:
            return close_range((unsigned)a[0], (unsigned)a[1], (int)a[2]);
#endif
        case SYS_dup:
            return dup((int)a[0]);
        case SYS_dup3:
            return dup3((int)a[0], (int)a[1], (int)a[2]);
        case SYS_fcntl:
            return fcntl((int)a[0], (int)a[1], a[2]);
        case SYS_timerfd_settime:
            return timerfd_settime((int)a[0], (int)a[1], (const struct itimerspec *)a[2], (struct itimerspec *)a[3]);
        case SYS_timerfd_gettime:
            return timerfd_gettime((int)a[0], (struct itimerspec *)a[1]);
#ifdef SYS_alarm
        case SYS_alarm:
            return alarm((unsigned)a[0]);
#endif
#ifdef SYS_dup2
        case SYS_dup2:
            return dup2((int)a[0], (int)a[1]);
#endif
#ifdef SYS_poll
        case SYS_poll:
            return poll((struct pollfd *)a[0], (nfds_t)a[1], (int)a[2]);
        case SYS_epoll_wait:
            return epoll_wait((int)a[0], (struct epoll_event *)a[1], (int)a[2], (int)a[3]);
#endif
        default:
            break;
        }
    return answered(raw6(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}
