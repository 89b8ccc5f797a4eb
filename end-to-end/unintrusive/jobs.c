/* jobs NAME [ARGUMENT]: small programs that a job might be, and that a shell cannot be. Run by programs.py. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Long enough to be sampled at least once a second. */
static void hold(void) {
    struct timespec rest = {1, 100000000};
    while (nanosleep(&rest, &rest) && errno == EINTR) {
    }
}

static void *idle(void *unused) {
    hold();
    return unused;
}

static int threads(void) {
    pthread_t ids[200];
    int i, count = 0;
    for (i = 0; i < 200; i++) {
        count += pthread_create(&ids[i], NULL, idle, NULL) == 0;
    }
    for (i = 0; i < count; i++) {
        pthread_join(ids[i], NULL);
    }
    printf("%d threads\n", count);
    return 0;
}

/* The first thread ends; the process goes on without it, as a zombie to look at. */
static void *last_words(void *unused) {
    hold();
    write(1, "the second thread\n", 18);
    exit(4);
    return unused;
}

static int leaderless(void) {
    pthread_t id;
    pthread_create(&id, NULL, last_words, NULL);
    pthread_exit(NULL);
}

static void *allocate(void *seed) {
    unsigned state = (unsigned) (size_t) seed;
    char *kept[256] = {0};
    int i;
    for (i = 0; i < 100000; i++) {
        state = state * 1103515245u + 12345u;
        free(kept[state >> 24]);
        kept[state >> 24] = malloc(1 + (state >> 8) % 5000);
        kept[state >> 24][0] = 1;
    }
    return NULL;
}

static int allocator(void) {
    pthread_t ids[4];
    size_t i;
    char *by = getenv("LD_PRELOAD");
    for (i = 0; i < 4; i++) {
        pthread_create(&ids[i], NULL, allocate, (void *) (i + 1));
    }
    for (i = 0; i < 4; i++) {
        pthread_join(ids[i], NULL);
    }
    printf("allocated with %s\n", by ? by : "libc");
    hold();
    return 0;
}

static int own_ptrace(void) {
    int status, calls = 0;
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        hold();
        _exit(5);
    }
    waitpid(child, &status, 0);
    for (;;) {
        ptrace(PTRACE_SYSCALL, child, NULL, NULL);
        waitpid(child, &status, 0);
        if (WIFEXITED(status)) {
            break;
        }
        calls++;
    }
    printf("child ended with %d after %d stops\n", WEXITSTATUS(status), calls);
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 6 : 7;
}

static int all_files(void) {
    int count = 0;
    while (open("/dev/null", O_RDONLY) >= 0) {
        count++;
    }
    printf("%d more, then %s\n", count, strerror(errno));
    hold();
    return 0;
}

static int all_sockets(void) {
    struct sockaddr_in any = {.sin_family = AF_INET};
    int i, pair[2], listening = 0;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (i = 0; i < 100; i++) {
        int socket_number = socket(AF_INET, SOCK_STREAM, 0);
        listening += bind(socket_number, (struct sockaddr *) &any, sizeof any) == 0 && listen(socket_number, 5) == 0;
        socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    }
    printf("%d listening\n", listening);
    hold();
    return 0;
}

static int all_pids(int most) {
    int count = 0, i;
    pid_t child;
    while (count < most && (child = fork()) >= 0) {
        if (child == 0) {
            hold();
            _exit(0);
        }
        count++;
    }
    printf("%d children, then %s\n", count, count == most ? "enough" : strerror(errno));
    fflush(stdout);
    for (i = 0; i < count; i++) {
        wait(NULL);
    }
    return 3;
}

/* Every process forks for ever, for two seconds; the first one ends after half of that. */
static int fork_bomb(void) {
    struct timespec begin, now;
    struct rlimit core = {0, 0};
    pid_t first = getpid();
    setrlimit(RLIMIT_CORE, &core);
    signal(SIGCHLD, SIG_IGN);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        if (fork() < 0) {
            usleep(1000);
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - begin.tv_sec < (getpid() == first ? 1 : 2));
    if (getpid() == first) {
        puts("enough");
    }
    return getpid() == first ? 9 : 0;
}

static int all_memory(void) {
    size_t step = 1 << 20;
    for (;;) {
        char *more = malloc(step);
        if (!more) {
            puts("no more memory");
            hold();
            return 8;
        }
        memset(more, 1, step);
    }
}

static int sparse_memory(void) {
    size_t size = (size_t) 1 << 40;
    char *wide = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (wide != MAP_FAILED) {
        wide[size / 2] = 1;
    }
    printf("%s\n", wide == MAP_FAILED ? "refused" : "a terabyte");
    hold();
    return 0;
}

static int fill_disk(void) {
    static char block[65536];
    long long written = 0;
    ssize_t got;
    int out = open("disk/file", O_WRONLY | O_CREAT, 0600);
    while ((got = write(out, block, sizeof block)) > 0) {
        written += got;
    }
    printf("%lld bytes, then %s\n", written, strerror(errno));
    hold();
    return 0;
}

static int strange_names(void) {
    static const char *const names[] = {"a\nb) S 1 (", ") R 1 1 1", "(((((", ")", "\xff\xfe", "a b", " ", ""};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        if (fork() == 0) {
            prctl(PR_SET_NAME, names[i]);
            hold();
            _exit(0);
        }
    }
    prctl(PR_SET_NAME, "evil) Z\n0 0");
    while (wait(NULL) > 0) {
    }
    puts("named");
    return 0;
}

static int stop_itself(void) {
    int status;
    pid_t child = fork();
    if (child == 0) {
        raise(SIGSTOP);
        _exit(11);
    }
    waitpid(child, &status, WUNTRACED);
    printf("stopped by %d\n", WSTOPSIG(status));
    hold();
    kill(child, SIGCONT);
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

/* A parent in vfork waits in state D. */
static int wait_in_kernel(void) {
    if (vfork() == 0) {
        hold();
        _exit(0);
    }
    puts("woke");
    return 0;
}

static int zombies(void) {
    int i;
    for (i = 0; i < 50; i++) {
        if (fork() == 0) {
            _exit(0);
        }
    }
    hold();
    for (i = 0; wait(NULL) > 0; i++) {
    }
    printf("%d buried\n", i);
    return 0;
}

static int chain(int depth) {
    int status = 0;
    if (depth == 0) {
        hold();
        return 12;
    }
    if (fork() == 0) {
        _exit(chain(depth - 1));
    }
    wait(&status);
    return WEXITSTATUS(status);
}

static int daemons(void) {
    int i;
    for (i = 0; i < 5; i++) {
        if (fork() == 0) {
            setsid();
            if (fork() == 0) {
                hold();
                _exit(0);
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
    }
    puts("five daemons");
    hold();
    usleep(300000);
    return 0;
}

static int reaper(void) {
    int i, buried = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    for (i = 0; i < 10; i++) {
        if (fork() == 0) {
            if (fork() == 0) {
                hold();
                _exit(0);
            }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {
        buried++;
    }
    printf("%d buried\n", buried);
    return 0;
}

static int sealed(void) {
    prctl(PR_SET_DUMPABLE, 0);
    hold();
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)) {
        return 1;
    }
    write(1, "sealed\n", 7);
    syscall(SYS_exit, 13);
    return 0;
}

/* Says by a file that it is ready, and waits for TERM. */
static int asked_to_end(void) {
    sigset_t terminate;
    int number;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    sigprocmask(SIG_BLOCK, &terminate, NULL);
    close(open("ready", O_WRONLY | O_CREAT, 0600));
    sigwait(&terminate, &number);
    puts("asked");
    return 5;
}

static volatile sig_atomic_t alarms;

static void count_alarm(int unused) {
    (void) unused;
    alarms++;
}

static int timers(void) {
    struct itimerval every = {{0, 100000}, {0, 100000}};
    sigset_t waiting;
    struct sigaction on = {.sa_handler = count_alarm};
    sigaction(SIGALRM, &on, NULL);
    sigemptyset(&waiting);
    setitimer(ITIMER_REAL, &every, NULL);
    while (alarms < 12) {
        sigsuspend(&waiting);
    }
    puts("twelve alarms");
    return 0;
}

/* Anybody who sent this process a signal, attached to it or waited for it would be seen. */
static int guarded(void) {
    sigset_t all;
    siginfo_t from;
    struct timespec patience = {1, 200000000};
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    if (sigtimedwait(&all, &from, &patience) >= 0) {
        printf("signal %d\n", from.si_signo);
        return 1;
    }
    puts("undisturbed");
    return 0;
}

static int locks(void) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int file = open("locked", O_RDWR | O_CREAT, 0600);
    printf("%d\n", fcntl(file, F_SETLK, &whole));
    printf("%d\n", fcntl(file, F_SETLEASE, F_WRLCK));
    hold();
    printf("lease %d\n", fcntl(file, F_GETLEASE) == F_WRLCK);
    return 0;
}

static int storm(void) {
    int i, failed = 0;
    for (i = 0; i < 1500; i++) {
        pid_t child = fork();
        if (child == 0) {
            _exit(0);
        }
        failed += child < 0;
        wait(NULL);
    }
    printf("1500 children, %d failed\n", failed);
    return 0;
}

static int kill_all(void) {
    int result = kill(-1, SIGKILL);
    (void) result;
    puts("alone");
    fflush(stdout);
    hold();
    return 14;
}

static int identities(void) {
    uid_t real, effective, saved;
    getresuid(&real, &effective, &saved);
    printf("effective is root: %d, real is root: %d\n", effective == 0, real == 0);
    hold();
    return setuid(0) == 0 && getuid() == 0 ? 15 : 16;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    struct { const char *name; int (*run)(void); } simple[] = {
        {"threads", threads}, {"leaderless", leaderless}, {"allocator", allocator}, {"ptrace", own_ptrace},
        {"all-files", all_files}, {"sockets", all_sockets}, {"fork-bomb", fork_bomb}, {"all-memory", all_memory},
        {"sparse-memory", sparse_memory}, {"fill-disk", fill_disk}, {"names", strange_names}, {"stop", stop_itself},
        {"vfork", wait_in_kernel}, {"zombies", zombies}, {"daemons", daemons}, {"reaper", reaper}, {"sealed", sealed},
        {"timers", timers}, {"guarded", guarded}, {"locks", locks}, {"storm", storm}, {"kill-all", kill_all},
        {"identities", identities}, {"asked-to-end", asked_to_end},
    };
    size_t i;
    for (i = 0; i < sizeof simple / sizeof *simple; i++) {
        if (strcmp(name, simple[i].name) == 0) {
            return simple[i].run();
        }
    }
    if (strcmp(name, "all-pids") == 0) {
        return all_pids(number);
    }
    if (strcmp(name, "chain") == 0) {
        return chain(number);
    }
    fprintf(stderr, "jobs: what is %s?\n", name);
    return 2;
}
