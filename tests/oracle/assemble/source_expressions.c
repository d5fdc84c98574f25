/* Numbers, expressions and addresses of random sources. */
#include "source.h"

#include <string.h>

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

const char *const label_names[SOURCE_LABELS] = {
    "_start", "main",     "loop1", "a.b.c", "x@y",    "what?", "$rax",   "_1",
    "msg",    "..@inner", "end",   "L#1",   "Name~1", "data1", "buffer", "$mov",
    "_end_",  "f$g",      "zero",  "table", "done",   "again", "s1",     "s2"};

void put_label(struct source *source, unsigned label)
{
    put(source, "%s", label_names[label]);
}

unsigned any_label(struct source *source)
{
    return below(source, source->label_count);
}

void put_difference(struct source *source)
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
