#!/bin/bash
# man_examples.sh PAGE: prints the commands and their output that a page of the manual shows, as ```console blocks for
# run_page.sh. What is read is the page as a terminal shows it, where examples are further in than text.
set -eu
mandoc -T utf8 -O width=300 "$1" | sed 's/.\x08//g' | awk '
    /^       \$ / || (inside && /^       /) {
        if (!inside) print "```console"
        for (; blank > 0; blank--) print ""
        inside = 1
        print substr($0, 8)
        next
    }
    inside && /^$/ { blank++; next }
    { if (inside) print "```"; inside = blank = 0 }
    END { if (inside) print "```" }'
