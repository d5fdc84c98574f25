/* Writes what proofs and searches both report: which versions start both, what may differ. */
#include "golf_private.h"
#include "base/plural.h"

void golf_put_version(struct elfgen_text *out, uint32_t version)
{
    elfgen_text_decimal(out, version >> 16, 0);
    elfgen_text_char(out, '.');
    elfgen_text_decimal(out, version & 0xffff, 0);
}

static void put_versions(const struct kernel_versions *versions, struct elfgen_text *out)
{
    golf_put_version(out, versions->first);
    if (versions->last == versions->first)
        return;
    elfgen_text_string(out, " to ");
    golf_put_version(out, versions->last);
}

void golf_put_kernels(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_kernels *kernels = &report->kernels;
    elfgen_text_string(out, "  Linux ");
    if (kernels->refuse_count == 0) {
        put_versions(&kernels->asked, out);
        elfgen_text_string(out, kernels->starts ? " starts both\n" : " starts neither\n");
        return;
    }
    for (size_t i = 0; i < kernels->refuse_count; i++) {
        elfgen_text_string(out, i > 0 ? ", " : "");
        put_versions(&kernels->refuse[i], out);
    }
    elfgen_text_string(out, " starts ");
    elfgen_text_string(out, report->original.name);
    elfgen_text_string(out, ", but not ");
    elfgen_text_string(out, report->candidate.name);
    elfgen_text_string(out, " (--kernel asks for fewer versions): ");
    elfgen_kernel_message(&kernels->answer, out);
    elfgen_text_char(out, '\n');
}

void golf_put_taken_for_granted(const struct golf_report *report, struct elfgen_text *out)
{
    if (report->full_writes)
        elfgen_text_string(out, "  only where each write returns all that it was asked for:\n"
                                "                   it is not the same where one fails or falls "
                                "short (--with full-writes)\n");
}

void golf_put_stretches(const struct golf_report *report, struct elfgen_text *out)
{
    const struct golf_symbolic *stretches = &report->stretches;
    elfgen_text_string(out, "  shown for any arguments and results: ");
    elfgen_text_decimal(out, stretches->shown, 0);
    elfgen_text_string(out, " of ");
    plural_put(out, stretches->shown + stretches->left, "stretch", "stretches");
    elfgen_text_string(out, stretches->left ? " between calls; the rest only ran\n"
                                            : " between calls\n");
}

void golf_put_may_differ(struct elfgen_text *out)
{
    elfgen_text_string(out, "  what may differ: time, registers at the end, addresses,\n");
    elfgen_text_string(out,
                       "                   /proc/self/maps, core files, stack use up to 128 KiB\n");
}
