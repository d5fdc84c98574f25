/* flags: -fcommon
 * Tentative definitions, which are in no section until a linker places them. */
#include "start.h"

int number;
char byte;
u64 wide;
int array[33];
struct {
    char a;
    double d;
} record;
int common_in_any_case __attribute__((common));
u8 aligned[5] __attribute__((aligned(64)));
int *pointer;
extern int number;
int array[33];

int main(void)
{
    show("zero", number + byte + (int)wide + array[32] + record.a + common_in_any_case);
    number = 7;
    for (int i = 0; i < 33; i++)
        array[i] = i * number;
    pointer = &array[3];
    wide = (u64)array[32] << 33;
    record.d = 1.5;
    aligned[4] = 9;
    show("pointer", pointer[2]);
    show_hex("wide", wide);
    show_double("double", record.d);
    show("aligned", (int)((size)aligned & 63));
    show("aligned", (int)((size)&wide & 3));
    return number + aligned[4] + byte;
}
