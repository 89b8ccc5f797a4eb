/*
 * look DIRECTORY PROGRAM [ARGUMENT...]: the first thing in a job. Writes what a job can see of itself to
 * DIRECTORY/seen.1, waits until somebody opens DIRECTORY/go for writing, writes it anew to DIRECTORY/seen.2
 * and becomes the program.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

extern char **environ;

static struct { int number; char line[512]; } descriptors[4096];
static int descriptor_count;

/* Before anything else is opened. Numbers of pipes and sockets differ from run to run, their kind does not. */
static void list_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    descriptor_count = 0;
    while (directory && (entry = readdir(directory)) && descriptor_count < 4096) {
        char target[400] = "";
        int number = atoi(entry->d_name);
        ssize_t length;
        if (entry->d_name[0] == '.' || number == dirfd(directory)) {
            continue;
        }
        length = readlinkat(dirfd(directory), entry->d_name, target, sizeof target - 1);
        if (length > 0 && target[0] != '/' && strchr(target, '[')) {
            *strchr(target, '[') = 0;
        }
        descriptors[descriptor_count].number = number;
        snprintf(descriptors[descriptor_count].line, sizeof descriptors[0].line, "%s flags %o close-on-exec %d", target,
            (unsigned) fcntl(number, F_GETFL), fcntl(number, F_GETFD));
        descriptor_count++;
    }
    if (directory) {
        closedir(directory);
    }
}

static void copy(FILE *out, const char *key, const char *path) {
    char buffer[4096];
    size_t got;
    FILE *in = fopen(path, "r");
    if (!in) {
        fprintf(out, "%s=(%s)%c", key, strerror(errno), 0);
        return;
    }
    fprintf(out, "%s=", key);
    while ((got = fread(buffer, 1, sizeof buffer, in)) > 0) {
        fwrite(buffer, 1, got, out);
    }
    fputc(0, out);
    fclose(in);
}

static void link_target(FILE *out, const char *key, const char *path) {
    char target[4096];
    ssize_t length = readlink(path, target, sizeof target - 1);
    target[length < 0 ? 0 : length] = 0;
    fprintf(out, "%s=%s%c", key, target, 0);
}

/* Lines of /proc/self/status that say how a process was set up, not how it fares. */
static void status(FILE *out) {
    static const char *const kept[] = {"Umask", "TracerPid", "Uid", "Gid", "Groups", "SigPnd", "ShdPnd", "SigBlk", "SigIgn",
        "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters",
        "Speculation_Store_Bypass", "Cpus_allowed", "Mems_allowed", "THP_enabled", "CoreDumping", "Threads"};
    char line[4096];
    FILE *in = fopen("/proc/self/status", "r");
    while (in && fgets(line, sizeof line, in)) {
        size_t i;
        line[strcspn(line, "\n")] = 0;
        for (i = 0; i < sizeof kept / sizeof *kept; i++) {
            size_t length = strlen(kept[i]);
            if (strncmp(line, kept[i], length) == 0 && line[length] == ':') {
                fprintf(out, "status %s=%s%c", kept[i], line + length + 1, 0);
            }
        }
    }
    if (in) {
        fclose(in);
    }
}

static void parent(FILE *out) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/comm", getppid());
    copy(out, "parent", path);
    snprintf(path, sizeof path, "/proc/%d/limits", getppid());
    copy(out, "limits of the parent", path);
}

/* A job may have a limit on the size of files: it is lifted for this one and put back. */
static void save(const char *directory, const char *name, const char *text, size_t size) {
    char path[4096], unfinished[4096];
    struct rlimit limit, lifted;
    FILE *out;
    getrlimit(RLIMIT_FSIZE, &limit);
    lifted = limit;
    lifted.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &lifted);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(unfinished, sizeof unfinished, "%s/unfinished", directory);
    out = fopen(unfinished, "w");
    if (!out || fwrite(text, 1, size, out) != size || fclose(out) || rename(unfinished, path)) {
        perror(unfinished);
        exit(1);
    }
    setrlimit(RLIMIT_FSIZE, &limit);
}

static void write_down(const char *directory, const char *name, int argc, char **argv) {
    static const char *const spaces[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
    char path[4096];
    struct sched_param scheduling;
    struct itimerval timer;
    sigset_t pending;
    size_t i;
    int number;
    FILE *out;
    char *text = NULL;
    size_t size = 0;
    list_descriptors();
    out = open_memstream(&text, &size);
    for (i = 0; environ[i]; i++) {
        fprintf(out, "environment %03zu=%s%c", i, environ[i], 0);
    }
    for (number = 2; number < argc; number++) {
        fprintf(out, "argument %d=%s%c", number, argv[number], 0);
    }
    for (number = 0; number < descriptor_count; number++) {
        fprintf(out, "descriptor %d=%s%c", descriptors[number].number, descriptors[number].line, 0);
    }
    copy(out, "limits", "/proc/self/limits");
    copy(out, "cgroup", "/proc/self/cgroup");
    copy(out, "oom_score_adj", "/proc/self/oom_score_adj");
    copy(out, "timer slack", "/proc/self/timerslack_ns");
    copy(out, "core dump filter", "/proc/self/coredump_filter");
    copy(out, "login uid", "/proc/self/loginuid");
    copy(out, "security label", "/proc/self/attr/current");
    copy(out, "mounts", "/proc/self/mountinfo");
    for (i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        char key[64];
        snprintf(path, sizeof path, "/proc/self/ns/%s", spaces[i]);
        snprintf(key, sizeof key, "namespace %s", spaces[i]);
        link_target(out, key, path);
    }
    link_target(out, "working directory", "/proc/self/cwd");
    link_target(out, "root", "/proc/self/root");
    status(out);
    parent(out);
    sched_getparam(0, &scheduling);
    getitimer(ITIMER_REAL, &timer);
    sigpending(&pending);
    fprintf(out, "nice=%d%c", getpriority(PRIO_PROCESS, 0), 0);
    fprintf(out, "scheduling=%d %d%c", sched_getscheduler(0), scheduling.sched_priority, 0);
    fprintf(out, "io priority=%ld%c", syscall(SYS_ioprio_get, 1, 0), 0);
    fprintf(out, "personality=%x%c", (unsigned) personality(0xffffffff), 0);
    fprintf(out, "dumpable=%d%c", prctl(PR_GET_DUMPABLE), 0);
    number = 0;
    prctl(PR_GET_PDEATHSIG, &number);
    fprintf(out, "signal at the parent's death=%d%c", number, 0);
    prctl(PR_GET_CHILD_SUBREAPER, &number);
    fprintf(out, "subreaper=%d%c", number, 0);
    fprintf(out, "leads its session=%d%c", getsid(0) == getpid(), 0);
    fprintf(out, "leads its process group=%d%c", getpgid(0) == getpid(), 0);
    number = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    fprintf(out, "terminal=%d%c", number >= 0, 0);
    close(number);
    fprintf(out, "timer=%ld%c", (long) timer.it_value.tv_sec, 0);
    fclose(out);
    save(directory, name, text, size);
    free(text);
}

static void await_go(const char *directory) {
    char path[4096], ignored;
    int go;
    snprintf(path, sizeof path, "%d", getpid());
    save(directory, "ready", path, strlen(path));
    snprintf(path, sizeof path, "%s/go", directory);
    do {
        go = open(path, O_RDONLY);
    } while (go < 0 && errno == EINTR);
    while (read(go, &ignored, 1) > 0) {
    }
    close(go);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        return 2;
    }
    write_down(argv[1], "seen.1", argc, argv);
    await_go(argv[1]);
    write_down(argv[1], "seen.2", argc, argv);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
