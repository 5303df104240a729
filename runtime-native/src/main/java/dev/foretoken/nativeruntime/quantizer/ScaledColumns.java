package dev.foretoken.nativeruntime.quantizer;

/** A matrix whose columns, or rows, are multiplied by numbers. */
final class ScaledColumns {

    private ScaledColumns() {}

    static float[] times(float[] matrix, float[] scales) {
        float[] scaled = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            scaled[i] = matrix[i] * scales[i % scales.length];
        }
        return scaled;
    }

    static float[] dividedBy(float[] matrix, float[] scales) {
        float[] scaled = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            scaled[i] = matrix[i] / scales[i % scales.length];
        }
        return scaled;
    }

    /** {@code scales}: of each row. */
    static float[] rowsDividedBy(float[] matrix, float[] scales) {
        int columns = matrix.length / scales.length;
        float[] scaled = new float[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            scaled[i] = matrix[i] / scales[i / columns];
        }
        return scaled;
    }
}
