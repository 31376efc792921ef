/* Become this program again with an environment in which LD_PRELOAD stands many times, and sleep for 2 s. */
#include <stdlib.h>
#include <unistd.h>

#define MOST 1000

int main(int count, char **words)
{
    char *again[] = {words[0], NULL}, *environment[MOST + 1];
    long copies = count == 2 ? strtol(words[1], NULL, 10) : 0;
    if (count == 1)
        return (int)sleep(2);
    if (copies < 0 || copies > MOST)
        return 2;
    for (long i = 0; i < copies; i++)
        environment[i] = "LD_PRELOAD=";
    environment[copies] = NULL;
    execve(words[0], again, environment);
    return 1;
}
