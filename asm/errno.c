/* Closes a descriptor that is not open, and prints what the C library makes of the error. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    int result = close(99);
    printf("close returned %d, errno is %d\n", result, errno);
    return 0;
}
