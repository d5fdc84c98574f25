/* Reads the structure of an archive (ar) from any bytes: its members, their names, its index of
 * symbols. Nothing is allocated, and every read is checked against the archive's size. */
#ifndef INPUT_AR_H
#define INPUT_AR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What archives begin with; a thin one has no contents, its members are other files. */
#define AR_MAGIC      "!<arch>\n"
#define AR_THIN_MAGIC "!<thin>\n"
enum { AR_MAGIC_SIZE = 8, AR_HEADER_SIZE = 60 };

/* An archive; it points into the caller's bytes. */
struct ar {
    const char *bytes;
    size_t size;
    const char *long_names; /* of the member "//"; NULL: none */
    size_t long_names_size;
};

/* A member. The name is not terminated; the index is called "/" or "/SYM64/", long names "//". */
struct ar_member {
    const char *name;
    size_t name_length;
    size_t offset; /* of its contents */
    size_t size;   /* as its header says: at most the rest of the archive, unless `cut` */
    size_t next;   /* offset of the next member's header; the archive's size: it is the last */
    bool cut;      /* the header says more than the rest of the archive */
};

/* Opens an archive. Returns false if the bytes do not begin with AR_MAGIC. */
bool ar_open(struct ar *ar, const char *bytes, size_t size);

/* The offset of the first member's header. */
enum { AR_FIRST = AR_MAGIC_SIZE };

/* Reads the member whose header is at an offset. Returns NULL, or a sentence without a full stop
 * that says why there is none. */
const char *ar_member(const struct ar *ar, size_t offset, struct ar_member *member);

/* The index that ranlib makes: which member defines which symbol. */
struct ar_index {
    const uint8_t *offsets; /* big-endian */
    unsigned width;         /* 4 or 8 bytes */
    uint64_t count, at;     /* `at`: how many were taken */
    const char *name, *end; /* the next name, and where they end */
};

/* Finds the index. Returns false if there is none that is whole, which may be empty. */
bool ar_open_index(const struct ar *ar, struct ar_index *index);

/* Takes the next symbol, and the offset of its member's header. Returns false after the last. */
bool ar_next_symbol(struct ar_index *index, const char **name, uint64_t *offset);

#endif
