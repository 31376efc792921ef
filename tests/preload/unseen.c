/* Waits where no library of libc's can see it, or is marked as what does. Sleeps three seconds.
 *
 *   -DRAW: by a system call of its own.
 *   -DVFORK: in a child of vfork, which then ends, and with an argument opens the FIFO of that name before.
 *   -DGO: with the section that Go's linker gives every program.
 *   -DCLONE: in a thread by clone(), which reads from the FIFO of the argument's name, while the first reads forever.
 *   -DENDLESS: reads, within stdio, from a pipe that nobody writes to, forever.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef GO
__attribute__((section(".go.buildinfo"), used)) static char mark[] = "\xff Go buildinf:";
#endif

/* Reads one octet by a system call of its own. */
__attribute__((unused)) static int read_unseen(void *path)
{
    char octet;
    long descriptor = open(path, O_RDWR), result;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_read), "D"(descriptor), "S"(&octet), "d"(1) : "rcx", "r11", "memory");
#else
    register long x8 __asm__("x8") = SYS_read, x0 __asm__("x0") = descriptor, x1 __asm__("x1") = (long)&octet;
    register long x2 __asm__("x2") = 1;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    result = x0;
#endif
    return result != 1;
}

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
#elif defined(CLONE)
    static char stack[64 * 1024] __attribute__((aligned(16)));
    int ends[2], flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
    if (count < 2 || pipe(ends) || clone(read_unseen, stack + sizeof stack, flags, words[1]) < 0)
        return 1;
    return (int)read(ends[0], stack, 1);
#else
    (void)count, (void)words;
    return wait_unseen();
#endif
}
