package dev.foretoken.nativeruntime.plan;

import java.util.List;

/**
 * Names a weight matrix [rows = outputs, columns = inputs]: a tensor of a checkpoint, or a view of one. Equal references share one copy.
 *
 * @param shape of the whole tensor as it is stored
 * @param view where in it the matrix is
 */
public record MatrixRef(String tensor, List<Long> shape, View view, int rows, int columns) implements Matrix {

    /**
     * Element (r, c) is number {@code offset + r * rowStride + c * columnStride} of the tensor in row-major order, rows of one block.
     *
     * @param blocks of rows that lie apart from each other
     */
    public record View(long offset, long rowStride, long columnStride, Blocks blocks) {
        public View(long offset, long rowStride, long columnStride) {
            this(offset, rowStride, columnStride, Blocks.NONE);
        }

        long row(int row) {
            return offset + blocks.distance(row, rowStride);
        }
    }

    public MatrixRef {
        shape = List.copyOf(shape);
    }

    /** A whole tensor of two dimensions. */
    public MatrixRef(String tensor, int rows, int columns) {
        this(tensor, List.of((long) rows, (long) columns), new View(0, columns, 1), rows, columns);
    }

    /** One matrix of a tensor [count, rows, columns], such as an expert's. */
    public static MatrixRef slice(String tensor, int count, int index, int rows, int columns) {
        List<Long> shape = List.of((long) count, (long) rows, (long) columns);
        return new MatrixRef(tensor, shape, new View((long) index * rows * columns, columns, 1), rows, columns);
    }

    @Override
    public List<MatrixRef> matrices() {
        return List.of(this);
    }

    @Override
    public MatrixRef rows(int first, int count) {
        return rows(first, 1, count);
    }

    /** Every {@code step}-th row from {@code first} on. */
    public MatrixRef rows(int first, int step, int count) {
        Blocks blocks = view.blocks().slice(first, step, count);
        View cut = new View(view.row(first), step * view.rowStride(), view.columnStride(), blocks);
        return new MatrixRef(tensor, shape, cut, count, columns);
    }

    /** {@code count} rows: {@code size} from {@code first} on, as many {@code step} rows behind them, and so on. */
    public MatrixRef rowBlocks(int first, int size, int step, int count) {
        requireOneBlock();
        Blocks blocks = Blocks.of(size, step * view.rowStride(), count);
        View cut = new View(view.row(first), view.rowStride(), view.columnStride(), blocks);
        return new MatrixRef(tensor, shape, cut, count, columns);
    }

    private void requireOneBlock() {
        if (!view.blocks().equals(Blocks.NONE)) {
            throw new IllegalStateException(this + " has rows in blocks already");
        }
    }

    @Override
    public MatrixRef columns(int first, int count) {
        long offset = view.offset() + first * view.columnStride();
        View cut = new View(offset, view.rowStride(), view.columnStride(), view.blocks());
        return new MatrixRef(tensor, shape, cut, rows, count);
    }

    /** For tensors that are stored as [inputs, outputs]. */
    public MatrixRef transposed() {
        requireOneBlock();
        View turned = new View(view.offset(), view.columnStride(), view.rowStride());
        return new MatrixRef(tensor, shape, turned, columns, rows);
    }

    public long elements() {
        return (long) rows * columns;
    }

    /** Of the whole tensor. */
    public long storedElements() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Elements of the tensor's last dimension. */
    private long width() {
        return shape.getLast();
    }

    /** The whole tensor as a matrix of rows of its last dimension. */
    public MatrixRef whole() {
        int width = Math.toIntExact(width());
        int storedRows = Math.toIntExact(storedElements() / width);
        return new MatrixRef(tensor, shape, new View(0, width, 1), storedRows, width);
    }

    /** Whether it is all of the tensor, in its order. */
    public boolean isWhole() {
        return equals(whole());
    }

    /** Whether its rows are rows of the tensor. */
    public boolean isOfWholeRows() {
        return columns == width()
                && view.columnStride() == 1
                && view.offset() % width() == 0
                && view.rowStride() % width() == 0
                && view.blocks().stride() % width() == 0;
    }

    /** Whether its rows are rows of the tensor that follow one another. */
    public boolean isRowRange() {
        boolean inOrder = view.rowStride() == width() && view.blocks().equals(Blocks.NONE);
        return isOfWholeRows() && (inOrder || rows == 1);
    }

    /** The tensor's row that is row {@code row}, where {@link #isOfWholeRows}. */
    public int storedRow(int row) {
        return Math.toIntExact(view.row(row) / width());
    }

    /** Number of an element of the tensor. */
    public long storedIndex(int row, int column) {
        return view.row(row) + column * view.columnStride();
    }

    /** Whether every element is in the tensor. */
    boolean isInside() {
        int firstBlock = Math.min(rows, view.blocks().size());
        long last = Math.max(storedIndex(rows - 1, columns - 1), storedIndex(firstBlock - 1, columns - 1));
        return view.offset() >= 0
                && view.rowStride() > 0
                && view.columnStride() > 0
                && view.blocks().stride() >= 0
                && last < storedElements();
    }

    @Override
    public String toString() {
        String name = "%s [%d, %d]".formatted(tensor, rows, columns);
        return shape.equals(List.of((long) rows, (long) columns)) ? name : name + " of " + shape;
    }
}
