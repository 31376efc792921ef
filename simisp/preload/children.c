/* Processes: a child is announced before its parent continues, and is given what it needs to take part. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "active.h"
#include "environment.h"
#include "participant.h"
#include "raw.h"
#include "real.h"
#include "timers.h"
#include "wait.h"

extern char **environ;

EXPORTED pid_t fork(void)
{
    pid_t pid = REAL(fork)();
    /* The announcement was made by announce_fork(); in the child it is the child's already. */
    if (shared_page && pid != 0)
        announced_as(forked_child(), pid);
    return pid;
}

/* The child borrows the parent's memory and stack until it calls exec, so nothing of ours may be on the stack: the
 * call to libc's vfork has to be a jump, which it is under -O2. The child finds the announcement after its exec. */
EXPORTED pid_t vfork(void)
{
    if (shared_page)
        announce_borrower();
    return REAL(vfork)();
}

/* Run `call` with an environment in which a child takes part. */
#define CARRYING(given, call)                                                                                         \
    struct carried needed = carried_by(given);                                                                        \
    char *carried[needed.count];                                                                                      \
    char preload[needed.room];                                                                                        \
    carry(given, carried, preload);                                                                                   \
    borrower_is_known();                                                                                              \
    timers_hand_over();                                                                                               \
    int answer = call;                                                                                                \
    timers_take_back();                                                                                               \
    return answer

static int exec_carrying(const char *path, char *const arguments[], char *const given[])
{
    CARRYING(given, REAL(execve)(path, arguments, carried));
}

static int search_carrying(const char *file, char *const arguments[], char *const given[])
{
    CARRYING(given, REAL(execvpe)(file, arguments, carried));
}

EXPORTED int execve(const char *path, char *const arguments[], char *const environment[])
{
    return shared_page ? exec_carrying(path, arguments, environment) : REAL(execve)(path, arguments, environment);
}

EXPORTED int execv(const char *path, char *const arguments[])
{
    return shared_page ? exec_carrying(path, arguments, environ) : REAL(execv)(path, arguments);
}

EXPORTED int execvpe(const char *file, char *const arguments[], char *const environment[])
{
    return shared_page ? search_carrying(file, arguments, environment) : REAL(execvpe)(file, arguments, environment);
}

EXPORTED int execvp(const char *file, char *const arguments[])
{
    return shared_page ? search_carrying(file, arguments, environ) : REAL(execvp)(file, arguments);
}

EXPORTED int fexecve(int descriptor, char *const arguments[], char *const environment[])
{
    if (!shared_page)
        return REAL(fexecve)(descriptor, arguments, environment);
    CARRYING(environment, REAL(fexecve)(descriptor, arguments, carried));
}

/* The arguments of the execl family as an array. `rest` is left after the NULL that ends them. */
#define COLLECT(first, array, rest)                                                                                   \
    size_t count = 1;                                                                                                 \
    va_list rest;                                                                                                     \
    va_start(rest, first);                                                                                            \
    while (va_arg(rest, char *))                                                                                      \
        count++;                                                                                                      \
    va_end(rest);                                                                                                     \
    char *array[count + 1];                                                                                           \
    va_start(rest, first);                                                                                            \
    array[0] = (char *)first;                                                                                         \
    for (size_t i = 1; i <= count; i++)                                                                               \
        array[i] = va_arg(rest, char *)

EXPORTED int execl(const char *path, const char *first, ...)
{
    COLLECT(first, array, rest);
    va_end(rest);
    return execv(path, array);
}

EXPORTED int execlp(const char *file, const char *first, ...)
{
    COLLECT(first, array, rest);
    va_end(rest);
    return execvp(file, array);
}

EXPORTED int execle(const char *path, const char *first, ...)
{
    COLLECT(first, array, rest);
    char *const *environment = va_arg(rest, char *const *);
    va_end(rest);
    return execve(path, array, environment);
}

typedef int spawn_function(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                           char *const[], char *const[]);

static int spawn(spawn_function *real_spawn, pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[])
{
    struct carried needed = carried_by(environment);
    char *carried[needed.count];
    char preload[needed.room];
    carry(environment, carried, preload);
    struct slot *slot = announce_process();
    pid_t child = 0;
    int error = real_spawn(&child, path, actions, attributes, arguments, carried);
    announced_as(slot, error ? 0 : child);
    if (!error && pid)
        *pid = child;
    return error;
}

EXPORTED int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *restrict attributes, char *const arguments[restrict],
                         char *const environment[restrict])
{
    return shared_page ? spawn(REAL(posix_spawn), pid, path, actions, attributes, arguments, environment)
                       : REAL(posix_spawn)(pid, path, actions, attributes, arguments, environment);
}

EXPORTED int posix_spawnp(pid_t *restrict pid, const char *restrict file, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *restrict attributes, char *const arguments[restrict],
                          char *const environment[restrict])
{
    return shared_page ? spawn(REAL(posix_spawnp), pid, file, actions, attributes, arguments, environment)
                       : REAL(posix_spawnp)(pid, file, actions, attributes, arguments, environment);
}

/* libc starts these children itself and does not reveal their pids. A child that comes up finds the announcement. One
 * that never came up, because there is no shell, leaves its announcement behind. */
EXPORTED FILE *popen(const char *command, const char *mode)
{
    struct slot *slot = shared_page ? announce_process() : NULL;
    FILE *stream = REAL(popen)(command, mode);
    if (!stream)
        announced_as(slot, 0);
    return stream;
}

EXPORTED int system(const char *command)
{
    struct slot *slot = shared_page && command ? announce_process() : NULL;
    uint32_t birth = slot ? slot->birth : 0;
    int status = REAL(system)(command);
    if (slot && slot->birth == birth)
        announced_as(slot, 0);
    return status;
}

struct child_call {
    pid_t pid;
    int *status;
    int options;
    struct rusage *usage;
};

static long attempt_wait4(void *argument, const struct timespec *slice)
{
    struct child_call *call = argument;
    (void)slice;
    return raw(SYS_wait4, call->pid, call->status, call->options | WNOHANG, call->usage);
}

static long until_a_child(const struct wait *wait)
{
    long answer;
    do
        answer = wait_in_run(wait);
    while (answer == -RESTART);
    return answer;
}

EXPORTED pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    struct child_call call = {pid, status, options, usage};
    struct wait wait = {
        .call = CALL_CHILD, .descriptor = -1, .deadline = NEVER, .attempt = attempt_wait4, .argument = &call};
    if (!time_is_coordinated())
        return REAL(wait4)(pid, status, options, usage);
    if (!(options & WNOHANG))
        return (pid_t)answered(until_a_child(&wait));
    return (pid_t)answered(looked(attempt_wait4(&call, NULL)));
}

EXPORTED pid_t waitpid(pid_t pid, int *status, int options)
{
    return time_is_coordinated() ? wait4(pid, status, options, NULL) : REAL(waitpid)(pid, status, options);
}

EXPORTED pid_t wait(int *status)
{
    return time_is_coordinated() ? wait4(-1, status, 0, NULL) : REAL(wait)(status);
}

EXPORTED pid_t wait3(int *status, int options, struct rusage *usage)
{
    return time_is_coordinated() ? wait4(-1, status, options, usage) : REAL(wait3)(status, options, usage);
}

struct waitid_call {
    idtype_t type;
    id_t id;
    siginfo_t *info;
    int options;
};

/* waitid returns 0 whether it found a child or not; the pid shows which. */
static long attempt_waitid(void *argument, const struct timespec *slice)
{
    struct waitid_call *call = argument;
    siginfo_t info = {.si_pid = 0};
    (void)slice;
    long answer = raw(SYS_waitid, call->type, call->id, &info, call->options | WNOHANG, NULL);
    if (answer < 0 || info.si_pid == 0)
        return answer;
    if (call->info)
        *call->info = info;
    return 1;
}

EXPORTED int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    if (!time_is_coordinated() || (options & WNOHANG))
        return REAL(waitid)(type, id, info, options);
    struct waitid_call call = {type, id, info, options};
    struct wait wait = {
        .call = CALL_CHILD, .descriptor = -1, .deadline = NEVER, .attempt = attempt_waitid, .argument = &call};
    long answer = until_a_child(&wait);
    return answer > 0 ? 0 : (int)answered(answer);
}

EXPORTED __attribute__((noreturn)) void _exit(int status)
{
    if (shared_page)
        borrower_is_known();
    timers_hand_over();
    for (;;)
        raw(SYS_exit_group, status);
}

EXPORTED __attribute__((noreturn)) void _Exit(int status)
{
    _exit(status);
}
