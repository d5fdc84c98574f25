/* Draws the interactive view: the file's bytes, instructions, registers, changes and output. */
#include "base/visible.h"
#include "view.h"

#include <curses.h>
#include <string.h>

#include "base/ascii.h"
#include "base/table.h"

/* A rectangle of the screen, and the next line in it. */
struct pane {
    int line, column, lines, columns;
    int at;
};

enum {
    HEX_COLUMNS = 58, /* of lines with 16 bytes; the narrowest terminal has room for 8 */
    REGISTER_COLUMNS = 22,
    REGISTER_LINES = 18,
    STACK_COLUMNS = 50,
    INSTRUCTION_TEXT = 256
};

static attr_t lit(const struct step_view *view)
{
    return view->colour ? A_BOLD | COLOR_PAIR(1) : A_BOLD;
}

static attr_t title(const struct step_view *view)
{
    return view->colour && COLORS >= 256 ? COLOR_PAIR(2) : A_UNDERLINE;
}

static bool is_full(const struct pane *pane)
{
    return pane->at >= pane->lines;
}

/* Draws a line of a pane, cut to its width. */
static void put_line(struct pane *pane, const char *text, size_t length, attr_t how)
{
    if (is_full(pane) || pane->columns <= 0)
        return;
    int most = length < (size_t)pane->columns ? (int)length : pane->columns;
    attrset((int)how);
    mvaddnstr(pane->line + pane->at, pane->column, text, most);
    attrset((int)A_NORMAL);
    pane->at++;
}

static void put_text(struct pane *pane, const struct elfgen_text *text, attr_t how)
{
    put_line(pane, text->bytes, text->length, how);
}

static void put_title(const struct step_view *view, struct pane *pane, const char *text)
{
    put_line(pane, text, strlen(text), title(view));
}

/* The next instruction at the cursor; NULL: there is none. */
static const struct step_instruction *next_instruction(const struct step_view *view)
{
    struct step_cursor cursor = view->cursor;
    struct step_record record;
    while (recording_cursor_forward(&cursor, &record))
        if (record.instruction)
            return record.instruction;
    return view->run->stepper ? stepper_next_instruction(view->run->stepper) : NULL;
}

/* ---- the file ---- */

static void put_hex_line(struct pane *pane, const struct step_file *file, size_t row, size_t from,
                         size_t first, size_t end)
{
    char room[80];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    int line = pane->line + pane->at;
    elfgen_text_hex(&text, from, 8);
    elfgen_text_string(&text, "  ");
    size_t count = file->size - from < row ? file->size - from : row;
    elfgen_text_hex_bytes(&text, file->bytes + from, count, ' ');
    put_text(pane, &text, A_NORMAL);
    for (size_t i = 0; i < count; i++)
        if (from + i >= first && from + i < end)
            mvchgat(line, pane->column + 10 + (int)(3 * i),
                    from + i + 1 < end && i + 1 < row ? 3 : 2, A_REVERSE, 0, NULL);
}

static void draw_file(const struct step_view *view, struct pane pane)
{
    const struct step_recording *recording = &view->run->recording;
    const struct step_instruction *next = next_instruction(view);
    uint32_t index = next && next->file < recording->file_count ? next->file : 0;
    const struct step_file *file = &recording->files[index];
    const char *slash = strrchr(file->name, '/');
    size_t first = SIZE_MAX, end = 0;
    put_title(view, &pane, slash ? slash + 1 : file->name);
    if (!file->bytes) {
        put_line(&pane, "its bytes were not recorded", 22, A_NORMAL);
        return;
    }
    if (next && next->file == index && next->offset < file->size) {
        first = (size_t)next->offset;
        end = first + next->length;
    }
    enum { ROW = 16, NARROW_ROW = 8 };
    const size_t row = pane.columns >= HEX_COLUMNS - 1 ? ROW : NARROW_ROW;
    size_t lines = (file->size + row - 1) / row, from = 0, shown = (size_t)(pane.lines - pane.at);
    if (end > 0 && first / row > shown / 2)
        from = first / row - shown / 2;
    if (from + shown > lines)
        from = lines > shown ? lines - shown : 0;
    for (; from < lines && !is_full(&pane); from++)
        put_hex_line(&pane, file, row, from * row, first, end);
}

/* ---- instructions ---- */

/* The recorded instruction that ends, or begins, at an address. */
static const struct step_instruction *find_recorded(const struct step_recording *recording,
                                                    uint64_t address, bool ends)
{
    for (size_t i = recording->instruction_count; i-- > 0;) {
        const struct step_instruction *what = &recording->instructions[i];
        if (what->length > 0 && what->address + (ends ? what->length : 0) == address)
            return what;
    }
    return NULL;
}

/* Finds the instruction after one: as it ran, or else as it is in the file. */
static bool find_after(const struct step_view *view, struct step_instruction *what)
{
    const struct step_recording *recording = &view->run->recording;
    uint64_t address = what->address + what->length, offset = what->offset + what->length;
    const struct step_instruction *known = find_recorded(recording, address, false);
    if (known) {
        *what = *known;
        return true;
    }
    if (what->file >= recording->file_count || what->offset == STEP_NOWHERE || what->length == 0)
        return false;
    const struct step_file *file = &recording->files[what->file];
    struct elfgen_code_place place;
    /* Bytes that the control flow does not reach may be text. */
    if (what->file != 0 || !view->code || offset >= file->size ||
        !elfgen_code_next(&view->code->code, offset, offset + 1, &place))
        return false;
    what->length = place.length;
    what->address = address;
    what->offset = offset;
    memcpy(what->bytes, file->bytes + offset, what->length);
    return true;
}

static void put_instruction(const struct step_view *view, struct pane *pane,
                            const struct step_instruction *what, bool current)
{
    char room[INSTRUCTION_TEXT];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&text, current ? "> " : "  ");
    elfgen_text_0x(&text, what->address);
    elfgen_text_string(&text, "  ");
    step_put_instruction(&text, view->run->machines, what);
    if (current && text.length < (size_t)pane->columns)
        elfgen_text_blanks(&text, (size_t)pane->columns - text.length);
    put_text(pane, &text, current ? A_REVERSE : A_NORMAL);
}

static void draw_instructions(const struct step_view *view, struct pane pane)
{
    enum { BEFORE_MOST = 64 };
    const struct step_recording *recording = &view->run->recording;
    const struct step_instruction *next = next_instruction(view), *before[BEFORE_MOST];
    size_t count = 0, most = (size_t)(pane.lines > 1 ? pane.lines - 1 : 0) / 3;
    put_title(view, &pane, "instructions");
    if (!next) {
        char room[80];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        step_put_end(&text, recording, recording->count);
        text.length -= text.length > 0; /* without the newline */
        put_text(&pane, &text, A_NORMAL);
        return;
    }
    uint64_t address = next->address;
    while (count < most && count < BEFORE_MOST) {
        const struct step_instruction *what = find_recorded(recording, address, true);
        if (!what)
            break;
        before[count++] = what;
        address = what->address;
    }
    while (count > 0)
        put_instruction(view, &pane, before[--count], false);
    struct step_instruction what = *next;
    put_instruction(view, &pane, &what, true);
    while (!is_full(&pane) && find_after(view, &what))
        put_instruction(view, &pane, &what, false);
}

/* ---- registers ---- */

/* The flags that are set, one letter each. IF is omitted: it is always set in user mode. */
static void put_flags(struct elfgen_text *text, uint64_t flags)
{
    static const char letters[] = "C P A ZST DO";
    elfgen_text_char(text, ' ');
    for (size_t i = 0; i < sizeof letters - 1; i++)
        if (letters[i] != ' ' && flags >> i & 1)
            elfgen_text_char(text, letters[i]);
}

static void put_register(struct elfgen_text *text, const char *name, enum step_register which,
                         uint64_t value, bool is_64_bit)
{
    bool is_short = strlen(name) < 4;
    elfgen_text_column(text, name, 4, 7);
    elfgen_text_string(text, is_short ? "0x" : " 0x");
    elfgen_text_hex(text, value, is_short ? 2 * recording_word_size(is_64_bit) : 1);
    if (which == STEP_eflags)
        put_flags(text, value);
}

static void draw_registers(const struct step_view *view, struct pane pane)
{
    bool is_64_bit = recording_is_64_bit(&view->cursor.registers);
    uint32_t changed = view->cursor.index > 0 ? view->last.changed : 0;
    for (size_t place = 0; place < STEP_SHOWN && !is_full(&pane); place++) {
        enum step_register which = recording_register_at(place);
        const char *name = recording_register_name(which, is_64_bit);
        char room[40];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        if (!name)
            continue;
        put_register(&text, name, which, view->cursor.registers.value[which], is_64_bit);
        put_text(&pane, &text, changed >> which & 1 ? lit(view) : A_NORMAL);
    }
}

/* ---- the stack ---- */

/* One word, or several that are shown together. Returns how many. */
static size_t put_stack_word(const struct step_view *view, struct pane *pane, uint64_t address,
                             uint64_t distance)
{
    const struct step_stack *stack = &view->stack;
    char room[128];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    uint64_t word;
    elfgen_text_char(&text, '+');
    elfgen_text_0x(&text, distance);
    elfgen_text_blanks(&text, text.length < 8 ? 8 - text.length : 1);
    if (step_stack_word(stack, address, &word)) {
        elfgen_text_string(&text, "0x");
        elfgen_text_hex(&text, word, (unsigned)(2 * stack->width));
        elfgen_text_char(&text, ' ');
    } else {
        elfgen_text_string(&text, "not known");
    }
    size_t count = step_stack_put_name(stack, address, &text);
    put_text(pane, &text, A_NORMAL);
    return count > 0 ? count : 1;
}

/* Draws the words from the stack pointer upwards. */
static void draw_stack(const struct step_view *view, struct pane pane)
{
    const struct step_stack *stack = &view->stack;
    uint64_t pointer = view->cursor.registers.value[STEP_rsp], distance = 0;
    put_title(view, &pane, "stack, from the stack pointer on");
    if (pointer - stack->from >= stack->size) {
        static const char elsewhere[] = "nothing is known about it";
        put_line(&pane, elsewhere, sizeof elsewhere - 1, A_NORMAL);
        return;
    }
    while (!is_full(&pane) && pointer + distance - stack->from < stack->size)
        distance += stack->width * put_stack_word(view, &pane, pointer + distance, distance);
}

/* ---- changes and output ---- */

/* Draws each complete line. */
static void flush_lines(struct elfgen_text *text)
{
    struct pane *pane = text->context;
    size_t from = 0;
    for (size_t i = 0; i < text->length; i++) {
        if (text->bytes[i] != '\n')
            continue;
        put_line(pane, text->bytes + from, i - from, A_NORMAL);
        from = i + 1;
    }
    /* A line that is longer than the buffer is cut. */
    if (from == 0 && text->length == text->capacity)
        from = text->length;
    memmove(text->bytes, text->bytes + from, text->length - from);
    text->length -= from;
}

static void draw_changes(const struct step_view *view, struct pane pane)
{
    char room[1024], head[INSTRUCTION_TEXT];
    struct elfgen_text text = {
        .bytes = room, .capacity = sizeof room, .flush = flush_lines, .context = &pane};
    struct elfgen_text line = {.bytes = head, .capacity = sizeof head};
    if (view->cursor.index == 0) {
        put_title(view, &pane, "nothing has run yet");
        return;
    }
    elfgen_text_string(&line, "step ");
    elfgen_text_decimal(&line, view->cursor.index, 0);
    elfgen_text_string(&line, ": ");
    if (view->last.instruction)
        step_put_instruction(&line, view->run->machines, view->last.instruction);
    put_text(&pane, &line, title(view));
    step_put_changes(&text, view->run->machines, &view->last, &view->run->recording,
                     (size_t)pane.columns, 0);
    flush_lines(&text);
}

/* Draws the end of the output so far, as many lines as fit. */
static void draw_output(const struct step_view *view, struct pane pane)
{
    const char *bytes = view->output;
    size_t end = view->output_size, from = end, columns = (size_t)pane.columns;
    int lines = 0;
    if (pane.lines > 1 || end == 0)
        put_title(view, &pane, end ? "output" : "no output yet");
    while (from > 0 && lines < pane.lines - pane.at) {
        from--;
        if (from == 0 || bytes[from - 1] == '\n')
            lines++;
    }
    while (from < end && !is_full(&pane)) {
        char room[512] = "output: ";
        size_t length = pane.lines == 1 ? strlen(room) : 0;
        size_t most = columns < sizeof room ? columns : sizeof room;
        for (; from < end && bytes[from] != '\n'; from++) {
            if (length < most)
                room[length++] = ascii_printable((uint8_t)bytes[from]);
        }
        put_line(&pane, room, length, A_NORMAL);
        from++;
    }
}

/* ---- all ---- */

static void draw_head(const struct step_view *view, int columns)
{
    char room[256], name[25];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    const struct step_recording *recording = &view->run->recording;
    uint64_t cs = view->cursor.registers.value[STEP_cs];
    struct pane pane = {0, 0, 1, columns, 0};
    visible_fit(name, sizeof name, recording->argument_count ? recording->arguments[0] : "");
    elfgen_text_string(&text, name);
    elfgen_text_string(&text, "  step ");
    elfgen_text_decimal(&text, view->cursor.index, 0);
    elfgen_text_string(&text, " of ");
    elfgen_text_decimal(&text, recording->count, 0);
    elfgen_text_string(&text, view->run->stepper ? " so far" : "");
    elfgen_text_string(&text, "  cs ");
    elfgen_text_0x(&text, cs);
    elfgen_text_string(&text, ": CPL ");
    elfgen_text_decimal(&text, cs & 3, 0);
    elfgen_text_string(&text, "  ");
    elfgen_text_decimal(
        &text, UINT64_C(8) * recording_word_size(recording_is_64_bit(&view->cursor.registers)), 0);
    elfgen_text_string(&text, " bits");
    if (text.length < (size_t)columns)
        elfgen_text_blanks(&text, (size_t)columns - text.length);
    put_text(&pane, &text, A_REVERSE);
}

static void draw_keys(const struct step_view *view, int line, int columns)
{
    static const char keys[] =
        "s step  b back  c to the next call  r run  g to a place  ? help  q quit";
    static const char narrow[] = "s step  b back  c call  r run  g place  ? help  q quit";
    struct pane pane = {line, 0, 1, columns, 0};
    const char *text = view->note[0] ? view->note : sizeof keys <= (size_t)columns ? keys : narrow;
    put_line(&pane, text, strlen(text), A_BOLD);
}

/* Draws a line of the help on as many lines as it needs: what a key does goes on beside the key. */
static void put_help(struct pane *pane, const char *text)
{
    enum { KEYS = 24 };
    const bool is_key = strlen(text) > KEYS && text[KEYS - 1] == ' ' && text[KEYS - 2] == ' ';
    size_t column = 0, width = pane->columns > KEYS ? (size_t)pane->columns : KEYS + 1;
    do {
        size_t length = table_fitting(text, strlen(text), width - column);
        char room[256];
        struct elfgen_text line = {.bytes = room, .capacity = sizeof room};
        elfgen_text_blanks(&line, column);
        elfgen_text_bytes(&line, text, length);
        put_text(pane, &line, A_NORMAL);
        text += length + strspn(text + length, " ");
        column = is_key ? KEYS : 0;
    } while (*text);
}

static void draw_help(int lines, int columns)
{
    static const char marks[] =
        "Registers that the last step changed are highlighted, and the instruction that comes "
        "next, in the file's bytes and in the list.";
    static const char streams[] =
        "The program's input is empty; its output goes to a terminal of its own and is shown "
        "below. Ctrl-C ends both.";
    static const char *const help[] = {
        "s, space, enter, right  one step on",
        "b, left, backspace      one step back, through what was recorded",
        "c                       on to the next system call",
        "r                       on to the end; any key stops it",
        "g                       on to an address, 0x..., or a symbol's name",
        "home, <                 back to the start",
        "end, >                  forward to the end of what was recorded",
        "q                       quit; the program is killed if it has not ended",
        "",
        marks,
        streams,
        "",
        "Any key goes back."};
    struct pane pane = {1, 2, lines - 1, columns - 2, 0};
    for (size_t i = 0; i < sizeof help / sizeof help[0]; i++)
        put_help(&pane, help[i]);
}

/* Takes room for the stack, if there is any: from the instructions in a wide terminal, else from
 * the right or the lower half of the changes. */
static struct pane take_stack(struct pane *code, struct pane *changes, bool beside)
{
    enum { LEAST_LINES = 5, CODE_COLUMNS = 50, CHANGES_LINES = 14 };
    struct pane stack = {0, 0, 0, 0, 0};
    if (beside && code->columns >= CODE_COLUMNS + STACK_COLUMNS) {
        code->columns -= STACK_COLUMNS;
        stack = (struct pane){code->line, code->column + code->columns + 1, code->lines,
                              STACK_COLUMNS - 1, 0};
    } else if (beside && changes->lines >= LEAST_LINES) {
        changes->columns -= STACK_COLUMNS;
        stack = (struct pane){changes->line, changes->columns + 1, changes->lines,
                              STACK_COLUMNS - 1, 0};
    } else if (changes->lines >= CHANGES_LINES) {
        int lines = changes->lines / 2;
        changes->lines -= lines;
        stack = (struct pane){changes->line + changes->lines, 0, lines, changes->columns, 0};
    }
    return stack;
}

/* Arranges the panes: registers are on the right. Left of them is the file, with the instructions
 * beside it if there is room. Below are changes, output and keys. In a small terminal, changes
 * begin left of the registers. The stack is where there is room. */
static void draw_panes(const struct step_view *view, int lines, int columns)
{
    int more = lines - STEP_LEAST_LINES, left = columns - REGISTER_COLUMNS;
    bool beside = left >= 2 * HEX_COLUMNS;
    int upper = REGISTER_LINES + more / 2, output = 1 + more / 6;
    int file = beside ? upper : upper * 4 / 9, code = beside ? upper : upper / 3;
    int changes = beside ? 1 + upper : 1 + file + code;
    int code_column = beside ? HEX_COLUMNS + 2 : 0;
    struct pane code_pane = {beside ? 1 : 1 + file, code_column, code, left - code_column - 1, 0};
    struct pane changes_pane = {changes, 0, lines - 1 - output - changes,
                                beside ? columns : left - 1, 0};
    struct pane stack_pane = take_stack(&code_pane, &changes_pane, beside);
    draw_head(view, columns);
    draw_file(view, (struct pane){1, 0, file, beside ? HEX_COLUMNS : left, 0});
    draw_instructions(view, code_pane);
    draw_registers(view, (struct pane){1, left, upper, REGISTER_COLUMNS, 0});
    draw_changes(view, changes_pane);
    if (stack_pane.lines > 0)
        draw_stack(view, stack_pane);
    draw_output(view, (struct pane){lines - 1 - output, 0, output, columns, 0});
    draw_keys(view, lines - 1, columns);
}

void step_draw(struct step_view *view)
{
    int lines, columns;
    getmaxyx(stdscr, lines, columns);
    erase();
    if (lines < STEP_LEAST_LINES || columns < STEP_LEAST_COLUMNS) {
        char text[80];
        int length = snprintf(text, sizeof text, "%dx%d is too small: %dx%d are needed", columns,
                              lines, STEP_LEAST_COLUMNS, STEP_LEAST_LINES);
        mvaddnstr(0, 0, text, length < columns ? length : columns);
    } else if (view->help) {
        draw_help(lines, columns);
    } else {
        draw_panes(view, lines, columns);
    }
    refresh();
}
