/* Prints the byte map as one JSON object. It is written as it is found, so that a file of any size
 * needs little memory; libraries that first build a document cannot do that. */
#include "explain.h"
#include "base/json_write.h"

struct json {
    struct bytemap_writer writer;
    bool first;     /* the array is still empty */
    bool unclaimed; /* for the second array, not the first */
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

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct json *json = (struct json *)writer;
    struct elfgen_text *out = writer->map->out;
    char room[256];
    struct elfgen_text meaning = {.bytes = room, .capacity = sizeof room};
    if (json->unclaimed)
        return;
    symbols_forget(writer->map->symbols);
    bytemap_put_meaning(&meaning, writer->map, claim);
    begin_item(json, claim->offset, claim->length);
    json_key_string(out, "structure", elfgen_part_name(claim->part));
    json_key_number(out, "index",
                    claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index);
    json_key_string(out, "field", claim->field ? claim->field->name : NULL);
    json_key(out, "value");
    if (elfgen_claim_has_value(claim))
        bytemap_put_decimal(out, claim);
    else
        elfgen_text_string(out, "null");
    json_key(out, "meaning");
    if (meaning.length > 0)
        json_bytes(out, room, meaning.length);
    else
        elfgen_text_string(out, "null");
    json_key_string(out, "reader", elfgen_reader_name(claim->reader));
    json_key(out, "symbol");
    put_json_symbol(out, bytemap_symbol(writer->map, claim), 0);
    json_key(out, "target");
    if (claim->part == ELFGEN_PART_INSTRUCTION)
        put_target(out, writer->map->symbols);
    else
        elfgen_text_string(out, "null");
    elfgen_text_char(out, '}');
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct json *json = (struct json *)writer;
    if (!json->unclaimed)
        return;
    begin_item(json, offset, length);
    elfgen_text_char(writer->map->out, '}');
}

static void put_symbol_item(struct bytemap_writer *writer, const struct symbol *symbol)
{
    struct json *json = (struct json *)writer;
    struct elfgen_text *out = writer->map->out;
    begin_item(json, symbol->offset, symbol->size);
    json_key_number(out, "address", symbol->address);
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

bool explain_json(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_text *out = map->out;
    struct json json = {{map, true, put_claim, put_gap, NULL, 0}, true, false};
    const struct elfgen_ehdr *ehdr = &map->view->ehdr;
    bool is_elf = elfgen_view_is_elf(map->view);
    elfgen_text_string(out, "{\"file\":");
    json_string(out, map->file);
    json_key_number(out, "size", map->view->length);
    json_key_string(out, "class", is_elf ? elfgen_class_name(ehdr->ei_class) : NULL);
    json_key_string(out, "machine", is_elf ? elfgen_machine_name(ehdr->e_machine) : NULL);
    elfgen_text_string(out, ",\"claims\":[\n");
    bool good = bytemap_walk(&json.writer);
    elfgen_text_string(out, "],\n\"unclaimed\":[\n");
    json.first = json.unclaimed = true;
    good = good && bytemap_walk(&json.writer);
    elfgen_text_string(out, "],\n\"symbols\":[\n");
    json.first = true;
    if (good)
        put_symbols(&json);
    elfgen_text_string(out, "]}\n");
    return good;
}
