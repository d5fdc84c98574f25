/* Data of random sources, and lines that are refused. */
#include "source.h"

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
