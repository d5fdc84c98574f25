#!/bin/sh
# Makes the pages of docs/ and the three of the source's top as HTML, with pandoc.
#
#   pages.sh PANDOC SOURCE VERSION FOLDER       FOLDER is made anew, as a whole or not at all
set -eu
pandoc=$1 source=$2 version=$3 folder=$4
here=$source/manual/html
new=$folder.new
rm -rf "$new"
mkdir -p "$new"

# What a page's path is here: docs/build.md is build.html, and a README is its folder's index.html.
name() {
    case $1 in
    README.md) echo project.html ;;
    CHANGELOG.md) echo changes.html ;;
    CONTRIBUTING.md) echo contributing.html ;;
    */README.md) path=${1#docs/} && echo "${path%README.md}index.html" ;;
    *) path=${1#docs/} && echo "${path%.md}.html" ;;
    esac
}

# Pages of the lecture have neighbours: the numbers before and after theirs.
neighbours() {
    case $1 in
    docs/lecture/[0-9]*.md) ;;
    *) return 0 ;;
    esac
    number=${1#docs/lecture/} number=${number%%-*}
    for direction in "before $((number - 1))" "after $((number + 1))"; do
        for page in "$source/docs/lecture/${direction#* }"-*.md; do
            [ ! -e "$page" ] || printf -- '-V %s=%s ' "${direction% *}" "$(basename "$page" .md).html"
        done
    done
}

cd "$source"
for page in README.md CHANGELOG.md CONTRIBUTING.md docs/*.md docs/*/*.md docs/*/*/*.md; do
    [ -e "$page" ] || continue
    output=$new/$(name "$page")
    mkdir -p "$(dirname "$output")"
    root=$(name "$page" | sed 's,[^/]*$,,; s,[^/]*/,../,g')
    # shellcheck disable=SC2046 # names of pages have no blanks
    "$pandoc" --from gfm --to html5 --template "$here/template.html" --lua-filter "$here/page.lua" \
        -M "page=$page" -V "root=$root" -V "version=$version" $(neighbours "$page") -o "$output" "$page"
done
# Files that pages lead to.
find docs -type f ! -name '*.md' | while read -r file; do
    mkdir -p "$new/$(dirname "${file#docs/}")"
    cp "$file" "$new/${file#docs/}"
done
cp "$here/style.css" "$new/"
rm -rf "$folder"
mv "$new" "$folder"
