/* The table of checks, and the verdict when one of them fails. */
#include "kernel_private.h"

const struct elfgen_kernel_check elfgen_kernel_checks[ELFGEN_CHECK_COUNT] = {
#define ELFGEN_CHECK(id, function, since, until, verdict, error, sentence, remedy)                 \
    {#id, function, since, until, ELFGEN_##verdict, error, sentence, remedy},
#include "elfgen/kernel_checks.def"
#undef ELFGEN_CHECK
};

void elfgen_kernel_decide(struct run *run, enum elfgen_kernel_check_id check)
{
    const struct elfgen_kernel_check *row = &elfgen_kernel_checks[check];
    struct elfgen_kernel_answer *answer = run->answer;
    answer->check = check;
    answer->verdict = row->verdict;
    if (row->verdict == ELFGEN_REFUSED)
        answer->error = row->error;
    if (row->verdict == ELFGEN_KILLED) {
        answer->inner = row->error;
        answer->signal = ELFGEN_SIGSEGV; /* bprm_execve() */
    }
    /* Which pages of its data the kernel has differs: a clock's may be missing, which is SIGBUS. */
    if (row->verdict == ELFGEN_FAULTS && check != ELFGEN_CHECK_first_vvar)
        answer->signal =
            check == ELFGEN_CHECK_first_past_end || check == ELFGEN_CHECK_crosses_past_end
                ? ELFGEN_SIGBUS
                : ELFGEN_SIGSEGV;
}
