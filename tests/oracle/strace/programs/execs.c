/* Becomes what its arguments say, each of which may do the same. */
#include <unistd.h>

int main(int count, char **arguments)
{
    getppid();
    if (count < 2)
        return 5;
    execv("no such program", arguments);
    execv(arguments[1], arguments + 1);
    return 1;
}
