/* The test cases that ask libelf, one from each file. */
#ifndef LIBELF_CASES_H
#define LIBELF_CASES_H

#include <check.h>

TCase *libelf_section_header_cases(void);

#endif
