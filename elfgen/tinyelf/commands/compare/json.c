/* Prints two files as one JSON object. The keys are always the same; what does not apply is
 * null. */
#include "base/json_write.h"
#include "commands/json_versions.h"
#include "compare.h"
#include "run_result.h"

/* Begins an object with a number: json_key() would put a comma before the key. */
static void begin(struct elfgen_text *out, const char *first, uint64_t value)
{
    elfgen_text_string(out, "{\"");
    elfgen_text_string(out, first);
    elfgen_text_string(out, "\":");
    elfgen_text_decimal(out, value, 0);
}

static void put_string(struct elfgen_text *out, const struct compare_string *string)
{
    if (string->bytes)
        json_bytes(out, string->bytes, string->length);
    else
        json_string(out, NULL);
}

static void put_head(const struct compare_facts *facts, struct elfgen_text *out)
{
    const struct elfgen_ehdr *ehdr = &facts->view->ehdr;
    elfgen_text_string(out, "{\"file\":");
    json_string(out, facts->file);
    json_key_number(out, "size", facts->view->length);
    json_key_string(out, "class", elfgen_class_name(facts->view->class_));
    json_key_string(out, "machine", elfgen_machine_name(ehdr->e_machine));
    json_key_string(out, "type", elfgen_file_type_name(ehdr->e_type));
    json_key_twins_if(out, "entry", facts->runs, ehdr->e_entry);
    json_key(out, "interpreter");
    put_string(out, &facts->interpreter);
    json_key_number(out, "needed_count", facts->needed_count);
    json_key(out, "needed");
    for (uint64_t i = 0; i < facts->needed_count && i < COMPARE_NEEDED; i++) {
        elfgen_text_char(out, i == 0 ? '[' : ',');
        put_string(out, &facts->needed[i]);
    }
    elfgen_text_string(out, facts->needed_count > 0 ? "]" : "[]");
}

static void put_bytes(const struct compare_bytes *bytes, struct elfgen_text *out)
{
    json_key(out, "bytes");
    begin(out, "headers", compare_headers(bytes));
    for (size_t i = COMPARE_HEADERS; i < COMPARE_OWNER_COUNT; i++)
        json_key_number(out, compare_owner_names[i].key, bytes->alone[i]);
    json_key_number(out, "several", bytes->several);
    json_key_number(out, "padding", bytes->padding);
    json_key_number(out, "unknown", bytes->unknown);
    elfgen_text_char(out, '}');
    json_key(out, "headers");
    begin(out, compare_owner_names[0].key, bytes->alone[0]);
    for (size_t i = 1; i < COMPARE_HEADERS; i++)
        json_key_number(out, compare_owner_names[i].key, bytes->alone[i]);
    elfgen_text_char(out, '}');
    json_key(out, "shared");
    begin(out, compare_owner_names[0].key, bytes->shared[0]);
    for (size_t i = 1; i < COMPARE_OWNER_COUNT; i++)
        json_key_number(out, compare_owner_names[i].key, bytes->shared[i]);
    elfgen_text_char(out, '}');
}

static void put_permissions(const char *key, const uint64_t *numbers, struct elfgen_text *out)
{
    json_key(out, key);
    begin(out, compare_permission_names[0], numbers[0]);
    for (size_t i = 1; i < COMPARE_PERMISSIONS; i++)
        json_key_number(out, compare_permission_names[i], numbers[i]);
    elfgen_text_char(out, '}');
}

/* The same as an object of twins. */
static void put_permission_twins(const char *key, const uint64_t *numbers, struct elfgen_text *out)
{
    json_key(out, key);
    for (size_t i = 0; i < COMPARE_PERMISSIONS; i++) {
        elfgen_text_string(out, i == 0 ? "{\"" : ",\"");
        elfgen_text_string(out, compare_permission_names[i]);
        elfgen_text_string(out, "\":\"");
        elfgen_text_0x(out, numbers[i]);
        elfgen_text_char(out, '"');
    }
    elfgen_text_char(out, '}');
}

static void put_count(const char *key, const struct compare_count *count, struct elfgen_text *out)
{
    json_key(out, key);
    begin(out, "count", count->all);
    put_permissions("loaded", count->loaded, out);
    json_key_number(out, "others", count->others);
    elfgen_text_char(out, '}');
}

static void put_memory(const struct compare_facts *facts, struct elfgen_text *out)
{
    const struct compare_memory *memory = &facts->memory;
    json_key(out, "memory");
    if (!facts->runs) {
        json_string(out, NULL);
        return;
    }
    begin(out, "bytes", memory->bytes);
    json_key_0x(out, "bytes_hex", memory->bytes);
    json_key_number(out, "pages", memory->pages);
    json_key_number(out, "from_file", memory->from_file);
    put_permissions("permissions", memory->by, out);
    put_permission_twins("permissions_hex", memory->by, out);
    json_key_bool(out, "refused", memory->refused);
    elfgen_text_char(out, '}');
}

static void put_file(const struct compare_facts *facts, const struct profile *run,
                     struct elfgen_text *out)
{
    put_head(facts, out);
    put_bytes(&facts->bytes, out);
    put_count("segments", &facts->segments, out);
    put_count("sections", &facts->sections, out);
    put_memory(facts, out);
    json_key_number_if(out, "instructions", facts->has_instructions, facts->instructions);
    json_key(out, "instructions_by");
    const char *by = compare_code_mode(facts->view) == ELFGEN_CODE_ALL ? "sections" : "flow";
    json_string(out, facts->has_instructions ? by : NULL);
    json_key(out, "run");
    run_result_json(run, out);
    elfgen_text_char(out, '}');
}

void compare_json(const struct compare_facts files[2], bool identical, const struct profile *runs,
                  struct elfgen_text *out)
{
    json_begin(out, JSON_VERSION_compare);
    json_key_bool(out, "identical", identical);
    json_key(out, "files");
    elfgen_text_string(out, "[\n");
    put_file(&files[0], runs, out);
    elfgen_text_string(out, ",\n");
    put_file(&files[1], runs ? &runs[1] : NULL, out);
    elfgen_text_string(out, "\n]}\n");
}
