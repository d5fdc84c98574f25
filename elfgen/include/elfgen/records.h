/* Further structures as data: what the dynamic linker, unwinders and debuggers read. They are only
 * explained, so that they have no decoded struct; their rows are those of tables.h.
 *
 * A width of 0: files of that class do not have the field. Layouts: gABI 4.1, chapter 5; the Linux
 * Standard Base, "Symbol Versioning" and "Exception Frames"; for core files Linux's
 * include/uapi/linux/elfcore.h, fs/binfmt_elf.c and arch/x86/include/asm/user_64.h, user_32.h. */
#ifndef ELFGEN_RECORDS_H
#define ELFGEN_RECORDS_H

/* clang-format off */
#define ELFGEN_HASH_FIELDS(X) \
    X(h_nbucket,     0, 4,  0, 4, COUNT,   TOOLS,  "number of buckets") \
    X(h_nchain,      4, 4,  4, 4, COUNT,   TOOLS,  "number of chain entries, which is that of the symbols")
#define ELFGEN_HASH_BUCKET_FIELDS(X) \
    X(h_bucket,      0, 4,  0, 4, INDEX,   TOOLS,  "first symbol of the bucket, 0: it is empty")
#define ELFGEN_HASH_CHAIN_FIELDS(X) \
    X(h_chain,       0, 4,  0, 4, INDEX,   TOOLS,  "next symbol of the same bucket, 0: there is none")

/* Of the 64-bit files of s390 and Alpha. */
#define ELFGEN_HASH8_FIELDS(X) \
    X(h_nbucket,     0, 8,  0, 8, COUNT,   TOOLS,  "number of buckets") \
    X(h_nchain,      8, 8,  8, 8, COUNT,   TOOLS,  "number of chain entries, which is that of the symbols")
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
    X(vn_cnt,        2, 2,  2, 2, COUNT,   TOOLS,  "versions that are needed of the file") \
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
#define ELFGEN_CIE_FIELDS(X) \
    X(cie_length,    0, 4,  0, 4, SIZE,    PROGRAM, "bytes of the record after this field, 0: the end") \
    X(cie_id,        4, 4,  4, 4, NUMBER,  PROGRAM, "0: what follows is common to several functions")
#define ELFGEN_FDE_FIELDS(X) \
    X(fde_length,    0, 4,  0, 4, SIZE,    PROGRAM, "bytes of the record after this field") \
    X(fde_cie,       4, 4,  4, 4, SIZE,    PROGRAM, "distance back to its CIE")
#define ELFGEN_FRAME_END_FIELDS(X) \
    X(frame_end,     0, 4,  0, 4, SIZE,    PROGRAM, "0: no record follows")

#define ELFGEN_AUXV_FIELDS(X) \
    X(a_type,        0, 4,  0, 8, NAME,    TOOLS,  "what the entry says to the program") \
    X(a_val,         4, 4,  8, 8, HEX,     TOOLS,  "its value or address")
#define ELFGEN_PRSTATUS_FIELDS(X) \
    X(pr_si_signo,   0, 4,  0, 4, NUMBER,  TOOLS,  "signal that ended the thread") \
    X(pr_si_code,    4, 4,  4, 4, SIGNED,  TOOLS,  "where that signal came from") \
    X(pr_si_errno,   8, 4,  8, 4, NUMBER,  TOOLS,  "error number that came with it") \
    X(pr_cursig,    12, 2, 12, 2, NUMBER,  TOOLS,  "signal that is being delivered") \
    X(pr_pad,       14, 2, 14, 2, PADDING, NOBODY, "unused") \
    X(pr_sigpend,   16, 4, 16, 8, HEX,     TOOLS,  "pending signals, bit 0 is signal 1") \
    X(pr_sighold,   20, 4, 24, 8, HEX,     TOOLS,  "blocked signals, bit 0 is signal 1") \
    X(pr_pid,       24, 4, 32, 4, NUMBER,  TOOLS,  "number of the thread") \
    X(pr_ppid,      28, 4, 36, 4, NUMBER,  TOOLS,  "number of the parent process") \
    X(pr_pgrp,      32, 4, 40, 4, NUMBER,  TOOLS,  "process group") \
    X(pr_sid,       36, 4, 44, 4, NUMBER,  TOOLS,  "session") \
    X(pr_utime_sec, 40, 4, 48, 8, NUMBER,  TOOLS,  "seconds of user time") \
    X(pr_utime_usec, 44, 4, 56, 8, NUMBER, TOOLS,  "and microseconds") \
    X(pr_stime_sec, 48, 4, 64, 8, NUMBER,  TOOLS,  "seconds of system time") \
    X(pr_stime_usec, 52, 4, 72, 8, NUMBER, TOOLS,  "and microseconds") \
    X(pr_cutime_sec, 56, 4, 80, 8, NUMBER, TOOLS,  "seconds of user time of its children") \
    X(pr_cutime_usec, 60, 4, 88, 8, NUMBER, TOOLS, "and microseconds") \
    X(pr_cstime_sec, 64, 4, 96, 8, NUMBER, TOOLS,  "seconds of system time of its children") \
    X(pr_cstime_usec, 68, 4, 104, 8, NUMBER, TOOLS, "and microseconds")
#define ELFGEN_X86_REGISTERS_FIELDS(X) \
    X(r15,   0, 0,   0, 8, HEX, TOOLS, "register r15") \
    X(r14,   0, 0,   8, 8, HEX, TOOLS, "register r14") \
    X(r13,   0, 0,  16, 8, HEX, TOOLS, "register r13") \
    X(r12,   0, 0,  24, 8, HEX, TOOLS, "register r12") \
    X(rbp,   0, 0,  32, 8, HEX, TOOLS, "register rbp") \
    X(rbx,   0, 0,  40, 8, HEX, TOOLS, "register rbx") \
    X(r11,   0, 0,  48, 8, HEX, TOOLS, "register r11") \
    X(r10,   0, 0,  56, 8, HEX, TOOLS, "register r10") \
    X(r9,    0, 0,  64, 8, HEX, TOOLS, "register r9") \
    X(r8,    0, 0,  72, 8, HEX, TOOLS, "register r8") \
    X(rax,   0, 0,  80, 8, HEX, TOOLS, "register rax") \
    X(rcx,   0, 0,  88, 8, HEX, TOOLS, "register rcx") \
    X(rdx,   0, 0,  96, 8, HEX, TOOLS, "register rdx") \
    X(rsi,   0, 0, 104, 8, HEX, TOOLS, "register rsi") \
    X(rdi,   0, 0, 112, 8, HEX, TOOLS, "register rdi") \
    X(orig_rax, 0, 0, 120, 8, HEX, TOOLS, "number of the system call, or -1") \
    X(rip,   0, 0, 128, 8, ADDRESS, TOOLS, "address of the next instruction") \
    X(ebx,   0, 4,   0, 0, HEX, TOOLS, "register ebx") \
    X(ecx,   4, 4,   0, 0, HEX, TOOLS, "register ecx") \
    X(edx,   8, 4,   0, 0, HEX, TOOLS, "register edx") \
    X(esi,  12, 4,   0, 0, HEX, TOOLS, "register esi") \
    X(edi,  16, 4,   0, 0, HEX, TOOLS, "register edi") \
    X(ebp,  20, 4,   0, 0, HEX, TOOLS, "register ebp") \
    X(eax,  24, 4,   0, 0, HEX, TOOLS, "register eax") \
    X(ds,   28, 4, 184, 8, HEX, TOOLS, "segment register ds") \
    X(es,   32, 4, 192, 8, HEX, TOOLS, "segment register es") \
    X(fs,   36, 4, 200, 8, HEX, TOOLS, "segment register fs") \
    X(gs,   40, 4, 208, 8, HEX, TOOLS, "segment register gs") \
    X(orig_eax, 44, 4, 0, 0, HEX, TOOLS, "number of the system call, or -1") \
    X(eip,  48, 4,   0, 0, ADDRESS, TOOLS, "address of the next instruction") \
    X(cs,   52, 4, 136, 8, HEX, TOOLS, "segment register cs") \
    X(eflags, 56, 4, 144, 8, HEX, TOOLS, "flags of the processor") \
    X(esp,  60, 4,   0, 0, ADDRESS, TOOLS, "stack pointer") \
    X(rsp,   0, 0, 152, 8, ADDRESS, TOOLS, "stack pointer") \
    X(ss,   64, 4, 160, 8, HEX, TOOLS, "segment register ss") \
    X(fs_base, 0, 0, 168, 8, ADDRESS, TOOLS, "first address of fs, the thread's own data") \
    X(gs_base, 0, 0, 176, 8, ADDRESS, TOOLS, "first address of gs")
#define ELFGEN_FPVALID_FIELDS(X) \
    X(pr_fpvalid,    0, 4,  0, 4, NUMBER,  TOOLS,  "1: there is a note with vector registers") \
    X(pr_end,        0, 0,  4, 4, PADDING, NOBODY, "unused")
#define ELFGEN_PRPSINFO_FIELDS(X) \
    X(pr_state,      0, 1,  0, 1, NUMBER,  TOOLS,  "state of the process, as a number") \
    X(pr_sname,      1, 1,  1, 1, TEXT,    TOOLS,  "state of the process, as a letter") \
    X(pr_zomb,       2, 1,  2, 1, NUMBER,  TOOLS,  "1: a zombie") \
    X(pr_nice,       3, 1,  3, 1, NUMBER,  TOOLS,  "niceness") \
    X(pr_gap,        0, 0,  4, 4, PADDING, NOBODY, "unused") \
    X(pr_flag,       4, 4,  8, 8, HEX,     TOOLS,  "flags of the kernel") \
    X(pr_uid,        8, 2, 16, 4, NUMBER,  TOOLS,  "user") \
    X(pr_gid,       10, 2, 20, 4, NUMBER,  TOOLS,  "group") \
    X(pr_pid,       12, 4, 24, 4, NUMBER,  TOOLS,  "number of the process") \
    X(pr_ppid,      16, 4, 28, 4, NUMBER,  TOOLS,  "number of the parent process") \
    X(pr_pgrp,      20, 4, 32, 4, NUMBER,  TOOLS,  "process group") \
    X(pr_sid,       24, 4, 36, 4, NUMBER,  TOOLS,  "session") \
    X(pr_fname,     28, 16, 40, 16, TEXT,  TOOLS,  "name of the program, cut short") \
    X(pr_psargs,    44, 80, 56, 80, TEXT,  TOOLS,  "its arguments, cut short")
#define ELFGEN_SIGINFO_FIELDS(X) \
    X(si_signo,      0, 4,  0, 4, NUMBER,  TOOLS,  "signal that ended the process") \
    X(si_errno,      4, 4,  4, 4, NUMBER,  TOOLS,  "error number that came with it") \
    X(si_code,       8, 4,  8, 4, SIGNED,  TOOLS,  "where the signal came from") \
    X(si_pad,        0, 0, 12, 4, PADDING, NOBODY, "unused")
#define ELFGEN_SIGINFO_FAULT_FIELDS(X) \
    X(si_addr,       0, 4,  0, 8, ADDRESS,     TOOLS,  "address of the fault") \
    X(si_rest,       4, 112, 8, 104, BYTES, TOOLS, "more about the signal")
#define ELFGEN_SIGINFO_SENDER_FIELDS(X) \
    X(si_pid,        0, 4,  0, 4, NUMBER,  TOOLS,  "process that sent the signal") \
    X(si_uid,        4, 4,  4, 4, NUMBER,  TOOLS,  "user of that process") \
    X(si_rest,       8, 108, 8, 104, BYTES, TOOLS, "more about the signal")
#define ELFGEN_FILES_FIELDS(X) \
    X(f_count,       0, 4,  0, 8, COUNT,   TOOLS,  "mapped files in this note") \
    X(f_page_size,   4, 4,  8, 8, SIZE,    TOOLS,  "unit of the offsets")
#define ELFGEN_MAPPED_FILE_FIELDS(X) \
    X(f_start,       0, 4,  0, 8, ADDRESS,     TOOLS,  "first address of the mapping") \
    X(f_end,         4, 4,  8, 8, HEX,     TOOLS,  "first address after the mapping") \
    X(f_offset,      8, 4, 16, 8, NUMBER,  TOOLS,  "offset in the file, in units")
/* The x87 alone, and FXSAVE. */
#define ELFGEN_FPREGS_FIELDS(X) \
    X(fcw,   0, 4,   0, 2, HEX,   TOOLS, "control word of the x87") \
    X(fsw,   4, 4,   2, 2, HEX,   TOOLS, "status word of the x87") \
    X(ftw,   8, 4,   4, 2, HEX,   TOOLS, "tags of the x87 registers") \
    X(fop,   0, 0,   6, 2, HEX,   TOOLS, "last opcode of the x87") \
    X(fip,  12, 4,   8, 8, HEX,   TOOLS, "address of the last x87 instruction") \
    X(fcs,  16, 4,   0, 0, HEX,   TOOLS, "its segment") \
    X(fdp,  20, 4,  16, 8, HEX,   TOOLS, "address of its operand") \
    X(fds,  24, 4,   0, 0, HEX,   TOOLS, "segment of its operand") \
    X(mxcsr, 0, 0,  24, 4, HEX,   TOOLS, "control and status of SSE") \
    X(mxcsr_mask, 0, 0, 28, 4, HEX, TOOLS, "bits that mxcsr may have") \
    X(st0,  28, 10, 32, 16, BYTES, TOOLS, "register st0") \
    X(st1,  38, 10, 48, 16, BYTES, TOOLS, "register st1") \
    X(st2,  48, 10, 64, 16, BYTES, TOOLS, "register st2") \
    X(st3,  58, 10, 80, 16, BYTES, TOOLS, "register st3") \
    X(st4,  68, 10, 96, 16, BYTES, TOOLS, "register st4") \
    X(st5,  78, 10, 112, 16, BYTES, TOOLS, "register st5") \
    X(st6,  88, 10, 128, 16, BYTES, TOOLS, "register st6") \
    X(st7,  98, 10, 144, 16, BYTES, TOOLS, "register st7") \
    X(xmm0,  0, 0, 160, 16, BYTES, TOOLS, "register xmm0") \
    X(xmm1,  0, 0, 176, 16, BYTES, TOOLS, "register xmm1") \
    X(xmm2,  0, 0, 192, 16, BYTES, TOOLS, "register xmm2") \
    X(xmm3,  0, 0, 208, 16, BYTES, TOOLS, "register xmm3") \
    X(xmm4,  0, 0, 224, 16, BYTES, TOOLS, "register xmm4") \
    X(xmm5,  0, 0, 240, 16, BYTES, TOOLS, "register xmm5") \
    X(xmm6,  0, 0, 256, 16, BYTES, TOOLS, "register xmm6") \
    X(xmm7,  0, 0, 272, 16, BYTES, TOOLS, "register xmm7") \
    X(xmm8,  0, 0, 288, 16, BYTES, TOOLS, "register xmm8") \
    X(xmm9,  0, 0, 304, 16, BYTES, TOOLS, "register xmm9") \
    X(xmm10, 0, 0, 320, 16, BYTES, TOOLS, "register xmm10") \
    X(xmm11, 0, 0, 336, 16, BYTES, TOOLS, "register xmm11") \
    X(xmm12, 0, 0, 352, 16, BYTES, TOOLS, "register xmm12") \
    X(xmm13, 0, 0, 368, 16, BYTES, TOOLS, "register xmm13") \
    X(xmm14, 0, 0, 384, 16, BYTES, TOOLS, "register xmm14") \
    X(xmm15, 0, 0, 400, 16, BYTES, TOOLS, "register xmm15") \
    X(fx_rest, 0, 0, 416, 96, BYTES, TOOLS, "unused; the system's own, and the size of the XSAVE area")

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
    X(cie, ELFGEN_CIE_FIELDS, 8, 8, "common unwind record") \
    X(fde, ELFGEN_FDE_FIELDS, 8, 8, "unwind record of a function") \
    X(frame_end, ELFGEN_FRAME_END_FIELDS, 4, 4, "end of the unwind records") \
    X(auxv, ELFGEN_AUXV_FIELDS, 8, 16, "entry of the auxiliary vector") \
    X(prstatus, ELFGEN_PRSTATUS_FIELDS, 72, 112, "state of a thread") \
    X(x86_registers, ELFGEN_X86_REGISTERS_FIELDS, 68, 216, "general registers") \
    X(fpvalid, ELFGEN_FPVALID_FIELDS, 4, 8, "end of a thread's state") \
    X(prpsinfo, ELFGEN_PRPSINFO_FIELDS, 124, 136, "the process") \
    X(siginfo, ELFGEN_SIGINFO_FIELDS, 12, 16, "signal") \
    X(siginfo_fault, ELFGEN_SIGINFO_FAULT_FIELDS, 116, 112, "signal for a fault") \
    X(siginfo_sender, ELFGEN_SIGINFO_SENDER_FIELDS, 116, 112, "signal that was sent") \
    X(files, ELFGEN_FILES_FIELDS, 8, 16, "mapped files") \
    X(mapped_file, ELFGEN_MAPPED_FILE_FIELDS, 12, 24, "mapped file") \
    X(fpregs, ELFGEN_FPREGS_FIELDS, 108, 512, "registers of x87 and SSE") \
    X(abi_tag, ELFGEN_ABI_TAG_FIELDS, 16, 16, "operating system") \
    X(property, ELFGEN_PROPERTY_FIELDS, 8, 8, "property of the file") \
    X(property_bits, ELFGEN_PROPERTY_BITS_FIELDS, 4, 4, "value of a property") \
    X(stapsdt, ELFGEN_STAPSDT_FIELDS, 12, 24, "probe")
/* clang-format on */

#endif
