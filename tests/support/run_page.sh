#!/bin/bash
# run_page.sh PAGE: runs the ```console blocks of a page in a fresh folder, in one shell, and compares the output.
# A line that starts with "$ " is a command; the lines up to the next command are its output (both streams). page_output.pl
# says how a page leaves lines out. The text between "<!-- $ COMMAND -->" and "<!-- end -->" is the command's output as part of
# the page, without blank lines. `tinyelf` is $TINYELF; asm/, docs/, templates/ and tiny45.asm are the project's; PAGE_FILE may name one more.
# Pages of docs/lecture show what a terminal of 80 columns shows.
set -u
page=$1
folder=$(mktemp -d "${TMPDIR:-/tmp}/page.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin" "$folder/work"
ln -s "$TINYELF" "$folder/bin/tinyelf"
ln -s "$SOURCE/asm" "$SOURCE/docs" "$SOURCE/templates" "$SOURCE/tests/support/tiny45.asm" "$folder/work/"
[ -z "${PAGE_FILE-}" ] || cp "$PAGE_FILE" "$folder/work/"
export PATH=$folder/bin:$PATH TINYELF_TEMPLATES=$SOURCE/templates
unset COLUMNS
case $page in
*/docs/lecture/*) export COLUMNS=80 ;;
esac

# One file for each command, one for its expected output.
awk -v folder="$folder" '
    /^<!-- \$ .* -->$/ {
        sub(/^<!-- \$ /, ""); sub(/ -->$/, ""); n++; included = 1
        print > sprintf("%s/%03d.command", folder, n)
        printf "" > sprintf("%s/%03d.included", folder, n)
        next
    }
    /^<!-- end -->$/ { included = 0; next }
    included { print > sprintf("%s/%03d.expected", folder, n); next }
    /^```console$/ { inside = 1; next }
    /^```/         { inside = 0 }
    !inside        { next }
    /^\$ /         { n++; print substr($0, 3) > sprintf("%s/%03d.command", folder, n); next }
                   { print > sprintf("%s/%03d.expected", folder, n) }
' "$page"

# Commands in other kinds of blocks would not be tested.
if grep -q '^\$ ' "$page" && ! ls "$folder"/*.command >/dev/null 2>&1; then
    echo "$(basename "$page"): its commands are in no console block"
    exit 1
fi

cd "$folder/work" || exit 1
exec 3>&- 4>&- # those of bats: traces show numbers of descriptors
lacks='^tinyelf: warning: not possible on this system: '
failed=0
for command in "$folder"/*.command; do
    [ -e "$command" ] || break
    expected=${command%.command}.expected
    touch "$expected"
    # In this shell, so that cd and variables persist.
    # shellcheck disable=SC1090
    . "$command" >"$folder/actual" 2>&1 </dev/null
    if grep -q "$lacks" "$folder/actual"; then
        echo "$(sed -n "s/$lacks//p" "$folder/actual" | head -n 1) (not compared: $(basename "$page"): $(cat "$command"))" >&2
        continue
    fi
    if [ -e "${command%.command}.included" ]; then
        diff -qB "$expected" "$folder/actual" >/dev/null && continue
    else
        perl "$SOURCE/tests/support/page_output.pl" "$expected" "$folder/actual" && continue
    fi
    echo "$(basename "$page"): \$ $(cat "$command")"
    diff "$expected" "$folder/actual"
    failed=1
done
exit $failed
