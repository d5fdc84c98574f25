/* map/flow.c and x86/: finding the code among the data. */
#include "followed.h"
#include "support/lecture.h"

START_TEST(the_lectures_program_is_eight_instructions_two_calls_and_a_string)
{
    struct found *found = open_file(lecture_file, sizeof lecture_file, ELFGEN_CODE_FLOW);
    const struct elfgen_code *code = &found->code->code;
    struct elfgen_signature signature;
    uint64_t offset, length;
    has_instructions(found, "0 7 14 21 28 30 37 44");
    ck_assert_uint_eq(code->call_count, 2);
    ck_assert(elfgen_code_signature(code, &code->calls[0], &signature));
    ck_assert_str_eq(signature.name, "write");
    ck_assert(elfgen_code_referred(code, &code->calls[0], &signature, 1, &offset, &length));
    ck_assert_uint_eq(offset, 166);
    ck_assert_uint_eq(length, 12);
    ck_assert(elfgen_code_signature(code, &code->calls[1], &signature));
    ck_assert_str_eq(signature.name, "exit_group");
    ck_assert_int_eq(signature.result, ELFGEN_RESULT_NEVER);
    done(found);
}
END_TEST

START_TEST(a_string_after_a_call_that_pops_its_return_address_is_not_code)
{
    /* call 1f; "Hello\n"; 1: pop rsi; push 1; pop rax; mov edi,eax; push 6; pop rdx; syscall;
     * mov al,60; syscall */
    struct found *found = FOLLOW("\xe8\x06\x00\x00\x00Hello\n\x5e\x6a\x01\x58\x89\xc7\x6a\x06\x5a"
                                 "\x0f\x05\xb8\x3c\x00\x00\x00\x0f\x05");
    has_instructions(found, "0 11 12 14 15 17 19 20 22 27");
    says(found, 20, "syscall: write(1, 0x1007d, 6)");
    done(found);
}
END_TEST

START_TEST(where_paths_meet_only_values_that_both_share_are_known)
{
    /* cmp byte [rsp],1; mov edi,7; jz 1f; mov eax,60; jmp 2f; 1: mov eax,39; 2: syscall; hlt */
    struct found *found = FOLLOW("\x80\x3c\x24\x01\xbf\x07\x00\x00\x00\x74\x07\xb8\x3c\x00\x00\x00"
                                 "\xeb\x05\xb8\x27\x00\x00\x00\x0f\x05\xf4");
    /* On one path the call would be exit; on the other it returns. */
    has_instructions(found, "0 4 9 11 16 18 23 25");
    says(found, 23, "syscall: a system call whose number is not known");
    const struct elfgen_call *call = elfgen_code_call(&found->code->code, HEADERS + 23);
    ck_assert_uint_eq(call->arguments[0].value, 7);
    ck_assert_uint_eq(call->arguments[0].known, UINT64_MAX);
    done(found);
}
END_TEST

START_TEST(flags_that_differ_where_paths_meet_are_not_known)
{
    /* bt dword [rsp],1; jb 1f; cmp eax,1; jmp 2f; 1: cmp eax,0; 2: jz 3f: both ways; mov al,60;
     * syscall; 3: mov al,231; syscall */
    struct found *found = FOLLOW("\x0f\xba\x24\x24\x01\x72\x05\x83\xf8\x01\xeb\x03\x83\xf8\x00"
                                 "\x74\x04\xb0\x3c\x0f\x05\xb0\xe7\x0f\x05");
    has_instructions(found, "0 5 7 10 12 15 17 19 21 23");
    says(found, 19, "syscall: exit(0)");
    says(found, 23, "syscall: exit_group(0)");
    done(found);
    /* bt; jb 1f; cmp eax,1; jmp 2f; 1: cmp eax,2; 2: jz 3f: never; mov al,60; syscall; 3: a byte */
    found = FOLLOW("\x0f\xba\x24\x24\x01\x72\x05\x83\xf8\x01\xeb\x03\x83\xf8\x02"
                   "\x74\x04\xb0\x3c\x0f\x05\xb0\xe7\x0f\x05");
    has_instructions(found, "0 5 7 10 12 15 17 19");
    done(found);
}
END_TEST

START_TEST(a_loop_that_counts_down_is_left)
{
    /* mov ebx,3; mov edi,5; 1: dec ebx; jnz 1b; mov al,60; syscall */
    struct found *found = FOLLOW("\xbb\x03\x00\x00\x00\xbf\x05\x00\x00\x00\xff\xcb\x75\xfc"
                                 "\xb0\x3c\x0f\x05");
    has_instructions(found, "0 5 10 12 14 16");
    says(found, 16, "syscall: exit(5)");
    done(found);
    /* the same with loop, from 2^32 */
    found = FOLLOW("\x48\xc1\xe1\x20\x48\xff\xc9\xbf\x05\x00\x00\x00\xe2\xfe\xb0\x3c\x0f\x05");
    has_instructions(found, "0 4 7 12 14 16");
    says(found, 16, "syscall: exit(5)");
    done(found);
}
END_TEST

/* 73 bytes whose magic number is code: jg, taken since the kernel clears the flags. They exit 42.
 */
static const uint8_t magic_is_code[] = {
    0x7f, 0x45, 0x4c, 0x46, 0xb0, 0xe7, 0x40, 0xb7, 0x2a, 0x0f, 0x05, 0x00, 0x01, 0x00, 0x00,
    0x00, 0x03, 0x00, 0x3e, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x00,
    0x00, 0x00, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x38, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x38, 0x00, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xeb, 0xbb};

START_TEST(code_in_the_magic_number_is_followed_as_the_processor_does)
{
    struct found *found = open_file(magic_is_code, sizeof magic_is_code, ELFGEN_CODE_FLOW);
    static const uint64_t expected[] = {0, 4, 6, 9, 71};
    ck_assert_uint_eq(found->count, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(found->offsets[i] + HEADERS, expected[i]);
    const struct elfgen_call *call = elfgen_code_call(&found->code->code, 9);
    ck_assert_ptr_nonnull(call);
    ck_assert_uint_eq(call->number.value, 231);
    ck_assert_uint_eq(call->arguments[0].value, 42);
    done(found);
}
END_TEST

START_TEST(after_an_interpreter_nothing_is_known)
{
    /* jz 1f; mov al,60; syscall; 1: mov al,231; syscall; before it, a PT_INTERP of no bytes */
    enum { SIZE = HEADERS + 64 };
    uint8_t file[SIZE] = {0};
    elfgen_write_exec(file, sizeof file, "\x74\x04\xb0\x3c\x0f\x05\xb0\xe7\x0f\x05", 10, NULL,
                      NULL);
    struct found *found = open_file(file, HEADERS + 10, ELFGEN_CODE_FLOW);
    has_instructions(found, "0 2 4");
    done(found);
    file[56] = 2; /* e_phnum */
    memmove(file + HEADERS + 56, file + HEADERS, 8);
    memset(file + HEADERS, 0, 56);
    file[HEADERS] = ELFGEN_PT_INTERP;
    file[24] += 56; /* e_entry */
    memcpy(file + HEADERS + 56, "\x74\x04\xb0\x3c\x0f\x05\xb0\xe7", 8);
    found = open_file(file, sizeof file, ELFGEN_CODE_FLOW);
    ck_assert_uint_eq(found->count, 4);
    const struct elfgen_call *call = elfgen_code_call(&found->code->code, HEADERS + 60);
    ck_assert_ptr_nonnull(call);
    ck_assert_uint_eq(call->number.known, 0xff);
    done(found);
}
END_TEST

START_TEST(the_analysis_of_a_loop_ends_and_keeps_values_that_do_not_change)
{
    /* mov ebx,1000; mov edi,3; 1: mov eax,39; syscall; dec ebx; jnz 1b; mov eax,60; syscall */
    struct found *found = FOLLOW("\xbb\xe8\x03\x00\x00\xbf\x03\x00\x00\x00\xb8\x27\x00\x00\x00\x0f"
                                 "\x05\xff\xcb\x75\xf5\xb8\x3c\x00\x00\x00\x0f\x05\xc3");
    has_instructions(found, "0 5 10 15 17 19 21 26");
    says(found, 15, "syscall: getpid()");
    says(found, 26, "syscall: exit(3)");
    done(found);
}
END_TEST

START_TEST(a_nop_of_several_bytes_is_printed)
{
    struct found *found = FOLLOW("\x0f\x1f\x44\x00\x00\x66\x0f\x1f\x84\x00\x00\x00\x00\x00\xf4");
    has_instructions(found, "0 5 14");
    says(found, 14, "hlt");
    struct elfgen_claim claim = {.offset = HEADERS, .length = 5, .part = ELFGEN_PART_INSTRUCTION};
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(&found->view, &found->code->code, &claim, &text);
    ck_assert_uint_ge(text.length, 5);
    ck_assert_mem_eq(room, "nop [", 5);
    done(found);
}
END_TEST

START_TEST(a_function_that_is_called_twice_returns_to_both_callers)
{
    /* call f; call f; mov eax,60; syscall; f: ret */
    struct found *found =
        FOLLOW("\xe8\x0c\x00\x00\x00\xe8\x07\x00\x00\x00\xb8\x3c\x00\x00\x00\x0f\x05\xc3");
    has_instructions(found, "0 5 10 15 17");
    done(found);
}
END_TEST

START_TEST(a_jump_into_an_instruction_shows_both)
{
    /* jmp $+1, whose second byte is inc eax's first; hlt */
    struct found *found = FOLLOW("\xeb\xff\xc0\xf4\x06");
    has_instructions(found, "0 1 3");
    done(found);
}
END_TEST

START_TEST(paths_end_at_instructions_that_ring_3_may_not_execute)
{
    static const struct {
        const char *bytes;
        size_t size;
    } ends[] = {{"\xf4\x90", 2}, {"\x0f\x0b\x90", 3},        {"\xcc\x90", 2}, {"\xcd\x81\x90", 3},
                {"\xfa\x90", 2}, {"\x0f\x22\xc0\x90", 4},    {"\xc3\x90", 2}, {"\xff\xe0\x90", 3},
                {"\x06\x90", 2}, {"\xe9\x00\x00\x10\x00", 5}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct found *found = follow_in(ends[i].bytes, ends[i].size, ELFGEN_CODE_FLOW);
        has_instructions(found, ends[i].bytes[0] == 6 ? "" : "0");
        done(found);
    }
}
END_TEST

START_TEST(without_sections_all_begins_at_the_entry_point)
{
    struct found *found = open_file(lecture_file, sizeof lecture_file, ELFGEN_CODE_ALL);
    /* Eight instructions, then text: a linear sweep decodes it as instructions. */
    ck_assert_uint_gt(found->count, 8);
    ck_assert_uint_eq(found->offsets[8], 46);
    done(found);
}
END_TEST

/* 45 bytes, 32 bits, with code in the header (see support/tiny45.asm). */
static const uint8_t tiny[45] = {
    0x7f, 0x45, 0x4c, 0x46, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01,
    0x00, 0x02, 0x00, 0x03, 0x00, 0x20, 0x00, 0x01, 0x00, 0x20, 0x00, 0x01, 0x00, 0x04, 0x00,
    0x00, 0x00, 0xb3, 0x2a, 0x31, 0xc0, 0x40, 0xcd, 0x80, 0x00, 0x34, 0x00, 0x20, 0x00, 0x01};

START_TEST(i386_has_its_own_call_numbers_and_registers)
{
    struct found *found = open_file(tiny, sizeof tiny, ELFGEN_CODE_FLOW);
    const struct elfgen_code *code = &found->code->code;
    struct elfgen_signature signature;
    ck_assert_uint_eq(found->count, 4);
    ck_assert_uint_eq(code->call_count, 1);
    ck_assert_int_eq(code->calls[0].call_instruction, CALL_BY_INT80);
    ck_assert(elfgen_code_signature(code, &code->calls[0], &signature));
    ck_assert_str_eq(signature.name, "exit");
    ck_assert_uint_eq(code->calls[0].arguments[0].value, 42);
    done(found);
}
END_TEST

/* A file with a section that is longer than its segment. */
static struct found *open_with_section(uint64_t segment_size, uint64_t entry, const char *code,
                                       enum elfgen_code_mode mode)
{
    enum { SECTIONS = HEADERS, TEXT = SECTIONS + 2 * 64, SIZE = TEXT + 64 };
    uint8_t file[SIZE] = {0};
    const struct elfgen_structure *const ehdr = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    const struct elfgen_structure *const phdr = &elfgen_structures[ELFGEN_STRUCTURE_phdr];
    const struct elfgen_structure *const shdr = &elfgen_structures[ELFGEN_STRUCTURE_shdr];
    const struct {
        const struct elfgen_structure *structure;
        size_t at;
        const char *field;
        uint64_t value;
    } values[] = {{ehdr, 0, "e_type", ELFGEN_ET_EXEC},
                  {ehdr, 0, "e_machine", ELFGEN_EM_X86_64},
                  {ehdr, 0, "e_entry", 0x400001 + TEXT + entry},
                  {ehdr, 0, "e_phoff", 64},
                  {ehdr, 0, "e_phentsize", 56},
                  {ehdr, 0, "e_phnum", 1},
                  {ehdr, 0, "e_shoff", SECTIONS},
                  {ehdr, 0, "e_shentsize", 64},
                  {ehdr, 0, "e_shnum", 2},
                  {phdr, 64, "p_type", ELFGEN_PT_LOAD},
                  {phdr, 64, "p_flags", ELFGEN_PF_R | ELFGEN_PF_X},
                  {phdr, 64, "p_offset", TEXT},
                  {phdr, 64, "p_vaddr", 0x400001 + TEXT},
                  {phdr, 64, "p_filesz", segment_size},
                  {phdr, 64, "p_memsz", segment_size},
                  {shdr, SECTIONS + 64, "sh_type", 1},
                  {shdr, SECTIONS + 64, "sh_flags", ELFGEN_SHF_ALLOC | ELFGEN_SHF_EXECINSTR},
                  {shdr, SECTIONS + 64, "sh_addr", 0x400001 + TEXT},
                  {shdr, SECTIONS + 64, "sh_offset", TEXT},
                  {shdr, SECTIONS + 64, "sh_size", SIZE - TEXT}};
    memcpy(file,
           "\x7f"
           "ELF\2\1\1",
           7);
    memset(file + TEXT, 0x90, SIZE - TEXT);
    file[SIZE - 1] = 0xe8; /* a call, cut short */
    memcpy(file + TEXT, code, strlen(code));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        for (size_t f = 0; f < values[i].structure->count; f++)
            if (strcmp(values[i].structure->fields[f].name, values[i].field) == 0)
                elfgen_field_set(&values[i].structure->fields[f], ELFGEN_CLASS64,
                                 ELFGEN_LITTLE_ENDIAN, file + values[i].at, values[i].value);
    return open_file(file, SIZE, mode);
}

START_TEST(a_section_that_is_longer_than_its_segment_is_read_to_the_files_end)
{
    for (uint64_t size = 1; size <= 64; size += 9) {
        struct found *found = open_with_section(size, 0, "", ELFGEN_CODE_ALL);
        ck_assert_uint_eq(found->count, 63);
        done(found);
        done(open_with_section(size, 0, "", ELFGEN_CODE_FLOW));
    }
}
END_TEST

START_TEST(a_sweep_restarts_at_instructions_that_the_control_flow_reaches)
{
    /* hlt; e8, a call whose distance would begin at the entry point; at the entry point, two nops
     * and hlt */
    struct found *found = open_with_section(64, 3, "\xf4\xe8\x90\x90\x90\xf4", ELFGEN_CODE_ALL);
    const uint64_t text = 2 * 64; /* after the section headers */
    const uint64_t expected[] = {0, 3, 4, 5, 6};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        ck_assert_uint_eq(found->offsets[i], text + expected[i]);
    done(found);
}
END_TEST

static void set(uint8_t *bytes, enum elfgen_structure_id id, const char *field, uint64_t value)
{
    for (size_t i = 0; i < elfgen_structures[id].count; i++)
        if (strcmp(elfgen_structures[id].fields[i].name, field) == 0)
            elfgen_field_set(&elfgen_structures[id].fields[i], ELFGEN_CLASS64, ELFGEN_LITTLE_ENDIAN,
                             bytes, value);
}

/* Two segments of a page each, whose code ends with 1 and 2; the first overlaps the second, and
 * jumps into it. */
START_TEST(the_later_of_two_overlapping_segments_counts)
{
    enum { SIZE = 0x4000 };
    static const char end[] = "\xbf\x01\x00\x00\x00\xb8\x3c\x00\x00\x00\x0f\x05";
    uint8_t *file = calloc(1, SIZE);
    elfgen_write_exec(file, SIZE, "\xe9\x83\x0f\x00\x00", 5, NULL, NULL);
    memcpy(file + 0x1000, end, sizeof end - 1);
    memcpy(file + 0x3000, end, sizeof end - 1);
    file[0x3001] = 2;
    set(file, ELFGEN_STRUCTURE_ehdr, "e_phnum", 2);
    memmove(file + 200, file + 120, 5);
    set(file, ELFGEN_STRUCTURE_ehdr, "e_entry", BASE + 200);
    set(file + 64, ELFGEN_STRUCTURE_phdr, "p_filesz", 0x2000);
    set(file + 64, ELFGEN_STRUCTURE_phdr, "p_memsz", 0x2000);
    memcpy(file + 120, file + 64, 56);
    set(file + 120, ELFGEN_STRUCTURE_phdr, "p_offset", 0x3000);
    set(file + 120, ELFGEN_STRUCTURE_phdr, "p_vaddr", BASE + 0x1000);
    set(file + 120, ELFGEN_STRUCTURE_phdr, "p_filesz", 0x1000);
    set(file + 120, ELFGEN_STRUCTURE_phdr, "p_memsz", 0x1000);
    /* jmp from 0x100c8 to 0x11000 */
    memcpy(file + 201, "\x33\x0f\x00\x00", 4);
    struct elfgen_view view;
    struct elfgen_error error;
    elfgen_view_open(&view, file, SIZE, NULL);
    struct x86_session *code = x86_session_open(&view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &error);
    ck_assert_ptr_nonnull(code);
    ck_assert_uint_eq(code->code.call_count, 1);
    ck_assert_uint_eq(code->code.calls[0].offset, 0x300a);
    ck_assert_uint_eq(code->code.calls[0].arguments[0].value, 2);
    struct elfgen_mapping mapping;
    ck_assert(elfgen_mapping_get(&view, 0, &mapping));
    ck_assert(elfgen_mapping_what_is_left(&view, 0, &mapping));
    ck_assert_uint_eq(mapping.end, BASE + 0x1000);
    x86_session_close(code);
    free(file);
}
END_TEST

/* ---- real files, any bytes ---- */

START_TEST(windows_have_the_same_instructions_as_the_whole_file)
{
    enum elfgen_code_mode mode = _i ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW;
    size_t length, count = 0;
    struct elfgen_view view;
    struct elfgen_code_place place;
    struct elfgen_error error;
    uint8_t *bytes = read_self(&length);
    elfgen_view_open(&view, bytes, length, NULL);
    struct x86_session *code = x86_session_open(&view, mode, SYNTAX_INTEL, &error);
    uint8_t *lengths = calloc(length, 1);
    for (uint64_t at = 0; elfgen_code_next(&code->code, at, length, &place);
         at = place.offset + 1) {
        lengths[place.offset] = place.length;
        count++;
    }
    ck_assert_uint_gt(count, 2000);
    x86_session_close(code);
    uint64_t state = 88172645463325252u;
    /* Each window is read with code that was not analysed before. */
    for (int round = 0; round < 24; round++) {
        code = x86_session_open(&view, mode, SYNTAX_INTEL, &error);
        uint64_t from = next_random(&state) % length;
        uint64_t to = from + next_random(&state) % 3000, at = from;
        while (elfgen_code_next(&code->code, at, to, &place)) {
            for (; at < place.offset; at++)
                ck_assert_uint_eq(lengths[at], 0);
            ck_assert_uint_eq(lengths[at], place.length);
            at++;
        }
        for (; at < to && at < length; at++)
            ck_assert_uint_eq(lengths[at], 0);
        x86_session_close(code);
    }
    free(lengths);
    free(bytes);
}
END_TEST

START_TEST(the_analysis_of_random_code_ends)
{
    uint64_t state = 0x9e3779b97f4a7c15u + (uint64_t)_i;
    char code[4000];
    for (int round = 0; round < 40; round++) {
        /* A small choice of bytes gives many jumps, pushes and calls. */
        for (size_t i = 0; i < sizeof code; i++) {
            static const uint8_t usual[] = {0xeb, 0x74, 0xe8, 0xff, 0x00, 0x0f, 0x05, 0xcd, 0x80,
                                            0x6a, 0x58, 0x48, 0xb8, 0xc3, 0xe9, 0x90, 0x31, 0xc0};
            uint64_t random = next_random(&state);
            code[i] = (char)(random % 3 ? usual[random / 3 % sizeof usual] : random >> 32);
        }
        done(follow_in(code, sizeof code, round % 2 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW));
    }
}
END_TEST

START_TEST(too_little_memory_is_refused)
{
    struct elfgen_view view;
    struct elfgen_code code;
    struct elfgen_machine machine = {.context = NULL};
    uint64_t memory[2] = {0};
    elfgen_view_open(&view, lecture_file, sizeof lecture_file, NULL);
    ck_assert_int_eq(
        elfgen_code_follow(&code, &view, &machine, ELFGEN_CODE_FLOW, memory, sizeof memory),
        ELFGEN_NO_ROOM);
    elfgen_view_open(&view, "text", 4, NULL);
    ck_assert_uint_eq(elfgen_code_room(&view, ELFGEN_CODE_ALL), 0);
}
END_TEST

static Suite *code_suite(void)
{
    Suite *suite = suite_create("code");
    TCase *flow = tcase_create("the control flow");
    tcase_add_test(flow, the_lectures_program_is_eight_instructions_two_calls_and_a_string);
    tcase_add_test(flow, a_string_after_a_call_that_pops_its_return_address_is_not_code);
    tcase_add_test(flow, where_paths_meet_only_values_that_both_share_are_known);
    tcase_add_test(flow, flags_that_differ_where_paths_meet_are_not_known);
    tcase_add_test(flow, a_loop_that_counts_down_is_left);
    tcase_add_test(flow, code_in_the_magic_number_is_followed_as_the_processor_does);
    tcase_add_test(flow, after_an_interpreter_nothing_is_known);
    tcase_add_test(flow, the_analysis_of_a_loop_ends_and_keeps_values_that_do_not_change);
    tcase_add_test(flow, a_nop_of_several_bytes_is_printed);
    tcase_add_test(flow, a_function_that_is_called_twice_returns_to_both_callers);
    tcase_add_test(flow, a_jump_into_an_instruction_shows_both);
    tcase_add_test(flow, paths_end_at_instructions_that_ring_3_may_not_execute);
    tcase_add_test(flow, without_sections_all_begins_at_the_entry_point);
    tcase_add_test(flow, i386_has_its_own_call_numbers_and_registers);
    tcase_add_test(flow, a_section_that_is_longer_than_its_segment_is_read_to_the_files_end);
    tcase_add_test(flow, a_sweep_restarts_at_instructions_that_the_control_flow_reaches);
    tcase_add_test(flow, the_later_of_two_overlapping_segments_counts);
    suite_add_tcase(suite, flow);
    TCase *any = tcase_create("real files and any bytes");
    tcase_add_loop_test(any, windows_have_the_same_instructions_as_the_whole_file, 0, 2);
    tcase_add_loop_test(any, the_analysis_of_random_code_ends, 0, 3);
    tcase_add_test(any, too_little_memory_is_refused);
    suite_add_tcase(suite, any);
    return suite;
}

RUN_SUITE(code_suite)
