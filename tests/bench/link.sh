#!/bin/bash
# link.sh TINYELF SOURCE: benchmarks linking against ld; both sides of a ratio alternate in one run.
# OBJECTS (default 10000, a tenth with one or two rounds) is the largest number of objects for which growth is measured.
set -eu
tinyelf=$1 source=$2
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=figures.sh
. "$here/figures.sh"
most=${OBJECTS:-$((10000 / tenth))}

# ---- many objects ------------------------------------------------------------------------------------
counts=
for count in 10 100 1000 10000; do
    [ "$count" -le "$most" ] && counts="$counts $count"
done
mkdir objects
# shellcheck disable=SC2086
perl "$here/many_objects.pl" "$most" objects $counts
cd objects
for count in $counts; do
    printf 'start-%d.o\n' "$count" >"inputs-$count"
    seq -f '%05.0f.o' 0 $((count - 1)) >>"inputs-$count"
done

# once_many NAME COUNT COMMAND...: one run with COUNT objects, in milliseconds; the program must run.
once_many()
{
    local name=$1 count=$2 ended=0 TIMEFORMAT=%R inputs
    shift 2
    mapfile -t inputs <"inputs-$count"
    rm -f out
    { time "$@" "${inputs[@]}" -o out >messages 2>&1 || ended=$?; } 2>time.txt
    # The objects' program exits with 42.
    [ "$ended" -eq 0 ] && { ./out || ended=$?; }
    if [ "$ended" -ne 42 ]; then
        echo "$1 with $count objects: status $ended, $(head -n 1 messages)" >&2
        return 1
    fi
    awk '{print $1 * 1000}' time.txt >>"../$name"
}

if [ "$most" -ge 1000 ]; then
    linkers="ours ld"
    command -v mold >/dev/null && linkers="$linkers mold"
    for _ in $(seq "$rounds"); do
        for linker in $linkers; do
            case $linker in
            ours) command=("$tinyelf" build) ;;
            ld) command=(ld -n -s) ;;
            mold) command=(mold -s) ;;
            esac
            once_many "many_$linker" 1000 "${command[@]}" || { linkers=${linkers//$linker/}; break; }
        done
    done
    cd ..
    if [ -e many_ours ] && [ -e many_ld ]; then
        report "1,000 objects, 100,000 relocations / ld -n -s" "$(median many_ours)" "$(median many_ld)" 0.5
    else
        echo "1,000 objects, 100,000 relocations: not measured, see above"
    fi
    if [ -e many_mold ]; then
        awk -v ms="$(median many_mold)" 'BEGIN {printf "%-44s %8.3f ms\n", "  for the record, mold -s", ms}'
    else
        echo "  for the record, mold: not measured, the package mold is missing"
    fi
    cd objects
fi

# ---- growth ------------------------------------------------------------------------------------------
# Every object has 100 relocations; the smallest time includes that of an empty run.
for count in $counts; do
    for _ in $(seq $((rounds < 5 ? rounds : 5))); do
        once_many "growth_$count" "$count" "$tinyelf" build || break
    done
    [ -e "../growth_$count" ] || continue
    once_many "growth_ld_$count" "$count" ld -n -s
    awk -v count="$count" -v ours="$(median "../growth_$count")" -v theirs="$(median "../growth_ld_$count")" 'BEGIN {
        printf "  %6d objects: %9.3f ms, %7.4f ms an object   (ld: %7.4f)\n", count, ours, ours / count, theirs / count }'
done
cd ..
if [ -e growth_10000 ] && [ -e growth_1000 ]; then
    report "10,000 objects / ten times 1,000" "$(median growth_10000)" \
        "$(awk -v ms="$(median growth_1000)" 'BEGIN {print 10 * ms}')" 1.5
fi

if [ "$most" -ge 10000 ] && command -v ld.lld >/dev/null; then
    # Both replace their output, and the objects' program exits with 42.
    (
        cd objects
        for _ in $(seq $((rounds < 5 ? rounds : 5))); do
            turns 3 ../lld_ours "$tinyelf build @inputs-10000 -o out" ../lld "ld.lld --threads=1 -s @inputs-10000 -o out.lld"
        done
        for program in ./out ./out.lld; do
            ended=0
            "$program" || ended=$?
            [ "$ended" -eq 42 ] || echo "$program with 10,000 objects: status $ended"
        done
    )
    report "10,000 objects / ld.lld --threads=1" "$(median lld_ours)" "$(median lld)" 1
    report "  the same, processor time" "$(median lld_ours.processor)" "$(median lld.processor)" 1
else
    echo "10,000 objects / ld.lld: not measured, the package lld is missing, or OBJECTS is less"
fi

# ---- sizes -------------------------------------------------------------------------------------------
# The end of the last bytes that the kernel loads of a file by ld -N -s --gc-sections: its least possible size.
last_loaded_byte()
{
    readelf -lW "$1" | awk '$1 == "LOAD" {print $2, $5}' | while read -r offset size; do
        echo $((offset + size))
    done | sort -n | tail -n 1
}

# size NAME MACHINE OBJECT INPUT: one line of the table
size()
{
    local library=
    [ "$2" = elf_x86_64 ] && command -v gcc >/dev/null && library=$(gcc -print-libgcc-file-name)
    # shellcheck disable=SC2086
    if "$tinyelf" build "$4" -o ours 2>/dev/null && ld -m "$2" -N -s --gc-sections -o theirs "$3" $library 2>/dev/null; then
        awk -v name="$1" -v ours="$(stat -c %s ours)" -v theirs="$(last_loaded_byte theirs)" 'BEGIN {
            printf "  %-42s %8d B  / %8d B  = %.2f   (at most 1)%s\n", name, ours, theirs, ours / theirs,
                   ours <= theirs ? "" : "   MISSED" }'
    else
        echo "  $1: not measured, one of the two does not link it"
    fi
}

echo "size of tinyelf's file / last loaded byte of ld -N -s --gc-sections:"
for path in "$source"/asm/*.s; do
    # With the assembler whose language it is, for the same machine.
    assembler=$("$tinyelf" build --assembler nasm --verbose "$path" -o ours 2>&1 | sed -nE 's/.*note: start: (nasm -f elf[0-9]*|as --[0-9]*).*/\1/p')
    machine=elf_x86_64
    case $assembler in *32) machine=elf_i386 ;; esac
    [ -n "$assembler" ] || { echo "  ${path##*/}: not measured, tinyelf does not say which assembler it is for"; continue; }
    # shellcheck disable=SC2086
    $assembler -o object.o "$path" && size "${path##*/}" "$machine" object.o "$path"
done
if command -v gcc >/dev/null; then
    for path in "$source"/asm/*.c "$source"/tests/oracle/ld/programs/*.c; do
        [ -e "$path" ] || continue
        gcc -m64 -Os -ffreestanding -isystem "$source/asm" -fno-stack-protector -fno-pic -fno-asynchronous-unwind-tables -ffunction-sections \
            -fdata-sections -w -c -o object.o "$path" && size "${path##*/}" elf_x86_64 object.o object.o
    done
fi
