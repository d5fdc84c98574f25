# Shared by the tests of pages: their commands and their links.

# Runs the commands of pages, which print what the pages show. Skips the test if some are not possible here.
prints_what_is_shown()
{
    local page failed=0
    for page in "$@"; do
        bash "$BATS_TEST_DIRNAME/../support/run_page.sh" "$page" 2>>lacking || failed=1
    done
    [ "$failed" -eq 0 ] || { cat lacking; return 1; }
    ! grep -q 'not compared' lacking || skip "not possible on this system: $(grep -m 1 'not compared' lacking)"
}

# Each link of pages to a file leads to one, and there are more than so many: links_lead LEAST PAGE...
links_lead()
{
    local page link links=0 least=$1
    while IFS=: read -r page link; do
        links=$((links + 1))
        [ -e "$(dirname "$page")/${link%%#*}" ] || { echo "${page#"$SOURCE/"}: $link"; return 1; }
    done < <(grep -oE '\]\([^) ]+\)' -- "${@:2}" | sed -E 's/\]\((.*)\)$/\1/' | grep -vE '^[^:]*:(https?:|#)')
    [ "$links" -gt "$least" ]
}
