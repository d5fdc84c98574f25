/* x86/: known register values against the processor's own, cached lengths and texts against fresh
 * ones, names of system calls against the system's header. */
#include <signal.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "x86/x86.h"
#include "room.h"

static struct x86 *new_machine(uint64_t e_machine, enum x86_syntax syntax)
{
    struct x86 *machine = calloc(1, sizeof *machine);
    ck_assert(x86_open(machine, e_machine, syntax));
    return machine;
}

/* ---- registers and flags against the processor ---- */

enum { RSP = 4, REGISTERS = 16 };

/* Random instructions that use only registers and the stack. */
struct sequence {
    uint8_t bytes[768];
    size_t size;
    uint64_t random;
    int pushed;
};

static void put(struct sequence *sequence, unsigned byte)
{
    sequence->bytes[sequence->size++] = (uint8_t)byte;
}

static unsigned pick(struct sequence *sequence, unsigned count)
{
    return (unsigned)(next_random(&sequence->random) >> 20) % count;
}

static unsigned pick_register(struct sequence *sequence)
{
    unsigned number = pick(sequence, REGISTERS);
    return number == RSP ? 0 : number;
}

/* Extreme numbers are as likely as others. */
static void put_number(struct sequence *sequence, unsigned size)
{
    static const uint32_t edges[] = {0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff};
    uint32_t number =
        pick(sequence, 2) ? edges[pick(sequence, 8)] : (uint32_t)next_random(&sequence->random);
    for (unsigned i = 0; i < size; i++)
        put(sequence, number >> 8 * i & 0xff);
}

/* Prefixes and opcode for a width of 8 (the opcode's bit 0 clear), 16, 32 or 64 bits; reg and rm.
 */
static void put_modrm(struct sequence *sequence, unsigned opcode, bool two_bytes, unsigned reg,
                      unsigned rm)
{
    unsigned width = pick(sequence, 4);
    if (width == 1)
        put(sequence, 0x66);
    put(sequence, 0x40 | (width == 3 ? 8 : 0) | (reg >> 3 & 1) << 2 | (rm >> 3 & 1));
    if (two_bytes)
        put(sequence, 0x0f);
    if (width == 0 && !two_bytes)
        opcode = opcode == 0x83 ? 0x80 : opcode & ~1u; /* 0x82 is invalid in 64 bits */
    put(sequence, opcode);
    put(sequence, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

static void put_any(struct sequence *sequence)
{
    static const uint8_t two_operands[] = {0x01, 0x09, 0x11, 0x19, 0x21, 0x29, 0x31,
                                           0x39, 0x85, 0x87, 0x89, 0x8b, 0x33, 0x2b};
    static const uint8_t extended[] = {0xaf, 0xb6, 0xb7, 0xbe, 0xbf, 0xc1, 0xa3};
    static const uint8_t flags[] = {0xf5, 0xf8, 0xf9, 0xfc, 0x9e, 0x9f};
    unsigned a = pick_register(sequence), b = pick_register(sequence);
    switch (pick(sequence, 22)) {
    case 0: /* mov r32,imm32 */
    case 1:
        put(sequence, 0x40 | a >> 3);
        put(sequence, 0xb8 | (a & 7));
        put_number(sequence, 4);
        break;
    case 2: /* mov r8,imm8: ah to bh without the prefix */
        if (pick(sequence, 2)) {
            put(sequence, 0x40 | a >> 3);
            put(sequence, 0xb0 | (a & 7));
        } else {
            put(sequence, 0xb0 | pick(sequence, 8));
        }
        put_number(sequence, 1);
        break;
    case 3:
    case 4:
    case 5: /* add, or, adc, sbb, and, sub, xor, cmp, test, xchg, mov */
        put_modrm(sequence, two_operands[pick(sequence, sizeof two_operands)], false, a, b);
        break;
    case 6: /* the same with a number of one byte, sign-extended */
        put_modrm(sequence, 0x83, false, pick(sequence, 8), b);
        put_number(sequence, 1);
        break;
    case 7: /* imul, movzx, movsx, xadd, cmov, setcc, bt */
        put_modrm(sequence, extended[pick(sequence, sizeof extended)], true, a, b);
        break;
    case 8: /* not, neg, mul, imul */
        put_modrm(sequence, 0xf7, false, 2 + pick(sequence, 4), b);
        break;
    case 9: /* inc, dec */
        put_modrm(sequence, 0xff, false, pick(sequence, 2), b);
        break;
    case 10: /* rol, ror, rcl, rcr, shl, shr, shl, sar by a number */
        put_modrm(sequence, 0xc1, false, pick(sequence, 8), b);
        put(sequence, pick(sequence, 70));
        break;
    case 11: /* by cl */
        put_modrm(sequence, 0xd3, false, pick(sequence, 8), b);
        break;
    case 12: /* lea r64,[a+b*scale+number] */
        put(sequence, 0x48 | (pick(sequence, 2) << 2) | (b >> 3 & 1) << 1 | (a >> 3 & 1));
        put(sequence, 0x8d);
        put(sequence, 0x84 | (pick(sequence, 4) << 3)); /* rax to rbx, r8 to r11 */
        put(sequence, pick(sequence, 4) << 6 | (b & 7) << 3 | (a & 7));
        put_number(sequence, 4);
        break;
    case 13: /* cbw, cwde, cdqe, cwd, cdq, cqo, and xchg eax,r */
        if (pick(sequence, 3) == 0)
            put(sequence, 0x66);
        else if (pick(sequence, 2))
            put(sequence, 0x48);
        put(sequence, 0x98 + pick(sequence, 2));
        break;
    case 14: /* push number, push register */
        if (sequence->pushed >= 12)
            break;
        sequence->pushed++;
        if (pick(sequence, 2)) {
            put(sequence, 0x6a);
            put_number(sequence, 1);
        } else {
            put(sequence, 0x40 | a >> 3);
            put(sequence, 0x50 | (a & 7));
        }
        break;
    case 15: /* setcc, cmovcc */
    case 16:
        put_modrm(sequence, (pick(sequence, 2) ? 0x90 : 0x40) | pick(sequence, 16), true, a, b);
        break;
    case 17: /* cmc, clc, stc, cld, sahf, lahf */
        put(sequence, flags[pick(sequence, sizeof flags)]);
        break;
    case 18: /* jcc, loopne, loope, loop, jrcxz over mov r8,imm8 */
    case 19:
        put(sequence, pick(sequence, 4) ? 0x70 | pick(sequence, 16) : 0xe0 | pick(sequence, 4));
        put(sequence, 3);
        put(sequence, 0x40 | a >> 3);
        put(sequence, 0xb0 | (a & 7));
        put_number(sequence, 1);
        break;
    case 20: /* mov esi,the code; std, cld or nothing; lods; cld; bswap */
        put(sequence, 0xbe);
        put(sequence, 0x80);
        put(sequence, 0);
        put(sequence, 1);
        put(sequence, 0);
        if (pick(sequence, 2))
            put(sequence, 0xfc | pick(sequence, 2));
        put(sequence, 0xac | pick(sequence, 2));
        put(sequence, 0xfc);
        put(sequence, 0x40 | (pick(sequence, 2) << 3) | b >> 3);
        put(sequence, 0x0f);
        put(sequence, 0xc8 | (b & 7));
        break;
    default: /* pop */
        if (sequence->pushed == 0)
            break;
        sequence->pushed--;
        put(sequence, 0x40 | a >> 3);
        put(sequence, 0x58 | (a & 7));
        break;
    }
}

/* Runs a file to its int3. Returns false if it does not get there. */
static bool run_to_breakpoint(const uint8_t *file, size_t size, struct user_regs_struct *registers)
{
    int status, memory = memfd_create("program", MFD_CLOEXEC);
    ck_assert_int_eq(write(memory, file, size), (ssize_t)size);
    pid_t child = fork();
    if (child == 0) {
        char *none[] = {NULL};
        alarm(10);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        fexecve(memory, none, none);
        _exit(1);
    }
    close(memory);
    ck_assert_int_gt(child, 0);
    /* The first stop is the exec. */
    bool stopped = waitpid(child, &status, 0) == child && WIFSTOPPED(status);
    stopped = stopped && ptrace(PTRACE_CONT, child, NULL, NULL) == 0 &&
              waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
              WSTOPSIG(status) == SIGTRAP && ptrace(PTRACE_GETREGS, child, NULL, registers) == 0;
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    return stopped;
}

/* Runs the sequence through the decoder up to its int3. Where a jump may go both ways, nothing is
 * known where it leads. */
static void follow(struct x86 *machine, const struct sequence *sequence,
                   struct elfgen_registers *registers)
{
    struct elfgen_instruction instruction;
    for (size_t at = 0; at + 1 < sequence->size;) {
        ck_assert(machine->machine.decode(machine, sequence->bytes + at, sequence->size - at,
                                          0x10078 + at, registers, &instruction));
        if (instruction.flow == ELFGEN_FLOW_BRANCH &&
            instruction.condition == ELFGEN_CONDITION_UNKNOWN)
            *registers = (struct elfgen_registers){.depth = 0};
        at = instruction.flow == ELFGEN_FLOW_BRANCH &&
                     instruction.condition != ELFGEN_CONDITION_FAILS
                 ? instruction.target - 0x10078
                 : at + instruction.length;
    }
}

static void is_bits_of(struct elfgen_bits bits, uint64_t actual, int round, const char *name,
                       size_t number)
{
    ck_assert_uint_eq(bits.value & ~bits.known, 0);
    ck_assert_msg((actual & bits.known) == bits.value,
                  "round %d, %s %zu: %llx, said to be %llx of %llx", round, name, number,
                  (unsigned long long)actual, (unsigned long long)bits.value,
                  (unsigned long long)bits.known);
}

START_TEST(known_registers_and_flags_are_those_of_the_processor)
{
    struct x86 *machine = new_machine(ELFGEN_EM_X86_64, SYNTAX_INTEL);
    size_t known = 0, all = 0, flags = 0;
    enum { ROUNDS = 200, FLAGS = 7 };
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct sequence sequence = {.random = 88172645463325252u +
                                              1000003 * (round + ROUNDS * (uint64_t)_i)};
        uint8_t file[1024];
        struct user_regs_struct user;
        struct elfgen_registers registers = {.depth = 0};
        unsigned count = 3 + pick(&sequence, 20);
        for (unsigned i = 0; i < count; i++)
            put_any(&sequence);
        put(&sequence, 0xcc);
        size_t size =
            elfgen_write_exec(file, sizeof file, sequence.bytes, sequence.size, NULL, NULL);
        ck_assert_uint_gt(size, 0);
        if (!run_to_breakpoint(file, size, &user))
            ck_abort_msg("round %d does not come to its end", (int)round);
        for (size_t i = 0; i < REGISTERS; i++)
            registers.general[i].known = i == RSP ? 0 : UINT64_MAX;
        registers.flags.known = machine->machine.cleared_flags;
        follow(machine, &sequence, &registers);
        const uint64_t actual[REGISTERS] = {
            user.rax, user.rcx, user.rdx, user.rbx, user.rsp, user.rbp, user.rsi, user.rdi,
            user.r8,  user.r9,  user.r10, user.r11, user.r12, user.r13, user.r14, user.r15};
        for (size_t i = 0; i < REGISTERS; i++) {
            is_bits_of(registers.general[i], actual[i], (int)round, "register", i);
            known += (size_t)__builtin_popcountll(registers.general[i].known);
            all += 64;
        }
        is_bits_of(registers.flags, user.eflags, (int)round, "flags", 0);
        flags += (size_t)__builtin_popcountll(registers.flags.known);
    }
    /* More than half of all bits, and of all flags, are known. */
    ck_assert_uint_gt(known, all / 2);
    ck_assert_uint_gt(flags, FLAGS * ROUNDS / 2);
    free(machine);
}
END_TEST

/* ---- caches ---- */

START_TEST(cached_lengths_are_those_of_whole_instructions)
{
    static const uint64_t machines[] = {ELFGEN_EM_X86_64, ELFGEN_EM_386};
    struct x86 *machine = new_machine(machines[_i], SYNTAX_INTEL);
    uint64_t state = 0x2545f4914f6cdd1du;
    for (int round = 0; round < 400000; round++) {
        uint8_t bytes[ELFGEN_INSTRUCTION_MOST];
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        /* Few different first bytes, so that instructions begin alike and end differently. */
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(next_random(&state) >> 33);
        bytes[0] = (uint8_t)(round >> 10);
        uint8_t length = machine->machine.length(machine, bytes, sizeof bytes);
        bool good = x86_decode(machine, bytes, sizeof bytes, &instruction, operands);
        ck_assert_msg(length == (good ? instruction.length : 0), "%02x %02x %02x %02x %02x: %d",
                      bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], length);
    }
    free(machine);
}
END_TEST

static size_t print(struct x86 *machine, const uint8_t *bytes, size_t size, uint64_t address,
                    char room[300])
{
    struct elfgen_text text = {.bytes = room, .capacity = 299};
    machine->machine.text(machine, bytes, size, address, &text);
    room[text.length] = '\0';
    return text.length;
}

START_TEST(cached_texts_are_the_same_as_fresh_ones)
{
    static const uint64_t machines[] = {ELFGEN_EM_X86_64, ELFGEN_EM_386};
    enum x86_syntax syntax = _i / 2 ? SYNTAX_ATT : SYNTAX_INTEL;
    struct x86 *warm = new_machine(machines[_i % 2], syntax);
    struct x86 *fresh = new_machine(machines[_i % 2], syntax);
    uint64_t state = 0x2545f4914f6cdd1du;
    for (int round = 0; round < 60000; round++) {
        static const uint8_t usual[] = {0xe8, 0xe9, 0xeb, 0x74, 0x0f, 0x48, 0x89, 0xf2, 0x66, 0xc3};
        uint8_t bytes[ELFGEN_INSTRUCTION_MOST];
        char a[300], b[300];
        /* Ten in a row begin with different bytes, so that no cached text is used. */
        if (round % 10 == 0)
            memset(fresh->texts, 0, sizeof fresh->texts);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(next_random(&state) >> 33);
        bytes[0] = usual[(size_t)round % sizeof usual];
        bytes[1] = (uint8_t)(0x80 + round / 10 % 64);
        uint8_t length = warm->machine.length(warm, bytes, sizeof bytes);
        if (length == 0)
            continue;
        uint64_t address = next_random(&state);
        ck_assert_uint_gt(print(warm, bytes, length, address, a), 0);
        print(fresh, bytes, length, address, b);
        ck_assert_str_eq(a, b);
        print(warm, bytes, length, address, a);
        ck_assert_str_eq(a, b);
    }
    free(warm);
    free(fresh);
}
END_TEST

/* Names no address, but keeps texts from being filled in. */
static bool put_no_name(void *context, uint64_t address, const char *before, const char *after,
                        struct elfgen_text *text)
{
    (void)context;
    (void)address;
    (void)before;
    (void)after;
    (void)text;
    return false;
}

START_TEST(a_kept_text_is_that_of_any_numbers_filled_in)
{
    static const uint64_t machines[] = {ELFGEN_EM_X86_64, ELFGEN_EM_386};
    static const uint8_t before[] = {0x66, 0xf2, 0xf3, 0x64, 0x48, 0x44, 0x41, 0x4f};
    static const uint8_t edges[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    const struct x86_names names = {.put = put_no_name, .fixed = true};
    struct x86 *filled = new_machine(machines[_i], SYNTAX_INTEL);
    struct x86 *whole = new_machine(machines[_i], SYNTAX_INTEL);
    uint64_t state = 0x2545f4914f6cdd1du;
    size_t holes = 0;
    whole->names = &names;
    for (unsigned round = 0; round < 300000; round++) {
        uint8_t bytes[ELFGEN_INSTRUCTION_MOST];
        char a[300], b[300];
        size_t at = 0;
        uint64_t random = next_random(&state) >> 20;
        /* Every opcode of both tables, with few prefixes and operands and with many numbers. */
        if (random & 1)
            bytes[at++] = before[random >> 1 & 7];
        if (round & 1)
            bytes[at++] = 0x0f;
        bytes[at++] = (uint8_t)(round >> 10);
        bytes[at++] = (uint8_t)((random >> 4 & 3) << 6 | (random >> 6 & 1 ? 0x05 : 0x0c));
        bytes[at++] = random >> 7 & 1 ? 0x24 : 0x45;
        for (; at < sizeof bytes; at++)
            bytes[at] = edges[(next_random(&state) >> 20) % sizeof edges];
        uint8_t length = filled->machine.length(filled, bytes, sizeof bytes);
        if (length == 0)
            continue;
        uint64_t address = next_random(&state);
        print(filled, bytes, length, address, a);
        print(whole, bytes, length, address, b);
        ck_assert_str_eq(a, b);
    }
    for (size_t i = 0; i < X86_TEXTS; i++)
        holes += filled->texts[i].displacement > 0 || filled->texts[i].immediate > 0;
    ck_assert_uint_gt(holes, 300);
    free(filled);
    free(whole);
}
END_TEST

/* ---- system calls ---- */

START_TEST(calls_have_the_numbers_of_the_systems_header)
{
    static const struct {
        const char *name;
        uint64_t number;
    } known[] = {{"read", SYS_read},     {"write", SYS_write},   {"mmap", SYS_mmap},
                 {"execve", SYS_execve}, {"exit", SYS_exit},     {"exit_group", SYS_exit_group},
                 {"openat", SYS_openat}, {"getpid", SYS_getpid}, {"clone3", SYS_clone3},
                 {"uname", SYS_uname}};
    struct x86 *machine = new_machine(ELFGEN_EM_X86_64, SYNTAX_INTEL);
    struct elfgen_signature signature;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        ck_assert(x86_syscall_signature(machine, CALL_BY_SYSCALL, known[i].number, &signature));
        ck_assert_str_eq(signature.name, known[i].name);
    }
    ck_assert(x86_syscall_signature(machine, CALL_BY_INT80, 4, &signature));
    ck_assert_str_eq(signature.name, "write");
    ck_assert(!x86_syscall_signature(machine, CALL_BY_SYSCALL, 100000, &signature));
    ck_assert(!x86_syscall_signature(machine, CALL_BY_SYSCALL, UINT64_MAX, &signature));
    free(machine);
}
END_TEST

START_TEST(every_row_of_calls_makes_sense)
{
    struct x86 *machine = new_machine(ELFGEN_EM_X86_64, SYNTAX_INTEL);
    size_t described = 0;
    for (int by = CALL_BY_SYSCALL; by <= CALL_BY_INT80; by++)
        for (uint64_t number = 0; number < 600; number++) {
            struct elfgen_signature signature;
            if (!x86_syscall_signature(machine, (uint8_t)by, number, &signature))
                continue;
            described += signature.known;
            ck_assert_uint_le(signature.count, ELFGEN_ARGUMENTS);
            for (unsigned i = 0; i < signature.count; i++) {
                uint8_t size_in = signature.parameters[i].size_in;
                ck_assert_uint_gt(strlen(signature.parameters[i].name), 0);
                ck_assert(size_in == UINT8_MAX || (size_in < signature.count && size_in != i));
            }
        }
    ck_assert_uint_gt(described, 180);
    free(machine);
}
END_TEST

START_TEST(every_row_of_calls_is_a_call_of_one_of_the_tables)
{
    size_t rows = 0;
    for (const struct call_row *row; (row = syscall_row_at(rows)) != NULL; rows++) {
        bool found = false;
        for (int abi = 0; abi < CALL_ABIS; abi++) {
            int number =
                seccomp_syscall_resolve_name_arch(syscall_abi((enum call_abi)abi)->arch, row->name);
            /* Negative: i386 reaches it by socketcall. */
            bool inside = abi == CALL_I386 && number < -100 && number > -200;
            found = found ||
                    ((number >= 0 || inside) && syscall_row((enum call_abi)abi, row->name) == row);
        }
        ck_assert_msg(found, "%s", row->name);
        for (const struct call_parameter *p = row->parameters; p->name; p++) {
            ck_assert_uint_lt(strlen(p->name), 16);
            ck_assert_uint_gt(strlen(syscall_type_text(p->type)), 0);
        }
    }
    ck_assert_uint_gt(rows, 300);
}
END_TEST

static Suite *x86_suite(void)
{
    Suite *suite = suite_create("x86");
    TCase *registers = tcase_create("registers");
    tcase_add_loop_test(registers, known_registers_and_flags_are_those_of_the_processor, 0, 4);
    suite_add_tcase(suite, registers);
    TCase *kept = tcase_create("what is kept");
    tcase_add_loop_test(kept, cached_lengths_are_those_of_whole_instructions, 0, 2);
    tcase_add_loop_test(kept, cached_texts_are_the_same_as_fresh_ones, 0, 4);
    tcase_add_loop_test(kept, a_kept_text_is_that_of_any_numbers_filled_in, 0, 2);
    suite_add_tcase(suite, kept);
    TCase *calls = tcase_create("system calls");
    tcase_add_test(calls, calls_have_the_numbers_of_the_systems_header);
    tcase_add_test(calls, every_row_of_calls_makes_sense);
    tcase_add_test(calls, every_row_of_calls_is_a_call_of_one_of_the_tables);
    suite_add_tcase(suite, calls);
    return suite;
}

RUN_SUITE(x86_suite)
