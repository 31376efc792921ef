/* Modem circuits for a PTY, which has none: TIOCMGET(2const) and related calls, answered from the page. They work
 * in every mode, so also if no time is shared. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <termios.h>
/* glibc declares ioctl with an unsigned long, musl with an int; ours serves both. */
#define ioctl ioctl_as_declared
#include <sys/ioctl.h>
#undef ioctl

#include "active.h"
#include "confinement.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "settings.h"
#include "wait.h"

/* From <asm/ioctls.h>, the same on both machines; musl leaves them out. */
#ifndef TIOCMIWAIT
#define TIOCMIWAIT 0x545C
#endif
#ifndef TIOCGICOUNT
#define TIOCGICOUNT 0x545D
#endif

#define OF_DTE (TIOCM_DTR | TIOCM_RTS)
#define OF_DCE (TIOCM_CTS | TIOCM_CAR | TIOCM_RNG | TIOCM_DSR)

/* struct serial_icounter_struct of <linux/serial.h> */
struct line_counters {
    int counters[11];
    int reserved[9];
};

static int set(struct line *line, uint32_t value, uint32_t mask)
{
    uint32_t old = line->dte_circuits, new;
    if (((old ^ value) & mask) != 0)
        settle();
    do
        new = (old & ~mask) | (value & mask);
    while (!__atomic_compare_exchange_n(&line->dte_circuits, &old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
    if (new != old) {
        line_has_changed();
        ring();
    }
    return 0;
}

static const struct {
    uint32_t circuit;
    enum circuit_counter counter;
} counted[] = {{TIOCM_CTS, COUNT_CTS}, {TIOCM_DSR, COUNT_DSR}, {TIOCM_RNG, COUNT_RNG}, {TIOCM_CAR, COUNT_DCD}};

struct change {
    const struct line *line;
    uint32_t mask;
    uint32_t changes;
    uint32_t before[COUNTERS];
};

static long attempt_change(void *argument, const struct timespec *slice)
{
    struct change *change = argument;
    if (slice->tv_nsec)
        raw(SYS_futex, &shared_page->circuit_changes, FUTEX_WAIT, change->changes, slice, NULL, 0);
    change->changes = __atomic_load_n(&shared_page->circuit_changes, __ATOMIC_SEQ_CST);
    for (unsigned i = 0; i < sizeof counted / sizeof *counted; i++)
        if (change->mask & counted[i].circuit &&
            change->line->counters[counted[i].counter] != change->before[counted[i].counter])
            return 1;
    return 0;
}

static uint32_t changing_line(const void *argument)
{
    const struct change *change = argument;
    return (uint32_t)(change->line - shared_page->lines) + 1;
}

/* TIOCMIWAIT: wait until one of these circuits changes. */
static int wait_for_change(const struct line *line, int descriptor, uint32_t mask)
{
    struct change change = {.line = line, .mask = mask, .changes = shared_page->circuit_changes};
    for (unsigned i = 0; i < COUNTERS; i++)
        change.before[i] = line->counters[i];
    struct wait wait = {.call = CALL_CIRCUIT,
                        .descriptor = descriptor,
                        .deadline = NEVER,
                        .attempt = attempt_change,
                        .on_line = changing_line,
                        .argument = &change,
                        .attempt_sleeps = 1};
    long answer = 0;
    while (answer == 0 || answer == -RESTART)
        answer = wait_in_run(&wait);
    return answer > 0 ? 0 : (int)answered(answer);
}

/* Whether a client's pointer leads somewhere, asked of the kernel: one that does not is EFAULT, as of a real port, and no
 * fault in here. A filter of the client's own (seccomp) may forbid the question. */
static int leads_to_value(const uint32_t *at)
{
    return confined || can_be_read(at) || can_be_read(at - 1);
}

static int has_room_for_value(int descriptor, uint32_t *at)
{
    return confined || raw(SYS_ioctl, descriptor, TIOCOUTQ, at) != -EFAULT;
}

static int can_be_written(void *at)
{
    return raw(SYS_rt_sigprocmask, SIG_BLOCK, NULL, at, KERNEL_SIGSET) == 0;
}

static int has_room_for_counters(struct line_counters *at)
{
    return confined || (can_be_written(at) && can_be_written((char *)(at + 1) - KERNEL_SIGSET));
}

/* The beginning of the kernel's struct termios, whose length is not libc's. */
struct kernel_termios {
    uint32_t flags[4];
    unsigned char rest[64];
};
#define CONTROL 2
#define SPEED 010017 /* CBAUD: 0 is B0 */

/* What the client drives. A port whose speed is B0 has dropped both circuits, whatever was set before: termios(3). */
static uint32_t driven(const struct line *line, int descriptor)
{
    struct kernel_termios settings;
    uint32_t set = line->dte_circuits;
    if (confined || raw(SYS_ioctl, descriptor, TCGETS, &settings) < 0 || settings.flags[CONTROL] & SPEED)
        return set;
    return set & ~OF_DTE;
}

static int fault(void)
{
    errno = EFAULT;
    return -1;
}

static int count(const struct line *line, struct line_counters *counters)
{
    if (!has_room_for_counters(counters))
        return fault();
    settle_changes();
    memset(counters, 0, sizeof *counters);
    for (unsigned i = 0; i < 11; i++)
        counters->counters[i] = (int)line->counters[i];
    return 0;
}

static int tell(const struct line *line, int descriptor, uint32_t *circuits)
{
    look_in_vain(); /* programs ask for DCD again and again */
    if (!has_room_for_value(descriptor, circuits))
        return fault();
    settle_changes();
    *circuits = driven(line, descriptor) | line->dce_circuits;
    return 0;
}

static int is_about_circuits(unsigned long request)
{
    switch (request) {
    case TIOCMGET:
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
    case TIOCMIWAIT:
    case TIOCGICOUNT:
        return 1;
    default:
        return 0;
    }
}

EXPORTED int ioctl(int descriptor, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    request &= 0xffffffff; /* musl's callers pass an int */
    if (sends_break(request, argument))
        return send_break(descriptor, request, argument);
    if (changes_settings(request))
        return change_settings(descriptor, request, argument);
    struct line *line = shared_page && is_about_circuits(request) ? line_of(descriptor) : NULL;
    if (!line)
        return REAL(ioctl)(descriptor, request, argument);
    if (request == TIOCMIWAIT)
        return wait_for_change(line, descriptor, (uint32_t)(uintptr_t)argument & OF_DCE);
    if (request == TIOCMGET)
        return tell(line, descriptor, argument);
    if (request == TIOCGICOUNT)
        return count(line, argument);
    if (!leads_to_value(argument))
        return fault();
    uint32_t value = *(uint32_t *)argument;
    switch (request) {
    case TIOCMSET:
        return set(line, value, OF_DTE);
    case TIOCMBIS:
        return set(line, value, value & OF_DTE);
    default:
        return set(line, 0, value & OF_DTE);
    }
}
