package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Cuts a matrix to some rows or its first columns. Rows are whole panels, so the cut matrix is a part of the same memory. Columns are a prefix of
 * every panel: since products read a panel as one stream, those prefixes are copied into panels of their own instead of teaching each product
 * a stride between panels.
 */
public final class PanelSlice {

    private PanelSlice() {}

    /** Both cuts are at multiples of this. */
    public static int grid(WeightMatrix matrix) {
        return switch (matrix) {
            case DensePanels dense -> WeightMatrix.PANEL_ROWS;
            case ChannelPanels channels -> WeightMatrix.PANEL_ROWS;
            case Fp8Panels fp8 -> fp8.blocks() == 1 ? WeightMatrix.PANEL_ROWS : fp8.block();
            case BlockPanels blocks ->
                Math.max(WeightMatrix.PANEL_ROWS, blocks.format().block());
        };
    }

    /** The first rows. Reads the memory of {@code matrix}; {@code rows} is a multiple of 16, or all. */
    public static WeightMatrix rows(WeightMatrix matrix, int rows) {
        if (rows % WeightMatrix.PANEL_ROWS != 0 && rows != matrix.rows()) {
            throw new IllegalArgumentException("rows=" + rows + ", must be whole panels of 16");
        }
        return rows(matrix, 0, rows);
    }

    /** Some of the rows. Reads the memory of {@code matrix}; {@code first} is a multiple of 16. */
    public static WeightMatrix rows(WeightMatrix matrix, int first, int rows) {
        if (first % WeightMatrix.PANEL_ROWS != 0 || first < 0 || first > matrix.rows() - rows) {
            throw new IllegalArgumentException("rows [%d, %d) of %d, must be inside and begin at a panel of 16"
                    .formatted(first, first + rows, matrix.rows()));
        }
        int panel = first / WeightMatrix.PANEL_ROWS;
        int columns = matrix.columns();
        MemorySegment panels = panels(matrix.panels(), matrix, panel, rows);
        return switch (matrix) {
            case DensePanels dense -> new DensePanels(dense.type(), panels, rows, columns);
            case BlockPanels blocks -> new BlockPanels(blocks.format(), panels, rows, columns);
            case Fp8Panels fp8 ->
                new Fp8Panels(panels, panels(fp8.scales(), matrix, panel, rows), rows, columns, fp8.block());
            case ChannelPanels channels ->
                new ChannelPanels(panels, panels(channels.scales(), matrix, panel, rows), rows, columns);
        };
    }

    /** Of memory that every panel has as much of, that of the panels of {@code rows} rows. */
    private static MemorySegment panels(MemorySegment all, WeightMatrix matrix, int panel, int rows) {
        long bytes = all.byteSize() / matrix.panelCount();
        return all.asSlice(panel * bytes, Math.ceilDiv(rows, WeightMatrix.PANEL_ROWS) * bytes);
    }

    /** A copy of the first columns; {@code columns} is a multiple of {@link #grid}. */
    public static WeightMatrix columns(WeightMatrix matrix, int columns, SegmentAllocator allocator) {
        if (columns % grid(matrix) != 0 || columns > matrix.columns()) {
            throw new IllegalArgumentException("columns=" + columns + " of " + matrix.columns()
                    + ", must be a multiple of " + grid(matrix) + " and not more");
        }
        int rows = matrix.rows();
        WeightMatrix cut = switch (matrix) {
            case DensePanels dense -> DensePanels.allocate(dense.type(), rows, columns, allocator);
            case BlockPanels blocks -> BlockPanels.allocate(blocks.format(), rows, columns, allocator);
            case Fp8Panels fp8 -> columns(fp8, columns, allocator);
            case ChannelPanels channels -> {
                MemorySegment panels = allocator.allocate(ChannelPanels.bytes(rows, columns), 64);
                yield new ChannelPanels(panels, channels.scales(), rows, columns);
            }
        };
        long from = matrix.panels().byteSize() / matrix.panelCount();
        long to = cut.panels().byteSize() / cut.panelCount();
        for (int panel = 0; panel < matrix.panelCount(); panel++) {
            MemorySegment.copy(matrix.panels(), panel * from, cut.panels(), panel * to, to);
        }
        return cut;
    }

    /** Without the codes; scales of the first blocks of each panel. */
    private static Fp8Panels columns(Fp8Panels matrix, int columns, SegmentAllocator allocator) {
        Fp8Panels cut = Fp8Panels.allocate(matrix.rows(), columns, Math.min(columns, matrix.block()), allocator);
        long from = (long) matrix.blocks() * WeightMatrix.PANEL_ROWS * Float.BYTES;
        long to = (long) cut.blocks() * WeightMatrix.PANEL_ROWS * Float.BYTES;
        for (int panel = 0; panel < matrix.panelCount(); panel++) {
            MemorySegment.copy(matrix.scales(), panel * from, cut.scales(), panel * to, to);
        }
        return cut;
    }
}
