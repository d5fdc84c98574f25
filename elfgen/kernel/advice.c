/* Tells what a file is that Linux does not start, and what a person does with it. */
#include "kernel_private.h"

#include <string.h>

enum { AT_CLASS = 4, AT_DATA = 5, AT_TYPE = 16, AT_MACHINE = 18 };

/* ---- other processors ---- */

/* Programs for other processors, by e_machine, class and byte order; and QEMU's program for them.
 */
static const struct foreign {
    uint16_t machine;
    uint8_t class_, data;
    const char *emulator; /* NULL: there is none */
} foreigners[] = {
    {2, 1, 2, "qemu-sparc"},
    {4, 1, 2, "qemu-m68k"},
    {8, 1, 2, "qemu-mips"},
    {8, 1, 1, "qemu-mipsel"},
    {8, 2, 2, "qemu-mips64"},
    {8, 2, 1, "qemu-mips64el"},
    {15, 1, 2, "qemu-hppa"},
    {18, 1, 2, "qemu-sparc32plus"},
    {20, 1, 2, "qemu-ppc"},
    {21, 2, 2, "qemu-ppc64"},
    {21, 2, 1, "qemu-ppc64le"},
    {22, 2, 2, "qemu-s390x"},
    {40, 1, 1, "qemu-arm"},
    {40, 1, 2, "qemu-armeb"},
    {42, 1, 1, "qemu-sh4"},
    {42, 1, 2, "qemu-sh4eb"},
    {43, 2, 2, "qemu-sparc64"},
    {50, 2, 1, NULL},
    {92, 1, 2, "qemu-or1k"},
    {94, 1, 1, "qemu-xtensa"},
    {94, 1, 2, "qemu-xtensaeb"},
    {164, 1, 1, "qemu-hexagon"},
    {183, 2, 1, "qemu-aarch64"},
    {183, 2, 2, "qemu-aarch64_be"},
    {189, 1, 2, "qemu-microblaze"},
    {189, 1, 1, "qemu-microblazeel"},
    {190, 2, 1, NULL},
    {224, 2, 1, NULL},
    {243, 1, 1, "qemu-riscv32"},
    {243, 2, 1, "qemu-riscv64"},
    {247, 2, 1, NULL},
    {258, 2, 1, "qemu-loongarch64"},
    {0x9026, 2, 1, "qemu-alpha"},
};

static enum elfgen_order order_of(const uint8_t *header)
{
    return header[AT_DATA] == ELFGEN_BIG_ENDIAN ? ELFGEN_BIG_ENDIAN : ELFGEN_LITTLE_ENDIAN;
}

/* The row of a header that is whole and right for another processor; NULL: it is not that. */
static const struct foreign *find_foreign(const uint8_t header[elfgen_size64_ehdr])
{
    uint8_t class_ = header[AT_CLASS], data = header[AT_DATA];
    uint64_t type = elfgen_load(header + AT_TYPE, 2, order_of(header));
    uint64_t machine = elfgen_load(header + AT_MACHINE, 2, order_of(header));
    if (type != ELFGEN_ET_EXEC && type != ELFGEN_ET_DYN)
        return NULL;
    for (unsigned i = 0; i < sizeof foreigners / sizeof foreigners[0]; i++)
        if (foreigners[i].machine == machine && foreigners[i].class_ == class_ &&
            foreigners[i].data == data)
            return &foreigners[i];
    return NULL;
}

/* ---- what is not an ELF file ---- */

static const struct signature {
    const char *bytes;
    uint8_t length;
    enum elfgen_kernel_advice advice;
    const char *tool;
} signatures[] = {
    {"MZ", 2, ELFGEN_ADVICE_pe, NULL},
    {"\xfe\xed\xfa\xce", 4, ELFGEN_ADVICE_mach_o, NULL},
    {"\xfe\xed\xfa\xcf", 4, ELFGEN_ADVICE_mach_o, NULL},
    {"\xce\xfa\xed\xfe", 4, ELFGEN_ADVICE_mach_o, NULL},
    {"\xcf\xfa\xed\xfe", 4, ELFGEN_ADVICE_mach_o, NULL},
    /* A Mach-O for several processors; a class of Java's has its version there, 45 or more. */
    {"\xca\xfe\xba\xbe\0\0\0", 7, ELFGEN_ADVICE_mach_o, NULL},
    {"\xca\xfe\xba\xbf\0\0\0", 7, ELFGEN_ADVICE_mach_o, NULL},
    {"\xca\xfe\xba\xbe", 4, ELFGEN_ADVICE_java, NULL},
    {"\0asm", 4, ELFGEN_ADVICE_wasm, NULL},
    {"!<arch>\n", 8, ELFGEN_ADVICE_archive, NULL},
    {"!<thin>\n", 8, ELFGEN_ADVICE_archive, NULL},
    {"BC\xc0\xde", 4, ELFGEN_ADVICE_object, NULL},
    {"\x1f\x8b", 2, ELFGEN_ADVICE_compressed, "gzip -d"},
    {"\x1f\x9d", 2, ELFGEN_ADVICE_compressed, "gzip -d"},
    {"BZh", 3, ELFGEN_ADVICE_compressed, "bzip2 -d"},
    {"\xfd"
     "7zXZ\0",
     6, ELFGEN_ADVICE_compressed, "xz -d"},
    {"\x28\xb5\x2f\xfd", 4, ELFGEN_ADVICE_compressed, "zstd -d"},
    {"\x04\x22\x4d\x18", 4, ELFGEN_ADVICE_compressed, "lz4 -d"},
    {"PK\3\4", 4, ELFGEN_ADVICE_compressed, "unzip"},
    {"7z\xbc\xaf\x27\x1c", 6, ELFGEN_ADVICE_compressed, "7z x"},
};

/* Whether the file's first bytes are text: ASCII or UTF-8 without control characters. */
static bool is_text(const uint8_t *bytes, uint64_t length)
{
    enum { LOOKED_AT = 512, DELETE = 0x7f };
    uint64_t count = length < LOOKED_AT ? length : LOOKED_AT;
    for (uint64_t i = 0; i < count; i++)
        if ((bytes[i] < ' ' && (bytes[i] < '\t' || bytes[i] > '\r')) || bytes[i] == DELETE)
            return false;
    return count > 0;
}

/* Whether #! comes after blanks, empty lines or a byte order mark. */
static bool is_late_script(const uint8_t *bytes, uint64_t length)
{
    static const char mark[] = "\xef\xbb\xbf";
    uint64_t at = length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    while (at < length && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r')))
        at++;
    return at > 0 && length - at >= 2 && bytes[at] == '#' && bytes[at + 1] == '!';
}

static void advise_other(struct elfgen_kernel_answer *answer, const uint8_t *bytes, uint64_t length)
{
    for (unsigned i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const struct signature *row = &signatures[i];
        if (length < row->length || memcmp(bytes, row->bytes, row->length) != 0)
            continue;
        /* A fat Mach-O has few parts. */
        enum { MOST_PARTS = 45 };
        if (row->length == 7 && (length == row->length || bytes[row->length] >= MOST_PARTS))
            continue;
        answer->advice = row->advice;
        answer->tool = row->tool;
        return;
    }
    answer->advice = length == 0                     ? ELFGEN_ADVICE_empty
                     : is_late_script(bytes, length) ? ELFGEN_ADVICE_late_script
                     : is_text(bytes, length)        ? ELFGEN_ADVICE_text
                                                     : ELFGEN_ADVICE_none;
}

/* ---- ELF files ---- */

/* Whether a program header may be where e_phoff says, in a header of this class. */
static bool has_headers(const struct image *image, const uint8_t *header, enum elfgen_class class_)
{
    struct elfgen_ehdr ehdr;
    elfgen_decode_ehdr(&ehdr, header, class_, ELFGEN_LITTLE_ENDIAN);
    uint64_t size = header_size(class_), offset = ehdr.e_phoff;
    if (offset > image->length || image->length - offset < size)
        return false;
    uint64_t type = elfgen_load(image_bytes(image, offset, 4), 4, ELFGEN_LITTLE_ENDIAN);
    return type >= ELFGEN_PT_LOAD && type <= ELFGEN_PT_TLS;
}

/* Whether a linker of this machine takes objects of it, or e_machine says nothing. */
static bool is_x86(uint64_t machine)
{
    return machine == ELFGEN_EM_X86_64 || machine == ELFGEN_EM_386 || machine == ELFGEN_EM_486 ||
           machine == 0;
}

/* Whether the field of the ELF header that a check is about is past the end of the file, where
 * Linux reads zeros. */
static bool is_cut(const struct image *image, enum elfgen_kernel_check_id check)
{
    enum { AT_PHENTSIZE = 54, AT_PHENTSIZE32 = 42 };
    uint64_t size = image->class_ == ELFGEN_CLASS64 ? AT_PHENTSIZE : AT_PHENTSIZE32;
    uint64_t at = check == ELFGEN_CHECK_e_type       ? AT_TYPE
                  : check == ELFGEN_CHECK_e_machine  ? AT_MACHINE
                  : check == ELFGEN_CHECK_no_headers ? size + 2
                                                     : size;
    return at >= image->length;
}

/* By what the ELF header says, whoever is to blame for it. */
static void advise_elf(struct elfgen_kernel_answer *answer, const struct image *image,
                       const uint8_t *header, enum elfgen_kernel_check_id check)
{
    struct elfgen_ehdr own; /* by its own class and order */
    const struct foreign *foreign = find_foreign(header);
    elfgen_decode_ehdr(&own, header,
                       header[AT_CLASS] == ELFGEN_CLASS32 ? ELFGEN_CLASS32 : ELFGEN_CLASS64,
                       order_of(header));
    if (foreign) {
        answer->advice = foreign->emulator ? ELFGEN_ADVICE_emulator : ELFGEN_ADVICE_processor;
        answer->tool = foreign->emulator;
        answer->foreign = foreign->machine;
    } else if (is_cut(image, check)) {
        answer->advice = ELFGEN_ADVICE_cut;
    } else if (own.e_type == ELFGEN_ET_REL && own.e_phnum == 0) {
        answer->advice =
            is_x86(own.e_machine) ? ELFGEN_ADVICE_object : ELFGEN_ADVICE_foreign_object;
        answer->foreign = (uint16_t)(is_x86(own.e_machine) ? 0 : own.e_machine);
    } else if (own.e_type == ELFGEN_ET_CORE && own.e_entry == 0) {
        answer->advice = ELFGEN_ADVICE_core;
    } else if (!has_headers(image, header, ELFGEN_CLASS64) &&
               !has_headers(image, header, ELFGEN_CLASS32)) {
        answer->advice = ELFGEN_ADVICE_headers;
    }
}

bool elfgen_kernel_is_library(const struct image *image)
{
    bool dynamic = false;
    struct elfgen_phdr phdr;
    if (image->ehdr.e_type != ELFGEN_ET_DYN || image->ehdr.e_entry != 0)
        return false;
    for (uint64_t i = 0; i < image->ehdr.e_phnum; i++) {
        get_header(image, i, &phdr);
        if (phdr.p_type == ELFGEN_PT_INTERP)
            return false;
        dynamic = dynamic || phdr.p_type == ELFGEN_PT_DYNAMIC;
    }
    return dynamic;
}

bool elfgen_kernel_advise(struct run *run, const struct image *image,
                          enum elfgen_kernel_check_id check)
{
    enum { MAGIC = ELFGEN_MAGIC_SIZE };
    uint8_t header[elfgen_size64_ehdr] = {0};
    struct elfgen_kernel_answer *answer = run->answer;
    unsigned right = 0;
    copy_bytes(image, 0, header, sizeof header);
    for (unsigned i = 0; i < MAGIC; i++)
        right += header[i] == (uint8_t)ELFGEN_MAGIC[i];
    switch (check) {
    case ELFGEN_CHECK_magic:
        /* All but one byte: that one is wrong. */
        if (right < MAGIC - 1)
            advise_other(answer, image_bytes(image, 0, image->length), image->length);
        return right < MAGIC - 1;
    case ELFGEN_CHECK_ia32:
        answer->advice = ELFGEN_ADVICE_no_ia32;
        break;
    case ELFGEN_CHECK_x32:
        answer->advice = ELFGEN_ADVICE_no_x32;
        break;
    case ELFGEN_CHECK_e_type:
    case ELFGEN_CHECK_e_machine:
    case ELFGEN_CHECK_e_phentsize:
    case ELFGEN_CHECK_no_headers:
        advise_elf(answer, image, header, check);
        break;
    default:
        break;
    }
    return answer->advice != ELFGEN_ADVICE_none;
}
