/* Writes whether a file would start as members of a JSON object. */

#include "base/json_write.h"
#include "verdict.h"

static void put_text(struct elfgen_text *out, const char *key, const struct elfgen_text *text)
{
    json_key(out, key);
    if (text->length > 0)
        json_bytes(out, text->bytes, text->length);
    else
        json_string(out, NULL);
}

static void put_field(struct elfgen_text *out, const char *field, uint64_t offset, uint64_t value)
{
    bool is_there = field && offset != ELFGEN_NOWHERE;
    json_key_string(out, "field", is_there ? field : NULL);
    json_key_number_if(out, "offset", is_there, offset);
    json_key_twins_if(out, "value", is_there, value);
}

static unsigned put_warnings(struct elfgen_text *out, const struct verdict *report)
{
    struct elfgen_objection warning;
    unsigned row = 0, count = 0;
    bool any =
        report->answer && !report->answer->is_script && report->answer->check != ELFGEN_CHECK_magic;
    json_key(out, "warnings");
    elfgen_text_char(out, '[');
    while (any && elfgen_objection_next(report->bytes, report->length, ELFGEN_OBJECTOR_WARNINGS,
                                        &row, &warning)) {
        char sentence[512];
        struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
        elfgen_objection_text(&warning, &text);
        elfgen_text_string(out, count++ ? ",{\"name\":" : "{\"name\":");
        json_string(out, warning.name);
        json_key_string(out, "kind", verdict_kind_name(warning.who));
        put_field(out, warning.field, warning.offset, warning.value);
        put_text(out, "message", &text);
        json_key_string(out, "source", warning.source);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
    return count;
}

void verdict_put_map(struct elfgen_text *out, const struct verdict *report)
{
    static const char *const names[] = {"file", "interpreter", "zeros", "stack", "vdso", "vvar"};
    bool any = report->answer && report->answer->verdict != ELFGEN_REFUSED;
    elfgen_text_char(out, '[');
    for (uint64_t i = 0; any && i < report->map->count; i++) {
        const struct elfgen_kernel_area *area = &report->map->areas[i];
        elfgen_text_string(out, i ? ",{\"kind\":" : "{\"kind\":");
        json_string(out, names[area->kind]);
        json_key_twins(out, "start", area->start);
        json_key_twins(out, "end", area->end);
        json_key_number(out, "flags", area->flags);
        json_key_twins_if(out, "file_offset",
                          area->kind == ELFGEN_AREA_FILE || area->kind == ELFGEN_AREA_INTERPRETER,
                          area->offset);
        json_key_number_if(out, "segment", area->segment != 0xffff, area->segment);
        json_key_twins_if(out, "file_end", area->file_end < area->end, area->file_end);
        json_key_twins_if(out, "missing", area->missing < area->end, area->missing);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_answer(struct elfgen_text *out, const struct elfgen_kernel_answer *answer)
{
    char sentence[512];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
    bool ours = !answer->of_interpreter;
    if (answer->check != ELFGEN_CHECK_passed)
        elfgen_kernel_message(answer, &text);
    json_key_string(out, "verdict", verdict_name(answer->verdict));
    json_key_string(out, "errno",
                    answer->verdict == ELFGEN_REFUSED ? elfgen_errno_name(answer->error) : NULL);
    json_key_number_if(out, "signal", answer->signal != 0, (uint64_t)answer->signal);
    put_field(out, ours ? answer->field : NULL, answer->offset, answer->value);
    put_text(out, "message", &text);
}

/* "advice": what would work, where that is not the value of a field. */
static void put_advice(struct elfgen_text *out, const struct elfgen_kernel_answer *answer)
{
    char sentence[256];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
    if (answer && !answer->offers)
        elfgen_kernel_remedy(answer, &text);
    put_text(out, "advice", &text);
}

static void put_objection(struct elfgen_text *out, const struct verdict *report)
{
    const struct elfgen_objection *objection = &report->objection;
    char sentence[512];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence};
    bool refused = objection->who != 0;
    if (refused)
        elfgen_objection_text(objection, &text);
    json_key_string(out, "verdict", refused ? "refused" : "starts");
    /* QEMU is a program: it returns no errno. */
    json_key_string(out, "errno",
                    refused && report->objector != ELFGEN_OBJECTOR_QEMU_USER ? "ENOEXEC" : NULL);
    json_key_null(out, "signal");
    put_field(out, objection->field, objection->offset, objection->value);
    put_text(out, "message", &text);
}

unsigned verdict_put_json(struct elfgen_text *out, const struct verdict *report)
{
    const struct elfgen_kernel_answer *answer = report->answer;
    if (answer)
        put_answer(out, answer);
    else
        put_objection(out, report);
    unsigned warnings = put_warnings(out, report);
    bool offers = answer && answer->offers && !answer->of_interpreter;
    json_key_string(out, "loader", answer ? "linux" : report->loader);
    json_key_string(out, "check",
                    answer && answer->check != ELFGEN_CHECK_passed
                        ? elfgen_kernel_checks[answer->check].name
                    : answer ? NULL
                             : report->objection.name);
    json_key_string(out, "source",
                    answer && answer->check != ELFGEN_CHECK_passed
                        ? elfgen_kernel_checks[answer->check].function
                    : answer ? NULL
                             : report->objection.source);
    json_key_twins_if(out, "would", offers, offers ? answer->would : 0);
    put_advice(out, answer);
    json_key_string(out, "interpreter", report->interpreter);
    json_key_twins_if(out, "entry",
                      answer &&
                          (answer->verdict == ELFGEN_STARTS || answer->verdict == ELFGEN_FAULTS),
                      answer ? answer->entry : 0);
    return warnings;
}
