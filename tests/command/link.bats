#!/usr/bin/env bats
# tinyelf build with several inputs: links objects, sources and archives to one program.
load ../support/setup
load ../support/link_setup

# ---- objects and sources ---------------------------------------------------------------------------

@test "two objects that use each other are linked in either order" {
    assemble one <<'S'
    .globl _start, back
_start: call forth
back:   movl value(%rip), %edi
        movl $60, %eax
        syscall
S
    assemble two <<'S'
    .globl forth, value
forth:  addl $2, value(%rip)
        jmp back
    .data
value:  .long 40
S
    tinyelf build one.o two.o -o out
    exits 0
    ends_with 42 ./out
    tinyelf build two.o one.o -o out
    exits 0
    ends_with 42 ./out
}

@test "assembly, C, an object and an archive are linked in one call" {
    command -v gcc >/dev/null || skip "gcc is not installed"
    make_start
    cat >start.s <<'S'
    .globl _start
_start: call main
        movl %eax, %edi
        movl $60, %eax
        syscall
S
    echo 'int util(int); int inside(int); int main(void) { return util(3) + inside(4); }' >main.c
    compile util <<<'int util(int n) { return n * 10; }'
    compile inside <<<'int inside(int n) { return n * 3; }'
    ar rc libx.a inside.o
    tinyelf build start.s main.c util.o libx.a -o prog
    exits 0
    ends_with 42 ./prog
}

@test "NASM's and GNU's assembly are linked in one call" {
    printf 'extern answer\nglobal _start\nsection .text\n_start: call answer\nmov edi, eax\nmov eax, 60\nsyscall\n' >one.asm
    printf '\t.globl answer\nanswer:\tmovl $42, %%eax\n\tret\n' >two.s
    tinyelf build one.asm two.s -o out
    exits 0
    ends_with 42 ./out
}

@test "an object gives the same program alone and with an empty object" {
    tinyelf build "$SOURCE/asm/hello.s" -o alone
    nasm -f elf64 -o hello.o "$SOURCE/asm/hello.s"
    assemble nothing </dev/null
    tinyelf build hello.o nothing.o -o both
    exits 0
    cmp alone both
    [ "$(sha256 both)" = "$LECTURE" ]
}

@test "gcc's and clang's objects are linked to one program" {
    command -v clang >/dev/null || skip "clang is not installed"
    make_start
    compile main <<<'int other(const char *); int main(void) { return other("0123456789"); }'
    clang -c -O2 -ffreestanding -fno-stack-protector -x c -o other.o - \
        <<<'int other(const char *s) { int n = 0; while (*s) n += *s++ - 48; return n - 3; }'
    tinyelf build start.o main.o other.o -o out
    exits 0
    ends_with 42 ./out
}

@test "sections with one name from several objects keep their alignments" {
    make_start
    for n in 1 2 3; do
        printf '.data\n.byte %d\n.balign 64\n.globl a%d\na%d: .quad %d\n.bss\n.byte 0\n.balign 32\n.globl z%d\nz%d: .zero 5\n' \
            $n $n $n $n $n $n | assemble data$n
    done
    assemble main <<'S'
    .globl main
main:
    leaq a1(%rip), %rax
    leaq a2(%rip), %rcx
    orq %rcx, %rax
    leaq a3(%rip), %rcx
    orq %rcx, %rax
    andl $63, %eax
    leaq z1(%rip), %rcx
    leaq z2(%rip), %rdx
    orq %rdx, %rcx
    leaq z3(%rip), %rdx
    orq %rdx, %rcx
    andl $31, %ecx
    orl %ecx, %eax
    orb z3+4(%rip), %al
    addl a1(%rip), %eax
    addl a2(%rip), %eax
    addl a3(%rip), %eax
    ret
S
    tinyelf build start.o main.o data1.o data2.o data3.o -o out
    exits 0
    ends_with 6 ./out
}

@test "notes, comments and symbol tables of the inputs are omitted" {
    make_start
    compile main -g -fcf-protection -fasynchronous-unwind-tables <<<'int main(void) { return 42; }'
    tinyelf build start.o main.o -o out
    exits 0
    times 0 GCC: out
    times 0 GNU out
    times 0 main out
    ends_with 42 ./out
}

@test "an object of 100,000 sections links" {
    make_start
    perl -e 'print ".globl main\nmain: movl \$42, %eax\n ret\n";
        printf ".section .text.f%d,\"ax\"\n.globl f%d\nf%d: ret\n", $_, $_, $_ for 1 .. 100000' | assemble many
    run --separate-stderr timeout 60 "$TINYELF" build start.o many.o -o out
    exits 0
    ends_with 42 ./out
    # None of them is used.
    [ "$(stat -c %s out)" -lt 400 ]
    run --separate-stderr timeout 60 "$TINYELF" build --no-gc-sections start.o many.o -o all
    exits 0
    ends_with 42 ./all
    [ "$(stat -c %s all)" -gt 100000 ]
}

# ---- archives --------------------------------------------------------------------------------------

@test "only the needed members of an archive are linked" {
    make_start
    assemble main <<<'.globl main; main: call needed; ret'
    assemble needed <<<'.globl needed; needed: jmp further; .ascii "NEEDED MEMBER"'
    assemble further <<<'.globl further; further: movl $42, %eax; ret; .ascii "FURTHER MEMBER"'
    # If it were linked, a symbol would be missing.
    assemble other <<<'.globl other; other: call nowhere; .ascii "OTHER MEMBER"'
    ar rc libx.a other.o further.o needed.o
    tinyelf build --no-gc-sections start.o main.o libx.a -o out
    exits 0
    ends_with 42 ./out
    times 1 "NEEDED MEMBER" out
    times 1 "FURTHER MEMBER" out
    times 0 "OTHER MEMBER" out
}

@test "archives that need one another are linked in any order" {
    make_start
    assemble main <<<'.globl main; main: call a1; ret'
    assemble a1 <<<'.globl a1; a1: jmp b1'
    assemble b1 <<<'.globl b1; b1: jmp a2'
    assemble a2 <<<'.globl a2; a2: jmp b2'
    assemble b2 <<<'.globl b2; b2: movl $42, %eax; ret'
    ar rc liba.a a1.o a2.o
    ar rc libb.a b1.o b2.o
    for inputs in "start.o main.o liba.a libb.a" "start.o main.o libb.a liba.a" "liba.a libb.a main.o start.o" \
        "libb.a start.o liba.a main.o"; do
        # shellcheck disable=SC2086
        tinyelf build $inputs -o out
        exits 0
        ends_with 42 ./out
    done
}

@test "a weak undefined symbol does not load a member, a strong one does" {
    make_start
    assemble weak <<<'.globl main; .weak maybe; main: movl $maybe, %eax; testl %eax, %eax; jz 1f; movl $1, %eax; ret; 1: movl $42, %eax; ret'
    assemble strong <<<'.globl use; use: call maybe'
    assemble maybe <<<'.globl maybe; maybe: ret; .ascii "MAYBE"'
    ar rc libx.a maybe.o
    tinyelf build --no-gc-sections start.o weak.o libx.a -o out
    exits 0
    ends_with 42 ./out
    times 0 MAYBE out
    tinyelf build --no-gc-sections start.o weak.o strong.o libx.a -o out
    exits 0
    ends_with 1 ./out
    times 1 MAYBE out
}

@test "a weak definition is enough, so no member is loaded" {
    make_start
    assemble main <<<'.globl main; .weak f; main: call f; ret; f: movl $42, %eax; ret'
    assemble f <<<'.globl f; f: movl $1, %eax; ret'
    ar rc libx.a f.o
    tinyelf build start.o main.o libx.a -o out
    exits 0
    ends_with 42 ./out
}

@test "of two archives that define a symbol, the first is used" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f1 <<<'.globl f; f: movl $42, %eax; ret'
    assemble f2 <<<'.globl f; f: movl $1, %eax; ret'
    ar rc lib1.a f1.o
    ar rc lib2.a f2.o
    tinyelf build start.o main.o lib1.a lib2.a -o out
    exits 0
    ends_with 42 ./out
}

@test "an archive may hold the entry" {
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret'
    ar rc libx.a start.o main.o
    tinyelf build main.o libx.a -o out
    exits 0
    ends_with 42 ./out
}

@test "an empty archive changes nothing" {
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret'
    ar rc empty.a
    [ "$(stat -c %s empty.a)" -eq 8 ]
    tinyelf build start.o main.o empty.a -o with
    exits 0
    tinyelf build start.o main.o -o without
    exits 0
    cmp with without
}

@test "an archive without an index is linked like one with an index" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f <<<'.globl f; f: call g; ret'
    assemble g <<<'.globl g; g: movl $42, %eax; ret'
    assemble h <<<'.globl h; h: call nowhere'
    ar rcS bare.a h.o g.o f.o
    ar rc indexed.a h.o g.o f.o
    [ "$(stat -c %s bare.a)" -lt "$(stat -c %s indexed.a)" ]
    tinyelf build start.o main.o bare.a -o bare
    exits 0
    ends_with 42 ./bare
    tinyelf build start.o main.o indexed.a -o indexed
    exits 0
    cmp bare indexed
}

@test "members with long names and two members with one name are linked" {
    make_start
    assemble main <<<'.globl main; main: call f; movl %eax, %ebx; call g; addl %ebx, %eax; ret'
    long=a_member_whose_name_is_much_longer_than_sixteen_letters
    assemble $long <<<'.globl f; f: movl $40, %eax; ret'
    mkdir folder
    assemble folder/$long <<<'.globl g; g: movl $2, %eax; ret'
    ar rc libx.a $long.o
    ar q libx.a folder/$long.o
    [ "$(ar t libx.a | wc -l)" -eq 2 ]
    tinyelf build start.o main.o libx.a -o out
    exits 0
    ends_with 42 ./out
}

@test "a thin archive is linked, or refused by name" {
    make_start
    assemble main <<<'.globl main; main: call f; ret'
    assemble f <<<'.globl f; f: movl $42, %eax; ret'
    ar rcT thin.a f.o 2>/dev/null || skip "this ar makes no thin archives"
    [ "$(head -c 7 thin.a)" = '!<thin>' ]
    tinyelf build start.o main.o thin.a -o out
    if [ "$status" -eq 0 ]; then
        ends_with 42 ./out
        rm out f.o
        tinyelf build start.o main.o thin.a -o out
        refuses "f.o"
    else
        refuses "thin.a"
        says "a thin archive: its members are files of their own; name those, or make it without T"
        tinyelf build start.o main.o f.o -o out
        ends_with 42 ./out
    fi
}

@test "a member that is not an object is ignored, or refused by name" {
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret'
    echo "a text" >readme.txt
    ar rc libx.a main.o readme.txt
    tinyelf build start.o libx.a -o out
    [ "$status" -eq 0 ] || refuses "libx.a(readme.txt)"
}

# ---- groups, unused sections, merged constants ------------------------------------------------------

@test "the first of equal COMDAT groups is kept, in any order of files" {
    make_start
    for n in 1 2 3; do
        printf '.section .text.inline,"axG",@progbits,inline,comdat\n.weak inline\ninline: movl $42, %%eax\n ret\n.ascii "GROUP"\n.text\n.globl call%d\ncall%d: jmp inline\n' $n $n | assemble object$n
    done
    assemble main <<<'.globl main; main: call call1; call call2; call call3; ret'
    tinyelf build start.o main.o object1.o object2.o object3.o -o out
    exits 0
    ends_with 42 ./out
    times 1 GROUP out
    tinyelf build --no-gc-sections object3.o start.o object2.o main.o object1.o -o out
    exits 0
    ends_with 42 ./out
    times 1 GROUP out
}

@test "a dropped group's other sections and local symbols are dropped with it" {
    make_start
    for n in 1 2; do
        printf '.section .text.inline,"axG",@progbits,inline,comdat\n.weak inline\ninline: movl local(%%rip), %%eax\n ret\n.section .rodata.inline,"aG",@progbits,inline,comdat\nlocal: .long 42\n.ascii "GROUP DATA"\n.text\n.globl call%d\ncall%d: jmp inline\n' $n $n | assemble object$n
    done
    assemble main <<<'.globl main; main: call call1; call call2; ret'
    tinyelf build start.o main.o object1.o object2.o -o out
    exits 0
    ends_with 42 ./out
    times 1 "GROUP DATA" out
}

@test "inline functions of C++ are linked once" {
    command -v g++ >/dev/null || skip "g++ is not installed"
    make_start
    cat >inline.h <<'C'
template <typename T> struct box { T v; __attribute__((noinline)) T twice() { static const char mark[] = "INLINE MARK"; return v * 2 + (mark[v & 3] == 'Z'); } };
C
    for n in one two; do
        printf '#include "inline.h"\nextern "C" int %s(int n) { box<int> b = {n}; return b.twice(); }\n' $n >$n.cc
        g++ -c -O1 -ffreestanding -fno-exceptions -fno-rtti -fno-pic -fno-stack-protector -fno-asynchronous-unwind-tables $n.cc -o $n.o
    done
    assemble main <<<'.globl main; main: movl $10, %edi; call one; movl %eax, %ebx; movl $11, %edi; call two; addl %ebx, %eax; ret'
    readelf -gW one.o | grep -q COMDAT
    tinyelf build start.o main.o one.o two.o -o out
    exits 0
    ends_with 42 ./out
    ld -N -s --gc-sections -o theirs start.o main.o one.o two.o
    [ "$(grep -aoF "INLINE MARK" theirs | wc -l)" -eq "$(grep -aoF "INLINE MARK" out | wc -l)" ]
}

@test "i386: __x86.get_pc_thunk of position-independent code is linked once" {
    make_start32
    for n in 1 2 3; do
        echo "int v$n = $n; int f$n(void) { return v$n * 7; }" | compile f$n -m32 -fpic
    done
    readelf -gW f1.o | grep -q COMDAT
    compile main -m32 -fpic <<<'int f1(void), f2(void), f3(void); int main(void) { return f1() + f2() + f3(); }'
    tinyelf build start32.o main.o f1.o f2.o f3.o -o out
    exits 0
    # mov (%esp),%eax; ret
    [ "$(od -An -v -tx1 out | tr -d ' \n' | grep -o '8b0424c3' | wc -l)" -le 1 ]
    needs_i386_to_run
    ends_with 42 $runner ./out
}

@test "unreferenced sections are omitted; --no-gc-sections keeps them" {
    make_start
    compile main -ffunction-sections -fdata-sections <<'C'
int used_value = 42;
int unused_value[4] = {0x554e5553, 0x45445f44, 0x41544121, 1};
__attribute__((used, section(".rodata.unused_text"))) static const char unused_text[] = "UNUSED TEXT";
__attribute__((weak)) const char used_text[] = "USED TEXT";
int unused(void) { return unused_value[1]; }
int ring_b(void); int ring_a(void) { return ring_b() + 1; }
int ring_b(void) { return ring_a() + unused_value[2]; }
int main(void) { return used_value + (used_text[3] != 'D'); }
C
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
    times 1 "USED TEXT" out
    times 0 "UNUSED TEXT" out
    times 0 'SUNUD_DE!ATA' out
    tinyelf build --no-gc-sections start.o main.o -o all
    exits 0
    ends_with 42 ./all
    times 2 "USED TEXT" all
    times 1 "UNUSED TEXT" all
    times 1 'SUNUD_DE!ATA' all
    [ "$(stat -c %s out)" -lt "$(stat -c %s all)" ]
}

@test "unused data of -fdata-sections are omitted as by ld" {
    make_start
    for level in O0 O2; do
        compile main -$level -ffunction-sections -fdata-sections <"$BATS_TEST_DIRNAME/../oracle/ld/programs/unused.c" \
            -I"$BATS_TEST_DIRNAME/../oracle/ld/programs"
        tinyelf build main.o -o out
        exits 0
        ends_with 42 ./out
        times 0 "a text that no one reads" out
        [ "$(stat -c %s out)" -lt 4000 ]
    done
}

@test "__start_ and __stop_ are a section's ends, and keep the section" {
    make_start
    for n in 1 2 3; do
        printf '.section numbers,"aw"\n.long %d\n' $((n * 7)) | assemble n$n
    done
    assemble main <<'S'
    .globl main
main:
    leaq __start_numbers(%rip), %rcx
    xorl %eax, %eax
1:  cmpq $__stop_numbers, %rcx
    je 2f
    addl (%rcx), %eax
    addq $4, %rcx
    jmp 1b
2:  ret
S
    tinyelf build start.o main.o n1.o n2.o n3.o -o out
    exits 0
    ends_with 42 ./out
}

@test "a section with the retain flag is kept without a reference" {
    make_start
    assemble main <<<'.globl main; main: movl $42, %eax; ret; .section .rodata.kept,"aR"; .ascii "RETAINED"; .section .rodata.lost,"a"; .ascii "LOST"' ||
        skip "this assembler does not know the flag R"
    tinyelf build start.o main.o -o out
    exits 0
    times 1 RETAINED out
    times 0 LOST out
}

@test "a string of three objects is in the file once, and a longer string shares it as its end" {
    make_start
    for n in 1 2 3; do
        printf '.section .rodata.str1.1,"aMS",@progbits,1\n.Ls: .string "shared string"\n.text\n.globl s%d\ns%d: movq $.Ls, %%rax\n ret\n' $n $n | assemble s$n
    done
    printf '.section .rodata.str1.1,"aMS",@progbits,1\n.Ls: .string "a longer shared string"\n.text\n.globl s4\ns4: leaq .Ls+9(%%rip), %%rax\n ret\n' | assemble s4
    assemble main <<'S'
    .globl main
main:
    call s1
    movq %rax, %rbx
    call s2
    subq %rax, %rbx
    jne bad
    call s3
    movq %rax, %rbx
    call s4
    subq %rax, %rbx
    jne bad
    cmpb $'s', (%rax)
    jne bad
    cmpb $0, 13(%rax)
    jne bad
    movl $42, %eax
    ret
bad:
    movl $1, %eax
    ret
S
    ld -o theirs -O2 start.o main.o s1.o s2.o s3.o s4.o
    ends_with 42 ./theirs
    tinyelf build start.o main.o s1.o s2.o s3.o s4.o -o out
    exits 0
    ends_with 42 ./out
    times 1 "shared string" out
    times 1 "a longer shared string" out
}

@test "C strings with equal ends are stored once" {
    make_start
    compile one <<<'const char *one(void) { return "abc"; } const char *two(void) { return "xabc"; }'
    compile two <<<'const char *three(void) { return "abc"; } const char *four(void) { return "wxabc"; }'
    compile main <<<'const char *one(void), *two(void), *three(void), *four(void); int main(void) { return one()[0] + two()[0] + three()[2] + four()[0] - 393; }'
    tinyelf build start.o main.o one.o two.o -o out
    exits 0
    times 1 abc out
    ends_with 42 ./out
}

@test "wide and narrow strings are not merged" {
    make_start
    compile one <<<'#include <stddef.h>
const wchar_t *wide(void) { return L"wide text"; } const wchar_t *tail(void) { return L"text"; } const char *narrow(void) { return "t"; }'
    compile main <<<'#include <stddef.h>
const wchar_t *wide(void), *tail(void); const char *narrow(void);
int main(void) { return (wide()[5] == L"text"[0]) + 2 * (tail()[3] == 116) + 4 * (tail()[4] == 0) + 8 * (narrow()[0] == 116 && narrow()[1] == 0) + 27; }'
    tinyelf build start.o main.o one.o -o out
    exits 0
    ends_with 42 ./out
}

@test "equal constants of 4, 8 and 16 bytes are stored once" {
    make_start
    for n in 1 2; do
        compile c$n <<<"double f$n(double x) { return x * 3.141592653589793 + 1.5; } float g$n(float x) { return x * 2.7182817f; }"
    done
    assemble main <<<'.globl main; main: movl $42, %eax; cvtsi2sd %eax, %xmm0; call f1; call g1; call f2; call g2; movl $42, %eax; ret'
    tinyelf build start.o main.o c1.o c2.o -o out
    exits 0
    ends_with 42 ./out
    [ "$(od -An -v -tx1 out | tr -d ' \n' | grep -o '182d4454fb210940' | wc -l)" -eq 1 ]
    [ "$(od -An -v -tx1 out | tr -d ' \n' | grep -o '54f82d40' | wc -l)" -eq 1 ]
}

# ---- libraries and objects of other compilers ---------------------------------------------------------------

@test "x86-64: 128-bit division finds libgcc by itself" {
    [ -f "$(gcc -print-libgcc-file-name 2>/dev/null)" ] || skip "gcc has no libgcc here"
    make_start
    compile main <<<'unsigned __int128 n = (unsigned __int128)42 << 100, d = (unsigned __int128)1 << 100; int main(void) { return (int)(n / d); }'
    readelf -sW main.o | grep -q __udivti3
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "i386: 64-bit division finds libgcc by itself" {
    library=$(gcc -m32 -print-libgcc-file-name 2>/dev/null)
    objdump -f "$library" 2>/dev/null | grep -q elf32-i386 || skip "gcc has no libgcc for i386 (package gcc-multilib)"
    make_start32
    compile main -m32 <<<'long long n = 42ll << 40, d = 1ll << 40; int main(void) { return (int)(n / d + n % d); }'
    readelf -sW main.o | grep -q __divdi3
    tinyelf build start32.o main.o -o out
    exits 0
    needs_i386_to_run
    ends_with 42 $runner ./out
}

@test "an object of rustc is linked" {
    local rustc
    rustc=$(command -v rustc || ls ~/.cargo/bin/rustc 2>/dev/null) || skip "rustc is not installed"
    cat >r.rs <<'R'
#![no_std]
#![no_main]
use core::panic::PanicInfo;
#[panic_handler]
fn panic(_: &PanicInfo) -> ! { loop {} }
static TABLE: [u32; 4] = [1, 2, 3, 36];
#[no_mangle]
pub extern "C" fn main(n: usize) -> u32 {
    let mut sum = 0;
    for v in TABLE.iter() { sum += v; }
    sum + "text".len() as u32 - 4 + (n >> 63) as u32
}
R
    HOME=${HOME:-/root} "$rustc" --emit obj -C panic=abort -O --crate-type lib -o r.o r.rs 2>rust.errors || skip "rustc makes no object here: $(head -n 1 rust.errors)"
    make_start
    tinyelf build start.o r.o -o out
    exits 0
    ends_with 42 ./out
}

@test "objects of zig and go are linked, or refused with a message" {
    command -v zig >/dev/null || command -v go >/dev/null || skip "neither zig nor go is installed"
    make_start
    if command -v zig >/dev/null; then
        echo 'export fn main() c_int { return 42; }' >z.zig
        if zig build-obj -O ReleaseSmall z.zig 2>/dev/null; then
            tinyelf build start.o z.o -o out
            [ "$status" -eq 0 ] && ends_with 42 ./out || refuses "z.o"
        fi
    fi
    if command -v go >/dev/null; then
        printf 'package p\nfunc F() int { return 42 }\n' >p.go
        if go tool compile -o p.o p.go 2>/dev/null; then
            rm -f out
            tinyelf build start.o p.o -o out
            refuses "p.o"
        fi
    fi
}

@test "a COMMON symbol is replaced by an archive member's definition, not by another COMMON" {
    make_start
    compile main -fcommon <<<'int value; int main(void) { return value; }'
    compile value <<<'int value = 42;'
    compile other -fcommon <<<'int value; int unused[100] = {1};'
    ar rc libvalue.a value.o
    ar rc libother.a other.o
    tinyelf build start.o main.o libvalue.a -o out
    exits 0
    ends_with 42 ./out
    ld -o theirs start.o main.o libvalue.a
    ends_with 42 ./theirs
    tinyelf build --no-gc-sections start.o main.o libother.a -o out
    exits 0
    ends_with 0 ./out
    [ "$(stat -c %s out)" -lt 400 ]
}

@test "a table in a section of constants stays in one piece, as by ld" {
    cat >main.s <<'S'
    .globl _start
_start: movl tab+16(%rip), %edi
    movl $231, %eax
    syscall
    .section .rodata.cst16,"aM",@progbits,16
    .balign 16
tab: .quad 7, 7
    .quad 42, 42
S
    as -o main.o main.s
    tinyelf build main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "__start_ and __stop_ also surround sections that could be merged" {
    cat >main.s <<'S'
    .globl _start
_start: movl $__stop_list, %edi
    subl $__start_list, %edi
    movl $231, %eax
    syscall
    .section list,"aM",@progbits,8
    .quad 1, 1, 2
S
    as -o main.o main.s
    as -o more.o <<<'.section list,"a"; .quad 4; .long 3'
    tinyelf build main.o more.o -o out
    exits 0
    ends_with 36 ./out
}

@test "a relocation without an effect keeps its symbol's section, and requires the symbol" {
    as -o main.o <<<'.globl _start; _start: .reloc ., R_X86_64_NONE, kept; movl $231, %eax; xorl %edi, %edi; syscall; .section .rodata.kept,"a"; kept: .ascii "kept by name"'
    tinyelf build main.o -o out
    exits 0
    ends_with 0 ./out
    grep -q "kept by name" out
    as -o main.o <<<'.globl _start; _start: .reloc ., R_X86_64_NONE, nowhere; ret'
    rm out
    tinyelf build main.o -o out
    refuses "undefined symbol 'nowhere'"
}

@test "constructors with a priority are refused by name" {
    as -o main.o <<<'.globl _start; _start: ret; .section .ctors.65335,"aw"; .quad _start'
    tinyelf build main.o -o out
    refuses "main.o:(.ctors.65335): error: constructors"
}

@test "x86-64: large COMMON of the medium model is COMMON" {
    make_start
    compile main -mcmodel=medium -fcommon <<<'char big[1 << 20]; int main(void) { big[99999] = 42; return big[99999]; }'
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "a message is complete, however long a file's name is" {
    long=$(printf 'd%.0s' {1..240})
    as -o "$long.o" <<<'.globl _start; _start: .byte _start + 5'
    tinyelf build "$long.o" -o out
    refuses "$long.o:(.text+0x0): error: R_X86_64_8 against '_start'"
    says "does not fit"
}
