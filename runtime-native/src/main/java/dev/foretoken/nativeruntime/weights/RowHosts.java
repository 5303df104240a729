package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.layout.PanelSlice;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.Blocks;
import dev.foretoken.nativeruntime.plan.Matrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Matrices, the guests, all of whose rows are rows of another matrix of the plan, their host, from a whole panel on: they are read in the
 * memory of the host.
 */
final class RowHosts {

    /** Rows of one matrix: they differ in what they begin and end with only. */
    record Kin(String tensor, List<Long> shape, long rowStride, long columnStride, long start, int columns) {}

    private record Place(MatrixRef host, int firstRow) {}

    private final Map<Matrix, Place> guests = new HashMap<>();

    private RowHosts() {}

    /** {@code apart}: matrices that are neither. */
    static RowHosts of(ModelPlan plan, Set<Matrix> apart) {
        Map<Kin, List<MatrixRef>> kins = new LinkedHashMap<>();
        for (Matrix matrix : plan.packed()) {
            boolean canShare = plan.isMultiplied(matrix) && !apart.contains(matrix);
            if (canShare && matrix instanceof MatrixRef ref && canShareRows(ref)) {
                kins.computeIfAbsent(kin(ref), kin -> new ArrayList<>()).add(ref);
            }
        }
        RowHosts hosts = new RowHosts();
        kins.values().forEach(hosts::house);
        return hosts;
    }

    static Kin kin(MatrixRef ref) {
        MatrixRef.View view = ref.view();
        return new Kin(
                ref.tensor(),
                ref.shape(),
                view.rowStride(),
                view.columnStride(),
                view.offset() % view.rowStride(),
                ref.columns());
    }

    private void house(List<MatrixRef> refs) {
        List<MatrixRef> hosts = new ArrayList<>();
        refs.stream()
                .sorted(Comparator.<MatrixRef>comparingInt(MatrixRef::rows).reversed())
                .forEach(ref -> house(ref, hosts));
    }

    private void house(MatrixRef ref, List<MatrixRef> hosts) {
        for (MatrixRef host : hosts) {
            OptionalInt first = firstRow(host, ref);
            if (first.isPresent()) {
                guests.put(ref, new Place(host, first.getAsInt()));
                return;
            }
        }
        hosts.add(ref);
    }

    static boolean canShareRows(MatrixRef ref) {
        return ref.view().blocks().equals(Blocks.NONE);
    }

    /** The row of {@code host} at which {@code guest}, which is its kin, begins; empty where it is not whole panels of it. */
    static OptionalInt firstRow(MatrixRef host, MatrixRef guest) {
        long first = row(guest) - row(host);
        boolean inside = first >= 0 && first + guest.rows() <= host.rows() && first % WeightMatrix.PANEL_ROWS == 0;
        return inside ? OptionalInt.of((int) first) : OptionalInt.empty();
    }

    private static long row(MatrixRef ref) {
        return ref.view().offset() / ref.view().rowStride();
    }

    boolean isGuest(Matrix matrix) {
        return guests.containsKey(matrix);
    }

    /** Adds the guests to their packed hosts. */
    void lodge(Map<Matrix, WeightMatrix> matrices, Map<Matrix, InputOrder> orders) {
        guests.forEach((guest, place) -> {
            matrices.put(guest, PanelSlice.rows(matrices.get(place.host), place.firstRow, guest.rows()));
            InputOrder order = orders.get(place.host);
            if (order != null) {
                orders.put(guest, order);
            }
        });
    }
}
