#include "environment.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "SIMISP_CLOCK_PAGE="
#define PRELOAD "LD_PRELOAD="

static char page[sizeof PAGE + PATH_MAX];
static char preload[sizeof PRELOAD + 4 * PATH_MAX];

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
    struct carried needed = {3, sizeof preload + 1};
    for (size_t i = 0; given && given[i]; i++) {
        needed.count++;
        if (is(given[i], PRELOAD))
            needed.room += strlen(given[i]);
    }
    return needed;
}

void carry(char *const given[], char **environment, char *room)
{
    size_t count = 0;
    int has_page = !*page, has_preload = !*page;
    for (size_t i = 0; given && given[i]; i++) {
        char *entry = given[i];
        if (is(entry, PAGE))
            has_page = 1;
        if (is(entry, PRELOAD) && *page) {
            has_preload = 1;
            /* Ours first; theirs stay. */
            if (!strstr(entry, preload + sizeof PRELOAD - 1))
                entry = strcat(strcat(strcpy(room, preload), ":"), given[i] + sizeof PRELOAD - 1);
        }
        environment[count++] = entry;
    }
    if (!has_preload)
        environment[count++] = preload;
    if (!has_page)
        environment[count++] = page;
    environment[count] = NULL;
}
