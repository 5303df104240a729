package dev.foretoken.nativeruntime.kernels.ffi;

/** Instruction sets with kernels of their own, oldest first; {@code enum ft_isa} in C. */
public enum Isa {
    AVX2(1),
    AVX512(2),
    AVX512BF16(4),
    /** Adds the matrix unit (AMX-BF16) to the one before. */
    AMX(8),
    ;

    private final int bit;

    Isa(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
