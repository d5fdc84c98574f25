/* Random sources: lines, sections, symbols, expressions, data. */
#include "source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char source_incbin_name[] = "data.bin", source_include_name[] = "part.inc";
const uint8_t source_incbin_bytes[40] = {0, 1, 2, 3, 255, 254, 10, 13, 0x7f, 0x45, 0x4c, 0x46};
const char source_include_text[] = "; a part\n"
                                   "%define PART 0x2a\n"
                                   "  mov eax, PART ; of it\n"
                                   "  db 'included', 300\n";

void put(struct source *source, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const size_t left = sizeof source->text - source->length;
    const int size = vsnprintf(source->text + source->length, left, format, arguments);
    va_end(arguments);
    if (size > 0)
        source->length += (size_t)size < left ? (size_t)size : left - 1;
}

unsigned below(struct source *source, unsigned end)
{
    return generate_below(&source->random, end);
}

bool one_in(struct source *source, unsigned count)
{
    return below(source, count) == 0;
}

/* ---- expressions ------------------------------------------------------------------------------
 */

static void put_binary(struct source *source, uint64_t number)
{
    unsigned bit = 63;
    while (bit > 0 && !(number >> bit & 1))
        bit--;
    for (bit++; bit-- > 0;)
        put(source, "%c", number >> bit & 1 ? '1' : '0');
}

void put_number(struct source *source, uint64_t number)
{
    const unsigned long long n = number;
    switch (below(source, 16)) {
    case 0:
        put(source, "0x%llx", n);
        break;
    case 1:
        put(source, "0%llXh", n);
        break;
    case 2:
        put(source, "$0%llx", n);
        break;
    case 3:
        put(source, "0b");
        put_binary(source, number & 0xffff);
        break;
    case 4:
        put_binary(source, number & 0x3ff);
        put(source, "b");
        break;
    case 5:
        put(source, "%lloq", n);
        break;
    case 6:
        put(source, "0o%llo", n);
        break;
    case 7:
        put(source, "0d%llu", n);
        break;
    case 8:
        put(source, "%llu_0", n % 100000);
        break;
    case 9:
        put(source, "'%c'", 'A' + (char)(n % 26));
        break;
    case 10:
        put(source, "\"%c%c\"", 'a' + (char)(n % 26), '0' + (char)(n % 10));
        break;
    case 11:
        put(source, "0X%llX", n);
        break;
    default:
        put(source, "%llu", n);
    }
}

static const char *const binary_operators[] = {
    "+",  "-", "*", "&",  "|",  "^", "<<", ">>",  "+",   "-",   "&&", "||", "^^", "==",
    "!=", "<", ">", "<=", ">=", "=", "<>", "<=>", "<<<", ">>>", "/",  "%",  "//", "%%"};

static void put_leaf(struct source *source)
{
    if (source->equ_count > 0 && one_in(source, 4))
        put(source, "e%u", below(source, source->equ_count));
    else if (source->assign_count > 0 && one_in(source, 4))
        put(source, "a%u", below(source, source->assign_count));
    else
        put_number(source, generate_number(&source->random) >> below(source, 64));
}

void put_constant(struct source *source, unsigned depth)
{
    static const char *const unary[] = {"-", "~", "!", "+", "- ", "~~"};
    if (depth == 0) {
        put_leaf(source);
        return;
    }
    switch (below(source, 8)) {
    case 0: {
        const size_t begin = source->length;
        put(source, "%s", unary[below(source, 6)]);
        size_t after = source->length;
        put_constant(source, depth - 1);
        while (source->text[after] == ' ')
            after++;
        /* nasm takes a string after a sign in data for a name. */
        if (source->text[after] == '\'' || source->text[after] == '"')
            memset(source->text + begin, ' ', after - begin);
        break;
    }
    case 1:
        put(source, "(");
        put_constant(source, depth - 1);
        put(source, ")");
        break;
    case 2:
    case 3:
    case 4: {
        const unsigned which = below(source, 28);
        put_constant(source, depth - 1);
        put(source, "%s%s%s", which == 25 || one_in(source, 2) ? " " : "", binary_operators[which],
            which >= 24 || one_in(source, 2) ? " " : "");
        if (which >= 24)
            put(source, "%u", 1 + below(source, 1000));
        else if (which == 6 || which == 7 || which >= 22)
            put(source, "%u", below(source, 70));
        else
            put_constant(source, depth - 1);
        break;
    }
    case 5:
        put(source, "(");
        put_constant(source, depth - 1);
        put(source, " ? ");
        put_constant(source, depth - 1);
        put(source, " : ");
        put_constant(source, depth - 1);
        put(source, ")");
        break;
    default:
        put_leaf(source);
    }
}

static const char *const label_names[] = {"_start", "main",  "loop1",  "a.b.c",    "x@y",   "what?",
                                          "$rax",   "_1",    "msg",    "..@inner", "end",   "L#1",
                                          "Name~1", "data1", "buffer", "$mov",     "_end_", "f$g",
                                          "zero",   "table", "done",   "again",    "s1",    "s2"};

void put_label(struct source *source, unsigned label)
{
    put(source, "%s", label_names[label]);
}

unsigned any_label(struct source *source)
{
    return below(source, source->label_count);
}

/* Two labels of one section. */
static void put_difference(struct source *source)
{
    const unsigned first = any_label(source);
    unsigned second = any_label(source);
    while (source->label_section[second] != source->label_section[first])
        second = (second + 1) % source->label_count;
    put(source, "(");
    put_label(source, first);
    put(source, "-");
    put_label(source, second);
    put(source, ")");
}

void put_address(struct source *source)
{
    switch (below(source, 10)) {
    case 0:
        put(source, "$");
        break;
    case 1:
        put(source, "$$");
        break;
    case 2:
        put_difference(source);
        break;
    case 3:
        if (source->extern_count > 0) {
            put(source, "x%u", below(source, source->extern_count));
            break;
        }
        /* fall through */
    default:
        put_label(source, any_label(source));
    }
    if (one_in(source, 3))
        put(source, "%+d", (int)below(source, 300) - 150);
}

/* ---- data -------------------------------------------------------------------------------------
 */

static void put_string(struct source *source)
{
    static const char *const strings[] = {"'abc'",
                                          "\"it's\"",
                                          "`a\\n\\t\\x41\\101\\0`",
                                          "''",
                                          "'a\\n'",
                                          "`\\u263a`",
                                          "`\\U0001F600x`",
                                          "\"\"",
                                          "'x', 10",
                                          "`\\e[1m\\\\\\`\\'`",
                                          "'longer than eight bytes'",
                                          "`\\a\\b\\f\\r\\v\\?\\\"`",
                                          "'\xc3\xa4'"};
    put(source, "%s", strings[below(source, 13)]);
}

static void put_float(struct source *source)
{
    static const char *const floats[] = {"1.5",
                                         "-0.0",
                                         "3.14159265358979",
                                         "1e10",
                                         "1.e-20",
                                         "0x1.8p3",
                                         "-2.5e3",
                                         "123456.",
                                         "1.0e38",
                                         "0.1",
                                         "1_000.5",
                                         "6.02e23",
                                         "1e-40",
                                         "0x.8p-10",
                                         "9.999999999999999e22",
                                         "2.2250738585072011e-308",
                                         "0h3f800000",
                                         "-1.17549e-38",
                                         "0.5"};
    put(source, "%s", floats[below(source, 19)]);
}

static void put_item(struct source *source, unsigned size)
{
    const unsigned which = below(source, 9);
    if (which == 0) {
        put_string(source);
    } else if (which == 1 && size >= 1) {
        put_float(source);
    } else if (which == 2 && size >= 2) {
        put_address(source);
    } else if (which == 3) {
        put_difference(source);
    } else if (which == 4) {
        put_constant(source, 2);
    } else if (which == 5 && size == 2) {
        if (one_in(source, 4))
            put(source, "%u", below(source, 1000));
        else
            put_label(source, any_label(source));
        put(source, one_in(source, 6) ? "-$$" : "-$");
    } else if (which == 6 && one_in(source, 3)) {
        put(source, "?");
    } else if (which == 7 && one_in(source, 2)) {
        put(source, "%u dup (", below(source, 5));
        put_number(source, below(source, 256));
        if (one_in(source, 2)) {
            put(source, ", ");
            put_string(source);
        }
        put(source, ")");
    } else {
        put_number(source, generate_number(&source->random) >> (63 - below(source, 8u << size)));
    }
}

void put_data(struct source *source)
{
    static const char *const names[] = {"db", "dw", "dd", "dq", "DB", "db", "dd", "dq"};
    static const unsigned name_sizes[] = {0, 1, 2, 3, 0, 0, 2, 3};
    if (one_in(source, 12)) {
        put(source, "%s ", one_in(source, 2) ? "dt" : "do");
        if (source->wild && one_in(source, 4))
            put_string(source);
        else
            put_float(source);
        return;
    }
    if (one_in(source, 12)) {
        put(source, "incbin '%s'", source_incbin_name);
        if (one_in(source, 2))
            put(source, ",%u", below(source, 20));
        if (source->text[source->length - 1] != '\'' && one_in(source, 2))
            put(source, ", %u", below(source, 30));
        return;
    }
    if (one_in(source, 8)) {
        if (one_in(source, 4))
            put_count(source);
        else
            put(source, "times %u ", 1 + below(source, 20));
    }
    const unsigned which = below(source, 8), count = 1 + below(source, 4);
    put(source, "%s ", names[which]);
    for (unsigned i = 0; i < count; i++) {
        put(source, i ? one_in(source, 2) ? "," : ", " : "");
        put_item(source, name_sizes[which]);
    }
}

void put_reserve(struct source *source)
{
    static const char *const names[] = {"resb", "resw", "resd", "resq", "rest", "reso", "RESB"};
    if (one_in(source, 8)) {
        put(source, "db ?");
        return;
    }
    put(source, "%s %u", names[below(source, 7)], below(source, 70));
    if (source->equ_count > 0 && one_in(source, 3))
        put(source, "+(e%u&7)", below(source, source->equ_count));
}

void put_fault(struct source *source)
{
    static const char *const faults[] = {"moov eax, 1",
                                         "mov eax",
                                         "mov al, rbx",
                                         "mov [eax], 1",
                                         "jmp short $+1000",
                                         "add eax, eax, 1",
                                         "dw",
                                         "mov eax, nowhere",
                                         "push",
                                         "dd nowhere+1",
                                         "times -1 nop",
                                         "mov [rax*3+rbx], al",
                                         "lea eax, ebx",
                                         "mov eax, (1",
                                         "mov eax, 1)",
                                         "db 'abc",
                                         "mov ah, r8b",
                                         "%if 1",
                                         "%else",
                                         "%endif",
                                         "section .text bogus=1",
                                         "e9 equ",
                                         "equ 5",
                                         "resb nowhere",
                                         "align 3",
                                         "mov eax, [rax",
                                         "mov eax, 5 5",
                                         "int 0x80 1",
                                         "inc 5",
                                         "mov 5, eax",
                                         "call 'abc', 1",
                                         "common q",
                                         "times nowhere nop",
                                         "times later nop\nlater equ 2",
                                         "db later dup (1)\nlater equ 2",
                                         "incbin 'missing.bin'",
                                         "%include 'missing.inc'",
                                         "db 5 / 0",
                                         "foo bar",
                                         "bits 65",
                                         "mov eax, 08",
                                         "mov eax, 0x",
                                         "db 1.5.5",
                                         "shl eax, rbx",
                                         "imul 5",
                                         "movzx eax, eax",
                                         "default bogus",
                                         "global 5",
                                         "mov eax, .nolocal",
                                         "mov eax, rax",
                                         "push al",
                                         "%elif 1",
                                         "xchg eax, 1",
                                         "mov rip, rax",
                                         "[bits 64",
                                         "dd 1, , 2"};
    const unsigned which = below(source, sizeof faults / sizeof *faults);
    if (one_in(source, 8) && source->label_count > 0) {
        const unsigned label = any_label(source);
        put_label(source, label);
        put(source, ":\n");
        put_label(source, label);
        put(source, ": nop");
        source->is_defined[label] = true;
        return;
    }
    put(source, "%s", faults[which]);
}

/* ---- lines ------------------------------------------------------------------------------------
 */

static void end_line(struct source *source)
{
    if (one_in(source, 40) && source->text[source->length - 1] != ':')
        put(source, " \\\n  "); /* the next line goes on */
    if (one_in(source, 12))
        put(source, " ; %s", one_in(source, 2) ? "comment 'x" : "a, b: \\ \"c");
    put(source, "\n");
}

/* Defines the local labels that the current scope needs. */
static void end_scope(struct source *source)
{
    static const char *const names[] = {".a", ".b", ".c"};
    for (unsigned i = 0; i < 3; i++)
        if (source->locals_needed >> i & ~(source->locals_defined >> i) & 1)
            put(source, "%s:\n", names[i]);
    source->locals_needed = source->locals_defined = 0;
}

static void define_label(struct source *source, unsigned label)
{
    const bool is_special = strncmp(label_names[label], "..@", 3) == 0;
    if (source->is_defined[label])
        return;
    if (!is_special) {
        end_scope(source);
        source->has_scope = true;
    }
    source->is_defined[label] = true;
    put_label(source, label);
    put(source, "%s", one_in(source, 6) && label_names[label][0] != '$' ? "" : ":");
    if (one_in(source, 2)) {
        put(source, "\n");
        return;
    }
    put(source, one_in(source, 2) ? "\t" : " ");
    if (source->is_nobits[source->section])
        put_reserve(source);
    else
        put_data(source);
    put(source, "\n");
}

static void switch_section(struct source *source, unsigned section)
{
    source->section = section;
    const char *attributes = source->was_section[section] && !one_in(source, 4)
                                 ? ""
                                 : source->section_attributes[section];
    put(source,
        one_in(source, 8)   ? "[section %s%s]"
        : one_in(source, 9) ? "segment %s%s"
                            : "section %s%s",
        source->section_names[section], attributes);
    source->was_section[section] = true;
    end_line(source);
}

static void define_some_label(struct source *source)
{
    const unsigned first = any_label(source);
    for (unsigned i = 0; i < source->label_count; i++) {
        const unsigned label = (first + i) % source->label_count;
        if (!source->is_defined[label] && source->label_section[label] == source->section) {
            define_label(source, label);
            return;
        }
    }
}

static void define_equ(struct source *source)
{
    put(source, "e%u%s equ ", source->equ_count, one_in(source, 6) ? ":" : "");
    if (one_in(source, 3)) {
        put_difference(source);
        put(source, one_in(source, 2) ? "+1" : " * 2");
    } else {
        put_constant(source, 3);
    }
    source->equ_count++;
    end_line(source);
}

static void put_condition(struct source *source)
{
    if (one_in(source, 4))
        put(source, "%%if%sdef D%u\n", one_in(source, 2) ? "n" : "", below(source, 4));
    else {
        put(source, "%%if ");
        if (source->assign_count > 0)
            put(source, "a%u > %u", below(source, source->assign_count), below(source, 100));
        else
            put(source, "%u", below(source, 2));
        put(source, "\n");
    }
    put(source, " db 1\n");
    if (one_in(source, 3))
        put(source, "%%elif %u\n db 2\n", below(source, 2));
    if (one_in(source, 2))
        put(source, "%%else\n db 3\n");
    put(source, "%%endif\n");
}

static void put_preprocessor(struct source *source)
{
    switch (below(source, 10)) {
    case 0:
        put(source, "%%define D%u %u\n", below(source, 4), below(source, 1000));
        break;
    case 1:
        put(source, "%%assign a%u ", source->assign_count);
        if (source->assign_count > 0)
            put(source, "a%u + ", source->assign_count - 1);
        put(source, "%u\n", below(source, 100));
        source->assign_count++;
        break;
    case 2:
        put(source, "%%define REG %s\n  mov REG, %u\n", one_in(source, 2) ? "eax" : "ebx",
            below(source, 10));
        break;
    case 3:
        put(source, "%%undef D%u\n", below(source, 4));
        break;
    case 4:
        if (source->section == 0)
            put(source, "%%include \"%s\"\n", source_include_name);
        break;
    case 5:
        put(source, "%%define TEXT '%c;', %u\n  db TEXT, 1\n", 'a' + (char)below(source, 26),
            below(source, 256));
        break;
    case 6:
        put(source, "%%define HERE $-$$\n%%define SUM (a+HERE)\n%%define a 1 ; one\n"
                    "  dd SUM*2, HERE\n%%undef a\n");
        break;
    default:
        put_condition(source);
    }
}

static void put_align(struct source *source)
{
    if (source->is_nobits[source->section])
        put(source, "alignb %u", 1u << below(source, 5));
    else
        put(source, "%s %u", one_in(source, 6) ? "ALIGN" : "align", 1u << below(source, 7));
    end_line(source);
}

static void put_line(struct source *source)
{
    const unsigned which = below(source, 40);
    if (which < 5) {
        define_some_label(source);
    } else if (which < 7) {
        switch_section(source, below(source, source->section_count));
    } else if (which < 9) {
        define_equ(source);
    } else if (which < 10) {
        put_align(source);
    } else if (which < 12 && !source->is_nobits[source->section]) {
        put_preprocessor(source);
    } else {
        put(source, one_in(source, 8) ? "\t" : one_in(source, 30) ? "" : "  ");
        if (source->is_nobits[source->section])
            put_reserve(source);
        else if (source->section == 0 ? which < 35 : which < 15)
            put_instruction(source);
        else if (which == 39 && one_in(source, 3))
            put_reserve(source);
        else
            put_data(source);
        end_line(source);
    }
}

struct section_choice {
    const char *name, *attributes;
    bool is_nobits;
};

static void choose_sections(struct source *source)
{
    static const struct section_choice of_objects[] = {
        {".text", "", false},
        {".data", "", false},
        {".bss", "", true},
        {".rodata", "", false},
        {".TEXT", "", false},
        {"mine", " progbits alloc exec nowrite align=32", false},
        {".other", " alloc write noexec align=8", false},
        {".zeros", " nobits alloc write", true},
        {".data", " align=64", false},
        {".note.x", " note", false},
        {".init_array", " init_array", false},
        {".strings", " progbits alloc noexec nowrite merge strings byte", false},
        {".tbss", "", true},
        {".tdata", "", false},
        {".comment", "", false},
        {".text.hot", "", false},
        {".fini_array", "", false},
        {".lrodata", "", false},
        {".odd", " write", false},
        {".consts", " merge dword", false},
        {".const2", " noalloc", false},
        {".text", " align=1", false},
        {".lbss", " write", true},
        {".ldata", " exec", false}};
    static const struct section_choice of_files[] = {{".text", "", false},
                                                     {".data", "", false},
                                                     {".bss", "", true},
                                                     {".rodata", "", false},
                                                     {".TEXT", "", false},
                                                     {"mine", " progbits align=32", false},
                                                     {".other", " align=8", false},
                                                     {".zeros", " nobits", true},
                                                     {".data", " align=64", false},
                                                     {".bss", " align=16", true},
                                                     {".later", "", true},
                                                     {".strings", " align=1", false},
                                                     {".tbss", " nobits align=2", true},
                                                     {".tdata", " align=128", false},
                                                     {".comment", " progbits", false},
                                                     {".text.hot", "", false},
                                                     {".fini_array", "", false},
                                                     {".lrodata", "", false},
                                                     {".odd", " align=2", false},
                                                     {".consts", "", true},
                                                     {".const2", "", false},
                                                     {".text", " align=16", false},
                                                     {".lbss", " align=4", true},
                                                     {".ldata", "", false}};
    const struct section_choice *all = source->flat ? of_files : of_objects;
    source->section_count = 1 + below(source, SOURCE_SECTIONS);
    for (unsigned i = 0; i < source->section_count; i++) {
        unsigned which = i == 0 ? 0 : below(source, 24);
        for (unsigned other = 0; other < i; other++)
            if (strcmp(source->section_names[other], all[which].name) == 0)
                which = 16 - i; /* which has other names */
        source->section_names[i] = all[which].name;
        source->section_attributes[i] = all[which].attributes;
        source->is_nobits[i] = all[which].is_nobits;
    }
}

static void declare_globals(struct source *source)
{
    static const char *const types[] = {"",
                                        "",
                                        ":function",
                                        ":data",
                                        ":object",
                                        ":notype",
                                        ":function hidden",
                                        ":data protected",
                                        ": function internal",
                                        ":function default",
                                        ":weak",
                                        ":function weak",
                                        ":data (4)",
                                        ":function 8 + 2"};
    const unsigned type_count = source->flat && !source->wild ? 2 : 14;
    for (unsigned i = 0; i < source->label_count; i++)
        if (one_in(source, 4) && label_names[i][0] != '.')
            put(source, "%s%s%s\n", one_in(source, 6) ? "GLOBAL " : "global ", label_names[i],
                types[below(source, type_count)]);
    if (source->wild && source->label_count > 18 && one_in(source, 3))
        put(source, "static zero\n");
}

static void put_origin(struct source *source)
{
    static const char *const origins[] = {"0",        "0x10000", "0x08048000",    "0x400000",
                                          "0x401001", "7c00h",   "0x2abf00000000"};
    put(source, one_in(source, 4) ? "[ORG %s]\n" : "org %s\n", origins[below(source, 7)]);
}

static void declare(struct source *source)
{
    if (one_in(source, 8))
        put(source, "[%s %c%s]\n", one_in(source, 2) ? "warning" : "WARNING",
            one_in(source, 4) ? '+' : '-', one_in(source, 2) ? "zeroing" : "number-overflow");
    if (source->flat && !one_in(source, 20))
        put(source, one_in(source, 4) ? "[bits %u]\n" : "BITS %u\n", source->mode);
    if (source->flat && !one_in(source, 4))
        put_origin(source);
    source->extern_count = source->flat && !one_in(source, 20) ? 0 : below(source, 4);
    for (unsigned i = 0; i < source->extern_count; i++)
        put(source, "extern x%u%s\n", i,
            one_in(source, 6)   ? ":weak"
            : one_in(source, 6) ? ":function"
                                : "");
    if (one_in(source, source->flat ? 40 : 4))
        put(source, "common c0 %u%s\n", 1 + below(source, 100), one_in(source, 2) ? ":8" : "");
    if (one_in(source, 3))
        put(source, "default %s\n", one_in(source, 4) ? "abs" : "rel");
    if (one_in(source, 10))
        put(source, "bits %u\n", source->mode);
    declare_globals(source);
}

void source_make(struct source *source, uint64_t seed, uint8_t mode, bool flat)
{
    source->length = 0;
    memset((char *)source + offsetof(struct source, label_count), 0,
           sizeof *source - offsetof(struct source, label_count));
    source->random.state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    source->mode = mode;
    source->flat = flat;
    source->faulty = one_in(source, 6);
    source->wild = one_in(source, 5);
    choose_sections(source);
    source->label_count = 2 + below(source, SOURCE_LABELS - 2);
    for (unsigned i = 0; i < source->label_count; i++)
        source->label_section[i] = one_in(source, 2) ? 0 : below(source, source->section_count);
    declare(source);
    if (!one_in(source, 4))
        switch_section(source, 0);
    const unsigned lines = 5 + below(source, one_in(source, 4) ? 120 : 40);
    const unsigned fault = source->faulty ? below(source, lines) : lines;
    for (unsigned i = 0; i < lines; i++) {
        if (i == fault) {
            put_fault(source);
            put(source, "\n");
        }
        put_line(source);
    }
    for (unsigned section = 0; section < source->section_count; section++) {
        bool is_here = source->section == section;
        for (unsigned i = 0; i < source->label_count; i++) {
            if (source->is_defined[i] || source->label_section[i] != section)
                continue;
            if (!is_here)
                switch_section(source, section);
            is_here = true;
            define_label(source, i);
        }
    }
    end_scope(source);
    for (; one_in(source, 3) && source->length < sizeof source->text - 200;)
        put_line(source);
    end_scope(source);
}
