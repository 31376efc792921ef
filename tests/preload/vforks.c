/* Makes children by vfork that never become another program, and sleeps for two seconds.
 *
 * Usage: vforks WAY CHILDREN
 *
 *   exec: each looks for a program that is not there, as a shell does in the folders of PATH.
 *   exit: each ends at once.
 *   nap: each sleeps for a millisecond before it looks for one.
 *   unreaped: as exec, and nobody asks for their statuses.
 *   threads: as exec, by four threads at a time.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4

static const char *way;

static int is_way(const char *name)
{
    return strcmp(way, name) == 0;
}

static void fail(void)
{
    if (is_way("exit"))
        _exit(127);
    if (is_way("nap"))
        usleep(1000);
    execlp("there-is-no-such-program", "x", (char *)NULL);
    _exit(127);
}

static void *make_children(void *count)
{
    for (long left = (long)count; left > 0; left--) {
        pid_t child = vfork();
        int status = 127 << 8;
        if (child == 0)
            fail();
        if (child < 0 || (!is_way("unreaped") && waitpid(child, &status, 0) != child) || WEXITSTATUS(status) != 127)
            return (void *)1;
    }
    return NULL;
}

static int by_threads(long children)
{
    pthread_t threads[THREADS];
    void *failed = NULL, *one;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, make_children, (void *)(children / THREADS));
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &one);
        failed = one ? one : failed;
    }
    return failed != NULL;
}

int main(int count, char **words)
{
    if (count != 3)
        return 2;
    long children = strtol(words[2], NULL, 10);
    way = words[1];
    if (is_way("unreaped"))
        signal(SIGCHLD, SIG_IGN);
    if (is_way("threads") ? by_threads(children) : make_children((void *)children) != NULL)
        return 1;
    return (int)sleep(2);
}
