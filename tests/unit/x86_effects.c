/* x86/effects: what memory an instruction reads and writes. */
#include "x86/effects.h"
#include "room.h"

/* Decoders for 64-bit and 32-bit code, and registers from which addresses are computed. */
struct at_work {
    struct x86 *machines[2];
    struct effects_state state;
};

static struct at_work at_work(void)
{
    struct at_work work = {.state = {.next = 0x5000, .fs_base = 0x100000, .gs_base = 0x200000}};
    for (int i = 0; i < 2; i++) {
        work.machines[i] = calloc(1, sizeof *work.machines[i]);
        ck_assert(x86_open(work.machines[i], i ? ELFGEN_EM_386 : ELFGEN_EM_X86_64, SYNTAX_INTEL));
    }
    work.state.general[0] = 0x40000000;            /* rax */
    work.state.general[1] = 0x100;                 /* rcx */
    work.state.general[3] = 0x3000;                /* rbx */
    work.state.general[4] = 0x8000;                /* rsp */
    work.state.general[5] = 0x7000;                /* rbp */
    work.state.general[6] = UINT64_C(1) << 32 | 9; /* rsi */
    work.state.general[7] = 0x6000;                /* rdi */
    return work;
}

static void end_work(struct at_work *work)
{
    free(work->machines[0]);
    free(work->machines[1]);
}

START_TEST(the_address_and_size_that_an_instruction_writes_are_known)
{
    static const struct {
        uint8_t bytes[12], length;
        bool narrow;
        uint16_t size;
        uint64_t address;
    } cases[] = {
        {{0x50}, 1, false, 8, 0x7ff8},                                   /* push rax */
        {{0x66, 0x50}, 2, false, 2, 0x7ffe},                             /* push ax */
        {{0x50}, 1, true, 4, 0x7ffc},                                    /* push eax */
        {{0xe8, 0, 0, 0, 0}, 5, false, 8, 0x7ff8},                       /* call */
        {{0x8f, 0x04, 0x24}, 3, false, 8, 0x8008},                       /* pop [rsp] */
        {{0x88, 0x44, 0x8b, 0x10}, 4, false, 1, 0x3410},                 /* mov [rbx+rcx*4+16],al */
        {{0x64, 0x88, 0x03}, 3, false, 1, 0x103000},                     /* mov fs:[rbx],al */
        {{0x65, 0x88, 0x03}, 3, false, 1, 0x203000},                     /* mov gs:[rbx],al */
        {{0x88, 0x05, 8, 0, 0, 0}, 6, false, 1, 0x5000 + 8},             /* mov [rip+8],al */
        {{0x0f, 0xab, 0x03}, 3, false, 4, 0x3000 + 0x40000000 / 32 * 4}, /* bts [rbx],eax */
        {{0x67, 0x88, 0x06}, 3, false, 1, 0x9},                          /* mov [esi],al */
        {{0xaa}, 1, false, 1, 0x6000},                                   /* stosb */
        {{0x48, 0xab}, 2, false, 8, 0x6000},                             /* stosq */
    };
    struct at_work work = at_work();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct effects effects;
        ck_assert(
            effects_of(work.machines[cases[i].narrow], cases[i].bytes, cases[i].length, &effects));
        ck_assert_uint_eq(effects.write_count, 1);
        ck_assert_uint_eq(effects_address(&effects.writes[0], &work.state), cases[i].address);
        ck_assert_uint_eq(effects.writes[0].size, cases[i].size);
    }
    end_work(&work);
}
END_TEST

START_TEST(the_address_and_size_that_an_instruction_reads_are_known)
{
    static const struct {
        uint8_t bytes[12], length;
        bool narrow;
        uint16_t size; /* 0: it reads nothing */
        uint64_t address;
    } cases[] = {
        {{0x58}, 1, false, 8, 0x8000},                                   /* pop rax */
        {{0x58}, 1, true, 4, 0x8000},                                    /* pop eax */
        {{0xc3}, 1, false, 8, 0x8000},                                   /* ret */
        {{0xc9}, 1, false, 8, 0x7000},                                   /* leave */
        {{0x8a, 0x44, 0x8b, 0x10}, 4, false, 1, 0x3410},                 /* mov al,[rbx+rcx*4+16] */
        {{0x64, 0x8a, 0x03}, 3, false, 1, 0x103000},                     /* mov al,fs:[rbx] */
        {{0x8a, 0x05, 8, 0, 0, 0}, 6, false, 1, 0x5000 + 8},             /* mov al,[rip+8] */
        {{0x00, 0x03}, 2, false, 1, 0x3000},                             /* add [rbx],al */
        {{0x0f, 0xa3, 0x03}, 3, false, 4, 0x3000 + 0x40000000 / 32 * 4}, /* bt [rbx],eax */
        {{0xff, 0x33}, 2, false, 8, 0x3000},                             /* push [rbx] */
        {{0xff, 0x23}, 2, false, 8, 0x3000},                             /* jmp [rbx] */
        {{0x67, 0xac}, 2, false, 1, 0x9},                                /* lodsb from [esi] */
        {{0xae}, 1, false, 1, 0x6000},                                   /* scasb */
        {{0xd7}, 1, false, 1, 0x3000},              /* xlat: al, the low byte of rax, is 0 */
        {{0x0f, 0x28, 0x03}, 3, false, 16, 0x3000}, /* movaps xmm0,[rbx] */
        {{0x88, 0x03}, 2, false, 0, 0},             /* mov [rbx],al */
        {{0x48, 0x8d, 0x03}, 3, false, 0, 0},       /* lea rax,[rbx] */
        {{0x0f, 0x1f, 0x03}, 3, false, 0, 0},       /* nop [rbx] */
        {{0x0f, 0x18, 0x0b}, 3, false, 0, 0},       /* prefetcht0 [rbx] */
        {{0x0f, 0x1a, 0x03}, 3, false, 0, 0},       /* nop [rbx], once bndldx */
        {{0x0f, 0xae, 0x3b}, 3, false, 0, 0},       /* clflush [rbx] */
    };
    struct at_work work = at_work();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct effects effects;
        ck_assert(
            effects_of(work.machines[cases[i].narrow], cases[i].bytes, cases[i].length, &effects));
        ck_assert_msg(effects.read_count == (cases[i].size > 0), "case %zu: %u reads", i,
                      (unsigned)effects.read_count);
        if (effects.read_count == 0)
            continue;
        ck_assert_msg(effects_address(&effects.reads[0], &work.state) == cases[i].address,
                      "case %zu", i);
        ck_assert_uint_eq(effects.reads[0].size, cases[i].size);
    }
    end_work(&work);
}
END_TEST

START_TEST(a_repeated_instruction_whose_count_is_0_touches_nothing)
{
    static const uint8_t movs[] = {0xf3, 0xa4}, narrow[] = {0x67, 0xf3, 0xa4}, once[] = {0xa4};
    struct at_work work = at_work();
    struct effects effects;
    ck_assert(effects_of(work.machines[0], movs, sizeof movs, &effects));
    ck_assert_uint_eq(effects.read_count, 1);
    ck_assert_uint_eq(effects.write_count, 1);
    ck_assert(!effects_is_idle(&effects, &work.state));
    work.state.general[1] = UINT64_C(1) << 32;
    ck_assert(!effects_is_idle(&effects, &work.state));
    ck_assert(effects_of(work.machines[0], narrow, sizeof narrow, &effects));
    ck_assert(effects_is_idle(&effects, &work.state));
    work.state.general[1] = 0;
    ck_assert(effects_of(work.machines[0], once, sizeof once, &effects));
    ck_assert(!effects_is_idle(&effects, &work.state));
    end_work(&work);
}
END_TEST

static Suite *x86_effects_suite(void)
{
    Suite *suite = suite_create("x86_effects");
    TCase *cases = tcase_create("effects");
    tcase_add_test(cases, the_address_and_size_that_an_instruction_writes_are_known);
    tcase_add_test(cases, the_address_and_size_that_an_instruction_reads_are_known);
    tcase_add_test(cases, a_repeated_instruction_whose_count_is_0_touches_nothing);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(x86_effects_suite)
