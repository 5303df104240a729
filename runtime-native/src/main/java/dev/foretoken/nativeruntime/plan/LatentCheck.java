package dev.foretoken.nativeruntime.plan;

/** The part of {@link PlanValidator} that knows attention over latent vectors. */
record LatentCheck(PlanValidator validator, String where, int hidden) {

    /** Most elements of a cached key, and of its value: what the kernels have room for. */
    private static final int MAX_KEY = 576;

    private static final int MAX_VALUE = 512;

    void check(Attention attention, LatentMaps maps) {
        HeadLayout layout = attention.layout();
        int latent = layout.valueDim();
        int turned = layout.headDim() - latent;
        validator.require(
                layout.valueInKey() && layout.kvHeads() == 1,
                "%s attends to latent vectors, of which there is one per token",
                where);
        even("a cached key", layout.headDim(), MAX_KEY);
        even("a cached value", latent, MAX_VALUE);
        validator.require(
                turned >= 2 && attention.rotary() != null && attention.rotary().dims() == turned,
                "%s turns other elements than the %d before a latent vector",
                where,
                turned);
        validator.require(attention.headNorms() == null, "%s has norms of heads beside that of latent vectors", where);
        int heads = layout.heads();
        validator.require(
                maps.keyUps().size() == heads && maps.valueUps().size() == heads,
                "%s has maps of %d and %d heads, must be %d",
                where,
                maps.keyUps().size(),
                maps.valueUps().size(),
                heads);
        linears(maps, heads, turned, latent);
    }

    private void even(String what, int dim, int most) {
        validator.require(
                dim >= 2 && dim <= most && dim % 2 == 0,
                "%s has %s of %d elements, must be even and in [2, %d]",
                where,
                what,
                dim,
                most);
    }

    private void linears(LatentMaps maps, int heads, int turned, int latent) {
        LatentMaps.Narrow narrow = maps.narrow();
        int inputs = hidden;
        if (narrow != null) {
            inputs = narrow.down().outputs();
            validator.linear(where + " query down", narrow.down(), hidden, inputs);
            validator.norm(where + " query", narrow.norm(), inputs);
        }
        validator.linear(where + " query", maps.query(), inputs, heads * (maps.plainDim() + turned));
        validator.linear(where + " turned key", maps.cached().turned(), hidden, turned);
        validator.linear(where + " latent", maps.cached().latent(), hidden, latent);
        validator.norm(where + " latent", maps.cached().norm(), latent);
        maps.keyUps().forEach(up -> validator.linear(where + " key up", up, maps.plainDim(), latent));
        maps.valueUps().forEach(up -> validator.linear(where + " value up", up, latent, maps.valueDim()));
        validator.linear(where + " output", maps.output(), heads * maps.valueDim(), hidden);
    }
}
