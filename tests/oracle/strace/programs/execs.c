/* Executes its arguments: the first, with the others as its arguments. */
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
