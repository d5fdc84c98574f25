/* The queens' problem: recursion, bits and a constant table of answers. */
#include "start.h"

static const int answers[] = {1, 1, 0, 0, 2, 10, 4, 40, 92};
static u8 board[8];
static u32 boards;

static int place(int size_, int row, u32 columns, u32 up, u32 down)
{
    if (row == size_) {
        u32 code = 0;
        for (int i = 0; i < size_; i++)
            code = code * 9 + board[i];
        boards ^= code;
        return 1;
    }
    int found = 0;
    for (int c = 0; c < size_; c++) {
        u32 column = 1u << c, rising = 1u << (row + c), falling = 1u << (row - c + 8);
        if ((columns & column) | (up & rising) | (down & falling))
            continue;
        board[row] = (u8)(c + 1);
        found += place(size_, row + 1, columns | column, up | rising, down | falling);
    }
    return found;
}

int main(void)
{
    int right = 0;
    for (int n = 0; n <= 8; n++) {
        int found = place(n, 0, 0, 0, 0);
        show("queens", found);
        right += found == answers[n];
    }
    show_hex("boards", boards);
    return right;
}
