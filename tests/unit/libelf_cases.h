/* What libelf is asked, a file of tests each. */
#ifndef LIBELF_CASES_H
#define LIBELF_CASES_H

#include <check.h>

TCase *libelf_section_header_cases(void);

#endif
