package dev.foretoken.nativeruntime.quantizer;

/**
 * A matrix in integers.
 *
 * @param codes [rows * columns], unsigned
 * @param levels [rows * groups]: scale and zero point of each group
 */
record CodedMatrix(GroupFormat format, int rows, int columns, byte[] codes, Level[] levels) {

    /**
     * What codes of one group mean.
     *
     * @param scale as it is stored
     * @param zero the code that means 0
     */
    record Level(float scale, int zero) {

        /** The nearest code, ties to even. */
        int code(float weight, int top) {
            return Math.clamp((long) Math.rint(weight / scale) + zero, 0, top);
        }

        float weight(int code) {
            return scale * (code - zero);
        }
    }

    static CodedMatrix empty(GroupFormat format, int rows, int columns) {
        return new CodedMatrix(
                format,
                rows,
                columns,
                new byte[Math.multiplyExact(rows, columns)],
                new Level[rows * format.groups(columns)]);
    }

    int groups() {
        return format.groups(columns);
    }

    Level level(int row, int group) {
        return levels[row * groups() + group];
    }

    float at(int row, int column) {
        int code = Byte.toUnsignedInt(codes[row * columns + column]);
        return level(row, column / format.groupSize(columns)).weight(code);
    }

    /** [rows * columns]. */
    float[] decoded() {
        float[] weights = new float[codes.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                weights[row * columns + column] = at(row, column);
            }
        }
        return weights;
    }
}
