; Runs for ever, and never asks the kernel for anything. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    jmp _start
