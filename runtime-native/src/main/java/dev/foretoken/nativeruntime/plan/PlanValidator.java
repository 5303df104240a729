package dev.foretoken.nativeruntime.plan;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses plans that mean nothing: widths that do not meet, sources that are not there, one tensor with two shapes. */
public final class PlanValidator {

    private final ModelPlan plan;
    private boolean sideWritten;

    private PlanValidator(ModelPlan plan) {
        this.plan = plan;
    }

    /**
     * Returns {@code plan} when it can be computed.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED, saying what does not fit
     */
    public static ModelPlan validated(ModelPlan plan) {
        new PlanValidator(plan).check();
        return plan;
    }

    private void check() {
        require(plan.contextTokens() > 0, "context of %d tokens, must be positive", plan.contextTokens());
        require(plan.vocabularySize() > 0, "vocabulary of %d tokens, must be positive", plan.vocabularySize());
        require(plan.hiddenSize() > 0, "hidden size %d, must be positive", plan.hiddenSize());
        require(
                !plan.attentions().isEmpty() || !plan.recurrents().isEmpty(),
                "no attention and no state: without a cache no sequence can be continued");
        require(
                plan.head().rows() == plan.vocabularySize() && plan.head().columns() == plan.hiddenSize(),
                "head %s, must be [%d, %d]",
                shape(plan.head()),
                plan.vocabularySize(),
                plan.hiddenSize());
        ends();
        for (int i = 0; i < plan.sublayers().size(); i++) {
            sublayer("sublayer " + i, plan.sublayers().get(i));
        }
        new KvSourceCheck(this, plan.attentions()).check();
        oneShapePerTensor();
    }

    private void ends() {
        Head head = plan.output();
        Norm last = head.norm();
        if (last != null) {
            norm("final norm", last, plan.hiddenSize());
        }
        VectorRef bias = head.bias();
        require(bias == null || bias.size() == plan.vocabularySize(), "logits have a bias that is not one per token");
        require(Float.isFinite(head.scale()), "logits are scaled by %s", head.scale());
        softCap("logits are", head.softCap());
        require(
                Float.isFinite(plan.input().scale()),
                "embeddings are scaled by %s",
                plan.input().scale());
        MatrixRef positions = plan.input().positions();
        require(
                positions == null
                        || positions.rows() >= plan.contextTokens() && positions.columns() == plan.hiddenSize(),
                "positions %s, must be [%d or more, %d]",
                positions,
                plan.contextTokens(),
                plan.hiddenSize());
    }

    private void softCap(String what, float cap) {
        require(
                cap >= 0 && Float.isFinite(cap),
                "%s soft-capped at %s, must be positive or 0 for not at all",
                what,
                cap);
    }

    private void sublayer(String where, Sublayer sublayer) {
        int width = inputWidth(where, sublayer);
        sublayer.norms()
                .forEach(norm ->
                        norm(where, norm, norm.placement() == Norm.Placement.INPUT ? width : plan.hiddenSize()));
        long inputs = sublayer.norms().stream()
                .filter(norm -> norm.placement() == Norm.Placement.INPUT)
                .count();
        require(
                inputs <= 1 && sublayer.norms().size() - inputs <= 1,
                "%s has %d norms, at most one of input and one of output",
                where,
                sublayer.norms().size());
        require(Float.isFinite(sublayer.residualScale()), "%s is scaled by %s", where, sublayer.residualScale());
        require(!sublayer.mixers().isEmpty(), "%s computes nothing", where);
        sublayer.mixers().forEach(mixer -> mixer(where, mixer, width));
    }

    private int inputWidth(String where, Sublayer sublayer) {
        Route route = sublayer.route();
        require(!route.readsSide() || sideWritten, "%s reads the side, which nothing has written", where);
        sideWritten |= route.target() == Route.Target.SIDE;
        require(
                route.target() == Route.Target.HIDDEN || sublayer.residualScale() == 1,
                "%s scales what is not added to the residual by %s",
                where,
                sublayer.residualScale());
        boolean joined = route.source() == Route.Source.HIDDEN_THEN_EMBEDDING;
        require(
                !joined || sublayer.mixers().stream().allMatch(Attention.class::isInstance),
                "%s reads embeddings beside hidden vectors, which attention alone can",
                where);
        return joined ? 2 * plan.hiddenSize() : plan.hiddenSize();
    }

    private void mixer(String where, Mixer mixer, int width) {
        switch (mixer) {
            case Attention attention -> attention(where, attention, width);
            case Mlp mlp -> mlp(where, mlp);
            case Moe moe -> moe(where, moe);
            case Projection projection -> linear(where, projection.map(), plan.hiddenSize(), plan.hiddenSize());
            case SharedExpert expert -> {
                mlp(where, expert.mlp());
                linear(where + " shared gate", expert.gate(), plan.hiddenSize(), 1);
            }
            case Recurrent recurrent -> new RecurrentCheck(this, where, plan.hiddenSize()).check(recurrent);
        }
    }

    private void attention(String where, Attention attention, int width) {
        HeadLayout layout = attention.layout();
        require(
                layout.heads() > 0 && layout.kvHeads() > 0 && layout.heads() % layout.kvHeads() == 0,
                "%s has %d query heads, must be a positive multiple of its %d KV heads",
                where,
                layout.heads(),
                layout.kvHeads());
        switch (attention.maps()) {
            case Attention.Direct direct -> {
                headDim(where, "head_dim", layout.headDim());
                headDim(where, "values of", layout.valueDim());
                require(!layout.valueInKey(), "%s has values of their own, which its keys do not hold", where);
                linear(where + " query", direct.query(), width, layout.queryWidth());
                optional(where + " key", direct.key(), width, layout.keyWidth());
                optional(where + " value", direct.value(), width, layout.valueWidth());
                optional(where + " gate", direct.gate(), width, layout.mixedWidth());
                linear(where + " output", direct.output(), layout.mixedWidth(), plan.hiddenSize());
            }
            case LatentMaps latent -> new LatentCheck(this, where, plan.hiddenSize()).check(attention, latent);
        }
        require(attention.window() >= 0, "%s has a window of %d tokens", where, attention.window());
        require(
                Float.isFinite(attention.scores().scale()),
                "%s scales scores by %s",
                where,
                attention.scores().scale());
        softCap(where + " has scores", attention.scores().softCap());
        VectorRef sinks = attention.scores().sinks();
        require(sinks == null || sinks.size() == layout.heads(), "%s has sinks that are not one per query head", where);
        RotarySettings rotary = attention.rotary();
        if (rotary != null) {
            rotary(where, rotary, layout.headDim());
        }
        Attention.HeadNorms inner = attention.headNorms();
        if (inner != null) {
            headNorm(where + " query", inner.query(), layout.headDim(), layout.queryWidth());
            headNorm(where + " key", inner.key(), layout.headDim(), layout.keyWidth());
        }
    }

    private void optional(String where, @Nullable Linear map, int inputs, int outputs) {
        if (map != null) {
            linear(where, map, inputs, outputs);
        }
    }

    private void headDim(String where, String what, int dim) {
        require(dim >= 2 && dim <= 256 && dim % 2 == 0, "%s has %s %d, must be even and in [2, 256]", where, what, dim);
    }

    /** Of each head, or of all. */
    private void headNorm(String where, Norm norm, int headDim, int width) {
        norm(where, norm, norm.weight().size() == width ? width : headDim);
    }

    private void rotary(String where, RotarySettings rotary, int headDim) {
        require(
                rotary.dims() >= 2 && rotary.dims() <= headDim && rotary.dims() % 2 == 0,
                "%s rotates %d elements, must be even and in [2, %d]",
                where,
                rotary.dims(),
                headDim);
        require(rotary.theta() > 1, "%s has rope_theta %s, must be above 1", where, rotary.theta());
    }

    private void mlp(String where, Mlp mlp) {
        int inner = mlp.inner();
        require(inner > 0, "%s is %d wide, must be positive", where, inner);
        Linear gate = mlp.gate();
        if (gate != null) {
            linear(where + " gate", gate, plan.hiddenSize(), inner);
        }
        linear(where + " up", mlp.up(), plan.hiddenSize(), inner);
        linear(where + " down", mlp.down(), inner, plan.hiddenSize());
    }

    private void moe(String where, Moe moe) {
        int experts = moe.experts().size();
        require(experts > 0, "%s has no experts", where);
        linear(where + " router", moe.router(), plan.hiddenSize(), experts);
        routing(where, moe.routing(), experts);
        Mlp first = moe.experts().getFirst();
        for (int i = 0; i < experts; i++) {
            Mlp expert = moe.experts().get(i);
            mlp(where + " expert " + i, expert);
            require(
                    expert.inner() == moe.inner()
                            && expert.activation() == first.activation()
                            && (expert.gate() == null) == (first.gate() == null),
                    "%s expert %d has another width or activation than the first, or only one of them has a gate",
                    where,
                    i);
        }
    }

    private void routing(String where, Routing routing, int experts) {
        Routing.Groups groups = routing.groups();
        require(
                groups.count() > 0
                        && experts % groups.count() == 0
                        && groups.kept() > 0
                        && groups.kept() <= groups.count(),
                "%s has %d experts and keeps %d of %d groups",
                where,
                experts,
                groups.kept(),
                groups.count());
        int reachable = experts / groups.count() * groups.kept();
        require(
                routing.topK() > 0 && routing.topK() <= reachable,
                "%s chooses %d experts of %d",
                where,
                routing.topK(),
                reachable);
        VectorRef bias = routing.choiceBias();
        require(bias == null || bias.size() == experts, "%s has a bias that is not one per expert", where);
    }

    void norm(String where, Norm norm, int width) {
        require(
                norm.weight().size() == width,
                "%s is normalised by %s of %d, must be %d",
                where,
                norm.weight().tensor(),
                norm.weight().size(),
                width);
        VectorRef bias = norm.bias();
        require(bias == null || bias.size() == width, "%s is shifted by a bias that is not of %d", where, width);
        require(bias == null || norm.kind() != Norm.Kind.RMS, "%s has an RMS norm with a bias", where);
        require(bias != null || norm.kind() != Norm.Kind.AFFINE, "%s has a norm of constants without a shift", where);
        require(norm.epsilon() >= 0 && norm.epsilon() < 1, "%s has norm epsilon %s", where, norm.epsilon());
    }

    void linear(String where, Linear linear, int inputs, int outputs) {
        new WeightCheck(this, where).check(linear.weight());
        require(
                linear.scale() != 0 && Float.isFinite(linear.scale()) && Float.isFinite(linear.biasScale()),
                "%s map is scaled by %s, must not be 0",
                where,
                linear.scale());
        require(
                linear.inputs() == inputs && linear.outputs() == outputs,
                "%s map %s [%d, %d], must be [%d, %d]",
                where,
                linear.weight().matrices().getFirst().tensor(),
                linear.outputs(),
                linear.inputs(),
                outputs,
                inputs);
        LowRank added = linear.addition();
        require(
                added == null
                        || added.columns() == inputs
                                && added.rows() == outputs
                                && added.up().columns() == added.rank(),
                "%s map adds %s, which does not fit",
                where,
                added);
        VectorRef bias = linear.bias();
        require(
                bias == null || bias.size() == outputs,
                "%s bias has %s elements, must have %d",
                where,
                bias == null ? "no" : bias.size(),
                outputs);
    }

    private void oneShapePerTensor() {
        Map<String, List<Long>> seen = new HashMap<>();
        for (MatrixRef ref : plan.matrices()) {
            once(seen, ref.tensor(), ref.shape());
            require(ref.isInside(), "%s, %s lies outside of its tensor", ref, ref.view());
        }
        for (VectorRef ref : plan.vectors()) {
            once(seen, ref.tensor(), ref.shape());
            require(ref.isInside(), "%s lies outside of its tensor", ref);
        }
    }

    private void once(Map<String, List<Long>> seen, String tensor, List<Long> shape) {
        List<Long> other = seen.putIfAbsent(tensor, shape);
        require(
                other == null || other.equals(shape),
                "tensor %s is used with two shapes: %s and %s",
                tensor,
                other,
                shape);
    }

    private static String shape(MatrixRef ref) {
        return "%s [%d, %d]".formatted(ref.tensor(), ref.rows(), ref.columns());
    }

    void require(boolean holds, String text, @Nullable Object... arguments) {
        if (!holds) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "This %s model cannot be computed: ".formatted(plan.architecture()) + text.formatted(arguments));
        }
    }
}
