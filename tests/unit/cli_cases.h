/* The test cases of cli/ that stand in a file of their own. */
#ifndef CLI_CASES_H
#define CLI_CASES_H

#include "room.h"

TCase *cli_colour_cases(void);

#endif
