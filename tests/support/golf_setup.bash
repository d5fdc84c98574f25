# Shared by the tests of golf.

# Standard output contains a text; prints both if not.
contains()
{
    [[ $output == *"$1"* ]] && return 0
    echo "expected: $1"
    echo "output:   $output"
    return 1
}

# The file's size is at most this, and it is proven to do the same as the source.
is_golfed()
{
    local made=$1 most=$2 source=$3
    [ "$(stat -c %s "$made")" -le "$most" ]
    tinyelf golf --prove "$made" "$source"
    exits 0
}
