#!/bin/bash
# boot.sh BUILD [COUNT [SEED]]: runs kernel-same on Debian's kernel 6.1. It boots the kernel under
# qemu-system-x86_64 with only kernel-same and init in memory: once with 47-bit addresses and COUNT cases
# (20,000), and once with 57-bit addresses and a quarter of the cases. Needs Debian's qemu-system-x86 and cpio, and
# a network for apt-get download of the kernel's package (nothing is installed), or KERNEL=FILE, a vmlinuz.
# 20,000 cases take about five minutes without hardware virtualization. Exit status: 0 if all cases agree, 1 if one
# does not or the kernel does not boot, 2 for a usage error, 77 if something is missing here.
set -eu
[ $# -ge 1 ] && [ $# -le 3 ] || { echo "usage: boot.sh BUILD [COUNT [SEED]]" >&2; exit 2; }
build=$1 count=${2:-20000} seed=${3:-1}
[[ $count =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]] || { echo "boot.sh: COUNT and SEED are numbers" >&2; exit 2; }
[ -f "$build/libelfgen-core.a" ] || { echo "boot.sh: $build has no libelfgen-core.a: build there first" >&2; exit 2; }

skip()
{
    echo "skipped: $1"
    exit 77
}
command -v qemu-system-x86_64 >/dev/null || skip "qemu-system-x86_64 is missing (Debian: qemu-system-x86)"
command -v cpio >/dev/null || skip "cpio is missing (Debian: cpio)"
command -v "${CC:-cc}" >/dev/null || skip "there is no C compiler (${CC:-cc})"
build=$(cd "$build" && pwd) source=$(cd "$(dirname "$0")/../../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"

# The kernel: $KERNEL, or the newest 6.1 that apt knows.
fetch_kernel()
{
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        skip "apt-get or dpkg-deb is missing; KERNEL=FILE names a vmlinuz"
    local package
    package=$(apt-cache search --names-only '^linux-image-6\.1\.0-[0-9]+-amd64$' | cut -d ' ' -f 1 | sort -V | tail -n 1)
    [ -n "$package" ] || skip "apt knows no kernel 6.1 of Debian's (apt-get update?); KERNEL=FILE names a vmlinuz"
    (cd "$folder" && apt-get download -q "$package") >"$folder/log" 2>&1 ||
        { tail -n 3 "$folder/log"; skip "$package cannot be downloaded; KERNEL=FILE names a vmlinuz"; }
    dpkg-deb --fsys-tarfile "$folder"/*.deb | tar x -C "$folder" --wildcards './boot/vmlinuz-*'
    kernel=$(echo "$folder"/boot/vmlinuz-*)
}
kernel=${KERNEL:-}
[ -n "$kernel" ] || fetch_kernel
[ -r "$kernel" ] || skip "no kernel at '$kernel'"

# Both are static: that system has no C library.
mkdir -p "$folder/root/dev"
cd "$source"
"${CC:-cc}" -O2 -static -D_GNU_SOURCE -Ielfgen/include -Ielfgen/tinyelf -Itests -o "$folder/root/kernel-same" \
    tests/oracle/kernel/same.c tests/oracle/kernel/agree.c tests/oracle/kernel/mutants.c tests/oracle/kernel/truth.c \
    elfgen/tinyelf/ptrace/host.c elfgen/tinyelf/base/{file,grow,maps,proc}.c "$build/libelfgen-core.a"
"${CC:-cc}" -O2 -static -D_GNU_SOURCE -o "$folder/root/init" tests/oracle/kernel/init.c
(cd "$folder/root" && find . | cpio -o -H newc 2>/dev/null | gzip) >"$folder/initrd"

# ask BITS CPU COUNT: boots once and prints the result.
ask()
{
    echo "addresses of $1 bits:"
    timeout 1800 qemu-system-x86_64 -accel tcg -cpu "$2" -m 2048 -net none -nographic -no-reboot \
        -kernel "$kernel" -initrd "$folder/initrd" \
        -append "console=ttyS0 quiet panic=-1 -- --count $3 --seed $seed" </dev/null >"$folder/raw" 2>&1 || true
    tr -d '\r' <"$folder/raw" >"$folder/console"
    # The kernel's own messages may precede ours on a line.
    grep -aoE '^#.*|^[0-9a-f]{2}( .*)?$|[0-9]+ cases, [0-9]+ disagree|kernel-same: [^0].*|skipped: .*' "$folder/console" || true
    grep -qa 'kernel-same: 0$' "$folder/console" && return
    grep -qa 'kernel-same:' "$folder/console" || { echo "the system did not get to an answer; its last words:"; tail -n 5 "$folder/console"; }
    return 1
}
good=0
ask 47 max,la57=off "$count" || good=1
ask 57 max "$(((count + 3) / 4))" || good=1
exit $good
