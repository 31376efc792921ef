/* Programs that filter their own system calls: seccomp(2). */
#ifndef SIMISP_CONFINEMENT_H
#define SIMISP_CONFINEMENT_H

#include <stdint.h>

/* Whether this process was started with more filters than the coordinator has. The coordinator is told so, and lets the
 * clock run. */
int is_confined_from_birth(void);

/* How many filters this process has. */
uint32_t own_filters(void);

#endif
