/* Prints, and ends without what exit() does first. */
#include <stdio.h>
#include <unistd.h>
int main(void)
{
    printf("Hello world\n");
    _exit(0);
}
