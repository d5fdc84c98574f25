/* Conway's game of life on a ring, printed. */
#include "start.h"

enum { WIDTH = 24, HEIGHT = 12 };
static const char *const begin[] = {".#", "..#",    "###",    "",
                                    "",   "....##", "....##", "..........###"};
static u8 worlds[2][HEIGHT][WIDTH];

static int neighbours(u8 (*world)[WIDTH], int y, int x)
{
    int count = -world[y][x];
    for (int dy = HEIGHT - 1; dy <= HEIGHT + 1; dy++)
        for (int dx = WIDTH - 1; dx <= WIDTH + 1; dx++)
            count += world[(y + dy) % HEIGHT][(x + dx) % WIDTH];
    return count;
}

static NOINLINE void step(u8 (*from)[WIDTH], u8 (*to)[WIDTH])
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            int n = neighbours(from, y, x);
            to[y][x] = n == 3 || (n == 2 && from[y][x]);
        }
    }
}

int main(void)
{
    for (int y = 0; y < (int)(sizeof begin / sizeof *begin); y++)
        for (int x = 0; begin[y][x]; x++)
            worlds[0][y][x] = begin[y][x] == '#';
    for (int i = 0; i < 40; i++)
        step(worlds[i & 1], worlds[~i & 1]);
    int alive = 0;
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            put_char(worlds[0][y][x] ? '#' : '.');
            alive += worlds[0][y][x];
        }
        put_char('\n');
    }
    return alive;
}
