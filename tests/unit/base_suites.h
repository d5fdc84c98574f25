/* The test cases of base/ that stand in files of their own. */
#ifndef BASE_SUITES_H
#define BASE_SUITES_H

#include "room.h"

TCase *base_file_tests(void);
TCase *base_heap_tests(void);
TCase *base_maps_tests(void);
TCase *base_memory_tests(void);
TCase *base_proc_tests(void);

#endif
