#!/usr/bin/env bats
# --tty of run, mutate, step, trace, explain and disasm: a terminal of the program's own, in the sandbox.
load ../support/setup
load ../support/mutate_setup

# Writes a, b and c to descriptors 1, 0 and 2, and exits with 3.
three()
{
    assemble three <<'END'
_start: mov ebx, 1
        lea rsi, [rel text]
        call put
        dec ebx
        call put
        mov bl, 2
        call put
        mov eax, 60
        mov edi, 3
        syscall
put:    mov eax, 1
        mov edi, ebx
        mov edx, 2
        syscall
        add rsi, 2
        ret
text:   db "a", 10, "b", 10, "c", 10
END
}

# Writes the window's columns as one byte, and exits with what the ioctl returned.
columns()
{
    assemble columns <<'END'
_start: sub rsp, 16
        mov eax, 16
        xor edi, edi
        mov esi, 0x5413
        mov rdx, rsp
        syscall
        mov ebx, eax
        mov eax, 1
        mov edi, 1
        lea rsi, [rsp + 2]
        mov edx, 1
        syscall
        mov eax, 60
        mov edi, ebx
        syscall
END
}

# setting NAME REQUEST INSTRUCTION: makes a program that changes its settings at rsp, sets them with a request, and
# writes what it reads, to the end or to a byte 4.
setting()
{
    assemble "$1" <<END
_start: sub rsp, 4096
        mov eax, 16
        xor edi, edi
        mov esi, 0x5401
        mov rdx, rsp
        syscall
        $3
        mov eax, 16
        mov esi, $2
        syscall
more:   xor eax, eax
        xor edi, edi
        mov rsi, rsp
        mov edx, 4096
        syscall
        mov ebx, eax
        test eax, eax
        jle end
        mov edx, eax
        mov eax, 1
        mov edi, 1
        syscall
        cmp ebx, 1
        jne more
        cmp byte [rsp], 4
        jne more
end:    mov eax, 60
        xor edi, edi
        syscall
END
}

in_sandbox()
{
    run --separate-stderr timeout 60 "$TINYELF" "$@" 3>&-
    sleep 0.2
}

@test "what is written to 0, 1 and 2 comes to standard output in its order" {
    three
    in_sandbox run --sandbox --tty ./three </dev/null
    exits 3
    [ "$output" = "a
b
c" ]
    [ -z "$stderr" ]
    # Without a terminal, descriptor 0 is not written to.
    in_sandbox run --sandbox ./three </dev/null
    exits 159
    says "write of descriptor 0"
    # Closed descriptors of this command make no difference to the program.
    run timeout 20 sh -c "'$TINYELF' run --sandbox --tty ./three <&- 2>&-" 3>&-
    exits 3
    [ "$output" = "a
b
c" ]
    run timeout 20 sh -c "'$TINYELF' run --sandbox --tty ./three >&-" 3>&-
    exits 3
    sleep 0.3
}

@test "a program reads the bytes of its input" {
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    perl -e 'print "line\n", map(chr, 0 .. 255), "x" x 10000, "\n" x 5000, "\4\3\32\r\n", "end"' >input
    timeout 120 "$TINYELF" run --sandbox --tty --time 100 ./cat <input >output
    cmp input output
    sleep 0.2
    { printf 'one\n'; sleep 0.1; printf 'two'; } | timeout 20 "$TINYELF" run --sandbox --tty ./cat >output
    [ "$(cat output)" = "one
two" ]
    sleep 0.2
    # A folder has nothing to read.
    timeout 20 "$TINYELF" run --sandbox --tty ./cat <. >output
    [ ! -s output ]
}

@test "a program that changes its settings reads the same bytes, in every run" {
    local try
    setting raw 0x5402 'and dword [rsp + 12], ~2'
    setting flush 0x5404 'and dword [rsp + 12], -1'
    setting raw_flush 0x5404 'and dword [rsp + 12], ~2'
    setting no_quote 0x5402 'mov byte [rsp + 32], 0'
    setting no_extensions 0x5402 'and dword [rsp + 12], ~0x8000'
    printf 'ab\003cd\n\025\026x\000\177\r\nend' >input
    { cat input; printf '\004'; } >ended
    for try in 1 2 3 4 5 6; do
        timeout 20 "$TINYELF" run --sandbox --tty ./raw <input >output
        cmp ended output
        timeout 20 "$TINYELF" run --sandbox --tty ./raw_flush <input >output
        cmp ended output
        timeout 20 "$TINYELF" run --sandbox --tty ./flush <input >output
        cmp input output
        timeout 20 "$TINYELF" run --sandbox --tty ./no_quote <input >output
        cmp input output
        timeout 20 "$TINYELF" run --sandbox --tty ./no_extensions <input >output
        cmp input output
    done
    mutate --tty --field e_type --values 9 --input input raw
    exits 0
}

@test "a program whose reader is gone gets SIGPIPE" {
    assemble spin <<'END'
_start: mov eax, 1
        mov edi, 1
        lea rsi, [rel _start]
        mov edx, 8
        syscall
        jmp _start
END
    run timeout 20 bash -c "'$TINYELF' run --sandbox --tty --time 10 ./spin 2>err | head -c 8 >/dev/null; exit \${PIPESTATUS[0]}" 3>&-
    exits 141
    grep -q 'killed by signal 13 (SIGPIPE)' err
}

@test "the terminal has the size of the one that shows its output, else 80 columns" {
    command -v script >/dev/null || skip "script is not installed"
    columns
    in_sandbox run --sandbox --tty ./columns </dev/null
    exits 0
    [ "$output" = "P" ]
    run --separate-stderr timeout 20 setsid --wait script -qec \
        "stty cols 65 rows 9; '$TINYELF' run --sandbox --tty ./columns" /dev/null </dev/null 3>&-
    [[ "$output" == *A* ]]
    sleep 0.2
    # Nothing else shows it in mutate, nor in explain.
    in_sandbox mutate --tty --color never --field 0x10 --values 1 columns
    exits 0
}

@test "mutate compares what the terminal shows, and says in JSON that there was one" {
    three
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    printf 'some\ntext' >input
    mutate three
    exits 1
    says "write of descriptor 0"
    mutate --tty --values 5 --json three
    exits 0
    [ "$(json 'print "$d->{tty} $d->{complete}"' <<<"$output")" = "1 1" ]
    mutate --tty --field 0x98-0x9b --values all --input input --json cat
    exits 0
    printf '%s\n' "$output" >first
    mutate --tty --field 0x98-0x9b --values all --input input --json --jobs 1 cat
    printf '%s\n' "$output" | cmp - first
    # It may write to 2 and 0 what it wrote to 1: nobody sees which it was.
    mutate --field 0x98-0x9b --values all --input input --json cat
    [ "$(json 'print $d->{tty} ? "yes" : "no"' <<<"$output")" = "no" ]
    json 'my $without = $d; my $with = do { local @ARGV = "first"; decode_json(do { local $/; <> }) };
          my ($a, $b) = map { my $n = 0; $n += $_->{same} for @{$_->{bytes}}; $n } $without, $with;
          exit($a < $b ? 0 : 1)' <<<"$output"
}

@test "parts with a terminal and without are not merged" {
    local part
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    for part in 1 2; do
        mutate --json --tty --field e_type --values 9 --shard "$part/2" hello
        printf '%s\n' "$output" >"tty$part"
        mutate --json --field e_type --values 9 --shard "$part/2" hello
        printf '%s\n' "$output" >"none$part"
    done
    tinyelf mutate --merge --json tty1 tty2
    exits 0
    [ "$(json 'print "$d->{tty} $d->{shards}"' <<<"$output")" = "1 1" ]
    tinyelf mutate --merge tty1 none2
    exits 1
    says "none2: error: it was made without --tty, and the first one with it"
    tinyelf mutate --merge none1 tty2
    exits 1
    says "tty2: error: it was made with --tty, and the first one without it"
    tinyelf mutate --merge none1 none2
    exits 0
}

@test "step, trace, explain and disasm give a terminal, too" {
    three
    columns
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    in_sandbox trace --sandbox --tty -o log ./three </dev/null
    exits 3
    [ "$output" = "a
b
c" ]
    [ "$(grep -c '^write(. *, "[abc]\\n", 2) *= 2$' log)" -eq 3 ]
    run --separate-stderr timeout 20 "$TINYELF" trace --sandbox --tty -o log ./cat 3>&- < <(printf 'in\nput')
    exits 0
    [ "$output" = "in
put" ]
    grep -q '^read(0, "in\\n", 65536) *= 3$' log
    grep -q '^read(0, "put", 65536) *= 3$' log
    sleep 0.2
    in_sandbox step --sandbox --tty --plain ./columns </dev/null
    exits 0
    [[ "$output" == *ioctl* ]]
    # A recording has what was written to the terminal, through any of its descriptors.
    in_sandbox step --sandbox --tty --plain --record run.json ./three </dev/null
    exits 3
    in_sandbox step --replay run.json
    [ "$(grep -x '[abc]' <<<"$output"$'\n'"$stderr" | tr -d '\n')" = abc ]
    printf 'in\n' >input
    in_sandbox explain --run --tty --input input cat
    exits 0
    [[ "$output" == *'read(0, "in\n"'* ]]
    in_sandbox disasm --run --tty three
    exits 0
    [[ "$output" == *'write(0, "b\n"'* ]]
}

@test "--tty is for the sandbox" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf run --tty ./hello
    exits 2
    says "--tty is for the sandbox only: add --sandbox"
    tinyelf trace --tty ./hello
    exits 2
    says "--time, --memory and --tty are for the sandbox: add --sandbox"
    tinyelf step --tty ./hello
    exits 2
    says "--time, --memory and --tty are for the sandbox: add --sandbox"
    tinyelf explain --tty hello
    exits 2
    says "--tty is for --run"
    tinyelf disasm --run --no-sandbox --tty hello
    exits 2
    says "--no-sandbox has no terminal to give: --tty is for the sandbox"
    tinyelf mutate --merge --tty part
    exits 2
}
