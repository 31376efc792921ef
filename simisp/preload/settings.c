/* Changing a line's settings, and flushing it.
 *
 * A PTY has no speed: octets that were written are under way in the kernel until the other side reads them, a flush
 * takes back those that are still there, and a change of settings overtakes them. How many that are depends on who is
 * faster. In virtual time a line is as fast as it can be: what was written has gone out, and has been answered, before
 * the writer goes on to change a setting or a circuit. So has a change, before the one who made it asks for a circuit: a
 * modem drops DCD when DTR goes.
 */
#include "settings.h"

#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "clock.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "shared_page.h"
#include "wait.h"

/* From <asm/ioctls.h>, the same on both machines; libc leaves them out. */
#define SET_2 0x402C542Bul
#define SET_2_DRAINED 0x402C542Cul
#define SET_2_FLUSHED 0x402C542Dul

/* Where the kernel's structures have c_cflag: all begin with four flags, of 16 bits (termio) or of 32. */
#define CFLAG 2
/* From <asm/termbits.h>; musl leaves it out. */
#ifndef CMSPAR
#define CMSPAR 010000000000
#endif
#define FRAMING (CSIZE | PARENB | PARODD | CMSPAR)

/* Whether this process has changed something that the simulator may not have taken notice of. */
static int has_changed;

void line_has_changed(void)
{
    has_changed = 1;
}

void settle_changes(void)
{
    if (has_changed)
        settle();
}

void settle(void)
{
    has_changed = 0;
    if (!time_is_coordinated())
        return;
    struct wait wait = {.call = CALL_SETTINGS, .descriptor = -1, .deadline = clock_now(), .settles = 1};
    while (wait_in_run(&wait) < 0)
        ;
}

void settle_line(int descriptor)
{
    if (time_is_coordinated() && line_number(descriptor))
        settle();
}

/* Whether an ioctl is given the older struct termio, whose flags have 16 bits. */
static int sets_termio(unsigned long request)
{
    return request == TCSETA || request == TCSETAW || request == TCSETAF;
}

/* Whether an ioctl is given a struct termios or termios2. */
static int sets_termios(unsigned long request)
{
    switch (request) {
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case SET_2:
    case SET_2_DRAINED:
    case SET_2_FLUSHED:
        return 1;
    default:
        return 0;
    }
}

int changes_settings(unsigned long request)
{
    switch (request) {
    case TCFLSH:
    case TCSBRK:
    case TCSBRKP:
        return 1;
    default:
        return sets_termio(request) || sets_termios(request);
    }
}

/* It reads them before it refuses what to do with them. */
int can_be_read(const void *at)
{
    return raw(SYS_rt_sigprocmask, -1, at, NULL, KERNEL_SIGSET) == -EINVAL;
}

/* The framing that an ioctl asks for. What can't be read the kernel refuses too. */
static int asked_framing(const struct line *line, unsigned long request, const void *settings, uint32_t *framing)
{
    const uint32_t *flags = settings;
    const uint16_t *old_flags = settings;
    if (sets_termios(request) && can_be_read(&flags[CFLAG - 1]))
        *framing = flags[CFLAG] & FRAMING;
    else if (sets_termio(request) && can_be_read(old_flags)) /* the kernel leaves the other 16 bits as they are */
        *framing = (line->framing & FRAMING & ~0xffffu) | (old_flags[CFLAG] & FRAMING);
    else
        return 0;
    return 1;
}

static uint32_t keep_framing(struct line *line, uint32_t framing)
{
    return __atomic_exchange_n(&line->framing, framing, __ATOMIC_SEQ_CST);
}

/* It is noted before the kernel is asked, for the simulator hears of the change at once; and taken back where the kernel
 * refuses. */
int change_settings(int descriptor, unsigned long request, void *settings)
{
    uint32_t framing;
    settle_line(descriptor);
    struct line *line = shared_page ? line_of(descriptor) : NULL;
    if (!line || !asked_framing(line, request, settings, &framing))
        return REAL(ioctl)(descriptor, request, settings);
    uint32_t before = keep_framing(line, framing);
    int result = REAL(ioctl)(descriptor, request, settings);
    if (result < 0)
        keep_framing(line, before);
    line_has_changed();
    return result;
}

/* A PTY keeps to eight bits without parity, whatever it is asked for, and glibc says EINVAL when that was all there was
 * to change. A serial port takes it, and so does the line, though nothing comes of it. */
static int asks_for_framing(int when, const struct termios *settings)
{
    return (when == TCSANOW || when == TCSADRAIN || when == TCSAFLUSH) &&
           (settings->c_cflag & (CSIZE | PARENB | CREAD)) != (CS8 | CREAD);
}

int sends_break(unsigned long request, const void *argument)
{
    return request == TIOCSBRK || request == TCSBRKP || (request == TCSBRK && !argument); /* else it is tcdrain() */
}

/* The client's octets went out before the break. A real port is busy with one for a quarter of a second; a PTY is not. */
static int has_sent_break(int descriptor, int result)
{
    struct line *line = result == 0 && shared_page ? line_of(descriptor) : NULL;
    if (line) {
        __atomic_add_fetch(&line->breaks, 1, __ATOMIC_SEQ_CST);
        line_has_changed();
        ring();
    }
    return result;
}

int send_break(int descriptor, unsigned long request, void *argument)
{
    settle_line(descriptor);
    return has_sent_break(descriptor, REAL(ioctl)(descriptor, request, argument));
}

EXPORTED int tcsetattr(int descriptor, int when, const struct termios *settings)
{
    settle_line(descriptor);
    struct line *line = shared_page ? line_of(descriptor) : NULL;
    if (!line)
        return REAL(tcsetattr)(descriptor, when, settings);
    int before = errno;
    uint32_t framing = keep_framing(line, settings->c_cflag & FRAMING);
    int result = REAL(tcsetattr)(descriptor, when, settings);
    if (result < 0 && errno == EINVAL && asks_for_framing(when, settings)) {
        errno = before;
        return 0;
    }
    if (result < 0)
        keep_framing(line, framing);
    line_has_changed();
    return result;
}

EXPORTED int tcflush(int descriptor, int queue)
{
    settle_line(descriptor);
    return REAL(tcflush)(descriptor, queue);
}

EXPORTED int tcdrain(int descriptor)
{
    settle_line(descriptor);
    return REAL(tcdrain)(descriptor);
}

EXPORTED int tcsendbreak(int descriptor, int duration)
{
    settle_line(descriptor);
    return has_sent_break(descriptor, REAL(tcsendbreak)(descriptor, duration));
}
