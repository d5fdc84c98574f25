/* Shared by the tests of stepper/. */
#ifndef STEPPER_CASES_H
#define STEPPER_CASES_H

#include "room.h"
#include "stepper/recording.h"

/* Records a loop that changes registers, vectors and memory, to its exit. */
void record_loop(struct step_recording *recording);

TCase *stepper_document_cases(void);

#endif
