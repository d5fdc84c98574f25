/* Prints the byte map as one JSON object. It is written as it is found, so that a file of any size
 * needs little memory; libraries that first build a document cannot do that. */
#include <stdlib.h>

#include "ask_linux.h"
#include "explain.h"
#include "base/grow.h"
#include "base/json_write.h"
#include "commands/json_versions.h"

struct json {
    struct bytemap_writer writer;
    bool first;     /* the array is still empty */
    bool unclaimed; /* for the second array, not the first */
    struct bytemap_addresses addresses;
    struct json_gap *gaps; /* for the second array, unless there are very many: it is walked for */
    size_t gap_count, gap_room;
    bool too_many;
};

struct json_gap {
    uint64_t offset, length;
};

static void begin_item(struct json *json, uint64_t offset, uint64_t length)
{
    struct elfgen_text *out = json->writer.map->out;
    elfgen_text_string(out, json->first ? "{\"offset\":" : ",\n{\"offset\":");
    json->first = false;
    elfgen_text_decimal(out, offset, 0);
    json_key_number(out, "length", length);
}

static void put_json_symbol(struct elfgen_text *out, const struct symbol *symbol, uint64_t distance)
{
    if (!symbol) {
        elfgen_text_string(out, "null");
        return;
    }
    char room[300];
    struct elfgen_text name = {.bytes = room, .capacity = sizeof room};
    symbols_put(&name, symbol);
    if (distance != 0) {
        elfgen_text_char(&name, '+');
        elfgen_text_0x(&name, distance);
    }
    json_bytes(out, room, name.length);
}

/* The symbol that the meaning named. */
static void put_target(struct elfgen_text *out, const struct symbols *symbols)
{
    put_json_symbol(out, symbols ? symbols->named : NULL, symbols ? symbols->named_distance : 0);
}

/* What a put_...() of the byte map appends, as a string; null for nothing. */
static void put_text(struct elfgen_text *out, const char *key, const struct elfgen_text *text)
{
    json_key(out, key);
    if (text->length > 0)
        json_bytes(out, text->bytes, text->length);
    else
        elfgen_text_string(out, "null");
}

static void put_value(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    if (!elfgen_claim_has_value(claim)) {
        json_key_null(out, "value");
        json_key_null(out, "hex");
        json_key_null(out, "shown");
        return;
    }
    json_key(out, "value");
    bytemap_put_decimal(out, claim);
    /* A number with a sign that has fewer bytes, such as a LEB128 one: the bits of these. */
    bool is_cut = claim->field->kind == ELFGEN_KIND_SIGNED && claim->length < sizeof claim->value;
    uint64_t bits = is_cut ? (UINT64_C(1) << (8 * claim->length)) - 1 : UINT64_MAX;
    json_key_0x(out, "hex", claim->value & bits);
    json_key_string(out, "shown", bytemap_is_decimal(claim->field->kind) ? "decimal" : "hex");
}

static void put_bits(struct elfgen_text *out, const struct bytemap *map,
                     const struct elfgen_claim *claim)
{
    struct elfgen_bit_group group;
    unsigned count = 0;
    json_key(out, "bits");
    for (; elfgen_claim_bits(map->view, claim, count, &group); count++) {
        elfgen_text_string(out, count == 0 ? "[{\"name\":" : ",{\"name\":");
        json_string(out, group.name);
        json_key_number(out, "low", group.low);
        json_key_number(out, "width", group.width);
        json_key_number(out, "value", group.value);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, count == 0 ? "null" : "]");
}

static void put_reference(struct elfgen_text *out, const struct bytemap *map,
                          const struct elfgen_claim *claim)
{
    struct elfgen_reference reference;
    json_key(out, "refers");
    if (!elfgen_claim_refers(map->view, map->code, claim, &reference)) {
        elfgen_text_string(out, "null");
        return;
    }
    bool in_file = reference.offset != ELFGEN_NOWHERE;
    elfgen_text_string(out, "{\"offset\":");
    if (in_file)
        elfgen_text_decimal(out, reference.offset, 0);
    else
        elfgen_text_string(out, "null");
    json_key_twins_if(out, "length", reference.length > 0, reference.length);
    json_key_twins_if(out, "address", reference.in_memory, reference.address);
    elfgen_text_char(out, '}');
}

/* What the claim says, and to whom. */
static void put_words(struct elfgen_text *out, struct bytemap *map,
                      const struct elfgen_claim *claim)
{
    char room[2048];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_label(map->view, map->code, claim, &text);
    put_text(out, "short", &text);
    put_value(out, claim);
    text.length = 0;
    if (claim->field)
        bytemap_put_explanation(&text, map, claim);
    put_text(out, "purpose", &text);
    text.length = 0;
    symbols_forget(map->symbols);
    explain_put_meaning(&text, map, claim);
    put_text(out, "meaning", &text);
}

/* The system call that fails where control reaches the instruction. */
static void put_failure(struct elfgen_text *out, const struct elfgen_code *code,
                        const struct elfgen_claim *claim)
{
    struct elfgen_signature signature;
    const struct elfgen_call *call = code && claim->part == ELFGEN_PART_INSTRUCTION
                                         ? elfgen_code_failed(code, claim->offset)
                                         : NULL;
    bool named = call && elfgen_code_signature(code, call, &signature);
    json_key_string(out, "only_if_fails", named ? signature.name : NULL);
}

/* What a run did with the claim's bytes. */
static void put_run(struct elfgen_text *out, const struct coverage *run,
                    const struct elfgen_claim *claim)
{
    bool is_instruction = claim->part == ELFGEN_PART_INSTRUCTION;
    const uint64_t offset = claim->offset, length = claim->length;
    bool ran = coverage_ran(run, offset, length, is_instruction);
    uint64_t times = coverage_times(run, offset);
    json_key_bool(out, "run", ran);
    /* null, too, where an instruction ran in the same step as another one */
    json_key_number_if(out, "times", is_instruction && (times > 0 || !ran), times);
    json_key_number(out, "executed", coverage_bytes(run, COVERAGE_EXECUTED, offset, length));
    json_key_number(out, "changed", coverage_bytes(run, COVERAGE_CHANGED, offset, length));
    json_key_number(out, "read", coverage_bytes(run, COVERAGE_READ, offset, length));
    json_key_number(out, "written", coverage_bytes(run, COVERAGE_WRITTEN, offset, length));
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct json *json = (struct json *)writer;
    struct bytemap *map = writer->map;
    struct elfgen_text *out = map->out;
    uint64_t index = claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index, address;
    if (json->unclaimed)
        return;
    begin_item(json, claim->offset, claim->length);
    bool in_memory = bytemap_address(&json->addresses, map->view, claim->offset, &address);
    json_key_twins_if(out, "address", in_memory, address);
    json_key_string(out, "structure", elfgen_part_name(claim->part));
    json_key_twins(out, "index", index);
    json_key_string(out, "field", claim->field ? claim->field->name : NULL);
    put_words(out, map, claim);
    put_bits(out, map, claim);
    put_reference(out, map, claim);
    json_key_string(out, "reader", elfgen_reader_name(claim->reader));
    json_key(out, "symbol");
    put_json_symbol(out, bytemap_symbol(map, claim), 0);
    json_key(out, "target");
    if (claim->part == ELFGEN_PART_INSTRUCTION)
        put_target(out, map->symbols);
    else
        elfgen_text_string(out, "null");
    put_failure(out, map->code, claim);
    if (map->run)
        put_run(out, map->run, claim);
    elfgen_text_char(out, '}');
}

static void put_gap_item(struct json *json, uint64_t offset, uint64_t length)
{
    begin_item(json, offset, length);
    elfgen_text_char(json->writer.map->out, '}');
}

/* Keeps a gap for the second array, or puts it there. */
static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    enum { MOST_GAPS = 1 << 18 };
    struct json *json = (struct json *)writer;
    if (json->unclaimed) {
        put_gap_item(json, offset, length);
        return;
    }
    json->too_many =
        json->too_many || json->gap_count == MOST_GAPS ||
        !grow_array(&json->gaps, json->gap_count + 1, &json->gap_room, sizeof *json->gaps);
    if (!json->too_many)
        json->gaps[json->gap_count++] = (struct json_gap){offset, length};
}

/* The second array. Returns false if a walk for it ended early. */
static bool put_unclaimed(struct json *json)
{
    json->first = json->unclaimed = true;
    if (json->too_many)
        return bytemap_walk(&json->writer);
    for (size_t i = 0; i < json->gap_count; i++)
        put_gap_item(json, json->gaps[i].offset, json->gaps[i].length);
    return true;
}

static void put_symbol_item(struct bytemap_writer *writer, const struct symbol *symbol)
{
    struct json *json = (struct json *)writer;
    struct elfgen_text *out = writer->map->out;
    begin_item(json, symbol->offset, symbol->size);
    json_key_0x(out, "length_hex", symbol->size); /* as large as the symbol says */
    json_key_twins(out, "address", symbol->address);
    json_key(out, "name");
    put_json_symbol(out, symbol, 0);
    json_key_string(out, "type", symbols_type_name(symbol));
    elfgen_text_char(out, '}');
}

/* The symbols that begin in the range. */
static void put_symbols(struct json *json)
{
    struct bytemap *map = json->writer.map;
    const struct symbols *symbols = map->symbols;
    if (!symbols)
        return;
    for (size_t i = symbols_from(symbols, map->from); i < symbols->by_offset.count; i++) {
        const struct symbol_span *span = &symbols->by_offset.spans[i];
        if (span->from >= map->to)
            return;
        put_symbol_item(&json->writer, &symbols->all[span->symbol]);
    }
}

/* What each structure is. */
static void put_titles(struct elfgen_text *out)
{
    json_key(out, "titles");
    for (unsigned part = 0; elfgen_part_name((enum elfgen_part)part); part++) {
        elfgen_text_string(out, part == 0 ? "{\"" : ",\"");
        elfgen_text_string(out, elfgen_part_name((enum elfgen_part)part));
        elfgen_text_string(out, "\":");
        json_string(out, elfgen_part_title((enum elfgen_part)part));
    }
    elfgen_text_char(out, '}');
}

/* What check says of the file. Returns false if memory ran out. */
static bool put_verdict(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_text *out = map->out;
    struct verdict_memory memory = {0};
    struct verdict verdict;
    bool good = explain_ask_linux(map, &verdict, &memory, NULL);
    if (good && explain->with & EXPLAIN_VERDICT) {
        elfgen_text_string(out, ",\n\"verdict\":{\"file\":");
        json_string(out, map->file);
        verdict_put_json(out, &verdict);
        elfgen_text_char(out, '}');
    }
    if (good && explain->with & EXPLAIN_MAPPED) {
        elfgen_text_string(out, ",\n\"memory\":");
        verdict_put_map(out, &verdict);
    }
    verdict_free(&memory);
    return good;
}

static void put_bytes(struct bytemap *map)
{
    elfgen_text_string(map->out, ",\n\"bytes\":\"");
    elfgen_text_hex_bytes(map->out, map->view->bytes, (size_t)map->view->length, '\0');
    elfgen_text_char(map->out, '"');
}

bool explain_json(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_text *out = map->out;
    struct json json = {.writer = {map, true, put_claim, put_gap, NULL, 0}, .first = true};
    const struct elfgen_ehdr *ehdr = &map->view->ehdr;
    bool is_elf = elfgen_view_is_elf(map->view);
    json_begin(out, JSON_VERSION_explain);
    json_key_string(out, "file", map->file);
    json_key_number(out, "size", map->view->length);
    json_key_string(out, "class", is_elf ? elfgen_class_name(ehdr->ei_class) : NULL);
    json_key_string(out, "machine", is_elf ? elfgen_machine_name(ehdr->e_machine) : NULL);
    put_titles(out);
    if (explain->with & (EXPLAIN_VERDICT | EXPLAIN_MAPPED) && !put_verdict(explain))
        return false;
    if (explain->with & EXPLAIN_BYTES)
        put_bytes(map);
    if (map->run)
        explain_put_run(out, map->run);
    elfgen_text_string(out, ",\n\"claims\":[\n");
    bool good = bytemap_walk(&json.writer);
    elfgen_text_string(out, "],\n\"unclaimed\":[\n");
    good = good && put_unclaimed(&json);
    free(json.gaps);
    elfgen_text_string(out, "],\n\"symbols\":[\n");
    json.first = true;
    if (good)
        put_symbols(&json);
    elfgen_text_string(out, "]}\n");
    return good;
}
