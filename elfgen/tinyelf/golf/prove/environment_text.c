/* Says in words what a program meets, and as a command of a shell. */
#include "environment.h"

#include <string.h>

#include "base/ascii.h"
#include "base/shellwords.h"
#include "base/system_error.h"

#define EVERY UINT32_MAX

/* ---- words ---- */

static const char *calls_name(const struct golf_rule *rule)
{
    static const char *const names[] = {
        [GOLF_ON_ANY] = "call", [GOLF_ON_READ] = "read", [GOLF_ON_WRITE] = "write"};
    return names[rule->on];
}

/* "each write", "write 2", "writes 2 to 4", "each write from 2 on". */
static void put_which(const struct golf_rule *rule, struct elfgen_text *text)
{
    const bool each = rule->count == EVERY, several = !each && rule->count > 1;
    elfgen_text_string(text, each ? "each " : "");
    elfgen_text_string(text, calls_name(rule));
    elfgen_text_string(text, several ? "s" : "");
    if (each && rule->first == 1)
        return;
    elfgen_text_string(text, each ? " from " : " ");
    elfgen_text_decimal(text, rule->first, 0);
    elfgen_text_string(text, each ? " on" : several ? " to " : "");
    if (several)
        elfgen_text_decimal(text, (uint64_t)rule->first + rule->count - 1, 0);
}

static void put_rule(const struct golf_rule *rule, struct elfgen_text *text)
{
    const bool several = rule->count != EVERY && rule->count > 1;
    put_which(rule, text);
    if (rule->error != 0) {
        elfgen_text_string(text, several ? " fail: " : " fails: ");
        elfgen_text_string(text, system_error_name(rule->error));
        elfgen_text_string(text, " (");
        elfgen_text_string(text, system_error_text(rule->error));
        elfgen_text_char(text, ')');
        return;
    }
    elfgen_text_string(text, several ? " take " : " takes ");
    elfgen_text_string(text, rule->most == 0 ? "nothing" : "at most ");
    if (rule->most > 0)
        elfgen_text_decimal(text, rule->most, 0);
    elfgen_text_string(text, rule->most == 0 ? "" : rule->most == 1 ? " byte" : " bytes");
}

/* "call 2 returns -77". */
static void put_answer(const struct golf_answer *answer, size_t number, struct elfgen_text *text)
{
    const bool failed = answer->result < 0;
    const char *name = failed ? system_error_name((int)-answer->result) : NULL;
    elfgen_text_string(text, "call ");
    elfgen_text_decimal(text, number, 0);
    elfgen_text_string(text, " returns ");
    elfgen_text_signed(text, answer->result);
    if (!name)
        return;
    elfgen_text_string(text, " (");
    elfgen_text_string(text, name);
    elfgen_text_char(text, ')');
}

void golf_environment_text(const struct golf_environment *environment, struct elfgen_text *text)
{
    const char *between = "";
    for (unsigned i = 0; i < 3; i++) {
        if (!(environment->closed >> i & 1))
            continue;
        elfgen_text_string(text, between);
        elfgen_text_string(text, "descriptor ");
        elfgen_text_decimal(text, i, 0);
        elfgen_text_string(text, " is closed");
        between = "; ";
    }
    for (size_t i = 0; i < environment->rule_count; i++) {
        elfgen_text_string(text, between);
        put_rule(&environment->rules[i], text);
        between = "; ";
    }
    for (size_t i = 0; i < environment->answer_count; i++) {
        if (!environment->answers[i].is_set)
            continue;
        elfgen_text_string(text, between);
        put_answer(&environment->answers[i], i + 1, text);
        between = "; ";
    }
    if (!*between)
        elfgen_text_string(text, environment->makes ? "no call fails; they are really made"
                                                    : "no call fails");
}

/* ---- a command ---- */

/* Whether a shell and strace can bring the environment about: strace cannot shorten a call. */
static bool is_possible(const struct golf_environment *environment)
{
    enum { MOST = 64 };
    if (environment->answer_count > 0)
        return false;
    for (size_t i = 0; i < environment->rule_count; i++)
        if (environment->rules[i].error == 0 || environment->rules[i].on == GOLF_ON_ANY)
            return false;
    for (size_t i = 0; environment->arguments[i]; i++)
        if (strlen(environment->arguments[i]) > MOST)
            return false;
    for (size_t i = 0; environment->variables[i]; i++)
        if (strlen(environment->variables[i]) > MOST || !strchr(environment->variables[i], '=') ||
            environment->variables[i][0] == '=')
            return false;
    return environment->input_size == 0 || (environment->input && environment->input_size <= MOST);
}

/* In single quotes, unless it needs none. */
static void put_word(const char *word, struct elfgen_text *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-_./:,+@%=";
    if (*word && word[strspn(word, plain)] == '\0') {
        elfgen_text_string(text, word);
        return;
    }
    elfgen_text_char(text, '\'');
    for (; *word; word++)
        if (*word == '\'')
            elfgen_text_string(text, "'\\''");
        else
            elfgen_text_char(text, *word);
    elfgen_text_char(text, '\'');
}

static void put_rules(const struct golf_environment *environment, struct elfgen_text *text)
{
    for (size_t i = 0; i < environment->rule_count; i++) {
        const struct golf_rule *rule = &environment->rules[i];
        elfgen_text_string(text, i == 0 ? "strace -e inject=" : " -e inject=");
        elfgen_text_string(text, calls_name(rule));
        elfgen_text_string(text, ":error=");
        elfgen_text_string(text, system_error_name(rule->error));
        if (rule->first == 1 && rule->count == EVERY)
            continue;
        elfgen_text_string(text, ":when=");
        elfgen_text_decimal(text, rule->first, 0);
        if (rule->count == EVERY)
            elfgen_text_char(text, '+');
        else if (rule->count > 1) {
            elfgen_text_string(text, "..");
            elfgen_text_decimal(text, (uint64_t)rule->first + rule->count - 1, 0);
        }
    }
    elfgen_text_string(text, environment->rule_count > 0 ? " " : "");
}

/* The input comes from printf, or from /dev/null. */
static void put_input(const struct golf_environment *environment, struct elfgen_text *text)
{
    elfgen_text_string(text, "printf '");
    for (size_t i = 0; i < environment->input_size; i++) {
        const uint8_t byte = environment->input[i];
        if (ascii_is_printable(byte) && byte != '\'' && byte != '\\' && byte != '%') {
            elfgen_text_char(text, (char)byte);
        } else if (byte == '\n') {
            elfgen_text_string(text, "\\n");
        } else {
            elfgen_text_char(text, '\\');
            for (int shift = 6; shift >= 0; shift -= 3)
                elfgen_text_char(text, (char)('0' + (byte >> shift & 7)));
        }
    }
    elfgen_text_string(text, "' | ");
}

bool golf_environment_command(const struct golf_environment *environment, const char *program,
                              struct elfgen_text *text)
{
    static const char *const closed[] = {" <&-", " >&-", " 2>&-"};
    char quoted[1024];
    if (!is_possible(environment))
        return false;
    if (environment->input_size > 0 && !(environment->closed & 1))
        put_input(environment, text);
    elfgen_text_string(text, "env -i ");
    for (size_t i = 0; environment->variables[i]; i++) {
        put_word(environment->variables[i], text);
        elfgen_text_char(text, ' ');
    }
    put_rules(environment, text);
    if (!strchr(program, '/'))
        elfgen_text_string(text, "./");
    elfgen_text_string(text, shellwords_quote_file(program, quoted, sizeof quoted));
    for (size_t i = 1; environment->arguments[i]; i++) {
        elfgen_text_char(text, ' ');
        put_word(environment->arguments[i], text);
    }
    for (unsigned i = 0; i < 3; i++)
        if (environment->closed >> i & 1)
            elfgen_text_string(text, closed[i]);
    if (environment->input_size == 0 && !(environment->closed & 1))
        elfgen_text_string(text, " </dev/null");
    return true;
}
