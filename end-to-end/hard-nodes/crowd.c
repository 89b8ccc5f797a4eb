/* crowd N FILE: N processes that wait for ever, as small as processes are; FILE is made when all are there. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    for (int i = 1; i < atoi(argv[1]); i++) {
        pid_t child = fork();
        if (child < 0)
            return 1;
        if (child == 0)
            for (;;)
                pause();
    }
    if (open(argv[2], O_CREAT | O_WRONLY, 0644) < 0)
        return 1;
    for (;;)
        pause();
}
