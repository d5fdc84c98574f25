/* Makes symbols of an unfolded file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "section_headers.h"

static void put(struct unfold_section_headers *headers, const char *name, uint64_t address,
                uint64_t size, uint8_t type, uint8_t binding)
{
    const struct elfgen_symbol_entry symbol = {.value = address,
                                               .size = size,
                                               .type = type,
                                               .binding = binding,
                                               .section = unfold_headers_find(headers, address)};
    unfold_headers_add_symbol(headers, name, strlen(name), &symbol);
}

/* ---- symbols of the old file --------------------------------------------------------------- */

enum { NAME_LONGEST = 255 };

/* Keeps a defined symbol that has a name and is in a new section. Returns false if it is not
 * kept. */
static bool keep_symbol(struct unfold_section_headers *headers, const struct elfgen_shdr *strings,
                        const struct elfgen_sym *symbol)
{
    const char *name = "";
    uint64_t type = symbol->st_info & 15, binding = symbol->st_info >> 4;
    if (type > ELFGEN_STT_FUNC || binding > ELFGEN_STB_WEAK ||
        symbol->st_shndx == ELFGEN_SHN_UNDEF || symbol->st_shndx >= ELFGEN_SHN_LORESERVE)
        return false;
    uint64_t size = strings->sh_size;
    if (size > symbol->st_name + NAME_LONGEST)
        size = symbol->st_name + NAME_LONGEST;
    size_t length =
        elfgen_view_string(headers->view, strings->sh_offset, size, symbol->st_name, &name);
    uint32_t section = unfold_headers_find(headers, symbol->st_value);
    if (length == 0 || length == SIZE_MAX || section == ELFGEN_SYMBOL_ABSOLUTE)
        return false;
    const struct elfgen_symbol_entry kept = {.value = symbol->st_value,
                                             .size = symbol->st_size,
                                             .type = (uint8_t)type,
                                             .binding = (uint8_t)binding,
                                             .section = section};
    unfold_headers_add_symbol(headers, name, length, &kept);
    return true;
}

/* Keeps the symbols of the old file, if its section headers can be read. Returns true if one was
 * _start. */
static bool keep_symbols(struct unfold_section_headers *headers)
{
    const struct elfgen_view *view = headers->view;
    struct elfgen_shdr shdr, strings;
    struct elfgen_sym symbol;
    bool start = false;
    /* The file has no room for more symbols, unless its tables overlap. */
    uint64_t left = view->length / elfgen_structure_size(ELFGEN_STRUCTURE_sym, view->class_);
    for (uint64_t i = 0; view->ehdr.e_shoff != 0 && left > 0 &&
                         elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK;
         i++) {
        if (shdr.sh_type != ELFGEN_SHT_SYMTAB ||
            elfgen_view_section(view, shdr.sh_link, &strings, NULL) != ELFGEN_OK)
            continue;
        for (uint64_t s = 1;
             left > 0 && elfgen_view_symbol(view, &shdr, s, &symbol, NULL) == ELFGEN_OK;
             s++, left--)
            if (keep_symbol(headers, &strings, &symbol) && !headers->failed)
                start |= strcmp(headers->symbols[headers->symbol_count - 1].name, "_start") == 0;
    }
    return start;
}

/* ---- system calls -------------------------------------------------------------------------- */

/* Counts how often each call was named. There are few names: the search is linear. */
enum { NAMES = 512 };

struct counts {
    size_t count;
    struct {
        char name[32];
        unsigned number;
    } names[NAMES];
};

static unsigned count_name(struct counts *counts, const char *name)
{
    for (size_t i = 0; i < counts->count; i++)
        if (strcmp(counts->names[i].name, name) == 0)
            return ++counts->names[i].number;
    if (counts->count == NAMES)
        return 1;
    snprintf(counts->names[counts->count].name, sizeof counts->names[0].name, "%s", name);
    return counts->names[counts->count++].number = 1;
}

static void put_calls(struct unfold_section_headers *headers)
{
    struct elfgen_code *code = headers->code;
    struct elfgen_signature signature;
    char name[64];
    struct counts *counts = calloc(1, sizeof *counts);
    if (!counts) {
        headers->failed = true;
        return;
    }
    for (size_t i = 0; i < code->call_count; i++) {
        bool known = elfgen_code_signature(code, &code->calls[i], &signature);
        const char *call = known ? signature.name : "call";
        snprintf(name, sizeof name, "sys_%s_%u", call, count_name(counts, call));
        put(headers, name, code->calls[i].address, 0, ELFGEN_STT_NOTYPE, ELFGEN_STB_LOCAL);
    }
    free(counts);
}

/* ---- what system calls read ---------------------------------------------------------------- */

struct text {
    uint64_t address, size;
};

static int by_address(const void *left, const void *right)
{
    const struct text *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return a->size < b->size ? 1 : a->size > b->size ? -1 : 0;
}

/* The strings of all calls, *count of them. NULL if there are none or memory ran out. */
static struct text *find_texts(struct unfold_section_headers *headers, size_t *count)
{
    struct elfgen_code *code = headers->code;
    struct elfgen_signature signature;
    uint64_t offset, length;
    *count = 0;
    struct text *texts = calloc(code->call_count * ELFGEN_ARGUMENTS + 1, sizeof *texts);
    if (!texts) {
        headers->failed = true;
        return NULL;
    }
    for (size_t i = 0; i < code->call_count; i++) {
        const struct elfgen_call *call = &code->calls[i];
        if (!elfgen_code_signature(code, call, &signature))
            continue;
        for (unsigned argument = 0; argument < signature.count; argument++)
            if (elfgen_code_referred(code, call, &signature, argument, &offset, &length))
                texts[(*count)++] = (struct text){call->arguments[argument].value, length};
    }
    return texts;
}

static void put_texts(struct unfold_section_headers *headers)
{
    size_t count;
    unsigned number = 0;
    char name[32];
    struct text *texts = find_texts(headers, &count);
    if (!texts)
        return;
    qsort(texts, count, sizeof *texts, by_address);
    for (size_t i = 0; i < count; i++) {
        /* Of several at one address, only the longest. */
        if (i > 0 && texts[i].address == texts[i - 1].address)
            continue;
        snprintf(name, sizeof name, "text_%u", ++number);
        put(headers, name, texts[i].address, texts[i].size, ELFGEN_STT_OBJECT, ELFGEN_STB_LOCAL);
    }
    free(texts);
}

void unfold_put_symbols(struct unfold_section_headers *headers)
{
    uint64_t entry = headers->view->ehdr.e_entry, size = 0;
    uint32_t section = unfold_headers_find(headers, entry);
    if (section != ELFGEN_SYMBOL_ABSOLUTE &&
        (headers->sections[section].flags & ELFGEN_SHF_EXECINSTR))
        size = headers->sections[section].address + headers->sections[section].size - entry;
    if (!keep_symbols(headers))
        put(headers, "_start", entry, size, ELFGEN_STT_FUNC, ELFGEN_STB_GLOBAL);
    if (!headers->code)
        return;
    put_calls(headers);
    put_texts(headers);
}
