/* Waiting for descriptors: select(2) and pselect(2). */
#include <string.h>

#include "active.h"
#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "wait.h"

/* The kernel overwrites the sets with each look, so the caller's are kept and copied. Sets may be larger than fd_set:
 * the kernel takes any number of descriptors. */
struct select_call {
    int count;
    size_t size;
    fd_set *given[3];
    unsigned char *seen[3];
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
            memcpy(call->seen[i], call->given[i], call->size);
    return raw(SYS_pselect6, call->count, call->given[0] ? call->seen[0] : NULL,
               call->given[1] ? call->seen[1] : NULL, call->given[2] ? call->seen[2] : NULL, &left, &no_mask);
}

static int has_descriptor(const struct select_call *call, int fd)
{
    for (int i = 0; i < 3; i++)
        if (call->given[i] && ((const unsigned char *)call->given[i])[fd / 8] >> (fd % 8) & 1)
            return 1;
    return 0;
}

static uint32_t select_on_line(const void *argument)
{
    const struct select_call *call = argument;
    uint32_t number = 0;
    for (int fd = 0; !number && fd < call->count; fd++)
        if (has_descriptor(call, fd))
            number = line_number(fd);
    return number;
}

static int first_descriptor(const struct select_call *call)
{
    for (int fd = 0; fd < call->count; fd++)
        if (has_descriptor(call, fd))
            return fd;
    return -1;
}

#define MOST_DESCRIPTORS 65536

static long select_in_run(int count, fd_set *sets[3], uint64_t duration, const sigset_t *mask)
{
    static const struct timespec at_once;
    size_t size = count > 0 ? ((size_t)count + 63) / 64 * 8 : 0;
    unsigned char seen[3][size ? size : 8], any[size ? size : 8];
    struct select_call call = {.count = count, .size = size};
    for (int i = 0; i < 3; i++) {
        call.given[i] = size ? sets[i] : NULL;
        call.seen[i] = seen[i];
        if (call.given[i])
            memcpy(seen[i], call.given[i], size);
    }
    memset(any, 0, size);
    for (int i = 0; i < 3; i++)
        for (size_t at = 0; call.given[i] && at < size; at++)
            any[at] |= seen[i][at];
    long answer;
    if (duration == 0 && !mask) {
        answer = looked(attempt_select(&call, &at_once));
    } else {
        int first = first_descriptor(&call);
        struct wait wait = {.call = CALL_SELECT,
                            .descriptor = first,
                            .deadline = clock_after(duration),
                            .attempt = first >= 0 ? attempt_select : NULL,
                            .on_line = select_on_line,
                            .set = any,
                            .set_size = (uint32_t)size,
                            .argument = &call,
                            .attempt_sleeps = 1,
                            .mask = mask};
        answer = not_restarted(wait_in_run(&wait));
    }
    /* On failure the sets are unspecified by POSIX and untouched by Linux. */
    for (int i = 0; i < 3 && answer >= 0; i++)
        if (call.given[i])
            memcpy(call.given[i], call.seen[i], size);
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
    if (valid && time_is_coordinated()) {
        uint64_t until = clock_after(duration);
        long answer = select_in_run(count, sets, duration, NULL);
        /* Linux returns how much time was left: select(2), "The timeout". */
        if (timeout && duration) {
            uint64_t now = clock_now(), left = until > now ? until - now : 0;
            timeout->tv_sec = (time_t)(left / NANOSECONDS);
            timeout->tv_usec = (suseconds_t)(left % NANOSECONDS / 1000);
        }
        return (int)answered(answer);
    }
    if (valid && durations_are_scaled() && timeout && duration) {
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
    if (valid && time_is_coordinated())
        return (int)answered(select_in_run(count, sets, duration, mask));
    if (valid && durations_are_scaled() && timeout) {
        struct timespec scaled = to_timespec(clock_scaled_down(duration));
        return REAL(pselect)(count, readable, writable, exceptional, &scaled, mask);
    }
    return REAL(pselect)(count, readable, writable, exceptional, timeout, mask);
}
