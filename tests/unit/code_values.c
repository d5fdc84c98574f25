/* map/flow.c and x86/: register values known at system calls, and what a call may return. */
#include "followed.h"

/* A program, its instructions, and what is said of the call at `call`. */
struct row {
    const char *bytes;
    size_t size;
    const char *instructions;
    uint64_t call;
    const char *expected;
};

#define ROW(bytes, instructions, call, expected)                                                   \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, instructions, call, expected                                     \
    }

static void is_followed(const struct row *row)
{
    struct found *found = follow_in(row->bytes, row->size, ELFGEN_CODE_FLOW);
    has_instructions(found, row->instructions);
    says(found, row->call, row->expected);
    done(found);
}

/* Programs that end with their only system call. */
static const struct row exits[] = {
    /* mov al,60; syscall: all registers begin as 0 */
    ROW("\xb0\x3c\x0f\x05\xc3", "0 2", 2, "syscall: exit(0)"),
    /* push 60; pop rax; push 42; pop rdi; syscall */
    ROW("\x6a\x3c\x58\x6a\x2a\x5f\x0f\x05\xc3", "0 2 3 5 6", 6, "syscall: exit(42)"),
    /* xor edi,edi; mul edi; mov al,60; syscall: rax was anything */
    ROW("\x8b\x04\x24\x31\xff\xf7\xe7\xb0\x3c\x0f\x05\xc3", "0 3 5 7 9", 9, "syscall: exit(0)"),
    /* mov ah,0xff; xor ah,ah; mov al,60; mov edi,-1 (32 bits); syscall */
    ROW("\xb4\xff\x30\xe4\xb0\x3c\xbf\xff\xff\xff\xff\x0f\x05\xc3", "0 2 4 6 11", 11,
        "syscall: exit(4294967295)"),
    /* or rdi,-1; xchg eax,ebx; lea eax,[rbx+60]; syscall */
    ROW("\x48\x83\xcf\xff\x93\x8d\x43\x3c\x0f\x05\xc3", "0 4 5 8", 8, "syscall: exit(-1)"),
    /* mov edi,[rsp]; and edi,0; mov eax,240; shr eax,2; syscall */
    ROW("\x8b\x3c\x24\x83\xe7\x00\xb8\xf0\x00\x00\x00\xc1\xe8\x02\x0f\x05\xc3", "0 3 6 11 14", 14,
        "syscall: exit(0)"),
    /* dec eax; cdq; mov edi,edx; neg edi; lea eax,[rdi+59]; syscall */
    ROW("\xff\xc8\x99\x89\xd7\xf7\xdf\x8d\x47\x3b\x0f\x05\xc3", "0 2 3 5 7 10", 10,
        "syscall: exit(1)"),
    /* mov edi,[rsp]; mov eax,60; syscall: an argument that is not known */
    ROW("\x8b\x3c\x24\xb8\x3c\x00\x00\x00\x0f\x05\xc3", "0 3 8", 8, "syscall: exit(?)"),
    /* mov al,1; int 0x80: i386's number, also in 64 bits */
    ROW("\xb0\x01\xb3\x07\xcd\x80\xc3", "0 2 4", 4, "int 0x80: exit(7)"),
    /* mov edi,5; call f; mov eax,60; syscall; f: ret: known values survive the call */
    ROW("\xbf\x05\x00\x00\x00\xe8\x07\x00\x00\x00\xb8\x3c\x00\x00\x00\x0f\x05\xc3", "0 5 10 15 17",
        15, "syscall: exit(5)"),
    /* mov eax,0x10080; jmp rax; a byte; xor eax,eax; mov al,60; syscall */
    ROW("\xb8\x80\x00\x01\x00\xff\xe0\x06\x31\xc0\xb0\x3c\x0f\x05\xc3", "0 5 8 10 12", 12,
        "syscall: exit(0)"),
    /* push 60; mov [rbx],eax; pop rax; syscall: the write may overwrite the stack */
    ROW("\x6a\x3c\x8b\x1c\x24\x89\x03\x58\x0f\x05\xf4", "0 2 5 7 8 10", 8,
        "syscall: a system call whose number is not known"),
    /* push 7; mov rdi,rsp; mov eax,63; syscall; pop rdi; mov eax,231; syscall: uname wrote there */
    ROW("\x6a\x07\x48\x89\xe7\xb8\x3f\x00\x00\x00\x0f\x05\x5f\xb8\xe7\x00\x00\x00\x0f\x05",
        "0 2 5 10 12 13 18", 18, "syscall: exit_group(?)"),
    /* push 7; mov eax,56; syscall; pop rdi; mov eax,60; syscall: clone's child has another stack */
    ROW("\x6a\x07\xb8\x38\x00\x00\x00\x0f\x05\x5f\xb8\x3c\x00\x00\x00\x0f\x05", "0 2 7 9 10 15", 15,
        "syscall: exit(?)"),
    /* push 7; mov eax,39; syscall; pop rdi; mov eax,60; syscall: getpid writes nothing */
    ROW("\x6a\x07\xb8\x27\x00\x00\x00\x0f\x05\x5f\xb8\x3c\x00\x00\x00\x0f\x05", "0 2 7 9 10 15", 15,
        "syscall: exit(7)"),
    /* push 7; mov qword [0x10000],9; pop rdi; mov eax,60; syscall: that address may be on the stack
     */
    ROW("\x6a\x07\x48\xc7\x04\x25\x00\x00\x01\x00\x09\x00\x00\x00\x5f\xb8\x3c\x00\x00\x00\x0f\x05",
        "0 2 14 15 20", 20, "syscall: exit(?)"),
    /* push 99; push 0x33; push 0x10085; retfq; pop rdi; ...: it pops two values, and its target is
     * not followed */
    ROW("\x6a\x63\x6a\x33\x68\x85\x00\x01\x00\x48\xcb\x5f", "0 2 4 9", 9, "ret far"),
    /* mov eax,90; mov ebx,3; int 0x80: i386's mmap has one pointer */
    ROW("\xb8\x5a\x00\x00\x00\xbb\x03\x00\x00\x00\xcd\x80\xf4", "0 5 10 12", 10,
        "int 0x80: mmap(0x3)"),
    /* call f; hlt; f: mov rax,-1; jmp rax: outside the file, from where it may return */
    ROW("\xe8\x01\x00\x00\x00\xf4\x48\xc7\xc0\xff\xff\xff\xff\xff\xe0", "0 5 6 13", 5, "hlt"),
    /* mov eax,0x3e8; syscall */
    ROW("\xb8\xe8\x03\x00\x00\x0f\x05\xf4", "0 5 7", 5, "syscall: system call 1000"),
    /* jz 1f; a byte; 1: mov al,60; syscall: all flags begin as 0 */
    ROW("\x75\x01\x06\xb0\x3c\x0f\x05\xc3", "0 3 5", 5, "syscall: exit(0)"),
    /* mov al,58; stc; adc al,1; mov edi,eax; sbb edi,0x39; syscall */
    ROW("\xb0\x3a\xf9\x14\x01\x89\xc7\x83\xdf\x39\x0f\x05\xc3", "0 2 3 5 7 10", 10,
        "syscall: exit(3)"),
    /* inc edi; sub edi,2; jns 1f; setb dil; mov al,60; cmovz eax,ebx; syscall; 1: a byte */
    ROW("\xff\xc7\x83\xef\x02\x79\x0b\x40\x0f\x92\xc7\xb0\x3c\x0f\x44\xc3\x0f\x05\x06",
        "0 2 5 7 11 13 16", 16, "syscall: exit(4294967041)"),
    /* jrcxz 1f; a byte; 1: mov cl,2; loop 2f; a byte; 2: loope 3f; mov edi,ecx; mov al,60; syscall;
     * 3: a byte */
    ROW("\xe3\x01\x06\xb1\x02\xe2\x01\x06\xe1\x06\x89\xcf\xb0\x3c\x0f\x05\x06", "0 3 5 8 10 12 14",
        14, "syscall: exit(0)"),
    /* mov esi,0x10078; lodsb; sub esi,0x1003d; xchg eax,esi; syscall: the direction flag is 0 */
    ROW("\xbe\x78\x00\x01\x00\xac\x81\xee\x3d\x00\x01\x00\x96\x0f\x05\xc3", "0 5 6 12 13", 13,
        "syscall: exit(0)"),
    /* and eax,[rsp]; and al,7; cmp eax,8; jb 1f: a number of which only the high bits are known is
     * less; a byte; 1: mov eax,60; syscall */
    ROW("\x8b\x04\x24\x83\xe0\x07\x83\xf8\x08\x72\x01\x06\xb8\x3c\x00\x00\x00\x0f\x05\xc3",
        "0 3 6 9 12 17", 17, "syscall: exit(0)"),
};

START_TEST(constants_are_followed_to_the_system_call)
{
    is_followed(&exits[_i]);
}
END_TEST

/* Programs whose first call's result goes into the number of the second. */
static const struct row results[] = {
    /* mov al,1; mov edi,eax; mov esi,0x1008b; mov dl,6; syscall: 0 to 6, or an error; mov al,60;
     * xor edi,edi; syscall; "Hello\n", in which an error would end */
    ROW("\xb0\x01\x89\xc7\xbe\x8b\x00\x01\x00\xb2\x06\x0f\x05\xb0\x3c\x31\xff\x0f\x05Hello\n",
        "0 2 4 9 11 13 15 17", 17, "syscall: exit(0)"),
    /* mov al,4; inc ebx; mov dl,31; int 0x80: 0 to 31; and eax,0x10020; inc eax; int 0x80 */
    ROW("\xb0\x04\xff\xc3\xb2\x1f\xcd\x80\x25\x20\x00\x01\x00\xff\xc0\xcd\x80Hi", "0 2 4 6 8 13 15",
        15, "int 0x80: exit(1)"),
    /* the same with 32, so that the number may be 33 */
    ROW("\xb0\x04\xff\xc3\xb2\x20\xcd\x80\x25\x20\x00\x01\x00\xff\xc0\xcd\x80\xf4",
        "0 2 4 6 8 13 15 17", 15, "int 0x80: a system call whose number is not known"),
    /* mov al,3; syscall: close returns 0 or an error; mov al,60; syscall */
    ROW("\xb0\x03\x0f\x05\xb0\x3c\x0f\x05\x06", "0 2 4 6", 6, "syscall: exit(0)"),
    /* mov al,39; syscall: a process's number; mov al,60; syscall; hlt */
    ROW("\xb0\x27\x0f\x05\xb0\x3c\x0f\x05\xf4", "0 2 4 6 8", 6,
        "syscall: a system call whose number is not known"),
    /* mov al,1; mov dl,9; syscall; test eax,eax; js 1f: both ways; mov al,231; 1: syscall; a byte
     */
    ROW("\xb0\x01\xb2\x09\x0f\x05\x85\xc0\x78\x02\xb0\xe7\x0f\x05\x06", "0 2 4 6 8 10 12", 12,
        "syscall: exit_group(0)"),
    /* mov dl,200; syscall: read; cmp rax,-4096; ja 1f; mov al,60; shl edi,1; syscall; 1: mov
     * eax,231; syscall; a byte */
    ROW("\xb2\xc8\x0f\x05\x48\x3d\x00\xf0\xff\xff\x77\x06\xb0\x3c\xd1\xe7\x0f\x05"
        "\xb8\xe7\x00\x00\x00\x0f\x05\x06",
        "0 2 4 10 12 14 16 18 23", 16, "syscall: exit(0)"),
    /* mov al,1; mov dl,5; syscall; mov edi,eax; mov eax,60; syscall: the number is overwritten */
    ROW("\xb0\x01\xb2\x05\x0f\x05\x89\xc7\xb8\x3c\x00\x00\x00\x0f\x05\x06", "0 2 4 6 8 13", 13,
        "syscall: exit(?)"),
};

START_TEST(a_result_is_followed_in_two_alternatives)
{
    is_followed(&results[_i]);
}
END_TEST

START_TEST(calls_in_a_row_are_followed_twice_each_and_no_more)
{
    /* mov eax,1; syscall, a hundred times; mov eax,60; syscall */
    enum { CALLS = 100, SIZE = 7 * (CALLS + 1) };
    char code[SIZE];
    for (size_t i = 0; i <= CALLS; i++) {
        memcpy(code + 7 * i, "\xb8\x01\x00\x00\x00\x0f\x05", 7);
        if (i == CALLS)
            code[7 * i + 1] = 60;
    }
    struct found *found = follow_in(code, sizeof code, ELFGEN_CODE_FLOW);
    const uint64_t steps =
        8 * (HEADERS + SIZE) + 1024; /* there were; the headers are mapped, too */
    ck_assert_uint_eq(found->count, 2 * (CALLS + 1));
    ck_assert_uint_eq(found->code->code.call_count, CALLS + 1);
    says(found, SIZE - 2, "syscall: exit(0)");
    ck_assert_uint_le(found->code->code.steps, steps);
    ck_assert_uint_ge(found->code->code.steps, steps - 8 * (CALLS + 1));
    done(found);
}
END_TEST

START_TEST(what_follows_execve_runs_only_if_it_fails)
{
    /* mov al,59; mov edi,0x10088; syscall; mov al,60; mov edi,eax; syscall; a path */
    struct found *found = FOLLOW("\xb0\x3b\xbf\x8b\x00\x01\x00\x0f\x05\x6a\x3c\x58\x89\xc7\x0f\x05"
                                 "/bin/sh");
    has_instructions(found, "0 2 7 9 11 12 14");
    says(found, 9, "push 0x3c (only if execve fails)");
    says(found, 14, "syscall: exit(60) (only if execve fails)");
    done(found);
    /* bt dword [rsp],1; jb 1f; mov al,59; syscall; 1: push 60; pop rax; syscall: also without
     * execve */
    found = FOLLOW("\x0f\xba\x24\x24\x01\x72\x04\xb0\x3b\x0f\x05\x6a\x3c\x58\x0f\x05");
    has_instructions(found, "0 5 7 9 11 13 14");
    says(found, 11, "push 0x3c");
    says(found, 14, "syscall: exit(0)");
    done(found);
    /* mov al,59; lea rdi,[rip+2]; syscall; "bin/sh": what the call reads is no code */
    found = FOLLOW("\xb0\x3b\x48\x8d\x3d\x02\x00\x00\x00\x0f\x05"
                   "bin/sh");
    has_instructions(found, "0 2 9");
    done(found);
    /* mov al,59; syscall; a byte that is no instruction */
    found = FOLLOW("\xb0\x3b\x0f\x05\x06");
    has_instructions(found, "0 2");
    done(found);
    /* mov eax,322; syscall: execveat; mov eax,15; syscall: rt_sigreturn, after which nothing comes
     */
    found = FOLLOW("\xb8\x42\x01\x00\x00\x0f\x05\xb8\x0f\x00\x00\x00\x0f\x05\x90");
    has_instructions(found, "0 5 7 12");
    says(found, 12, "syscall: rt_sigreturn() (only if execveat fails)");
    done(found);
}
END_TEST

START_TEST(hundreds_of_calls_that_must_fail_take_no_longer_each)
{
    /* push 59; pop rax; syscall, as often as fits: the marks are as many as there is room for */
    enum { CALLS = 800, SIZE = 5 * CALLS };
    char code[SIZE];
    for (size_t i = 0; i < CALLS; i++)
        memcpy(code + 5 * i, "\x6a\x3b\x58\x0f\x05", 5);
    struct found *found = follow_in(code, sizeof code, ELFGEN_CODE_FLOW);
    ck_assert_ptr_null(elfgen_code_failed(&found->code->code, HEADERS + 3));
    ck_assert_ptr_nonnull(elfgen_code_failed(&found->code->code, HEADERS + 5));
    ck_assert_uint_eq(found->code->code.failure_count, ELFGEN_AFTER_FAILURES);
    ck_assert_uint_eq(found->code->code.call_count, CALLS);
    ck_assert_uint_ge(found->code->code.steps, 8 * SIZE - 4 * 3 * CALLS);
    done(found);
}
END_TEST

START_TEST(a_large_file_has_as_much_known_at_its_end_as_a_small_one)
{
    /* Functions, each called with nothing known, that take two leaders and jump to an unknown
     * place: together more leaders than there is room for. */
    static const char call[] = "\xe8\x00\x00\x00"; /* and the highest byte, 0 */
    static const char function[] = "\xb8\x05\x00\x00\x00\x85\xff\x74\x01\x90\xff\x27";
    /* mov r9d,39; mov eax,r9d; syscall; cmp rax,-4096; ja to the last; jmp to the second */
    static const char loop[] = "\x41\xb9\x27\x00\x00\x00\x44\x89\xc8\x0f\x05"
                               "\x48\x3d\x00\xf0\xff\xff\x77\xf3\xeb\xf1";
    enum {
        FUNCTIONS = 20000,
        CALL = sizeof call,
        FUNCTION = sizeof function - 1,
        LOOP = sizeof loop - 1,
        FIRST = FUNCTIONS * CALL + LOOP,
        SIZE = FIRST + FUNCTIONS * FUNCTION
    };
    char *code = malloc(SIZE);
    uint8_t *file = malloc(HEADERS + SIZE);
    for (size_t i = 0; i < FUNCTIONS; i++) {
        uint32_t distance = (uint32_t)(FIRST + i * FUNCTION - (i + 1) * CALL);
        memcpy(code + i * CALL, call, CALL);
        for (unsigned byte = 0; byte < sizeof distance; byte++)
            code[i * CALL + 1 + byte] = (char)(distance >> 8 * byte);
        memcpy(code + FIRST + i * FUNCTION, function, FUNCTION);
    }
    memcpy(code + FIRST - LOOP, loop, LOOP);
    size_t written = elfgen_write_exec(file, HEADERS + SIZE, code, SIZE, NULL, NULL);
    ck_assert_uint_eq(written, HEADERS + SIZE);
    struct found *found = open_file(file, written, ELFGEN_CODE_FLOW);
    says(found, FIRST - LOOP + 9, "syscall: getpid()");
    done(found);
    free(file);
    free(code);
}
END_TEST

static Suite *code_values_suite(void)
{
    Suite *suite = suite_create("code_values");
    TCase *flow = tcase_create("values at system calls");
    tcase_add_loop_test(flow, constants_are_followed_to_the_system_call, 0,
                        (int)(sizeof exits / sizeof exits[0]));
    tcase_add_loop_test(flow, a_result_is_followed_in_two_alternatives, 0,
                        (int)(sizeof results / sizeof results[0]));
    tcase_add_test(flow, what_follows_execve_runs_only_if_it_fails);
    tcase_add_test(flow, hundreds_of_calls_that_must_fail_take_no_longer_each);
    tcase_add_test(flow, a_large_file_has_as_much_known_at_its_end_as_a_small_one);
    tcase_add_test(flow, calls_in_a_row_are_followed_twice_each_and_no_more);
    suite_add_tcase(suite, flow);
    return suite;
}

RUN_SUITE(code_values_suite)
