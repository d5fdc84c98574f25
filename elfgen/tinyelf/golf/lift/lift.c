/* Lifts an executable: follows its code until nothing new is learnt, and makes blocks of it. */
#include "golf/lift/lift.h"

#include <stdlib.h>

#include "base/no_memory.h"
#include "golf/lift/build.h"
#include "golf/lift/addresses/caller_stack.h"
#include "golf/lift/flow.h"
#include "golf/lift/live.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/verbatim.h"

/* Lifts as far as is known what is never written. */
static bool lift_once(struct lift *lift, struct golf_lifted *lifted)
{
    lift->use_count = 0;
    lift->alignment = 0;
    lift->loads_addresses = lift->writes_anywhere = false;
    do
        if (!lift_follow(lift) || !lift_live(lift))
            return false;
    while (lift->restart);
    return lift_check_caller_stack(lift) && lift_build(lift, lifted);
}

static bool lift_all(struct lift *lift, struct golf_lifted *lifted)
{
    if (!lift_open_memory(lift))
        return false;
    x86_open_width(lift->machine, lift->bits == 64, SYNTAX_INTEL);
    while (!lift_once(lift, lifted)) {
        golf_lifted_free(lifted);
        /* The reason may be in code that is not reached if memory is written. */
        if (lift->failed && (lift->no_folds || !lift->has_folded))
            return false;
        if (lift->failed)
            lift->no_folds = true;
        lift->failed = lift->does_other = false;
    }
    return true;
}

static void close_lift(struct lift *lift)
{
    lift_forget_blocks(lift);
    for (size_t i = 0; i < lift->instruction_count; i++)
        free(lift->instructions[i]);
    free(lift->instructions);
    free(lift->table);
    free(lift->blocks);
    free(lift->subroutines);
    free(lift->uses);
    free(lift->written);
    free(lift->machine);
    free(lift);
}

bool golf_lift(const uint8_t *file, size_t size, struct golf_lifted *lifted,
               struct elfgen_error *error)
{
    return golf_lift_known(file, size, NULL, lifted, error);
}

/* NULL: there is no memory. */
static struct lift *open_lift(const uint8_t *file, size_t size,
                              const struct golf_addresses *addresses, struct elfgen_error *error)
{
    struct lift *lift = calloc(1, sizeof *lift);
    if (!lift)
        return NULL;
    lift->file = file;
    lift->size = size;
    lift->addresses = addresses;
    lift->error = error;
    lift->machine = calloc(1, sizeof *lift->machine);
    lift->subroutines = calloc(LIFT_SUBROUTINES, sizeof *lift->subroutines);
    lift->subroutine_count = 1;
    if (lift->machine && lift->subroutines)
        return lift;
    close_lift(lift);
    return NULL;
}

static bool finish(struct lift *lift, bool is_good, struct golf_lifted *lifted,
                   const struct elfgen_error *why, struct elfgen_error *error)
{
    bool is_left_alone = lift->does_other;
    close_lift(lift);
    if (is_good)
        return true;
    golf_lifted_free(lifted);
    lifted->is_left_alone = is_left_alone;
    if (error)
        *error = *why;
    return false;
}

bool golf_lift_known(const uint8_t *file, size_t size, const struct golf_addresses *addresses,
                     struct golf_lifted *lifted, struct elfgen_error *error)
{
    struct elfgen_error why = {.offset = ELFGEN_NOWHERE};
    struct lift *lift = open_lift(file, size, addresses, &why);
    *lifted = (struct golf_lifted){0};
    return lift ? finish(lift, lift_all(lift, lifted), lifted, &why, error)
                : error_no_memory(error);
}

bool golf_lift_verbatim(const uint8_t *file, size_t size, const struct golf_addresses *addresses,
                        bool aligned, struct golf_lifted *lifted, struct elfgen_error *error)
{
    struct elfgen_error why = {.offset = ELFGEN_NOWHERE};
    struct lift *lift = open_lift(file, size, NULL, &why);
    *lifted = (struct golf_lifted){0};
    return lift ? finish(lift, lift_verbatim(lift, addresses, aligned, lifted), lifted, &why, error)
                : error_no_memory(error);
}

void golf_lift_add_reason(struct elfgen_error *error, const struct elfgen_error *more)
{
    if (error->status == ELFGEN_OK || more->status == ELFGEN_NO_ROOM)
        return;
    struct elfgen_error first = *error;
    elfgen_error_set(error, first.status, first.offset,
                     "%s; its instructions cannot stay as they are either: %s", first.text,
                     more->text);
}

void golf_lifted_free(struct golf_lifted *lifted)
{
    for (size_t i = 0; lifted->blocks && i < lifted->count; i++)
        free(lifted->blocks[i].operations);
    free(lifted->blocks);
    free(lifted->data);
    free(lifted->references);
    *lifted = (struct golf_lifted){0};
}
