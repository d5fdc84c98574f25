/* assemble/: instructions in NASM's language as data: operands, expressions, errors with their
 * places. The bytes are nasm 2.16.01's. */
#include <string.h>

#include "assemble_instruction.h"

static void are_read(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct elfgen_x86_instruction instruction;
        struct elfgen_x86_encoding encoding;
        struct elfgen_error error = {.text = ""};
        char hex[2 * ELFGEN_X86_LONGEST + 1] = "";
        ck_assert_msg(elfgen_assemble_instruction(rows[i].text, strlen(rows[i].text),
                                                  (uint8_t)rows[i].mode, &instruction, NULL,
                                                  &error) == ELFGEN_OK,
                      "%s: %s", rows[i].text, error.text);
        instruction.truncate = true;
        const enum elfgen_x86_status status = elfgen_encode(&instruction, &encoding);
        ck_assert_msg(status == ELFGEN_X86_OK, "%s: %s", rows[i].text,
                      elfgen_x86_status_text(status));
        for (size_t k = 0; k < encoding.length; k++)
            snprintf(hex + 2 * k, 3, "%02x", encoding.bytes[k]);
        ck_assert_msg(strcmp(hex, rows[i].bytes) == 0, "%s is %s, not %s", rows[i].text, hex,
                      rows[i].bytes);
    }
}

#define ARE_READ(rows) are_read(rows, sizeof(rows) / sizeof *(rows))

START_TEST(addresses_are_read_in_every_writing)
{
    static const struct row rows[] = {
        {64, "mov eax,[rax+rbx*4+8]", "8b449808"},
        {64, "mov eax,[8+rbx*4+rax]", "8b449808"},
        {64, "mov eax,[4*rbx+rax+(8)]", "8b449808"},
        {64, "mov eax,[rax*3]", "8b0440"},
        {64, "mov eax,[rax+rax*2]", "8b0440"},
        {64, "mov eax,[rax*5-5]", "8b4480fb"},
        {64, "mov eax,[rax*9]", "8b04c0"},
        {64, "mov eax,[rax*2]", "8b0400"},
        {64, "mov eax,[rax+rax]", "8b0400"},
        {64, "mov eax,[nosplit rax*2]", "8b044500000000"},
        {64, "mov eax,[nosplit rax+rax]", "8b0400"},
        {64, "mov eax,[nosplit rax*1]", "8b040500000000"},
        {64, "mov eax,[nosplit rax]", "8b00"},
        {64, "mov eax,[rsp+rax]", "8b0404"},
        {64, "mov eax,[rax+rsp]", "8b0404"},
        {64, "mov eax,[rbp+rax]", "8b440500"},
        {64, "mov eax,[rax+rbp]", "8b0428"},
        {64, "mov eax,[rax*1+rbp]", "8b440500"},
        {64, "mov eax,[rsi+rcx]", "8b040e"},
        {64, "mov eax,[rdx+rbx+(3-0)]", "8b441303"},
        {64, "mov eax,[rdx+rbx+(3-(5-5))]", "8b441a03"},
        {64, "mov eax,[rdx+rbx+(5-5)+7]", "8b441a07"},
        {64, "mov eax,[rdx+rbx+(3==0+0)]", "8b041a"},
        {64, "mov eax,[rcx*1+rsi]", "8b040e"},
        {64, "mov eax,[rsi+1+rcx+1]", "8b443102"},
        {64, "mov eax,[(rax+1)*2]", "8b440002"},
        {64, "mov eax,[rax-rax+5]", "8b042505000000"},
        {64, "mov eax,[rax*0+rbx]", "8b03"},
        {64, "mov eax,[byte rax]", "8b4000"},
        {64, "mov eax,[byte rax+1]", "8b4001"},
        {64, "mov eax,[dword rax]", "8b8000000000"},
        {64, "mov eax,[dword byte rax+1]", "8b8001000000"},
        {64, "mov eax,[rel 5]", "8b042505000000"},
        {64, "mov eax,[abs 5]", "8b042505000000"},
        {64, "mov eax,[5]", "8b042505000000"},
        {64, "mov eax,[dword 5]", "8b042505000000"},
        {64, "mov rax,[qword 5]", "48a10500000000000000"},
        {64, "mov rcx,[qword 5]", "488b0c2505000000"},
        {64, "mov eax,[a32 5]", "67a105000000"},
        {64, "mov eax,[fs:5]", "648b042505000000"},
        {64, "mov eax,[fs:rax+1]", "648b4001"},
        {64, "fs mov eax,[5]", "648b042505000000"},
        {64, "mov eax,fs:5", "648b042505000000"},
        {64, "mov eax,fs:[5]", "648b042505000000"},
        {64, "mov eax,[dword fs:5]", "648b042505000000"},
        {64, "mov eax,5[rbx]", "8b4305"},
        {64, "mov eax,[rbx+5,rcx*2]", "8b444b05"},
        {64, "mov eax,[5,rcx*1]", "8b040d05000000"},
        {64, "mov eax,&rbx+5", "8b4305"},
        {64, "a32 mov eax,[eax]", "678b00"},
        {64, "mov eax,[eax+r8d*4]", "67428b0480"},
        {64, "lea rax,5", "488d042505000000"},
        {64, "lea rax,[rsp+8]", "488d442408"},
        {64, "mov eax,[rax-129]", "8b807fffffff"},
        {64, "mov eax,[rax+0x7f]", "8b407f"},
    };
    ARE_READ(rows);
}
END_TEST

START_TEST(addresses_of_32_bit_code)
{
    static const struct row rows[] = {
        {32, "mov eax,[bx+si]", "678b00"},
        {32, "mov eax,[si+bx+5]", "678b4005"},
        {32, "mov eax,[bp]", "678b4600"},
        {32, "mov eax,[word 5]", "67a10500"},
        {32, "mov eax,[dword 5]", "a105000000"},
        {32, "mov ecx,[5]", "8b0d05000000"},
        {32, "mov eax,[a16 5]", "67a10500"},
        {32, "mov eax,[es:di]", "26678b05"},
        {32, "mov eax,[esp*1+eax]", "8b0404"},
        {32, "mov al,[fs:5]", "64a005000000"},
        {32, "a16 lodsb", "67ac"},
    };
    ARE_READ(rows);
}
END_TEST

START_TEST(operators_are_nasms)
{
    static const struct row rows[] = {
        {64, "mov eax,1+2*3", "b807000000"},
        {64, "mov eax,(1+2)*3", "b809000000"},
        {64, "mov eax,-(3+4)*2", "b8f2ffffff"},
        {64, "mov eax,~1&0xff", "b8fe000000"},
        {64, "mov eax,!0", "b801000000"},
        {64, "mov eax,!-5", "b800000000"},
        {64, "mov eax,- - +5", "b805000000"},
        {64, "mov rax,-7/2", "48b8fcffffffffffff7f"},
        {64, "mov eax,-7//2", "b8fdffffff"},
        {64, "mov eax,7//-2", "b8fdffffff"},
        {64, "mov rax,-7 % 5", "b804000000"},
        {64, "mov eax,-7 %% 5", "b8feffffff"},
        {64, "mov rax,0x8000000000000000+0x8000000000000000", "b800000000"},
        {64, "mov rax,0xffffffffffffffff*0xffffffffffffffff", "b801000000"},
        {64, "mov rax,1<<63", "48b80000000000000080"},
        {64, "mov rax,1<<64", "b801000000"},
        {64, "mov rax,1<<65", "b802000000"},
        {64, "mov rax,-1>>60", "b80f000000"},
        {64, "mov rax,-1>>>60", "48c7c0ffffffff"},
        {64, "mov eax,1<<<4", "b810000000"},
        {64, "mov eax,-16>>>2", "b8fcffffff"},
        {64, "mov eax,1|2^3&6", "b801000000"},
        {64, "mov eax,1<<3+1", "b810000000"},
        {64, "mov eax,3<4", "b801000000"},
        {64, "mov eax,-1<0", "b801000000"},
        {64, "mov eax,0xffffffffffffffff>0", "b800000000"},
        {64, "mov eax,3=3", "b801000000"},
        {64, "mov eax,3==3", "b801000000"},
        {64, "mov eax,3<>3", "b800000000"},
        {64, "mov eax,3!=4", "b801000000"},
        {64, "mov eax,3<=3", "b801000000"},
        {64, "mov eax,3>=4", "b800000000"},
        {64, "mov eax,5<=>3", "b801000000"},
        {64, "mov eax,3<=>3", "b800000000"},
        {64, "mov eax,1&&2", "b801000000"},
        {64, "mov eax,0||2", "b801000000"},
        {64, "mov eax,1^^2", "b800000000"},
        {64, "mov eax,0^^2", "b801000000"},
        {64, "mov eax,1|0&&0", "b800000000"},
        {64, "mov eax,1 ? 2 : 3", "b802000000"},
        {64, "mov eax,0 ? 2 : 3", "b803000000"},
        {64, "mov eax,0 ? 2 : 0 ? 4 : 5", "b805000000"},
        {64, "mov eax,1 ? 0 ? 6 : 7 : 8", "b807000000"},
        {64, "mov eax,1+1=2 ? 3+4 : 5", "b807000000"},
        {64, "mov eax,'ab'", "b861620000"},
        {64, "mov rax,'abcdefgh'", "48b86162636465666768"},
        {64, "mov eax,'a'+1", "b862000000"},
        {64, "mov eax,`\\n\\x41\\u263a`", "b80a41e298"},
        {64, "mov eax,\"\"", "b800000000"},
        {64, "mov eax,$-$$", "b800000000"},
        {64, "mov eax,$+5-$", "b805000000"},
        {64, "mov eax,ebx*0+5", "b805000000"},
    };
    ARE_READ(rows);
}
END_TEST

START_TEST(sizes_of_numbers_are_as_asked)
{
    static const struct row rows[] = {
        {64, "mov rax,1", "b801000000"},
        {64, "mov rax,-1", "48c7c0ffffffff"},
        {64, "mov rax,0xffffffff", "b8ffffffff"},
        {64, "mov rax,0x100000000", "48b80000000001000000"},
        {64, "mov rax,dword 5", "48c7c005000000"},
        {64, "mov rax,qword 5", "b805000000"},
        {64, "mov rax,strict qword 5", "48b80500000000000000"},
        {64, "mov eax,strict dword 1", "b801000000"},
        {64, "add eax,byte 5", "83c005"},
        {64, "add eax,strict dword 5", "0505000000"},
        {64, "add eax,strict byte 5", "83c005"},
        {64, "add ax,0xffff", "6683c0ff"},
        {64, "push 1", "6a01"},
        {64, "push byte 1", "6a01"},
        {64, "push word 1", "666a01"},
        {64, "push dword 1", "6a01"},
        {64, "push qword 1", "6a01"},
        {64, "push strict dword 1", "6801000000"},
        {64, "push 0xffffffff", "6aff"},
        {64, "mov byte [rax],5", "c60005"},
        {64, "mov [rax],byte 5", "c60005"},
        {64, "mov [rax],dword 5", "c70005000000"},
        {64, "add [rax],word 5", "66830005"},
        {64, "mov qword [rax],5", "48c70005000000"},
        {64, "mov long [rax],5", "c70005000000"},
        {64, "mov byte word [rax],5", "c60005"},
        {64, "imul eax,ebx,5", "6bc305"},
        {64, "imul eax,5", "6bc005"},
        {64, "shl eax,1", "d1e0"},
        {64, "shl eax,byte 1", "c1e001"},
        {64, "test rbx,[rax]", "488518"},
        {64, "xchg ecx,edx", "87ca"},
        {64, "mov rax,ds", "8cd8"},
        {64, "mov eax,(ebx)", "89d8"},
        {64, "mov eax,ebx*1", "89d8"},
        {64, "mov eax,1,", "b801000000"},
    };
    ARE_READ(rows);
}
END_TEST

START_TEST(targets_and_prefixes)
{
    static const struct row rows[] = {
        {64, "jmp $", "ebfe"},
        {64, "jmp $+2", "eb00"},
        {64, "jmp short $+2", "eb00"},
        {64, "jmp near $+2", "e9fdffffff"},
        {64, "jmp strict $+2", "e9fdffffff"},
        {64, "jmp strict short $+2", "eb00"},
        {64, "jmp qword $+2", "e9fdffffff"},
        {64, "jmp $+129", "eb7f"},
        {64, "jmp $+130", "e97d000000"},
        {64, "jz $-126", "7480"},
        {64, "jz $-127", "0f847bffffff"},
        {64, "jz near $", "0f84faffffff"},
        {64, "call $", "e8fbffffff"},
        {64, "call qword $", "e8fbffffff"},
        {64, "call near $", "e8fbffffff"},
        {64, "loop $", "e2fe"},
        {64, "loop $,ecx", "67e2fd"},
        {64, "jecxz $", "67e3fd"},
        {64, "jrcxz $", "e3fe"},
        {64, "call far [rax]", "48ff18"},
        {64, "call near [rax]", "ff10"},
        {64, "jmp far dword [rax]", "ff28"},
        {64, "jmp [rax]", "ff20"},
        {64, "jmp rax", "ffe0"},
        {64, "lock add [rax],eax", "f00100"},
        {64, "rep movsb", "f3a4"},
        {64, "repne scasb", "f2ae"},
        {64, "repe cmpsb", "f3a6"},
        {64, "rep ret", "f3c3"},
        {64, "bnd ret", "f2c3"},
        {64, "xacquire lock add [rax],eax", "f2f00100"},
        {64, "{rex} mov al,bl", "4088d8"},
        {64, "fs lodsb", "64ac"},
        {64, "a32 lodsb", "67ac"},
        {64, "a32 rep stosb", "f367aa"},
        {64, "LOCK XCHG [RAX],EAX", "f08700"},
    };
    ARE_READ(rows);
}
END_TEST

START_TEST(operand_sizes_are_as_prefixes_say)
{
    static const struct row rows[] = {
        {64, "o16 nop", "6690"},
        {64, "o64 nop", "4890"},
        {64, "o16 push 5", "666a05"},
        {64, "o16 mov eax,ebx", "6689d8"},
        {64, "o32 mov ax,bx", "89d8"},
        {64, "o64 mov eax,ebx", "4889d8"},
        {64, "o64 ret", "48c3"},
        {64, "o64 retf", "48cb"},
        {64, "o64 sysret", "480f07"},
        {64, "o16 movsb", "66a4"},
        {64, "o64 push ax", "4850"},
        {64, "o64 push rax", "50"},
        {64, "o16 jmp $", "66ebfd"},
        {64, "o64 call far [rax]", "48ff18"},
        {64, "lea rax,[rel $]", "488d05f9ffffff"},
        {64, "lea rax,[rel $$-8]", "488d05f1ffffff"},
        {64, "mov eax,[a32 rel 5]", "678b042505000000"},
        {64, "mov rax,[rel qword 5]", "488b042505000000"},
        {32, "o16 mov eax,5", "66b805000000"},
        {32, "o32 mov ax,5", "b80500"},
    };
    ARE_READ(rows);
}
END_TEST

START_TEST(far_targets_of_32_bit_code)
{
    static const struct row rows[] = {
        {32, "jmp 1:2", "ea020000000100"},
        {32, "jmp 0x1234:0x12345678", "ea785634123412"},
        {32, "jmp word 1:2", "66ea02000100"},
        {32, "jmp dword 1:2", "ea020000000100"},
        {32, "call 7:0", "9a000000000700"},
        {32, "jmp far [eax]", "ff28"},
        {32, "jmp $+2", "eb00"},
        {32, "jmp dword $+2", "e9fdffffff"},
        {32, "jmp short $", "ebfe"},
        {32, "mov eax,'abcd'", "b861626364"},
        {32, "push word 1", "666a01"},
        {32, "mov eax,[eax*2]", "8b0400"},
        {32, "mov eax,[esp+eax]", "8b0404"},
    };
    ARE_READ(rows);
}
END_TEST

/* A text that is refused, the place in it, and a part of the sentence. */
struct refused {
    const char *text;
    unsigned offset;
    const char *part;
};

START_TEST(errors_say_what_is_wrong_and_where)
{
    static const struct refused rows[] = {
        {"movv rax, 1", 0, "there is `mov`"},
        {" mvo rax, 1", 1, "there is `mov`"},
        {"sectoin .text", 0, "there is `section`"},
        {"ressb 5", 0, "there is `resb`"},
        {"fld st0", 0, "which nasm knows"},
        {"5", 0, "an instruction was expected, not `5`"},
        {"lock", 4, "after its prefixes"},
        {"mov rax, 0x10000000000000000", 9, "does not fit into 64 bits"},
        {"mov rax, 1 +", 12, "not the end of the line"},
        {"mov rax, (1", 11, "`)` was expected"},
        {"mov rax, 1)", 10, "not `)`"},
        {"mov rax, [rax", 13, "`]` was expected"},
        {"mov rax, [rax]]", 14, "not `]`"},
        {"mov rax, [[rax]]", 10, "parentheses do"},
        {"mov rax, rax+1", 9, "brackets of an address"},
        {"mov rax, [rax+rbx+rcx]", 10, "too many registers"},
        {"mov rax, [rax*2+rbx*2]", 10, "multiplies two registers"},
        {"mov rax, [rax*7]", 10, "with 7: with 1, 2, 4 and 8"},
        {"mov rax, [rbx+rax*3]", 10, "with 3: with 1, 2, 4 and 8"},
        {"mov rax, [rax*-1]", 10, "with -1"},
        {"mov rax, [xmm0]", 10, "xmm0 cannot be in an address"},
        {"mov rax, [rax:5]", 10, "a segment register"},
        {"mov rax, [fs:gs:5]", 15, "not `:`"},
        {"fs mov rax, [fs:5]", 13, "a segment already"},
        {"mov rax, nothing", 9, "`nothing` is not defined"},
        {"mov rax, 5/0", 10, "divides by 0"},
        {"mov rax, 5 %% (1-1)", 11, "divides by 0"},
        {"mov rax, 1.5", 9, "floating-point"},
        {"mov rax, cr1", 9, "which nasm knows"},
        {"mov rax, 'ab", 9, "quote"},
        {"mov rax, 1 ? 2", 11, "`:`"},
        {"mov rax, ~rbx", 9, "`~` takes numbers"},
        {"mov rax, 5 << rbx", 11, "`<<` takes numbers"},
        {"mov rax, rbx*rcx", 12, "one side is a number"},
        {"mov rax, rbx ? 1 : 2", 13, "before `?`"},
        {"mov rax, far 5", 13, "jmp and call"},
        {"mov rax, short 5", 15, "jumps and calls"},
        {"mov rax, near [5]", 14, "jmp and call"},
        {"mov rax, rel 5", 9, "brackets"},
        {"mov rax, tword [5]", 9, "x87"},
        {"jz qword $", 9, "`short` and `near`"},
        {"loop short $", 11, "short always"},
        {"call short $", 11, "none is short"},
        {"jmp far $", 8, "far [rax]"},
        {"jmp 1:2:3", 7, "one colon"},
        {"rep repne movsb", 4, "one of rep, repne"},
        {"a32 a64 lodsb", 4, "a16, a32 and a64"},
        {"bnd mov eax, 1", 0, "near jumps"},
        {"repne ret", 0, "bnd"},
        {"mov eax, 1, 2, 3", 15, "three operands"},
        {"mov eax 5", 8, "not `5`"},
        {"mov eax, [lock rax]", 10, "no place in an address"},
        {"mov eax, lock", 9, "not `lock`"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct elfgen_x86_instruction instruction;
        struct elfgen_error error = {.text = ""};
        const char *text = rows[i].text;
        ck_assert_msg(elfgen_assemble_instruction(text, strlen(text), 64, &instruction, NULL,
                                                  &error) != ELFGEN_OK,
                      "%s is accepted", text);
        ck_assert_msg(strstr(error.text, rows[i].part), "%s: %s", text, error.text);
        ck_assert_msg(error.offset == rows[i].offset, "%s: at %d", text, (int)error.offset);
    }
}
END_TEST

START_TEST(places_of_mnemonic_and_operands_are_told)
{
    static const char text[] = "  rep  add dword [rax], 5 ; c";
    struct elfgen_x86_instruction instruction;
    uint32_t places[1 + ELFGEN_X86_OPERANDS];
    ck_assert_int_eq(
        elfgen_assemble_instruction(text, sizeof text - 1, 64, &instruction, places, NULL),
        ELFGEN_OK);
    ck_assert_uint_eq(places[0], 7);
    ck_assert_uint_eq(places[1], 11);
    ck_assert_uint_eq(places[2], 24);
    ck_assert_uint_eq(places[3], sizeof text - 1);
    /* So they are up to an error. */
    ck_assert_int_eq(elfgen_assemble_instruction(" jmp there", 10, 64, &instruction, places, NULL),
                     ELFGEN_UNDEFINED);
    ck_assert_uint_eq(places[0], 1);
    ck_assert_int_eq(elfgen_assemble_instruction(" jpm 5", 6, 64, &instruction, places, NULL),
                     ELFGEN_UNDEFINED);
    ck_assert_uint_eq(places[0], 6);
    ck_assert_int_eq(elfgen_assemble_instruction("nop", 3, 16, &instruction, NULL, NULL),
                     ELFGEN_BAD_ARGUMENT);
}
END_TEST

/* Depth and length are bounded by errors, not by the stack. */
START_TEST(deep_and_long_expressions_are_refused_or_read)
{
    enum { DEEP = 100000 };
    static char text[2 * DEEP + 64];
    struct elfgen_x86_instruction instruction;
    struct elfgen_error error;
    static const char start[] = "mov eax, ";
    memcpy(text, start, sizeof start - 1);
    memset(text + 9, '(', DEEP);
    ck_assert_int_eq(elfgen_assemble_instruction(text, 9 + DEEP, 64, &instruction, NULL, &error),
                     ELFGEN_UNSUPPORTED);
    for (size_t i = 9; i < 9 + 221; i++)
        text[i] = i % 2 ? '1' : '+';
    ck_assert_int_eq(elfgen_assemble_instruction(text, 9 + 221, 64, &instruction, NULL, &error),
                     ELFGEN_OK);
    ck_assert_int_eq(instruction.operands[1].value, 111);
    memset(text + 9, '-', 161);
    text[9 + 161] = '1';
    ck_assert_int_eq(elfgen_assemble_instruction(text, 9 + 162, 64, &instruction, NULL, &error),
                     ELFGEN_UNSUPPORTED);
    ck_assert(strstr(error.text, "too deep"));
}
END_TEST

static Suite *assemble_instruction_suite(void)
{
    Suite *suite = suite_create("assemble_instruction");
    TCase *read = tcase_create("read");
    tcase_add_test(read, addresses_are_read_in_every_writing);
    tcase_add_test(read, addresses_of_32_bit_code);
    tcase_add_test(read, operators_are_nasms);
    tcase_add_test(read, sizes_of_numbers_are_as_asked);
    tcase_add_test(read, targets_and_prefixes);
    tcase_add_test(read, operand_sizes_are_as_prefixes_say);
    tcase_add_test(read, far_targets_of_32_bit_code);
    suite_add_tcase(suite, read);
    suite_add_tcase(suite, assemble_instruction_name_cases());
    TCase *errors = tcase_create("errors");
    tcase_add_test(errors, errors_say_what_is_wrong_and_where);
    tcase_add_test(errors, places_of_mnemonic_and_operands_are_told);
    tcase_add_test(errors, deep_and_long_expressions_are_refused_or_read);
    suite_add_tcase(suite, errors);
    return suite;
}

RUN_SUITE(assemble_instruction_suite)
