/* Measures the kernel model's verdicts per second on one processor: for the lecture's 178 bytes as
 * they are and with each single byte changed, with and without the memory map. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "support/lecture.h"
#include "elfgen/kernel.h"

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void)
{
    enum { ROUNDS = 60, AREAS = 64, GOAL = 2000000 };
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_area areas[AREAS];
    struct elfgen_kernel_map map = {.areas = areas, .capacity = AREAS};
    unsigned long verdicts[4] = {0};
    uint8_t bytes[sizeof lecture_file];
    elfgen_kernel_usual(&machine);
    memcpy(bytes, lecture_file, sizeof bytes);
    for (int mapped = 0; mapped < 2; mapped++) {
        double start = now();
        unsigned long count = 0;
        for (int round = 0; round < ROUNDS; round++)
            for (size_t at = 0; at < sizeof bytes; at++) {
                for (int value = 0; value < 256; value++) {
                    struct elfgen_kernel_answer answer;
                    bytes[at] = (uint8_t)value;
                    elfgen_kernel_ask(bytes, sizeof bytes, &machine, NULL, &answer,
                                      mapped ? &map : NULL);
                    verdicts[answer.verdict]++;
                    count++;
                }
                bytes[at] = lecture_file[at];
            }
        double seconds = now() - start;
        printf("check, %s: %.0f verdicts a second, %.0f ns each (at least %d)%s\n",
               mapped ? "with the map   " : "without the map", (double)count / seconds,
               seconds / (double)count * 1e9, GOAL,
               (double)count / seconds < GOAL ? "   MISSED" : "");
    }
    printf("  (start %lu, fault %lu, killed %lu, refused %lu)\n", verdicts[ELFGEN_STARTS],
           verdicts[ELFGEN_FAULTS], verdicts[ELFGEN_KILLED], verdicts[ELFGEN_REFUSED]);
    return 0;
}
