/* Checks the program headers' size, count and place, as load_elf_phdrs() does. */
#include "kernel_private.h"

uint64_t elfgen_kernel_most_headers(const struct run *run, enum elfgen_class class_)
{
    return (is_from(run, 6, 17) ? (uint64_t)ELFGEN_PHDRS_LARGEST : (uint64_t)PAGE) /
           header_size(class_);
}

enum elfgen_kernel_check_id elfgen_kernel_read_headers(struct run *run, struct image *image)
{
    uint64_t size = header_size(image->class_), count = image->ehdr.e_phnum;
    if (image->ehdr.e_phentsize != size)
        return ELFGEN_CHECK_e_phentsize;
    if (count == 0)
        return ELFGEN_CHECK_no_headers;
    if (count > elfgen_kernel_most_headers(run, image->class_))
        return ELFGEN_CHECK_many_headers;
    /* Offsets that Linux takes for negative are past the end of the file as well. */
    if (image->ehdr.e_phoff > image->length || image->length - image->ehdr.e_phoff < count * size)
        return ELFGEN_CHECK_headers_cut;
    return ELFGEN_CHECK_passed;
}
