/* Prints a diagnostic about an input. */
#include "build.h"
#include "cli/cli.h"

void build_diagnostic(const struct report *report, bool verbose)
{
    if (report->severity != REPORT_NOTE || verbose || report->place.line != PLACE_NO_LINE)
        message_report(NULL, report);
}
