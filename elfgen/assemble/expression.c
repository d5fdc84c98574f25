/* Evaluates expressions: NASM's operators, their precedence and their arithmetic. */
#include "expression.h"

#include <string.h>

#include "calculate.h"
#include "elfgen/text.h"
#include "vector.h"

/* How deep operators may wait for their right operands, and values for their operators. */
enum { MOST_PENDING = 160, MOST_VALUES = 160 };

/* How strongly operators bind. */
enum precedence {
    NO_OPERATOR,
    CONDITIONAL, /* ? and its : */
    LOGICAL_OR,
    LOGICAL_XOR,
    LOGICAL_AND,
    COMPARISON,
    OR,
    XOR,
    AND,
    SHIFT,
    ADDITIVE,
    MULTIPLICATIVE,
    UNARY
};

/* An operator that waits for its right operand. `(` and `?` wait for what closes them. */
struct pending {
    uint16_t operator;
    uint8_t precedence; /* NO_OPERATOR: `(` */
    const struct token *token;
};

struct evaluation {
    const struct names *names;
    struct hint *hint;
    struct fault *fault;
    struct term *terms; /* SUM_TERMS */
    unsigned values, operators;
    uint16_t ends[MOST_VALUES]; /* of each value's terms, which begin where the one before ends */
    bool has_unknown;           /* a name is not known */
    struct pending pending[MOST_PENDING];
};

const char *elfgen_asm_token_text(const struct token *token, char text[TOKEN_TEXT])
{
    static const char more[] = "...`";
    if (token->kind == TOKEN_END)
        return "the end of the line";
    const bool is_cut = token->length > TOKEN_TEXT - sizeof more - 1;
    const size_t length = is_cut ? TOKEN_TEXT - sizeof more - 1 : token->length;
    text[0] = '`';
    memcpy(text + 1, token->text, length);
    memcpy(text + 1 + length, is_cut ? more : "`", is_cut ? sizeof more : 2);
    return text;
}

bool elfgen_asm_is_rip(const struct token *name)
{
    const char *text = name->text;
    return name->length == 3 && ((text[0] | 0x20) == 'r' || (text[0] | 0x20) == 'e') &&
           (text[1] | 0x20) == 'i' && (text[2] | 0x20) == 'p';
}

void elfgen_asm_hint_of_comment(const struct fault *fault)
{
    const struct token *token = fault->token;
    struct elfgen_error *error = fault->error;
    if (!error || !token || token->kind != TOKEN_OPERATOR ||
        !(token->value == '#' || token->value == OPERATOR_SIGNED_DIVIDE ||
          (token->value == '/' && token_is(token + 1, '*'))))
        return;
    const size_t length = strlen(error->text);
    struct elfgen_text text = {.bytes = error->text + length,
                               .capacity = sizeof error->text - length - 1};
    elfgen_text_string(&text, "; a comment begins with `;`");
    text.bytes[text.length] = '\0';
}

static enum precedence precedence_of(const struct token *token)
{
    if (token->kind != TOKEN_OPERATOR)
        return NO_OPERATOR;
    switch (token->value) {
    case '?':
        return CONDITIONAL;
    case OPERATOR_OR:
        return LOGICAL_OR;
    case OPERATOR_XOR:
        return LOGICAL_XOR;
    case OPERATOR_AND:
        return LOGICAL_AND;
    case '=':
    case '<':
    case '>':
    case OPERATOR_NOT_EQUAL:
    case OPERATOR_LESS_OR_EQUAL:
    case OPERATOR_GREATER_OR_EQUAL:
    case OPERATOR_COMPARE:
        return COMPARISON;
    case '|':
        return OR;
    case '^':
        return XOR;
    case '&':
        return AND;
    case OPERATOR_SHIFT_LEFT:
    case OPERATOR_SHIFT_RIGHT:
    case OPERATOR_ARITHMETIC_RIGHT:
        return SHIFT;
    case '+':
    case '-':
        return ADDITIVE;
    case '*':
    case '/':
    case '%':
    case OPERATOR_SIGNED_DIVIDE:
    case OPERATOR_SIGNED_MODULO:
        return MULTIPLICATIVE;
    default:
        return NO_OPERATOR;
    }
}

/* The value that waits `back` before the last one. */
static struct sum value_at(const struct evaluation *evaluation, unsigned back)
{
    const unsigned i = evaluation->values - 1 - back;
    const unsigned start = i ? evaluation->ends[i - 1] : 0;
    return (struct sum){evaluation->terms + start, evaluation->ends[i] - start};
}

static bool fail(const struct evaluation *evaluation, const struct token *token, const char *text)
{
    return fault_at(
        evaluation->fault, token,
        elfgen_error_set(evaluation->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE, "%s", text));
}

static bool too_long(const struct evaluation *evaluation, const struct token *token)
{
    return fault_at(evaluation->fault, token,
                    elfgen_error_set(evaluation->fault->error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                     "the expression is too deep for this assembler: fewer "
                                     "parentheses and signs may stand in one another"));
}

/* Lets a value wait that has `count` terms, which are set afterwards. */
static struct term *push(struct evaluation *evaluation, const struct token *token, unsigned count)
{
    const unsigned end = evaluation->values ? evaluation->ends[evaluation->values - 1] : 0;
    if (evaluation->values == MOST_VALUES || end + count > SUM_TERMS) {
        too_long(evaluation, token);
        return NULL;
    }
    evaluation->ends[evaluation->values++] = (uint16_t)(end + count);
    return evaluation->terms + end;
}

static bool push_term(struct evaluation *evaluation, const struct token *token, uint64_t type,
                      int64_t factor)
{
    struct term *term = push(evaluation, token, 1);
    if (term)
        *term = (struct term){type, factor};
    return term != NULL;
}

/* Replaces the last `count` values with a sum whose terms lie where theirs do. */
static void replace(struct evaluation *evaluation, unsigned count, struct sum sum)
{
    evaluation->values -= count;
    const unsigned end = evaluation->values ? evaluation->ends[evaluation->values - 1] : 0;
    memmove(evaluation->terms + end, sum.terms, sum.count * sizeof *sum.terms);
    evaluation->ends[evaluation->values++] = (uint16_t)(end + sum.count);
}

static void replace_by(struct evaluation *evaluation, unsigned count, uint64_t type, int64_t factor)
{
    struct term term = {type, factor};
    replace(evaluation, count, (struct sum){&term, 1});
}

static bool push_value(struct evaluation *evaluation, const struct token *token,
                       const struct value *value)
{
    struct term *terms;
    if (value->kind == VALUE_UNKNOWN) {
        evaluation->has_unknown = true;
        return push_term(evaluation, token, TERM_UNKNOWN, 1);
    }
    if (value->kind == VALUE_NUMBER || value->base == VALUE_NO_BASE)
        return push_term(evaluation, token, TERM_NUMBER, value->number);
    terms = push(evaluation, token, 2);
    if (!terms)
        return false;
    terms[0] = (struct term){TERM_NUMBER, value->number};
    terms[1] = (struct term){TERM_BASE + value->base, 1};
    return true;
}

static void warn(const struct evaluation *evaluation, enum elfgen_assemble_class class_,
                 const struct token *token, const char *text)
{
    if (evaluation->names->warn)
        evaluation->names->warn(evaluation->names->context, class_, token, text);
}

/* A character constant: as many bytes as an address has, the first one lowest. */
static bool push_string(struct evaluation *evaluation, const struct token *token)
{
    const unsigned most = evaluation->names->mode / 8u;
    bool overflow;
    const uint64_t value = elfgen_asm_string_value(token, most, &overflow);
    if (overflow)
        warn(evaluation, ELFGEN_ASSEMBLE_OTHER, token,
             most == 4 ? "the characters after the fourth one are left out of this number"
                       : "the characters after the eighth one are left out of this number");
    return push_term(evaluation, token, TERM_NUMBER, (int64_t)value);
}

static bool not_an_operand(const struct evaluation *evaluation, const struct token *token)
{
    char text[TOKEN_TEXT];
    if (token->kind == TOKEN_BAD)
        return fail(evaluation, token, elfgen_asm_token_problem(token));
    if (token->kind == TOKEN_FLOAT)
        return fail(evaluation, token,
                    "a floating-point number has no place in an expression: it may be an item "
                    "of dd, dq, dt or do");
    if (token_is_word(token, WORD_FOREIGN))
        return fault_at(evaluation->fault, token,
                        elfgen_error_set(evaluation->fault->error, ELFGEN_UNSUPPORTED,
                                         ELFGEN_NOWHERE,
                                         "this assembler does not have %s, which nasm knows",
                                         elfgen_asm_token_text(token, text)));
    return fault_at(evaluation->fault, token,
                    elfgen_error_set(evaluation->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                     "a number, a name or `(` was expected, not %s",
                                     elfgen_asm_token_text(token, text)));
}

static bool push_name(struct evaluation *evaluation, const struct token *token)
{
    const struct word *word = word_of(token);
    struct value value;
    if (word->kind == WORD_REGISTER) {
        if (evaluation->hint && evaluation->hint->kind == HINT_NONE)
            *evaluation->hint = (struct hint){HINT_BASE, (uint8_t)word->number};
        return push_term(evaluation, token, elfgen_asm_register_term(word->number), 1);
    }
    /* A mnemonic among operands is a symbol's name. */
    if (word_is_reserved(word->kind) && word->kind != WORD_MNEMONIC && word->kind != WORD_DATA &&
        word->kind != WORD_RESERVE && word->kind != WORD_EQU && word->kind != WORD_INCBIN)
        return not_an_operand(evaluation, token);
    if (word->kind == WORD_PTR)
        warn(evaluation, ELFGEN_ASSEMBLE_PTR, token, "`ptr` is not NASM's: here it is a name");
    value = (struct value){.base = VALUE_NO_BASE, .minus = VALUE_NO_BASE};
    return evaluation->names->look_up(evaluation->names->context, token, &value,
                                      evaluation->fault) &&
           push_value(evaluation, token, &value);
}

/* Takes what stands where an operand is expected. Of what is complete without another operand
 * *is_complete becomes true. */
static bool take_operand(struct evaluation *evaluation, const struct token *token,
                         bool *is_complete)
{
    *is_complete = true;
    switch (token->kind) {
    case TOKEN_NUMBER:
        return push_term(evaluation, token, TERM_NUMBER, (int64_t)token->value);
    case TOKEN_STRING:
        return push_string(evaluation, token);
    case TOKEN_NAME:
        return push_name(evaluation, token);
    case TOKEN_HERE:
        return push_value(evaluation, token, &evaluation->names->here);
    case TOKEN_SECTION_START:
        return push_value(evaluation, token, &evaluation->names->section_start);
    default:
        break;
    }
    *is_complete = false;
    const bool is_open = token_is(token, '(');
    if (!is_open && !token_is(token, '-') && !token_is(token, '+') && !token_is(token, '~') &&
        !token_is(token, '!'))
        return not_an_operand(evaluation, token);
    if (evaluation->operators == MOST_PENDING)
        return too_long(evaluation, token);
    evaluation->pending[evaluation->operators++] = (struct pending){
        (uint16_t)token->value, is_open ? (uint8_t)NO_OPERATOR : (uint8_t)UNARY, token};
    return true;
}

/* Whether a value is a number, or one that is not known yet: what most operators take. */
static bool is_scalar(struct sum sum)
{
    return elfgen_asm_sum_is_number(sum) || elfgen_asm_sum_is_unknown(sum);
}

static bool not_scalar(const struct evaluation *evaluation, const struct token *token)
{
    char text[TOKEN_TEXT];
    return fault_at(evaluation->fault, token,
                    elfgen_error_set(evaluation->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                     "the operator %s takes numbers, as differences of two "
                                     "addresses of a section are, not addresses or registers",
                                     elfgen_asm_token_text(token, text)));
}

static bool apply_unary(struct evaluation *evaluation, const struct pending *pending)
{
    const struct sum sum = value_at(evaluation, 0);
    const int64_t number = elfgen_asm_sum_number(sum);
    switch (pending->operator) {
    case '+':
        return true;
    case '-':
        elfgen_asm_sum_multiply(sum, -1, NULL);
        return true;
    default:
        if (!is_scalar(sum))
            return not_scalar(evaluation, pending->token);
        if (elfgen_asm_sum_is_unknown(sum))
            replace_by(evaluation, 1, TERM_UNKNOWN, 1);
        else
            replace_by(evaluation, 1, TERM_NUMBER, pending->operator== '~' ? ~number : !number);
        return true;
    }
}

/* `?:`: all three are evaluated. */
static bool apply_conditional(struct evaluation *evaluation, const struct token *token)
{
    const struct sum condition = value_at(evaluation, 2);
    if (elfgen_asm_sum_is_number(condition))
        replace(evaluation, 3, value_at(evaluation, elfgen_asm_sum_number(condition) ? 1 : 0));
    else if (elfgen_asm_sum_is_unknown(condition))
        replace_by(evaluation, 3, TERM_UNKNOWN, 1);
    else
        return fail(evaluation, token,
                    "what stands before `?` is a number, not an address or "
                    "a register");
    return true;
}

/* Comparisons look at the difference, which wraps around. */
static bool apply_comparison(struct evaluation *evaluation, const struct pending *pending)
{
    const bool is_equality = pending->operator== '=' || pending->operator== OPERATOR_NOT_EQUAL;
    const struct sum right = value_at(evaluation, 0);
    struct sum left = value_at(evaluation, 1);
    elfgen_asm_sum_multiply(right, -1, NULL);
    elfgen_asm_sum_add(&left, right, evaluation->hint);
    if (elfgen_asm_sum_has_unknown(left)) {
        replace_by(evaluation, 2, TERM_UNKNOWN, 1);
        return true;
    }
    const int64_t difference = elfgen_asm_sum_number(left);
    const bool is_number = elfgen_asm_sum_is_number(left);
    if (!is_equality && !is_number)
        return fail(evaluation, pending->token,
                    "only equality can be asked of addresses of different sections");
    const int64_t result = is_equality ? (is_number && difference == 0) == (pending->operator== '=')
                                       : elfgen_asm_compare(pending->operator, difference);
    /* NASM takes -1 for what is not known, so that 1 <=> 2 is not known either. */
    if (result == -1)
        replace_by(evaluation, 2, TERM_UNKNOWN, 1);
    else
        replace_by(evaluation, 2, TERM_NUMBER, result);
    return true;
}

static bool multiply(struct evaluation *evaluation, const struct token *token, struct sum left,
                     struct sum right)
{
    if (elfgen_asm_sum_is_number(left)) {
        elfgen_asm_sum_multiply(right, elfgen_asm_sum_number(left), evaluation->hint);
        replace(evaluation, 2, right);
    } else if (elfgen_asm_sum_is_number(right)) {
        elfgen_asm_sum_multiply(left, elfgen_asm_sum_number(right), evaluation->hint);
        replace(evaluation, 2, left);
    } else if (elfgen_asm_sum_is_unknown(left) && elfgen_asm_sum_is_unknown(right)) {
        replace_by(evaluation, 2, TERM_UNKNOWN, 1);
    } else {
        return fail(evaluation, token,
                    "two addresses or registers cannot be multiplied: one side is a number");
    }
    return true;
}

static bool apply_binary(struct evaluation *evaluation, const struct pending *pending)
{
    const struct sum right = value_at(evaluation, 0);
    struct sum left = value_at(evaluation, 1);
    if (pending->precedence == ADDITIVE) {
        if (pending->operator== '-')
            elfgen_asm_sum_multiply(right, -1, NULL);
        elfgen_asm_sum_add(&left, right, evaluation->hint);
        replace(evaluation, 2, left);
        return true;
    }
    if (pending->operator== '*')
        return multiply(evaluation, pending->token, left, right);
    if (!is_scalar(left) || !is_scalar(right))
        return not_scalar(evaluation, pending->token);
    const bool is_known = !elfgen_asm_sum_is_unknown(left) && !elfgen_asm_sum_is_unknown(right);
    const int64_t divisor = elfgen_asm_sum_number(right);
    if (pending->precedence == MULTIPLICATIVE && divisor == 0 && !elfgen_asm_sum_is_unknown(right))
        return fail(evaluation, pending->token, "this divides by 0");
    if (is_known)
        replace_by(evaluation, 2, TERM_NUMBER,
                   elfgen_asm_calculate(pending->operator, elfgen_asm_sum_number(left), divisor));
    else
        replace_by(evaluation, 2, TERM_UNKNOWN, 1);
    return true;
}

/* Applies the operators that bind at least as strongly as `precedence`, down to what is open. */
static bool reduce(struct evaluation *evaluation, enum precedence precedence)
{
    while (evaluation->operators) {
        const struct pending *pending = &evaluation->pending[evaluation->operators - 1];
        if (pending->precedence == NO_OPERATOR || pending->precedence < precedence ||
            pending->operator== '?')
            return true;
        evaluation->operators--;
        if (!(pending->precedence == UNARY         ? apply_unary(evaluation, pending)
              : pending->precedence == COMPARISON  ? apply_comparison(evaluation, pending)
              : pending->precedence == CONDITIONAL ? apply_conditional(evaluation, pending->token)
                                                   : apply_binary(evaluation, pending)))
            return false;
    }
    return true;
}

/* What stands after an operand. */
enum step { STEP_OPERAND, STEP_OPERATOR, STEP_END, STEP_FAILED };

/* Closes `(` or `?`; STEP_END: none is open, so that the expression ends before this token. */
static enum step close(struct evaluation *evaluation, const struct token *token)
{
    if (!reduce(evaluation, CONDITIONAL))
        return STEP_FAILED;
    struct pending *last =
        evaluation->operators ? &evaluation->pending[evaluation->operators - 1] : NULL;
    if (token->value == ':') {
        if (!last || last->operator!= '?')
            return STEP_END;
        last->operator= ':';
        return STEP_OPERAND;
    }
    if (last && last->operator== '?') {
        fail(evaluation, last->token, "a `:` and what the value is otherwise belong to `?`");
        return STEP_FAILED;
    }
    if (!last)
        return STEP_END;
    evaluation->operators--;
    return STEP_OPERATOR;
}

static enum step take_operator(struct evaluation *evaluation, const struct token *token)
{
    const enum precedence precedence = precedence_of(token);
    if (token_is(token, ')') || token_is(token, ':'))
        return close(evaluation, token);
    if (precedence == NO_OPERATOR)
        return STEP_END;
    /* `?` is right-associative. */
    if (!reduce(evaluation,
                precedence == CONDITIONAL ? (enum precedence)(CONDITIONAL + 1) : precedence))
        return STEP_FAILED;
    if (evaluation->operators == MOST_PENDING) {
        too_long(evaluation, token);
        return STEP_FAILED;
    }
    evaluation->pending[evaluation->operators++] =
        (struct pending){(uint16_t)token->value, (uint8_t)precedence, token};
    return STEP_OPERAND;
}

/* Applies what is left when the expression ends before `token`. */
static bool finish(struct evaluation *evaluation, const struct token *token)
{
    char text[TOKEN_TEXT];
    if (!reduce(evaluation, CONDITIONAL))
        return false;
    if (!evaluation->operators)
        return true;
    if (evaluation->pending[evaluation->operators - 1].operator== '?')
        return fail(evaluation, evaluation->pending[evaluation->operators - 1].token,
                    "a `:` and what the value is otherwise belong to `?`");
    return fault_at(evaluation->fault, token,
                    elfgen_error_set(evaluation->fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                     "`)` was expected, not %s",
                                     elfgen_asm_token_text(token, text)));
}

bool elfgen_asm_sum(const struct names *names, const struct token **at, struct sum *sum,
                    struct hint *hint, struct fault *fault)
{
    struct evaluation evaluation;
    enum step step = STEP_OPERAND;
    evaluation.names = names;
    evaluation.hint = hint;
    evaluation.fault = fault;
    evaluation.terms = sum->terms;
    evaluation.values = evaluation.operators = 0;
    evaluation.has_unknown = false;
    if (hint)
        *hint = (struct hint){HINT_NONE, 0};
    const struct token *token = *at;
    for (; step != STEP_END; token++) {
        if (step == STEP_OPERAND) {
            bool is_complete;
            if (!take_operand(&evaluation, token, &is_complete))
                return false;
            step = is_complete ? STEP_OPERATOR : STEP_OPERAND;
        } else {
            step = take_operator(&evaluation, token);
            if (step == STEP_FAILED)
                return false;
        }
    }
    *at = --token;
    if (!finish(&evaluation, token))
        return false;
    sum->count = evaluation.ends[0];
    if (!evaluation.has_unknown && elfgen_asm_sum_is_unknown(*sum))
        sum->count = 0; /* of -1 as the result of <=>, NASM makes 0 */
    return true;
}

bool elfgen_asm_expression(const struct names *names, const struct token **at, struct value *value,
                           struct fault *fault)
{
    struct term terms[SUM_TERMS];
    struct sum sum = {terms, 0};
    const struct token *first = *at;
    if (!elfgen_asm_sum(names, at, &sum, NULL, fault))
        return false;
    for (unsigned i = 0; i < sum.count; i++)
        if (term_is_register(sum.terms[i].type) && sum.terms[i].factor)
            return fault_at(
                fault, first,
                elfgen_error_set(fault->error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                                 "%s is a register, which has no value before the "
                                 "program runs",
                                 elfgen_x86_register_name(register_of_term(sum.terms[i].type))));
    elfgen_asm_sum_value(names, sum, value);
    return true;
}
