package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.registry.safetensors.TensorType;
import java.util.Optional;

/** What is computed from the element types of the safetensors format. */
public enum StoredType {
    BOOL(TensorType.BOOL),
    U8(TensorType.U8),
    I8(TensorType.I8),
    F8_E5M2(TensorType.F8_E5M2),
    F8_E4M3(TensorType.F8_E4M3),
    F8_E8M0(TensorType.F8_E8M0),
    I16(TensorType.I16),
    U16(TensorType.U16),
    F16(TensorType.F16),
    BF16(TensorType.BF16),
    I32(TensorType.I32),
    U32(TensorType.U32),
    F32(TensorType.F32),
    F64(TensorType.F64),
    I64(TensorType.I64),
    U64(TensorType.U64),
    ;

    private final TensorType type;

    StoredType(TensorType type) {
        this.type = type;
    }

    public int bytes() {
        return type.bytes();
    }

    /** The one of a header's. */
    public static StoredType of(TensorType type) {
        return valueOf(type.name());
    }

    /** The type kernels compute from, where there is one. */
    public Optional<FloatType> computable() {
        return switch (this) {
            case F32 -> Optional.of(FloatType.F32);
            case F16 -> Optional.of(FloatType.F16);
            case BF16 -> Optional.of(FloatType.BF16);
            case BOOL, U8, I8, F8_E5M2, F8_E4M3, F8_E8M0, I16, U16, I32, U32, F64, I64, U64 -> Optional.empty();
        };
    }
}
