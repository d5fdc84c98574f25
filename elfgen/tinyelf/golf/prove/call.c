/* System calls by their meaning: what of a call must be the same in two programs. */
#include "call.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "strace/line.h"

/* ---- which call it is ---- */

static bool is_exit(const char *name)
{
    return strcmp(name, "exit") == 0 || strcmp(name, "exit_group") == 0;
}

static const struct {
    const char *name, *reason; /* NULL: answered */
} treatments[] = {
#define ANSWERED(name)        {#name, NULL},
#define REFUSED(name, reason) {#name, reason},
#define WRITES(...)
#define READS(...)
#include "calls.def"
#undef ANSWERED
#undef REFUSED
#undef WRITES
#undef READS
};

static const struct {
    enum call_type type;
    uint16_t writes, wide, narrow;
} sizes[] = {
#define ANSWERED(...)
#define REFUSED(...)
#define WRITES(type, wide, narrow) {CALL_TYPE_##type, true, wide, narrow},
#define READS(type, wide, narrow)  {CALL_TYPE_##type, false, wide, narrow},
#include "calls.def"
#undef ANSWERED
#undef REFUSED
#undef WRITES
#undef READS
};

/* A number that Linux's table does not have: no call, unless kernels differ. */
static enum golf_treatment unknown_treatment(const struct process_call *call, const char **reason)
{
    const uint64_t number = call->number;
    if (number >> 32 != 0 && (number & INT32_MAX) == (uint32_t)number)
        *reason = "makes a system call whose number has more than 32 bits: kernels differ in it";
    else if (number < CALLS_END || (number >> 32 == 0 && number & syscall_abi(call->abi)->x32))
        *reason = "makes a system call whose number is not known";
    return *reason ? GOLF_REFUSED : GOLF_NO_CALL;
}

enum golf_treatment golf_call_treatment(struct calls *calls, const struct process_call *call,
                                        const struct call_row **row, const char **reason)
{
    const struct call *known = syscall_find(calls, call->abi, call->number);
    *row = known ? known->row : NULL;
    *reason = NULL;
    if (!known)
        return unknown_treatment(call, reason);
    if (is_exit(known->name))
        return GOLF_ENDS;
    for (size_t i = 0; i < sizeof treatments / sizeof treatments[0]; i++)
        if (strcmp(treatments[i].name, known->name) == 0) {
            *reason = treatments[i].reason;
            return *reason ? GOLF_REFUSED : GOLF_ANSWERED;
        }
    if (!*row)
        *reason = "makes a system call whose parameters are not known";
    return *row ? GOLF_MADE : GOLF_REFUSED;
}

/* ---- numbers ---- */

static bool is_pointer(const char *text)
{
    return text[strlen(text) - 1] == '*';
}

unsigned golf_call_width(enum call_type type)
{
    static const struct {
        const char *text;
        unsigned bits;
    } widths[] = {{"int", 32},       {"unsigned int", 32}, {"pid_t", 32},
                  {"uid_t", 32},     {"gid_t", 32},        {"dev_t", 32},
                  {"socklen_t", 32}, {"uint32_t", 32},     {"mode_t", 16}};
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++)
        if (strcmp(widths[i].text, syscall_type_text(type)) == 0)
            return widths[i].bits;
    return type == CALL_TYPE_CPU_SET_SIZE ? 32 : 0;
}

static bool is_signed(enum call_type type)
{
    static const char *const texts[] = {"long", "off_t", "ssize_t", "time_t"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i], syscall_type_text(type)) == 0)
            return true;
    return false;
}

static uint64_t number_of(const struct process_call *call, enum call_type type, unsigned index)
{
    uint64_t number = call->arguments[index];
    unsigned bits = golf_call_width(type);
    if (bits != 0)
        return number & ((UINT64_C(1) << bits) - 1);
    return is_signed(type) && syscall_abi(call->abi)->word == 4 ? (uint64_t)(int32_t)number
                                                                : number;
}

/* ---- pointers ---- */

enum { PIECES_MOST = 1024, STRING_MOST = 4096, KEPT = 8192 };

size_t golf_call_size(enum call_abi abi, enum call_type type, bool writes)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (sizes[i].type == type && sizes[i].writes == writes)
            return syscall_abi(abi)->word == 4 ? sizes[i].narrow : sizes[i].wide;
    return SIZE_MAX;
}

bool golf_call_piece(pid_t id, const struct process_call *call, size_t index,
                     struct golf_piece *piece)
{
    const size_t word = syscall_abi(call->abi)->word;
    uint8_t bytes[16];
    *piece = (struct golf_piece){0};
    if (golf_memory_read(id, call->arguments[1] + index * 2 * word, bytes, 2 * word) != 2 * word)
        return false;
    memcpy(&piece->address, bytes, word);
    memcpy(&piece->size, bytes + word, word);
    return true;
}

/* FNV-1a over eight bytes at a time, twice with different constants: for comparing long contents
 * without keeping them. */
static void add_digest(uint64_t digest[2], const uint8_t *bytes, size_t size)
{
    static const uint64_t primes[2] = {UINT64_C(0x100000001b3), UINT64_C(0x9e3779b97f4a7c15)};
    for (size_t at = 0; at < size; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, bytes + at, size - at < sizeof word ? size - at : sizeof word);
        for (size_t i = 0; i < 2; i++) {
            digest[i] = (digest[i] ^ word) * primes[i];
            digest[i] ^= digest[i] >> 29;
        }
    }
}

/* Appends how many bytes of `size` there are, and these; of many, the first ones and a digest. */
static void put_bytes(pid_t id, uint64_t address, uint64_t size, struct golf_bytes *key)
{
    uint8_t bytes[KEPT];
    uint64_t digest[2] = {UINT64_C(0xcbf29ce484222325), UINT64_C(0x84222325cbf29ce4)};
    uint64_t done = 0;
    const size_t start = key->size;
    golf_bytes_put_number(key, 0);
    while (done < size) {
        const size_t most = size - done < sizeof bytes ? (size_t)(size - done) : sizeof bytes;
        const size_t got = golf_memory_read(id, address + done, bytes, most);
        if (done == 0)
            golf_bytes_put(key, bytes, got);
        else
            add_digest(digest, bytes, got);
        done += got;
        if (got < most)
            break;
    }
    golf_bytes_put(key, digest, sizeof digest);
    if (!key->failed)
        memcpy(key->bytes + start, &done, sizeof done);
}

static void put_string(pid_t id, uint64_t address, struct golf_bytes *key)
{
    uint8_t bytes[STRING_MOST];
    size_t got = golf_memory_read(id, address, bytes, sizeof bytes);
    const uint8_t *end = memchr(bytes, 0, got);
    golf_bytes_put_number(key, end ? (uint64_t)(end - bytes) : UINT64_MAX - got);
    golf_bytes_put(key, bytes, end ? (size_t)(end - bytes) : got);
}

/* The sizes of readv's pieces; of writev's also the bytes. */
static void put_pieces(pid_t id, const struct process_call *call, bool bytes,
                       struct golf_bytes *key)
{
    struct golf_piece piece;
    const uint64_t count = call->arguments[2];
    for (size_t i = 0; i < count && i < PIECES_MOST; i++) {
        bool there = golf_call_piece(id, call, i, &piece);
        golf_bytes_put_number(key, there);
        if (!there)
            return;
        golf_bytes_put_number(key, piece.size);
        if (bytes)
            put_bytes(id, piece.address, piece.size, key);
    }
}

static bool put_input(pid_t id, const struct process_call *call, const struct call_row *row,
                      unsigned index, struct golf_bytes *key)
{
    const struct call_parameter *parameter = &row->parameters[index];
    const uint64_t address = call->arguments[index];
    if (parameter->type == CALL_TYPE_IN_IOVEC) {
        put_pieces(id, call, true, key);
        return true;
    }
    size_t size = parameter->size_in != CALL_NO_SIZE
                      ? SIZE_MAX - 1
                      : golf_call_size(call->abi, parameter->type, false);
    golf_bytes_put_number(key, address != 0);
    if (size == SIZE_MAX)
        return address == 0;
    if (parameter->size_in != CALL_NO_SIZE)
        size = (size_t)call->arguments[parameter->size_in];
    /* Then nothing is looked at. */
    if ((int64_t)size < 0 && syscall_fails_if_negative(row->name))
        size = 0;
    put_bytes(id, address, size, key);
    return true;
}

/* Where the kernel writes does not matter, but whether it does. */
static bool put_output(pid_t id, const struct process_call *call,
                       const struct call_parameter *parameter, unsigned index,
                       struct golf_bytes *key)
{
    if (parameter->type == CALL_TYPE_OUT_IOVEC) {
        put_pieces(id, call, false, key);
        return true;
    }
    golf_bytes_put_number(key, call->arguments[index] != 0);
    return parameter->size_in != CALL_NO_SIZE || call->arguments[index] == 0 ||
           golf_call_size(call->abi, parameter->type, true) != SIZE_MAX;
}

static bool put_parameter(pid_t id, const struct process_call *call, const struct call_row *row,
                          unsigned index, struct golf_bytes *key)
{
    const struct call_parameter *parameter = &row->parameters[index];
    switch (syscall_type_kind(parameter->type)) {
    case ELFGEN_PARAMETER_STRING:
        put_string(id, call->arguments[index], key);
        return true;
    case ELFGEN_PARAMETER_INPUT:
        return put_input(id, call, row, index, key);
    case ELFGEN_PARAMETER_OUTPUT:
        if (!is_pointer(syscall_type_text(parameter->type)))
            return false;
        return put_output(id, call, parameter, index, key);
    default:
        golf_bytes_put_number(key, number_of(call, parameter->type, index));
        return true;
    }
}

/* ---- the whole call ---- */

/* The second half of a number is an argument here, too. */
static bool is_absent(const struct process_call *call, const struct call_row *row, unsigned index)
{
    const enum call_type type = row->parameters[index].type;
    return type != CALL_TYPE_OFF_HIGH && type != CALL_TYPE_OFF_LOW_LAST &&
           strace_argument_is_absent(call, row, index);
}

bool golf_call_key(pid_t id, const struct process_call *call, const char *name,
                   const struct call_row *row, struct golf_bytes *key)
{
    bool known = true;
    if (!name) {
        golf_bytes_put_number(key, call->number);
        return true;
    }
    if (is_exit(name)) {
        golf_bytes_put(key, "exit", sizeof "exit");
        golf_bytes_put_number(key, call->arguments[0] & UINT8_MAX);
        return true;
    }
    golf_bytes_put(key, name, strlen(name) + 1);
    for (unsigned i = 0; row && row->parameters[i].name; i++)
        if (!is_absent(call, row, i))
            known = put_parameter(id, call, row, i, key) && known;
    return known;
}

size_t golf_call_output(const struct process_call *call, const struct call_row *row, unsigned index)
{
    const struct call_parameter *parameter = &row->parameters[index];
    if (syscall_type_kind(parameter->type) != ELFGEN_PARAMETER_OUTPUT || call->failed ||
        call->arguments[index] == 0)
        return 0;
    if (parameter->size_in == CALL_NO_SIZE)
        return golf_call_size(call->abi, parameter->type, true);
    const uint64_t room = call->arguments[parameter->size_in], result = (uint64_t)call->result;
    const bool counts =
        row->result_kind == ELFGEN_RESULT_COUNT && row->count_in == parameter->size_in;
    return (size_t)(counts && result < room ? result : room);
}
