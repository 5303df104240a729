package dev.foretoken.nativeruntime.plan;

import java.util.List;

/** What must hold inside a weight for {@link PlanValidator}. */
record WeightCheck(PlanValidator plan, String where) {

    void check(Weight weight) {
        switch (weight) {
            case MatrixRef ref -> {}
            case LowRank pair ->
                plan.require(
                        pair.up().columns() == pair.rank(),
                        "%s is a product of %s and %s, which do not meet",
                        where,
                        pair.up(),
                        pair.down());
            case SparseProduct product -> sparse(product);
            case ExpandedProduct(SparseProduct product) -> sparse(product);
            case JoinedRows(var parts) -> oneWidth(weight, parts);
            case StackedRows(var parts) -> oneWidth(weight, parts);
            case JoinedColumns(var parts) ->
                plan.require(
                        parts.stream().allMatch(part -> part.rows() == weight.rows()),
                        "%s joins columns of several heights: %s",
                        where,
                        parts);
        }
    }

    private void oneWidth(Weight weight, List<MatrixRef> parts) {
        plan.require(
                parts.stream().allMatch(part -> part.columns() == weight.columns()),
                "%s joins rows of several widths: %s",
                where,
                parts);
    }

    private void sparse(SparseProduct product) {
        PlaceRef places = product.places();
        plan.require(
                places.rows() == product.rows() && places.terms() == product.terms() && places.isInside(),
                "%s has %s places for values of %s",
                where,
                places,
                product.values());
        plan.require(
                places.limit() == product.basis().rows(),
                "%s has places below %d in a basis of %d vectors",
                where,
                places.limit(),
                product.basis().rows());
    }
}
