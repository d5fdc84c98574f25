/* golf/lift/verbatim: which programs keep their instructions, and which are left alone. */
#include "golf/lift/verbatim/references.h"
#include "golf_program.h"

static int by_place(const void *a, const void *b)
{
    const struct elfgen_relocation *first = a, *second = b;
    if (first->section != second->section)
        return first->section < second->section ? -1 : 1;
    return first->offset < second->offset ? -1 : first->offset > second->offset;
}

/* Lifts a program of 64-bit code as its linker knows it. Returns why it is left alone, or "". */
static const char *why_left(const char *source)
{
    static uint8_t memory[1 << 20], bytes[PROGRAM_ROOM];
    static struct elfgen_error error;
    const struct elfgen_assemble_options options = {.mode = 64};
    struct elfgen_exec_options exec = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_assembly assembly;
    struct elfgen_layout layout;
    struct golf_lifted lifted;
    ck_assert_msg(elfgen_assemble(source, strlen(source), &options, memory, sizeof memory,
                                  &assembly, &error) == ELFGEN_OK,
                  "%s: %s", source, error.text);
    struct elfgen_program *program = &assembly.program;
    exec.machine = assembly.machine;
    program->entry_symbol = "_start";
    ck_assert(elfgen_layout_single(program, &exec, &layout, &error) == ELFGEN_OK);
    size_t size = elfgen_write_image(program, &layout, bytes, sizeof bytes, &error);
    ck_assert_msg(size > 0 && size <= sizeof bytes, "%s: %s", source, error.text);
    struct elfgen_relocation *all = calloc(program->relocation_count + 1, sizeof *all);
    ck_assert_ptr_nonnull(all);
    size_t count = 0;
    for (size_t i = 0; i < program->relocation_count; i++) {
        const struct elfgen_symbol *symbol = &program->symbols[program->relocations[i].symbol];
        if (symbol->section >= program->section_count)
            continue;
        all[count] = program->relocations[i];
        all[count].addend += (int64_t)symbol->value;
        all[count++].symbol = symbol->section;
    }
    qsort(all, count, sizeof *all, by_place);
    for (size_t i = 0; i < program->section_count; i++)
        if (!program->sections[i].bytes)
            program->sections[i].offset = ELFGEN_NOWHERE;
    const struct golf_addresses addresses = {.sections = program->sections,
                                             .section_count = program->section_count,
                                             .references = all,
                                             .reference_count = count};
    error = (struct elfgen_error){.status = ELFGEN_OK};
    if (golf_lift_verbatim(bytes, size, &addresses, false, &lifted, &error))
        error.text[0] = '\0';
    golf_lifted_free(&lifted);
    free(all);
    return error.text;
}

#define START    "global _start\nsection .text\n_start:\n"
#define EXIT     "mov eax, 60\nsyscall\n"
#define COMPUTES "computes with an address of its code"
#define ORDER    "order of addresses of its code"
#define WEAK     "extern none:weak\n"
#define LABELS   "first: nop\nsecond: ret\n"
#define ONE      "section .data\none: dq 1, 2\n"
#define COMPUTED "mov eax, one\nadd rax, [rsp]\n"
#define BITS     "bits of an address"
#define MET      "an address with a number"
#define NUMBER   "an address as a number"
#define PART     "a part of an address"
#define NOWHERE  "an address outside of its memory"
#define ABOVE    "mov rsi, rsp\nagain: lodsq\ntest rax, rax\njnz again\nlodsq\n"

/* What is loaded, pushed and copied is followed to where it is used. */
static const struct {
    const char *source, *reason; /* "": it is not left alone */
} programs[] = {
    {START "mov eax, next\njmp rax\nnext: " EXIT, ""},
    {START "mov eax, next\ninc eax\nnext: mov edi, eax\n" EXIT, COMPUTES},
    {START "push next\nmov rax, [rsp]\nadd rax, 1\nnext: mov edi, eax\n" EXIT, COMPUTES},
    {START "push next\npush 5\npop rax\nadd rax, 1\nnext: mov edi, eax\n" EXIT, ""},
    /* a function's last call is a jump: its caller finds the stack as it was */
    {START "call second\npush next\npush 5\ncall first\npop rax\nadd rax, 1\nmov edi, eax\n"
           "next: " EXIT "first: jmp second\nsecond: ret\n",
     ""},
    {START "call second\npush 5\npush next\ncall first\npop rax\nadd rax, 1\nmov edi, eax\n"
           "next: " EXIT "first: jmp second\nsecond: ret\n",
     COMPUTES},
    /* rcx is an address after a system call */
    {START "mov eax, 39\nsyscall\nlea edi, [rcx + 1]\n" EXIT, COMPUTES},
    {START "mov eax, 39\nsyscall\nmov edi, ecx\n" EXIT, "gives a system call an address"},
    {START "mov eax, 1\nmov edi, 1\nmov esi, table\nmov edx, 8\nsyscall\nmov edi, 0\n" EXIT
           "section .data\ntable: dq _start\n",
     "gives a system call data with an address"},
    {START "mov eax, 1\nmov edi, 1\nmov esi, table + 8\nmov edx, 9\nsyscall\nmov edi, 0\n" EXIT
           "section .data\ntable: dq 1, 2\n",
     "more memory than there is"},
    /* whether labels are the same, or none, may be asked; their order is another one */
    {START "mov eax, first\nmov ecx, second\ncmp eax, ecx\nsete dil\n" EXIT LABELS, ""},
    {START "mov eax, first\ncmp rax, second\nmov ecx, 5\ncmove edi, ecx\n" EXIT LABELS, ""},
    {START "mov eax, first\ncmp eax, second\nsetb dil\n" EXIT LABELS, ORDER},
    {START "mov eax, first\ncmp eax, second\njg first\n" EXIT LABELS, ORDER},
    {START "mov eax, first\ncmp eax, second\nmov edi, 5\nadc edi, 0\n" EXIT LABELS, ORDER},
    {START "mov eax, first\ncmp eax, second\ninc edi\nsetb dil\n" EXIT LABELS, ORDER},
    {START "mov eax, first\ncmp eax, second\nadd edi, 1\nsetb dil\n" EXIT LABELS, ""},
    {START "mov eax, first\ncmp eax, second\nlahf\nmov edi, eax\n" EXIT LABELS, ORDER},
    {START "mov eax, first\ncmp eax, second\ncall last\n" EXIT LABELS "last: setb dil\nret\n",
     ORDER},
    {START "call last\nsetb dil\n" EXIT LABELS "last: mov eax, first\ncmp eax, second\nret\n",
     ORDER},
    {START "mov eax, last\ncall rax\nsetb dil\n" EXIT LABELS
           "last: mov eax, first\ncmp eax, second\nret\n",
     ORDER},
    {START "mov eax, first\ncmp eax, second\nmov eax, 39\nsyscall\nmov edi, r11d\n" EXIT LABELS,
     "gives a system call an address"},
    {START "mov eax, first\ncmp ax, 5\nsete dil\n" EXIT LABELS, "another"},
    {START "mov eax, first\ncmp eax, 5\nsete dil\n" EXIT LABELS, ""},
    {START "mov eax, first\ncmp eax, 0x12345\nsete dil\n" EXIT LABELS, COMPUTES},
    {START "mov eax, first\ncmp [rsp], eax\nsete dil\n" EXIT LABELS, COMPUTES},
    {START "mov eax, 39\nsyscall\nnext: cmp ecx, next\nsete dil\n" EXIT, COMPUTES},
    {START "call next\nnext: pop rax\ncmp eax, next\nsete dil\n" EXIT, COMPUTES},
    /* where nothing is, a jump faults wherever it comes from */
    {WEAK START "test edi, edi\njz next\ncall none\nnext: " EXIT, ""},
    {WEAK START "test edi, edi\njz next\njmp none\nnext: " EXIT, ""},
    {WEAK START "test edi, edi\njz none\n" EXIT, "no code of a section"},
    {WEAK START "test edi, edi\njz next\njmp none + 4096\nnext: " EXIT, "no code of a section"},
    /* a lea that does nothing */
    {START "mov eax, next\nlea rax, [rax]\njmp rax\nnext: " EXIT, ""},
    {START "mov eax, next\nlea rax, [rax + 1]\njmp rax\nnext: " EXIT, "jumps to an address"},
    /* the distance of two sections */
    {START "mov eax, one\nmov ecx, two\nsub eax, ecx\nmov edi, eax\n" EXIT
           "section .data\none: db 1\nsection .bss\ntwo: resb 1\n",
     "distance of addresses"},
    {START "mov eax, one\nmov ecx, two\ncmp eax, ecx\nsetb dil\n" EXIT
           "section .data\none: db 1\nsection .bss\ntwo: resb 1\n",
     "distance of addresses"},
    {START "mov eax, one\nmov ecx, two\nsub eax, ecx\nmov edi, eax\n" EXIT
           "section .data\none: db 1\ntwo: db 1\n",
     ""},
    /* addresses of data as numbers */
    {START "mov edi, one\n" EXIT ONE, NUMBER},
    {START COMPUTED "mov edi, eax\n" EXIT ONE, NUMBER},
    {START COMPUTED "movzx edi, byte [rax]\n" EXIT ONE, ""},
    {START COMPUTED "movzx edi, ax\n" EXIT ONE, BITS},
    {START COMPUTED "mov dil, al\n" EXIT ONE, BITS},
    {START COMPUTED "and eax, 15\nmov edi, eax\n" EXIT ONE, BITS},
    {START COMPUTED "add rax, rax\nmov edi, eax\n" EXIT ONE, BITS},
    {START COMPUTED "lea edi, [rax*2]\n" EXIT ONE, BITS},
    {START COMPUTED "clc\nadc eax, 1\n" EXIT ONE, BITS},
    {START COMPUTED "add eax, 9\nsetc dil\n" EXIT ONE, ORDER},
    {START COMPUTED "sub eax, one\nmov edi, eax\n" EXIT ONE, ""},
    {START COMPUTED "test eax, eax\nsetz dil\n" EXIT ONE, ""},
    {START COMPUTED "cmp eax, 70000\nsetz dil\n" EXIT ONE, MET},
    {START COMPUTED "cmp eax, 0\nsetz dil\n" EXIT ONE, ""},
    {START "mov edi, [rsp]\nsub edi, one\n" EXIT ONE, MET},
    {START COMPUTED "sub [rsp], eax\nmov edi, 0\n" EXIT ONE, MET},
    {START COMPUTED "xchg [rsp], rax\nmov edi, [rsp]\n" EXIT ONE, NUMBER},
    {START COMPUTED "cmp edi, [rsp]\ncmove eax, edi\nmov edi, eax\n" EXIT ONE, NUMBER},
    {START COMPUTED "push rax\nmovzx edi, word [rsp]\n" EXIT ONE, PART},
    {START COMPUTED "mov edi, one\nstosd\nmovzx edi, byte [one + 1]\n" EXIT ONE, PART},
    {START COMPUTED "mov [one], rax\nmov rax, [one]\nmov dil, [rax]\n" EXIT ONE, ""},
    {START COMPUTED "xchg eax, ecx\nagain: inc edi\nloop again\n" EXIT ONE, BITS},
    {START COMPUTED "again: inc edi\ndec eax\njnz again\n" EXIT ONE, ORDER},
    /* numbers as addresses, and the auxiliary vector */
    {START "mov edi, [0x200000]\n" EXIT ONE, NOWHERE},
    {START "mov eax, 0x200000\nadd rax, [rsp]\nmov edi, [rax]\n" EXIT ONE, NOWHERE},
    {START "mov rax, [rsp]\nlea eax, [rax*4 + 0x200000]\nmov [rax], al\nmov edi, 1\n" EXIT ONE,
     NOWHERE},
    {START "mov eax, 1\nmov edi, 1\nmov esi, 0x200000\nmov edx, 4\nsyscall\nmov edi, 0\n" EXIT ONE,
     NOWHERE},
    {START "imul eax, [rsp], 0x200001\nand eax, 7\nmov dil, [one + rax]\n" EXIT ONE, ""},
    {START ABOVE "cmp eax, 5\njne again\nmov edi, 0\n" EXIT, "looks for a number above"},
    {START ABOVE "sub eax, 5\njne again\nmov edi, 0\n" EXIT, ORDER},
    {START ABOVE "test eax, eax\njne again\nmov edi, 0\n" EXIT, ""},
    /* a function that calls itself finds its own return address where it has its argument */
    {START "mov ecx, 3\npush 1\ncall f\npush 2\ncall f\nmov edi, ebx\n" EXIT
           "f: add ebx, [rsp + 8]\ndec ecx\njs on\ncall f\non: ret\n",
     "an address of its code"},
    {START "mov ecx, 3\npush 1\ncall f\npush 2\ncall f\nmov edi, ebx\n" EXIT
           "f: add ebx, [rsp + 8]\ndec ecx\njs on\npush 3\ncall f\npop rax\non: ret\n",
     ""},
    /* what a function stores somewhere changes no register that its caller pushed */
    {START "call first\npush 7\ncall put\npop rax\nadd rax, 1\nmov edi, eax\n" EXIT
           "first: call put\nret\nput: mov rcx, [one]\nmov [rcx], al\nret\n" ONE,
     ""},
    {START "call first\npush 7\ncall put\npop rax\nadd rax, 1\nmov edi, eax\n" EXIT
           "first: call put\nmov rax, [rsp]\nadd rax, 1\nret\n"
           "put: mov rcx, [one]\nmov [rcx], al\nret\n" ONE,
     COMPUTES},
    /* behind a call that does not return nothing runs, unless a jump is not known */
    {START "call main\nnop\nput: ret\nfirst: call put\nret\n"
           "main: call first\npush 7\ncall put\npop rax\nadd rax, 1\nmov edi, eax\n" EXIT,
     ""},
    {START "call main\nmov eax, first\nadd eax, 1\nfirst: call put\nret\nput: ret\n"
           "main: call first\nmov edi, 7\n" EXIT,
     ""},
    {START
     "call main\nmov eax, first\nadd eax, 1\nfirst: call put\nret\nput: ret\n"
     "main: call first\nmov eax, [one]\ntest eax, eax\njnz on\ncall rax\non: mov edi, 7\n" EXIT ONE,
     COMPUTES},
    /* what a nop has does not matter */
    {START COMPUTED "db 0x66, 0x0f, 0x1f, 4, 0\nmov dil, [rax]\n" EXIT ONE, ""},
    /* what repeats itself */
    {START "mov edi, there\nmov ecx, 8\nxor eax, eax\nrep stosb\nxor edi, edi\n" EXIT
           "section .bss\nthere: resb 8\n",
     ""},
    {START "mov edi, there\nmov ecx, 9\nxor eax, eax\nrep stosb\nxor edi, edi\n" EXIT
           "section .bss\nthere: resb 8\n",
     "past the end of a section"},
    /* an address that is counted down comes to the first label */
    {START "mov esi, first\nmov rcx, -1\ntest edi, edi\njz again\nmov rcx, -2\n"
           "again: add rsi, rcx\ntimes 9 nop\ncmp byte [rsi], 5\njne again\nxor edi, edi\n" EXIT
           "section .data\nfirst: db 5, 6\n",
     ""},
    /* code */
    {START "jmp next + 1\nnext: mov eax, 60\nmov edi, 1\nsyscall\n", ""},
    {START "mov edi, 1\nnext: mov eax, 60\njmp next + 1\n", "overlaps"},
    {START "mov edi, [_start]\n" EXIT, "own code as data"},
    {START "mov ecx, 3\nagain: db 0x67\nloop again\nmov edi, 0\n" EXIT, "part of a register"},
    {START "nop\n", "runs into what is none"},
};

START_TEST(programs_are_kept_or_left_alone_with_the_reason)
{
    const char *why = why_left(programs[_i].source), *reason = programs[_i].reason;
    ck_assert_msg(reason[0] == '\0' ? why[0] == '\0' : strstr(why, reason) != NULL,
                  "wanted '%s', and it is '%s':\n%s", reason, why, programs[_i].source);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_verbatim_programs");
    TCase *kept = tcase_create("programs");
    tcase_add_loop_test(kept, programs_are_kept_or_left_alone_with_the_reason, 0,
                        sizeof programs / sizeof programs[0]);
    suite_add_tcase(s, kept);
    return s;
}

RUN_SUITE(suite)
