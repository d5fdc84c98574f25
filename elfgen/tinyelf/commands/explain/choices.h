/* What may be chosen with options of explain. */
#ifndef EXPLAIN_CHOICES_H
#define EXPLAIN_CHOICES_H

enum explain_format {
#define FORMAT(id, name, function, help) EXPLAIN_##id,
#define OTHER_FORMAT(id, function)       EXPLAIN_##id,
#include "formats.def"
#undef FORMAT
#undef OTHER_FORMAT
    EXPLAIN_FORMATS
};

/* --code none; the other choices are modes of the library. */
enum { CODE_NONE = -1 };

/* What the JSON has besides. */
enum explain_extra {
    EXPLAIN_BYTES = 1,
    EXPLAIN_VERDICT = 2,
    EXPLAIN_MAPPED = 4,
    EXPLAIN_PARTS = 8 /* the caller sets map.encodings */
};

#endif
