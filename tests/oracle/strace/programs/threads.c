/* Runs threads, one after the other; with an argument, the second one calls execve. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static void *run(void *argument)
{
    getppid();
    if (argument) {
        usleep(300000);
        execl("/bin/true", "true", (char *)0);
    }
    return NULL;
}

int main(int count, char **arguments)
{
    (void)arguments;
    pthread_t thread;
    for (int i = 0; i < 2; i++) {
        pthread_create(&thread, NULL, run, i == 1 && count > 1 ? arguments : NULL);
        if (i == 1 && count > 1)
            pause();
        pthread_join(thread, NULL);
    }
    return 7;
}
