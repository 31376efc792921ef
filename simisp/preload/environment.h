/* What a child needs in its environment to take part. */
#ifndef SIMISP_ENVIRONMENT_H
#define SIMISP_ENVIRONMENT_H

#include <stddef.h>

/* Keep what this process was given. */
void remember_environment(const char *page);

/* Room for an environment with everything that a child needs. */
struct carried {
    size_t count; /* entries that `environment` must have room for, the NULL at the end included */
    size_t room;  /* octets that `room` must have */
};
struct carried carried_by(char *const given[]);

/* Copy an environment and add what is missing. Otherwise a program that starts another with an environment that it
 * has built would leave it in real time. */
void carry(char *const given[], char **environment, char *room);

#endif
