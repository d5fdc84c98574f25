/* Writes the sentence and the remedy of a check, with the numbers of an answer. */
#include "elfgen/names.h"

#include "kernel_private.h"

const char *elfgen_errno_name(int error)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {{ELFGEN_EPERM, "EPERM"},   {ELFGEN_ENOENT, "ENOENT"},
                 {ELFGEN_EIO, "EIO"},       {ELFGEN_ENOEXEC, "ENOEXEC"},
                 {ELFGEN_ENOMEM, "ENOMEM"}, {ELFGEN_EACCES, "EACCES"},
                 {ELFGEN_EFAULT, "EFAULT"}, {ELFGEN_EEXIST, "EEXIST"},
                 {20, "ENOTDIR"},           {21, "EISDIR"},
                 {ELFGEN_EINVAL, "EINVAL"}, {26, "ETXTBSY"},
                 {36, "ENAMETOOLONG"},      {40, "ELOOP"},
                 {75, "EOVERFLOW"},         {ELFGEN_ELIBBAD, "ELIBBAD"}};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].number == error)
            return names[i].name;
    return NULL;
}

static void put(const struct elfgen_kernel_answer *answer, const char *sentence,
                struct elfgen_text *text)
{
    for (; *sentence; sentence++) {
        if (*sentence != '%' || !sentence[1]) {
            elfgen_text_char(text, *sentence);
            continue;
        }
        switch (*++sentence) {
        case 'n':
            elfgen_text_string(text, answer->field ? answer->field : "");
            break;
        case 'v':
            elfgen_text_decimal(text, answer->value, 0);
            break;
        case 'x':
            elfgen_text_0x(text, answer->value);
            break;
        case 'o':
            elfgen_text_decimal(text, answer->other, 0);
            break;
        case 'p':
            elfgen_text_0x(text, answer->other);
            break;
        case 'm':
            elfgen_text_string(text, elfgen_machine_name(answer->foreign));
            break;
        case 't':
            elfgen_text_string(text, answer->tool ? answer->tool : "");
            break;
        case 'w':
            elfgen_text_decimal(text, answer->would, 0);
            break;
        case 'h':
            elfgen_text_0x(text, answer->would);
            break;
        default:
            elfgen_text_char(text, *sentence);
        }
    }
}

void elfgen_kernel_message(const struct elfgen_kernel_answer *answer, struct elfgen_text *text)
{
    if ((unsigned)answer->check >= ELFGEN_CHECK_COUNT)
        return;
    put(answer, elfgen_kernel_checks[answer->check].sentence, text);
    if (answer->is_past_end)
        put(answer, " (the file ends before %n)", text);
}

void elfgen_kernel_remedy(const struct elfgen_kernel_answer *answer, struct elfgen_text *text)
{
    static const char *const advice[] = {
#define ELFGEN_ADVICE(id, sentence) sentence,
#include "elfgen/kernel_advice.def"
#undef ELFGEN_ADVICE
    };
    if ((unsigned)answer->check >= ELFGEN_CHECK_COUNT ||
        (unsigned)answer->advice >= ELFGEN_ADVICE_COUNT)
        return;
    if (answer->advice != ELFGEN_ADVICE_none) {
        put(answer, advice[answer->advice], text);
        return;
    }
    const char *remedy = elfgen_kernel_checks[answer->check].remedy;
    /* A remedy that has a number in it is written only if there is one. */
    for (const char *c = remedy; *c && !answer->offers; c++)
        if (*c == '%')
            return;
    put(answer, remedy, text);
}
