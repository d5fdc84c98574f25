/* Adds up the bytes of a file by what owns them. */
#include "explain.h"

/* The larger files have more than a line can tell. */
enum { MOST_COUNTED = 1 << 20 };

/* What bytes are counted as, in the order of the line. A byte of several owners counts for the
 * first. */
#define KINDS(X)                                                                                   \
    X(EHDR, "ELF header", "ELF header")                                                            \
    X(PHDR, "program header", "program headers")                                                   \
    X(SHDR, "section header", "section headers")                                                   \
    X(INTERPRETER, "path of the dynamic linker", "path of the dynamic linker")                     \
    X(CODE, "code", "code")                                                                        \
    X(TEXT, "text", "text")                                                                        \
    X(STRINGS, "strings", "strings")                                                               \
    X(SYMBOLS, "symbol", "symbols")                                                                \
    X(RELOCATIONS, "relocation", "relocations")                                                    \
    X(DYNAMIC, "dynamic section", "dynamic section")                                               \
    X(TABLES, "other tables", "other tables")                                                      \
    X(NOTES, "note", "notes")                                                                      \
    X(SECTIONS, "other sections", "other sections")                                                \
    X(PADDING, "padding", "padding")                                                               \
    X(UNCLAIMED, "unclaimed", "unclaimed")

enum kind {
#define X(id, one, several) KIND_##id,
    KINDS(X)
#undef X
        KIND_COUNT
};

static const char *const names[KIND_COUNT][2] = {
#define X(id, one, several) {one, several},
    KINDS(X)
#undef X
};

struct account {
    struct bytemap_writer writer;
    uint64_t bytes[KIND_COUNT];
    bool several[KIND_COUNT]; /* more than one structure */
    uint64_t section[KIND_COUNT];
    uint64_t ends[KIND_COUNT]; /* of what began before `done`: where its last byte is passed */
    uint64_t done;
    uint64_t shared; /* bytes with owners of several kinds */
};

static enum kind kind_of(const struct elfgen_claim *claim)
{
    switch (claim->part) {
    case ELFGEN_PART_EHDR:
        return KIND_EHDR;
    case ELFGEN_PART_PHDR:
        return KIND_PHDR;
    case ELFGEN_PART_SHDR:
        return KIND_SHDR;
    case ELFGEN_PART_INTERPRETER:
        return KIND_INTERPRETER;
    case ELFGEN_PART_INSTRUCTION:
    case ELFGEN_PART_ENCODING:
        return KIND_CODE;
    case ELFGEN_PART_STRING:
        return claim->section == ELFGEN_NO_SECTION && !claim->areas ? KIND_TEXT : KIND_STRINGS;
    case ELFGEN_PART_SYMBOL:
        return KIND_SYMBOLS;
    case ELFGEN_PART_RELOCATION:
        return KIND_RELOCATIONS;
    case ELFGEN_PART_DYNAMIC:
        return KIND_DYNAMIC;
    case ELFGEN_PART_NOTE:
        return KIND_NOTES;
    case ELFGEN_PART_SECTION:
    case ELFGEN_PART_TLS:
        return KIND_SECTIONS;
    case ELFGEN_PART_PADDING:
        return KIND_PADDING;
    default:
        return KIND_TABLES;
    }
}

/* Whether two kinds at one byte are more than a section and what it consists of. */
static bool is_shared(unsigned first, unsigned second)
{
    return first < KIND_SECTIONS && second < KIND_SECTIONS;
}

/* Counts the bytes up to `to`, all of whose owners are known. */
static void count(struct account *account, uint64_t to)
{
    while (account->done < to) {
        unsigned first = KIND_COUNT, second = KIND_COUNT;
        uint64_t end = to;
        for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
            if (account->ends[kind] <= account->done)
                continue;
            if (account->ends[kind] < end)
                end = account->ends[kind];
            if (first == KIND_COUNT)
                first = kind;
            else if (second == KIND_COUNT)
                second = kind;
        }
        account->bytes[first < KIND_COUNT ? first : KIND_UNCLAIMED] += end - account->done;
        if (second < KIND_COUNT && is_shared(first, second))
            account->shared += end - account->done;
        account->done = end;
    }
}

static void count_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct account *account = (struct account *)writer;
    enum kind kind = kind_of(claim);
    count(account, claim->offset);
    /* Numbers start afresh in each section. */
    account->several[kind] = account->several[kind] || claim->index > 0 ||
                             (account->ends[kind] > 0 && account->section[kind] != claim->section);
    account->section[kind] = claim->section;
    if (account->ends[kind] < claim->offset + claim->length)
        account->ends[kind] = claim->offset + claim->length;
}

static void count_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    (void)writer;
    (void)offset;
    (void)length;
}

bool explain_put_account(struct bytemap *map)
{
    struct bytemap own = *map;
    struct account account = {.writer = {.map = &own, .claim = count_claim, .gap = count_gap}};
    const char *between = " = ";
    if (map->view->length > MOST_COUNTED)
        return true;
    if (!bytemap_walk(&account.writer)) {
        map->error = own.error;
        return false;
    }
    count(&account, map->view->length);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        if (account.bytes[kind] == 0)
            continue;
        elfgen_text_string(map->out, between);
        elfgen_text_decimal(map->out, account.bytes[kind], 0);
        elfgen_text_char(map->out, ' ');
        elfgen_text_string(map->out, names[kind][account.several[kind]]);
        between = " + ";
    }
    if (account.shared == 0)
        return true;
    elfgen_text_string(map->out, "; ");
    elfgen_text_decimal(map->out, account.shared, 0);
    elfgen_text_string(map->out, account.shared == 1 ? " byte has several owners"
                                                     : " bytes have several owners");
    return true;
}
