/* Measures the assembler against nasm, and fasm where it is installed: the same 100,000 lines, of
 * which one in ten is a label, one in ten a branch, and a third has a memory operand. Processor
 * time, the least of some runs; the others' includes their start and the file that they write. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "elfgen/assemble.h"

enum { LINES = 100000, OWN_RUNS = 9, OTHER_RUNS = 3 };

static const char *const lines[] = {
    "        mov rdi, [rsp+8]",
    "        mov [rbp-24], ecx",
    "        add rax, 1",
    "        sub rsp, 0x120",
    "        lea rsi, [rax+rcx*4+16] ; the next one",
    "        xor eax, eax",
    "        cmp r12d, 1000",
    "        push rbp",
    "        pop r15",
    "        movzx eax, byte [rdi+rcx]",
    "        test al, al",
    "        mov eax, 231",
    "        mov dword [rbx+0x1000], 7",
    "        shl rdx, 4",
    "        and r8d, 15",
    "        mov rax, rbx",
    "        imul rcx, [rsi], 24",
    "        inc qword [rdx]",
    "        mov r9, [rsp+r10*8]",
};

/* A branch after the label before `next`: to one of those around, as in a loop, or a call of any.
 */
static size_t put_branch(char *text, size_t room, unsigned number, unsigned next)
{
    static const char *const branches[] = {"jne", "jmp", "je", "jb"};
    const unsigned most = LINES / 10;
    if (number % 4 == 0)
        return (size_t)snprintf(text, room, "        call label_%u\n", number / 4 % most);
    const unsigned around = next + number / 16 % 4, target = around < 2 ? 0 : around - 2;
    return (size_t)snprintf(text, room, "        %s label_%u\n", branches[number / 4 % 4],
                            target < most ? target : most - 1);
}

/* The source, as both assemblers have it but for its head. */
static char *make_source(const char *head, size_t *length)
{
    const size_t room = (size_t)LINES * 64 + 1000;
    char *text = malloc(room);
    if (!text)
        exit(2);
    size_t size = (size_t)snprintf(text, room, "%s", head);
    uint64_t state = 1;
    unsigned labels = 0;
    for (unsigned i = 0; i < LINES; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        const unsigned number = (unsigned)(state >> 40);
        if (i % 10 == 0)
            size += (size_t)snprintf(text + size, room - size, "label_%u:\n", labels++);
        else if (i % 10 == 5)
            size += put_branch(text + size, room - size, number, labels);
        else
            size += (size_t)snprintf(text + size, room - size, "%s\n",
                                     lines[number % (sizeof lines / sizeof *lines)]);
    }
    *length = size;
    return text;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Seconds that the assembler takes. */
static double measure_own(const char *text, size_t length, uint64_t *bytes)
{
    size_t size = ELFGEN_ASSEMBLE_MEMORY(length);
    void *memory = malloc(size);
    double least = 1e9;
    for (unsigned i = 0; i < OWN_RUNS && memory; i++) {
        struct elfgen_assembly assembly;
        struct elfgen_error error = {0};
        const double start = now();
        const enum elfgen_status status =
            elfgen_assemble(text, length, NULL, memory, size, &assembly, &error);
        const double seconds = now() - start;
        if (status == ELFGEN_NO_ROOM) {
            size = assembly.needed;
            free(memory);
            memory = malloc(size);
            continue;
        }
        if (status != ELFGEN_OK) {
            fprintf(stderr, "bench-assemble: %s\n", error.text);
            exit(1);
        }
        *bytes = assembly.program.sections[0].size;
        if (seconds < least)
            least = seconds;
    }
    free(memory);
    return least;
}

/* Seconds that another assembler takes; 0: it is not installed or fails. */
static double measure_other(char *const *arguments)
{
    double least = 0;
    for (unsigned i = 0; i < OTHER_RUNS; i++) {
        struct rusage usage;
        int status;
        const pid_t child = fork();
        if (child == 0) {
            const int null = open("/dev/null", O_WRONLY);
            dup2(null, STDOUT_FILENO);
            execvp(arguments[0], arguments);
            _exit(127);
        }
        if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0)
            return 0;
        const double seconds = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                               (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
        if (least == 0 || seconds < least)
            least = seconds;
    }
    return least;
}

static void write_source(const char *path, const char *head)
{
    size_t length;
    char *text = make_source(head, &length);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(text, 1, length, file) != length || fclose(file) != 0) {
        fprintf(stderr, "bench-assemble: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    free(text);
}

static void print_other(const char *name, double seconds, double own)
{
    if (seconds == 0)
        printf("assemble: %s is not installed\n", name);
    else
        printf("assemble: %s %.1f ms, of which the assembler takes %.3f\n", name, seconds * 1e3,
               own / seconds);
}

int main(void)
{
    static const char head[] = "bits 64\nsection .text\n";
    char folder[] = "/tmp/bench-assemble-XXXXXX";
    char source[64], other[64], object[64];
    size_t length;
    uint64_t bytes = 0;
    if (!mkdtemp(folder))
        return 2;
    snprintf(source, sizeof source, "%s/a.asm", folder);
    snprintf(other, sizeof other, "%s/b.asm", folder);
    snprintf(object, sizeof object, "%s/o", folder);
    write_source(source, head);
    write_source(other, "format ELF64\nsection '.text' executable\n");
    char *text = make_source(head, &length);
    const double own = measure_own(text, length, &bytes);
    printf("assemble: %d lines, %llu bytes of code: %.2f ms, %.0f ns a line, %.1f MB/s\n", LINES,
           (unsigned long long)bytes, own * 1e3, own * 1e9 / LINES, (double)length / own / 1e6);
    const double nasm = measure_other((char *[]){(char *)"nasm", (char *)"-f", (char *)"elf64",
                                                 (char *)"-o", object, source, NULL});
    const double fasm = measure_other(
        (char *[]){(char *)"fasm", (char *)"-m", (char *)"262144", other, object, NULL});
    print_other("nasm", nasm, own);
    print_other("fasm", fasm, own);
    if (nasm > 0 && own / nasm > 0.15)
        printf("assemble: at most 0.15 of nasm's time   MISSED\n");
    free(text);
    unlink(source);
    unlink(other);
    unlink(object);
    rmdir(folder);
    return 0;
}
