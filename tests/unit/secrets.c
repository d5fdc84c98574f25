/* stepper/secrets.c: what a run must not be shown with, from recordings that are made here. */
#include <stdlib.h>
#include <string.h>

#include "room.h"
#include "stepper/secrets.h"

enum { CODE = 0x10000, DATA = 0x11000, STACK = 0x7ffe0000, LENGTH = 0x1000 };

/* A run that is being made, and followed. */
struct made {
    struct step_recording recording;
    struct step_registers now;
    struct step_secrets *secrets;
    struct step_cursor cursor;
};

static void map(struct made *made, uint64_t start, uint32_t file)
{
    const struct step_mapping mapping = {
        .start = start, .end = start + LENGTH, .file = file, .permissions = "rwxp"};
    recording_add_mapping(&made->recording, &mapping);
}

/* The registers are 0 but rsp and rip, as Linux starts a program. */
static void begin_at(struct made *made, bool is_moved)
{
    memset(made, 0, sizeof *made);
    recording_add_file(&made->recording, "/program", 8);
    recording_add_file(&made->recording, "[stack]", 7);
    map(made, CODE, 0);
    map(made, DATA, STEP_NONE);
    map(made, STACK, 1);
    made->now.value[STEP_cs] = 0x33;
    made->now.value[STEP_rip] = CODE;
    made->now.value[STEP_rsp] = STACK + 0x800;
    made->recording.start = made->now;
    made->secrets = step_secrets_open(&made->recording, is_moved);
    ck_assert_ptr_nonnull(made->secrets);
    recording_cursor_open(&made->cursor, &made->recording);
}

static void begin(struct made *made)
{
    begin_at(made, false);
}

static void end(struct made *made)
{
    step_secrets_close(made->secrets);
    recording_free(&made->recording);
}

static void follow(struct made *made)
{
    struct step_record record;
    recording_end_record(&made->recording);
    ck_assert(recording_cursor_forward(&made->cursor, &record));
    step_secrets_follow(made->secrets, &record);
}

/* Runs an instruction that leaves a value in a register. */
static void ran_in(struct made *made, uint32_t file, const char *bytes, size_t size,
                   enum step_register which, uint64_t value)
{
    struct step_registers after = made->now;
    struct step_instruction what = {.address = made->now.value[STEP_rip],
                                    .offset = 0,
                                    .file = file,
                                    .length = (uint8_t)size,
                                    .is_64_bit = true};
    memcpy(what.bytes, bytes, size);
    after.value[which] = value;
    after.value[STEP_rip] += size;
    recording_begin_record(&made->recording, STEP_RAN,
                           recording_add_instruction(&made->recording, &what), &made->now, &after);
    made->now = after;
    follow(made);
}
#define RAN(made, bytes, which, value) ran_in(made, 0, bytes, sizeof bytes - 1, which, value)

/* mov register,value */
static void set(struct made *made, enum step_register which, uint64_t value)
{
    char bytes[10] = "\x48\xb8";
    bytes[1] = (char)(which == STEP_rdi ? 0xbf : which == STEP_rsi ? 0xbe : 0xba);
    memcpy(bytes + 2, &value, sizeof value);
    ran_in(made, 0, bytes, sizeof bytes, which, value);
}

/* Makes a call with three arguments, which are in their registers. */
static void call(struct made *made, uint64_t number, const char *name, int64_t answer)
{
    static const enum step_register from[] = {STEP_rdi, STEP_rsi, STEP_rdx};
    struct step_registers after = made->now;
    struct step_instruction what = {.address = made->now.value[STEP_rip],
                                    .length = 2,
                                    .is_64_bit = true,
                                    .bytes = {0x0f, 0x05}};
    after.value[STEP_rax] = (uint64_t)answer;
    after.value[STEP_rcx] = what.address + 2;
    after.value[STEP_r11] = 0x202;
    after.value[STEP_rip] = what.address + 2;
    recording_begin_record(&made->recording, STEP_RAN,
                           recording_add_instruction(&made->recording, &what), &made->now, &after);
    struct step_piece piece = {.kind = STEP_PIECE_CALL,
                               .value = number,
                               .size = (uint32_t)strlen(name) + 1,
                               .bytes = (const uint8_t *)name};
    recording_add_piece(&made->recording, &piece);
    for (uint32_t i = 0; i < 3; i++) {
        piece = (struct step_piece){.kind = STEP_PIECE_ARGUMENT,
                                    .number = i,
                                    .value = made->now.value[from[i]],
                                    .size = 4,
                                    .bytes = (const uint8_t *)"a\0001"};
        recording_add_piece(&made->recording, &piece);
    }
    piece = (struct step_piece){.kind = STEP_PIECE_ANSWER,
                                .value = (uint64_t)answer,
                                .size = 1,
                                .bytes = (const uint8_t *)""};
    recording_add_piece(&made->recording, &piece);
    made->now = after;
    follow(made);
}

static enum step_secrecy is(const struct made *made, enum step_register which)
{
    return step_secrets_register(made->secrets, which);
}

START_TEST(the_stack_is_secret_and_the_program_is_not)
{
    struct made made;
    begin(&made);
    ck_assert_int_eq(is(&made, STEP_rsp), STEP_SECRET_ADDRESS);
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    ck_assert_int_eq(step_secrets_memory(made.secrets, CODE, LENGTH), STEP_PUBLIC);
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA, LENGTH), STEP_PUBLIC);
    ck_assert_int_eq(step_secrets_memory(made.secrets, STACK + 0x800, 1), STEP_SECRET_CONTENT);
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA, 0x7ff00000), STEP_SECRET_CONTENT);
    end(&made);
}
END_TEST

START_TEST(what_is_loaded_from_the_stack_stays_secret_until_it_is_overwritten)
{
    struct made made;
    begin(&made);
    RAN(&made, "\x48\x8b\x04\x24", STEP_rax, 0x61); /* mov rax,[rsp] */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_SECRET_CONTENT);
    RAN(&made, "\x89\xc7", STEP_rdi, 0x61); /* mov edi,eax */
    ck_assert_int_eq(is(&made, STEP_rdi), STEP_SECRET_CONTENT);
    RAN(&made, "\xb0\x01", STEP_rax, 1); /* mov al,1: the rest of it stays */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_SECRET_CONTENT);
    RAN(&made, "\xb8\x01\x00\x00\x00", STEP_rax, 1); /* mov eax,1 */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    RAN(&made, "\x31\xff", STEP_rdi, 0); /* xor edi,edi */
    ck_assert_int_eq(is(&made, STEP_rdi), STEP_PUBLIC);
    end(&made);
}
END_TEST

START_TEST(a_constant_that_is_pushed_and_popped_is_public)
{
    struct made made;
    begin(&made);
    RAN(&made, "\x6a\x3c", STEP_rsp, STACK + 0x7f8); /* push 60 */
    ck_assert_int_eq(step_secrets_memory(made.secrets, STACK + 0x7f8, 8), STEP_PUBLIC);
    RAN(&made, "\x58", STEP_rax, 60); /* pop rax */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    ck_assert_int_eq(is(&made, STEP_rsp), STEP_SECRET_ADDRESS);
    RAN(&made, "\x89\xe6", STEP_rsi, STACK); /* mov esi,esp: half an address tells, too */
    ck_assert_int_eq(is(&made, STEP_rsi), STEP_SECRET_ADDRESS);
    end(&made);
}
END_TEST

START_TEST(a_copy_of_an_argument_in_the_programs_memory_is_secret)
{
    struct made made;
    begin(&made);
    set(&made, STEP_rsi, STACK + 0x900);
    set(&made, STEP_rdi, DATA);
    RAN(&made, "\xa4", STEP_rsi, STACK + 0x901); /* movsb */
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA, 1), STEP_SECRET_CONTENT);
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA + 1, 1), STEP_PUBLIC);
    ck_assert_int_eq(is(&made, STEP_rdi), STEP_PUBLIC);
    end(&made);
}
END_TEST

START_TEST(a_letter_of_a_table_at_the_place_of_an_argument_is_secret)
{
    struct made made;
    begin(&made);
    RAN(&made, "\x0f\xb6\x04\x24", STEP_rax, 3);            /* movzx eax,byte [rsp] */
    RAN(&made, "\x8a\x98\x00\x10\x01\x00", STEP_rbx, 0x33); /* mov bl,[rax+0x11000] */
    ck_assert_int_eq(is(&made, STEP_rbx), STEP_SECRET_CONTENT);
    RAN(&made, "\x87\xcb", STEP_rcx, 0x33); /* xchg ebx,ecx */
    ck_assert_int_eq(is(&made, STEP_rcx), STEP_SECRET_CONTENT);
    ck_assert_int_eq(is(&made, STEP_rbx), STEP_PUBLIC);
    end(&made);
}
END_TEST

START_TEST(code_of_a_library_has_a_secret_address)
{
    struct made made;
    begin(&made);
    ran_in(&made, 1, "\x48\x8d\x05\x00\x00\x00\x00", 7, STEP_rax,
           0x7f0000000000); /* lea rax,[rip] */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_SECRET_ADDRESS);
    RAN(&made, "\x48\x8d\x05\x00\x00\x00\x00", STEP_rax, CODE);
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    end(&made);
}
END_TEST

START_TEST(code_of_a_program_that_linux_moves_has_a_secret_address)
{
    struct made made;
    begin_at(&made, true);
    RAN(&made, "\x48\x8d\x05\x00\x00\x00\x00", STEP_rax, CODE); /* lea rax,[rip] */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_SECRET_ADDRESS);
    end(&made);
}
END_TEST

START_TEST(of_the_kernels_answers_counts_and_errors_are_public)
{
    struct made made;
    begin(&made);
    call(&made, 39, "getpid", 12345);
    ck_assert_int_eq(is(&made, STEP_rax), STEP_SECRET_CONTENT);
    ck_assert_int_eq(is(&made, STEP_rcx), STEP_PUBLIC);
    call(&made, 12, "brk", 0x5555000);
    ck_assert_int_eq(is(&made, STEP_rax), STEP_SECRET_ADDRESS);
    set(&made, STEP_rsi, DATA);
    set(&made, STEP_rdx, 16);
    call(&made, 79, "getcwd", -34);
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    call(&made, 1, "write", 16);
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    end(&made);
}
END_TEST

START_TEST(input_is_public_and_another_file_is_not)
{
    struct made made;
    begin(&made);
    set(&made, STEP_rsi, DATA);
    set(&made, STEP_rdx, 16);
    call(&made, 0, "read", 4);
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA, 16), STEP_PUBLIC);
    set(&made, STEP_rdi, 3);
    call(&made, 0, "read", 4);
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA, 4), STEP_SECRET_CONTENT);
    ck_assert_int_eq(step_secrets_memory(made.secrets, DATA + 4, 12), STEP_PUBLIC);
    end(&made);
}
END_TEST

START_TEST(what_a_program_puts_at_descriptor_0_is_no_input)
{
    static const struct {
        const char *name;
        uint64_t number, first, second;
        bool ends;
    } calls[] = {{"close", 3, 0, 0, true},  {"close", 3, 1, 0, false}, {"dup2", 33, 3, 0, true},
                 {"dup2", 33, 0, 3, false}, {"dup2", 33, 0, 0, false}, {"open", 2, DATA, 0, true}};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct made made;
        begin(&made);
        ck_assert(step_secrets_is_input(made.secrets, "read", 0));
        ck_assert(!step_secrets_is_input(made.secrets, "read", 3));
        ck_assert(!step_secrets_is_input(made.secrets, "pread64", 0));
        set(&made, STEP_rdi, calls[i].first);
        set(&made, STEP_rsi, calls[i].second);
        call(&made, calls[i].number, calls[i].name, (int64_t)calls[i].second);
        ck_assert(step_secrets_is_input(made.secrets, "read", 0) != calls[i].ends);
        set(&made, STEP_rdi, 0);
        set(&made, STEP_rsi, DATA);
        call(&made, 0, "read", 4);
        ck_assert_int_eq(step_secrets_memory(made.secrets, DATA, 4),
                         calls[i].ends ? STEP_SECRET_CONTENT : STEP_PUBLIC);
        end(&made);
    }
}
END_TEST

START_TEST(the_base_of_fs_that_an_instruction_reads_is_as_secret_as_it_was_set)
{
    struct made made;
    begin(&made);
    RAN(&made, "\xf3\x48\x0f\xae\xc0", STEP_rax, 0); /* rdfsbase rax */
    ck_assert_int_eq(is(&made, STEP_rax), STEP_PUBLIC);
    RAN(&made, "\xf3\x48\x0f\xae\xd4", STEP_fs_base, STACK); /* wrfsbase rsp */
    RAN(&made, "\xf3\x48\x0f\xae\xc0", STEP_rax, STACK);
    ck_assert_int_ne(is(&made, STEP_rax), STEP_PUBLIC);
    end(&made);
}
END_TEST

/* Without a rule that accounts for it, a change is secret. */
START_TEST(a_register_that_changes_for_no_known_reason_is_secret)
{
    struct made made;
    begin(&made);
    RAN(&made, "\x90", STEP_rbp, 0x1234); /* nop */
    ck_assert_int_eq(is(&made, STEP_rbp), STEP_SECRET_CONTENT);
    RAN(&made, "\x0f\x0b", STEP_r9, 1); /* ud2 */
    ck_assert_int_eq(is(&made, STEP_r9), STEP_SECRET_CONTENT);
    end(&made);
}
END_TEST

static Suite *secrets_suite(void)
{
    Suite *suite = suite_create("secrets");
    TCase *all = tcase_create("all");
    tcase_add_test(all, the_stack_is_secret_and_the_program_is_not);
    tcase_add_test(all, what_is_loaded_from_the_stack_stays_secret_until_it_is_overwritten);
    tcase_add_test(all, a_constant_that_is_pushed_and_popped_is_public);
    tcase_add_test(all, a_copy_of_an_argument_in_the_programs_memory_is_secret);
    tcase_add_test(all, a_letter_of_a_table_at_the_place_of_an_argument_is_secret);
    tcase_add_test(all, code_of_a_library_has_a_secret_address);
    tcase_add_test(all, code_of_a_program_that_linux_moves_has_a_secret_address);
    tcase_add_test(all, of_the_kernels_answers_counts_and_errors_are_public);
    tcase_add_test(all, input_is_public_and_another_file_is_not);
    tcase_add_test(all, what_a_program_puts_at_descriptor_0_is_no_input);
    tcase_add_test(all, the_base_of_fs_that_an_instruction_reads_is_as_secret_as_it_was_set);
    tcase_add_test(all, a_register_that_changes_for_no_known_reason_is_secret);
    suite_add_tcase(suite, all);
    return suite;
}

RUN_SUITE(secrets_suite)
