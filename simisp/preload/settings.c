/* Changing a line's settings, and flushing it.
 *
 * A PTY has no speed: octets that were written are under way in the kernel until the other side reads them, a flush
 * takes back those that are still there, and a change of settings overtakes them. How many that are depends on who is
 * faster. In virtual time a line is as fast as it can be: what was written has gone out, and has been answered, before
 * the writer goes on to change a setting or a circuit.
 */
#include "settings.h"

#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "clock.h"
#include "participant.h"
#include "real.h"
#include "wait.h"

/* From <asm/ioctls.h>, the same on both machines; libc leaves them out. */
#define SET_2 0x402C542Bul
#define SET_2_DRAINED 0x402C542Cul
#define SET_2_FLUSHED 0x402C542Dul

/* Where the kernel's struct termios and struct termios2 have c_cflag: both begin with four flags of 32 bits. */
#define CFLAG 2
/* From <asm/termbits.h>; musl leaves it out. */
#ifndef CMSPAR
#define CMSPAR 010000000000
#endif
#define FRAMING (CSIZE | PARENB | PARODD | CMSPAR)

void settle(void)
{
    if (!time_is_coordinated())
        return;
    struct wait wait = {.call = CALL_SETTINGS, .descriptor = -1, .deadline = clock_now(), .settles = 1};
    while (wait_in_run(&wait) < 0)
        ;
}

void settle_line(int descriptor)
{
    if (time_is_coordinated() && is_line(descriptor))
        settle();
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
    case TCSETA:
    case TCSETAW:
    case TCSETAF:
    case TCFLSH:
    case TCSBRK:
    case TCSBRKP:
        return 1;
    default:
        return sets_termios(request);
    }
}

static void keep_framing(int descriptor, uint32_t cflag)
{
    if (shared_page && is_line(descriptor))
        __atomic_store_n(&shared_page->line_framing, cflag & FRAMING, __ATOMIC_SEQ_CST);
}

void note_framing(int descriptor, unsigned long request, const void *settings)
{
    if (sets_termios(request) && settings)
        keep_framing(descriptor, ((const uint32_t *)settings)[CFLAG]);
}

/* A PTY keeps to eight bits without parity, whatever it is asked for, and glibc says EINVAL when that was all there was
 * to change. A serial port takes it, and so does the line, though nothing comes of it. */
static int asks_for_framing(int when, const struct termios *settings)
{
    return (when == TCSANOW || when == TCSADRAIN || when == TCSAFLUSH) &&
           (settings->c_cflag & (CSIZE | PARENB | CREAD)) != (CS8 | CREAD);
}

EXPORTED int tcsetattr(int descriptor, int when, const struct termios *settings)
{
    settle_line(descriptor);
    int before = errno;
    keep_framing(descriptor, settings->c_cflag);
    int result = REAL(tcsetattr)(descriptor, when, settings);
    if (result < 0 && errno == EINVAL && asks_for_framing(when, settings) && shared_page && is_line(descriptor)) {
        errno = before;
        return 0;
    }
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
    return REAL(tcsendbreak)(descriptor, duration);
}
