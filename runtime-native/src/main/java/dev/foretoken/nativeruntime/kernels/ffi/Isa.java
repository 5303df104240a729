package dev.foretoken.nativeruntime.kernels.ffi;

/** Instruction sets with kernels of their own, oldest first; {@code enum ft_isa} in C. */
public enum Isa {
    AVX2(1),
    /** Adds integer dot products (AVX-VNNI) to the one before. */
    AVX2VNNI(16),
    AVX512(2),
    /** Adds integer dot products (AVX-512 VNNI) to the one before. */
    AVX512VNNI(32),
    AVX512BF16(4),
    /** Adds the matrix unit (AMX-BF16, AMX-INT8) to the one before. */
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
