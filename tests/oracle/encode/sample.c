/* Reads the options that the comparisons of the encoder share. */
#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool sample_read(struct sample *sample, const char *program, unsigned usual, unsigned full,
                 int argc, char **argv)
{
    *sample = (struct sample){.count = usual, .seed = 20};
    for (int i = 1; i < argc; i++) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        const bool has_value = strcmp(option, "--full") != 0 && strcmp(option, "--list") != 0;
        if (strcmp(option, "--full") == 0)
            sample->count = full;
        else if (strcmp(option, "--list") == 0)
            sample->list = true;
        else if (strcmp(option, "--count") == 0)
            sample->count = (unsigned)strtoul(value, NULL, 0);
        else if (strcmp(option, "--seed") == 0)
            sample->seed = strtoul(value, NULL, 0);
        else if (strcmp(option, "--mode") == 0)
            sample->mode = (unsigned)strtoul(value, NULL, 10);
        else if (strcmp(option, "--only") == 0)
            sample->only = value;
        else
            return fprintf(stderr, "%s: unknown option %s\n", program, option), false;
        i += has_value;
    }
    return true;
}

bool sample_has_mode(const struct sample *sample, unsigned mode)
{
    return sample->mode == 0 || sample->mode == mode;
}

static bool has_mnemonic(const struct sample *sample, unsigned mnemonic)
{
    return !sample->only || strcmp(sample->only, elfgen_x86_mnemonic_name(mnemonic)) == 0;
}

bool sample_next_form(const struct sample *sample, struct sample_form *form)
{
    for (form->number++; form->mnemonic < ELFGEN_X86_MNEMONICS; form->mnemonic++, form->number = 1)
        if (form->mnemonic > 0 && has_mnemonic(sample, form->mnemonic) &&
            elfgen_x86_form(form->mnemonic, form->number, &form->row))
            return true;
    return false;
}
