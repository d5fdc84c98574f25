#!/bin/bash
# kernel_boot.sh BUILD [COUNT [SEED]]: asks Debian's kernel 6.1 what the running one is asked by kernel-same: boots
# it under qemu-system-x86_64, with nothing but the harness in memory. Needs Debian's qemu-system-x86, cpio,
# and network for apt-get download of the kernel's package (nothing is installed). 20,000 cases take some five
# minutes without hardware's help. Ends with 0 if nothing disagrees; 77: something is missing here.
set -eu
build=$1 count=${2:-20000} seed=${3:-1}
for tool in qemu-system-x86_64 cpio apt-get dpkg-deb "${CC:-cc}"; do
    command -v "$tool" >/dev/null || { echo "skipped: $tool is missing"; exit 77; }
done
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"

package=$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image-6\.1/ {print $2; exit}')
[ -n "$package" ] || { echo "skipped: no Debian kernel 6.1 to be had"; exit 77; }
(cd "$folder" && apt-get download -q "$package" && dpkg-deb --fsys-tarfile ./*.deb | tar x ./boot) >"$folder/log" 2>&1 ||
    { cat "$folder/log"; exit 77; }

# Both are static: there is no libc in that system.
mkdir -p "$folder/root/dev"
cd "$source"
${CC:-cc} -O2 -static -D_GNU_SOURCE -Ielfgen/include -o "$folder/root/kernel-same" \
    tests/differential/kernel_same.c tests/differential/kernel_mutants.c tests/differential/kernel_truth.c \
    elfgen/process/execve.c elfgen/source/bytes.c "$build/libelfgen-core.a"
${CC:-cc} -O2 -static -D_GNU_SOURCE -o "$folder/root/init" tests/differential/kernel_init.c
(cd "$folder/root" && find . | cpio -o -H newc 2>/dev/null | gzip) >"$folder/initrd"

timeout 1800 qemu-system-x86_64 -accel tcg -cpu max,la57=off -m 2048 -net none -nographic -no-reboot \
    -kernel "$folder"/boot/vmlinuz-* -initrd "$folder/initrd" \
    -append "console=ttyS0 quiet panic=-1 -- --count $count --seed $seed" </dev/null >"$folder/said" 2>&1 || true
tr -d '\r' <"$folder/said" | grep -aE '^(#|[0-9a-f]{2} |[0-9]+ cases|kernel-same:|skipped)' || true
tr -d '\r' <"$folder/said" | grep -qa '^kernel-same: 0$'
