/* Random sources: lines, sections, symbols. */
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
