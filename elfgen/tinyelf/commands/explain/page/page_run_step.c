/* Writes a step of a run: what it changed, and what few steps have besides. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/json_write.h"
#include "base/memory_text.h"
#include "page_run_private.h"
#include "stepper/signal_reason.h"
#include "strace/line.h"

/* A list or object that is being written: what comes before its next item. */
struct items {
    struct elfgen_text *out;
    const char *before, *between;
    bool open;
};

static struct elfgen_text *next_item(struct items *items)
{
    elfgen_text_string(items->out, items->open ? items->between : items->before);
    items->open = true;
    return items->out;
}

static void end_items(const struct items *items, const char *end)
{
    if (items->open)
        elfgen_text_string(items->out, end);
}

/* ---- instructions ---- */

/* The decoder of a width, which is opened when it is first needed; NULL: there is no memory. */
static struct x86 *decoder_of(struct page_run *run, bool is_64_bit)
{
    struct x86 **decoder = &run->decoders[is_64_bit];
    if (!*decoder) {
        *decoder = calloc(1, sizeof **decoder);
        if (*decoder)
            x86_open_width(*decoder, is_64_bit, SYNTAX_INTEL);
        else
            run->no_memory = true;
    }
    return *decoder;
}

/* Appends the text of an instruction; of one outside the file its name alone, since the operands of
 * jumps are addresses. */
static void put_code_text(struct page_run *run, const struct step_instruction *what,
                          uint64_t address, bool is_shown)
{
    char room[256];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    struct x86 *decoder = decoder_of(run, what->is_64_bit);
    if (what->length == 0)
        elfgen_text_string(&text, "(no instruction)");
    else if (decoder)
        x86_print(decoder, what->bytes, what->length, address, &text);
    size_t length = text.length;
    for (size_t i = 0; !is_shown && i < text.length && length == text.length; i++)
        if (room[i] == ' ' && what->length > 0)
            length = i;
    json_bytes(&run->code, room, length);
}

static void put_code(struct page_run *run, const struct step_instruction *what, uint64_t offset)
{
    uint64_t address;
    bool is_here = offset != ELFGEN_NOWHERE;
    bool is_shown = page_run_may_show(run, what->address,
                                      is_here ? STEP_PUBLIC : STEP_SECRET_ADDRESS, &address);
    elfgen_text_string(&run->code, run->code_count == 0 ? "[" : ",[");
    if (is_here)
        elfgen_text_decimal(&run->code, offset, 0);
    else
        elfgen_text_string(&run->code, "-1");
    elfgen_text_string(&run->code, is_shown ? ",\"" : ",null");
    if (is_shown) {
        elfgen_text_0x(&run->code, address);
        elfgen_text_char(&run->code, '"');
    }
    elfgen_text_char(&run->code, ',');
    elfgen_text_decimal(&run->code, what->length, 0);
    elfgen_text_char(&run->code, ',');
    put_code_text(run, what, address, is_shown);
    if (is_here && (run->view->length - offset < what->length ||
                    memcmp(run->view->bytes + offset, what->bytes, what->length) != 0))
        elfgen_text_string(&run->code, ",1");
    elfgen_text_char(&run->code, ']');
    run->code_count++;
}

/* The index of an instruction in the page's list, where it is put if it is new. */
static uint32_t code_of(struct page_run *run, const struct step_instruction *what, uint64_t offset)
{
    size_t index = (size_t)(what - run->recording->instructions);
    if (index >= run->code_known) {
        if (!grow_array(&run->code_index, index + 1, &run->code_room, sizeof *run->code_index)) {
            run->no_memory = true;
            return 0;
        }
        memset(run->code_index + run->code_known, 0,
               (index + 1 - run->code_known) * sizeof *run->code_index);
        run->code_known = index + 1;
    }
    if (run->code_index[index] == 0) {
        put_code(run, what, offset);
        run->code_index[index] = (uint32_t)run->code_count;
    }
    return run->code_index[index] - 1;
}

/* ---- registers ---- */

static void put_changes(struct page_run *run, const struct step_record *record)
{
    struct items items = {&run->steps, ",\"", " ", false};
    for (size_t place = 0; place < STEP_SHOWN; place++) {
        enum step_register which = recording_register_at(place);
        uint64_t value;
        if (which == STEP_rip || !(run->changed >> which & 1))
            continue;
        elfgen_text_decimal(next_item(&items), place, 0);
        elfgen_text_char(&run->steps, '=');
        if (page_run_may_show(
                run, record->after.value[which],
                run->secrets ? step_secrets_register(run->secrets, which) : STEP_PUBLIC, &value))
            elfgen_text_hex(&run->steps, value, 1);
        else
            elfgen_text_char(&run->steps, '?');
    }
    end_items(&items, "\"");
    run->changed = 0;
}

/* ---- what few steps have ---- */

static void put_name(struct items *more, const char *name)
{
    struct elfgen_text *out = next_item(more);
    elfgen_text_char(out, '"');
    elfgen_text_string(out, name);
    elfgen_text_string(out, "\":");
}

/* Whether the file has the bytes of an output whose place in memory is not known, as of what a list
 * in memory names. A letter or two is anywhere. */
static bool is_of_file(const struct page_run *run, const struct step_piece *piece)
{
    enum { LEAST = 4 };
    const uint8_t *bytes = run->view->bytes;
    bool is_blank = true;
    for (uint32_t i = 0; i < piece->size; i++)
        is_blank = is_blank && (piece->bytes[i] == ' ' || piece->bytes[i] == '\n');
    return is_blank || (piece->size >= LEAST &&
                        memmem(bytes, (size_t)run->view->length, piece->bytes, piece->size));
}

/* Whether a byte of output may be shown. */
static bool may_show_output(const struct page_run *run, const struct step_piece *piece,
                            uint64_t index)
{
    const struct coverage_made *made = &run->made;
    if (!run->secrets)
        return true;
    if (!run->has_call || strcmp(made->name, "writev") == 0 || strcmp(made->name, "pwritev") == 0)
        return is_of_file(run, piece);
    return step_secrets_memory(run->secrets, made->call.arguments[1] + index, 1) == STEP_PUBLIC;
}

/* [1,"Hello",5]: five bytes are left out after it; a negative number: they are cut. */
static void put_output(struct page_run *run, struct items *more, const struct step_piece *piece)
{
    struct elfgen_text *out = more->out;
    uint64_t room = PAGE_RUN_OUTPUT - run->output;
    uint32_t size = piece->size < room ? piece->size : (uint32_t)room;
    put_name(more, "o");
    elfgen_text_char(out, '[');
    elfgen_text_decimal(out, piece->number, 0);
    for (uint32_t from = 0, to; from < size; from = to) {
        bool shows = may_show_output(run, piece, from);
        for (to = from + 1; to < size && may_show_output(run, piece, to) == shows; to++)
            ;
        elfgen_text_char(out, ',');
        if (shows)
            json_bytes(out, (const char *)piece->bytes + from, to - from);
        else
            elfgen_text_decimal(out, to - from, 0);
    }
    if (size < piece->size) {
        elfgen_text_string(out, ",-");
        elfgen_text_decimal(out, piece->size - size, 0);
    }
    elfgen_text_char(out, ']');
    run->output += size;
}

/* All output of a step is joined: of a list in memory it has several pieces. */
static void put_outputs(struct page_run *run, struct items *more, const struct step_record *record)
{
    struct step_piece piece;
    size_t position = 0, count = 0;
    while (recording_next_piece(record, &position, &piece))
        if (piece.kind == STEP_PIECE_OUTPUT && piece.size > 0 && count++ == 0)
            put_output(run, more, &piece);
    position = 0;
    if (count < 2)
        return;
    put_name(more, "O");
    struct items others = {more->out, "[", ",", false};
    for (count = 0; recording_next_piece(record, &position, &piece);) {
        if (piece.kind != STEP_PIECE_OUTPUT || piece.size == 0 || count++ == 0)
            continue;
        struct items one = {next_item(&others), "{", ",", false};
        put_output(run, &one, &piece);
        end_items(&one, "}");
    }
    end_items(&others, "]");
}

/* Bytes in memory that changed, as they are afterwards. */
static void put_memory(struct page_run *run, struct items *list, const struct step_piece *piece)
{
    enum { MOST = 32 };
    struct elfgen_text *out = next_item(list);
    uint64_t address;
    bool is_known = piece->bytes != NULL;
    elfgen_text_char(out, '[');
    if (page_run_may_show(run, piece->value, STEP_SECRET_ADDRESS, &address)) {
        elfgen_text_char(out, '"');
        elfgen_text_0x(out, address);
        elfgen_text_char(out, '"');
    } else {
        elfgen_text_string(out, "null");
    }
    if (run->secrets && is_known)
        is_known = step_secrets_memory(run->secrets, piece->value, piece->size) == STEP_PUBLIC;
    elfgen_text_char(out, ',');
    if (is_known) {
        elfgen_text_char(out, '"');
        elfgen_text_hex_bytes(out, piece->bytes + piece->size,
                              piece->size < MOST ? piece->size : MOST, '\0');
        elfgen_text_char(out, '"');
    } else {
        elfgen_text_decimal(out, piece->size, 0);
    }
    if (is_known && piece->size > MOST) {
        elfgen_text_char(out, ',');
        elfgen_text_decimal(out, piece->size, 0);
    }
    elfgen_text_char(out, ']');
}

static void put_vector(struct page_run *run, struct items *list, const struct step_piece *piece)
{
    char name[STEP_VECTOR_NAME];
    struct elfgen_text *out = next_item(list);
    bool is_shown =
        piece->bytes && (!run->secrets || step_secrets_vectors(run->secrets) == STEP_PUBLIC);
    recording_vector_name(piece->number, piece->size, name);
    elfgen_text_string(out, "[\"");
    elfgen_text_string(out, name);
    elfgen_text_string(out, is_shown ? "\",\"" : "\",null]");
    if (!is_shown)
        return;
    for (uint32_t i = piece->size; i-- > 0;)
        elfgen_text_hex(out, piece->bytes[piece->size + i], 2);
    elfgen_text_string(out, "\"]");
}

static void put_signal(const struct page_run *run, struct elfgen_text *text,
                       const struct step_record *record, const struct step_piece *piece)
{
    enum { FIRST_PAGES = 1 << 16, BY_KERNEL = 0x80, SEGMENT_FAULT = 11 };
    const char *reason = step_signal_reason(piece->number, piece->size);
    uint64_t address;
    strace_signal_text(text, (int)piece->number);
    elfgen_text_string(text, record->kind == STEP_FAULT     ? ": the instruction faults"
                             : record->kind == STEP_STOPPED ? " stops it until SIGCONT"
                                                            : " comes");
    if (reason) {
        elfgen_text_string(text, ": ");
        elfgen_text_string(text, reason);
    }
    if (record->kind != STEP_FAULT || piece->number != SEGMENT_FAULT || piece->size >= BY_KERNEL)
        return;
    elfgen_text_string(text, "; address ");
    /* What is below all mappings is nobody's secret. */
    if (page_run_may_show(run, piece->value,
                          piece->value < FIRST_PAGES ? STEP_PUBLIC : STEP_SECRET_ADDRESS, &address))
        elfgen_text_0x(text, address);
    else
        elfgen_text_string(text, PAGE_LEFT_OUT);
}

/* Sentences: a signal, another program, a note of the stepper. */
static void put_sentence(const struct page_run *run, struct items *list,
                         const struct step_record *record, const struct step_piece *piece)
{
    char room[512];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    if (piece->kind == STEP_PIECE_SIGNAL) {
        put_signal(run, &text, record, piece);
    } else if (piece->kind == STEP_PIECE_FILE) {
        elfgen_text_string(&text, "another program takes its place");
        if (!run->secrets && piece->value < run->recording->file_count) {
            elfgen_text_string(&text, ": ");
            elfgen_text_string(&text, run->recording->files[piece->value].name);
        }
    } else {
        elfgen_text_string(&text, (const char *)piece->bytes);
    }
    json_bytes(next_item(list), room, text.length);
}

static bool is_sentence(enum step_piece_kind kind)
{
    return kind == STEP_PIECE_SIGNAL || kind == STEP_PIECE_FILE || kind == STEP_PIECE_NOTE;
}

/* Memory, vector registers and sentences, each as a list. */
static void put_lists(struct page_run *run, struct items *more, const struct step_record *record)
{
    static const char *const names[] = {"m", "v", "n"};
    for (int which = 0; which < 3; which++) {
        struct step_piece piece;
        size_t position = 0;
        struct items list = {more->out, "[", ",", false};
        while (recording_next_piece(record, &position, &piece)) {
            bool is_one = which == 0   ? piece.kind == STEP_PIECE_MEMORY
                          : which == 1 ? piece.kind == STEP_PIECE_VECTOR
                                       : is_sentence(piece.kind);
            if (!is_one)
                continue;
            if (!list.open)
                put_name(more, names[which]);
            if (which == 0)
                put_memory(run, &list, &piece);
            else if (which == 1)
                put_vector(run, &list, &piece);
            else
                put_sentence(run, &list, record, &piece);
        }
        end_items(&list, "]");
    }
}

static void put_used(const struct page_run *run, struct items *more)
{
    static const char *const names[] = {"r", "w"};
    for (int which = 0; which < 2; which++) {
        struct items list = {more->out, "[", ",", false};
        if (run->used_count[which] > 0)
            put_name(more, names[which]);
        for (size_t i = 0; i < run->used_count[which]; i++) {
            elfgen_text_decimal(next_item(&list), run->used[which][i].offset, 0);
            elfgen_text_char(more->out, ',');
            elfgen_text_decimal(more->out, run->used[which][i].length, 0);
        }
        end_items(&list, "]");
    }
}

static void put_call(const struct page_run *run, struct items *more)
{
    char room[512];
    struct elfgen_text answer = {.bytes = room, .capacity = sizeof room};
    put_name(more, "q");
    json_bytes(more->out, run->question, run->question_length);
    page_run_put_answer(&answer, run);
    put_name(more, "a");
    json_bytes(more->out, room, answer.length);
}

static void put_more(struct page_run *run, struct items *more, const struct step_record *record)
{
    static const char *const kinds[STEP_KINDS] = {
        [STEP_FAULT] = "fault",     [STEP_SIGNAL] = "signal", [STEP_HANDLER] = "handler",
        [STEP_RESTART] = "restart", [STEP_EXEC] = "exec",     [STEP_STOPPED] = "stopped",
        [STEP_LAST] = "last"};
    if (kinds[record->kind]) {
        put_name(more, "k");
        json_string(more->out, kinds[record->kind]);
    }
    if (run->elsewhere > 0) {
        put_name(more, "e");
        elfgen_text_decimal(more->out, run->elsewhere, 0);
        run->elsewhere = 0;
    }
    if (run->has_call)
        put_call(run, more);
    put_used(run, more);
    put_lists(run, more, record);
}

/* ---- records ---- */

/* Where the instruction's bytes are, also those that are no instruction. */
static uint64_t place_of(const struct page_run *run, const struct step_instruction *what,
                         uint64_t offset)
{
    bool is_here = what->file == 0 && what->length == 0 && what->offset < run->view->length;
    return offset == ELFGEN_NOWHERE && is_here ? what->offset : offset;
}

/* Whether a step is passed over: it only ran, in another file. */
static bool is_elsewhere(const struct page_run *run, const struct step_record *record,
                         uint64_t offset)
{
    struct step_piece piece;
    size_t position = 0;
    if (offset != ELFGEN_NOWHERE || !record->instruction || record->kind != STEP_RAN ||
        run->has_call)
        return false;
    while (recording_next_piece(record, &position, &piece))
        if (piece.kind != STEP_PIECE_MEMORY && piece.kind != STEP_PIECE_VECTOR)
            return false;
    return true;
}

void page_run_take(struct page_run *run, const struct step_record *record, uint64_t offset)
{
    struct elfgen_text *out = &run->steps;
    if (run->left > 0 || run->count >= PAGE_RUN_STEPS || out->length >= PAGE_RUN_BYTES) {
        run->left++;
        return;
    }
    if (record->instruction)
        offset = place_of(run, record->instruction, offset);
    run->changed |= record->changed;
    run->ever |= record->changed;
    if (is_elsewhere(run, record, offset)) {
        run->elsewhere++;
        if (run->secrets)
            step_secrets_follow(run->secrets, record);
        return;
    }
    elfgen_text_string(out, run->count == 0 ? "[" : ",[");
    if (record->instruction)
        elfgen_text_decimal(out, code_of(run, record->instruction, offset), 0);
    else
        elfgen_text_string(out, "-1");
    struct elfgen_text piece; /* what comes after the registers, which are known last */
    run->no_memory = !memory_text_open(&piece) || run->no_memory;
    struct items more = {&piece, "{", ",", false};
    put_outputs(run, &more, record);
    if (run->secrets)
        step_secrets_follow(run->secrets, record);
    put_more(run, &more, record);
    end_items(&more, "}");
    bool has_changes = (run->changed & ~(UINT32_C(1) << STEP_rip)) != 0;
    put_changes(run, record);
    if (more.open)
        elfgen_text_string(out, has_changes ? "," : ",\"\",");
    elfgen_text_bytes(out, piece.bytes, piece.length);
    run->no_memory = run->no_memory || piece.cut;
    free(piece.bytes);
    elfgen_text_char(out, ']');
    run->count++;
}
