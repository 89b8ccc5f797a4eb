/* Programs whose consumption is known: they say themselves what they hold, and never by reading /proc.

     load job COMMAND [ARGUMENT...]             the job's first process: runs the command when it may
     load cpu USER SYSTEM PROCESSES THREADS     seconds of CPU time of each thread
     load forks NUMBER MILLISECONDS             short-lived processes, one after the other
     load detached SECONDS                      the same CPU time in a session of its own that nobody waits for
     load memory TOUCHED UNTOUCHED PROCESSES    MiB; the processes share it
     load write MIB PROCESSES                   each, with fsync
     load read MIB                              from storage, after writing it
     load files NUMBER
     load sockets NUMBER                        of each kind and state, inherited by a second process
     load processes NUMBER THREADS              threads of each

   All work in the current directory and meet the one who watches there by FIFOs: they wait for a byte in `go`,
   `release`, `enough`. What is held until `release` stands in `holds`, what a load did in `said`; what the kernel
   accounts for the command and all its descendants in `truth`. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1L << 20)

static void fail(const char *what)
{
    perror(what);
    exit(99);
}

static long must(long result, const char *what)
{
    if (result < 0)
        fail(what);
    return result;
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* A file of KEY=VALUE lines that is there as a whole or not at all. */
static void tell(const char *file, const char *format, ...)
{
    char draft[64];
    va_list values;
    snprintf(draft, sizeof draft, "%s.new", file);
    FILE *out = fopen(draft, "w");
    if (out == NULL)
        fail(draft);
    va_start(values, format);
    vfprintf(out, format, values);
    va_end(values);
    fprintf(out, "time_ms=%lld\n", now_ms());
    if (fclose(out) != 0 || rename(draft, file) != 0)
        fail(file);
}

/* Open before anything is counted. For reading and writing, because that does not wait. */
static int released = -1;

static int gate(const char *fifo)
{
    return must(open(fifo, O_RDWR | O_CLOEXEC), fifo);
}

/* Waits without any CPU time. */
static void wait_at(int fifo)
{
    char byte;
    must(read(fifo, &byte, 1), "a gate");
}

static int open_files(void)
{
    int count = 0;
    for (int fd = 0; fd < 70000; fd++)
        count += fcntl(fd, F_GETFD) != -1;
    return count;
}

static double seconds(struct timeval time)
{
    return time.tv_sec + time.tv_usec / 1e6;
}

static long resident_peak(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_maxrss * 1024;
}

static int status_of(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void wait_for_all(void)
{
    int status;
    while (wait(&status) > 0 || errno == EINTR)
        if (status_of(status) != 0 && !(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM))
            exit(98);
}

/* ---- the job's first process ---- */

static int job(char **command)
{
    int status, own = 0, go = gate("go"), enough = gate("enough");
    struct rusage used;
    tell("first", "open_files=%d\nmemory_rss_bytes=%ld\n", open_files(), resident_peak());
    wait_at(go);
    /* Orphans are waited for here; a detached one must have nobody who does. */
    if (getenv("LOAD_UNWAITED") == NULL)
        must(prctl(PR_SET_CHILD_SUBREAPER, 1), "subreaper");
    tell("started", "");
    pid_t child = must(fork(), "fork");
    if (child == 0) {
        execvp(command[0], command);
        fail(command[0]);
    }
    for (;;) {
        pid_t pid = wait(&status);
        if (pid == child)
            own = status_of(status);
        if (pid < 0 && errno == ECHILD)
            break;
    }
    getrusage(RUSAGE_CHILDREN, &used);
    tell("truth", "cpu_user_seconds=%.6f\ncpu_system_seconds=%.6f\nread_bytes=%ld\nwrite_bytes=%ld\npeak=%ld\n",
         seconds(used.ru_utime), seconds(used.ru_stime), used.ru_inblock * 512L, used.ru_oublock * 512L,
         used.ru_maxrss * 1024L);
    wait_at(enough);
    return own;
}

/* ---- CPU time ---- */

static double of_user, of_system;

static void burn_user(double limit)
{
    struct rusage used;
    volatile double sum = 0;
    do {
        for (int i = 1; i < 200000; i++)
            sum += 1.0 / i;
        getrusage(RUSAGE_THREAD, &used);
    } while (seconds(used.ru_utime) < limit);
}

static void burn_system(double limit)
{
    static _Thread_local char buffer[1 << 16];
    struct rusage used;
    int zero = must(open("/dev/zero", O_RDONLY), "/dev/zero");
    do {
        for (int i = 0; i < 200; i++)
            must(read(zero, buffer, sizeof buffer), "read");
        getrusage(RUSAGE_THREAD, &used);
    } while (seconds(used.ru_stime) < limit);
    close(zero);
}

static void *burn(void *nothing)
{
    if (of_user > 0)
        burn_user(of_user);
    if (of_system > 0)
        burn_system(of_system);
    return nothing;
}

static void *rest(void *nothing)
{
    for (;;)
        pause();
    return nothing;
}

static void start_thread(pthread_t *thread, void *(*body)(void *))
{
    if ((errno = pthread_create(thread, NULL, body, NULL)) != 0)
        fail("pthread_create");
}

static int cpu(int processes, int threads)
{
    for (int i = 0; i < processes; i++)
        if (must(fork(), "fork") == 0) {
            pthread_t pool[threads];
            for (int t = 1; t < threads; t++)
                start_thread(&pool[t], burn);
            burn(NULL);
            for (int t = 1; t < threads; t++)
                pthread_join(pool[t], NULL);
            _exit(0);
        }
    wait_for_all();
    return 0;
}

static int forks(int number, double milliseconds)
{
    of_user = milliseconds / 1000;
    for (int i = 0; i < number; i++) {
        if (must(fork(), "fork") == 0) {
            burn(NULL);
            _exit(0);
        }
        wait_for_all();
    }
    return 0;
}

static int detached(double limit)
{
    struct rusage used;
    of_user = limit;
    if (must(fork(), "fork") > 0)
        return 0;
    must(setsid(), "setsid");
    if (must(fork(), "fork") > 0)
        _exit(0);
    burn(NULL);
    getrusage(RUSAGE_SELF, &used);
    tell("holds", "cpu_user_seconds=%.6f\ncpu_system_seconds=%.6f\n", seconds(used.ru_utime), seconds(used.ru_stime));
    wait_at(released);
    return 0;
}

/* ---- what is held ---- */

/* Starts a process that holds what it inherited, and threads. Returns how many files it has open. */
static int holder(int threads)
{
    int ready[2], files;
    must(pipe(ready), "pipe");
    if (must(fork(), "fork") == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(ready[0]);
        for (int t = 1; t < threads; t++) {
            pthread_t thread;
            start_thread(&thread, rest);
        }
        files = open_files() - 1;
        must(write(ready[1], &files, sizeof files), "write");
        close(ready[1]);
        for (;;)
            pause();
    }
    close(ready[1]);
    if (read(ready[0], &files, sizeof files) != sizeof files)
        fail("a holder");
    close(ready[0]);
    return files;
}

static int end_holders(void)
{
    signal(SIGTERM, SIG_IGN);
    wait_at(released);
    kill(0, SIGTERM);
    wait_for_all();
    return 0;
}

static int memory(long touched, long untouched, int processes)
{
    long base = resident_peak();
    char *block = mmap(NULL, touched * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *more = mmap(NULL, untouched * MIB + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (block == MAP_FAILED || more == MAP_FAILED)
        fail("mmap");
    memset(block, 'x', touched * MIB);
    for (int i = 1; i < processes; i++)
        holder(1);
    tell("holds", "memory_rss_bytes=%ld\nmemory_pss_bytes=%ld\nprocesses=%d\n", processes * touched * MIB + base,
         touched * MIB + base, processes);
    return end_holders();
}

static int processes(int number, int threads)
{
    int files = 0;
    for (int i = 0; i < number; i++)
        files += holder(threads);
    tell("holds", "processes=%d\nthreads=%d\nopen_files=%d\n", number + 1, number * threads + 1,
         files + open_files());
    return end_holders();
}

static int files(int number)
{
    int pair[2];
    for (int i = 0; i < number; i++) {
        char name[32];
        snprintf(name, sizeof name, "file-%d", i);
        must(open(name, O_RDWR | O_CREAT, 0600), name);
        unlink(name);
    }
    must(pipe(pair), "pipe");
    tell("holds", "open_files=%d\nopen_sockets=0\n", open_files());
    return end_holders();
}

static int tcp(void)
{
    return must(socket(AF_INET, SOCK_STREAM, 0), "socket");
}

static int sockets(int number)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    int listener = -1, pair[2];
    for (int i = 0; i < number; i++) {
        struct sockaddr_in any = here;
        any.sin_port = 0;
        must(bind(listener = tcp(), (struct sockaddr *)&any, sizeof any), "bind");
        must(listen(listener, 16), "listen");
    }
    must(getsockname(listener, (struct sockaddr *)&here, &size), "getsockname");
    for (int i = 0; i < 2 * number; i++) {
        int client = tcp();
        must(connect(client, (struct sockaddr *)&here, sizeof here), "connect");
        must(accept(listener, NULL, NULL), "accept");
        /* Of each second pair the one that accepted stays behind, in CLOSE_WAIT. */
        if (i % 2)
            close(client);
    }
    for (int i = 0; i < number; i++) {
        /* In none of the kernel's tables, as it has no port, nor has a TCP socket that did nothing. */
        must(socket(AF_INET, SOCK_DGRAM, 0), "udp");
        struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        must(bind(must(socket(AF_INET, SOCK_DGRAM, 0), "udp"), (struct sockaddr *)&any, sizeof any), "bind");
        must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), "socketpair");
        must(socket(AF_NETLINK, SOCK_RAW, 0), "netlink");
        tcp();
    }
    int all = holder(1) + open_files();
    tell("holds",
         "open_sockets=%d\nopen_files=%d\nprocesses=2\nsockets_tcp_listen=%d\nsockets_tcp_established=%d\n"
         "sockets_tcp_close_wait=%d\nsockets_unix=%d\nsockets_udp=%d\nsockets_other=%d\n",
         10 * number, all, number, 2 * number, number, 2 * number, number, 3 * number);
    return end_holders();
}

/* ---- bytes ---- */

static void write_file(const char *name, long mib)
{
    static char block[MIB];
    int file = must(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600), name);
    memset(block, 'w', sizeof block);
    for (long i = 0; i < mib; i++)
        if (must(write(file, block, MIB), "write") != MIB)
            fail("write");
    must(fsync(file), "fsync");
    close(file);
}

static int write_load(long mib, int number)
{
    for (int i = 0; i < number; i++)
        if (must(fork(), "fork") == 0) {
            char name[32];
            snprintf(name, sizeof name, "written-%d", i);
            write_file(name, mib);
            unlink(name);
            _exit(0);
        }
    wait_for_all();
    tell("said", "write_bytes=%ld\nwrite_chars=%ld\n", mib * number * MIB, mib * number * MIB);
    return 0;
}

static int read_load(long mib)
{
    static char block[MIB];
    write_file("to-read", mib);
    int file = must(open("to-read", O_RDONLY), "to-read");
    if ((errno = posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)) != 0)
        fail("posix_fadvise");
    for (long i = 0; i < mib; i++)
        if (must(read(file, block, MIB), "read") != MIB)
            fail("read");
    close(file);
    unlink("to-read");
    tell("said", "read_bytes=%ld\nread_chars=%ld\nwrite_bytes=%ld\nwrite_chars=%ld\n", mib * MIB, mib * MIB,
         mib * MIB, mib * MIB);
    return 0;
}

int main(int count, char **words)
{
    double number[4] = {0};
    const char *name = count > 1 ? words[1] : "";
    for (int i = 0; i < 4 && i + 2 < count; i++)
        number[i] = atof(words[i + 2]);
    if (strcmp(name, "job") == 0 && count > 2)
        return job(words + 2);
    if (strcmp(name, "cpu") == 0) {
        of_user = number[0];
        of_system = number[1];
        return cpu(number[2], number[3]);
    }
    /* So that its holders can be ended together. */
    setpgid(0, 0);
    released = gate("release");
    if (strcmp(name, "forks") == 0)
        return forks(number[0], number[1]);
    if (strcmp(name, "detached") == 0)
        return detached(number[0]);
    if (strcmp(name, "memory") == 0)
        return memory(number[0], number[1], number[2]);
    if (strcmp(name, "processes") == 0)
        return processes(number[0], number[1]);
    if (strcmp(name, "files") == 0)
        return files(number[0]);
    if (strcmp(name, "sockets") == 0)
        return sockets(number[0]);
    if (strcmp(name, "write") == 0)
        return write_load(number[0], number[1]);
    if (strcmp(name, "read") == 0)
        return read_load(number[0]);
    fprintf(stderr, "usage: load NAME NUMBER...\n");
    return 2;
}
