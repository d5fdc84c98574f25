; One instruction that ring 3 may not execute: hlt stops the processor. NASM syntax.

bits 64

global _start

section .text align=1

_start:
    hlt
