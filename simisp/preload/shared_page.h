/* The page as this process has it mapped, and what its mode means. */
#ifndef SIMISP_SHARED_PAGE_H
#define SIMISP_SHARED_PAGE_H

#include "page.h"

/* The page, or NULL when none is shared. Set once, before main. */
extern struct clock_page *shared_page;

/* Whether this process filters its own system calls, and has left the run's time for that: confinement.c. */
extern int confined;

/* Whether waits and clocks are the coordinator's (virtual, or running after having been virtual). */
static inline int time_is_coordinated(void)
{
    return shared_page && !confined && (shared_page->mode == MODE_VIRTUAL || shared_page->mode == MODE_RUNNING);
}

/* Whether libc waits, and times of the clock have to be put in terms of its clock. */
static inline int time_is_scaled(void)
{
    return shared_page && (shared_page->mode == MODE_SCALED || confined);
}

/* Whether durations, too, are others for libc. */
static inline int durations_are_scaled(void)
{
    return shared_page && shared_page->mode == MODE_SCALED;
}

static inline int time_is_shared(void)
{
    return shared_page && shared_page->mode != MODE_REAL;
}

/* Map the page at `path`; NULL when it is none, or of another version. */
struct clock_page *map_page(const char *path);

/* Unmap a page that is not shared after all. */
void unmap_page(struct clock_page *page);

/* Report that processes outside may from now on end a wait of the run that they could not end before: a descriptor was
 * sent away, or a signal requested. The coordinator then asks the kernel again. Async-signal-safe. */
void may_have_opened(void);

/* Ring the coordinator's bell. Async-signal-safe. */
void ring(void);

#endif
