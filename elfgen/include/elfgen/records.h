/* Further structures as data: what the dynamic linker, unwinders and debuggers read. They are only
 * explained, so that they have no decoded struct; their rows are those of tables.h.
 *
 * A width of 0: files of that class do not have the field. Layouts: gABI 4.1, chapter 5; the Linux
 * Standard Base, "Symbol Versioning" and "Exception Frames". Those of core files are in
 * core_records.h. */
#ifndef ELFGEN_RECORDS_H
#define ELFGEN_RECORDS_H

#include "elfgen/core_records.h"

/* clang-format off */
#define ELFGEN_HASH_FIELDS(X) \
    X(h_nbucket,     0, 4,  0, 4, COUNT,   TOOLS,  "number of buckets") \
    X(h_nchain,      4, 4,  4, 4, COUNT,   TOOLS,  "number of chain entries, one for each symbol")
#define ELFGEN_HASH_BUCKET_FIELDS(X) \
    X(h_bucket,      0, 4,  0, 4, INDEX,   TOOLS,  "first symbol of the bucket, 0: it is empty")
#define ELFGEN_HASH_CHAIN_FIELDS(X) \
    X(h_chain,       0, 4,  0, 4, INDEX,   TOOLS,  "next symbol of the same bucket, 0: there is none")

/* Of the 64-bit files of s390 and Alpha. */
#define ELFGEN_HASH8_FIELDS(X) \
    X(h_nbucket,     0, 8,  0, 8, COUNT,   TOOLS,  "number of buckets") \
    X(h_nchain,      8, 8,  8, 8, COUNT,   TOOLS,  "number of chain entries, one for each symbol")
#define ELFGEN_HASH8_BUCKET_FIELDS(X) \
    X(h_bucket,      0, 8,  0, 8, INDEX,   TOOLS,  "first symbol of the bucket, 0: it is empty")
#define ELFGEN_HASH8_CHAIN_FIELDS(X) \
    X(h_chain,       0, 8,  0, 8, INDEX,   TOOLS,  "next symbol of the same bucket, 0: there is none")

#define ELFGEN_GNU_HASH_FIELDS(X) \
    X(gh_nbuckets,   0, 4,  0, 4, COUNT,   TOOLS,  "number of buckets") \
    X(gh_symoffset,  4, 4,  4, 4, INDEX,   TOOLS,  "first symbol that the table has") \
    X(gh_bloom_size, 8, 4,  8, 4, COUNT,   TOOLS,  "number of words of the Bloom filter") \
    X(gh_bloom_shift, 12, 4, 12, 4, NUMBER, TOOLS, "shift of the filter's second hash")
#define ELFGEN_GNU_HASH_BLOOM_FIELDS(X) \
    X(gh_bloom,      0, 4,  0, 8, HEX,     TOOLS,  "word of the Bloom filter: two bits a symbol")
#define ELFGEN_GNU_HASH_BUCKET_FIELDS(X) \
    X(gh_bucket,     0, 4,  0, 4, INDEX,   TOOLS,  "first symbol of the bucket, 0: it is empty")
#define ELFGEN_GNU_HASH_CHAIN_FIELDS(X) \
    X(gh_chain,      0, 4,  0, 4, HEX,     TOOLS,  "hash of a symbol's name; bit 0: the bucket's last")

#define ELFGEN_VERSYM_FIELDS(X) \
    X(vs_index,      0, 2,  0, 2, INDEX,   TOOLS,  "version of the symbol; bit 15: hidden")
#define ELFGEN_VERNEED_FIELDS(X) \
    X(vn_version,    0, 2,  0, 2, NUMBER,  TOOLS,  "version of this structure, 1") \
    X(vn_cnt,        2, 2,  2, 2, COUNT,   TOOLS,  "number of versions that are needed from the file") \
    X(vn_file,       4, 4,  4, 4, STRING,  TOOLS,  "name of the file") \
    X(vn_aux,        8, 4,  8, 4, SIZE,    TOOLS,  "distance to its first version") \
    X(vn_next,      12, 4, 12, 4, SIZE,    TOOLS,  "distance to the next file, 0: the last")
#define ELFGEN_VERNAUX_FIELDS(X) \
    X(vna_hash,      0, 4,  0, 4, HEX,     TOOLS,  "hash of the version's name") \
    X(vna_flags,     4, 2,  4, 2, FLAGS,   TOOLS,  "2: weak") \
    X(vna_other,     6, 2,  6, 2, INDEX,   TOOLS,  "its number in the symbols' versions") \
    X(vna_name,      8, 4,  8, 4, STRING,  TOOLS,  "name of the version") \
    X(vna_next,     12, 4, 12, 4, SIZE,    TOOLS,  "distance to the next version, 0: the last")
#define ELFGEN_VERDEF_FIELDS(X) \
    X(vd_version,    0, 2,  0, 2, NUMBER,  TOOLS,  "version of this structure, 1") \
    X(vd_flags,      2, 2,  2, 2, FLAGS,   TOOLS,  "1: the file itself, 2: weak") \
    X(vd_ndx,        4, 2,  4, 2, INDEX,   TOOLS,  "its number in the symbols' versions") \
    X(vd_cnt,        6, 2,  6, 2, COUNT,   TOOLS,  "names: its own, then those of its parents") \
    X(vd_hash,       8, 4,  8, 4, HEX,     TOOLS,  "hash of the version's name") \
    X(vd_aux,       12, 4, 12, 4, SIZE,    TOOLS,  "distance to its first name") \
    X(vd_next,      16, 4, 16, 4, SIZE,    TOOLS,  "distance to the next version, 0: the last")
#define ELFGEN_VERDAUX_FIELDS(X) \
    X(vda_name,      0, 4,  0, 4, STRING,  TOOLS,  "name of the version, or of a parent") \
    X(vda_next,      4, 4,  4, 4, SIZE,    TOOLS,  "distance to the next name, 0: the last")

#define ELFGEN_RELR_FIELDS(X) \
    X(r_relr,        0, 4,  0, 8, HEX,     TOOLS,  "address to relocate; odd: bits for the words after it")
#define ELFGEN_POINTER_FIELDS(X) \
    X(a_function,    0, 4,  0, 8, ADDRESS, TOOLS,  "function to call, or 0")
#define ELFGEN_GROUP_FIELDS(X) \
    X(g_flags,       0, 4,  0, 4, FLAGS,   TOOLS,  "1: one group of a name is enough (COMDAT)")
#define ELFGEN_MEMBER_FIELDS(X) \
    X(g_member,      0, 4,  0, 4, INDEX,   TOOLS,  "a section of the group")
#define ELFGEN_SHNDX_FIELDS(X) \
    X(x_shndx,       0, 4,  0, 4, INDEX,   TOOLS,  "section of the symbol, where st_shndx is too small")

#define ELFGEN_EH_FRAME_HDR_FIELDS(X) \
    X(eh_version,    0, 1,  0, 1, NUMBER,  PROGRAM, "version of this structure, 1") \
    X(eh_frame_ptr_enc, 1, 1, 1, 1, HEX,   PROGRAM, "how eh_frame_ptr is encoded") \
    X(eh_fde_count_enc, 2, 1, 2, 1, HEX,   PROGRAM, "how eh_fde_count is encoded") \
    X(eh_table_enc,  3, 1,  3, 1, HEX,     PROGRAM, "how the table is encoded")
#define ELFGEN_EH_FRAME_PTR_FIELDS(X) \
    X(eh_frame_ptr,  0, 4,  0, 4, HEX,     PROGRAM, "where .eh_frame is, from this field on")
#define ELFGEN_EH_FDE_COUNT_FIELDS(X) \
    X(eh_fde_count,  0, 4,  0, 4, COUNT,   PROGRAM, "entries of the table")
#define ELFGEN_EH_ENTRY_FIELDS(X) \
    X(eh_location,   0, 4,  0, 4, HEX,     PROGRAM, "first address of a function, from the header on") \
    X(eh_fde,        4, 4,  4, 4, HEX,     PROGRAM, "its FDE in .eh_frame, from the header on")
#define ELFGEN_ABI_TAG_FIELDS(X) \
    X(abi_os,        0, 4,  0, 4, NAME,    TOOLS,  "operating system") \
    X(abi_major,     4, 4,  4, 4, NUMBER,  TOOLS,  "earliest version of it that is enough") \
    X(abi_minor,     8, 4,  8, 4, NUMBER,  TOOLS,  "second number of that version") \
    X(abi_subminor, 12, 4, 12, 4, NUMBER,  TOOLS,  "third number of that version")
#define ELFGEN_PROPERTY_FIELDS(X) \
    X(pr_type,       0, 4,  0, 4, HEX,     KERNEL, "which property of the file") \
    X(pr_datasz,     4, 4,  4, 4, SIZE,    KERNEL, "bytes of its value, without padding")
#define ELFGEN_PROPERTY_BITS_FIELDS(X) \
    X(pr_bits,       0, 4,  0, 4, HEX,     KERNEL, "its value")
#define ELFGEN_STAPSDT_FIELDS(X) \
    X(sdt_pc,        0, 4,  0, 8, ADDRESS, TOOLS,  "address of the probe") \
    X(sdt_base,      4, 4,  8, 8, ADDRESS, TOOLS,  "address of .stapsdt.base when it was linked") \
    X(sdt_semaphore, 8, 4, 16, 8, ADDRESS, TOOLS,  "address of the probe's counter, or 0")

/* Every structure: X(name, rows, size32, size64, what it is). */
#define ELFGEN_RECORDS(X) \
    X(hash, ELFGEN_HASH_FIELDS, 8, 8, "hash table") \
    X(hash_bucket, ELFGEN_HASH_BUCKET_FIELDS, 4, 4, "bucket of a hash table") \
    X(hash_chain, ELFGEN_HASH_CHAIN_FIELDS, 4, 4, "chain entry of a hash table") \
    X(hash8, ELFGEN_HASH8_FIELDS, 16, 16, "hash table") \
    X(hash8_bucket, ELFGEN_HASH8_BUCKET_FIELDS, 8, 8, "bucket of a hash table") \
    X(hash8_chain, ELFGEN_HASH8_CHAIN_FIELDS, 8, 8, "chain entry of a hash table") \
    X(gnu_hash, ELFGEN_GNU_HASH_FIELDS, 16, 16, "GNU hash table") \
    X(gnu_hash_bloom, ELFGEN_GNU_HASH_BLOOM_FIELDS, 4, 8, "Bloom filter of a GNU hash table") \
    X(gnu_hash_bucket, ELFGEN_GNU_HASH_BUCKET_FIELDS, 4, 4, "bucket of a GNU hash table") \
    X(gnu_hash_chain, ELFGEN_GNU_HASH_CHAIN_FIELDS, 4, 4, "hash of a GNU hash table") \
    X(versym, ELFGEN_VERSYM_FIELDS, 2, 2, "version of a symbol") \
    X(verneed, ELFGEN_VERNEED_FIELDS, 16, 16, "file whose versions are needed") \
    X(vernaux, ELFGEN_VERNAUX_FIELDS, 16, 16, "version that is needed") \
    X(verdef, ELFGEN_VERDEF_FIELDS, 20, 20, "version that is defined") \
    X(verdaux, ELFGEN_VERDAUX_FIELDS, 8, 8, "name of a version that is defined") \
    X(relr, ELFGEN_RELR_FIELDS, 4, 8, "relative relocations") \
    X(pointer, ELFGEN_POINTER_FIELDS, 4, 8, "function of an array") \
    X(group, ELFGEN_GROUP_FIELDS, 4, 4, "section group") \
    X(member, ELFGEN_MEMBER_FIELDS, 4, 4, "member of a section group") \
    X(shndx, ELFGEN_SHNDX_FIELDS, 4, 4, "section of a symbol") \
    X(eh_frame_hdr, ELFGEN_EH_FRAME_HDR_FIELDS, 4, 4, "header of the unwind table") \
    X(eh_frame_ptr, ELFGEN_EH_FRAME_PTR_FIELDS, 4, 4, "where the unwind records are") \
    X(eh_fde_count, ELFGEN_EH_FDE_COUNT_FIELDS, 4, 4, "size of the unwind table") \
    X(eh_entry, ELFGEN_EH_ENTRY_FIELDS, 8, 8, "entry of the unwind table") \
    ELFGEN_CORE_RECORDS(X) \
    X(abi_tag, ELFGEN_ABI_TAG_FIELDS, 16, 16, "operating system") \
    X(property, ELFGEN_PROPERTY_FIELDS, 8, 8, "property of the file") \
    X(property_bits, ELFGEN_PROPERTY_BITS_FIELDS, 4, 4, "value of a property") \
    X(stapsdt, ELFGEN_STAPSDT_FIELDS, 12, 24, "probe")
/* clang-format on */

#endif
