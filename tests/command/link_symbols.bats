#!/usr/bin/env bats
# tinyelf build with several inputs: symbol resolution, and errors of undefined and duplicate symbols.
load ../support/setup
load ../support/link_setup

# ---- undefined and duplicate symbols ------------------------------------------------------------------

@test "every undefined symbol is listed with the file and the place that refer to it" {
    assemble one <<'S'
    .globl _start
_start: call first
        call helper
        movl second(%rip), %eax
        leaq table(%rip), %rcx
    .data
table:  .quad third
S
    assemble two <<'S'
    .globl helper
helper: nop
        jmp first
S
    tinyelf build one.o two.o -o out
    refuses "undefined symbol"
    places one.o '(.text+0x1)' "undefined symbol 'first'"
    places one.o '(.text+0xc)' "undefined symbol 'second'"
    places one.o '(.data+0x0)' "undefined symbol 'third'"
    places two.o '(.text+0x2)' "undefined symbol 'first'"
    [[ $stderr != *helper* ]]
}

@test "an undefined symbol of an archive's member is listed with archive and member" {
    make_start
    assemble main <<<'.globl main; main: call inside; ret'
    assemble inside <<<'.globl inside; inside: nop; nop; call nowhere; ret'
    assemble other <<<'.globl other; other: call elsewhere; ret'
    ar rc libx.a other.o inside.o
    tinyelf build start.o main.o libx.a -o out
    refuses "undefined symbol 'nowhere'"
    places 'libx.a(inside.o)' '(.text+0x3)' "undefined symbol 'nowhere'"
    [[ $stderr != *elsewhere* ]]
}

@test "an undefined symbol is listed with the name of the section that refers to it" {
    make_start
    compile main -ffunction-sections <<<'int away(void); int part(void); int main(void) { return part(); } int part(void) { return away(); }'
    tinyelf build start.o main.o -o out
    refuses "undefined symbol 'away'"
    says "main.o:(.text.main+0x"
    says ": undefined symbol 'away'"
}

@test "i386: undefined symbols are listed with their places" {
    assemble one --32 <<<'.globl _start; _start: call first; movl second, %eax'
    tinyelf build one.o -o out
    refuses "undefined symbol"
    places one.o '(.text+0x1)' "undefined symbol 'first'"
    places one.o '(.text+0x6)' "undefined symbol 'second'"
}

@test "an undefined symbol that only omitted code refers to is no error" {
    make_start
    compile main -ffunction-sections <<<'int away(void); int unused(void) { return away(); } int main(void) { return 42; }'
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
    rm out
    tinyelf build --no-gc-sections start.o main.o -o out
    refuses "undefined symbol 'away'"
}

@test "an undefined symbol without a reference is no error" {
    make_start
    assemble main <<<'.globl main, ghost; main: movl $42, %eax; ret'
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "every symbol that is defined twice is listed, with both files" {
    make_start
    assemble one <<<'.globl main, twice; main: call twice; ret; twice: ret; .data; .globl value; value: .long 1; .globl single; single: .long 2'
    assemble two <<<'.globl twice, value; twice: ret; value: ret'
    tinyelf build start.o one.o two.o -o out
    refuses "twice"
    says value
    says one.o
    says two.o
    [[ $stderr != *single* ]]
    [ "$(grep -c "'twice'" <<<"$stderr")" -ge 1 ]
    [ "$(grep -c "'value'" <<<"$stderr")" -ge 1 ]
}

@test "the same file twice is an error for all symbols that it defines" {
    make_start
    assemble main <<<'.globl main, other; main: movl $42, %eax; ret; other: ret'
    tinyelf build start.o main.o main.o -o out
    refuses "'main'"
    says "'other'"
}

@test "a duplicate definition in a loaded member is an error, in another member it is not" {
    make_start
    assemble main <<<'.globl main, f; main: call g; ret; f: movl $42, %eax; ret'
    assemble g <<<'.globl g, f; g: movl $42, %eax; ret; f: ret'
    assemble f <<<'.globl f; f: ret'
    ar rc libx.a f.o
    ar rc liby.a g.o
    assemble alone <<<'.globl g; g: jmp f'
    tinyelf build start.o main.o alone.o libx.a -o out
    exits 0
    ends_with 42 ./out
    rm out
    tinyelf build start.o main.o liby.a -o out
    refuses "'f'"
    says "liby.a(g.o)"
}

@test "a program without _start is an error" {
    assemble main <<<'.globl main; main: ret'
    assemble other <<<'.globl other; other: ret'
    tinyelf build main.o other.o -o out
    refuses "'_start' is not defined"
    says main
}

@test "-e names a symbol of any input as the entry point" {
    make_start
    assemble main <<<'.globl main; main: ret'
    assemble other <<<'.globl begin; nop; begin: movl $42, %edi; movl $60, %eax; syscall'
    tinyelf build -e begin start.o main.o other.o -o out
    exits 0
    ends_with 42 ./out
}

# ---- choosing a definition ----------------------------------------------------------------

@test "x86-64: a weak undefined symbol is 0, however it is referred to" {
    make_start
    assemble main <<'S'
    .globl main
    .weak ghost
main:
    movq $ghost, %rax
    movl $ghost, %ecx
    orq %rcx, %rax
    movabsq $ghost, %rcx
    orq %rcx, %rax
    orq pointer(%rip), %rax
    movq ghost@GOTPCREL(%rip), %rcx
    orq %rcx, %rax
    testq %rax, %rax
    jne 1f
    movl $42, %eax
    ret
    call ghost
1:  movl $1, %eax
    ret
    .data
pointer: .quad ghost
S
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
}

@test "i386: a weak undefined symbol is 0, however it is referred to" {
    make_start32
    assemble main --32 <<'S'
    .globl main
    .weak ghost
main:
    movl $ghost, %eax
    orl pointer, %eax
    testl %eax, %eax
    jne 1f
    movl $42, %eax
    ret
    call ghost
1:  movl $1, %eax
    ret
    .data
pointer: .long ghost
S
    tinyelf build start32.o main.o -o out
    exits 0
    needs_i386_to_run
    ends_with 42 $runner ./out
}

@test "a global definition overrides a weak one, in any order" {
    make_start
    assemble weak <<<'.globl main; .weak f; main: call f; ret; f: movl $1, %eax; ret'
    assemble global <<<'.globl f; f: movl $42, %eax; ret'
    tinyelf build start.o weak.o global.o -o out
    exits 0
    ends_with 42 ./out
    tinyelf build global.o weak.o start.o -o out
    exits 0
    ends_with 42 ./out
}

@test "of two weak definitions, the first is used" {
    make_start
    assemble one <<<'.globl main; .weak f; main: call f; ret; f: movl $42, %eax; ret'
    assemble two <<<'.weak f; f: movl $1, %eax; ret'
    tinyelf build start.o one.o two.o -o out
    exits 0
    ends_with 42 ./out
    tinyelf build start.o two.o one.o -o out
    exits 0
    ends_with 1 ./out
}

@test "a weak reference uses a strong definition" {
    make_start
    assemble main <<<'.globl main; .weak f; main: movq $f, %rax; testq %rax, %rax; jz 1f; call f; 1: ret'
    assemble f <<<'.globl f; f: movl $42, %eax; ret'
    tinyelf build start.o main.o f.o -o out
    exits 0
    ends_with 42 ./out
}

@test "local symbols with one name are independent" {
    make_start
    for n in 1 2 3; do
        printf '.globl f%d\nf%d: movl same(%%rip), %%eax\n jmp local\nlocal: ret\n.data\nsame: .long %d\n' $n $n $((n * 7)) | assemble f$n
    done
    assemble main <<<'.globl main; main: call f1; movl %eax, %ebx; call f2; addl %eax, %ebx; call local; addl %ebx, %eax; ret; local: jmp f3; same: .quad 0'
    tinyelf build start.o main.o f1.o f2.o f3.o -o out
    exits 0
    ends_with 42 ./out
}

@test "a local symbol does not define an undefined symbol of another file" {
    assemble one <<<'.globl _start; _start: call hidden_here'
    assemble two <<<'hidden_here: ret'
    tinyelf build one.o two.o -o out
    refuses "undefined symbol 'hidden_here'"
}

@test "hidden, protected and internal symbols are visible to other inputs" {
    make_start
    assemble main <<<'.globl main; main: call h; addl p(%rip), %eax; addl i(%rip), %eax; ret'
    assemble other <<<'.globl h, p, i; .hidden h; .protected p; .internal i; h: movl $20, %eax; ret; .data; p: .long 2; i: .long 20'
    tinyelf build start.o main.o other.o -o out
    exits 0
    ends_with 42 ./out
}

@test "absolute symbols are visible to other objects" {
    make_start
    assemble main <<<'.globl main; main: movl $forty, %eax; addl $two, %eax; ret; .quad forty'
    assemble values <<<'.globl forty, two; .set forty, 40; .set two, 2'
    tinyelf build start.o main.o values.o -o out
    exits 0
    ends_with 42 ./out
}

@test "an alias has the address of its symbol" {
    make_start
    assemble main <<<'.globl main; main: call other_name; ret'
    assemble alias <<<'.globl name, other_name; name: movl $42, %eax; ret; .set other_name, name'
    tinyelf build start.o main.o alias.o -o out
    exits 0
    ends_with 42 ./out
}

# ---- COMMON --------------------------------------------------------------------------------------

@test "COMMON symbols with one name are one, with the largest size and alignment" {
    make_start
    assemble small <<<'.comm shared, 4, 4'
    assemble large <<<'.comm shared, 1000, 8'
    assemble aligned <<<'.comm shared, 16, 256'
    assemble main <<'S'
    .globl main
    .comm before, 3, 1
    .comm after, 1, 1
main:
    movl $shared, %eax
    andl $255, %eax
    jne bad
    movb $1, before
    movb $1, before+2
    movb $1, after
    movl $shared, %edi
    movl $1000, %ecx
1:  cmpb $0, (%rdi)
    jne bad
    movb $7, (%rdi)
    incq %rdi
    decl %ecx
    jnz 1b
    cmpb $1, after
    jne bad
    cmpb $1, before+2
    jne bad
    movl $42, %eax
    ret
bad:
    movl $1, %eax
    ret
S
    for inputs in "small.o large.o aligned.o" "aligned.o large.o small.o" "large.o aligned.o small.o"; do
        # shellcheck disable=SC2086
        tinyelf build start.o main.o $inputs -o out
        exits 0
        ends_with 42 ./out
        [ "$(stat -c %s out)" -lt 600 ]
    done
}

@test "a definition replaces a COMMON symbol, in any order" {
    make_start
    assemble main <<<'.globl main; .comm value, 4, 4; main: movl value(%rip), %eax; ret'
    assemble value <<<'.globl value; .data; value: .long 42'
    tinyelf build start.o main.o value.o -o out
    exits 0
    ends_with 42 ./out
    tinyelf build value.o main.o start.o -o out
    exits 0
    ends_with 42 ./out
}

@test "COMMON and a weak definition are resolved as by ld" {
    make_start
    assemble main <<<'.globl main; main: movl value(%rip), %eax; ret'
    assemble common <<<'.comm value, 4, 4'
    assemble weak <<<'.weak value; .data; value: .long 42'
    for inputs in "common.o weak.o" "weak.o common.o"; do
        # shellcheck disable=SC2086
        ld -o theirs start.o main.o $inputs
        expected=0
        ./theirs || expected=$?
        # shellcheck disable=SC2086
        tinyelf build start.o main.o $inputs -o out
        exits 0
        ends_with "$expected" ./out
    done
}

@test "a COMMON symbol is zeros that take no bytes in the file" {
    make_start
    compile main -fcommon <<<'char large[100000]; int n; int main(void) { for (int i = 0; i < 100000; i++) n += large[i]; large[n] = 42; return large[0]; }'
    tinyelf build start.o main.o -o out
    exits 0
    ends_with 42 ./out
    [ "$(stat -c %s out)" -lt 500 ]
}

# ---- refused by name ---------------------------------------------------------------------------------

@test "constructors are refused with file and section" {
    make_start
    compile main <<<'static int n; __attribute__((constructor)) static void early(void) { n = 42; } int main(void) { return n; }'
    tinyelf build start.o main.o -o out
    refuses ".init_array"
    says main.o
    says constructors
    assemble old <<<'.globl main; main: ret; .section .ctors,"aw"; .quad main'
    tinyelf build start.o old.o -o out
    refuses ".ctors"
    says old.o
}

@test "thread-local storage is refused with file and section" {
    make_start
    assemble main <<<'.globl main; main: ret'
    compile local <<<'__thread int counter = 3; int count(void) { return counter++; }'
    tinyelf build --no-gc-sections start.o main.o local.o -o out
    refuses "thread-local storage"
    says local.o
}

@test "indirect functions are refused with file and symbol" {
    make_start
    compile main <<<'static int one(void) { return 42; } static void *choose(void) { return one; } int f(void) __attribute__((ifunc("choose"))); int main(void) { return f(); }'
    tinyelf build start.o main.o -o out
    refuses "indirect functions"
    says main.o
    says "'f'"
}

@test "an object with only gcc's intermediate code (-flto) is refused with its file name" {
    make_start
    compile main -flto -fno-fat-lto-objects <<<'int main(void) { return 42; }'
    readelf -SW main.o | grep -q '\.gnu\.lto_' || skip "this gcc makes no slim objects"
    tinyelf build start.o main.o -o out
    refuses main.o
    says lto
}

@test "LLVM's bitcode is refused with its file name" {
    command -v clang >/dev/null || skip "clang is not installed"
    make_start
    clang -flto -c -x c -o main.o - <<<'int main(void) { return 42; }'
    tinyelf build start.o main.o -o out
    refuses main.o
}

@test "a shared library and a program are refused with their file names" {
    make_start
    compile main -fpic <<<'int main(void) { return 42; }'
    ld -shared -o libmain.so main.o
    tinyelf build start.o libmain.so -o out
    refuses libmain.so
    ld -o program start.o main.o
    tinyelf build start.o program -o out
    refuses program
}

@test "a reference to a section that is not loaded is refused with both names" {
    assemble main <<<'.globl _start; _start: movl $x, %eax; .section .unloaded; x: .long 1'
    tinyelf build main.o -o out
    refuses "main.o:(.text+0x1): error: it needs section .unloaded of main.o, which is not loaded"
}

@test "an undefined memcpy, which compilers call by themselves, is reported with a hint" {
    assemble main <<<'.globl _start; _start: call memcpy'
    tinyelf build main.o -o out
    refuses "undefined symbol 'memcpy'"
    says "tiny_memory.h"
}

@test "duplicate and undefined symbols are reported together" {
    assemble main <<<'.globl _start, f; _start: call g; f: ret'
    assemble other <<<'.globl f; f: ret'
    tinyelf build main.o other.o -o out
    refuses "duplicate symbol 'f'"
    says "undefined symbol 'g'"
}
