/* A value that is in another register, in some blocks: private to rewrite/. */
#ifndef GOLF_REWRITE_WEB_H
#define GOLF_REWRITE_WEB_H

#include "blocks.h"

/* Where a register is the same variable. */
struct web {
    uint8_t reg;
    struct block_set begins; /* blocks that begin with it */
    struct block_set inside; /* these, and those before them: in their instructions and ends */
};

/* The web of a register where `block` begins: other blocks have to be with it, as blocks before
 * them also lead there. If it does not begin with the register, the web is the block's
 * instructions. */
void web_find(const struct golf_lifted *lifted, uint16_t block, unsigned reg, struct web *web);

/* Whether the other register has the same value somewhere in the web. */
bool web_has_both(const struct golf_lifted *lifted, const struct web *web, unsigned other);

/* Makes it another register. Returns false if that has something else there; *lifted is then to be
 * thrown away. */
bool web_rename(struct golf_lifted *lifted, const struct web *web, unsigned to);

#endif
