package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.BlockRange;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Moe;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Projection;
import dev.foretoken.nativeruntime.plan.Recurrent;
import dev.foretoken.nativeruntime.plan.SharedExpert;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The linear maps of dense decoders, by block and input. */
final class BlockSites {

    private static final String SUFFIX = ".weight";

    private BlockSites() {}

    /**
     * Every input site of a block, in order of use.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED where the block has other mixers than attention and MLPs, or its tensors are stored in
     *     another way than one row per output
     */
    static List<InputSite> of(ModelPlan plan, BlockRange range) {
        List<InputSite> sites = new ArrayList<>();
        for (Sublayer sublayer : range.sublayers(plan)) {
            for (Mixer mixer : sublayer.mixers()) {
                InputSite.Source norm = sublayer.mixers().size() == 1 ? normSource(sublayer) : null;
                switch (mixer) {
                    case Attention attention -> addAttention(plan, attention, norm, sites);
                    case Mlp mlp -> addMlp(plan, mlp, norm, sites);
                    case Moe _, Projection _, Recurrent _, SharedExpert _ ->
                        throw refused(plan, "has a " + mixer.getClass().getSimpleName());
                }
            }
        }
        return sites;
    }

    private static void addAttention(
            ModelPlan plan, Attention attention, InputSite.@Nullable Source norm, List<InputSite> sites) {
        Attention.Direct maps = attention.direct();
        List<Linear> reading = Stream.of(maps.query(), maps.gate(), maps.key(), maps.value())
                .filter(Objects::nonNull)
                .toList();
        sites.add(new InputSite(tensors(plan, reading), norm));
        Linear value = maps.value();
        boolean alone = attention.layout().heads() == attention.layout().kvHeads() && maps.gate() == null;
        InputSite.Source rows = alone && value != null && maps.clip() == 0 ? rowSource(value) : null;
        sites.add(new InputSite(tensors(plan, List.of(maps.output())), rows));
    }

    private static void addMlp(ModelPlan plan, Mlp mlp, InputSite.@Nullable Source norm, List<InputSite> sites) {
        sites.add(new InputSite(
                tensors(plan, mlp.linears().subList(0, mlp.linears().size() - 1)), norm));
        sites.add(new InputSite(tensors(plan, List.of(mlp.down())), mlp.gate() == null ? null : rowSource(mlp.up())));
    }

    private static InputSite.@Nullable Source normSource(Sublayer sublayer) {
        Norm norm = sublayer.normAt(Norm.Placement.INPUT);
        boolean whole = norm != null && norm.vectors().stream().allMatch(BlockSites::isWhole);
        return norm != null && whole ? new InputSite.NormSource(norm.vectors()) : null;
    }

    private static InputSite.@Nullable Source rowSource(Linear linear) {
        VectorRef bias = linear.bias();
        boolean whole = linear.weight() instanceof MatrixRef ref && ref.isWhole() && linear.biasScale() == 1;
        return whole && (bias == null || isWhole(bias)) ? new InputSite.RowSource(linear.matrix(), bias) : null;
    }

    private static boolean isWhole(VectorRef ref) {
        return ref.storedElements() == ref.size() && ref.offset() == 0 && ref.stride() == 1;
    }

    private static List<MatrixRef> tensors(ModelPlan plan, List<Linear> linears) {
        Set<MatrixRef> whole = new LinkedHashSet<>();
        for (Linear linear : linears) {
            if (!(linear.weight() instanceof MatrixRef ref)
                    || !ref.isOfWholeRows()
                    || ref.shape().size() != 2
                    || linear.addition() != null) {
                throw refused(plan, "has a map that is not some rows of one tensor");
            }
            whole.add(ref.whole());
        }
        for (MatrixRef ref : whole) {
            if (!ref.tensor().endsWith(SUFFIX)) {
                throw refused(plan, "names a map " + ref.tensor());
            }
        }
        return List.copyOf(whole);
    }

    private static ForetokenException refused(ModelPlan plan, String found) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "This %s model %s; quantized are dense decoders of attention and MLPs whose tensors hold one row per output"
                        .formatted(plan.architecture(), found));
    }
}
