/* An instruction's encodings, what they consist of, and what it reads and writes. */
#ifndef ENCODE_H
#define ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/text.h"
#include "elfgen/x86.h"

/* Assemblers that are asked, in this order. */
enum { ENCODE_NASM, ENCODE_AS, ENCODE_TOOLS };

/* What an installed assembler makes of an instruction. */
struct encode_asked {
    const char *tool; /* "nasm" */
    uint8_t bytes[64];
    size_t length;  /* 0: it made nothing */
    char says[256]; /* why, or what it warned of; "": nothing */
};

struct encode_error;

struct encode_answer {
    const char *text; /* the line as the user wrote it */
    size_t length;
    unsigned line; /* from 1; PLACE_NO_LINE: it is the only one */
    struct elfgen_x86_instruction instruction;
    struct elfgen_x86_encoding *encodings; /* the shortest first */
    size_t count, room;
    bool is_allocated; /* the encodings: whoever made the answer frees them; else they are few[] */
    struct elfgen_x86_encoding few[16];
    size_t usual;                        /* which of them NASM takes */
    const struct encode_error *warnings; /* what NASM warns of, or does all the same */
    size_t warning_count;
    bool is_asked;
    struct encode_asked asked[ENCODE_TOOLS];
};

/* Lists the encodings of `answer->instruction`, of which NASM takes `usual`; with `useless`, those
 * too that have prefixes which change nothing. Returns false if there is no memory. */
bool encode_list(struct encode_answer *answer, const struct elfgen_x86_encoding *usual,
                 bool useless);

/* Runs the assemblers. */
void encode_ask(struct encode_answer *answer);

/* Appends the instruction in the language of GNU as with .intel_syntax noprefix. Returns false if
 * that has no such operand. */
bool encode_put_for_as(struct elfgen_text *out, const struct elfgen_x86_instruction *instruction);

/* The operands of an instruction in NASM's language, as elfgen_x86_print() prints it. */
struct encode_operands {
    char room[256];
    size_t length; /* of the whole */
    struct {
        const char *text;
        size_t length;
    } at[ELFGEN_X86_OPERANDS];
};
void encode_print(const struct elfgen_x86_instruction *instruction,
                  struct encode_operands *operands);

/* Appends a form's operand, with its size where it is the operand size (in bytes; 0: any). */
void encode_put_operand(struct elfgen_text *out, const struct elfgen_x86_form *form, unsigned i,
                        unsigned size);

/* ---- fields ---- */

struct encode_rex {
    bool is_there;
    uint8_t w, r, x, b;
};
struct encode_modrm {
    bool is_there;
    uint8_t mod, reg, rm;
};
struct encode_sib {
    bool is_there;
    uint8_t scale, index, base;
};
struct encode_rex encode_rex(const struct elfgen_x86_encoding *encoding);
struct encode_modrm encode_modrm(const struct elfgen_x86_encoding *encoding);
struct encode_sib encode_sib(const struct elfgen_x86_encoding *encoding);

/* Append what a field means: a register, or "/5" for more of the opcode. */
void encode_put_opcode_register(struct elfgen_text *out, const struct encode_answer *answer,
                                const struct elfgen_x86_encoding *encoding);
void encode_put_reg(struct elfgen_text *out, const struct encode_answer *answer,
                    const struct elfgen_x86_encoding *encoding);
void encode_put_rm(struct elfgen_text *out, const struct encode_answer *answer,
                   const struct elfgen_x86_encoding *encoding);
void encode_put_index(struct elfgen_text *out, const struct encode_answer *answer,
                      const struct elfgen_x86_encoding *encoding);
void encode_put_base(struct elfgen_text *out, const struct encode_answer *answer,
                     const struct elfgen_x86_encoding *encoding);

/* ---- effects ---- */

/* What is read or written: a register or a memory operand. */
struct encode_value {
    const char *text;
    size_t length;
    bool is_implicit; /* no operand names it */
};

enum { ENCODE_VALUES = 32 };

struct encode_effects {
    struct encode_value reads[ENCODE_VALUES], writes[ENCODE_VALUES];
    size_t read_count, write_count;
    uint32_t flags_read, flags_written, flags_undefined;
};

/* Sets the effects of the form that NASM takes. `operands` is from encode_print(), and stays as
 * long. */
void encode_effects(const struct encode_answer *answer, const struct encode_operands *operands,
                    struct encode_effects *effects);

/* The name of the next flag of a set, which is taken from that; NULL: it is empty. */
const char *encode_next_flag(uint32_t *flags);

/* ---- outputs ---- */

/* `width`: of the output, 0: any (base/width.h). */
void encode_put_table(struct elfgen_text *out, size_t width, const struct encode_answer *answer);
void encode_put_text(struct elfgen_text *out, size_t width, const struct encode_answer *answer);

/* An object in a line. */
void encode_put_json(struct elfgen_text *out, const struct encode_answer *answer);

/* ---- errors ---- */

/* An instruction that has no encoding, or one that NASM makes all the same. */
struct encode_error {
    const char *file; /* of a message: "<stdin>", or the command */
    unsigned line;
    const char *text; /* the whole line */
    size_t length;
    size_t column; /* from 1; 0: of no place */
    char sentence[1024];
    const char *advice; /* a note; NULL: none */
    uint8_t mode;
    bool is_warning; /* NASM cuts the number, or writes the prefix, all the same */
    bool has_forms;  /* a note lists the forms that fail for the same reason, which come nearest */
    struct elfgen_x86_instruction instruction;
    enum elfgen_x86_status status;
    unsigned blame;
};

/* Sets sentence and forms: why elfgen_encode() made nothing of `error->instruction`, by its status
 * and the operand to blame; of a warning also what NASM does. */
void encode_explain(struct encode_error *error);

/* Sets `out` to the next form to list after `*number`, which begins with 0: "r/m8, r8". None comes
 * twice. Returns false if there is no other. */
bool encode_next_form(const struct encode_error *error, unsigned *number, struct elfgen_text *out);

/* Prints the error and its note. */
void encode_report(const struct encode_error *error);
void encode_put_json_error(struct elfgen_text *out, const struct encode_error *error);

#endif
