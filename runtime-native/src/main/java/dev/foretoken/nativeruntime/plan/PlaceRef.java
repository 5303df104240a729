package dev.foretoken.nativeruntime.plan;

/**
 * Names rows of a tensor of whole numbers [stored rows, terms]: where the non-zeros of each row of a sparse matrix are.
 *
 * @param limit every number is below it
 */
public record PlaceRef(String tensor, int storedRows, int firstRow, int rows, int terms, int limit) {

    /** A whole tensor. */
    public PlaceRef(String tensor, int rows, int terms, int limit) {
        this(tensor, rows, 0, rows, terms, limit);
    }

    public PlaceRef rows(int first, int count) {
        return new PlaceRef(tensor, storedRows, firstRow + first, count, terms, limit);
    }

    /** Whether every row is in the tensor. */
    boolean isInside() {
        return firstRow >= 0 && rows > 0 && terms > 0 && limit > 0 && firstRow <= storedRows - rows;
    }
}
