#include "step.h"
bool step_view(struct step_run *run, struct process_program *program)
{
    (void)run;
    (void)program;
    message("step", "error", "no view yet");
    return false;
}
