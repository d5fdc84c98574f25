#!/usr/bin/env bats
# The page of explain --format html with a run and a heat map: what they have, and what they leave out.
load ../support/setup
load ../support/step_setup

# assemble NAME: builds a 64-bit program from the code on standard input.
assemble()
{
    { printf 'bits 64\nglobal _start\nsection .text write\n_start:\n'; cat; } >"$1.s"
    "$TINYELF" build "$1.s" -o "$1" 2>/dev/null
}

# kept PROGRAM ARGUMENT...: keeps a run in recording.json.
kept()
{
    "$TINYELF" step --record recording.json "$@" >/dev/null 2>&1 || true
}

# makes OPTION... FILE: makes page.html.
makes()
{
    tinyelf explain --format html "$@" -o page.html
    exits 0
}

# data PERL: prints what the expression says of the page's data, in $d.
data()
{
    perl -MJSON::PP -0777 -e 'my ($json) = <STDIN> =~ m{<script type="application/json" id="data">(.*?)</script>}s;
        our $d = decode_json($json); sub text { JSON::PP->new->canonical->encode(shift) }
        print eval shift; die $@ if $@' "$1" <"${2-page.html}"
}

# lacks WORD...: the page has none of them, also not as hex digits.
lacks()
{
    local word
    for word in "$@"; do
        not grep -qF -- "$word" page.html
        not grep -qF -- "$(printf %s "$word" | xxd -p | tr -d '\n')" page.html
    done
}

@test "a run has each step with its instruction, question, answer and output" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    kept ./hello
    makes --recording recording.json hello
    [ "$(data '$d->{run}{end}')" = "exit 0" ]
    [ "$(data 'scalar @{$d->{run}{steps}}')" -eq 8 ]
    [ "$(data '$d->{run}{steps}[4][2]{q}')" = 'write(1, "Hello world\n", 12)' ]
    [ "$(data '$d->{run}{steps}[4][2]{a}')" = 12 ]
    [ "$(data 'join " ", @{$d->{run}{steps}[4][2]{o}}')" = "$(printf '1 Hello world\n')" ]
    [ "$(data 'join " ", @{$d->{run}{steps}[4][2]{r}}')" = "166 12" ]
    [ "$(data '$d->{run}{steps}[2][1]')" = "6=100a6" ]
    cp page.html recorded.html
    makes --run hello
    [ "$(data 'text $d->{run}')" = "$(data 'text $d->{run}' recorded.html)" ]
}

@test "arguments, environment, paths and addresses are in the page only with --with-private" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    mkdir tellingfolder
    cp echo tellingfolder/echo
    SECRET_WORD=sesameopen kept ./tellingfolder/echo magicargument xy
    stack=$(perl -MJSON::PP -0777 -e 'print substr decode_json(<STDIN>)->{registers}{rsp}, 2' <recording.json)
    makes --recording recording.json echo
    lacks magicargument sesameopen tellingfolder "$PWD" "$stack" recording.json
    [ "$(data 'join " ", map { @{$_->[2]{o} // []} } @{$d->{run}{steps}}')" = "$(printf '1 13 1   1 2 1 \n')" ]
    not grep -qF '(1, 0x7f' page.html
    makes --recording recording.json --with-private echo
    grep -q magicargument page.html
    grep -q tellingfolder page.html
    grep -q "$stack" page.html
}

@test "letters of an argument, the working directory and the process are left out wherever they go" {
    assemble spells <<'E'
    mov rsi, [rsp + 16]     ; argv[1]
    xor ebx, ebx
next:
    lodsb                   ; a letter in a register
    mov [kept + rbx], al
    inc ebx
    cmp bl, 13
    jne next
    push rax
    mov r8, rsp             ; half an address
    mov r9d, r8d
    mov eax, 79             ; getcwd
    mov edi, folder
    mov esi, 512
    syscall
    mov eax, 39             ; getpid
    syscall
    mov ebp, eax
    mov eax, 1
    mov edi, 1
    mov esi, kept
    mov edx, 13
    syscall
    mov eax, 1
    mov esi, folder
    mov edx, 9
    syscall
    mov eax, 1
    mov esi, plain
    mov edx, 6
    syscall
    mov eax, 60
    xor edi, edi
    syscall
plain: db "plain", 10
kept: times 16 db 0
folder: times 512 db 0
E
    kept ./spells magicargument
    makes --recording recording.json spells
    lacks magicargument "$PWD" "${PWD:1:9}"
    [ "$(data 'join "|", map { @{$_->[2]{o} // []} } @{$d->{run}{steps}}')" = "$(printf '1|13|1|9|1|plain\n')" ]
    pid=$(perl -MJSON::PP -0777 -e 'for (@{decode_json(<STDIN>)->{steps}}) {
        my @p = @{$_->{pieces} // []}; print substr $p[1]{value}, 2 if @p > 1 && $p[0]{name} eq "getpid" }' <recording.json)
    [ -n "$pid" ]
    not grep -qE "[0-9]=$pid[ \"]" page.html
    for letter in m a g i c; do
        not grep -qE "[\" ]0=$(printf %s $letter | xxd -p)[\" ]" page.html
    done
    # rax, and of rsp its lower half
    stack=$(perl -MJSON::PP -0777 -e 'print substr decode_json(<STDIN>)->{registers}{rsp}, -7, 4' <recording.json)
    not grep -qE "\"steps\".*9=$stack" page.html
}

@test "where Linux put a position-independent program is left out, also of 32 bits" {
    cat >moved.s <<'E'
.globl _start
_start:
    call 1f
1:  pop %ebx
    lea 0x1000000(%ebx), %ecx
    mov $1, %eax
    xor %ebx, %ebx
    int $0x80
E
    gcc -m32 -static-pie -nostdlib moved.s -o moved 2>log || skip "gcc makes no program of 32 bits"
    kept ./moved
    makes --recording recording.json moved
    [ "$(data '$d->{run}{moved}')" -eq 1 ]
    [ "$(data 'text $d->{run}{steps}[0][2]{m}')" = '[[null,4]]' ]
    [ "$(data '$d->{run}{steps}[1][1]')" = '3=1005 4=?' ]
    [ "$(data '$d->{run}{steps}[2][1]')" = '1=?' ]
}

@test "a name that stands before what is secret in memory is shown" {
    assemble opens <<'E'
    mov eax, 39             ; getpid
    syscall
    mov [kept], eax
    mov eax, 2
    mov edi, name
    xor esi, esi
    syscall
    mov eax, 60
    xor edi, edi
    syscall
name: db "none", 0
kept: dd 0
E
    kept ./opens
    makes --recording recording.json opens
    [ "$(data '$d->{run}{steps}[6][2]{q}')" = 'open("none", O_RDONLY)' ]
}

@test "a private recording is shown, and what it left out stays left out" {
    "$TINYELF" build "$SOURCE/asm/echo.s" -o echo
    kept --private ./echo magicargument
    makes --recording recording.json --with-private echo
    grep -qF '(left out)' page.html
    lacks "$PWD"
    [ "$(data '$d->{run}{recorded_private}')" -eq 1 ]
}

@test "input that a program copies is output, with system calls of 32 bits as well" {
    "$TINYELF" build "$SOURCE/asm/cat.s" -o cat 2>/dev/null
    echo 'what was typed' >input
    makes --run --input input cat
    [ "$(data 'join "|", map { @{$_->[2]{o} // []} } @{$d->{run}{steps}}')" = "$(printf '1|what was typed\n')" ]
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    makes --run hello32
    [ "$(data '$d->{run}{registers}[0][1]')" = eax ]
    [ "$(data '$d->{run}{steps}[4][2]{q}')" = 'write(1, "Hello world\n", 12)' ]
    assemble both <<'E'
    mov eax, 1
    mov ebx, 7
    int 0x80
E
    makes --run --allow i386 both || makes --run --no-sandbox both
    [ "$(data '$d->{run}{steps}[2][2]{q}')" = 'exit(7)' ]
    [ "$(data '$d->{run}{end}')" = 'exit 7' ]
}

@test "a fault, a signal that kills, and a handler are told in words" {
    assemble faults <<'E'
    xor eax, eax
    mov rax, [rax + 16]
E
    makes --run faults
    [ "$(data '$d->{run}{steps}[1][2]{n}[0]')" = 'SIGSEGV: the instruction faults: nothing is mapped there; address 0x10' ]
    grep -qF 'killed by SIGSEGV' page.html
    assemble handles <<'E'
    mov eax, 13
    mov edi, 10
    mov esi, act
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 39
    syscall
    mov edi, eax
    mov esi, 10
    mov eax, 62
    syscall
    mov eax, 39
    syscall
    mov edi, eax
    mov esi, 9
    mov eax, 62
    syscall
handler:
    mov byte [flag], 1
    ret
restorer:
    mov eax, 15
    syscall
act: dq handler, 0x04000000, restorer, 0
flag: db 0
E
    kept ./handles
    makes --recording recording.json handles
    [ "$(data 'join " ", grep { $_ } map { $_->[2]{k} } @{$d->{run}{steps}}')" = "signal handler last" ]
    grep -qF 'SIGUSR1 comes: a process sent it' page.html
    [ "$(data '$d->{run}{end}')" = 'killed by SIGKILL' ]
    [ "$(data 'scalar grep { $_->[2]{w} } @{$d->{run}{steps}}')" -eq 1 ]
}

@test "an 84-byte program whose headers overlap has a run and a heat map as any other" {
    perl -e 'print pack "H*", "7f454c46488d353d000000ffc089c7a902003e00b20ceb180100000005000000180000000000000018000000050000000f05b03ceb0438000100ffcf0f0500000100ffcf0f050000" . unpack "H*", "Hello world\n"' >s84
    chmod +x s84
    [ "$(wc -c <s84)" -eq 84 ]
    "$TINYELF" mutate --json --values 3 ./s84 >heat.json
    makes --run --heat heat.json s84
    [ "$(data '$d->{run}{end}')" = 'exit 0' ]
    [ "$(data 'join " ", @{$d->{heat}{tried}}')" = "0 84" ]
    [ "$(data '$d->{heat}{values}')" -eq 3 ]
}

@test "a heat map has the outcomes in mutate's words, and ranges of what was tried" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" mutate --json --field p_flags ./hello >heat.json
    makes --heat heat.json hello
    [ "$(data 'join " ", @{$d->{heat}{tried}}')" = "68 4" ]
    [ "$(data '$d->{heat}{outcomes}[4]')" = 'killed by a signal' ]
    [ "$(data '$d->{heat}{reasons}[1]')" = SIGSEGV ]
    [ "$(data 'join " ", @{$d->{heat}{counts}[0]}')" = "127 255 -2" ]
    for shard in 1/2 2/2; do
        "$TINYELF" mutate --json --field p_flags --shard $shard ./hello >"part${shard%/2}.json"
    done
    makes --heat part2.json hello
    [ "$(data 'join(" ", @{$d->{heat}{parts}}) . " of $d->{heat}{of}"')" = "2 of 2" ]
    "$TINYELF" mutate --merge --json part1.json part2.json >merged.json
    makes --heat merged.json hello
    [ "$(data 'join " ", @{$d->{heat}{counts}[0]}')" = "127 255 -2" ]
}

@test "a heat map of another file, or none, is refused with the reason" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build "$SOURCE/asm/exit.s" -o exit
    "$TINYELF" mutate --json --field p_flags ./hello >heat.json
    tinyelf explain --format html --heat heat.json exit -o page.html
    exits 1
    grep -qE "^tinyelf: heat.json: error: the result is of a file of 178 bytes, and exit has [0-9]+" <<<"$stderr"
    [ ! -e page.html ]
    { head -c 68 hello; printf '\004'; tail -c +70 hello; } >other
    tinyelf explain --format html --heat heat.json other -o page.html
    exits 1
    grep -qF "tinyelf: heat.json: error: the result is of another file: its byte at offset 0x44 is 0x05, that of other is 0x04" <<<"$stderr"
    head -c 100 heat.json >short.json
    tinyelf explain --format html --heat short.json hello -o page.html
    exits 1
    grep -q "^tinyelf: short.json:" <<<"$stderr"
    sed 's/"version":1/"version":99/' heat.json >version.json
    tinyelf explain --format html --heat version.json hello -o page.html
    exits 1
    grep -q "version" <<<"$stderr"
    tinyelf explain --format html --heat hello hello -o page.html
    exits 1
    tinyelf explain --format html --heat none.json hello -o page.html
    exits 1
    grep -qF "tinyelf: none.json" <<<"$stderr"
}

@test "a recording of another program is refused, and options without the page are usage errors" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" build "$SOURCE/asm/exit.s" -o exit
    kept ./hello
    tinyelf explain --format html --recording recording.json exit -o page.html
    exits 1
    grep -qF "another file ran: it has 178 bytes" <<<"$stderr"
    tinyelf explain --heat heat.json hello
    exits 2
    grep -qF -- "--heat is for --format html" <<<"$stderr"
    tinyelf explain --with-private --run hello
    exits 2
    grep -qF -- "--with-private is for --format html" <<<"$stderr"
}

@test "a recording, a heat map or an input that the page is made of is never overwritten" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    kept ./hello
    "$TINYELF" mutate --json --field p_flags ./hello >heat.json
    echo typed >input
    ln -s heat.json link
    sha256sum recording.json heat.json input >sums
    for given in '--recording recording.json -o recording.json' '--heat heat.json -o link' '--run --input input -o ./input'; do
        # shellcheck disable=SC2086
        tinyelf explain --format html $given hello
        exits 2
        [[ $stderr == *"the output '${given##* }' is an input: it is never overwritten"* ]]
    done
    sha256sum --quiet -c sums
}

@test "the lecture's page with its run and heat map has at most 80 KB, and the same bytes twice" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    kept ./hello
    "$TINYELF" mutate --json ./hello >heat.json
    makes --recording recording.json --heat heat.json hello
    [ "$(wc -c <page.html)" -le $((80 * 1024)) ]
    cp page.html first.html
    makes --recording recording.json --heat heat.json hello
    cmp first.html page.html
}
