/* link/: symbol resolution. */
#include <stdlib.h>
#include <string.h>

#include "link_objects.h"

/* A letter for each object, in their order: U refers to the name, u weakly; D defines it, W weakly;
 * C declares it COMMON. Members of archives, which follow the objects: A defines it, B weakly. */
static const struct {
    const char *claims;
    char winner; /* a, b, c, d: the first, the second, ...; C: COMMON; 0: none, the value is 0;
                    U: undefined; 2: defined twice */
} claims[] = {
    {"U", 'U'},   {"u", '0'},   {"D", 'a'},   {"W", 'a'},    {"C", 'C'},    {"uU", 'U'},
    {"Uu", 'U'},  {"UD", 'b'},  {"DU", 'a'},  {"UW", 'b'},   {"WU", 'a'},   {"uW", 'b'},
    {"uD", 'b'},  {"UC", 'C'},  {"CU", 'C'},  {"uC", 'C'},   {"DW", 'a'},   {"WD", 'b'},
    {"WW", 'a'},  {"WWD", 'c'}, {"DC", 'a'},  {"CD", 'b'},   {"WC", 'C'},   {"CW", 'C'},
    {"CC", 'C'},  {"DD", '2'},  {"DWD", '2'}, {"CDD", '2'},  {"WCD", 'c'},  {"CWD", 'c'},
    {"DCW", 'a'}, {"DWC", 'a'}, {"WDC", 'b'}, {"CDW", 'b'},  {"UA", 'b'},   {"AU", 'a'},
    {"uA", '0'},  {"Au", '0'},  {"A", '0'},   {"uUA", 'c'},  {"AuU", 'a'},  {"DA", 'a'},
    {"WA", 'a'},  {"UWA", 'b'}, {"UDA", 'b'}, {"UB", 'b'},   {"BU", 'a'},   {"UAA", 'b'},
    {"UBA", 'b'}, {"UAB", 'b'}, {"uWA", 'b'}, {"UuUA", 'd'}, {"uuuD", 'd'},
};

/* An archive with one member. */
struct shelf {
    struct link_archive archive;
    struct link_offer offer;
    struct link_object *object;
};

static struct link_object *load_shelf(void *owner, size_t offer, bool *failed)
{
    struct shelf *shelf = owner;
    struct link_object *object = shelf->object;
    ck_assert_uint_eq(offer, 0);
    *failed = false;
    shelf->object = NULL;
    return object;
}

static void release_shelf(void *owner)
{
    struct shelf *shelf = owner;
    if (shelf->object)
        link_object_release(shelf->object);
    free(shelf);
}

static void add_claim(struct link *link, char kind, uint64_t value)
{
    struct link_object *object = make_object("claims.o");
    const bool weak = kind == 'u' || kind == 'W' || kind == 'B';
    const uint32_t section = kind == 'U' || kind == 'u' ? LINK_UNDEFINED
                             : kind == 'C'              ? LINK_COMMON
                                                        : LINK_ABSOLUTE;
    add_symbol(object, "name", weak ? ELFGEN_STB_WEAK : ELFGEN_STB_GLOBAL, section,
               kind == 'C' ? 8 : value);
    if (kind != 'A' && kind != 'B') {
        link_add_object(link, object);
        return;
    }
    struct shelf *shelf = calloc(1, sizeof *shelf);
    *shelf = (struct shelf){.archive = {.name = "lib.a",
                                        .offers = &shelf->offer,
                                        .offer_count = 1,
                                        .load = load_shelf,
                                        .release = release_shelf,
                                        .owner = shelf},
                            .offer = {.symbol = "name"},
                            .object = object};
    link_add_archive(link, &shelf->archive);
}

START_TEST(the_strongest_definition_wins_and_the_first_of_equals)
{
    const char *kinds = claims[_i].claims;
    const char winner = claims[_i].winner;
    /* With the object that uses the name first, and last. */
    for (int last = 0; last < 2; last++) {
        struct link *link = begin_link();
        uint32_t text;
        struct link_object *start = make_start(&text, 1);
        add_pointer(start, text, add_symbol(start, "name", ELFGEN_STB_WEAK, LINK_UNDEFINED, 0), 0,
                    0);
        if (!last)
            link_add_object(link, start);
        for (size_t i = 0; kinds[i]; i++)
            add_claim(link, kinds[i], 0x1000000 * (i + 1));
        if (last)
            link_add_object(link, start);
        const bool linked = run_link(link);
        ck_assert_msg(linked == (winner != 'U' && winner != '2'), "%s: %s", kinds, messages);
        if (winner == 'U')
            ck_assert_str_eq(messages, "start.o:(.text+0x0): undefined symbol 'name'\n");
        if (winner == '2')
            ck_assert_ptr_nonnull(strstr(messages, "duplicate symbol 'name'"));
        if (linked) {
            struct file file = write_file(link);
            const uint64_t value = number_at(&file, 0), memory = file.layout.memory_size;
            if (winner == 'C')
                ck_assert_msg(value == 0x10000 + memory - 8, "%s: 0x%llx", kinds,
                              (unsigned long long)value);
            else
                ck_assert_msg(value ==
                                  (winner == '0' ? 0 : 0x1000000 * (uint64_t)(winner - 'a' + 1)),
                              "%s: 0x%llx", kinds, (unsigned long long)value);
            free(file.bytes);
        }
        link_close(link);
    }
}
END_TEST

START_TEST(a_discarded_group_s_symbol_is_that_of_the_kept_group)
{
    struct link *link = begin_link();
    uint32_t text;
    struct link_object *start = make_start(&text, 1);
    add_pointer(start, text, add_symbol(start, "inline", ELFGEN_STB_GLOBAL, LINK_UNDEFINED, 0), 0,
                0);
    link_add_object(link, start);
    for (int i = 0; i < 2; i++) {
        struct link_object *object = make_object(i ? "second.o" : "first.o");
        const uint32_t section =
            add_section(object, ".text.inline", TEXT, i ? "second" : "first!", 6, 1);
        add_symbol(object, "inline", ELFGEN_STB_GLOBAL, section, 0);
        object->groups = calloc(1, sizeof *object->groups);
        object->groups[0].signature = "inline";
        object->groups[0].members = malloc(sizeof(uint32_t));
        object->groups[0].members[0] = section;
        object->groups[0].member_count = object->group_count = 1;
        link_add_object(link, object);
    }
    ck_assert_msg(run_link(link), "%s", messages);
    struct file file = write_file(link);
    ck_assert_mem_eq(at_address(&file, number_at(&file, 0), 6), "first!", 6);
    ck_assert_uint_eq(file.size, 120 + 8 + 6);
    free(file.bytes);
    link_close(link);
}
END_TEST

START_TEST(a_missing_entry_is_an_error_and_a_program_without_one_is_not)
{
    struct link *link = begin_link();
    ck_assert(!run_link(link));
    ck_assert(link_made.no_entry);
    link_close(link);
    link = begin_link();
    link_settings.entry = NULL;
    ck_assert(run_link(link));
    ck_assert_uint_eq(link->program.relocation_count, 0);
    link_close(link);
}
END_TEST

TCase *link_names_cases(void)
{
    TCase *symbols = tcase_create("symbols");
    tcase_add_loop_test(symbols, the_strongest_definition_wins_and_the_first_of_equals, 0,
                        sizeof claims / sizeof claims[0]);
    tcase_add_test(symbols, a_discarded_group_s_symbol_is_that_of_the_kept_group);
    tcase_add_test(symbols, a_missing_entry_is_an_error_and_a_program_without_one_is_not);
    return symbols;
}
