/* Makes the files that NASM's sources describe byte by byte, headers included: by the library's
 * assembler, or by NASM. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "input_private.h"
#include "base/system_error.h"
#include "elfgen/view.h"
#include "magic.h"

bool source_is_wrapped(const struct file_bytes *object)
{
    struct elfgen_view view;
    struct elfgen_shdr section;
    if (elfgen_view_open(&view, object->bytes, object->size, NULL) != ELFGEN_OK)
        return false;
    for (uint64_t i = 1; elfgen_view_section(&view, i, &section, NULL) == ELFGEN_OK; i++) {
        const void *bytes =
            section.sh_type == ELFGEN_SHT_PROGBITS && (section.sh_flags & ELFGEN_SHF_ALLOC)
                ? elfgen_view_bytes(&view, section.sh_offset, section.sh_size)
                : NULL;
        if (bytes && begins_with_magic(bytes, section.sh_size))
            return true;
    }
    return false;
}

void source_file_free(struct source_file *file)
{
    if (!file)
        return;
    file_free(&file->bytes);
    free(file->labels);
    free(file->names);
    free(file);
}

/* Copies what the assembler wrote of names, with a NUL after it. */
static bool read_names(const struct toolchain *chain, struct source_file *file)
{
    struct file_bytes names = {0};
    const bool read =
        lseek(chain->name_file, 0, SEEK_SET) == 0 && file_read(chain->name_file, false, &names);
    if (read && (file->names = malloc(names.size + 1)) != NULL) {
        if (names.size > 0)
            memcpy(file->names, names.bytes, names.size);
        file->names[names.size] = '\0';
        file->names_size = names.size;
    }
    file_free(&names);
    return file->names != NULL ||
           toolchain_report(chain, REPORT_ERROR, 0, "cannot read the assembler's names: %s",
                            system_error_text(errno));
}

bool source_take_file(struct source *source, const struct toolchain *chain,
                      struct file_bytes *bytes)
{
    struct source_file *file = calloc(1, sizeof *file);
    uint64_t origin;
    source->file = file;
    if (!file) {
        file_free(bytes);
        return toolchain_report(chain, REPORT_ERROR, 0, NO_MEMORY);
    }
    file->bytes = *bytes;
    *bytes = (struct file_bytes){0};
    toolchain_report(chain, REPORT_NOTE, 0,
                     "it describes a whole file: its %zu bytes are written as they are",
                     file->bytes.size);
    if (!source->options.labels || chain->name_file < 0)
        return true;
    return read_names(chain, file) &&
           ((source->language == SOURCE_FASM ? source_read_fas(file)
                                             : source_read_map(file, &origin)) ||
            toolchain_report(chain, REPORT_ERROR, 0, NO_MEMORY));
}

bool source_refuse_flat(const struct source *source, unsigned line, const struct file_bytes *bytes)
{
    enum { SECTOR = 512, SIGNATURE = SECTOR - 2, SHOWN = 4 };
    const uint8_t *at = (const uint8_t *)bytes->bytes;
    const bool fasm = source->language == SOURCE_FASM;
    char first[SHOWN * 3 + 1] = "";
    for (size_t i = 0; i < bytes->size && i < SHOWN; i++)
        snprintf(first + i * 3, 4, " %02x", at[i]);
    const char *meant =
        bytes->size >= SECTOR && at[SIGNATURE] == 0x55 && at[SIGNATURE + 1] == 0xaa
            ? "it is a boot sector (55 aa at byte 510), which Linux does not start"
        : bytes->size >= 2 && at[0] == 'M' && at[1] == 'Z'
            ? "it is a program for DOS or Windows, which Linux does not start"
        : fasm ? "for a program, say 'format ELF64 executable', or 'format ELF64' for an object"
               : "for a program, leave org out: --base says where it is loaded";
    char sentence[512];
    snprintf(sentence, sizeof sentence, "%s with an ELF header, %s%s; %s",
             fasm   ? "what fasm makes of it begins not"
             : line ? "org is for the source of a whole file, and this one begins not"
                    : "org, in an included file, is for the source of a whole file, and this one "
                      "begins not",
             *first ? "but with" : "but is empty", first, meant);
    return toolchain_report_line(&source->chain, line, sentence);
}

/* Takes the file that the library made. */
static enum source_whole take_inside(struct source *source, const struct inside *flat)
{
    const struct file_bytes from = inside_bytes(flat);
    struct file_bytes bytes = {.bytes = malloc(from.size), .size = from.size};
    const bool has_memory = bytes.bytes != NULL;
    if (has_memory)
        memcpy(bytes.bytes, from.bytes, from.size);
    toolchain_explain(&source->chain, "assembled without NASM");
    inside_report(flat, &source->options.reporter);
    const bool done = has_memory && source_take_file(source, &source->chain, &bytes) &&
                      (!source->options.labels || inside_put_labels(flat, source->file));
    if (!done)
        toolchain_report(&source->chain, REPORT_ERROR, 0, NO_MEMORY);
    return done ? WHOLE_MADE : WHOLE_REFUSED;
}

/* Decides what a flat assembly means, which becomes *flat = NULL where something keeps it. */
static enum source_whole judge_inside(struct source *source, struct inside **flat)
{
    const bool is_object = inside_is_done(source->inside);
    const unsigned org = source_find_org(source->input.bytes, source->input.size);
    const bool says_org = org > 0 || inside_includes_org(source->inside);
    if (inside_is_done(*flat)) {
        const struct file_bytes bytes = inside_bytes(*flat);
        if (inside_is_file(*flat))
            return take_inside(source, *flat);
        if (is_object || (!says_org && inside_origin(*flat) == 0))
            return WHOLE_NO;
        source_refuse_flat(source, org, &bytes);
        return WHOLE_REFUSED;
    }
    if (is_object) {
        source->flat = *flat;
        *flat = NULL;
    } else if (says_org) {
        /* An object's errors name `org` first, which is none in a flat file. */
        inside_close(source->inside);
        source->inside = *flat;
        *flat = NULL;
    }
    return WHOLE_NO;
}

enum source_whole source_make_whole_inside(struct source *source)
{
    const struct inside_options options = {.path = source->options.path,
                                           .name = source->chain.name,
                                           .input = &source->input,
                                           .flat = true};
    if (inside_is_done(source->inside) ? !inside_is_wrapped(source->inside)
                                       : inside_is_final(source->inside))
        return WHOLE_NO;
    struct inside *flat = inside_assemble(&options);
    if (!flat) {
        toolchain_report(&source->chain, REPORT_ERROR, 0, "%s", system_error_text(errno));
        return WHOLE_REFUSED;
    }
    const enum source_whole whole = judge_inside(source, &flat);
    inside_close(flat);
    return whole;
}

/* NASM with the format bin, and whether what it made begins with an ELF header. */
struct flat {
    struct toolchain chain;
    struct file_bytes bytes;
    bool is_second;  /* the library has refused it: no message counts */
    bool is_missing; /* there is no NASM */
    bool made, is_elf;
};

/* Runs NASM, whose messages stay in flat->chain. Returns false after reporting an error of ours. */
static bool run(struct flat *flat)
{
    char folder[PATH_MAX + 2];
    int status;
    struct toolchain *chain = &flat->chain;
    if (!toolchain_folder_option(chain, folder, sizeof folder) || !toolchain_name_argument(chain) ||
        !toolchain_make_output(chain))
        return false;
    static const char map[] = "[map brief symbols " TOOL_NAMES_PATH "]";
    const char *arguments[] = {"nasm",          "-f", "bin", folder,
                               "--before",      map,  "-o",  TOOL_OUTPUT_PATH,
                               chain->argument, NULL};
    chain->name_file = toolchain_memory_file("names");
    if (chain->name_file < 0)
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot make a memory file: %s",
                                system_error_text(errno));
    if (flat->is_second) {
        flat->is_missing =
            !toolchain_try(chain, &toolchain_nasm, arguments, chain->object_file, chain->text_file);
        if (flat->is_missing)
            return true;
    } else if (!toolchain_start(chain, &toolchain_nasm, arguments, chain->object_file,
                                chain->text_file)) {
        return false;
    }
    flat->made = toolchain_wait(chain, &toolchain_nasm, &status);
    if (!flat->made)
        return status != 0;
    if (lseek(chain->object_file, 0, SEEK_SET) != 0 ||
        !file_read(chain->object_file, false, &flat->bytes))
        return toolchain_report(chain, REPORT_ERROR, 0, "cannot read what NASM made: %s",
                                system_error_text(errno));
    flat->is_elf = begins_with_magic(flat->bytes.bytes, flat->bytes.size);
    return true;
}

/* Whether `org` is in force, also one of an included file. */
static bool has_origin(const struct flat *flat)
{
    struct source_file file = {0};
    uint64_t origin = 0;
    if (read_names(&flat->chain, &file))
        source_read_map(&file, &origin);
    free(file.labels);
    free(file.names);
    return origin != 0;
}

/* Decides what counts: the object, or the error that it could not be made; or the flat file, or why
 * that is none. */
static enum source_whole judge(struct source *source, struct flat *flat, bool failed)
{
    const unsigned org = source_find_org(source->input.bytes, source->input.size);
    if (flat->made && flat->is_elf) {
        toolchain_report_messages(&flat->chain, false);
        return source_take_file(source, &flat->chain, &flat->bytes) ? WHOLE_MADE : WHOLE_REFUSED;
    }
    if (!failed)
        return WHOLE_NO;
    if (flat->made) {
        if (org == 0 && !has_origin(flat))
            return WHOLE_NO;
        source_refuse_flat(source, org, &flat->bytes);
        return WHOLE_REFUSED;
    }
    if (flat->is_second)
        return WHOLE_NO;
    /* An object's errors name `org` first, which is none in a flat file. */
    if (org == 0 && toolchain_count_errors(&flat->chain) >= toolchain_count_errors(&source->chain))
        return WHOLE_NO;
    toolchain_report_messages(&flat->chain, true);
    return WHOLE_REFUSED;
}

enum source_whole source_make_whole(struct source *source, bool failed)
{
    struct flat flat = {0};
    enum source_whole made = WHOLE_REFUSED;
    toolchain_open(&flat.chain, source->options.path, &source->input, &source->options.reporter);
    flat.chain.verbose = source->chain.verbose;
    flat.chain.text_file = source->chain.text_file;
    flat.is_second = source->inside != NULL;
    if (run(&flat))
        made = flat.is_missing ? WHOLE_UNKNOWN : judge(source, &flat, failed);
    file_free(&flat.bytes);
    flat.chain.text_file = -1; /* the source closes it */
    toolchain_close(&flat.chain);
    return made;
}
