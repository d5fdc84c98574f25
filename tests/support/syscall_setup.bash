# Shared by the tests of `tinyelf syscall`.

# Prints both tables as lines ABI NUMBER NAME ENTRY, with "-" if there is no entry point.
table()
{
    "$TINYELF" syscall --list --json | perl -MJSON::PP -0777 -ne '
        printf "%s %s %s %s\n", @$_{qw(abi number name)}, $_->{entry_point} // "-"
            for @{decode_json($_)->{calls}}'
}
