/* Writes a proof, and what was found, as one JSON object. */
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
    /* Of values that no environment has there is one with which both ran, if it could be made. */
    const bool is_rare = report->same && report->stretches.differs && difference->call > 0;
    if ((report->same && !is_rare) || report->unproven) {
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

static void put_account(struct elfgen_text *out, const char *key,
                        const struct golf_account *account)
{
    json_key(out, key);
    for (enum golf_part part = 0; part < GOLF_PARTS; part++) {
        elfgen_text_string(out, part > 0 ? "," : "{");
        json_string(out, golf_part_name(part));
        elfgen_text_char(out, ':');
        elfgen_text_decimal(out, account->bytes[part], 0);
    }
    elfgen_text_char(out, '}');
}

static void put_savings(const struct golf_report *report, struct elfgen_text *out)
{
    static const char *const ends[] = {[GOLF_SAVING_NOT_TRIED] = "not tried",
                                       [GOLF_SAVING_FOUND] = "found",
                                       [GOLF_SAVING_NONE] = "none",
                                       [GOLF_SAVING_STOPPED] = "stopped"};
    json_key(out, "savings");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < report->saving_count; i++) {
        const struct golf_saving *saving = &report->savings[i];
        elfgen_text_string(out, i > 0 ? ",{\"options\":" : "{\"options\":");
        json_string(out, saving->option);
        json_key_string(out, "result", ends[saving->end]);
        json_key_number_if(out, "size", saving->end == GOLF_SAVING_FOUND, saving->size);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_rewritten(const struct golf_found *found, struct elfgen_text *out)
{
    json_key(out, "rewritten");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < found->rewritten_count; i++) {
        elfgen_text_string(out, i > 0 ? ",{\"source\":" : "{\"source\":");
        elfgen_text_decimal(out, found->rewritten[i].offset, 0);
        json_key_string(out, "meaning", found->rewritten[i].what);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_search(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_found *found = report->found;
    json_key(out, "search");
    elfgen_text_string(out, "{\"found\":");
    elfgen_text_string(out, found->size > 0 ? "true" : "false");
    json_key_bool(out, "complete", found->is_complete);
    json_key_number(out, "states", found->nodes);
    json_key_number(out, "rejected", found->rejected);
    json_key_number_if(out, "header_offset", found->size > 0, found->overlap.phoff);
    json_key_number_if(out, "entry_offset", found->size > 0, found->entry);
    put_account(out, "before", &report->before);
    put_account(out, "after", &report->after);
    put_savings(report, out);
    put_rewritten(found, out);
    json_key(out, "pieces");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < found->item_count; i++) {
        const struct golf_found_item *item = &found->items[i];
        elfgen_text_string(out, i > 0 ? ",{\"offset\":" : "{\"offset\":");
        elfgen_text_decimal(out, item->offset, 0);
        json_key_number(out, "size", item->length);
        json_key_string(out, "meaning", golf_item_words(item));
        json_key_number_if(out, "source", item->source != ELFGEN_NOWHERE, item->source);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, "]}");
}

static void put_stretches(const struct golf_symbolic *stretches, struct elfgen_text *out)
{
    json_key(out, "stretches");
    elfgen_text_string(out, "{\"shown\":");
    elfgen_text_decimal(out, stretches->shown, 0);
    json_key_number(out, "left", stretches->left);
    json_key_bool(out, "differ", stretches->differs);
    elfgen_text_char(out, '}');
}

void golf_json(const struct golf_report *report, bool verbose, struct elfgen_text *out)
{
    json_begin(out, JSON_VERSION_golf);
    put_file(out, "original", &report->original);
    put_file(out, "candidate", &report->candidate);
    json_key_bool(out, "same", golf_is_proven(report));
    if (report->unproven)
        json_key_string(out, "unproven", report->unproven);
    else
        json_key_null(out, "unproven");
    json_key_number(out, "seed", report->seed);
    json_key_number(out, "environments", report->facts.environments);
    json_key_number(out, "steps", report->facts.calls);
    json_key_number(out, "cut", report->facts.cut);
    put_difference(report, out);
    put_stretches(&report->stretches, out);
    json_key_bool(out, "full_writes", report->full_writes);
    put_kernels(&report->kernels, out);
    if (report->found)
        put_search(report, out);
    if (verbose) {
        json_key(out, "all");
        elfgen_text_char(out, '[');
        for (size_t i = 0; i < report->facts.environments; i++) {
            elfgen_text_string(out, i > 0 ? "," : "");
            put_environment(report, i, out);
        }
        elfgen_text_char(out, ']');
        if (report->found)
            put_text(out, "operations", &report->lifted);
    }
    elfgen_text_string(out, "}\n");
}
