# In the hex text of a file: gives fields of the ELF header that only tools read, or nobody, the bytes ff.
/ehdr\..*\[(tools|nobody)\]$/ {
    h
    s/#.*//
    s/[0-9a-f][0-9a-f]/ff/g
    G
    s/\n[^#]*/ /
}
