#!/usr/bin/env bats
# tinyelf step: what a general protection fault was about.
load ../support/setup
load ../support/step_setup

# refused SENTENCE CODE...: the last instruction of the code faults, and the step says why.
refused()
{
    {
        printf '_start:\n'
        printf '    %s\n' "${@:2}"
        printf '    align 64\ndata: times 64 db 0\n'
    } | assembled faults
    status=0
    ./faults 2>err.txt || status=$?
    expected=$status
    [ "$expected" -eq $((128 + 11)) ] || [ "$expected" -eq $((128 + 7)) ]
    step --record run.json --plain ./faults
    exits "$expected"
    [[ $output = *": the instruction faults at CPL 3
      $1
killed by SIG"* ]] || { echo "$output"; return 1; }
    not grep -qE '.{101}' <<<"$output"
    text=$output
    step --replay run.json
    [ "$output" = "$text" ]
}

@test "privileged instructions and those of I/O" {
    local what
    for what in hlt "mov rax, cr0" "mov cr3, rax" "lgdt [rsp]" "ltr ax" rdmsr wrmsr invd "invlpg [rax]" swapgs clts; do
        refused "general protection: a privileged instruction: for ring 0 only" "$what"
    done
    for what in "in al, 0x64" "out dx, eax" insb outsd; do
        refused "general protection: an I/O instruction: neither iopl nor ioperm allows it" "$what"
    done
    for what in cli sti; do
        refused "general protection: it switches interrupts: for ring 0, or where iopl allows it" "$what"
    done
    refused "general protection: an interrupt that ring 3 may not raise" "int 0x21"
}

@test "addresses that are not canonical" {
    refused "general protection: the address 0x8000000000000008 is not canonical" \
        "mov rax, 0x8000000000000000" "mov rbx, [rax + 8]"
    refused "general protection: the address 0x8000000000000010 is not canonical" \
        "mov rsi, 0x8000000000000000" "mov ecx, 2" "mov [rsi + 8 * rcx], al"
    refused "general protection: the address 0x8000000000000000 is not canonical" \
        "mov rax, 0x8000000000000000" "call rax"
    refused "stack fault: the address is not canonical" "mov rsp, 0x8000000000000000" "push rax"
    refused "stack fault: the address is not canonical" "mov rbp, 0x8000000000000000" "mov rax, [rbp]"
    # An address of the kernel's is canonical: a page fault.
    printf '_start:\n    mov rax, 0xffff800000000000\n    mov rbx, [rax]\n' | assembled faults
    step ./faults
    [[ $output = *"SIGSEGV: the instruction faults at CPL 3, address 0xffff800000000000
"* ]]
}

@test "misaligned operands, and loads of what may not be loaded" {
    local what
    for what in "movaps xmm0, [rel data + 1]" "movaps [rel data + 8], xmm0" "addps xmm0, [rel data + 4]" "pxor xmm1, [rel data + 8]" \
        "cmpxchg16b [rel data + 8]" "fxsave [rel data + 8]"; do
        {
            printf '_start:\n    %s\n    align 64\ndata: times 64 db 0\n' "$what"
        } | assembled faults
        step ./faults
        exits $((128 + 11))
        [[ $output = *"general protection: the operand is misaligned: 0x"*" is not a multiple of 16
"* ]]
    done
    # These take any address.
    printf '_start:\n    movups xmm0, [rel data + 1]\n    lddqu xmm1, [rel data + 3]\n    hlt\ndata: times 64 db 0\n' | assembled faults
    step ./faults
    [[ $output = *"  hlt
"*"a privileged instruction"* ]]
    if grep -q -w avx /proc/cpuinfo; then
        printf '_start:\n    lea rax, [rel _start]\n    and rax, -64\n    vmovaps ymm0, [rax + 16]\n' | assembled faults
        step ./faults
        [[ $output = *" is not a multiple of 32
"* ]]
    fi
    refused "general protection: a segment that ring 3 may not load" "mov eax, 0x99" "mov ds, ax"
    refused "general protection: reserved bits are set in what it loads" "mov rax, 0xffffffff" "push rax" "ldmxcsr [rsp]"
    refused "general protection: not allowed in ring 3, or not with these operands" "mov rax, 0x8000000000000000" "push rax" "ret"
}
