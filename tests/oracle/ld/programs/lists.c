/* Linked lists and trees: in static storage, initialised with pointers, and built at run time. */
#include "start.h"

struct node {
    int value;
    struct node *next;
};
static struct node third = {3, 0}, second = {2, &third}, first = {1, &second};
static struct node ring[3] = {{10, &ring[1]}, {20, &ring[2]}, {30, &ring[0]}};
struct tree {
    struct tree *child[2];
    u32 key;
};
static struct tree pool[64], *root;
static int used;

static NOINLINE struct node *reverse(struct node *list)
{
    struct node *done = 0;
    while (list) {
        struct node *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static NOINLINE void insert(struct tree **at, u32 key)
{
    while (*at && (*at)->key != key)
        at = &(*at)->child[key > (*at)->key];
    if (*at || used == 64)
        return;
    *at = &pool[used++];
    (*at)->key = key;
}

static int height(const struct tree *t)
{
    if (!t)
        return 0;
    int l = height(t->child[0]), r = height(t->child[1]);
    return 1 + (l > r ? l : r);
}

static void walk(const struct tree *t, u32 *hash)
{
    if (!t)
        return;
    walk(t->child[0], hash);
    *hash = *hash * 131 + t->key;
    walk(t->child[1], hash);
}

int main(void)
{
    for (const struct node *n = reverse(&first); n; n = n->next)
        show("node", n->value);
    int sum = 0;
    const struct node *n = ring;
    for (int i = 0; i < 10; i++, n = n->next)
        sum += n->value;
    show("ring", sum);
    u32 key = 1, hash = 0;
    for (int i = 0; i < 100; i++)
        insert(&root, key = key * 48271 % 0x7ffffff);
    walk(root, &hash);
    show_hex("tree", hash);
    show("height", height(root));
    return used;
}
