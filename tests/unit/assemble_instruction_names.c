/* assemble/: operands with names: what addresses come to, which are open, warnings, and what there
 * would be where the encoder refuses them. */
#include <string.h>

#include "../../elfgen/assemble/instruction.h"
#include "assemble_instruction.h"

/* Names of this section (base 0), of another one (1), and one that is not defined yet. */
static bool look_up(void *context, const struct token *name, struct value *value,
                    struct fault *fault)
{
    (void)context;
    (void)fault;
    value->kind = VALUE_ADDRESS;
    switch (name->text[0]) {
    case 'a':
        value->number = 0x10;
        value->base = 0;
        return true;
    case 'b':
        value->number = 0x50;
        value->base = 0;
        return true;
    case 'o':
        value->number = 0x10;
        value->base = 1;
        return true;
    case 'n':
        value->number = 7;
        value->kind = VALUE_NUMBER;
        return true;
    default:
        value->kind = VALUE_UNKNOWN;
        return true;
    }
}

static enum elfgen_assemble_class warned;

static void warn(void *context, enum elfgen_assemble_class class_, const struct token *token,
                 const char *text)
{
    (void)context;
    (void)token;
    ck_assert(text[0] != '\0');
    warned = class_;
}

static const struct names names = {
    .look_up = look_up,
    .warn = warn,
    .here = {.number = 0x20, .base = 0, .minus = VALUE_NO_BASE, .kind = VALUE_ADDRESS},
    .section_start = {.base = 0, .minus = VALUE_NO_BASE, .kind = VALUE_ADDRESS},
    .mode = 64};

static struct value value_of(const char *text)
{
    struct token tokens[64];
    const char *at = text;
    size_t count;
    struct elfgen_error error;
    struct fault fault = {.error = &error};
    struct value value = {.number = -1};
    const struct token *token = tokens;
    ck_assert_int_eq(elfgen_asm_lex_line(&at, text + strlen(text), tokens, 64, &count), LEX_LINE);
    ck_assert_msg(elfgen_asm_expression(&names, &token, &value, &fault), "%s: %s", text,
                  error.text);
    ck_assert_int_eq(token->kind, TOKEN_END);
    return value;
}

START_TEST(addresses_are_added_and_subtracted)
{
    static const struct {
        const char *text;
        int64_t number;
        uint32_t base, minus;
        enum value_kind kind;
    } rows[] = {
        {"a", 0x10, 0, VALUE_NO_BASE, VALUE_ADDRESS},
        {"b-a", 0x40, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"(b-a)*2+n", 0x87, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"$-a", 0x10, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"$-$$", 0x20, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"o-a", 0, 1, 0, VALUE_ADDRESS},
        {"o-$+4", -0xc, 1, 0, VALUE_ADDRESS},
        {"a-a+o", 0x10, 1, VALUE_NO_BASE, VALUE_ADDRESS},
        {"o+4-o+a", 0x14, 0, VALUE_NO_BASE, VALUE_ADDRESS},
        {"a-o", 0, 0, 0, VALUE_OTHER},
        {"a+b", 0, 0, 0, VALUE_OTHER},
        {"-a", -0x10, VALUE_NO_BASE, 0, VALUE_ADDRESS},
        {"a*2", 0, 0, 0, VALUE_OTHER},
        {"a*1", 0x10, 0, VALUE_NO_BASE, VALUE_ADDRESS},
        {"a=a", 1, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"a=o", 0, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"a<b", 1, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"u", 0, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_UNKNOWN},
        {"u+5", 0, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_UNKNOWN},
        {"u-u", 0, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_NUMBER},
        {"u-a", 0, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_UNKNOWN},
        {"u ? a : b", 0, VALUE_NO_BASE, VALUE_NO_BASE, VALUE_UNKNOWN},
        {"1 ? a : u", 0x10, 0, VALUE_NO_BASE, VALUE_ADDRESS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct value value = value_of(rows[i].text);
        ck_assert_msg(value.kind == rows[i].kind, "%s: kind %d", rows[i].text, value.kind);
        if (value.kind == VALUE_OTHER)
            continue;
        ck_assert_msg(value.number == rows[i].number, "%s is %d", rows[i].text, (int)value.number);
        ck_assert_msg(value.base == rows[i].base && value.minus == rows[i].minus, "%s: bases",
                      rows[i].text);
    }
}
END_TEST

/* Parses an instruction with names. */
static struct operand_values parse(const char *text, struct fault *fault)
{
    static struct token tokens[64];
    const char *at = text;
    size_t count;
    struct operand_values values;
    warned = ELFGEN_ASSEMBLE_ERROR;
    ck_assert_int_eq(elfgen_asm_lex_line(&at, text + strlen(text), tokens, 64, &count), LEX_LINE);
    ck_assert_msg(elfgen_asm_instruction(&names, tokens, &values, fault), "%s: %s", text,
                  fault->error->text);
    return values;
}

START_TEST(operands_with_names_are_open)
{
    struct elfgen_error error;
    struct fault fault = {.error = &error};
    struct operand_values values = parse("mov rax, o+5", &fault);
    ck_assert_uint_eq(values.is_open, 2);
    ck_assert(values.instruction.operands[1].symbolic);
    ck_assert_uint_eq(values.values[1].base, 1);
    ck_assert_int_eq(values.values[1].number, 0x15);
    values = parse("mov rax, u", &fault);
    ck_assert_uint_eq(values.is_open, 2);
    ck_assert(!values.instruction.operands[1].symbolic);
    values = parse("mov eax, [rel o]", &fault);
    ck_assert(values.instruction.operands[1].relative && values.instruction.operands[1].symbolic);
    values = parse("mov eax, [rbx+a]", &fault);
    ck_assert(!values.instruction.operands[1].relative && values.instruction.operands[1].symbolic);
    values = parse("jmp a", &fault);
    ck_assert_int_eq(values.instruction.operands[0].kind, ELFGEN_X86_TARGET);
    ck_assert(!values.instruction.operands[0].symbolic && !values.instruction.operands[0].strict);
    ck_assert_int_eq(values.instruction.operands[0].value, 0x10);
    ck_assert_uint_eq(values.instruction.address, 0x20);
    values = parse("jmp o", &fault);
    ck_assert(values.instruction.operands[0].symbolic && values.instruction.operands[0].strict);
    values = parse("jmp u", &fault);
    ck_assert(!values.instruction.operands[0].strict);
    ck_assert_int_eq(values.instruction.operands[0].value, 0x20);
    ck_assert_uint_eq(values.is_open, 1);
    values = parse("mov eax, n", &fault);
    ck_assert_uint_eq(values.is_open, 0);
}
END_TEST

START_TEST(warnings_have_nasms_classes)
{
    static const struct {
        const char *text;
        enum elfgen_assemble_class class_;
    } rows[] = {
        {"mov eax, [rel 5]", ELFGEN_ASSEMBLE_EA_ABSOLUTE},
        {"mov eax, [byte 5]", ELFGEN_ASSEMBLE_EA_DISPSIZE},
        {"mov ecx, [qword 5]", ELFGEN_ASSEMBLE_EA_DISPSIZE},
        {"mov eax, [qword 5]", ELFGEN_ASSEMBLE_ERROR},
        {"mov [qword 5], al", ELFGEN_ASSEMBLE_ERROR},
        {"mov eax, [rel rax]", ELFGEN_ASSEMBLE_OTHER},
        {"mov word eax, 5", ELFGEN_ASSEMBLE_REGSIZE},
        {"mov dword eax, 5", ELFGEN_ASSEMBLE_ERROR},
        {"mov eax, 'abcdefghi'", ELFGEN_ASSEMBLE_OTHER},
        {"mov eax, [es:rax]", ELFGEN_ASSEMBLE_PREFIX_SEG},
        {"ds lodsb", ELFGEN_ASSEMBLE_PREFIX_SEG},
        {"mov eax, [fs:rax]", ELFGEN_ASSEMBLE_ERROR},
        {"fs fs lodsb", ELFGEN_ASSEMBLE_OTHER},
        {"rep rep movsb", ELFGEN_ASSEMBLE_OTHER},
        {"mov eax, ptr", ELFGEN_ASSEMBLE_PTR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elfgen_error error;
        struct fault fault = {.error = &error};
        parse(rows[i].text, &fault);
        ck_assert_msg(warned == rows[i].class_, "%s: %s", rows[i].text,
                      elfgen_assemble_class_name(warned));
    }
}
END_TEST

START_TEST(prefixes_stand_alone_in_a_line)
{
    static const struct row rows[] = {
        {64, "rep", "f3"}, {64, "lock", "f0"},
        {64, "fs", "64"},  {64, "o16 a32 gs repne lock", "f2f0656667"},
        {64, "o32", ""},   {64, "lock o16", "f066"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elfgen_error error;
        struct fault fault = {.error = &error};
        const struct operand_values values = parse(rows[i].text, &fault);
        struct elfgen_x86_encoding encoding;
        char hex[2 * ELFGEN_X86_LONGEST + 1] = "";
        ck_assert_int_eq(values.instruction.mnemonic, ELFGEN_X86_OP_NONE);
        ck_assert_int_eq(elfgen_asm_encode(&values.instruction, &encoding), ELFGEN_X86_OK);
        for (size_t k = 0; k < encoding.length; k++)
            snprintf(hex + 2 * k, 3, "%02x", encoding.bytes[k]);
        ck_assert_msg(strcmp(hex, rows[i].bytes) == 0, "%s: %s", rows[i].text, hex);
    }
}
END_TEST

START_TEST(refusals_say_what_there_would_be)
{
    static const struct {
        const char *text, *part;
        unsigned operand; /* 3: the mnemonic */
    } rows[] = {
        {"mov 5, eax", "first operand of mov cannot be a number here: there is `r/m8, r8`", 0},
        {"lea eax, ebx", "second operand of lea cannot be `ebx` here: there is `r, m`", 1},
        {"mov [rax], [rbx]", "one memory operand", 1},
        {"add rax", "add does not have these operands: it has `r/m8, r8`", 3},
        {"syscall 5", "syscall does not have these operands: it has no operands", 0},
        {"shl eax, ebx", "`r/m8, cl`; `r/m8, imm8`", 1},
        {"mov eax, bx", "the first one has 32 bits, the second one 16", 1},
        {"mov [rax], 5", "byte, word, dword or qword before it", 0},
        {"push eax", "64-bit code has no push of 32 bits: it has 16 and 64", 0},
        {"pusha", "64-bit code does not have `pusha`", 3},
        {"mov eax, [rax+ebx]", "rax has 64 bits and ebx 32", 1},
        {"mov eax, [rsp*2]", "rsp cannot be multiplied", 1},
        {"mov eax, [al]", "al cannot be in an address", 1},
        {"mov eax, [word rax]", "one or four bytes", 1},
        {"mov eax, [bx]", "64-bit code does not have this address", 1},
        {"mov ah, [r8]", "REX prefix", 3},
        {"jmp short $+200", "200 bytes away", 0},
        {"mov al, 300", "does not fit", 1},
        {"lock nop", "cannot have this prefix", 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elfgen_error error;
        struct fault fault = {.error = &error};
        const struct operand_values values = parse(rows[i].text, &fault);
        struct elfgen_x86_encoding encoding;
        const enum elfgen_x86_status status = elfgen_encode(&values.instruction, &encoding);
        ck_assert_int_ne(status, ELFGEN_X86_OK);
        ck_assert(!elfgen_asm_refused(&values, status, &encoding, &fault));
        ck_assert_msg(strstr(error.text, rows[i].part), "%s: %s", rows[i].text, error.text);
        ck_assert_msg(fault.token == (rows[i].operand < ELFGEN_X86_OPERANDS
                                          ? values.operands[rows[i].operand]
                                          : values.mnemonic),
                      "%s: place", rows[i].text);
    }
}
END_TEST

TCase *assemble_instruction_name_cases(void)
{
    TCase *cases = tcase_create("names");
    tcase_add_test(cases, addresses_are_added_and_subtracted);
    tcase_add_test(cases, operands_with_names_are_open);
    tcase_add_test(cases, prefixes_stand_alone_in_a_line);
    tcase_add_test(cases, warnings_have_nasms_classes);
    tcase_add_test(cases, refusals_say_what_there_would_be);
    return cases;
}
