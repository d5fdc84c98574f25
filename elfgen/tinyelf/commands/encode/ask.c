/* Runs the assemblers that are installed over one instruction, and takes the bytes that they make.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "base/file.h"
#include "base/memory_text.h"
#include "elfgen/view.h"
#include "input/toolchain.h"

/* Keeps an assembler's first error, or its first warning. */
struct listener {
    struct encode_asked *asked;
    enum report_severity severity; /* of what it says so far */
};

static void listen(void *context, const struct report *report)
{
    struct listener *listener = context;
    if (report->severity <= listener->severity)
        return;
    listener->severity = report->severity;
    snprintf(listener->asked->says, sizeof listener->asked->says, "%s", report->text);
}

static void take_bytes(struct encode_asked *asked, const void *bytes, uint64_t size)
{
    if (size == 0 || size > sizeof asked->bytes) {
        snprintf(asked->says, sizeof asked->says, "it made %llu bytes of it",
                 (unsigned long long)size);
        return;
    }
    asked->length = (size_t)size;
    memcpy(asked->bytes, bytes, asked->length);
}

/* The code of an object is its first section that is executed. */
static void take_object(struct encode_asked *asked, const struct file_bytes *object)
{
    struct elfgen_view view;
    struct elfgen_shdr section;
    elfgen_view_open(&view, object->bytes, object->size, NULL);
    for (uint64_t i = 1; i < view.sections.count; i++) {
        if (elfgen_view_section(&view, i, &section, NULL) != ELFGEN_OK ||
            !(section.sh_flags & ELFGEN_SHF_EXECINSTR))
            continue;
        const uint8_t *bytes = elfgen_view_bytes(&view, section.sh_offset, section.sh_size);
        take_bytes(asked, bytes, bytes ? section.sh_size : 0);
        return;
    }
    take_bytes(asked, NULL, 0);
}

/* Runs one of them over a source. */
static void run(struct encode_asked *asked, const char *const *arguments,
                const struct elfgen_text *text)
{
    struct file_bytes made = {0};
    const struct file_bytes source = {.bytes = text->bytes, .size = text->length};
    struct listener listener = {.asked = asked};
    const struct tool_run tool = {.arguments = arguments,
                                  .text = &source,
                                  .path = "-",
                                  .needed_by = "--ask",
                                  .messages = TOOL_ASSEMBLER,
                                  .reporter = {.report = listen, .context = &listener}};
    if (toolchain_run(&tool, &made) && strcmp(asked->tool, "nasm") == 0)
        take_bytes(asked, made.bytes, made.size);
    else if (made.size > 0)
        take_object(asked, &made);
    file_free(&made);
}

/* NASM assembles what the user wrote. */
static void ask_nasm(struct encode_answer *answer, struct encode_asked *asked)
{
    const char *const arguments[] = {"nasm",           "-f",           "bin", "-o",
                                     TOOL_OUTPUT_PATH, TOOL_TEXT_PATH, NULL};
    struct elfgen_text text;
    if (!memory_text_open(&text))
        return;
    elfgen_text_string(&text, answer->instruction.mode == 64 ? "bits 64\n" : "bits 32\n");
    elfgen_text_bytes(&text, answer->text, answer->length);
    elfgen_text_char(&text, '\n');
    if (!text.cut)
        run(asked, arguments, &text);
    free(text.bytes);
}

static void ask_as(struct encode_answer *answer, struct encode_asked *asked)
{
    const char *const arguments[] = {
        "as",           answer->instruction.mode == 64 ? "--64" : "--32",
        "-o",           TOOL_OUTPUT_PATH,
        TOOL_TEXT_PATH, NULL};
    char room[512];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&text, ".intel_syntax noprefix\n");
    if (!encode_put_for_as(&text, &answer->instruction)) {
        snprintf(asked->says, sizeof asked->says, "not asked: it has no such operand");
        return;
    }
    elfgen_text_char(&text, '\n');
    run(asked, arguments, &text);
}

void encode_ask(struct encode_answer *answer)
{
    answer->is_asked = true;
    answer->asked[ENCODE_NASM] = (struct encode_asked){.tool = "nasm"};
    answer->asked[ENCODE_AS] = (struct encode_asked){.tool = "as"};
    ask_nasm(answer, &answer->asked[ENCODE_NASM]);
    ask_as(answer, &answer->asked[ENCODE_AS]);
}
