/* Prints system calls as one JSON object. */
#include "syscall.h"
#include "base/json_write.h"
#include "commands/json_versions.h"
#include "syscalls/parameter_text.h"

static void put_strings(struct elfgen_text *out, const char *const *strings, size_t most)
{
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < most && strings[i]; i++) {
        elfgen_text_string(out, i ? "," : "");
        json_string(out, strings[i]);
    }
    elfgen_text_char(out, ']');
}

static void put_convention(struct elfgen_text *out, enum call_abi abi)
{
    const struct call_abi_row *convention = syscall_abi(abi);
    elfgen_text_string(out, "{\"abi\":");
    json_string(out, convention->name);
    json_key_string(out, "instruction", syscall_instruction(convention->instruction)->name);
    json_key_string(out, "number", convention->number);
    json_key(out, "arguments");
    put_strings(out, convention->arguments, ELFGEN_ARGUMENTS);
    json_key_string(out, "result", convention->result);
    json_key(out, "lost");
    put_strings(out, convention->lost, sizeof convention->lost / sizeof convention->lost[0]);
    json_key(out, "errors");
    elfgen_text_string(out, "[-");
    elfgen_text_decimal(out, ELFGEN_ERRNO_MOST, 0);
    elfgen_text_string(out, ",-1]}");
}

static void put_parameters(struct elfgen_text *out, const struct call_facts *call)
{
    const struct call_parameter *parameters = call->row->parameters;
    elfgen_text_char(out, '[');
    for (unsigned i = 0; parameters[i].name; i++) {
        elfgen_text_string(out, i ? ",{\"register\":" : "{\"register\":");
        json_string(out, syscall_abi(call->abi)->arguments[i]);
        json_key_string(out, "name", parameters[i].name);
        json_key_string(out, "type", syscall_type_text(parameters[i].type));
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

static void put_call(struct elfgen_text *out, const struct call_facts *call)
{
    char text[CALL_PROTOTYPE_ROOM];
    elfgen_text_string(out, "{\"abi\":");
    json_string(out, syscall_abi(call->abi)->name);
    json_key_number(out, "number", (uint64_t)call->number);
    json_key_string(out, "name", call->name);
    json_key_string(out, "entry_point", call->implemented ? call->entry : NULL);
    json_key(out, "prototype");
    if (call->row)
        parameter_text_prototype(call, text);
    json_string(out, call->row ? text : NULL);
    json_key_string(out, "result", call->row ? syscall_type_text(call->row->result) : NULL);
    json_key(out, "parameters");
    if (call->row)
        put_parameters(out, call);
    else
        json_string(out, NULL);
    elfgen_text_char(out, '}');
}

void syscall_put_json(struct elfgen_text *out, const bool asked[CALL_ABIS],
                      const struct call_facts *calls, size_t count)
{
    bool any = false;
    json_begin(out, JSON_VERSION_syscall);
    elfgen_text_string(out, ",\"abis\":[");
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        if (!asked[abi])
            continue;
        elfgen_text_string(out, any ? "," : "");
        put_convention(out, abi);
        any = true;
    }
    elfgen_text_string(out, "],\"calls\":[");
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(out, i ? ",\n" : "\n");
        put_call(out, &calls[i]);
    }
    elfgen_text_string(out, "]}\n");
}
