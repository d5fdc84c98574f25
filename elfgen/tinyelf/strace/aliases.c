/* Resolves i386's socketcall, old mmap etc. to the call and arguments a trace shows. */
#include "aliases.h"

#include "strace/args/args.h"

const char *strace_show_number(struct strace_shown *shown)
{
    struct elfgen_text text = {.bytes = shown->number, .capacity = sizeof shown->number - 1};
    elfgen_text_string(&text, "syscall_");
    elfgen_text_0x(&text, shown->call.number);
    shown->number[text.length] = '\0';
    return shown->number;
}

/* Reads `count` arguments from memory. Returns false if they cannot be read. */
static bool take_arguments(struct strace_shown *shown, const struct memory_reader *reader,
                           uint64_t address, size_t count)
{
    uint8_t bytes[4 * ELFGEN_ARGUMENTS];
    if (address == 0 || reader->read(reader->context, address, bytes, 4 * count) != 4 * count)
        return false;
    for (size_t i = 0; i < count; i++)
        shown->call.arguments[i] = strace_load32(bytes + 4 * i);
    return true;
}

static size_t count_parameters(const struct call_row *row)
{
    size_t count = 0;
    while (row->parameters[count].name)
        count++;
    return count;
}

/* Finds the call that socketcall stands for: names of its numbers are names of calls. */
static void unfold_socketcall(struct strace_shown *shown, const struct memory_reader *reader)
{
    const char *word = xlat_name(&xlat_socketcall, shown->call.arguments[0]);
    char name[16] = "";
    for (size_t i = 0; word && word[i + 4] && i + 1 < sizeof name; i++)
        name[i] = (char)(word[i + 4] | ('a' - 'A') * (word[i + 4] >= 'A' && word[i + 4] <= 'Z'));
    const struct call_row *row = word ? syscall_row(shown->call.abi, name) : NULL;
    if (row && take_arguments(shown, reader, shown->call.arguments[1], count_parameters(row))) {
        shown->row = row;
        shown->name = row->name;
    }
}

static void unfold(struct strace_shown *shown, const struct memory_reader *reader)
{
    enum call_type first = shown->row->parameters[0].type;
    const struct call_row *row = NULL;
    if (first == CALL_TYPE_SOCKETCALL)
        unfold_socketcall(shown, reader);
    else if (first == CALL_TYPE_MMAP_ARGS)
        row = syscall_row(CALL_ABIS, "mmap");
    else if (first == CALL_TYPE_SELECT_ARGS)
        row = syscall_row(CALL_ABIS, "_newselect");
    if (row && take_arguments(shown, reader, shown->call.arguments[0], count_parameters(row)))
        shown->row = row;
}

/* The arguments of clone are in another order in each ABI, and shown in a third. */
static void order_clone(struct strace_shown *shown)
{
    static const enum call_type order[] = {CALL_TYPE_CLONE_STACK, CALL_TYPE_CLONE_FLAGS,
                                           CALL_TYPE_CLONE_PARENT_TID, CALL_TYPE_CLONE_TLS,
                                           CALL_TYPE_CLONE_CHILD_TID};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        for (uint8_t j = 0; shown->row->parameters[j].name; j++)
            if (shown->row->parameters[j].type == order[i])
                shown->order[i] = j;
}

void strace_show_call(struct strace_shown *shown, const struct process_call *call,
                      struct calls *calls, const struct memory_reader *reader)
{
    const struct call *known = syscall_find(calls, call->abi, call->number);
    shown->call = *call;
    shown->row = known ? known->row : NULL;
    shown->name = known ? known->name : strace_show_number(shown);
    if (shown->row && shown->row->only != CALL_ABIS)
        unfold(shown, reader);
    else if (shown->row && shown->row->parameters[0].type == CALL_TYPE_SOCKETCALL)
        unfold_socketcall(shown, reader);
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
        shown->order[i] = (uint8_t)i;
    if (shown->row && shown->row->parameters[0].type == CALL_TYPE_CLONE_FLAGS)
        order_clone(shown);
}
