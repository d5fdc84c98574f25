/* An operation becomes another instruction. */
#include <string.h>

#include "golf/lifted.h"

bool golf_change_instruction(struct golf_operation *operation,
                             const struct elfgen_x86_instruction *instruction)
{
    struct elfgen_x86_encoding encoding;
    if (elfgen_encode(instruction, &encoding) != ELFGEN_X86_OK)
        return false;
    operation->instruction = *instruction;
    operation->length = encoding.length;
    memcpy(operation->bytes, encoding.bytes, encoding.length);
    return true;
}
