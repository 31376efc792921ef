/* Sleeps for two seconds in each of four ways, and writes past its memory when it is given a word. Ends with 5 when that
 * did not take eight seconds by its own clock.
 *
 * To be compiled with -fsanitize=address, whose runtime stands in for libc's functions as well.
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void *sleep_two(void *argument)
{
    sleep(2);
    return argument;
}

int main(int count, char **words)
{
    pthread_t thread;
    int status;
    time_t begin = time(NULL);
    volatile char *memory = malloc(4);
    pthread_create(&thread, NULL, sleep_two, NULL);
    pthread_join(thread, NULL);
    if (fork() == 0) {
        free((void *)memory);
        sleep(2);
        exit(0);
    }
    wait(&status);
    if (vfork() == 0) {
        execlp("sleep", "sleep", "2", (char *)NULL);
        _exit(1);
    }
    wait(&status);
    poll(NULL, 0, 2000);
    if (count > 1)
        memory[4] = words[1][0];
    free((void *)memory);
    return status ? status : time(NULL) - begin == 8 ? 0 : 5;
}
