/* Counts what is in the files of the steps from C to a program. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "elfgen/view.h"
#include "text.h"

/* ---- text ---- */

struct line {
    const char *at, *end; /* without the newline */
};

static bool next_line(const struct file_bytes *bytes, struct line *line)
{
    const char *end = bytes->bytes + bytes->size;
    const char *at = line->at ? line->end + 1 : bytes->bytes;
    if (bytes->size == 0 || at >= end)
        return false;
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    *line = (struct line){at, stop ? stop : end};
    return true;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

/* The file named by `# 7 "file"`, without quotes; NULL if the line is no such marker. */
static struct stage_name marked_file(const struct line *line)
{
    const char *at = line->at;
    struct stage_name none = {NULL, 0};
    if (line->end - at < 5 || at[0] != '#' || at[1] != ' ' || !isdigit((unsigned char)at[2]))
        return none;
    const char *open = memchr(at, '"', (size_t)(line->end - at));
    if (!open)
        return none;
    const char *close = open + 1;
    while (close < line->end && *close != '"')
        close += *close == '\\' && close + 1 < line->end ? 2 : 1;
    return (struct stage_name){open + 1, (size_t)(close - open - 1)};
}

static int compare_names(const void *left, const void *right)
{
    const struct stage_name *a = left, *b = right;
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->at, b->at, shorter);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static uint64_t count_different(struct stage_name *names, size_t count)
{
    uint64_t different = 0;
    if (count > 0)
        qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++)
        different += i == 0 || compare_names(&names[i], &names[i - 1]) != 0;
    return different;
}

/* Counts lines by the file that they come from, as the markers of the preprocessor say. Returns
 * false if there is no memory. */
static bool measure_preprocessed(const struct file_bytes *bytes, const char *input,
                                 struct stage_facts *facts)
{
    struct stage_name *gave = NULL; /* the files that lines come from, once per marker */
    size_t count = 0, room = 0;
    struct stage_name file = {input, strlen(input)};
    bool own = true, counted = true;
    for (struct line line = {NULL, NULL}; next_line(bytes, &line);) {
        struct stage_name marked = marked_file(&line);
        if (marked.at) {
            file = marked;
            own = marked.length == strlen(input) && memcmp(marked.at, input, marked.length) == 0;
            counted = own;
            continue;
        }
        if (skip_blanks(line.at, line.end) == line.end)
            continue;
        *(own ? &facts->own_lines : &facts->header_lines) += 1;
        if (counted)
            continue;
        counted = true;
        if (!grow_array(&gave, count + 1, &room, sizeof *gave)) {
            free(gave);
            return false;
        }
        gave[count++] = file;
    }
    facts->headers = count_different(gave, count);
    free(gave);
    return true;
}

static bool is_symbol_character(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* The end of a statement: a semicolon or a comment outside of strings. */
static const char *statement_end(const char *at, const char *end)
{
    bool quoted = false;
    for (; at < end && (quoted || (*at != ';' && *at != '#')); at++) {
        if (*at == '"')
            quoted = !quoted;
        else if (quoted && *at == '\\' && at + 1 < end)
            at++;
    }
    return at;
}

/* Counts a line of GNU assembly as compilers write it: labels, then a directive or an
 * instruction. */
static void measure_assembly(const struct line *line, struct stage_facts *facts)
{
    const char *at = skip_blanks(line->at, line->end);
    while (at < line->end && *at != '#') {
        const char *word = at;
        while (at < line->end && is_symbol_character(*at))
            at++;
        if (at > word && at < line->end && *at == ':') {
            facts->labels++;
            at = skip_blanks(at + 1, line->end);
            continue;
        }
        const char *behind = skip_blanks(at, line->end);
        bool assigns = behind < line->end && *behind == '=';
        if (at > word)
            *(*word == '.' || assigns ? &facts->directives : &facts->instructions) += 1;
        at = statement_end(at, line->end);
        if (at == line->end || *at == '#')
            return;
        at = skip_blanks(at + 1, line->end);
    }
}

/* ---- ELF ---- */

static void measure_symbols(const struct elfgen_view *view, const struct elfgen_shdr *table,
                            struct stage_facts *facts)
{
    struct elfgen_shdr strings;
    struct elfgen_sym symbol;
    /* No more than the bytes allow, whatever the count says. */
    uint64_t most = view->length / 16;
    bool named = elfgen_view_section(view, table->sh_link, &strings, NULL) == ELFGEN_OK;
    for (uint64_t i = 1; i <= most; i++) {
        if (elfgen_view_symbol(view, table, i, &symbol, NULL) != ELFGEN_OK)
            return;
        struct stage_name name = {"", 0};
        size_t length = named ? elfgen_view_string(view, strings.sh_offset, strings.sh_size,
                                                   symbol.st_name, &name.at)
                              : SIZE_MAX;
        bool local = symbol.st_info >> 4 == 0;
        if (local || length == 0 || length == SIZE_MAX)
            continue;
        name.length = length;
        if (symbol.st_shndx != 0)
            facts->defined++;
        else if (facts->undefined++ < MOST_NEEDS)
            facts->needs[facts->undefined - 1] = name;
    }
}

static void measure_sections(const struct elfgen_view *view, struct stage_facts *facts)
{
    struct elfgen_shdr section;
    bool symbols = false;
    if (view->ehdr.e_shoff == 0)
        return;
    for (uint64_t i = 0; i < view->sections.count; i++) {
        if (elfgen_view_section(view, i, &section, NULL) != ELFGEN_OK)
            return;
        facts->sections++;
        if (section.sh_flags & ELFGEN_SHF_ALLOC && section.sh_size > 0) {
            facts->loaded++;
            facts->loaded_size += section.sh_size;
            facts->code_size += section.sh_flags & ELFGEN_SHF_EXECINSTR ? section.sh_size : 0;
        }
        if (section.sh_type == ELFGEN_SHT_SYMTAB && !symbols) {
            symbols = true; /* there is one */
            measure_symbols(view, &section, facts);
        }
        if (section.sh_entsize > 0 &&
            (section.sh_type == ELFGEN_SHT_REL || section.sh_type == ELFGEN_SHT_RELA))
            facts->relocations += section.sh_size / section.sh_entsize;
    }
}

static void measure_segments(const struct elfgen_view *view, struct stage_facts *facts)
{
    struct elfgen_phdr segment;
    facts->segments = view->segments.count;
    for (uint64_t i = 0; i < view->segments.count; i++) {
        if (elfgen_view_segment(view, i, &segment, NULL) != ELFGEN_OK)
            return;
        const uint8_t *path = segment.p_type == ELFGEN_PT_INTERP
                                  ? elfgen_view_bytes(view, segment.p_offset, segment.p_filesz)
                                  : NULL;
        if (path)
            facts->interpreter = (struct stage_name){
                (const char *)path, strnlen((const char *)path, (size_t)segment.p_filesz)};
    }
}

static void measure_elf(const struct elfgen_view *view, struct stage_facts *facts)
{
    facts->bits = 8 * elfgen_address_size(view->class_);
    facts->type = view->ehdr.e_type;
    facts->machine = view->ehdr.e_machine;
    facts->entry = view->ehdr.e_entry;
    measure_sections(view, facts);
    measure_segments(view, facts);
}

/* `input` is the path of the C file as the compiler was given it. Returns false if there is no
 * memory. */
static bool measure_file(const struct file_bytes *bytes, enum stage_number number,
                         const char *input, struct stage_facts *facts)
{
    struct elfgen_view view;
    *facts = (struct stage_facts){0};
    facts->is_elf =
        bytes->size > 0 && elfgen_view_open(&view, bytes->bytes, bytes->size, NULL) == ELFGEN_OK;
    if (facts->is_elf) {
        measure_elf(&view, facts);
        return true;
    }
    for (struct line line = {NULL, NULL}; next_line(bytes, &line);) {
        facts->lines += line.end < bytes->bytes + bytes->size;
        if (number == STAGE_ASSEMBLY)
            measure_assembly(&line, facts);
    }
    return number != STAGE_PREPROCESSED || measure_preprocessed(bytes, input, facts);
}

bool stages_measure(const struct stages *stages, struct stages_facts *facts)
{
    bool done = measure_file(&stages->input, STAGE_COUNT, "", &facts->input);
    for (enum stage_way way = 0; way < WAY_COUNT; way++)
        for (enum stage_number number = 0; number < STAGE_COUNT; number++)
            done = done && measure_file(&stages->of[way][number].bytes, number, stages->argument,
                                        &facts->of[way][number]);
    return done;
}

/* ---- words ---- */

const char *stages_kind(const struct stage_facts *facts, enum stage_number number)
{
    static const char *const texts[] = {"C text, preprocessed", "assembly text", "not an ELF file",
                                        "not an ELF file"};
    static const char *const elves[][2] = {
        [0] = {"ELF32 file", "ELF64 file"},
        [1] = {"ELF32 relocatable object", "ELF64 relocatable object"},
        [2] = {"ELF32 executable", "ELF64 executable"},
        [3] = {"ELF32 position-independent executable", "ELF64 position-independent executable"}};
    if (!facts->is_elf)
        return texts[number];
    return elves[facts->type <= 3 ? facts->type : 0][facts->bits == 64];
}
