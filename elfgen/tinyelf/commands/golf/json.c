/* Writes a proof as one JSON object. */
#include "golf_private.h"
#include "base/json_write.h"
#include "commands/json_versions.h"

static void put_text(struct elfgen_text *out, const char *key, const struct elfgen_text *text)
{
    json_key(out, key);
    json_bytes(out, text->bytes, text->length);
}

static void put_strings(struct elfgen_text *out, const char *key, char *const *strings)
{
    json_key(out, key);
    elfgen_text_char(out, '[');
    for (size_t i = 0; strings[i]; i++) {
        elfgen_text_string(out, i > 0 ? "," : "");
        json_string(out, strings[i]);
    }
    elfgen_text_char(out, ']');
}

static void put_environment(const struct golf_report *report, size_t index, struct elfgen_text *out)
{
    const struct golf_environment *environment = golf_prover_environment(report->prover, index);
    char room[4096];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(out, "{\"index\":");
    elfgen_text_decimal(out, index, 0);
    golf_environment_text(environment, &text);
    put_text(out, "calls", &text);
    put_strings(out, "arguments", environment->arguments + 1);
    put_strings(out, "variables", environment->variables);
    json_key_string(out, "input", environment->input_is);
    json_key_number(out, "input_size", environment->input_size);
    text.length = 0;
    text.cut = false;
    if (golf_environment_command(environment, report->candidate.name, &text) && !text.cut)
        put_text(out, "command", &text);
    else
        json_key_null(out, "command");
    elfgen_text_char(out, '}');
}

/* {"first":"4.19","last":"6.0" */
static void put_versions(struct elfgen_text *out, const struct kernel_versions *versions)
{
    char room[16];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(out, "{\"first\":");
    golf_put_version(&text, versions->first);
    json_bytes(out, text.bytes, text.length);
    text.length = 0;
    golf_put_version(&text, versions->last);
    put_text(out, "last", &text);
}

static void put_difference(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_difference *difference = &report->difference;
    json_key(out, "difference");
    if (report->same) {
        elfgen_text_string(out, "null");
        return;
    }
    elfgen_text_string(out, "{\"kind\":");
    json_string(out, golf_difference_name(difference->kind));
    json_key_number(out, "step", difference->call);
    json_key_string(out, "original", difference->original);
    json_key_string(out, "candidate", difference->candidate);
    json_key(out, "environment");
    put_environment(report, difference->environment, out);
    elfgen_text_char(out, '}');
}

static void put_kernels(const struct golf_kernels *kernels, struct elfgen_text *out)
{
    char room[512];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    json_key(out, "kernels");
    put_versions(out, &kernels->asked);
    json_key(out, "refuse");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < kernels->refuse_count; i++) {
        elfgen_text_string(out, i > 0 ? "," : "");
        put_versions(out, &kernels->refuse[i]);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
    if (kernels->refuse_count > 0)
        elfgen_kernel_message(&kernels->answer, &text);
    if (kernels->refuse_count > 0)
        put_text(out, "message", &text);
    else
        json_key_null(out, "message");
    elfgen_text_char(out, '}');
}

static void put_file(struct elfgen_text *out, const char *key, const struct golf_file *file)
{
    json_key(out, key);
    elfgen_text_string(out, "{\"file\":");
    json_string(out, file->name);
    json_key_number(out, "size", file->size);
    elfgen_text_char(out, '}');
}

void golf_json(const struct golf_report *report, bool verbose, struct elfgen_text *out)
{
    json_begin(out, JSON_VERSION_golf);
    put_file(out, "original", &report->original);
    put_file(out, "candidate", &report->candidate);
    json_key_bool(out, "same", golf_is_proven(report));
    json_key_number(out, "seed", report->seed);
    json_key_number(out, "environments", report->facts.environments);
    json_key_number(out, "steps", report->facts.calls);
    json_key_number(out, "cut", report->facts.cut);
    put_difference(report, out);
    put_kernels(&report->kernels, out);
    if (verbose) {
        json_key(out, "all");
        elfgen_text_char(out, '[');
        for (size_t i = 0; i < report->facts.environments; i++) {
            elfgen_text_string(out, i > 0 ? "," : "");
            put_environment(report, i, out);
        }
        elfgen_text_char(out, ']');
    }
    elfgen_text_string(out, "}\n");
}
