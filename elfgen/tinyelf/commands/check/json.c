/* Prints the result of check as one JSON object. */

#include "base/json_write.h"
#include "check.h"
#include "commands/json_versions.h"

unsigned check_json(struct elfgen_text *out, const struct verdict *report,
                    const struct kernel_versions *versions, bool *good, bool *starts)
{
    json_begin(out, JSON_VERSION_check);
    json_key_string(out, "file", report->file);
    unsigned warnings = verdict_put_json(out, report);
    json_key(out, "map");
    verdict_put_map(out, report);
    if (versions) {
        json_key(out, "kernels");
        elfgen_text_char(out, '[');
        *good = check_kernels(out, report, versions, true, starts);
        elfgen_text_char(out, ']');
    }
    elfgen_text_string(out, "}\n");
    return warnings;
}
