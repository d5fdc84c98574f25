/* encode/: instructions as data to bytes, as NASM chooses them; every encoding; errors with the
 * operand that is to blame. The bytes are nasm 2.16.01's. */
#include <string.h>

#include "elfgen/x86.h"
#include "room.h"

#define OP(name)   .mnemonic = ELFGEN_X86_OP_##name, .mode = 64
#define OP32(name) .mnemonic = ELFGEN_X86_OP_##name, .mode = 32
#define R(name)                                                                                    \
    {                                                                                              \
        .kind = ELFGEN_X86_REGISTER_OPERAND, .reg = ELFGEN_X86_REG_##name                          \
    }
#define I(...)                                                                                     \
    {                                                                                              \
        .kind = ELFGEN_X86_IMMEDIATE, .value = __VA_ARGS__                                         \
    }
#define M(...)                                                                                     \
    {                                                                                              \
        .kind = ELFGEN_X86_MEMORY, __VA_ARGS__                                                     \
    }
#define T(...)                                                                                     \
    {                                                                                              \
        .kind = ELFGEN_X86_TARGET, .value = __VA_ARGS__                                            \
    }
#define REG(name)   ELFGEN_X86_REG_##name
#define BASE(name)  .base = ELFGEN_X86_REG_##name
#define INDEX(name) .index = ELFGEN_X86_REG_##name

/* An instruction, and its bytes as hex digits. */
struct encoded {
    struct elfgen_x86_instruction instruction;
    const char *bytes;
};

static void is_hex(const struct elfgen_x86_encoding *encoding, const char *bytes, int number)
{
    char hex[2 * ELFGEN_X86_LONGEST + 1] = "";
    for (size_t i = 0; i < encoding->length; i++) {
        hex[2 * i] = "0123456789abcdef"[encoding->bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[encoding->bytes[i] & 15];
        hex[2 * i + 2] = '\0';
    }
    ck_assert_msg(strcmp(hex, bytes) == 0, "instruction %d is %s, not %s", number, hex, bytes);
}

static void are_encoded(const struct encoded *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct elfgen_x86_encoding encoding;
        const enum elfgen_x86_status status = elfgen_encode(&rows[i].instruction, &encoding);
        ck_assert_msg(status == ELFGEN_X86_OK, "instruction %d (%s): %s", (int)i, rows[i].bytes,
                      elfgen_x86_status_text(status));
        is_hex(&encoding, rows[i].bytes, (int)i);
    }
}

#define ARE_ENCODED(rows) are_encoded(rows, sizeof(rows) / sizeof *(rows))

START_TEST(mov_takes_the_form_that_its_number_needs)
{
    const struct encoded rows[] = {
        {{OP(mov), .operands = {R(rax), I(1)}}, "b801000000"},
        {{OP(mov), .operands = {R(rax), I(0xffffffff)}}, "b8ffffffff"},
        {{OP(mov), .operands = {R(rax), I(-1)}}, "48c7c0ffffffff"},
        {{OP(mov), .operands = {R(rax), I(0x100000000)}}, "48b80000000001000000"},
        {{OP(mov), .operands = {R(rax), I(1, .size = 4)}}, "48c7c001000000"},
        {{OP(mov), .operands = {R(rax), I(0, .symbolic = true)}}, "48b80000000000000000"},
        {{OP(mov), .operands = {R(rax), I(1, .strict = true)}}, "48b80100000000000000"},
        {{OP(mov), .operands = {R(r15), I(0, .symbolic = true, .size = 4)}}, "49c7c700000000"},
        {{OP(mov), .operands = {R(rax), R(ds)}}, "8cd8"},
        {{OP(mov), .operands = {M(.size = 8, BASE(rbx)), R(ds)}}, "488c1b"},
        {{OP(mov), .operands = {R(cr0), R(r8)}}, "410f22c0"},
        {{OP(mov), .operands = {R(al), M(.displacement_size = 8, .value = 5)}},
         "a00500000000000000"},
        {{OP(mov), .operands = {R(al), M(.value = 5)}}, "8a042505000000"},
        {{OP32(mov), .operands = {R(al), M(.value = 5)}}, "a005000000"},
        {{OP32(mov), .operands = {M(.value = 5, .displacement_size = 2), R(ax)}}, "6667a30500"}};
    ARE_ENCODED(rows);
}
END_TEST

START_TEST(an_immediate_is_a_byte_where_it_fits)
{
    const struct encoded rows[] = {
        {{OP(add), .operands = {R(eax), I(5)}}, "83c005"},
        {{OP(add), .operands = {R(eax), I(500)}}, "05f4010000"},
        {{OP(add), .operands = {R(ebx), I(500)}}, "81c3f4010000"},
        {{OP(add), .operands = {R(ax), I(0xffff)}}, "6683c0ff"},
        {{OP(add), .operands = {R(eax), I(5, .size = 4, .strict = true)}}, "0505000000"},
        {{OP(add), .operands = {R(al), I(-1)}}, "04ff"},
        {{OP(add), .operands = {M(BASE(rax)), I(5, .size = 2)}}, "66830005"},
        {{OP(add), .operands = {M(BASE(rax)), I(5, .size = 1)}}, "800005"},
        {{OP(push), .operands = {I(0xffffffff)}, .truncate = true}, "6aff"},
        {{OP(push), .operands = {I(1, .size = 2)}}, "666a01"},
        {{OP(push), .operands = {I(0, .symbolic = true)}}, "6800000000"},
        {{OP(imul), .operands = {R(eax), I(5)}}, "6bc005"},
        {{OP(shl), .operands = {R(eax), I(1)}}, "d1e0"},
        {{OP(shl), .operands = {R(eax), I(1, .size = 1)}}, "c1e001"},
        {{OP(test), .operands = {R(rax), I(5)}}, "48a905000000"},
        {{OP(enter), .operands = {I(1), I(2)}}, "c8010002"}};
    ARE_ENCODED(rows);
}
END_TEST

START_TEST(directions_are_nasms_unless_asked_for)
{
    const struct encoded rows[] = {
        {{OP(test), .operands = {R(rbx), M(BASE(rax))}}, "488518"},
        {{OP(xchg), .operands = {R(ecx), R(edx)}}, "87ca"},
        {{OP(xchg), .operands = {R(eax), R(eax)}}, "87c0"},
        {{OP32(xchg), .operands = {R(eax), R(eax)}}, "90"},
        {{OP(xchg), .operands = {R(rax), R(rax)}}, "4890"},
        {{OP(mov), .operands = {R(eax), R(ebx)}}, "89d8"},
        {{OP(mov), .operands = {R(eax), R(ebx)}, .direction = ELFGEN_X86_TO_REG}, "8bc3"},
        {{OP(mov), .operands = {R(rax), I(1)}, .form = 33}, "48c7c001000000"}};
    ARE_ENCODED(rows);
}
END_TEST

START_TEST(addresses_are_split_and_swapped_as_nasm_does)
{
    const struct encoded rows[] = {
        {{OP(lea), .operands = {R(eax), M(INDEX(rax), .scale = 2)}}, "8d0400"},
        {{OP(lea), .operands = {R(eax), M(INDEX(rax), .scale = 2, .no_split = true)}},
         "8d044500000000"},
        {{OP(lea), .operands = {R(eax), M(BASE(rax), INDEX(rsp))}}, "8d0404"},
        {{OP(lea), .operands = {R(eax), M(BASE(rbp), INDEX(rax))}}, "8d440500"},
        {{OP(lea), .operands = {R(eax), M(BASE(r13))}}, "418d4500"},
        {{OP(lea), .operands = {R(eax), M(BASE(r12), .value = 0x80)}}, "418d842480000000"},
        {{OP(lea), .operands = {R(eax), M(BASE(rax), .displacement_size = 4)}}, "8d8000000000"},
        {{OP(lea), .operands = {R(rax), M(BASE(eax))}}, "67488d00"},
        {{OP(lea), .operands = {R(rax), M(.segment = REG(fs), .value = 0x28)}},
         "64488d042528000000"},
        {{OP(lea), .operands = {R(rax), M(.relative = true, .value = 0x10)}, .address = 0x20},
         "488d05e9ffffff"},
        {{OP(lea), .operands = {R(rax), M(BASE(rip), .value = 4)}}, "488d0504000000"},
        {{OP(lea), .operands = {R(rax), M(INDEX(rcx), .scale = 9)}}, "488d04c9"},
        {{OP(lea), .operands = {R(eax), M(BASE(rax), .symbolic = true)}}, "8d8000000000"},
        {{OP32(lea), .operands = {R(eax), M(BASE(bp), INDEX(si))}}, "678d02"},
        {{OP32(lea), .operands = {R(eax), M(.value = 5)}}, "8d0505000000"}};
    ARE_ENCODED(rows);
}
END_TEST

START_TEST(targets_are_short_where_they_can_be)
{
    const struct encoded rows[] = {
        {{OP(jmp), .operands = {T(0x1000)}, .address = 0x1000}, "ebfe"},
        {{OP(jmp), .operands = {T(0x1081)}, .address = 0x1000}, "eb7f"},
        {{OP(jmp), .operands = {T(0x1082)}, .address = 0x1000}, "e97d000000"},
        {{OP(jmp), .operands = {T(0, .symbolic = true)}}, "e900000000"},
        {{OP(jmp), .operands = {T(0, .symbolic = true, .reach = ELFGEN_X86_SHORT)}}, "eb00"},
        {{OP(je), .operands = {T(0x1002, .strict = true)}, .address = 0x1000}, "0f84fcffffff"},
        {{OP(loop), .operands = {T(0)}}, "e2fe"},
        {{OP(loop), .operands = {T(0), R(ecx)}}, "67e2fd"},
        {{OP(call), .operands = {M(BASE(rax))}}, "ff10"},
        {{OP(jmp), .operands = {M(BASE(rax), .reach = ELFGEN_X86_FAR)}}, "48ff28"},
        {{OP32(call),
          .operands = {{.kind = ELFGEN_X86_FAR_TARGET, .selector = 7, .value = 0x12345678}}},
         "9a785634120700"},
        {{OP32(jmp), .operands = {T(0x10)}, .address = 0xfffffff0}, "eb1e"}};
    ARE_ENCODED(rows);
}
END_TEST

START_TEST(prefixes_come_in_nasms_order)
{
    const struct encoded rows[] = {
        {{OP(add), .operands = {M(BASE(rax)), R(ax)}, .prefixes = ELFGEN_X86_LOCK}, "f0660100"},
        {{OP(movsq), .prefixes = ELFGEN_X86_REP}, "f348a5"},
        {{OP(lodsb), .segment = REG(fs), .prefixes = ELFGEN_X86_A32}, "6467ac"},
        {{OP(ret), .prefixes = ELFGEN_X86_REP}, "f3c3"},
        {{OP(popcnt), .operands = {R(ax), R(bx)}}, "66f30fb8c3"},
        {{OP(mov), .operands = {R(sil), R(al)}}, "4088c6"},
        {{OP(movsd), .operands = {R(xmm9), M(BASE(eax))}}, "67f2440f1008"},
        {{OP(mov), .operands = {R(eax), R(ebx)}, .prefixes = ELFGEN_X86_REX}, "4089d8"},
        {{OP(mov), .operands = {R(eax), R(ebx)}, .prefixes = ELFGEN_X86_O16}, "6689d8"},
        {{OP(mov), .operands = {R(ax), R(bx)}, .prefixes = ELFGEN_X86_O32}, "89d8"},
        {{OP(mov), .operands = {R(eax), R(ebx)}, .prefixes = ELFGEN_X86_O64}, "4889d8"},
        {{OP(ret), .prefixes = ELFGEN_X86_O64}, "48c3"}};
    ARE_ENCODED(rows);
}
END_TEST

START_TEST(any_prefix_stands_before_any_instruction_if_that_is_asked)
{
    const struct encoded rows[] = {
        {{OP(nop), .prefixes = ELFGEN_X86_REP, .any_prefix = true}, "f390"},
        {{OP(lodsb), .prefixes = ELFGEN_X86_LOCK, .any_prefix = true}, "f0ac"},
        {{OP(popcnt), .operands = {R(eax), R(ebx)}, .prefixes = ELFGEN_X86_REPNE | ELFGEN_X86_LOCK,
          .any_prefix = true},
         "f2f0f30fb8c3"}};
    ARE_ENCODED(rows);
    struct elfgen_x86_encoding encoding;
    struct elfgen_x86_instruction instruction = rows[0].instruction;
    instruction.prefixes |= ELFGEN_X86_REPNE;
    ck_assert_int_eq(elfgen_encode(&instruction, &encoding), ELFGEN_X86_NO_PREFIX);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        instruction = rows[i].instruction;
        instruction.any_prefix = false;
        ck_assert_int_eq(elfgen_encode(&instruction, &encoding), ELFGEN_X86_NO_PREFIX);
    }
}
END_TEST

START_TEST(o64_leaves_alone_what_has_64_bits_without_it)
{
    const struct encoded rows[] = {
        {{OP(mov), .operands = {R(cr0), R(r11)}, .prefixes = ELFGEN_X86_O64}, "410f22c3"},
        {{OP(rdpid), .operands = {R(rdx)}, .prefixes = ELFGEN_X86_O64}, "f30fc7fa"},
        {{OP(lar), .operands = {R(edi), R(r9)}, .prefixes = ELFGEN_X86_O64}, "410f02f9"}};
    ARE_ENCODED(rows);
}
END_TEST

/* An instruction, what is wrong with it, and the operand that is to blame. */
struct refused {
    struct elfgen_x86_instruction instruction;
    enum elfgen_x86_status status;
    unsigned blame;
};

START_TEST(errors_say_what_is_wrong_and_with_which_operand)
{
    const struct refused rows[] = {
        {{.mnemonic = 0, .mode = 64}, ELFGEN_X86_NO_MNEMONIC, 255},
        {{.mnemonic = 60000, .mode = 64}, ELFGEN_X86_NO_MNEMONIC, 255},
        {{OP(hlt), .operands = {R(eax)}}, ELFGEN_X86_NO_FORM, 0},
        {{OP(mov), .operands = {R(eax), R(xmm0)}}, ELFGEN_X86_NO_FORM, 1},
        {{OP(mov), .operands = {R(eax), R(bx)}}, ELFGEN_X86_SIZE_MISMATCH, 1},
        {{OP(inc), .operands = {M(BASE(rax))}}, ELFGEN_X86_SIZE_UNKNOWN, 0},
        {{OP(movzx), .operands = {R(eax), M(BASE(rax))}}, ELFGEN_X86_SIZE_UNKNOWN, 1},
        {{OP(aaa)}, ELFGEN_X86_OTHER_MODE, 255},
        {{OP32(mov), .operands = {R(eax), R(r8d)}}, ELFGEN_X86_OTHER_MODE, 1},
        {{OP32(syscall)}, ELFGEN_X86_OK, 255},
        {{OP(push), .operands = {R(eax)}}, ELFGEN_X86_SIZE_MISMATCH, 0},
        {{OP(add), .operands = {R(al), I(256)}}, ELFGEN_X86_NO_FIT, 1},
        {{OP(add), .operands = {R(rax), I(0x80000000)}}, ELFGEN_X86_NO_FIT, 1},
        {{OP(int), .operands = {I(-1)}}, ELFGEN_X86_NO_FIT, 0},
        {{OP(mov), .operands = {R(eax), M(BASE(rax), .value = 0x80000000)}}, ELFGEN_X86_NO_FIT, 1},
        {{OP(loop), .operands = {T(0x100)}}, ELFGEN_X86_OUT_OF_REACH, 0},
        {{OP(jmp), .operands = {T(0x100, .reach = ELFGEN_X86_SHORT)}}, ELFGEN_X86_OUT_OF_REACH, 0},
        {{OP(call), .operands = {T(0x100000000)}}, ELFGEN_X86_OUT_OF_REACH, 0},
        {{OP(lea), .operands = {R(eax), M(BASE(rax), INDEX(rsp), .scale = 2)}},
         ELFGEN_X86_NO_ADDRESS,
         1},
        {{OP(lea), .operands = {R(eax), M(BASE(rax), INDEX(ebx))}}, ELFGEN_X86_NO_ADDRESS, 1},
        {{OP(lea), .operands = {R(eax), M(BASE(bx))}}, ELFGEN_X86_OTHER_MODE, 1},
        {{OP(mov), .operands = {R(ah), R(r8b)}}, ELFGEN_X86_HIGH_BYTE, 255},
        {{OP(mov), .operands = {R(eax), R(ebx)}, .prefixes = ELFGEN_X86_LOCK},
         ELFGEN_X86_NO_PREFIX,
         255},
        {{OP(nop), .prefixes = ELFGEN_X86_REP}, ELFGEN_X86_NO_PREFIX, 255},
        {{OP(mov), .operands = {{.kind = 77}, R(ebx)}}, ELFGEN_X86_BAD_INSTRUCTION, 0},
        {{.mnemonic = ELFGEN_X86_OP_nop, .mode = 16}, ELFGEN_X86_BAD_INSTRUCTION, 255}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elfgen_x86_encoding encoding;
        const enum elfgen_x86_status status = elfgen_encode(&rows[i].instruction, &encoding);
        ck_assert_msg(status == rows[i].status, "instruction %d: %s", (int)i,
                      elfgen_x86_status_text(status));
        ck_assert_msg(status == ELFGEN_X86_OK || encoding.blame == rows[i].blame,
                      "instruction %d: operand %d", (int)i, encoding.blame);
        ck_assert_uint_gt(strlen(elfgen_x86_status_text(status)), 10);
    }
}
END_TEST

START_TEST(a_number_that_does_not_fit_is_cut_if_asked_for)
{
    const struct elfgen_x86_instruction cut = {OP(add), .truncate = true,
                                               .operands = {R(al), I(0x1ff)}};
    struct elfgen_x86_encoding encoding;
    ck_assert_int_eq(elfgen_encode(&cut, &encoding), ELFGEN_X86_OK);
    ck_assert(encoding.truncated);
    is_hex(&encoding, "04ff", 0);
}
END_TEST

START_TEST(parts_and_fields_are_told)
{
    const struct elfgen_x86_instruction all = {
        OP(add), .operands = {M(.size = 8, .segment = REG(gs), BASE(r8), INDEX(r9), .scale = 4,
                                .value = 0x1234),
                              I(0x5678)}};
    const uint8_t lengths[ELFGEN_X86_PARTS] = {1, 1, 1, 1, 1, 4, 4, 0};
    struct elfgen_x86_encoding encoding;
    ck_assert_int_eq(elfgen_encode(&all, &encoding), ELFGEN_X86_OK);
    is_hex(&encoding, "654b8184883412000078560000", 0);
    unsigned at = 0;
    for (unsigned part = 0; part < ELFGEN_X86_PARTS; part++) {
        ck_assert_uint_eq(encoding.part_length[part], lengths[part]);
        if (lengths[part])
            ck_assert_uint_eq(encoding.part_offset[part], at);
        at += lengths[part];
    }
    ck_assert_uint_eq(encoding.operand_size, 8);
    ck_assert_uint_eq(encoding.fields[0].offset, 5);
    ck_assert_uint_eq(encoding.fields[0].length, 4);
    ck_assert(encoding.fields[0].is_signed);
    ck_assert(!encoding.fields[0].is_relative);
    ck_assert_uint_eq(encoding.fields[1].offset, 9);
    ck_assert(encoding.fields[1].is_signed);
}
END_TEST

/* The encodings of an instruction, as hex. */
struct found {
    char hex[64][2 * ELFGEN_X86_LONGEST + 1];
    size_t count, most;
};

static bool keep(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct found *found = context;
    char *hex = found->hex[found->count++];
    for (size_t i = 0; i < encoding->length; i++) {
        hex[2 * i] = "0123456789abcdef"[encoding->bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[encoding->bytes[i] & 15];
        hex[2 * i + 2] = '\0';
    }
    return found->count < found->most;
}

START_TEST(every_encoding_is_listed_once)
{
    static const char *const expected[] = {"b801000000", "48c7c001000000", "48b80100000000000000"};
    const struct elfgen_x86_instruction mov = {OP(mov), .operands = {R(rax), I(1)}};
    struct found found = {.most = 64};
    ck_assert_uint_eq(elfgen_encodings(&mov, false, keep, &found), 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(found.hex[i], expected[i]);
    const struct elfgen_x86_instruction add = {OP(add), .operands = {R(eax), I(5)}};
    found = (struct found){.most = 64};
    ck_assert_uint_eq(elfgen_encodings(&add, false, keep, &found), 3); /* 83, 05, 81 */
    const struct elfgen_x86_instruction load = {OP(mov), .operands = {R(eax), M(BASE(rbx))}};
    found = (struct found){.most = 64};
    /* with 0, 1 and 4 bytes of displacement, each without and with SIB, and as index alone */
    ck_assert_uint_eq(elfgen_encodings(&load, false, keep, &found), 7);
    found = (struct found){.most = 64};
    ck_assert_uint_gt(elfgen_encodings(&load, true, keep, &found), 30);
    for (size_t i = 0; i < found.count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(found.hex[i], found.hex[j]);
    found = (struct found){.most = 2};
    ck_assert_uint_eq(elfgen_encodings(&load, false, keep, &found), 2);
    const struct elfgen_x86_instruction none = {OP(aaa)};
    ck_assert_uint_eq(elfgen_encodings(&none, false, keep, &found), 0);
}
END_TEST

START_TEST(names_are_found_and_unknown_ones_are_not)
{
    for (unsigned i = 1; i < ELFGEN_X86_MNEMONICS; i++) {
        const char *name = elfgen_x86_mnemonic_name(i);
        ck_assert_ptr_nonnull(name);
        ck_assert_uint_eq(elfgen_x86_mnemonic(name, strlen(name)), i);
    }
    ck_assert_uint_eq(elfgen_x86_mnemonic("movq ", 3), ELFGEN_X86_OP_mov);
    ck_assert_uint_eq(elfgen_x86_mnemonic("MOV", 3), ELFGEN_X86_OP_NONE);
    ck_assert_uint_eq(elfgen_x86_mnemonic("zzz", 3), ELFGEN_X86_OP_NONE);
    ck_assert_uint_eq(elfgen_x86_mnemonic("", 0), ELFGEN_X86_OP_NONE);
    ck_assert_uint_eq(elfgen_x86_register("r8d", 3), REG(r8d));
    ck_assert_uint_eq(elfgen_x86_register("r8x", 3), ELFGEN_X86_REG_NONE);
    ck_assert_str_eq(elfgen_x86_register_name(REG(xmm15)), "xmm15");
    ck_assert_ptr_null(elfgen_x86_register_name(255));
    ck_assert_ptr_null(elfgen_x86_mnemonic_name(0));
    ck_assert_uint_eq(elfgen_x86_register_size(REG(ah)), 1);
    ck_assert_uint_eq(elfgen_x86_register_size(REG(cr0)), 0);
}
END_TEST

START_TEST(forms_and_effects_are_told)
{
    struct elfgen_x86_form form;
    struct elfgen_x86_effects effects;
    ck_assert(elfgen_x86_form(ELFGEN_X86_OP_add, 1, &form));
    ck_assert_str_eq(form.operands[0], "r/m8");
    ck_assert_str_eq(form.operands[1], "r8");
    ck_assert_ptr_null(form.operands[2]);
    ck_assert(form.may_lock);
    ck_assert(!form.is_string);
    ck_assert_uint_eq(form.places[0], ELFGEN_X86_IN_RM);
    ck_assert_uint_eq(form.places[1], ELFGEN_X86_IN_REG);
    ck_assert(!form.is_sized[0]);
    ck_assert(elfgen_x86_form(ELFGEN_X86_OP_jmp, 1, &form));
    ck_assert_uint_eq(form.places[0], ELFGEN_X86_IN_DISPLACEMENT);
    ck_assert(elfgen_x86_form(ELFGEN_X86_OP_bswap, 1, &form));
    ck_assert_uint_eq(form.places[0], ELFGEN_X86_IN_OPCODE);
    ck_assert(form.is_sized[0]);
    ck_assert(elfgen_x86_form(ELFGEN_X86_OP_movsb, 1, &form));
    ck_assert(form.is_string);
    ck_assert(!elfgen_x86_form(ELFGEN_X86_OP_add, 0, &form));
    ck_assert(!elfgen_x86_form(ELFGEN_X86_OP_add, 99, &form));
    ck_assert(elfgen_x86_effects(ELFGEN_X86_OP_adc, 1, &effects));
    ck_assert(effects.reads[0] && effects.writes[0] && effects.reads[1] && !effects.writes[1]);
    ck_assert_uint_eq(effects.flags_read, ELFGEN_X86_CF);
    ck_assert(elfgen_x86_effects(ELFGEN_X86_OP_syscall, 1, &effects));
    ck_assert_uint_eq(effects.registers_written, 1u << 1 | 1u << 11);
    ck_assert(!elfgen_x86_effects(ELFGEN_X86_MNEMONICS, 1, &effects));
}
END_TEST

START_TEST(an_instruction_is_printed_for_nasm)
{
    const struct elfgen_x86_instruction instruction = {
        OP(add), .prefixes = ELFGEN_X86_LOCK,
        .operands = {M(.size = 8, .segment = REG(gs), BASE(r8), INDEX(r9), .scale = 4,
                       .value = -0x12, .displacement_size = 4),
                     I(5, .size = 8, .strict = true)}};
    const struct elfgen_x86_instruction jump = {OP(jmp), .address = 0x100, .operands = {T(0xf0)}};
    char bytes[100];
    struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes};
    elfgen_x86_print(&instruction, &text);
    elfgen_text_char(&text, '\n');
    elfgen_x86_print(&jump, &text);
    elfgen_text_char(&text, '\0');
    ck_assert_str_eq(bytes, "lock add qword [dword gs:r8+r9*4-0x12], strict qword 0x5\njmp $-0x10");
}
END_TEST

static Suite *encode_suite(void)
{
    Suite *suite = suite_create("encode");
    TCase *choices = tcase_create("choices");
    tcase_add_test(choices, mov_takes_the_form_that_its_number_needs);
    tcase_add_test(choices, an_immediate_is_a_byte_where_it_fits);
    tcase_add_test(choices, directions_are_nasms_unless_asked_for);
    tcase_add_test(choices, addresses_are_split_and_swapped_as_nasm_does);
    tcase_add_test(choices, targets_are_short_where_they_can_be);
    tcase_add_test(choices, prefixes_come_in_nasms_order);
    tcase_add_test(choices, any_prefix_stands_before_any_instruction_if_that_is_asked);
    tcase_add_test(choices, o64_leaves_alone_what_has_64_bits_without_it);
    suite_add_tcase(suite, choices);
    TCase *answers = tcase_create("answers");
    tcase_add_test(answers, errors_say_what_is_wrong_and_with_which_operand);
    tcase_add_test(answers, a_number_that_does_not_fit_is_cut_if_asked_for);
    tcase_add_test(answers, parts_and_fields_are_told);
    tcase_add_test(answers, every_encoding_is_listed_once);
    tcase_add_test(answers, names_are_found_and_unknown_ones_are_not);
    tcase_add_test(answers, forms_and_effects_are_told);
    tcase_add_test(answers, an_instruction_is_printed_for_nasm);
    suite_add_tcase(suite, answers);
    return suite;
}

RUN_SUITE(encode_suite)
