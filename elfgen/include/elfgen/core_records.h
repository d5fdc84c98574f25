/* What notes of core files hold, as data: threads, registers, signals, the process, mapped files.
 *
 * Rows as in records.h. Layouts: Linux's include/uapi/linux/elfcore.h,
 * include/linux/elfcore-compat.h, fs/binfmt_elf.c, arch/x86/include/asm/user_64.h, user_32.h and
 * fpu/types.h, and ptrace.h of the other processors. */
#ifndef ELFGEN_CORE_RECORDS_H
#define ELFGEN_CORE_RECORDS_H

/* clang-format off */
#define ELFGEN_AUXV_FIELDS(X) \
    X(a_type,        0, 4,  0, 8, NAME,    TOOLS,  "what the entry tells the program") \
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
/* On processors whose 32-bit programs have users of 32 bits, as PowerPC's and MIPS's have. */
#define ELFGEN_PRPSINFO_WIDE_FIELDS(X) \
    X(pr_state, 0, 1, 0, 0, NUMBER, TOOLS, "state of the process, as a number") \
    X(pr_sname, 1, 1, 0, 0, TEXT, TOOLS, "state of the process, as a letter") \
    X(pr_zomb, 2, 1, 0, 0, NUMBER, TOOLS, "1: a zombie") \
    X(pr_nice, 3, 1, 0, 0, NUMBER, TOOLS, "niceness") \
    X(pr_flag, 4, 4, 0, 0, HEX, TOOLS, "flags of the kernel") \
    X(pr_uid, 8, 4, 0, 0, NUMBER, TOOLS, "user") \
    X(pr_gid, 12, 4, 0, 0, NUMBER, TOOLS, "group") \
    X(pr_pid, 16, 4, 0, 0, NUMBER, TOOLS, "number of the process") \
    X(pr_ppid, 20, 4, 0, 0, NUMBER, TOOLS, "number of the parent process") \
    X(pr_pgrp, 24, 4, 0, 0, NUMBER, TOOLS, "process group") \
    X(pr_sid, 28, 4, 0, 0, NUMBER, TOOLS, "session") \
    X(pr_fname, 32, 16, 0, 0, TEXT, TOOLS, "name of the program, cut short") \
    X(pr_psargs, 48, 80, 0, 0, TEXT, TOOLS, "its arguments, cut short")
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
#define ELFGEN_SIGINFO_CALL_FIELDS(X) \
    X(si_call_addr, 0, 4, 0, 8, ADDRESS, TOOLS, "where the system call was made") \
    X(si_syscall, 4, 4, 8, 4, NUMBER, TOOLS, "number of the system call") \
    X(si_arch, 8, 4, 12, 4, HEX, TOOLS, "its architecture, as AUDIT_ARCH_ numbers") \
    X(si_rest, 12, 104, 16, 96, BYTES, TOOLS, "more about the signal")
#define ELFGEN_FILES_FIELDS(X) \
    X(f_count,       0, 4,  0, 8, COUNT,   TOOLS,  "mapped files in this note") \
    X(f_page_size,   4, 4,  8, 8, SIZE,    TOOLS,  "unit of the offsets")
#define ELFGEN_MAPPED_FILE_FIELDS(X) \
    X(f_start,       0, 4,  0, 8, ADDRESS,     TOOLS,  "first address of the mapping") \
    X(f_end,         4, 4,  8, 8, HEX,     TOOLS,  "first address after the mapping") \
    X(f_offset,      8, 4, 16, 8, NUMBER,  TOOLS,  "offset in the file, in units")
/* The x87 alone, as FSAVE stores it. */
#define ELFGEN_FPREGS_FIELDS(X) \
    X(fcw, 0, 4, 0, 0, HEX, TOOLS, "control word of the x87") \
    X(fsw, 4, 4, 0, 0, HEX, TOOLS, "status word of the x87") \
    X(ftw, 8, 4, 0, 0, HEX, TOOLS, "tags of the x87 registers") \
    X(fip, 12, 4, 0, 0, HEX, TOOLS, "address of the last x87 instruction") \
    X(fcs, 16, 4, 0, 0, HEX, TOOLS, "its segment, and its opcode above") \
    X(fdp, 20, 4, 0, 0, HEX, TOOLS, "address of its operand") \
    X(fds, 24, 4, 0, 0, HEX, TOOLS, "segment of its operand") \
    X(st0, 28, 10, 0, 0, BYTES, TOOLS, "register st0") \
    X(st1, 38, 10, 0, 0, BYTES, TOOLS, "register st1") \
    X(st2, 48, 10, 0, 0, BYTES, TOOLS, "register st2") \
    X(st3, 58, 10, 0, 0, BYTES, TOOLS, "register st3") \
    X(st4, 68, 10, 0, 0, BYTES, TOOLS, "register st4") \
    X(st5, 78, 10, 0, 0, BYTES, TOOLS, "register st5") \
    X(st6, 88, 10, 0, 0, BYTES, TOOLS, "register st6") \
    X(st7, 98, 10, 0, 0, BYTES, TOOLS, "register st7")
/* FXSAVE's area, which that of XSAVE begins with. Bytes 464 to 471: user_xstateregs_get(). */
#define ELFGEN_FXREGS_FIELDS(X) \
    X(fcw, 0, 2, 0, 2, HEX, TOOLS, "control word of the x87") \
    X(fsw, 2, 2, 2, 2, HEX, TOOLS, "status word of the x87") \
    X(ftw, 4, 2, 4, 2, HEX, TOOLS, "which x87 registers are in use, a bit each") \
    X(fop, 6, 2, 6, 2, HEX, TOOLS, "last opcode of the x87") \
    X(fip, 8, 4, 8, 8, HEX, TOOLS, "address of the last x87 instruction") \
    X(fcs, 12, 4, 0, 0, HEX, TOOLS, "its segment") \
    X(fdp, 16, 4, 16, 8, HEX, TOOLS, "address of its operand") \
    X(fds, 20, 4, 0, 0, HEX, TOOLS, "segment of its operand") \
    X(mxcsr, 24, 4, 24, 4, HEX, TOOLS, "control and status of SSE") \
    X(mxcsr_mask, 28, 4, 28, 4, HEX, TOOLS, "bits that mxcsr may have") \
    X(st0, 32, 16, 32, 16, BYTES, TOOLS, "register st0") \
    X(st1, 48, 16, 48, 16, BYTES, TOOLS, "register st1") \
    X(st2, 64, 16, 64, 16, BYTES, TOOLS, "register st2") \
    X(st3, 80, 16, 80, 16, BYTES, TOOLS, "register st3") \
    X(st4, 96, 16, 96, 16, BYTES, TOOLS, "register st4") \
    X(st5, 112, 16, 112, 16, BYTES, TOOLS, "register st5") \
    X(st6, 128, 16, 128, 16, BYTES, TOOLS, "register st6") \
    X(st7, 144, 16, 144, 16, BYTES, TOOLS, "register st7") \
    X(xmm0, 160, 16, 160, 16, BYTES, TOOLS, "register xmm0") \
    X(xmm1, 176, 16, 176, 16, BYTES, TOOLS, "register xmm1") \
    X(xmm2, 192, 16, 192, 16, BYTES, TOOLS, "register xmm2") \
    X(xmm3, 208, 16, 208, 16, BYTES, TOOLS, "register xmm3") \
    X(xmm4, 224, 16, 224, 16, BYTES, TOOLS, "register xmm4") \
    X(xmm5, 240, 16, 240, 16, BYTES, TOOLS, "register xmm5") \
    X(xmm6, 256, 16, 256, 16, BYTES, TOOLS, "register xmm6") \
    X(xmm7, 272, 16, 272, 16, BYTES, TOOLS, "register xmm7") \
    X(xmm8, 288, 16, 288, 16, BYTES, TOOLS, "register xmm8") \
    X(xmm9, 304, 16, 304, 16, BYTES, TOOLS, "register xmm9") \
    X(xmm10, 320, 16, 320, 16, BYTES, TOOLS, "register xmm10") \
    X(xmm11, 336, 16, 336, 16, BYTES, TOOLS, "register xmm11") \
    X(xmm12, 352, 16, 352, 16, BYTES, TOOLS, "register xmm12") \
    X(xmm13, 368, 16, 368, 16, BYTES, TOOLS, "register xmm13") \
    X(xmm14, 384, 16, 384, 16, BYTES, TOOLS, "register xmm14") \
    X(xmm15, 400, 16, 400, 16, BYTES, TOOLS, "register xmm15") \
    X(fx_unused, 416, 48, 416, 48, BYTES, NOBODY, "unused") \
    X(fx_xcr0, 464, 8, 464, 8, HEX, TOOLS, "parts of the state that the system lets programs use, as bits") \
    X(fx_rest, 472, 40, 472, 40, BYTES, TOOLS, "unused, or the system's own")
#define ELFGEN_XSAVE_HEADER_FIELDS(X) \
    X(xstate_bv, 0, 8, 0, 8, HEX, TOOLS, "parts of the state that are not as after a reset, as bits") \
    X(xcomp_bv, 8, 8, 8, 8, HEX, TOOLS, "bit 63: the area is compacted, which that of a note is not") \
    X(xsave_zero, 16, 48, 16, 48, BYTES, NOBODY, "zero")
#define ELFGEN_XSAVE_AVX_FIELDS(X) \
    X(ymm0h, 0, 16, 0, 16, BYTES, TOOLS, "upper half of ymm0") \
    X(ymm1h, 16, 16, 16, 16, BYTES, TOOLS, "upper half of ymm1") \
    X(ymm2h, 32, 16, 32, 16, BYTES, TOOLS, "upper half of ymm2") \
    X(ymm3h, 48, 16, 48, 16, BYTES, TOOLS, "upper half of ymm3") \
    X(ymm4h, 64, 16, 64, 16, BYTES, TOOLS, "upper half of ymm4") \
    X(ymm5h, 80, 16, 80, 16, BYTES, TOOLS, "upper half of ymm5") \
    X(ymm6h, 96, 16, 96, 16, BYTES, TOOLS, "upper half of ymm6") \
    X(ymm7h, 112, 16, 112, 16, BYTES, TOOLS, "upper half of ymm7") \
    X(ymm8h, 128, 16, 128, 16, BYTES, TOOLS, "upper half of ymm8") \
    X(ymm9h, 144, 16, 144, 16, BYTES, TOOLS, "upper half of ymm9") \
    X(ymm10h, 160, 16, 160, 16, BYTES, TOOLS, "upper half of ymm10") \
    X(ymm11h, 176, 16, 176, 16, BYTES, TOOLS, "upper half of ymm11") \
    X(ymm12h, 192, 16, 192, 16, BYTES, TOOLS, "upper half of ymm12") \
    X(ymm13h, 208, 16, 208, 16, BYTES, TOOLS, "upper half of ymm13") \
    X(ymm14h, 224, 16, 224, 16, BYTES, TOOLS, "upper half of ymm14") \
    X(ymm15h, 240, 16, 240, 16, BYTES, TOOLS, "upper half of ymm15")
#define ELFGEN_XSAVE_BOUNDS_FIELDS(X) \
    X(bnd0, 0, 16, 0, 16, BYTES, TOOLS, "bounds bnd0 of MPX") \
    X(bnd1, 16, 16, 16, 16, BYTES, TOOLS, "bounds bnd1 of MPX") \
    X(bnd2, 32, 16, 32, 16, BYTES, TOOLS, "bounds bnd2 of MPX") \
    X(bnd3, 48, 16, 48, 16, BYTES, TOOLS, "bounds bnd3 of MPX")
#define ELFGEN_XSAVE_BNDCSR_FIELDS(X) \
    X(bndcfgu, 0, 8, 0, 8, HEX, TOOLS, "configuration of MPX") \
    X(bndstatus, 8, 8, 8, 8, HEX, TOOLS, "status of MPX") \
    X(bnd_unused, 16, 48, 16, 48, BYTES, NOBODY, "unused")
#define ELFGEN_XSAVE_MASKS_FIELDS(X) \
    X(k0, 0, 8, 0, 8, HEX, TOOLS, "mask register k0") \
    X(k1, 8, 8, 8, 8, HEX, TOOLS, "mask register k1") \
    X(k2, 16, 8, 16, 8, HEX, TOOLS, "mask register k2") \
    X(k3, 24, 8, 24, 8, HEX, TOOLS, "mask register k3") \
    X(k4, 32, 8, 32, 8, HEX, TOOLS, "mask register k4") \
    X(k5, 40, 8, 40, 8, HEX, TOOLS, "mask register k5") \
    X(k6, 48, 8, 48, 8, HEX, TOOLS, "mask register k6") \
    X(k7, 56, 8, 56, 8, HEX, TOOLS, "mask register k7")
#define ELFGEN_XSAVE_ZMM_UPPER_FIELDS(X) \
    X(zmm0h, 0, 32, 0, 32, BYTES, TOOLS, "upper half of zmm0") \
    X(zmm1h, 32, 32, 32, 32, BYTES, TOOLS, "upper half of zmm1") \
    X(zmm2h, 64, 32, 64, 32, BYTES, TOOLS, "upper half of zmm2") \
    X(zmm3h, 96, 32, 96, 32, BYTES, TOOLS, "upper half of zmm3") \
    X(zmm4h, 128, 32, 128, 32, BYTES, TOOLS, "upper half of zmm4") \
    X(zmm5h, 160, 32, 160, 32, BYTES, TOOLS, "upper half of zmm5") \
    X(zmm6h, 192, 32, 192, 32, BYTES, TOOLS, "upper half of zmm6") \
    X(zmm7h, 224, 32, 224, 32, BYTES, TOOLS, "upper half of zmm7") \
    X(zmm8h, 256, 32, 256, 32, BYTES, TOOLS, "upper half of zmm8") \
    X(zmm9h, 288, 32, 288, 32, BYTES, TOOLS, "upper half of zmm9") \
    X(zmm10h, 320, 32, 320, 32, BYTES, TOOLS, "upper half of zmm10") \
    X(zmm11h, 352, 32, 352, 32, BYTES, TOOLS, "upper half of zmm11") \
    X(zmm12h, 384, 32, 384, 32, BYTES, TOOLS, "upper half of zmm12") \
    X(zmm13h, 416, 32, 416, 32, BYTES, TOOLS, "upper half of zmm13") \
    X(zmm14h, 448, 32, 448, 32, BYTES, TOOLS, "upper half of zmm14") \
    X(zmm15h, 480, 32, 480, 32, BYTES, TOOLS, "upper half of zmm15")
#define ELFGEN_XSAVE_ZMM_HIGH_FIELDS(X) \
    X(zmm16, 0, 64, 0, 64, BYTES, TOOLS, "register zmm16") \
    X(zmm17, 64, 64, 64, 64, BYTES, TOOLS, "register zmm17") \
    X(zmm18, 128, 64, 128, 64, BYTES, TOOLS, "register zmm18") \
    X(zmm19, 192, 64, 192, 64, BYTES, TOOLS, "register zmm19") \
    X(zmm20, 256, 64, 256, 64, BYTES, TOOLS, "register zmm20") \
    X(zmm21, 320, 64, 320, 64, BYTES, TOOLS, "register zmm21") \
    X(zmm22, 384, 64, 384, 64, BYTES, TOOLS, "register zmm22") \
    X(zmm23, 448, 64, 448, 64, BYTES, TOOLS, "register zmm23") \
    X(zmm24, 512, 64, 512, 64, BYTES, TOOLS, "register zmm24") \
    X(zmm25, 576, 64, 576, 64, BYTES, TOOLS, "register zmm25") \
    X(zmm26, 640, 64, 640, 64, BYTES, TOOLS, "register zmm26") \
    X(zmm27, 704, 64, 704, 64, BYTES, TOOLS, "register zmm27") \
    X(zmm28, 768, 64, 768, 64, BYTES, TOOLS, "register zmm28") \
    X(zmm29, 832, 64, 832, 64, BYTES, TOOLS, "register zmm29") \
    X(zmm30, 896, 64, 896, 64, BYTES, TOOLS, "register zmm30") \
    X(zmm31, 960, 64, 960, 64, BYTES, TOOLS, "register zmm31")
#define ELFGEN_XSAVE_PKRU_FIELDS(X) \
    X(pkru, 0, 4, 0, 4, HEX, TOOLS, "rights of the protection keys") \
    X(pkru_unused, 4, 4, 4, 4, PADDING, NOBODY, "unused")
#define ELFGEN_XSAVE_TILECFG_FIELDS(X) \
    X(tilecfg, 0, 64, 0, 64, BYTES, TOOLS, "configuration of the tiles of AMX")
#define ELFGEN_XSAVE_TILES_FIELDS(X) \
    X(tile_row, 0, 64, 0, 64, BYTES, TOOLS, "row of a tile of AMX: 16 rows for each of tmm0 to tmm7")
#define ELFGEN_XSAVE_COMPONENT_FIELDS(X) \
    X(xl_type, 0, 4, 0, 4, NUMBER, TOOLS, "which part of the state, as its bit in xcr0") \
    X(xl_size, 4, 4, 4, 4, SIZE, TOOLS, "bytes of it") \
    X(xl_offset, 8, 4, 8, 4, OFFSET, TOOLS, "where it begins in the XSAVE area") \
    X(xl_flags, 12, 4, 12, 4, HEX, TOOLS, "unused, 0")
#define ELFGEN_TLS_SEGMENT_FIELDS(X) \
    X(tls_entry, 0, 4, 0, 4, NUMBER, TOOLS, "entry of the table of segments") \
    X(tls_base, 4, 4, 4, 4, ADDRESS, TOOLS, "first address of the segment") \
    X(tls_limit, 8, 4, 8, 4, HEX, TOOLS, "last offset in it, in units") \
    X(tls_flags, 12, 4, 12, 4, FLAGS, TOOLS, "kind of segment")
/* arch/arm64/include/uapi/asm/ptrace.h. */
#define ELFGEN_AARCH64_REGISTERS_FIELDS(X) \
    X(x0, 0, 0, 0, 8, HEX, TOOLS, "register x0") \
    X(x1, 0, 0, 8, 8, HEX, TOOLS, "register x1") \
    X(x2, 0, 0, 16, 8, HEX, TOOLS, "register x2") \
    X(x3, 0, 0, 24, 8, HEX, TOOLS, "register x3") \
    X(x4, 0, 0, 32, 8, HEX, TOOLS, "register x4") \
    X(x5, 0, 0, 40, 8, HEX, TOOLS, "register x5") \
    X(x6, 0, 0, 48, 8, HEX, TOOLS, "register x6") \
    X(x7, 0, 0, 56, 8, HEX, TOOLS, "register x7") \
    X(x8, 0, 0, 64, 8, HEX, TOOLS, "register x8") \
    X(x9, 0, 0, 72, 8, HEX, TOOLS, "register x9") \
    X(x10, 0, 0, 80, 8, HEX, TOOLS, "register x10") \
    X(x11, 0, 0, 88, 8, HEX, TOOLS, "register x11") \
    X(x12, 0, 0, 96, 8, HEX, TOOLS, "register x12") \
    X(x13, 0, 0, 104, 8, HEX, TOOLS, "register x13") \
    X(x14, 0, 0, 112, 8, HEX, TOOLS, "register x14") \
    X(x15, 0, 0, 120, 8, HEX, TOOLS, "register x15") \
    X(x16, 0, 0, 128, 8, HEX, TOOLS, "register x16") \
    X(x17, 0, 0, 136, 8, HEX, TOOLS, "register x17") \
    X(x18, 0, 0, 144, 8, HEX, TOOLS, "register x18") \
    X(x19, 0, 0, 152, 8, HEX, TOOLS, "register x19") \
    X(x20, 0, 0, 160, 8, HEX, TOOLS, "register x20") \
    X(x21, 0, 0, 168, 8, HEX, TOOLS, "register x21") \
    X(x22, 0, 0, 176, 8, HEX, TOOLS, "register x22") \
    X(x23, 0, 0, 184, 8, HEX, TOOLS, "register x23") \
    X(x24, 0, 0, 192, 8, HEX, TOOLS, "register x24") \
    X(x25, 0, 0, 200, 8, HEX, TOOLS, "register x25") \
    X(x26, 0, 0, 208, 8, HEX, TOOLS, "register x26") \
    X(x27, 0, 0, 216, 8, HEX, TOOLS, "register x27") \
    X(x28, 0, 0, 224, 8, HEX, TOOLS, "register x28") \
    X(x29, 0, 0, 232, 8, HEX, TOOLS, "register x29") \
    X(x30, 0, 0, 240, 8, HEX, TOOLS, "register x30") \
    X(sp, 0, 0, 248, 8, ADDRESS, TOOLS, "stack pointer") \
    X(pc, 0, 0, 256, 8, ADDRESS, TOOLS, "address of the next instruction") \
    X(pstate, 0, 0, 264, 8, HEX, TOOLS, "flags and state of the processor")
#define ELFGEN_AARCH64_VECTORS_FIELDS(X) \
    X(v0, 0, 0, 0, 16, BYTES, TOOLS, "register v0") \
    X(v1, 0, 0, 16, 16, BYTES, TOOLS, "register v1") \
    X(v2, 0, 0, 32, 16, BYTES, TOOLS, "register v2") \
    X(v3, 0, 0, 48, 16, BYTES, TOOLS, "register v3") \
    X(v4, 0, 0, 64, 16, BYTES, TOOLS, "register v4") \
    X(v5, 0, 0, 80, 16, BYTES, TOOLS, "register v5") \
    X(v6, 0, 0, 96, 16, BYTES, TOOLS, "register v6") \
    X(v7, 0, 0, 112, 16, BYTES, TOOLS, "register v7") \
    X(v8, 0, 0, 128, 16, BYTES, TOOLS, "register v8") \
    X(v9, 0, 0, 144, 16, BYTES, TOOLS, "register v9") \
    X(v10, 0, 0, 160, 16, BYTES, TOOLS, "register v10") \
    X(v11, 0, 0, 176, 16, BYTES, TOOLS, "register v11") \
    X(v12, 0, 0, 192, 16, BYTES, TOOLS, "register v12") \
    X(v13, 0, 0, 208, 16, BYTES, TOOLS, "register v13") \
    X(v14, 0, 0, 224, 16, BYTES, TOOLS, "register v14") \
    X(v15, 0, 0, 240, 16, BYTES, TOOLS, "register v15") \
    X(v16, 0, 0, 256, 16, BYTES, TOOLS, "register v16") \
    X(v17, 0, 0, 272, 16, BYTES, TOOLS, "register v17") \
    X(v18, 0, 0, 288, 16, BYTES, TOOLS, "register v18") \
    X(v19, 0, 0, 304, 16, BYTES, TOOLS, "register v19") \
    X(v20, 0, 0, 320, 16, BYTES, TOOLS, "register v20") \
    X(v21, 0, 0, 336, 16, BYTES, TOOLS, "register v21") \
    X(v22, 0, 0, 352, 16, BYTES, TOOLS, "register v22") \
    X(v23, 0, 0, 368, 16, BYTES, TOOLS, "register v23") \
    X(v24, 0, 0, 384, 16, BYTES, TOOLS, "register v24") \
    X(v25, 0, 0, 400, 16, BYTES, TOOLS, "register v25") \
    X(v26, 0, 0, 416, 16, BYTES, TOOLS, "register v26") \
    X(v27, 0, 0, 432, 16, BYTES, TOOLS, "register v27") \
    X(v28, 0, 0, 448, 16, BYTES, TOOLS, "register v28") \
    X(v29, 0, 0, 464, 16, BYTES, TOOLS, "register v29") \
    X(v30, 0, 0, 480, 16, BYTES, TOOLS, "register v30") \
    X(v31, 0, 0, 496, 16, BYTES, TOOLS, "register v31") \
    X(fpsr, 0, 0, 512, 4, HEX, TOOLS, "status of floating point") \
    X(fpcr, 0, 0, 516, 4, HEX, TOOLS, "control of floating point") \
    X(fp_unused, 0, 0, 520, 8, PADDING, NOBODY, "unused")
#define ELFGEN_AARCH64_TLS_FIELDS(X) \
    X(tpidr, 0, 0, 0, 8, ADDRESS, TOOLS, "the thread's own data")
#define ELFGEN_AARCH64_TLS2_FIELDS(X) \
    X(tpidr2, 0, 0, 0, 8, ADDRESS, TOOLS, "the same, for lazily saved state of SME")
#define ELFGEN_HARDWARE_DEBUG_FIELDS(X) \
    X(dbg_info, 0, 4, 0, 4, HEX, TOOLS, "number of registers in the low byte, version above") \
    X(dbg_unused, 4, 4, 4, 4, PADDING, NOBODY, "unused")
#define ELFGEN_HARDWARE_DEBUG_REGISTER_FIELDS(X) \
    X(dbg_addr, 0, 8, 0, 8, ADDRESS, TOOLS, "address to stop at") \
    X(dbg_ctrl, 8, 4, 8, 4, HEX, TOOLS, "when to stop") \
    X(dbg_pad, 12, 4, 12, 4, PADDING, NOBODY, "unused")
#define ELFGEN_SYSTEM_CALL_FIELDS(X) \
    X(system_call, 0, 4, 0, 4, SIGNED, TOOLS, "number of the system call, or -1")
#define ELFGEN_PAC_MASK_FIELDS(X) \
    X(data_mask, 0, 8, 0, 8, HEX, TOOLS, "bits of a pointer to data that authenticate it") \
    X(insn_mask, 8, 8, 8, 8, HEX, TOOLS, "the same for a pointer to code")
#define ELFGEN_TAGGED_ADDRESSES_FIELDS(X) \
    X(tagged_ctrl, 0, 8, 0, 8, HEX, TOOLS, "which tagged addresses the system accepts")
#define ELFGEN_SVE_HEADER_FIELDS(X) \
    X(sve_size, 0, 4, 0, 4, SIZE, TOOLS, "bytes of this state") \
    X(sve_max_size, 4, 4, 4, 4, SIZE, TOOLS, "its maximum size in bytes") \
    X(sve_vl, 8, 2, 8, 2, SIZE, TOOLS, "bytes of a vector") \
    X(sve_max_vl, 10, 2, 10, 2, SIZE, TOOLS, "maximum size of a vector in bytes") \
    X(sve_flags, 12, 2, 12, 2, FLAGS, TOOLS, "bit 0: registers of SVE follow, not those of floating point") \
    X(sve_pad, 14, 2, 14, 2, PADDING, NOBODY, "unused")
/* arch/arm/include/uapi/asm/ptrace.h. */
#define ELFGEN_ARM_REGISTERS_FIELDS(X) \
    X(r0, 0, 4, 0, 0, HEX, TOOLS, "register r0") \
    X(r1, 4, 4, 0, 0, HEX, TOOLS, "register r1") \
    X(r2, 8, 4, 0, 0, HEX, TOOLS, "register r2") \
    X(r3, 12, 4, 0, 0, HEX, TOOLS, "register r3") \
    X(r4, 16, 4, 0, 0, HEX, TOOLS, "register r4") \
    X(r5, 20, 4, 0, 0, HEX, TOOLS, "register r5") \
    X(r6, 24, 4, 0, 0, HEX, TOOLS, "register r6") \
    X(r7, 28, 4, 0, 0, HEX, TOOLS, "register r7") \
    X(r8, 32, 4, 0, 0, HEX, TOOLS, "register r8") \
    X(r9, 36, 4, 0, 0, HEX, TOOLS, "register r9") \
    X(r10, 40, 4, 0, 0, HEX, TOOLS, "register r10") \
    X(r11, 44, 4, 0, 0, HEX, TOOLS, "register r11") \
    X(r12, 48, 4, 0, 0, HEX, TOOLS, "register r12") \
    X(sp, 52, 4, 0, 0, ADDRESS, TOOLS, "stack pointer") \
    X(lr, 56, 4, 0, 0, ADDRESS, TOOLS, "where to return to") \
    X(pc, 60, 4, 0, 0, ADDRESS, TOOLS, "address of the next instruction") \
    X(cpsr, 64, 4, 0, 0, HEX, TOOLS, "flags and state of the processor") \
    X(orig_r0, 68, 4, 0, 0, HEX, TOOLS, "first argument of the system call")
/* arch/riscv/include/uapi/asm/ptrace.h. */
#define ELFGEN_RISCV_REGISTERS_FIELDS(X) \
    X(pc, 0, 4, 0, 8, ADDRESS, TOOLS, "address of the next instruction") \
    X(ra, 4, 4, 8, 8, ADDRESS, TOOLS, "where to return to") \
    X(sp, 8, 4, 16, 8, ADDRESS, TOOLS, "stack pointer") \
    X(gp, 12, 4, 24, 8, ADDRESS, TOOLS, "global pointer") \
    X(tp, 16, 4, 32, 8, ADDRESS, TOOLS, "the thread's own data") \
    X(t0, 20, 4, 40, 8, HEX, TOOLS, "register t0") \
    X(t1, 24, 4, 48, 8, HEX, TOOLS, "register t1") \
    X(t2, 28, 4, 56, 8, HEX, TOOLS, "register t2") \
    X(s0, 32, 4, 64, 8, HEX, TOOLS, "register s0") \
    X(s1, 36, 4, 72, 8, HEX, TOOLS, "register s1") \
    X(a0, 40, 4, 80, 8, HEX, TOOLS, "register a0") \
    X(a1, 44, 4, 88, 8, HEX, TOOLS, "register a1") \
    X(a2, 48, 4, 96, 8, HEX, TOOLS, "register a2") \
    X(a3, 52, 4, 104, 8, HEX, TOOLS, "register a3") \
    X(a4, 56, 4, 112, 8, HEX, TOOLS, "register a4") \
    X(a5, 60, 4, 120, 8, HEX, TOOLS, "register a5") \
    X(a6, 64, 4, 128, 8, HEX, TOOLS, "register a6") \
    X(a7, 68, 4, 136, 8, HEX, TOOLS, "register a7") \
    X(s2, 72, 4, 144, 8, HEX, TOOLS, "register s2") \
    X(s3, 76, 4, 152, 8, HEX, TOOLS, "register s3") \
    X(s4, 80, 4, 160, 8, HEX, TOOLS, "register s4") \
    X(s5, 84, 4, 168, 8, HEX, TOOLS, "register s5") \
    X(s6, 88, 4, 176, 8, HEX, TOOLS, "register s6") \
    X(s7, 92, 4, 184, 8, HEX, TOOLS, "register s7") \
    X(s8, 96, 4, 192, 8, HEX, TOOLS, "register s8") \
    X(s9, 100, 4, 200, 8, HEX, TOOLS, "register s9") \
    X(s10, 104, 4, 208, 8, HEX, TOOLS, "register s10") \
    X(s11, 108, 4, 216, 8, HEX, TOOLS, "register s11") \
    X(t3, 112, 4, 224, 8, HEX, TOOLS, "register t3") \
    X(t4, 116, 4, 232, 8, HEX, TOOLS, "register t4") \
    X(t5, 120, 4, 240, 8, HEX, TOOLS, "register t5") \
    X(t6, 124, 4, 248, 8, HEX, TOOLS, "register t6")

/* Every structure: X(name, rows, size32, size64, what it is). */
#define ELFGEN_CORE_RECORDS(X) \
    X(auxv, ELFGEN_AUXV_FIELDS, 8, 16, "entry of the auxiliary vector") \
    X(prstatus, ELFGEN_PRSTATUS_FIELDS, 72, 112, "state of a thread") \
    X(x86_registers, ELFGEN_X86_REGISTERS_FIELDS, 68, 216, "general registers") \
    X(fpvalid, ELFGEN_FPVALID_FIELDS, 4, 8, "end of a thread's state") \
    X(prpsinfo, ELFGEN_PRPSINFO_FIELDS, 124, 136, "the process") \
    X(prpsinfo_wide, ELFGEN_PRPSINFO_WIDE_FIELDS, 128, 0, "the process") \
    X(siginfo, ELFGEN_SIGINFO_FIELDS, 12, 16, "signal") \
    X(siginfo_fault, ELFGEN_SIGINFO_FAULT_FIELDS, 116, 112, "signal for a fault") \
    X(siginfo_sender, ELFGEN_SIGINFO_SENDER_FIELDS, 116, 112, "signal that was sent") \
    X(siginfo_call, ELFGEN_SIGINFO_CALL_FIELDS, 116, 112, "signal for a system call") \
    X(files, ELFGEN_FILES_FIELDS, 8, 16, "mapped files") \
    X(mapped_file, ELFGEN_MAPPED_FILE_FIELDS, 12, 24, "mapped file") \
    X(fpregs, ELFGEN_FPREGS_FIELDS, 108, 0, "registers of the x87") \
    X(fxregs, ELFGEN_FXREGS_FIELDS, 512, 512, "registers of x87 and SSE") \
    X(xsave_header, ELFGEN_XSAVE_HEADER_FIELDS, 64, 64, "header of the XSAVE area") \
    X(xsave_avx, ELFGEN_XSAVE_AVX_FIELDS, 256, 256, "state of AVX") \
    X(xsave_bounds, ELFGEN_XSAVE_BOUNDS_FIELDS, 64, 64, "bounds of MPX") \
    X(xsave_bndcsr, ELFGEN_XSAVE_BNDCSR_FIELDS, 64, 64, "control of MPX") \
    X(xsave_masks, ELFGEN_XSAVE_MASKS_FIELDS, 64, 64, "masks of AVX-512") \
    X(xsave_zmm_upper, ELFGEN_XSAVE_ZMM_UPPER_FIELDS, 512, 512, "upper halves of zmm0 to zmm15") \
    X(xsave_zmm_high, ELFGEN_XSAVE_ZMM_HIGH_FIELDS, 1024, 1024, "zmm16 to zmm31") \
    X(xsave_pkru, ELFGEN_XSAVE_PKRU_FIELDS, 8, 8, "protection keys") \
    X(xsave_tilecfg, ELFGEN_XSAVE_TILECFG_FIELDS, 64, 64, "configuration of AMX") \
    X(xsave_tiles, ELFGEN_XSAVE_TILES_FIELDS, 64, 64, "row of a tile of AMX") \
    X(xsave_component, ELFGEN_XSAVE_COMPONENT_FIELDS, 16, 16, "part of the XSAVE area") \
    X(tls_segment, ELFGEN_TLS_SEGMENT_FIELDS, 16, 16, "segment of thread-local data") \
    X(aarch64_registers, ELFGEN_AARCH64_REGISTERS_FIELDS, 0, 272, "general registers") \
    X(aarch64_vectors, ELFGEN_AARCH64_VECTORS_FIELDS, 0, 528, "registers of floating point") \
    X(aarch64_tls, ELFGEN_AARCH64_TLS_FIELDS, 0, 8, "thread-local data") \
    X(aarch64_tls2, ELFGEN_AARCH64_TLS2_FIELDS, 0, 8, "thread-local data of SME") \
    X(hardware_debug, ELFGEN_HARDWARE_DEBUG_FIELDS, 8, 8, "breakpoints of the processor") \
    X(hardware_debug_register, ELFGEN_HARDWARE_DEBUG_REGISTER_FIELDS, 16, 16, "breakpoint of the processor") \
    X(system_call, ELFGEN_SYSTEM_CALL_FIELDS, 4, 4, "system call of a thread") \
    X(pac_mask, ELFGEN_PAC_MASK_FIELDS, 16, 16, "masks of pointer authentication") \
    X(tagged_addresses, ELFGEN_TAGGED_ADDRESSES_FIELDS, 8, 8, "tagged addresses") \
    X(sve_header, ELFGEN_SVE_HEADER_FIELDS, 16, 16, "header of the state of SVE") \
    X(arm_registers, ELFGEN_ARM_REGISTERS_FIELDS, 72, 0, "general registers") \
    X(riscv_registers, ELFGEN_RISCV_REGISTERS_FIELDS, 128, 256, "general registers")
/* clang-format on */

#endif
