/* Writes what Linux says of a file, for the page: facts, verdict and remarks. */
#include "base/json_write.h"
#include "page_private.h"

/* ---- facts ---- */

static void put_fact(struct elfgen_text *out, const struct elfgen_text *text)
{
    elfgen_text_char(out, ',');
    json_bytes(out, text->bytes, text->length);
}

static void put_machine(struct elfgen_text *out, uint64_t machine)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const char *name = arch ? arch->title : elfgen_machine_name(machine);
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    if (name) {
        elfgen_text_char(out, ',');
        json_string(out, name);
        return;
    }
    elfgen_text_string(&text, "e_machine ");
    elfgen_text_decimal(&text, machine, 0);
    put_fact(out, &text);
}

/* Says of a byte of the ELF header that it is not what the file is read as. */
static void put_odd(struct elfgen_text *out, const struct elfgen_view *view, const char *field,
                    uint64_t value)
{
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&text, field);
    elfgen_text_char(&text, ' ');
    elfgen_text_0x(&text, value);
    elfgen_text_string(&text, elfgen_kernel_has_machine(view->ehdr.e_machine)
                                  ? ": Linux does not look"
                                  : ": none that is known");
    put_fact(out, &text);
}

static void put_elf_facts(struct elfgen_text *out, const struct elfgen_view *view)
{
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    elfgen_text_char(out, ',');
    json_string(out, elfgen_class_name(view->class_));
    put_machine(out, ehdr->e_machine);
    if (view->order == ELFGEN_BIG_ENDIAN)
        elfgen_text_string(out, ",\"big-endian\"");
    if (ehdr->e_type == ELFGEN_ET_REL)
        elfgen_text_string(out, ",\"object file\"");
    if (ehdr->e_type == ELFGEN_ET_CORE)
        elfgen_text_string(out, ",\"core file\"");
    if (ehdr->ei_class != (uint64_t)view->class_)
        put_odd(out, view, "ei_class", ehdr->ei_class);
    if (ehdr->ei_data != (uint64_t)view->order)
        put_odd(out, view, "ei_data", ehdr->ei_data);
}

void page_put_facts(struct elfgen_text *out, const struct elfgen_view *view)
{
    bool is_elf = elfgen_view_is_elf(view);
    json_key(out, "facts");
    elfgen_text_string(out, "[\"");
    elfgen_text_decimal(out, view->length, 0);
    elfgen_text_string(out, view->length == 1 ? " byte\"" : " bytes\"");
    if (is_elf)
        put_elf_facts(out, view);
    else
        elfgen_text_string(out, ",\"not an ELF file\"");
    elfgen_text_char(out, ']');
    json_key_bool(out, "elf", is_elf);
}

/* ---- verdict ---- */

/* The bytes of a field; one if its name is in no header. */
static uint64_t length_of(const struct elfgen_view *view, const char *name)
{
    const unsigned class_ = elfgen_class_index(view->class_);
    for (unsigned id = 0; name && id < ELFGEN_STRUCTURE_COUNT; id++) {
        const struct elfgen_structure *structure = &elfgen_structures[id];
        for (unsigned i = 0; i < structure->count; i++)
            if (strcmp(structure->fields[i].name, name) == 0 && structure->fields[i].width[class_])
                return structure->fields[i].width[class_];
    }
    return 1;
}

/* Appends offset and length of a field, that of the magic number as a whole. */
static void put_place(struct elfgen_text *out, const struct elfgen_view *view, const char *field,
                      uint64_t offset)
{
    bool is_there = field && offset < view->length;
    bool is_magic = is_there && offset < PAGE_MAGIC && strncmp(field, "ei_mag", 6) == 0;
    elfgen_text_string(out, "\"offset\":");
    if (is_there)
        elfgen_text_decimal(out, is_magic ? 0 : offset, 0);
    else
        elfgen_text_string(out, "null");
    json_key_number(out, "length",
                    is_magic   ? (view->length < PAGE_MAGIC ? view->length : PAGE_MAGIC)
                    : is_there ? length_of(view, field)
                               : 0);
}

static void put_remarks(struct elfgen_text *out, const struct elfgen_view *view, bool any)
{
    struct elfgen_objection remark;
    unsigned row = 0;
    const char *between = "";
    json_key(out, "remarks");
    elfgen_text_char(out, '[');
    while (any && elfgen_objection_next(view->bytes, view->length, ELFGEN_OBJECTOR_WARNINGS, &row,
                                        &remark)) {
        char room[512];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        elfgen_objection_text(&remark, &text);
        elfgen_text_string(out, between);
        elfgen_text_char(out, '{');
        put_place(out, view, remark.field, remark.offset);
        json_key_string(out, "who", verdict_kind_name(remark.who));
        json_key(out, "text");
        json_bytes(out, room, text.length);
        json_key_string(out, "source", remark.source);
        elfgen_text_char(out, '}');
        between = ",";
    }
    elfgen_text_char(out, ']');
}

/* Why there is no verdict; NULL: there is one. */
static const char *why_none(const struct elfgen_view *view,
                            const struct elfgen_kernel_answer *answer)
{
    return !elfgen_view_is_elf(view)             ? "It is not an ELF file"
           : view->ehdr.e_type == ELFGEN_ET_REL  ? "It is an object file: it is linked, not started"
           : view->ehdr.e_type == ELFGEN_ET_CORE ? "It is a core file: it is read, not started"
           : answer->advice == ELFGEN_ADVICE_library
               ? "It is a shared library: programs use it, and it is not started"
               : NULL;
}

/* What to change, if anything is known to help. */
static void put_remedy(struct elfgen_text *text, const struct elfgen_kernel_answer *answer)
{
    char room[256];
    struct elfgen_text remedy = {.bytes = room, .capacity = sizeof room};
    elfgen_kernel_remedy(answer, &remedy);
    if (remedy.length == 0)
        return;
    elfgen_text_string(text, "; would work: ");
    if (answer->field && answer->offers) {
        elfgen_text_string(text, answer->field);
        elfgen_text_char(text, ' ');
    }
    elfgen_text_bytes(text, room, remedy.length);
}

static void put_words(struct elfgen_text *out, const struct verdict *verdict)
{
    static const char *const words[] = {
        [ELFGEN_STARTS] = "Linux starts it",
        [ELFGEN_FAULTS] = "Linux starts it, but its first instruction cannot be fetched: ",
        [ELFGEN_KILLED] = "Linux kills it at its start: ",
        [ELFGEN_REFUSED] = "Linux refuses it: "};
    const struct elfgen_kernel_answer *answer = verdict->answer;
    char room[8192];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&text, words[answer->verdict]);
    if (answer->verdict != ELFGEN_STARTS) {
        if (answer->of_interpreter) {
            elfgen_text_string(&text, "in the interpreter, ");
            elfgen_text_string(&text, verdict->interpreter);
            elfgen_text_string(&text, ": ");
        }
        elfgen_kernel_message(answer, &text);
        if (answer->check == ELFGEN_CHECK_interpreter_open) {
            elfgen_text_string(&text, ": ");
            elfgen_text_string(&text, verdict->interpreter);
        }
        put_remedy(&text, answer);
    }
    json_key(out, "words");
    json_bytes(out, room, text.length);
}

/* The version of Linux that answered. */
static void put_kernel(struct elfgen_text *out, uint32_t version)
{
    char room[32];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_decimal(&text, version >> 16, 0);
    elfgen_text_char(&text, '.');
    elfgen_text_decimal(&text, version & 0xffff, 0);
    json_key(out, "kernel");
    json_bytes(out, room, text.length);
}

void page_put_verdict(struct elfgen_text *out, const struct elfgen_view *view,
                      const struct verdict *verdict, uint32_t kernel)
{
    const struct elfgen_kernel_answer *answer = verdict->answer;
    const char *none = why_none(view, answer);
    json_key(out, "verdict");
    elfgen_text_string(out, "{\"state\":");
    json_string(out, none ? "none" : verdict_name(answer->verdict));
    if (none) {
        json_key_string(out, "words", none);
        json_key_null(out, "kernel");
    } else {
        put_words(out, verdict);
        put_kernel(out, kernel);
    }
    json_key(out, "guilty");
    if (!none && answer->verdict != ELFGEN_STARTS && !answer->of_interpreter && answer->field &&
        answer->offset < view->length) {
        elfgen_text_char(out, '{');
        put_place(out, view, answer->field, answer->offset);
        elfgen_text_char(out, '}');
    } else {
        elfgen_text_string(out, "null");
    }
    put_remarks(out, view, !none);
    elfgen_text_char(out, '}');
}
