/* The arithmetic of operators that take numbers alone. */
#include "calculate.h"

#include "lex.h"

int64_t elfgen_asm_compare(unsigned operator, int64_t difference)
{
    switch (operator) {
    case '<':
        return difference < 0;
    case '>':
        return difference > 0;
    case OPERATOR_LESS_OR_EQUAL:
        return difference <= 0;
    case OPERATOR_GREATER_OR_EQUAL:
        return difference >= 0;
    default:
        return difference < 0 ? -1 : difference > 0;
    }
}

/* Shifts as the processor does it: by the lower six bits of the number. */
static int64_t shift(unsigned operator, int64_t value, int64_t by)
{
    const unsigned bits = (unsigned)by & 63;
    switch (operator) {
    case OPERATOR_SHIFT_LEFT:
        return (int64_t)((uint64_t)value << bits);
    case OPERATOR_SHIFT_RIGHT:
        return (int64_t)((uint64_t)value >> bits);
    default:
        return value < 0 ? (int64_t) ~(~(uint64_t)value >> bits) : value >> bits;
    }
}

static int64_t divide(unsigned operator, int64_t left, int64_t right)
{
    switch (operator) {
    case '/':
        return (int64_t)((uint64_t)left / (uint64_t)right);
    case '%':
        return (int64_t)((uint64_t)left % (uint64_t)right);
    case OPERATOR_SIGNED_DIVIDE:
        return right == -1 ? (int64_t)(0 - (uint64_t)left) : left / right;
    default:
        return right == -1 ? 0 : left % right;
    }
}

int64_t elfgen_asm_calculate(unsigned operator, int64_t left, int64_t right)
{
    switch (operator) {
    case OPERATOR_OR:
        return left || right;
    case OPERATOR_XOR:
        return !left != !right;
    case OPERATOR_AND:
        return left && right;
    case '|':
        return left | right;
    case '^':
        return left ^ right;
    case '&':
        return left & right;
    case OPERATOR_SHIFT_LEFT:
    case OPERATOR_SHIFT_RIGHT:
    case OPERATOR_ARITHMETIC_RIGHT:
        return shift(operator, left, right);
    default:
        return divide(operator, left, right);
    }
}
