#!/usr/bin/env bats
# Reports of compare, stages, trace, syscall, build and new fit the width of a terminal, and so does --help.
load ../support/setup
load ../support/width_setup

setup_file()
{
    cd "$BATS_FILE_TMPDIR" || return 1
    "${TINYELF:-$SOURCE/build/tinyelf}" build "$SOURCE/asm/hello.s" -o hello
    cp /usr/bin/ls ls
    printf '#include <stdio.h>\nint main(void) { puts("hello"); return 0; }\n' >dynamic.c
    cc -o dynamic dynamic.c
    {
        echo '#include <tiny.h>'
        echo 'static char zeros_with_a_name_that_is_long[5000];'
        echo 'int unused(void) { return 3; }'
        echo 'int main(int count, char **words) { (void)words; zeros_with_a_name_that_is_long[count] = 1; return zeros_with_a_name_that_is_long[0]; }'
    } >tiny.c
}

setup()
{
    cd "$BATS_FILE_TMPDIR" || return 1
}

# The words of a report, sorted, without what changes from run to run.
words()
{
    tr -s ' \n' '\n\n' <"$1" | sort
}

@test "compare fits: labels and changes stay, long texts are shortened" {
    fits_all compare hello dynamic
    grep -qx 'size  *178  *[0-9]*  [0-9.]* times' at60
    grep -qx 'machine              ...icro Devices X86-64 ...icro Devices X86-64' at80
    grep -q '^interpreter  *none  */lib64/ld-linux-x86-64.so.2$' at120
    for width in 60 80 120; do
        # A row for each of the wide form, with its label and its change.
        diff <("$TINYELF" compare hello dynamic | sed 's/   .*//') <(sed 's/   .*//' at$width)
        diff <("$TINYELF" compare hello dynamic | grep -o '  [^ ]* times$') <(grep -o '  [^ ]* times$' at$width)
    done
    [ "$(awk '{ if (length > most) most = length } END { print most }' at120)" -gt 112 ]
    fits_all compare "$PWD/ls" "$PWD/dynamic"
    grep -q '\.\.\..*/dynamic$' at60
    "$TINYELF" compare hello dynamic >wide
    grep -qx 'machine                 Advanced Micro Devices X86-64  Advanced Micro Devices X86-64' wide
}

@test "compare --run fits, and shows all calls at any width" {
    fits_all compare --run hello dynamic
    for width in 60 80 120; do
        sed -n '/^in this order/,$p' at$width >order
        words order >order$width
    done
    cmp order60 order80
    cmp order80 order120
    grep -qx 'microseconds, median  *[0-9]*  *[0-9]*.*' at60
    grep -qE '^  only the second +brk, ' at60
}

@test "stages fits: two columns share the width, and texts go on below" {
    rm -rf tiny.stages
    fits_all stages tiny.c -o tiny.stages
    "$TINYELF" stages tiny.c -o tiny.stages >wide
    [ "$(grep -c '^[1-4]\. ' at60)" -eq 4 ]
    grep -qE '^command  cc -c tiny.s -o tiny.o    cc -c FLAGS tiny.s -o( tiny.o)?$' at60
    grep -qE '^bytes    7f 45 4c 46 02 01  \.ELF\.\. 7f 45 4c 46 02 01  \.ELF\.\.$' at60
    grep -qE '^bytes    7f 45 4c 46 02 01 01 00  \.ELF\.\.\.\. +7f' at80
    grep -qE '^bytes    7f 45 4c 46 02 01 01 00 00 00  \.ELF\.\.\.\.\.\. +7f' at120
    # FLAGS are broken between words.
    [ "$(sed -n '/^FLAGS/,$p' at60 | tr -s ' \n' ' ' | sed 's/-isystem.*//')" = "$(sed -n '/^FLAGS/,$p' wide | tr -s ' \n' ' ' | sed 's/-isystem.*//')" ]
}

@test "trace --abi fits, and strace's lines are as they are" {
    for width in 60 80 120; do
        COLUMNS=$width "$TINYELF" trace --abi -o abi$width ./dynamic >out || skip "nothing can be traced here"
        [ "$(awk -v most=$width 'length > most' abi$width)" = "" ]
        COLUMNS=$width "$TINYELF" trace -o lines$width ./dynamic >out
    done
    "$TINYELF" trace --abi -o wide ./dynamic >out
    [ "$(awk 'length > 80' wide)" != "" ]
    [ "$(words abi60 | grep -c PROT_READ)" -gt 0 ]
    [ "$(awk 'length > 80' lines60)" != "" ]
    # Words go on below the texts.
    grep -qx ' \{36\}mode, 0 the kernel' abi80
    grep -qx ' \{30\}CPL; 3 is user mode, 0 the' abi60
}

@test "trace --abi goes by the terminal that standard error is" {
    python3 -c 'import pty' || skip "python3 is missing"
    in_terminal 60 "$TINYELF" trace --abi ./hello >shown
    [ "$(tr -d '\r' <shown | awk 'length > 60')" = "" ]
    grep -q 'ring 3: its low two bits, the' shown || skip "nothing can be traced here"
    in_terminal 60 /bin/sh -c 'unset COLUMNS; "$0" trace --abi ./hello 2>err >out' "$TINYELF"
    grep -q 'ring 3: its low two bits, the CPL; 3 is user mode, 0 the kernel' err
}

@test "syscall fits: one call folds its cells, lists shorten theirs" {
    for what in mmap "" read 9 --list "--list --abi i386"; do
        # shellcheck disable=SC2086
        fits_all syscall $what
    done
    fits 60 syscall mmap >shown
    grep -qx 'name           mmap                    mmap' shown
    grep -qx '1st argument   rdi: void \*addr         ebx: const struct' shown
    grep -qx '                                       mmap_arg_struct \*args' shown
    fits_all syscall --list
    "$TINYELF" syscall --list >wide
    for width in 60 80 120; do
        [ "$(wc -l <at$width)" -eq "$(wc -l <wide)" ]
    done
    grep -qE '^read +0    3 sys_read +sys_read$' at60
    grep -qE '^sched_get_priority_min +147  160 sys_sched_get_priority_min +sys_sched_get_priority_min$' at120
    grep -q '\.\.\.$' at60
}

@test "new --list and every --help fit any width" {
    fits_all new --list
    fits 40 new --list >/dev/null
    for command in $("$TINYELF" --print-options | awk -F '\t' '$1 == "command" { print $2 }'); do
        for width in 40 60 80 120; do
            COLUMNS=$width "$TINYELF" $command --help >help
            # Where a path or a usage's word is longer, it stands alone.
            [ "$(awk -v most=$width 'length > most && / *[^ ] +[^ ]/' help)" = "" ]
        done
    done
    fits_all --help
    [ "$("$TINYELF" --print-options | awk -F '\t' '$1 == "command"' | wc -l)" -gt 10 ]
}
