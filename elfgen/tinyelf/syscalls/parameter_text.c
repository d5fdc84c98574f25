/* Prints parameters of system calls as C declares them. */
#include "parameter_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void add(char text[CALL_PROTOTYPE_ROOM],
                                                      const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, CALL_PROTOTYPE_ROOM - length, format, arguments);
    va_end(arguments);
}

/* A type and a name. In types of the table the name always comes last. */
static void declare(enum call_type type, const char *name, char *text, size_t room)
{
    const char *c = syscall_type_text(type);
    size_t length = strlen(c);
    snprintf(text, room, "%s%s%s", c, length && c[length - 1] == '*' ? "" : " ", name);
}

void parameter_text_declare(const struct call_parameter *parameter, char *text, size_t room)
{
    declare(parameter->type, parameter->name, text, room);
}

void parameter_text_prototype(const struct call_facts *call, char text[CALL_PROTOTYPE_ROOM])
{
    if (!call->row) {
        snprintf(text, CALL_PROTOTYPE_ROOM, "%s", call->name);
        return;
    }
    const struct call_parameter *parameters = call->row->parameters;
    declare(call->row->result, call->name, text, CALL_PROTOTYPE_ROOM);
    for (unsigned i = 0; parameters[i].name; i++) {
        char parameter[96];
        parameter_text_declare(&parameters[i], parameter, sizeof parameter);
        add(text, "%s%s", i ? ", " : "(", parameter);
    }
    add(text, "%s", parameters[0].name ? ")" : "(void)");
}

void parameter_text_names(const struct call_facts *call, char text[CALL_PROTOTYPE_ROOM])
{
    text[0] = '\0';
    if (!call->row || !call->row->parameters[0].name)
        add(text, "%s", call->row ? "none" : "?");
    for (unsigned i = 0; call->row && call->row->parameters[i].name; i++)
        add(text, "%s%s", i ? ", " : "", call->row->parameters[i].name);
}
