/* golf/lift: which programs are left alone, and what is known of their memory. */
#include "golf_lifted_text.h"

/* With loops, a subroutine, memory, the stack. */
static const char loops[] =
    CODE("pop rbp\nnext: dec rbp\njs done\npop rsi\nmov rdx, rsi\n"
         "length: cmp byte [rdx], 0\nje print\ninc rdx\njmp length\n"
         "print: sub rdx, rsi\ncall put\nmov esi, newline\nmov edx, 1\ncall put\njmp next\n"
         "done: mov eax, 231\nmov edi, [count]\nsyscall\n"
         "put: push rbx\nmov ebx, 1\nadd [count], ebx\nmov eax, ebx\nmov edi, ebx\nsyscall\n"
         "pop rbx\nret\nnewline: db 10\nsection .bss\ncount: resd 1\n");

static void refuses(const char *source, uint8_t bits, const char *reason)
{
    static char text[TEXT_ROOM];
    const char *got = lifted_text(source, bits, text);
    ck_assert_msg(strncmp(got, "refused: ", 9) == 0, "%s is lifted:\n%s", source, got);
    ck_assert_msg(strstr(got, reason), "%s: %s", source, got);
}

/* ---- left alone ---- */

static void are_lifted(const char *const sources[], size_t count)
{
    static char text[TEXT_ROOM];
    for (size_t i = 0; i < count; i++) {
        lifted_text(sources[i], 64, text);
        ck_assert_msg(strncmp(text, "refused", 7) != 0, "%s: %s", sources[i], text);
    }
}

START_TEST(what_is_not_followed_is_refused_with_its_reason)
{
    static const struct {
        const char *source, *reason;
    } rows[] = {
        {CODE("pop rax\njmp rax\n"), "it jumps to an address that it computes"},
        {CODE("pop rax\npop rax\ncall [rax]\n" EXIT), "it jumps to an address that it computes"},
        {CODE("ret\n"), "it returns to an address that is not known"},
        {CODE("push 1\ncall f\npush 2\ncall f\nmov edi, eax\nmov eax, 60\nsyscall\n"
              "f: mov eax, [rsp + 8]\nret 8\n"),
         "it takes arguments off the stack as it returns (ret with a number)"},
        {CODE("jmp $\n"), "it never ends"},
        {CODE("pop rcx\ndec rcx\njz on\nmov eax, 60\nsyscall\non: mov eax, 34\nsyscall\njmp on\n"),
         "it never ends"},
        {CODE("rdtsc\nmov edi, eax\nmov eax, 60\nsyscall\n"), "the processor's clock"},
        {CODE("cpuid\n" EXIT), "asks the processor about itself"},
        {CODE("pop rax\nsyscall\n" EXIT), "of which the number is not known"},
        {CODE("mov eax, 57\nsyscall\n" EXIT), "calls fork, which starts another process"},
        {CODE("mov eax, 13\nsyscall\n" EXIT), "calls rt_sigaction, which handles signals"},
        {CODE("mov eax, 9\nsyscall\n" EXIT), "calls mmap, which maps memory"},
        {CODE("mov eax, 228\nsyscall\n" EXIT), "calls clock_gettime, which reads the clock"},
        {CODE("mov eax, 39\nsyscall\nmov edi, ecx\nmov eax, 60\nsyscall\n"),
         "reads what that leaves in registers besides its result"},
        {CODE("mov dword [where], text\nmov esi, [where]\nmov edi, 1\nmov edx, 12\nmov eax, 1\n"
              "syscall\n" EXIT TEXT "section .bss align=1\nwhere: resd 1\n"),
         "stores a number that may be an address"},
        {CODE("mov esi, text\nmov [where], rsi\nmov rsi, [where]\nmov edi, 1\nmov edx, 12\n"
              "mov eax, 1\nsyscall\n" EXIT TEXT "section .bss align=1\nwhere: resq 1\n"),
         "stores a number that may be an address"},
        {CODE("pop rcx\nmov al, [where + 40 + rcx]\nmov edi, eax\nmov eax, 60\nsyscall\n"
              "section .bss align=1\nwhere: resq 1\n"),
         "counts from an address outside of its memory"},
        {CODE("db 0xd9, 4, 0x25\ndd half\ndb 0xdf, 0xe0\nmov edi, eax\nmov eax, 60\nsyscall\n"
              "half: dd 3.5\n"),
         "is not one that can be encoded again"},
        {CODE("enter 8, 0\ncall f\n" EXIT "f: ret\n"), "a stack pointer that is not known"},
        /* A function called itself without an argument; another one was called from one place. */
        {CODE("mov ecx, 3\npush 1\ncall f\npush 2\ncall f\nmov edi, ebx\nmov eax, 60\nsyscall\n"
              "f: add ebx, [rsp + 8]\ndec ecx\njs on\ncall f\non: ret\n"),
         "it uses the address that a call before its own one pushed"},
        {CODE("push 1\ncall g\n" EXIT "g: call f\ncall f\nret\nf: add ebx, [rsp + 8]\nret\n"),
         "it reads the address that a call pushed"},
        {CODE("call g\ncall g\n" EXIT "g: push 1\ncall f\ncall f\npop rax\nret\n"
              "f: inc qword [rsp + 16]\nret\n"),
         "it reads the address that a call pushed"},
        {CODE("int3\n"), "it raises an interrupt"},
        {CODE("mov ebx, _start\nmov ecx, [rsp]\nmov byte [rbx + 2], cl\n" EXIT),
         "it writes to its own code"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].source, 64, rows[i].reason);
}
END_TEST

/* A function may have arguments beyond the return address of the one that calls it. */
START_TEST(an_argument_of_a_caller_is_followed)
{
    static const char *const right[] = {
        CODE("push 1\ncall g\npop rdx\npush 2\ncall g\nmov edi, eax\nmov eax, 60\nsyscall\n"
             "g: call f\ncall f\nret\nf: add eax, [rsp + 16]\nret\n"),
        CODE("mov ecx, 3\npush 1\ncall f\npush 2\ncall f\nmov edi, ebx\nmov eax, 60\nsyscall\n"
             "f: add ebx, [rsp + 8]\ndec ecx\njs on\npush 3\ncall f\npop rax\non: ret\n"),
    };
    are_lifted(right, sizeof right / sizeof right[0]);
}
END_TEST

/* ---- sizes from outside ---- */

#define READ        "xor edi, edi\nmov esi, buffer\nmov edx, 16\nxor eax, eax\nsyscall\n"
#define READ32      "xor ebx, ebx\nmov ecx, buffer\nmov edx, 16\nmov eax, 3\nint 0x80\n"
#define WRITE       "mov edi, 1\nmov esi, buffer\nmov eax, 1\nsyscall\n"
#define WRITE32     "mov ebx, 1\nmov ecx, buffer\nmov eax, 4\nint 0x80\n"
#define TO_OUT      "out: xor edi, edi\nmov eax, 60\nsyscall\n"
#define TO_OUT32    "out: xor ebx, ebx\nmov eax, 1\nint 0x80\n"
#define TO_OUT_WITH "mov eax, 60\nsyscall\n"
#define BUFFER      "section .bss align=1\nbuffer: resb 16\n"
#define COPY(how)   CODE(READ how WRITE TO_OUT BUFFER)

/* What a failed call returns is as large as a size can be, but for calls that take it as negative.
 */
START_TEST(a_size_from_outside_that_exceeds_its_object_is_refused)
{
    static const char failed[] = "is given a call's result as its size",
                      many[] = "is given a size from outside that may be more";
    static const struct {
        const char *source;
        uint8_t bits;
        const char *reason;
    } rows[] = {
        {COPY("mov edx, eax\n"), 64, failed},
        {COPY("test eax, eax\njz out\nmov edx, eax\n"), 64, failed},
        {COPY("cmp eax, -1\nje out\nmov edx, eax\n"), 64, failed},
        {COPY("dec eax\nmov edx, eax\n"), 64, failed},
        {COPY("lea edx, [rax - 1]\n"), 64, failed},
        {COPY("push rax\npop rdx\nmov edx, edx\n"), 64, failed},
        {COPY("mov ebx, eax\nmov rcx, [rsp]\ndec ecx\njz on\nmov ebp, 2\non: mov edx, ebx\n"), 64,
         failed},
        {CODE(READ
              "mov rsi, rax\nmov edi, buffer\nxor edx, edx\nmov eax, 318\nsyscall\n" TO_OUT BUFFER),
         64, failed},
        {CODE(READ "mov edx, eax\ncall put\n" TO_OUT "put: " WRITE "ret\n" BUFFER), 64, failed},
        {CODE("pop rdx\n" WRITE TO_OUT BUFFER), 64, many},
        {CODE("mov rdx, [rsp]\nadd edx, 2\n" WRITE TO_OUT BUFFER), 64, many},
        {CODE32(READ32 "mov edx, eax\n" WRITE32 TO_OUT32 BUFFER), 32, failed},
        /* In memory, and by instructions that make one number of another. */
        {COPY("mov [kept], rax\nmov edx, [kept]\n"
              "section .bss\nkept: resq 1\nsection .text\n"),
         64, failed},
        {COPY("mov [rsp - 8], eax\nmov edx, [rsp - 8]\n"), 64, failed},
        {COPY("test eax, eax\njs out\nmov [rsp - 8], rax\nshl dword [rsp - 8], 1\n"
              "mov edx, [rsp - 8]\n"),
         64, many},
        {COPY("movzx edx, al\n"), 64, many},
        {COPY("xchg eax, edx\nbswap edx\n"), 64, many},
        {COPY("cdq\nand edx, 17\n"), 64, many},
        {COPY("xor edx, edx\ntest eax, eax\nsetg dl\nneg edx\nand edx, 17\n"), 64, many},
        {COPY("mov edx, 3\nmov ecx, 17\ntest eax, eax\ncmovg edx, ecx\n"), 64, many},
        {COPY("mov edx, 16\ncmp [rsp], edx\njne on\ninc edx\non:\n"), 64, many},
        {COPY("test eax, eax\njs out\nlea edx, [rax + rax + 1]\n"), 64, many},
        {COPY("test eax, eax\njs out\nmov ecx, eax\nmov edx, 1\nshl edx, cl\n"), 64, many},
        {CODE32("mov eax, [esp]\npush eax\ncall put\ncall put\n" TO_OUT32
                "put: mov edx, [esp + 4]\n" WRITE32 "ret\n" BUFFER),
         32, many},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].source, rows[i].bits, rows[i].reason);
}
END_TEST

START_TEST(a_size_from_outside_that_was_tested_is_right)
{
    static const struct {
        const char *source;
        uint8_t bits;
    } rows[] = {
        {COPY("test eax, eax\njle out\nmov edx, eax\n"), 64},
        {COPY("mov edx, eax\ntest edx, edx\njle out\n"), 64},
        {COPY("test eax, eax\nmov edx, eax\njs out\n"), 64},
        {COPY("cmp rax, -4095\njae out\nmov edx, eax\n"), 64},
        {COPY("cmp eax, 16\nja out\nmov edx, eax\n"), 64},
        {COPY("cmp eax, 1\njl out\nmov edx, eax\n"), 64},
        {COPY("test eax, eax\njz out\njs out\nmov edx, eax\n"), 64},
        {COPY("dec eax\njs out\nmov edx, eax\n"), 64},
        {COPY("mov rdx, rax\n"), 64},
        {COPY("cdqe\nmov rdx, rax\n"), 64},
        {COPY("and eax, 15\nmov edx, eax\n"), 64},
        {CODE("mov edx, [rsp]\nadd edx, 17\nmov ecx, 16\ncmp ecx, edx\ncmovb edx, ecx\n" WRITE
                  TO_OUT BUFFER),
         64},
        {CODE("mov edx, [rsp]\nadd edx, 16\ncmp edx, 15\njbe on\nmov edx, 16\non: " WRITE TO_OUT
                  BUFFER),
         64},
        {COPY("mov [kept], rax\ncmp dword [kept], 0\njle out\nmov edx, [kept]\n"
              "section .bss\nkept: resq 1\nsection .text\n"),
         64},
        {COPY("mov [rsp - 8], rax\ncmp dword [rsp - 8], 0\njle out\nmov edx, [rsp - 8]\n"), 64},
        {COPY("xor edx, edx\ntest eax, eax\ncmovg edx, eax\n"), 64},
        {COPY("xor ecx, ecx\ntest eax, eax\ncmovs eax, ecx\nmov edx, eax\n"), 64},
        {COPY("xor edx, edx\ntest eax, eax\nsetg dl\nshl edx, 4\n"), 64},
        {COPY("test eax, eax\njs out\nshr eax, 1\nlea edx, [rax + rax]\n"), 64},
        {COPY("mov edx, 3\nmov ecx, 16\ntest eax, eax\ncmovg edx, ecx\n"), 64},
        {COPY("mov edx, 16\nsub edx, eax\ncmp edx, 16\nja out\n"), 64},
        {CODE("mov edx, [rsp]\nmov ecx, 16\ncmp edx, ecx\ncmova edx, ecx\n" WRITE TO_OUT BUFFER),
         64},
        {CODE(
             "mov eax, [rsp]\nmov ecx, 5\nxor edx, edx\ndiv ecx\nshl edx, 2\n" WRITE TO_OUT BUFFER),
         64},
        {CODE("pop rdx\ncmp edx, 16\nja out\n" WRITE TO_OUT BUFFER), 64},
        {CODE32(READ32 "test eax, eax\njle out\nmov edx, eax\n" WRITE32 TO_OUT32 BUFFER), 32},
    };
    static char text[TEXT_ROOM];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lifted_text(rows[i].source, rows[i].bits, text);
        ck_assert_msg(strncmp(text, "refused", 7) != 0, "%s: %s", rows[i].source, text);
    }
}
END_TEST

/* ---- addresses as numbers ---- */

/* An address plus something that is not known is no number: its low bits depend on its place. */
/* The smaller file's memory may be there, and its code and objects are elsewhere. */
START_TEST(what_depends_on_where_memory_is_is_refused)
{
    static const struct {
        const char *source, *reason;
    } rows[] = {
        {CODE("mov rsi, 0x100000000\nmov edi, [rsi]\n" EXIT_WITH),
         "an address outside of its memory"},
        {CODE("mov rsi, 0x100000000\npop rcx\nmov edi, [rsi + rcx]\n" EXIT_WITH),
         "an address outside of its memory"},
        {CODE("mov rsi, 0x100000000\nadd rsi, [rsp]\nmov edi, [rsi]\n" EXIT_WITH),
         "an address outside of its memory"},
        {CODE("pop rcx\nlea rdi, [rcx*4 + 0x40000]\nmov edi, [rdi]\n" EXIT_WITH),
         "an address outside of its memory"},
        {CODE("mov eax, 1\nmov edi, 1\nmov esi, 0x300000\nmov edx, 3\nsyscall\n" EXIT),
         "an address outside of its memory"},
        {CODE("mov eax, 4\nmov ebx, 1\nmov rcx, 0x500000000 + text\nmov edx, 3\nint 0x80\n" EXIT
                  TEXT),
         "an address outside of its memory"},
        {CODE("pop rcx\nmov dil, [fs:text + rcx]\n" EXIT_WITH TEXT), "by fs or gs"},
        {CODE("mov rsp, text\npop rdi\n" EXIT_WITH TEXT), "a number that may be an address"},
        {CODE("mov esi, _start\nmov ecx, 8\nagain: lodsb\nadd edi, eax\nloop again\n" EXIT_WITH),
         "it uses its own code as data"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].source, 64, rows[i].reason);
}
END_TEST

START_TEST(bits_of_an_address_that_is_computed_are_refused)
{
    static const char bits[] = "it takes bits of an address", number[] = "an address as a number";
    static const struct {
        const char *source, *reason;
    } rows[] = {
        {CODE("pop rcx\nadd ecx, buffer\npopcnt edi, ecx\n" TO_OUT_WITH BUFFER), bits},
        {CODE(
             "pop rcx\nadd ecx, buffer\nadd ecx, 500\nsetc dl\nmovzx edi, dl\n" TO_OUT_WITH BUFFER),
         bits},
        {CODE("pop rcx\nadd ecx, buffer\nxor edi, edi\ncmp ecx, 70000\nadc edi, "
              "edi\n" TO_OUT_WITH BUFFER),
         "it compares an address with a number"},
        {CODE("pop rcx\nadd ecx, buffer\nand ecx, 15\nmov edi, ecx\n" TO_OUT_WITH BUFFER), bits},
        {CODE("pop rcx\nlea rcx, [buffer + rcx]\nshr ecx, 2\nmov edi, ecx\n" TO_OUT_WITH BUFFER),
         bits},
        {CODE("pop rax\nlea rcx, [buffer + rax]\nmov [buffer + rax], cl\nmov edi, "
              "[buffer]\n" TO_OUT_WITH BUFFER),
         bits},
        {CODE("pop rcx\nadd ecx, buffer\nmov edi, ecx\n" TO_OUT_WITH BUFFER), number},
    };
    static const char *const right[] = {
        CODE("mov edi, buffer\nand edi, 15\n" TO_OUT_WITH BUFFER),
        CODE(
            "pop rcx\nlea rdi, [buffer + rcx]\nmov edx, buffer\nsub edi, edx\n" TO_OUT_WITH BUFFER),
        CODE("pop rcx\nlea rsi, [buffer + rcx]\ninc byte [rsi]\nmov edi, [buffer]\n" TO_OUT_WITH
                 BUFFER),
    };
    static char text[TEXT_ROOM];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].source, 64, rows[i].reason);
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        lifted_text(right[i], 64, text);
        ck_assert_msg(strncmp(text, "refused", 7) != 0, "%s: %s", right[i], text);
    }
}
END_TEST

#define COMPUTED "pop rcx\nadd ecx, buffer\n"
#define ONES     "xor edi, edi\nagain: inc edi\n"

/* How often a loop runs shows an address as its bits do; that it is not 0 does not. */
START_TEST(an_address_is_counted_only_up_to_another_address)
{
    static const char why[] = "it counts an address until it is some number",
                      bits[] = "it takes bits of an address";
    static const struct {
        const char *source, *reason;
    } rows[] = {
        {CODE(COMPUTED ONES "loop again\n" TO_OUT_WITH BUFFER), bits},
        {CODE(COMPUTED ONES "dec ecx\njnz again\n" TO_OUT_WITH BUFFER), why},
        {CODE(COMPUTED ONES "sub ecx, 2\njns again\n" TO_OUT_WITH BUFFER), why},
        {CODE(COMPUTED ONES "dec ecx\ntest ecx, ecx\njnz again\n" TO_OUT_WITH BUFFER), why},
        {CODE(COMPUTED ONES "lea ecx, [rcx - 1]\ncmp ecx, 9\nja again\n" TO_OUT_WITH BUFFER), why},
        {CODE(COMPUTED ONES "lea ecx, [rcx - 1]\njrcxz out\njmp again\n" TO_OUT BUFFER), why},
    };
    static const char *const right[] = {
        CODE(COMPUTED "test ecx, ecx\njz out\n" TO_OUT BUFFER),
        CODE(COMPUTED
             "again: inc ecx\ncmp byte [rcx], 0\njne again\ntest ecx, ecx\njz out\n" TO_OUT BUFFER),
        CODE(COMPUTED ONES "dec ecx\ncmp ecx, buffer\nja again\n" TO_OUT_WITH BUFFER),
        CODE(COMPUTED "mov edx, ecx\nagain: inc edx\ncmp byte [rdx], 0\njne again\nsub edx, "
                      "ecx\nagain2: dec edx\njnz again2\n" TO_OUT BUFFER),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].source, 64, rows[i].reason);
    are_lifted(right, sizeof right / sizeof right[0]);
}
END_TEST

#define ABOVE "mov rsi, rsp\nagain: lodsq\ntest rax, rax\njnz again\n"

/* Words above the arguments that are numbers are in the auxiliary vector; strings and their lengths
 * are what programs look at. */
START_TEST(a_number_is_not_looked_for_above_the_arguments)
{
    static const char *const wrong[] = {
        CODE(ABOVE "lodsq\ncmp eax, 5\njne again\nmov rdi, [rsi]\n" EXIT_WITH),
        CODE(ABOVE "mov ecx, 3\nlodsq\ncmp rax, rcx\njne again\nmov rdi, [rsi]\n" EXIT_WITH),
        CODE(ABOVE "lodsq\nsub eax, 5\njne again\nmov rdi, [rsi]\n" EXIT_WITH),
        CODE(ABOVE "lodsq\nlea ecx, [rax - 5]\njrcxz end\njmp again\nend: mov rdi, "
                   "[rsi]\n" EXIT_WITH),
        CODE(ABOVE "next: add rsi, 16\ncmp dword [rsi - 16], 5\njne next\nmov rdi, "
                   "[rsi]\n" EXIT_WITH),
        CODE("again: pop rax\ncmp rax, 5\njne again\npop rdi\n" EXIT_WITH),
        CODE("pop rcx\nlea rdi, [rsp + rcx*8 + 8]\nmov eax, 5\nagain: scasq\njne again\nmov rdi, "
             "[rdi]\n" EXIT_WITH),
    };
    static const char *const right[] = {
        CODE(ABOVE "mov rdi, rsi\nsub rdi, rsp\n" EXIT_WITH),
        CODE("pop rcx\npop rdi\nagain: pop rax\ntest rax, rax\njz end\nmov rdi, rax\nnext: inc "
             "rdi\ncmp byte [rdi], 0\njne next\nsub edi, eax\ncmp edi, 5\njne again\nend: xor edi, "
             "edi\n" EXIT_WITH),
        CODE("sub rsp, 80\nmov rcx, [rsp + 80]\nand ecx, 7\nmov [rsp + rcx*8], rcx\nmov rsi, "
             "rsp\nagain: lodsq\ncmp eax, 5\njne again\n" EXIT),
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refuses(wrong[i], 64, "it looks for a number above its arguments");
    are_lifted(right, sizeof right / sizeof right[0]);
}
END_TEST

#define COMPUTED_WORDS "mov rcx, [rsp]\nadd ecx, words\n"
#define WORDS          "section .data align=1\nwords: dq 1, 2, 3\n"

/* What is loaded again where an address was stored is the address. */
START_TEST(an_address_that_was_stored_is_one_when_it_is_loaded)
{
    static const char part[] = "it reads a part of an address",
                      as_number[] = "an address as a number";
    static const struct {
        const char *source, *reason;
    } rows[] = {
        {CODE(COMPUTED_WORDS "mov [rsp + 8], rcx\nmov edi, [rsp + 8]\n" TO_OUT_WITH WORDS),
         as_number},
        {CODE(COMPUTED_WORDS "mov [words], rcx\nmov rdi, [words]\n" TO_OUT_WITH WORDS), as_number},
        {CODE(COMPUTED_WORDS "xchg [words], rcx\nmov rdi, [words]\n" TO_OUT_WITH WORDS), as_number},
        {CODE(COMPUTED_WORDS "push rcx\nmovzx edi, word [rsp]\n" TO_OUT_WITH WORDS), part},
        {CODE(COMPUTED_WORDS "mov [words], rcx\nmovzx edi, byte [words + 1]\n" TO_OUT_WITH WORDS),
         part},
        {CODE(COMPUTED_WORDS "mov [words], rcx\nmov edi, [words - 2]\n" TO_OUT_WITH WORDS), part},
        {CODE(COMPUTED_WORDS "mov [words], rcx\nxor edi, [words]\n" TO_OUT_WITH WORDS),
         "it computes with an address that it stored"},
        {CODE(COMPUTED_WORDS "mov [words], rcx\ncmp dword [words], 70000\nja out\n" TO_OUT WORDS),
         "it computes with an address that it stored"},
        {CODE(COMPUTED_WORDS "mov [words], rcx\nmov edi, 1\nmov esi, words\nmov edx, 8\nmov eax, "
                             "1\nsyscall\n" TO_OUT WORDS),
         part},
    };
    static const char *const right[] = {
        CODE(COMPUTED_WORDS
             "mov [words], rcx\nmov rsi, [words]\nmovzx edi, byte [rsi]\n" TO_OUT_WITH WORDS),
        CODE(COMPUTED_WORDS
             "mov [words], rcx\ncmp qword [words], 0\njz out\nmovzx edi, byte [words "
             "+ 8]\n" TO_OUT WORDS),
        CODE(COMPUTED_WORDS "push rcx\npop rcx\npush rax\nmov edi, [rsp + 4]\n" TO_OUT_WITH WORDS),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        refuses(rows[i].source, 64, rows[i].reason);
    are_lifted(right, sizeof right / sizeof right[0]);
}
END_TEST

/* ---- memory ---- */

/* The digits are written through an address that is not known, so they are not constant; the limit
 * is. */
START_TEST(what_is_never_written_is_a_number_and_what_may_be_is_an_object)
{
    lifts_to(
        "global _start\nsection .text align=1\n"
        "_start: jmp on\nlimit: dd 4\non: mov rcx, [rsp]\ncmp ecx, [rel limit]\nja out\nlea rsi, "
        "[rel digits]\n"
        "add rsi, rcx\ninc byte [rsi]\nmov edi, [rel digits]\nout: mov eax, 60\n"
        "syscall\nsection .data align=1\ndigits: db '01234567'\n",
        64,
        "block 0: rsp = stack\n"
        "  mov rcx, qword [rsp] needs rsp = stack; leaves rcx = v0\n"
        "  cmp ecx, 0x4 needs ecx = v0; writes cf pf af zf sf of\n"
        "  if a to block 2, else block 1 needs rcx = v0, dil = 0\n"
        "block 1: rcx = v0\n"
        "  add rsi, rcx needs rcx = v0, rsi = data0; leaves rsi = v1; writes cf pf af zf sf of\n"
        "  inc byte [rsi] needs rsi = v1; writes pf af zf sf of\n"
        "  mov edi, dword [rel $+0x0] of data0; leaves rdi = v2\n"
        "  goes to block 2 needs dil = v2\n"
        "block 2: rdi = v0\n"
        "  syscall needs rax = 60 or 231, dil = v0; ends\n"
        "data0: 8 bytes, written: 30 31 32 33 34 35 36 37\n");
}
END_TEST

START_TEST(code_that_is_only_read_is_an_object_of_its_bytes)
{
    lifts_to(CODE("mov eax, 1\nmov edi, 1\nmov esi, _start\nmov edx, 5\nsyscall\n" EXIT), 64,
             "block 0: rsp = stack\n"
             "  syscall needs rax = 1, edi = 1, rsi = data0, rdx = 5; leaves rax = v0, rcx = v1, "
             "r11 = v2\n"
             "  syscall needs rax = 60 or 231, dil = 0; ends\n"
             "data0: 5 bytes, code: b8 01 00 00 00\n");
}
END_TEST

/* ---- files ---- */

static void refuses_bytes(const uint8_t *bytes, size_t size, const char *reason)
{
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    ck_assert(!golf_lift(bytes, size, &lifted, &error));
    ck_assert_msg(strstr(error.text, reason), "%s", error.text);
    ck_assert_ptr_null(lifted.blocks);
}

START_TEST(files_that_are_no_such_programs_are_refused)
{
    static struct program program;
    enum { P_TYPE = 64, E_TYPE = 16 };
    make_program(&program, HELLO, 64);
    refuses_bytes(NULL, 0, "Linux does not start it");
    refuses_bytes((const uint8_t *)"#!/bin/sh\n", 10, "it is a script");
    program.bytes[E_TYPE] = ELFGEN_ET_REL;
    refuses_bytes(program.bytes, program.size, "Linux does not start it");
    program.bytes[E_TYPE] = ELFGEN_ET_EXEC;
    for (size_t size = 0; size < program.size; size++) {
        struct golf_lifted lifted;
        uint8_t *copy = malloc(size + 1);
        memcpy(copy, program.bytes, size);
        if (golf_lift(copy, size, &lifted, NULL))
            golf_lifted_free(&lifted);
        free(copy);
    }
}
END_TEST

/* Up to 8192 instructions are lifted. */
START_TEST(programs_are_lifted_up_to_the_limits)
{
    enum { MOST = GOLF_LIFT_INSTRUCTIONS };
    static char source[32 * (MOST + 100)];
    char *end = stpcpy(source, CODE("times 8180 nop\n"));
    stpcpy(end, EXIT);
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    make_program(&program, source, 64);
    ck_assert_msg(golf_lift(program.bytes, program.size, &lifted, &error), "%s", error.text);
    ck_assert_uint_eq(lifted.count, 1);
    golf_lifted_free(&lifted);
    stpcpy(stpcpy(source, CODE("times 8192 nop\n")), EXIT);
    refuses(source, 64, "it has more than 8192 instructions");
    end = stpcpy(source, CODE("pop rax\n"));
    for (size_t i = 0; i < 1030; i++)
        end = stpcpy(end, "dec eax\njz near leave\n");
    stpcpy(stpcpy(end, "leave: "), EXIT);
    refuses(source, 64, "it has more than 1024 blocks");
}
END_TEST

/* Nothing that a byte of a program is changed to does harm: each try ends, soon. */
START_TEST(changed_programs_are_lifted_or_refused)
{
    static struct program program;
    uint64_t random = 7;
    make_program(&program, loops, 64);
    uint8_t *copy = malloc(program.size);
    for (size_t i = 0; i < 4000; i++) {
        struct golf_lifted lifted;
        memcpy(copy, program.bytes, program.size);
        for (size_t k = 0; k < 1 + i % 4; k++)
            copy[next_random(&random) % program.size] = (uint8_t)next_random(&random);
        if (golf_lift(copy, program.size, &lifted, NULL))
            golf_lifted_free(&lifted);
    }
    free(copy);
}
END_TEST

/* A linker knows which numbers are addresses. */
START_TEST(numbers_that_are_known_to_be_no_addresses_are_none)
{
    static struct program program;
    static const uint32_t offsets[] = {5};
    const struct golf_addresses none = {.offsets = offsets},
                                other = {.offsets = offsets, .count = 1};
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    make_program(&program,
                 CODE("mov rcx, [rsp]\nmov dword [rel where], 0x10078\n"
                      "mov edi, [rel where]\nadd edi, ecx\nmov eax, 60\nsyscall\n"
                      "section .bss align=1\nwhere: resd 1\n"),
                 64);
    ck_assert(!golf_lift(program.bytes, program.size, &lifted, &error));
    ck_assert_msg(strstr(error.text, "stores a number that may be an address"), "%s", error.text);
    ck_assert(golf_lift_known(program.bytes, program.size, &none, &lifted, &error));
    golf_lifted_free(&lifted);
    ck_assert(golf_lift_known(program.bytes, program.size, &other, &lifted, &error));
    golf_lifted_free(&lifted);
}
END_TEST

START_TEST(sixty_four_bits_become_thirty_two_where_nobody_sees_it)
{
    static char text[TEXT_ROOM];
    lifted_text(CODE("mov rbx, [rsp]\ninc rbx\nmov edi, ebx\nmov eax, 60\nsyscall\n"), 64, text);
    ck_assert_msg(strstr(text, "inc ebx needs ebx"), "%s", text);
    lifted_text(CODE("mov rbx, [rsp]\ninc rbx\njz on\non: shr rbx, 33\nmov edi, ebx\nmov eax, 60\n"
                     "syscall\n"),
                64, text);
    ck_assert_msg(strstr(text, "inc rbx needs rbx"), "%s", text);
    lifted_text(CODE("mov eax, 39\nsyscall\ncmp rax, 7\njs on\nmov edi, 1\non: mov eax, 60\n"
                     "syscall\n"),
                64, text);
    ck_assert_msg(strstr(text, "cmp eax, 0x7"), "%s", text);
}
END_TEST

START_TEST(addresses_in_data_are_refused_if_they_may_be_loaded)
{
    refuses("global _start\nsection .text align=1\n"
            "_start: pop rax\nmov rsi, [table + rax * 8]\nmov eax, 1\nmov edi, 1\nmov edx, 2\n"
            "syscall\n" EXIT "section .rodata align=1\ntable: dq a, b\na: db 'a', 10\n"
            "b: db 'b', 10\n",
            64, "there are addresses in its data");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_lift");
    TCase *memory = tcase_create("memory");
    TCase *files = tcase_create("files");
    TCase *refused = tcase_create("left alone");
    tcase_add_test(memory, what_is_never_written_is_a_number_and_what_may_be_is_an_object);
    tcase_add_test(memory, code_that_is_only_read_is_an_object_of_its_bytes);
    suite_add_tcase(s, memory);
    tcase_add_test(files, files_that_are_no_such_programs_are_refused);
    tcase_add_test(files, programs_are_lifted_up_to_the_limits);
    tcase_add_test(files, changed_programs_are_lifted_or_refused);
    suite_add_tcase(s, files);
    tcase_add_test(refused, what_is_not_followed_is_refused_with_its_reason);
    tcase_add_test(refused, an_argument_of_a_caller_is_followed);
    tcase_add_test(refused, a_size_from_outside_that_exceeds_its_object_is_refused);
    tcase_add_test(refused, a_size_from_outside_that_was_tested_is_right);
    tcase_add_test(refused, what_depends_on_where_memory_is_is_refused);
    tcase_add_test(refused, bits_of_an_address_that_is_computed_are_refused);
    tcase_add_test(refused, an_address_is_counted_only_up_to_another_address);
    tcase_add_test(refused, a_number_is_not_looked_for_above_the_arguments);
    tcase_add_test(refused, an_address_that_was_stored_is_one_when_it_is_loaded);
    tcase_add_test(refused, numbers_that_are_known_to_be_no_addresses_are_none);
    tcase_add_test(memory, sixty_four_bits_become_thirty_two_where_nobody_sees_it);
    tcase_add_test(refused, addresses_in_data_are_refused_if_they_may_be_loaded);
    suite_add_tcase(s, refused);
    return s;
}

RUN_SUITE(suite)
