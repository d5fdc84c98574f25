/* Unions: one set of bytes read in several ways, tagged values, initialised members. */
#include "start.h"

union word {
    u32 whole;
    u16 halves[2];
    u8 bytes[4];
    float number;
};

struct value {
    enum { NOTHING, INTEGER, TEXT, DOUBLE, LIST } kind;
    union {
        int integer;
        const char *text;
        double number;
        const struct value *list;
    };
};

static const struct value list[] = {
    {INTEGER, .integer = -5}, {TEXT, .text = "inner"}, {DOUBLE, .number = 0.75}, {NOTHING}};
static const struct value values[] = {
    {TEXT, .text = "outer"}, {LIST, .list = list}, {INTEGER, .integer = 99}, {NOTHING}};
static union word words[] = {{.number = 1.0f}, {.bytes = {1, 2, 3, 4}}, {.halves = {0xffff, 1}}};

static void print(const struct value *v, int depth)
{
    for (; v->kind != NOTHING; v++) {
        for (int i = 0; i < depth; i++)
            put_text("  ");
        if (v->kind == INTEGER)
            show("integer", v->integer);
        else if (v->kind == TEXT)
            show(v->text, 0);
        else if (v->kind == DOUBLE)
            show_double("double", v->number);
        else {
            put_text("list\n");
            print(v->list, depth + 1);
        }
    }
}

int main(void)
{
    print(values, 0);
    for (int i = 0; i < 3; i++) {
        words[i].bytes[1] ^= 0x5a;
        show_hex("word", words[i].whole);
    }
    return words[1].halves[1] & 0xff;
}
