#include "timer_names.h"

#include <limits.h>
#include <stddef.h>

#define NAMES 4096

struct name {
    int descriptor;
    uintptr_t timer; /* 0: this entry is free */
};

static struct name names[NAMES];
static unsigned used; /* entries beyond this one were never taken */
static uintptr_t timers_known;

static struct name *name_of(int descriptor)
{
    for (unsigned i = 0; i < used; i++)
        if (names[i].timer && names[i].descriptor == descriptor)
            return &names[i];
    return NULL;
}

static struct name *free_name(void)
{
    for (unsigned i = 0; i < used; i++)
        if (!names[i].timer)
            return &names[i];
    return used < NAMES ? &names[used++] : NULL;
}

static uintptr_t call(int descriptor, uintptr_t timer)
{
    struct name *name = free_name();
    if (!name)
        return 0;
    *name = (struct name){descriptor, timer};
    return timer;
}

uintptr_t timer_behind(int descriptor)
{
    struct name *name = name_of(descriptor);
    return name ? name->timer : 0;
}

uintptr_t timer_surely_behind(int descriptor)
{
    uintptr_t timer = timer_behind(descriptor);
    return timer ? timer : call(descriptor, ++timers_known);
}

int timer_descriptor(uintptr_t timer)
{
    for (unsigned i = 0; i < used; i++)
        if (names[i].timer == timer)
            return names[i].descriptor;
    return -1;
}

void timer_copied(int descriptor, int copy)
{
    uintptr_t timer = timer_behind(descriptor);
    if (timer && descriptor != copy)
        call(copy, timer);
}

void timer_name_forgotten(int descriptor)
{
    struct name *name = name_of(descriptor);
    if (name)
        name->timer = 0;
}

int timers_have_names(void)
{
    return used != 0;
}

int timer_name_from(int first)
{
    int found = INT_MAX;
    for (unsigned i = 0; i < used; i++)
        if (names[i].timer && names[i].descriptor >= first && names[i].descriptor < found)
            found = names[i].descriptor;
    return found;
}
