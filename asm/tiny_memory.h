/* tiny_memory.h: the functions that compilers call by themselves, such as memcpy for a large
 * struct that is assigned, and strlen.
 *
 * Weak: several files may have them, and they give way to yours. The loops are instructions of the
 * processor: a loop in C is what a compiler would make a call of memcpy of, in memcpy. */
#ifndef TINY_MEMORY_H
#define TINY_MEMORY_H

#if !defined __x86_64__ && !defined __i386__
#error "tiny_memory.h is for x86-64 and i386"
#endif

#define TINY_WEAK __attribute__((weak))

TINY_WEAK void *memcpy(void *restrict to, const void *restrict from, __SIZE_TYPE__ size);
TINY_WEAK void *memmove(void *to, const void *from, __SIZE_TYPE__ size);
TINY_WEAK void *memset(void *to, int byte, __SIZE_TYPE__ size);
TINY_WEAK int memcmp(const void *left, const void *right, __SIZE_TYPE__ size);
TINY_WEAK __SIZE_TYPE__ strlen(const char *text);

TINY_WEAK void *memcpy(void *restrict to, const void *restrict from, __SIZE_TYPE__ size)
{
    void *at = to;
    __asm__ volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
    return to;
}

/* Where the target begins inside the source, the last byte goes first. */
TINY_WEAK void *memmove(void *to, const void *from, __SIZE_TYPE__ size)
{
    if ((__UINTPTR_TYPE__)to - (__UINTPTR_TYPE__)from >= size)
        return memcpy(to, from, size);
    char *at = (char *)to + size - 1;
    const char *of = (const char *)from + size - 1;
    __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(at), "+S"(of), "+c"(size) : : "memory");
    return to;
}

TINY_WEAK void *memset(void *to, int byte, __SIZE_TYPE__ size)
{
    void *at = to;
    __asm__ volatile("rep stosb" : "+D"(at), "+c"(size) : "a"(byte) : "memory");
    return to;
}

TINY_WEAK int memcmp(const void *left, const void *right, __SIZE_TYPE__ size)
{
    const unsigned char *a = (const unsigned char *)left, *b = (const unsigned char *)right;
    for (; size > 0; a++, b++, size--)
        if (*a != *b)
            return *a - *b;
    return 0;
}

TINY_WEAK __SIZE_TYPE__ strlen(const char *text)
{
    const char *end = text;
    for (; *end; end++)
        __asm__ volatile("" : "+r"(end)); /* keeps this loop from becoming a call of strlen */
    return (__SIZE_TYPE__)(end - text);
}

#endif
