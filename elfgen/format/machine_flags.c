/* Turns e_flags into text, by rules: machine_flags.def has one row a rule.
 *
 * IF appends its text when (flags & mask) == value. GROUP begins a choice: the first of its CASE
 * rows that matches appends its text, and ELSE rows append theirs only where none matched. REST
 * appends its text where flags have bits besides `known`; "%#x" in it is replaced by those bits. */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "elfgen/names.h"

enum rule_kind { RULE_IF, RULE_GROUP, RULE_CASE, RULE_ELSE, RULE_REST };

struct rule {
    uint32_t machine;
    uint8_t kind;
    uint32_t mask, value, known;
    const char *text;
};

static const struct rule rules[] = {
#define FLAGS_IF(machine, mask, value, text)   {machine, RULE_IF, mask, value, 0, text},
#define FLAGS_GROUP(machine)                   {machine, RULE_GROUP, 0, 0, 0, NULL},
#define FLAGS_CASE(machine, mask, value, text) {machine, RULE_CASE, mask, value, 0, text},
#define FLAGS_ELSE(machine, mask, value, text) {machine, RULE_ELSE, mask, value, 0, text},
#define FLAGS_REST(machine, mask, value, known, text)                                              \
    {machine, RULE_REST, mask, value, known, text},
#include "machine_flags.def"
#undef FLAGS_IF
#undef FLAGS_GROUP
#undef FLAGS_CASE
#undef FLAGS_ELSE
#undef FLAGS_REST
};

static void put_rest(struct elfgen_text *text, const char *format, uint32_t rest)
{
    const char *hole = strstr(format, "%#x");
    if (!hole) {
        elfgen_text_string(text, format);
        return;
    }
    elfgen_text_bytes(text, format, (size_t)(hole - format));
    elfgen_text_string(text, "0x");
    elfgen_text_hex(text, rest, 0);
    elfgen_text_string(text, hole + 3);
}

/* The flags of two machines depend on more than the machine. Their variants have rows of their own,
 * under numbers that e_machine cannot hold. UINT32_MAX: there is nothing to append. */
static uint32_t rule_set(uint64_t machine, uint64_t osabi, uint64_t abi_version)
{
    enum { IA_64 = 50, OPENVMS = 13, AMDGPU = 224, AMDGPU_HSA = 64, VARIANT = 0x10000 };
    if (machine == IA_64 && osabi == OPENVMS)
        return IA_64 + VARIANT;
    if (machine == AMDGPU && osabi == AMDGPU_HSA && abi_version == 0)
        return UINT32_MAX;
    if (machine == AMDGPU && osabi == AMDGPU_HSA && abi_version >= 2)
        return AMDGPU + VARIANT;
    return (uint32_t)machine;
}

void elfgen_machine_flags_text(struct elfgen_text *text, uint64_t machine, uint64_t osabi,
                               uint64_t abi_version, uint32_t flags)
{
    uint32_t set = rule_set(machine, osabi, abi_version);
    bool matched = false;
    if (flags == 0)
        return;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const struct rule *rule = &rules[i];
        if (rule->machine != set)
            continue;
        bool fits = (flags & rule->mask) == rule->value;
        switch ((enum rule_kind)rule->kind) {
        case RULE_GROUP:
            matched = false;
            break;
        case RULE_IF:
            if (fits)
                elfgen_text_string(text, rule->text);
            break;
        case RULE_CASE:
            if (fits && !matched) {
                matched = true;
                elfgen_text_string(text, rule->text);
            }
            break;
        case RULE_ELSE:
            if (fits && !matched)
                elfgen_text_string(text, rule->text);
            break;
        case RULE_REST:
            if (fits && (flags & ~rule->known) != 0)
                put_rest(text, rule->text, flags & ~rule->known);
            break;
        }
    }
}
