/* Prints a system call's result. */
#include <fcntl.h>
#include <linux/membarrier.h>
#include <sys/prctl.h>

#include "strace/args/args.h"

static void put_error(struct elfgen_text *out, int64_t number)
{
    const char *name = strace_error_name(number);
    elfgen_text_string(out, strace_error_is_internal(number) ? "? " : "-1 ");
    if (!name) {
        elfgen_text_string(out, "(errno ");
        strace_put_number(out, number);
        elfgen_text_char(out, ')');
        return;
    }
    elfgen_text_string(out, name);
    elfgen_text_string(out, " (");
    elfgen_text_string(out, strace_error_text(number));
    elfgen_text_char(out, ')');
}

/* ---- numbers with a remark ---- */

static void put_in_parentheses(struct elfgen_text *out, const char *text)
{
    elfgen_text_string(out, " (");
    elfgen_text_string(out, text);
    elfgen_text_char(out, ')');
}

static void put_fcntl_result(const struct strace_value *v, uint64_t number)
{
    uint64_t command = v->call->arguments[1];
    if (command == F_GETFD && number != 0) {
        elfgen_text_0x(v->out, number);
        elfgen_text_string(v->out, " (flags ");
        strace_put_flags_of(v->out, &xlat_fd_flags, number, false);
        elfgen_text_char(v->out, ')');
    } else if (command == F_GETFL) {
        strace_put_hexadecimal(v->out, number);
        elfgen_text_string(v->out, " (flags ");
        strace_put_open_flags_of(v->out, number);
        elfgen_text_char(v->out, ')');
    } else if (command == F_GET_SEALS && number != 0) {
        elfgen_text_0x(v->out, number);
        elfgen_text_string(v->out, " (seals ");
        strace_put_flags_of(v->out, &xlat_seals, number, false);
        elfgen_text_char(v->out, ')');
    } else {
        strace_put_number(v->out, v->call->result);
    }
}

static void put_prctl_result(const struct strace_value *v, uint64_t number)
{
    strace_put_number(v->out, v->call->result);
    if (v->call->arguments[0] == PR_GET_DUMPABLE) {
        const char *name = xlat_name(&xlat_dumpable, number);
        if (name)
            put_in_parentheses(v->out, name);
    }
}

static void put_membarrier_result(const struct strace_value *v, uint64_t number)
{
    strace_put_hexadecimal(v->out, number);
    if (v->call->arguments[0] != MEMBARRIER_CMD_QUERY || number == 0)
        return;
    elfgen_text_string(v->out, " (");
    strace_put_flags_of(v->out, &xlat_membarrier, number, false);
    elfgen_text_char(v->out, ')');
}

static void put_handler_result(const struct strace_value *v, uint64_t number)
{
    struct strace_value handler = *v;
    handler.argument = number;
    strace_put_hexadecimal(v->out, number);
    elfgen_text_string(v->out, " (");
    strace_put_handler(&handler);
    elfgen_text_char(v->out, ')');
}

static void put_time_result(const struct strace_value *v)
{
    char bytes[64];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes};
    strace_put_number(v->out, v->call->result);
    if (strace_put_date_text(&text, v->call->result, 0, 0)) {
        elfgen_text_string(v->out, " (");
        elfgen_text_bytes(v->out, text.bytes, text.length);
        elfgen_text_char(v->out, ')');
    }
}

static void put_entry_number(const struct strace_value *v)
{
    uint8_t bytes[4];
    strace_put_number(v->out, v->call->result);
    if (!strace_read_all(v, v->call->arguments[0], bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, " (entry_number=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes));
    elfgen_text_char(v->out, ')');
}

static void put_persona_result(const struct strace_value *v, uint64_t number)
{
    strace_put_hexadecimal(v->out, number);
    elfgen_text_string(v->out, " (");
    strace_put_personality_of(v->out, number);
    elfgen_text_char(v->out, ')');
}

/* Prints a successful result by its type, with what the first arguments say about it. */
static void put_success(const struct strace_value *v)
{
    uint64_t number = (uint64_t)v->call->result;
    if (strace_word_size(v) == 4)
        number = (uint32_t)number;
    switch (v->row ? v->row->result : CALL_TYPE_LONG) {
    case CALL_TYPE_ADDRESS:
        strace_put_hexadecimal(v->out, number);
        break;
    case CALL_TYPE_MODE:
        strace_put_octal_number(v->out, number, 3);
        break;
    case CALL_TYPE_UID:
    case CALL_TYPE_GID:
    case CALL_TYPE_CLOCK:
        strace_put_count(v->out, number);
        break;
    case CALL_TYPE_TIME:
        put_time_result(v);
        break;
    case CALL_TYPE_WAITED:
        strace_put_number(v->out, v->call->result);
        strace_put_wait_remark(v);
        break;
    case CALL_TYPE_FCNTL_RESULT:
        put_fcntl_result(v, number);
        break;
    case CALL_TYPE_PRCTL_RESULT:
        put_prctl_result(v, number);
        break;
    case CALL_TYPE_MEMBARRIER_RESULT:
        put_membarrier_result(v, number);
        break;
    case CALL_TYPE_SIGHANDLER:
        put_handler_result(v, number);
        break;
    case CALL_TYPE_PERSONALITY:
        put_persona_result(v, number);
        break;
    case CALL_TYPE_SCHED_POLICY:
        strace_put_number(v->out, v->call->result);
        if (xlat_name(&xlat_sched, number))
            put_in_parentheses(v->out, xlat_name(&xlat_sched, number));
        break;
    case CALL_TYPE_SIGNAL_RESULT:
        strace_put_number(v->out, v->call->result);
        elfgen_text_string(v->out, " (");
        strace_put_signal_name(v->out, number, false);
        elfgen_text_char(v->out, ')');
        break;
    case CALL_TYPE_ENTRY_NUMBER:
        put_entry_number(v);
        break;
    default:
        strace_put_number(v->out, v->call->result);
        break;
    }
}

void strace_put_result(const struct strace_value *v)
{
    if (v->call->failed)
        put_error(v->out, -v->call->result);
    else
        put_success(v);
}

void strace_result_text(struct elfgen_text *out, const struct process_call *call,
                        const struct call_row *row, const struct memory_reader *reader)
{
    struct strace_value value = {
        .out = out, .call = call, .row = row, .after = true, .reader = reader};
    if (row && row->result_kind == ELFGEN_RESULT_NEVER && row->parameters[0].name)
        elfgen_text_char(out, '?');
    else
        strace_put_result(&value);
}
