# Shared by the tests of linking. Load after setup.bash.

# assemble NAME [AS-OPTION...] <SOURCE: makes NAME.o, 64-bit by default
assemble()
{
    local name=$1
    shift
    as "${@:---64}" -o "$name.o" -
}

# compile NAME [GCC-OPTION...] <SOURCE: makes NAME.o
compile()
{
    local name=$1
    shift
    command -v gcc >/dev/null || skip "gcc is not installed"
    gcc -c -O1 -ffreestanding -fno-stack-protector -fno-pic -w -fno-asynchronous-unwind-tables "$@" -x c -o "$name.o" -
}

# Makes start.o, which calls main and exits with its result; start32.o does so for i386.
make_start()
{
    assemble start <<'S'
    .globl _start
_start:
    call    main
    movl    %eax, %edi
    movl    $60, %eax
    syscall
S
}

make_start32()
{
    assemble start32 --32 <<'S'
    .globl _start
_start:
    call    main
    movl    %eax, %ebx
    movl    $1, %eax
    int     $0x80
S
}

# ends_with STATUS PROGRAM: the program's exit status is STATUS.
ends_with()
{
    local expected=$1 got=0
    shift
    timeout 10 "$@" >program.out 2>&1 </dev/null || got=$?
    [ "$got" -eq "$expected" ] && return 0
    echo "$* ends with $got, not $expected: $(head -c 300 program.out)"
    return 1
}

# Finds out how to run 32-bit programs: directly or by qemu-i386; otherwise skips the test.
needs_i386_to_run()
{
    as --32 -o runs.o <<<'.globl _start; _start: movl $1, %eax; movl $42, %ebx; int $0x80'
    ld -m elf_i386 -o runs runs.o
    for runner in "" qemu-i386 qemu-i386-static; do
        local got=0
        $runner ./runs 2>/dev/null || got=$?
        [ "$got" -eq 42 ] && return 0
    done
    skip "nothing here runs 32-bit programs (CONFIG_IA32_EMULATION, qemu-i386)"
}

# times N TEXT FILE: FILE contains TEXT exactly N times.
times()
{
    local got
    got=$(grep -aoF -- "$2" "$3" | wc -l)
    [ "$got" -eq "$1" ] && return 0
    echo "'$2' is $got times in $3, not $1"
    return 1
}

# places FILE PLACE TEXT: a line of standard error has all three, in this order.
places()
{
    local file=$1 place=$2 text=$3 line
    while IFS= read -r line; do
        [[ $line == *"$file:"*"$place"*"$text"* ]] && return 0
    done <<<"$stderr"
    echo "expected a line: $file:$place: $text"
    echo "stderr: $stderr"
    return 1
}

# The build fails: status 1, a message, and no output file.
refuses()
{
    exits 1 && says "tinyelf: " && says "$1" || return 1
    [ ! -e out ] || { echo "there is an output"; return 1; }
}

# No line of standard input matches. (A "!" before a command would not fail a test.)
lacks()
{
    if grep -E -- "$1"; then
        echo "there should be no $1"
        return 1
    fi
}
