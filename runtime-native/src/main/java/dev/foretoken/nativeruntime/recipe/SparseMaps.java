package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.algebra.SparseFit;
import dev.foretoken.nativeruntime.plan.ExpandedProduct;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.SparseProduct;
import dev.foretoken.registry.recipe.RecipeFields;
import java.util.List;

/**
 * Replaces matrices by a small dense basis times a sparse matrix (DSFormer, Chand 2023): every output is a sum of {@code terms} of {@code
 * vectors} basis vectors. Fitted without training, so gate it. Matrices that would not get smaller stay.
 *
 * @param expanded whether it is multiplied out when it is loaded
 * @param rounds of fitting
 */
record SparseMaps(Factoring which, int vectors, int terms, boolean expanded, int rounds) implements Operation {

    static final String NAME = "sparse";
    private static final int MAX_VECTORS = 1 << 16;
    private static final int ROUNDS = 8;

    static SparseMaps read(RecipeFields fields) {
        int vectors = fields.integer("vectors", 1, MAX_VECTORS);
        String run = fields.text("run");
        if (!run.equals("factored") && !run.equals("expanded")) {
            throw fields.wrong("run", run, "factored or expanded");
        }
        return new SparseMaps(
                Factoring.read(fields),
                vectors,
                fields.integer("terms", 1, vectors),
                run.equals("expanded"),
                fields.has("rounds") ? fields.integer("rounds", 0, 1000) : ROUNDS);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        int all = which.edit().found(plan).size();
        ModelPlan made = which.edit().changed(plan, linear -> {
            if (!gain(linear.matrix())) {
                return linear;
            }
            SparseProduct product = product(linear.matrix(), names);
            return linear.withWeight(expanded ? new ExpandedProduct(product) : product);
        });
        return new Outcome(
                made,
                "made %d of %d matrices of %d basis vectors, %d per output, %s"
                        .formatted(
                                chosen(plan).size(),
                                all,
                                vectors,
                                terms,
                                expanded ? "multiplied out when loaded" : "kept as two steps"));
    }

    private boolean gain(MatrixRef ref) {
        return (long) vectors * ref.columns() + 2L * terms * ref.rows() < ref.elements();
    }

    private List<MatrixRef> chosen(ModelPlan plan) {
        return which.edit().found(plan).stream().filter(this::gain).toList();
    }

    private SparseProduct product(MatrixRef ref, NewNames names) {
        String stem = LinearEdit.stem(ref);
        return new SparseProduct(
                new MatrixRef(names.of(stem + ".basis"), vectors, ref.columns()),
                new MatrixRef(names.of(stem + ".values"), ref.rows(), terms),
                new PlaceRef(names.of(stem + ".places"), ref.rows(), terms, vectors));
    }

    @Override
    public List<Making> makings(ModelPlan plan, NewNames names) {
        return chosen(plan).stream()
                .map(ref -> making(ref, product(ref, names)))
                .toList();
    }

    private Making making(MatrixRef ref, SparseProduct product) {
        return new Making(
                "basis and terms of " + ref.tensor(),
                List.of(
                        NewTensors.of(product.basis()),
                        NewTensors.of(product.values()),
                        NewTensors.of(product.places())),
                weights -> {
                    SparseFit fit =
                            SparseFit.of(weights.matrix(ref), ref.rows(), ref.columns(), vectors, terms, rounds);
                    which.require(ref.tensor(), fit.error());
                    float[] places = new float[fit.places().length];
                    for (int i = 0; i < places.length; i++) {
                        places[i] = fit.places()[i]; // below 2^16, so exact
                    }
                    return List.of(fit.basis(), fit.values(), places);
                });
    }
}
