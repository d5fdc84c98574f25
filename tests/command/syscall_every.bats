#!/usr/bin/env bats
# tinyelf syscall, asked for each of its calls, by name and by number.
load ../support/setup
load ../support/syscall_setup

@test "every call is found by its name and by its number" {
    table >all
    [ "$(wc -l <all)" -gt 700 ]
    perl -e '
        my ($command, $bad) = ($ARGV[0], 0);
        open my $all, "<", "all" or die;
        while (<$all>) {
            my ($abi, $number, $name, $entry) = split;
            my $by_name = `$command syscall --abi $abi $name`;
            my $by_number = `$command syscall --abi $abi $number`;
            my $shown = $entry eq "-" ? "not implemented" : $entry;
            next if $? == 0 && $by_name eq $by_number && $by_name =~ /^name +$name$/m &&
                $by_name =~ /^number +[re]ax = $number \(0x@{[sprintf "%x", $number]}\)$/m &&
                $by_name =~ /^entry point +\Q$shown\E$/m;
            print "$abi $number $name:\n$by_name$by_number";
            $bad = 1;
        }
        exit $bad' "$TINYELF"
}

@test "no line is wider than 100 characters or ends in a blank" {
    {
        "$TINYELF" syscall --help
        "$TINYELF" syscall
        "$TINYELF" syscall --list
        for abi in x86_64 i386; do "$TINYELF" syscall --list --abi "$abi"; done
        table | cut -d ' ' -f 3 | sort -u | while read -r name; do "$TINYELF" syscall "$name"; done
        for ((number = 0; number < 460; number++)); do "$TINYELF" syscall "$number" 2>/dev/null || true; done
    } >all
    [ "$(wc -l <all)" -gt 10000 ]
    awk 'length > 100 || / $/ { print; bad = 1 } END { exit bad }' all
}
