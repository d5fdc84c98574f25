/* Prints what a run did as JSON: how it ended, and the bytes, instructions and calls of the file.
 */
#include "explain.h"

#include "base/json_write.h"

/* Why there is no more. */
static const char *stop_word(enum coverage_stop stop)
{
    static const char *const words[] = {[COVERAGE_STEPS] = "steps",
                                        [COVERAGE_TIME] = "time",
                                        [COVERAGE_FULL] = "full",
                                        [COVERAGE_INTERRUPTED] = "interrupted",
                                        [COVERAGE_UNFINISHED] = "unfinished",
                                        [COVERAGE_REPLACED] = "replaced"};
    return (size_t)stop < sizeof words / sizeof words[0] ? words[stop] : NULL;
}

static void put_end(struct elfgen_text *out, const struct coverage *run)
{
    char room[160];
    struct elfgen_text words = {.bytes = room, .capacity = sizeof room};
    bool ended = run->stop == COVERAGE_NOT_STOPPED;
    coverage_put_end(&words, run);
    json_key(out, "end");
    elfgen_text_string(out, "{\"words\":");
    json_bytes(out, room, words.length);
    json_key_string(out, "stopped", stop_word(run->stop));
    json_key_number_if(out, "status", ended && run->end == STEP_EXITED, (uint64_t)run->end_number);
    json_key(out, "signal");
    if (ended && run->end == STEP_KILLED)
        json_signal(out, run->end_number);
    else
        elfgen_text_string(out, "null");
    json_key_number_if(out, "offset", run->fault != ELFGEN_NOWHERE, run->fault);
    elfgen_text_char(out, '}');
}

/* The bytes that were used so, run by run. */
static void put_bytes(struct elfgen_text *out, const struct coverage *run, enum coverage_use use,
                      const char *key)
{
    uint64_t offset = 0, length;
    const char *between = "";
    json_key(out, key);
    elfgen_text_char(out, '[');
    for (; coverage_next(run, use, &offset, &length); offset += length) {
        elfgen_text_string(out, between);
        elfgen_text_string(out, "{\"offset\":");
        elfgen_text_decimal(out, offset, 0);
        json_key_number(out, "length", length);
        elfgen_text_char(out, '}');
        between = ",";
    }
    elfgen_text_char(out, ']');
}

static void put_instructions(struct elfgen_text *out, const struct coverage *run)
{
    json_key(out, "instructions");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < run->instruction_count; i++) {
        const struct coverage_instruction *instruction = &run->instructions[i];
        elfgen_text_string(out, i == 0 ? "\n{\"offset\":" : ",\n{\"offset\":");
        elfgen_text_decimal(out, instruction->offset, 0);
        json_key_twins(out, "address", instruction->address);
        json_key_number(out, "length", instruction->length);
        json_key_number(out, "times", instruction->count);
        json_key(out, "bytes");
        elfgen_text_char(out, '"');
        elfgen_text_hex_bytes(out, instruction->bytes, instruction->length, '\0');
        elfgen_text_char(out, '"');
        json_key_bool(out, "changed", instruction->changed);
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_call(struct elfgen_text *out, const struct coverage_call *call)
{
    /* A call of 32 bits has the lower half alone. */
    const struct elfgen_bits *number = &call->call.number;
    const bool known = (uint32_t)number->known == UINT32_MAX;
    const uint64_t value = number->known == UINT64_MAX ? number->value : (uint32_t)number->value;
    json_key_number(out, "times", call->count);
    json_key_twins_if(out, "number", known, value);
    json_key(out, "arguments");
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        const struct elfgen_bits *argument = &call->call.arguments[i];
        elfgen_text_char(out, i == 0 ? '[' : ',');
        elfgen_text_string(out, argument->known == UINT64_MAX ? "\"" : "null");
        if (argument->known != UINT64_MAX)
            continue;
        elfgen_text_0x(out, argument->value);
        elfgen_text_char(out, '"');
    }
    elfgen_text_char(out, ']');
    json_key(out, "texts");
    for (size_t i = 0; i < call->text_count; i++) {
        elfgen_text_string(out, i == 0 ? "[{\"text\":" : ",{\"text\":");
        json_string(out, call->texts[i].text);
        json_key_number(out, "times", call->texts[i].count);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, call->text_count == 0 ? "[]" : "]");
    json_key_number(out, "others", call->others);
}

void explain_put_run(struct elfgen_text *out, const struct coverage *run)
{
    elfgen_text_string(out, ",\n\"run\":{\"steps\":");
    elfgen_text_decimal(out, run->steps, 0);
    json_key_number(out, "steps_here", run->own_steps);
    put_end(out, run);
    put_bytes(out, run, COVERAGE_EXECUTED, "executed");
    put_bytes(out, run, COVERAGE_CHANGED, "changed");
    put_bytes(out, run, COVERAGE_READ, "read");
    put_bytes(out, run, COVERAGE_WRITTEN, "written");
    put_instructions(out, run);
    json_key(out, "calls");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < run->call_count; i++) {
        elfgen_text_string(out, i == 0 ? "\n{\"offset\":" : ",\n{\"offset\":");
        elfgen_text_decimal(out, run->calls[i].offset, 0);
        put_call(out, &run->calls[i]);
        elfgen_text_char(out, '}');
    }
    elfgen_text_string(out, "]}");
}
