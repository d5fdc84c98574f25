/* x86/processor.c against the processor: reserved nops as long as it says, f3 41 90, and which
 * registers change.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "x86/effects.h"
#include "x86/x86.h"
#include "room.h"

/* A stopped child, which shares a page of code with this process. */
struct subject {
    pid_t id;
    uint8_t *code;
    struct user_regs_struct registers;
};

enum { PAGE = 4096, GENERAL = 16 };

static void start(struct subject *subject)
{
    int status;
    subject->code =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(subject->code != MAP_FAILED);
    subject->id = fork();
    ck_assert_int_ge(subject->id, 0);
    if (subject->id == 0) {
        alarm(20);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        _exit(1);
    }
    ck_assert_int_eq(waitpid(subject->id, &status, 0), subject->id);
    ck_assert(WIFSTOPPED(status));
    ck_assert_int_eq(ptrace(PTRACE_GETREGS, subject->id, NULL, &subject->registers), 0);
}

static void stop(struct subject *subject)
{
    int status;
    kill(subject->id, SIGKILL);
    waitpid(subject->id, &status, 0);
    munmap(subject->code, PAGE);
}

/* Runs one instruction. Returns its length; 0 if the processor did not run it. */
static unsigned run_one(struct subject *subject, const uint8_t bytes[ELFGEN_INSTRUCTION_MOST],
                        struct user_regs_struct *after)
{
    int status;
    struct user_regs_struct before = subject->registers;
    memcpy(subject->code, bytes, ELFGEN_INSTRUCTION_MOST);
    before.rip = (uintptr_t)subject->code;
    before.orig_rax = UINT64_MAX;
    /* Prefetches and stores of MPX may touch what is there. */
    before.rax = before.rcx = before.rdx = before.rbp = (uintptr_t)subject->code + PAGE / 2;
    before.r8 = 0x123456789;
    ck_assert_int_eq(ptrace(PTRACE_SETREGS, subject->id, NULL, &before), 0);
    ck_assert_int_eq(ptrace(PTRACE_SINGLESTEP, subject->id, NULL, NULL), 0);
    ck_assert_int_eq(waitpid(subject->id, &status, 0), subject->id);
    ck_assert(WIFSTOPPED(status));
    ck_assert_int_eq(ptrace(PTRACE_GETREGS, subject->id, NULL, after), 0);
    return WSTOPSIG(status) == SIGTRAP ? (unsigned)(after->rip - before.rip) : 0;
}

static struct x86 *new_machine(uint64_t e_machine)
{
    struct x86 *machine = calloc(1, sizeof *machine);
    ck_assert(x86_open(machine, e_machine, SYNTAX_INTEL));
    return machine;
}

static void check_nop(struct subject *subject, struct x86 *machine, const char *prefixes,
                      const uint8_t opcode[2], size_t *ran)
{
    /* Registers, memory with and without a displacement, and an index. */
    static const uint8_t modrms[] = {0x00, 0x38, 0x45, 0x84, 0xc0, 0xc5, 0xe0, 0xff};
    for (size_t i = 0; i < sizeof modrms; i++) {
        uint8_t bytes[ELFGEN_INSTRUCTION_MOST] = {0};
        struct elfgen_registers registers = {.depth = 0};
        struct elfgen_instruction instruction;
        struct elfgen_parts parts;
        struct user_regs_struct after;
        size_t size = strlen(prefixes);
        memcpy(bytes, prefixes, size);
        bytes[size++] = opcode[0];
        bytes[size++] = opcode[1];
        bytes[size] = modrms[i];
        unsigned length = run_one(subject, bytes, &after);
        if (length == 0)
            continue;
        ck_assert_msg(machine->machine.length(machine, bytes, sizeof bytes) == length &&
                          machine->machine.decode(machine, bytes, sizeof bytes, 0, &registers,
                                                  &instruction) &&
                          instruction.length == length && instruction.flow == ELFGEN_FLOW_NEXT,
                      "prefixes %zu, opcode 0f %02x, modrm %02x: %u bytes", strlen(prefixes),
                      opcode[1], modrms[i], length);
        machine->machine.split(machine, bytes, sizeof bytes, &parts);
        ck_assert_uint_gt(parts.count, 1);
        ++*ran;
    }
}

START_TEST(reserved_nops_are_as_long_as_the_processor_says)
{
    static const char *const prefixes[] = {"", "\x66", "\xf2", "\xf3", "\x48", "\x44"};
    static const uint8_t opcodes[][2] = {{0x0f, 0x0d}, {0x0f, 0x18}, {0x0f, 0x19},
                                         {0x0f, 0x1a}, {0x0f, 0x1b}, {0x0f, 0x1c},
                                         {0x0f, 0x1d}, {0x0f, 0x1e}, {0x0f, 0x1f}};
    struct x86 *machine = new_machine(ELFGEN_EM_X86_64);
    struct subject subject;
    size_t ran = 0;
    start(&subject);
    for (size_t i = 0; i < sizeof opcodes / sizeof opcodes[0]; i++)
        for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0]; k++)
            check_nop(&subject, machine, prefixes[k], opcodes[i], &ran);
    stop(&subject);
    ck_assert_uint_gt(ran, 300);
    free(machine);
}
END_TEST

/* Some processors pause, others exchange. What is said to be known is right for both. */
START_TEST(rep_and_90_with_rex_b_leaves_nothing_known)
{
    static const uint8_t bytes[ELFGEN_INSTRUCTION_MOST] = {0xf3, 0x41, 0x90, 0xcc};
    const uint64_t r8 = 0x123456789;
    struct x86 *machine = new_machine(ELFGEN_EM_X86_64);
    struct elfgen_registers registers = {.depth = 0};
    struct elfgen_instruction instruction;
    struct user_regs_struct after;
    struct subject subject;
    start(&subject);
    ck_assert_uint_eq(run_one(&subject, bytes, &after), 3);
    uint64_t rax = (uintptr_t)subject.code + PAGE / 2;
    ck_assert((after.rax == rax && after.r8 == r8) ||
              (after.rax == (uint32_t)r8 && after.r8 == (uint32_t)rax));
    registers.general[0] = (struct elfgen_bits){rax, UINT64_MAX};
    registers.general[8] = (struct elfgen_bits){r8, UINT64_MAX};
    ck_assert(machine->machine.decode(machine, bytes, sizeof bytes, 0, &registers, &instruction));
    ck_assert_uint_eq(instruction.length, 3);
    ck_assert_uint_eq(registers.general[0].known | registers.general[8].known, 0);
    stop(&subject);
    free(machine);
}
END_TEST

/* Whether the operands of an instruction say that a register changes. */
static bool is_written(const ZydisDecodedInstruction *instruction,
                       const ZydisDecodedOperand *operands, unsigned reg)
{
    for (size_t i = 0; i < instruction->operand_count; i++)
        if (operands[i].type == ZYDIS_OPERAND_TYPE_REGISTER &&
            operands[i].actions & ZYDIS_OPERAND_ACTION_MASK_WRITE &&
            effects_register(operands[i].reg.value) == reg)
            return true;
    return false;
}

static void read_general(const struct user_regs_struct *from, uint64_t general[GENERAL])
{
    const uint64_t all[] = {from->rax, from->rcx, from->rdx, from->rbx, from->rsp, from->rbp,
                            from->rsi, from->rdi, from->r8,  from->r9,  from->r10, from->r11,
                            from->r12, from->r13, from->r14, from->r15};
    memcpy(general, all, sizeof all);
}

/* Runs an instruction, and compares the registers that changed. Returns whether it ran. */
static bool check_registers(struct subject *subject, const struct x86 *machine,
                            const uint8_t bytes[ELFGEN_INSTRUCTION_MOST])
{
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    struct user_regs_struct after;
    uint64_t was[GENERAL], is[GENERAL];
    if (!x86_decode(machine, bytes, ELFGEN_INSTRUCTION_MOST, &instruction, operands) ||
        instruction.meta.category == ZYDIS_CATEGORY_SYSCALL ||
        instruction.meta.category == ZYDIS_CATEGORY_INTERRUPT)
        return false;
    if (run_one(subject, bytes, &after) != instruction.length)
        return false;
    read_general(&subject->registers, was);
    read_general(&after, is);
    was[0] = was[1] = was[2] = was[5] = (uintptr_t)subject->code + PAGE / 2;
    was[8] = 0x123456789;
    for (unsigned reg = 0; reg < GENERAL; reg++)
        ck_assert_msg(was[reg] == is[reg] || is_written(&instruction, operands, reg),
                      "%02x %02x %02x %02x: register %u", bytes[0], bytes[1], bytes[2], bytes[3],
                      reg);
    return true;
}

START_TEST(registers_that_change_are_those_that_decoding_names)
{
    static const uint8_t prefixes[] = {0x90, 0x66, 0xf2, 0xf3, 0x48};
    static const uint8_t modrms[] = {0x00, 0x08, 0xc1, 0xd3};
    struct x86 *machine = new_machine(ELFGEN_EM_X86_64);
    struct subject subject;
    size_t ran = 0;
    start(&subject);
    subject.registers.rsi = subject.registers.rdi = (uintptr_t)subject.code + PAGE / 2 + 64;
    for (unsigned at = 0; at < 5 * 4 * 512; at++) {
        uint8_t bytes[ELFGEN_INSTRUCTION_MOST] = {0};
        size_t size = 0;
        if (prefixes[at % 5] != 0x90)
            bytes[size++] = prefixes[at % 5];
        if (at / 20 >= 256)
            bytes[size++] = 0x0f;
        bytes[size++] = (uint8_t)(at / 20);
        bytes[size] = modrms[at / 5 % 4];
        ran += check_registers(&subject, machine, bytes);
    }
    stop(&subject);
    ck_assert_uint_gt(ran, 3000);
    free(machine);
}
END_TEST

static void check_text(uint64_t e_machine, const char *bytes, size_t size, const char *expected)
{
    char room[100];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    struct x86 *machine = new_machine(e_machine);
    machine->machine.text(machine, (const uint8_t *)bytes, size, 0, &text);
    room[text.length] = '\0';
    ck_assert_str_eq(room, expected);
    free(machine);
}

START_TEST(names_are_those_of_the_field)
{
    static const struct {
        uint64_t machine;
        const char *bytes;
        size_t size;
        const char *text;
    } cases[] = {
        {ELFGEN_EM_X86_64, "\xf3\x41\x90", 3, "xchg r8d,eax"},
        {ELFGEN_EM_X86_64, "\xf3\x49\x90", 3, "xchg r8,rax"},
        {ELFGEN_EM_X86_64, "\xf3\x48\x90", 3, "pause"},
        {ELFGEN_EM_X86_64, "\xf3\x90", 2, "pause"},
        {ELFGEN_EM_X86_64, "\x66\x0f\x1a\xc5", 4, "db 0x66,0x0f,0x1a,0xc5"},
        {ELFGEN_EM_386, "\x66\x0f\x1b\xff", 4, "db 0x66,0x0f,0x1b,0xff"},
        {ELFGEN_EM_X86_64, "\x2e\x74\x00", 3, "je 0x3"},
        {ELFGEN_EM_X86_64, "\xf2\x75\x00", 3, "bnd jne 0x3"},
        {ELFGEN_EM_X86_64, "\x0f\x87\x00\x00\x00\x00", 6, "ja 0x6"},
        {ELFGEN_EM_386, "\x73\x00", 2, "jae 0x2"},
        {ELFGEN_EM_386, "\x7d\x00", 2, "jge 0x2"},
        {ELFGEN_EM_386, "\x7f\x00", 2, "jg 0x2"},
        {ELFGEN_EM_386, "\x76\x00", 2, "jbe 0x2"},
        {ELFGEN_EM_X86_64, "\x0f\x95\x00", 3, "setne [rax]"},
        {ELFGEN_EM_X86_64, "\x0f\x4f\xc1", 3, "cmovg eax,ecx"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check_text(cases[i].machine, cases[i].bytes, cases[i].size, cases[i].text);
}
END_TEST

static Suite *x86_processor_suite(void)
{
    Suite *suite = suite_create("x86_processor");
    TCase *cases = tcase_create("processor");
    tcase_add_test(cases, reserved_nops_are_as_long_as_the_processor_says);
    tcase_add_test(cases, rep_and_90_with_rex_b_leaves_nothing_known);
    tcase_add_test(cases, registers_that_change_are_those_that_decoding_names);
    tcase_add_test(cases, names_are_those_of_the_field);
    suite_add_tcase(suite, cases);
    return suite;
}

RUN_SUITE(x86_processor_suite)
