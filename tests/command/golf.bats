#!/usr/bin/env bats
# tinyelf golf: its options, what a search tells, and what is written when it ends early. What it finds is in
# golf_search.bats, and --prove in golf_prove.bats.

load ../support/setup
load ../support/golf_setup

@test "the end of the command ends its jobs, and Ctrl-C writes the best file so far" {
    env --default-signal=INT "$TINYELF" golf --nodes 4000000000 --jobs 2 -o made "$SOURCE/asm/echo.s" >report 2>&1 &
    local id=$! children=
    for i in $(seq 200); do # the worker of the sandbox, and two jobs
        children=$(pgrep -P $id || true)
        [ "$(wc -w <<<"$children")" -lt 3 ] || break
        sleep 0.02
    done
    kill -INT $id
    wait $id || true
    for child in $children; do
        ! kill -0 $child 2>/dev/null || [ "$(ps -o stat= -p $child | cut -c1)" = Z ]
    done
    [ -s made ]
}

@test "a program that jumps by a table keeps its instructions, and becomes smaller" {
    cat >table.s <<'END'
global _start
section .text
_start: mov rax, [rsp]
    and eax, 3
    jmp [table + rax * 8]
align 16
one: mov edi, 1
    jmp near done
align 16
two: mov edi, [numbers + 4]
    jmp near done
align 16
three: call [function]
    jmp near done
align 16
four: mov edi, 4
done: mov eax, 60
    syscall
align 16
seven: mov edi, 7
    ret
section .rodata align=8
table: dq one, two, three, four
section .data align=8
function: dq seven
numbers: dd 5, 6
END
    "$TINYELF" build -o table table.s
    "$TINYELF" golf --nodes 100000 -o smaller table.s 2>errors
    grep 'note: its instructions stay as they are: at 0x.* it jumps to an address that it computes' errors
    [ "$(stat -c %s smaller)" -le 170 ]
    for arguments in "" "a" "a b" "a b c"; do
        run ./table $arguments
        expected=$status
        run ./smaller $arguments
        [ "$status" -eq "$expected" ]
    done
}

@test "where golf knows no instructions that do the same, the program's own stay" {
    # Room on the stack in a loop: the stack pointer is needed below its start by a number that nothing pushes.
    cat >room.s <<'EOF'
global _start
_start: mov ebx, 5
.more:  sub rsp, 16
        mov rsi, rsp
        mov edx, 1
        xor edi, edi
        xor eax, eax
        syscall
        movzx ecx, byte [rsp]
        add ebp, ecx
        add rsp, 16
        dec ebx
        jnz .more
        mov edi, ebp
        mov eax, 60
        syscall
EOF
    tinyelf build room.s
    tinyelf golf --nodes 20000 --environments 20 -o small room.s
    exits 0
    says "room.s: note: its instructions stay as they are: no known instructions provide what the code here needs"
    [ "$(stat -c %s small)" -lt "$(stat -c %s room)" ]
    [ "$(printf '\1\2\3\4\5' | ./small || echo $?)" -eq 15 ]
}

@test "texts of a file of more than 256 bytes that fits in them become smaller in few states" {
    # Low bytes of addresses alone are set there, which larger files cannot.
    cat >two.s <<'EOF'
bits 64
global _start
section .text
_start: mov rax, strict qword 1
        mov rdi, strict qword 1
        mov rsi, strict qword first
        mov rdx, strict qword 20
        syscall
        mov rax, strict qword 1
        mov rdi, strict qword 1
        mov rsi, strict qword second
        mov rdx, strict qword 25
        syscall
        mov rax, strict qword 60
        mov rdi, strict qword 0
        syscall
section .data
first:  db 'This line is first.', 10
second: db 'And after it the second.', 10
EOF
    tinyelf build two.s
    [ "$(stat -c %s two)" -gt 256 ]
    tinyelf golf --nodes 20000 --environments 20 -o small two.s
    exits 0
    [ "$(stat -c %s small)" -le 180 ]
    [ "$(./small)" = "$(./two)" ]
}

@test "a text, what is read and what is written become smaller in few states" {
    cat >asks.s <<'EOF'
bits 64
global _start
section .text
_start: mov eax, 1
        mov edi, 1
        mov esi, text
        mov edx, 5
        syscall
        xor eax, eax
        xor edi, edi
        mov esi, buffer
        mov edx, 64
        syscall
        mov rdx, rax
        mov eax, 1
        mov edi, 1
        mov esi, buffer
        syscall
        mov eax, 60
        xor edi, edi
        syscall
section .data
text:   db 'say: '
section .bss
buffer: resb 64
EOF
    tinyelf golf --nodes 20000 --environments 20 -o small asks.s
    exits 0
    [ "$(stat -c %s small)" -le 130 ]
    [ "$(echo yes | ./small)" = "say: yes" ]
}

@test "a text that is pushed as a number of 64 bits becomes smaller" {
    # Only a mov of ten bytes makes the number: all else that was tried first took the states.
    cat >pushed.s <<'EOF'
bits 64
global _start
_start: mov rbx, 0x0a64656873757000
        push rbx
        mov eax, 1
        mov edi, 1
        mov rsi, rsp
        mov edx, 8
        syscall
        mov edi, 0
        mov eax, 60
        syscall
EOF
    tinyelf golf --nodes 20000 --environments 20 -o small pushed.s
    exits 0
    [ "$(stat -c %s small)" -le 90 ]
    [ "$(./small | tr -d '\0')" = pushed ]
}

@test "where zeros follow a file, they too have addresses that low bytes tell apart" {
    cat >most.s <<'EOF'
bits 64
global _start
section .text
_start: mov ecx, [one]
        cmp ecx, [two]
        jg .out
        mov ecx, [two]
.out:   mov [most], ecx
        mov ecx, text
        mov edx, 38
        mov ebx, 1
        mov eax, 4
        int 0x80
        mov ecx, most
        mov edx, 2
        mov ebx, 1
        mov eax, 4
        int 0x80
        mov eax, 1
        mov ebx, 0
        int 0x80
section .data
text:   db 'Which of the numbers is the most now?', 10
one:    dd '47'
two:    dd '22'
section .bss
most:   resb 4
EOF
    tinyelf golf --nodes 20000 --environments 20 -o small most.s
    exits 0
    [ "$(stat -c %s small)" -le 190 ]
    [ "$(./small | tail -1)" = 47 ]
}

@test "a file of more than a page that writes to its data becomes small as well" {
    cat >wide.s <<'EOF'
global _start
section .text
_start: inc byte [text]
        mov eax, 1
        mov edi, eax
        mov esi, text
        mov edx, 1
        syscall
        mov eax, 60
        xor edi, edi
        syscall
        times 5000 db 0xcc
section .data
text:   db "A"
EOF
    tinyelf build --layout split wide.s
    tinyelf golf --nodes 100000 --environments 20 -o small wide
    exits 0
    [ "$(stat -c %s small)" -le 180 ]
    [ "$(./small)" = B ]
}

# bats test_tags=long
@test "data of many pages are packed, and the report says that large files are only packed" {
    for bytes in 5000 40000; do
        printf '%s\n' 'global _start' '_start: mov eax, 1' 'mov edi, 1' 'mov esi, text' "mov edx, $bytes" syscall 'mov eax, 60' 'xor edi, edi' \
            syscall "text: times $((bytes / 10)) db \"0123456789\"" >large.s
        tinyelf build large.s
        tinyelf golf --nodes 3000 --environments 20 -o small large.s
        exits 0
        contains "files of more than 512 bytes are only packed"
        [ "$(stat -c %s small)" -le $((bytes + 120)) ]
        cmp <(./small) <(./large)
    done
}

@test "what the search cannot follow is left alone, and nothing is written" {
    for code in 'mov eax, 201\nsyscall\nmov edi, eax\nmov eax, 60\nsyscall' 'jmp $' 'lea rax, [rel _start]\njmp rax'; do
        printf "global _start\ndefault rel\n_start: $code\n" >odd.s
        "$TINYELF" build odd.s -o odd
        run "$TINYELF" golf -o made odd
        [ "$status" -eq 1 ]
        [[ $output == *error:* ]]
        [ ! -e made ]
    done
    run "$TINYELF" golf -o made /bin/ls
    [ "$status" -eq 1 ]
    [[ $output == *dynamic* ]]
}

@test "what golf made is taken again, and becomes no larger" {
    for name in echo cat hello32; do
        tinyelf golf --nodes 3000 --environments 20 -o once "$SOURCE/asm/$name.s"
        exits 0
        tinyelf golf --nodes 3000 --environments 20 -o twice once
        exits 0
        [ "$(stat -c %s twice)" -le "$(stat -c %s once)" ]
    done
}

@test "an executable that computes where it jumps stays as it is" {
    printf 'global _start\n_start: mov rax, [rsp]\nand eax, 1\njmp [table + rax*8]\none: mov edi, 1\ntwo: mov eax, 60\nsyscall\n' >jumps.s
    printf 'section .rodata\ntable: dq one, two\n' >>jumps.s
    tinyelf build -o jumps jumps.s
    exits 0
    tinyelf golf --nodes 3000 --environments 20 -o made jumps
    exits 0
    says "jumps: note: it stays as it is: at 0x"
    [ "${lines[0]}" = "made: nothing smaller than jumps was found: it is a copy" ]
    cmp made jumps
}

@test "golf says which options are missing or do not go together, and does not lose an input" {
    tinyelf golf "$SOURCE/asm/exit.s"
    exits 2
    tinyelf golf --prove exit -o made "$SOURCE/asm/exit.s"
    exits 2
    cp "$SOURCE/asm/exit.s" own.s
    tinyelf golf -o own.s own.s
    exits 1
    cmp own.s "$SOURCE/asm/exit.s"
    tinyelf golf --json --nodes 400000 -o made own.s
    exits 0
    contains '"search":{"found":true,"complete":true'
}

@test "no file that golf reads or writes is lost by another of its outputs" {
    cp "$SOURCE/asm/exit.s" .
    echo line >text
    tinyelf golf --nodes 1000 -o text --input text exit.s
    exits 1
    says "text: error: this input would be overwritten by -o"
    tinyelf golf --nodes 1000 -o made --hex text --input text exit.s
    exits 1
    says "text: error: this input would be overwritten by --hex"
    [ "$(cat text)" = line ]
    ln -s made link # to a file that is not there yet
    mkdir folder
    for name in made ./made folder/../made "$PWD/made" link; do
        tinyelf golf --nodes 1000 -o made --hex "$name" exit.s
        exits 2
        says "-o and --hex are the same file, '$name'"
    done
    [ ! -e made ]
    tinyelf golf --nodes 1000 -o made --hex folder/made exit.s
    exits 0
}

@test "what asks for an alignment has it on the stack too, where no environment comes" {
    # When it has one argument that begins with quux: 16 bytes at a multiple of 16.
    for code in 'mov ebx, 5\n lock cmpxchg16b [b]' 'mov ebx, 5\n movd xmm0, ebx\n movaps [b], xmm0'; do
        printf '%b' 'global _start\n_start: cmp qword [rsp], 2\n jne .plain\n mov rax, [rsp + 16]\n' \
            ' cmp dword [rax], "quux"\n jne .plain\n xor eax, eax\n xor edx, edx\n xor ecx, ecx\n' \
            " $code\\n"' mov edi, [b]\n mov byte [c], 3\n add dil, [c]\n inc byte [c]\n add dil, [c]\n' \
            ' mov eax, 60\n syscall\n.plain: mov edi, 9\n mov eax, 60\n syscall\n' \
            'section .bss\nc: resb 1\nalignb 16\nb: resb 16\n' >rare.s
        "$TINYELF" build rare.s -o rare
        run ./rare quux
        [ "$status" -eq 12 ]
        tinyelf golf --nodes 3000 -o made rare.s
        exits 0
        [ "$(stat -c %s made)" -lt "$(stat -c %s rare)" ]
        run ./made quux
        [ "$status" -eq 12 ]
    done
}

@test "the time counts for all of it, and a file is written when it is over" {
    printf 'global _start\n_start: mov ecx, 0x10000000\n.l: dec ecx\njnz .l\nmov eax, 60\nsyscall\n' >spin.s
    tinyelf golf --time 0.5 -o spin spin.s
    exits 1
    says "not proven in the time that --time gives"
    # Its original is run in less than that; the search takes longer.
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    tinyelf golf --time 2 -o made cat
    exits 0
    [ -x made ]
    [ "$(stat -c %s made)" -le "$(stat -c %s cat)" ]
}

@test "an output that cannot be made is an error before the search" {
    tinyelf golf -o none/x "$SOURCE/asm/hello.s"
    exits 1
    says "the folder 'none' does not exist"
    tinyelf golf -o . "$SOURCE/asm/hello.s"
    exits 1
    says "Is a directory"
    for place in - /dev/stdout /dev/fd/1; do
        tinyelf golf -o $place "$SOURCE/asm/hello.s"
        exits 2
        says "-o $place: the report is on standard output"
        tinyelf golf -o x --hex $place "$SOURCE/asm/hello.s"
        exits 2
        says "--hex $place: the report is on standard output"
    done
    [ ! -e x ]
}

@test "programs of C that compare functions, or may call a weak one, become smaller" {
    cat >functions.c <<'END'
extern int none(int) __attribute__((weak));
static int one(int n) { return n + 1; }
static int two(int n) { return n + 1; }
int (*const volatile table[])(int) = {one, two, 0, none};
void _start(void)
{
    int status = 0;
    for (int i = 0; i < 4; i++)
        status = status * 2 + (table[i] == table[0]) + (table[i] ? table[i](i) : 16);
    if (none)
        status += none(status);
    __asm__ volatile("syscall" : : "a"(60), "D"(status));
    __builtin_unreachable();
}
END
    gcc -Os -ffreestanding -fno-pic -fno-asynchronous-unwind-tables -c functions.c
    tinyelf build -o functions functions.o
    exits 0
    was=0 is=0
    ./functions || was=$?
    tinyelf golf --nodes 5000 --environments 20 -o golfed functions.o
    exits 0
    ./golfed || is=$?
    [ "$is" -eq "$was" ]
    [ "$(stat -c %s golfed)" -lt "$(stat -c %s functions)" ]
}

@test "level spec is for readelf, gdb and qemu-user too, and nothing larger than by hand" {
    tinyelf golf --level spec --nodes 300000 -o spec "$SOURCE/asm/hello.s"
    exits 0
    contains "program header at offset 64"
    is_golfed spec 153 "$SOURCE/asm/hello.s"
    [ "$(./spec)" = "Hello world" ]
    readelf -aW spec >readelf.out 2>readelf.err
    [ ! -s readelf.err ]
    grep -q "LOAD .* R E 0x1000" readelf.out
    tinyelf check --loader qemu-user spec
    exits 0
    tinyelf check --loader wsl1 spec
    exits 0
    if command -v qemu-x86_64 >/dev/null; then
        [ "$(qemu-x86_64 ./spec)" = "Hello world" ]
    fi
    if command -v gdb >/dev/null; then
        gdb -batch -nx -ex run ./spec >gdb.out 2>&1
        grep -q "exited normally" gdb.out
    fi
}

@test "--hex writes a source that the same file is made of" {
    tinyelf golf --nodes 200000 --hex exit.hex -o exit "$SOURCE/asm/exit.s"
    exits 0
    "$TINYELF" build exit.hex -o again
    cmp exit again
    grep -q "also instruction.*mov dil,0x2a" exit.hex
    grep -q "golf: mov: the low byte alone, for 0x82 of" exit.hex
    tinyelf golf --nodes 200000 --hex exit -o exit "$SOURCE/asm/exit.s"
    exits 2
    tinyelf golf --nodes 200000 --hex - -o exit "$SOURCE/asm/exit.s"
    exits 2
    cp "$SOURCE/asm/exit.s" own.s
    tinyelf golf --hex own.s -o made own.s
    exits 1
    cmp own.s "$SOURCE/asm/exit.s"
}

# bats test_tags=long
@test "the bytes by kind are all of the file, and other options are tried in the time that is left" {
    tinyelf golf -v --nodes 200000 -o exit "$SOURCE/asm/exit.s"
    exits 0
    contains "search complete within these overlaps and rewrites"
    contains "headers alone   120"
    contains "--with rwx saves nothing"
    contains "what may differ: time"
    contains "syscall needs rax = 60 or 231, dil = 42; ends"
    [ "$(grep -A6 '^  bytes ' <<<"$output" | awk '/^    /{before += $(NF - 1); after += $NF} END {print before, after}')" = "132 80" ]
    contains "--with full-writes saves nothing"
    tinyelf golf --json --nodes 3000 -o hello "$SOURCE/asm/hello.s"
    exits 0
    contains '"complete":false'
    contains '{"options":"--with rwx","result":"not tried","size":null}'
    tinyelf golf --json --nodes 200000 -o exit "$SOURCE/asm/exit.s"
    contains '"before":{"headers":120,"code":12,"data":0,"jumps":0,"shared":0,"unused":0}'
    contains '{"options":"--with rwx","result":"none","size":null}'
    contains '"meaning":"mov: the low byte alone","source":130}'
}

# bats test_tags=long
@test "with -v what other options would save is tried also where the search took all its states, and the file is the same" {
    cat >fails.s <<'EOF'
global _start
_start: mov eax, 1
        mov edi, 1
        lea rsi, [rel text]
        mov edx, 40
        syscall
        cmp rax, 40
        setne dil
        movzx edi, dil
        mov eax, 60
        syscall
text:   db "this is a text of forty bytes, no fewer."
EOF
    tinyelf golf --nodes 1000 -o plain fails.s
    exits 0
    contains "search stopped"
    tinyelf golf -v --nodes 1000 -o told fails.s
    exits 0
    cmp plain told
    # Whether the write was full need not be asked then.
    [[ $output =~ "--with full-writes saves "[1-9][0-9]*" byte" ]]
    [[ $output != *"was not tried"* ]]
    tinyelf golf --prove told fails.s
    exits 0
}

# bats test_tags=long
@test "--unproven writes what cannot be proven, and says so" {
    printf 'global _start\n_start: mov ecx, 0x40000000\n.l: dec ecx\njnz .l\nmov eax, 60\nsyscall\n' >spin.s
    tinyelf golf --time 1 -o spin spin.s
    exits 1
    [ ! -e spin ]
    # What is left when the proof has given up is enough for a search, on a busy machine and with sanitizers, too.
    tinyelf golf --unproven --time 5 -o spin spin.s
    exits 0
    contains "not proven to do the same: that takes longer than half of the time"
    [[ $output != *"and does the same"* ]]
    [ "$(stat -c %s spin)" -lt 144 ]
    tinyelf golf --unproven --json --time 5 -o spin spin.s
    contains '"same":false,"unproven":"that takes longer'
}

@test "--prove of a text or an object is an error, not a difference" {
    printf 'some text\n' >text
    tinyelf golf --prove text "$SOURCE/asm/exit.s"
    exits 1
    says "text: error: it is not an executable"
    nasm -f elf64 "$SOURCE/asm/exit.s" -o exit.o
    tinyelf golf --prove exit.o "$SOURCE/asm/exit.s"
    exits 1
    says "exit.o: error: it is an object, not an executable"
}

@test "a file that ends inside its ELF header is read as Linux reads it" {
    nasm -f bin -o tiny "$SOURCE/tests/support/tiny45.asm"
    printf 'bits 32\nglobal _start\n_start: xor eax, eax\ninc eax\nmov bl, 42\nint 0x80\n' >same.s
    tinyelf golf --prove tiny same.s
    exits 0
    contains "shown for any arguments and results: 1 of 1 stretch"
    tinyelf golf -v --nodes 1000 --hex made.hex -o made tiny
    exits 0
    contains "nothing smaller than tiny was found: it is a copy"
    [[ $output != *"--with int80"* ]]
    tinyelf build made.hex -o again
    cmp again tiny
}

@test "without memory for a search golf says so, and writes nothing" {
    ! ldd "$TINYELF" | grep -q 'lib.san' || skip "a sanitizer needs more memory itself"
    run_apart bash -c "ulimit -v 70000; exec '$TINYELF' golf --nodes 20000 --jobs 1 -o made '$SOURCE/asm/hello.s'"
    exits 1
    says "out of memory"
    [ ! -e made ]
}

@test "a file of gigabytes is left alone before it is read" {
    tinyelf build "$SOURCE/asm/exit.s" -o sparse
    truncate -s 1T sparse 2>/dev/null || truncate -s 3G sparse
    tinyelf golf --nodes 1000 -o made sparse
    exits 1
    says "sparse: error: it is left alone: it is larger than a megabyte"
}

@test "data that may not be executed are no code" {
    printf 'global _start\n_start: cmp qword [rsp], 57\njne .end\njmp data\n.end: mov eax, 60\nsyscall\nsection .data\ndata: mov edi, 7\nmov eax, 60\nsyscall\n' >code.s
    nasm -f elf64 code.s
    ld -z separate-code -o code code.o
    tinyelf golf --nodes 1000 -o made code
    exits 1
    says "there is memory that may not be executed"
}

@test "options that do not go together are told apart" {
    for words in "--level spec --with rwx -o x" "--hex h --prove x" "--unproven --prove x" "--level spec --prove x" "--level other -o x"; do
        # shellcheck disable=SC2086
        tinyelf golf $words "$SOURCE/asm/exit.s"
        exits 2
    done
}

@test "--from says what an input is" {
    printf '\270\074\0\0\0\017\005' >code
    tinyelf golf --nodes 100000 -o made code
    exits 1
    says "say --from"
    tinyelf golf --from raw --nodes 100000 -o made code
    exits 0
    [ "$(stat -c %s made)" -le 80 ]
    run ./made
    [ "$status" -eq 0 ]
}

# bats test_tags=long
@test "--with and --kernel widen a search, and what they find is proven as well" {
    tinyelf golf --with rwx,overcommit --nodes 100000 -o with "$SOURCE/asm/exit.s"
    exits 0
    is_golfed with 80 "$SOURCE/asm/exit.s"
    # From 6.6 on p_memsz may be larger than p_filesz in a segment that is read only (and in 6.1, but not in 6.2 to 6.5).
    tinyelf golf --kernel 6.6- --nodes 1000000 -o kernel "$SOURCE/asm/hello32.s"
    exits 0
    contains "Linux 6.6 to 6.18 starts both"
    [ "$(stat -c %s kernel)" -le 60 ]
    tinyelf golf --kernel 6.6- --prove kernel "$SOURCE/asm/hello32.s"
    exits 0
    tinyelf golf --kernel 6.1 --prove kernel "$SOURCE/asm/hello32.s"
    exits 0
    tinyelf golf --prove kernel "$SOURCE/asm/hello32.s"
    exits 1
    contains "than p_filesz"
    tinyelf golf --with gold -o x "$SOURCE/asm/exit.s"
    exits 2
    says "gold"
}

@test "after Ctrl-C the best file so far is written, as a whole, and the status is that of the signal" {
    # A shell without job control starts what is in the background with SIGINT ignored.
    run timeout --preserve-status --signal=INT 1.5 env --default-signal=INT "$TINYELF" golf --time 20 -o made "$SOURCE/asm/hello.s"
    [ "$status" -eq 130 ]
    [[ $output == *"search stopped"* ]]
    [ "$(stat -c %s made)" -le 178 ]
    [ "$(./made)" = "Hello world" ]
    tinyelf golf --prove made "$SOURCE/asm/hello.s"
    exits 0
    for left in .tinyelf-*; do
        [ ! -e "$left" ]
    done
}
