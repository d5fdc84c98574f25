/* Describes arguments and answers of system calls for a recording, as a trace does. */
#include "text.h"
#include "strace/line.h"

const struct step_words step_words = {strace_process_argument, strace_error_name,
                                      strace_error_text};
