package dev.foretoken.nativeruntime.compress;

/** How alike vectors of the same tokens are: [tokens * width] each. */
final class Likeness {

    private Likeness() {}

    /** Of a vector with itself 1; of a vector of zeros with another 0. */
    static double cosine(float[] a, int firstA, float[] b, int firstB, int width) {
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < width; i++) {
            double x = a[firstA + i];
            double y = b[firstB + i];
            product += x * y;
            squaresA += x * x;
            squaresB += y * y;
        }
        if (squaresA == 0 || squaresB == 0) {
            return squaresA == squaresB ? 1 : 0;
        }
        return product / Math.sqrt(squaresA * squaresB);
    }

    /** The mean cosine of a token's vectors. */
    static double meanCosine(float[] a, float[] b, int width) {
        double sum = 0;
        for (int first = 0; first < a.length; first += width) {
            sum += cosine(a, first, b, first, width);
        }
        return sum / (a.length / width);
    }

    /** The mean over tokens of the squared distance, in parts of the square of the original's length. */
    static double meanError(float[] original, float[] other, int width) {
        double sum = 0;
        for (int first = 0; first < original.length; first += width) {
            double distance = 0;
            double squares = 0;
            for (int i = first; i < first + width; i++) {
                double difference = other[i] - original[i];
                distance += difference * difference;
                squares += (double) original[i] * original[i];
            }
            sum += squares == 0 ? 0 : distance / squares;
        }
        return sum / (original.length / width);
    }
}
