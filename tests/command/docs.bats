#!/usr/bin/env bats
# Runs every command in README and docs, and compares the output with the page.
load ../support/setup
load ../support/pages_setup

@test "commands in README and docs print what the pages show" {
    # library.md needs the installed library: install/install.bats.
    mapfile -t pages < <(ls "$SOURCE/README.md" "$SOURCE"/docs/*.md "$SOURCE"/docs/lecture/*.md | grep -v '/library\.md$')
    [ "${#pages[@]}" -gt 40 ]
    prints_what_is_shown "${pages[@]}"
}

@test "every link of a page to a file of the project leads to a file that is there" {
    links_lead 100 "$SOURCE"/*.md "$SOURCE"/docs/*.md "$SOURCE"/docs/lecture/*.md
}

@test "every link to a heading leads to a heading that is there" {
    run -0 perl -e '
        sub headings { my ($page) = @_;
            open my $in, "<", $page or return {};
            my $text = do { local $/; <$in> } =~ s/^```.*?^```$//msgr;
            return { map { lc(s/\]\([^)]*\)//gr =~ s/[^\w\- ]//gr) =~ s/ /-/gr => 1 } $text =~ /^#+ (.*)$/mg }; }
        my $links = 0;
        for my $page (@ARGV) {
            open my $in, "<", $page or die "$page: $!\n";
            my ($text, $folder) = (do { local $/; <$in> }, $page =~ s{[^/]*$}{}r);
            while ($text =~ /\]\(([^)\s:]*)#([^)\s]+)\)/g) {
                my ($other, $heading) = ($1 eq "" ? $page : "$folder$1", $2);
                next if $other !~ /\.md$/;
                $links++;
                print "$page: $1#$heading\n" if !headings($other)->{$heading};
            }
        }
        die "only $links links\n" if $links < 100' -- \
        "$SOURCE"/*.md "$SOURCE"/docs/*.md "$SOURCE"/docs/*/*.md
    [ -z "$output" ] || { echo "$output"; return 1; }
}

@test "a command's page says what it is for, shows an example, and has its options and limits" {
    commands=0
    for command in $("$TINYELF" --print-options | sed -n 's/^command\t\([a-z]*\)\t.*/\1/p'); do
        case $command in
        tinyelf) continue ;;
        show) page=$SOURCE/docs/page.md ;;
        *) page=$SOURCE/docs/$command.md ;;
        esac
        commands=$((commands + 1))
        # After the heading a sentence, then a block of commands before the next heading.
        awk -v name="$command" '
            NR == 1 && !/^# / { exit 1 }
            NR == 3 && !/^[A-Z`]/ { exit 1 }
            /^```(console|sh)$/ { shown = 1 }
            /^## / { exit !shown }
        ' "$page" || { echo "$page: no sentence, or no example, at its beginning"; return 1; }
        grep -q "^<!-- options of $command -->\$" "$page"
        grep -qE '^## (Limits|What (differs|cannot|is refused|is measured|golf|it leaves))' "$page" || [ "$command" = new ] ||
            { echo "$page: no limits"; return 1; }
        if grep -q "^$command\$" <("$TINYELF" --print-options | sed -n 's/^json\t\([a-z]*\)\t.*/\1/p'); then
            grep -qF "(schema/$command.json)" "$page"
            [ -s "$SOURCE/docs/schema/$command.json" ]
        fi
    done
    [ "$commands" -gt 15 ]
}
