/* Prints the steps from C to a program as one JSON object. */
#include <stdlib.h>

#include "base/json_write.h"
#include "commands/compare/run_result.h"
#include "commands/json_versions.h"
#include "text.h"

static void put_facts(struct elfgen_text *out, const struct stage_facts *facts)
{
    const struct {
        const char *key;
        uint64_t value;
    } numbers[] = {
        {"lines", facts->lines},
        {"own_lines", facts->own_lines},
        {"header_lines", facts->header_lines},
        {"headers", facts->headers},
        {"instructions", facts->instructions},
        {"labels", facts->labels},
        {"directives", facts->directives},
        {"machine", facts->machine},
        {"entry", facts->entry},
        {"segments", facts->segments},
        {"sections", facts->sections},
        {"loaded_sections", facts->loaded},
        {"loaded_bytes", facts->loaded_size},
        {"code_bytes", facts->code_size},
        {"relocations", facts->relocations},
        {"defined", facts->defined},
        {"undefined", facts->undefined},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        json_key_number(out, numbers[i].key, numbers[i].value);
    json_key_0x(out, "entry_hex", facts->entry);
    json_key_0x(out, "loaded_bytes_hex", facts->loaded_size);
    json_key_0x(out, "code_bytes_hex", facts->code_size);
    json_key_0x(out, "relocations_hex", facts->relocations);
    json_key(out, "needs");
    for (size_t i = 0; i < facts->undefined && i < MOST_NEEDS; i++) {
        elfgen_text_char(out, i ? ',' : '[');
        json_bytes(out, facts->needs[i].at, facts->needs[i].length);
    }
    elfgen_text_string(out, facts->undefined ? "]" : "[]");
    json_key(out, "interpreter");
    if (facts->interpreter.at)
        json_bytes(out, facts->interpreter.at, facts->interpreter.length);
    else
        json_string(out, NULL);
}

static void put_stage(struct elfgen_text *out, const struct stages *stages, enum stage_way way,
                      enum stage_number number, const struct stage_facts *facts)
{
    static const char *const names[] = {"preprocessed", "assembly", "object", "executable"};
    static const char *const ways[] = {"cc", "tinyelf"};
    const struct stage *stage = &stages->of[way][number];
    size_t first = stage->bytes.size < 16 ? stage->bytes.size : 16;
    elfgen_text_string(out, "{\"stage\":\"");
    elfgen_text_string(out, names[number]);
    elfgen_text_string(out, "\"");
    json_key_string(out, "way", ways[way]);
    json_key_bool(out, "tried", stage->run);
    json_key_bool(out, "made", stage->made);
    json_key_string(out, "command", stage->command);
    json_key_string(out, "said", stage->messages);
    json_key(out, "file");
    if (stage->made) {
        elfgen_text_char(out, '"');
        elfgen_text_string(out, ways[way]);
        elfgen_text_char(out, '/');
        /* The name again, through the same escapes, without its quotes. */
        char room[2048];
        struct elfgen_text name = {.bytes = room, .capacity = sizeof room};
        json_string(&name, stages->name);
        elfgen_text_bytes(out, room + 1, name.length - 2);
        elfgen_text_string(out, stages_suffix(number));
        elfgen_text_char(out, '"');
    } else {
        elfgen_text_string(out, "null");
    }
    json_key_string(out, "kind", stage->made ? stages_kind(facts, number) : NULL);
    json_key_number(out, "size", stage->bytes.size);
    json_key(out, "first_bytes");
    elfgen_text_char(out, '"');
    elfgen_text_hex_bytes(out, (const uint8_t *)stage->bytes.bytes, first, '\0');
    elfgen_text_char(out, '"');
    put_facts(out, facts);
    elfgen_text_char(out, '}');
}

/* The runs of each program that was made. */
static void put_runs(struct elfgen_text *out, const struct profile runs[WAY_COUNT])
{
    json_key(out, "run");
    if (!runs) {
        json_string(out, NULL);
        return;
    }
    elfgen_text_string(out, "{\"cc\":");
    run_result_json(runs[WAY_CC].given ? &runs[WAY_CC] : NULL, out);
    json_key(out, "tinyelf");
    run_result_json(runs[WAY_TINYELF].given ? &runs[WAY_TINYELF] : NULL, out);
    elfgen_text_char(out, '}');
}

void stages_json(const struct stages *stages, const struct stages_facts *facts, const char *folder,
                 const struct profile *runs, struct elfgen_text *out)
{
    json_begin(out, JSON_VERSION_stages);
    json_key_string(out, "source", stages->path);
    json_key_number(out, "size", stages->input.size);
    json_key_number(out, "lines", facts->input.lines);
    json_key_string(out, "folder", folder);
    json_key_string(out, "flags", stages->flags);
    json_key(out, "stages");
    elfgen_text_string(out, "[\n");
    for (enum stage_number number = 0; number < STAGE_COUNT; number++) {
        for (enum stage_way way = 0; way < WAY_COUNT; way++) {
            if (number > 0 || way > 0)
                elfgen_text_string(out, ",\n");
            put_stage(out, stages, way, number, &facts->of[way][number]);
        }
    }
    elfgen_text_char(out, ']');
    put_runs(out, runs);
    elfgen_text_string(out, "}\n");
}
