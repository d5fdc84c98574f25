#!/usr/bin/env bats
# tinyelf syscall: numbers compared with the system's headers, entry points with the running kernel,
# registers with strace and the processor.
load ../support/setup
load ../support/syscall_setup

setup_file()
{
    command -v perl >/dev/null || skip "perl is not installed"
}

# Prints the numbers of the system's headers as lines "NAME NUMBER".
header()
{
    echo "#include <asm/unistd_$1.h>" | cc -E -dM - | sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\1 \2/p'
}

@test "a name is shown for both ABIs, with the registers of its arguments" {
    tinyelf syscall write
    exits 0
    [ "$output" = "ssize_t write(int fd, const void *buf, size_t count)

               x86_64                           i386
name           write                            write
number         rax = 1 (0x1)                    eax = 4 (0x4)
1st argument   rdi: int fd                      ebx: int fd
2nd argument   rsi: const void *buf             ecx: const void *buf
3rd argument   rdx: size_t count                edx: size_t count
instruction    syscall                          int 0x80
result         rax: ssize_t                     eax: ssize_t
error          rax from -4095 to -1 is -errno   eax from -4095 to -1 is -errno
lost           rcx, r11                         nothing
entry point    __x64_sys_write                  __ia32_sys_write" ]
    [ -z "$stderr" ]
}

@test "a number is another call in each ABI, and both are shown" {
    tinyelf syscall 1
    exits 0
    [ "${lines[0]}" = "x86_64: ssize_t write(int fd, const void *buf, size_t count)" ]
    [ "${lines[1]}" = "i386:   void exit(int status)" ]
    [[ $output == *"
name           write                            exit
number         rax = 1 (0x1)                    eax = 1 (0x1)
"* ]]
    [[ $output == *"
write is number 4 (0x4) in i386.
exit is number 60 (0x3c) in x86_64." ]]
    tinyelf syscall 60
    decimal=$output
    tinyelf syscall 0x3c
    exits 0
    [ "$output" = "$decimal" ]
}

@test "--abi chooses one of the two" {
    tinyelf syscall --abi i386 1
    exits 0
    [[ $output == "void exit(int status)"* && $output != *write* && $output != *rax* ]]
    tinyelf syscall 1 --abi=x86_64
    exits 0
    [[ $output == "ssize_t write("* && $output != *exit* && $output != *eax* ]]
    tinyelf syscall --abi x86_64
    exits 0
    [[ $output == *"rdi, rsi, rdx, r10, r8, r9"* && $output != *ebx* ]]
}

@test "without a call, the registers and the instructions that make calls are shown" {
    tinyelf syscall
    exits 0
    [[ $output == *"arguments      rdi, rsi, rdx, r10, r8, r9       ebx, ecx, edx, esi, edi, ebp"* ]]
    [[ $output == *"tinyelf syscall --list"* ]]
}

@test "a call that only one ABI has is shown as such, with the other's alternative" {
    for name in mmap2 waitpid; do
        tinyelf syscall "$name"
        exits 0
        [[ $output == *"
x86_64 has no $name." ]]
        tinyelf syscall --abi x86_64 "$name"
        exits 1
        says "tinyelf: '$name': no such system call in x86_64: in i386 it is number "
        [ -z "$output" ]
    done
    tinyelf syscall accept
    exits 0
    [[ $output == *"i386 has no accept: socketcall (102) does it." ]]
    tinyelf syscall semop
    [[ $output == *"i386 has no semop: ipc (117) does it." ]]
    tinyelf syscall newfstatat
    [[ $output == *"i386 has no newfstatat." ]]
    tinyelf syscall --abi x86_64 400
    exits 1
    says "tinyelf: 400: no such system call in x86_64: in i386 it is msgsnd"
    tinyelf syscall 400
    exits 0
    [[ $output == *"x86_64 has no call of that number."* ]]
}

@test "an unknown call is an error, with the nearest name" {
    tinyelf syscall wirte
    exits 1
    [ "$stderr" = "tinyelf: 'wirte': no such system call: did you mean 'write'?" ]
    tinyelf syscall WRITE
    exits 1
    [ "$stderr" = "tinyelf: 'WRITE': no such system call: did you mean 'write'?" ]
    tinyelf syscall --json exeve
    exits 1
    [ "$stderr" = "tinyelf: 'exeve': no such system call: did you mean 'execve'?" ]
    [ -z "$output" ]
    # The name of an entry point is near that of its call.
    for word in __x64_sys_newuname sys_newuname __ia32_sys_newuname; do
        tinyelf syscall "$word"
        exits 1
        says "tinyelf: '$word': no such system call: did you mean 'uname'?"
    done
    tinyelf syscall --abi i386 __ia32_compat_sys_ia32_mmap
    says "did you mean 'mmap'?"
    # The nearest name in the requested ABI.
    tinyelf syscall --abi i386 waitpit
    says "did you mean 'waitpid'?"
    tinyelf syscall --abi x86_64 waitpit
    says "did you mean 'waitid'?"
    for word in '' xyzzyxyzzyxyzzy WRITE/../write 18446744073709551616 1x 0x "$(printf %0999d 0 | tr 0 a)"; do
        tinyelf syscall "$word"
        exits 1
        says "tinyelf: '$word': no such system call"
        [ -z "$output" ]
    done
    for number in 511 1023 1024 4095 2147483647 2147483648 18446744073709551615; do
        tinyelf syscall "$number"
        exits 1
        says "tinyelf: $number: no such system call in x86_64 or i386: the last that libseccomp knows there is "
    done
}

@test "numbers of x32 are reported as such" {
    for number in 0x40000000 0x40000001 1073742336; do
        tinyelf syscall "$number"
        exits 1
        says "tinyelf: $number: no such system call: bit 30 makes it one of x32's, which are not covered here"
    done
    tinyelf syscall --abi i386 0x40000001
    exits 1
    says "no such system call in i386"
}

@test "usage errors are reported" {
    for arguments in "--abi arm" "--list write" "read write" "--lst" "--abi" "-x"; do
        # shellcheck disable=SC2086
        tinyelf syscall $arguments
        exits 2
        says "tinyelf: syscall: error: "
        [ -z "$output" ]
    done
    tinyelf syscall --lst
    says "did you mean '--list'?"
    status=0
    "$TINYELF" syscall --list >/dev/full 2>messages || status=$?
    [ "$status" -eq 1 ]
    grep -q "No space left on device" messages
    tinyelf syscall --help
    exits 0
    [[ $output == "Usage: tinyelf syscall"*libseccomp*x32* ]]
}

@test "every number is that of the system's headers" {
    command -v cc >/dev/null || skip "no C compiler is installed"
    echo '#include <asm/unistd_32.h>' | cc -E - >/dev/null 2>&1 ||
        skip "the kernel's headers are not installed (package linux-libc-dev)"
    table >all
    for pair in x86_64:64 i386:32; do
        abi=${pair%:*}
        header "${pair#*:}" | sort >theirs
        sed -n "s/^$abi \([0-9]*\) \([a-z0-9_]*\) .*/\2 \1/p" all | sort >ours
        # All calls that both know, and each knows many.
        join theirs ours >both
        [ "$(wc -l <both)" -gt 300 ]
        awk -v abi="$abi" '$2 != $3 { print abi ": " $0; bad = 1 } END { exit bad }' both
        # Numbers that only the headers have are of calls newer than libseccomp.
        last=$(awk '$2 > last { last = $2 } END { print last }' ours)
        join -v 1 theirs ours | awk -v last="$last" '$2 <= last { print "missing: " $0; bad = 1 } END { exit bad }'
    done
}

@test "--list by number has a line for each call of --json" {
    table >all
    for abi in x86_64 i386; do
        tinyelf syscall --list --abi "$abi"
        exits 0
        [ "${lines[0]}" = "  nr  name                 entry point                    parameters" ]
        printf '%s\n' "${lines[@]:1}" | sed 's/not implemented/-/' | awk '{ print $1, $2, $3 }' >ours
        sed -n "s/^$abi //p" all | sort -n | diff - ours
    done
    [[ $output == *"
   4  write                __ia32_sys_write               fd, buf, count
"* ]]
}

@test "--list of both ABIs is sorted by name, with both numbers and entry points" {
    table >all
    tinyelf syscall --list
    exits 0
    printf '%s\n' "${lines[@]:1}" >list
    cut -d ' ' -f 1 list >names
    cut -d ' ' -f 3 all | sort -u | diff - names
    perl -e '
        my (%want, $bad);
        open my $all, "<", "all" or die;
        while (<$all>) {
            my ($abi, $number, $name, $entry) = split;
            $entry =~ s/^__(x64|ia32)_//;
            $want{$name}{$abi} = [$number, $entry eq "-" ? "not implemented" : $entry];
        }
        open my $list, "<", "list" or die;
        while (<$list>) {
            my ($name, $left, $right) = split;
            my @of = map { $want{$name}{$_} // ["-", ""] } qw(x86_64 i386);
            my $line = sprintf "%-29s%4s %4s %-27s %s", $name, $of[0][0], $of[1][0], $of[0][1], $of[1][1];
            $line =~ s/ +$//;
            next if "$line\n" eq $_;
            print "have: $_", "want: $line\n";
            $bad = 1;
        }
        exit $bad'
}

@test "--json is one value with stable keys" {
    for arguments in write 1 "--abi i386 write" --list "--list --abi x86_64" "" uselib mmap; do
        # shellcheck disable=SC2086
        tinyelf syscall --json $arguments
        exits 0
        printf '%s' "$output" | perl -MJSON::PP -0777 -ne '
            my $all = decode_json($_);
            sub keys_are { my $of = shift; join(" ", sort keys %$of) eq join(" ", sort @_) or die "keys: @{[sort keys %$of]}" }
            keys_are($all, qw(abis calls version));
            my %arguments;
            for (@{$all->{abis}}) {
                keys_are($_, qw(abi instruction number arguments result lost errors));
                "@{$_->{errors}}" eq "-4095 -1" or die;
                $arguments{$_->{abi}} = $_->{arguments};
            }
            for my $call (@{$all->{calls}}) {
                keys_are($call, qw(abi number name entry_point prototype result parameters));
                my $of = $arguments{$call->{abi}} or die "an ABI that was not asked for";
                next if !$call->{parameters};
                my @names;
                for my $i (0 .. $#{$call->{parameters}}) {
                    keys_are($call->{parameters}[$i], qw(register name type));
                    $call->{parameters}[$i]{register} eq $of->[$i] or die;
                    push @names, $call->{parameters}[$i]{name};
                }
                my $pattern = join ".*", $call->{result}, $call->{name}, @names;
                $pattern =~ s/\*/\\*/g; $pattern =~ s/\.\\\*/.*/g;
                $call->{prototype} =~ /^$pattern/ or die "$call->{prototype}: $pattern";
            }'
    done
    [ "$("$TINYELF" syscall --json write | perl -MJSON::PP -0777 -ne 'print join " ", map { $_->{number} } @{decode_json($_)->{calls}}')" = "1 4" ]
}

# Prints the kernel's symbols, one a line; skips the test if they are hidden.
kernel_symbols()
{
    [ -r /proc/kallsyms ] || skip "no /proc/kallsyms here"
    awk '{ print $3 }' /proc/kallsyms | sort -u >symbols
    grep -qx '__x64_sys_write' symbols || skip "/proc/kallsyms shows no names of system calls"
}

@test "every entry point is a function of the running kernel" {
    kernel_symbols
    table | grep -v ' -$' >all
    for abi in x86_64 i386; do
        if [ "$abi" = i386 ] && ! grep -qx '__ia32_sys_write' symbols; then
            echo "this kernel runs no 32-bit programs: i386 is not compared" >&3
            continue
        fi
        # Calls that the kernel's configuration omits are weak symbols. A kernel older than
        # libseccomp lacks the newest calls, which have the highest numbers.
        sed -n "s/^$abi //p" all | sort -n | awk '
            BEGIN { while ((getline symbol <"symbols") > 0) known[symbol] = 1 }
            known[$3] { for (i in lacking) { print "not in the kernel: " lacking[i]; bad = 1 } delete lacking }
            !known[$3] { lacking[NR] = $0 }
            END { exit bad }'
    done
}

@test "if the kernel has a separate function for 32-bit programs, it is the entry point" {
    kernel_symbols
    grep -qx '__ia32_compat_sys_execve' symbols || skip "this kernel runs no 32-bit programs"
    # The kernel has these, but they are not in x86's table; Linux 6.15 removed that of arch_prctl.
    others='arch_prctl epoll_pwait fadvise64_64 getsockopt mount process_vm_readv process_vm_writev
        quotactl sendfile64 setsockopt vmsplice readv writev keyctl32 move_pages'
    table | awk '$1 == "i386" && $4 !~ /^__ia32_compat_sys_/ { print $3 }' | sort >ordinary
    sed -n 's/^__ia32_compat_sys_\([a-z0-9_]*\)$/\1/p' symbols | sort >compat
    join ordinary compat | while read -r name; do
        [[ " $(echo $others) " == *" $name "* ]] || { echo "compat_sys_$name is not used"; exit 1; }
    done
    # The same for functions with 32-bit times and 16-bit numbers.
    table | awk '$1 == "i386" { print $4 }' | sort -u >used
    for name in $(sed -n 's/^__ia32_sys_\([a-z0-9_]*\)_time32$/\1/p; s/^__ia32_sys_\([a-z0-9_]*[a-z]\)\(16\|32\)$/\1/p' symbols); do
        grep -qxE "__ia32_(compat_)?sys_$name(_time32|16|32)" used && continue
        # Functions that only other architectures use, or that ipc calls.
        case $name in io_pgetevents | semtimedop | ppoll | pselect6 | recvmmsg | rt_sigtimedwait) ;;
        *) echo "$name has a function of its own for i386"; exit 1 ;; esac
    done
    for name in $(grep -xE '__ia32_(compat_)?sys_ia32_[a-z0-9_]*' symbols); do
        grep -qx "$name" used
    done
}

@test "if the kernel has an old and a new function, the number determines which is called" {
    expect()
    {
        "$TINYELF" syscall --abi "$1" "$2" | grep -qx "entry point    $3" ||
            { echo "$1 $2 is not $3"; return 1; }
    }
    for name in stat fstat lstat uname; do
        expect x86_64 "$name" "__x64_sys_new$name"
    done
    expect x86_64 sendfile __x64_sys_sendfile64
    expect x86_64 umount2 __x64_sys_umount
    for name in stat fstat lstat; do
        expect i386 "$name" "__ia32_compat_sys_new$name"
        expect i386 "old$name" "__ia32_sys_$name"
    done
    expect i386 uname __ia32_sys_newuname
    expect i386 olduname __ia32_sys_uname
    expect i386 oldolduname __ia32_sys_olduname
    expect i386 umount __ia32_sys_oldumount
    expect i386 umount2 __ia32_sys_umount
    expect i386 getrlimit __ia32_compat_sys_old_getrlimit
    expect i386 ugetrlimit __ia32_compat_sys_getrlimit
    expect i386 select __ia32_compat_sys_old_select
    expect i386 _newselect __ia32_compat_sys_select
    expect i386 fcntl __ia32_compat_sys_fcntl64
    expect i386 sendfile __ia32_compat_sys_sendfile
    expect i386 sendfile64 __ia32_sys_sendfile64
    expect i386 mmap __ia32_compat_sys_ia32_mmap
    expect i386 mmap2 __ia32_sys_mmap_pgoff
}

@test "a call that is not implemented returns ENOSYS" {
    table | awk '$4 == "-" { print $1, $2, $3 }' >none
    [ "$(wc -l <none)" -gt 20 ]
    # All of them once existed, and would do nothing with zeros as arguments.
    grep '^x86_64' none | perl -MErrno=ENOSYS -ne '
        (undef, my $number, my $name) = split;
        $! = 0;
        next if syscall($number + 0, 0, 0, 0, 0, 0, 0) == -1 && $! == ENOSYS;
        print "$name: $!\n"; $bad = 1;
        END { exit($bad // 0) }'
    needs_ia32
    {
        printf 'bits 32\nglobal _start\nsection .text align=1\n_start:\n'
        for number in $(awk '$1 == "i386" { print $2 }' none); do
            printf ' mov eax, %d\n xor ebx, ebx\n xor ecx, ecx\n xor edx, edx\n xor esi, esi\n xor edi, edi\n xor ebp, ebp\n' "$number"
            printf ' int 0x80\n cmp eax, -38\n jne near wrong\n'
        done
        printf ' mov eax, 1\n xor ebx, ebx\n int 0x80\nwrong: mov eax, 1\n mov ebx, 1\n int 0x80\n'
    } >none.s
    "$TINYELF" build none.s -o ask
    timeout 20 ./ask
}

# Makes a program that makes one call with 1, 2, 3... in the registers that `syscall` names for arguments, then
# exits with 0 if all registers except the result and the lost ones are unchanged, otherwise with 1.
program()
{
    "$TINYELF" syscall --json --abi "$1" | CALL=$(number_of "$1" "$2") EXIT=$(number_of "$1" exit) perl -MJSON::PP -0777 -ne '
        my $abi = decode_json($_)->{abis}[0];
        my ($number, $exit, @arguments) = (@ENV{qw(CALL EXIT)}, @{$abi->{arguments}});
        my @all = $abi->{abi} eq "i386" ? qw(ebx ecx edx esi edi ebp)
            : (qw(rbx rcx rdx rsi rdi rbp), map { "r$_" } 8 .. 15);
        my (%value, $next);
        $value{$_} = ++$next for @arguments;
        $value{$_} //= 100 + ++$next for @all;
        my %lost = map { $_ => 1 } @{$abi->{lost}};
        print "bits ", $abi->{abi} eq "i386" ? 32 : 64, "\nglobal _start\nsection .text align=1\n_start:\n";
        print " mov $_, $value{$_}\n" for @all;
        print " mov $abi->{number}, $number\n $abi->{instruction}\n";
        print " cmp $abi->{result}, -4095\n jb near wrong\n";
        print $lost{$_} ? " cmp $_, $value{$_}\n je near wrong\n" : " cmp $_, $value{$_}\n jne near wrong\n" for @all;
        for ([" ", 0], ["wrong: ", 1]) {
            print "$_->[0]mov $abi->{number}, $exit\n mov $arguments[0], $_->[1]\n $abi->{instruction}\n";
        }'
}

number_of()
{
    "$TINYELF" syscall --json --abi "$1" "$2" | perl -MJSON::PP -0777 -ne 'print decode_json($_)->{calls}[0]{number}'
}

# The call fails with any kernel: nothing can be mapped at 1 from descriptor 5.
registers_are_right()
{
    program "$1" "$2" >ask.s
    "$TINYELF" build ask.s -o ask
    timeout 20 ./ask
    command -v strace >/dev/null || skip "strace is not installed"
    run strace -o trace -e raw=all ./ask
    grep -q "^$2(" trace || skip "this machine does not let strace trace"
    grep "^$2(" trace | grep -q "^$2(0x1, 0x2, 0x3, 0x4, 0x5, 0x6) *= -1 "
}

@test "x86_64: the kernel reads the named registers, and preserves the others" {
    registers_are_right x86_64 mmap
}

@test "i386: the kernel reads the named registers, and preserves the others" {
    needs_ia32
    registers_are_right i386 mmap2
}
