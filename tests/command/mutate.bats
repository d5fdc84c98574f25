#!/usr/bin/env bats
# tinyelf mutate: the map, values and pairs, programs that cannot be compared, Ctrl-C, shards.
load ../support/setup
load ../support/mutate_setup

# --merge runs nothing, so it needs no pause.
merge()
{
    tinyelf mutate --color never --merge "$@"
}

# ---- the lecture's program ----

# bats test_tags=long
@test "the lecture's program has its map, and totals that add up" {
    hello
    mutate hello
    exits 0
    [ "${lines[0]}" = "hello: 178 bytes; 178 changed, 45390 runs" ]
    grep -q '^0000  ####\.\.\.\. \.\.\.\.\.\.\.\.   rrrr\.\.\.\. \.\.\.\.\.\.\.\.   ei_mag0' <<<"$output"
    grep -q '^0030  \.\.\.\.\.\.## .#\.\.\.\.\.\.   \.\.\.\.\.\.rr rr\.\.\.\.\.\.   e_flags, e_ehsize, e_phentsize' \
        <<<"$output"
    grep -q '^00b0  ##                  oo ' <<<"$output"
    [[ "$(grep '^0004  ei_class' <<<"$output")" =~ ^0004\ \ ei_class\ +255\ +\.\ +\.\ +\.\ +\.\ +\.\ +\.$ ]]
    [[ "$(grep '^0036  e_phentsize' <<<"$output")" =~ \ 510\ .*ENOEXEC$ ]]
    # Nine numbers: seven classes, which add up to 255 x 178.
    [ "$(grep '^all ' <<<"$output" | tr -c '0-9' '\n' | awk '{ n += $1 } END { print n }')" -eq 45390 ]
}

@test "JSON has counts by class for each byte, and the errnos of refused changes" {
    hello
    mutate --json --field 0x30-0x48 hello
    exits 0
    [ "$(json 'print "$d->{file} $d->{size} $d->{runs} ", scalar @{$d->{bytes}}' <<<"$output")" = "hello 178 6375 25" ]
    json 'for my $b (@{$d->{bytes}}) {
              my $n = 0;
              $n += $b->{$_} for qw(same output status refused signal blocked timeout);
              exit 1 if $n != 255;
          }' <<<"$output"
    [ "$(json 'print join ",", map { $_->{offset} } grep { $_->{same} == 255 } @{$d->{bytes}}' <<<"$output")" = \
        "48,49,50,51,52,53,58,59,60,61,62,63,69,70,71" ]
    [ "$(json 'my $b = $d->{bytes}[6]; print "$b->{offset} $b->{value} $b->{refused} @{$b->{errnos}} $b->{owner} $b->{reader}"' <<<"$output")" = \
        "54 56 255 ENOEXEC ehdr.e_phentsize kernel" ]
    [ "$(json 'my $b = $d->{bytes}[16]; print "$b->{offset} $b->{signal} @{$b->{signals}} @{$b->{signal_names}}"' <<<"$output")" = \
        "64 254 11 SIGSEGV" ]
    [ "$(json 'print "$d->{outcomes}{blocked}, $d->{seed_hex}"' <<<"$output")" = "blocked by the sandbox, 0x1" ]
    [ "$(sum same)" -ge 3825 ]
}

# bats test_tags=long
@test "JSON has the values of each byte that keep the behaviour, which do keep it" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    tinyelf mutate --json --field 0x10-0x3f hello
    exits 0
    printf '%s' "$output" >result.json
    python3 - <<'P'
import json, os, subprocess
result = json.load(open("result.json"))
original = open("hello", "rb").read()
for byte in result["bytes"]:
    values = [v for a, b in byte["kept"] for v in range(a, b + 1)]
    assert byte["value"] in values, byte
    assert len(values) == byte["same"] + 1, byte
    assert values == sorted(set(values)), byte
    # Ranges are as long as they can be.
    assert all(b + 1 < c for (a, b), (c, d) in zip(byte["kept"], byte["kept"][1:])), byte
by_offset = {byte["offset"]: byte["kept"] for byte in result["bytes"]}
assert by_offset[0x20] == [[64, 64]]                     # e_phoff
assert by_offset[0x3a] == [[0, 255]]                     # e_shentsize
partly = [o for o, kept in by_offset.items() if kept != [[0, 255]] and len(kept) + kept[0][1] - kept[0][0] > 1]
assert partly
for offset in partly:
    for value in range(256):
        changed = bytearray(original)
        changed[offset] = value
        with open("changed", "wb") as file:
            file.write(changed)
        os.chmod("changed", 0o755)
        run = subprocess.run([os.environ["TINYELF"], "run", "--sandbox", "./changed"], capture_output=True)
        same = run.returncode == 0 and run.stdout == b"Hello world\n"
        assert same == any(a <= value <= b for a, b in by_offset[offset]), (offset, value)
P
    # Parts have those of their runs, and together all of them; a part without them has none.
    for i in 1 2 3; do "$TINYELF" mutate --json --shard $i/3 --field 0x30-0x3f hello >part$i; done
    "$TINYELF" mutate --json --field 0x30-0x3f hello >whole
    "$TINYELF" mutate --merge --json part2 part1 part3 | cmp - whole
    sed -i 's/"kept":\[[][0-9,]*\],//' part2
    "$TINYELF" mutate --merge --json part2 part1 part3 >merged
    [ "$(grep -c kept merged)" -eq 0 ]
    sed 's/"kept":\[\[[0-9]*/"kept":[[256/' part1 >wrong
    tinyelf mutate --merge wrong
    exits 1
    says "kept"
}

@test "--keep writes a mutant of each byte and outcome, --keep-all all of them, with an index that is true" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    "$TINYELF" mutate --json --field 0x10-0x1f hello >result.json
    tinyelf mutate --json --keep one --field 0x10-0x1f hello
    exits 0
    printf '%s\n' "$output" | cmp - result.json
    tinyelf mutate --keep-all all/ --field 0x10-0x1f hello
    exits 0
    cmp one/original hello
    cmp all/original hello
    python3 - <<'P'
import csv, json, os, subprocess
original = open("hello", "rb").read()
result = {byte["offset"]: byte for byte in json.load(open("result.json"))["bytes"]}
outcomes = ("same", "output", "status", "refused", "signal", "blocked", "timeout")
counts = {}
for folder in "one", "all":
    rows = list(csv.DictReader(open(folder + "/index.tsv"), delimiter="\t"))
    assert set(os.listdir(folder)) == {row["name"] for row in rows} | {"original", "index.tsv"}
    counts[folder] = {}
    for row in rows:
        offset, before, after = (int(row[key], 16) for key in ("offset", "from", "to"))
        assert row["name"] == "%04x-%02x-to-%02x-%s" % (offset, before, after, row["outcome"])
        assert row["field"] == result[offset]["owner"]
        bytes_ = open(folder + "/" + row["name"], "rb").read()
        assert [i for i in range(len(original)) if original[i] != bytes_[i]] == [offset]
        assert (original[offset], bytes_[offset]) == (before, after)
        assert not os.access(folder + "/" + row["name"], os.X_OK) or os.getuid() == 0
        assert os.stat(folder + "/" + row["name"]).st_mode & 0o111 == 0
        kept = any(a <= after <= b for a, b in result[offset]["kept"])
        assert kept == (row["outcome"] == "same"), row
        key = (offset, row["outcome"])
        counts[folder][key] = counts[folder].get(key, 0) + 1
for offset, byte in result.items():
    for outcome in outcomes:
        assert counts["all"].get((offset, outcome), 0) == byte[outcome]
        assert counts["one"].get((offset, outcome), 0) == min(byte[outcome], 1)
P
}

@test "--keep makes its folder whole or not at all" {
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    mkdir there
    tinyelf mutate --keep there --field 0x10 hello
    exits 1
    says "there: error: File exists: name a new folder"
    [ -z "$(ls there)" ]
    tinyelf mutate --keep no/such/folder --field 0x10 hello
    exits 1
    says "no/such/folder: error: No such file or directory"
    tinyelf mutate --keep pairs --pairs 0x10-0x11 hello
    exits 2
    tinyelf mutate --keep a --keep-all b hello
    exits 2
    tinyelf mutate --merge --keep a hello
    exits 2
    # Interrupted: neither the folder nor what would have become it.
    "$TINYELF" mutate --keep-all stopped hello >map 2>messages &
    local id=$!
    until ls -d stopped.* >/dev/null 2>&1; do sleep 0.05; done
    kill -s TERM "$id"
    status=0; wait "$id" || status=$?
    [ "$status" -eq 143 ]
    [ "$(ls -d -- a b pairs stopped* no 2>/dev/null | wc -l)" -eq 0 ]
}

# bats test_tags=long
@test "a seed gives the same result with any number of jobs; another seed gives other values" {
    hello
    mutate --json --values 9 --seed 4 --jobs 1 hello
    exits 0
    local first=$output
    [ "$(json 'print $d->{runs}' <<<"$output")" -eq $((178 * 9)) ]
    mutate --json --values 9 --seed 4 --jobs 5 hello
    [ "$output" = "$first" ]
    mutate --json --values 9 --seed 5 hello
    exits 0
    [ "$output" != "$first" ]
    mutate --json --values 255 --seed 4 --field ehdr hello
    first=$(sed 's/"seed":[0-9]*,"seed_hex":"[^"]*"//' <<<"$output")
    mutate --json --values all --seed 99 --field ehdr hello
    [ "$(sed 's/"seed":[0-9]*,"seed_hex":"[^"]*"//' <<<"$output")" = "$first" ]
}

@test "--field is a field, a structure, an offset, a range or an instruction" {
    local place
    hello
    # The place, its number of bytes and its offset.
    while read -r place from count; do
        mutate --json --values 1 --field "$place" hello
        exits 0
        [ "$(json 'print "$d->{bytes}[0]{offset} ", scalar @{$d->{bytes}}' <<<"$output")" = "$from $count" ]
    done <<'END'
e_phentsize 54 2
phdr[0].p_flags 68 4
phdr[0] 64 56
ehdr 0 64
0x36 54 1
54-0x37 54 2
0-177 0 178
instruction[0x10078] 120 7
END
    printf 'bits 64\nglobal _start\n_start: mov eax,60\nxor edi,edi\nsyscall\n' >named.asm
    "$TINYELF" build --sections named.asm -o named
    while read -r file place from bytes; do
        mutate --json --values 1 --field "$place" "$file"
        exits 0
        echo "$output" | python3 -c "
import json, sys
offsets = [b['offset'] for b in json.load(sys.stdin)['bytes']]
assert offsets == list(range($from, $from + $bytes)), offsets"
    done <<'END'
hello @0x10078 120 1
hello 0x100a6 166 1
hello Hello 166 5
hello "world\n" 172 6
named _start 128 1
END
    for place in e_nothing phdr[1] 178 0-178 9-8 0x 1-2-3 -1; do
        tinyelf mutate --field "$place" hello
        exits 1
        says "tinyelf: hello: error: "
        [ -z "$output" ]
    done
}

@test "--pairs finds two bytes that depend on each other" {
    hello
    # p_offset and p_vaddr must agree within a page: changed alike, they do.
    mutate --pairs 0x48-0x50 --values 4 hello
    exits 0
    grep -Eq '^0048 and 0050 +16 +4 +4 +\.$' <<<"$output"
    grep -q 'other pairs are independent of each other' <<<"$output"
    mutate --json --pairs 0x48-0x50 --values 4 hello
    [ "$(json 'print scalar @{$d->{pairs}}, " $d->{runs} ",
               join ";", map { "@{$_->{offsets}} $_->{same} $_->{mended} $_->{broken}" } grep { $_->{mended} } @{$d->{pairs}}' \
        <<<"$output")" = "36 $((9 * 4 + 36 * 16)) 72 80 4 4 0" ]
}

# Makes hello with many section headers after it, each a table of a given type that is the whole file.
overlapping()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
    perl -e 'my ($count, $type) = @ARGV;
        local $/;
        open my $in, "<", "hello";
        my $file = <$in> . "\0" x 6;
        my $size = length($file) + 64 * $count;
        substr($file, 0x28, 8) = pack "Q<", length $file;
        substr($file, 0x3a, 6) = pack "S<3", 64, $count, 0;
        $file .= pack "L<2Q<4L<2Q<2", 0, $type, 0, 0x10000, 0, int($size / 24) * 24, 0, 0, 8, 24 for 1 .. $count;
        print $file' "$1" "$2" >overlapping
    chmod +x overlapping
}

@test "bytes with a thousand owners are counted, and some owners named" {
    # Too many symbol tables to walk through; the counts are still there.
    overlapping 300 2
    mutate --values 1 overlapping
    exits 0
    says "tinyelf: overlapping: note: not all bytes are named: too many "
    [ "${lines[0]}" = "overlapping: $(stat -c %s overlapping) bytes; $(stat -c %s overlapping) changed, $(stat -c %s overlapping) runs" ]
    # Notes.
    overlapping 300 7
    mutate --json --values 1 --field 0x10-0x20 overlapping
    exits 0
    json 'for (@{$d->{bytes}}) { exit 1 if length $_->{owner} > 600 || $_->{owner} !~ / \+ \.\.\.$/ }' <<<"$output"
}

@test "more pairs than can be counted are an error" {
    hello
    head -c 30000 /dev/zero >>hello
    mutate --pairs 0-30000 hello
    exits 1
    [ -z "$output" ]
    says "tinyelf: hello: error: 30001 bytes are 450015000 pairs, and up to 1048576 are counted"
    mutate --pairs 0x70-0x73 --values 1 hello
    exits 0
}

@test "a 32-bit program is mutated" {
    "$TINYELF" build "$SOURCE/asm/hello32.s" -o hello32
    ./hello32 || skip "this kernel runs no 32-bit programs (CONFIG_IA32_EMULATION)"
    mutate --json --field ehdr hello32
    exits 0
    [ "$(json 'print join ",", map { $_->{offset} } grep { $_->{same} == 255 } @{$d->{bytes}}' <<<"$output")" = \
        "4,5,6,7,8,9,10,11,12,13,14,15,20,21,22,23,32,33,34,35,36,37,38,39,40,41,46,47,48,49,50,51" ]
}

# ---- arguments and input ----

@test "every run gets the arguments, and the input from its beginning" {
    local name input
    for name in echo cat; do
        "$TINYELF" build "$SOURCE/asm/$name.s" -o "$name"
    done
    mutate --json --values 3 echo one two
    exits 0
    [ "$(sum same)" -gt 0 ]
    echo "some text" >text
    mutate --json --values 3 --input text --field ehdr cat
    exits 0
    [ "$(sum same)" -gt 0 ]
    local same=$output
    mutate --json --values 3 --input text --field ehdr --jobs 1 cat
    [ "$output" = "$same" ]
    mutate --input nothing cat
    exits 1
    says "tinyelf: nothing: error: No such file or directory"
    # Input that cannot be read again for each run is refused; a FIFO without a writer is not waited for.
    mkfifo fifo
    for input in fifo <(echo "some text"); do
        mutate --input "$input" cat
        exits 1
        says "tinyelf: $input: error: each run reads it from its beginning, so it must be a file, not a pipe or a terminal"
    done
    mutate --input . cat
    exits 1
    says "tinyelf: .: error: Is a directory"
    mutate --input /dev/zero cat
    exits 1
    says "tinyelf: cat: error: killed: it exceeded the output limit of 16 MiB (--output)"
    # For a program that reads and writes nothing, every end with status 0 is the same.
    mutate --json --values 3 --field ehdr cat
    exits 0
}

@test "output to descriptor 2 is compared separately" {
    assemble both <<'END'
_start: mov eax, 1
        mov edi, 1
        lea rsi, [rel text]
        mov edx, 4
        syscall
        xor edi, edi
        mov eax, 60
        syscall
text:   db "text"
END
    mutate --json --field "instruction[0x1007d]" both
    exits 0
    # mov edi, imm32: the low byte 2 is other output; all other values are blocked.
    [ "$(json 'my $b = $d->{bytes}[1]; print "$b->{value} $b->{same} $b->{output} $b->{blocked}"' <<<"$output")" = "1 0 1 254" ]
}

@test "a result that depends on whether a pipe was read is the same each time" {
    local jobs
    # The second write begins inside and ends outside of the program's memory. Linux writes its first byte to a pipe
    # that already has data, but nothing to an empty pipe.
    assemble beyond <<'END'
_start: mov eax, 1
        mov edi, eax
        lea rsi, [rel text]
        mov edx, 3
        syscall
        mov ecx, 100000
again:  dec ecx
        jnz again
        mov eax, 1
        mov edi, eax
        lea rsi, [rel text]
        mov edx, 3
        syscall
        xor edi, edi
        mov eax, 60
        syscall
text:   db "abc"
END
    # mov edx, imm32: with any other high byte the write ends outside.
    mutate --json --field 0xa7 --jobs 1 beyond
    exits 0
    [ "$(sum same)" -eq 255 ]
    local first=$output
    for jobs in 2 5; do
        mutate --json --field 0xa7 --jobs $jobs beyond
        [ "$output" = "$first" ]
    done
}

# ---- programs that cannot be compared ----

@test "a program that does not run to its end unchanged is refused, with check's reason" {
    hello
    cp hello refused
    printf '\x39' | dd of=refused bs=1 seek=54 conv=notrunc status=none
    mutate refused
    exits 1
    [ -z "$output" ]
    says "tinyelf: refused: note: it does not run to its end unchanged"
    says "('tinyelf check' says which field is to blame)"
    cp hello faults
    printf '\x04' | dd of=faults bs=1 seek=68 conv=notrunc status=none
    mutate --json faults
    exits 1
    [ -z "$output" ]
    says "killed by signal 11"
    says "'tinyelf check' says"
    mutate /bin/true
    exits 1
    says "it does not run to its end unchanged"
    assemble forks <<'END'
_start: mov eax, 57
        syscall
END
    mutate forks
    exits 1
    says "system call not allowed in the sandbox: fork"
    assemble hangs <<'END'
_start: jmp _start
END
    mutate --time 0.05 hangs
    exits 1
    says "it reached the time limit of 2 s (--time)"
    assemble pours <<'END'
_start: mov eax, 1
        mov edi, 1
        lea rsi, [rel _start]
        mov edx, 8
        syscall
        jmp _start
END
    mutate --output 0.5 pours
    exits 1
    says "it exceeded the output limit of 512 KiB (--output)"
    echo "no program" >text
    mutate text
    exits 1
    : >empty
    mutate empty
    exits 1
    says "tinyelf: empty: error: the file is empty"
    mutate .
    exits 1
    mutate nothing
    exits 1
    says "No such file or directory"
}

@test "a program that does something else each time is refused" {
    assemble chance <<'END'
_start: rdtsc
        push rax
        mov rsi, rsp
        mov edx, 8
        mov eax, 1
        mov edi, eax
        syscall
        xor edi, edi
        mov eax, 60
        syscall
END
    mutate chance
    exits 1
    says "it does not do the same in every run"
}

# ---- long runs ----

@test "Ctrl-C prints the results so far, and ends the command by SIGINT" {
    local signal
    slow
    for signal in INT TERM HUP; do
        begin slow
        until_counted
        kill -"$signal" "$main"
        ended
        [ "$status" -eq $((128 + $(kill -l "$signal"))) ]
        [ "$(json 'print $d->{complete} ? "all" : "some", $d->{runs} > 0 && $d->{runs} < 40000' <out)" = some1 ]
        grep -q "^tinyelf: slow: note: stopped after [0-9]* of [0-9]* runs$" err
        nobody_left
    done
}

@test "Ctrl-C reaches all processes of a terminal, and the interrupted runs are not counted" {
    slow
    for _ in 1 2 3; do
        begin slow
        until_counted
        kill -INT -- "-$main"
        ended
        [ "$status" -eq 130 ]
        [ "$(json 'print join ",", grep { $_ == 2 } map { @{$_->{signals}} } @{$d->{bytes}}' <out)" = "" ]
        nobody_left
    done
}

@test "a run that is suspended for a while does not count as a timeout" {
    local signal
    slow
    for signal in TSTP STOP; do
        # e_shoff does not matter: all mutants sleep a little and end.
        begin --field e_shoff --values 40 --jobs 2 slow
        until_counted
        kill -"$signal" -- "-$main"
        sleep 3
        kill -CONT -- "-$main"
        ended
        output=$(cat out)
        [ "$(sum same)" -eq 320 ]
    done
}

# Waits until $main has that many processes that perform runs, and counts again after a while.
has_runners()
{
    find_runner
    for _ in $(seq 1000); do
        [ "$(pgrep -c -P "$main")" -ne "$1" ] || break
        sleep 0.02
    done
    until_counted
    [ "$(pgrep -c -P "$main")" -eq "$1" ]
}

@test "without --jobs there is a process for each processor" {
    slow
    begin slow
    has_runners "$(nproc)"
    kill "$main"
    ended
    begin --jobs 3 slow
    has_runners 3
    kill "$main"
    ended
}

@test "Ctrl-C ends mutate even if one of its processes is stopped" {
    slow
    begin --jobs 2 slow
    until_counted
    kill -STOP "$runner"
    kill -INT "$main"
    ended
    [ "$status" -eq 130 ]
    nobody_left
}

@test "the file may change during the run" {
    slow
    head -c 100000 /dev/zero >>slow
    begin --field e_shoff --values 20 --jobs 2 slow
    until_counted
    : >slow
    ended
    output=$(cat out)
    [ "$(sum same)" -eq 160 ]
    [ ! -s err ]
}

@test "a signal ends mutate even if nobody reads its output" {
    hello
    head -c 3000 /dev/zero >>hello
    mkfifo pipe
    sleep 100 <pipe &
    local reader=$!
    "$TINYELF" mutate --json --values 1 hello >pipe 2>err 3>&- &
    main=$!
    # It has filled the pipe.
    for _ in $(seq 200); do
        grep -q pipe_write "/proc/$main/wchan" && break
        sleep 0.1
    done
    sleep 0.3
    kill -TERM "$main"
    ended
    kill "$reader"
    [ "$status" -eq 143 ]
}

@test "a progress bar with rate and remaining time is shown, only on a terminal" {
    slow
    script -qec true /dev/null </dev/null >terminal 2>&1 || skip "script is missing, or makes no terminal here"
    TERM=xterm script -qec "'$TINYELF' mutate --field 0x79-0x7a --values 90 --jobs 2 --color never slow >out" /dev/null </dev/null >terminal &
    # In a narrow terminal the bar gives way.
    TERM=xterm script -qec "stty cols 40; '$TINYELF' mutate --field 0x79-0x7a --values 90 --jobs 2 --color never slow >narrow.out" /dev/null </dev/null >narrow
    wait
    tr '\r' '\n' <terminal | grep -Eq 'mutating slow: \[#+ +\] [0-9]+ of 180 runs, [0-9]+ a second, [0-9]+ s left'
    [ "$(tail -c 3 terminal | od -An -tx1)" = " 1b 5b 4b" ]
    grep -q '180 runs' out
    tr '\r' '\n' <narrow | sed 's/^\x1b\[K//' | grep -Eq '^[0-9]+ of 180 runs, [0-9]+ a second, [0-9]+ s lef'
    [ "$(tr '\r' '\n' <narrow | sed 's/^\x1b\[K//' | grep -Ec '^.{40}')" -eq 0 ]
    mutate --values 1 --field ehdr slow
    [ -z "$stderr" ]
}

# ---- shards ----

@test "merged shards are the whole result, in any order, also with pairs and GNU parallel" {
    local part way
    hello
    for way in "--values 20" "--pairs 0x44-0x49 --values 4"; do
        mutate --json --seed 3 $way hello
        echo "$output" >whole
        for part in 1 2 3; do
            mutate --json --seed 3 $way --shard $part/3 hello
            exits 0
            echo "$output" >"part$part"
            [ "$(json 'print join(",", @{$d->{shard}}), "/", $d->{shards}' <"part$part")" = "$part/3" ]
        done
        merge --json part3 part1 part2
        exits 0
        [ "$output" = "$(cat whole)" ]
        [ -z "$stderr" ]
        merge part1 part3
        exits 0
        says "note: only 2 of 3 parts are given"
        [[ "${lines[0]}" = *" runs, not all of them" ]]
    done
    merge whole
    exits 0
    mutate --seed 3 $way hello
    local text=$output
    merge part1 part2 part3
    [ "$output" = "$text" ]
    parallel --version 2>/dev/null | grep -q GNU || skip "GNU parallel is missing (package parallel)"
    parallel --will-cite --jobs 2 "'$TINYELF' mutate --json --jobs 1 --values 20 --seed 3 --shard {}/4 hello >{}.json" \
        ::: 1 2 3 4
    mutate --json --values 20 --seed 3 hello
    local whole=$output
    merge --json [1-4].json
    [ "$output" = "$whole" ]
}

@test "results that cannot be merged are refused with a reason" {
    hello
    "$TINYELF" mutate --json --values 2 --shard 1/2 hello >one
    sleep 0.3
    "$TINYELF" mutate --json --values 2 --shard 2/2 --seed 9 hello >two
    merge one one
    exits 1
    says "tinyelf: one: error: shard 1 of 2 is in another of the files, too"
    merge one two
    exits 1
    says "tinyelf: two: error: it was made with other values, another seed"
    merge one nothing
    exits 1
    echo '{"file":"x"}' >wrong
    merge wrong
    exits 1
    says "tinyelf: wrong: error: no result of tinyelf mutate: 'bytes' should be a list"
    { head -n 2 one; sed -n 3p one | head -c 6; } >cut
    merge one cut
    exits 1
    says "tinyelf: cut:3:7: error: "
    sed 's/"same":[0-9][0-9]*/"same":-1/' one >wrong
    merge wrong
    exits 1
    says "no result of tinyelf mutate: bytes[0]: 'same' should be a number"
    [ -z "$output" ]
}

@test "--allow permits the runs more calls; the JSON says so, and results with other kinds are not merged" {
    assemble writes-0 <<'END'
_start: mov eax, 1
        xor edi, edi
        mov esi, text
        mov edx, 3
        syscall
        mov eax, 60
        xor edi, edi
        syscall
text:   db "hi", 10
END
    mutate writes-0
    exits 1
    says "write of descriptor 0 (number 1, x86-64); --allow write-stdin permits it"
    mutate --values 6 --shard 1/2 --allow write-stdin --allow identity --json writes-0
    exits 0
    echo "$output" >one
    [ "$(json 'print "@{$d->{allow}}"' <one)" = "write-stdin identity" ]
    # What is written to 0 is compared: the text's last byte.
    [ "$(json 'print $d->{bytes}[-1]{output} + $d->{bytes}[-1]{same} * 100' <one)" -gt 0 ]
    mutate --values 6 --shard 2/2 --allow write-stdin --json writes-0
    echo "$output" >two
    mutate --values 6 --shard 2/2 --allow identity,write-stdin --json writes-0
    echo "$output" >three
    merge one two
    exits 1
    says "tinyelf: two: error: it was made with other kinds of system calls allowed (--allow)"
    merge one three
    exits 0
    mutate --values 6 --allow identity,write-stdin --json writes-0
    "$TINYELF" mutate --merge --json one three | cmp - <(echo "$output")
    "$TINYELF" mutate --merge one three | grep -q "runs; allowed: write-stdin, identity\$"
    sed 's/"identity"/"else"/' one >wrong
    merge wrong
    exits 1
    says "'allow' should be names of kinds of system calls"
    # A terminal is read as well.
    mutate --values 1 --tty --allow write-stdin --input one --json writes-0
    exits 0
    # Without the key, nothing was allowed.
    hello
    "$TINYELF" mutate --values 1 --json hello >none
    [ "$(json 'print exists $d->{allow} ? 1 : 0' <none)" -eq 0 ]
    sleep 0.3
}

@test "mutants read files of the working directory, and change none" {
    assemble reads <<'END'
_start: mov eax, 2
        mov edi, name
        xor esi, esi
        syscall
        mov edi, eax
        xor eax, eax
        mov rsi, rsp
        mov edx, 4
        syscall
        mov eax, 1
        mov edi, eax
        syscall
        mov eax, 60
        xor edi, edi
        syscall
name:   db "text", 0
END
    mkdir files
    cd files
    echo abcdef >text
    mutate --allow read-files --values 40 --json ../reads
    exits 0
    [ "$(cat text)" = abcdef ]
    [ "$(ls)" = text ]
    # The name's first byte: every other one names no file.
    [ "$(json 'print "$_->{same} " for grep { $_->{owner} =~ /^string/ } @{$d->{bytes}}' <<<"$output" | cut -d ' ' -f 1)" -eq 0 ]
}

# ---- the machine ----

@test "a full disk is reported" {
    hello
    [ -w /dev/full ] || skip "no /dev/full"
    run --separate-stderr bash -c "'$TINYELF' mutate --json --values 1 hello >/dev/full"
    exits 1
    says "tinyelf: <stdout>: error: cannot write: No space left on device"
}

@test "mutate works as a normal user and without namespaces or ptrace, and not without filters" {
    hello
    local all
    mutate --json --values 2 hello
    all=$output
    if [ "$(id -u)" -eq 0 ]; then
        cp "$TINYELF"* .
        chmod o+rx . .. hello tinyelf*
        run --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups \
            env LD_LIBRARY_PATH= ./tinyelf mutate --json --values 2 hello 3>&-
        exits 0
        [ "$output" = "$all" ]
    fi
    run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 "$BUILD/tests/forbid" namespaces,ptrace \
        "$TINYELF" mutate --json --values 2 hello 3>&-
    exits 0
    says "warning: not possible on this system: "
    [ "$output" = "$all" ]
    sleep 0.3
    run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 "$BUILD/tests/forbid" seccomp \
        "$TINYELF" mutate --json --values 2 hello 3>&-
    exits 1
    says "without one there is no sandbox"
}

@test "a run needs no new filter and no new namespace" {
    hello
    command -v strace >/dev/null || skip "no strace to count with"
    ASAN_OPTIONS=detect_leaks=0 timeout 100 strace -f -o calls \
        -e trace=seccomp,prctl,unshare,clone,execveat "$TINYELF" mutate --json --values 1 --jobs 2 hello >out
    # One worker runs the unchanged program three times; two more run 178 changes.
    [ "$(grep -c 'execveat(' calls)" -eq $((3 + 178)) ]
    [ "$(grep -c 'seccomp(SECCOMP_SET_MODE' calls)" -eq 3 ]
    [ "$(grep -c 'CLONE_NEW' calls)" -le 12 ]
}

@test "usage errors are reported" {
    hello
    local call
    while read -r call; do
        # shellcheck disable=SC2086 # words
        tinyelf mutate $call
        exits 2
        [ -z "$output" ]
        says "tinyelf: mutate: "
    done <<'END'
--values 0 hello
--allow files hello
--allow write-stdin --input hello hello
--values 256 hello
--values some hello
--seed x hello
--seed 18446744073709551615 hello
--jobs 0 hello
--jobs 257 hello
--shard 0/2 hello
--shard 3/2 hello
--shard 1 hello
--shard 1/2x hello
--shard -1/2 hello
--shard 1/+2 hello
--shard 1/2000000 hello
--time 0 hello
--memory lots hello
--output 5Q hello
--color red hello
--field 1 --pairs 2 hello
--merge --values 3 hello
--merge
--valus 3 hello
END
    says "did you mean '--values'?"
    tinyelf mutate
    exits 2
    says "no file given"
    tinyelf mutate --help
    exits 0
    [[ "$output" = "Usage: tinyelf mutate"* ]]
}
