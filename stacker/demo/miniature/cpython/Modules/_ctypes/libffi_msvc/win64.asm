; The call itself on x64.
PUBLIC ffi_call_AMD64

ffi_call_AMD64 PROC
    mov     r10, rdx
    call    r10
    ret
ffi_call_AMD64 ENDP
