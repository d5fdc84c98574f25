#!/usr/bin/env bats
# tinyelf encode: encodings compared with nasm and objdump, effects, several lines, other assemblers, errors.
load ../support/setup

# Instructions of one mode; their answers go to the file `answers`.
answers_of()
{
    grep -v '^$' >instructions
    "$TINYELF" encode --bits "$1" --json "${@:2}" - <instructions >answers
}

@test "each encoding decodes to the instruction, its parts are its bytes, and the one that is marked is nasm's" {
    command -v nasm >/dev/null && command -v objdump >/dev/null && command -v perl >/dev/null || skip "nasm, objdump or perl is missing"
    answers_of 64 <<'I'
mov rax, 1
mov rax, -1
mov eax, 1
mov al, 5
mov ah, 5
mov r8d, 0x12345678
mov rcx, 0x123456789abcdef0
mov rax, [rbx]
mov [rbx], rax
mov rax, [rbp]
mov rax, [r13]
mov rax, [rsp]
mov rax, [r12+8]
mov eax, [rbx+rcx*4+0x10]
mov eax, [rsi+rdi]
mov eax, [0x1000]
mov eax, [fs:0x28]
mov dword [rbx], 7
mov byte [rbx+r9*8+0x12345678], 7
mov ds, ax
mov rax, ds
mov cr3, rax
movzx eax, bl
movzx r9, word [rdi]
movsx rax, cl
movsxd rax, ecx
lea rsi, [rdi+rdi*2]
lea eax, [rbx-1]
push 1
push 0x1234
push rax
push r12
push qword [rax]
push fs
pop rax
pop r8
pop qword [rbx+1]
xchg rax, rbx
xchg ecx, edx
xchg [rax], rbx
add rax, 1
add rax, 0x1234
add al, 1
add ebx, 1
add ebx, 0x80
add rax, rbx
add rax, [rbx]
add [rbx], al
add dword [rbx+rcx*4+0x10], 5
or r15, r14
adc ecx, edx
sbb rdi, 3
and rsp, -16
sub rsp, 0x28
sub rsp, 128
xor eax, eax
xor r9d, r9d
cmp al, 'a'
cmp qword [rdi], 0
cmp word [rdi], 0x1234
test al, 1
test eax, eax
test rbx, [rax]
test byte [rsi], 0x80
inc eax
dec r8
inc byte [rcx]
not rax
neg dword [rbp-4]
mul rbx
imul eax, ebx
imul rax, rbx, 3
imul rax, rbx, 1000
div ecx
idiv qword [rsi]
shl eax, 1
shl eax, 5
shr rdx, cl
sar qword [rax], 3
rol bl, 1
shld eax, ebx, 4
shrd [rax], rbx, cl
bt eax, 3
bts [rax], ebx
bsf eax, ebx
bswap r8
popcnt eax, ebx
cmovz eax, [rbx]
setnz al
lock add [rax], ebx
lock cmpxchg [rdi], rsi
xadd [rax], cl
rep movsb
repne scasb
rep stosq
lodsb
jmp $+5
jmp rax
jmp [rax]
jz $+16
call rbx
call $+0x100
loop $
jrcxz $+2
ret
ret 8
leave
enter 16, 0
int 0x80
int3
syscall
cpuid
rdtsc
nop
hlt
in al, dx
in eax, 0x60
out dx, eax
cdq
cqo
cbw
clc
std
movaps xmm0, xmm1
movups xmm9, [rax]
movsd xmm1, [rax+r8]
movd xmm0, eax
movq rax, xmm3
addsd xmm0, xmm1
pxor xmm1, xmm1
cvtsi2sd xmm0, rax
sqrtss xmm2, [rdi]
I
    run perl "$SOURCE/tests/support/encodings.pl" 64 instructions answers
    echo "$output"
    exits 0
    [ "$(wc -l <answers)" -ge 130 ]
    answers_of 32 <<'I'
mov eax, 1
mov eax, [0x1000]
mov [0x1000], al
inc eax
dec word [ebx]
push es
pusha
push dword [esp+4]
mov ax, [bx+si+4]
add ecx, 0x12345678
int 0x80
aam
daa
lea eax, [ebp+ecx*8]
jmp 0x33:0x1000
jecxz $+2
les eax, [ebx]
I
    run perl "$SOURCE/tests/support/encodings.pl" 32 instructions answers
    echo "$output"
    exits 0
}

@test "with --all there are encodings with a useless prefix, which decode to the instruction as well" {
    command -v nasm >/dev/null && command -v objdump >/dev/null && command -v perl >/dev/null || skip "nasm, objdump or perl is missing"
    answers_of 64 --all <<'I'
add eax, ebx
mov [rbx], al
push rax
test r9, [rax+r8*2]
cpuid
I
    run perl "$SOURCE/tests/support/encodings.pl" 64 instructions answers
    echo "$output"
    exits 0
    tinyelf encode --all 'xor eax, eax'
    exits 0
    [[ $output == "xor eax, eax: 14 encodings of 2 to 3 bytes"* ]]
    [[ $output == *"     3                    40    31      c0"* ]]
    tinyelf encode --all --bits 32 'xor eax, eax'
    [[ $output == "xor eax, eax: 2 encodings of 2 bytes in 32-bit code"* ]]
}

@test "an instruction's encodings are a table, the shortest first, with what its fields mean" {
    tinyelf encode 'mov rax, 1'
    exits 0
    [ "$output" = "mov rax, 0x1: 3 encodings of 5 to 10 bytes in 64-bit code

length  taken by  REX   opcode  ModRM  mod  reg   rm     immediate                form
     5  nasm            b8 rax                           01 00 00 00              r64, imm32, zero-extended
     7            48 W  c7      c0     3    0 /0  0 rax  01 00 00 00              r64, imm32, sign-extended
    10            48 W  b8 rax                           01 00 00 00 00 00 00 00  r64, imm64

reads   nothing
writes  rax
flags   none
nasm makes mov eax, 0x1 of it, since writing eax clears the upper half of rax" ]
    [ -z "$stderr" ]
    tinyelf encode 'mov r9d, [r13+r12*8]'
    exits 0
    [ "${lines[2]}" = "     5  nasm      47 RXB  8b      4c     1    1 r9d  4 SIB  e5   3 *8   4 r12  5 r13  00            r32, r/m32" ]
    tinyelf encode 'movaps xmm1, [rsi]'
    [ "${lines[2]}" = "     3  nasm      0f 28   0e     0    1 xmm1  6 rsi                                            xmm, xmm/m128" ]
    # Without quotes, the words are one instruction.
    tinyelf encode push 1
    exits 0
    [[ $output == "push 0x1: 2 encodings of 2 to 5 bytes"* ]]
}

@test "a table that is too wide loses its form, then columns of fields, then columns of parts" {
    for width in 120 80 60 40 20; do
        for what in 'mov rax, 1' 'lock add dword [fs:r12+rcx*4+0x12345678], 0x12345678' 'jmp 0x10'; do
            COLUMNS=$width "$TINYELF" encode "$what" >shown
            awk -v most="$width" 'length > most { print; wide = 1 } END { exit wide }' shown
        done
        printf 'nop\nmul rbx\n' | COLUMNS=$width "$TINYELF" encode - | awk -v most="$width" 'length > most { print; wide = 1 } END { exit wide }'
    done
    COLUMNS=80 "$TINYELF" encode 'mov rax, 1' >shown
    grep -qx '     7            48 W  c7      c0     3    0 /0  0 rax  01 00 00 00' shown
    COLUMNS=80 "$TINYELF" encode 'add dword [rbx+rcx*4+0x10], 5' >shown
    grep -qx '     5  nasm      83      44 1.0.4  8b 2.1.3  10            05' shown
    COLUMNS=80 "$TINYELF" encode --all 'add qword [rax+rbx], 5' >shown
    grep -qx 'len  by    prefix  REX    opcode  ModRM     SIB       disp         imm' shown
    grep -qx '  5                4c WR  83      04 0.0.4  18 0.3.0               05' shown
    COLUMNS=40 "$TINYELF" encode 'add dword [rbx+rcx*4+0x10], 5' >shown
    grep -qx '  5  nasm  83 44 8b 10 05' shown
}

@test "registers and flags that are read and written are named, implicit ones too" {
    effects() { "$TINYELF" encode --bits "${2-64}" "$1" | grep -E '^(reads|writes|flags) ' | tr -s ' '; }
    [ "$(effects 'mul rbx')" = "reads rbx, rax (implicit)
writes rax (implicit), rdx (implicit)
flags CF, OF written; PF, AF, ZF, SF undefined" ]
    [ "$(effects 'adc rax, [rbx+rcx]')" = "reads rax, [rbx+rcx*1], rbx, rcx
writes rax
flags CF read; CF, PF, AF, ZF, SF, OF written" ]
    [ "$(effects 'rep movsb')" = "reads rcx (implicit), rsi (implicit), rdi (implicit)
writes rcx (implicit), rsi (implicit), rdi (implicit)
flags DF read" ]
    [ "$(effects movsb 32)" = "reads esi (implicit), edi (implicit)
writes esi (implicit), edi (implicit)
flags DF read" ]
    [ "$(effects 'mov [fs:rax], ecx')" = "reads fs, rax, ecx
writes [fs:rax]
flags none" ]
    [ "$(effects 'shl eax, 1')" = "reads eax
writes eax
flags CF, PF, ZF, SF, OF written; AF undefined" ]
    [ "$(effects 'lea eax, [rbx]')" = "reads rbx
writes eax
flags none" ]
    [ "$(effects nop)" = "reads nothing
writes nothing
flags none" ]
}

@test "lines of standard input are answered one by one, and what they are together is said" {
    printf '; golf\n\npush 1   ; one\n\t\npop rax\r\n' | "$TINYELF" encode - >shown
    [ "$(grep -c encoding shown)" -eq 2 ]
    [ "$(tail -n 1 shown)" = "2 instructions: nasm makes 3 bytes of them" ]
    # An argument may have several lines as well.
    "$TINYELF" encode $'push 1\npop rax' | tail -n 1 | grep -qx "2 instructions: nasm makes 3 bytes of them"
}

@test "an error names its line and column, and the other lines are answered" {
    printf 'nop\nmov rax\n\nmovzx eax, ebx ; no\nret\njmp short 300\n' >lines
    run --separate-stderr "$TINYELF" encode - <lines
    exits 1
    [ "$(grep -c encoding <<<"$output")" -eq 2 ]
    [[ $output == *"nop: "*"ret: "* ]]
    [ "$stderr" = "tinyelf: <stdin>:2:8: error: mov needs another operand
     2 | mov rax
       |        ^
$(sed -n '/^tinyelf: <stdin>:2: note: mov could have here: /p' <<<"$stderr")
tinyelf: <stdin>:4:12: error: movzx has no form with these operands
     4 | movzx eax, ebx ; no
       |            ^
tinyelf: <stdin>:4: note: movzx could have here: r16/32/64, r/m8; r32/64, r/m16
tinyelf: <stdin>:6:5: error: the target is out of reach: it has to be at most 128 bytes before or 127 bytes after the end of the instruction
     6 | jmp short 300
       |     ^" ]
    run --separate-stderr "$TINYELF" encode --json - <lines
    exits 1
    [ "${#lines[@]}" -eq 5 ]
    [[ ${lines[2]} == *'"line":4,"text":"movzx eax, ebx ; no","bits":64,"error":{"text":"movzx has no form with these operands","column":12,"forms":["r16/32/64, r/m8","r32/64, r/m16"]}}' ]]
}

@test "what is wrong with an operand is said, with a caret below it, and what would be right" {
    refuses() # BITS INSTRUCTION SENTENCE COLUMN
    {
        tinyelf encode --bits "$1" "$2"
        exits 1
        [ -z "$output" ]
        [ "${stderr_lines[0]}" = "tinyelf: encode: error: $3" ]
        [ "${stderr_lines[1]}" = "       | $2" ]
        [ "${stderr_lines[2]}" = "       | $(printf '%*s' "$4" '^')" ]
    }
    refuses 64 'mov rax, 0x123456789abcdef01' "the number does not fit into 64 bits" 10
    refuses 64 'mov eax, [rip+5]' "\`rip\` is no register of NASM's: \`[rel \$+16]\` is an address that is stored relative to it" 11
    [ "${#stderr_lines[@]}" -eq 3 ]
    refuses 64 'nop # no' "a number, a name or \`(\` was expected, not \`#\`; a comment begins with \`;\`" 5
    refuses 32 'mov rax, 1' "32-bit code does not have this: --bits 64 has it" 5
    refuses 64 'push es' "64-bit code does not have this: --bits 32 has it" 1
    refuses 64 'mov [rax], 1' "no operand says how large it is: write byte, word, dword or qword before the bracket" 5
    refuses 64 'mov eax, rbx' "the sizes of the operands do not go together" 10
    [[ $stderr == *"note: mov has the forms: r/m16/32/64, r16/32/64; r16/32/64, r/m16/32/64" ]]
    refuses 64 'shl eax, ebx' "shl has no form with these operands" 10
    [[ $stderr == *"note: shl could have here: r/m16/32/64, 1; r/m16/32/64, cl; r/m16/32/64, imm8" ]]
    refuses 64 'loop 0x1000' "the target is out of reach: it has to be at most 128 bytes before or 127 bytes after the end of the instruction" 6
    refuses 64 'add ah, r8b' "ah, ch, dh and bh do not exist in an instruction with a REX prefix" 1
    refuses 64 'mvo rax, 1' "there is no instruction \`mvo\`; there is \`mov\`" 1
}

@test "what nasm makes all the same is answered with a warning" {
    warns() # INSTRUCTION BYTES SENTENCE COLUMN
    {
        tinyelf encode "$1"
        exits 0
        [ "${stderr_lines[0]}" = "tinyelf: encode: warning: $3" ]
        [ "${stderr_lines[1]}" = "       | $1" ]
        [ "${stderr_lines[2]}" = "       | $(printf '%*s' "$4" '^')" ]
        tinyelf encode --json "$1"
        exits 0
        [[ $output == *"\"error\":null,"*"\"bytes\":\"$2\",\"nasm\":true,"*"\"warnings\":[{\"text\":\"$3\",\"column\":$4}]}" ]]
        command -v nasm >/dev/null || return 0
        printf 'bits 64\n%s\n' "$1" >one.asm
        nasm -w-all -f bin -o one.bin one.asm
        [ "$(od -An -tx1 one.bin)" = " $2" ]
    }
    warns 'mov al, 300' 'b0 2c' "0x12c does not fit into 8 bits: nasm takes 0x2c" 9
    warns 'add rax, 0x123456789' '48 05 89 67 45 23' "0x123456789 does not fit into 32 bits, which are sign-extended: only mov to a register has a number of 64 bits; nasm takes 0x23456789" 10
    warns 'mov rax, [rbx+0x123456789]' '48 8b 83 89 67 45 23' "0x123456789 does not fit into 32 bits, which are sign-extended: nasm takes 0x23456789" 10
    warns 'ret 70000' 'c2 70 11' "0x11170 does not fit into 16 bits: nasm takes 0x1170" 5
    warns 'lock add eax, 1' 'f0 83 c0 01' "add cannot have this prefix: lock needs memory that is read and written; nasm writes it all the same" 6
    warns 'rep nop' 'f3 90' "nop cannot have this prefix; nasm writes it all the same" 5
    tinyelf encode 'lock mov al, 300'
    exits 0
    [ "$(grep -c ': warning: ' <<<"$stderr")" -eq 2 ]
    # Nothing is warned of where there is no encoding.
    tinyelf encode 'lock mov ah, [r8+0x123456789]'
    exits 1
    [[ $stderr != *warning* ]]
    tinyelf encode --json nop
    [[ $output == *'"warnings":[]}' ]]
}

@test "there are no labels: a number or a distance is the target" {
    tinyelf encode 'jmp there'
    exits 1
    says "there"
    says "0x10"
    [[ $stderr == *$'\n       |     ^\n'* ]]
    tinyelf encode 'jmp 0x10'
    exits 0
    [[ $output == *"
     2            eb      0e            rel8
     5  nasm      e9      0b 00 00 00   rel32"* ]]
    tinyelf encode 'jmp $+5'
    exits 0
    [[ $output == *"     2  nasm      eb      03            rel8"* ]]
}

@test "--ask shows what nasm and as make of it, and says which of them is missing" {
    command -v nasm >/dev/null && command -v as >/dev/null || skip "nasm or as is missing"
    tinyelf encode --ask 'mov rax, 1'
    exits 0
    [[ $output == *"
     7  as        48 W  c7 "* ]]
    [[ $output == *"
nasm    b8 01 00 00 00
as      48 c7 c0 01 00 00 00"* ]]
    tinyelf encode --ask 'add eax, ebx'
    [[ $output == *"     2  nasm, as  01 "* ]]
    mkdir empty
    run --separate-stderr env PATH="$PWD/empty" "$TINYELF" encode --ask "push 1"
    exits 0
    [[ $output == *"
nasm    no 'nasm' on PATH, which --ask needs: install the package nasm
as      no 'as' on PATH, which --ask needs: install the package binutils"* ]]
    [[ $output != *"  nasm  "* ]]
    # as takes nasm's encoding or another that is listed.
    for instruction in 'mov dword [rbx], 7' 'jmp $+0x10' 'movaps xmm1, [rsi]' 'lea rsi, [rdi+rdi*2]' 'rep stosq' 'push fs'; do
        "$TINYELF" encode --ask "$instruction" >shown
        grep -qE '^ +[0-9]+  (nasm, )?as ' shown
    done
}

@test "hostile input is answered: NUL bytes, long lines, many lines, nothing" {
    perl -e 'print "nop\0\n", "nop\n"' >nul
    run --separate-stderr "$TINYELF" encode - <nul
    exits 1
    [[ $output == "nop: "* ]]
    says "<stdin>:1:4: error: a control character, 0x"
    perl -e 'print "add eax, ", "0" x 10_000_000, "1\n", "a" x 10_000_000, "\n", "[" x 1_000_000, "\n", " " x 10_000_000, "nop\n"' >long
    run --separate-stderr timeout 20 "$TINYELF" encode - <long
    exits 1
    [[ $output == *"nop: "* ]]
    [ "${#stderr}" -lt 100000 ]
    perl -e 'print "mov rax, $_\n" for 1 .. 20_000' >many
    timeout 20 "$TINYELF" encode - <many | tail -n 1 | grep -qx "20000 instructions: nasm makes 100000 bytes of them"
    for nothing in '' ' ' '; comment'; do
        tinyelf encode "$nothing"
        exits 1
        says "encode: error: there is no instruction"
    done
    run --separate-stderr "$TINYELF" encode - </dev/null
    exits 1
    says "<stdin>: error: there is no instruction"
    tinyelf encode
    exits 2
}

@test "a label is said to be one" {
    tinyelf encode 'a: nop'
    exits 1
    says "there are no labels here, only instructions"
    tinyelf encode 'mov es:0, eax'
    [[ $stderr != *labels* ]]
}
