/* Loads of the second corpus: cc -O1 loads.c -o loads && ./loads NAME NUMBERS. None ends by itself. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double clock_now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }
static double begin;
static double now(void) { return clock_now() - begin; }

static void burn(double seconds) {
    volatile double x = 1;
    for (double end = now() + seconds; now() < end;) for (int i = 0; i < 2000; i++) x = x * 1.0000001 + 0.1;
}

static void work(double busy, int bytes) {
    static char data[1 << 20];
    burn(0.4 * busy);
    printf("work %.0f\n", now());
    fflush(stdout);
    int out = open("results.bin", O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (write(out, data, bytes) < 0) perror("write");
    close(out);
    usleep((1 - 0.4 * busy) * 1e6);
}

static void *hold(double megabytes) {
    size_t size = megabytes * (1 << 20);
    char *block = malloc(size);
    memset(block, 3, size);
    return block;
}

int main(int argc, char **words) {
    begin = clock_now();
    const char *name = argc > 1 ? words[1] : "";
    double n[6] = {0};
    for (int i = 2; i < argc && i < 8; i++) n[i - 2] = atof(words[i]);
    if (!strcmp(name, "steps")) { /* onset, megabytes, seconds between */
        hold(30);
        for (double last = n[0]; ; ) {
            if (now() > last + n[2]) { hold(n[1]); last = now(); }
            work(0.2, 20000);
        }
    }
    if (!strcmp(name, "poll")) { /* onset: it asks again and again, without waiting */
        while (now() < n[0]) work(0.5, 40000);
        struct pollfd nothing = {0, 0, 0};
        for (;;) { poll(&nothing, 0, 0); sched_yield(); }
    }
    if (!strcmp(name, "files")) { /* onset, seconds between */
        for (double last = n[0]; ; ) {
            if (now() > last + n[1]) { if (open("/etc/passwd", O_RDONLY) < 0) return 1; last = now(); }
            work(0.2, 20000);
        }
    }
    if (!strcmp(name, "reads")) { /* onset, bytes: anywhere in a file of 400 MB */
        while (now() < n[0]) work(0.3, 30000);
        system("head -c 400000000 /dev/urandom >large; sync large");
        int in = open("large", O_RDONLY);
        char data[65536];
        for (long i = 0; ; i++) {
            if (i % 2000 == 0) posix_fadvise(in, 0, 0, POSIX_FADV_DONTNEED);
            if (pread(in, data, (size_t) n[1], random() % 399000000) < 0) return 1;
        }
    }
    if (!strcmp(name, "small_packets")) { /* onset, bytes */
        int out = socket(AF_INET, SOCK_DGRAM, 0);
        struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9)};
        inet_pton(AF_INET, "10.9.9.2", &to.sin_addr);
        connect(out, (struct sockaddr *) &to, sizeof to);
        char data[2000] = {0};
        while (now() < n[0]) work(0.2, 20000);
        struct iovec part = {data, (size_t) n[1]};
        struct mmsghdr many[64] = {0};
        for (int i = 0; i < 64; i++) many[i].msg_hdr = (struct msghdr) {.msg_iov = &part, .msg_iovlen = 1};
        for (;;) sendmmsg(out, many, 64, 0);
    }
    if (!strcmp(name, "checkpoints")) { /* megabytes, seconds between: the last two are kept */
        char *state = hold(n[0]);
        for (int i = 0; ; i++) {
            for (double until = now() + n[1]; now() < until;) work(0.6, 5000);
            char path[40];
            sprintf(path, "checkpoint.%d", i % 2);
            int out = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
            if (write(out, state, n[0] * (1 << 20)) < 0) return 1;
            fsync(out);
            close(out);
        }
    }
    if (!strcmp(name, "shells")) { /* processes at once, seconds each: all of them compute */
        for (int i = 0; i < n[0]; i++) if (fork() == 0) { nice(10); for (;;) { burn(1); if (i % 10 == 0) work(0.5, 20000); } }
        for (;;) { printf("waiting\n"); fflush(stdout); sleep(5); }
    }
    if (!strcmp(name, "pairs")) { /* onset, busy: parent and child in turns over a pipe; from the onset on the child waits for the parent and the parent for the child */
        int there[2], back[2];
        char byte = 0;
        if (pipe(there) || pipe(back)) return 1;
        if (fork() == 0) {
            for (;;) { if (read(there[0], &byte, 1) < 1) return 0; work(n[1], 50000); if (byte == 0 && write(back[1], &byte, 1) < 1) return 0; }
        }
        for (;;) {
            byte = now() > n[0];
            if (write(there[1], &byte, 1) < 1 || read(back[0], &byte, 1) < 1) return 1;
        }
    }
    fprintf(stderr, "no load %s\n", name);
    return 2;
}
