# Shared by the tests of `tinyelf check`.

hello()
{
    "$TINYELF" build "$SOURCE/asm/hello.s" -o hello
}

# patch FILE OFFSET HEXBYTES: overwrites bytes of a file
patch()
{
    printf '%s' "$3" | xxd -r -p | dd of="$1" bs=1 seek=$(($2)) conv=notrunc status=none
}

# key NAME: prints its value in the JSON on standard output, unchanged.
key()
{
    perl -MJSON::PP -e '
        my $json = JSON::PP->new->canonical->allow_nonref;
        print $json->encode($json->decode(do { local $/; <STDIN> })->{$ARGV[0]}), "\n"' "$1" <<<"$output"
}
