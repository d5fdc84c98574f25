/* Takes system calls from a recording: their numbers and arguments, and what the kernel read and
 * wrote. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/grow.h"
#include "coverage_private.h"
#include "made.h"

/* ---- what the kernel read and wrote ---- */

/* A string up to its NUL, as it is in the file. */
static void read_string(struct coverage *coverage, uint64_t address)
{
    uint64_t offset, length;
    if (!coverage_image_find(coverage->image, address, &offset, &length))
        return;
    if (length > PATH_MAX)
        length = PATH_MAX;
    const uint8_t *bytes = coverage->view->bytes + offset;
    const uint8_t *nul = memchr(bytes, '\0', (size_t)length);
    coverage_use_memory(coverage, COVERAGE_READ, address,
                        nul ? (uint64_t)(nul - bytes) + 1 : length);
}

/* How many bytes the kernel transferred of a buffer whose size is argument `size_in`. */
static uint64_t transferred(const struct coverage_made *made, unsigned size_in)
{
    if (size_in >= ELFGEN_ARGUMENTS || made->call.failed || !made->answered)
        return 0;
    uint64_t size = made->call.arguments[size_in];
    bool counts = made->row->result_kind == ELFGEN_RESULT_COUNT && made->row->count_in == size_in;
    return counts && (uint64_t)made->call.result < size ? (uint64_t)made->call.result : size;
}

static void take_buffers(struct coverage *coverage, const struct coverage_made *made)
{
    const int64_t bad_address = -14; /* EFAULT */
    for (unsigned i = 0; made->row && i < ELFGEN_ARGUMENTS && made->row->parameters[i].name; i++) {
        const struct call_parameter *parameter = &made->row->parameters[i];
        uint64_t address = made->call.arguments[i];
        switch (syscall_type_kind(parameter->type)) {
        case ELFGEN_PARAMETER_INPUT:
            coverage_use_memory(coverage, COVERAGE_READ, address,
                                transferred(made, parameter->size_in));
            break;
        case ELFGEN_PARAMETER_STRING:
            if (!made->answered || made->call.result != bad_address)
                read_string(coverage, address);
            break;
        case ELFGEN_PARAMETER_OUTPUT:
            if (made->row->result_kind == ELFGEN_RESULT_COUNT)
                coverage_use_memory(coverage, COVERAGE_WRITTEN, address,
                                    transferred(made, parameter->size_in));
            break;
        case ELFGEN_PARAMETER_NUMBER:
        case ELFGEN_PARAMETER_HEX:
            break;
        }
    }
}

/* The lists of addresses and lengths that calls such as writev take, which the kernel reads. What
 * they name is not followed. */
static void take_lists(struct coverage *coverage, const struct coverage_made *made)
{
    enum { MOST = 1024 }; /* UIO_MAXIOV */
    for (unsigned i = 0; made->row && i + 1 < ELFGEN_ARGUMENTS && made->row->parameters[i].name;
         i++) {
        enum call_type type = made->row->parameters[i].type;
        uint64_t count = made->call.arguments[i + 1];
        bool list = type == CALL_TYPE_IN_IOVEC || type == CALL_TYPE_OUT_IOVEC ||
                    type == CALL_TYPE_REMOTE_IOVEC;
        if (list && made->answered && !made->call.failed && count <= MOST)
            coverage_use_memory(coverage, COVERAGE_READ, made->call.arguments[i],
                                count * 2 * syscall_abi(made->call.abi)->word);
    }
}

/* What is at the addresses of the program may be something else afterwards. */
static void take_moves(struct coverage *coverage, const struct coverage_made *made)
{
    const uint64_t *arguments = made->call.arguments;
    if (!made->answered || made->call.failed)
        return;
    if (strcmp(made->name, "munmap") == 0)
        coverage_image_cut(coverage->image, arguments[0], arguments[1]);
    else if (strcmp(made->name, "mmap") == 0 || strcmp(made->name, "mmap2") == 0)
        coverage_image_cut(coverage->image, (uint64_t)made->call.result, arguments[1]);
    else if (strcmp(made->name, "mremap") == 0)
        coverage_image_cut(coverage->image, arguments[0], arguments[1]);
}

/* ---- the texts ---- */

static void add_text(struct coverage *coverage, struct coverage_call *call, const char *text,
                     uint64_t count)
{
    size_t i = 0;
    while (i < call->text_count && strcmp(call->texts[i].text, text) != 0)
        i++;
    if (i == COVERAGE_TEXTS) {
        call->others += count;
        return;
    }
    if (i == call->text_count) {
        call->texts[i].text = strdup(text);
        if (!call->texts[i].text) {
            coverage->no_memory = true;
            return;
        }
        call->text_count++;
    }
    call->texts[i].count += count;
}

/* ---- a place that makes calls ---- */

static struct elfgen_bits known_bits(uint64_t value)
{
    return (struct elfgen_bits){value, UINT64_MAX};
}

static struct elfgen_bits join(struct elfgen_bits a, struct elfgen_bits b)
{
    uint64_t known = a.known & b.known & ~(a.value ^ b.value);
    return (struct elfgen_bits){a.value & known, known};
}

static void join_calls(struct elfgen_call *a, const struct elfgen_call *b)
{
    a->number = join(a->number, b->number);
    for (size_t i = 0; i < ELFGEN_ARGUMENTS; i++)
        a->arguments[i] = join(a->arguments[i], b->arguments[i]);
}

static bool is_pointer(const struct coverage_made *made, unsigned index)
{
    return made->row && made->row->parameters[index].name &&
           syscall_type_kind(made->row->parameters[index].type) != ELFGEN_PARAMETER_NUMBER;
}

/* The call as the byte map knows it. */
static struct elfgen_call as_found(const struct coverage *coverage,
                                   const struct coverage_made *made,
                                   const struct coverage_known *known)
{
    struct elfgen_call call = {.offset = known->offset, .number = known_bits(made->call.number)};
    call.call_instruction =
        (uint8_t)(known->effects.asks ? known->effects.call_instruction
                                      : syscall_abi(made->call.abi)->instruction);
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        uint64_t value = made->call.arguments[i];
        if (is_pointer(made, i))
            value = coverage_image_address(coverage->image, value);
        if (made->texts[i])
            call.arguments[i] = known_bits(value);
    }
    return call;
}

static void add_call(struct coverage *coverage, const struct coverage_made *made,
                     struct coverage_known *known)
{
    char room[1024];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    const struct elfgen_call found = as_found(coverage, made, known);
    if (known->call == 0) {
        if (!grow_array(&coverage->calls, coverage->call_count + 1, &coverage->call_room,
                        sizeof *coverage->calls)) {
            coverage->no_memory = true;
            return;
        }
        coverage->calls[coverage->call_count++] =
            (struct coverage_call){.offset = known->offset, .call = found};
        known->call = coverage->call_count;
    }
    struct coverage_call *call = &coverage->calls[known->call - 1];
    call->count++;
    join_calls(&call->call, &found);
    coverage_made_put_question(&text, made);
    elfgen_text_string(&text, " = ");
    coverage_made_put_answer(&text, made);
    room[text.length] = '\0';
    /* A recording may come from anywhere. */
    for (size_t i = 0; i < text.length; i++)
        room[i] = ascii_printable((uint8_t)room[i]);
    add_text(coverage, call, room, 1);
}

void coverage_take_call(struct coverage *coverage, const struct step_record *record,
                        struct coverage_known *known)
{
    struct coverage_made made = {.name = ""};
    if (record->pieces_size == 0 || !coverage_made_take(&made, coverage->numbers, record))
        return;
    take_buffers(coverage, &made);
    take_lists(coverage, &made);
    take_moves(coverage, &made);
    if (strcmp(made.name, "restart_syscall") == 0)
        made.resumed = coverage->interrupted;
    if (coverage->watcher)
        coverage->watcher->call(coverage->watcher->context, &made);
    if (known && known->offset != ELFGEN_NOWHERE)
        add_call(coverage, &made, known);
    const int64_t restart_block = -516; /* ERESTART_RESTARTBLOCK */
    if (made.answered && made.call.result == restart_block && !made.resumed)
        snprintf(coverage->interrupted, sizeof coverage->interrupted, "%s", made.name);
}

/* ---- at the end ---- */

static int by_offset(const void *a, const void *b)
{
    const struct coverage_call *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void merge(struct coverage *coverage, struct coverage_call *into, struct coverage_call *from)
{
    into->count += from->count;
    into->others += from->others;
    join_calls(&into->call, &from->call);
    for (size_t i = 0; i < from->text_count; i++) {
        add_text(coverage, into, from->texts[i].text, from->texts[i].count);
        free(from->texts[i].text);
    }
}

void coverage_sort_calls(struct coverage *coverage)
{
    struct coverage_call *calls = coverage->calls;
    size_t kept = 0;
    if (coverage->call_count == 0)
        return;
    qsort(calls, coverage->call_count, sizeof *calls, by_offset);
    for (size_t i = 1; i < coverage->call_count; i++) {
        if (calls[i].offset == calls[kept].offset)
            merge(coverage, &calls[kept], &calls[i]);
        else
            calls[++kept] = calls[i];
    }
    coverage->call_count = kept + 1;
}
