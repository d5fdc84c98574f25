/* tinyelf syscall: prints numbers, parameters and registers of system calls. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "syscall.h"
#include "base/fold.h"
#include "base/width.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"

/* The texts of the instructions that make system calls. */
static const struct {
#define INSTRUCTION(id, text, bytes, abi) char id[16];
#include "syscalls/call_instructions.def"
#undef INSTRUCTION
} instructions = {
#define INSTRUCTION(id, text, bytes, abi) text,
#include "syscalls/call_instructions.def"
#undef INSTRUCTION
};

static const struct option_choice abis[] = {
#define ABI(id, name, title, arch, word, entry, x32, instruction, number, result, arguments, lost) \
    {name, CALL_##id, instructions.instruction},
#include "syscalls/abi.def"
#undef ABI
    {NULL, 0, NULL},
};

#define OPTIONS "commands/syscall/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_syscall_options = {
    .name = "syscall",
    .usage = "[OPTIONS] [NAME|NUMBER]",
    .about = "Prints a system call's number, parameters, the registers that carry them, and "
             "the kernel's function for it, in both ABIs of x86, where the same number "
             "means different calls. Without NAME or --list, it prints the registers.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_syscall,
    .notes =
        "NUMBER is decimal or 0x... Names and numbers are those of the libseccomp that "
        "tinyelf was built with: a call that is newer is unknown here. x32 (numbers with bit 30 "
        "set) is not covered.",
    .exit_status = "0 if there is such a call, 1 if not, 2 for a usage error.",
};

/* What was asked, and the tables with the answers. */
struct question {
    bool asked[CALL_ABIS];
    bool list, json;
    const char *word; /* NULL: none */
    bool is_number;
    uint64_t number;
};

/* The longest possible list. */
enum { MOST_CALLS = CALL_ABIS * CALLS_END };

/* Returns false if there is no call of that number. */
static bool find(enum call_abi abi, uint64_t number, struct call_facts *facts)
{
    const char *name = syscall_name(abi, number);
    *facts = (struct call_facts){.abi = abi, .number = -1};
    if (!name)
        return false;
    facts->number = (int)number;
    memcpy(facts->name, name, strnlen(name, sizeof facts->name - 1));
    facts->row = syscall_row(abi, name);
    facts->implemented = syscall_entry(abi, facts->name, facts->entry);
    return true;
}

/* ---- whole tables ---- */

/* Finds all calls of the requested ABIs, by number. `all` must have room for them. */
static size_t find_all(const bool asked[CALL_ABIS], struct call_facts *all)
{
    size_t count = 0;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        for (unsigned number = 0; asked[abi] && number < CALLS_END; number++)
            count += find(abi, number, &all[count]);
    return count;
}

static int compare_names(const void *a, const void *b)
{
    const struct call_facts *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : (int)left->abi - (int)right->abi;
}

static struct call_facts *make_room(void)
{
    struct call_facts *all = calloc(MOST_CALLS, sizeof *all);
    if (!all)
        message_no_memory("syscall");
    return all;
}

static unsigned count_asked(const struct question *question)
{
    unsigned count = 0;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        count += question->asked[abi];
    return count;
}

static int list(const struct question *question, struct standard_output *output)
{
    struct call_facts *all = make_room();
    if (!all)
        return EXIT_NO;
    bool several = count_asked(question) > 1;
    size_t count = find_all(question->asked, all);
    if (several)
        qsort(all, count, sizeof *all, compare_names);
    if (question->json)
        syscall_put_json(&output->text, question->asked, all, count);
    else if (several)
        syscall_put_names(&output->text, width_of_output(), all, count);
    else
        syscall_put_list(&output->text, width_of_output(), all, count);
    free(all);
    return EXIT_YES;
}

/* ---- one call ---- */

/* Prints "tinyelf: 'NAME': TEXT"; a number has no quotes. Returns EXIT_NO. */
__attribute__((format(printf, 2, 3))) static int refuse(const struct question *question,
                                                        const char *format, ...)
{
    char *text = NULL, *subject = NULL;
    const char *quote = question->is_number ? "" : "'";
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text && asprintf(&subject, "%s%s%s", quote, question->word, quote) >= 0) {
        message(subject, NULL, "%s", text);
        free(subject);
    }
    free(text);
    return EXIT_NO;
}

/* The name of the call whose entry point `word` is, as in a backtrace or without its prefix. NULL:
 * none. */
static const char *of_entry(const char *word, const struct call_facts *all, size_t count)
{
    size_t length = strlen(word);
    for (size_t i = 0; strstr(word, "sys_") && i < count; i++) {
        size_t whole = strlen(all[i].entry);
        if (all[i].implemented && length <= whole &&
            strcmp(all[i].entry + whole - length, word) == 0)
            return all[i].name;
    }
    return NULL;
}

/* Reports that there is no such name, and suggests one. */
static int refuse_name(const struct question *question)
{
    struct call_facts *all = make_room();
    const char **names = calloc(MOST_CALLS + 1, sizeof *names);
    if (all && names) {
        size_t count = find_all(question->asked, all);
        for (size_t i = 0; i < count; i++)
            names[i] = all[i].name;
        const char *meant = of_entry(question->word, all, count);
        if (!meant && question->word[0])
            meant = nearest(question->word, names);
        refuse(question, "no such system call%s%s%s", meant ? ": did you mean '" : "",
               meant ? meant : "", meant ? "'?" : "");
    }
    free(names);
    free(all);
    return EXIT_NO;
}

static int refuse_number(const struct question *question)
{
    unsigned last = 0;
    uint64_t number = question->number;
    char names[CALL_ABI_NAMES_ROOM];
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        uint32_t x32 = syscall_abi(abi)->x32;
        if (question->asked[abi] && (number & x32) && number - x32 < CALLS_END)
            return refuse(question, "no such system call: bit 30 makes it one of x32's, which are "
                                    "not covered here");
    }
    for (unsigned abi = 0; abi < CALL_ABIS; abi++)
        for (unsigned i = last; question->asked[abi] && i < CALLS_END; i++)
            if (syscall_name(abi, i))
                last = i;
    syscall_abi_names(question->asked, names);
    return refuse(question, "no such system call in %s: the last that libseccomp knows there is %u",
                  names, last);
}

/* Reports that only another ABI has the call. */
static int refuse_abi(const struct question *question, const struct call_facts *other)
{
    const char *abi = syscall_abi(other->abi)->name;
    char names[CALL_ABI_NAMES_ROOM];
    syscall_abi_names(question->asked, names);
    if (question->is_number)
        return refuse(question, "no such system call in %s: in %s it is %s", names, abi,
                      other->name);
    return refuse(question, "no such system call in %s: in %s it is number %d", names, abi,
                  other->number);
}

/* Finds the call in one ABI. If it has none, the number is -1 and the name as given. */
static void find_asked(const struct question *question, enum call_abi abi, struct call_facts *facts)
{
    int of_name = question->is_number ? -1 : syscall_number(abi, question->word);
    bool is = find(abi, question->is_number ? question->number : (uint64_t)of_name, facts);
    for (unsigned in = 0; is && in < CALL_ABIS; in++)
        facts->numbers[in] = syscall_number(in, facts->name);
    if (!is && !question->is_number)
        snprintf(facts->name, sizeof facts->name, "%s", question->word);
}

static int one(const struct question *question, struct standard_output *output)
{
    struct call_facts found[CALL_ABIS], answers[CALL_ABIS];
    const struct call_facts *columns[CALL_ABIS] = {NULL}, *any = NULL;
    size_t count = 0;
    for (unsigned abi = 0; abi < CALL_ABIS; abi++) {
        find_asked(question, abi, &found[abi]);
        if (found[abi].number >= 0)
            any = &found[abi];
        if (question->asked[abi])
            columns[abi] = &found[abi];
        if (question->asked[abi] && found[abi].number >= 0)
            answers[count++] = found[abi];
    }
    if (any && count == 0)
        return refuse_abi(question, any);
    if (!any)
        return question->is_number ? refuse_number(question) : refuse_name(question);
    if (question->json)
        syscall_put_json(&output->text, question->asked, answers, count);
    else
        syscall_put_one(&output->text, width_of_output(), columns);
    return EXIT_YES;
}

/* ---- without a call ---- */

static int rules(const struct question *question, struct standard_output *output)
{
    if (question->json) {
        syscall_put_json(&output->text, question->asked, NULL, 0);
        return EXIT_YES;
    }
    syscall_put_rules(&output->text, width_of_output(), question->asked);
    struct fold fold;
    fold_open(&fold, &output->text, width_of_output(), 0);
    elfgen_text_string(&fold.text, "\n'tinyelf syscall NAME' and 'tinyelf syscall NUMBER' print "
                                   "one call, 'tinyelf syscall --list' all.\n");
    fold_close(&fold);
    return EXIT_YES;
}

static int take_option(void *context, const struct option_given *given)
{
    struct question *question = context;
    switch ((enum option_id)given->id) {
    case OPTION_ABI:
        for (int abi = 0; abi < CALL_ABIS; abi++)
            question->asked[abi] = abi == given->choice;
        break;
    case OPTION_LIST:
        question->list = true;
        break;
    case OPTION_JSON:
        question->json = true;
        break;
    }
    return EXIT_YES;
}

int command_syscall(int argc, char **argv)
{
    struct standard_output *output = stdout_open();
    struct question question = {.list = false};
    memset(question.asked, true, sizeof question.asked);
    int status = options_read(&command_syscall_options, argc, argv, take_option, &question);
    if (status != OPTIONS_READ)
        return status;
    if (argc - optind > 1)
        return usage_error("syscall", "one call at a time");
    if (optind < argc && question.list)
        return usage_error("syscall", "--list prints all calls: it takes no name");
    question.word = argv[optind];
    question.is_number = question.word && parse_number(question.word, &question.number);
    int (*answer)(const struct question *, struct standard_output *) = question.list   ? list
                                                                       : question.word ? one
                                                                                       : rules;
    status = answer(&question, output);
    return stdout_finish(output) ? status : EXIT_NO;
}
