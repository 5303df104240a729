package dev.foretoken.bench.checkpoint;

import java.nio.ByteBuffer;

/** How a value is stored; the names are those of safetensors headers. */
enum WeightType {
    BF16(2, "bfloat16"),
    F16(2, "float16"),
    F32(4, "float32"),
    ;

    private final int bytes;
    private final String torchName;

    WeightType(int bytes, String torchName) {
        this.bytes = bytes;
        this.torchName = torchName;
    }

    int bytes() {
        return bytes;
    }

    String torchName() {
        return torchName;
    }

    void put(ByteBuffer out, float value) {
        switch (this) {
            case BF16 -> out.putShort(bfloat16(value));
            case F16 -> out.putShort(Float.floatToFloat16(value));
            case F32 -> out.putFloat(value);
        }
    }

    /** Rounds a finite value to the nearest bfloat16, ties to even. */
    static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
