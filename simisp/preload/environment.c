#include "environment.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "SIMISP_CLOCK_PAGE="
#define PRELOAD "LD_PRELOAD="
/* libasan refuses to work if another library was loaded before it, unless told not to check. */
#define SANITIZER "ASAN_OPTIONS="
#define UNORDERED "verify_asan_link_order="

static char page[sizeof PAGE + PATH_MAX];
static char preload[sizeof PRELOAD + 4 * PATH_MAX];

static char unordered[] = SANITIZER UNORDERED "0";

void remember_environment(const char *path)
{
    const char *libraries = getenv("LD_PRELOAD");
    if (!libraries || strlen(libraries) >= sizeof preload - sizeof PRELOAD || strlen(path) >= PATH_MAX)
        return;
    strcat(strcpy(page, PAGE), path);
    strcat(strcpy(preload, PRELOAD), libraries);
}

static int is(const char *entry, const char *name)
{
    return strncmp(entry, name, strlen(name)) == 0;
}

struct carried carried_by(char *const given[])
{
    struct carried needed = {4, 1};
    for (size_t i = 0; given && given[i]; i++) {
        needed.count++;
        if (is(given[i], SANITIZER))
            needed.room += strlen(given[i]) + sizeof unordered;
        if (is(given[i], PRELOAD))
            needed.room += strlen(preload) + strlen(given[i]);
    }
    return needed;
}

/* `first`, a colon and `second`, in `room`, which goes on to what is left of it. */
static char *joined(char **room, const char *first, const char *second)
{
    char *whole = strcat(strcat(strcpy(*room, first), ":"), second);
    *room += strlen(whole) + 1;
    return whole;
}

void carry(char *const given[], char **environment, char *room)
{
    size_t count = 0;
    int has_page = !*page, has_preload = !*page, has_options = !*page;
    for (size_t i = 0; given && given[i]; i++) {
        char *entry = given[i];
        if (is(entry, PAGE))
            has_page = 1;
        if (is(entry, PRELOAD) && *page) {
            has_preload = 1;
            /* Ours first; the program's are kept. */
            if (!strstr(entry, preload + sizeof PRELOAD - 1))
                entry = joined(&room, preload, given[i] + sizeof PRELOAD - 1);
        }
        if (is(entry, SANITIZER) && *page) {
            has_options = 1;
            if (!strstr(entry, UNORDERED))
                entry = joined(&room, entry, unordered + sizeof SANITIZER - 1);
        }
        environment[count++] = entry;
    }
    if (!has_preload)
        environment[count++] = preload;
    if (!has_page)
        environment[count++] = page;
    if (!has_options)
        environment[count++] = unordered;
    environment[count] = NULL;
}
