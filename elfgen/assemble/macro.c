/* Replaces names by what %define and %assign say. */
#include "macro.h"

#include <string.h>

enum { DEEPEST = 10000 }; /* as NASM's --limit-macro-levels */

/* Found in a tree, whose branches are pairs of the hash's bits, the highest first. */
struct macro {
    struct macro *children[4];
    const char *name;
    uint64_t hash;
    uint32_t length;
    bool is_escaped; /* `$` stands before it */
    bool is_defined;
    bool is_open; /* it is being replaced, and is not replaced again */
    const struct token *body, *end;
    /* While it is open: */
    const struct token *at;
    struct macro *outer; /* in which it stands */
};

void elfgen_asm_macros_begin(struct macros *macros, uint64_t most)
{
    *macros = (struct macros){.left = most};
}

static bool has_name(const struct macro *macro, const struct token *name)
{
    return macro->hash == name->hash && macro->length == name->length &&
           macro->is_escaped == name->escaped && memcmp(macro->name, name->text, name->length) == 0;
}

static struct macro *find(const struct macros *macros, const struct token *name)
{
    uint64_t hash = name->hash;
    struct macro *macro = macros->root;
    while (macro && !has_name(macro, name)) {
        macro = macro->children[hash >> 62];
        hash <<= 2;
    }
    return macro;
}

static struct macro *add(struct macros *macros, struct arena *arena, const struct token *name)
{
    uint64_t hash = name->hash;
    struct macro **place = &macros->root;
    for (; *place; hash <<= 2)
        place = &(*place)->children[hash >> 62];
    struct macro *macro = arena_take(arena, sizeof *macro, sizeof(void *));
    if (macro)
        *macro = (struct macro){.name = name->text,
                                .hash = name->hash,
                                .length = name->length,
                                .is_escaped = name->escaped};
    *place = macro;
    return macro;
}

enum macro_result elfgen_asm_define(struct macros *macros, struct arena *arena,
                                    const struct token *name, const struct token *body,
                                    size_t count)
{
    struct macro *macro = find(macros, name);
    if (!macro)
        macro = add(macros, arena, name);
    struct token *copy = arena_take(arena, count * sizeof *copy, sizeof(void *));
    if (!macro || !copy)
        return MACRO_FULL;
    memcpy(copy, body, count * sizeof *copy);
    macro->body = copy;
    macro->end = copy + count;
    macro->is_defined = true;
    macros->bits |= UINT64_C(1) << (name->hash >> 58);
    return MACRO_OK;
}

void elfgen_asm_undefine(struct macros *macros, const struct token *name)
{
    struct macro *macro = find(macros, name);
    if (macro)
        macro->is_defined = false;
}

bool elfgen_asm_is_defined(const struct macros *macros, const struct token *name)
{
    const struct macro *macro = macros_may_have(macros, name) ? find(macros, name) : NULL;
    return macro && macro->is_defined;
}

/* The macro that a token stands for, if it is to be replaced. */
static struct macro *replaced(const struct macros *macros, const struct token *token)
{
    struct macro *macro = macros_may_have(macros, token) ? find(macros, token) : NULL;
    return macro && macro->is_defined && !macro->is_open ? macro : NULL;
}

bool elfgen_asm_more_tokens(struct arena *arena, struct token **tokens, size_t *room)
{
    if (*room > SIZE_MAX / 4 / sizeof **tokens)
        return false;
    const size_t more = 2 * *room + 64;
    struct token *taken = arena_take(arena, more * sizeof **tokens, sizeof(void *));
    if (!taken)
        return false;
    *tokens = taken;
    *room = more;
    return true;
}

static bool take_one(struct macros *macros)
{
    if (!macros->left)
        return false;
    macros->left--;
    return true;
}

/* Replaces names while there is room. *count is how many tokens there are; with MACRO_FULL there
 * are more. */
static enum macro_result expand_once(struct macros *macros, const struct token *tokens,
                                     size_t *count)
{
    struct macro *open = NULL;
    const struct token *use = tokens;
    bool space = tokens->space_before;
    size_t depth = 0;
    enum macro_result result = MACRO_OK;
    *count = 0;
    while (result == MACRO_OK) {
        if (open && open->at == open->end) {
            open->is_open = false;
            open = open->outer;
            depth--;
            continue;
        }
        const struct token *token = open ? open->at++ : tokens++;
        if (!open) {
            use = token;
            space = token->space_before;
        }
        struct macro *macro = replaced(macros, token);
        if (macro) {
            macro->is_open = true;
            macro->outer = open;
            macro->at = macro->body;
            open = macro;
            if (++depth > DEEPEST || !take_one(macros))
                result = MACRO_TOO_MANY;
            continue;
        }
        if (*count == macros->room) {
            result = MACRO_FULL;
        } else {
            struct token *out = &macros->out[*count];
            *out = *token;
            out->place = use->place;
            out->space_before = space || (open && token->space_before);
            space = false;
            if (out->kind == TOKEN_END)
                break;
            ++*count;
            if (open && !take_one(macros))
                result = MACRO_TOO_MANY;
        }
    }
    for (; open; open = open->outer)
        open->is_open = false;
    return result;
}

enum macro_result elfgen_asm_expand(struct macros *macros, struct arena *arena,
                                    const struct token *tokens, const struct token **result,
                                    size_t *count)
{
    enum macro_result status = expand_once(macros, tokens, count);
    while (status == MACRO_FULL) {
        if (!elfgen_asm_more_tokens(arena, &macros->out, &macros->room))
            return MACRO_FULL;
        status = expand_once(macros, tokens, count);
    }
    *result = macros->out;
    return status;
}
