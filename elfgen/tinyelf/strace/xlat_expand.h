/* Defines the sets whose rows are in SETS. Included by two files: headers of the C library and of
 * the kernel conflict. */
#define BEGIN(id, unknown) static const struct xlat_row rows_##id[] = {
#define V(name)            {#name, (uint64_t)(name)},
#define N(name, value)     {name, (uint64_t)(value)},
#define END(id)                                                                                    \
    {                                                                                              \
        NULL, 0                                                                                    \
    }                                                                                              \
    }                                                                                              \
    ;
#include SETS
#undef BEGIN
#undef V
#undef N
#undef END

#define BEGIN(id, unknown) const struct xlat xlat_##id = {rows_##id, unknown};
#define V(name)
#define N(name, value)
#define END(id)
#include SETS
