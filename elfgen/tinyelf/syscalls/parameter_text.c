/* Prints parameters of system calls as C declares them. */
#include "parameter_text.h"

#include "elfgen/text.h"

/* A type and a name. In types of the table the name always comes last. */
static void declare(struct elfgen_text *text, enum call_type type, const char *name)
{
    const char *c = syscall_type_text(type);
    const size_t length = strlen(c);
    elfgen_text_bytes(text, c, length);
    if (length == 0 || c[length - 1] != '*')
        elfgen_text_char(text, ' ');
    elfgen_text_string(text, name);
}

void parameter_text_declare(struct elfgen_text *text, const struct call_parameter *parameter)
{
    declare(text, parameter->type, parameter->name);
}

void parameter_text_prototype(const struct call_facts *call, char text[CALL_PROTOTYPE_ROOM])
{
    struct elfgen_text out = {.bytes = text, .capacity = CALL_PROTOTYPE_ROOM - 1};
    const struct call_parameter *parameters = call->row ? call->row->parameters : NULL;
    if (parameters)
        declare(&out, call->row->result, call->name);
    else
        elfgen_text_string(&out, call->name);
    for (unsigned i = 0; parameters && parameters[i].name; i++) {
        elfgen_text_string(&out, i ? ", " : "(");
        declare(&out, parameters[i].type, parameters[i].name);
    }
    if (parameters)
        elfgen_text_string(&out, parameters[0].name ? ")" : "(void)");
    text[out.length] = '\0';
}

void parameter_text_names(const struct call_facts *call, char text[CALL_PROTOTYPE_ROOM])
{
    struct elfgen_text out = {.bytes = text, .capacity = CALL_PROTOTYPE_ROOM - 1};
    if (!call->row || !call->row->parameters[0].name)
        elfgen_text_string(&out, call->row ? "none" : "?");
    for (unsigned i = 0; call->row && call->row->parameters[i].name; i++) {
        elfgen_text_string(&out, i ? ", " : "");
        elfgen_text_string(&out, call->row->parameters[i].name);
    }
    text[out.length] = '\0';
}
