/* golf/lift/verbatim: what is known of registers, stack and data of programs whose instructions
 * stay. */
#include "golf/lift/verbatim/code_memory.h"
#include "golf/lift/verbatim/references.h"
#include "golf_program.h"

enum { WORD = 8, CODE = 0x10100, DATA = 0x20000, BSS = 0x30000 };

static struct held of_kind(enum held_kind kind, uint64_t number)
{
    return (struct held){.kind = (uint8_t)kind, .section = HELD_NO_SECTION, .number = number};
}

/* An object of data from its address on. */
static struct held object(uint64_t address, uint64_t size, uint16_t section)
{
    struct held result = of_kind(HELD_DATA, address);
    result.section = section;
    result.low = address;
    result.high = address + size;
    return result;
}

/* ---- what a register may hold ---- */

/* Two numbers are one of those whose distance has a power of two: 4 or 12 is 4 modulo 8. */
START_TEST(either_of_two_numbers_is_known_by_their_distance)
{
    static const struct {
        uint64_t a, b, number, step;
    } rows[] = {{4, 4, 4, 0}, {4, 12, 4, 8}, {0, 24, 0, 8}, {5, 6, 0, 1}, {UINT64_MAX, 7, 7, 8}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct held a = held_number(rows[i].a), b = held_number(rows[i].b);
        struct held either = held_either(&a, &b);
        ck_assert_uint_eq(either.kind, HELD_NUMBER);
        ck_assert_uint_eq(either.number, rows[i].number);
        ck_assert_uint_eq(either.step, rows[i].step);
    }
}
END_TEST

/* Joined again and again, a value comes to rest: steps only fall. */
START_TEST(a_counter_that_is_joined_comes_to_rest)
{
    const struct held by = held_number(24);
    struct held counter = held_number(8);
    size_t changes = 0;
    for (bool changed = true; changed; changes += changed) {
        struct held next = held_sum(&counter, &by), both = held_either(&counter, &next);
        changed = both.number != counter.number || both.step != counter.step;
        counter = both;
        ck_assert_uint_lt(changes, 64);
    }
    ck_assert_uint_eq(counter.step, 8);
    ck_assert_uint_eq(counter.number, 0);
}
END_TEST

/* An address of code on one of two ways counts, whatever is on the other; what a call pushed only
 * if it is so on both. */
START_TEST(an_address_of_code_on_one_way_counts)
{
    static const enum held_kind others[] = {HELD_NUMBER, HELD_STACK, HELD_DATA, HELD_RETURN};
    struct held code = of_kind(HELD_CODE, CODE), back = of_kind(HELD_RETURN, 0);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct held other = of_kind(others[i], 16);
        ck_assert_uint_eq(held_either(&code, &other).kind, HELD_CODE);
        ck_assert_uint_eq(held_either(&other, &code).kind, HELD_CODE);
        ck_assert_uint_eq(held_either(&back, &other).kind,
                          others[i] == HELD_RETURN ? HELD_RETURN : others[i]);
    }
    struct held second = of_kind(HELD_CODE, CODE + 9);
    struct held both = held_either(&code, &second);
    ck_assert_uint_eq(both.step, 1);
    ck_assert_uint_eq(both.high, UINT64_MAX);
}
END_TEST

/* Of two objects it is an address from the first one's beginning to the second one's end. */
START_TEST(either_of_two_objects_is_all_that_is_between_them)
{
    struct held a = object(DATA, 8, 1), b = object(DATA + 24, 16, 1), c = object(BSS, 8, 2);
    struct held either = held_either(&a, &b);
    ck_assert_uint_eq(either.low, DATA);
    ck_assert_uint_eq(either.high, DATA + 40);
    ck_assert_uint_eq(either.section, 1);
    ck_assert_uint_eq(either.step, 8);
    ck_assert_uint_eq(held_either(&a, &c).section, HELD_NO_SECTION);
}
END_TEST

START_TEST(an_index_is_multiplied_and_added_by_its_step)
{
    struct held index = held_anything(), base = object(DATA, 64, 1);
    struct held scaled = held_product(&index, 8), place = held_sum(&base, &scaled);
    ck_assert_uint_eq(scaled.step, 8);
    ck_assert_uint_eq(place.kind, HELD_DATA);
    ck_assert_uint_eq(place.step, 8);
    ck_assert_uint_eq(held_next(&place, DATA + 1), DATA + 8);
    ck_assert_uint_eq(held_next(&place, DATA + 16), DATA + 16);
    /* two addresses are no address, and nothing is known of it */
    ck_assert_uint_eq(held_sum(&base, &base).kind, HELD_NUMBER);
    ck_assert_uint_eq(held_sum(&base, &base).step, 1);
}
END_TEST

/* ---- registers and stack where ways meet ---- */

START_TEST(states_are_joined_place_by_place)
{
    struct code_state a, b;
    code_state_start(&a, true);
    code_state_start(&b, true);
    ck_assert(!code_state_join(&a, &b));
    b.registers[X86_RBX] = of_kind(HELD_CODE, CODE);
    b.slots[3] = held_number(7);
    ck_assert(code_state_join(&a, &b));
    ck_assert(!code_state_join(&a, &b));
    ck_assert_uint_eq(a.registers[X86_RBX].kind, HELD_CODE);
    ck_assert_uint_eq(a.slots[3].step, 1);
    ck_assert_uint_eq(a.registers[X86_RAX].step, 0);
    /* ways of two functions meet */
    b.function = 5;
    ck_assert(code_state_join(&a, &b));
    ck_assert_uint_eq(a.function, CODE_NO_FUNCTION);
    /* what was not reached becomes the other */
    struct code_state none = {.is_reached = false};
    ck_assert(code_state_join(&none, &b));
    ck_assert_uint_eq(none.function, 5);
}
END_TEST

/* A function finds what its caller has, counted from its own return address; what it leaves alone,
 * its caller has after it. */
START_TEST(a_function_keeps_what_it_does_not_change)
{
    struct code_state before, inside, after;
    code_state_start(&before, true);
    before.registers[X86_RSP].number = (uint64_t)-16;
    before.registers[X86_RBX] = of_kind(HELD_CODE, CODE);
    before.registers[X86_RBP] = of_kind(HELD_STACK, 32);
    before.slots[code_state_slot((uint64_t)-16, WORD)] = of_kind(HELD_CODE, CODE + 1);
    code_state_enter(&before, WORD, 4, &inside);
    ck_assert_uint_eq(inside.registers[X86_RSP].number, 0);
    ck_assert_uint_eq(inside.slots[CODE_SLOTS_BELOW].kind, HELD_RETURN);
    ck_assert_uint_eq(inside.slots[CODE_SLOTS_BELOW + 1].number, CODE + 1);
    ck_assert_uint_eq(inside.registers[X86_RBP].number, 32 + 24);
    /* it changes rcx and what is below its stack pointer, and takes off its return address */
    struct code_state end = inside;
    end.registers[X86_RCX] = of_kind(HELD_STACK, 8);
    end.registers[X86_RCX].origin = 0;
    end.registers[X86_RSP].number = WORD;
    code_state_leave(&before, &end, WORD, &after);
    ck_assert_uint_eq(after.registers[X86_RSP].number, (uint64_t)-16);
    ck_assert_uint_eq(after.registers[X86_RBX].number, CODE);
    ck_assert_uint_eq(after.registers[X86_RBP].number, 32);
    ck_assert_uint_eq(after.registers[X86_RCX].number, (uint64_t)-16);
    ck_assert_uint_eq(after.slots[code_state_slot((uint64_t)-16, WORD)].number, CODE + 1);
}
END_TEST

START_TEST(places_of_the_stack_are_words_around_the_return_address)
{
    ck_assert_uint_eq(code_state_slot(0, WORD), CODE_SLOTS_BELOW);
    ck_assert_uint_eq(code_state_slot(7, WORD), CODE_SLOTS_BELOW);
    ck_assert_uint_eq(code_state_slot((uint64_t)-1, WORD), CODE_SLOTS_BELOW - 1);
    ck_assert_uint_eq(code_state_slot((uint64_t)-8, WORD), CODE_SLOTS_BELOW - 1);
    ck_assert_uint_eq(code_state_slot((uint64_t)-9, WORD), CODE_SLOTS_BELOW - 2);
    ck_assert_uint_eq(code_state_slot((uint64_t)-8 * CODE_SLOTS_BELOW, WORD), 0);
    ck_assert_uint_eq(code_state_slot((uint64_t)-8 * CODE_SLOTS_BELOW - 1, WORD), CODE_SLOTS);
    ck_assert_uint_eq(code_state_slot((uint64_t)(CODE_SLOTS - CODE_SLOTS_BELOW) * 4, 4),
                      CODE_SLOTS);
}
END_TEST

/* ---- memory ---- */

/* A program of code, 64 bytes of data whose first two words are addresses of code, and 64 of zeros.
 * The label at DATA + 32 begins a second object. */
static const struct elfgen_section sections[] = {
    {.address = 0x10078, .size = 0x200, .offset = 0x78, .permissions = ELFGEN_PF_R | ELFGEN_PF_X},
    {.address = DATA, .size = 64, .offset = 0x300, .permissions = ELFGEN_PF_R | ELFGEN_PF_W},
    {.address = BSS, .size = 64, .offset = ELFGEN_NOWHERE, .permissions = ELFGEN_PF_W}};
static const struct elfgen_relocation references[] = {
    {.section = 0, .symbol = 1, .type = ELFGEN_R_X86_64_64, .offset = 0x20, .addend = 0},
    {.section = 0, .symbol = 1, .type = ELFGEN_R_X86_64_64, .offset = 0x30, .addend = 32},
    {.section = 0, .symbol = 2, .type = ELFGEN_R_X86_64_64, .offset = 0x40, .addend = 0},
    {.section = 1, .symbol = 0, .type = ELFGEN_R_X86_64_64, .offset = 0, .addend = CODE - 0x10078},
    {.section = 1, .symbol = 0, .type = ELFGEN_R_X86_64_64, .offset = 8, .addend = 0x90}};
static const struct golf_addresses known = {
    .sections = sections, .section_count = 3, .references = references, .reference_count = 5};
static const struct lift_instruction somewhere = {.offset = 0x80, .address = 0x10080};

struct memory_room {
    struct lift lift;
    struct elfgen_error error;
    struct verbatim all;
    struct code_memory memory;
    struct code_state state;
};

static void open_room(struct memory_room *room)
{
    *room = (struct memory_room){.lift = {.bits = 64, .size = 0x400}};
    room->lift.error = &room->error;
    room->all = (struct verbatim){
        .lift = &room->lift, .known = &known, .base = 0x10000, .machine = ELFGEN_EM_X86_64};
    ck_assert(verbatim_note_references(&room->all));
    ck_assert(code_memory_open(&room->memory, &room->all));
    room->memory.is_settled = true;
    code_state_start(&room->state, true);
}

static void close_room(struct memory_room *room)
{
    code_memory_close(&room->memory);
    free(room->all.reference_at);
}

static struct held load(struct memory_room *room, const struct held *place, unsigned size)
{
    struct held value;
    ck_assert_msg(code_memory_load(&room->memory, &somewhere, &room->state, place, size, &value),
                  "%s", room->error.text);
    return value;
}

static void store(struct memory_room *room, const struct held *place, const struct held *value)
{
    ck_assert(code_memory_store(&room->memory, &somewhere, &room->state, place, WORD, value));
}

START_TEST(addresses_of_code_are_loaded_from_where_they_are)
{
    struct memory_room room;
    open_room(&room);
    struct held first = object(DATA, 32, 1), after = object(DATA + 16, 16, 1);
    ck_assert_uint_eq(load(&room, &first, WORD).kind, HELD_CODE);
    ck_assert_uint_eq(load(&room, &first, WORD).number, CODE);
    ck_assert_uint_eq(load(&room, &after, WORD).kind, HELD_NUMBER);
    /* by an index it is one of them */
    struct held index = held_anything(), scaled = held_product(&index, WORD),
                table = held_sum(&first, &scaled);
    struct held found = load(&room, &table, WORD);
    ck_assert_uint_eq(found.kind, HELD_CODE);
    ck_assert_uint_eq(found.step, 1);
    ck_assert_uint_eq(found.low, DATA);
    ck_assert_uint_eq(found.high, DATA + 32);
    /* bytes are a part of one */
    room.memory.is_final = true;
    struct held byte = object(DATA + 3, 29, 1), value;
    ck_assert(!code_memory_load(&room.memory, &somewhere, &room.state, &byte, 1, &value));
    ck_assert_ptr_nonnull(strstr(room.error.text, "part of an address"));
    close_room(&room);
}
END_TEST

/* What is stored by an index may be anywhere in its object, and nowhere else. */
START_TEST(a_store_by_an_index_is_found_in_its_object_alone)
{
    struct memory_room room;
    open_room(&room);
    struct held code = of_kind(HELD_CODE, CODE), index = held_anything(),
                scaled = held_product(&index, WORD), zeros = object(BSS, 64, 2),
                place = held_sum(&zeros, &scaled), there = object(BSS + 40, 24, 2),
                apart = object(DATA + 32, 32, 1), odd = object(BSS + 41, 23, 2), value;
    ck_assert_uint_eq(load(&room, &there, WORD).kind, HELD_NUMBER);
    store(&room, &place, &code);
    ck_assert(room.memory.has_changed);
    ck_assert(room.memory.stores_code);
    ck_assert_uint_eq(load(&room, &there, WORD).kind, HELD_CODE);
    ck_assert_uint_eq(load(&room, &apart, WORD).kind, HELD_NUMBER);
    /* the same again is nothing new */
    room.memory.has_changed = false;
    store(&room, &place, &code);
    ck_assert(!room.memory.has_changed);
    /* neither what is before an object nor what is after it is in it */
    struct held word = object(BSS + 32, 8, 2), low = object(BSS, 16, 2),
                high = object(BSS + 48, 16, 2), before = held_sum(&low, &scaled),
                after = held_sum(&high, &scaled);
    code_memory_forget(&room.memory);
    store(&room, &word, &code);
    ck_assert_uint_eq(load(&room, &word, WORD).kind, HELD_CODE);
    ck_assert_uint_eq(load(&room, &before, WORD).kind, HELD_NUMBER);
    ck_assert_uint_eq(load(&room, &after, WORD).kind, HELD_NUMBER);
    store(&room, &place, &code);
    /* between two words there are parts of it */
    room.memory.is_final = true;
    ck_assert(!code_memory_load(&room.memory, &somewhere, &room.state, &odd, 1, &value));
    close_room(&room);
}
END_TEST

START_TEST(a_store_to_an_unknown_place_is_found_in_unknown_places)
{
    struct memory_room room;
    open_room(&room);
    struct held code = of_kind(HELD_CODE, CODE), anywhere = held_anything();
    ck_assert_uint_eq(load(&room, &anywhere, WORD).kind, HELD_NUMBER);
    store(&room, &anywhere, &code);
    ck_assert_uint_eq(load(&room, &anywhere, WORD).kind, HELD_CODE);
    code_memory_forget(&room.memory);
    ck_assert_uint_eq(load(&room, &anywhere, WORD).kind, HELD_NUMBER);
    close_room(&room);
}
END_TEST

START_TEST(the_stack_holds_what_was_stored_at_its_place)
{
    struct memory_room room;
    open_room(&room);
    struct held code = of_kind(HELD_CODE, CODE), top = of_kind(HELD_STACK, (uint64_t)-8),
                next = of_kind(HELD_STACK, (uint64_t)-16), any = of_kind(HELD_STACK, 0),
                far_off = of_kind(HELD_STACK, 1 << 16);
    any.step = 1;
    store(&room, &top, &code);
    ck_assert_uint_eq(load(&room, &top, WORD).number, CODE);
    ck_assert_uint_eq(load(&room, &next, WORD).kind, HELD_NUMBER);
    /* an unknown place may be that one */
    ck_assert_uint_eq(load(&room, &any, WORD).kind, HELD_CODE);
    ck_assert_uint_eq(load(&room, &far_off, WORD).kind, HELD_NUMBER);
    store(&room, &far_off, &code);
    ck_assert_uint_eq(load(&room, &far_off, WORD).kind, HELD_CODE);
    /* a number over it, and a byte in it */
    struct held number = held_number(5), within = of_kind(HELD_STACK, (uint64_t)-6);
    store(&room, &top, &number);
    ck_assert_uint_eq(load(&room, &top, WORD).number, 5);
    ck_assert(code_memory_store(&room.memory, &somewhere, &room.state, &within, 1, &number));
    ck_assert(!held_is_exact(&(struct held[]){load(&room, &top, WORD)}[0]));
    close_room(&room);
}
END_TEST

/* The end of a section is an end; that of an object within one is not known to be. */
START_TEST(what_is_past_a_section_is_outside)
{
    struct memory_room room;
    open_room(&room);
    struct held last = object(DATA + 60, 4, 1), value;
    room.memory.is_final = true;
    ck_assert(!code_memory_is_outside(&room.memory, &last, 4));
    ck_assert(code_memory_is_outside(&room.memory, &last, 5));
    ck_assert(!code_memory_load(&room.memory, &somewhere, &room.state, &last, WORD, &value));
    ck_assert_ptr_nonnull(strstr(room.error.text, "past the end of a section"));
    close_room(&room);
}
END_TEST

/* A call that reads bytes gets those of its object, or as many as it asks for. */
START_TEST(a_call_is_given_addresses_of_code_among_its_bytes)
{
    struct memory_room room;
    open_room(&room);
    struct held data = object(DATA, 32, 1), later = object(DATA + 16, 16, 1),
                stack = of_kind(HELD_STACK, (uint64_t)-32), code = of_kind(HELD_CODE, CODE),
                slot = of_kind(HELD_STACK, (uint64_t)-16);
    ck_assert(code_memory_is_given(&room.memory, &room.state, &data, 0));
    ck_assert(code_memory_is_given(&room.memory, &room.state, &data, 1));
    ck_assert(!code_memory_is_given(&room.memory, &room.state, &later, 0));
    store(&room, &slot, &code);
    ck_assert(!code_memory_is_given(&room.memory, &room.state, &stack, 16));
    ck_assert(code_memory_is_given(&room.memory, &room.state, &stack, 17));
    close_room(&room);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("golf_verbatim");
    TCase *values = tcase_create("values");
    TCase *states = tcase_create("states");
    TCase *memory = tcase_create("memory");
    tcase_add_test(values, either_of_two_numbers_is_known_by_their_distance);
    tcase_add_test(values, a_counter_that_is_joined_comes_to_rest);
    tcase_add_test(values, an_address_of_code_on_one_way_counts);
    tcase_add_test(values, either_of_two_objects_is_all_that_is_between_them);
    tcase_add_test(values, an_index_is_multiplied_and_added_by_its_step);
    suite_add_tcase(s, values);
    tcase_add_test(states, states_are_joined_place_by_place);
    tcase_add_test(states, a_function_keeps_what_it_does_not_change);
    tcase_add_test(states, places_of_the_stack_are_words_around_the_return_address);
    suite_add_tcase(s, states);
    tcase_add_test(memory, addresses_of_code_are_loaded_from_where_they_are);
    tcase_add_test(memory, a_store_by_an_index_is_found_in_its_object_alone);
    tcase_add_test(memory, a_store_to_an_unknown_place_is_found_in_unknown_places);
    tcase_add_test(memory, the_stack_holds_what_was_stored_at_its_place);
    tcase_add_test(memory, what_is_past_a_section_is_outside);
    tcase_add_test(memory, a_call_is_given_addresses_of_code_among_its_bytes);
    suite_add_tcase(s, memory);
    return s;
}

RUN_SUITE(suite)
