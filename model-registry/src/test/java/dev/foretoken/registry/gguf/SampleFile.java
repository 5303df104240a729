package dev.foretoken.registry.gguf;

import java.util.List;

/** A small sound file with every kind of value. */
public final class SampleFile {

    private SampleFile() {}

    public static GgufWriter writer() {
        return new GgufWriter()
                .put("general.architecture", "llama")
                .put("int8", (byte) -3)
                .put("int16", (short) -300)
                .put("uint32", 70_000)
                .put("uint64", -1L)
                .put("float32", 0.5f)
                .put("float64", -0.25)
                .put("flag", true)
                .put("texts", List.of("a", "", "größer"))
                .put("ints", new int[] {1, -2, 3})
                .put("floats", new float[] {1.5f, -2})
                .put("bytes", new byte[] {1, (byte) 255})
                .put("nested", List.of(List.of("x"), List.of("y", "z")))
                .tensor("plain", GgmlType.F32, data(4 * 6), 3, 2)
                .tensor("coded", GgmlType.Q8_0, data(34 * 2), 32, 2)
                .tensor("vector", GgmlType.BF16, data(2 * 5), 5);
    }

    static byte[] data(int bytes) {
        byte[] data = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            data[i] = (byte) (i + 1);
        }
        return data;
    }
}
