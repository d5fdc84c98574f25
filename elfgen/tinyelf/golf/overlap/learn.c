/* Learns from the model of Linux what each bit of the headers may be.
 *
 * It asks about two plain files, in which no byte has two owners. A bit that can be changed alone
 * in both is free. Two bits at the same place of two fields that can be changed together, but not
 * alone, are tied. The others are fixed. Then it asks about many ways to change all of them at
 * once; where one fails, a byte of the field that is to blame may not be some values. */
#include "overlap_private.h"

#include <string.h>

#include "elfgen/arch.h"
#include "elfgen/kernel.h"

enum { MOST_REPAIRS = 12, RANDOM_FILLINGS = 48, EXAMPLES = 2, NOP = 0x90 };

struct lesson {
    struct rules *rules;
    enum elfgen_class class_;
    const struct sizes *sizes;
    uint64_t seed;
    uint64_t values[EXAMPLES][FIELDS];
    uint8_t *bytes; /* LARGEST_FILE of them */
};

static unsigned class_of(const struct lesson *lesson)
{
    return elfgen_class_index(lesson->class_);
}

static unsigned width_of(const struct lesson *lesson, size_t rule)
{
    return lesson->rules->rules[rule].field->width[class_of(lesson)];
}

static uint64_t mask_of(const struct lesson *lesson, size_t rule)
{
    unsigned width = width_of(lesson, rule);
    return width == 8 ? UINT64_MAX : (UINT64_C(1) << 8 * width) - 1;
}

static size_t header_size(const struct lesson *lesson)
{
    return elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, lesson->class_);
}

/* Whether a file with these values keeps the promise. */
static bool holds_with(struct lesson *lesson, const uint64_t *values)
{
    const struct rules *rules = lesson->rules;
    for (size_t i = 0; i < rules->count; i++)
        elfgen_field_set(rules->rules[i].field, lesson->class_, ELFGEN_LITTLE_ENDIAN,
                         lesson->bytes +
                             (rules->rules[i].in_program_header ? header_size(lesson) : 0),
                         values[i]);
    return promise_holds_at_ends(&rules->promise, lesson->bytes, rules->promise.size);
}

/* Whether both examples do. */
static bool holds(struct lesson *lesson)
{
    return holds_with(lesson, lesson->values[0]) && holds_with(lesson, lesson->values[1]);
}

/* Changes bits of a field in both examples, and back. */
static void flip(struct lesson *lesson, size_t rule, uint64_t bits)
{
    for (unsigned i = 0; i < EXAMPLES; i++)
        lesson->values[i][rule] ^= bits;
}

/* ---- the plain files ---- */

struct first_value {
    const char *name;
    uint64_t value64, value32; /* in both examples, if they are not named below */
};

/* Those that depend on the promise are set by first_value(). */
static const struct first_value first_values[] = {
    {"ei_mag0", ELFGEN_MAG0, ELFGEN_MAG0},
    {"ei_mag1", ELFGEN_MAG1, ELFGEN_MAG1},
    {"ei_mag2", ELFGEN_MAG2, ELFGEN_MAG2},
    {"ei_mag3", ELFGEN_MAG3, ELFGEN_MAG3},
    {"ei_class", ELFGEN_CLASS64, ELFGEN_CLASS32},
    {"ei_data", ELFGEN_LITTLE_ENDIAN, ELFGEN_LITTLE_ENDIAN},
    {"ei_version", ELFGEN_EV_CURRENT, ELFGEN_EV_CURRENT},
    {"e_version", ELFGEN_EV_CURRENT, ELFGEN_EV_CURRENT},
    {"e_phnum", 1, 1},
    {"p_type", ELFGEN_PT_LOAD, ELFGEN_PT_LOAD},
};

/* That Linux starts: the first architecture of the class. */
static uint64_t machine_of(enum elfgen_class class_)
{
    const struct elfgen_arch *arch;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)) != NULL; i++)
        if (arch->class_ == class_ && elfgen_kernel_has_machine(arch->machines[0]))
            return arch->machines[0];
    return 0;
}

static uint64_t first_value(const struct lesson *lesson, const char *name, unsigned example)
{
    static const uint64_t bases[EXAMPLES] = {0x12345000, 0x5a1b6000};
    static const uint64_t entries[EXAMPLES] = {0xc5, 0x13a};
    /* Not a power of two, which Linux does not look at. */
    static const uint64_t alignments[EXAMPLES] = {0x303, 0x505000};
    const struct promise *promise = &lesson->rules->promise;
    if (strcmp(name, "e_type") == 0)
        return promise->type;
    if (strcmp(name, "e_phoff") == 0 || strcmp(name, "e_ehsize") == 0)
        return elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, lesson->class_);
    if (strcmp(name, "e_phentsize") == 0)
        return elfgen_structure_size(ELFGEN_STRUCTURE_phdr, lesson->class_);
    if (strcmp(name, "e_machine") == 0)
        return machine_of(lesson->class_);
    if (strcmp(name, "p_flags") == 0)
        return (promise->is_readable ? ELFGEN_PF_R : 0) | ELFGEN_PF_X |
               (promise->is_writable ? ELFGEN_PF_W : 0);
    if (strcmp(name, "p_filesz") == 0)
        return lesson->sizes->filesz[example];
    if (strcmp(name, "p_memsz") == 0)
        return lesson->sizes->memsz[example];
    if (strcmp(name, "p_align") == 0)
        return promise->is_spec ? PAGE : alignments[example];
    if (strcmp(name, "p_vaddr") == 0)
        return bases[example];
    if (strcmp(name, "e_entry") == 0)
        return bases[example] + entries[example];
    for (size_t i = 0; i < sizeof first_values / sizeof *first_values; i++)
        if (strcmp(name, first_values[i].name) == 0)
            return promise->bits == 64 ? first_values[i].value64 : first_values[i].value32;
    return 0;
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

static void add_structure(struct lesson *lesson, enum elfgen_structure_id id)
{
    static const char *const given[] = {"e_type", "e_phoff", "e_phnum", NULL};
    static const char *const sizes[] = {"p_filesz", "p_memsz", NULL};
    struct rules *rules = lesson->rules;
    const struct elfgen_structure *structure = &elfgen_structures[id];
    for (unsigned i = 0; i < structure->count && rules->count < FIELDS; i++) {
        const struct elfgen_field *field = &structure->fields[i];
        if (field->width[class_of(lesson)] == 0 || field->width[class_of(lesson)] > 8 ||
            (field->reader != ELFGEN_READER_KERNEL && !rules->promise.is_spec))
            continue;
        struct rule *rule = &rules->rules[rules->count];
        *rule = (struct rule){.field = field, .in_program_header = id == ELFGEN_STRUCTURE_phdr};
        memset(rule->allowed, 0xff, sizeof rule->allowed);
        rule->is_size = rules->promise.is_spec && is_one_of(field->name, sizes);
        rule->is_given = is_one_of(field->name, given) || rule->is_size ||
                         (rules->promise.is_spec && (field->reader == ELFGEN_READER_TOOLS ||
                                                     field->kind == ELFGEN_KIND_FLAGS));
        if (strcmp(field->name, "e_entry") == 0)
            rules->entry = rules->count;
        if (strcmp(field->name, "p_vaddr") == 0)
            rules->vaddr = rules->count;
        rule->value = first_value(lesson, field->name, 0);
        for (unsigned example = 0; example < EXAMPLES; example++)
            lesson->values[example][rules->count] = first_value(lesson, field->name, example);
        rules->count++;
    }
}

/* ---- one bit, two bits, one byte ---- */

static void find_free_bits(struct lesson *lesson)
{
    struct rules *rules = lesson->rules;
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->rules[i];
        rule->fixed = mask_of(lesson, i);
        if (rule->is_given)
            continue;
        for (unsigned bit = 0; bit < 8 * width_of(lesson, i); bit++) {
            flip(lesson, i, UINT64_C(1) << bit);
            if (holds(lesson))
                rule->fixed &= ~(UINT64_C(1) << bit);
            flip(lesson, i, UINT64_C(1) << bit);
        }
    }
}

/* Only the bytes all of whose bits are set. */
static uint64_t whole_bytes(uint64_t mask)
{
    for (unsigned byte = 0; byte < 8; byte++)
        if ((mask >> 8 * byte & 0xff) != 0xff)
            mask &= ~(UINT64_C(0xff) << 8 * byte);
    return mask;
}

static void find_ties_of(struct lesson *lesson, size_t one, size_t other)
{
    struct rules *rules = lesson->rules;
    struct rule *a = &rules->rules[one], *b = &rules->rules[other];
    uint64_t mask = 0;
    for (unsigned bit = 0; bit < FIELD_BITS; bit++) {
        uint64_t bits = UINT64_C(1) << bit;
        if (!(a->fixed & b->fixed & bits))
            continue;
        flip(lesson, one, bits);
        flip(lesson, other, bits);
        if (holds(lesson))
            mask |= bits;
        flip(lesson, one, bits);
        flip(lesson, other, bits);
    }
    /* In a file of less than a page, an offset in the page that is small leaves more to the sizes.
     */
    if (rules->promise.size < PAGE && !(one == rules->entry && other == rules->vaddr))
        mask = whole_bytes(mask);
    if (mask == 0 || rules->tie_count == TIES)
        return;
    rules->ties[rules->tie_count++] = (struct tie){(uint8_t)one, (uint8_t)other, mask};
    a->tied |= mask;
    b->tied |= mask;
}

static void find_ties(struct lesson *lesson)
{
    struct rules *rules = lesson->rules;
    for (size_t one = 0; one < rules->count; one++)
        for (size_t other = one + 1; other < rules->count; other++)
            if (!rules->rules[one].is_given && !rules->rules[other].is_given &&
                width_of(lesson, one) >= 4 && width_of(lesson, other) >= 4)
                find_ties_of(lesson, one, other);
    for (size_t i = 0; i < rules->count; i++)
        rules->rules[i].fixed &= ~rules->rules[i].tied;
}

/* A byte none of whose bits can be changed alone may still have several values. */
static void find_values(struct lesson *lesson)
{
    struct rules *rules = lesson->rules;
    for (size_t i = 0; i < rules->count; i++) {
        struct rule *rule = &rules->rules[i];
        if (rule->is_given || rule->fixed != mask_of(lesson, i) || width_of(lesson, i) > 4 ||
            rules->promise.is_spec) /* there, one value is the standard one */
            continue;
        for (unsigned byte = 0; byte < width_of(lesson, i); byte++) {
            uint8_t set[32] = {0};
            unsigned count = 0;
            for (unsigned value = 0; value < 256; value++) {
                uint64_t bits = (value ^ (rule->value >> 8 * byte & 0xff)) << 8 * byte;
                flip(lesson, i, bits);
                bool is_good = holds(lesson);
                flip(lesson, i, bits);
                if (!is_good)
                    continue;
                set[value / 8] |= (uint8_t)(1 << value % 8);
                count++;
            }
            memcpy(rule->allowed[byte], set, sizeof set);
            if (count > 1)
                rule->fixed &= ~(UINT64_C(0xff) << 8 * byte);
        }
    }
}

/* Asks with a second header: all that p_type may be besides its lowest byte, and the extremes of
 * the rest. */
static bool is_inert(struct lesson *lesson, uint8_t lowest)
{
    static const uint32_t others[] = {0, 0xffffff00, 0x6474e500, 0x6fffff00, 0x70000000};
    static const uint8_t fills[] = {0x00, 0x01, 0x7f, 0xff};
    const struct rules *rules = lesson->rules;
    size_t at = header_size(lesson) + elfgen_structure_size(ELFGEN_STRUCTURE_phdr, lesson->class_);
    size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_phdr, lesson->class_);
    uint64_t values[FIELDS];
    for (size_t i = 0; i < rules->count; i++)
        values[i] = strcmp(rules->rules[i].field->name, "e_phnum") == 0 ? 2 : lesson->values[0][i];
    bool is_good = true;
    for (size_t i = 0; i < sizeof others / sizeof *others && is_good; i++)
        for (size_t j = 0; j < sizeof fills && is_good; j++) {
            memset(lesson->bytes + at, fills[j], size);
            for (unsigned byte = 0; byte < 4; byte++)
                lesson->bytes[at + byte] = (uint8_t)((others[i] | lowest) >> 8 * byte);
            is_good = holds_with(lesson, values);
        }
    memset(lesson->bytes + at, NOP, size);
    return is_good;
}

static void find_inert(struct lesson *lesson)
{
    for (unsigned value = 0; value < 256; value++)
        if (is_inert(lesson, (uint8_t)value))
            lesson->rules->inert[value / 8] |= (uint8_t)(1 << value % 8);
}

/* ---- all at once ---- */

/* A value for a field: `wish` where it may be, with bytes that are allowed. */
static uint64_t allowed_value(struct lesson *lesson, size_t i, uint64_t wish)
{
    const struct rule *rule = &lesson->rules->rules[i];
    uint64_t value = (wish & ~rule->fixed) | (rule->value & rule->fixed);
    for (unsigned byte = 0; byte < width_of(lesson, i); byte++) {
        const uint8_t *set = rule->allowed[byte];
        uint8_t fixed = (uint8_t)(rule->fixed >> 8 * byte);
        unsigned now = value >> 8 * byte & 0xff, first = now;
        while (!set_has(set, now) || ((now ^ rule->value >> 8 * byte) & fixed)) {
            now = (now + 1) & 0xff;
            if (now == first)
                break;
        }
        value = (value & ~(UINT64_C(0xff) << 8 * byte)) | (uint64_t)now << 8 * byte;
    }
    return value;
}

/* The wishes for all fields, made to agree. A base in the middle of where it may be. */
static void settle(struct lesson *lesson, const uint64_t *wishes, uint64_t *values)
{
    struct rules *rules = lesson->rules;
    for (size_t i = 0; i < rules->count; i++)
        values[i] =
            rules->rules[i].is_given ? rules->rules[i].value : allowed_value(lesson, i, wishes[i]);
    for (size_t i = 0; i < rules->tie_count; i++) {
        const struct tie *tie = &rules->ties[i];
        if (tie->one == rules->entry && tie->other == rules->vaddr) {
            uint64_t base = values[tie->one] & tie->mask;
            if (base < rules->base_low)
                base = rules->base_low & tie->mask;
            if (base > rules->base_high)
                base = rules->base_high & tie->mask;
            values[tie->one] = (values[tie->one] & ~tie->mask) | base;
        }
        values[tie->other] = (values[tie->other] & ~tie->mask) | (values[tie->one] & tie->mask);
    }
}

/* How the bits of a field are changed: none set, all set, and of each byte the lowest, the highest,
 * all, with the others none; and the opposite. */
enum { WHOLE_PATTERNS = 2, BYTE_PATTERNS = 3, PATTERNS = WHOLE_PATTERNS + 2 * 8 * BYTE_PATTERNS };

static uint64_t pattern_value(unsigned pattern)
{
    static const uint8_t bytes[BYTE_PATTERNS] = {0x01, 0x80, 0xff};
    if (pattern < WHOLE_PATTERNS)
        return pattern == 0 ? 0 : UINT64_MAX;
    pattern -= WHOLE_PATTERNS;
    uint64_t value = (uint64_t)bytes[pattern / 2 % BYTE_PATTERNS]
                     << 8 * (pattern / 2 / BYTE_PATTERNS);
    return pattern % 2 ? ~value : value;
}

/* Whether a field and those that are tied to it can have all extreme values while the others have
 * theirs. Otherwise, `values` are those that failed. */
static bool is_free_at_extremes(struct lesson *lesson, size_t i, const uint64_t *others,
                                uint64_t *values)
{
    uint64_t wishes[FIELDS];
    unsigned patterns = WHOLE_PATTERNS + 2 * BYTE_PATTERNS * width_of(lesson, i);
    memcpy(wishes, others, sizeof wishes);
    for (unsigned pattern = 0; pattern < patterns; pattern++) {
        wishes[i] = pattern_value(pattern);
        settle(lesson, wishes, values);
        if (!holds_with(lesson, values))
            return false;
    }
    return true;
}

static bool has_choice(const struct lesson *lesson, size_t i)
{
    const struct rules *rules = lesson->rules;
    return !rules->rules[i].is_given && rules->rules[i].fixed != mask_of(lesson, i);
}

/* Whether the field is free if one byte of it has this value. */
static bool is_free_with(struct lesson *lesson, size_t i, const uint64_t *others, unsigned byte,
                         unsigned value)
{
    struct rule *rule = &lesson->rules->rules[i];
    uint8_t before[32];
    uint64_t values[FIELDS];
    if (!set_has(rule->allowed[byte], value) ||
        ((value ^ rule->value >> 8 * byte) & rule->fixed >> 8 * byte & 0xff))
        return false;
    memcpy(before, rule->allowed[byte], sizeof before);
    memset(rule->allowed[byte], 0, sizeof before);
    rule->allowed[byte][value / 8] = (uint8_t)(1 << value % 8);
    bool is_free = is_free_at_extremes(lesson, i, others, values);
    memcpy(rule->allowed[byte], before, sizeof before);
    return is_free;
}

/* The values of a byte with which the rest of its field is free. Most often these are all but 0,
 * which a few tell. */
static unsigned find_set(struct lesson *lesson, size_t i, const uint64_t *others, unsigned byte,
                         uint8_t *set)
{
    static const uint8_t few[] = {0x01, 0x02, 0x07, 0x40, 0x80, 0xff};
    unsigned count = 0;
    bool is_all_but_0 = !is_free_with(lesson, i, others, byte, 0);
    for (unsigned j = 0; j < sizeof few && is_all_but_0; j++)
        is_all_but_0 = is_free_with(lesson, i, others, byte, few[j]);
    memset(set, is_all_but_0 ? 0xff : 0, 32);
    set[0] &= 0xfe;
    for (unsigned value = 0; value < 256 && !is_all_but_0; value++)
        if (is_free_with(lesson, i, others, byte, value)) {
            set[value / 8] |= (uint8_t)(1 << value % 8);
            count++;
        }
    return is_all_but_0 ? 255 : count;
}

/* A byte of a field, and the values with which the rest of the field is free. */
struct repair {
    size_t rule;
    unsigned byte, count;
    uint8_t set[32];
};

/* Finds the byte of a field that has the most such values, if more than *best has. */
static void find_repair(struct lesson *lesson, size_t i, const uint64_t *others,
                        struct repair *best)
{
    struct repair repair = {.rule = i};
    for (unsigned byte = 0; byte < width_of(lesson, i) && best->count < 255; byte++) {
        repair.byte = byte;
        repair.count = find_set(lesson, i, others, byte, repair.set);
        if (repair.count > best->count)
            *best = repair;
    }
}

/* Finds the fields to blame for values that failed, and restricts the byte of them that loses the
 * fewest values. */
static bool repair_blamed(struct lesson *lesson, const uint64_t *failed)
{
    struct rules *rules = lesson->rules;
    uint64_t seeds[FIELDS] = {0}, wishes[FIELDS], values[FIELDS];
    struct repair best = {.count = 0};
    for (size_t i = 0; i < rules->count; i++)
        seeds[i] = rules->rules[i].value;
    for (size_t i = 0; i < rules->count; i++) {
        if (!has_choice(lesson, i))
            continue;
        memcpy(wishes, failed, sizeof wishes);
        wishes[i] = seeds[i];
        settle(lesson, wishes, values);
        if (!holds_with(lesson, values))
            continue;
        find_repair(lesson, i, failed, &best);
        if (best.count == 0)
            find_repair(lesson, i, seeds, &best);
    }
    if (best.count == 0)
        return false;
    memcpy(rules->rules[best.rule].allowed[best.byte], best.set, sizeof best.set);
    return true;
}

/* Whether all that is free is free at once. Otherwise, `failed` are values that are not. */
static bool is_product(struct lesson *lesson, uint64_t *failed)
{
    struct rules *rules = lesson->rules;
    uint64_t wishes[FIELDS] = {0};
    for (unsigned whole = 0; whole <= WHOLE_PATTERNS; whole++) {
        for (size_t i = 0; i < rules->count; i++)
            wishes[i] = whole < WHOLE_PATTERNS ? pattern_value(whole) : rules->rules[i].value;
        for (size_t i = 0; i < rules->count; i++)
            if (has_choice(lesson, i) && !is_free_at_extremes(lesson, i, wishes, failed))
                return false;
    }
    for (unsigned round = 0; round < RANDOM_FILLINGS; round++) {
        for (size_t i = 0; i < rules->count; i++)
            wishes[i] = overlap_random(&lesson->seed);
        settle(lesson, wishes, failed);
        if (!holds_with(lesson, failed))
            return false;
    }
    return true;
}

/* ---- bases ---- */

static bool holds_at_base(struct lesson *lesson, uint64_t base)
{
    struct rules *rules = lesson->rules;
    uint64_t mask = rules->ties[0].mask, values[FIELDS];
    for (size_t i = 0; i < rules->count; i++)
        values[i] = rules->rules[i].value;
    for (size_t i = 0; i < rules->tie_count; i++)
        if (rules->ties[i].one == rules->entry && rules->ties[i].other == rules->vaddr)
            mask = rules->ties[i].mask;
    if (base & ~mask)
        return false;
    values[rules->entry] = (values[rules->entry] & ~mask) | base;
    values[rules->vaddr] = (values[rules->vaddr] & ~mask) | base;
    return holds_with(lesson, values);
}

/* Finds the bases between which all others hold, too: from the one that the file has downwards and
 * upwards. */
static void find_bases(struct lesson *lesson)
{
    struct rules *rules = lesson->rules;
    /* Where a stack may be that is put at random: arch/x86/um/asm/elf.h, STACK_RND_MASK; and room
     * for it to grow, and for the largest segment. */
    const uint64_t stacks = rules->promise.bits == 64 ? UINT64_C(17) << 30 : UINT64_C(24) << 20;
    uint64_t mid = rules->rules[rules->vaddr].value & ~(uint64_t)(PAGE - 1), mask = 0;
    for (size_t i = 0; i < rules->tie_count; i++)
        if (rules->ties[i].one == rules->entry && rules->ties[i].other == rules->vaddr)
            mask = rules->ties[i].mask & ~(uint64_t)(PAGE - 1);
    uint64_t bad = 0, good = mid;
    rules->base_low = rules->base_high = mid;
    if (holds_at_base(lesson, 0))
        good = 0;
    while (good > bad && good - bad > PAGE) {
        uint64_t between = (bad + (good - bad) / 2) & ~(uint64_t)(PAGE - 1);
        if (holds_at_base(lesson, between))
            good = between;
        else
            bad = between;
    }
    rules->base_low = good;
    good = mid;
    bad = mask;
    if (holds_at_base(lesson, mask)) {
        rules->base_high = mask;
        return;
    }
    while (bad - good > PAGE) {
        uint64_t between = (good + (bad - good) / 2) & ~(uint64_t)(PAGE - 1);
        if (holds_at_base(lesson, between))
            good = between;
        else
            bad = between;
    }
    uint64_t room = stacks + rules->promise.most_space;
    rules->base_high = good > room ? (good - room) & ~(uint64_t)(PAGE - 1) : mid;
}

bool overlap_learn(const struct promise *promise, const struct sizes *sizes, bool has_inert,
                   uint8_t *file, struct rules *rules)
{
    struct lesson lesson = {
        .rules = rules,
        .class_ = promise->bits == 64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32,
        .sizes = sizes,
        .seed = 1,
        .bytes = file,
    };
    *rules = (struct rules){.promise = *promise};
    /* What is executed first goes on to no other page. */
    memset(lesson.bytes, NOP, LARGEST_FILE);
    add_structure(&lesson, ELFGEN_STRUCTURE_ehdr);
    add_structure(&lesson, ELFGEN_STRUCTURE_phdr);
    if (!holds(&lesson))
        return false;
    find_free_bits(&lesson);
    find_ties(&lesson);
    find_values(&lesson);
    find_bases(&lesson);
    if (has_inert)
        find_inert(&lesson);
    uint64_t failed[FIELDS] = {0};
    for (unsigned repairs = 0; !is_product(&lesson, failed); repairs++)
        if (repairs == MOST_REPAIRS || !repair_blamed(&lesson, failed))
            return false;
    return true;
}
