/* Writes the system calls of a run as strace does, without what is secret in them. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "page_run_private.h"

/* The register that has an argument of the call; STEP_REGISTERS: it is in memory. */
static enum step_register register_of(const struct coverage_made *made, unsigned index)
{
    return recording_register_named(syscall_abi(made->call.abi)->arguments[index]);
}

static enum step_secrecy secrecy_of(const struct page_run *run, const struct coverage_made *made,
                                    unsigned index)
{
    enum step_register from = register_of(made, index);
    return from < STEP_REGISTERS ? step_secrets_register(run->secrets, from) : STEP_SECRET_CONTENT;
}

/* Whether a text is of what an argument points to: a string, a list or a structure. */
static bool is_pointed_to(const char *text)
{
    return strpbrk(text, "\"[{") != NULL;
}

/* Whether what the kernel reads at an argument, or has written there, is public. */
static bool is_public_memory(const struct page_run *run, const struct coverage_made *made,
                             unsigned index)
{
    enum { MOST = 1 << 16, STRUCTURE = 32 };
    const struct call_parameter *parameter = &made->row->parameters[index];
    uint64_t address = made->call.arguments[index], size = STRUCTURE;
    if (parameter->size_in < ELFGEN_ARGUMENTS)
        size = made->call.arguments[parameter->size_in];
    switch (syscall_type_kind(parameter->type)) {
    case ELFGEN_PARAMETER_OUTPUT: /* only what a user gives is known to be no secret */
        return step_secrets_is_input(run->secrets, made->name, made->call.arguments[0]);
    case ELFGEN_PARAMETER_STRING:
        size = strlen(made->texts[index]) - 1; /* two quotes less, and the zero at its end */
        break;
    case ELFGEN_PARAMETER_INPUT:
        /* What lists name may be anywhere. */
        if (parameter->type == CALL_TYPE_ARGV || parameter->type == CALL_TYPE_ENVP ||
            parameter->type == CALL_TYPE_IN_IOVEC)
            return false;
        break;
    case ELFGEN_PARAMETER_NUMBER:
    case ELFGEN_PARAMETER_HEX:
        return false;
    }
    return step_secrets_memory(run->secrets, address, size < MOST ? size : MOST) == STEP_PUBLIC;
}

/* The text of an argument that may be shown; `room` is for one that differs. */
static const char *shown(const struct page_run *run, const struct coverage_made *made,
                         unsigned index, char room[32])
{
    const char *text = made->texts[index];
    uint64_t value = made->call.arguments[index], other;
    if (is_pointed_to(text) && made->row && made->row->parameters[index].name)
        return is_public_memory(run, made, index) ? text : PAGE_LEFT_OUT;
    if (!page_run_may_show(run, value, secrecy_of(run, made, index), &other))
        return PAGE_LEFT_OUT;
    if (other == value)
        return text;
    struct elfgen_text own = {.bytes = room, .capacity = 31};
    elfgen_text_0x(&own, other);
    room[own.length] = '\0';
    return room;
}

void page_run_ask(struct page_run *run, const struct coverage_made *made)
{
    char rooms[ELFGEN_ARGUMENTS][32];
    struct elfgen_text out = {.bytes = run->question, .capacity = sizeof run->question};
    struct coverage_made question = *made;
    run->made = *made;
    run->has_call = true;
    run->hidden = 0;
    for (unsigned i = 0; run->secrets && i < ELFGEN_ARGUMENTS; i++) {
        uint64_t other;
        if (!made->texts[i])
            continue;
        question.texts[i] = shown(run, made, i, rooms[i]);
        if (!page_run_may_show(run, made->call.arguments[i], secrecy_of(run, made, i), &other))
            run->hidden |= (uint8_t)(1U << i);
    }
    coverage_made_put_question(&out, &question);
    run->question_length = out.length;
}

void page_run_put_answer(struct elfgen_text *out, const struct page_run *run)
{
    const struct coverage_made *made = &run->made;
    uint64_t value = (uint64_t)made->call.result, other = value;
    if (made->answered && !made->call.failed && run->secrets &&
        !page_run_may_show(run, value, step_secrets_register(run->secrets, STEP_rax), &other)) {
        elfgen_text_string(out, PAGE_LEFT_OUT);
        return;
    }
    if (other != value)
        elfgen_text_0x(out, other);
    else
        coverage_made_put_answer(out, made);
}

void page_run_hide(struct page_run *run, uint64_t offset)
{
    /* Of steps that the page does not have, nothing is known. */
    uint8_t arguments = run->left > 0 ? UINT8_MAX : run->hidden;
    if (!run->secrets || !run->has_call || arguments == 0 || offset == ELFGEN_NOWHERE)
        return;
    for (size_t i = run->hidden_count; i-- > 0;) {
        if (run->hidden_calls[i].offset == offset) {
            run->hidden_calls[i].arguments |= arguments;
            return;
        }
    }
    if (!grow_array(&run->hidden_calls, run->hidden_count + 1, &run->hidden_room,
                    sizeof *run->hidden_calls)) {
        run->no_memory = true;
        return;
    }
    run->hidden_calls[run->hidden_count++] = (struct page_run_hidden){offset, arguments};
}

/* Forgets the texts of a place's calls, which have everything. */
static void drop_texts(struct coverage_call *call)
{
    for (size_t i = 0; i < call->text_count; i++)
        free(call->texts[i].text);
    call->text_count = 0;
}

void page_run_clean(const struct page_run *run, struct coverage *coverage)
{
    if (run->with_private)
        return;
    for (size_t i = 0; i < coverage->call_count; i++) {
        drop_texts(&coverage->calls[i]);
        for (size_t j = 0; j < run->hidden_count; j++)
            for (size_t k = 0; k < ELFGEN_ARGUMENTS; k++)
                if (run->hidden_calls[j].offset == coverage->run_calls[i].offset &&
                    run->hidden_calls[j].arguments >> k & 1)
                    coverage->run_calls[i].arguments[k] = (struct elfgen_bits){0, 0};
    }
}
