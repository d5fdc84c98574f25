/* Matrices: two-dimensional arrays, initialised, const and zero; whole numbers and doubles. */
#include "start.h"

enum { N = 7 };
static const int fixed[N][N] = {{1, 2, 3}, {[2] = 5}, {0, 1, 0, 1, 0, 1, 0}, [6] = {[6] = 9}};
static int left[N][N], right[N][N], result[N][N];
static double grid[N][N];

static NOINLINE void multiply(int (*into)[N], const int (*a)[N], const int (*b)[N])
{
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            u32 sum = 0;
            for (int k = 0; k < N; k++)
                sum += (u32)a[i][k] * (u32)b[k][j];
            into[i][j] = (int)sum;
        }
    }
}

static NOINLINE u32 trace(const int (*m)[N])
{
    u32 sum = 0;
    for (int i = 0; i < N; i++)
        sum = sum * 31 + (u32)m[i][i] + (u32)m[i][N - 1 - i];
    return sum;
}

static NOINLINE void smooth(void)
{
    for (int i = 1; i < N - 1; i++)
        for (int j = 1; j < N - 1; j++)
            grid[i][j] = (grid[i - 1][j] + grid[i][j - 1]) / 2;
}

int main(void)
{
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            left[i][j] = i * N + j;
            right[i][j] = fixed[i][j] - (i ^ j);
            grid[i][j] = i * j;
        }
    }
    multiply(result, (const int(*)[N])left, (const int(*)[N])right);
    show_hex("trace", trace((const int(*)[N])result));
    multiply(left, (const int(*)[N])result, fixed);
    show_hex("trace", trace((const int(*)[N])left));
    smooth();
    show_double("grid", grid[4][4]);
    show_double("grid", grid[N - 2][N - 2]);
    return left[6][6] & 0xff;
}
