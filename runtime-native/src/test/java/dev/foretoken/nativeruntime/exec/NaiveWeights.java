package dev.foretoken.nativeruntime.exec;

import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.ExpandedProduct;
import dev.foretoken.nativeruntime.plan.JoinedColumns;
import dev.foretoken.nativeruntime.plan.JoinedRows;
import dev.foretoken.nativeruntime.plan.LowRank;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.nativeruntime.plan.StackedRows;
import dev.foretoken.nativeruntime.plan.Weight;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The elements of every kind of weight, by its definition. */
final class NaiveWeights {

    interface Element {
        double at(int row, int column);
    }

    private final WeightSource source;
    private final Arena arena;
    private final Map<MatrixRef, RowTable> matrices = new HashMap<>();

    NaiveWeights(WeightSource source, Arena arena) {
        this.source = source;
        this.arena = arena;
    }

    RowTable matrix(MatrixRef ref) {
        return matrices.computeIfAbsent(ref, r -> ((StoredMatrix.Floats) source.matrix(r, arena)).table());
    }

    Element of(Weight weight) {
        return switch (weight) {
            case MatrixRef ref -> matrix(ref)::at;
            case LowRank pair -> lowRank(pair);
            case SparseProduct product -> sparse(product);
            case ExpandedProduct(SparseProduct product) -> sparse(product);
            case JoinedRows(var parts) -> joinedRows(parts);
            case StackedRows(var parts) -> joinedRows(parts);
            case JoinedColumns(var parts) -> joinedColumns(parts);
        };
    }

    private Element lowRank(LowRank pair) {
        RowTable up = matrix(pair.up());
        RowTable down = matrix(pair.down());
        return (row, column) -> {
            double sum = 0;
            for (int i = 0; i < up.columns(); i++) {
                sum += (double) up.at(row, i) * down.at(i, column);
            }
            return sum;
        };
    }

    private Element sparse(SparseProduct product) {
        RowTable values = matrix(product.values());
        RowTable basis = matrix(product.basis());
        MemorySegment places = source.places(product.places(), arena);
        return (row, column) -> {
            double sum = 0;
            for (int term = 0; term < values.columns(); term++) {
                int place = places.getAtIndex(ValueLayout.JAVA_INT, (long) row * values.columns() + term);
                sum += (double) values.at(row, term) * basis.at(place, column);
            }
            return sum;
        };
    }

    private Element joinedRows(List<MatrixRef> parts) {
        return (row, column) -> {
            int at = row;
            int part = 0;
            for (; at >= parts.get(part).rows(); part++) {
                at -= parts.get(part).rows();
            }
            return matrix(parts.get(part)).at(at, column);
        };
    }

    private Element joinedColumns(List<MatrixRef> parts) {
        return (row, column) -> {
            int at = column;
            int part = 0;
            for (; at >= parts.get(part).columns(); part++) {
                at -= parts.get(part).columns();
            }
            return matrix(parts.get(part)).at(row, at);
        };
    }
}
