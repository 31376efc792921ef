/* Waiting for input, for all reading calls. */
#ifndef SIMISP_READ_H
#define SIMISP_READ_H

#include <stddef.h>
#include <stdint.h>

#include "page.h"

enum input {
    INPUT_READ,       /* read now: there is input, or an error, or the read doesn't wait */
    INPUT_NONE,       /* the terminal's own timer ran out: the read answers 0 */
    INPUT_TIMED_OUT,  /* the socket's own time limit ran out: EAGAIN */
    INPUT_INTERRUPTED /* a signal handler ran that was set up without SA_RESTART: EINTR */
};

/* Wait until a read of `*size` octets would not block, as the descriptor's terminal settings have it. The size may
 * come out smaller. */
enum input input_awaited(int descriptor, size_t *size);

/* Wait until a descriptor is readable: more than 0, or 0 at the deadline, -EINTR, or -RESTART. */
long await_input(int descriptor, enum call call, uint64_t deadline);

#endif
