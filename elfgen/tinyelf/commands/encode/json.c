/* Prints an instruction's encodings, or why it has none, as a JSON object in a line. */
#include "encode.h"
#include "base/json_write.h"
#include "commands/json_versions.h"

static void put_hex(struct elfgen_text *out, const char *key, const uint8_t *bytes, size_t count)
{
    json_key(out, key);
    elfgen_text_char(out, '"');
    elfgen_text_hex_bytes(out, bytes, count, ' ');
    elfgen_text_char(out, '"');
}

/* The bytes of a part; null: there is none. */
static void put_part(struct elfgen_text *out, const char *key,
                     const struct elfgen_x86_encoding *encoding, enum elfgen_x86_part part)
{
    if (encoding->part_length[part] == 0)
        json_key_null(out, key);
    else
        put_hex(out, key, encoding->bytes + encoding->part_offset[part],
                encoding->part_length[part]);
}

/* Begins the object of a byte with fields: {"byte":"48" */
static void begin_fields(struct elfgen_text *out, const char *key,
                         const struct elfgen_x86_encoding *encoding, enum elfgen_x86_part part)
{
    json_key(out, key);
    elfgen_text_string(out, "{\"byte\":\"");
    elfgen_text_hex_bytes(out, encoding->bytes + encoding->part_offset[part], 1, 0);
    elfgen_text_char(out, '"');
}

static void put_rex(struct elfgen_text *out, const struct elfgen_x86_encoding *encoding)
{
    const struct encode_rex rex = encode_rex(encoding);
    if (!rex.is_there) {
        json_key_null(out, "rex");
        return;
    }
    begin_fields(out, "rex", encoding, ELFGEN_X86_REX_PART);
    json_key_number(out, "w", rex.w);
    json_key_number(out, "r", rex.r);
    json_key_number(out, "x", rex.x);
    json_key_number(out, "b", rex.b);
    elfgen_text_char(out, '}');
}

/* What a field means, as the table has it. */
static void put_meaning(struct elfgen_text *out, const char *key,
                        const struct encode_answer *answer,
                        const struct elfgen_x86_encoding *encoding,
                        void (*put)(struct elfgen_text *, const struct encode_answer *,
                                    const struct elfgen_x86_encoding *))
{
    char room[32];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    put(&text, answer, encoding);
    json_key(out, key);
    if (text.length > 0)
        json_bytes(out, room, text.length);
    else
        elfgen_text_string(out, "null");
}

/* A byte of three fields, and what two of them mean. */
struct fields {
    const char *key, *names[3], *meanings[2];
    enum elfgen_x86_part part;
    bool is_there;
    uint8_t values[3];
    void (*put[2])(struct elfgen_text *, const struct encode_answer *,
                   const struct elfgen_x86_encoding *);
};

static void put_fields(struct elfgen_text *out, const struct encode_answer *answer,
                       const struct elfgen_x86_encoding *encoding, const struct fields *fields)
{
    if (!fields->is_there) {
        json_key_null(out, fields->key);
        return;
    }
    begin_fields(out, fields->key, encoding, fields->part);
    for (unsigned i = 0; i < 3; i++)
        json_key_number(out, fields->names[i], fields->values[i]);
    for (unsigned i = 0; i < 2; i++)
        put_meaning(out, fields->meanings[i], answer, encoding, fields->put[i]);
    elfgen_text_char(out, '}');
}

static void put_modrm_and_sib(struct elfgen_text *out, const struct encode_answer *answer,
                              const struct elfgen_x86_encoding *encoding)
{
    const struct encode_modrm modrm = encode_modrm(encoding);
    const struct encode_sib sib = encode_sib(encoding);
    put_fields(out, answer, encoding,
               &(struct fields){.key = "modrm",
                                .names = {"mod", "reg", "rm"},
                                .meanings = {"reg_is", "rm_is"},
                                .part = ELFGEN_X86_MODRM,
                                .is_there = modrm.is_there,
                                .values = {modrm.mod, modrm.reg, modrm.rm},
                                .put = {encode_put_reg, encode_put_rm}});
    put_fields(out, answer, encoding,
               &(struct fields){.key = "sib",
                                .names = {"scale", "index", "base"},
                                .meanings = {"index_is", "base_is"},
                                .part = ELFGEN_X86_SIB,
                                .is_there = sib.is_there,
                                .values = {sib.scale, sib.index, sib.base},
                                .put = {encode_put_index, encode_put_base}});
}

static void put_form(struct elfgen_text *out, const struct encode_answer *answer,
                     const struct elfgen_x86_encoding *encoding)
{
    struct elfgen_x86_form form;
    json_key(out, "form");
    elfgen_text_char(out, '[');
    if (elfgen_x86_form(answer->instruction.mnemonic, encoding->form, &form))
        for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form.operands[i]; i++) {
            char room[64];
            struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
            encode_put_operand(&text, &form, i, encoding->operand_size);
            elfgen_text_string(out, i ? "," : "");
            json_bytes(out, room, text.length);
        }
    elfgen_text_char(out, ']');
}

static void put_encoding(struct elfgen_text *out, const struct encode_answer *answer, size_t i)
{
    const struct elfgen_x86_encoding *encoding = &answer->encodings[i];
    elfgen_text_string(out, i ? ",{\"length\":" : "{\"length\":");
    elfgen_text_decimal(out, encoding->length, 0);
    put_hex(out, "bytes", encoding->bytes, encoding->length);
    json_key_bool(out, "nasm", i == answer->usual);
    put_form(out, answer, encoding);
    json_key_number_if(out, "operand_size", encoding->operand_size > 0, encoding->operand_size);
    put_part(out, "prefixes", encoding, ELFGEN_X86_PREFIXES);
    put_rex(out, encoding);
    put_part(out, "opcode", encoding, ELFGEN_X86_OPCODE);
    put_meaning(out, "opcode_register", answer, encoding, encode_put_opcode_register);
    put_modrm_and_sib(out, answer, encoding);
    put_part(out, "displacement", encoding, ELFGEN_X86_DISPLACEMENT);
    put_part(out, "immediate", encoding, ELFGEN_X86_IMMEDIATE_PART);
    put_part(out, "immediate_2", encoding, ELFGEN_X86_IMMEDIATE_2);
    elfgen_text_char(out, '}');
}

static void put_values(struct elfgen_text *out, const char *key, const struct encode_value *values,
                       size_t count)
{
    json_key(out, key);
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(out, i ? ",{\"what\":" : "{\"what\":");
        json_bytes(out, values[i].text, values[i].length);
        json_key_bool(out, "implicit", values[i].is_implicit);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_flags(struct elfgen_text *out, const char *key, uint32_t flags)
{
    const char *name, *between = "";
    json_key(out, key);
    elfgen_text_char(out, '[');
    while ((name = encode_next_flag(&flags))) {
        elfgen_text_string(out, between);
        json_string(out, name);
        between = ",";
    }
    elfgen_text_char(out, ']');
}

static void put_asked(struct elfgen_text *out, const struct encode_answer *answer)
{
    json_key(out, "asked");
    elfgen_text_char(out, '[');
    for (unsigned tool = 0; tool < ENCODE_TOOLS; tool++) {
        const struct encode_asked *asked = &answer->asked[tool];
        elfgen_text_string(out, tool ? ",{\"tool\":" : "{\"tool\":");
        json_string(out, asked->tool);
        if (asked->length > 0)
            put_hex(out, "bytes", asked->bytes, asked->length);
        else
            json_key_null(out, "bytes");
        json_key_string(out, "says", asked->says[0] ? asked->says : NULL);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

/* A sentence, and where in the line it belongs. */
static void put_sentence(struct elfgen_text *out, const struct encode_error *error)
{
    elfgen_text_string(out, "{\"text\":");
    json_string(out, error->sentence);
    json_key_number_if(out, "column", error->column > 0, error->column);
}

static void put_warnings(struct elfgen_text *out, const struct encode_answer *answer)
{
    json_key(out, "warnings");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < answer->warning_count; i++) {
        elfgen_text_string(out, i ? "," : "");
        put_sentence(out, &answer->warnings[i]);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

/* Begins an object: which line of the input it is about. */
static void begin(struct elfgen_text *out, unsigned line, const char *text, size_t length,
                  unsigned mode)
{
    json_begin(out, JSON_VERSION_encode);
    json_key_number_if(out, "line", line > 0, line);
    json_key(out, "text");
    json_bytes(out, text, length);
    json_key_number(out, "bits", mode);
}

void encode_put_json(struct elfgen_text *out, const struct encode_answer *answer)
{
    struct encode_operands printed;
    struct encode_effects effects;
    encode_print(&answer->instruction, &printed);
    encode_effects(answer, &printed, &effects);
    begin(out, answer->line, answer->text, answer->length, answer->instruction.mode);
    json_key_null(out, "error");
    json_key(out, "instruction");
    json_bytes(out, printed.room, printed.length);
    json_key(out, "encodings");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < answer->count; i++)
        put_encoding(out, answer, i);
    elfgen_text_char(out, ']');
    put_values(out, "reads", effects.reads, effects.read_count);
    put_values(out, "writes", effects.writes, effects.write_count);
    put_flags(out, "flags_read", effects.flags_read);
    put_flags(out, "flags_written", effects.flags_written);
    put_flags(out, "flags_undefined", effects.flags_undefined);
    put_warnings(out, answer);
    if (answer->is_asked)
        put_asked(out, answer);
    elfgen_text_string(out, "}\n");
}

void encode_put_json_error(struct elfgen_text *out, const struct encode_error *error)
{
    char room[128];
    struct elfgen_text form = {.bytes = room, .capacity = sizeof room};
    const char *between = "";
    unsigned number = 0;
    begin(out, error->line, error->text, error->length, error->mode);
    json_key(out, "error");
    put_sentence(out, error);
    json_key(out, "forms");
    elfgen_text_char(out, '[');
    while (error->has_forms && encode_next_form(error, &number, &form)) {
        elfgen_text_string(out, between);
        json_bytes(out, room, form.length);
        between = ",";
    }
    elfgen_text_string(out, "]}}\n");
}
