/* golf/lift and golf/rewrite: a program that is made again of what was lifted, or rewritten then,
 * does the same.
 *
 * It is made in the simplest way there is: each value has a place in memory, from which operations
 * get what they need. Nothing of the original's instructions is left but those that stay. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "golf/lift/lift.h"
#include "golf/prove/prove.h"
#include "golf/rewrite/rewrite.h"
#include "golf_program.h"

enum {
    CODE_AT = 0x10000000,
    DATA_AT = 0x20000000,
    SLOTS_AT = 0x30000000,
    SLOTS_END = 0x30100000, /* pushes of its own end here */
    TEXT_ROOM = 1 << 21,
    FILE_ROOM = 1 << 21,
    NAMES = 8192,
    OBJECTS = 1024,
    ENVIRONMENTS = 20,
    RANDOM_PROGRAMS = 40,
    PAGE = 4096,
    ANY_BYTE = 0xa5
};

/* Places: the first stack pointer, a subroutine's, the last call's result, one for a moment, and
 * those of values. */
enum slot { AT_START, OF_FRAME, RESULT, SAVED, VALUES };

struct naive {
    const struct golf_lifted *lifted;
    struct elfgen_text text;
    uint64_t names[NAMES];
    size_t name_count, label_count;
    uint64_t addresses[OBJECTS]; /* of data */
};

static void put(struct naive *naive, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct naive *naive, const char *format, ...)
{
    char line[256];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    elfgen_text_string(&naive->text, line);
}

static const char *name_of(const struct naive *naive, unsigned reg)
{
    return elfgen_x86_register_name((naive->lifted->bits == 64 ? 0x40u : 0x30u) + reg);
}

static unsigned long address_of(size_t slot)
{
    return SLOTS_AT + 8ul * slot;
}

static unsigned long slot_of(struct naive *naive, const struct golf_value *value)
{
    size_t i = 0;
    while (i < naive->name_count && naive->names[i] != value->number)
        i++;
    ck_assert_uint_lt(i, NAMES);
    naive->names[i] = value->number;
    naive->name_count = i < naive->name_count ? naive->name_count : i + 1;
    return address_of(VALUES + i);
}

/* ---- operations ---- */

static void put_cases(struct naive *naive, unsigned reg, const struct golf_value *value)
{
    const char *name = name_of(naive, reg), *stack = name_of(naive, 4);
    size_t label = naive->label_count++;
    put(naive, "mov [%#lx], %s\nmov %s, %#x\npushf\n", address_of(SAVED), stack, stack, SLOTS_END);
    put(naive, "mov %s, [%#lx]\ntest %s, %s\nmov %s, %#llx\njns near c%zu\n", name,
        address_of(RESULT), name, name, name, (unsigned long long)value->number, label);
    put(naive, "mov %s, %#llx\nc%zu: popf\nmov %s, [%#lx]\n", name,
        (unsigned long long)value->failed, label, stack, address_of(SAVED));
}

/* Loads a value by instructions that change no flags. */
static void put_load(struct naive *naive, unsigned reg, const struct golf_value *value)
{
    const char *name = name_of(naive, reg);
    switch (value->kind) {
    case GOLF_CONSTANT:
        put(naive, "mov %s, %#llx\n", name, (unsigned long long)value->number);
        break;
    case GOLF_ADDRESS:
        put(naive, "mov %s, %#lx\n", name, naive->addresses[value->data] + value->number);
        break;
    case GOLF_STACK:
        put(naive, "mov %s, [%#lx]\nlea %s, [%s%+lld]\n", name,
            address_of(value->data ? OF_FRAME : AT_START), name, name, (long long)value->number);
        break;
    case GOLF_OPAQUE:
        put(naive, "mov %s, [%#lx]\n", name, slot_of(naive, value));
        break;
    case GOLF_CASES:
        put_cases(naive, reg, value);
        break;
    case GOLF_BYTE: /* any of them */
        put(naive, "mov %s, %#x\n", name, ANY_BYTE);
        break;
    default:
        break;
    }
}

static void put_needs(struct naive *naive, const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put_load(naive, needs[i].reg, &needs[i].values[0]);
}

static void put_instruction(struct naive *naive, const struct golf_operation *operation)
{
    struct elfgen_x86_instruction instruction = operation->instruction;
    if (operation->kind != GOLF_KEPT || !instruction.mnemonic) {
        elfgen_text_string(&naive->text, "db 0x");
        for (size_t i = 0; i < operation->length; i++) {
            elfgen_text_string(&naive->text, i ? ", 0x" : "");
            elfgen_text_hex(&naive->text, operation->bytes[i], 2);
        }
        elfgen_text_char(&naive->text, '\n');
        return;
    }
    if (operation->refers.kind == GOLF_ADDRESS) {
        struct elfgen_x86_operand *operand = &instruction.operands[operation->refers_operand];
        operand->relative = false;
        operand->value =
            (int64_t)(naive->addresses[operation->refers.data] + operation->refers.number);
    }
    elfgen_x86_print(&instruction, &naive->text);
    elfgen_text_char(&naive->text, '\n');
}

/* Faults unless these bits of a register are 0. */
static void put_zeros(struct naive *naive, unsigned reg, uint64_t zeros)
{
    const char *stack = name_of(naive, 4);
    size_t label = naive->label_count++, word = naive->lifted->bits / 8;
    zeros &= word == 4 ? UINT32_MAX : UINT64_MAX;
    if (reg == 4 || !zeros)
        return;
    put(naive, "mov [%#lx], %s\nmov %s, %#x\npushf\nmov %s, %#llx\ntest %s, %s\nmov %s, %#zx\n",
        address_of(SAVED), stack, stack, SLOTS_END, stack, (unsigned long long)zeros,
        name_of(naive, reg), stack, stack, SLOTS_END - word);
    put(naive, "je near c%zu\nud2\nc%zu: popf\nmov %s, [%#lx]\n", label, label, stack,
        address_of(SAVED));
}

static void put_operation(struct naive *naive, const struct golf_operation *operation)
{
    put_needs(naive, operation->needs, operation->need_count);
    put_instruction(naive, operation);
    if (operation->kind == GOLF_CALL && !operation->ends)
        put(naive, "mov [%#lx], %s\n", address_of(RESULT), name_of(naive, 0));
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (operation->writes >> reg & 1 && operation->after[reg].kind == GOLF_OPAQUE) {
            put(naive, "mov [%#lx], %s\n", slot_of(naive, &operation->after[reg]),
                name_of(naive, reg));
            put_zeros(naive, reg, operation->after[reg].zeros);
        }
}

/* ---- blocks ---- */

/* Faults unless a register begins with a value that is the same everywhere. */
static void put_check(struct naive *naive, unsigned reg, const struct golf_value *value)
{
    const char *name = name_of(naive, reg), *stack = name_of(naive, 4);
    size_t label = naive->label_count++, word = naive->lifted->bits / 8;
    bool is_known = value->kind == GOLF_CONSTANT && value->number <= INT32_MAX;
    if (reg == 4 || (!is_known && value->kind != GOLF_ADDRESS &&
                     (value->kind != GOLF_STACK || value->data != 0)))
        return;
    put(naive, "mov [%#lx], %s\nmov %s, %#x\npushf\n", address_of(SAVED), stack, stack, SLOTS_END);
    if (value->kind == GOLF_STACK)
        put(naive, "mov %s, [%#lx]\nlea %s, [%s%+lld]\ncmp %s, %s\nmov %s, %#zx\n", stack,
            address_of(AT_START), stack, stack, (long long)value->number, name, stack, stack,
            SLOTS_END - word);
    else
        put(naive, "cmp %s, %#llx\n", name,
            value->kind == GOLF_ADDRESS
                ? (unsigned long long)(naive->addresses[value->data] + value->number)
                : (unsigned long long)value->number);
    put(naive, "je near c%zu\nud2\nc%zu: popf\nmov %s, [%#lx]\n", label, label, stack,
        address_of(SAVED));
}

static void put_start(struct naive *naive, const struct golf_block *block, size_t index)
{
    const char *stack = name_of(naive, 4);
    naive->name_count = 0;
    put(naive, "b%zu:\n", index);
    for (unsigned reg = 0; reg < (naive->lifted->bits == 64 ? 16u : 8u); reg++) {
        const struct golf_value *value = &block->at_start[reg];
        if (index > 0)
            put_check(naive, reg, value);
        if (value->kind == GOLF_BYTE)
            put_zeros(naive, reg, ~(uint64_t)UINT8_MAX);
        if (value->kind == GOLF_OPAQUE)
            put_zeros(naive, reg, value->zeros);
        if (value->kind == GOLF_OPAQUE)
            put(naive, "mov [%#lx], %s\n", slot_of(naive, value), name_of(naive, reg));
        if (value->kind == GOLF_STACK && value->data)
            put(naive, "mov [%#lx], %s\nlea %s, [%s%+lld]\nmov [%#lx], %s\nmov %s, [%#lx]\n",
                address_of(SAVED), stack, stack, name_of(naive, reg), -(long long)value->number,
                address_of(OF_FRAME), stack, stack, address_of(SAVED));
    }
}

static void put_end(struct naive *naive, const struct golf_block *block)
{
    put_needs(naive, block->needs, block->need_count);
    switch (block->end) {
    case GOLF_GO:
        put(naive, "jmp near b%u\n", block->taken);
        break;
    case GOLF_BRANCH:
        if (block->condition < 16)
            put(naive, "db 0x0f, %#x\ndd b%u - $ - 4\njmp near b%u\n", 0x80 + block->condition,
                block->taken, block->other);
        else
            put(naive, "db %#x, 5\njmp near b%u\njmp near b%u\n", block->condition, block->other,
                block->taken);
        break;
    case GOLF_CALLS:
        put(naive, "call b%u\njmp near b%u\n", block->taken, block->other);
        break;
    case GOLF_RETURNS:
        put(naive, "ret\n");
        break;
    default:
        break;
    }
}

static void put_program(struct naive *naive)
{
    uint64_t address = DATA_AT;
    ck_assert_uint_le(naive->lifted->data_count, OBJECTS);
    for (size_t i = 0; i < naive->lifted->data_count; i++) {
        size_t align = naive->lifted->data[i].align;
        address += (naive->lifted->data[i].address - address) & (align - 1);
        naive->addresses[i] = address;
        address += (naive->lifted->data[i].size + 31) & ~(size_t)15;
    }
    put(naive, "org %#x\nbits %u\nmov [%#lx], %s\n", CODE_AT, naive->lifted->bits,
        address_of(AT_START), name_of(naive, 4));
    for (size_t i = 0; i < naive->lifted->count; i++) {
        const struct golf_block *block = &naive->lifted->blocks[i];
        put_start(naive, block, i);
        for (size_t k = 0; k < block->count; k++)
            put_operation(naive, &block->operations[k]);
        put_end(naive, block);
    }
    ck_assert(!naive->text.cut);
}

/* ---- a file ---- */

static void put_number(uint8_t *at, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(number >> 8 * i);
}

struct segment {
    uint32_t flags;
    uint64_t offset, address, file_size, memory_size;
};

static void put_segment(uint8_t *at, unsigned bits, const struct segment *segment)
{
    size_t word = bits / 8;
    put_number(at, ELFGEN_PT_LOAD, 4);
    put_number(bits == 64 ? at + 4 : at + 24, segment->flags, 4);
    uint8_t *next = bits == 64 ? at + 8 : at + 4;
    const uint64_t numbers[] = {segment->offset, segment->address, segment->address,
                                segment->file_size, segment->memory_size};
    for (size_t i = 0; i < 5; i++)
        put_number(next + i * word, numbers[i], word);
    put_number(bits == 64 ? at + 48 : at + 28, PAGE, word);
}

/* Writes code, data and a segment for slots. */
static size_t write_file(const struct naive *naive, const uint8_t *code, size_t size,
                         uint8_t file[FILE_ROOM])
{
    unsigned bits = naive->lifted->bits;
    size_t header = bits == 64 ? 64 : 52, entry = bits == 64 ? 56 : 32, word = bits / 8;
    size_t data = PAGE + ((size + PAGE - 1) & ~(size_t)(PAGE - 1)), data_size = 0, memory = PAGE;
    memset(file, 0, FILE_ROOM);
    ck_assert_uint_lt(data + PAGE, FILE_ROOM);
    memcpy(file + PAGE, code, size);
    for (size_t i = 0; i < naive->lifted->data_count; i++) {
        const struct golf_data *object = &naive->lifted->data[i];
        size_t at = (size_t)(naive->addresses[i] - DATA_AT);
        ck_assert_uint_lt(data + at + object->file_size + PAGE, FILE_ROOM);
        if (object->file_size > 0) {
            memcpy(file + data + at, object->bytes, object->file_size);
            data_size = at + object->file_size;
        }
        memory = at + object->size + PAGE;
    }
    const uint8_t ident[] = {0x7f, 'E', 'L', 'F', bits == 64 ? 2 : 1, 1, 1};
    memcpy(file, ident, sizeof ident);
    put_number(file + 16, ELFGEN_ET_EXEC, 2);
    put_number(file + 18, bits == 64 ? ELFGEN_EM_X86_64 : ELFGEN_EM_386, 2);
    put_number(file + 20, 1, 4);
    put_number(file + 24, CODE_AT, word);
    put_number(file + 24 + word, header, word);
    put_number(file + 28 + 3 * word, header, 2);
    put_number(file + 30 + 3 * word, entry, 2);
    put_number(file + 32 + 3 * word, 3, 2);
    const struct segment segments[] = {
        {ELFGEN_PF_R | ELFGEN_PF_X, PAGE, CODE_AT, size, size},
        {ELFGEN_PF_R | ELFGEN_PF_W, data, DATA_AT, data_size, memory},
        {ELFGEN_PF_R | ELFGEN_PF_W, data, SLOTS_AT, 0, SLOTS_END - SLOTS_AT}};
    for (size_t i = 0; i < 3; i++)
        put_segment(file + header + i * entry, bits, &segments[i]);
    return data + data_size;
}

/* The program that a lifted one is made to. */
static size_t make_again(const struct golf_lifted *lifted, uint8_t file[FILE_ROOM])
{
    static struct naive naive;
    static char text[TEXT_ROOM];
    static uint8_t memory[1 << 26];
    const struct elfgen_assemble_options options = {.mode = (uint8_t)lifted->bits, .flat = true};
    struct elfgen_assembly assembly;
    struct elfgen_error error = {.status = ELFGEN_OK};
    memset(&naive, 0, sizeof naive);
    naive.lifted = lifted;
    naive.text = (struct elfgen_text){.bytes = text, .capacity = sizeof text};
    put_program(&naive);
    enum elfgen_status status = elfgen_assemble(text, naive.text.length, &options, memory,
                                                sizeof memory, &assembly, &error);
    ck_assert_msg(status == ELFGEN_OK, "%s at %llu:\n%.*s", error.text,
                  (unsigned long long)error.offset, (int)naive.text.length, text);
    ck_assert_uint_eq(assembly.program.section_count, 1);
    const struct elfgen_section *code = &assembly.program.sections[0];
    return write_file(&naive, code->bytes, (size_t)code->size, file);
}

/* ---- the same ---- */

/* What needs cost that no register has already. */
static unsigned cost_of_needs(const struct golf_need *needs, size_t count,
                              struct golf_value has[GOLF_REGISTERS])
{
    enum { A_NEED = 3 };
    unsigned cost = 0;
    for (size_t i = 0; i < count; i++) {
        struct golf_value *value = &has[needs[i].reg];
        bool is_there = value->kind == needs[i].values[0].kind &&
                        value->data == needs[i].values[0].data &&
                        value->number == needs[i].values[0].number;
        cost += is_there ? 0u : A_NEED + needs[i].reg / 8u;
        *value = needs[i].values[0];
    }
    return cost;
}

/* About the bytes of a block: what is needed, each in the simplest way, and operations. */
static unsigned cost(const struct golf_lifted *lifted, void *context)
{
    const struct golf_block *block = lifted->blocks;
    struct golf_value has[GOLF_REGISTERS];
    unsigned cost = 0;
    (void)context;
    memcpy(has, block->at_start, sizeof has);
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        cost += cost_of_needs(operation->needs, operation->need_count, has) + operation->length;
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
            if (operation->writes >> reg & 1)
                has[reg] = operation->after[reg];
    }
    return cost + cost_of_needs(block->needs, block->need_count, has);
}

static void is_same(struct golf_prover *prover, const struct golf_lifted *lifted, const char *what)
{
    static uint8_t again[FILE_ROOM];
    static char dump[TEXT_ROOM];
    struct elfgen_text text = {.bytes = dump, .capacity = sizeof dump - 1};
    struct golf_difference difference;
    struct elfgen_error error = {.status = ELFGEN_OK};
    size_t length = make_again(lifted, again);
    enum golf_outcome outcome = golf_prove(prover, again, length, &difference, &error);
    if (outcome == GOLF_SAME)
        return;
    if (outcome == GOLF_DIFFERENT)
        golf_prover_explain(prover, &difference);
    golf_lifted_dump(lifted, &text);
    ck_abort_msg("outcome %d, environment %zu: %s, but %s %s\n%s\n%.*s", outcome,
                 difference.environment, difference.original, difference.candidate, error.text,
                 what, (int)text.length, dump);
}

/* Returns how many rewrites there were. */
static size_t does_the_same(const uint8_t *bytes, size_t size, const char *what)
{
    static struct golf_rewritten rewritten[GOLF_REWRITES];
    const struct golf_rewrite_options rewriting = {.cost = cost};
    const struct golf_prove_options options = {
        .original = bytes, .size = size, .seed = 1, .environments = ENVIRONMENTS};
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    bool refused = false;
    size_t count = 0;
    ck_assert_msg(golf_lift(bytes, size, &lifted, &error), "%s\n%s", error.text, what);
    struct golf_prover *prover = golf_prover_open(&options, &refused, &error);
    ck_assert_msg(prover, "%s\n%s", error.text, what);
    is_same(prover, &lifted, what);
    ck_assert(golf_rewrite(&lifted, &rewriting, rewritten, &count));
    is_same(prover, &lifted, what);
    golf_lifted_free(&lifted);
    golf_prover_close(prover);
    return count;
}

#define START "global _start\nsection .text align=1\n_start:\n"
#define EXIT  "mov eax, 231\nsyscall\n"
#define LEAVE "xor edi, edi\n" EXIT
#define WRITE "mov eax, 1\nmov edi, 1\nsyscall\n"
#define DATA  "section .data align=1\n"
#define BSS   "section .bss align=1\n"
static const char *const sources[] = {
    START "mov eax, 1\nmov edi, 1\nmov esi, text\nmov edx, 12\nsyscall\n" LEAVE
          "text: db 'Hello world', 10\n",
    /* arguments, each in a line */
    START "pop rbp\nnext: dec rbp\njs done\npop rsi\nmov rdx, rsi\n"
          "length: cmp byte [rdx], 0\nje print\ninc rdx\njmp length\n"
          "print: sub rdx, rsi\n" WRITE "mov esi, newline\nmov edx, 1\n" WRITE
          "jmp next\ndone: " LEAVE "newline: db 10\n",
    /* standard input, in upper case */
    START "again: xor eax, eax\nxor edi, edi\nmov esi, buffer\nmov edx, 64\nsyscall\n"
          "test eax, eax\njle done\nmov ecx, eax\nmov rbx, rax\nchange: mov al, [rsi + rcx - 1]\n"
          "cmp al, 'a'\njb keep\ncmp al, 'z'\nja keep\nsub al, 32\nmov [rsi + rcx - 1], al\n"
          "keep: loop change\nmov rdx, rbx\n" WRITE
          "jmp again\ndone: neg eax\nmov edi, eax\n" EXIT BSS "buffer: resb 64\n",
    /* a number in decimal, written from its end on */
    START "mov rax, [rsp]\nimul rax, rax, 1234567\nlea rdi, [rel end]\nmov ecx, 10\n"
          "digit: xor edx, edx\ndiv rcx\nadd dl, '0'\ndec rdi\nmov [rdi], dl\ntest rax, rax\n"
          "jnz digit\nmov rsi, rdi\nlea rdx, [rel end]\nsub rdx, rsi\n" WRITE
          "mov edi, eax\n" EXIT DATA "db '....................'\nend:\n",
    /* a function with a frame, that saves registers */
    START "mov rbx, [rsp]\nmov rdi, rbx\ncall twice\nmov rdi, rax\ncall twice\nlea edi, [rax + "
          "rbx]\n" EXIT
          "twice: push rbx\nmov rbx, rdi\nsub rsp, 16\nmov [rsp + 8], rdi\nadd rbx, [rsp + 8]\n"
          "mov rax, rbx\nadd rsp, 16\npop rbx\nret\n",
    /* recursion */
    START "mov edi, [rsp]\nand edi, 7\nadd edi, 4\ncall sum\nmov edi, eax\n" EXIT
          "sum: test edi, edi\njz none\npush rdi\ndec edi\ncall sum\npop rdi\nadd eax, edi\nret\n"
          "none: xor eax, eax\nret\n",
    /* results, and whether they are errors */
    START "xor edi, edi\nmov esi, buffer\nmov edx, 5\nsyscall\nmov r12, rax\nshr rax, 63\n"
          "mov ebx, eax\nmov esi, buffer\nmov edx, 3\n" WRITE
          "mov rcx, -1\ncmp rax, -4095\ncmovae rax, rcx\ncmp rax, r12\nsetne dil\nlea edi, [rdi + "
          "rbx * 2]\n" EXIT BSS "buffer: resb 8\n",
    /* halves of registers */
    START
    "mov rax, [rsp]\nmov ah, 3\nmov bl, ah\nmov bh, al\nxchg al, ah\nadd bx, ax\nmovzx edi, bx\n"
    "movsx rdi, dil\nmov ecx, edi\nmov r8d, ecx\nlea edi, [r8 + rdi]\n" EXIT,
    /* string instructions */
    START "cld\nmov esi, text\nmov edi, buffer\nmov ecx, 6\nrep movsb\nmov al, '!'\nstosb\n"
          "mov esi, buffer\nmov edx, 7\n" WRITE LEAVE "text: db 'abcdef'\n" BSS "buffer: resb 8\n",
    /* flags that outlive other instructions */
    START "mov rax, [rsp]\ncmp rax, 2\nmov edi, 7\nlea esi, [rdi + 1]\njb low\nmov edi, esi\n"
          "low: adc edi, 0\nstc\nmov esi, 3\nadc edi, esi\n" EXIT,
    /* a counter in memory, a table, a jump that is always taken */
    START "jg on\nhlt\non: inc dword [count]\nmov eax, [count]\nmovzx edx, byte [table + rax]\n"
          "cmp edx, 9\nja done\nmov esi, digits\nadd rsi, rax\nmov edx, 1\n" WRITE "jmp on\n"
          "done: mov edi, [count]\n" EXIT "table: db 1, 5, 7, 9, 200\ndigits: db '0123456789'\n" BSS
          "count: resd 1\n",
    /* counters that are shown: compared with and without a sign, loaded into other registers */
    START "again: inc dword [count]\nmov eax, [count]\ncmp eax, 9\njg done\nadd al, '0'\n"
          "mov [line + 1], al\nmov esi, line\nmov edx, 3\n" WRITE "jmp again\ndone: " LEAVE DATA
          "line: db 'n?', 10\n" BSS "count: resd 1\n",
    START "again: movzx ecx, word [count]\nlea edx, [rcx + 'A' - 3]\nmov [letter], dl\n"
          "mov esi, letter\nmov edx, 1\n" WRITE "test eax, eax\njs done\nadd word [count], 2\n"
          "cmp word [count], 29\njb again\ndone: " LEAVE DATA "count: dw 3\nletter: db 'A'\n",
    /* a test that some callers, and the loop, know the result of */
    START "mov ebx, [rsp]\nand ebx, 7\nmov edx, ebx\nmov esi, text\nsub edx, 2\ncall put\n"
          "mov edx, 3\nmov esi, text\ncall put\nmov edx, ebx\nmov esi, text\ncall put\n"
          "dec ebx\nmov edx, ebx\nmov esi, text\ncall put\n" LEAVE
          "put: test edx, edx\njz back\nmov r8d, edx\nmov edx, 1\n" WRITE
          "test rax, rax\njle failed\nadd rsi, rax\nmov edx, r8d\nand edx, 15\nsub edx, eax\n"
          "jmp put\nback: ret\nfailed: mov edi, 1\n" EXIT "text: db '0123456789abcdef', 10\n",
    /* functions that jump to others instead of a call before ret, and one that is called as well */
    START "mov r12d, [rsp]\nlea edi, [r12 + 70]\ncall put\nlea edi, [r12 + 80]\ncall line\n"
          "lea edi, [r12 + 90]\ncall twice\n" LEAVE "twice: push rdi\ncall put\npop rdi\njmp line\n"
          "line: call put\nmov edi, 10\njmp put\n"
          "put: mov [character], dil\nmov esi, character\nmov edx, 1\n" WRITE "ret\n" BSS
          "character: resb 1\n",
    /* a register that a function saves is as before, although it writes to memory elsewhere */
    START "mov ebx, 231\nmov edi, [rsp]\ncall digits\nmov edi, 12\ncall digits\nmov eax, ebx\n"
          "xor edi, edi\nsyscall\n"
          "digits: push rbx\nsub rsp, 16\nmov eax, edi\nmov ebx, 10\nxor ecx, ecx\n"
          "digit: xor edx, edx\ndiv ebx\nadd dl, '0'\nmov [rsp + rcx], dl\ninc ecx\n"
          "test eax, eax\njnz digit\nmov rsi, rsp\nmov edx, ecx\n" WRITE
          "add rsp, 16\npop rbx\nret\n",
    /* vectors, which stand at multiples of 16 */
    START "movaps xmm0, [rel one]\npaddd xmm0, [rel two]\nmovaps [rel sum], xmm0\nmov esi, sum\n"
          "mov edx, 16\n" WRITE LEAVE "db 1, 2, 3\nalign 16\none: dd 1, 2, 3, 4\ntwo: dd 5, 6, 7, "
          "8\nsection .bss align=16\nresb 16\nsum: resb 16\n",
    /* arguments by a pointer to their addresses, and calls */
    START "lea rbx, [rsp + 16]\ncmp qword [rbx], 0\nje done\nnext: mov rsi, [rbx]\nxor edx, edx\n"
          "length: cmp byte [rsi + rdx], 0\nje print\ninc edx\njmp length\nprint: call put\n"
          "mov esi, blank\nmov edx, 1\ncall put\nadd rbx, 8\ncmp qword [rbx], 0\njne next\n"
          "done: " LEAVE "put: " WRITE "test rax, rax\njs failed\nret\nfailed: mov edi, 1\n" EXIT
          "blank: db ' '\n",
    /* one number in operands of each size, with and without a sign */
    START "mov rbp, [rsp]\nmov ebx, 90\nagain: mov dword [words], -2\nadd dword [words + 4], -2\n"
          "sub qword [words + 8], -2\nand byte [words + 16], -2\ncmp qword [words + 8], -2\n"
          "adc edi, -2\nmov byte [words + 17], 200\ncmp byte [words + 17], 200\nadc edi, 200\n"
          "mov qword [words + 24], -2\nmov esi, words\nmov edx, 32\nmov r8d, edi\n" WRITE
          "mov edi, r8d\nadd dword [words], 200\ndec ebx\njnz again\n" EXIT DATA
          "words: db 'abcdefghijklmnopqrstuvwxyz012345'\n",
    /* the stack as a buffer */
    START "sub rsp, 32\nxor eax, eax\nxor edi, edi\nmov rsi, rsp\nmov edx, 32\nsyscall\n"
          "test eax, eax\njle done\nmov byte [rsp], '-'\nmov rdx, rax\nmov rsi, rsp\n" WRITE
          "done: add rsp, 32\nmov rdi, [rsp]\n" EXIT,
};

START_TEST(a_program_made_of_what_was_lifted_does_the_same)
{
    static struct program program;
    make_program(&program, sources[_i], 64);
    does_the_same(program.bytes, program.size, sources[_i]);
}
END_TEST

/* ---- random programs ---- */

struct source {
    struct elfgen_text text;
    uint64_t random;
    unsigned bits, labels;
};

static unsigned pick(struct source *source, unsigned count)
{
    return (unsigned)(next_random(&source->random) >> 20) % count;
}

/* A general register but the stack pointer, as a part of `size` bytes, or of any. */
static const char *any_register(struct source *source, unsigned size)
{
    static const unsigned classes[] = {[1] = 0x10, [2] = 0x20, [4] = 0x30, [8] = 0x40};
    unsigned reg = pick(source, source->bits == 64 ? 16 : size == 1 ? 4 : 8);
    return elfgen_x86_register_name(classes[size] + (reg == 4 ? 0 : reg));
}

static unsigned any_size(struct source *source)
{
    static const unsigned sizes[] = {1, 2, 4, 4, 8, 8};
    unsigned size = sizes[pick(source, 6)];
    return size > source->bits / 8 ? source->bits / 8 : size;
}

static void say(struct source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void say(struct source *source, const char *format, ...)
{
    char line[200];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, format, list);
    va_end(list);
    elfgen_text_string(&source->text, line);
}

/* Writes a register to standard output. No address stays in a register: it would be used as a
 * number. */
static void say_write(struct source *source)
{
    if (source->bits == 64)
        say(source,
            "mov [out], %s\nmov eax, 1\nmov edi, 1\nmov esi, out\nmov edx, 8\nsyscall\n"
            "mov ecx, 3\nmov r11d, 4\nmov esi, 5\n",
            any_register(source, 8));
    else
        say(source,
            "mov [out], %s\nmov eax, 4\nmov ebx, 1\nmov ecx, out\nmov edx, 4\nint 0x80\nmov ecx, "
            "5\n",
            any_register(source, 4));
}

static void say_some(struct source *source, unsigned count, unsigned depth);

static void say_block(struct source *source, unsigned depth)
{
    static const char *const conditions[] = {"z", "nz", "c", "nc", "s", "ns", "a", "g"};
    unsigned label = source->labels++, word = source->bits / 8;
    switch (pick(source, depth > 1 ? 3 : 5)) {
    case 0:
        say(source, "push %s\n", any_register(source, word));
        say_some(source, pick(source, 3), depth + 1);
        say(source, "pop %s\n", any_register(source, word));
        break;
    case 1:
        say_write(source);
        break;
    case 2:
        say(source, "j%s near l%u\n", conditions[pick(source, 8)], label);
        say_some(source, 1 + pick(source, 3), depth + 1);
        say(source, "l%u:\n", label);
        break;
    case 3:
        say(source, "mov dword [count%u], %u\nl%u:\n", depth, 1 + pick(source, 3), label);
        say_some(source, 1 + pick(source, 3), depth + 1);
        say(source, "dec dword [count%u]\njnz near l%u\n", depth, label);
        break;
    default:
        say(source, depth == 0 ? "call f%u\n" : "nop\n", pick(source, 3));
        break;
    }
}

static void say_instruction(struct source *source)
{
    static const char *const twos[] = {"add", "sub", "and",  "or",  "xor", "cmp",
                                       "adc", "sbb", "test", "mov", "mov", "xchg"};
    static const char *const ones[] = {"inc", "dec", "neg", "not", "sete", "setl"};
    static const char *const others[] = {"cdq", "cwde", "cld", "stc", "clc", "cmc", "nop"};
    unsigned size = any_size(source), word = source->bits / 8, one = pick(source, 6);
    switch (pick(source, 9)) {
    case 0:
        say(source, "mov %s, %d\n", any_register(source, word), (int)pick(source, 600) - 200);
        break;
    case 1:
        say(source, "%s %s, %u\n", twos[pick(source, 9)], any_register(source, size),
            pick(source, 128));
        break;
    case 2:
        say(source, "%s %s\n", ones[one], any_register(source, one < 4 ? size : 1));
        break;
    case 3:
        say(source, "%s\n", others[pick(source, 7)]);
        break;
    case 4:
        say(source, "%s %s, [memory + %u]\n", twos[pick(source, 8)], any_register(source, size),
            pick(source, 24));
        break;
    case 5:
        say(source, "mov [memory + %u], %s\n", pick(source, 24), any_register(source, size));
        break;
    case 6:
        say(source, "movzx %s, %s\n", any_register(source, 4), any_register(source, 1));
        say(source, "lea %s, [%s + %s * 4 + 9]\n", any_register(source, word),
            any_register(source, word), any_register(source, word));
        break;
    case 7:
        say(source, "cmovg %s, %s\n", any_register(source, 4), any_register(source, 4));
        say(source, "shr %s, %u\n", any_register(source, size), pick(source, 9));
        break;
    default:
        say(source, "%s %s, ", twos[pick(source, 12)], any_register(source, size));
        say(source, "%s\n", any_register(source, size));
        break;
    }
}

static void say_some(struct source *source, unsigned count, unsigned depth)
{
    for (unsigned i = 0; i < count; i++)
        if (depth < 3 && pick(source, 6) == 0)
            say_block(source, depth);
        else
            say_instruction(source);
}

static void make_source(struct source *source)
{
    bool is_64 = source->bits == 64;
    source->text.length = 0;
    say(source, "bits %u\nglobal _start\nsection .text align=1\n_start:\n", source->bits);
    say_some(source, 3 + pick(source, 16), 0);
    say_write(source);
    say_some(source, pick(source, 8), 0);
    say(source,
        is_64 ? "mov edi, %s\nmov eax, 60\nsyscall\n" : "mov ebx, %s\nmov eax, 1\nint 0x80\n",
        any_register(source, 4));
    for (unsigned i = 0; i < 3; i++) {
        say(source, "f%u:\n", i);
        say_some(source, 1 + pick(source, 5), 1);
        say(source, "ret\n");
    }
    say(source, "section .bss align=1\nmemory: resb 40\nout: resb 8\ncount0: resd 1\n"
                "count1: resd 1\ncount2: resd 1\n");
    elfgen_text_char(&source->text, '\0');
    ck_assert(!source->text.cut);
}

START_TEST(random_programs_do_the_same)
{
    static struct program program;
    static char text[1 << 16];
    struct source source = {.text = {.bytes = text, .capacity = sizeof text},
                            .random = 20 + (uint64_t)_i,
                            .bits = _i & 1 ? 32 : 64};
    size_t rewrites = 0;
    for (size_t i = 0; i < RANDOM_PROGRAMS; i++) {
        make_source(&source);
        make_program(&program, text, (uint8_t)source.bits);
        rewrites += does_the_same(program.bytes, program.size, text);
    }
    ck_assert_uint_gt(rewrites, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_lift_run");
    TCase *same = tcase_create("same");
    tcase_add_loop_test(same, a_program_made_of_what_was_lifted_does_the_same, 0,
                        sizeof sources / sizeof sources[0]);
    tcase_add_loop_test(same, random_programs_do_the_same, 0, 2);
    suite_add_tcase(s, same);
    return s;
}

RUN_SUITE(suite)
