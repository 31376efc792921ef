/* Waits of threads for each other that end at an absolute time. */
#ifndef SIMISP_THREADS_H
#define SIMISP_THREADS_H

#include <time.h>

#include "page.h"

/* Whether a limit is a time that the run moves, so that wait_until() is to be called; else it is libc's business. */
int limit_is_shared(clockid_t clock, const struct timespec *when);

/* Wait as `until(object, end)` of libc's does, whose `end` is on CLOCK_REALTIME. Returns its error number, ETIMEDOUT
 * when the run's time has come. */
int wait_until(enum call named, int (*until)(void *object, const struct timespec *end), void *object, clockid_t clock,
               const struct timespec *when);

#endif
