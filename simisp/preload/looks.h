/* How often a thread has looked at one instant, and found nothing: see active.h. */
#ifndef SIMISP_LOOKS_H
#define SIMISP_LOOKS_H

#include <stdint.h>

struct looks {
    uint64_t at;      /* the time of the run at which it looked */
    uint64_t quantum; /* what its last bout cost; 0 outside of active waiting */
    unsigned count;
};

/* Static TLS, so that reading it in a signal handler never allocates. */
extern __thread struct looks looks __attribute__((tls_model("initial-exec")));

/* Something happened: this is not active waiting. */
void looked_with_success(void);

#endif
