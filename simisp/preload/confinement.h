/* Programs that filter their own system calls: seccomp(2). */
#ifndef SIMISP_CONFINEMENT_H
#define SIMISP_CONFINEMENT_H

#include <stdint.h>

/* Whether this process was started with more filters than the coordinator has. The coordinator is told so, and lets the
 * clock run. */
int is_confined_from_birth(void);

/* Before a filter is installed; `operation` is that of seccomp(2). Other operations are ignored. */
void confine_by_seccomp(long operation, long filter);

/* How many filters this process has. */
uint32_t own_filters(void);

#endif
