/* Waits where no library of libc's can see it, or is marked as what does. Sleeps three seconds.
 *
 *   -DRAW: by a system call of its own.
 *   -DVFORK: in a child of vfork, which then ends, and with an argument opens the FIFO of that name before.
 *   -DGO: with the section that Go's linker gives every program.
 *   -DENDLESS: reads, within stdio, from a pipe that nobody writes to, for ever.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef GO
__attribute__((section(".go.buildinfo"), used)) static char mark[] = "\xff Go buildinf:";
#endif

static int wait_unseen(void)
{
    struct timespec three = {3, 0};
#ifdef ENDLESS
    int ends[2];
    FILE *silent = pipe(ends) == 0 ? fdopen(ends[0], "r") : NULL;
    return silent ? getc(silent) : 1;
#elif defined(RAW)
    long result;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "=a"(result) : "a"(35), "D"(&three), "S"(0) : "rcx", "r11", "memory");
#else
    register long x8 __asm__("x8") = 101, x0 __asm__("x0") = (long)&three, x1 __asm__("x1") = 0;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
    result = x0;
#endif
    return (int)result;
#else
    return nanosleep(&three, NULL);
#endif
}

int main(int count, char **words)
{
#ifdef VFORK
    pid_t child = vfork();
    if (child > 0)
        return waitpid(child, NULL, 0) != child;
    if (count > 1)
        open(words[1], O_RDONLY);
    _exit(wait_unseen());
#else
    (void)count, (void)words;
    return wait_unseen();
#endif
}
