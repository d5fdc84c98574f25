/* base/: the parser of /proc/PID/maps. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/maps.h"
#include "base_suites.h"

static const struct {
    const char *text;
    struct maps_line line; /* end 0: it is no line */
} lines[] = {
    {"00400000-00401000 r-xp 00001000 08:01 131104                             /bin/a\n",
     {0x400000, 0x401000, 0x1000, "r-xp", "/bin/a"}},
    {"7ffc0000-7ffc1000 rw-p 00000000 00:00 0 \n", {0x7ffc0000, 0x7ffc1000, 0, "rw-p", ""}},
    {"7ffc0000-7ffc1000 rw-p 00000000 00:00 0", {0x7ffc0000, 0x7ffc1000, 0, "rw-p", ""}},
    {"7fff0000-7fff2000 r-xp 00000000 00:00 0                          [vdso]",
     {0x7fff0000, 0x7fff2000, 0, "r-xp", "[vdso]"}},
    {"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n",
     {0xffffffffff600000, 0xffffffffff601000, 0, "--xp", "[vsyscall]"}},
    {"1000-2000 r--s 00000000 fe:10 7 /tmp/two  words and \\012 (deleted)\n",
     {0x1000, 0x2000, 0, "r--s", "/tmp/two  words and \\012 (deleted)"}},
    {"1000-2000 r--p 00000000 00:01 9 /memfd: 3000-4000 rwxp 0 0:0 0 [x] (deleted)\n",
     {0x1000, 0x2000, 0, "r--p", "/memfd: 3000-4000 rwxp 0 0:0 0 [x] (deleted)"}},
    {"1000-2000 r--p fffffffffffff000 00:01 9 //x\x1b[0m\xff\n",
     {0x1000, 0x2000, 0xfffffffffffff000, "r--p", "//x\x1b[0m\xff"}},
    {"", {0}},
    {"\n", {0}},
    {"1000", {0}},
    {"1000-", {0}},
    {"1000-2000", {0}},
    {"1000-2000 ", {0}},
    {"1000-2000 r-xp", {0}},
    {"1000-2000 r-xp 0", {0}},
    {"1000-2000 r-xp 0 0", {0}},
    {"1000-2000 r-xp 0 0:0", {0}},
    {"1000-2000 r-xp 0 0:0 ", {0}},
    {"1000-2000 r-xp 0 0:0 x", {0}},
    {"1000-2000 r-xp 0 0:0 0x /bin/a", {0}},
    {"1000-2000 r-x 0 0:0 0 /bin/a", {0}},
    {"1000-2000 r-xpp 0 0:0 0 /bin/a", {0}},
    {"1000-2000 r?xp 0 0:0 0 /bin/a", {0}},
    {" 1000-2000 r-xp 0 0:0 0 /bin/a", {0}},
    {"-1-2000 r-xp 0 0:0 0 /bin/a", {0}},
    {"1000--1 r-xp 0 0:0 0 /bin/a", {0}},
    {"2000-1000 r-xp 0 0:0 0 /bin/a", {0}},
    {"1000-1000 r-xp 0 0:0 0 /bin/a", {0}},
    {"1000-10000000000000000 r-xp 0 0:0 0 /bin/a", {0}},
    {"1000-2000\tr-xp 0 0:0 0 /bin/a", {0}},
    {"the rest of a name", {0}},
};

START_TEST(a_line_is_parsed_or_refused)
{
    struct maps_line line;
    char *text = strdup(lines[_i].text);
    bool good = maps_parse(text, &line);
    ck_assert_int_eq(good, lines[_i].line.end != 0);
    if (good) {
        ck_assert_uint_eq(line.start, lines[_i].line.start);
        ck_assert_uint_eq(line.end, lines[_i].line.end);
        ck_assert_uint_eq(line.offset, lines[_i].line.offset);
        ck_assert_str_eq(line.permissions, lines[_i].line.permissions);
        ck_assert_str_eq(line.name, lines[_i].line.name);
    }
    free(text);
}
END_TEST

/* Any bytes: the parser stays inside the text, as a sanitizer would tell. */
START_TEST(lines_of_random_characters_do_no_harm)
{
    static const char some[] = "0123456789abcdef-- rwxps:/[]\\\n";
    uint64_t state = 7;
    for (int i = 0; i < 200000; i++) {
        struct maps_line line;
        size_t length = next_random(&state) % 60;
        char *text = malloc(length + 1);
        for (size_t j = 0; j < length; j++)
            text[j] = some[next_random(&state) % (sizeof some - 1)];
        text[length] = '\0';
        if (maps_parse(text, &line)) {
            ck_assert(line.start < line.end);
            ck_assert(line.name >= text && line.name <= text + length);
        }
        free(text);
    }
}
END_TEST

/* Maps a file of this name, deletes it, and finds the mapping. */
static void assert_found(const char *path, const char *expected)
{
    struct maps maps;
    struct maps_line line;
    bool found = false;
    int file = open(path, O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(ftruncate(file, 8192), 0);
    char *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 4096);
    ck_assert_ptr_ne(at, MAP_FAILED);
    unlink(path);
    maps_open(&maps, getpid());
    while (!found && maps_next(&maps, &line))
        found = line.start == (uint64_t)(uintptr_t)at;
    ck_assert(found);
    ck_assert_uint_eq(line.end - line.start, 4096);
    ck_assert_uint_eq(line.offset, 4096);
    ck_assert_str_eq(line.permissions, "r--p");
    ck_assert_str_eq(line.name, expected);
    maps_close(&maps);
    munmap(at, 4096);
    close(file);
}

START_TEST(a_deleted_file_with_spaces_and_newlines_in_its_name_is_found)
{
    char folder[] = "/tmp/base-maps-XXXXXX", path[100], expected[120];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/two  words\n1000-2000 r-xp 0 0:0 0 x", folder);
    snprintf(expected, sizeof expected, "%s/two  words\\0121000-2000 r-xp 0 0:0 0 x (deleted)",
             folder);
    assert_found(path, expected);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(all_lines_of_a_process_are_read_in_order)
{
    struct maps maps;
    struct maps_line line;
    uint64_t last = 0, here = (uint64_t)(uintptr_t)lines, count = 0;
    bool found = false, stack = false;
    maps_open(&maps, getpid());
    for (; maps_next(&maps, &line); count++) {
        ck_assert_uint_ge(line.start, last);
        last = line.end;
        found = found || (here >= line.start && here < line.end && line.name[0] == '/');
        stack = stack || strcmp(line.name, "[stack]") == 0;
    }
    ck_assert(!maps_next(&maps, &line));
    maps_close(&maps);
    ck_assert(found && stack);
    FILE *all = fopen("/proc/self/maps", "r");
    for (int c; (c = getc(all)) != EOF;)
        count -= c == '\n';
    fclose(all);
    ck_assert_uint_le(count + 3, 6); /* a buffer may have been mapped in between */
}
END_TEST

START_TEST(a_process_that_is_gone_has_no_lines)
{
    struct maps maps;
    struct maps_line line;
    pid_t id = fork();
    if (id == 0)
        _exit(0);
    waitpid(id, NULL, 0);
    maps_open(&maps, id);
    ck_assert(!maps_next(&maps, &line));
    maps_close(&maps);
    maps_close(&maps);
}
END_TEST

TCase *base_maps_tests(void)
{
    TCase *tests = tcase_create("/proc/PID/maps");
    tcase_add_loop_test(tests, a_line_is_parsed_or_refused, 0, sizeof lines / sizeof lines[0]);
    tcase_add_test(tests, lines_of_random_characters_do_no_harm);
    tcase_add_test(tests, a_deleted_file_with_spaces_and_newlines_in_its_name_is_found);
    tcase_add_test(tests, all_lines_of_a_process_are_read_in_order);
    tcase_add_test(tests, a_process_that_is_gone_has_no_lines);
    return tests;
}
