#!/usr/bin/env bats
# tinyelf disasm: instructions, found among data by following the code.
load ../support/setup

setup_file()
{
    export LC_ALL=C
    find /usr/bin /usr/lib/x86_64-linux-gnu -xdev -type f -size +0 -size -1500k 2>/dev/null | sort |
        shuf --random-source=<(yes) |
        while IFS= read -r file; do
            IFS= read -r -N 4 magic <"$file" 2>/dev/null || continue
            [ "$magic" = $'\x7fELF' ] && printf '%s\n' "$file"
        done 2>/dev/null | head -n 60 >"$BATS_FILE_TMPDIR/files" || true
}

@test "the lecture's program is disassembled to its exact listing" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf disasm hello
    exits 0
    [ "$output" = "mov rax,0x1
mov rdi,0x1
mov rsi,0x100a6
mov rdx,0xc
syscall
mov rax,0xe7
mov rdi,0x0
syscall" ]
    [ -z "$stderr" ]
    # The same from standard input, with a linear sweep that decodes the string as code.
    [ "$("$TINYELF" disasm - <hello)" = "$output" ]
    tinyelf disasm --all hello
    [ "${#lines[@]}" -gt 8 ]
    [ "$(head -n 8 <<<"$output")" = "$("$TINYELF" disasm hello)" ]
}

@test "options show addresses, bytes and the other syntaxes" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf disasm -a -b hello
    [ "${lines[2]}" = "0x10086  48 c7 c6 a6 00 01 00     mov rsi,0x100a6" ]
    tinyelf disasm --addresses hello
    [ "${lines[4]}" = "0x10094  syscall" ]
    tinyelf disasm --syntax att hello
    [ "${lines[2]}" = 'mov $0x100a6,%rsi' ]
    tinyelf disasm --syntax nasm hello
    [ "${lines[0]}" = "bits 64" ]
    [ "${lines[2]}" = "org 0x10078" ]
    [ "${lines[5]}" = "mov rsi,strict dword 0x100a6" ]
}

# bats test_tags=long
@test "instructions begin where they do in objdump" {
    command -v perl >/dev/null || skip "perl is not installed"
    command -v objdump >/dev/null || skip "objdump is not installed"
    xargs perl "$BATS_TEST_DIRNAME/../support/boundaries.pl" "$TINYELF" <"$BATS_FILE_TMPDIR/files" >out || {
        head -n 20 out
        return 1
    }
    # Enough instructions for a meaningful result.
    [ "$(sed -n 's/ instructions compared$//p' out)" -gt 100000 ] || skip "$(tail -n 1 out): few ELF files here"
}

@test "a program that is disassembled and assembled by nasm runs as before" {
    for name in hello echo cat exit; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name"
        "$TINYELF" disasm --syntax nasm -a "$name" >"$name.asm"
        nasm -f bin -w+error -o code "$name.asm"
        # In place of the original code.
        cp "$name" other
        dd if=code of=other bs=1 seek=120 conv=notrunc status=none
        [ "$(stat -c %s other)" -eq "$(stat -c %s "$name")" ]
        local status=0 expected=0
        echo some text | "./$name" one two >theirs || expected=$?
        echo some text | ./other one two >ours || status=$?
        cmp ours theirs
        [ "$status" -eq "$expected" ]
    done
}

@test "overlapping instructions are bytes and readings in nasm's source" {
    # jmp into its own second byte, which begins an inc.
    printf '\xeb\xff\xc0\xf4' >raw
    "$TINYELF" build --from raw raw -o overlap
    tinyelf disasm -a overlap
    [ "$output" = "0x10078  jmp 0x10079
0x10079  inc eax
0x1007b  hlt" ]
    tinyelf disasm -a --syntax nasm overlap
    [ "$output" = "bits 64
[warning -prefix-seg]
org 0x10078
db 0xeb  ; jmp short 0x10079  ; 0x10078
inc eax  ; 0x10079
hlt  ; 0x1007b" ]
    echo "$output" >overlap.asm
    nasm -f bin -o code overlap.asm
    cmp raw code
}

@test "where nasm would choose other bytes, the source has them, and the reading beside" {
    # mov eax,ecx by 8b; add eax,1 with four bytes; a long nop; mov rax,1 in both forms; rex without effect
    printf '\x8b\xc1\x81\xc0\1\0\0\0\x0f\x1f\x40\0\x48\xc7\xc0\1\0\0\0\x48\xb8\1\0\0\0\0\0\0\0\x40\x90\xf4' >raw
    "$TINYELF" build --from raw raw -o forms
    "$TINYELF" disasm --syntax nasm forms >forms.asm
    nasm -f bin -o code forms.asm
    cmp raw code
    grep -qxF 'db 0x81,0xc0,0x01,0x00,0x00,0x00  ; add eax,0x1' forms.asm
    grep -qxF 'mov rax,strict dword 0x1' forms.asm
    grep -qxF 'mov rax,strict qword 0x1' forms.asm
}

@test "nasm makes whole files of the source that --whole writes" {
    # Code in headers, and two readings of the same bytes.
    echo 7f454c46b0e740b72a0f05000100000003003e000c000000000000000c0000000c0000000000000000000000000038000100000000003800010000000000000000000000000000ebbb |
        xxd -r -p >tiny
    for source in "$SOURCE"/asm/*.s "$SOURCE"/templates/*.hex; do
        "$TINYELF" build "$source" -o "$(basename "$source").elf" 2>/dev/null || true
    done
    echo 'mov eax,1' >object.s
    nasm -f elf32 -o object.o object.s
    head -c 100 hello.s.elf >cut
    local count=0
    for file in tiny object.o cut *.elf; do
        "$TINYELF" disasm --syntax nasm --whole "$file" >whole.asm
        nasm -f bin -o whole whole.asm
        cmp whole "$file"
        count=$((count + 1))
    done
    [ "$count" -gt 10 ]
    tinyelf disasm --whole hello.s.elf
    exits 2
    says "--whole is for --syntax nasm"
}

@test "what runs without a name is bytes, and reading goes on after it" {
    # mov edi,42; a nop that MPX would refuse; mov eax,60; syscall
    printf '\xbf\x2a\0\0\0\x66\x0f\x1a\xc5\xb8\x3c\0\0\0\x0f\x05' >raw
    "$TINYELF" build --from raw raw -o nameless
    local status=0
    ./nameless || status=$?
    [ "$status" -eq 42 ]
    tinyelf disasm nameless
    [ "$output" = "mov edi,0x2a
db 0x66,0x0f,0x1a,0xc5
mov eax,0x3c
syscall" ]
    [ "$("$TINYELF" disasm --syntax att nameless | sed -n 2p)" = ".byte 0x66,0x0f,0x1a,0xc5" ]
    tinyelf explain nameless
    [[ $output == *"syscall: exit(42)"* ]]
}

@test "first bytes that are no instruction are told as that" {
    printf '\x06\x07' >raw
    "$TINYELF" build --from raw raw -o none
    tinyelf disasm none
    exits 1
    says "none: offset 0x78: error: no code: the bytes at the entry point, 0x10078, are not an instruction"
    printf 'section .text\n db 6,7\n' >none.s
    nasm -f elf64 -o none.o none.s
    tinyelf disasm none.o
    exits 1
    says "none.o: error: no code: no executable section begins with an instruction"
}

@test "gas assembles the AT&T syntax to the same program" {
    command -v as >/dev/null || skip "as is not installed"
    for name in hello exit; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name"
        "$TINYELF" disasm --syntax att "$name" >"$name.att"
        as -o "$name.o" "$name.att"
        objcopy -O binary -j .text "$name.o" ours
        dd if="$name" of=theirs bs=1 skip=120 count="$(stat -c %s ours)" status=none
        cmp ours theirs
    done
}

@test "objects and files without symbols or sections are disassembled" {
    command -v cc >/dev/null || skip "no C compiler"
    printf 'int f(int x) { return x * 3; }\nint g(int x) { return f(x) + 1; }\n' >f.c
    cc -O1 -ffunction-sections -fcf-protection=none -c f.c -o f.o
    tinyelf disasm -a f.o
    exits 0
    [ "${lines[0]}" = "f:" ]
    [ "${lines[1]}" = "0x0  lea eax,[rdi+rdi*2]" ]
    [[ $output == *"0x0  call 0x5"* || $output == *"0x0  sub rsp,0x8"* || $output == *"0x0  lea eax,[rdi+rdi*2+0x1]"* ]]
    cc -O1 -c -m32 -ffreestanding f.c -o f32.o 2>/dev/null || skip "no 32-bit compiler"
    tinyelf disasm f32.o
    exits 0
    [[ $output == *"mov eax,dword ptr [esp+0x4]"* || $output == *"mov eax,[esp+0x4]"* ]]
}

@test "operands that a relocation changes are symbols, and its addend is added" {
    cat >r.s <<'S'
extern puts, table, e
section .rodata
db 1,2,3,4
text: db "text",0
section .text
f:
    lea rdi,[rel text]
    call puts wrt ..plt
    mov dword [rel table+8],0x12345678
    mov rax,[rel puts wrt ..got]
    mov ecx,[table+rbx*4-12]
    mov rdx,table
    call g
    mov rax,[rel e wrt ..gottpoff]
    ret
g:  ret
S
    nasm -f elf64 -o r.o r.s
    tinyelf disasm r.o
    exits 0
    [ "$output" = "f:
lea rdi,[rip+.rodata+0x4]
call puts
mov dword ptr [rip+table+0x8],0x12345678
mov rax,[rip+puts@GOTPCREL]
mov ecx,[rbx*4+table-0xc]
mov rdx,table
call 0x3b
mov rax,[rip+e@GOTTPOFF]
ret
g:
ret" ]
    tinyelf disasm --syntax att r.o
    [ "${lines[1]}" = "lea .rodata+0x4(%rip),%rdi" ]
    [ "${lines[2]}" = "call puts" ]
    [ "${lines[6]}" = 'mov $table,%rdx' ]
    # nasm's source has the bytes, and the relocation in a comment.
    "$TINYELF" disasm -b --syntax nasm r.o | grep -qxF 'call 0xc  ; e8 00 00 00 00  ; 0x8: R_X86_64_PLT32 puts-0x4'
    # i386 has its addends in the instructions.
    printf 'extern puts, table\nsection .text\nmov eax,[table+8]\npush dword table+4\ncall puts\ncmp byte [table+2],7\n' >r32.s
    nasm -f elf32 -o r32.o r32.s
    tinyelf disasm r32.o
    [ "$output" = "mov eax,[table+0x8]
push table+0x4
call puts
cmp byte ptr [table+0x2],0x7" ]
    tinyelf explain r32.o
    [[ $output == *" cmp byte ptr [table+0x2],0x7 "* ]]
}

@test "relocations beside the bytes are those of objdump -r" {
    command -v cc >/dev/null || skip "no C compiler"
    cat >c.c <<'C'
extern int puts(const char *); extern __thread int e; static __thread int s; extern int table[9]; static int own[9];
int f(int i) { table[3] = 0x1234567; own[i] = e; s = i; return puts("text") + f(i - 1) + *(int *)puts; }
C
    local files=(/usr/lib/x86_64-linux-gnu/crt1.o /usr/lib/x86_64-linux-gnu/Scrt1.o)
    for options in -O1 -fPIC -mcmodel=large "-m32 -fno-pic" "-m32 -fPIC"; do
        cc -ffreestanding $options -c c.c -o "c$options.o" 2>/dev/null && files+=("c$options.o")
    done
    for file in "${files[@]}"; do
        [ -e "$file" ] || continue
        objdump -dr "$file" | sed -En 's/^\t\t\t([0-9a-f]+): (R_[^\t]+)\t(\*ABS\*)?(.*)/0x\1: \2 \4/p' | sort >theirs
        "$TINYELF" disasm --all -b "$file" | sed -n 's/.*  # \(0x[0-9a-f]*: R_\)/\1/p' | sort >ours
        [ -s theirs ]
        diff theirs ours
    done
}

@test "bad input and usage errors are reported" {
    tinyelf disasm gone
    exits 1
    says "gone: error: No such file or directory"
    echo text >text
    tinyelf disasm text
    exits 1
    says "text: error: "
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    cp hello other
    printf '\xb7' | dd of=other bs=1 seek=18 conv=notrunc status=none
    tinyelf disasm other
    exits 1
    says "offset 0x12 (e_machine): error: code for AArch64 (183) is not known here, only x86's"
    # The entry point is in no segment.
    cp hello other
    printf '\xff' | dd of=other bs=1 seek=27 conv=notrunc status=none
    tinyelf disasm other
    exits 1
    says "no code: the entry point is in no executable segment"
    tinyelf disasm --syntax masm hello
    exits 2
    says "it must be intel, att or nasm"
    tinyelf disasm
    exits 2
    tinyelf disasm hello hello
    exits 2
    tinyelf disasm --help
    exits 0
    run bash -c "'$TINYELF' disasm hello >/dev/full"
    [ "$status" -eq 1 ]
}

@test "a command without its companion file says so" {
    [ -x "$(dirname "$TINYELF")/tinyelf-code" ] || skip "this build has no companion"
    cp "$TINYELF" alone
    run --separate-stderr ./alone disasm alone
    [ "$status" -eq 1 ]
    says "tinyelf-code: error: cannot start it for 'disasm': No such file or directory"
    # Everything else works.
    ./alone dump -h alone >/dev/null
}
